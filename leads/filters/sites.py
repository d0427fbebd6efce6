"""What the list of sites can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leads.models import Site, SiteStage
from leads.selectors.sites import matching_sites
from pages.filters import DaysFilter, FilterSet, RangeFilter
from partners.countries import country_name

MOST_CHOICES = 100


class SiteFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, address, city or reference"))
    stage = django_filters.MultipleChoiceFilter(choices=SiteStage.choices, label=_("Stage"))
    country = django_filters.MultipleChoiceFilter(label=_("Country"))
    area = RangeFilter(label=_("Area in m²"))
    finishes_on = DaysFilter(label=_("Finishes on"))

    class Meta:
        model = Site
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Site.objects.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
        found = [(code, country_name(code)) for code in codes[:MOST_CHOICES]]
        if found:
            self.filters["country"].extra["choices"] = found
        else:
            del self.filters["country"]

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching_sites(queryset, value)
