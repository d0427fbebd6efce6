import django_filters
from django.utils.translation import gettext_lazy as _

from campaigns.models import CampaignChannel, Suppression
from pages.filters import FilterSet


class SuppressionFilterSet(FilterSet):
    """What the list of suppressed addresses can be narrowed by."""

    q = django_filters.CharFilter(field_name="address", lookup_expr="icontains", label=_("Address"))
    channel = django_filters.MultipleChoiceFilter(label=_("By"), choices=CampaignChannel.choices)
    reason = django_filters.MultipleChoiceFilter(label=_("Reason"), choices=Suppression.Reason.choices)

    class Meta:
        model = Suppression
        fields: list[str] = []
