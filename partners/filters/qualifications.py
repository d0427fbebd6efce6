"""What the list of qualifications can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.filters.agreements import WITHIN, OfPartnersFilterSet
from partners.models import Partner, Qualification, QualificationType
from partners.selectors.partners import matching
from partners.selectors.qualifications import STATE_LABELS


class QualificationFilterSet(OfPartnersFilterSet):
    end_field = "valid_until"
    q = django_filters.CharFilter(method="search", label=_("Person or partner"))
    state = django_filters.MultipleChoiceFilter(method="in_states", choices=STATE_LABELS, label=_("State"))
    type = django_filters.ModelMultipleChoiceFilter(
        queryset=lambda _request: QualificationType.objects.all(), label=_("Qualification")
    )
    who = django_filters.ChoiceFilter(
        method="of_whom",
        choices=[("people", _("People")), ("companies", _("Companies"))],
        label=pgettext_lazy("qualification", "Held by"),
    )
    ends = django_filters.ChoiceFilter(method="ending", choices=WITHIN, label=_("Runs out"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    class Meta:
        model = Qualification
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(partner__in=matching(Partner.objects.all(), value).order_by().values("pk"))
            | Q(member__name__icontains=value)
            | Q(source__icontains=value)
        )

    def in_states(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(state__in=value) if value else queryset

    def of_whom(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(member__isnull=value == "companies") if value else queryset
