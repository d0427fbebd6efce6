"""What the lists of agreements and papers can be narrowed by."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet, of_people
from partners import selectors
from partners.filters.partners import manager_choices
from partners.models import Agreement, AgreementType, Paper, PaperState, PaperType, Partner
from partners.selectors.agreements import SHOWN_STATES, in_shown_state

PASSED = "passed"
WITHIN = [
    ("7", _("in 7 days")),
    ("30", _("in 30 days")),
    ("60", _("in 60 days")),
    ("180", _("in 180 days")),
    (PASSED, _("already")),
]


class OfPartnersFilterSet(FilterSet):
    """Rows of partners: by their name, channel manager, and by when they end."""

    end_field = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["manager"].extra["choices"] = manager_choices()

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(partner__in=selectors.matching(Partner.objects.all(), value))

    def looked_after_by(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return of_people(queryset, "partner__channel_manager", value)

    def ending(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        if value == PASSED:
            return queryset.filter(**{f"{self.end_field}__lt": today})
        if not value:
            return queryset
        last = today + dt.timedelta(days=int(value))
        return queryset.filter(**{f"{self.end_field}__gte": today, f"{self.end_field}__lte": last})


class AgreementFilterSet(OfPartnersFilterSet):
    end_field = "ends_on"
    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    state = django_filters.MultipleChoiceFilter(method="in_state", choices=SHOWN_STATES, label=_("State"))
    type = django_filters.ModelMultipleChoiceFilter(queryset=AgreementType.objects.all(), label=_("Type"))
    ends = django_filters.ChoiceFilter(method="ending", choices=WITHIN, label=_("Ends"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    class Meta:
        model = Agreement
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        if not value:
            return queryset
        today, chosen = timezone.localdate(), Q()
        for state in value:
            chosen |= in_shown_state(state, today)
        return queryset.filter(chosen)


class PaperFilterSet(OfPartnersFilterSet):
    end_field = "valid_until"
    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    state = django_filters.MultipleChoiceFilter(choices=PaperState.choices, label=_("State"))
    type = django_filters.ModelMultipleChoiceFilter(queryset=PaperType.objects.all(), label=_("Paper"))
    ends = django_filters.ChoiceFilter(method="ending", choices=WITHIN, label=_("Runs out"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    class Meta:
        model = Paper
        fields: list[str] = []


class OwingFilterSet(FilterSet):
    """Partners that owe papers."""

    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    paper = django_filters.ModelChoiceFilter(
        queryset=PaperType.objects.filter(is_retired=False, is_required=True), method="owing", label=_("Paper")
    )
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["manager"].extra["choices"] = manager_choices()

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return selectors.matching(queryset, value)

    def owing(self, queryset: QuerySet[Any], name: str, value: PaperType | None) -> QuerySet[Any]:
        return queryset.filter(owed__contains=[value.pk]) if value else queryset

    def looked_after_by(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return of_people(queryset, "channel_manager", value)
