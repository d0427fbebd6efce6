"""What the list of channel plans can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partners.filters.agreements import OfPartnersFilterSet
from partners.filters.partners import kind_choices, territory_choices
from partners.models import ChannelPlan, Partner, PlanState
from partners.selectors.plans import plan_years
from partners.selectors.territories import covering


class PlanFilterSet(OfPartnersFilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    year = django_filters.MultipleChoiceFilter(label=_("Fiscal year"))
    state = django_filters.MultipleChoiceFilter(choices=PlanState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(field_name="partner__kind__code", label=_("Kind"))
    territory = django_filters.MultipleChoiceFilter(method="covers", label=_("Territory"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    class Meta:
        model = ChannelPlan
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in plan_years()]
        self.filters["kind"].extra["choices"] = kind_choices()
        self.filters["territory"].extra["choices"] = territory_choices()

    def covers(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(partner__in=covering(Partner.objects.all(), value)) if value else queryset
