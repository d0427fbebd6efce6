"""What is told of practical tasks: to the trainer that work waits, to the learner what is said to it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership
from training.functions import TRAINING


def hand_in_page(member: Membership, facts: Mapping[str, Any]) -> str:
    if member.is_staff:
        return member.url("training:hand_in", pk=facts["hand_in"])
    return member.url("training_portal:hand_in", enrolment=facts["enrolment"], pk=facts["hand_in"])


HANDED_IN = register_kind(
    NoticeKind(
        "training.handed_in",
        label=_("Somebody hands in work to be marked"),
        sides={STAFF},
        function=TRAINING.key,
        url=hand_in_page,
    )
)
MARKED = register_kind(
    NoticeKind(
        "training.marked",
        label=_("Your work is marked"),
        sides={PORTAL},
        function=TRAINING.key,
        url=hand_in_page,
    )
)
