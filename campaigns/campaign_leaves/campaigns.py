"""The plan, what is said, and who reads it."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.goals import goal_words, rule_words
from campaigns.leaves import Leaf, register_leaf
from campaigns.models import Campaign, CampaignState
from campaigns.selectors import campaigns as reading
from campaigns.services.freezing import Counts, counts_of, preview
from campaigns.services.link_checks import links_of
from partners.models import ContactRole
from partners.selectors.audiences import BrokenAudienceError
from tenancy.models import Language, Membership
from tenancy.rights import Right


def plan_of(member: Membership, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    """What is planned, what it costs, what is to be checked, and how it came here."""
    costs = list(campaign.costs.all())
    roles = dict(ContactRole.choices)
    return {
        "goal": goal_words(campaign),
        "rule": rule_words(campaign),
        "roles": [str(roles.get(role, role)) for role in campaign.roles],
        "costs": costs,
        "planned": sum(cost.planned for cost in costs),
        "spent": sum(known) if (known := [cost.actual for cost in costs if cost.actual is not None]) else None,
        "checks": campaign.checks.select_related("done_by"),
        "steps": reading.steps_of(campaign),
        "can_cost": member.can(Right.CAMPAIGNS_EDIT) and campaign.state != CampaignState.CLOSED,
    }


def texts_of(member: Membership, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    """What each variant says, by language and country."""
    variants = list(campaign.variants.prefetch_related("contents"))
    total = sum(variant.share for variant in variants) or 1
    return {
        "variants": [(variant, 100 * variant.share / total, list(variant.contents.all())) for variant in variants],
        "can_add": len(variants) < 3,
        "languages": dict(Language.choices),
        "links": (links := links_of(campaign)),
        "broken": sum(link.is_broken for link in links),
        "can_check": member.can(Right.CAMPAIGNS_EDIT),
    }


def readers_of(member: Membership, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    """Who is written to and who is left out: as frozen, or as it would be now."""
    if campaign.frozen_at:
        counts, problem = counts_of(campaign), ""
    else:
        try:
            counts, problem = preview(campaign), ""
        except BrokenAudienceError as error:
            counts, problem = Counts(), str(error)
    most = max([count for _code, _words, count in counts.reasons], default=0)
    return {"counts": counts, "most": most, "found": counts.readers + counts.out, "problem": problem}


register_leaf(Leaf("plan", _("Plan"), "campaigns/staff/leaves/plan.html", context=plan_of, order=10))
register_leaf(Leaf("texts", _("Texts"), "campaigns/staff/leaves/texts.html", context=texts_of, order=20))
register_leaf(Leaf("readers", _("Readers"), "campaigns/staff/leaves/readers.html", context=readers_of, order=30))
