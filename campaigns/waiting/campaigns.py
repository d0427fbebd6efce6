"""What waits because campaigns are to be decided or analysed."""

from django.utils.translation import gettext as _

from campaigns.goals import verdict_words
from campaigns.models import Campaign, CampaignState
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

MOST = 5
DUE = "EXISTS (SELECT FROM campaigns_campaign WHERE state = 'decision')"


@register_waiting(side="staff", probe=DUE)
def campaigns_to_decide(member: Membership) -> list[WaitingItem]:
    """For who owns a campaign: its pilot is over, go or stop."""
    if not member.can(Right.CAMPAIGNS_SEND) or not member.has_function("campaigns"):
        return []
    waiting = Campaign.objects.filter(state=CampaignState.DECISION, owner=member).order_by("rollout_on", "pk")
    return [
        WaitingItem(
            _("Go or stop: %(campaign)s") % {"campaign": campaign.name},
            verdict_words(campaign.verdict),
            member.url("campaigns:detail", pk=campaign.pk),
            _("Decide"),
        )
        for campaign in waiting[:MOST]
    ]
