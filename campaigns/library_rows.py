"""How material is shown in the library of both sides: what a card of it needs, looked up once for a page of them."""

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import AssetKind, AssetState, ContentSource
from campaigns.selectors import assets as reading
from campaigns.selectors.assets import Wanted
from campaigns.selectors.shelf import Placed, placed_assets
from pages.formats import number
from pages.paging import count_up_to
from pages.row_numbers import row_number
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


class Card(TypedDict):
    """Material on a page of the library. Templates look into a dictionary before they look for attributes."""

    title: str
    url: str
    thumb_url: str
    ending: str
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
    """Up to one more than is counted (`pages.paging.COUNT_UP_TO`)."""
    page: int
    next_url: str
    previous_url: str


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
        category=row_number(category),
        state=params.get("state", ""),
        since=dt.datetime.combine(day, dt.time(), dt.UTC) if day else None,
    )


def shelf_of(
    member: Membership, params: QueryDict, wanted: Wanted, *, names: str, new_since: dt.datetime | None = None
) -> Shelf:
    """A page of what is looked for, with small pictures and counts. As many queries whatever its size."""
    assets = reading.assets_for(member)
    number = min(max(int(params.get("page", "1")) if params.get("page", "1").isdecimal() else 1, 1), LAST_PAGE)
    start = (number - 1) * ON_A_PAGE
    rows = placed_assets(assets, wanted, start=start, most=ON_A_PAGE + 1, with_use=member.is_staff)
    more, rows = len(rows) > ON_A_PAGE, rows[:ON_A_PAGE]
    if number == 1 and not more:
        total = len(rows)
    elif rows and rows[0].total is not None:
        total = rows[0].total
    else:
        total = count_up_to(reading.matching_assets(reading.chosen_assets(assets, wanted), wanted.text))
    return Shelf(
        _cards(member, rows, names=names, new_since=new_since),
        total,
        number,
        page_url(params, number + 1) if more else "",
        page_url(params, number - 1) if number > 1 else "",
    )


def _cards(member: Membership, rows: list[Placed], *, names: str, new_since: dt.datetime | None) -> list[Card]:
    address = link_pattern(member.url(f"{names}:asset", pk=ANY), ANY)
    picture = link_pattern(preview_url(member, names, ANY, 0), ANY)
    kinds, states = dict(AssetKind.choices), dict(AssetState.choices)
    cards = []
    for row in rows:
        is_new = bool(new_since and row.published_at and row.published_at > new_since)
        cards.append(
            Card(
                title=row.title,
                url=address(row.asset),
                thumb_url=picture(row.version) if row.has_picture else "",
                ending=row.ending,
                is_new=is_new,
                is_changed=bool(not is_new and new_since and row.changed_at and row.changed_at > new_since),
                passage="" if row.passage in row.title else row.passage,
                facts=_facts(row, str(kinds[row.kind])),
                used=_used(row) if member.is_staff else "",
                state=str(states[row.state]),
                tone=STATE_TONES.get(row.state, ""),
            )
        )
    return cards


def _facts(row: Placed, kind: str) -> str:
    """Its kind, ending, pages and languages, in a line."""
    facts = [kind]
    if row.version is not None and row.source != ContentSource.PAGE:
        facts.append(row.ending)
    if row.pages:
        facts.append(ngettext("%(pages)s page", "%(pages)s pages", row.pages) % {"pages": row.pages})
    if len(row.languages) > 1:
        facts.append(", ".join(sorted(str(Language(code).label) for code in row.languages)))
    return " · ".join(facts)


def _used(row: Placed) -> str:
    return _("%(partners)s partners · %(views)s looks · %(downloads)s downloads") % {
        "partners": number(row.partners),
        "views": number(row.views),
        "downloads": number(row.downloads),
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
