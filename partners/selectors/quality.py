"""How good the data about partners are: how complete, how fresh, how often twice, and what is asked for in vain."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.filters import NOBODY
from partners.completeness import percent_filled
from partners.models import Partner, Stage
from partners.selectors.duplicates import open_pairs
from partners.selectors.field_quality import (
    FieldQuality,
    SourceShare,
    field_qualities,
    percent_of,
    source_shares,
)
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.translation import translated

STALE_AFTER = dt.timedelta(days=365)
GROUPS_SHOWN = 20


@dataclass(frozen=True)
class Share:
    """Some of all partners: how many, how many per cent, and how the list of them is filtered."""

    label: str
    count: int
    percent: int
    query: str = ""


@dataclass(frozen=True)
class GroupQuality:
    """The data of one kind, region or channel manager."""

    label: str
    partners: int
    percent: int
    stale: int
    query: str


@dataclass(frozen=True)
class Quality:
    """All figures of the page."""

    partners: int
    percent: int
    bands: list[Share]
    ages: list[Share]
    duplicates: int
    groups: list[GroupQuality]
    by: str
    fields: list[FieldQuality]
    sources: list[SourceShare]

    @property
    def unused(self) -> list[FieldQuality]:
        """What is collected, although nothing reads it."""
        return [field for field in self.fields if not field.is_used and field.filled]

    @property
    def missing(self) -> list[FieldQuality]:
        """What is needed and often not there, the rarest first."""
        return sorted((field for field in self.fields if field.is_missing), key=lambda field: field.percent)


class Grouping(NamedTuple):
    """By which column groups are told apart, which one names them, and the list's filter."""

    column: str
    name: str
    parameter: str


GROUPINGS = {
    "kind": Grouping("kind__code", "kind__names", "kind"),
    "region": Grouping("region", "region", "region"),
    "manager": Grouping("channel_manager_id", "channel_manager__name", "manager"),
}


def quality_of(member: Membership, *, by: str = "kind") -> Quality:
    """The quality of the data about the partners that this member sees. A fixed number of queries, all adding up there."""
    by = by if by in GROUPINGS else "kind"
    partners = partners_for(member).exclude(stage=Stage.ENDED)
    stale = Q(confirmed_at__lt=timezone.now() - STALE_AFTER)
    edges = [(0, 25), (25, 50), (50, 75), (75, 100)]
    tallies = _tallies(partners, by, stale)
    totals: Counter[str] = Counter()
    for each in tallies:
        totals.update(partners=each.partners, never=each.never, stale=each.stale)
        totals[next((f"from_{low}" for low, high in edges if low <= each.percent < high), "full")] += each.partners
    totals["fresh"] = totals["partners"] - totals["never"] - totals["stale"]
    count = totals["partners"]
    bands = [
        Share(
            _("%(low)s to %(high)s%%") % {"low": low, "high": high - 1},
            totals[f"from_{low}"],
            percent_of(totals[f"from_{low}"], count),
            f"complete={low}",
        )
        for low, high in edges
    ]
    bands.append(Share(_("Complete"), totals["full"], percent_of(totals["full"], count), "complete=100"))
    ages = [
        Share(_("Confirmed within a year"), totals["fresh"], percent_of(totals["fresh"], count), "confirmed=fresh"),
        Share(_("Confirmed longer ago"), totals["stale"], percent_of(totals["stale"], count), "confirmed=stale"),
        Share(_("Never confirmed"), totals["never"], percent_of(totals["never"], count), "confirmed=never"),
    ]
    fields = field_qualities(member, count)
    return Quality(
        partners=count,
        percent=_average(tallies),
        bands=bands,
        ages=ages,
        duplicates=open_pairs().count(),
        groups=_groups(tallies, by),
        by=by,
        fields=fields,
        sources=source_shares(fields),
    )


@dataclass(frozen=True)
class _Tally:
    """So many partners of one group are filled to the same per cent."""

    value: Any
    name: Any
    percent: Decimal
    partners: int
    never: int
    stale: int


def _tallies(partners: QuerySet[Partner], by: str, stale: Q) -> list[_Tally]:
    """All partners, counted by group and per cent: few rows, and how much is filled is worked out once for each partner."""
    column, name = GROUPINGS[by].column, GROUPINGS[by].name
    rows = (
        partners.annotate(percent=percent_filled())
        .order_by()
        .values_list(column, name, "percent")
        .annotate(partners=Count("pk"), never=Count("pk", filter=Q(confirmed_at=None)), stale=Count("pk", filter=stale))
    )
    return [_Tally(*row) for row in rows]


def _average(tallies: Sequence[_Tally]) -> int:
    partners = sum(each.partners for each in tallies)
    return round(sum(each.percent * each.partners for each in tallies) / partners) if partners else 0


def _groups(tallies: Sequence[_Tally], by: str) -> list[GroupQuality]:
    """The largest groups; of equals the one whose key comes first."""
    found: dict[Any, list[_Tally]] = {}
    for each in tallies:
        found.setdefault(each.value, []).append(each)
    counted = [(value, same, sum(each.partners for each in same)) for value, same in found.items()]
    counted.sort(key=lambda group: (-group[2], group[0] is None, group[0] or ""))
    groups = []
    for value, same, partners in counted[:GROUPS_SHOWN]:
        if by == "kind":
            label = translated(same[0].name, value)
        elif by == "region":
            label = value or _("No region")
        else:
            label, value = same[0].name or _("Nobody"), value or NOBODY
        query = f"{GROUPINGS[by].parameter}={quote(str(value))}" if value else ""
        old = sum(each.never + each.stale for each in same)
        groups.append(GroupQuality(label, partners, _average(same), old, query))
    return groups
