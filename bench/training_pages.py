"""Pages of how learning goes at the largest manufacturer, as `bench.pages` measures them, how long its reports take, and what it
costs to count everybody's points: beside the bare aggregate, and where all are new beside the aggregate with a plain insert.

Everybody of its partners takes two courses, a hundred thousand people in the usual network, five hundred of them at the partner
whose pages are asked for. What they learn is made beforehand and removed afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import override_settings

from bench.harness import Measure, report, seconds, side_by_side
from bench.network import BIG, MEMBERS_OF, SMALL, USERS_OF
from bench.pages import Page, Visitor, measured, visitors
from tenancy.models import Manufacturer, Membership
from tenancy.rls import as_owner, staff_scope
from training.models import Course, LearningPoints, Lesson, PointRules
from training.selectors.points import POINTS, values_of
from training.services import content, courses
from training.services.points import count_points

REPORT_SECONDS = 1.5
POINTS_LIMIT = 2.0
CODE = "bench-learning"
COURSES, LESSONS, COLLEAGUES_OF_ONE = 6, 8, 500

PAGES = [
    Page("analysis by partner", "staff", "/{slug}/training/analysis/partners/"),
    Page("analysis by partner, who is late", "staff", "/{slug}/training/analysis/partners/?stands=late", narrows=True),
    Page("analysis by person", "staff", "/{slug}/training/analysis/people/"),
    Page("analysis of one partner", "staff", "/{slug}/training/analysis/partners/{partner}/", narrows=True),
    Page("portal: analysis of colleagues", "partner", "/{slug}/portal/learning/team/analysis/", narrows=True),
    Page("portal: points and ranks", "partner", "/{slug}/portal/learning/points/"),
]
REPORTS = [
    Page("analysis by course", "staff", "/{slug}/training/analysis/"),
    Page("analysis by course, what is late first", "staff", "/{slug}/training/analysis/?sort=-late"),
    Page("lessons of a course", "staff", "/{slug}/training/courses/{course}/?tab=way"),
]

COLLEAGUES = """
SELECT '%(code)s-' || n || '@%(slug)s.example', 'Learner ' || n, 'partner_rep', %(partner)s::bigint
FROM generate_series(1, %(people)s) n
"""
ENROLMENTS_SQL = """
INSERT INTO training_enrolment (
    course_id, version_id, partner_id, member_id, state, source, enrolled_at, due_on, started_at, seen_at, ended_at, done,
    score, seconds, reason
)
SELECT v.course_id, v.id, m.partner_id, m.id, s.state, 'staff', s.at, (s.at + interval '40 days')::date,
    CASE WHEN s.state <> 'enrolled' THEN s.at + interval '1 day' END, CASE WHEN s.state <> 'enrolled' THEN s.at + interval '9 days' END,
    CASE WHEN s.state IN ('passed', 'failed') THEN s.at + interval '20 days' END, s.done,
    CASE WHEN s.state IN ('passed', 'failed') THEN 40 + m.n %% 60 END, 300 + m.n %% 900, ''
FROM (
    SELECT id, partner_id, row_number() OVER (ORDER BY id) AS n FROM tenancy_membership WHERE partner_id IS NOT NULL
) m
CROSS JOIN LATERAL (
    SELECT version.id, course_id, row_number() OVER (ORDER BY version.id) AS place FROM training_courseversion version
    JOIN training_course course ON course.id = course_id WHERE course.code LIKE %(code)s || '-%%'
) v
CROSS JOIN LATERAL (
    SELECT (ARRAY['enrolled', 'started', 'started', 'passed', 'passed', 'failed'])[1 + (m.n + v.place) %% 6] AS state,
        now() - make_interval(days => (10 + m.n %% 90)::int) AS at, ((m.n + v.place) %% %(lessons)s)::int AS done
) s
WHERE v.place IN (1 + m.n %% %(courses)s, 1 + (m.n + 1) %% %(courses)s)
"""
PROGRESS_SQL = """
INSERT INTO training_lessonprogress (enrolment_id, lesson_id, partner_id, started_at, seen_at, done_at, score, seconds, place)
SELECT e.id, l.id, e.partner_id, e.started_at + l."order" * interval '1 day', e.started_at + l."order" * interval '1 day',
    CASE WHEN l."order" < e.done OR e.state = 'passed' THEN e.started_at + l."order" * interval '1 day' END, NULL, 240, '{}'
FROM training_enrolment e JOIN training_lesson l ON l.version_id = e.version_id
WHERE e.started_at IS NOT NULL AND (l."order" <= e.done OR e.state = 'passed')
AND e.course_id IN (SELECT id FROM training_course WHERE code LIKE %(code)s || '-%%')
"""
CLEAR = [
    "DELETE FROM training_learningpoints",
    "DELETE FROM training_lessonprogress WHERE lesson_id IN ({lessons})",
    "DELETE FROM training_enrolment WHERE course_id IN (SELECT id FROM training_course WHERE code LIKE %(code)s || '-%%')",
    "DELETE FROM tenancy_membership WHERE email LIKE %(code)s || '-%%'",
    "DELETE FROM tenancy_user WHERE email LIKE %(code)s || '-%%'",
]
ONLY_COUNTED = "SELECT count(*), sum(points) FROM ({points}) counted"
ONLY_INSERTED = (
    "INSERT INTO training_learningpoints (manufacturer_id, member_id, partner_id, points, counted_at)"
    " SELECT manufacturer_id, member_id, partner_id, points, now() FROM ({points}) counted"
)
OWN_LESSONS = (
    "SELECT l.id FROM training_lesson l JOIN training_courseversion v ON v.id = l.version_id"
    " JOIN training_course c ON c.id = v.course_id WHERE c.code LIKE %(code)s || '-%%'"
)


def fill(manufacturer: Manufacturer, partner: int, colleagues: int) -> int:
    """Make courses, more people of one partner, and what everybody has learned; gives one of the courses."""
    own = {"code": CODE, "slug": manufacturer.slug, "partner": partner, "people": colleagues}
    with as_owner(), connection.cursor() as cursor:
        for statement in (USERS_OF, MEMBERS_OF):
            cursor.execute(statement.format(people=COLLEAGUES % own), {"manufacturer": manufacturer.pk})
    with staff_scope(manufacturer.pk), connection.cursor() as cursor:
        by = Membership.objects.filter(partner=None).order_by("pk")[0]
        for number in range(COURSES):
            made = courses.create_course(Course(code=f"{CODE}-{number}", titles={"en": f"Bench {number}"}))
            version = made.versions.get()
            module = version.modules.get()
            for place in range(LESSONS):
                lesson = Lesson(version=version, module=module, titles={"en": f"Lesson {place}"}, order=place)
                content.save_lesson(lesson)
                content.save_content(lesson, "en", {"body": "Words."})
            courses.publish(made, by=by)
        for statement in (ENROLMENTS_SQL, PROGRESS_SQL):
            cursor.execute(statement, {"code": CODE, "courses": COURSES, "lessons": LESSONS})
        count_points()
        return int(made.pk)


def clear() -> None:
    """Take out what was made here."""
    with as_owner(), connection.cursor() as cursor:
        for statement in CLEAR:
            cursor.execute(statement.format(lessons=OWN_LESSONS), {"code": CODE})
    for manufacturer in Manufacturer.objects.filter(slug__in=[BIG, SMALL]):
        with staff_scope(manufacturer.pk):
            Course.objects.filter(code__startswith=f"{CODE}-").delete()


@contextmanager
def learners() -> Iterator[dict[str, int]]:
    """The learners of both manufacturers, as long as they are measured; gives a course of each."""
    clear()
    found = {}
    try:
        for slug, count in ((BIG, COLLEAGUES_OF_ONE), (SMALL, 5)):
            manufacturer = Manufacturer.objects.get(slug=slug)
            with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
                partner = visitors(slug)["partner"].partner
            found[slug] = fill(manufacturer, partner, count)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE training_enrolment, training_lessonprogress, tenancy_membership")
        yield found
    finally:
        clear()


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure the lists beside their floors, and the reports by the clock."""
    with learners() as made:
        measures = measured(PAGES, argv, prog="bench.training_pages", description=__doc__)
        if not argv:
            measures += reports(made)
            measures += points()
    return report(measures)


def reports(made: dict[str, int]) -> list[Measure]:
    """How long each report takes, and that it asks as often at both sizes."""
    found = []
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        big, small = visitors(BIG)["staff"], visitors(SMALL)["staff"]
        for page in REPORTS:
            paths = {visitor.slug: _path(page, visitor, made) for visitor in (big, small)}
            small.get(paths[SMALL])
            taken = seconds(lambda path=paths[BIG]: big.get(path), times=5, warm_up=1)  # type: ignore[misc]
            counts = len(big.queries(paths[BIG])), len(small.queries(paths[SMALL]))
            fault = "" if counts[0] == counts[1] else f"{counts[1]} queries in the small network"
            found.append(Measure(page.name, taken, REPORT_SECONDS, 1.0, {"queries": counts[0]}, fault))
    return found


def points() -> list[Measure]:
    """Everybody's points counted: where nothing has changed, as every hour, and where all are new, as by other rules."""
    own = values_of(PointRules())

    def run(statement: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(points=POINTS.format(of_partner="")), own)
            return cursor.fetchone() if cursor.description else None

    def anew(count: Callable[[], Any]) -> Callable[[], Any]:
        def job() -> None:
            LearningPoints.objects.all().delete()
            count()

        return job

    with staff_scope(Manufacturer.objects.get(slug=BIG).pk):
        people, _sum = run(ONLY_COUNTED)
        same = side_by_side({"job": count_points, "floor": lambda: run(ONLY_COUNTED)}, times=5)
        new = side_by_side({"job": anew(count_points), "floor": anew(lambda: run(ONLY_INSERTED))}, times=3)
    return [
        Measure("points of everybody, nothing new", same["job"], same["floor"], POINTS_LIMIT, {"people": people}),
        Measure("points of everybody, all new", new["job"], new["floor"], POINTS_LIMIT, {"people": people}),
    ]


def _path(page: Page, visitor: Visitor, made: dict[str, int]) -> str:
    return page.path.replace("{course}", str(made[visitor.slug]))
