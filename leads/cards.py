"""The cards on the staff's page of a lead: each subject adds its own in `lead_cards`, found as Django finds `admin.py`.

register_lead_card(LeadCard("offers", _("Offers"), "leads/staff/cards/offers.html", context=offers_of, order=20))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.module_loading import autodiscover_modules

from leads.models import Lead
from tenancy.models import Membership
from tenancy.rights import Right

Context = Callable[[Membership, Lead], dict[str, Any] | None]


@dataclass(frozen=True)
class LeadCard:
    """A card. `context(member, lead)` gives what its template shows as `card`; None leaves it out.

    `column`: "main" for what is worked with, "side" for short lists of facts.
    """

    key: str
    title: Any
    template: str
    context: Context
    right: Right = Right.LEADS_VIEW
    order: int = 100
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True)
class ShownCard:
    """A card with what it shows."""

    key: str
    title: Any
    template: str
    context: dict[str, Any]


_cards: list[LeadCard] = []


def register_lead_card(card: LeadCard) -> LeadCard:
    """Make a card known."""
    _cards.append(card)
    _cards.sort(key=lambda each: each.order)
    return card


def cards_for(member: Membership, lead: Lead, column: str) -> list[ShownCard]:
    """The cards of a column that this member may see of this lead, in order."""
    shown = []
    for card in _cards:
        if card.column == column and member.can(card.right):
            context = card.context(member, lead)
            if context is not None:
                shown.append(ShownCard(card.key, card.title, card.template, context))
    return shown


def autodiscover() -> None:
    """Import every app's `lead_cards`."""
    autodiscover_modules("lead_cards")
