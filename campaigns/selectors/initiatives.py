"""Initiatives as staff and partners read them: which, how far each is, and who stands still."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import (
    Asset,
    AssetState,
    Initiative,
    InitiativeFile,
    InitiativePartner,
    InitiativeState,
    InitiativeStep,
    InitiativeWork,
    Standing,
)
from campaigns.selectors.assets import assets_for
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right

STILL = dt.timedelta(days=14)
"""Who has not taken a step for so long stands still."""
OPEN = Q(told_at__isnull=False, done_at=None, declined_at=None)
STANDINGS: dict[str, Q] = {
    Standing.UNSEEN: OPEN & Q(seen_at=None, started_at=None),
    Standing.SEEN: OPEN & Q(seen_at__isnull=False, started_at=None),
    Standing.STARTED: OPEN & Q(started_at__isnull=False),
    Standing.DONE: Q(done_at__isnull=False),
    Standing.DECLINED: Q(declined_at__isnull=False),
}


def late(today: dt.date) -> Q:
    """Rows of partners with a step that should be done by now."""
    return OPEN & Q(next_due_on__lt=today)


def stalled(now: dt.datetime) -> Q:
    """Rows of partners that are late, or have not taken a step for two weeks."""
    still = Q(moved_at__lt=now - STILL) | Q(moved_at=None, told_at__lt=now - STILL)
    return OPEN & (Q(next_due_on__lt=timezone.localdate(now)) | still)


# --- For staff --------------------------------------------------------------------------------------------------------


def rows_for(member: Membership) -> QuerySet[InitiativePartner]:
    """The partners in initiatives that a member of the staff may see: those that it sees anyway."""
    if member.can(Right.PARTNERS_VIEW_ALL):
        return InitiativePartner.objects.all()
    return InitiativePartner.objects.filter(partner__in=partners_for(member).order_by().values("pk"))


def initiatives_for(member: Membership) -> QuerySet[Initiative]:
    """The initiatives a member of the staff may see: of who sees only assigned partners, its own and those these are in."""
    if member.can(Right.PARTNERS_VIEW_ALL):
        return Initiative.objects.all()
    told = rows_for(member).filter(initiative=OuterRef("pk"), told_at__isnull=False)
    return Initiative.objects.filter(Q(owner=member) | Exists(told))


def may_edit(member: Membership, initiative: Initiative) -> bool:
    """Who may change it: whose it is, and who looks after all partners."""
    return member.can(Right.CAMPAIGNS_EDIT) and (
        initiative.owner_id == member.pk or member.can(Right.PARTNERS_VIEW_ALL)
    )


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Those whose name or goal holds every word, in any language."""
    for word in text.split()[:10]:
        rows = rows.filter(Q(names__icontains=word) | Q(goals__icontains=word))
    return rows


def initiative_rows(member: Membership) -> QuerySet[Any]:
    """Initiatives with what a list shows: how many partners, how many of them carried it out, are late, declined."""

    def number(condition: Q) -> Any:
        rows = rows_for(member).filter(condition, initiative=OuterRef("pk")).order_by().values("initiative")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    return (
        initiatives_for(member)
        .select_related("owner", "audience")
        .annotate(
            partners=number(Q()),
            done=number(STANDINGS[Standing.DONE]),
            late=number(late(timezone.localdate()) & Q(initiative__state=InitiativeState.RUNNING)),
            declined=number(STANDINGS[Standing.DECLINED]),
        )
    )


@dataclass(frozen=True)
class Progress:
    """How many partners are in an initiative, and where they stand."""

    partners: int
    seen: int
    started: int
    done: int
    declined: int
    late: int
    stalled: int
    days: float | None
    """From being told until it was carried out: half took longer."""

    @property
    def open(self) -> int:
        return self.partners - self.done - self.declined

    def share(self, count: int) -> float | None:
        return 100 * count / self.partners if self.partners else None


class MedianDays(Aggregate):
    """The middle of the spans between two moments, in days; without what has no end."""

    template = "extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)) / 86400"
    arg_joiner = " - "
    arity = 2
    output_field = FloatField()


def progress_of(initiative: Initiative, member: Membership, *, now: dt.datetime | None = None) -> Progress:
    """Counted now, over the partners that the member sees. One query."""
    now = now or timezone.now()
    found = (
        rows_for(member)
        .filter(initiative=initiative)
        .aggregate(
            partners=Count("pk"),
            seen=Count("pk", filter=Q(seen_at__isnull=False) | Q(started_at__isnull=False)),
            started=Count("started_at"),
            done=Count("done_at"),
            declined=Count("declined_at"),
            late=Count("pk", filter=late(timezone.localdate(now))),
            stalled=Count("pk", filter=stalled(now)),
            days=MedianDays("done_at", "told_at"),
        )
    )
    return Progress(**found)


@dataclass(frozen=True)
class StepProgress:
    """A step, and at how many partners it is begun, done, late."""

    step: InitiativeStep
    due_on: dt.date | None
    partners: int
    started: int
    done: int
    late: int

    @property
    def share(self) -> float:
        return 100 * self.done / self.partners if self.partners else 0.0


def progress_by_step(initiative: Initiative, member: Membership) -> list[StepProgress]:
    """Each step with how far partners are, without those that declined. Two queries."""
    today = timezone.localdate()
    works = InitiativeWork.objects.filter(initiative=initiative, row__declined_at=None)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        works = works.filter(partner__in=partners_for(member).order_by().values("pk"))
    counted = (
        works.order_by()
        .values("step")
        .annotate(
            partners=Count("pk"),
            started=Count("started_at"),
            done=Count("done_at"),
            late=Count("pk", filter=Q(done_at=None, due_on__lt=today)),
            due_on=Min("due_on"),
        )
    )
    found: dict[int, Any] = {row["step"]: row for row in counted}
    return [
        StepProgress(
            step,
            found[step.pk]["due_on"] if step.pk in found else step.due_on,
            *(found[step.pk][name] if step.pk in found else 0 for name in ("partners", "started", "done", "late")),
        )
        for step in initiative.steps.order_by("order", "pk")
    ]


def partner_rows(initiative: Initiative, member: Membership) -> QuerySet[InitiativePartner]:
    """The partners in it, with who acted."""
    return (
        rows_for(member)
        .filter(initiative=initiative)
        .select_related("partner", "seen_by", "started_by", "done_by", "declined_by")
    )


def steps_of(initiative: Initiative, member: Membership) -> list[InitiativeStep]:
    """Its steps in order, each with the material that the member may see. Two queries."""
    shown = Prefetch("assets", queryset=assets_for(member).order_by("pk"), to_attr="shown")
    return list(initiative.steps.order_by("order", "pk").prefetch_related(shown))


def works_of(row: InitiativePartner, member: Membership) -> list[InitiativeWork]:
    """A partner's steps in order, with who did what, material and proof. Three queries."""
    works = (
        InitiativeWork.objects.filter(row=row)
        .select_related("step", "started_by", "done_by")
        .order_by("step__order", "step")
        .prefetch_related(
            Prefetch("files", queryset=InitiativeFile.objects.select_related("by"), to_attr="proofs"),
            Prefetch("step__assets", queryset=assets_for(member).order_by("pk"), to_attr="shown"),
        )
    )
    return list(works)


# --- For a partner's people -------------------------------------------------------------------------------------------


def own_rows(member: Membership) -> QuerySet[InitiativePartner]:
    """What the member's company was told of. The database shows a partner no other."""
    return (
        InitiativePartner.objects.filter(partner=member.partner_id, told_at__isnull=False)
        .exclude(initiative__state=InitiativeState.DRAFT)
        .select_related("initiative", "seen_by", "started_by", "done_by", "declined_by")
    )


def to_carry_out(member: Membership) -> QuerySet[InitiativePartner]:
    """What still runs and is neither done nor declined, what is due first on top."""
    return (
        own_rows(member)
        .filter(OPEN, initiative__state=InitiativeState.RUNNING)
        .order_by(F("next_due_on").asc(nulls_last=True), "told_at", "pk")
    )


def choosable_assets() -> QuerySet[Asset]:
    """Material that steps can point to: what is out."""
    return Asset.objects.filter(state=AssetState.PUBLISHED).order_by("-changed_at", "-pk")
