"""What was sent, what is on its way, and what was not and why."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.forms.sending import MailingForm
from campaigns.leaves import Leaf, register_leaf
from campaigns.models import Campaign, CampaignContent, CampaignState, Mailing, MailingState
from campaigns.selectors.mailings import progress_of
from campaigns.services.sending import ARMS, WHEN, is_by_workers, readers_of, reasons_against
from tenancy.models import Membership
from tenancy.rights import Right

TONES = {
    MailingState.SENDING: "active",
    MailingState.PAUSED: "warn",
    MailingState.STOPPED: "bad",
    MailingState.SENT: "good",
}


def mailings_of(member: Membership, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    """Each mailing with how far it is, and what can be sent now."""
    mailings = progress_of(campaign)
    under_way = any(each.is_under_way for each in mailings)
    done = {each.mailing.kind for each in mailings}
    can_send = member.can(Right.CAMPAIGNS_SEND)
    kinds = [
        kind
        for kind, states in WHEN.items()
        if campaign.state in states
        and (kind not in done or kind == Mailing.Kind.REMINDER)
        and (kind != Mailing.Kind.REMINDER or done)
        and readers_of(campaign, kind).exists()
    ]
    next_kind = kinds[0] if kinds and can_send and not under_way else None
    return {
        "mailings": [(each, TONES.get(MailingState(each.mailing.state), "")) for each in mailings],
        "next": next_kind,
        "reasons": reasons_against(campaign, ARMS[next_kind]) if next_kind else [],
        "form": MailingForm() if next_kind else None,
        "can_send": can_send,
        "can_export": can_send and member.can(Right.PARTNERS_EXPORT),
        "is_by_hand": not is_by_workers(campaign),
        "contents": CampaignContent.objects.filter(variant__campaign=campaign).select_related("variant"),
        "is_early": campaign.state in (CampaignState.PLAN, CampaignState.APPROVAL, CampaignState.APPROVED),
    }


register_leaf(Leaf("mailings", _("Mailings"), "campaigns/staff/leaves/mailings.html", context=mailings_of, order=40))
