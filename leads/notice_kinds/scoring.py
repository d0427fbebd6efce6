"""What can be told of the score of leads."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def scoring_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("leads:scoring")


SCORE_RETIRED = register_kind(
    NoticeKind(
        "leads.score_retired",
        label=_("The learned score of leads no longer fits"),
        sides={STAFF},
        function="leads",
        url=scoring_page,
    )
)
