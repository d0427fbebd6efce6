from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from commerce.models import ExchangeRate, Product
from commerce.selectors import category_choices
from pages.filters import FilterSet

STATES = [("sold", _("On sale")), ("draft", _("Draft")), ("gone", _("No longer sold"))]
CONDITIONS = {
    "sold": Q(is_draft=False, is_active=True),
    "draft": Q(is_draft=True),
    "gone": Q(is_draft=False, is_active=False),
}


class ProductFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or code"))
    category = django_filters.MultipleChoiceFilter(field_name="category__code", label=_("Category"))
    state = django_filters.MultipleChoiceFilter(choices=STATES, method="in_state", label=_("State"))

    class Meta:
        model = Product
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["category"].extra["choices"] = category_choices()

    def search(self, queryset: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """Every word in the name in any language, or in a code."""
        for word in value.split():
            queryset = queryset.filter(
                Q(name__icontains=word)
                | Q(code__icontains=word)
                | Q(external_code__icontains=word)
                | Q(names__icontains=word)
            )
        return queryset

    def in_state(self, queryset: QuerySet[Product], name: str, value: list[str]) -> QuerySet[Product]:
        chosen = Q()
        for key in value:
            chosen |= CONDITIONS[key]
        return queryset.filter(chosen)


class RateFilterSet(FilterSet):
    currency = django_filters.MultipleChoiceFilter(label=_("Currency"))

    class Meta:
        model = ExchangeRate
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(currency, currency) for currency in known]
