"""What this app itself tells the new channel manager."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.handover import Line, Section, register_section
from partners.models import (
    Agreement,
    AgreementState,
    ContactEntry,
    JourneyItem,
    StageMove,
    StageProposal,
    Task,
    TaskState,
)
from partners.selectors.agreements import SHOWN_STATES, papers_of

YEARS_BACK = 730
LAST_CONTACTS = 5
PROMISED_WITHIN = 180


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


def tasks(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """What is open on either side."""
    found: dict[int, list[Line]] = defaultdict(list)
    rows = Task.objects.filter(partner__in=partner_ids, state=TaskState.OPEN).select_related("owner")
    for task in rows.order_by("partner", F("due_on").asc(nulls_last=True), "pk"):
        found[task.partner_id].append(
            {
                "text": task.title,
                "on": task.due_on.isoformat() if task.due_on else "",
                "who": task.owner.name if task.owner else str(task.get_side_display()),
            }
        )
    return found


def contacts(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """The last contacts."""
    found: dict[int, list[Line]] = defaultdict(list)
    for entry in _latest(ContactEntry.objects.select_related("by", "channel"), partner_ids, LAST_CONTACTS):
        found[entry.partner_id].append(
            {
                "text": entry.title,
                "detail": entry.summary[:300],
                "on": entry.at.date().isoformat(),
                "who": entry.by.name if entry.by else "",
            }
        )
    return found


def commitments(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """What was agreed as the next step in contacts, and is not past."""
    found: dict[int, list[Line]] = defaultdict(list)
    rows = (
        ContactEntry.objects.filter(partner__in=partner_ids, at__date__gte=day - dt.timedelta(days=PROMISED_WITHIN))
        .exclude(next_step="")
        .select_related("by")
        .order_by("partner", F("next_step_on").asc(nulls_last=True), "-at", "-pk")
    )
    for entry in rows:
        found[entry.partner_id].append(
            {
                "text": entry.next_step,
                "detail": entry.title,
                "on": entry.next_step_on.isoformat() if entry.next_step_on else "",
                "who": entry.by.name if entry.by else "",
            }
        )
    return found


def agreements(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """What is in force or waits for an answer, with the day on which it ends."""
    found: dict[int, list[Line]] = defaultdict(list)
    rows = Agreement.objects.filter(
        partner__in=partner_ids, state__in=[AgreementState.SENT, AgreementState.ACCEPTED]
    ).select_related("type")
    for row in rows.order_by("partner", F("ends_on").asc(nulls_last=True), "pk"):
        if row.state == AgreementState.SENT or row.runs_on(day):
            state = dict(SHOWN_STATES)[row.shown_state(day)]
            found[row.partner_id].append(
                {"text": row.title, "detail": str(state), "on": row.ends_on.isoformat() if row.ends_on else ""}
            )
    return found


def papers(partner_ids: Sequence[int], day: dt.date) -> Mapping[int, list[Line]]:
    """The papers that are needed from each partner and how they stand, those to do something about first."""
    found: dict[int, list[Line]] = defaultdict(list)
    for pk, needs in papers_of(partner_ids, day=day).items():
        for need in sorted(needs, key=lambda each: not each.is_open):
            until = need.shown.valid_until if need.shown else None
            found[pk].append(
                {"text": str(need.type), "detail": str(need.label), "on": until.isoformat() if until else ""}
            )
    return found


def _latest(rows: QuerySet[ContactEntry], partner_ids: Sequence[int], count: int) -> QuerySet[ContactEntry]:
    """The newest of each partner."""
    place = Window(RowNumber(), partition_by="partner", order_by=["-at", "-pk"])
    return rows.filter(partner__in=partner_ids).annotate(place=place).filter(place__lte=count).order_by("-at", "-pk")


register_section(Section("tasks", gettext_lazy("Open tasks"), tasks, order=10))
register_section(Section("commitments", gettext_lazy("What was agreed"), commitments, order=20))
register_section(Section("contacts", gettext_lazy("Last contacts"), contacts, order=40))
register_section(Section("agreements", gettext_lazy("Agreements"), agreements, order=50))
register_section(Section("papers", gettext_lazy("Compliance papers"), papers, order=60))
register_section(Section("journey", gettext_lazy("Steps of the onboarding"), journey, order=30))
register_section(Section("proposals", gettext_lazy("To decide"), proposals, order=35))
register_section(Section("moves", gettext_lazy("Its life cycle so far"), moves, order=90))
