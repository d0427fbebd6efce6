"""What lists of deals can be narrowed by."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from leads.models import DealRegistration, DealState
from leads.selectors.deals import deals_matching
from pages.filters import DaysFilter, FilterSet

DUE = [("late", _("Answer overdue")), ("today", _("Answer due within a day"))]
ENDS = [("3", _("Ends within 3 days")), ("14", _("Ends within 14 days")), ("30", _("Ends within 30 days"))]


def _categories() -> list[tuple[int, str]]:
    return [(row.pk, str(row)) for row in ProductCategory.objects.only("code", "names")]


class DealFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Customer, partner or number"))
    state = django_filters.MultipleChoiceFilter(
        choices=[choice for choice in DealState.choices if choice[0] != DealState.DRAFT], label=_("State")
    )
    due = django_filters.ChoiceFilter(choices=DUE, method="by_due", label=_("Answer"))
    ends = django_filters.ChoiceFilter(choices=ENDS, method="by_end", label=_("Protection"))
    category = django_filters.MultipleChoiceFilter(
        choices=_categories, field_name="category_id", label=_("Product category")
    )
    submitted = DaysFilter(field_name="submitted_at", label=_("Registered"))

    class Meta:
        model = DealRegistration
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return deals_matching(queryset, value)

    def by_due(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        until = timezone.now() + (dt.timedelta() if value == "late" else dt.timedelta(days=1))
        return queryset.filter(state=DealState.SUBMITTED, due_at__lte=until)

    def by_end(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        until = now + dt.timedelta(days=int(value))
        return queryset.filter(state=DealState.APPROVED, protected_until__gt=now, protected_until__lte=until)
