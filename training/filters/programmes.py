"""What lists of learning programmes and of who is in them can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from training.filters.analysis import PartnerProgressFilterSet
from training.filters.courses import PeopleFilterSet
from training.models import LearningProgramme, PersonSource, PersonState, ProgrammePerson, ProgrammeState
from training.selectors.programmes import late


class ProgrammeFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title or code"))
    state = django_filters.MultipleChoiceFilter(choices=ProgrammeState.choices, label=_("State"))
    stands = django_filters.ChoiceFilter(
        method="standing", label=_("Where it stands"), choices=[("late", _("Somebody is late"))]
    )

    class Meta:
        model = LearningProgramme
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split()[:10]:
            queryset = queryset.filter(Q(titles__icontains=word) | Q(code__icontains=word))
        return queryset

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(late__gt=0)


class ProgrammePartnerFilterSet(PartnerProgressFilterSet):
    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "late":
            return queryset.filter(late__gt=0)
        return queryset.filter(learning__gt=0) if value == "open" else queryset.filter(learning=0)


class PersonFilterSet(PeopleFilterSet):
    state = django_filters.MultipleChoiceFilter(choices=PersonState.choices, label=_("State"))
    stands = django_filters.ChoiceFilter(
        method="standing",
        label=_("Where it stands"),
        choices=[("late", _("Late")), ("stuck", _("Held up")), ("begun", _("At least one course done"))],
    )
    source = django_filters.MultipleChoiceFilter(choices=PersonSource.choices, label=_("How they came"))

    class Meta:
        model = ProgrammePerson
        fields: list[str] = []

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "late":
            return queryset.filter(late())
        rows = queryset.filter(state=PersonState.OPEN)
        return rows.filter(is_stuck=True) if value == "stuck" else rows.filter(done__gt=0)
