"""Everything that changes the content library: material, its versions, and where it stands."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import (
    NEXT_ASSET_STATES,
    Asset,
    AssetProduct,
    AssetState,
    AssetTerms,
    AssetVersion,
    BrandedCopy,
    ContentSource,
    PreviewState,
)
from campaigns.search_text import PART, folded, parts_of
from campaigns.services import asset_notices
from commerce.models import Product
from tenancy.errors import DomainError
from tenancy.files import clean_name, digest, stored_name
from tenancy.models import Membership

FOLDER = "library"
MOST_TAGS, LONGEST_TAG = 10, 40


NO_PARTS = """
DELETE FROM campaigns_assettextpart p USING campaigns_assetversion v
WHERE v.asset_id = %(asset)s AND p.version_id = v.id AND NOT EXISTS (
    SELECT FROM unnest(%(versions)s::bigint[], %(numbers)s::int[]) AS fresh (version, part)
    WHERE fresh.version = p.version_id AND fresh.part = p.part
)
"""
# What has not changed is not indexed anew: of a manual that got another title, one part has.
PUT_PARTS = """
INSERT INTO campaigns_assettextpart AS kept (manufacturer_id, version_id, part, text)
SELECT current_setting('app.manufacturer')::bigint, version, part, text
FROM unnest(%(versions)s::bigint[], %(numbers)s::int[], %(texts)s::text[]) AS fresh (version, part, text)
ON CONFLICT (version_id, part) DO UPDATE SET text = excluded.text WHERE kept.text <> excluded.text
"""


class AssetError(DomainError):
    """A step that material cannot take now."""


WRITTEN = (
    "titles", "summaries", "kind", "tags", "category_id", "audience_id", "valid_from", "valid_to", "terms_id",
    "may_share", "may_brand", "owner_id",
)  # fmt: skip


@transaction.atomic
def save_asset(asset: Asset, *, products: Iterable[Product], by: Membership) -> Asset:
    """Keep what is said about material, new or changed.

    Of material that is there what is `WRITTEN` is kept alone: what was withdrawn since it was read stays so.
    """
    if is_new := asset._state.adding:
        asset.created_by = by
        asset.owner = asset.owner or by
    else:
        held = _locked(asset)
        for name in WRITTEN:
            setattr(held, name, getattr(asset, name))
        asset = held
    asset.tags = clean_tags(asset.tags)
    asset.save(update_fields=None if is_new else [*WRITTEN, "updated_at"])
    wanted = {product.pk for product in products}
    known = set(AssetProduct.objects.filter(asset=asset).values_list("product_id", flat=True))
    AssetProduct.objects.filter(asset=asset).exclude(product__in=wanted).delete()
    AssetProduct.objects.bulk_create(AssetProduct(asset=asset, product_id=pk) for pk in sorted(wanted - known))
    if asset.state in (AssetState.PUBLISHED, AssetState.SCHEDULED, AssetState.EXPIRED):
        _settle(asset)
    write_texts(asset)
    return asset


@transaction.atomic
def add_version(
    asset: Asset,
    *,
    language: str,
    by: Membership,
    upload: Any = None,
    url: str = "",
    body: str = "",
    note: str = "",
    tell: bool = True,
) -> AssetVersion:
    """Put in a newer version in a language; from now on everybody gets this one, also by links made before.

    `upload` has been checked by `asset_files.checked_upload`. The very content of the current version is refused.
    """
    asset = _locked(asset)
    if asset.state == AssetState.WITHDRAWN:
        raise AssetError(_("This material is withdrawn. Bring it back first."))
    current = asset.versions.filter(language=language, is_current=True).first()
    version = AssetVersion(asset=asset, language=language, note=note.strip(), created_by=by)
    if upload is not None:
        _take_file(version, upload, current, manufacturer_id=by.manufacturer_id)
    elif url:
        version.source, version.url = ContentSource.LINK, url
    elif body.strip():
        version.source, version.body = ContentSource.PAGE, body.replace("\r\n", "\n").strip()
        version.text = version.body
    else:
        raise AssetError(_("Choose a file, give an address, or write a text."))
    if upload is None and current is not None and (current.url, current.body) == (version.url, version.body):
        raise AssetError(_("This is the very content that is current already."))
    last = asset.versions.filter(language=language).order_by("-number").values_list("number", flat=True).first()
    version.number = (last or 0) + 1
    if current is not None and current.zones and version.is_pdf:
        version.zones = current.zones  # most often only a date or a price has changed
    _make_current(asset, version)
    if tell and asset.state == AssetState.PUBLISHED:
        asset_notices.tell_changed(asset, version)
    return version


@transaction.atomic
def choose_version(version: AssetVersion) -> AssetVersion:
    """Make an older version current again: everybody gets it from now on."""
    asset = _locked(version.asset)
    version = AssetVersion.objects.select_for_update(no_key=True).get(pk=version.pk, asset=asset)
    if version.withdrawn_at is not None:
        raise AssetError(_("This version is withdrawn. Put the file in anew if it is right after all."))
    if not version.is_current:
        _make_current(asset, version)
    return version


@transaction.atomic
def withdraw_version(version: AssetVersion) -> AssetVersion:
    """Nobody gets this version any more; where it was the current one, its language is missing until there is another."""
    asset = _locked(version.asset)
    version = AssetVersion.objects.select_for_update(no_key=True).get(pk=version.pk, asset=asset)
    if version.withdrawn_at is None:
        version.withdrawn_at, version.is_current = timezone.now(), False
        version.save(update_fields=["withdrawn_at", "is_current"])
        BrandedCopy.objects.filter(version=version).delete()
        write_texts(asset)
        _touch(asset)
    return version


@transaction.atomic
def publish_asset(asset: Asset, *, tell: bool = True) -> Asset:
    """Let those see material that it is for: now, or from its first day on."""
    asset = _locked(asset)
    if not asset.versions.filter(is_current=True).exists():
        raise AssetError(_("There is nothing to publish yet: put in a file, an address or a text first."))
    today = timezone.localdate()
    if asset.valid_to is not None and asset.valid_to < today:
        raise AssetError(_("It was valid only until a day that is over. Give it another one first."))
    if asset.valid_from is not None and asset.valid_from > today:
        return _move(asset, AssetState.SCHEDULED)
    return _put_out(asset, tell=tell)


@transaction.atomic
def withdraw_asset(asset: Asset, *, reason: str) -> Asset:
    """Take material back everywhere at once: library, links of customers, copies with logos. Who has it is told."""
    asset = _locked(asset)
    _move(asset, AssetState.WITHDRAWN, reason=reason.strip()[:300])
    BrandedCopy.objects.filter(version__asset=asset).delete()
    asset_notices.tell_withdrawn(asset)
    return asset


@transaction.atomic
def return_to_draft(asset: Asset) -> Asset:
    """Withdrawn or scheduled material becomes a draft again; nobody sees it before it is published."""
    return _move(_locked(asset), AssetState.DRAFT, reason="")


@transaction.atomic
def delete_draft(asset: Asset) -> None:
    """Remove material that was never out."""
    asset = _locked(asset)
    if asset.state != AssetState.DRAFT or asset.published_at is not None:
        raise AssetError(_("Only material that was never published can be deleted. Withdraw it instead."))
    for version in AssetVersion.objects.filter(asset=asset):
        for stored in (version.stored, *(preview.stored for preview in version.previews.all())):
            if stored.name:
                transaction.on_commit(partial(stored.storage.delete, stored.name))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_assettext WHERE asset_id = %s", [asset.pk])
        cursor.execute(NO_PARTS, {"asset": asset.pk, "versions": [], "numbers": []})
    asset.delete()


def look_through_assets(*, today: dt.date) -> tuple[int, int]:
    """Publish what begins today and end what ended yesterday, in one manufacturer; how many of each. Safe to run again."""
    begun = list(
        Asset.objects.select_for_update(no_key=True, skip_locked=True).filter(
            state=AssetState.SCHEDULED, valid_from__lte=today
        )
    )
    for asset in begun:
        _put_out(asset, tell=True)
    ended = Asset.objects.filter(state=AssetState.PUBLISHED, valid_to__lt=today)
    return len(begun), ended.update(state=AssetState.EXPIRED, updated_at=timezone.now())


@transaction.atomic
def save_terms(terms: AssetTerms) -> AssetTerms:
    """Keep terms of use. Another text is another edition, which everybody accepts anew."""
    if terms.pk:
        before = AssetTerms.objects.select_for_update(no_key=True).get(pk=terms.pk)
        terms.edition = before.edition + (before.texts != terms.texts)
    terms.save()
    return terms


def write_texts(asset: Asset) -> None:
    """Bring what material is found by in step with what it says, in each of its languages."""
    products = Product.objects.filter(pk__in=AssetProduct.objects.filter(asset=asset).values("product"))
    about = [*asset.tags, str(asset.get_kind_display())]
    for code, name, names in products.values_list("code", "name", "names"):
        about += [code, name, *names.values()]
    if asset.category is not None:
        about += [asset.category.code, *asset.category.names.values()]
    versions = list(AssetVersion.objects.filter(asset=asset, is_current=True).order_by("language"))
    words = " ".join([*asset.titles.values(), *asset.summaries.values(), *about])
    said, title = folded(words), folded(" ".join(asset.titles.values()))
    texts = {version.language: folded(f"{words} {version.text}") for version in versions} or {"": said}
    parts = [
        (version.pk, number, text)
        for version in versions
        if len(texts[version.language]) > PART
        for number, text in parts_of(said, folded(version.text)).items()
    ]
    divided: dict[str, Any] = {
        "asset": asset.pk,
        "versions": [version for version, _number, _text in parts],
        "numbers": [number for _version, number, _text in parts],
        "texts": [text for _version, _number, text in parts],
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_assettext WHERE asset_id = %s", [asset.pk])
        cursor.execute(
            "INSERT INTO campaigns_assettext (manufacturer_id, asset_id, language, title, text)"
            " SELECT current_setting('app.manufacturer')::bigint, %s, language, %s, text"
            " FROM unnest(%s::text[], %s::text[]) AS fresh (language, text)",
            [asset.pk, title, list(texts), [text[:PART] for text in texts.values()]],
        )
        cursor.execute(NO_PARTS, divided)
        if parts:
            cursor.execute(PUT_PARTS, divided)


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Tags in the order given, each once, without the # that some people write."""
    cleaned = (" ".join(tag.split()).lstrip("#")[:LONGEST_TAG].strip() for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag))[:MOST_TAGS]


def _take_file(version: AssetVersion, upload: Any, current: AssetVersion | None, *, manufacturer_id: int) -> None:
    found = digest(upload)
    if current is not None and current.sha256 == found:
        raise AssetError(_("This is the very file that is current already."))
    name = clean_name(upload.name or "")
    version.source, version.original_name, version.size, version.sha256 = ContentSource.FILE, name, upload.size, found
    version.content_type = upload.checked_type
    version.preview = PreviewState.WAITING
    version.stored.save(stored_name(manufacturer_id, FOLDER, name), upload, save=False)


def _make_current(asset: Asset, version: AssetVersion) -> None:
    others = AssetVersion.objects.filter(asset=asset, language=version.language, is_current=True)
    others.exclude(pk=version.pk).update(is_current=False)
    version.is_current = True
    if version._state.adding:
        version.save(force_insert=True)
        if version.preview == PreviewState.WAITING:
            _draw_on_commit(version)
    else:
        version.save(update_fields=["is_current"])
    write_texts(asset)
    _touch(asset)


def _draw_on_commit(version: AssetVersion) -> None:
    from campaigns.tasks.assets import draw_previews

    asked = {"manufacturer_id": version.asset.manufacturer_id, "version_id": version.pk}
    transaction.on_commit(partial(draw_previews.delay, **asked), robust=True)


def _touch(asset: Asset) -> None:
    """It changed for its readers now."""
    asset.changed_at = timezone.now() if asset.state == AssetState.PUBLISHED else asset.changed_at
    asset.save(update_fields=["changed_at", "updated_at"])


def _put_out(asset: Asset, *, tell: bool) -> Asset:
    now = timezone.now()
    is_first = asset.published_at is None
    _move(asset, AssetState.PUBLISHED, published_at=asset.published_at or now, changed_at=now, reason="")
    if tell and is_first:
        asset_notices.tell_new(asset)
    return asset


def _settle(asset: Asset) -> None:
    """Bring the state in step with the days that were given just now."""
    today = timezone.localdate()
    if asset.valid_to is not None and asset.valid_to < today:
        wanted = AssetState.EXPIRED
    elif asset.valid_from is not None and asset.valid_from > today:
        wanted = AssetState.SCHEDULED
    else:
        wanted = AssetState.PUBLISHED
    if wanted == asset.state:
        return
    if asset.state == AssetState.SCHEDULED and wanted == AssetState.EXPIRED:
        raise AssetError(_("It was valid only until a day that is over. Give it another one first."))
    if wanted == AssetState.PUBLISHED:
        _put_out(asset, tell=True)
    else:
        _move(asset, wanted)


def _move(asset: Asset, to: str, **changes: Any) -> Asset:
    """The only writer of `Asset.state`, beside the one statement that ends what is over."""
    before = AssetState(asset.state)
    if to not in NEXT_ASSET_STATES[before]:
        raise AssetError(
            _("Material that is “%(before)s” cannot become “%(after)s”.")
            % {"before": before.label, "after": AssetState(to).label}
        )
    for name, value in {"state": to, **changes}.items():
        setattr(asset, name, value)
    asset.save(update_fields=["state", *changes, "updated_at"])
    return asset


def _locked(asset: Asset) -> Asset:
    return Asset.objects.select_for_update(no_key=True, of=("self",)).select_related("audience").get(pk=asset.pk)
