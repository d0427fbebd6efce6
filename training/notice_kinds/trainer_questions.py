"""What is told of questions to the trainer, both ways."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership
from training.functions import TRAINING


def question_page(member: Membership, facts: Mapping[str, Any]) -> str:
    if member.is_staff:
        return member.url("training:asked", pk=facts["question"])
    return member.url("training_portal:questions", enrolment=facts["enrolment"])


ASKED = register_kind(
    NoticeKind(
        "training.asked",
        label=_("Somebody asks the trainer"),
        sides={STAFF},
        function=TRAINING.key,
        url=question_page,
    )
)
ANSWERED = register_kind(
    NoticeKind(
        "training.answered",
        label=_("The trainer answers your question"),
        sides={PORTAL},
        function=TRAINING.key,
        url=question_page,
    )
)
