"""Why a lead has its score."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.cards import LeadCard, register_lead_card
from leads.models import Lead
from leads.score_wording import Wording
from tenancy.models import Membership


def score_of(member: Membership, lead: Lead) -> dict[str, Any] | None:
    """The chance, the points and the reasons; nothing for a lead that has no score."""
    if lead.score is None:
        return None
    return {"lead": lead, "reasons": Wording(member.manufacturer).reasons(lead.score_reasons)}


register_lead_card(
    LeadCard("score", _("Why this score"), "leads/staff/cards/score.html", context=score_of, order=30, column="side")
)
