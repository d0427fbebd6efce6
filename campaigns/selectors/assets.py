"""Everything read of the content library."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import (
    Count,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import get_language

from campaigns.models import (
    Asset,
    AssetKind,
    AssetProduct,
    AssetState,
    AssetTerms,
    AssetUse,
    AssetVersion,
    ContentSource,
    LibraryVisit,
    TermsAcceptance,
    UseKind,
)
from campaigns.search_text import words_of
from commerce.models import ProductCategory
from partners.audiences.fields import Catalogue
from partners.models import Audience, Partner
from partners.selectors.audiences import ReadAudience
from partners.selectors.partners import FOUND_AT_MOST, partners_for
from tenancy.models import Membership
from tenancy.rights import Right

LONGEST_EXCERPT = 1500
NEW_FOR = dt.timedelta(days=30)
"""What somebody sees as new who has never been here."""


# --- The library ------------------------------------------------------------------------------------------------------


def assets_for(member: Membership) -> QuerySet[Asset]:
    """The material a member may see: staff all; a partner's people what is out for their company and valid today.

    For a partner's people the database decides by the shelf; only the days are asked for here.
    """
    if member.is_staff:
        return Asset.objects.all()
    today = timezone.localdate()
    return Asset.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today),
        state=AssetState.PUBLISHED,
    )  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the library."""

    text: str = ""
    kind: str = ""
    tag: str = ""
    language: str = ""
    category: int | None = None
    state: str = ""
    since: dt.datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.kind or self.tag or self.language or self.category or self.state or self.since)


def replaced(wanted: Wanted, **changes: Any) -> Wanted:
    """The same with something changed."""
    return replace(wanted, **changes)


def chosen_assets(assets: QuerySet[Asset], wanted: Wanted) -> QuerySet[Asset]:
    """Those of `assets` that fit what is looked for, but for its words (`matching_assets`)."""
    if wanted.kind in AssetKind.values:
        assets = assets.filter(kind=wanted.kind)
    if wanted.state in AssetState.values:
        assets = assets.filter(state=wanted.state)
    if wanted.tag:
        assets = assets.filter(tags__contains=[wanted.tag])
    if wanted.category:
        assets = assets.filter(category=wanted.category)
    if wanted.language:
        current = AssetVersion.objects.filter(asset=OuterRef("pk"), is_current=True, language=wanted.language)
        assets = assets.filter(Exists(current))
    if wanted.since:
        assets = assets.filter(changed_at__gt=wanted.since)
    return assets


def matching_assets(assets: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    """Those of `assets` in whose title, words, products or file every word of `text` stands. One or two queries of its own."""
    words = words_of(text)
    return assets.filter(pk__in=found_assets(words)) if words else assets


def found_assets(words: list[str]) -> list[int]:
    """The keys of material with all of these words (`search_text.words_of`), of what the session may see: all of it if they are
    no more than `FOUND_AT_MOST`, else one more than that, the newest. One query, two for words that much material has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaigns_search_assets(%s, %s)", [words, FOUND_AT_MOST + 1])
        found: list[int] | None = cursor.fetchone()[0]
        if found is None or len(found) > FOUND_AT_MOST:
            cursor.execute("SELECT campaigns_walk_assets(%s, %s)", [words, FOUND_AT_MOST + 1])
            found = cursor.fetchone()[0]
    return found or []


def in_language(versions: Iterable[AssetVersion], language: str = "") -> AssetVersion | None:
    """The version in that language, else in the reader's, else in English, else any."""
    by_language = {version.language: version for version in versions}
    reader = (get_language() or "en").split("-")[0]
    for each in (language, reader, "en"):
        if each in by_language:
            return by_language[each]
    return next(iter(by_language.values()), None)


def current_versions(asset: Asset) -> list[AssetVersion]:
    """The current version of each language."""
    return list(
        AssetVersion.objects.filter(asset=asset, is_current=True).defer("text").order_by("language")
    )  # fmt: skip


def excerpt_of(version: AssetVersion | None) -> str:
    """The first words of an Office document: its pages cannot be drawn here."""
    if (
        version is None
        or version.source != ContentSource.FILE
        or version.is_pdf
        or version.is_picture
        or version.is_video
    ):
        return ""
    words = (
        AssetVersion.objects.filter(pk=version.pk).values_list(Left("text", LONGEST_EXCERPT), flat=True).first() or ""
    )
    return words if len(words) < LONGEST_EXCERPT else f"{words.rpartition(' ')[0] or words} …"


def categories_in_use() -> QuerySet[ProductCategory]:
    """The product categories that material stands under."""
    return ProductCategory.objects.filter(Exists(Asset.objects.filter(category=OuterRef("pk"))))


def products_of(asset: Asset) -> list[Any]:
    """The products that material is about."""
    return [row.product for row in AssetProduct.objects.filter(asset=asset).select_related("product")]


def terms_in_use(*, current: AssetTerms | None = None) -> QuerySet[AssetTerms]:
    """The terms to choose from: those in use, and the ones chosen already."""
    return AssetTerms.objects.filter(Q(is_retired=False) | Q(pk=current.pk if current else None))


def without_preview(versions: QuerySet[AssetVersion], *, before: dt.datetime) -> QuerySet[AssetVersion]:
    """Versions whose preview should be there by now."""
    return versions.filter(preview="waiting", created_at__lt=before)


# --- Who material is for ----------------------------------------------------------------------------------------------


def audiences_of_material() -> list[Audience]:
    """The audiences that material is kept for."""
    used = Asset.objects.exclude(audience=None).filter(audience=OuterRef("pk"))
    return list(Audience.objects.filter(Exists(used)).select_related("owner", "owner__manufacturer").order_by("pk"))


def is_broken(audience: Audience) -> bool:
    """Whether its conditions cannot all be read any more: then nobody sees what is kept for it."""
    return bool(ReadAudience(audience.definition, Catalogue(audience.owner)).problems)


def audience_of(asset: Asset, among: QuerySet[Partner] | None = None) -> QuerySet[Partner]:
    """The partners that material is for now, of all or `among` some; nobody where its audience's conditions cannot be read."""
    partners = Partner.objects.filter(merged_into=None) if among is None else among
    partners = partners.exclude(stage__in=("draft", "ended"))
    if asset.audience_id is None or asset.audience is None:
        return partners
    asked = ReadAudience(asset.audience.definition, Catalogue(asset.audience.owner))
    return partners.none() if asked.problems else asked.narrowed(partners)


def audiences_with(partner_id: int) -> list[int]:
    """The audiences of material that a partner is in now. One query for them, and one for all of their conditions."""
    asked = None
    for audience in audiences_of_material():
        read = ReadAudience(audience.definition, Catalogue(audience.owner))
        if read.problems:
            continue
        rows = read.narrowed(Partner.objects.filter(pk=partner_id)).order_by().annotate(found=Value(audience.pk))
        one = rows.values_list("found", flat=True)
        asked = one if asked is None else asked.union(one, all=True)
    return sorted(asked) if asked is not None else []


# --- A reader ---------------------------------------------------------------------------------------------------------


def visit_of(member: Membership) -> LibraryVisit | None:
    return LibraryVisit.objects.filter(member=member).first()


def new_since(visit: LibraryVisit | None) -> dt.datetime:
    """Since when material counts as new for who has this visit behind them."""
    if visit is None or visit.before_at is None:
        return timezone.now() - NEW_FOR
    return visit.before_at


def has_accepted(member: Membership, terms: AssetTerms | None) -> bool:
    """Whether the member accepted these terms in their present edition. Without terms there is nothing to accept."""
    if terms is None:
        return True
    return TermsAcceptance.objects.filter(member=member, terms=terms, edition=terms.edition).exists()


# --- Use --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UseCount:
    """How often material was used, and by how many partners."""

    views: int
    downloads: int
    shared: int
    partners: int


def use_count(asset: Asset) -> UseCount:
    """How much this was used. One query."""
    return UseCount(
        **AssetUse.objects.filter(asset=asset).aggregate(
            views=Count("pk", Q(kind=UseKind.VIEW, link=None)),
            downloads=Count("pk", Q(kind__in=(UseKind.DOWNLOAD, UseKind.BRAND), link=None)),
            shared=Count("pk", Q(link__isnull=False)),
            partners=Count("partner", distinct=True),
        )
    )


@dataclass(frozen=True)
class Reach:
    """How far the current version of material has come among those it is for."""

    wanted: int
    reached: int
    people: int

    @property
    def missing(self) -> int:
        return self.wanted - self.reached

    @property
    def percent(self) -> int:
        return 100 * self.reached // self.wanted if self.wanted else 0


def seen_current(asset: Asset, *, language: str = "") -> QuerySet[AssetUse]:
    """Uses of the current versions by partners' own people."""
    current = AssetVersion.objects.filter(asset=asset, is_current=True)
    if language:
        current = current.filter(language=language)
    return AssetUse.objects.filter(version__in=current.values("pk"), link=None, partner__isnull=False)


def reach_of(asset: Asset) -> Reach:
    """How many partners it is for, and how many of them have looked at or downloaded what is current. Two queries."""
    wanted = audience_of(asset)
    reached = seen_current(asset).filter(partner=OuterRef("pk"))
    counts = wanted.aggregate(wanted=Count("pk", distinct=True), reached=Count("pk", Q(Exists(reached)), distinct=True))
    people = seen_current(asset).aggregate(people=Count("member", distinct=True))["people"]
    return Reach(counts["wanted"], counts["reached"], people)


def readers_of(asset: Asset, member: Membership) -> QuerySet[Any]:
    """Every partner that material is for, with when one of its people last used what is current, and how many did.

    `seen_at` is empty for those that have not, which `has_seen` tells a filter sooner; a member who sees only assigned partners
    sees those.
    """
    own = seen_current(asset).filter(partner=OuterRef("pk")).order_by().values("partner")
    got = own.filter(kind__in=(UseKind.DOWNLOAD, UseKind.BRAND))
    old = AssetUse.objects.filter(asset=asset, link=None, partner=OuterRef("pk")).order_by().values("partner")
    return (
        audience_of(asset, among=partners_for(member))
        .select_related("kind", "channel_manager")
        .alias(has_seen=Exists(seen_current(asset).filter(partner=OuterRef("pk"))))
        .annotate(
            seen_at=own.annotate(last=Max("at")).values("last"),
            got_at=got.annotate(last=Max("at")).values("last"),
            people=own.annotate(count=Count("member", distinct=True)).values("count"),
            ever_at=old.annotate(last=Max("at")).values("last"),
        )
    )


def uses_for(member: Membership) -> QuerySet[AssetUse]:
    """The log of use that a member may read: staff of all partners or of their own, without names of customers."""
    uses = AssetUse.objects.select_related("asset", "version", "partner", "member").defer(
        "version__text", "version__body"
    )
    if member.can(Right.PARTNERS_VIEW_ALL):
        return uses
    return uses.filter(Q(partner=None) | Q(partner__in=partners_for(member).values("pk")))
