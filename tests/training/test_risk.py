"""Who may not finish: what is learned from, what is said of open enrolments, and to whom."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from notices.models import Notice
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory
from tests.training.factories import CourseFactory
from tests.training.learners import did, took
from training.models import Course, CourseVersion, Enrolment, EnrolmentRisk, Lesson, LessonProgress, RiskModel
from training.risk import EARLIEST, LANDMARKS, TOLD, learn
from training.services import risks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]
SignIn = Callable[[Membership], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def walls(owner: Membership) -> Course:
    course = CourseFactory(manufacturer=owner.manufacturer, code="walls", titles={"en": "Walls"}, lessons=4)
    with staff_scope(owner.manufacturer_id):
        CourseVersion.objects.filter(course=course).update(lesson_count=4)
    return course


def past(course: Course, people: list[Membership], *, chance_of: Callable[[bool], float], each: int = 10) -> None:
    """Enrolments of a year, of which a third begins late: who passes in time is drawn by that."""
    dice = random.Random(3)
    now = timezone.now()
    manufacturer = people[0].manufacturer_id
    with staff_scope(manufacturer):
        version = CourseVersion.objects.get(course=course)
        lessons = list(Lesson.objects.filter(version=version))
        rows, ways = [], []
        for number in range(len(people) * each):
            at = now - (400 - number * 300 / (len(people) * each)) * DAY
            is_late = dice.random() < 1 / 3
            passes = dice.random() < chance_of(is_late)
            rows.append(
                Enrolment(
                    course=course,
                    version=version,
                    partner_id=people[number % len(people)].partner_id,
                    member=people[number % len(people)],
                    state="passed" if passes else "failed",
                    enrolled_at=at,
                    due_on=timezone.localdate(at) + 60 * DAY,
                    started_at=at + DAY,
                    ended_at=at + 55 * DAY,
                )
            )
            ways.append(25 if is_late else 2)
        Enrolment.objects.bulk_create(rows)
        LessonProgress.objects.bulk_create(
            [
                LessonProgress(
                    enrolment=row,
                    lesson=lesson,
                    partner_id=row.partner_id,
                    started_at=row.enrolled_at + (after + 8 * place) * DAY,
                    done_at=row.enrolled_at + (after + 8 * place + 1) * DAY,
                )
                for row, after in zip(rows, ways, strict=True)
                for place, lesson in enumerate(lessons)
            ]
        )


@pytest.fixture
def people(owner: Membership) -> list[Membership]:
    return PartnerMemberFactory.create_batch(40, manufacturer=owner.manufacturer)


def test_cases_hold_what_was_known_at_their_landmark_alone(walls: Course, rep: Membership, owner: Membership) -> None:
    before = took(walls, rep, "failed", ago=300)
    enrolment = took(walls, rep, "passed", ago=200, due_on=timezone.localdate() - 150 * DAY, source="import")
    with staff_scope(owner.manufacturer_id):
        Enrolment.objects.filter(pk=enrolment.pk).update(ended_at=enrolment.enrolled_at + 45 * DAY)
    did(enrolment, 0, after=5, score=80)
    did(enrolment, 1, after=15, done=False)
    did(enrolment, 2, after=35, score=20)
    with staff_scope(owner.manufacturer_id):
        cases = [case for case in risks.past_cases(timezone.now()) if case["id"] == enrolment.pk]
        first = [case for case in risks.past_cases(timezone.now()) if case["id"] == before.pk]
    assert [case["elapsed"] for case in cases] == list(LANDMARKS)
    given = cases[0]["given"]
    assert 50 <= given <= 51  # until the end of the day it is due
    days = [given * share for share in LANDMARKS]
    assert [case["begun_after"] for case in cases] == [pytest.approx(5)] * 4
    assert [case["silent"] for case in cases] == [
        pytest.approx(days[0] - 5),
        pytest.approx(days[1] - 15),
        pytest.approx(days[2] - 15),
        pytest.approx(days[3] - 35),
    ]
    assert [case["score"] for case in cases] == [80, 80, 80, 50]
    assert [round(case["pace"], 4) for case in cases] == [0.05, -0.15, -0.35, -0.3]
    assert [case["days"] for case in cases] == [1, 2, 2, 3]
    assert {(case["missed_before"], case["passed_before"], case["again"]) for case in cases} == {(1, 0, True)}
    assert {case["finished"] for case in cases} == {True}
    # Without a day it has 90: ended after ten, it was open at none of its landmarks.
    assert first == []
    with staff_scope(owner.manufacturer_id):
        Enrolment.objects.filter(pk=enrolment.pk).update(source="self")
        cases = risks.past_cases(timezone.now())
    # A score of a lesson that was learned here may be of a later visit.
    assert [case["score"] for case in cases] == [None] * 4


def test_what_it_learns_from_is_not_chosen_by_how_it_ended(walls: Course, rep: Membership, owner: Membership) -> None:
    due = timezone.localdate() + 20 * DAY
    for number in range(4):
        took(walls, rep, "passed" if number % 2 else "failed", ago=100 + number, ended_at=timezone.now() - 40 * DAY)
        took(walls, rep, "passed", ago=80 + number, due_on=due, ended_at=timezone.now() - 30 * DAY)
    took(walls, rep, "started", ago=80, due_on=due)
    took(walls, rep, "withdrawn", ago=150, ended_at=timezone.now() - 90 * DAY)
    brought = took(walls, rep, "withdrawn", ago=151, ended_at=timezone.now() - 90 * DAY, source="import")
    now = timezone.now()
    with staff_scope(owner.manufacturer_id):
        assert risks.supply(now) == risks.Supply(1, 0)
        assert {case["id"] for case in risks.past_cases(now)} == {brought.pk}
        assert risks.supply(now + 10 * DAY) == risks.Supply(5, 2)
        # Half of who began then have passed early; what the others do is known when their time is over.
        assert risks.supply(now + 40 * DAY) == risks.Supply(10, 6)
        cases = risks.past_cases(now + 40 * DAY)
        assert {case["settled"] > now for case in cases} == {True, False}
        assert {case["id"] for case in cases if case["settled"] <= now} == {brought.pk}
        past = [case["finished"] for case in cases if case["elapsed"] == EARLIEST]
        assert (len(past), sum(past)) == (10, 6)


def test_a_night_without_cases_goes_on_with_the_rest(
    walls: Course, people: list[Membership], owner: Membership
) -> None:
    past(walls, people, chance_of=lambda is_late: 0.5, each=6)
    now = timezone.now()
    with staff_scope(owner.manufacturer_id):
        Enrolment.objects.update(ended_at=F("enrolled_at") + 5 * DAY)
        assert risks.supply(now) == risks.Supply(0, 0)
        assert risks.look_after(now) == {"scored": 0, "reminded": 0}
        with pytest.raises(risks.RiskError, match=r"a fifth of it or longer.*You have 0, 0 of them finished"):
            risks.learn_now(now)


def test_no_enrolment_judges_what_was_learned_from_itself() -> None:
    ids, moments = [each // 4 for each in range(1600)], [each // 4 + each % 4 * 60 for each in range(1600)]
    won = [pk % 3 > 0 for pk in ids]
    rows = [{"pace": (0.3 if each else -0.3) + (place % 7 - 3) / 4} for place, each in enumerate(won)]
    settled = [pk + 10_000 for pk in ids]
    seen = learn(rows, won, looked_at=moments, settled=settled, enrolments=ids)
    late = {ids[place] for place in sorted(range(1600), key=lambda place: moments[place])[-400:]}
    assert seen.model.learned_from == sum(pk not in late for pk in ids)
    assert seen.is_strict is False
    assert seen.evaluation is not None
    assert seen.evaluation.count == 400
    alone = learn(rows, won, looked_at=moments, settled=settled, enrolments=list(range(1600)))
    assert alone.evaluation is not None
    wide, narrow = (each.auc_high - each.auc_low for each in (seen.evaluation, alone.evaluation))
    assert wide > 1.2 * narrow


def test_who_begins_late_is_warned_of_and_reminded_once_a_week(
    walls: Course, people: list[Membership], rep: Membership, sibling_rep: Membership, partner_admin: Membership,
    owner: Membership, client_for: SignIn,
) -> None:  # fmt: skip
    past(walls, people, chance_of=lambda is_late: 0.15 if is_late else 0.9)
    due = timezone.localdate() + 30 * DAY
    behind = took(walls, rep, "enrolled", ago=30, due_on=due)
    fine = took(walls, sibling_rep, "started", ago=30, due_on=due)
    for place in range(3):
        did(fine, place, after=2 + 8 * place)
    now = timezone.now()
    with staff_scope(owner.manufacturer_id):
        assert risks.supply(now).is_enough
        told = risks.look_after(now)
        model = RiskModel.objects.get()
        assert (model.version, model.is_useful, model.enrolments, model.courses) == (1, True, 400, 1)
        assert told["scored"] == 2
        assert told["reminded"] == 1
        bad, good = EnrolmentRisk.objects.get(enrolment=behind), EnrolmentRisk.objects.get(enrolment=fine)
        assert (bad.needs_help, good.needs_help) == (True, False)
        assert bad.chance < 0.5 < good.chance
        assert bad.reasons
        assert all(reason["field"] in TOLD and reason["weight"] < 0 for reason in bad.reasons)
        notice = Notice.objects.get(kind="training.behind")
        assert (notice.recipient_id, notice.facts["title"]) == (rep.pk, {"en": "Walls"})
        assert risks.look_after(now)["reminded"] == 0
        assert risks.look_after(now + 3 * DAY)["reminded"] == 0
    did(fine, 3, after=33)
    with staff_scope(owner.manufacturer_id):
        assert risks.look_after(now + 7 * DAY)["reminded"] == 1
        assert Notice.objects.filter(kind="training.behind").count() == 2
    page = client_for(owner).get("/hanbit/training/analysis/risks/").content.decode()
    assert "1 person may not finish in time" in page
    assert "has not begun" in page
    assert "gives the first the better chance in" in page
    shown = client_for(partner_admin).get("/hanbit/portal/learning/team/analysis/").content.decode()
    assert f"{rep.name} may not finish “Walls” by" in shown
    assert sibling_rep.name not in shown
    with staff_scope(owner.manufacturer_id):
        Enrolment.objects.filter(pk=behind.pk).update(state="passed", ended_at=now)
        risks.score_open(now)
        assert list(EnrolmentRisk.objects.values_list("enrolment", flat=True)) == [fine.pk]


def test_what_is_no_better_than_the_plain_rate_warns_nobody(
    walls: Course, people: list[Membership], rep: Membership, owner: Membership, client_for: SignIn
) -> None:
    past(walls, people, chance_of=lambda is_late: 0.5)
    behind = took(walls, rep, "enrolled", ago=30, due_on=timezone.localdate() + 30 * DAY)
    now = timezone.now()
    with staff_scope(owner.manufacturer_id):
        EnrolmentRisk.objects.create(
            enrolment=behind, partner_id=rep.partner_id, chance=0.1, needs_help=True, scored_on=timezone.localdate()
        )
        assert risks.look_after(now) == {"scored": 0, "reminded": 0}
        assert RiskModel.objects.get().is_useful is False
        assert EnrolmentRisk.objects.count() == 0
    page = client_for(owner).get("/hanbit/training/analysis/risks/").content.decode()
    assert "no better than the plain rate, so nobody is warned by it" in page


def test_with_too_little_it_says_what_it_takes(owner: Membership, manager: Membership, client_for: SignIn) -> None:
    page = "/hanbit/training/analysis/risks/"
    shown = client_for(owner).get(page).content.decode()
    assert "You have 0, 0 of them finished." in shown
    assert client_for(owner).post(f"{page}learn/").status_code == 302
    assert client_for(manager).post(f"{page}learn/").status_code == 403
    with staff_scope(owner.manufacturer_id):
        assert not Job.objects.filter(kind=risks.LEARNING).exists()
        with pytest.raises(risks.RiskError, match="at least 200 enrolments"):
            risks.learn_now(timezone.now())


def test_too_early_and_too_late_nothing_is_said(walls: Course, people: list[Membership], owner: Membership) -> None:
    past(walls, people, chance_of=lambda is_late: 0.15 if is_late else 0.9)
    now = timezone.now()
    new: Any = took(walls, people[0], "enrolled", ago=5, due_on=timezone.localdate() + 55 * DAY)
    late = took(walls, people[1], "enrolled", ago=70, due_on=timezone.localdate() - 10 * DAY)
    with staff_scope(owner.manufacturer_id):
        risks.learn_now(now)
        assert risks.score_open(now) == 0
        assert not EnrolmentRisk.objects.filter(enrolment__in=[new.pk, late.pk]).exists()
        assert risks.score_open(now + 20 * DAY) == 1
