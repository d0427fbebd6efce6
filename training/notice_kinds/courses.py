"""What is told of courses."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, NoticeKind, register_kind
from tenancy.models import Membership
from training.functions import TRAINING


def course_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("training_portal:course", pk=facts["course"])


def _kind(name: str, label: Any) -> NoticeKind:
    return register_kind(
        NoticeKind(f"training.{name}", label=label, sides={PORTAL}, function=TRAINING.key, url=course_page)
    )


ENROLLED = _kind("enrolled", _("Somebody enrols you in a course"))
MOVED = _kind("moved", _("You go on in a newer version of a course"))
PASSED = _kind("passed", _("You have passed a course"))
