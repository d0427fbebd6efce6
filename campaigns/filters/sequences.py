"""What lists of sequences and of who is in them can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import EntrantState, Sequence, SequenceEntrant, SequenceState, StepKind, StopReason
from pages.filters import DaysFilter, FilterSet
from tenancy.models import Membership


def _owners() -> list[tuple[int, str]]:
    owning = Membership.objects.filter(pk__in=Sequence.objects.values("owner")).order_by("name", "pk")
    return [(row.pk, row.name) for row in owning]


class SequenceFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name"))
    state = django_filters.MultipleChoiceFilter(choices=SequenceState.choices, label=_("State"))
    owner = django_filters.MultipleChoiceFilter(choices=_owners, field_name="owner_id", label=_("Owner"))

    class Meta:
        model = Sequence
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(name__icontains=value.strip())


class EntrantFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Partner"))
    state = django_filters.MultipleChoiceFilter(choices=EntrantState.choices, label=_("State"))
    reason = django_filters.MultipleChoiceFilter(choices=StopReason.choices, label=_("Ended by"))
    kind = django_filters.MultipleChoiceFilter(
        choices=StepKind.choices, field_name="step__kind", label=pgettext_lazy("sequence", "Next step")
    )
    period = DaysFilter(field_name="entered_at", label=_("Entered"))

    class Meta:
        model = SequenceEntrant
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return queryset.filter(Q(partner__name__icontains=text) | Q(partner__local_name__icontains=text))
