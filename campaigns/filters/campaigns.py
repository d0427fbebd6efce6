"""What lists of campaigns and of their readers can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Arm, Campaign, CampaignChannel, CampaignGoal, CampaignState, Recipient
from campaigns.services.freezing import LEFT_OUT
from campaigns.services.propensities import least_chance
from pages.filters import DaysFilter, FilterSet
from tenancy.models import Language, Membership


def _owners() -> list[tuple[int, str]]:
    owning = Membership.objects.filter(pk__in=Campaign.objects.values("owner")).order_by("name", "pk")
    return [(row.pk, row.name) for row in owning]


class CampaignFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name"))
    state = django_filters.MultipleChoiceFilter(choices=CampaignState.choices, label=_("State"))
    channel = django_filters.MultipleChoiceFilter(choices=CampaignChannel.choices, label=_("Sending channel"))
    goal = django_filters.MultipleChoiceFilter(choices=CampaignGoal.choices, label=_("Goal"))
    owner = django_filters.MultipleChoiceFilter(choices=_owners, field_name="owner_id", label=_("Owner"))
    period = DaysFilter(field_name="starts_on", label=_("First day"))

    class Meta:
        model = Campaign
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(name__icontains=value.strip())


class ReaderFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, company or address"))
    arm = django_filters.MultipleChoiceFilter(choices=Arm.choices, label=_("Part"))
    left_out = django_filters.MultipleChoiceFilter(choices=list(LEFT_OUT.items()), label=_("Left out because"))
    language = django_filters.MultipleChoiceFilter(choices=Language.choices, label=_("Language"))
    answered = django_filters.ChoiceFilter(
        choices=[("yes", _("Answered")), ("no", _("Not answered"))], method="by_answer", label=_("Answer")
    )

    likely = django_filters.ChoiceFilter(
        choices=[("fifth", _("The best fifth")), ("half", _("The better half"))],
        method="by_chance",
        label=_("Most likely to answer"),
    )

    class Meta:
        model = Recipient
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return queryset.filter(Q(name__icontains=text) | Q(partner_name__icontains=text) | Q(address__icontains=text))

    def by_answer(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(sent_at__isnull=False, replied_at__isnull=value == "no")

    def by_chance(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of all readers of the campaign, whatever else the list is narrowed to."""
        campaign = queryset.values_list("campaign", flat=True).first()
        least = None if campaign is None else least_chance(campaign, {"fifth": 0.2, "half": 0.5}[value])
        return queryset.none() if least is None else queryset.filter(chance__gte=least)
