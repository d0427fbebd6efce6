"""What a course goes with, in words: first the sentence that matters, then what it rests on."""

from django.utils.translation import gettext as _

from commerce import growth_words
from commerce.growth_effects import Frame
from commerce.growth_words import Growth, growth_lines, growth_sentence
from training.models import CourseEffect
from valuation.comparison import Verdict


def effect_sentence(effect: CourseEffect) -> str:
    """What the comparison says, in one sentence."""
    sentences = {
        Verdict.BETTER: _("Partners that took “%(course)s” grew %(points)s points more than comparable ones"),
        Verdict.WORSE: _("Partners that took “%(course)s” grew %(points)s points less than comparable ones"),
        Verdict.TOO_FEW: _("Too few partners to tell what “%(course)s” goes with"),
        Verdict.UNLIKE: _("Who took “%(course)s” and who did not are too unlike to compare"),
        Verdict.NO_EVIDENCE: _("No evidence that partners that took “%(course)s” grew differently"),
    }
    return growth_sentence(_growth(effect), sentences, course=effect.course)


def effect_lines(effect: CourseEffect) -> list[str]:
    """What the sentence rests on: interval, days, sample, and what it cannot say."""
    counted = _(
        "%(did)s partners passed it from %(first)s to %(cut)s, %(others)s never began it; %(pairs)s pairs are alike in"
        " region and kind and near in size and earlier growth. %(left)s have no counterpart."
    )
    sold = _(
        "Sell-in from then until %(day)s, against the same days a year before: %(did)s %% for those who took it,"
        " %(others)s %% for their counterparts."
    )
    return growth_lines(_growth(effect), Frame(effect.day), counted=counted, sold=sold)


def balance_rows(effect: CourseEffect) -> list[tuple[str, str, str]]:
    """How far apart the groups were in each respect, before pairing and after, in standard deviations."""
    return growth_words.balance_rows(_growth(effect))


def _growth(effect: CourseEffect) -> Growth:
    return Growth(
        verdict=effect.verdict,
        did=effect.did,
        others=effect.others,
        pairs=effect.pairs,
        difference=effect.difference,
        low=effect.low,
        high=effect.high,
        plain_difference=effect.plain_difference,
        mean_did=effect.mean_did,
        mean_others=effect.mean_others,
        balance=tuple((each["key"], each["before"], each["after"]) for each in effect.balance),
    )


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
