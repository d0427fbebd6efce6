from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import CampaignChannel, ConsentNotice, NoticeState, Suppression
from pages.filters import FilterSet


class SuppressionFilterSet(FilterSet):
    """What the list of suppressed addresses can be narrowed by."""

    q = django_filters.CharFilter(
        field_name="address", lookup_expr="icontains", label=pgettext_lazy("of a message", "Address")
    )
    channel = django_filters.MultipleChoiceFilter(label=_("Sending channel"), choices=CampaignChannel.choices)
    reason = django_filters.MultipleChoiceFilter(label=_("Reason"), choices=Suppression.Reason.choices)

    class Meta:
        model = Suppression
        fields: list[str] = []


class ConsentNoticeFilterSet(FilterSet):
    """What the list of notices of consents can be narrowed by."""

    q = django_filters.CharFilter(method="named", label=_("Name or address"))
    channel = django_filters.MultipleChoiceFilter(
        label=_("Sending channel"),
        choices=[(each.value, each.label) for each in (CampaignChannel.EMAIL, CampaignChannel.SMS)],
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=NoticeState.choices)

    class Meta:
        model = ConsentNotice
        fields: list[str] = []

    def named(self, notices: QuerySet[ConsentNotice], name: str, words: Any) -> QuerySet[ConsentNotice]:
        """Those to people of that name, or to an address that holds it."""
        return notices.filter(Q(name__icontains=words) | Q(address__icontains=words))
