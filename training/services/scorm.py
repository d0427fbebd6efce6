"""SCORM packages: taken in whole or not at all, played, and what they report kept. The only writer of their tables.

A report is the whole state of an activity, so the last one wins: by the visit it belongs to and its number in it. One that
comes twice, late or out of order changes nothing.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.errors import DomainError
from tenancy.files import clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import (
    Enrolment,
    Lesson,
    LessonProgress,
    ScormActivity,
    ScormFile,
    ScormLesson,
    ScormPackage,
    ScormState,
)
from training.scorm_archive import read_package
from training.scorm_data import read_report
from training.scorm_flaws import sentence
from training.scorm_manifest import FlawError
from training.services.content import locked_draft
from training.services.learning import finish_lesson, locked_enrolment
from training.services.scorm_unused import drop_unused

FOLDER = "scorm"
CENT = Decimal("0.01")


class ScormError(DomainError):
    """What is wrong with a package, or with what is done with it: a sentence for each."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Kept:
    """What a report came to. is_stale: another visit has reported since, and it was left."""

    is_stale: bool
    is_done: bool
    lesson_done: bool


def keep_package(lesson: Lesson, upload: Any, *, by: Membership) -> ScormPackage:
    """Let a lesson of a draft play the package that is uploaded; ScormError names what is wrong with it, and then nothing is
    kept. What no lesson plays any more is gone.
    """
    try:
        found = read_package(upload)
    except FlawError as error:
        raise ScormError(*(sentence(flaw) for flaw in error.flaws)) from error
    package = ScormPackage(
        version=found.manifest.version,
        edition=found.manifest.edition,
        identifier=found.manifest.identifier,
        title=found.manifest.title,
        original_name=clean_name(upload.name or ""),
        size=upload.size,
        unpacked=found.unpacked,
        file_count=len(found.entries),
        sha256=digest(upload),
        uploaded_by=by,
    )
    package.file.save(stored_name(lesson.manufacturer_id, FOLDER, package.original_name), upload, save=False)
    try:
        with transaction.atomic():
            locked_draft(lesson.version_id)
            package.save(force_insert=True)
            ScormFile.objects.bulk_create(
                [ScormFile(package=package, **vars(entry)) for entry in found.entries], batch_size=1000
            )
            ScormActivity.objects.bulk_create(
                [
                    ScormActivity(package=package, order=order, **vars(item))
                    for order, item in enumerate(found.manifest.items)
                ]
            )
            ScormLesson.objects.update_or_create(lesson=lesson, defaults={"package": package})
            drop_unused()
    except BaseException:
        package.file.delete(save=False)
        raise
    return package


def copy_package(old: Lesson, new: Lesson) -> None:
    """Let a lesson of another version play the same package."""
    for link in ScormLesson.objects.filter(lesson=old):
        ScormLesson.objects.create(lesson=new, package_id=link.package_id)


def missing_in(lesson: Lesson) -> list[str]:
    """What a lesson lacks before it can go out."""
    return [] if ScormLesson.objects.filter(lesson=lesson).exists() else [_("there is no package yet")]


def launch(enrolment: Enrolment, lesson: Lesson, activity: ScormActivity) -> ScormState:
    """Begin a visit of an activity, or another one; returns how far the last has come, with the number of this one. What was
    completed while the course went on to another version is taken over here: many packages say nothing new afterwards.
    """
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        state, _is_new = ScormState.objects.get_or_create(enrolment=enrolment, activity=activity)
        state.visits += 1
        state.seen_at = timezone.now()
        state.save(update_fields=["visits", "seen_at"])
        is_behind = state.done_at is not None and not _is_done(enrolment, lesson)
    if is_behind and lesson.version_id == enrolment.version_id:
        _take_over(enrolment, lesson, activity.package)
    return state


def keep(
    enrolment: Enrolment, lesson: Lesson, activity: ScormActivity, *, session: int, sequence: int, cmi: Any
) -> Kept:
    """Keep what an activity reports in a visit, and take over what the lesson goes by: done once every activity is, at their
    mean score. ReportError where it is no report, LearningError where the course has gone on to another version.
    """
    with transaction.atomic(), house_scope():
        enrolment = locked_enrolment(enrolment.pk)
        state = ScormState.objects.filter(enrolment=enrolment, activity=activity).first()
        if state is None or not 0 < session <= state.visits or sequence < 1:
            raise ScormError(_("This visit was never begun. Open the lesson again."))
        report = read_report(activity.package.version, cmi)
        if (session, sequence) <= (state.session, state.sequence):
            return Kept(session < state.session, state.done_at is not None, _is_done(enrolment, lesson))
        now = timezone.now()
        if session != state.session:
            state.before = state.seconds
        best = state.score
        if report.score is not None:
            state.score = report.score if state.score is None else max(state.score, report.score)
        state.session, state.sequence, state.cmi = session, sequence, report.cmi
        state.completion, state.success, state.location = report.completion, report.success, report.location
        state.seconds, state.seen_at = state.before + report.seconds, now
        if report.is_done:
            state.done_at = state.done_at or now
        state.save()
        is_behind = state.done_at is not None and (state.score != best or not _is_done(enrolment, lesson))
    if is_behind:
        _take_over(enrolment, lesson, activity.package)
    with house_scope():
        return Kept(False, state.done_at is not None, _is_done(enrolment, lesson))


def to_do(activities: list[ScormActivity]) -> list[ScormActivity]:
    """What of a package has to be gone through: what is played and shown, or all that is played where nothing is shown."""
    played = [each for each in activities if each.launch]
    return [each for each in played if each.is_visible] or played


def _take_over(enrolment: Enrolment, lesson: Lesson, package: ScormPackage) -> None:
    """Once nothing is left to do in its package, a lesson is done."""
    with house_scope():
        needed = {each.pk for each in to_do(list(package.activities.all()))}
        states = list(ScormState.objects.filter(enrolment=enrolment, activity__in=needed))
    if needed - {each.activity_id for each in states if each.done_at is not None}:
        return
    scores = [each.score for each in states if each.score is not None]
    score = (sum(scores, Decimal(0)) / len(scores)).quantize(CENT) if scores else None
    finish_lesson(enrolment, lesson, score=score)


def _is_done(enrolment: Enrolment, lesson: Lesson) -> bool:
    return LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson).exclude(done_at=None).exists()
