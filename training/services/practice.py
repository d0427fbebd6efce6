"""Practical tasks: handed in, taken back while nobody has looked, and marked once."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell
from tenancy.errors import DomainError
from tenancy.files import clean_name, stored_name
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import (
    Enrolment,
    EnrolmentState,
    HandIn,
    HandInFile,
    HandInState,
    Lesson,
    PracticalTask,
)
from training.models.practice import USUAL
from training.notice_kinds.practice import HANDED_IN, MARKED
from training.selectors.courses import trainers_of
from training.services.content import locked_draft
from training.services.learning import end, finish_lesson, locked_enrolment, open_lesson

FOLDER = "hand-ins"


class PracticeError(DomainError):
    """Something that a practical task does not allow now."""


def hand_in(enrolment: Enrolment, lesson: Lesson, *, text: str, files: Sequence[UploadedFile]) -> HandIn:
    """Hand work in: words, files or both, checked as `tenancy.files.check_upload` does. What waits for the trainer already
    comes first. PracticeError or LearningError says why it cannot be.
    """
    open_lesson(enrolment, lesson)
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        if not enrolment.is_open:
            raise PracticeError(_("This course has ended for you: nothing is handed in any more."))
        task = PracticalTask.objects.get(lesson=lesson)
        before = list(HandIn.objects.filter(task=task, enrolment=enrolment).order_by("number"))
        if any(each.state == HandInState.WAITING for each in before):
            raise PracticeError(_("What you have handed in waits for the trainer. Take it back to change it."))
        if any(each.state == HandInState.PASSED for each in before):
            raise PracticeError(_("You have passed this task already."))
        if task.attempts and len(before) >= task.attempts:
            raise PracticeError(_("It has been handed in as often as it may be."))
        if not text.strip() and not files:
            raise PracticeError(_("Write something, or choose a file."))
        if len(files) > task.most_files:
            raise PracticeError(_("At most %(most)s files can be handed in.") % {"most": task.most_files})
        work = HandIn.objects.create(
            task=task,
            enrolment=enrolment,
            partner_id=enrolment.partner_id,
            number=before[-1].number + 1 if before else 1,
            text=text.strip()[:10_000],
        )
        for upload in files:
            _keep_file(work, upload)
        tell(
            trainers_of(enrolment.course),
            HANDED_IN,
            key=f"handed-in-{work.pk}",
            facts={"hand_in": work.pk, "lesson": lesson.titles, "name": enrolment.member.name},
        )
        return work


def take_back(work: HandIn) -> None:
    """Take back what was handed in and nobody has marked: it is gone, files and all."""
    with transaction.atomic(), house_scope():
        work = _locked_work(work.pk)
        if work.state != HandInState.WAITING:
            raise PracticeError(_("The trainer has marked it meanwhile: see what is said."))
        files = [each.file for each in work.files.all()]
        work.delete()
        for file in files:
            transaction.on_commit(partial(file.storage.delete, str(file.name)))


def mark(work: HandIn, *, points: int, is_passed: bool, comment: str, by: Membership) -> HandIn:
    """Mark it, once: passed it finishes the lesson with the share of its points as score, else it is done again; with no
    attempt left at a lesson that is needed the course has failed. Its learner is told. PracticeError where another has
    marked it, or the points do not fit the verdict.
    """
    with transaction.atomic():
        enrolment = locked_enrolment(HandIn.objects.values_list("enrolment", flat=True).get(pk=work.pk))
        work = _locked_work(work.pk)
        task = work.task
        if work.state != HandInState.WAITING:
            raise PracticeError(
                _("%(name)s has marked it meanwhile.")
                % {"name": work.marked_by.name if work.marked_by else _("Somebody")}
            )
        if not 0 <= points <= task.points:
            raise PracticeError(_("There are 0 to %(most)s points.") % {"most": task.points})
        if is_passed and points < task.pass_points:
            raise PracticeError(_("To pass takes %(least)s points.") % {"least": task.pass_points})
        if not is_passed and not comment.strip():
            raise PracticeError(_("Say what is to be done better."))
        work.state = HandInState.PASSED if is_passed else HandInState.AGAIN
        work.points, work.comment, work.marked_by, work.marked_at = points, comment.strip(), by, timezone.now()
        work.save(update_fields=["state", "points", "comment", "marked_by", "marked_at"])
        # The learner may have gone on in a newer version: there the lesson is the one of the same key.
        lesson = (
            Lesson.objects.select_related("module").filter(version=enrolment.version_id, key=task.lesson.key).first()
        )
        if enrolment.is_open and lesson is not None:
            if is_passed:
                finish_lesson(enrolment, lesson, score=round(Decimal(100 * points) / task.points, 2))
            elif lesson.is_required and task.attempts and work.number >= task.attempts:
                reason = _("No attempt is left at “%(quiz)s”.") % {"quiz": lesson}
                end(enrolment, EnrolmentState.FAILED, reason=reason)
        tell(
            Membership.objects.filter(pk=enrolment.member_id),
            MARKED,
            key=f"marked-{work.pk}",
            facts={
                "enrolment": enrolment.pk, "hand_in": work.pk, "course": enrolment.course_id, "lesson": task.lesson.titles,
                "is_passed": is_passed, "points": points, "most": task.points, "comment": work.comment,
            },
        )  # fmt: skip
        return work


@transaction.atomic
def save_task(task: PracticalTask) -> None:
    """Keep the rules of a practical task."""
    locked_draft(task.lesson.version_id)
    task.save()


def missing_in(lesson: Lesson) -> list[str]:
    """What a practical task lacks before it can go out."""
    return [] if any(each.body.strip() for each in lesson.contents.all()) else [_("say what is to be done.")]


def make_task(lesson: Lesson) -> None:
    """The rules of a new practical task, as they mostly are."""
    PracticalTask.objects.create(lesson=lesson, kinds=USUAL)


def copy_task(old: Lesson, new: Lesson) -> None:
    """Take the rules of a practical task into a new version of its lesson."""
    task = PracticalTask.objects.filter(lesson=old).first()
    if task is not None:
        task.pk, task.lesson = None, new
        task._state.adding = True
        task.save(force_insert=True)


def _keep_file(work: HandIn, upload: UploadedFile) -> None:
    name = clean_name(upload.name or "")
    row = HandInFile(
        hand_in=work,
        partner_id=work.partner_id,
        original_name=name,
        content_type=upload.checked_type,  # type: ignore[attr-defined]
        size=upload.size or 0,
    )
    row.file.save(stored_name(work.manufacturer_id, FOLDER, name), upload, save=False)
    row.save()


def _locked_work(pk: int) -> HandIn:
    rows = HandIn.objects.select_related("task__lesson", "marked_by").select_for_update(of=("self",))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise PracticeError(_("It has been taken back."))
    return found
