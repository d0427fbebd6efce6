"""Learning programmes: how far everybody is, as staff see it, as a partner's admin sees it, and as who learns sees it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from partners.audiences.fields import Catalogue
from partners.models import Partner
from partners.selectors.audiences import BrokenAudienceError
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from training.models import (
    OPEN_ENROLMENTS,
    Course,
    Enrolment,
    EnrolmentState,
    LearningProgramme,
    PersonState,
    ProgrammeCourse,
    ProgrammePerson,
    ProgrammeState,
)
from training.selectors.programme_reach import partners_of

COUNTED = (PersonState.OPEN, PersonState.DONE)
"""Who counts in progress: left and exempt people do not."""


def late(day: dt.date | None = None) -> Q:
    """Who is past the day of the course at hand."""
    return Q(state=PersonState.OPEN, due_on__lt=day or timezone.localdate())


def seen_people(member: Membership) -> QuerySet[ProgrammePerson]:
    """The people in programmes that a member of the staff may see: of the partners that it sees."""
    if member.can(Right.PARTNERS_VIEW_ALL):
        return ProgrammePerson.objects.all()
    return ProgrammePerson.objects.filter(partner__in=partners_for(member).order_by().values("pk"))


def programmes_to_write(member: Membership) -> QuerySet[LearningProgramme]:
    """The programmes that a member may change, start and end: of all who sees all partners, else only those it is responsible
    for, as these reach no partner that it does not see."""
    rows = LearningProgramme.objects.select_related("owner__manufacturer")
    return rows if member.can(Right.PARTNERS_VIEW_ALL) else rows.filter(owner=member)


def programme_rows(member: Membership) -> QuerySet[Any]:
    """All programmes, with how many courses they have, and how many people learn, are late and have finished, as far as the
    member sees them."""
    courses = ProgrammeCourse.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
    return LearningProgramme.objects.select_related("owner").annotate(
        course_count=Coalesce(Subquery(courses.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        learning=_number(member, Q(state=PersonState.OPEN)),
        late=_number(member, late()),
        finished=_number(member, Q(state=PersonState.DONE)),
    )


def _number(member: Membership, which: Q) -> Any:
    rows = seen_people(member).filter(which, programme=OuterRef("pk")).order_by().values("programme")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


@dataclass(frozen=True)
class Figures:
    """How far the people of a programme are."""

    learning: int
    finished: int
    late: int
    stuck: int
    exempt: int
    partners: int

    @property
    def people(self) -> int:
        return self.learning + self.finished

    @property
    def percent(self) -> int:
        return round(100 * self.finished / self.people) if self.people else 0


def figures_of(programme: LearningProgramme, member: Membership) -> Figures:
    """As far as the member sees the people. One query."""
    return Figures(
        **seen_people(member)
        .filter(programme=programme)
        .aggregate(
            learning=Count("pk", filter=Q(state=PersonState.OPEN)),
            finished=Count("pk", filter=Q(state=PersonState.DONE)),
            late=Count("pk", filter=late()),
            stuck=Count("pk", filter=Q(state=PersonState.OPEN, is_stuck=True)),
            exempt=Count("pk", filter=Q(state=PersonState.EXEMPT)),
            partners=Count("partner", filter=Q(state__in=COUNTED), distinct=True),
        )
    )


BY_COURSE = """
WITH person AS (
    SELECT member_id, partner_id FROM training_programmeperson
    WHERE programme_id = %(programme)s AND state IN ('open', 'done')
        AND (%(sees_all)s OR partner_id = ANY (%(partners)s::bigint[]))
),
taken AS (
    SELECT e.member_id, e.course_id, bool_or(e.state IN ('passed', 'exempt')) AS is_done,
        bool_or(e.state = 'enrolled') AS is_waiting, bool_or(e.state = 'started') AS is_begun,
        bool_or(e.state IN ('enrolled', 'started') AND e.due_on < %(day)s) AS is_late,
        bool_or(e.state = 'failed') AS is_failed
    FROM training_enrolment e
    WHERE e.course_id IN (SELECT course_id FROM training_programmecourse WHERE programme_id = %(programme)s)
    GROUP BY e.member_id, e.course_id
)
SELECT t.course_id, count(*) FILTER (WHERE t.is_done), count(*) FILTER (WHERE NOT t.is_done AND t.is_waiting),
    count(*) FILTER (WHERE NOT t.is_done AND t.is_begun), count(*) FILTER (WHERE NOT t.is_done AND t.is_late),
    count(*) FILTER (WHERE NOT (t.is_done OR t.is_waiting OR t.is_begun) AND t.is_failed)
FROM person p JOIN taken t USING (member_id)
GROUP BY t.course_id
"""


@dataclass(frozen=True)
class CourseProgress:
    """How far the people of a programme are with one of its courses."""

    row: ProgrammeCourse
    done: int = 0
    waiting: int = 0
    begun: int = 0
    late: int = 0
    failed: int = 0


def by_course(programme: LearningProgramme, member: Membership) -> list[CourseProgress]:
    """The courses in their order, each with how many are how far, of those whom the member sees. Two or three queries."""
    sees_all = member.can(Right.PARTNERS_VIEW_ALL)
    partners = [] if sees_all else list(partners_for(member).order_by().values_list("pk", flat=True))
    asked: dict[str, Any] = {
        "programme": programme.pk,
        "day": timezone.localdate(),
        "sees_all": sees_all,
        "partners": partners,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_COURSE, asked)
        found = {course: counts for course, *counts in cursor.fetchall()}
    rows = programme.courses.select_related("course")
    return [CourseProgress(row, *found.get(row.course_id, ())) for row in rows]


def by_partner(programme: LearningProgramme, member: Membership, *, limit: int) -> list[dict[str, Any]]:
    """The partners with most people late, then with most that learn, each with its figures. One query."""
    rows = (
        seen_people(member)
        .filter(programme=programme, state__in=COUNTED)
        .values("partner", "partner__name", "partner__local_name", "partner__code")
        .annotate(
            people=Count("pk"),
            finished=Count("pk", filter=Q(state=PersonState.DONE)),
            late=Count("pk", filter=late()),
        )
    )
    found = list(rows.order_by("-late", "-people", "partner")[:limit])
    names = {each.pk: str(each) for each in Partner.objects.filter(pk__in=[row["partner"] for row in found])}
    return [row | {"name": names.get(row["partner"], row["partner__code"])} for row in found]


def partner_rows(programme: LearningProgramme, member: Membership) -> QuerySet[Any]:
    """The partners that the member sees whose people are in a programme, with how many learn, are late or held up, have
    finished and are exempt; `share`: finished, in per cent of those who had to learn. Counted for the rows shown alone, so
    that the length of the list costs nothing."""
    people = ProgrammePerson.objects.filter(programme=programme).exclude(state=PersonState.LEFT).order_by()
    own = people.filter(partner=OuterRef("pk")).values("partner")

    def number(which: Q) -> Any:
        counted = own.filter(which).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    counted: QuerySet[Any] = (
        partners_for(member)
        .select_related("channel_manager")
        .filter(pk__in=people.values("partner"))
        .annotate(
            learning=number(Q(state=PersonState.OPEN)),
            late=number(late()),
            stuck=number(Q(state=PersonState.OPEN, is_stuck=True)),
            finished=number(Q(state=PersonState.DONE)),
            exempt=number(Q(state=PersonState.EXEMPT)),
        )
    )
    return counted.annotate(share=Value(100.0) * F("finished") / NullIf(F("learning") + F("finished"), Value(0)))


def person_rows(programme: LearningProgramme, member: Membership) -> QuerySet[ProgrammePerson]:
    """Who is or was in a programme, with person and partner."""
    return seen_people(member).filter(programme=programme).select_related("member", "partner", "by", "programme")


def late_people(programme: LearningProgramme, member: Membership, *, limit: int) -> list[ProgrammePerson]:
    """Who is late, the longest first. One query."""
    return list(person_rows(programme, member).filter(late()).order_by("due_on", "pk")[:limit])


# --- One person -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProgrammeStep:
    """A course of a programme, and where somebody stands with it."""

    course: Course
    days: int
    enrolment: Enrolment | None
    is_next: bool = False

    @property
    def is_done(self) -> bool:
        return self.enrolment is not None and self.enrolment.state in (EnrolmentState.PASSED, EnrolmentState.EXEMPT)

    @property
    def is_open(self) -> bool:
        return self.enrolment is not None and self.enrolment.is_open

    @property
    def is_failed(self) -> bool:
        return self.enrolment is not None and not self.is_done and not self.is_open

    @property
    def is_late(self) -> bool:
        due_on = self.enrolment.due_on if self.enrolment is not None and self.is_open else None
        return due_on is not None and due_on < timezone.localdate()


@dataclass(frozen=True)
class OwnProgramme:
    """A programme as somebody in it sees it."""

    person: ProgrammePerson
    steps: list[ProgrammeStep] = field(default_factory=list)

    @property
    def programme(self) -> LearningProgramme:
        return self.person.programme

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_late(self) -> bool:
        due_on = self.person.due_on
        return self.person.is_open and due_on is not None and due_on < timezone.localdate()


def with_steps(people: Iterable[ProgrammePerson]) -> list[OwnProgramme]:
    """People in programmes with the courses of these in their order, and where each stands. Two queries beside the
    people's own, which bring their programmes along. In the house's scope."""
    rows = list(people)
    courses: dict[int, list[ProgrammeCourse]] = defaultdict(list)
    asked = {row.programme_id for row in rows}
    for each in ProgrammeCourse.objects.filter(programme__in=asked).select_related("course").order_by("order", "pk"):
        courses[each.programme_id].append(each)
    taken: dict[tuple[int, int], list[Enrolment]] = defaultdict(list)
    enrolments = Enrolment.objects.filter(
        member__in={row.member_id for row in rows},
        course__in={each.course_id for own in courses.values() for each in own},
    ).exclude(state=EnrolmentState.WITHDRAWN)
    for enrolment in enrolments.select_related("version").order_by("enrolled_at", "pk"):
        taken[enrolment.member_id, enrolment.course_id].append(enrolment)
    return [OwnProgramme(row, _steps(courses[row.programme_id], row, taken)) for row in rows]


def _steps(
    courses: list[ProgrammeCourse], row: ProgrammePerson, taken: dict[tuple[int, int], list[Enrolment]]
) -> list[ProgrammeStep]:
    steps = [ProgrammeStep(each.course, each.days, _telling(taken[row.member_id, each.course_id])) for each in courses]
    coming = next((number for number, step in enumerate(steps) if step.is_open), None)
    return [
        ProgrammeStep(step.course, step.days, step.enrolment, number == coming) for number, step in enumerate(steps)
    ]


def _telling(enrolments: list[Enrolment]) -> Enrolment | None:
    """Of several times that somebody took a course, the one that says where they stand: passed, else open, else the last."""
    for states in ((EnrolmentState.PASSED, EnrolmentState.EXEMPT), OPEN_ENROLMENTS):
        for each in reversed(enrolments):
            if each.state in states:
                return each
    return enrolments[-1] if enrolments else None


def own_programmes(member: Membership) -> list[OwnProgramme]:
    """The programmes that somebody of a partner learns by or has finished, what is due first on top. Three queries."""
    with house_scope():
        rows = ProgrammePerson.objects.filter(member=member, state__in=COUNTED).select_related("programme")
        rows = rows.exclude(programme__state=ProgrammeState.DRAFT)
        return with_steps(rows.order_by("-state", F("due_on").asc(nulls_last=True), "-pk"))


# --- A partner's people -----------------------------------------------------------------------------------------------


def fitting_programmes(programmes: Iterable[LearningProgramme], partner_id: int) -> set[int]:
    """Those that are for a partner by their audiences; one whose audience cannot be read is for nobody. One query beside
    what the conditions themselves read. In the house's scope."""
    catalogues: dict[int, Catalogue] = {}
    asked: dict[str, Any] = {}
    for programme in programmes:
        catalogue = catalogues.setdefault(programme.owner_id, Catalogue(programme.owner))
        audiences = [each.audience for each in programme.audiences.all()]
        try:
            partners = partners_of(programme.owner, audiences, catalogue)
        except BrokenAudienceError:
            continue
        asked[f"in_{programme.pk}"] = Exists(partners.filter(pk=OuterRef("pk")))
    if not asked:
        return set()
    found = Partner.objects.filter(pk=partner_id).annotate(**asked).values(*asked).first() or {}
    return {int(key.removeprefix("in_")) for key, is_in in found.items() if is_in}


def is_offered_to(programme: LearningProgramme, partner_id: int) -> bool:
    """Whether a partner's admin may put own people in. In the house's scope."""
    return programme.is_running and programme.is_offered and programme.pk in fitting_programmes([programme], partner_id)


@dataclass(frozen=True)
class TeamProgramme:
    """A programme as a partner's admin sees it: of its own people how many are how far, and whether it may put some in."""

    programme: LearningProgramme
    learning: int
    finished: int
    late: int
    is_offered: bool
    course_count: int

    @property
    def people(self) -> int:
        return self.learning + self.finished


def team_programmes(member: Membership) -> list[TeamProgramme]:
    """The programmes in which the partner's people are, or that are offered to it: late ones first."""
    partner_id = member.partner_id
    assert partner_id is not None
    with house_scope():
        own = ProgrammePerson.objects.filter(partner=partner_id, state__in=COUNTED).order_by()
        counted = {
            row["programme"]: row
            for row in own.values("programme").annotate(
                learning=Count("pk", filter=Q(state=PersonState.OPEN)),
                finished=Count("pk", filter=Q(state=PersonState.DONE)),
                late=Count("pk", filter=late()),
            )
        }
        running = Q(state=ProgrammeState.RUNNING)
        rows = list(
            LearningProgramme.objects.filter(
                Q(pk__in=counted) & ~Q(state=ProgrammeState.DRAFT) | running & Q(is_offered=True)
            )
            .select_related("owner__manufacturer")
            .prefetch_related("audiences__audience")
            .annotate(course_count=Count("courses"))
            .order_by("-started_at", "-pk")
        )
        offered = fitting_programmes([row for row in rows if row.is_running and row.is_offered], partner_id)
    found = []
    for row in rows:
        own_figures = counted.get(row.pk)
        if own_figures is None and row.pk not in offered:
            continue
        found.append(
            TeamProgramme(
                row,
                learning=own_figures["learning"] if own_figures else 0,
                finished=own_figures["finished"] if own_figures else 0,
                late=own_figures["late"] if own_figures else 0,
                is_offered=row.pk in offered,
                course_count=row.course_count,
            )
        )
    return sorted(found, key=lambda each: (-each.late, -each.learning))


def team_people(programme: LearningProgramme, member: Membership) -> list[OwnProgramme]:
    """The partner's people in a programme, who is late first. Three queries."""
    with house_scope():
        rows = ProgrammePerson.objects.filter(programme=programme, partner=member.partner_id).exclude(
            state=PersonState.LEFT
        )
        people = rows.select_related("programme", "member")
        return with_steps(people.order_by(F("due_on").asc(nulls_last=True), "state", "member__name", "pk"))
