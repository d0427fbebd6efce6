"""How good the data about partners are: how complete, how fresh, how often twice, and what is asked for in vain."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partners.completeness import COUNTED, is_filled, percent_filled
from partners.models import CustomField, Partner, Stage
from partners.selectors.duplicates import open_pairs
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.translation import translated

STALE_AFTER = dt.timedelta(days=365)
GROUPS_SHOWN = 20
NOBODY = "none"
"""What the list's filter calls partners without a channel manager."""
USED_FOR = {
    "address": "locator", "city": "locator", "country": "filters", "postal_code": "duplicates", "phone": "duplicates",
    "email": "duplicates", "business_number": "duplicates", "website": "duplicates", "opening_hours": "locator",
    "languages": "greetings",
}  # fmt: skip
"""What the counted fields serve here; the others are only looked at."""


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
class FieldQuality:
    """How many partners have a field, and whether anything uses it."""

    label: str
    percent: int
    is_used: bool
    is_needed: bool


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
    unused: list[FieldQuality]
    missing: list[FieldQuality]


GROUPINGS = {
    "kind": ("kind__code", "kind"),
    "region": ("region", "region"),
    "manager": ("channel_manager_id", "manager"),
}


def quality_of(member: Membership, *, by: str = "kind") -> Quality:
    """The quality of the data about the partners that this member sees. A fixed number of queries, all adding up there."""
    by = by if by in GROUPINGS else "kind"
    partners = partners_for(member).exclude(stage=Stage.ENDED)
    own = list(CustomField.objects.all())
    conditions: dict[str, Q] = {name: is_filled(name) for name in COUNTED}
    conditions |= {f"own_{field.pk}": Q(custom__has_key=field.key) for field in own}
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
        **{f"has_{name}": Count("pk", filter=condition) for name, condition in conditions.items()},
    )
    count = totals["partners"]
    bands = [
        Share(
            _("%(low)s to %(high)s%%") % {"low": low, "high": high - 1},
            totals[f"from_{low}"],
            _percent(totals[f"from_{low}"], count),
            f"complete={low}",
        )
        for low, high in edges
    ]
    bands.append(Share(_("Complete"), totals["full"], _percent(totals["full"], count), "complete=100"))
    ages = [
        Share(_("Confirmed within a year"), totals["fresh"], _percent(totals["fresh"], count), "confirmed=fresh"),
        Share(_("Confirmed longer ago"), totals["stale"], _percent(totals["stale"], count), "confirmed=stale"),
        Share(_("Never confirmed"), totals["never"], _percent(totals["never"], count), "confirmed=never"),
    ]
    fields = _fields(totals, count, own)
    return Quality(
        partners=count,
        percent=round(totals["average"] or 0),
        bands=bands,
        ages=ages,
        duplicates=open_pairs().count(),
        groups=_groups(measured, by, stale),
        by=by,
        unused=[field for field in fields if not field.is_used and field.percent],
        missing=sorted(
            (field for field in fields if field.is_needed and field.percent < 80), key=lambda each: each.percent
        ),
    )


def _fields(totals: dict[str, int], count: int, own: list[CustomField]) -> list[FieldQuality]:
    labels = {field.name: capfirst(str(field.verbose_name)) for field in Partner._meta.fields}
    rows = [
        FieldQuality(labels[name], _percent(totals[f"has_{name}"], count), name in USED_FOR, name in USED_FOR)
        for name in COUNTED
    ]
    return rows + [
        FieldQuality(str(field), _percent(totals[f"has_own_{field.pk}"], count), field.is_required, field.is_required)
        for field in own
    ]


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


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
