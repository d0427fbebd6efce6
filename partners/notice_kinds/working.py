"""What is told of tasks, comments and files."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.models import Channel, Mode
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from partners.functions import WORKING_TOGETHER
from tenancy.models import Membership


def task_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:task" if member.is_staff else "partners_portal:task", pk=facts["task"])


def comment_page(member: Membership, facts: Mapping[str, Any]) -> str:
    if facts["task"]:
        return f"{task_page(member, facts)}#comment-{facts['comment']}"
    if member.is_staff:
        return member.url("partners:conversation", pk=facts["partner"])
    return member.url("partners_portal:conversation")


def file_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:file" if member.is_staff else "partners_portal:file", pk=facts["file"])


def _kind(name: str, label: Any, url: Any, **options: Any) -> NoticeKind:
    return register_kind(
        NoticeKind(
            f"partners.{name}", label=label, sides={STAFF, PORTAL}, url=url, function=WORKING_TOGETHER.key, **options
        )
    )


TASK_GIVEN = _kind("task_given", _("Somebody gives you a task"), task_page)
TASK_DUE = _kind("task_due", _("A task of yours is due"), task_page)
TASK_OVERDUE = _kind("task_overdue", _("A task of yours is overdue"), task_page)
TASK_FINISHED = _kind("task_finished", _("A task you gave is done"), task_page, modes={Channel.MAIL: Mode.DIGEST})
MENTIONED = _kind("mentioned", _("Somebody mentions you"), comment_page)
COMMENTED = _kind(
    "commented", _("Somebody writes about your tasks or to your side"), comment_page, modes={Channel.MAIL: Mode.DIGEST}
)
FILE_SHARED = _kind("file_shared", _("The other side shares a file"), file_page, modes={Channel.MAIL: Mode.DIGEST})
