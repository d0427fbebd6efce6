"""What is told of certificates."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.models import Channel, Mode
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership
from training.functions import TRAINING
from training.notice_kinds.courses import course_page


def certificate_page(member: Membership, facts: Mapping[str, Any]) -> str:
    if member.is_staff:
        return member.url("training:certificate", pk=facts["certificate"])
    return member.url("training_portal:certificates")


CERTIFICATE_ENDING = register_kind(
    NoticeKind(
        "training.certificate_ending",
        label=_("Your certificate runs out soon"),
        sides={PORTAL},
        function=TRAINING.key,
        url=course_page,
    )
)
COLLEAGUES_CERTIFICATE_ENDING = register_kind(
    NoticeKind(
        "training.colleagues_certificate_ending",
        label=_("A certificate of somebody you look after runs out soon"),
        sides={STAFF, PORTAL},
        function=TRAINING.key,
        modes={Channel.MAIL: Mode.DIGEST},
        url=certificate_page,
    )
)
CERTIFICATE_WITHDRAWN = register_kind(
    NoticeKind(
        "training.certificate_withdrawn",
        label=_("A certificate of yours is withdrawn"),
        sides={PORTAL},
        function=TRAINING.key,
        url=certificate_page,
    )
)
