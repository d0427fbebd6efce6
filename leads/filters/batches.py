"""Which leads of the pool a distribution is for."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import ProductCategory
from leads.models import BatchItem, ItemState, Lead, LeadKind, LeadSource
from pages.filters import DaysFilter, FilterSet, RangeFilter


class PoolFilterSet(FilterSet):
    """Names are those of the list of leads, so that its address says which leads are meant."""

    kind = django_filters.ModelMultipleChoiceFilter(label=_("Kind of lead"), queryset=LeadKind.objects.all())
    source = django_filters.ModelMultipleChoiceFilter(label=_("Source"), queryset=LeadSource.objects.all())
    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Product category"), queryset=ProductCategory.objects.all()
    )
    score = RangeFilter(label=pgettext_lazy("lead", "Score"))
    received = DaysFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = Lead
        fields: list[str] = []


class ItemFilterSet(FilterSet):
    """What the leads of a distribution can be narrowed by."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ItemState.choices)
    changed = django_filters.ChoiceFilter(
        label=_("By hand"), method="by_hand", choices=[("yes", _("Changed by hand")), ("no", _("As worked out"))]
    )

    class Meta:
        model = BatchItem
        fields: list[str] = []

    def by_hand(self, queryset: QuerySet[BatchItem], name: str, value: str) -> QuerySet[BatchItem]:
        return queryset.filter(changed_at__isnull=value == "no") if value else queryset
