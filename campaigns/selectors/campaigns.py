"""Campaigns: which a member sees, and what their pages show."""

from typing import Any

from django.db.models import QuerySet

from campaigns.models import Campaign, CampaignState, Readers, Recipient
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right

UNDER_WAY = (CampaignState.PILOT, CampaignState.DECISION, CampaignState.ROLLOUT, CampaignState.MEASURING)


def campaigns_for(member: Membership) -> QuerySet[Campaign]:
    """The campaigns that a member may see: who sees only assigned partners sees those that are theirs."""
    campaigns = Campaign.objects.all()
    return campaigns if member.can(Right.PARTNERS_VIEW_ALL) else campaigns.filter(owner=member)


def campaign_rows(member: Membership) -> QuerySet[Campaign]:
    """Campaigns with what a list shows."""
    return campaigns_for(member).select_related("owner").defer("purpose", "verdict")


def recipients_for(member: Membership, campaign: Campaign) -> QuerySet[Recipient]:
    """The frozen readers of a campaign that a member may see by name: those of partners they see; end customers only who
    may see end customers."""
    rows = Recipient.objects.filter(campaign=campaign)
    if campaign.readers == Readers.CUSTOMERS and not member.can(Right.CUSTOMERS_VIEW):
        return rows.none()
    if not member.can(Right.PARTNERS_VIEW_ALL):
        rows = rows.filter(partner__in=partners_for(member).values("pk"))
    return rows


def steps_of(campaign: Campaign) -> QuerySet[Any]:
    """What was done with a campaign, newest first."""
    return campaign.steps.select_related("by")
