"""Who is told of material: those it is for of what is new, those who have it of what is withdrawn."""

from django.db.models import QuerySet

from campaigns.models import Asset, AssetUse, AssetVersion
from campaigns.notice_kinds.assets import ASSET_CHANGED, ASSET_NEW, ASSET_WITHDRAWN
from campaigns.selectors.assets import audience_of
from notices.services import tell
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with


def tell_new(asset: Asset) -> int:
    """Everybody whom it is for hears of new material, once."""
    readers = members_with(Right.PORTAL_CONTENT).filter(partner__in=audience_of(asset).values("pk"))
    return tell(readers, ASSET_NEW, key=f"asset-new-{asset.pk}", facts=_facts(asset))


def tell_changed(asset: Asset, version: AssetVersion) -> int:
    """Who has used material hears that there is a newer version."""
    facts = _facts(asset) | {"note": version.note, "language": version.language}
    return tell(_users(asset), ASSET_CHANGED, key=f"asset-version-{version.pk}", facts=facts)


def tell_withdrawn(asset: Asset) -> int:
    """Who has used material hears that it is not to be used any more, and why."""
    facts = _facts(asset) | {"reason": asset.reason}
    key = f"asset-withdrawn-{asset.pk}-{asset.updated_at:%Y%m%d%H%M%S}"
    return tell(_users(asset), ASSET_WITHDRAWN, key=key, facts=facts)


def _users(asset: Asset) -> QuerySet[Membership]:
    used = AssetUse.objects.filter(asset=asset, member__isnull=False, partner__isnull=False)
    return Membership.objects.filter(pk__in=used.values("member"), is_active=True)


def _facts(asset: Asset) -> dict[str, object]:
    return {"asset": asset.pk, "title": asset.titles or {"en": str(asset)}}
