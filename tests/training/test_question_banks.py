"""Questions as staff write them, bring them in and read what their answers tell."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy.models import Manufacturer, Membership
from tenancy.rls import as_owner, staff_scope
from tests.factories import PartnerMemberFactory
from tests.training.factories import QuestionBankFactory, QuestionFactory, QuizFactory
from training import question_files
from training.models import Attempt, AttemptQuestion, Course, CourseVersion, Lesson, Question, QuestionBank, QuizPart
from training.selectors.item_statistics import common_answers, statistics_for
from training.selectors.question_banks import fitting, lessons_drawing
from training.services import content, courses, learning, question_banks, quizzes

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
BANKS = "/hanbit/training/banks/"
QUESTIONS = "/hanbit/training/questions/"
CSV = (
    "kind,question,right,wrong,explanation,tags,difficulty,points,gives_part\n"
    'single,Which tool?,Mallet,"Hammer|Crow\\|bar",It leaves no marks.,Tools; Laying,2,1.5,yes\n'
    "multiple,Which are tools?,Saw | Mallet,Plank,,,,,no\n"
    "true,Planks float.,true,,,,,,\n"
    'number,How wide?,8..12 | 20,,"\'=1+1",,,,\n'
    "text,Who?,Kim | Mr Kim,,,,,,\n"
    "order,In which order?,Measure | Cut | Lay,,,,,,\n"
    "match,What belongs together?,Oak -> Floor | Glue -> Wall,Roof,,,,,\n"
)


@pytest.fixture
def bank(owner: Membership) -> QuestionBank:
    return QuestionBankFactory(manufacturer=owner.manufacturer)


def rows(*values: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Rows of the editor as its page sends them."""
    sent: dict[str, Any] = {"rows-TOTAL_FORMS": len(values), "rows-INITIAL_FORMS": initial}
    for place, row in enumerate(values):
        sent |= {f"rows-{place}-{name}": value for name, value in row.items()}
    return sent


FACTS = {"tags": "tools", "difficulty": "2", "points": "1", "gives_part": "on"}
SINGLE = rows({"text_en": "Mallet", "text_ko": "망치", "is_right": "on"}, {"text_en": "Saw"}, {})


def test_a_question_is_written_in_languages_side_by_side(
    owner: Membership, bank: QuestionBank, client_for: SignIn
) -> None:
    with as_owner():
        Manufacturer.objects.update(languages=["en", "ko"])
    client, page = client_for(owner), f"{BANKS}{bank.pk}/questions/add/?kind="
    client.post(f"{page}single", FACTS | SINGLE | {"text_en": "Which tool?", "text_ko": "어느 공구?"})
    client.post(f"{page}match", FACTS | {"text_en": "Pairs?"} | rows(
        {"left_en": "Oak", "right_en": "Floor"}, {"left_en": "Ash", "right_en": "Floor"}, {"right_en": "Roof"},
    ))  # fmt: skip
    client.post(f"{page}order", FACTS | {"text_en": "Order?"} | rows(
        {"text_en": "Second", "place": "2"}, {"text_en": "First", "place": "1"}
    ))  # fmt: skip
    client.post(f"{page}number", FACTS | {"text_en": "How wide?", "ranges": "8..12\r\n5:0.5"})
    client.post(f"{page}text", FACTS | {"text_en": "Who?", "accepted": "Kim\r\nMr Kim"})
    client.post(f"{page}true", FACTS | {"text_en": "It floats.", "is_true": "false"})
    with staff_scope(owner.manufacturer_id):
        single, match, order, number, text, true = Question.objects.order_by("pk")
    assert (single.texts, single.tags) == ({"en": "Which tool?", "ko": "어느 공구?"}, ["tools"])
    assert [each["texts"] for each in single.options] == [{"en": "Mallet", "ko": "망치"}, {"en": "Saw"}]
    assert single.solution == {"keys": [single.options[0]["key"]]}
    assert sorted(each["texts"]["en"] for each in match.options) == ["Ash", "Floor", "Oak", "Roof"]
    assert len(set(match.solution["pairs"].values())) == 1
    assert [each["texts"]["en"] for each in order.options] == ["First", "Second"]
    assert order.solution == {"keys": [each["key"] for each in order.options]}
    assert number.solution == {"ranges": [[8.0, 12.0], [4.5, 5.5]]}
    assert (text.solution, true.solution) == ({"accepted": ["Kim", "Mr Kim"]}, {"is_true": False})
    for each in (single, match, order, number, text, true):
        for address in (f"{QUESTIONS}{each.pk}/", f"{QUESTIONS}{each.pk}/edit/"):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("kind", "sent", "sentence"),
    [
        ("single", SINGLE, "Write the question."),
        ("single", {"text_en": "A"} | rows({"text_en": "Saw", "is_right": "on"}), "At least two answers are needed"),
        ("single", {"text_en": "A"} | rows({"text_en": "A"}, {"text_en": "B"}), "Say what is right"),
        ("single", {"text_en": "A"} | rows({"text_en": "A", "is_right": "on"}, {"is_right": "on"}), "marked but empty"),
        ("number", {"text_en": "A", "ranges": "wide"}, "neither a number nor a range"),
        ("number", {"text_en": "A", "ranges": "5..1"}, "from the smaller number to the larger"),
        ("match", {"text_en": "A"} | rows({"left_en": "A", "right_en": "B"}, {"left_en": "C"}), "needs its right side"),
        ("hotspot", {"text_en": "A"} | rows({"left": "90", "top": "1", "width": "20", "height": "5"}), "Upload the picture"),
        ("true", {"text_en": "A"}, "Say what is right"),
    ],
)  # fmt: skip
def test_what_is_not_complete_is_said_and_not_kept(
    owner: Membership, bank: QuestionBank, client_for: SignIn, kind: str, sent: dict[str, Any], sentence: str
) -> None:
    answer = client_for(owner).post(f"{BANKS}{bank.pk}/questions/add/?kind={kind}", FACTS | sent)
    assert sentence in answer.content.decode()
    with staff_scope(owner.manufacturer_id):
        assert not Question.objects.exists()


def answered(owner: Membership) -> Attempt:
    """An attempt at a quiz of two questions, just begun."""
    quiz = QuizFactory(manufacturer=owner.manufacturer)
    learner = PartnerMemberFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        enrolment = learning.enrol(Course.objects.get(versions=quiz.lesson.version_id), learner)
        return quizzes.start(enrolment, quiz.lesson)


def test_what_was_asked_is_marked_as_it_was(owner: Membership) -> None:
    attempt = answered(owner)
    with staff_scope(owner.manufacturer_id):
        old = attempt.questions.select_related("question")[0].question
        right, other = old.solution["keys"][0], old.options[1]["key"]
        quizzes.save_answer(attempt, 0, right)
        same = Question.objects.get(pk=old.pk)
        same.texts = {"en": "Better words?"}
        assert question_banks.save_question(same).pk == old.pk
        changed = Question.objects.get(pk=old.pk)
        changed.solution = {"keys": [other]}
        new = question_banks.save_question(changed)
        old.refresh_from_db()
        assert (new.pk != old.pk, old.is_retired, new.is_retired) == (True, True, False)
        assert (old.solution, new.solution) == ({"keys": [right]}, {"keys": [other]})
        assert quizzes.submit(attempt).score == 50
        copy = question_banks.copy_question(Question.objects.get(pk=new.pk))
        assert not {each["key"] for each in copy.options} & {each["key"] for each in new.options}
        assert copy.solution["keys"] == [copy.options[1]["key"]]


def test_statistics_are_of_submitted_answers_in_one_query(owner: Membership) -> None:
    attempt = answered(owner)
    with staff_scope(owner.manufacturer_id):
        first, second = attempt.questions.select_related("question").order_by("order")
        quizzes.save_answer(attempt, 0, first.question.solution["keys"][0])
        quizzes.save_answer(attempt, 1, second.question.options[1]["key"])
        asked = [first.question, second.question]
        assert [each.n for each in statistics_for(asked).values()] == [0, 0]
        quizzes.submit(attempt)
        with CaptureQueriesContext(connection) as queries:
            one, other = statistics_for(asked).values()
        assert len(queries) == 1
        assert (one.n, one.difficulty, other.difficulty) == (1, 1.0, 0.0)
        assert one.options[first.question.solution["keys"][0]] == (1.0, 0.0)
        assert other.options[second.question.options[1]["key"]] == (1.0, 1.0)
        words = QuestionFactory(
            bank=one and first.question.bank, kind="text", options=[], solution={"accepted": ["kim"]},
            manufacturer=owner.manufacturer,
        )  # fmt: skip
        AttemptQuestion.objects.filter(pk=second.pk).update(question=words, given=" KIM ")
        assert common_answers(words) == [("kim", 1.0, 0.0)]


def test_a_bank_is_listed_in_as_many_queries_however_many_it_holds(
    owner: Membership, bank: QuestionBank, client_for: SignIn
) -> None:
    client, page = client_for(owner), f"{BANKS}{bank.pk}/"

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    QuestionFactory(bank=bank, manufacturer=owner.manufacturer, tags=["tools"])
    asked()
    few = asked()
    QuestionFactory.create_batch(12, bank=bank, manufacturer=owner.manufacturer, texts={"ko": "바닥재"})
    assert asked() == few
    assert client.get(f"{page}?q=바닥").content.decode().count("바닥재") >= 12
    assert "바닥재" not in client.get(f"{page}?tag=tools&kind=single&difficulty=3").content.decode()


def upload(text: str | bytes, name: str = "q.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def test_a_file_is_looked_at_then_kept_once(owner: Membership, bank: QuestionBank, client_for: SignIn) -> None:
    client, page = client_for(owner), f"{BANKS}{bank.pk}/import/"
    file = CSV + "essay,Tell me.,,,,,,,\ntrue,Really?,perhaps,,,,,,\n"
    looked = client.post(page, {"language": "en", "file": upload(file)})
    said = looked.content.decode()
    assert "7 questions can be brought in" in said
    # The text goes back as it is: percent signs would treble Korean beyond what a form may hold.
    assert said.count('enctype="multipart/form-data"') == 2
    assert "The kind must be single" in said
    assert "says true or false" in said
    with staff_scope(owner.manufacturer_id):
        assert not Question.objects.exists()
    sent = {"language": "en", "text": file.replace("\n", "\r\n"), "is_csv": "True"}
    for _time in range(2):
        client.post(page, sent)
    with staff_scope(owner.manufacturer_id):
        assert Question.objects.count() == 7
        first = Question.objects.order_by("pk")[0]
    assert [each["texts"]["en"] for each in first.options] == ["Mallet", "Hammer", "Crow|bar"]
    assert (first.tags, first.difficulty, first.points) == (["tools", "laying"], 2, Decimal("1.5"))
    again = client.post(page, {"language": "en", "file": upload(file)}).content.decode()
    assert "This file brings nothing new" in again


def test_what_is_given_out_can_be_brought_in_again(owner: Membership, bank: QuestionBank, client_for: SignIn) -> None:
    found, unread = question_files.read(CSV, is_csv=True)
    assert (len(found), unread) == (7, [])
    with staff_scope(owner.manufacturer_id):
        question_banks.keep_found(bank, found, "en")
    given = b"".join(client_for(owner).get(f"{BANKS}{bank.pk}/export/").streaming_content).decode("utf-8-sig")
    assert "'=1+1" in given
    again, unread = question_files.read(given, is_csv=True)
    assert unread == []

    def told(each: question_files.Found) -> Any:
        names = {option["key"]: option["text"] for option in each.options}
        solution = {key: names.get(key, key) for key in each.solution.get("keys", [])}
        pairs = {names[one]: names[two] for one, two in each.solution.get("pairs", {}).items()}
        rest = {name: value for name, value in each.solution.items() if name not in ("keys", "pairs")}
        return (
            each.kind, each.text, sorted(names.values()), list(solution.values()), pairs, rest, each.feedback, each.tags,
            each.difficulty, each.points, each.gives_part,
        )  # fmt: skip

    assert [told(each) for each in again] == [told(each) for each in found]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ["columns"]),
        ("a,b\n1,2\n", ["columns"]),
        (CSV + 'single,"never closed', ["broken"]),
        ("kind,question,right\n" + "true,Yes.,true\n" * 2_001, ["many"]),
        (f"kind,question,right\ntext,{'a' * 4_001},b\n", ["long"]),
        ("kind,question,right\nnumber,How?,nan\nnumber,How?,1e300\nmatch,A,b\n", ["number", "number", "pairs"]),
        ("kind;question;right;points\ntrue;Yes.;true;inf\norder;A;b;1\n", ["points", "too_few_options"]),
    ],
)
def test_what_a_broken_file_says(text: str, reasons: list[str]) -> None:
    assert [each.reason for each in question_files.read(text, is_csv=True)[1]] == reasons


def test_a_quiz_is_put_together_while_its_version_is_written(
    owner: Membership, bank: QuestionBank, client_for: SignIn
) -> None:
    QuestionFactory.create_batch(3, bank=bank, manufacturer=owner.manufacturer, difficulty=4, tags=["tools"])
    with staff_scope(owner.manufacturer_id):
        course = courses.create_course(Course(code="q", titles={"en": "Quiz"}))
        version = course.versions.get()
        lesson = content.save_lesson(
            Lesson(version=version, module=version.modules.get(), kind="quiz", titles={"en": "Test"})
        )
        assert (lesson.quiz.pass_mark, quizzes.missing_in(lesson)) == (80, ["say which questions it draws."])
    client, page = client_for(owner), f"/hanbit/training/lessons/{lesson.pk}/quiz/"
    rules = {"pass_mark": "70", "minutes": "10", "attempts": "3", "wait_hours": "1", "reveals": "never"}
    part = {"bank": bank.pk, "tag": "tools", "easiest": "3", "hardest": "5", "count": "4"}
    sent = rules | {"parts-TOTAL_FORMS": "1", "parts-INITIAL_FORMS": "0"}
    sent |= {f"parts-0-{name}": value for name, value in part.items()}
    blank = client.get(page).context["formset"].forms[-1]
    assert (blank["easiest"].value(), blank["hardest"].value()) == (1, 5)
    wrong = client.post(page, sent | {"parts-0-easiest": "5", "parts-0-hardest": "1", "pass_mark": "101"})
    assert "from the easier to the harder" in wrong.content.decode()
    assert "has 3 questions for a part that draws 4" in client.post(page, sent, follow=True).content.decode()
    with staff_scope(owner.manufacturer_id):
        kept = QuizPart.objects.get()
        assert (kept.quiz.pass_mark, kept.quiz.is_shuffled, kept.tag, fitting([kept])) == (70, False, "tools", [3])
    adding = f"{BANKS}add/?quiz={lesson.pk}"
    # A bank made on the way loses nothing: what is written is kept first, or refused and shown again.
    refused = client.post(page, sent | {"pass_mark": "101", "parts-0-count": "3", "then": "bank"})
    assert (refused.status_code, refused.context["formset"].forms[0]["count"].value()) == (200, "3")
    assert client.post(page, sent | {"pass_mark": "65", "parts-0-count": "3", "then": "bank"})["Location"] == adding
    with staff_scope(owner.manufacturer_id):
        kept = QuizPart.objects.get()
        assert (kept.quiz.pass_mark, kept.count) == (65, 3)
    assert 'value="Quiz: Test"' in client.get(adding).content.decode()
    made = client.post(adding, {"name": "Quiz: Test"})["Location"]
    assert f'href="{page}">Test (Quiz)</a>' in client.get(made).content.decode()
    with staff_scope(owner.manufacturer_id):
        assert [part.bank.name for part in kept.quiz.parts.all()] == [bank.name, "Quiz: Test"]
        assert lessons_drawing(bank) == [lesson]
        CourseVersion.objects.update(state="published", published_at=timezone.now())
    assert client.get(page).status_code == 404
    assert client.post(page, sent).status_code == 404
    assert client.get(adding).status_code == 404
    assert f'href="/hanbit/training/courses/{course.pk}/">Test (Quiz)</a>' in client.get(made).content.decode()
