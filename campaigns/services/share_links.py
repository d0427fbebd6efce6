"""Short links by which a partner's customer finds material without a sign-in: made, counted, switched off."""

import datetime as dt
import hashlib
import re
import secrets
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Asset, AssetVersion, ShareLink, UseKind
from campaigns.selectors.assets import audience_of, current_versions, in_language
from campaigns.services.asset_branding import may_brand
from campaigns.services.asset_use import note_use
from campaigns.services.assets import AssetError
from tenancy.hooks import portal_is_open
from tenancy.models import Membership

LETTERS = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that are taken for one another."""
LENGTH = 14
TOKEN = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")
SAME_VIEWER = 30 * 60


@transaction.atomic
def create_link(
    asset: Asset,
    *,
    language: str,
    by: Membership,
    note: str = "",
    is_branded: bool = False,
    ends_on: dt.date | None = None,
) -> ShareLink:
    """A link to material, which always shows what is current, until it ends or is switched off or material is withdrawn."""
    assert by.partner_id is not None
    if not asset.may_share or not asset.is_out:
        raise AssetError(_("This material is not to be passed on."))
    if ends_on is not None and ends_on < timezone.localdate():
        raise AssetError(_("The last day of a link lies ahead."))
    version = in_language(current_versions(asset), language)
    if version is None:
        raise AssetError(_("There is nothing to pass on in this language."))
    return ShareLink.objects.create(
        partner_id=by.partner_id,
        asset=asset,
        language=version.language,
        token="".join(secrets.choice(LETTERS) for _letter in range(LENGTH)),
        note=note.strip()[:120],
        is_branded=is_branded and may_brand(asset, version),
        created_by=by,
        ends_on=ends_on,
    )


def revoke_link(link: ShareLink) -> ShareLink:
    """The link shows nothing any more."""
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
    return link


@dataclass(frozen=True)
class OpenLink:
    """A link that works, and what it shows now."""

    link: ShareLink
    asset: Asset
    version: AssetVersion


def open_link(token: str) -> OpenLink | None:
    """What a link shows now: nothing once it ended, was switched off, or its material is not for this partner any more."""
    if not TOKEN.fullmatch(token):
        return None
    link = (
        ShareLink.objects.select_related("asset", "asset__audience", "partner", "asset__audience__owner")
        .filter(token=token, revoked_at=None)
        .first()
    )
    if link is None or (link.ends_on is not None and link.ends_on < timezone.localdate()):
        return None
    asset = link.asset
    if not (asset.is_out and asset.may_share and portal_is_open(link.partner)):
        return None
    if not audience_of(asset).filter(pk=link.partner_id).exists():
        return None
    version = in_language(current_versions(asset), link.language)
    if version is None:
        return None
    version.asset = asset
    return OpenLink(link, asset, version)


def count_use(found: OpenLink, kind: UseKind, *, address: str | None, agent: str) -> bool:
    """Count that a customer looked or downloaded, once in half an hour; whether it counted. A customer is told by address
    and browser (`agent`). What machines fetch is not brought here (`campaigns.machines`)."""
    viewer = hashlib.sha256(f"{address} {agent}".encode()).hexdigest()[:24]
    if not cache.add(f"share:{found.link.pk}:{kind}:{viewer}", 1, SAME_VIEWER):
        return False
    note_use(found.version, kind, link=found.link)
    return True
