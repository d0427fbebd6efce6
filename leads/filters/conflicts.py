"""What the lists of conflicts and of direct sales can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from commerce.models import Below, CreditState, DirectChannel, DirectSale
from leads.models import CaseState, ConflictCase, ConflictKind
from pages.filters import DaysFilter, FilterSet


class ConflictFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Reference, partner or subject"))
    state = django_filters.MultipleChoiceFilter(choices=CaseState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=ConflictKind.choices, label=_("Conflict"))

    class Meta:
        model = ConflictCase
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(reference__iexact=value)
            | Q(subject__icontains=value)
            | Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
            | Q(other__name__icontains=value)
        )


class DirectSaleFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Order, customer or city"))
    credit_state = django_filters.MultipleChoiceFilter(choices=CreditState.choices, label=_("Credit"))
    channel = django_filters.MultipleChoiceFilter(choices=DirectChannel.choices, label=_("Channel"))
    below = django_filters.MultipleChoiceFilter(choices=Below.choices, label=_("Price"))
    date = DaysFilter(label=_("Date"))

    class Meta:
        model = DirectSale
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(order_number__icontains=value) | Q(customer_name__icontains=value) | Q(city__icontains=value)
        )
