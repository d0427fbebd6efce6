"""What a lead is worth with a partner: its amount times the chance that this partner wins it. Pure.

The chance begins with the lead's own (learned, or that of leads in general) and moves by what is known of the partner, in
odds: by how much more often it wins than partners in general, and by how well it suits this lead (fit, distance, speed of
answer, in the manufacturer's weights). Win rates come in shrunken (`matching.Network.win_rates`), so that one lead won of
one moves little. How much suiting moves the odds is an assumption, not learned: from the worst to the best suited they
double twice. Load and fairness do not change who wins; capacities and shares of the distribution look after them.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from leads.matching import COMPONENTS, UNKNOWN, Component

Floats = NDArray[np.float64]

SUIT_ODDS = math.log(4)
"""What the logarithm of the odds gains from the worst to the best suited."""
SUITS = (Component.FIT, Component.DISTANCE, Component.SPEED)
_SURE = 1e-4
"""No chance is taken for none or for sure."""


def suitability(components: NDArray[np.floating], weights: Mapping[str, float]) -> Floats:
    """How well partners suit leads, 0 to 1; the last axis of `components` is in the order of `COMPONENTS`."""
    shares = np.array([max(0.0, weights.get(each, 0.0)) if each in SUITS else 0.0 for each in COMPONENTS])
    if not shares.sum():
        return np.full(components.shape[:-1], UNKNOWN)
    suits: Floats = components.astype(float) @ (shares / shares.sum())
    return suits


def chances(
    of_lead: Floats | float, of_partner: Floats | float, in_general: float, suits: Floats | float = UNKNOWN
) -> Floats:
    """The chance that a partner wins a lead, from that of the lead, the partner's win rate, that of partners in general,
    and how well it suits."""
    odds = _odds(of_lead) + _odds(of_partner) - _odds(in_general) + SUIT_ODDS * (np.asarray(suits) - UNKNOWN)
    found: Floats = 1 / (1 + np.exp(-odds))
    return found


def _odds(chance: Floats | float) -> Floats:
    """The logarithm of the odds."""
    inside = np.clip(np.asarray(chance, dtype=float), _SURE, 1 - _SURE)
    found: Floats = np.log(inside / (1 - inside))
    return found
