"""What lists of initiatives and of the partners in one can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Initiative, InitiativePartner, InitiativeState, Standing
from campaigns.selectors.initiatives import STANDINGS, late, matching, stalled
from pages.filters import DaysFilter, FilterSet
from tenancy.models import Membership


def _owners() -> list[tuple[int, str]]:
    owning = Membership.objects.filter(pk__in=Initiative.objects.values("owner")).order_by("name", "pk")
    return [(row.pk, row.name) for row in owning]


class InitiativeFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or goal"))
    state = django_filters.MultipleChoiceFilter(choices=InitiativeState.choices, label=_("State"))
    owner = django_filters.MultipleChoiceFilter(choices=_owners, field_name="owner_id", label=_("Owner"))
    period = DaysFilter(field_name="starts_on", label=_("First day"))
    partner = django_filters.CharFilter(method="with_partner", label=_("Code of the partner"))

    class Meta:
        model = Initiative
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching(queryset, value)

    def with_partner(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        told = InitiativePartner.objects.filter(partner__code=value.strip(), told_at__isnull=False)
        return queryset.filter(pk__in=told.values("initiative"))


class InitiativePartnerFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or code"))
    stands = django_filters.MultipleChoiceFilter(
        method="standing",
        label=_("How far"),
        choices=[*Standing.choices, ("late", _("Late")), ("stalled", _("Stands still"))],
    )

    class Meta:
        model = InitiativePartner
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return queryset.filter(
            Q(partner__name__icontains=text) | Q(partner__local_name__icontains=text) | Q(partner__code__icontains=text)
        )

    def standing(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        groups: dict[str, Q] = {
            **STANDINGS,
            "late": late(timezone.localdate()),
            "stalled": stalled(timezone.now()),
        }
        chosen = Q()
        for each in value:
            chosen |= groups[each]
        return queryset.filter(chosen)
