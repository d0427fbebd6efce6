"""What the demo tells of quizzes and certificates holds together."""

import datetime as dt

import pytest
from django.utils import timezone

from partners.models import Qualification, QualificationType
from prm_portal.demo_stories.certificates import tell_certificates
from prm_portal.demo_stories.live_learning import tell_live_learning
from prm_portal.demo_stories.quizzes import PASS_MARK
from prm_portal.demo_stories.training import tell_training
from prm_portal.demo_stories.training_past import tell_training_past
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory
from training.models import (
    Attempt,
    Certificate,
    CertificateState,
    Enrolment,
    EnrolmentState,
    LessonKind,
    LessonProgress,
    LiveSeat,
    LiveSession,
    Question,
    SeatState,
    SurveySheet,
)
from training.selectors.certificates import with_state
from training.selectors.item_statistics import statistics_for

pytestmark = pytest.mark.django_db


def test_attempts_fit_what_learners_have_done(owner: Membership) -> None:
    PartnerMemberFactory.create_batch(20, manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        tell_training(owner.manufacturer, dt.date(2026, 11, 1))
        done = LessonProgress.objects.filter(lesson__kind=LessonKind.QUIZ, done_at__isnull=False)
        passed = Attempt.objects.filter(is_passed=True)
        assert set(done.values_list("enrolment", flat=True)) == set(passed.values_list("enrolment", flat=True))
        assert all(score >= PASS_MARK for score in done.values_list("score", flat=True))
        assert Attempt.objects.filter(is_passed=False).exists()
        finished = Enrolment.objects.filter(state=EnrolmentState.PASSED, pk__in=done.values("enrolment"))
        assert not finished.filter(score=None).exists()
        told = statistics_for(list(Question.objects.all()))
        assert all(each.n and 0 <= (each.difficulty or 0) <= 1 for each in told.values())


def test_live_learning_fits_itself(owner: Membership) -> None:
    PartnerMemberFactory.create_batch(16, manufacturer=owner.manufacturer, partner__stage="active")
    with staff_scope(owner.manufacturer_id):
        for _again in range(2):
            tell_live_learning(owner.manufacturer, dt.date(2026, 11, 1))
        there = LiveSeat.objects.filter(state=SeatState.ATTENDED).values_list("enrolment", flat=True)
        done = LessonProgress.objects.filter(done_at__isnull=False)
        assert set(there) == set(done.filter(lesson__kind=LessonKind.LIVE).values_list("enrolment", flat=True))
        sent = SurveySheet.objects.values_list("enrolment", flat=True)
        assert set(sent) == set(done.filter(lesson__kind=LessonKind.SURVEY).values_list("enrolment", flat=True))
        assert all(each.done == done.filter(enrolment=each).count() for each in Enrolment.objects.all())
        full = LiveSession.objects.get(seats=4)
        assert [full.taken.filter(state=state).count() for state in ("booked", "waiting")] == [4, 2]


def test_certificates_stand_in_every_state_and_prove_what_companies_hold(owner: Membership, in_seoul: None) -> None:
    PartnerMemberFactory.create_batch(40, manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        today = timezone.localdate()
        tell_training(owner.manufacturer, today)
        tell_certificates(owner.manufacturer, today)
        passed = Enrolment.objects.filter(state=EnrolmentState.PASSED)
        assert Certificate.objects.count() == passed.count()
        states = with_state(Certificate.objects.all(), today).values_list("state", flat=True)
        assert set(states) == set(CertificateState.values)
        people = Qualification.objects.filter(member__isnull=False)
        assert set(people.values_list("source", flat=True)) <= set(Certificate.objects.values_list("number", flat=True))
        assert QualificationType.objects.filter(held__member=None, held__ended_on=None).exists()
        tell_certificates(owner.manufacturer, today)
        assert Certificate.objects.count() == passed.count()


def test_the_year_before_is_told_once_and_has_ended(owner: Membership) -> None:
    PartnerMemberFactory.create_batch(30, manufacturer=owner.manufacturer)
    day = dt.date(2026, 11, 1)
    with staff_scope(owner.manufacturer_id):
        tell_training(owner.manufacturer, day)
        tell_training_past(owner.manufacturer, day)
        told = Enrolment.objects.filter(source="import")
        count = told.count()
        assert count > 20
        assert set(told.values_list("state", flat=True)) <= {"passed", "failed", "withdrawn"}
        tell_training_past(owner.manufacturer, day)
        assert told.count() == count
