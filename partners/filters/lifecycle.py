from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners import selectors
from partners.filters.partners import kind_choices, manager_choices
from partners.models import Journey, Stage, StageProposal
from partners.selectors.onboarding import stalled

STALLED, LATE = "stalled", "late"


class LifecycleFilterSet(FilterSet):
    """Rows about partners: narrowed by what is known of the partner."""

    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    kind = django_filters.MultipleChoiceFilter(field_name="partner__kind__code", label=_("Kind"))
    manager = django_filters.MultipleChoiceFilter(field_name="partner__channel_manager", label=_("Channel manager"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = kind_choices()
        self.filters["manager"].extra["choices"] = manager_choices()[1:]

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = selectors.matching(selectors.partners_for(self.request.member), value)
        return queryset.filter(partner__in=found.values("pk"))


class ProposalFilterSet(LifecycleFilterSet):
    to = django_filters.MultipleChoiceFilter(
        choices=[(Stage.DORMANT.value, Stage.DORMANT.label), (Stage.ACTIVE.value, Stage.ACTIVE.label)],
        label=_("Proposed"),
    )
    state = django_filters.MultipleChoiceFilter(choices=StageProposal.State.choices, label=_("State"))

    class Meta:
        model = StageProposal
        fields: list[str] = []


class JourneyFilterSet(LifecycleFilterSet):
    state = django_filters.MultipleChoiceFilter(choices=Journey.State.choices, label=_("State"))
    needs = django_filters.ChoiceFilter(
        method="needing", choices=[(STALLED, _("Stands still")), (LATE, _("Has a late step"))], label=_("Needs")
    )

    class Meta:
        model = Journey
        fields: list[str] = []

    def needing(self, queryset: QuerySet[Journey], name: str, value: str) -> QuerySet[Journey]:
        today = timezone.localdate()
        if value == STALLED:
            return queryset.filter(pk__in=stalled(Journey.objects.all(), today).values("pk"))
        return queryset.filter(state=Journey.State.RUNNING, next_due_on__lt=today)
