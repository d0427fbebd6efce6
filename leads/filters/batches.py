"""Which leads of the pool a distribution is for."""

import django_filters
from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from leads.models import Lead, LeadKind, LeadSource


class PoolFilterSet(django_filters.FilterSet):
    """Names are those of the list of leads, so that its address says which leads are meant."""

    kind = django_filters.ModelMultipleChoiceFilter(label=_("Kind"), queryset=LeadKind.objects.all())
    source = django_filters.ModelMultipleChoiceFilter(label=_("Source"), queryset=LeadSource.objects.all())
    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Product category"), queryset=ProductCategory.objects.all()
    )
    score = django_filters.RangeFilter(label=_("Score"))
    received = django_filters.DateFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = Lead
        fields: list[str] = []
