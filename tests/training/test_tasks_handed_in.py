"""Practical tasks: handed in with files, marked once, told to who did them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notices.models import Notice
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerMemberFactory
from tests.training.factories import lesson_of_kind
from training.models import Enrolment, HandIn, HandInFile, Lesson, LessonProgress, PracticalTask
from training.selectors.practice import work_of
from training.services import courses, enrolling, learning, practice
from training.services.practice import PracticeError

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def lesson(owner: Membership) -> Lesson:
    return lesson_of_kind(owner.manufacturer, "task")


def learner_of(lesson: Lesson) -> Enrolment:
    member = PartnerMemberFactory(manufacturer=lesson.manufacturer)
    with staff_scope(lesson.manufacturer_id):
        return learning.enrol(lesson.version.course, member)


def hand_in(enrolment: Enrolment, lesson: Lesson, text: str = "Done") -> HandIn:
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        return practice.hand_in(enrolment, lesson, text=text, files=[])


def test_work_is_marked_done_again_and_passed(lesson: Lesson, owner: Membership) -> None:
    enrolment = learner_of(lesson)
    first = hand_in(enrolment, lesson)
    with pytest.raises(PracticeError, match="waits for the trainer"):
        hand_in(enrolment, lesson)
    with staff_scope(lesson.manufacturer_id):
        for refused, why in (
            ({"points": 59, "is_passed": True, "comment": ""}, "To pass takes 60 points"),
            ({"points": 101, "is_passed": True, "comment": ""}, "There are 0 to 100 points"),
            ({"points": 10, "is_passed": False, "comment": " "}, "Say what is to be done better"),
        ):
            with pytest.raises(PracticeError, match=why):
                practice.mark(first, by=owner, **refused)  # type: ignore[arg-type]
        practice.mark(first, points=40, is_passed=False, comment="Straighter", by=owner)
        with pytest.raises(PracticeError, match=f"{owner.name} has marked it meanwhile"):
            practice.mark(first, points=90, is_passed=True, comment="", by=owner)
    second = hand_in(enrolment, lesson, "Straight now")
    with staff_scope(lesson.manufacturer_id):
        practice.mark(second, points=85, is_passed=True, comment="", by=owner)
        ended = Enrolment.objects.get()
        assert (ended.state, ended.score) == ("passed", Decimal("85.00"))
        assert list(HandIn.objects.order_by("number").values_list("number", "state", "points")) == [
            (1, "again", 40),
            (2, "passed", 85),
        ]
        told = Notice.objects.filter(recipient=enrolment.member_id, kind="training.marked").order_by("pk")
        assert [each.facts["is_passed"] for each in told] == [False, True]
        assert Notice.objects.filter(recipient=owner, kind="training.handed_in").count() == 2


def test_the_last_attempt_that_fails_ends_a_course_that_needs_it(lesson: Lesson, owner: Membership) -> None:
    with staff_scope(lesson.manufacturer_id):
        PracticalTask.objects.update(attempts=1)
    enrolment = learner_of(lesson)
    work = hand_in(enrolment, lesson)
    with staff_scope(lesson.manufacturer_id):
        practice.mark(work, points=0, is_passed=False, comment="Nothing is level", by=owner)
        assert Enrolment.objects.get().state == "failed"
    with pytest.raises(PracticeError, match="has ended for you"):
        hand_in(enrolment, lesson)


def test_a_newer_version_keeps_the_rules_and_counts_what_is_marked_later(lesson: Lesson, owner: Membership) -> None:
    enrolment = learner_of(lesson)
    work = hand_in(enrolment, lesson)
    with staff_scope(lesson.manufacturer_id):
        PracticalTask.objects.update(pass_points=70)
        draft = courses.draft_of(lesson.version.course)
        new = draft.lessons.get()
        assert new.task.pass_points == 70
        courses.publish(lesson.version.course, by=owner)
        enrolling.move_on(lesson.version.course, Enrolment.objects.all())
        assert work_of(Enrolment.objects.get(), new).waiting == work
        practice.mark(work, points=70, is_passed=True, comment="", by=owner)
        assert LessonProgress.objects.get(lesson=new).score == 70
        assert Enrolment.objects.get().state == "passed"


def test_what_waits_can_be_taken_back_and_is_gone_with_its_files(
    lesson: Lesson, owner: Membership, client_for: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    enrolment = learner_of(lesson)
    client, slug = client_for(enrolment.member), owner.manufacturer.slug
    page = f"/{slug}/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/"
    assert client.get(page).status_code == 200
    evil = SimpleUploadedFile("page.html", b"<script>alert(1)</script>")
    said = client.post(f"{page}hand-in/", {"text": "See", "files": [evil]}, follow=True).content.decode()
    assert "cannot be uploaded" in said
    files = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(2)]
    assert client.post(f"{page}hand-in/", {"text": "<b>See</b>", "files": files})["Location"] == page
    with staff_scope(owner.manufacturer_id):
        work = HandIn.objects.get()
        row = HandInFile.objects.earliest("pk")
        kept = row.file.storage
        assert kept.exists(row.file.name)
    shown = client.get(page).content.decode()
    assert "&lt;b&gt;See&lt;/b&gt;" in shown
    download = client.get(f"/{slug}/portal/learning/{enrolment.pk}/hand-ins/files/{row.pk}/")
    assert download["Content-Disposition"] == 'attachment; filename="0.pdf"'
    assert download.getvalue() == PDF
    other = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=enrolment.partner)
    assert client_for(other).get(f"/{slug}/portal/learning/{enrolment.pk}/hand-ins/files/{row.pk}/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        back = client.post(f"/{slug}/portal/learning/{enrolment.pk}/hand-ins/{work.pk}/back/")
    assert back["Location"] == page
    assert not kept.exists(row.file.name)
    with staff_scope(owner.manufacturer_id):
        assert not HandIn.objects.exists()


@pytest.mark.parametrize("size", [1, 3])
def test_what_waits_longest_is_first_on_the_trainers_page(
    lesson: Lesson, owner: Membership, client_for: SignIn, size: int, django_assert_num_queries: Any
) -> None:
    for _each in range(size):
        work = hand_in(learner_of(lesson), lesson)
    client, slug = client_for(owner), owner.manufacturer.slug
    with django_assert_num_queries(15):
        page = client.get(f"/{slug}/training/hand-ins/").content.decode()
    assert ("3 pieces of work wait for you" if size == 3 else "1 piece of work waits for you") in page
    one = f"/{slug}/training/hand-ins/{work.pk}/"
    assert client.post(one, {"points": "70", "verdict": "passed"})["Location"] == f"/{slug}/training/hand-ins/"
    late = client.post(one, {"points": "10", "verdict": "again", "comment": "No"}).content.decode()
    assert "has marked it meanwhile" in late
    assert client_for(MembershipFactory(manufacturer=owner.manufacturer, role=Role.ANALYST)).get(one).status_code == 403


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [("Level <b>now</b>", "page.html", "cannot be uploaded"), ("Level <b>now</b>\x00", "a.pdf", "Null characters")],
)
def test_what_was_written_stays_where_handing_in_is_refused(
    lesson: Lesson, client_for: SignIn, text: str, name: str, said: str
) -> None:
    enrolment = learner_of(lesson)
    page = f"/{lesson.manufacturer.slug}/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/hand-in/"
    shown = client_for(enrolment.member).post(page, {"text": text, "files": [SimpleUploadedFile(name, PDF)]})
    assert shown.status_code == 200
    assert said in shown.content.decode()
    assert "Level &lt;b&gt;now&lt;/b&gt;</textarea>" in shown.content.decode()
    with staff_scope(lesson.manufacturer_id):
        assert not HandIn.objects.exists()
