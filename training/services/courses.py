"""Courses: written as a draft version, published, and written anew beside what learners have begun."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import take_turns
from training.lesson_kinds import player_of
from training.models import Course, CoursePrerequisite, CourseState, CourseVersion, Lesson, Module
from training.services.scorm_unused import drop_unused

Version = CourseVersion.State
WRITTEN = (
    "code", "titles", "summaries", "tags", "product_lines", "owner", "is_open", "audience", "qualification", "valid_months",
    "renewal",
)  # fmt: skip
"""What people write of a course; whether it is out is kept by its steps."""


class CourseError(DomainError):
    """A step that a course cannot take now."""


@transaction.atomic
def create_course(course: Course) -> Course:
    """Keep a new course, with an empty first version to write."""
    course.save(force_insert=True)
    version = CourseVersion.objects.create(course=course)
    Module.objects.create(version=version, titles=course.titles)
    return course


@transaction.atomic
def draft_of(course: Course) -> CourseVersion:
    """The version that is being written; where there is none, a copy of the published one, lesson by lesson."""
    course = _locked(course)
    draft = course.versions.filter(state=Version.DRAFT).first()
    if draft is not None:
        return draft
    last = course.versions.get(state=Version.PUBLISHED)
    number = course.versions.aggregate(last=Max("number"))["last"] + 1
    draft = CourseVersion.objects.create(course=course, number=number, is_ordered=last.is_ordered)
    copy_content(last, draft)
    return draft


def copy_content(source: CourseVersion, target: CourseVersion) -> dict[int, Lesson]:
    """Put the modules, lessons and contents of a version into another, empty one: the new lesson by the old one's pk."""
    made: dict[int, Lesson] = {}
    for module in source.modules.prefetch_related("lessons__contents"):
        new_module = Module.objects.create(version=target, titles=module.titles, order=module.order)
        for old in module.lessons.all():
            new = Lesson.objects.create(
                version=target,
                module=new_module,
                key=old.key,
                kind=old.kind,
                titles=old.titles,
                order=old.order,
                minutes=old.minutes,
                is_required=old.is_required,
            )
            contents = list(old.contents.all())
            for content in contents:
                content.pk, content.lesson = None, new
                content._state.adding = True
            new.contents.bulk_create(contents)
            if copy := player_of(old.kind).copy:
                copy(old, new)
            made[old.pk] = new
    return made


@transaction.atomic
def publish(course: Course, *, by: Membership, note: str = "") -> CourseVersion:
    """Make the draft what new learners take; who has begun finishes the version begun. CourseError says what is missing."""
    course = _locked(course)
    # Whoever saves a lesson holds the version: what is checked here is what goes out.
    draft = course.versions.filter(state=Version.DRAFT).select_for_update(no_key=True, of=("self",)).first()
    if draft is None:
        raise CourseError(_("There is nothing new to publish."))
    if missing := missing_before_publishing(draft):
        raise CourseError(missing[0])
    course.versions.filter(state=Version.PUBLISHED).update(state=Version.REPLACED)
    sums = draft.lessons.aggregate(minutes=Sum("minutes"), lessons=Count("pk"))
    draft.state, draft.published_at, draft.published_by, draft.note = Version.PUBLISHED, timezone.now(), by, note
    draft.minutes, draft.lesson_count = sums["minutes"], sums["lessons"]
    draft.save()
    course.state = CourseState.PUBLISHED
    course.save()
    return draft


def missing_before_publishing(version: CourseVersion) -> list[str]:
    """What a version still lacks, in sentences; nothing where it can go out."""
    lessons = list(version.lessons.select_related("module").prefetch_related("contents"))
    if not lessons:
        return [_("There is no lesson yet: add the first one.")]
    if not any(lesson.is_required for lesson in lessons):
        return [_("No lesson is needed to pass: say of at least one that it is.")]
    found = []
    for lesson in lessons:
        ready = player_of(lesson.kind).ready
        found += [f"{lesson}: {what}" for what in (ready(lesson) if ready else [])]
    return found


@transaction.atomic
def retire(course: Course) -> Course:
    """Take a course out: nobody new takes it, who learns may finish."""
    course = _locked(course)
    if course.state != CourseState.PUBLISHED:
        raise CourseError(_("Only a published course can be retired."))
    course.state = CourseState.RETIRED
    course.save()
    return course


@transaction.atomic
def bring_back(course: Course) -> Course:
    """Open a retired course again."""
    course = _locked(course)
    if course.state != CourseState.RETIRED:
        raise CourseError(_("Only a retired course can be opened again."))
    course.state = CourseState.PUBLISHED
    course.save()
    return course


@transaction.atomic
def drop_draft(course: Course) -> None:
    """Throw the draft away; what is out stays."""
    course = _locked(course)
    if course.state == CourseState.DRAFT:
        raise CourseError(_("Nothing of it is out yet: delete the whole course instead."))
    course.versions.filter(state=Version.DRAFT).delete()
    drop_unused()


@transaction.atomic
def delete_course(course: Course) -> None:
    """Delete a course that never was out."""
    course = _locked(course)
    if course.state != CourseState.DRAFT:
        raise CourseError(_("People have learned by it: retire it instead."))
    if CoursePrerequisite.objects.filter(needs=course).exists():
        raise CourseError(_("Another course needs it: change that one first."))
    if Course.objects.filter(renewal=course).exists():
        raise CourseError(_("It renews the certificate of another course: change that one first."))
    course.delete()
    drop_unused()


@transaction.atomic
def save_course(course: Course, needs: Iterable[Course], *, is_ordered: bool | None = None) -> Course:
    """Keep what a course is, with the courses that come before it, and for its draft whether lessons have their order. Of one
    that is there what is `WRITTEN` is kept alone: one that was published since it was read stays out. CourseError where
    prerequisites would go round in a circle, or a colleague has deleted it."""
    needed = {each.pk: each for each in needs}
    take_turns("training.prerequisites")  # so that two courses saved at once never need each other
    if course._state.adding:
        create_course(course)
    elif not Course.objects.select_for_update(no_key=True).filter(pk=course.pk).exists():
        raise CourseError(_("A colleague has deleted this course meanwhile."))
    else:
        course.save(update_fields=[*WRITTEN, "updated_at"])
    if is_ordered is not None:
        course.versions.filter(state=Version.DRAFT).update(is_ordered=is_ordered)
    before: dict[int, set[int]] = {}
    for one, other in CoursePrerequisite.objects.exclude(course=course).values_list("course", "needs"):
        before.setdefault(one, set()).add(other)
    for pk, each in needed.items():
        if course.pk in _all_before(pk, before):
            raise CourseError(_("“%(other)s” itself needs this course: take it out.") % {"other": each})
    course.prerequisites.exclude(needs__in=needed).delete()
    there = set(course.prerequisites.values_list("needs", flat=True))
    CoursePrerequisite.objects.bulk_create(
        [CoursePrerequisite(course=course, needs=each) for pk, each in needed.items() if pk not in there]
    )
    return course


def _all_before(pk: int, before: dict[int, set[int]]) -> set[int]:
    found, waiting = set(), [pk]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += before.get(one, ())
    return found


def _locked(course: Course) -> Course:
    return Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
