"""What a course goes with, in words: first the sentence that matters, then what it rests on."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats
from training.models import CourseEffect
from valuation.comparison import FEWEST_PAIRS, Verdict


def _n(value: Any, decimals: int | None = 0) -> str:
    return formats.number(value, decimals)


def _day(value: Any) -> str:
    return formats.date(value, get_language())


def effect_sentence(effect: CourseEffect) -> str:
    """What the comparison says, in one sentence."""
    words = {"course": effect.course, "points": _n(abs(effect.difference or 0), 1)}
    if effect.verdict == Verdict.BETTER:
        return _("Partners that took “%(course)s” grew %(points)s points more than comparable ones") % words
    if effect.verdict == Verdict.WORSE:
        return _("Partners that took “%(course)s” grew %(points)s points less than comparable ones") % words
    if effect.verdict == Verdict.TOO_FEW:
        return _("Too few partners to tell what “%(course)s” goes with") % words
    if effect.verdict == Verdict.UNLIKE:
        return _("Who took “%(course)s” and who did not are too unlike to compare") % words
    return _("No evidence that partners that took “%(course)s” grew differently") % words


def effect_lines(effect: CourseEffect) -> list[str]:
    """What the sentence rests on: interval, days, sample, and what it cannot say."""
    lines = []
    is_enough = effect.verdict != Verdict.TOO_FEW
    if is_enough and effect.difference is not None and effect.low is not None and effect.high is not None:
        lines.append(
            _("The difference is %(value)s points of growth; the 95 %% interval goes from %(low)s to %(high)s.")
            % {"value": _n(effect.difference, 1), "low": _n(effect.low, 1), "high": _n(effect.high, 1)}
        )
    else:
        lines.append(
            _("%(pairs)s pairs of comparable partners were found; at least %(least)s are needed.")
            % {"pairs": _n(effect.pairs), "least": _n(FEWEST_PAIRS)}
        )
    lines.append(
        _(
            "%(did)s partners passed it from %(first)s to %(cut)s, %(others)s never began it; %(pairs)s pairs are alike in"
            " region and kind and near in size and earlier growth. %(left)s have no counterpart."
        )
        % {
            "did": _n(effect.did),
            "first": _day(effect.trained_after),
            "cut": _day(effect.trained_until),
            "others": _n(effect.others),
            "pairs": _n(effect.pairs),
            "left": _n(effect.did - effect.pairs),
        }
    )
    if is_enough and effect.mean_did is not None and effect.mean_others is not None:
        lines.append(
            _(
                "Sell-in from then until %(day)s, against the same days a year before: %(did)s %% for those who took it,"
                " %(others)s %% for their counterparts."
            )
            % {"day": _day(effect.day), "did": _n(effect.mean_did, 1), "others": _n(effect.mean_others, 1)}
        )
    if is_enough and effect.plain_difference is not None:
        lines.append(
            _("Without pairing the difference would be %(value)s points: that mixes unlike partners and says little.")
            % {"value": _n(effect.plain_difference, 1)}
        )
    return lines


def balance_rows(effect: CourseEffect) -> list[tuple[str, str, str]]:
    """How far apart the groups were in each respect, before pairing and after, in standard deviations."""
    names = {
        "region": _("Region"),
        "kind": _("Kind of partner"),
        "size": _("Size: sell-in of the year before"),
        "growth": _("Growth before"),
    }
    return [(names[each["key"]], _n(each["before"], 2), _n(each["after"], 2)) for each in effect.balance]


TONES: dict[str, str] = {Verdict.BETTER: "good", Verdict.WORSE: "bad"}


def verdict_label(effect: CourseEffect) -> str:
    """The verdict in a word or two."""
    return {
        Verdict.BETTER: _("Better"),
        Verdict.WORSE: _("Worse"),
        Verdict.NO_EVIDENCE: _("No evidence"),
        Verdict.TOO_FEW: _("Too few"),
        Verdict.UNLIKE: _("Too unlike"),
    }[Verdict(effect.verdict)]
