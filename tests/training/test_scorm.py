"""Lessons that play a package: uploaded by staff, played at an origin of its own, and what it reports kept."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rls import partner_scope, staff_scope
from tests.training.factories import CourseFactory, LessonFactory
from tests.training.scorm_packages import item, manifest, package, resource, upload
from training.lesson_kinds import player_of
from training.models import (
    CourseVersion,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonProgress,
    ScormActivity,
    ScormFile,
    ScormLesson,
    ScormPackage,
    ScormState,
)
from training.scorm_addresses import HOURS, SALT, Ticket, address_of
from training.services import content, courses, enrolling, learning
from training.services import scorm as services

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def lesson(owner: Membership, media: Path) -> Lesson:
    """A lesson of a draft that plays nothing yet."""
    course = CourseFactory(manufacturer=owner.manufacturer, lessons=0, state="draft")
    with staff_scope(owner.manufacturer_id):
        version = CourseVersion.objects.get(course=course)
        version.state, version.published_at = "draft", None
        version.save()
        module = version.modules.get()
    made = LessonFactory(
        manufacturer=owner.manufacturer, version=version, module=module, kind="scorm", titles={"en": "Box"}
    )
    with staff_scope(owner.manufacturer_id):
        made.contents.all().delete()
    return made


class Played:
    """A visit of a package, as the browser makes it: by its address alone."""

    def __init__(self, address: str) -> None:
        _http, _slashes, self.host, self.token, _end = address.split("/")
        self.client = Client(headers={"host": self.host})

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(f"/{self.token}/{path}", **more)

    def post(self, path: str, told: Any = None, **headers: str) -> Any:
        headers = {"origin": f"http://{self.host}"} | headers
        body = told if isinstance(told, str) else json.dumps(told)
        return self.client.post(f"/{self.token}/{path}", body, content_type="text/plain", headers=headers)

    def start(self, activity: ScormActivity) -> Any:
        return self.post(f"{activity.pk}/start").json()

    def keep(self, activity: ScormActivity, session: int, sequence: int, cmi: Any) -> Any:
        return self.post(f"{activity.pk}/keep", {"session": session, "sequence": sequence, "cmi": cmi})


@pytest.fixture
def taken(
    owner: Membership, rep: Membership, lesson: Lesson
) -> Callable[..., tuple[Enrolment, list[ScormActivity], Played]]:
    """`taken(version, parts)`: a package that is out and begun by the rep."""

    def begin(version: str = "1.2", parts: int = 1) -> tuple[Enrolment, list[ScormActivity], Played]:
        with staff_scope(owner.manufacturer_id):
            services.keep_package(lesson, upload(package(version, parts)), by=owner)
            courses.publish(lesson.version.course, by=owner)
            enrolment = learning.enrol(lesson.version.course, rep)
            learning.open_lesson(enrolment, lesson)
            activities = list(ScormActivity.objects.order_by("order"))
        return enrolment, activities, Played(address_of(ticket(enrolment, lesson, rep)))

    return begin


def ticket(enrolment: Enrolment | None, lesson: Lesson, member: Membership) -> Ticket:
    return Ticket(member.manufacturer_id, lesson.pk, enrolment.pk if enrolment else 0, member.pk)


def stored(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


PASSED_12 = {"core": {"lesson_status": "passed", "score": {"raw": "42", "max": "50"}, "session_time": "00:02:05"}}


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_upload_a_package_look_at_it_replace_it_and_get_it_back(
    owner: Membership,
    lesson: Lesson,
    media: Path,
    client_for: SignIn,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = client_for(owner)
    page = f"/hanbit/training/lessons/{lesson.pk}/package/"
    assert "Upload the package of “Box”" in client.get(page).content.decode()
    assert "there is no package yet" in client.post(
        f"/hanbit/training/courses/{lesson.version.course_id}/step/", {"step": "publish"}, follow=True
    ).content.decode()  # fmt: skip
    assert client.post(page, {"file": upload(package("1.2", 2), "first.zip")}).status_code == 302
    shown = client.get(page).content.decode()
    assert "“Box” plays a package with 2 parts" in shown
    assert "SCORM 1.2" in shown
    assert "first.zip" in shown
    assert "4 files" in shown
    with django_capture_on_commit_callbacks(execute=True):
        second = package("2004")
        client.post(page, {"file": upload(second, "second.zip")})
    assert stored(media) == ["second.zip"]
    with staff_scope(owner.manufacturer_id):
        kept = ScormPackage.objects.get()
        assert (kept.version, kept.edition, kept.uploaded_by) == ("2004", "2004 4th Edition", owner)
        assert (ScormFile.objects.count(), ScormActivity.objects.count(), ScormLesson.objects.count()) == (3, 1, 1)
    back = client.get(f"{page}file/")
    assert back["Content-Disposition"] == 'attachment; filename="second.zip"'
    assert b"".join(back.streaming_content) == upload(second).read()
    looked = client.get(f"/hanbit/training/lessons/{lesson.pk}/preview/")
    assert "Only looked at: nothing is kept." in looked.content.decode()
    assert "frame-src http://*.scorm.localhost:8000" in looked["Content-Security-Policy"]


def test_of_a_package_that_is_refused_nothing_is_left(
    owner: Membership, lesson: Lesson, media: Path, client_for: SignIn
) -> None:
    page = f"/hanbit/training/lessons/{lesson.pk}/package/"
    answered = client_for(owner).post(page, {"file": upload(package(**{"../x": "x", "y.exe": "y"}))})
    text = answered.content.decode()
    assert "“../x” is no name of a file inside a package." in text
    assert "“y.exe” is a program." in text
    assert stored(media) == []
    with staff_scope(owner.manufacturer_id):
        assert ScormPackage.objects.count() == ScormLesson.objects.count() == 0


def test_a_package_that_cannot_be_written_down_leaves_no_file(
    owner: Membership, lesson: Lesson, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError

    monkeypatch.setattr(services, "drop_unused", fails)
    with staff_scope(owner.manufacturer_id), pytest.raises(RuntimeError):
        services.keep_package(lesson, upload(package()), by=owner)
    assert stored(media) == []


@pytest.mark.parametrize("way", ["lesson", "draft", "course"])
def test_a_package_goes_with_the_last_lesson_that_plays_it(
    owner: Membership,
    lesson: Lesson,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    way: str,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), staff_scope(owner.manufacturer_id):
        course = lesson.version.course
        services.keep_package(lesson, upload(package(), "first.zip"), by=owner)
        if way == "draft":
            courses.publish(course, by=owner)
            services.keep_package(courses.draft_of(course).lessons.get(), upload(package(), "second.zip"), by=owner)
    assert stored(media) == ["first.zip", "second.zip"][: 1 + (way == "draft")]
    with django_capture_on_commit_callbacks(execute=True), staff_scope(owner.manufacturer_id):
        if way == "lesson":
            content.remove_lesson(lesson)
        elif way == "draft":
            courses.drop_draft(course)
        else:
            courses.delete_course(course)
    assert stored(media) == ["first.zip"][: way == "draft"]


def test_only_who_writes_courses_uploads(
    owner: Membership,
    analyst: Membership,
    partner_admin: Membership,
    stranger: Membership,
    lesson: Lesson,
    client_for: SignIn,
) -> None:
    page = f"/hanbit/training/lessons/{lesson.pk}/package/"
    answers = [
        client_for(who).post(page, {"file": upload(package())}).status_code
        for who in (analyst, partner_admin, stranger)
    ]
    assert answers == [403, 404, 404]
    with staff_scope(owner.manufacturer_id):
        assert not ScormPackage.objects.exists()
        CourseVersion.objects.update(state="published", published_at="2026-01-01T00:00Z")
    assert client_for(owner).post(page, {"file": upload(package())}).status_code == 404  # it is out


def test_the_next_version_plays_the_same_package_and_learners_go_on_in_it(
    owner: Membership, taken: Any, lesson: Lesson, media: Path
) -> None:
    _enrolment, (activity,), played = taken()
    played.start(activity)
    played.keep(activity, 1, 1, {"core": {"lesson_location": "3"}})
    with staff_scope(owner.manufacturer_id):
        draft = courses.draft_of(lesson.version.course)
        copy = draft.lessons.get()
        assert ScormLesson.objects.get(lesson=copy).package == ScormLesson.objects.get(lesson=lesson).package
        services.keep_package(copy, upload(package("2004"), "new.zip"), by=owner)
        assert ScormPackage.objects.count() == 2  # the first is still played
        assert ScormState.objects.get().location == "3"
    assert stored(media) == ["new.zip", "package.zip"]


# --- Learners ---------------------------------------------------------------------------------------------------------


def test_a_learner_completes_a_package_and_the_course_with_its_score(
    owner: Membership, taken: Any, rep: Membership, lesson: Lesson, client_for: SignIn
) -> None:
    enrolment, (activity,), played = taken()
    shown = client_for(rep).get(f"/hanbit/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/")
    assert f"/{activity.pk}/" in shown.content.decode()
    assert played.get(f"{activity.pk}/").status_code == 200
    begun = played.start(activity)
    assert begun["session"] == 1
    assert begun["cmi"]["core"] == {
        "student_id": f"learner-{rep.pk}", "student_name": rep.name, "credit": "credit", "lesson_mode": "normal",
        "entry": "ab-initio", "total_time": "0000:00:00.00", "lesson_status": "not attempted",
    }  # fmt: skip
    kept = played.keep(activity, 1, 1, PASSED_12)
    assert kept.json() == {"activity": activity.pk, "is_stale": False, "is_done": True, "lesson_done": True}
    with staff_scope(owner.manufacturer_id):
        state, progress, enrolment = ScormState.objects.get(), LessonProgress.objects.get(), Enrolment.objects.get()
        assert (state.completion, state.success, state.score, state.seconds) == (
            "completed",
            "passed",
            Decimal("84"),
            125,
        )
        assert (progress.score, enrolment.state, enrolment.score) == (
            Decimal("84"),
            EnrolmentState.PASSED,
            Decimal("84"),
        )


def test_several_activities_are_all_needed_and_their_scores_meet_in_the_middle(owner: Membership, taken: Any) -> None:
    _enrolment, activities, played = taken("2004", 3)
    for each, scaled in zip(activities, ("1", "0.5", None), strict=True):
        played.start(each)
        score = {"score": {"scaled": scaled}} if scaled else {}
        is_last = each == activities[-1]
        kept = played.keep(each, 1, 1, {"completion_status": "completed", **score})
        assert (kept.json()["is_done"], kept.json()["lesson_done"]) == (True, is_last)
    with staff_scope(owner.manufacturer_id):
        assert LessonProgress.objects.get().score == Decimal("75")


def test_a_failed_package_is_not_done_and_can_be_passed_later(owner: Membership, taken: Any) -> None:
    _enrolment, (activity,), played = taken()
    played.start(activity)
    kept = played.keep(activity, 1, 1, {"core": {"lesson_status": "failed", "score": {"raw": "90"}}})
    assert kept.json()["is_done"] is False
    kept = played.keep(activity, 1, 2, {"core": {"lesson_status": "passed", "score": {"raw": "80"}}})
    assert kept.json()["lesson_done"] is True
    with staff_scope(owner.manufacturer_id):
        assert LessonProgress.objects.get().score == Decimal("90")  # of several the best stays


def test_the_last_report_wins_and_one_that_comes_twice_or_late_changes_nothing(owner: Membership, taken: Any) -> None:
    _enrolment, (activity,), played = taken()

    def reported(session: int, sequence: int, place: str, time: str) -> bool:
        cmi = {"core": {"lesson_location": place, "session_time": time}}
        return played.keep(activity, session, sequence, cmi).json()["is_stale"]

    played.start(activity)
    assert [reported(1, 2, "two", "00:01:00"), reported(1, 1, "one", "00:00:30"), reported(1, 2, "again", "00:09:00")] == [
        False, False, False
    ]  # fmt: skip
    begun = played.start(activity)
    assert (begun["session"], begun["cmi"]["core"]["lesson_location"]) == (2, "two")
    assert begun["cmi"]["core"]["entry"] == "resume"
    assert begun["cmi"]["core"]["total_time"] == "0000:01:00.00"
    reported(1, 3, "left", "00:02:00")  # what the first page sent as it was closed
    assert reported(2, 1, "three", "00:00:10") is False
    assert reported(1, 4, "old", "00:05:00") is True  # from a window that is still open
    with staff_scope(owner.manufacturer_id):
        state = ScormState.objects.get()
        assert (state.location, state.seconds, state.session, state.sequence) == ("three", 130, 2, 1)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("no json", 400),
        ("[]", 400),
        ({"session": 1, "sequence": 1, "cmi": "x"}, 400),
        ({"session": 1, "sequence": 1, "cmi": {"suspend_data": "a\x00"}}, 400),
        ({"session": True, "sequence": 1, "cmi": {}}, 400),
        ({"session": 1, "sequence": 2**40, "cmi": {}}, 400),
        ({"session": 2, "sequence": 1, "cmi": {}}, 409),
        ({"session": 1, "sequence": 0, "cmi": {}}, 409),
        ('{"session": 1, "sequence": 1, "cmi": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}", 400),
        ({"session": 1, "sequence": 1, "cmi": {"x": ["y" * 60_000] * 7}}, 413),
    ],
)
def test_a_report_that_is_none_is_refused_and_nothing_changes(
    owner: Membership, taken: Any, told: Any, status: int
) -> None:
    _enrolment, (activity,), played = taken()
    played.start(activity)
    assert played.post(f"{activity.pk}/keep", told).status_code == status
    with staff_scope(owner.manufacturer_id):
        assert (ScormState.objects.get().sequence, ScormState.objects.get().cmi) == (0, {})


def test_reports_come_from_the_packages_own_pages_alone(taken: Any) -> None:
    _enrolment, (activity,), played = taken()
    for origin in ("http://127.0.0.1:8000", "null", "https://evil.example", "http://[", ""):
        assert played.post(f"{activity.pk}/start", origin=origin).status_code == 403
    assert played.get(f"{activity.pk}/start").status_code == 405


def test_who_only_looks_leaves_no_trace(owner: Membership, taken: Any, lesson: Lesson) -> None:
    _enrolment, (activity,), _played = taken()
    looked = Played(address_of(ticket(None, lesson, owner)))
    begun = looked.start(activity)
    assert (begun["session"], begun["cmi"]["core"]["lesson_mode"]) == (0, "browse")
    assert looked.keep(activity, 1, 1, PASSED_12).status_code == 403
    with staff_scope(owner.manufacturer_id):
        assert not ScormState.objects.exists()


def test_after_the_course_is_passed_the_package_may_be_gone_through_again(owner: Membership, taken: Any) -> None:
    _enrolment, (activity,), played = taken()
    played.start(activity)
    played.keep(activity, 1, 1, PASSED_12)
    played.start(activity)
    again = played.keep(activity, 2, 1, {"core": {"lesson_status": "incomplete", "score": {"raw": "50", "max": "50"}}})
    assert (again.status_code, again.json()["lesson_done"]) == (200, True)
    with staff_scope(owner.manufacturer_id):
        assert Enrolment.objects.get().score == Decimal("84")


# --- The origin of packages -------------------------------------------------------------------------------------------


def test_files_come_with_their_type_in_pieces_and_under_a_strict_policy(taken: Any) -> None:
    _enrolment, (activity,), played = taken()
    whole = played.get("files/shared/look.css")
    assert b"".join(whole.streaming_content) == b"h1 { color: #204060; }"
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("text/css", "nosniff")
    assert whole["Content-Security-Policy"] == (
        "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads;"
        " default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self';"
        " form-action 'self'; frame-ancestors 'self' http://127.0.0.1:8000 http://localhost:8000"
    )
    piece = played.get("files/shared/look.css", headers={"range": "bytes=3-4"})
    assert (piece.status_code, b"".join(piece.streaming_content)) == (206, b"{ ")
    assert piece["Content-Range"] == "bytes 3-4/22"
    assert played.get("files/shared/look.css", headers={"range": "bytes=22-"}).status_code == 416
    page = played.get(f"{activity.pk}/")
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not (whole.cookies)
    assert not (page.cookies)
    for path in ("files/nothing.html", "files/../../../etc/passwd", "files/a%00b", "files/", "", "999999/", "x"):
        assert played.get(path).status_code == 404
    assert played.get("files/shared/look.css", headers={"service-worker": "script"}).status_code == 404


def test_nothing_of_the_portal_is_at_the_origin_of_packages_and_nothing_of_packages_at_the_portal(
    taken: Any, owner: Membership, client_for: SignIn
) -> None:
    _enrolment, (activity,), played = taken()
    signed_in = client_for(owner)
    for path in ("/", "/hanbit/", "/accounts/login/", "/admin/", "/healthz/", "/static/js/app.js"):
        answered = signed_in.get(path, headers={"host": played.host})
        assert (answered.status_code, bool(answered.cookies)) == (404, False)
    assert signed_in.get(f"/{played.token}/{activity.pk}/").status_code == 404
    assert (
        signed_in.get(f"/{played.token}/{activity.pk}/", headers={"host": "x.scorm.localhost:8000"}).status_code == 404
    )


def test_an_address_that_was_changed_or_has_run_out_opens_nothing(
    taken: Any, rep: Membership, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment, (activity,), played = taken()
    other = TimestampSigner(salt=SALT, sep="~", key="x" * 50).sign_object([enrolment.manufacturer_id, lesson.pk, 0, 1])
    for token in (played.token[:-1], "A" + played.token[1:], other, TimestampSigner(sep="~").sign_object([1, 2, 3, 4])):
        assert played.client.get(f"/{token}/{activity.pk}/").status_code == 404
    given = time.time() - HOURS * 3600 - 1
    with monkeypatch.context() as then:
        then.setattr("django.core.signing.time.time", lambda: given)
        old = Played(address_of(ticket(enrolment, lesson, rep)))
    late = old.get(f"{activity.pk}/")
    assert late.status_code == 410
    assert "This page was open for too long. Load the lesson again." in late.content.decode()
    assert old.get("files/shared/look.css").status_code == 410


def take_training_off(row: Any) -> None:
    row.functions_off = ["training"]
    row.save(update_fields=["functions_off"])


@pytest.mark.parametrize(
    "close",
    [
        lambda _rep: Enrolment.objects.update(state="withdrawn", ended_at="2026-01-01T00:00Z"),
        lambda rep: Membership.objects.filter(pk=rep.pk).update(is_active=False),
        lambda rep: Partner.objects.filter(pk=rep.partner_id).update(stage="ended"),
        lambda rep: Manufacturer.objects.filter(pk=rep.manufacturer_id).update(is_active=False),
        lambda rep: take_training_off(rep.manufacturer),
        lambda rep: take_training_off(rep.partner),
        lambda rep: take_training_off(rep.partner.kind),
    ],
    ids=["taken back", "left", "portal closed", "suspended", "off", "off for the partner", "off for its kind"],
)
def test_a_ticket_is_worth_nothing_where_the_portal_would_show_nothing(
    owner: Membership, rep: Membership, taken: Any, close: Callable[[Membership], None]
) -> None:
    _enrolment, (activity,), played = taken()
    doors = (f"{activity.pk}/", "files/shared/look.css")
    assert [played.get(door).status_code for door in doors] == [200, 200]
    with staff_scope(owner.manufacturer_id):
        close(rep)
    assert [played.get(door).status_code for door in doors] == [404, 404]
    assert played.post(f"{activity.pk}/start").status_code == 404


def test_another_persons_enrolment_is_not_reported_on(
    owner: Membership, sibling_rep: Membership, partner_admin: Membership, taken: Any, lesson: Lesson
) -> None:
    enrolment, (activity,), _played = taken()
    for somebody in (sibling_rep, partner_admin):
        forged = Played(address_of(ticket(enrolment, lesson, somebody)))
        assert forged.post(f"{activity.pk}/start").status_code == 404
    with staff_scope(owner.manufacturer_id):
        assert not ScormState.objects.exists()


def test_a_ticket_opens_its_own_lessons_package_alone(
    owner: Membership, rep: Membership, taken: Any, lesson: Lesson
) -> None:
    _enrolment, (activity,), played = taken()
    course = CourseFactory(manufacturer=owner.manufacturer, lessons=0)
    with staff_scope(owner.manufacturer_id):
        module = course.versions.get().modules.get()
    other = LessonFactory(manufacturer=owner.manufacturer, version=module.version, module=module, kind="scorm")
    with staff_scope(owner.manufacturer_id):
        CourseVersion.objects.filter(course=course).update(state="draft")
        services.keep_package(other, upload(package(**{"secret.html": "x"})), by=owner)
        theirs = ScormActivity.objects.exclude(pk=activity.pk).get()
    assert played.get("files/secret.html").status_code == 404
    assert played.post(f"{theirs.pk}/start").status_code == 404


def test_partners_read_and_write_nothing_of_it_by_their_own_login(taken: Any, rep: Membership) -> None:
    taken()
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        for model in (ScormPackage, ScormFile, ScormActivity, ScormLesson, ScormState):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT has_any_column_privilege('prm_partner', %s, 'SELECT, INSERT, UPDATE')",
                    [model._meta.db_table],
                )
                assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("parts", [1, 4])
def test_a_package_asks_the_same_at_any_size(rep: Membership, taken: Any, lesson: Lesson, parts: int) -> None:
    """Of the lesson's page its own share, and each file of the package."""
    enrolment, activities, played = taken("2004", parts)
    for each in activities:
        played.start(each)
    with partner_scope(rep.manufacturer_id, rep.partner_id), CaptureQueriesContext(connection) as asked:
        shown = player_of("scorm").context(enrolment, lesson, None, rep)  # type: ignore[misc]
    assert (len(shown["rows"]), len(asked)) == (parts, 7)  # four of them to enter the house's scope and to leave it
    with CaptureQueriesContext(connection) as asked:
        assert played.get("files/shared/look.css").status_code == 200
    assert len(asked) == 5


def test_what_is_only_shown_is_done_once_opened_and_what_is_hidden_is_not_needed(
    owner: Membership, lesson: Lesson
) -> None:
    items = item(1) + item(2, attributes='isvisible="false"') + '<item identifier="H"><title>Rest</title></item>'
    resources = resource("1.2", 1, kind="asset") + resource("1.2", 2)
    files = package("1.2", 2, **{"imsmanifest.xml": manifest("1.2", items, resources)})
    with staff_scope(owner.manufacturer_id):
        services.keep_package(lesson, upload(files), by=owner)
        activities = list(ScormActivity.objects.order_by("order"))
    assert [(each.title, each.is_sco, bool(each.launch)) for each in activities] == [
        ("Part 1", False, True),
        ("Part 2", True, True),
        ("Rest", False, False),
    ]
    assert services.to_do(activities) == [activities[0]]


@pytest.mark.parametrize("is_reported", [True, False])
def test_what_was_completed_while_the_course_went_on_finishes_the_lesson_of_the_new_version(
    owner: Membership, rep: Membership, taken: Any, lesson: Lesson, is_reported: bool
) -> None:
    enrolment, (activity,), played = taken()
    played.start(activity)
    with staff_scope(owner.manufacturer_id):
        courses.draft_of(lesson.version.course)
        courses.publish(lesson.version.course, by=owner)
        enrolling.move_on(lesson.version.course, Enrolment.objects.all())
        enrolment.refresh_from_db()
        new = enrolment.version.lessons.select_related("module").get()
        learning.open_lesson(enrolment, new)
    assert played.keep(activity, 1, 1, PASSED_12).status_code == 409
    assert played.start(activity)["session"] == 2  # the page that is still open
    again = Played(address_of(ticket(enrolment, new, rep)))
    if is_reported:
        with staff_scope(owner.manufacturer_id):
            ScormState.objects.update(visits=3)
        assert again.keep(activity, 3, 1, PASSED_12).json()["lesson_done"] is True
    else:
        again.start(activity)
    with staff_scope(owner.manufacturer_id):
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.score) == (EnrolmentState.PASSED, Decimal("84"))
