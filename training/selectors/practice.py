"""Practical tasks: what a learner has handed in, and what waits for the trainer."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, When

from tenancy.files import KINDS, accept, endings_of
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import Enrolment, HandIn, HandInState, Lesson, PracticalTask
from training.selectors.courses import seen_enrolments


@dataclass(frozen=True)
class Work:
    """Where somebody stands with a practical task. left: how often it may still be handed in, None for as often as one
    likes."""

    task: PracticalTask
    handed_in: list[HandIn]
    left: int | None

    @property
    def waiting(self) -> HandIn | None:
        return next((each for each in self.handed_in if each.state == HandInState.WAITING), None)

    @property
    def is_passed(self) -> bool:
        return any(each.state == HandInState.PASSED for each in self.handed_in)

    @property
    def may_hand_in(self) -> bool:
        return self.waiting is None and not self.is_passed and self.left != 0

    @property
    def accept(self) -> str:
        """What the file control lets one choose."""
        return accept(self.task.file_kinds)

    @property
    def endings(self) -> str:
        return endings_of([KINDS[key] for key in self.task.file_kinds])


def work_of(enrolment: Enrolment | None, lesson: Lesson) -> Work:
    """What the person has handed in at a practical task, in any version of it, the latest first. Three queries."""
    with house_scope():
        task = PracticalTask.objects.get(lesson=lesson)
        handed_in = list(own_work(enrolment).filter(task__lesson__key=lesson.key)) if enrolment else []
    here = sum(each.task_id == task.pk for each in handed_in)
    return Work(task, handed_in, max(0, task.attempts - here) if task.attempts else None)


def own_work(enrolment: Enrolment) -> QuerySet[HandIn]:
    """What was handed in by an enrolment, with files and who marked it, the latest first. In the house's scope."""
    rows = HandIn.objects.filter(enrolment=enrolment).select_related("task__lesson", "marked_by")
    return rows.prefetch_related("files").order_by("-handed_in_at", "-pk")


def hand_ins_for(member: Membership) -> QuerySet[HandIn]:
    """What was handed in by people whose learning a member of the staff sees; `stand` is 0 for what waits."""
    rows = HandIn.objects.filter(enrolment__in=seen_enrolments(member)).select_related(
        "task__lesson__version", "enrolment__member", "enrolment__course", "partner", "marked_by"
    )
    return rows.annotate(stand=Case(When(state=HandInState.WAITING, then=0), default=1, output_field=IntegerField()))
