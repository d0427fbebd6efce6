"""What a comparison of growth says, in words (`commerce.growth_effects`): the same of a course and of material. What only one of
them says, its own words hand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commerce.growth_effects import Frame
from pages import formats
from valuation.comparison import FEWEST_PAIRS, Comparison, Verdict


@dataclass(frozen=True)
class Growth:
    """The figures of a comparison, without who was paired with whom: what is kept, and what is told."""

    verdict: str
    did: int
    others: int
    pairs: int
    difference: float | None
    low: float | None
    high: float | None
    plain_difference: float | None
    mean_did: float | None
    mean_others: float | None
    balance: tuple[tuple[str, float, float], ...]
    """In which respect, and how far apart the groups were in it before pairing and after."""

    @property
    def left_out(self) -> int:
        """Those who did it and have no counterpart."""
        return self.did - self.pairs


def growth_of(found: Comparison) -> Growth:
    """The figures of a comparison."""
    return Growth(
        verdict=str(found.verdict),
        did=found.did,
        others=found.others,
        pairs=len(found.pairs),
        difference=found.difference,
        low=found.low,
        high=found.high,
        plain_difference=found.plain_difference,
        mean_did=found.mean_did,
        mean_others=found.mean_others,
        balance=tuple((each.key, each.before, each.after) for each in found.balance),
    )


def growth_sentence(found: Growth, sentences: Mapping[Verdict, str], **names: Any) -> str:
    """What the comparison says, in one of these sentences, with the names of what was done and the points of growth."""
    return sentences[Verdict(found.verdict)] % {**names, "points": number(abs(found.difference or 0), 1)}


def growth_lines(found: Growth, frame: Frame, *, counted: str, sold: str) -> list[str]:
    """What the sentence rests on: interval, days, sample, and the plain difference beside it. `counted` says how many did it
    in which days, `sold` what both groups sold."""
    lines = []
    is_enough = found.verdict != Verdict.TOO_FEW
    if is_enough and found.difference is not None and found.low is not None and found.high is not None:
        lines.append(
            _("The difference is %(value)s points of growth; the 95 %% interval goes from %(low)s to %(high)s.")
            % {"value": number(found.difference, 1), "low": number(found.low, 1), "high": number(found.high, 1)}
        )
    else:
        lines.append(
            _("%(pairs)s pairs of comparable partners were found; at least %(least)s are needed.")
            % {"pairs": number(found.pairs), "least": number(FEWEST_PAIRS)}
        )
    lines.append(
        counted
        % {
            "did": number(found.did),
            "first": _day(frame.first),
            "cut": _day(frame.cut),
            "others": number(found.others),
            "pairs": number(found.pairs),
            "left": number(found.left_out),
        }
    )
    if is_enough and found.mean_did is not None and found.mean_others is not None:
        lines.append(
            sold % {"day": _day(frame.day), "did": number(found.mean_did, 1), "others": number(found.mean_others, 1)}
        )
    if is_enough and found.plain_difference is not None:
        lines.append(
            _("Without pairing the difference would be %(value)s points: that mixes unlike partners and says little.")
            % {"value": number(found.plain_difference, 1)}
        )
    return lines


def balance_rows(found: Growth) -> list[tuple[str, str, str]]:
    """How far apart the groups were in each respect, before pairing and after, in standard deviations."""
    names = {
        "region": _("Region"),
        "kind": _("Kind of partner"),
        "size": _("Size: sell-in of the year before"),
        "growth": _("Growth before"),
    }
    return [(names[key], number(before, 2), number(after, 2)) for key, before, after in found.balance]


def number(value: Any, decimals: int = 0) -> str:
    """A figure of the comparison, as the reader writes it."""
    return formats.number(value, decimals)


def _day(value: Any) -> str:
    return formats.date(value, get_language())
