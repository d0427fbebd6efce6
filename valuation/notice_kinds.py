from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def grade_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("valuation_portal:grade")


def run_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("valuation:run", pk=facts["run"])


GRADE_CHANGED = register_kind(
    NoticeKind(
        "valuation.grade_changed",
        label=_("Your company's grade changes"),
        sides={PORTAL},
        function="grades",
        url=grade_page,
    )
)
GRADE_WARNING = register_kind(
    NoticeKind(
        "valuation.grade_warning",
        label=_("Your company's grade is in danger"),
        sides={PORTAL},
        function="grades",
        url=grade_page,
    )
)
GRADES_RECOMPUTED = register_kind(
    NoticeKind(
        "valuation.grades_recomputed",
        label=_("Partners rose or fell"),
        sides={STAFF},
        function="grades",
        url=run_page,
    )
)
