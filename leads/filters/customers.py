import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import CustomerKind, CustomerSource, EndCustomer
from leads.selectors.customers import matching_customers
from pages.filters import FilterSet

CONSENT = [
    ("agreed", pgettext_lazy("consent", "Agreed")),
    ("ended", pgettext_lazy("consent", "Withdrawn")),
    ("none", _("Nobody asked")),
]


class CustomerFilterSet(FilterSet):
    """What the list of end customers can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Name, contact, city, mail or phone"))
    kind = django_filters.MultipleChoiceFilter(choices=CustomerKind.choices, label=pgettext_lazy("lead", "Kind"))
    source = django_filters.MultipleChoiceFilter(choices=CustomerSource.choices, label=_("Source"))
    consent = django_filters.ChoiceFilter(method="has_agreed", choices=CONSENT, label=_("Agreed to be contacted"))
    partner = django_filters.CharFilter(field_name="served_by__code", label=_("Code of the partner"))

    class Meta:
        model = EndCustomer
        fields: list[str] = []

    def search(self, queryset: QuerySet[EndCustomer], name: str, value: str) -> QuerySet[EndCustomer]:
        return matching_customers(queryset, value)

    def has_agreed(self, queryset: QuerySet[EndCustomer], name: str, value: str) -> QuerySet[EndCustomer]:
        if value == "agreed":
            return queryset.filter(consented_at__isnull=False, consent_ended_at=None)
        return (
            queryset.filter(consent_ended_at__isnull=False) if value == "ended" else queryset.filter(consented_at=None)
        )
