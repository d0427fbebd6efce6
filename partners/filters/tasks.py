from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners import selectors
from partners.models import Partner, Side, Task, TaskState
from partners.selectors import tasks as task_selectors


class TaskFilterSet(FilterSet):
    """What the list of tasks can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Task or partner"))
    whose = django_filters.ChoiceFilter(
        method="of_member",
        label=_("Whose"),
        choices=[
            (task_selectors.MINE, _("My own")),
            (task_selectors.GIVEN, _("Given by me")),
            (task_selectors.TEAM, _("Everybody's")),
        ],
    )
    due = django_filters.MultipleChoiceFilter(
        method="due_when", label=_("Due"), choices=list(task_selectors.DUES.items())
    )
    side = django_filters.ChoiceFilter(label=_("To be done by"), choices=Side.choices)
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=TaskState.choices)

    class Meta:
        model = Task
        fields: list[str] = []

    def search(self, queryset: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        partners = selectors.matching(Partner.objects.order_by(), value)
        return queryset.filter(Q(title__icontains=value.strip()) | Q(partner__in=partners.values("pk")))

    def of_member(self, queryset: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return task_selectors.whose(queryset, self.request.member, value)

    def due_when(self, queryset: QuerySet[Task], name: str, value: list[str]) -> QuerySet[Task]:
        wanted: Any = Q()
        for key in value:
            wanted |= task_selectors.due_when(key, timezone.localdate())
        return queryset.filter(wanted)
