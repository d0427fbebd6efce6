"""What an audience's conditions can ask: fields that the apps register in their `audience_fields.py`, found as Django
finds `admin.py`.

    register_field(AudienceField("city", _("City"), _("Where it is"), Type.TEXT, value="city"))
    register_field(AudienceField("certified", _("Certificates"), _("Training"), Type.MULTIPLE, choices=certificates,
                                 where=in_rows(Certificate.objects.all, value="course__code")))

`value` is a path from Partner, an expression, or a function that makes one; it is asked as its type asks. What stands in other tables has a
`where` instead: it makes a condition on Partner, which must be true or false for each, never NULL: `none` would not be
the opposite of `any` else. All conditions together become one query.

`choices` are read in the manufacturer's scope. Fields of the manufacturer's own come from `register_source`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from partners.audiences.tree import TESTS, Condition, Group, Op, Spec, Test, Type, conditions, days_between
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right

Choices = list[tuple[str, Any]]
Where = Callable[[Test, Any, dt.date], Q]


def midnight(day: dt.date) -> dt.datetime:
    """When a day begins on the manufacturer's clock."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@dataclass(frozen=True)
class AudienceField:
    """Something that conditions can ask of a partner.

    day: what a day becomes before `value` is compared with it: `midnight` where `value` is a moment.
    tests: what can be asked, where that is less than the type allows.
    unit: what stands beside a number.
    """

    key: str
    label: Any
    group: Any
    type: Type
    value: Any = None
    where: Where | None = None
    choices: Callable[[], Choices] | None = None
    tests: tuple[Test, ...] | None = None
    day: Callable[[dt.date], Any] = lambda day: day
    unit: Any = ""
    right: Right = Right.PARTNERS_VIEW
    function: str | None = None

    @property
    def spec(self) -> Spec:
        """What the tree needs to know of it."""
        return Spec(self.type, self.tests or TESTS[self.type])

    def shown_to(self, member: Membership) -> bool:
        """Whether the member may ask for it."""
        return member.can(self.right) and (not self.function or member.has_function(self.function))


_fields: dict[str, AudienceField] = {}
_sources: list[Callable[[], Iterable[AudienceField]]] = []


def register_field(*fields: AudienceField) -> None:
    """Make fields known, in the order in which they are offered within their group."""
    for each in fields:
        if each.key in _fields:
            raise ValueError(f"Two audience fields are registered as {each.key!r}.")
        _fields[each.key] = each


def register_source(source: Callable[[], Iterable[AudienceField]]) -> Callable[[], Iterable[AudienceField]]:
    """Make fields known that each manufacturer has of its own; `source` is called in its scope."""
    _sources.append(source)
    return source


class Catalogue:
    """The fields that a member may ask for, with their choices: each is read at most once."""

    def __init__(self, member: Membership) -> None:
        self.member = member
        self._choices: dict[str, dict[str, str]] = {}

    @cached_property
    def fields(self) -> dict[str, AudienceField]:
        """All fields by their keys, in order."""
        found = dict(_fields)
        for source in _sources:
            found |= {each.key: each for each in source()}
        return {key: each for key, each in found.items() if each.shown_to(self.member)}

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """What the tree needs to know of them."""
        return {key: each.spec for key, each in self.fields.items()}

    def choices(self, key: str) -> dict[str, str]:
        """What can be chosen for a field, and what it is called."""
        if key not in self._choices:
            find = self.fields[key].choices
            self._choices[key] = {str(value): str(label) for value, label in find()} if find else {}
        return self._choices[key]


def fitting(
    partners: QuerySet[Partner], tree: Group, fields: Mapping[str, AudienceField], *, today: dt.date | None = None
) -> QuerySet[Partner]:
    """Those of `partners` that a tree holds for, by conditions of one query."""
    names = {key: f"asked_{number}" for number, key in enumerate(dict.fromkeys(c.field for c in conditions(tree)))}
    values = {name: fields[key].value for key, name in names.items()}
    expressions = {
        name: value() if callable(value) else value
        for name, value in values.items()
        if value is not None and not isinstance(value, str)
    }
    day = today or timezone.localdate()

    def asked(rule: Group | Condition) -> Q:
        if isinstance(rule, Condition):
            field = fields[rule.field]
            if field.where is not None:
                return field.where(rule.test, rule.value, day)
            path = field.value if isinstance(field.value, str) else names[rule.field]
            return compared(field, path, rule.test, rule.value, day)
        parts = [asked(each) for each in rule.rules]
        if rule.op == Op.ALL:
            return _joined(parts, Q.AND) if parts else TRUE
        either = _joined(parts, Q.OR) if parts else ~TRUE
        return either if rule.op == Op.ANY else ~either

    return partners.filter(summary__isnull=False).alias(**expressions).filter(asked(tree))


TRUE = Q(pk__isnull=False)


def _joined(parts: list[Q], how: str) -> Q:
    found = Q()
    found.connector = how
    for part in parts:
        found.add(part, how)
    return found


def compared(field: AudienceField, path: str, test: Test, value: Any, today: dt.date) -> Q:
    """The condition on one column or expression. Never NULL: what has no value is said to be known first."""
    known = _known(field, path)
    match test:
        case Test.FILLED:
            return known
        case Test.EMPTY:
            return ~known
        case Test.IS_NOT | Test.CONTAINS_NOT | Test.NONE_OF:
            return ~(known & _positive(field, path, OPPOSITES[test], value, today))
    return known & _positive(field, path, test, value, today)


OPPOSITES = {Test.IS_NOT: Test.IS, Test.CONTAINS_NOT: Test.CONTAINS, Test.NONE_OF: Test.ANY_OF}


def _known(field: AudienceField, path: str) -> Q:
    known = Q(**{f"{path}__isnull": False})
    if field.type in {Type.TEXT, Type.CHOICE}:
        return known & ~Q(**{path: ""})
    if field.type == Type.MULTIPLE:
        return known & ~Q(**{path: []})
    return known


def _positive(field: AudienceField, path: str, test: Test, value: Any, today: dt.date) -> Q:
    match field.type:
        case Type.TEXT:
            return Q(**{f"{path}__{TEXT_LOOKUPS[test]}": value})
        case Type.NUMBER | Type.MONEY:
            if test == Test.BETWEEN:
                return Q(**{f"{path}__gte": float(value[0]), f"{path}__lte": float(value[1])})
            return Q(**{f"{path}__{NUMBER_LOOKUPS[test]}": float(value)})
        case Type.DATE:
            first, end = days_between(test, value, today)
            since = Q(**{f"{path}__gte": field.day(first)}) if first else Q()
            return since & Q(**{f"{path}__lt": field.day(end)}) if end else since
        case Type.BOOLEAN:
            return Q(**{path: test == Test.YES})
        case Type.MULTIPLE:
            return Q(**{f"{path}__{'overlap' if test == Test.ANY_OF else 'contains'}": value})
        case Type.PARTNER:
            return Q(**{path: value})
    return Q(**{f"{path}__in": value})


TEXT_LOOKUPS = {Test.IS: "iexact", Test.CONTAINS: "icontains", Test.STARTS: "istartswith"}
NUMBER_LOOKUPS = {
    Test.IS: "exact",
    Test.AT_LEAST: "gte",
    Test.AT_MOST: "lte",
    Test.MORE_THAN: "gt",
    Test.LESS_THAN: "lt",
}


def number(path: str) -> Cast:
    """A column of numbers as conditions compare it. Comparisons of floating point give nothing away ("leakproof"), so
    that below the policies the database is as free with them as without; those of numeric are not.
    """
    return Cast(F(path), FloatField())


def in_rows(rows: Callable[[], QuerySet[Any]], *, value: str, partner: str = "partner") -> Where:
    """The condition for a field of several choices that stand in rows of another table, one a row."""
    return on_day(lambda _day: rows(), value=value, partner=partner)


def on_day(rows: Callable[[dt.date], QuerySet[Any]], *, value: str, partner: str = "partner") -> Where:
    """`in_rows` for rows that depend on the day."""

    def where(test: Test, chosen: Any, today: dt.date) -> Q:
        own = rows(today).filter(**{partner: OuterRef("pk")})
        return of_own(own, test, chosen, lambda some: Q(**{f"{value}__in": some}))

    return where


def of_own(own: QuerySet[Any], test: Test, chosen: Sequence[Any], one_of: Callable[[Sequence[Any]], Q]) -> Q:
    """What is asked of a partner's own rows, one a choice; `one_of` says which of them are one of some choices."""
    match test:
        case Test.FILLED:
            return Q(Exists(own))
        case Test.EMPTY:
            return ~Q(Exists(own))
        case Test.ALL_OF:
            return _joined([Q(Exists(own.filter(one_of([each])))) for each in chosen], Q.AND)
    found = Q(Exists(own.filter(one_of(chosen))))
    return ~found if test == Test.NONE_OF else found


def autodiscover() -> None:
    """Import every app's `audience_fields.py`."""
    autodiscover_modules("audience_fields")
