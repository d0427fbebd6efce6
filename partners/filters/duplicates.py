from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners import selectors
from partners.models import DuplicatePair, PairState, Partner


class DuplicateFilterSet(FilterSet):
    """What the list of possible duplicates can be narrowed by; without a decision named, those to decide."""

    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    state = django_filters.MultipleChoiceFilter(method="decided", choices=PairState.choices, label=_("Decision"))
    sure = django_filters.ChoiceFilter(
        method="as_sure", choices=[("90", _("90% and more")), ("99", _("99% and more"))], label=_("How sure")
    )
    kind = django_filters.MultipleChoiceFilter(method="of_kind", label=_("Kind"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))

    class Meta:
        model = DuplicatePair
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = [(kind.code, str(kind)) for kind in selectors.all_kinds()]
        self.filters["manager"].extra["choices"] = [(str(each.pk), each.name) for each in selectors.channel_managers()]

    def search(self, queryset: QuerySet[DuplicatePair], name: str, value: str) -> QuerySet[DuplicatePair]:
        found = selectors.matching(Partner.objects.filter(merged_into=None), value).values("pk")
        return queryset.filter(Q(first__in=found) | Q(second__in=found))

    def decided(self, queryset: QuerySet[DuplicatePair], name: str, value: list[str]) -> QuerySet[DuplicatePair]:
        return queryset.filter(state__in=value or [PairState.OPEN])

    def as_sure(self, queryset: QuerySet[DuplicatePair], name: str, value: str) -> QuerySet[DuplicatePair]:
        return queryset.filter(score__gte=int(value) / 100)

    def of_kind(self, queryset: QuerySet[DuplicatePair], name: str, value: list[str]) -> QuerySet[DuplicatePair]:
        if not value:
            return queryset
        return queryset.filter(Q(first__kind__code__in=value) | Q(second__kind__code__in=value))

    def looked_after_by(
        self, queryset: QuerySet[DuplicatePair], name: str, value: list[str]
    ) -> QuerySet[DuplicatePair]:
        if not value:
            return queryset
        return queryset.filter(Q(first__channel_manager__in=value) | Q(second__channel_manager__in=value))
