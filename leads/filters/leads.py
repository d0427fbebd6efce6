from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models import Lead, LeadKind, LeadSource, LeadState
from leads.selectors import leads as selectors
from pages.filters import NOBODY, DaysFilter, FilterSet, of_people

STATES = [(state.value, state.label) for state in LeadState if state != LeadState.MERGED]
SCORES = [("80", _("80 and more")), ("60", _("60 to 79")), ("40", _("40 to 59")), ("0", _("Below 40"))]
BANDS: dict[str, tuple[float, float]] = {"80": (80, 101), "60": (60, 80), "40": (40, 60), "0": (-1, 40)}


def _kinds() -> list[tuple[str, str]]:
    return [(kind.code, str(kind)) for kind in LeadKind.objects.only("code", "names")]


def _sources() -> list[tuple[str, str]]:
    return [(source.code, str(source)) for source in LeadSource.objects.only("code", "names")]


def _owners() -> list[tuple[str, str]]:
    owners = selectors.lead_owners().values_list("pk", "name")
    return [(NOBODY, str(_("Nobody"))), *((str(pk), name) for pk, name in owners)]


class LeadFilterSet(FilterSet):
    """What the list of leads can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Company, contact, reference, city, mail or phone"))
    state = django_filters.MultipleChoiceFilter(choices=STATES, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(method="of_code", label=_("Kind of lead"))
    source = django_filters.MultipleChoiceFilter(method="of_code", label=_("Source"))
    owner = django_filters.MultipleChoiceFilter(method="of_owner", label=_("Responsible"))
    score = django_filters.MultipleChoiceFilter(method="in_band", choices=SCORES, label=pgettext_lazy("lead", "Score"))
    received = DaysFilter(field_name="received_at", label=_("Received"))
    partner = django_filters.CharFilter(field_name="partner__code", label=_("Code of the partner"))
    campaign = django_filters.CharFilter(field_name="campaign_code", label=_("Campaign"))
    alike = django_filters.BooleanFilter(method="is_alike", label=_("Possible duplicate"))

    CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {"kind": _kinds, "source": _sources, "owner": _owners}

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in self.CHOICES.items():
            if found := choices():
                self.filters[name].extra["choices"] = found
            else:
                del self.filters[name]

    def search(self, queryset: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        return selectors.matching_leads(queryset, value, member=self.request.member)

    def of_code(self, queryset: QuerySet[Lead], name: str, value: list[str]) -> QuerySet[Lead]:
        if not value:
            return queryset
        model = {"kind": LeadKind, "source": LeadSource}[name]
        return queryset.filter(**{f"{name}__in": list(model._default_manager.filter(code__in=value))})

    def of_owner(self, queryset: QuerySet[Lead], name: str, value: list[str]) -> QuerySet[Lead]:
        return of_people(queryset, "owner", value)

    def in_band(self, queryset: QuerySet[Lead], name: str, value: list[str]) -> QuerySet[Lead]:
        if not value:
            return queryset
        chosen = Q()
        for band in value:
            low, high = BANDS[band]
            chosen |= Q(score__gte=low, score__lt=high)
        return queryset.filter(chosen)

    def is_alike(self, queryset: QuerySet[Lead], name: str, value: bool) -> QuerySet[Lead]:
        alike = selectors.with_open_likeness(Lead.objects.all()).values("pk")
        return queryset.filter(pk__in=alike) if value else queryset.exclude(pk__in=alike)
