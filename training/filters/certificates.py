"""What the list of certificates can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners.filters.agreements import PASSED, WITHIN, OfPartnersFilterSet
from training.models import Certificate, CertificateState, Course
from training.selectors.certificates import unrenewed


def courses(request: Any) -> QuerySet[Course]:
    return Course.objects.filter(pk__in=Certificate.objects.order_by().values("course")).order_by("code", "pk")


class CertificateFilterSet(OfPartnersFilterSet):
    end_field = "valid_until"
    q = django_filters.CharFilter(method="search", label=_("Name, company or number"))
    state = django_filters.MultipleChoiceFilter(method="in_states", choices=CertificateState.choices, label=_("State"))
    course = django_filters.ModelChoiceFilter(queryset=courses, label=_("Course"))
    ends = django_filters.ChoiceFilter(method="ending", choices=WITHIN, label=_("Runs out"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    class Meta:
        model = Certificate
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(holder__icontains=value)
            | Q(company__icontains=value)
            | Q(number__istartswith=value.strip())
            | Q(partner__code__iexact=value.strip())
        )

    def ending(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What has to be renewed: not what has been already, nor certificates of people who have left."""
        rows = super().ending(queryset, name, value)
        return rows.filter(pk__in=unrenewed().values("pk")) if value and value != PASSED else rows

    def in_states(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(state__in=value) if value else queryset


class TeamCertificateFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or number"))
    state = django_filters.MultipleChoiceFilter(method="in_states", choices=CertificateState.choices, label=_("State"))

    class Meta:
        model = Certificate
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(holder__icontains=value) | Q(number__istartswith=value.strip()))

    def in_states(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(state__in=value) if value else queryset
