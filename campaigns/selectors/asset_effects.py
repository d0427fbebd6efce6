"""What material goes with: the growth of partners that came to use it against that of comparable ones it is for that never did
(`commerce.growth_effects`). A partner uses it from the first look or download of its people on."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from campaigns.models import Asset
from campaigns.selectors.assets import audience_of
from commerce.growth_effects import Frame, companies, compared, last_day
from commerce.growth_words import Growth, growth_of

USED = """
SELECT partner_id, (min(at) AT TIME ZONE %(zone)s)::date FROM campaigns_assetuse
WHERE asset_id = %(asset)s AND partner_id IS NOT NULL AND link_id IS NULL GROUP BY partner_id
"""


@dataclass(frozen=True)
class AssetEffect:
    """What a comparison found, and the days it is of."""

    frame: Frame
    found: Growth


def effect_of(asset: Asset) -> AssetEffect:
    """Compared now, over the manufacturer's figures. Three queries, and one for the audience."""
    frame = Frame(last_day())
    with connection.cursor() as cursor:
        cursor.execute(USED, {"asset": asset.pk, "zone": timezone.get_current_timezone_name()})
        used = {partner: (day, True) for partner, day in cursor.fetchall()}
    meant = set(audience_of(asset).values_list("pk", flat=True)) | set(used)
    found = compared([each for each in companies(frame) if each.pk in meant], used, frame)
    return AssetEffect(frame, growth_of(found))
