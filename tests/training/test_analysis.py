"""How learning goes: by course, partner and person, lesson by lesson, and against comparable partners."""

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce.growth_effects import Frame, growth
from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tenancy.services import end_place
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.training.factories import CourseFactory
from tests.training.learners import did, sold, took
from training.models import Course, CourseEffect, Enrolment
from training.selectors import analysis as reading
from training.selectors.courses import course_rows
from training.services import effects
from valuation.comparison import Verdict
from valuation.registry import sources

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]
SignIn = Callable[[Membership], Client]
PAGE = "/hanbit/training/analysis/"


@pytest.fixture
def walls(manufacturer: Manufacturer) -> Course:
    return CourseFactory(manufacturer=manufacturer, code="walls", titles={"en": "Walls"}, lessons=3)


@pytest.fixture
def assigned(manufacturer: Manufacturer, partner: Partner) -> Membership:
    """A channel manager who looks after Seoul Agency alone."""
    member = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=member)
    return member


@pytest.fixture
def learned(walls: Course, partner_admin: Membership, rep: Membership, sibling_rep: Membership) -> Course:
    """At Seoul Agency one has passed and one is late; at Busan Dealer one has failed, and was taken back once."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    took(walls, partner_admin, "passed", score=90, seconds=1200)
    took(walls, rep, "started", due_on=yesterday)
    took(walls, sibling_rep, "withdrawn", ago=90)
    took(walls, sibling_rep, "failed", score=40, seconds=600)
    return walls


def test_figures_of_a_course_are_those_of_the_partners_one_sees(
    learned: Course, owner: Membership, assigned: Membership
) -> None:
    with staff_scope(owner.manufacturer_id):
        (mine,), (all_of_it,) = reading.course_progress(assigned), reading.course_progress(owner)
        counted = (
            "taken",
            "waiting",
            "learning",
            "late",
            "passed",
            "failed",
            "exempt",
            "share",
            "mean_score",
            "mean_minutes",
        )
        assert [getattr(mine, name) for name in counted] == [2, 0, 1, 1, 1, 0, 0, 50, 90, 20]
        assert [getattr(all_of_it, name) for name in counted] == [3, 0, 1, 1, 1, 1, 0, pytest.approx(100 / 3), 65, 15]
        assert reading.seen_totals(owner) == {name: getattr(all_of_it, name) for name in counted}
        assert [(row.name, row.taken, row.late) for row in reading.partner_progress(assigned)] == [
            ("Seoul Agency", 2, 1)
        ]
        assert {(row.code, row.passed, row.failed) for row in reading.partner_progress(owner)} == {
            ("A1", 1, 0),
            ("B1", 0, 1),
        }
        people = {row.pk: (row.taken, row.passed, row.mean_score) for row in reading.person_progress(owner)}
        assert set(people.values()) == {(1, 1, 90), (1, 0, None), (1, 0, 40)}
        assert len(reading.person_progress(assigned)) == 2


def test_pages_say_what_matters_and_go_out_as_a_sheet(
    learned: Course, owner: Membership, assigned: Membership, sibling: Partner, partner: Partner, client_for: SignIn
) -> None:
    staff = client_for(owner)
    page = staff.get(PAGE).content.decode()
    assert "33% of the courses taken are passed, 1 is late" in page
    assert "Walls" in staff.get(PAGE, {"sort": "-late", "stands": "late"}).content.decode()
    sheet = b"".join(staff.get(PAGE, {"export": "csv"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(sheet))
    assert next(iter(row)) == "Course"
    assert (row["Course"], row["Enrolled"], row["Late"], row["Passed"]) == ("Walls", "3", "1", "1")
    for tab in ("partners/", "people/", "risks/", "effects/", f"partners/{sibling.pk}/"):
        assert staff.get(PAGE + tab).status_code == 200
    late = staff.get(f"{PAGE}partners/", {"stands": "late", "sort": "-late"}).content.decode()
    assert "Seoul Agency" in late
    assert "Busan Dealer" not in late
    own = client_for(assigned)
    assert "1 person is learning, 1 course is late" in own.get(f"{PAGE}partners/{partner.pk}/").content.decode()
    assert own.get(f"{PAGE}partners/{sibling.pk}/").status_code == 404
    assert "Busan Dealer" not in own.get(f"{PAGE}partners/").content.decode()


def test_lists_ask_as_often_at_any_size(
    learned: Course, owner: Membership, partner: Partner, partner_admin: Membership, client_for: SignIn
) -> None:
    staff, portal = client_for(owner), client_for(partner_admin)
    pages = [
        (staff, PAGE),
        (staff, f"{PAGE}partners/"),
        (staff, f"{PAGE}people/"),
        (staff, f"{PAGE}partners/{partner.pk}/"),
        (staff, f"/hanbit/training/courses/{learned.pk}/?tab=way"),
        (portal, "/hanbit/portal/learning/team/analysis/"),
    ]

    def asked() -> list[int]:
        counts = []
        for client, page in pages:
            client.get(page)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    few = asked()
    for number in range(6):
        course = CourseFactory(manufacturer=owner.manufacturer, code=f"more-{number}")
        took(course, PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner))
        took(
            course,
            PartnerMemberFactory(
                manufacturer=owner.manufacturer, partner=PartnerFactory(manufacturer=owner.manufacturer)
            ),
        )
    assert asked() == few


def test_a_course_shows_where_its_people_stop(
    walls: Course,
    owner: Membership,
    partner: Partner,
    assigned: Membership,
    sibling_rep: Membership,
    client_for: SignIn,
) -> None:
    now = timezone.now()
    ways = [
        ("passed", 2, now, 3),
        ("started", 1, now - dt.timedelta(days=40), 2),  # silent: stopped in the second lesson
        ("started", 1, now - dt.timedelta(days=2), 2),  # goes on
        ("failed", 1, now, 2),
        ("withdrawn", 0, now, 1),
    ]
    for number, (state, done, seen_at, begun) in enumerate(ways):
        member = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner, user__name=f"P{number}")
        enrolment = took(walls, member, state, ago=50, seen_at=seen_at)
        for place in range(begun):
            did(enrolment, place, after=place + 1, done=place <= done - (state != "passed"), seconds=120, score=80)
    other = took(walls, sibling_rep, "failed", ago=50)
    did(other, 0, done=False)
    with staff_scope(owner.manufacturer_id):
        way = reading.way_through(walls, owner)
        assert [(each.begun, each.done, each.stopped) for each in way.lessons] == [(6, 4, 2), (4, 1, 2), (1, 1, 0)]
        assert (way.learners, way.stopped) == (6, 4)
        assert (way.lessons[0].minutes, way.lessons[0].score) == (2, 80)
        mine = reading.way_through(walls, assigned)
        assert [(each.begun, each.stopped) for each in mine.lessons] == [(5, 1), (4, 2), (1, 0)]
        assert mine.worst is not None
        assert str(mine.worst.lesson) == "L1"
    page = client_for(assigned).get(f"/hanbit/training/courses/{walls.pk}/?tab=way").content.decode()
    assert "Most stop at “L1”: 2 of 4 who began it" in page


def test_the_partner_admin_sees_its_own_people_alone(
    learned: Course, partner_admin: Membership, sibling_rep: Membership, rep: Membership, client_for: SignIn
) -> None:
    page = "/hanbit/portal/learning/team/analysis/"
    shown = client_for(partner_admin).get(page).content.decode()
    assert "1 person is learning, 1 course is late" in shown
    assert rep.name in shown
    assert sibling_rep.name not in shown
    assert client_for(rep).get(page).status_code == 403


def test_who_has_left_neither_learns_nor_is_late(
    learned: Course, owner: Membership, partner_admin: Membership, rep: Membership, client_for: SignIn
) -> None:
    def shown() -> list[int]:
        totals = reading.seen_totals(owner)
        return [
            totals["taken"], totals["learning"], totals["late"], reading.people_learning(Enrolment.objects.all()),
            sum(each.late for each in reading.partner_progress(owner)), course_rows(owner).get().late,
        ]  # fmt: skip

    home = client_for(partner_admin)
    assert "1 person is late with a course" in home.get("/hanbit/portal/").content.decode()
    with staff_scope(owner.manufacturer_id):
        assert shown() == [3, 1, 1, 1, 1, 1]
        end_place(rep, by=owner)
        assert shown() == [3, 0, 0, 0, 0, 0]
    assert "late with a course" not in home.get("/hanbit/portal/").content.decode()
    assert "Nobody has a course to learn" in home.get("/hanbit/portal/learning/team/").content.decode()


def test_learning_counts_as_kpis(learned: Course, owner: Membership, partner: Partner, sibling: Partner) -> None:
    (source,) = [each for each in sources() if any(kpi.key == "trained_share" for kpi in each.kpis)]
    with staff_scope(owner.manufacturer_id), connection.cursor() as cursor:
        cursor.execute(*source.rows(timezone.localdate(), 0, 2**62))
        found = {pk: json.loads(kpis) for pk, kpis, _facts in cursor.fetchall()}
    assert found[partner.pk] == {"courses_passed": "1", "trained_share": "50"}
    assert found[sibling.pk] == {"courses_passed": "0", "trained_share": "0"}


# --- Against comparable partners --------------------------------------------------------------------------------------

DAY = dt.date(2026, 6, 30)
FRAME = Frame(DAY)


def market(owner: Membership, walls: Course, *, gain: float) -> list[Partner]:
    """Partners of which every second took the course in its half year and sold `gain` points more afterwards, beside what
    chance does; one passed too early and one never finished, and sold ten times as much."""
    dice = random.Random(4)
    partners = PartnerFactory.create_batch(84, manufacturer=owner.manufacturer, country="KR", region="Seoul")
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk__in=[each.pk for each in partners]).update(kind=partners[0].kind)
        version = walls.versions.get()
    rows = []
    for number, each in enumerate(partners):
        member = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=each)
        size = dice.uniform(50, 200)
        growth = dice.gauss(5, 8) + (gain if number % 2 == 0 else 0)
        if number in (0, 1):
            growth = 900
        rows += [
            (each.pk, FRAME.start - dt.timedelta(days=500), size),
            (each.pk, FRAME.start - dt.timedelta(days=100), size),
            (each.pk, FRAME.cut + dt.timedelta(days=60), size * (1 + growth / 100)),
        ]
        passed_on = FRAME.start if number == 0 else FRAME.first
        if number == 1 or number % 2 == 0:
            at = timezone.make_aware(dt.datetime.combine(passed_on, dt.time(12)))
            state = "started" if number == 1 else "passed"
            took(
                walls,
                member,
                state,
                version=version,
                enrolled_at=at,
                started_at=at,
                ended_at=None if number == 1 else at,
            )
    sold(owner.manufacturer_id, rows)
    return partners


@pytest.mark.parametrize(("gain", "verdict"), [(15.0, Verdict.BETTER), (0.0, Verdict.NO_EVIDENCE)])
def test_an_effect_is_said_where_there_is_one_and_else_not(
    gain: float, verdict: str, walls: Course, owner: Membership, client_for: SignIn
) -> None:
    market(owner, walls, gain=gain)
    with staff_scope(owner.manufacturer_id):
        assert effects.work_out(DAY) == 1
        first = CourseEffect.objects.get()
        assert (first.verdict, first.did, first.others) == (verdict, 41, 41)
        assert 20 <= first.pairs <= 41
        assert first.difference is not None
        assert abs(first.difference - gain) < 6
        assert effects.work_out(DAY) == 1
        again = CourseEffect.objects.get()
        assert (again.difference, again.low, again.high) == (first.difference, first.low, first.high)
    page = client_for(owner).get(f"{PAGE}effects/").content.decode()
    said = "grew" if verdict == Verdict.BETTER else "No evidence that partners that took “Walls” grew differently"
    assert said in page
    # One passed on July 1, the last day that does not count.
    assert "41 partners passed it from July 2, 2025 to December 30, 2025, 41 never began it;" in page
    assert "How alike the two groups are" in page


def test_with_few_partners_nothing_is_said(learned: Course, owner: Membership, client_for: SignIn) -> None:
    with staff_scope(owner.manufacturer_id):
        effects.work_out(timezone.localdate())
        assert CourseEffect.objects.get().verdict == Verdict.TOO_FEW
    page = client_for(owner).get(f"{PAGE}effects/").content.decode()
    assert "No course goes with growth that is beyond doubt" in page
    assert "Too few partners to tell what “Walls” goes with" in page


def test_growth_is_bounded_and_needs_something_before() -> None:
    found = [growth(*each) for each in ((110.0, 100.0), (0.0, 100.0), (900.0, 100.0), (5.0, 0.0))]
    assert found == [10, -100, 200, None]


def test_measuring_is_a_job_that_trainers_start(owner: Membership, manager: Membership, client_for: SignIn) -> None:
    assert client_for(owner).post(f"{PAGE}effects/measure/").status_code == 302
    assert client_for(manager).post(f"{PAGE}effects/measure/").status_code == 403
    with staff_scope(owner.manufacturer_id):
        assert Enrolment.objects.count() == 0
        assert effects.look_after(timezone.now()) is False  # nobody has passed anything
