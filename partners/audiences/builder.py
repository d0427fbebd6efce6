"""An audience while it is put together: what the form holds, and what the page shows of it.

The whole state stands in the form. Each group and condition has a path, `g`, `g-0`, `g-0-1`; its controls are named
after it: `g:op`, `g-0:field`, `g-0:test`, `g-0:value`. So every step works without scripts too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import QueryDict

from partners.audiences.fields import AudienceField, Catalogue
from partners.audiences.tree import (
    IN_DAYS,
    MOST_CONDITIONS,
    MOST_LEVELS,
    WITHOUT_VALUE,
    Op,
    Problem,
    Test,
    Type,
)
from partners.audiences.wording import OPS, TESTS, sentence
from partners.models import Partner
from partners.selectors.audiences import ReadAudience
from partners.selectors.partners import partners_for

ROOT = "g"
NAMES = re.compile(rf"{ROOT}(?:-[0-9]{{1,3}}){{0,{MOST_LEVELS}}}:(?:op|field)", re.ASCII)
STEP = re.compile(rf"(add|group|remove):({ROOT}(?:-[0-9]{{1,3}}){{0,{MOST_LEVELS}}})", re.ASCII)
UNFINISHED = frozenset(
    {"no_field", "no_text", "no_number", "no_days", "no_date", "no_choice", "no_partner", "empty", "empty_group"}
)
"""What is not wrong, only not said yet."""
SEVERAL = frozenset({Type.CHOICE, Type.MULTIPLE, Type.MEMBER})

Raw = dict[str, Any]


def new_condition() -> Raw:
    """A condition of which nothing is said yet."""
    return {"field": "", "test": "", "value": ""}


def new_definition() -> Raw:
    """What a new audience begins with."""
    return {"op": str(Op.ALL), "rules": [new_condition()]}


class Draft:
    """The conditions as they stand in the form."""

    def __init__(self, raw: Raw, catalogue: Catalogue, *, typed: Mapping[int, str] | None = None) -> None:
        self.raw = raw
        self.catalogue = catalogue
        self.typed = dict(typed or {})
        """What was typed as a partner's code, by the condition's identity."""
        self._asked: ReadAudience | None = None

    @classmethod
    def posted(cls, data: QueryDict, catalogue: Catalogue) -> "Draft":
        """What a form says, with its step done: `add:g` a condition, `group:g` a group, `remove:g-0`."""
        paths = sorted(
            {name.partition(":")[0] for name in data if NAMES.fullmatch(name)},
            key=lambda path: [int(part) for part in path.split("-")[1:]],
        )[: 2 * MOST_CONDITIONS]
        nodes: dict[str, Raw] = {ROOT: {"op": data.get(f"{ROOT}:op", str(Op.ALL)), "rules": []}}
        typed: dict[int, str] = {}
        for path in paths:
            parent = nodes.get(path.rpartition("-")[0])
            if path == ROOT or parent is None or "rules" not in parent:
                continue
            if f"{path}:op" in data:
                nodes[path] = {"op": data[f"{path}:op"], "rules": []}
            else:
                nodes[path] = _posted_condition(data, path, catalogue)
                if code := data.get(f"{path}:partner", "").strip():
                    typed[id(nodes[path])] = code
            parent["rules"].append(nodes[path])
        draft = cls(nodes[ROOT], catalogue, typed=typed)
        draft._find_partners()
        if step := STEP.fullmatch(data.get("do", "")):
            draft._take(step[1], nodes, step[2])
        return draft

    @property
    def asked(self) -> ReadAudience:
        """What the conditions mean."""
        if self._asked is None:
            self._asked = ReadAudience(self.raw, self.catalogue)
        return self._asked

    @property
    def unfinished(self) -> int:
        """How many conditions are not said to the end yet."""
        return sum(problem.code in UNFINISHED for problem in self.asked.problems)

    def problems(self, *, is_saved: bool) -> dict[tuple[int, ...], str]:
        """What is wrong by its place; what is not said yet only when it is to be saved."""
        found: dict[tuple[int, ...], str] = {}
        for problem in self.asked.problems:
            if problem.code == "no_partner" and (code := self.typed.get(id(_at(self.raw, problem.path)))):
                problem = Problem(problem.path, "unknown_partner", code[:60])
            elif problem.code in UNFINISHED and not is_saved:
                continue
            found.setdefault(problem.path, sentence(problem))
        if is_saved:
            for path, value in self._gone_choices():
                found.setdefault(path, sentence(Problem(path, "unknown_choice", value)))
        return found

    def _gone_choices(self) -> Iterator[tuple[tuple[int, ...], str]]:
        """Choices that are not offered (any more)."""
        for path, rule in _conditions(self.raw):
            asked = self.catalogue.fields.get(rule.get("field", ""))
            if asked is None or asked.type not in SEVERAL or not isinstance(rule.get("value"), list):
                continue
            known = self.catalogue.choices(asked.key)
            gone = next((str(value) for value in rule["value"] if str(value) not in known), None)
            if gone is not None:
                yield path, gone[:60]

    def _find_partners(self) -> None:
        """The partners whose codes were typed. One query."""
        if not self.typed:
            return
        found = partners_for(self.catalogue.member).filter(code__in=self.typed.values())
        keys = dict(found.values_list("code", "pk"))
        for _path, rule in _conditions(self.raw):
            if id(rule) in self.typed:
                rule["value"] = keys.get(self.typed[id(rule)], "")

    def _take(self, step: str, nodes: dict[str, Raw], path: str) -> None:
        node = nodes.get(path)
        if node is None:
            return
        if step == "remove":
            parent = nodes.get(path.rpartition("-")[0])
            if parent is not None:
                parent["rules"] = [each for each in parent["rules"] if each is not node]
        elif "rules" in node:
            more = new_condition() if step == "add" else {"op": str(Op.ANY), "rules": [new_condition()]}
            node["rules"].append(more)


def _posted_condition(data: QueryDict, path: str, catalogue: Catalogue) -> Raw:
    name, test = data.get(f"{path}:field", ""), data.get(f"{path}:test", "")
    asked = catalogue.fields.get(name)
    if asked is None:
        return {"field": name, "test": test, "value": ""}
    is_other = data.get(f"{path}:was", "") != name
    if is_other or test not in asked.spec.tests:
        test = str(asked.spec.tests[0])
    if is_other:
        return {"field": name, "test": test, "value": ""}
    if test == Test.BETWEEN:
        return {"field": name, "test": test, "value": [data.get(f"{path}:{end}", "") for end in ("value", "last")]}
    if asked.type in SEVERAL:
        return {"field": name, "test": test, "value": data.getlist(f"{path}:value")}
    return {"field": name, "test": test, "value": data.get(f"{path}:value", "")}


def _conditions(raw: Raw, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Raw]]:
    for place, each in enumerate(raw["rules"]):
        if "rules" in each:
            yield from _conditions(each, (*path, place))
        else:
            yield (*path, place), each


def _at(raw: Raw, path: Sequence[int]) -> Raw:
    for place in path:
        raw = raw["rules"][place]
    return raw


# --- What the page shows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """Something to choose."""

    value: str
    label: str
    is_chosen: bool


@dataclass
class Node:
    """A group or a condition with its controls."""

    path: str
    number: int
    problem: str = ""
    rules: "list[Node]" = field(default_factory=list)
    is_group: bool = False
    ops: list[Option] = field(default_factory=list)
    may_nest: bool = False
    fields: list[tuple[str, list[Option]]] = field(default_factory=list)
    field_key: str = ""
    tests: list[Option] = field(default_factory=list)
    control: str = ""
    """Which control asks for the value: text, number, date, days, choices, partner, between_number, between_date."""
    value: str = ""
    last: str = ""
    unit: str = ""
    choices: list[Option] = field(default_factory=list)


class Board:
    """The nodes of a draft, for the page."""

    def __init__(self, draft: Draft, *, is_saved: bool = False) -> None:
        self.draft = draft
        self.catalogue = draft.catalogue
        self.problems = draft.problems(is_saved=is_saved)
        self.partner_codes = self._codes()
        self.grouped = [
            (label, [(each.key, str(each.label)) for each in found])
            for label, found in groupby(_by_group(self.catalogue.fields.values()), key=lambda each: str(each.group))
        ]

    @property
    def root(self) -> Node:
        return self._node(self.draft.raw, (), 0)

    def _codes(self) -> dict[int, str]:
        keys = [
            rule["value"]
            for _path, rule in _conditions(self.draft.raw)
            if isinstance(rule.get("value"), int) and self._type(rule) == Type.PARTNER
        ]
        return dict(Partner.objects.filter(pk__in=keys).values_list("pk", "code")) if keys else {}

    def _type(self, rule: Raw) -> Type | None:
        asked = self.catalogue.fields.get(rule.get("field", ""))
        return asked.type if asked else None

    def _node(self, raw: Raw, place: tuple[int, ...], number: int) -> Node:
        path = "-".join([ROOT, *map(str, place)])
        node = Node(path, number, self.problems.get(place, ""))
        if "rules" in raw:
            node.is_group = True
            node.ops = [Option(op, str(label), op == raw.get("op")) for op, label in OPS.items()]
            node.may_nest = len(place) < MOST_LEVELS - 1
            node.rules = [self._node(each, (*place, n), n + 1) for n, each in enumerate(raw["rules"])]
            return node
        self._fill(node, raw)
        return node

    def _fill(self, node: Node, raw: Raw) -> None:
        key = raw.get("field", "")
        node.fields = [
            (label, [Option(value, text, value == key) for value, text in found]) for label, found in self.grouped
        ]
        asked = self.catalogue.fields.get(key)
        if asked is None:
            return
        node.field_key = key
        test = Test(raw["test"]) if raw.get("test") in asked.spec.tests else asked.spec.tests[0]
        node.tests = [Option(each, str(TESTS[each]), each == test) for each in asked.spec.tests]
        node.control = _control(asked, test)
        node.unit = self.catalogue.member.manufacturer.currency if asked.type == Type.MONEY else str(asked.unit)
        value = raw.get("value", "")
        if node.control == "choices":
            node.choices = self._choices(asked, value)
        elif node.control == "partner":
            typed = self.draft.typed.get(id(raw), "")
            node.value = typed or (self.partner_codes.get(value, "") if isinstance(value, int) else "")
        elif isinstance(value, list):
            node.value, node.last = (str(value[0]), str(value[1])) if len(value) == 2 else ("", "")
        else:
            node.value = str(value)

    def _choices(self, asked: AudienceField, value: Any) -> list[Option]:
        chosen = [str(each) for each in value] if isinstance(value, list) else []
        known = self.catalogue.choices(asked.key)
        gone = [Option(each, each, True) for each in chosen if each not in known]
        return gone + [Option(each, label, each in chosen) for each, label in known.items()]


def _by_group(fields: Any) -> list[AudienceField]:
    """Fields side by side with the others of their group, groups in the order in which they first come."""
    found = list(fields)
    order = {label: place for place, label in reversed(list(enumerate(str(each.group) for each in found)))}
    return sorted(found, key=lambda each: order[str(each.group)])


def _control(asked: AudienceField, test: Test) -> str:
    if test in WITHOUT_VALUE:
        return ""
    if test in IN_DAYS:
        return "days"
    if asked.type in SEVERAL:
        return "choices"
    kind = {Type.NUMBER: "number", Type.MONEY: "number", Type.DATE: "date", Type.PARTNER: "partner"}.get(
        asked.type, "text"
    )
    return f"between_{kind}" if test == Test.BETWEEN else kind
