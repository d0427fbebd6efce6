"""What material goes with, in words: first the sentence that matters, then what it rests on."""

from django.utils.translation import gettext as _

from campaigns.models import Asset
from commerce.growth_effects import Frame
from commerce.growth_words import Growth, growth_lines, growth_sentence
from valuation.comparison import Verdict


def effect_sentence(asset: Asset, found: Growth) -> str:
    """What the comparison says, in one sentence."""
    sentences = {
        Verdict.BETTER: _("Partners that used “%(asset)s” grew %(points)s points more than comparable ones"),
        Verdict.WORSE: _("Partners that used “%(asset)s” grew %(points)s points less than comparable ones"),
        Verdict.TOO_FEW: _("Too few partners to tell what “%(asset)s” goes with"),
        Verdict.UNLIKE: _("Who used “%(asset)s” and who did not are too unlike to compare"),
        Verdict.NO_EVIDENCE: _("No evidence that partners that used “%(asset)s” grew differently"),
    }
    return growth_sentence(found, sentences, asset=asset)


def effect_lines(found: Growth, frame: Frame) -> list[str]:
    """What the sentence rests on."""
    counted = _(
        "%(did)s partners first used it from %(first)s to %(cut)s, %(others)s for which it is never did; %(pairs)s"
        " pairs are alike in region and kind and near in size and earlier growth. %(left)s have no counterpart."
    )
    sold = _(
        "Sell-in from then until %(day)s, against the same days a year before: %(did)s %% for those who used it,"
        " %(others)s %% for their counterparts."
    )
    return growth_lines(found, frame, counted=counted, sold=sold)
