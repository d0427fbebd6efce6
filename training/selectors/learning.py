"""What a person learns, how far it has come, and what comes next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from partners.audiences.fields import Catalogue
from partners.models import Audience, Partner
from partners.selectors.audiences import ReadAudience
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import (
    OPEN_ENROLMENTS,
    Course,
    CourseState,
    CourseVersion,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonProgress,
)

ENDED_SHOWN = 50


@dataclass(frozen=True)
class Going:
    """An open enrolment with the lesson that comes next, if any is left."""

    enrolment: Enrolment
    next: Lesson | None

    @property
    def percent(self) -> int:
        total = self.enrolment.version.lesson_count
        return min(100, round(100 * self.enrolment.done / total)) if total else 0

    @property
    def is_late(self) -> bool:
        return self.enrolment.due_on is not None and self.enrolment.due_on < timezone.localdate()


@dataclass(frozen=True)
class Step:
    """A lesson in the outline of somebody's course."""

    lesson: Lesson
    progress: LessonProgress | None
    is_next: bool
    is_closed: bool

    @property
    def is_done(self) -> bool:
        return self.progress is not None and self.progress.done_at is not None


def own_enrolments(member: Membership) -> QuerySet[Enrolment]:
    """What the member takes or has taken, with course and version; what was taken back is gone."""
    return (
        Enrolment.objects.filter(member=member)
        .exclude(state=EnrolmentState.WITHDRAWN)
        .select_related("course", "version", "by")
    )


def going(member: Membership) -> list[Going]:
    """What the member has still to learn, what is due first on top. Three queries."""
    rows = own_enrolments(member).filter(state__in=OPEN_ENROLMENTS)
    return with_next(rows.order_by(F("due_on").asc(nulls_last=True), F("seen_at").desc(nulls_last=True), "-pk"))


def with_next(rows: Iterable[Enrolment]) -> list[Going]:
    """Enrolments with their next lessons. Two queries beside the rows' own."""
    enrolments = list(rows)
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    for lesson in Lesson.objects.filter(version__in={each.version_id for each in enrolments}):
        lessons[lesson.version_id].append(lesson)
    progress: dict[int, dict[int, LessonProgress]] = defaultdict(dict)
    for each in LessonProgress.objects.filter(enrolment__in=enrolments):
        progress[each.enrolment_id][each.lesson_id] = each
    return [Going(each, next_of(each, lessons[each.version_id], progress[each.pk])) for each in enrolments]


def next_of(enrolment: Enrolment, lessons: list[Lesson], progress: dict[int, LessonProgress]) -> Lesson | None:
    """Where somebody goes on: in a fixed order the first lesson that is not done, else the one begun last."""
    left = [each for each in lessons if each.pk not in progress or progress[each.pk].done_at is None]
    begun = [each for each in left if each.pk in progress]
    if begun and not enrolment.version.is_ordered:
        return max(begun, key=lambda each: progress[each.pk].seen_at)
    return next(iter(left), None)


def ended(member: Membership) -> tuple[list[Enrolment], bool]:
    """What the member has behind it, the latest first, and whether there is more than is given."""
    rows = own_enrolments(member).exclude(state__in=OPEN_ENROLMENTS).order_by("-ended_at", "-pk")
    found = list(rows[: ENDED_SHOWN + 1])
    return found[:ENDED_SHOWN], len(found) > ENDED_SHOWN


def outline(version: CourseVersion, enrolment: Enrolment | None = None) -> list[tuple[Any, list[Step]]]:
    """The modules of a version with their lessons, and how far the enrolment is with each. Three queries."""
    lessons = list(version.lessons.all())
    progress = (
        {each.lesson_id: each for each in LessonProgress.objects.filter(enrolment=enrolment)} if enrolment else {}
    )
    coming = next_of(enrolment, lessons, progress) if enrolment is not None and enrolment.is_open else None
    steps: dict[int, list[Step]] = defaultdict(list)
    is_shut = False
    for lesson in lessons:
        step = Step(lesson, progress.get(lesson.pk), lesson == coming, is_shut and lesson.pk not in progress)
        steps[lesson.module_id].append(step)
        if version.is_ordered and lesson.is_required and not step.is_done:
            is_shut = enrolment is None or enrolment.is_open
    return [(module, steps[module.pk]) for module in version.modules.all()]


def courses_open_to(member: Membership) -> QuerySet[Course]:
    """The published courses that this partner's people may enrol themselves in. Two queries where audiences narrow them."""
    rows = Course.objects.filter(state=CourseState.PUBLISHED, is_open=True)
    with house_scope():
        narrowed = Audience.objects.filter(pk__in=rows.exclude(audience=None).values("audience"))
        audiences = list(narrowed.select_related("owner__manufacturer"))
        inside = fitting_audiences(audiences, member)
    return rows.filter(Q(audience=None) | Q(audience__in=inside))


def fitting_audiences(audiences: Iterable[Audience], member: Membership) -> list[int]:
    """Those in which the member's partner is, as their owners may ask; one that cannot be read any more has nobody. One
    query. In the house's scope."""
    asked: dict[str, Any] = {}
    for audience in audiences:
        read = ReadAudience(audience.definition, Catalogue(audience.owner))
        if not read.problems:
            asked[f"in_{audience.pk}"] = Exists(read.narrowed(Partner.objects.filter(pk=OuterRef("pk"))))
    if not asked or member.partner_id is None:
        return []
    found = Partner.objects.filter(pk=member.partner_id).annotate(**asked).values(*asked).first() or {}
    return [int(key.removeprefix("in_")) for key, is_in in found.items() if is_in]


def offered(member: Membership, words: str = "") -> QuerySet[Any]:
    """What the member may enrol in and does not take or hold already, nor has failed, with the minutes of what is out."""
    taken = Enrolment.objects.filter(member=member, course=OuterRef("pk")).exclude(state=EnrolmentState.WITHDRAWN)
    out = CourseVersion.objects.filter(course=OuterRef("pk"), state=CourseVersion.State.PUBLISHED)
    rows = courses_open_to(member).exclude(Exists(taken)).annotate(minutes=Subquery(out.values("minutes")[:1]))
    return matching(rows, words).order_by("-pk")


def matching(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The courses whose code, title, summary or tags hold every word, in any language."""
    for word in words.split()[:10]:
        rows = rows.filter(
            Q(titles__icontains=word)
            | Q(summaries__icontains=word)
            | Q(code__icontains=word)
            | Q(tags__contains=[word.lower()])
        )
    return rows
