import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import NOBODY, DaysFilter, FilterSet, RangeFilter, of_people
from partners import selectors
from partners.audience_fields import own_field
from partners.audiences.fields import AudienceField, Catalogue, compared
from partners.audiences.tree import Test, Type
from partners.completeness import percent_filled
from partners.grades import grade_choices
from partners.models import CustomField, Partner, PartnerOtherKind, Stage, Trend
from partners.selectors.audiences import ReadAudience
from partners.selectors.quality import STALE_AFTER
from tenancy.rights import Right

OWN = "own_"
"""Stands before the key of a field of the manufacturer's own in an address."""


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of partners, by code."""
    return [(kind.code, str(kind)) for kind in selectors.all_kinds().only("code", "names")]


def manager_choices() -> list[tuple[str, str]]:
    """Nobody, then who looks or looked after partners, by key; who has left is marked."""
    return [
        (NOBODY, str(_("Nobody"))),
        *(
            (str(pk), name if is_active else str(_("%(name)s (left)") % {"name": name}))
            for pk, name, is_active in selectors.channel_managers(with_left=True).values_list("pk", "name", "is_active")
        ),
    ]


def _regions() -> list[tuple[str, str]]:
    return [(region, region) for region in selectors.regions()]


def territory_choices() -> list[tuple[str, str]]:
    """The territories as a tree, by code."""
    return [(territory.code, name) for territory, name in selectors.territory_tree()]


COMPLETE = [
    ("0", _("Below 25%")),
    ("25", _("25 to 49%")),
    ("50", _("50 to 74%")),
    ("75", _("75 to 99%")),
    ("100", _("Complete")),
]
CONFIRMED = [
    ("fresh", _("Within a year")),
    ("stale", _("Longer ago")),
    ("never", _("Never")),
]


class PartnerFilterSet(FilterSet):
    """What the list of partners can be narrowed by; the choices are the manufacturer's own, read for each page."""

    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    grade = django_filters.MultipleChoiceFilter(field_name="summary__tier_code", label=_("Grade"))
    trend = django_filters.MultipleChoiceFilter(field_name="summary__trend", choices=Trend.choices, label=_("Trend"))
    kind = django_filters.MultipleChoiceFilter(method="of_kind", label=_("Kind"))
    region = django_filters.MultipleChoiceFilter(label=_("Region"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices, label=_("Stage"))
    territory = django_filters.MultipleChoiceFilter(method="covers", label=_("Territory"))
    audience = django_filters.ChoiceFilter(method="in_audience", label=_("Audience"))
    complete = django_filters.ChoiceFilter(method="as_complete", choices=COMPLETE, label=_("Completeness"))
    confirmed = django_filters.ChoiceFilter(method="as_confirmed", choices=CONFIRMED, label=_("Last confirmed"))

    CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "grade": grade_choices,
        "kind": kind_choices,
        "region": _regions,
        "manager": manager_choices,
        "territory": territory_choices,
    }

    class Meta:
        model = Partner
        fields: list[str] = []

    def __init__(self, *args: Any, own_fields: Sequence[CustomField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (self.CHOICES | {"audience": self._audiences}).items():
            found = choices()
            if found:
                self.filters[name].extra["choices"] = found
            else:
                del self.filters[name]
        for definition in own_fields:
            if definition.is_filter:
                self.filters[OWN + definition.key] = self._own_filter(definition)
        # One choice or another, in one condition: no row comes twice.

    def _audiences(self) -> list[tuple[str, str]]:
        if not self.request.member.can(Right.AUDIENCES):
            return []
        return [(str(pk), name) for pk, name in selectors.audiences_for(self.request.member).values_list("pk", "name")]

    def _own_filter(self, definition: CustomField) -> django_filters.Filter:
        """A filter by a field of the manufacturer's own: it asks what an audience would ask."""
        field = own_field(definition)

        def narrow(queryset: QuerySet[Partner], _name: str, value: Any) -> QuerySet[Partner]:
            return own_filter(queryset, field, value)

        options: dict[str, Any] = {"method": narrow, "label": str(definition)}
        found: django_filters.Filter
        match field.type:
            case Type.NUMBER:
                found = RangeFilter(**options)
            case Type.DATE:
                found = DaysFilter(**options)
            case Type.CHOICE | Type.MULTIPLE:
                choices = [(choice, choice) for choice in definition.choices]
                found = django_filters.MultipleChoiceFilter(choices=choices, **options)
            case Type.FILE:
                found = django_filters.BooleanFilter(**options)
            case _:
                found = django_filters.CharFilter(**options)
        found.parent, found.model, found.field_name = self, Partner, OWN + definition.key
        return found

    def covers(self, queryset: QuerySet[Partner], name: str, value: list[str]) -> QuerySet[Partner]:
        return selectors.covering(queryset, value) if value else queryset

    def in_audience(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        audience = selectors.audiences_for(self.request.member).filter(pk=value).first()
        if audience is None:
            return queryset.none()
        asked = ReadAudience(audience.definition, Catalogue(self.request.member))
        return queryset.none() if asked.problems else asked.narrowed(queryset)

    def search(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return selectors.matching(queryset, value)

    def as_complete(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        least = int(value)
        return queryset.alias(percent=percent_filled()).filter(percent__gte=least, percent__lt=least + 25)

    def as_confirmed(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        if value == "never":
            return queryset.filter(confirmed_at=None)
        year_ago = timezone.now() - STALE_AFTER
        return (
            queryset.filter(confirmed_at__gte=year_ago)
            if value == "fresh"
            else queryset.filter(confirmed_at__lt=year_ago)
        )

    def of_kind(self, queryset: QuerySet[Partner], name: str, value: list[str]) -> QuerySet[Partner]:
        if not value:
            return queryset
        others = PartnerOtherKind.objects.filter(kind__code__in=value).values("partner")
        return queryset.filter(Q(kind__code__in=value) | Q(pk__in=others))

    def looked_after_by(self, queryset: QuerySet[Partner], name: str, value: list[str]) -> QuerySet[Partner]:
        return of_people(queryset, "channel_manager", value)


def own_filter(queryset: QuerySet[Partner], field: AudienceField, value: Any) -> QuerySet[Partner]:
    """Those of the partners whose own field is as a filter says."""
    if value is None or value == "" or value == []:
        return queryset
    if field.where is not None:
        return queryset.filter(field.where(Test.ANY_OF, value, timezone.localdate()))
    path = "own_" + str(len(queryset.query.annotations))
    queryset = queryset.alias(**{path: field.value})

    def asked(test: Test, what: Any = None) -> Q:
        return compared(field, path, test, what, timezone.localdate())

    if field.type == Type.FILE:
        return queryset.filter(asked(Test.FILLED if value else Test.EMPTY))
    if field.type == Type.NUMBER:
        first = asked(Test.AT_LEAST, value.start) if value.start is not None else Q()
        last = asked(Test.AT_MOST, value.stop) if value.stop is not None else Q()
        return queryset.filter(first & last)
    if field.type == Type.DATE:
        day = dt.timedelta(days=1)
        first = asked(Test.AFTER, (value.start.date() - day).isoformat()) if value.start is not None else Q()
        last = asked(Test.BEFORE, (value.stop.date() + day).isoformat()) if value.stop is not None else Q()
        return queryset.filter(first & last)
    return queryset.filter(asked(Test.ANY_OF if field.type == Type.CHOICE else Test.CONTAINS, value))
