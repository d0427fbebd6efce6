"""What material goes with: the growth of partners that came to use it against that of comparable ones it is for that never did
(`valuation.growth_effects`). A partner uses it from the first look or download of its people on."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.models import Asset
from campaigns.selectors.assets import audience_of
from pages import formats
from valuation.comparison import FEWEST_PAIRS, Comparison, Verdict
from valuation.growth_effects import Frame, companies, compared, last_day

USED = """
SELECT partner_id, (min(at) AT TIME ZONE %(zone)s)::date FROM campaigns_assetuse
WHERE asset_id = %(asset)s AND partner_id IS NOT NULL AND link_id IS NULL GROUP BY partner_id
"""


@dataclass(frozen=True)
class AssetEffect:
    """A comparison, and the days it is of."""

    asset: Asset
    frame: Frame
    found: Comparison

    @property
    def sentence(self) -> str:
        """What it says, in one sentence."""
        words = {"asset": self.asset, "points": _n(abs(self.found.difference or 0), 1)}
        if self.found.verdict == Verdict.BETTER:
            return _("Partners that used “%(asset)s” grew %(points)s points more than comparable ones") % words
        if self.found.verdict == Verdict.WORSE:
            return _("Partners that used “%(asset)s” grew %(points)s points less than comparable ones") % words
        if self.found.verdict == Verdict.TOO_FEW:
            return _("Too few partners to tell what “%(asset)s” goes with") % words
        if self.found.verdict == Verdict.UNLIKE:
            return _("Who used “%(asset)s” and who did not are too unlike to compare") % words
        return _("No evidence that partners that used “%(asset)s” grew differently") % words

    @property
    def lines(self) -> list[str]:
        """What the sentence rests on: interval, days, sample, and the plain difference beside it."""
        found, frame, language = self.found, self.frame, get_language()
        is_enough = found.verdict != Verdict.TOO_FEW and found.difference is not None
        lines = [
            _("The difference is %(value)s points of growth; the 95 %% interval goes from %(low)s to %(high)s.")
            % {"value": _n(found.difference, 1), "low": _n(found.low, 1), "high": _n(found.high, 1)}
            if is_enough
            else _("%(pairs)s pairs of comparable partners were found; at least %(least)s are needed.")
            % {"pairs": _n(len(found.pairs)), "least": _n(FEWEST_PAIRS)},
            _(
                "%(did)s partners first used it from %(first)s to %(cut)s, %(others)s for which it is never did; %(pairs)s"
                " pairs are alike in region and kind and near in size and earlier growth. %(left)s have no counterpart."
            )
            % {
                "did": _n(found.did),
                "first": formats.date(frame.start, language),
                "cut": formats.date(frame.cut, language),
                "others": _n(found.others),
                "pairs": _n(len(found.pairs)),
                "left": _n(found.left_out),
            },
        ]
        if is_enough:
            lines.append(
                _(
                    "Sell-in from then until %(day)s, against the same days a year before: %(did)s %% for those who used it,"
                    " %(others)s %% for their counterparts."
                )
                % {
                    "day": formats.date(frame.day, language),
                    "did": _n(found.mean_did, 1),
                    "others": _n(found.mean_others, 1),
                }
            )
            lines.append(
                _(
                    "Without pairing the difference would be %(value)s points: that mixes unlike partners and says little."
                )
                % {"value": _n(found.plain_difference, 1)}
            )
        return lines

    @property
    def balance(self) -> list[tuple[str, str, str]]:
        """How far apart the groups were in each respect, before pairing and after, in standard deviations."""
        names = {
            "region": _("Region"),
            "kind": _("Kind of partner"),
            "size": _("Size: sell-in of the year before"),
            "growth": _("Growth before"),
        }
        return [(names[each.key], _n(each.before, 2), _n(each.after, 2)) for each in self.found.balance]


def effect_of(asset: Asset) -> AssetEffect:
    """Compared now, over the manufacturer's figures. Three queries, and one for the audience."""
    frame = Frame(last_day())
    with connection.cursor() as cursor:
        cursor.execute(USED, {"asset": asset.pk, "zone": timezone.get_current_timezone_name()})
        used = {partner: (day, True) for partner, day in cursor.fetchall()}
    meant = set(audience_of(asset).values_list("pk", flat=True)) | set(used)
    return AssetEffect(asset, frame, compared([each for each in companies(frame) if each.pk in meant], used, frame))


def _n(value: Any, decimals: int = 0) -> str:
    return formats.number(value, decimals)
