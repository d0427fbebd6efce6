"""What can be told of markets."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def market_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:market", pk=facts["market"])


REVIEW_DUE = register_kind(
    NoticeKind(
        "partners.market_review",
        label=_("The file of a market is to be reviewed"),
        sides={STAFF},
        function="markets",
        url=market_page,
    )
)
