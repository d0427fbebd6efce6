from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners import selectors
from partners.models import ConfirmationAsk


class ConfirmationFilterSet(FilterSet):
    """What the list of questions can be narrowed to."""

    state = django_filters.ChoiceFilter(
        method="in_state", label=_("State"), choices=[("open", _("Not answered")), ("answered", _("Answered"))]
    )
    manager = django_filters.ChoiceFilter(field_name="partner__channel_manager", label=_("Channel manager"))

    class Meta:
        model = ConfirmationAsk
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["manager"].extra["choices"] = [
            (str(member.pk), member.name) for member in selectors.channel_managers(with_left=True)
        ]

    def in_state(self, queryset: QuerySet[ConfirmationAsk], name: str, value: str) -> QuerySet[ConfirmationAsk]:
        return queryset.filter(answered_at__isnull=value == "open") if value else queryset
