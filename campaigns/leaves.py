"""The leaves of a campaign's page: each subject adds its own in `campaign_leaves`, found as Django finds `admin.py`.

register_leaf(Leaf("readers", _("Readers"), "campaigns/staff/leaves/readers.html", context=readers_of, order=30))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.module_loading import autodiscover_modules

from campaigns.models import Campaign
from tenancy.models import Membership
from tenancy.rights import Right

Context = Callable[[Membership, Campaign, QueryDict], dict[str, Any]]


@dataclass(frozen=True)
class Leaf:
    """A leaf. `context(member, campaign, query)` gives what its template shows beside `campaign`, when it is open.

    `is_shown(member, campaign)`: whether it stands among the others at all.
    """

    key: str
    title: Any
    template: str
    context: Context
    right: Right = Right.CAMPAIGNS_VIEW
    order: int = 100
    is_shown: Callable[[Membership, Campaign], bool] | None = None


_leaves: list[Leaf] = []


def register_leaf(leaf: Leaf) -> Leaf:
    """Make a leaf known."""
    _leaves.append(leaf)
    _leaves.sort(key=lambda each: each.order)
    return leaf


def leaves_for(member: Membership, campaign: Campaign) -> list[Leaf]:
    """The leaves of a campaign that this member may open, in order."""
    return [
        leaf
        for leaf in _leaves
        if member.can(leaf.right) and (leaf.is_shown is None or leaf.is_shown(member, campaign))
    ]


def autodiscover() -> None:
    """Import every app's `campaign_leaves`."""
    autodiscover_modules("campaign_leaves")
