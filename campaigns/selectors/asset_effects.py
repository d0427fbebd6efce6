"""What material goes with: the growth of partners that came to use it against that of comparable ones it is for that never did
(`commerce.growth_effects`). A partner uses it from the first look or download of its people on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from campaigns.models import Asset, AssetUse
from campaigns.selectors.assets import audience_of
from commerce.growth_effects import Frame, companies, compared, last_day
from commerce.growth_words import Growth, growth_of
from partners.models import Partner
from partners.services.qualifications import house_day
from tenancy.rls import current_scope

KEPT_FOR = 36 * 3600
"""Longer than a day, whose name is in the key."""

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
    """As worked out today, over the manufacturer's figures: whoever asks first on a day waits for it, all others do not.

    One query where it is known. Else the last day with figures, who used it, and the partners with what they bought.
    """
    today = house_day()
    key = f"campaigns.asset_effect.{current_scope().manufacturer}.{asset.pk}.{asset.audience_id}.{today}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        frame = Frame(last_day(today))
        found = _found(asset, frame)
        cache.set(key, {"day": frame.day, "found": vars(found)}, KEPT_FOR)
        return AssetEffect(frame, found)
    return AssetEffect(Frame(kept["day"]), Growth(**kept["found"]))


def _found(asset: Asset, frame: Frame) -> Growth:
    with connection.cursor() as cursor:
        cursor.execute(USED, {"asset": asset.pk, "zone": asset.manufacturer.timezone})
        used: dict[int, tuple[dt.date | None, bool]] = {partner: (day, True) for partner, day in cursor.fetchall()}
    users = AssetUse.objects.filter(asset=asset, partner__isnull=False, link=None)
    meant = Partner.objects.filter(Q(pk__in=audience_of(asset).values("pk")) | Q(pk__in=users.values("partner")))
    return growth_of(compared(companies(frame, among=meant), used, frame))
