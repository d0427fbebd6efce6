"""How material is shown in the library of both sides: what a card of it needs, looked up once for a page of them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Asset, AssetKind, AssetState, AssetVersion, ContentSource
from campaigns.selectors import assets as reading
from campaigns.selectors.assets import UseCount, Wanted
from pages.formats import number
from pages.paging import COUNT_UP_TO, count_up_to
from pages.tables import link_pattern
from tenancy.models import Language, Membership

ON_A_PAGE = 24
LAST_PAGE = 400
ANY = 987_654_321
STATE_TONES: dict[str, str] = {
    AssetState.SCHEDULED: "active",
    AssetState.PUBLISHED: "good",
    AssetState.EXPIRED: "warn",
    AssetState.WITHDRAWN: "bad",
}


@dataclass(frozen=True)
class Card:
    """Material on a page of the library."""

    asset: Asset
    version: AssetVersion | None
    url: str
    thumb_url: str
    is_new: bool
    is_changed: bool
    passage: str
    facts: str
    used: str
    state: str
    tone: str


@dataclass(frozen=True)
class Shelf:
    """A page of the library."""

    cards: list[Card]
    total: int
    page: int
    next_url: str
    previous_url: str

    @property
    def has_more_than_counted(self) -> bool:
        return self.total > COUNT_UP_TO


def wanted_of(params: QueryDict) -> Wanted:
    """What an address asks for; what makes no sense is left out."""
    category, day = (
        params.get("category", ""),
        parse_date(params.get("since", "")[:10]) if params.get("since") else None,
    )
    return Wanted(
        text=params.get("q", "").strip()[:100],
        kind=params.get("kind", ""),
        tag=params.get("tag", "")[:40],
        language=params.get("language", "") if params.get("language") in Language.values else "",
        category=int(category) if category.isdecimal() and len(category) < 18 else None,
        state=params.get("state", ""),
        since=dt.datetime.combine(day, dt.time(), dt.UTC) if day else None,
    )


def shelf_of(
    member: Membership, params: QueryDict, wanted: Wanted, *, names: str, new_since: dt.datetime | None = None
) -> Shelf:
    """A page of what is looked for, with small pictures and counts. As many queries whatever its size."""
    chosen = reading.chosen_assets(reading.assets_for(member), wanted)
    number = min(max(int(params.get("page", "1")) if params.get("page", "1").isdecimal() else 1, 1), LAST_PAGE)
    start = (number - 1) * ON_A_PAGE
    ordered = reading.with_current(reading.by_fit(chosen, wanted.text))
    rows: list[Any] = list(ordered[start : start + ON_A_PAGE + 1])
    more, rows = len(rows) > ON_A_PAGE, rows[:ON_A_PAGE]
    versions = {row.pk: reading.in_language(row.current, wanted.language) for row in rows}
    found = reading.passages([each for each in versions.values() if each], wanted.text)
    counts = reading.use_counts(rows) if rows and member.is_staff else {}
    address = link_pattern(member.url(f"{names}:asset", pk=ANY), ANY)
    cards = []
    for row in rows:
        version = versions[row.pk]
        has_picture = version is not None and version.has_picture  # type: ignore[attr-defined]
        is_new = bool(new_since and row.published_at and row.published_at > new_since)
        cards.append(
            Card(
                asset=row,
                version=version,
                url=address(row.pk),
                thumb_url=preview_url(member, names, version.pk, 0) if version is not None and has_picture else "",
                is_new=is_new,
                is_changed=bool(not is_new and new_since and row.changed_at and row.changed_at > new_since),
                passage=found.get(version.pk, "") if version is not None else "",
                facts=_facts(row, version),
                used=_used(counts.get(row.pk, UseCount())) if member.is_staff else "",
                state=str(AssetState(row.state).label),
                tone=STATE_TONES.get(row.state, ""),
            )
        )
    total = len(rows) if number == 1 and not more else count_up_to(chosen)
    return Shelf(
        cards,
        total,
        number,
        page_url(params, number + 1) if more else "",
        page_url(params, number - 1) if number > 1 else "",
    )


def _facts(asset: Any, version: AssetVersion | None) -> str:
    """Its kind, ending, pages and languages, in a line."""
    facts = [str(AssetKind(asset.kind).label)]
    if version is not None and version.source != ContentSource.PAGE:
        facts.append(str(version.ending))
    if version is not None and version.pages:
        facts.append(ngettext("%(pages)s page", "%(pages)s pages", version.pages) % {"pages": version.pages})
    if len(asset.current) > 1:
        facts.append(" ".join(sorted(each.language for each in asset.current)))
    return " · ".join(facts)


def _used(use: UseCount) -> str:
    return _("%(partners)s partners · %(views)s looks · %(downloads)s downloads") % {
        "partners": number(use.partners),
        "views": number(use.views),
        "downloads": number(use.downloads),
    }


def preview_url(member: Membership, names: str, version: int, page: int) -> str:
    """Where a drawn page of a version is served."""
    return member.url(f"{names}:asset_preview", pk=version, page=page)


def page_url(params: QueryDict, number: int) -> str:
    """This page of the library with another number."""
    query = {key: value for key, value in params.items() if value and key != "page"}
    return f"?{urlencode(query | ({'page': number} if number > 1 else {}))}"


def without(params: QueryDict, *names: str) -> str:
    """This page without some of what it is narrowed by, from its beginning."""
    return f"?{urlencode({key: value for key, value in params.items() if value and key not in (*names, 'page')})}"
