from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners.models import Audience

MINE, SHARED = "mine", "shared"


class AudienceFilterSet(FilterSet):
    """What the list of audiences can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Name or what it is for"))
    whose = django_filters.ChoiceFilter(
        method="of", choices=[(MINE, _("Mine")), (SHARED, _("Shared by colleagues"))], label=_("Made by")
    )

    class Meta:
        model = Audience
        fields: list[str] = []

    def search(self, queryset: QuerySet[Audience], name: str, value: str) -> QuerySet[Audience]:
        return queryset.filter(Q(name__icontains=value) | Q(description__icontains=value))

    def of(self, queryset: QuerySet[Audience], name: str, value: str) -> QuerySet[Any]:
        member = self.request.member
        return queryset.filter(owner=member) if value == MINE else queryset.exclude(owner=member)
