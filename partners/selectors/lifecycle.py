"""What is read about the life cycle: moves, proposals, and what a stage allows."""

import datetime as dt

from django.db.models import Count, QuerySet

from partners.models import (
    Partner,
    PlaybookStep,
    Stage,
    StageMove,
    StageProposal,
    StageReason,
    Task,
    TaskState,
)
from tenancy.models import Membership
from tenancy.rights import Right


def moves_of(partner: Partner) -> QuerySet[StageMove]:
    """How the partner came to where it stands, newest first."""
    return StageMove.objects.filter(partner=partner).select_related("by", "reason").order_by("-at", "-pk")


def end_to_take_back(partner: Partner) -> StageMove | None:
    """The end that can be taken back: the partner's latest move, if it has ended."""
    if partner.stage != Stage.ENDED:
        return None
    last = moves_of(partner).first()
    return last if last is not None and last.after == Stage.ENDED else None


def proposals_for(member: Membership) -> QuerySet[StageProposal]:
    """The proposals about partners that this member may see."""
    proposals = StageProposal.objects.select_related("partner__kind", "partner__channel_manager", "decided_by")
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return proposals.filter(partner__channel_manager=member)
    return proposals


def reasons_for(stage: str) -> QuerySet[StageReason]:
    """The reasons to choose from for a move to that stage."""
    fitting = StageReason.objects.filter(is_retired=False)
    return fitting.filter(stages=[]) | fitting.filter(stages__contains=[stage])


def partners_by_stage(member: Membership) -> dict[str, int]:
    """How many of the partners that this member may see stand at each stage."""
    from partners.selectors.partners import partners_for

    rows = partners_for(member).order_by().values_list("stage").annotate(count=Count("pk"))
    return dict(rows)


def playbook(stage: str) -> QuerySet[PlaybookStep]:
    """What to do at a stage, in order."""
    return PlaybookStep.objects.filter(stage=stage).order_by("order", "pk")


PLAYBOOK = "playbook"
"""The kind of the tasks that playbooks give."""


def left_over(partner: Partner) -> QuerySet[Task]:
    """The steps of the playbook of the partner's stage that are not done."""
    return Task.objects.filter(partner=partner, kind=PLAYBOOK, state=TaskState.OPEN).order_by("due_on", "pk")


def day_of(text: str) -> dt.date | None:
    """A day as a proposal keeps it."""
    return dt.date.fromisoformat(text) if text else None
