"""Tasks, conversation, files and staff's own notes on the staff's page of a partner."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.functions import WORKING_TOGETHER
from partners.models import Partner, Task, TaskState
from partners.panels import Panel, register_panel
from partners.selectors import cabinet, conversations, tasks
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN = 8
WORK_TAB = "work"


def open_tasks(member: Membership, partner: Partner) -> dict[str, Any]:
    today = timezone.localdate()
    found = list(
        Task.objects.filter(partner=partner, state=TaskState.OPEN)
        .select_related("owner")
        .order_by("due_on", "pk")[: SHOWN + 1]
    )
    return {
        "partner": partner,
        "tasks": [(task, tasks.due_of(task, today)) for task in found[:SHOWN]],
        "has_more": len(found) > SHOWN,
        "can_write": member.can(Right.WORK),
    }


def conversation(member: Membership, partner: Partner) -> dict[str, Any]:
    latest = conversations.conversation(partner).order_by("-pk")[:3]
    return {
        "partner": partner,
        "said": conversations.said(latest, member),
        "can_write": member.can(Right.WORK),
        "mentions_url": f"{member.url('partners:mentions')}?partner={partner.pk}",
    }


def files(member: Membership, partner: Partner) -> dict[str, Any]:
    found = list(cabinet.files_of(partner).order_by("-updated_at", "-pk")[: SHOWN + 1])
    return {
        "partner": partner,
        "files": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "people": tasks.people(file.latest.created_by_id for file in found if file.latest),
        "can_write": member.can(Right.WORK),
    }


def notes(member: Membership, partner: Partner) -> dict[str, Any]:
    found = list(conversations.staff_notes(partner)[:4])
    return {"partner": partner, "notes": found[:3], "has_more": len(found) > 3, "can_write": member.can(Right.WORK)}


def _panel(key: str, title: Any, context: Any, order: int, column: Any) -> None:
    register_panel(
        Panel(
            key,
            title,
            f"partners/staff/panels/{key}.html",
            context,
            Right.PARTNERS_VIEW,
            function=WORKING_TOGETHER.key,
            order=order,
            tab=WORK_TAB,
            column=column,
        )
    )


_panel("tasks", _("Tasks"), open_tasks, 10, "main")
_panel("conversation", _("Conversation"), conversation, 20, "main")
_panel("cabinet", _("Files"), files, 30, "side")
_panel("staff_notes", _("Notes of staff"), notes, 20, "side")
