"""Which readers are likely to answer, on the page of a campaign."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.leaves import Leaf, register_leaf
from campaigns.models import Campaign
from campaigns.services.propensities import present_model, tenths_of
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right


def chances_of(member: Membership, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    """What is expected of the readers, tenth by tenth."""
    tenths = tenths_of(campaign)
    return {
        "is_known": present_model() is not None,
        "tenths": [
            (
                each.number,
                each.people,
                formats.number(each.expected, 1),
                formats.percent(100 * each.expected / each.people, 1),
                formats.percent(100 * each.share, 0),
            )
            for each in tenths
        ],
        "half": formats.percent(100 * tenths[4].share, 0) if len(tenths) == 10 else "",
        "can_score": member.can(Right.CAMPAIGNS_EDIT),
    }


def is_frozen(_member: Membership, campaign: Campaign) -> bool:
    return campaign.frozen_at is not None


register_leaf(
    Leaf(
        "chances",
        _("Chances"),
        "campaigns/staff/leaves/chances.html",
        context=chances_of,
        order=35,
        is_shown=is_frozen,
    )
)
