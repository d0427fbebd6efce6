"""What a partner sees of the leads that it told the manufacturer of."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from leads.models import Lead, LeadState
from partners.services.house import house_scope
from tenancy.models import Membership

SHOWN = 100


@dataclass(frozen=True)
class Referral:
    """A lead that a partner told of, in the words that it may read: who has it stays the manufacturer's."""

    reference: str
    who: str
    subject: str
    received_at: dt.datetime
    state: str
    tone: str


def referrals_of(member: Membership) -> list[Referral]:
    """The leads that the member's partner told of, latest first, and what became of each. One query in the house's scope."""
    if member.partner_id is None:
        return []
    with house_scope():
        rows = list(
            Lead.objects.filter(referred_by=member.partner_id)
            .order_by("-received_at", "-pk")
            .values("reference", "company", "name", "subject", "received_at", "state", "merged_into__state")[:SHOWN]
        )
    return [_referral(row) for row in rows]


def _referral(row: Mapping[str, Any]) -> Referral:
    state = row["merged_into__state"] or row["state"]
    words, tone = {
        LeadState.ACCEPTED: (_("Somebody works on it"), "active"),
        LeadState.WON: (_("Has bought"), "good"),
        LeadState.LOST: (_("Did not buy"), ""),
        LeadState.DISCARDED: (_("Not pursued"), ""),
    }.get(state, (_("Being looked at"), "active"))
    return Referral(row["reference"], row["company"] or row["name"], row["subject"], row["received_at"], words, tone)
