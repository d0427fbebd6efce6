"""Copies of documents in a partner's own name: its logo and contact, kept, and put where the document has room for them."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.branding import KINDS, MOST_ZONES, BrandingError, Sender, branded
from campaigns.models import Asset, AssetVersion, BrandedCopy, PartnerBrand
from campaigns.services.assets import FOLDER, AssetError
from pages import formats
from partners.models import Partner
from tenancy.files import stored_name
from tenancy.models import Membership
from tenancy.rls import house_scope

MOST_BYTES = 40 * 1024 * 1024
SIDES = ("x", "y", "width", "height")
LARGEST = 2000
"""Of a side, in millimetres: a poster is 1189."""


def brand_of(partner: Partner) -> PartnerBrand:
    """What a partner puts on documents; from its profile as long as it has said nothing."""
    brand = PartnerBrand.objects.filter(partner=partner).first()
    if brand is not None:
        return brand
    place = " ".join(part for part in (partner.region, partner.city, partner.address) if part)
    return PartnerBrand(
        partner=partner, company=(partner.local_name or partner.name)[:120], address=place[:200], phone=partner.phone[:40],
        email=partner.email, website=partner.website[:120],
    )  # fmt: skip


@transaction.atomic
def save_brand(brand: PartnerBrand, *, logo: tuple[str, bytes] | None = None, no_logo: bool = False) -> PartnerBrand:
    """Keep what a partner puts on documents; two first ones at once leave one row. `logo` is a name and a drawn picture
    (`tenancy.logos`), or it goes."""
    if brand._state.adding:
        PartnerBrand.objects.bulk_create([PartnerBrand(partner=brand.partner)], ignore_conflicts=True)
        brand.pk = PartnerBrand.objects.values_list("pk", flat=True).get(partner=brand.partner)
        brand._state.adding = False
    changed = ["company", "address", "contact", "phone", "email", "website", "updated_at"]
    if logo is not None:
        name = stored_name(brand.partner.manufacturer_id, FOLDER, logo[0])
        brand.logo.save(name, ContentFile(logo[1]), save=False)
    elif no_logo:
        brand.logo = ""
    if logo is not None or no_logo:
        changed.append("logo")
    brand.save(update_fields=changed)
    return brand


@transaction.atomic
def save_zones(version: AssetVersion, zones: Sequence[dict[str, Any]]) -> AssetVersion:
    """Keep where a document has room for a partner's logo, address and contact."""
    version = AssetVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if not version.is_pdf:
        raise AssetError(_("Only a PDF can have places for a logo."))
    if len(zones) > MOST_ZONES:
        raise AssetError(_("A document has at most %(most)s places.") % {"most": MOST_ZONES})
    version.zones = [_checked(zone) for zone in zones]
    version.save(update_fields=["zones"])
    BrandedCopy.objects.filter(version=version).delete()
    return version


def may_brand(asset: Asset, version: AssetVersion | None) -> bool:
    """Whether there is room for a partner's name on what is current."""
    return bool(asset.may_brand and version is not None and version.is_pdf and version.zones)


def branded_copy(version: AssetVersion, *, partner: Partner, by: Membership | None) -> BrandedCopy:
    """The partner's own copy of a version; made now, unless there is one that shows the very same."""
    asset, brand = version.asset, brand_of(partner)
    if not may_brand(asset, version):
        raise AssetError(_("This document has no room for a logo."))
    if not brand.pk or not brand.is_ready:
        raise AssetError(
            _("Say first what stands on documents of your company: its name, and a logo or how to reach it.")
        )
    if version.size > MOST_BYTES:
        raise AssetError(_("This document is too large to be written on."))
    sender = _sender(brand)
    made_of = _made_of(version, sender)
    with house_scope(), transaction.atomic():
        same = BrandedCopy.objects.filter(partner=partner, version=version, made_of=made_of)
        if kept := same.first():
            return kept
        # Of two who ask at once, the second waits and finds what the first has made.
        PartnerBrand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if kept := same.first():
            return kept
        content = _made(version, sender)
        copy = BrandedCopy(partner=partner, version=version, made_of=made_of, created_by=by)
        copy.stored.save(
            stored_name(asset.manufacturer_id, FOLDER, copy_name(version, sender.company)),
            ContentFile(content),
            save=False,
        )
        BrandedCopy.objects.filter(partner=partner, version=version).delete()
        copy.save(force_insert=True)
    return copy


def sample_copy(version: AssetVersion, manufacturer_name: str) -> bytes:
    """How a copy would look, with the manufacturer in the partner's place; for who says where the places are."""
    sender = Sender(
        company=manufacturer_name, address=str(_("Address of the partner")), contact=str(_("Name of the contact")),
        phone="00-0000-0000", email="partner@example.com", website="www.example.com",
    )  # fmt: skip
    return _made(version, sender)


def copy_name(version: AssetVersion, company: str) -> str:
    """What a copy is called when it is downloaded."""
    return f"{version.original_name.rpartition('.')[0] or 'document'} - {company}.pdf"


def _made(version: AssetVersion, sender: Sender) -> bytes:
    with version.stored.open("rb") as file:
        content = file.read()
    with override(version.language):
        stamp = _("%(title)s · version %(number)s · %(day)s · %(company)s") % {
            "title": version.asset.title,
            "number": version.number,
            "day": formats.date(timezone.localdate(), version.language),
            "company": sender.company,
        }
    try:
        return branded(content, version.zones, sender, stamp=stamp, language=version.language)
    except BrandingError as error:
        raise AssetError(_("This document cannot be written on. Tell the manufacturer.")) from error


def _sender(brand: PartnerBrand) -> Sender:
    logo = b""
    if brand.logo:
        with brand.logo.open("rb") as file:
            logo = file.read()
    return Sender(brand.company, brand.address, brand.contact, brand.phone, brand.email, brand.website, logo)


def _made_of(version: AssetVersion, sender: Sender) -> str:
    said = [version.sha256, version.number, version.zones, version.asset.titles, sender.company, sender.address]
    said += [sender.contact, sender.phone, sender.email, sender.website, hashlib.sha256(sender.logo).hexdigest()]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _checked(zone: dict[str, Any]) -> dict[str, Any]:
    page, what = int(zone["page"]), str(zone["what"])
    sides = {side: round(float(zone[side]), 1) for side in SIDES}
    if what not in KINDS or not page or not all(0 <= each <= LARGEST for each in sides.values()):
        raise AssetError(_("A place needs a page, a corner and a size in millimetres."))
    if sides["width"] < 5 or sides["height"] < 3:
        raise AssetError(_("A place is at least 5 mm wide and 3 mm high."))
    return {"what": what, "page": page} | sides
