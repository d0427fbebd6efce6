"""How pages show where money of a fund is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import pgettext

from campaigns.models import FundState, Place

register = template.Library()

ORDER = (Place.SETTLED, Place.CLAIMED, Place.APPROVED, Place.RESERVED, Place.FREE, Place.POOL)
TONES = {
    FundState.SUBMITTED: "warn",
    FundState.APPROVED: "active",
    FundState.CLAIMED: "warn",
    FundState.RETURNED: "warn",
    FundState.SETTLED: "good",
    FundState.REFUSED: "bad",
    FundState.EXPIRED: "bad",
}


@dataclass(frozen=True)
class Part:
    """A part of a bar: where the money is, how much, and where it is drawn, in per cent."""

    place: str
    label: str
    amount: Decimal
    start: str
    width: str


@register.simple_tag
def money_parts(amounts: Any, common: Decimal | None = None) -> list[Part]:
    """The parts of a balance or of a fund's totals, paid first. common: what could be drawn from the fund."""
    found = {
        place: (amounts.get(place) if isinstance(amounts, Mapping) else getattr(amounts, place)) or Decimal(0)
        for place in ORDER
    }
    if not isinstance(amounts, Mapping):
        found[Place.POOL] = Decimal(0)
        found[Place.FREE] += common or Decimal(0)
    total = sum(found.values(), Decimal(0))
    parts, start = [], Decimal(0)
    for place in ORDER:
        if place == Place.POOL and not found[place]:
            continue
        width = found[place] * 100 / total if total else Decimal(0)
        label = pgettext("money", "Left") if place == Place.FREE else str(place.label)
        parts.append(Part(place.value, label, found[place], f"{start:.3f}", f"{width:.3f}"))
        start += width
    return parts


@register.filter
def fund_tone(state: str) -> str:
    """How a state is coloured."""
    return TONES.get(FundState(state), "")
