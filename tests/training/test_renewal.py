"""Certificates that run out: warned of, renewed by the course once more or by the one made for it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notices.models import Notice
from partners.models import Partner, Qualification, QualificationType
from partners.services.qualifications import house_day
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerMemberFactory
from tests.training.certified import END, certified, passed
from tests.training.factories import CourseFactory
from training.models import Certificate, Course, CourseState, Enrolment, EnrolmentSource, EnrolmentState
from training.selectors import certificates as reading
from training.services import certificate_warnings, learning
from training.services import certificates as services
from training.services.certificate_warnings import Turned, renew, turn
from training.services.courses import CourseError, delete_course

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def test_warnings_come_at_60_30_and_7_days_once_each_even_after_nights_without(
    manufacturer: Any, partner: Any, rep: Membership, manager: Membership, course: Course
) -> None:
    admin = PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_ADMIN)
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager, stage="active")
        certified(rep, course)
        told = [turn(END - dt.timedelta(days=left)).told for left in (61, 60, 60, 45, 29, 28, 5, 1, 0, -1)]
        assert told == [0, 3, 0, 0, 3, 0, 3, 0, 0, 0]
        own = Notice.objects.filter(kind="training.certificate_ending")
        assert set(own.values_list("recipient", flat=True)) == {rep.pk}
        others = Notice.objects.filter(kind="training.colleagues_certificate_ending")
        assert set(others.values_list("recipient", flat=True)) == {admin.pk, manager.pk}


def test_who_holds_one_that_runs_out_is_enrolled_again_once_and_the_new_one_ends_the_warnings(
    rep: Membership, partner: Any, course: Course
) -> None:
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        certified(rep, course)
        day = END - dt.timedelta(days=40)
        assert [turn(day).renewals for _again in range(2)] == [1, 0]
        renewal = Enrolment.objects.get(source=EnrolmentSource.RENEWAL)
        assert (renewal.due_on, renewal.by_id, renewal.is_open) == (END, None, True)
        learning.end(renewal, EnrolmentState.WITHDRAWN, reason="Not now")
        assert turn(day).renewals == 0
        certified(rep, course, day)
        assert not reading.ending(END).exists()
        Course.objects.update(state=CourseState.RETIRED)
        assert turn(END).renewals == 0


# --- The course made for renewing --------------------------------------------------------------------------------------


@pytest.fixture
def shorter(course: Course) -> Course:
    """Half an hour that renews the certificate of `course`, and gives no qualification by itself."""
    shorter = CourseFactory(manufacturer=course.manufacturer, lessons=1, titles={"en": "What is new"}, is_open=False)
    with staff_scope(course.manufacturer_id):
        course.renewal = shorter
        course.save(update_fields=["renewal"])
    return shorter


def test_the_course_made_for_it_renews_the_certificate(
    rep: Membership,
    partner: Any,
    owner: Membership,
    course: Course,
    shorter: Course,
    client_for: SignIn,
    in_seoul: None,
) -> None:
    own = f"/hanbit/portal/learning/courses/{shorter.pk}/"
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        today = house_day()
        old = certified(rep, course, today - dt.timedelta(days=340))
        assert [turn(today).renewals for _again in range(2)] == [1, 0]
        renewal = Enrolment.objects.get(source=EnrolmentSource.RENEWAL)
        assert (renewal.course_id, renewal.due_on) == (shorter.pk, old.valid_until)
        assert Notice.objects.get(kind="training.certificate_ending").facts["course"] == shorter.pk
    client = client_for(rep)
    for page in ("/hanbit/portal/", "/hanbit/portal/learning/certificates/"):
        assert own in client.get(page).content.decode(), page
    assert "Passing it renews your certificate “Walls”" in client.get(own).content.decode()
    with partner_scope(rep.manufacturer_id, partner.pk):
        passed(rep, shorter)
    with staff_scope(rep.manufacturer_id):
        new = Certificate.objects.get(enrolment=renewal)
        assert (new.course_id, new.title, new.issued_on) == (course.pk, "Walls", today)
        assert (new.valid_until or today) > (old.valid_until or today)
        held = Qualification.objects.get(member=rep)
        assert (held.source, held.valid_until, held.ended_on) == (new.number, new.valid_until, None)
        assert turn(today) == Turned()
        services.withdraw(new, reason="A wrong name", by=owner)
        assert services.issue_again(new).course_id == course.pk
    assert own not in client.get("/hanbit/portal/learning/certificates/").content.decode()


def test_without_a_certificate_that_stands_it_is_a_course_like_any_other(
    rep: Membership, partner: Any, course: Course, shorter: Course
) -> None:
    late, other = (PartnerMemberFactory(manufacturer=course.manufacturer, partner=partner) for _each in range(2))
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        certified(late, course, house_day() - dt.timedelta(days=400))
        for member in (rep, late):
            passed(member, shorter)
            assert Certificate.objects.filter(member=member).latest("pk").title == "What is new"
        assert not Qualification.objects.filter(member=rep).exists()
        Course.objects.filter(pk=shorter.pk).update(state=CourseState.RETIRED)
        certified(other, course)
        assert renew(END) == 1
        assert Enrolment.objects.get(source=EnrolmentSource.RENEWAL).course_id == course.pk


def test_the_page_of_the_course_says_that_it_renews_as_long_as_a_pass_does(
    rep: Membership, partner: Any, course: Course, shorter: Course, client_for: SignIn, in_seoul: None
) -> None:
    client, page = client_for(rep), f"/hanbit/portal/learning/courses/{shorter.pk}/"

    def says_so() -> bool:
        return "Passing it renews your certificate" in client.get(page).content.decode()

    with staff_scope(rep.manufacturer_id):
        Course.objects.filter(pk=shorter.pk).update(is_open=True)
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        old = certified(rep, course, house_day() - dt.timedelta(days=400))
    assert not says_so()
    with staff_scope(rep.manufacturer_id):
        enrolment = learning.enrol(shorter, rep)
        Enrolment.objects.filter(pk=enrolment.pk).update(
            enrolled_at=enrolment.enrolled_at - dt.timedelta(days=60), seen_at=None
        )
    assert says_so()
    with partner_scope(rep.manufacturer_id, partner.pk):
        passed(rep, shorter)
    with staff_scope(rep.manufacturer_id):
        new = Certificate.objects.get(enrolment=enrolment)
        assert (new.course_id, new.pk == old.pk) == (course.pk, False)
    assert not says_so()


def test_a_course_renews_one_other_and_none_in_a_chain(
    owner: Membership, course: Course, shorter: Course, client_for: SignIn
) -> None:
    third = CourseFactory(manufacturer=owner.manufacturer)
    client = client_for(owner)

    def answer(changed: Course, renewal: Course) -> str:
        given = {"code": changed.code, "titles_en": "Walls", "valid_months": 12, "renewal": renewal.pk}
        return client.post(f"/hanbit/training/courses/{changed.pk}/edit/", given).content.decode()

    assert "is itself renewed by another course" in answer(third, course)
    assert "renews the certificate of another" in answer(shorter, third)
    assert "renews the certificate of another course already" in answer(third, shorter)
    with staff_scope(owner.manufacturer_id):
        Course.objects.filter(pk=shorter.pk).update(state=CourseState.DRAFT)
        with pytest.raises(CourseError, match="renews the certificate of another course"):
            delete_course(shorter)
    facts = client.get(f"/hanbit/training/courses/{course.pk}/").content.decode()
    assert "Renewed by" in facts
    assert "Renews" in client.get(f"/hanbit/training/courses/{shorter.pk}/").content.decode()


def test_a_course_is_renewed_by_none_that_gives_another_qualification(
    owner: Membership, course: Course, shorter: Course, client_for: SignIn
) -> None:
    client = client_for(owner)
    with staff_scope(owner.manufacturer_id):
        fitter = QualificationType.objects.get()
        planner = QualificationType.objects.create(code="planner", names={"en": "Planner"})

    def answer(changed: Course, **given: Any) -> Any:
        told = {"code": changed.code, "titles_en": "Walls", "valid_months": 12} | given
        return client.post(f"/hanbit/training/courses/{changed.pk}/edit/", told)

    refused = answer(shorter, qualification=planner.pk).content.decode()
    assert "which does not give “Planner”" in refused
    assert answer(shorter, qualification=fitter.pk).status_code == 302
    assert answer(course, renewal=shorter.pk, qualification=fitter.pk).status_code == 302
    for other in ({"qualification": planner.pk}, {}):
        refused = answer(course, renewal=shorter.pk, **other).content.decode()
        assert "gives the qualification “Fitter”, and this course does not" in refused
    with staff_scope(owner.manufacturer_id):
        course.refresh_from_db()
        assert (course.renewal_id, course.qualification_id) == (shorter.pk, fitter.pk)


def test_a_course_keeps_the_one_that_renews_it_once_that_is_retired(
    owner: Membership, course: Course, shorter: Course, client_for: SignIn
) -> None:
    other = CourseFactory(manufacturer=owner.manufacturer, state=CourseState.RETIRED)
    with staff_scope(owner.manufacturer_id):
        Course.objects.filter(pk=shorter.pk).update(state=CourseState.RETIRED)
    client, address = client_for(owner), f"/hanbit/training/courses/{course.pk}/edit/"
    page = client.get(address).content.decode()
    assert f'<option value="{shorter.pk}" selected' in page
    assert f'<option value="{other.pk}"' not in page
    given = {"code": course.code, "titles_en": "Walls mended", "valid_months": 12, "renewal": shorter.pk}
    assert client.post(address, given).status_code == 302
    with staff_scope(owner.manufacturer_id):
        course.refresh_from_db()
        assert (course.titles["en"], course.renewal_id) == ("Walls mended", shorter.pk)


def test_a_morning_asks_as_often_for_many_as_for_few(
    partner: Any, rep: Membership, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [rep, *(PartnerMemberFactory(manufacturer=course.manufacturer, partner=partner) for _each in range(8))]
    counts = []
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        for some in (people[:2], people[2:7]):
            for each in some:
                certified(each, course)
            with CaptureQueriesContext(connection) as queries:
                assert renew(END) == len(some)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        monkeypatch.setattr(certificate_warnings, "CHUNK", 1)
        for each in people[7:]:
            certified(each, course)
        learning.enrol(course, people[7], due_on=END + dt.timedelta(days=9))
        Enrolment.objects.filter(member=people[7]).update(enrolled_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert renew(END) == 1
        own = Enrolment.objects.filter(state=EnrolmentState.ENROLLED, member__in=people[7:])
        assert set(own.values_list("source", "due_on")) == {("self", END), ("renewal", END)}


def test_who_may_not_learn_or_has_left_is_not_enrolled(rep: Membership, partner: Any, course: Course) -> None:
    with staff_scope(rep.manufacturer_id):
        certified(rep, course)
        Partner.objects.filter(pk=partner.pk).update(stage="ended")
        assert turn(END).renewals == 0
        Membership.objects.filter(pk=rep.pk).update(is_active=False)
        assert turn(END - dt.timedelta(days=20)).told == 0
