"""What the list of enquiries between partners can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners.models import Enquiry, EnquiryKind, EnquiryState


class EnquiryFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Partner or subject"))
    state = django_filters.MultipleChoiceFilter(choices=EnquiryState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=EnquiryKind.choices, label=_("What is asked"))

    class Meta:
        model = Enquiry
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(asking_name__icontains=value) | Q(asked_name__icontains=value) | Q(subject__icontains=value)
        )
