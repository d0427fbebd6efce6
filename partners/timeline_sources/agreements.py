"""Agreements, papers, the way to being a partner, and what was approved, on a partner's timeline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, F, Func, QuerySet, SmallIntegerField, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Request
from approvals.models import State as RequestState
from approvals.registry import kind_label
from approvals.selectors import requests_about
from pages.paging import RowCompare
from partners.models import Agreement, AgreementState, Paper, PaperState, Prospect, ProspectMove, ProspectStage
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated

STEPS = 4
"""How many different steps of one row a key can tell apart: the key is row * STEPS + step."""


@dataclass(frozen=True)
class Step:
    """A step that rows of one table take: which it is, when, and the rows that took it. An index on the partner, `field`
    and the row has to serve it.
    """

    number: int
    field: str
    rows: QuerySet[Any]
    moment: Any = None
    """The step's moment, where the field has only a day."""


@dataclass(frozen=True)
class Taken:
    """A row's step, newest first: when, its place among others of that moment, and the columns asked for."""

    at: dt.datetime
    key: int
    row: int
    step: int
    columns: tuple[Any, ...]


def steps_taken(steps: Sequence[Step], before: Before, limit: int, columns: Sequence[str]) -> list[Taken]:
    """The newest steps of rows that tell of several, in one query."""
    found: Any = None
    for step in steps:
        # row * STEPS + step < key, said of the row alone, so that an index can be read from there.
        row = Value(-(-(before.key - step.number) // STEPS), BigIntegerField())
        moment = F(step.field) if step.moment is None else step.moment
        part = (
            step.rows.annotate(moment=moment, step=Value(step.number, SmallIntegerField()))
            .filter(RowCompare([F("moment"), F("pk")], "<", [Value(before.at), row]))
            .order_by(f"-{step.field}", "-pk")
            .values_list("moment", "pk", "step", *columns)[:limit]
        )
        found = part if found is None else found.union(part, all=True)
    taken = [Taken(at, pk * STEPS + step, pk, step, tuple(rest)) for at, pk, step, *rest in found]
    return sorted(taken, key=lambda each: (each.at, each.key), reverse=True)[:limit]


SENT, ACCEPTED, CLOSED = 1, 2, 3


def agreements(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """When agreements were sent, accepted and closed. A renewal that wrote itself has taken no step but its end."""
    mine = Agreement.objects.filter(partner_id=partner_id)
    taken = mine.exclude(version__gt=1, sent_at=F("first__sent_at"))
    steps = [
        Step(SENT, "sent_at", taken.filter(sent_at__isnull=False)),
        Step(ACCEPTED, "accepted_at", taken.filter(accepted_at__isnull=False)),
        Step(CLOSED, "closed_at", mine.filter(closed_at__isnull=False)),
    ]
    entries = []
    for step in steps_taken(steps, before, limit, ["title", "state", "reason", "accepted_name"]):
        title, state, reason, name = step.columns
        entries.append(
            Entry(
                step.at,
                step.key,
                _agreement_title(step.step, state) % {"agreement": title},
                text=reason if step.step == CLOSED else "",
                who=name if step.step == ACCEPTED else "",
                url_name="partners:agreement",
                url_kwargs={"pk": step.row},
            )
        )
    return entries


def _agreement_title(step: int, state: str) -> str:
    if step == SENT:
        return _("Agreement sent: %(agreement)s")
    if step == ACCEPTED:
        return _("Agreement accepted: %(agreement)s")
    titles: dict[str, str] = {
        AgreementState.REFUSED: _("Agreement refused: %(agreement)s"),
        AgreementState.WITHDRAWN: _("Agreement withdrawn: %(agreement)s"),
        AgreementState.TERMINATED: _("Agreement terminated: %(agreement)s"),
    }
    return titles.get(state, _("Agreement ended: %(agreement)s"))


HANDED_IN, REVIEWED, RUN_OUT = 1, 2, 3


class DayAfter(Func):
    """The moment at which the day after a day begins, in a time zone."""

    arg_joiner = " + 1)::timestamp AT TIME ZONE "
    template = "((%(expressions)s)"
    output_field = DateTimeField()


def papers(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """When papers were handed in, reviewed, and, where they were accepted, ran out."""
    mine = Paper.objects.filter(partner_id=partner_id)
    last_day = min(timezone.localtime(before.at).date(), timezone.localdate() - dt.timedelta(days=1))
    run_out = mine.filter(state=PaperState.ACCEPTED, valid_until__lte=last_day)
    steps = [
        Step(HANDED_IN, "uploaded_at", mine),
        Step(REVIEWED, "reviewed_at", mine.filter(reviewed_at__isnull=False)),
        Step(RUN_OUT, "valid_until", run_out, DayAfter(F("valid_until"), Value(timezone.get_current_timezone_name()))),
    ]
    columns = ["type__names", "type__code", "state", "reason", "uploaded_by__name", "reviewed_by__name"]
    entries = []
    for step in steps_taken(steps, before, limit, columns):
        names, code, state, reason, uploaded_by, reviewed_by = step.columns
        is_refused = step.step == REVIEWED and state == PaperState.REFUSED
        entries.append(
            Entry(
                step.at,
                step.key,
                _paper_title(step.step, is_refused=is_refused) % {"paper": translated(names, code)},
                text=reason if is_refused else "",
                who={HANDED_IN: uploaded_by, REVIEWED: reviewed_by}.get(step.step) or "",
                url_name="partners:paper",
                url_kwargs={"pk": step.row},
                is_whole_day=step.step == RUN_OUT,
            )
        )
    return entries


def _paper_title(step: int, *, is_refused: bool) -> str:
    if step == HANDED_IN:
        return _("Paper handed in: %(paper)s")
    if step == RUN_OUT:
        return _("Paper run out: %(paper)s")
    return _("Paper refused: %(paper)s") if is_refused else _("Paper accepted: %(paper)s")


def recruiting(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """The way of the application from which the partner came."""
    moves = ProspectMove.objects.filter(prospect__partner_id=partner_id).select_related("by")
    return [
        Entry(
            at=move.at,
            key=move.pk,
            title=_recruiting_title(move),
            text=move.note,
            who=move.by.name if move.by else "",
            url_name="partners:prospect",
            url_kwargs={"pk": move.prospect_id},
        )
        for move in newest(moves, before, limit, at="at")
    ]


def _recruiting_title(move: ProspectMove) -> str:
    if not move.from_stage and move.to_stage == ProspectStage.APPLIED:
        return _("Application received")
    if not move.from_stage:
        return _("Recruiting began: %(stage)s") % {"stage": move.get_to_stage_display()}
    return _("Recruiting: from %(before)s to %(after)s") % {
        "before": move.get_from_stage_display(),
        "after": move.get_to_stage_display(),
    }


ASKED, DECIDED = 1, 2


def approvals(partner_id: int, before: Before, limit: int, member: Membership) -> list[Entry]:
    """What was asked to be approved, and what came of it, as far as the member may read it. What no line took is told
    where it happened.
    """
    asked = requests_about(partner_id, member).exclude(route=None)
    steps = [
        Step(ASKED, "asked_at", asked),
        Step(DECIDED, "decided_at", asked.filter(decided_at__isnull=False)),
    ]
    columns = ["titles", "title", "kind", "state", "ended_because", "asked_by__name", "decided_by__name"]
    entries = []
    for step in steps_taken(steps, before, limit, columns):
        titles, title, kind, state, because, asked_by, decided_by = step.columns
        entries.append(
            Entry(
                step.at,
                step.key,
                _approval_title(step.step, state) % {"title": translated(titles, title)},
                text=kind_label(kind) if step.step == ASKED else because,
                who=(asked_by if step.step == ASKED else decided_by) or "",
                url_name="approvals:request",
                url_kwargs={"pk": step.row},
            )
        )
    return entries


def _approval_title(step: int, state: str) -> str:
    if step == ASKED:
        return _("Approval asked for: %(title)s")
    titles: dict[str, str] = {
        RequestState.APPROVED: _("Approved: %(title)s"),
        RequestState.REFUSED: _("Not approved: %(title)s"),
        RequestState.RECALLED: _("Taken back: %(title)s"),
    }
    return titles.get(state, _("Need not be approved any more: %(title)s"))


register_timeline(
    TimelineSource(
        "agreements",
        gettext_lazy("Agreements"),
        "file",
        Right.PARTNERS_VIEW,
        agreements,
        function="agreements",
        of=Agreement,
    )
)
register_timeline(
    TimelineSource(
        "papers", gettext_lazy("Papers"), "file", Right.PARTNERS_VIEW, papers, function="agreements", of=Paper
    )
)
register_timeline(
    TimelineSource(
        "recruiting",
        gettext_lazy("Recruiting"),
        "person",
        Right.RECRUITING,
        recruiting,
        function="recruiting",
        of=Prospect,
    )
)
register_timeline(
    TimelineSource("approvals", gettext_lazy("Approvals"), "check", Right.APPROVALS, member_rows=approvals, of=Request)
)
