"""An audience's conditions in the reader's language, and what is wrong with them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from pages import formats
from partners.audiences.fields import AudienceField, Catalogue
from partners.audiences.tree import (
    Condition,
    Group,
    Op,
    Problem,
    Test,
    Type,
    conditions,
)
from partners.models import Partner

OPS: dict[Op, Any] = {
    Op.ALL: gettext_lazy("All of these hold"),
    Op.ANY: gettext_lazy("At least one of these holds"),
    Op.NONE: gettext_lazy("None of these holds"),
}

TESTS: dict[Test, Any] = {
    Test.IS: gettext_lazy("is exactly"),
    Test.IS_NOT: gettext_lazy("is not"),
    Test.CONTAINS: gettext_lazy("contains"),
    Test.CONTAINS_NOT: gettext_lazy("does not contain"),
    Test.STARTS: gettext_lazy("begins with"),
    Test.AT_LEAST: gettext_lazy("at least"),
    Test.AT_MOST: gettext_lazy("at most"),
    Test.MORE_THAN: gettext_lazy("more than"),
    Test.LESS_THAN: gettext_lazy("less than"),
    Test.BETWEEN: gettext_lazy("from … to …"),
    Test.ON: gettext_lazy("on the day"),
    Test.BEFORE: gettext_lazy("before the day"),
    Test.AFTER: gettext_lazy("after the day"),
    Test.LAST_DAYS: gettext_lazy("within the last … days"),
    Test.OLDER_DAYS: gettext_lazy("more than … days ago"),
    Test.NEXT_DAYS: gettext_lazy("within the next … days"),
    Test.ANY_OF: gettext_lazy("one of"),
    Test.ALL_OF: gettext_lazy("all of"),
    Test.NONE_OF: gettext_lazy("none of"),
    Test.YES: gettext_lazy("yes"),
    Test.NO: gettext_lazy("no"),
    Test.BELOW: gettext_lazy("directly or further below"),
    Test.FILLED: gettext_lazy("has a value"),
    Test.EMPTY: gettext_lazy("has no value"),
}
"""What a test is called where one is chosen."""

SENTENCES: dict[Test, Any] = {
    Test.IS: gettext_lazy("%(field)s is %(value)s"),
    Test.IS_NOT: gettext_lazy("%(field)s is not %(value)s"),
    Test.CONTAINS: gettext_lazy("%(field)s contains %(value)s"),
    Test.CONTAINS_NOT: gettext_lazy("%(field)s does not contain %(value)s"),
    Test.STARTS: gettext_lazy("%(field)s begins with %(value)s"),
    Test.AT_LEAST: gettext_lazy("%(field)s is at least %(value)s"),
    Test.AT_MOST: gettext_lazy("%(field)s is at most %(value)s"),
    Test.MORE_THAN: gettext_lazy("%(field)s is more than %(value)s"),
    Test.LESS_THAN: gettext_lazy("%(field)s is less than %(value)s"),
    Test.BETWEEN: gettext_lazy("%(field)s is from %(first)s to %(last)s"),
    Test.ON: gettext_lazy("%(field)s is on %(value)s"),
    Test.BEFORE: gettext_lazy("%(field)s is before %(value)s"),
    Test.AFTER: gettext_lazy("%(field)s is after %(value)s"),
    Test.ANY_OF: gettext_lazy("%(field)s is %(either)s"),
    Test.ALL_OF: gettext_lazy("%(field)s has all of: %(every)s"),
    Test.NONE_OF: gettext_lazy("%(field)s is none of: %(every)s"),
    Test.YES: gettext_lazy("%(field)s: yes"),
    Test.NO: gettext_lazy("%(field)s: no"),
    Test.BELOW: gettext_lazy("%(field)s is %(value)s or a partner below it"),
    Test.FILLED: gettext_lazy("%(field)s has a value"),
    Test.EMPTY: gettext_lazy("%(field)s has no value"),
}


@dataclass(frozen=True)
class Words:
    """A rule in words; a group has the words of its rules below it."""

    text: str
    rules: "list[Words]" = field(default_factory=list)

    def lines(self, level: int = 0) -> list[str]:
        """Line by line, for plain text: each level is indented and marked with a dash."""
        dash = "  " * (level - 1) + "– " if level else ""
        return [dash + self.text, *(line for rule in self.rules for line in rule.lines(level + 1))]


def describe(tree: Group, catalogue: Catalogue) -> Words:
    """A tree in words. At most one query for each field with choices, and one for partners."""
    keys = [c.value for c in conditions(tree) if _type(catalogue, c) == Type.PARTNER and c.value is not None]
    partners = {each.pk: str(each) for each in Partner.objects.filter(pk__in=keys)} if keys else {}
    return _words(tree, catalogue, partners)


def _type(catalogue: Catalogue, condition: Condition) -> Type:
    return catalogue.fields[condition.field].type


def _words(rule: Group | Condition, catalogue: Catalogue, partners: Mapping[int, str]) -> Words:
    if isinstance(rule, Group):
        return Words(str(OPS[rule.op]), [_words(each, catalogue, partners) for each in rule.rules])
    asked, value = catalogue.fields[rule.field], rule.value
    name = str(asked.label)
    match rule.test:
        case Test.LAST_DAYS:
            text = ngettext(
                "%(field)s within the last %(count)s day", "%(field)s within the last %(count)s days", value
            )
            return Words(text % {"field": name, "count": formats.number(value)})
        case Test.OLDER_DAYS:
            text = ngettext("%(field)s more than %(count)s day ago", "%(field)s more than %(count)s days ago", value)
            return Words(text % {"field": name, "count": formats.number(value)})
        case Test.NEXT_DAYS:
            text = ngettext(
                "%(field)s within the next %(count)s day", "%(field)s within the next %(count)s days", value
            )
            return Words(text % {"field": name, "count": formats.number(value)})
    shown: dict[str, str] = {"field": name}
    if rule.test == Test.BETWEEN:
        shown |= {"first": _one(asked, value[0], catalogue), "last": _one(asked, value[1], catalogue)}
    elif isinstance(value, list):
        names = catalogue.choices(rule.field)
        chosen = [names.get(str(each), str(each)) for each in value]
        shown |= {"either": _either(chosen), "every": ", ".join(chosen)}
    elif asked.type == Type.PARTNER:
        shown["value"] = partners.get(value, _("a partner that is not there any more")) if value is not None else ""
    elif value is not None:
        shown["value"] = _one(asked, value, catalogue)
    return Words(str(SENTENCES[rule.test]) % shown)


def _either(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def _one(asked: AudienceField, value: Any, catalogue: Catalogue) -> str:
    match asked.type:
        case Type.MONEY:
            return formats.money(Decimal(value), catalogue.member.manufacturer.currency, get_language())
        case Type.NUMBER:
            shown = formats.number(Decimal(value))
            return f"{shown}{'' if asked.unit == '%' else ' '}{asked.unit}" if asked.unit else shown
        case Type.DATE:
            return formats.date(dt.date.fromisoformat(value), get_language())
        case Type.TEXT:
            return _("“%(text)s”") % {"text": value}
    return str(value)


PROBLEMS: dict[str, Any] = {
    "not_a_group": gettext_lazy("These conditions cannot be read. Put them together anew."),
    "not_a_condition": gettext_lazy("This condition cannot be read. Take it away and add it anew."),
    "unknown_op": gettext_lazy("Say whether all, at least one or none of the conditions must hold."),
    "too_deep": gettext_lazy("Groups can stand at most %(value)s deep in one another. Take this one away."),
    "too_many": gettext_lazy("At most %(value)s conditions and groups are possible. Take some away."),
    "empty": gettext_lazy("Add at least one condition."),
    "empty_group": gettext_lazy("This group has no condition. Add one, or take the group away."),
    "no_field": gettext_lazy("Choose what the condition is about."),
    "unknown_field": gettext_lazy(
        "What this condition asks for (%(value)s) is not there any more, or not for you. Take it away."
    ),
    "unknown_test": gettext_lazy("Choose how to compare."),
    "no_text": gettext_lazy("Say which text."),
    "long_text": gettext_lazy("The text can have at most %(value)s characters."),
    "no_number": gettext_lazy("Give a number."),
    "bad_number": gettext_lazy("“%(value)s” is not a number. Write it with digits, such as 1200.5."),
    "large_number": gettext_lazy("“%(value)s” is too large."),
    "wrong_order": gettext_lazy("The first value must not be greater than the second."),
    "no_days": gettext_lazy("Give a number of days."),
    "bad_days": gettext_lazy("Give a whole number of days from 0 to %(value)s."),
    "no_date": gettext_lazy("Choose a day."),
    "bad_date": gettext_lazy("“%(value)s” is not a day. Write it as 2026-06-30."),
    "no_choice": gettext_lazy("Choose at least one."),
    "many_choices": gettext_lazy("At most %(value)s can be chosen."),
    "no_partner": gettext_lazy("Give the code of a partner."),
    "unknown_partner": gettext_lazy("No partner has the code %(value)s."),
    "unknown_choice": gettext_lazy(
        "“%(value)s” cannot be chosen any more. Choose another, or take the condition away."
    ),
}


def sentence(problem: Problem) -> str:
    """What is wrong, and how to mend it."""
    return str(PROBLEMS[problem.code]) % {"value": problem.value}
