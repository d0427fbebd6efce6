from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import NOBODY, FilterSet, RangeFilter, of_people
from partners.countries import country_name
from partners.models import Prospect, ProspectSource, ProspectStage
from partners.models.recruiting import OPEN_STAGES
from partners.selectors import recruiting

MOST_CHOICES = 100


def _owners() -> list[tuple[str, str]]:
    return [(NOBODY, str(_("Nobody"))), *((str(member.pk), member.name) for member in recruiting.recruiters())]


def _sources() -> list[tuple[str, str]]:
    return [(source.code, str(source)) for source in ProspectSource.objects.all()]


def _countries() -> list[tuple[str, str]]:
    codes = Prospect.objects.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
    return [(code, country_name(code)) for code in codes[:MOST_CHOICES]]


def _introducers() -> list[tuple[str, str]]:
    return [(each.key, each.name) for each in recruiting.introducers()[:MOST_CHOICES]]


class ProspectFilterSet(FilterSet):
    """What the list of prospects can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Company, contact, reference or city"))
    stage = django_filters.MultipleChoiceFilter(choices=ProspectStage.choices, label=_("Stage"))
    source = django_filters.MultipleChoiceFilter(field_name="source__code", label=_("Source"))
    owner = django_filters.MultipleChoiceFilter(method="of_owner", label=_("Responsible"))
    country = django_filters.MultipleChoiceFilter(label=_("Country"))
    score = RangeFilter(label=_("Score"))
    overdue = django_filters.BooleanFilter(method="is_overdue", label=_("Overdue"))
    introducer = django_filters.MultipleChoiceFilter(method="introduced_by", label=_("Introduced by"))

    CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "source": _sources,
        "owner": _owners,
        "country": _countries,
        "introducer": _introducers,
    }

    class Meta:
        model = Prospect
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in self.CHOICES.items():
            if found := choices():
                self.filters[name].extra["choices"] = found
            else:
                del self.filters[name]

    def search(self, queryset: QuerySet[Prospect], name: str, value: str) -> QuerySet[Prospect]:
        return recruiting.matching_prospects(queryset, value)

    def of_owner(self, queryset: QuerySet[Prospect], name: str, value: list[str]) -> QuerySet[Prospect]:
        return of_people(queryset, "owner", value)

    def is_overdue(self, queryset: QuerySet[Prospect], name: str, value: bool) -> QuerySet[Prospect]:
        overdue = Q(stage__in=OPEN_STAGES, due_on__lt=timezone.localdate())
        return queryset.filter(overdue) if value else queryset.exclude(overdue)

    def introduced_by(self, queryset: QuerySet[Prospect], name: str, value: list[str]) -> QuerySet[Prospect]:
        if not value:
            return queryset
        chosen = Q(pk__in=[])
        for key in value:
            kind, _dash, rest = key.partition("-")
            if kind == "partner" and rest.isdecimal():
                chosen |= Q(introduced_by_partner=int(rest))
            elif kind == "member" and rest.isdecimal():
                chosen |= Q(introduced_by_partner=None, introduced_by_member=int(rest))
            elif kind == "text":
                chosen |= Q(
                    introduced_by_partner=None, introduced_by_member=None, introduced_by_text__iregex=_exactly(rest)
                )
        return queryset.filter(chosen)


def _exactly(name: str) -> str:
    """The pattern of a name, whatever blanks stand around it."""
    signs = "".join(f"\\{sign}" if not sign.isalnum() and sign.isascii() else sign for sign in name)
    return rf"^\s*{signs}\s*$"
