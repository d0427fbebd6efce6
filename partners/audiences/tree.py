"""The conditions of an audience as a tree: reading, checking and writing it. Pure: knows no Django and no database.

A tree is stored as JSON:

    {"op": "all", "rules": [
        {"field": "country", "test": "any_of", "value": ["KR", "JP"]},
        {"op": "none", "rules": [{"field": "score", "test": "at_least", "value": "80"}]},
    ]}

`all` holds where every rule does, `any` where one does, `none` where not one does. A condition is true or false, never
unknown: a partner without a value fits only `empty` and the tests that say "not".
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

MOST_LEVELS = 4
MOST_CONDITIONS = 40
MOST_VALUES = 300
LONGEST_TEXT = 200
MOST_DAYS = 36_500
LARGEST = Decimal(10) ** 15


class Op(StrEnum):
    """How the rules of a group hold together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Type(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    MULTIPLE = "multiple"
    BOOLEAN = "boolean"
    PARTNER = "partner"
    MEMBER = "member"
    FILE = "file"


class Test(StrEnum):
    """What is asked of a field."""

    __test__ = False  # not one of pytest's

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    STARTS = "starts"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    BETWEEN = "between"
    ON = "on"
    BEFORE = "before"
    AFTER = "after"
    LAST_DAYS = "last_days"
    OLDER_DAYS = "older_days"
    NEXT_DAYS = "next_days"
    ANY_OF = "any_of"
    ALL_OF = "all_of"
    NONE_OF = "none_of"
    YES = "yes"
    NO = "no"
    BELOW = "below"
    FILLED = "filled"
    EMPTY = "empty"


_NUMBERS = (
    Test.AT_LEAST,
    Test.AT_MOST,
    Test.MORE_THAN,
    Test.LESS_THAN,
    Test.BETWEEN,
    Test.IS,
    Test.FILLED,
    Test.EMPTY,
)

TESTS: dict[Type, tuple[Test, ...]] = {
    Type.TEXT: (
        Test.CONTAINS,
        Test.CONTAINS_NOT,
        Test.IS,
        Test.IS_NOT,
        Test.STARTS,
        Test.FILLED,
        Test.EMPTY,
    ),
    Type.NUMBER: _NUMBERS,
    Type.MONEY: _NUMBERS,
    Type.DATE: (
        Test.LAST_DAYS,
        Test.OLDER_DAYS,
        Test.NEXT_DAYS,
        Test.ON,
        Test.BEFORE,
        Test.AFTER,
        Test.BETWEEN,
        Test.FILLED,
        Test.EMPTY,
    ),
    Type.CHOICE: (Test.ANY_OF, Test.NONE_OF, Test.FILLED, Test.EMPTY),
    Type.MULTIPLE: (Test.ANY_OF, Test.ALL_OF, Test.NONE_OF, Test.FILLED, Test.EMPTY),
    Type.BOOLEAN: (Test.YES, Test.NO, Test.FILLED, Test.EMPTY),
    Type.PARTNER: (Test.IS, Test.BELOW, Test.FILLED, Test.EMPTY),
    Type.MEMBER: (Test.ANY_OF, Test.NONE_OF, Test.FILLED, Test.EMPTY),
    Type.FILE: (Test.FILLED, Test.EMPTY),
}
"""What can be asked of each type of field, the most usual first."""

WITHOUT_VALUE = frozenset({Test.FILLED, Test.EMPTY, Test.YES, Test.NO})
IN_DAYS = frozenset({Test.LAST_DAYS, Test.OLDER_DAYS, Test.NEXT_DAYS})


@dataclass(frozen=True)
class Spec:
    """What the tree needs to know of a field: its type, and what can be asked of it."""

    type: Type
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Condition:
    """One question about one field. `value` is as stored: texts, numbers as text, days as ISO dates."""

    field: str
    test: Test
    value: Any = None


@dataclass(frozen=True)
class Group:
    """Rules that hold together by `op`. Without rules, `all` and `none` hold for everybody, `any` for nobody."""

    op: Op
    rules: "tuple[Group | Condition, ...]" = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: `path` are the places of the rules on the way there, counted from 0."""

    path: tuple[int, ...]
    code: str
    value: str = ""


@dataclass
class Reading:
    """What was read: the tree of all that makes sense, and what does not."""

    tree: Group
    problems: list[Problem] = field(default_factory=list)


def read(data: Any, specs: Mapping[str, Spec]) -> Reading:
    """Read a tree from JSON that anybody may have written. Never raises; each mistake is a problem at its place."""
    problems: list[Problem] = []
    budget = [MOST_CONDITIONS]
    tree = _group(data, specs, (), problems, budget)
    if budget[0] < 0:
        problems.append(Problem((), "too_many", str(MOST_CONDITIONS)))
    return Reading(tree or Group(Op.ALL), problems)


def as_json(rule: Group | Condition) -> dict[str, Any]:
    """A tree as it is stored."""
    if isinstance(rule, Group):
        return {"op": str(rule.op), "rules": [as_json(each) for each in rule.rules]}
    stored: dict[str, Any] = {"field": rule.field, "test": str(rule.test)}
    if rule.test not in WITHOUT_VALUE:
        stored["value"] = rule.value
    return stored


def conditions(rule: Group | Condition) -> Iterator[Condition]:
    """All conditions of a tree, in order."""
    if isinstance(rule, Condition):
        yield rule
        return
    for each in rule.rules:
        yield from conditions(each)


def fields_in(data: Any) -> set[str]:
    """The keys of the fields that a stored tree asks, also where it cannot be read in full any more."""
    if isinstance(data, list):
        return {name for each in data for name in fields_in(each)}
    if not isinstance(data, dict):
        return set()
    named = data.get("field")
    return ({named} if isinstance(named, str) else set()) | fields_in(data.get("rules"))


def asks_for(data: Any, name: str, value: str, *, takes_in: bool = True) -> bool:
    """Whether a stored tree names a value of a field of choices as one that it takes in; without `takes_in`, leaves out."""
    if not isinstance(data, dict):
        return False
    if data.get("field") == name:
        wanted = Test.ANY_OF if takes_in else Test.NONE_OF
        return data.get("test") == wanted and value in (data.get("value") or [])
    inside = takes_in != (data.get("op") == Op.NONE)
    return any(asks_for(rule, name, value, takes_in=inside) for rule in data.get("rules") or [])


def days_between(test: Test, value: Any, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The first day that a test of dates takes in, and the first that it does not any more; None is without an end."""
    day = dt.timedelta(days=1)
    match test:
        case Test.ON:
            on = dt.date.fromisoformat(value)
            return on, on + day
        case Test.BEFORE:
            return None, dt.date.fromisoformat(value)
        case Test.AFTER:
            return dt.date.fromisoformat(value) + day, None
        case Test.BETWEEN:
            return dt.date.fromisoformat(value[0]), dt.date.fromisoformat(value[1]) + day
        case Test.LAST_DAYS:
            return today - value * day, today + day
        case Test.OLDER_DAYS:
            return None, today - value * day
        case Test.NEXT_DAYS:
            return today, today + (value + 1) * day
    raise ValueError(test)


# --- Reading ----------------------------------------------------------------------------------------------------------


def _group(
    data: Any, specs: Mapping[str, Spec], path: tuple[int, ...], problems: list[Problem], budget: list[int]
) -> Group | None:
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        problems.append(Problem(path, "not_a_group"))
        return None
    try:
        op = Op(data.get("op", ""))
    except ValueError:
        problems.append(Problem(path, "unknown_op", _shown(data.get("op"))))
        return None
    if len(path) >= MOST_LEVELS:
        problems.append(Problem(path, "too_deep", str(MOST_LEVELS)))
        return None
    rules: list[Group | Condition] = []
    for place, each in enumerate(data["rules"]):
        if budget[0] < 0:
            break
        here = (*path, place)
        is_group = isinstance(each, dict) and "rules" in each
        # A group counts as a condition does, or a tree of empty groups could be of any size.
        budget[0] -= 1
        found = _group(each, specs, here, problems, budget) if is_group else _condition(each, specs, here, problems)
        if found is not None:
            rules.append(found)
    if not data["rules"]:
        problems.append(Problem(path, "empty_group" if path else "empty"))
        return None if path else Group(op)
    # What is left of a group that lost all its rules would hold for everybody or for nobody: it goes too.
    return Group(op, tuple(rules)) if rules or not path else None


def _condition(
    data: Any, specs: Mapping[str, Spec], path: tuple[int, ...], problems: list[Problem]
) -> Condition | None:
    if not isinstance(data, dict):
        problems.append(Problem(path, "not_a_condition"))
        return None
    name = data.get("field")
    if not isinstance(name, str) or not name:
        problems.append(Problem(path, "no_field"))
        return None
    spec = specs.get(name)
    if spec is None:
        problems.append(Problem(path, "unknown_field", _shown(name)))
        return None
    asked = data.get("test")
    if asked not in spec.tests:
        problems.append(Problem(path, "unknown_test", _shown(asked)))
        return None
    test = Test(asked)
    if test in WITHOUT_VALUE:
        return Condition(name, test)
    try:
        return Condition(name, test, _READERS[spec.type](test, data.get("value")))
    except _WrongError as wrong:
        problems.append(Problem(path, wrong.code, wrong.value))
        return None


class _WrongError(Exception):
    def __init__(self, code: str, value: Any = "") -> None:
        self.code = code
        self.value = _shown(value)


def _shown(value: Any) -> str:
    """A wrong value in a sentence: short."""
    text = value if isinstance(value, str) else "" if value is None else str(value)[:100]
    return text[:60] + ("…" if len(text) > 60 else "")


def _text(_test: Test, value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise _WrongError("no_text")
    text = value.strip()
    if not text:
        raise _WrongError("no_text")
    if len(text) > LONGEST_TEXT:
        raise _WrongError("long_text", LONGEST_TEXT)
    return text


def _number(test: Test, value: Any) -> Any:
    if test == Test.BETWEEN:
        first, last = _pair(value, "no_number")
        low, high = _one_number(first), _one_number(last)
        if Decimal(low) > Decimal(high):
            raise _WrongError("wrong_order")
        return [low, high]
    return _one_number(value)


def _one_number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _WrongError("no_number")
    text = str(value).replace(",", "").replace(" ", "").strip()[:40]
    if not text:
        raise _WrongError("no_number")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _WrongError("bad_number", value) from None
    if not number.is_finite():
        raise _WrongError("bad_number", value)
    if abs(number) >= LARGEST:
        raise _WrongError("large_number", value)
    return format(round(number, 4).normalize(), "f")


def _date(test: Test, value: Any) -> Any:
    if test in IN_DAYS:
        return _days(value)
    if test == Test.BETWEEN:
        first, last = _pair(value, "no_date")
        since, until = _one_date(first), _one_date(last)
        if since > until:
            raise _WrongError("wrong_order")
        return [since, until]
    return _one_date(value)


def _days(value: Any) -> int:
    number = _one_number(value) if value not in (None, "") else ""
    if not number:
        raise _WrongError("no_days")
    if "." in number or not 0 <= int(number) <= MOST_DAYS:
        raise _WrongError("bad_days", MOST_DAYS)
    return int(number)


def _one_date(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _WrongError("no_date")
    try:
        day = dt.date.fromisoformat(value.strip())
    except ValueError:
        raise _WrongError("bad_date", value) from None
    if not 1900 <= day.year <= 2200:
        raise _WrongError("bad_date", value)
    return day.isoformat()


def _pair(value: Any, code: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise _WrongError(code)
    return value


def _choices(_test: Test, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _WrongError("no_choice")
    if len(value) > MOST_VALUES:
        raise _WrongError("many_choices", MOST_VALUES)
    if any(not isinstance(each, str) or not each or len(each) > LONGEST_TEXT or "\x00" in each for each in value):
        raise _WrongError("no_choice")
    if not value:
        raise _WrongError("no_choice")
    return list(dict.fromkeys(value))


def _key(value: Any) -> int:
    """The key of a row: a whole number that fits into one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _WrongError("no_choice")
    text = str(value)
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise _WrongError("no_choice")
    return int(text)


def _members(_test: Test, value: Any) -> list[int]:
    if not isinstance(value, list | tuple) or not value:
        raise _WrongError("no_choice")
    if len(value) > MOST_VALUES:
        raise _WrongError("many_choices", MOST_VALUES)
    return list(dict.fromkeys(_key(each) for each in value))


def _partner(_test: Test, value: Any) -> int:
    if value in (None, ""):
        raise _WrongError("no_partner")
    try:
        return _key(value)
    except _WrongError:
        raise _WrongError("no_partner") from None


_READERS: dict[Type, Callable[[Test, Any], Any]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.MONEY: _number,
    Type.DATE: _date,
    Type.CHOICE: _choices,
    Type.MULTIPLE: _choices,
    Type.PARTNER: _partner,
    Type.MEMBER: _members,
}
