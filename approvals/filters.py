from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.models import Request, State
from approvals.registry import subject_kinds
from pages.filters import FilterSet


class RequestFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title, partner or name"))
    kind = django_filters.MultipleChoiceFilter(label=_("What is asked for"))

    class Meta:
        model = Request
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = [(kind.key, kind.label) for kind in subject_kinds()]

    def search(self, queryset: QuerySet[Request], name: str, value: str) -> QuerySet[Request]:
        """Every word in the title, the partner or the name of who asked."""
        own = f"titles__{get_language()}__icontains"
        for word in value.split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(**{own: word})
                | Q(partner__name__icontains=word)
                | Q(partner__local_name__icontains=word)
                | Q(asked_by__name__icontains=word)
            )
        return queryset


class EndedFilterSet(RequestFilterSet):
    """Lists in which requests stand in any state."""

    state = django_filters.MultipleChoiceFilter(choices=State.choices, label=_("State"))
