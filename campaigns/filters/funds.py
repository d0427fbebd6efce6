"""What lists of funds can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Fund, FundActivity, FundRequest, FundState
from campaigns.selectors.fund_flags import flagged_requests, late_requests
from campaigns.selectors.funds import matching_requests
from pages.filters import DaysFilter, FilterSet


def _funds() -> list[tuple[int, str]]:
    return [(row.pk, str(row)) for row in Fund.objects.all()]


def _activities() -> list[tuple[int, str]]:
    return [(row.pk, str(row)) for row in FundActivity.objects.all()]


class FundRequestFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Partner, activity or number"))
    state = django_filters.MultipleChoiceFilter(choices=FundState.choices, label=_("State"))
    fund = django_filters.MultipleChoiceFilter(choices=_funds, field_name="fund_id", label=_("Fund"))
    activity = django_filters.MultipleChoiceFilter(choices=_activities, field_name="activity_id", label=_("Activity"))
    partner = django_filters.CharFilter(field_name="partner__code", label=_("Code of the partner"))
    look = django_filters.ChoiceFilter(
        choices=[("flagged", _("Something to look at")), ("late", _("Answer overdue"))],
        method="narrow",
        label=_("To look at"),
    )
    asked_at = DaysFilter(label=_("Handed in"))

    class Meta:
        model = FundRequest
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching_requests(queryset, value)

    def narrow(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return flagged_requests(queryset) if value == "flagged" else late_requests(queryset)
