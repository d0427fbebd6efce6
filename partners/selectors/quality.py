"""How good the data about partners are: how complete, how fresh, how often twice, and what is asked for in vain."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Avg, Count, Q, QuerySet
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


GROUPINGS = {
    "kind": ("kind__code", "kind"),
    "region": ("region", "region"),
    "manager": ("channel_manager_id", "manager"),
}


def quality_of(member: Membership, *, by: str = "kind") -> Quality:
    """The quality of the data about the partners that this member sees. A fixed number of queries, all adding up there."""
    by = by if by in GROUPINGS else "kind"
    partners = partners_for(member).exclude(stage=Stage.ENDED)
    measured = partners.annotate(percent=percent_filled())
    stale = Q(confirmed_at__lt=timezone.now() - STALE_AFTER)
    edges = [(0, 25), (25, 50), (50, 75), (75, 100)]
    totals: dict[str, Any] = measured.aggregate(
        partners=Count("pk"),
        average=Avg("percent"),
        full=Count("pk", filter=Q(percent=100)),
        **{f"from_{low}": Count("pk", filter=Q(percent__gte=low, percent__lt=high)) for low, high in edges},
        never=Count("pk", filter=Q(confirmed_at=None)),
        stale=Count("pk", filter=stale),
        fresh=Count("pk", filter=Q(confirmed_at__gte=timezone.now() - STALE_AFTER)),
    )
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
        percent=round(totals["average"] or 0),
        bands=bands,
        ages=ages,
        duplicates=open_pairs().count(),
        groups=_groups(measured, by, stale),
        by=by,
        fields=fields,
        sources=source_shares(fields),
    )


def _groups(measured: QuerySet[Partner], by: str, stale: Q) -> list[GroupQuality]:
    column, parameter = GROUPINGS[by]
    names = {"kind": ["kind__names"], "region": [], "manager": ["channel_manager__name"]}[by]
    rows = (
        measured.values(column, *names)
        .annotate(partners=Count("pk"), old=Count("pk", filter=stale | Q(confirmed_at=None)), average=Avg("percent"))
        .order_by("-partners", column)[:GROUPS_SHOWN]
    )
    groups = []
    for row in rows:
        value = row[column]
        if by == "kind":
            label = translated(row["kind__names"], value)
        elif by == "region":
            label = value or _("No region")
        else:
            label, value = row["channel_manager__name"] or _("Nobody"), value or NOBODY
        query = f"{parameter}={quote(str(value))}" if value else ""
        groups.append(GroupQuality(label, row["partners"], round(row["average"]), row["old"], query))
    return groups
