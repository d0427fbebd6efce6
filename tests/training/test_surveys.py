"""Surveys as lessons: filled in, sent once, and put together; without names where that was promised."""

import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerMemberFactory
from tests.training.factories import LessonFactory, SurveyQuestionFactory, lesson_of_kind
from training.models import Enrolment, Lesson, PracticalTask, Survey, SurveyQuestion, SurveyReply, SurveySheet
from training.selectors import surveys as reading
from training.services import course_files, courses, learning, surveys
from training.services.surveys import SurveyError

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
OPTIONS = [{"key": key, "texts": {"en": f"Option {key}"}} for key in ("a", "b", "c")]


@pytest.fixture
def lesson(owner: Membership) -> Lesson:
    """A question of each kind; own words are optional."""
    lesson = lesson_of_kind(owner.manufacturer, "survey")
    with staff_scope(owner.manufacturer_id):
        survey = Survey.objects.get(lesson=lesson)
    for place, (kind, options) in enumerate((("scale", []), ("choice", OPTIONS), ("multiple", OPTIONS), ("text", []))):
        SurveyQuestionFactory(
            manufacturer=owner.manufacturer, survey=survey, kind=kind, options=options, order=place,
            texts={"en": f"About {kind}"}, is_required=kind != "text",
        )  # fmt: skip
    return lesson


def keys(lesson: Lesson) -> dict[str, str]:
    with staff_scope(lesson.manufacturer_id):
        return {each.kind: str(each.key) for each in SurveyQuestion.objects.filter(survey__lesson=lesson)}


def learner_of(lesson: Lesson) -> Enrolment:
    member = PartnerMemberFactory(manufacturer=lesson.manufacturer)
    with staff_scope(lesson.manufacturer_id):
        return learning.enrol(lesson.version.course, member)


def send(lesson: Lesson, enrolment: Enrolment, scale: int, choice: str, multiple: list[str], text: str = "") -> None:
    key = keys(lesson)
    given = {key["scale"]: str(scale), key["choice"]: choice, key["multiple"]: multiple, key["text"]: text}
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        surveys.send_sheet(enrolment, lesson, given)


def test_a_sheet_is_kept_until_it_is_sent_and_sent_once(lesson: Lesson) -> None:
    enrolment = learner_of(lesson)
    key = keys(lesson)
    with partner_scope(enrolment.manufacturer_id, enrolment.partner_id):
        surveys.keep_sheet(
            enrolment, lesson, {key["scale"]: "9", key["choice"]: "b", key["multiple"]: ["zzz", "c", "a"]}
        )
        sheet = reading.sheet_of(enrolment, lesson)
        assert [each.given for each in sheet.fields] == [None, "b", ["a", "c"], None]
        with pytest.raises(SurveyError, match="Please answer “About scale”"):
            surveys.send_sheet(enrolment, lesson, {key["choice"]: "b"})
    send(lesson, enrolment, 4, "b", ["a", "c"], " <b>Good</b> ")
    with pytest.raises(SurveyError, match="has ended for you"):  # it was the course's only lesson
        send(lesson, enrolment, 1, "a", ["a"])
    with staff_scope(lesson.manufacturer_id):
        (reply,) = SurveyReply.objects.all()
        assert reply.enrolment_id == enrolment.pk
        assert reply.answers == {
            key["scale"]: 4,
            key["choice"]: "b",
            key["multiple"]: ["a", "c"],
            key["text"]: "<b>Good</b>",
        }
        assert Enrolment.objects.get().state == "passed"


def test_without_names_nothing_leads_from_an_answer_to_who_gave_it(
    lesson: Lesson, owner: Membership, client_for: SignIn
) -> None:
    with staff_scope(lesson.manufacturer_id):
        Survey.objects.update(is_anonymous=True)
        lesson = Lesson.objects.select_related("version__course", "module").get(pk=lesson.pk)
    enrolments = [learner_of(lesson) for _each in range(5)]
    for number, enrolment in enumerate(enrolments, start=1):
        send(lesson, enrolment, 5, "a", ["b"], f"Said {number}")
        with staff_scope(lesson.manufacturer_id):
            count, held_back, results = reading.results(lesson, owner)
            assert (count, held_back) == ((5, 0) if number == 5 else (0, number))
        if number == 1:
            page = f"/{owner.manufacturer.slug}/training/lessons/{lesson.pk}/survey/results/"
            shown = client_for(owner).get(page).content.decode()
            assert "do not show yet" in shown
            assert "Nobody has answered" not in shown
        with staff_scope(lesson.manufacturer_id):
            assert bool(results[3].texts) is (number == 5)
    with staff_scope(lesson.manufacturer_id):
        assert set(SurveyReply.objects.values_list("enrolment", "sent_at")) == {(None, None)}
        assert list(SurveySheet.objects.values_list("answers", flat=True)) == [{}] * 5
        heads = reading.export_heads(list(lesson.survey.questions.all()), is_anonymous=True)
        rows = list(reading.export_rows(lesson, owner, is_anonymous=True))
        assert heads == ["About scale", "About choice", "About multiple", "About text"]
        assert sorted(row[3] for row in rows) == [f"Said {number}" for number in range(1, 6)]
        assert {tuple(row[:3]) for row in rows} == {(5, "Option a", "Option b")}


@pytest.mark.parametrize("size", [2, 6])
def test_results_add_up_over_versions_in_a_fixed_number_of_queries(
    lesson: Lesson, owner: Membership, size: int, django_assert_num_queries: Any
) -> None:
    for number in range(size):
        send(lesson, learner_of(lesson), 4 + number % 2, "a", ["a", "b"] if number % 2 else ["b"])
    with staff_scope(lesson.manufacturer_id):
        draft = courses.draft_of(lesson.version.course)
        assert courses.missing_before_publishing(draft) == []
        new = draft.lessons.select_related("version__course", "module").get()
        courses.publish(lesson.version.course, by=owner)
    assert keys(new) == keys(lesson)
    send(new, learner_of(new), 1, "c", ["c"], "Short")
    with staff_scope(lesson.manufacturer_id), django_assert_num_queries(7):
        count, _held_back, (scale, choice, multiple, text) = reading.results(new, owner)
    assert (count, scale.answered, text.texts) == (size + 1, size + 1, ["Short"])
    assert scale.mean == round((Decimal(9) * size / 2 + 1) / (size + 1), 2)
    assert [each[1] for each in choice.bars] == [size, 0, 1]
    assert [each[1] for each in multiple.bars] == [size // 2, size, 1]
    assert multiple.bars[1][2] == Decimal(100 * size) / (size + 1)


def test_a_survey_is_written_answered_and_read_on_its_pages(owner: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "survey")
    with staff_scope(owner.manufacturer_id):
        draft = courses.draft_of(lesson.version.course)
        new = draft.lessons.select_related("version__course", "module").get()
        assert courses.missing_before_publishing(draft) == ["Survey: ask at least one question."]
    client, slug = client_for(owner), owner.manufacturer.slug
    page = f"/{slug}/training/lessons/{new.pk}/survey/"
    assert "Say what “Survey” asks" in client.get(page).content.decode()
    blank = {"qnew2-kind": "scale", "qnew2-order": "2", "qnew2-texts_en": ""}
    given = {
        "qnew1-texts_en": "What <i>helped</i>?", "qnew1-kind": "choice", "qnew1-order": "1", "qnew1-is_required": "on",
        "qnew1-options_en": "Video",
    } | blank  # fmt: skip
    assert "Give at least two answers" in client.post(page, given).content.decode()
    assert client.post(page, given | {"qnew1-options_en": "Video\nQuiz"})["Location"] == page
    assert "asks 1 question" in client.get(page).content.decode()
    with staff_scope(owner.manufacturer_id):
        question = SurveyQuestion.objects.get()
        courses.publish(lesson.version.course, by=owner)
    enrolment = learner_of(new)
    learner = client_for(enrolment.member)
    address = f"/{slug}/portal/learning/{enrolment.pk}/lessons/{new.pk}/"
    assert "What &lt;i&gt;helped&lt;/i&gt;?" in learner.get(address).content.decode()
    field = f"s-{question.key}"
    assert learner.post(f"{address}survey/", {field: question.options[1]["key"]})["Location"] == address
    assert "checked" in learner.get(address).content.decode()
    sent = learner.post(f"{address}survey/", {field: question.options[1]["key"], "send": "1"})
    assert sent["Location"] == f"/{slug}/portal/learning/courses/{enrolment.course_id}/"
    results = client.get(f"{page}results/").content.decode()
    assert "1 reply to “Survey”" in results
    file = client.get(f"{page}export/").getvalue().decode("utf-8-sig").splitlines()
    assert file[0] == "Name,Partner,Sent,What <i>helped</i>?"
    assert file[1].startswith(f"{enrolment.member.name},")
    assert file[1].endswith(",Quiz")


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ("Good\nGreat", ["b", "c"]),  # one is taken out
        ("So so\nGood", ["+", "b"]),  # and another worded anew: nobody can tell which
        ("Bad\nFine\nGreat", ["a", "b", "c"]),  # a word is mended
        ("Great\nBad\nGood", ["c", "a", "b"]),
        ("Awful\nBad\nGood\nGreat", ["+", "a", "b", "c"]),
        ("\nBad\n\nGood\n", ["a", "b"]),
    ],
)
def test_an_option_keeps_its_answers_wherever_it_goes(lines: str, keys: list[str]) -> None:
    before = [{"key": key, "texts": {"en": text}} for key, text in (("a", "Bad"), ("b", "Good"), ("c", "Great"))]
    after = surveys.options_of({"en": lines}, before)
    assert [each["key"] if len(each["key"]) == 1 else "+" for each in after] == keys
    assert [each["texts"]["en"] for each in after] == [line for line in lines.splitlines() if line]


def test_a_blank_line_is_an_option_without_words_in_that_language() -> None:
    found = surveys.options_of({"en": "A\nB\nC", "ko": "\n나\n다"})
    assert [each["texts"] for each in found] == [{"en": "A"}, {"en": "B", "ko": "나"}, {"en": "C", "ko": "다"}]


def test_two_who_write_a_survey_lose_nothing_of_each_other(owner: Membership, client_for: SignIn) -> None:
    lesson = lesson_of_kind(owner.manufacturer, "survey")
    with staff_scope(owner.manufacturer_id):
        new = courses.draft_of(lesson.version.course).lessons.get()
    client, page = client_for(owner), f"/{owner.manufacturer.slug}/training/lessons/{new.pk}/survey/"

    def asked() -> list[str]:
        with staff_scope(owner.manufacturer_id):
            return [str(each) for each in SurveyQuestion.objects.filter(survey__lesson=new)]

    def save(**texts: str) -> str:
        given = {f"{prefix}-texts_en": text for prefix, text in texts.items()}
        given |= {f"{prefix}-kind": "scale" for prefix in texts} | {f"{prefix}-order": "1" for prefix in texts}
        given |= {
            f"qnew{number}-{name}": value for number in (1, 2) for name, value in (("kind", "scale"), ("order", "9"))
        }
        return client.post(page, given, follow=True).content.decode()

    save(qnew1="first")
    save(qnew1="first")  # a double click
    assert asked() == ["first"]
    with staff_scope(owner.manufacturer_id):
        first = f"q{SurveyQuestion.objects.get(survey__lesson=new).pk}"
    assert "Somebody else" not in save(**{first: "first", "qnew2": "of one"})
    assert "Somebody else has asked more meanwhile" in save(**{first: "mended", "qnew1": "of the other"})
    assert asked() == ["mended", "of the other", "of one"]
    with staff_scope(owner.manufacturer_id):
        SurveyQuestion.objects.filter(pk=first[1:]).delete()
    save(**{first: "mended again"})
    assert asked() == ["of the other", "of one"]


def test_a_survey_a_task_and_a_live_lesson_go_out_in_a_file_and_come_in_again(
    lesson: Lesson, owner: Membership
) -> None:
    task, _live = (
        LessonFactory(version=lesson.version, module=lesson.module, manufacturer=owner.manufacturer, kind=kind, order=5)
        for kind in ("task", "live")
    )
    with staff_scope(owner.manufacturer_id):
        Survey.objects.update(is_anonymous=True)
        PracticalTask.objects.create(lesson=task, points=10, pass_points=7, kinds=["videos"])
        file = io.BytesIO()
        course_files.write_course(lesson.version, file)
        made = course_files.read_course(SimpleUploadedFile("course.zip", file.getvalue()), by=owner)
        came = {each.kind: each for each in made.versions.get().lessons.all()}
        assert set(came) == {"survey", "task", "live"}
        assert (came["task"].task.points, came["task"].task.pass_points, came["task"].task.kinds) == (10, 7, ["videos"])
        assert came["survey"].survey.is_anonymous
        before, after = (
            [
                (each.kind, each.texts, [option["texts"] for option in each.options], each.is_required)
                for each in SurveyQuestion.objects.filter(survey__lesson=one)
            ]
            for one in (lesson, came["survey"])
        )
        assert before == after
        manifest = json.loads(zipfile.ZipFile(file).read("course.json"))
        for each in manifest["modules"][0]["lessons"]:
            each["plays"] = {"points": 5, "pass_points": 9, "kinds": ["all"], "questions": [{"kind": "secret"}]}
        wrong = io.BytesIO()
        with zipfile.ZipFile(wrong, "w") as archive:
            archive.writestr("course.json", json.dumps(manifest))
        with pytest.raises(course_files.CourseFileError) as refused:
            course_files.read_course(SimpleUploadedFile("course.zip", wrong.getvalue()), by=owner)
        said = " ".join(refused.value.mistakes)
        assert "a question of the survey cannot be read" in said
        assert "the rules of the practical task cannot be read" in said


def test_own_words_that_cannot_be_kept_are_refused_and_the_rest_stays(lesson: Lesson, client_for: SignIn) -> None:
    enrolment, key = learner_of(lesson), keys(lesson)
    page = f"/{lesson.manufacturer.slug}/portal/learning/{enrolment.pk}/lessons/{lesson.pk}/survey/"
    given = {f"s-{key['scale']}": "4", f"s-{key['text']}": "a\x00b", "send": "1"}
    said = client_for(enrolment.member).post(page, given, follow=True).content.decode()
    assert "Null characters are not allowed" in said
    with staff_scope(lesson.manufacturer_id):
        assert SurveySheet.objects.get().answers == {key["scale"]: 4}
        assert not SurveyReply.objects.exists()
