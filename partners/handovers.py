"""What this app itself tells the new channel manager."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.handover import Line, Section, register_section
from partners.models import JourneyItem, StageMove, StageProposal

YEARS_BACK = 730


def journey(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """What is still to do in running journeys."""
    found: dict[int, list[Line]] = defaultdict(list)
    items = (
        JourneyItem.objects.filter(partner__in=partner_ids, journey__state="running", done_at=None)
        .select_related("step")
        .order_by("partner", "position")
    )
    for item in items:
        found[item.partner_id].append(
            {"text": str(item.step), "on": item.due_on.isoformat(), "who": str(item.step.get_side_display())}
        )
    return found


def moves(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """How it moved through its life cycle in the last two years."""
    found: dict[int, list[Line]] = defaultdict(list)
    since = day - dt.timedelta(days=YEARS_BACK)
    rows = StageMove.objects.filter(partner__in=partner_ids, at__date__gte=since).select_related("by", "reason")
    for move in rows.order_by("partner", "-at", "-pk"):
        why = " · ".join(str(part) for part in (move.reason, move.note) if part)
        found[move.partner_id].append(
            {
                "text": str(move),
                "detail": why,
                "on": move.at.date().isoformat(),
                "who": move.by.name if move.by else "",
            }
        )
    return found


def proposals(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """What staff have to decide about it."""
    rows = StageProposal.objects.filter(partner__in=partner_ids, state=StageProposal.State.OPEN)
    return {
        row.partner_id: [
            {
                "text": _("Proposed for the stage “%(stage)s”") % {"stage": row.get_to_display()},
                "on": row.created_at.date().isoformat(),
            }
        ]
        for row in rows
    }


register_section(Section("journey", gettext_lazy("Steps of the onboarding"), journey, order=30))
register_section(Section("proposals", gettext_lazy("To decide"), proposals, order=35))
register_section(Section("moves", gettext_lazy("Its life cycle so far"), moves, order=90))
