"""The content libraries of both manufacturers: price lists, catalogues, guides, pictures, and who has used them."""

import datetime as dt
import io
from math import cos, pi, sin
from pathlib import Path
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from campaigns.models import Asset, AssetKind, AssetTerms, AssetUse, AssetVersion, PartnerBrand, ShareLink, UseKind
from campaigns.services import asset_branding, assets, share_links
from commerce.models import Product, ProductCategory
from pages.pdf import render_pdf
from partners.models import Audience, Partner, Stage
from partners.services import save_audience
from prm_portal.demo_stories.asset_texts import LIBRARIES, Library, Piece
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right, Role
from tenancy.selectors import members_with

TEMPLATES = Path(__file__).parent
WEEKS = 20
ROWS = 14


def tell_assets(manufacturer: Manufacturer, today: dt.date) -> None:
    """The library with drafts, what is out, what comes and what was withdrawn; looks, downloads, links and copies."""
    library = LIBRARIES.get(manufacturer.slug)
    if library is None or Asset.objects.exists():
        return
    with timezone.override(manufacturer.timezone):
        _fill(library, manufacturer, today)


def _fill(library: Library, manufacturer: Manufacturer, today: dt.date) -> None:
    keeper = (
        Membership.objects.filter(partner=None, role__in=(Role.MARKETING, Role.OWNER)).order_by("role", "pk").first()
    )
    if keeper is None:
        return
    keeper.manufacturer = manufacturer
    terms = assets.save_terms(AssetTerms(name=library.terms_name, texts=library.terms))
    audience = save_audience(
        Audience(name=library.audience_name, is_shared=True, description=library.audience_text),
        library.audience,
        by=keeper,
    )
    out = [_piece(library, piece, keeper, today, terms=terms, audience=audience) for piece in library.pieces]
    _used([asset for asset in out if asset.state == "published"], today)
    _passed_on(library, today)


def _piece(
    library: Library, piece: Piece, keeper: Membership, today: dt.date, *, terms: AssetTerms, audience: Audience
) -> Asset:
    since = today - dt.timedelta(days=piece.age)
    asset = Asset(
        kind=piece.kind,
        titles=piece.titles,
        summaries=piece.summaries,
        tags=list(piece.tags),
        category=ProductCategory.objects.filter(code=piece.category).first() if piece.category else None,
        audience=audience if piece.is_narrow else None,
        terms=terms if piece.has_terms else None,
        may_share=piece.may_share,
        may_brand=bool(piece.zones),
        valid_from=today + dt.timedelta(days=piece.begins) if piece.begins else None,
        valid_to=today + dt.timedelta(days=piece.ends) if piece.ends else None,
    )
    products = Product.objects.filter(category__code=piece.category).order_by("code")[:4] if piece.has_products else []
    assets.save_asset(asset, products=products, by=keeper)
    for language in piece.languages:
        for number in range(piece.versions):
            is_last = number == piece.versions - 1
            content = _content(library, piece, language, edition=number)
            version = assets.add_version(
                asset, language=language, by=keeper, note=piece.note.get(language, "") if is_last and number else "",
                tell=False, **content,
            )  # fmt: skip
            if piece.zones and version.is_pdf:
                asset_branding.save_zones(version, piece.zones)
            at = _moment(since - dt.timedelta(days=90 * (piece.versions - 1 - number)), 10)
            AssetVersion.objects.filter(pk=version.pk).update(created_at=at)
    if piece.state != "draft":
        assets.publish_asset(asset, tell=False)
        if piece.state == "withdrawn":
            assets.withdraw_asset(asset, reason=piece.reason)
    at = _moment(since, 10)
    is_out = piece.state != "draft" and not piece.begins
    first = _moment(since - dt.timedelta(days=90 * (piece.versions - 1)), 10) if is_out else None
    Asset.objects.filter(pk=asset.pk).update(
        created_at=at, updated_at=at, changed_at=at if is_out else None, published_at=first
    )
    asset.refresh_from_db()
    return asset


def _content(library: Library, piece: Piece, language: str, *, edition: int) -> dict[str, Any]:
    if piece.url:
        return {"url": piece.url}
    if piece.body:
        return {"body": piece.body[language]}
    if piece.kind == AssetKind.PICTURE:
        upload = SimpleUploadedFile(f"{piece.file}.jpg", _picture(library.colour, piece.file))
        upload.checked_type = "image/jpeg"  # type: ignore[attr-defined]
        return {"upload": upload}
    upload = SimpleUploadedFile(f"{piece.file}-{language}.pdf", _pdf(library, piece, language, edition))
    upload.checked_type = "application/pdf"  # type: ignore[attr-defined]
    return {"upload": upload}


def _pdf(library: Library, piece: Piece, language: str, edition: int) -> bytes:
    sections: list[dict[str, Any]] = [
        {
            "title": title[language],
            "text": text.get(language, ""),
            "rows": [],
            "steps": [step[language] for step in steps],
        }
        for title, text, steps in piece.sections
    ]
    if piece.has_prices:
        rows = Product.objects.filter(category__code=piece.category, list_price__isnull=False).order_by("code")
        head = library.price_head[language]
        lines = [
            [row.code, row.names.get(language) or row.name, row.unit or "-", f"{int(row.list_price or 0):,}"]
            for row in rows[: ROWS * 3]
        ]
        sections.append({"title": head[0], "text": "", "rows": [list(head[1:]), *lines], "steps": []})
    return render_pdf(
        "material.typ",
        {
            "title": piece.titles.get(language) or next(iter(piece.titles.values())),
            "subtitle": f"{piece.subtitle.get(language, '')} {library.edition[language] % (edition + 1)}".strip(),
            "intro": piece.summaries.get(language, ""),
            "maker": library.maker[language],
            "colour": library.colour,
            "language": language,
            "sections": sections,
            "foot": library.foot[language],
        },
        templates=TEMPLATES,
    )


def _picture(colour: str, name: str) -> bytes:
    """A picture with something to see on it: planks for who sells floors, wheels for who sells bicycle parts."""
    random = Random(name)  # noqa: S311
    picture = Image.new("RGB", (1600, 1067), (236, 233, 228))
    draw = ImageDraw.Draw(picture)
    if name.startswith("wheel"):
        for x, y, radius in ((480, 620, 330), (1120, 620, 330)):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(40, 42, 50), width=26)
            for spoke in range(24):
                angle = 2 * pi * spoke / 24
                rim = (x + radius * cos(angle), y + radius * sin(angle))
                draw.line((x, y, *rim), fill=(150, 152, 160), width=3)
            draw.ellipse((x - 40, y - 40, x + 40, y + 40), fill=colour)
        draw.line((480, 620, 760, 300, 1010, 300, 1120, 620), fill=colour, width=22, joint="curve")
        draw.line((480, 620, 800, 620, 1010, 300), fill=colour, width=22, joint="curve")
    else:
        tones = [(196, 158, 116), (182, 143, 102), (208, 172, 130), (171, 131, 92)]
        for row in range(12):
            left = -random.randint(0, 300)
            while left < 1600:
                width = random.randint(280, 420)
                tone = random.choice(tones)
                draw.rectangle((left, row * 90, left + width, row * 90 + 88), fill=tone)
                for _line in range(4):
                    y = row * 90 + random.randint(8, 80)
                    darker = tuple(part - 12 for part in tone)
                    draw.line((left + 12, y, left + width - 12, y + random.randint(-3, 3)), fill=darker, width=2)
                left += width + 2
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


def _used(out: list[Asset], today: dt.date) -> None:
    """Partners with people who sign in look and download: the newest and the price list most."""
    random = Random("library")  # noqa: S311
    readers: dict[int, list[Membership]] = {}
    for member in (
        members_with(Right.PORTAL_CONTENT).filter(partner__stage__in=(Stage.ACTIVE, Stage.DORMANT)).order_by("pk")
    ):
        readers.setdefault(member.partner_id or 0, []).append(member)
    versions = {
        asset.pk: list(
            AssetVersion.objects.filter(asset=asset).order_by("number").only("pk", "is_current", "created_at")
        )
        for asset in out
    }
    uses = []
    for place, (partner_id, people) in enumerate(sorted(readers.items())):
        if place % 5 == 4:
            continue  # one in five never looks
        for asset in out:
            weight = {"price_list": 0.85, "catalogue": 0.6, "manual": 0.45}.get(asset.kind, 0.25)
            if random.random() > weight:
                continue
            for version in versions[asset.pk]:
                days = (today - timezone.localdate(version.created_at)).days
                if days < 1 or (not version.is_current and random.random() < 0.4):
                    continue
                member = random.choice(people)
                at = _moment(
                    today - dt.timedelta(days=random.randint(1, max(min(days - 1, WEEKS * 7), 1))),
                    random.randint(8, 18),
                )
                kinds = [UseKind.VIEW] + ([UseKind.DOWNLOAD] if random.random() < 0.65 else [])
                uses += [
                    AssetUse(
                        asset=asset, version=version, kind=kind, partner_id=partner_id, member=member,
                        at=at + dt.timedelta(minutes=3 * nth),
                    )
                    for nth, kind in enumerate(kinds)
                ]  # fmt: skip
    AssetUse.objects.bulk_create(uses, batch_size=2000)


def _passed_on(library: Library, today: dt.date) -> None:
    """One partner has given its logo, and passed material on to customers."""
    member = (
        Membership.objects.filter(role=Role.PARTNER_ADMIN, partner__name=library.sender)
        .select_related("partner")
        .order_by("pk")
        .first()
    )
    if member is None or member.partner is None:
        return
    partner: Partner = member.partner
    brand: PartnerBrand = asset_branding.brand_of(partner)
    brand.contact, brand.phone = member.name, brand.phone or library.phone
    asset_branding.save_brand(brand, logo=("logo.png", _logo(library.colour)))
    random = Random("links")  # noqa: S311
    shared = Asset.objects.filter(state="published", may_share=True, audience=None).order_by("pk")[:3]
    for asset, note in zip(shared, library.customers, strict=False):
        link: ShareLink = share_links.create_link(asset, language="", by=member, note=note)
        version = AssetVersion.objects.filter(asset=asset, is_current=True, language=link.language).get()
        AssetUse.objects.bulk_create(
            AssetUse(
                asset=asset, version=version, link=link, partner=partner,
                kind=UseKind.DOWNLOAD if nth % 3 == 2 else UseKind.VIEW,
                at=_moment(today - dt.timedelta(days=random.randint(1, 12)), random.randint(9, 20)),
            )
            for nth in range(random.randint(2, 9))
        )  # fmt: skip


def _logo(colour: str) -> bytes:
    picture = Image.new("RGBA", (360, 120), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((4, 10, 104, 110), 22, fill=colour)
    draw.polygon([(28, 82), (54, 30), (80, 82)], fill="white")
    draw.rounded_rectangle((124, 36, 350, 56), 8, fill=colour)
    draw.rounded_rectangle((124, 70, 290, 86), 8, fill="#8a8f98")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 12)))
