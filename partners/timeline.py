"""One timeline of all that happened with a partner, put together from sources that the apps register.

Each app names its sources in `timeline.py`, found as Django finds `admin.py`; those of this app stand in
`timeline_sources.py`.

    register_timeline(TimelineSource("calls", _("Calls"), "message", Right.PARTNERS_VIEW, calls))

    def calls(partner_id: int, before: Before, limit: int) -> list[Entry]:
        found = newest(Call.objects.filter(partner_id=partner_id), before, limit, at="made_at")
        return [Entry(at=call.made_at, key=call.pk, title=call.subject) for call in found]

A source says whose rows it tells of, where those have a partner: one query finds out which of all tables hold rows of
this partner, and the others are not asked. A source gives its entries newest first, and no more than `limit`; who gives fewer has no older ones. An entry without a
title is passed over. So that a page costs the same wherever it stands, an index on (manufacturer, partner, at desc,
id desc) has to serve each source.
"""

import datetime as dt
import heapq
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import DateTimeField, F, Model, QuerySet, Value
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from pages.paging import RowCompare
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right

Row = TypeVar("Row", bound=Model)

FIRST, LAST = 0, 2**63 - 1
"""Keys before and after all keys of a table."""


@dataclass(frozen=True)
class Before:
    """Only what is older than a moment, and among what happened at that moment, what has a smaller key."""

    at: dt.datetime = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    key: int = LAST


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `key` orders what happened at the same moment: the row's own id."""

    at: dt.datetime
    key: int
    title: str
    text: str = ""
    who: str = ""
    url_name: str = ""
    url_kwargs: Mapping[str, Any] = field(default_factory=dict)
    is_whole_day: bool = False
    """Whether only the day is known."""


Rows = Callable[[int, Before, int], Sequence[Entry]]
MemberRows = Callable[[int, Before, int, Membership], Sequence[Entry]]


@dataclass(frozen=True)
class TimelineSource:
    """A kind of thing that happens with partners. `rows(partner_id, before, limit)` gives the newest before a moment.

    member_rows: in place of it, where not everybody with the right sees all of it: (..., member).
    of: the table whose rows it tells of, by the partner in one of their `columns`: of a partner without any, it is not
        asked.
    """

    key: str
    label: Any
    icon: str
    right: Right
    rows: Rows | None = None
    function: str | None = None
    member_rows: MemberRows | None = None
    of: type[Model] | None = None
    columns: tuple[str, ...] = ("partner_id",)

    def entries(self, member: Membership, partner_id: int, before: Before, limit: int) -> Sequence[Entry]:
        """The newest before a moment that the member may see."""
        if self.member_rows is not None:
            return self.member_rows(partner_id, before, limit, member)
        assert self.rows is not None
        return self.rows(partner_id, before, limit)


@dataclass(frozen=True)
class ShownEntry:
    """An entry with where it comes from and the address of what it is about."""

    entry: Entry
    source: TimelineSource
    url: str


@dataclass(frozen=True)
class TimelinePage:
    """Some of a partner's timeline, newest first. `next_key` is what `after` must be for what is older."""

    entries: list[ShownEntry]
    next_key: str


_sources: dict[str, TimelineSource] = {}


def register_timeline(source: TimelineSource) -> TimelineSource:
    """Make a source known; called from an app's `timeline.py`."""
    if source.key in _sources:
        raise ValueError(f"A timeline source {source.key!r} is registered already.")
    _sources[source.key] = source
    return source


def sources_for(member: Membership) -> list[TimelineSource]:
    """The sources that this member may see, in the order of registration."""
    return [
        source
        for source in _sources.values()
        if member.can(source.right) and (source.function is None or member.has_function(source.function))
    ]


def _with_rows(sources: list[TimelineSource], partner_id: int) -> list[TimelineSource]:
    """Those that have something to tell of a partner, as far as one query finds out."""
    places = tuple(
        dict.fromkeys(
            (source.of._meta.db_table, column) for source in sources if source.of for column in source.columns
        )
    )
    if not places:
        return sources
    with connection.cursor() as cursor:
        cursor.execute(_which_have_rows(places), [partner_id] * len(places))
        filled = dict(zip(places, cursor.fetchone(), strict=True))
    return [
        source
        for source in sources
        if source.of is None or any(filled[source.of._meta.db_table, column] for column in source.columns)
    ]


@cache
def _which_have_rows(places: tuple[tuple[str, str], ...]) -> str:
    quoted = connection.ops.quote_name
    rows = (f"EXISTS (SELECT FROM {quoted(table)} WHERE {quoted(column)} = %s)" for table, column in places)
    return f"SELECT {', '.join(rows)}"


def timeline_of(
    member: Membership,
    partner: Partner,
    *,
    sources: Collection[str] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
    after: str = "",
    size: int = 25,
) -> TimelinePage:
    """A page of the partner's timeline: each source is asked once for its newest, and these are merged.

    sources: the keys of those wanted, or all. since, until: days, both included. after: where the last page ended.
    """
    chosen = [source for source in sources_for(member) if not sources or source.key in sources]
    chosen = _with_rows(chosen, partner.pk)
    start = _read(after)
    if start is None:
        end = Before() if until is None else Before(start_of(until + dt.timedelta(days=1)), FIRST)
        start = ("", end)
    from_moment = None if since is None else start_of(since)
    found = []
    for source in chosen:
        entries = source.entries(member, partner.pk, _before(start, source.key), size + 1)
        found.append([(_order(entry, source.key), source, entry) for entry in entries])
    merged = list(heapq.merge(*found, key=lambda each: each[0], reverse=True))[: size + 1]
    if from_moment is not None:
        merged = [each for each in merged if each[2].at >= from_moment]
    page = merged[:size]
    return TimelinePage(
        entries=[
            ShownEntry(entry, source, member.url(entry.url_name, **entry.url_kwargs) if entry.url_name else "")
            for _place, source, entry in page
            if entry.title
        ],
        next_key=_write(page[-1][1].key, page[-1][2]) if len(merged) > size else "",
    )


def newest(rows: QuerySet[Row], before: Before, limit: int, *, at: str, key: str = "pk") -> list[Row]:
    """The newest of `rows` before a moment, by a field `at` of moments or of days that all of them have. Served by an index
    on both fields.
    """
    ordered = rows.order_by(f"-{at}", f"-{key}")
    if before == Before():
        return list(ordered[:limit])
    value: Any = before.at
    start = before.key
    if not isinstance(rows.model._meta.get_field(at), DateTimeField):
        value, start = day_before(before)
    return list(ordered.filter(RowCompare([F(at), F(key)], "<", [Value(value), Value(start)]))[:limit])


def day_before(before: Before) -> tuple[dt.date, int]:
    """The same place among rows that know only their day, which count as of its start."""
    local = timezone.localtime(before.at)
    if before.key not in (FIRST, LAST) or local.time() == dt.time.min:
        return local.date(), before.key
    return local.date(), LAST


def start_of(day: dt.date) -> dt.datetime:
    """The moment at which a day begins in the manufacturer's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def day_entry(day: dt.date, key: int, title: str, **rest: Any) -> Entry:
    """An entry of which only the day is known."""
    return replace(Entry(start_of(day), key, title, **rest), is_whole_day=True)


def autodiscover() -> None:
    """Import every app's `timeline.py`, and the sources of this one."""
    autodiscover_modules("timeline", "timeline_sources")


# --- Where a page ends ------------------------------------------------------------------------------------------------


def _order(entry: Entry, source: str) -> tuple[dt.datetime, str, int]:
    return entry.at, source, entry.key


def _before(start: tuple[str, Before], source: str) -> Before:
    """Where a source goes on: among what happened at the same moment, sources stand in the order of their keys."""
    last_source, place = start
    if source == last_source or not last_source:
        return place
    return Before(place.at, LAST if source < last_source else FIRST)


_signer = Signer(salt="partners.timeline")


def _write(source: str, entry: Entry) -> str:
    return _signer.sign(json.dumps([entry.at.astimezone(dt.UTC).isoformat(), source, entry.key]))


def _read(text: str) -> tuple[str, Before] | None:
    """A place out of an address; nothing when it is none."""
    try:
        at, source, key = json.loads(_signer.unsign(text))
    except (BadSignature, ValueError):
        return None
    return source, Before(dt.datetime.fromisoformat(at), key)
