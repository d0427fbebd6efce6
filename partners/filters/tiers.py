"""What the list of relations can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners import selectors
from partners.models import Partner, Relation, RelationSide, RelationState


class RelationFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    state = django_filters.MultipleChoiceFilter(choices=RelationState.choices, label=_("State"))
    declared_by = django_filters.MultipleChoiceFilter(choices=RelationSide.choices, label=_("Declared by"))

    class Meta:
        model = Relation
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = selectors.matching(Partner.objects.all(), value).values("pk")
        return queryset.filter(Q(above__in=found) | Q(below__in=found))
