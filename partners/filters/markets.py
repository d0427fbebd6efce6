"""What the list of markets can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.filters import FilterSet
from partners import selectors
from partners.models import Market
from partners.selectors.markets import matching_markets

DUE, LATER = "due", "later"


class MarketFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Market, country or text"))
    owner = django_filters.ModelMultipleChoiceFilter(queryset=selectors.channel_managers(), label=_("Owner"))
    review = django_filters.ChoiceFilter(
        method="reviewed", choices=[(DUE, _("due")), (LATER, _("not yet due"))], label=pgettext_lazy("market", "Review")
    )

    class Meta:
        model = Market
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching_markets(queryset, value)

    def reviewed(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        if value == DUE:
            return queryset.filter(review_on__lte=today)
        return queryset.exclude(review_on__lte=today) if value == LATER else queryset
