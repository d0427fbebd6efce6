"""Records that were made one, on a partner's timeline."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import PartnerMerge
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.models import Membership
from tenancy.rights import Right

STEPS = 2
"""A merge and its undoing are told by one row: the key is row * STEPS + step."""


def merges(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What went into this record, and what was taken out again."""
    rows = PartnerMerge.objects.filter(winner=partner_id).select_related("loser", "merged_by", "undone_by")
    merged: list[Any] = newest(rows.annotate(place=F("pk") * STEPS), before, limit, at="merged_at", key="place")
    undone: list[Any] = newest(
        rows.filter(undone_at__isnull=False).annotate(place=F("pk") * STEPS + 1),
        before,
        limit,
        at="undone_at",
        key="place",
    )
    gone_in, out_again = _("%(partner)s was merged into this record"), _("%(partner)s became a record of its own again")
    entries = [_entry(row, row.merged_at, gone_in, row.merged_by) for row in merged]
    entries += [_entry(row, row.undone_at, out_again, row.undone_by) for row in undone]
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)[:limit]


def _entry(row: Any, at: dt.datetime, title: str, by: Membership | None) -> Entry:
    return Entry(
        at=at,
        key=row.place,
        title=title % {"partner": row.loser},
        text=row.loser.code,
        who=by.name if by else "",
        url_name="partners:merges",
    )


register_timeline(
    TimelineSource(
        "merges",
        gettext_lazy("Merges"),
        "columns",
        Right.PARTNERS_MERGE,
        merges,
        of=PartnerMerge,
        columns=("winner_id",),
    )
)
