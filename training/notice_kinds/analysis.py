"""What is told of learning that falls behind."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, NoticeKind, register_kind
from tenancy.models import Membership
from training.functions import TRAINING


def course_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("training_portal:course", pk=facts["course"])


BEHIND = register_kind(
    NoticeKind(
        "training.behind",
        label=_("You may not finish a course in time"),
        sides={PORTAL},
        function=TRAINING.key,
        url=course_page,
    )
)
