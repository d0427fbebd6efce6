"""What opportunities can be narrowed by."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import ProductCategory
from leads.models import Opportunity, PipelineStage, StageOutcome
from leads.selectors.opportunities import matching_opportunities, reps_of
from pages.filters import DaysFilter, FilterSet, of_people
from partners import selectors
from partners.filters.partners import manager_choices
from partners.models import Partner
from partners.selectors.tiers import shops_sharing
from tenancy.models import DataKind

STEPS = [("overdue", _("overdue")), ("week", _("within 7 days")), ("none", _("none planned"))]
STANDS = [("open", pgettext_lazy("deal", "Open")), ("won", _("Won")), ("lost", _("Lost"))]


def _categories() -> list[tuple[int, str]]:
    return [(row.pk, str(row)) for row in ProductCategory.objects.only("code", "names")]


class OpportunityFilterSet(FilterSet):
    """On either side. `stages`: what can be chosen among."""

    q = django_filters.CharFilter(method="search", label=_("What it is about"))
    stands = django_filters.ChoiceFilter(method="standing", choices=STANDS, label=_("State"))
    stage = django_filters.MultipleChoiceFilter(label=_("Stage"))
    step = django_filters.ChoiceFilter(method="next_step", choices=STEPS, label=_("Next step"))
    stalled = django_filters.BooleanFilter(field_name="stalled_at", method="standing_still", label=_("Stands still"))
    category = django_filters.ChoiceFilter(choices=_categories, label=_("Product category"))
    expected_close = DaysFilter(label=_("Expected order"))

    class Meta:
        model = Opportunity
        fields: list[str] = []

    def __init__(self, *args: Any, stages: Sequence[PipelineStage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["stage"].extra["choices"] = [(stage.pk, str(stage)) for stage in stages]

    def search(self, queryset: QuerySet[Opportunity], name: str, value: str) -> QuerySet[Opportunity]:
        return matching_opportunities(queryset, value, member=self.request.member)

    def standing(self, queryset: QuerySet[Opportunity], name: str, value: str) -> QuerySet[Opportunity]:
        if value == StageOutcome.OPEN:
            return queryset.filter(closed_at=None)
        return queryset.filter(stage__outcome=value) if value else queryset

    def next_step(self, queryset: QuerySet[Opportunity], name: str, value: str) -> QuerySet[Opportunity]:
        today, opened = timezone.localdate(), queryset.filter(closed_at=None)
        if value == "overdue":
            return opened.filter(next_step_on__lt=today)
        if value == "week":
            return opened.filter(next_step_on__range=(today, today + dt.timedelta(days=7)))
        return opened.filter(next_step="") if value == "none" else queryset

    def standing_still(self, queryset: QuerySet[Opportunity], name: str, value: bool | None) -> QuerySet[Opportunity]:
        return queryset if value is None else queryset.filter(stalled_at__isnull=not value)


class StaffOpportunityFilterSet(OpportunityFilterSet):
    """By partner and by who looks after it, too."""

    partner = django_filters.CharFilter(method="of_partner", label=_("Partner"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["manager"].extra["choices"] = manager_choices()

    def of_partner(self, queryset: QuerySet[Opportunity], name: str, value: str) -> QuerySet[Opportunity]:
        if not value:
            return queryset
        return queryset.filter(partner__in=selectors.matching(Partner.objects.all(), value).values("pk"))

    def looked_after_by(self, queryset: QuerySet[Opportunity], name: str, value: list[str]) -> QuerySet[Opportunity]:
        return of_people(queryset, "partner__channel_manager", value)


class PortalOpportunityFilterSet(OpportunityFilterSet):
    """By the partner's own people, too."""

    rep = django_filters.ModelChoiceFilter(queryset=lambda request: reps_of(request.member.partner_id), label=_("Rep"))


class ShopOpportunityFilterSet(OpportunityFilterSet):
    """What partners below show, by partner."""

    shop = django_filters.ChoiceFilter(
        field_name="partner", choices=lambda: list(shops_sharing(DataKind.PIPELINE).items()), label=_("Partner")
    )
