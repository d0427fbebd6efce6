"""Who hears of grades: the partner's people of every step of theirs, staff of a run's sum."""

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, JSONObject

from notices.registry import NoticeKind
from notices.services import tell_from
from tenancy.models import Membership
from tenancy.rights import ROLE_RIGHTS, Right, Role
from valuation.models import ChangeReason, Grade, GradeChange, GradeRun
from valuation.notice_kinds import GRADE_CHANGED, GRADE_WARNING, GRADES_RECOMPUTED
from valuation.periods import grace_end

TOLD_ROLES = [role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_GRADE in rights]


def tell_partners(changes: QuerySet[GradeChange], *, until: dt.date | None = None) -> int:
    """Tell the people of each partner its change or warning, once; returns how many were told.

    `until`: the last day of what was set by hand.
    """
    changed = changes.exclude(reason=ChangeReason.WARNING)
    warned = changes.filter(reason=ChangeReason.WARNING)
    return _tell(changed, GRADE_CHANGED, Value(until.isoformat() if until else None, TextField())) + _tell(
        warned, GRADE_WARNING, _grace_ends(warned)
    )


def tell_staff(run: GradeRun) -> int:
    """Tell owners the sum of a day's changes, and channel managers that of their partners; returns how many were told.

    A run of the same day that finds nothing new tells nobody again.
    """
    sums = _sums(GradeChange.objects.filter(day=run.day, by=None), Grade.objects.filter(pending_since=run.day))
    everything = {name: sum(row[name] for row in sums.values()) for name in COUNTED}
    everything["newest"] = max((row["newest"] for row in sums.values()), default=0)
    members = Membership.objects.filter(partner=None, is_active=True).filter(Q(role=Role.OWNER) | Q(pk__in=sums))
    rows = []
    for member in members.order_by("pk"):
        row = everything if member.role == Role.OWNER else sums[member.pk]
        if any(row[name] for name in COUNTED):
            facts = {name: row[name] for name in COUNTED} | {"run": run.pk, "day_on": run.day.isoformat()}
            rows.append((member.pk, f"grade-run-{run.pk}-{row['newest']}-{row['pending']}", facts))
    return tell_from(rows, GRADES_RECOMPUTED)


COUNTED = ("first", "rose", "fell", "warned", "pending")


def _sums(changes: QuerySet[GradeChange], pending: QuerySet[Grade]) -> dict[int | None, dict[str, Any]]:
    """The counts of changes, and of promotions put forward, by channel manager."""
    moved = Q(
        reason__in=[ChangeReason.PROMOTION, ChangeReason.DEMOTION, ChangeReason.PROGRAMME, ChangeReason.OVERRIDE_END]
    )
    rows = changes.values(manager=F("partner__channel_manager")).annotate(
        first=Count("pk", filter=Q(reason=ChangeReason.FIRST)),
        rose=Count("pk", filter=moved & Q(to_tier__rank__gt=F("from_tier__rank"))),
        fell=Count("pk", filter=moved & Q(to_tier__rank__lt=F("from_tier__rank"))),
        warned=Count("pk", filter=Q(reason=ChangeReason.WARNING)),
        newest=Max("pk"),
    )
    sums: dict[int | None, dict[str, Any]] = {row["manager"]: {**row, "pending": 0} for row in rows}
    empty = dict.fromkeys(("first", "rose", "fell", "warned", "newest"), 0)
    for row in pending.values(manager=F("partner__channel_manager")).annotate(pending=Count("pk")):
        sums.setdefault(row["manager"], dict(empty))["pending"] = row["pending"]
    return sums


def _tell(changes: QuerySet[GradeChange], kind: NoticeKind, until: Any) -> int:
    rows = (
        changes.filter(partner__members__is_active=True, partner__members__role__in=TOLD_ROLES)
        .annotate(
            notice_key=Concat(Value("grade-change-"), Cast("pk", CharField()), output_field=TextField()),
            notice_facts=JSONObject(
                reason="reason",
                tier="to_tier__names",
                before="from_tier__names",
                score=Cast("score", TextField()),
                note="note",
                day_on="day",
                until_on=until,
            ),
        )
        .values_list("partner__members__pk", "notice_key", "notice_facts")
    )
    return tell_from(rows, kind)


def _grace_ends(warned: QuerySet[GradeChange]) -> Any:
    """The first day on which the grade can be lost, per programme of the warned."""
    programmes = warned.values_list(
        "to_tier__programme", "to_tier__programme__period", "to_tier__programme__grace_periods", "day"
    )
    ends = [
        When(to_tier__programme=pk, day=day, then=Value(grace_end(day, period, grace).isoformat()))
        for pk, period, grace, day in programmes.distinct()
    ]
    return Case(*ends, default=Value(None), output_field=TextField())
