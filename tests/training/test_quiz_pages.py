"""The pages of a quiz: nothing of the solution before, every answer kept, one result after."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory
from tests.tenancy.helpers import at_once
from tests.training.factories import QuestionFactory, QuizFactory
from training.models import Attempt, AttemptQuestion, Course, Question, Quiz
from training.services import learning, quizzes

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def learner(owner: Membership) -> Membership:
    return PartnerMemberFactory(manufacturer=owner.manufacturer)


@pytest.fixture
def quiz(owner: Membership) -> Quiz:
    """One question of each kind but a hotspot."""
    quiz = QuizFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        bank = quiz.parts.get().bank
        Question.objects.all().delete()
        options = [{"key": key, "texts": {"en": f"Option {key}"}} for key in ("k1", "k2", "k3")]
        sides = [each | {"side": "right" if each["key"] == "k3" else "left"} for each in options]
        for kind, given, solution in (
            ("single", options, {"keys": ["k2"]}),
            ("multiple", options, {"keys": ["k1", "k2"]}),
            ("true", [], {"is_true": True}),
            ("number", [], {"ranges": [[2.5, 3.5]]}),
            ("text", [], {"accepted": ["zzsecretzz"]}),
            ("order", options, {"keys": ["k3", "k1", "k2"]}),
            ("match", sides, {"pairs": {"k1": "k3", "k2": "k3"}}),
        ):
            QuestionFactory(
                bank=bank,
                manufacturer=owner.manufacturer,
                kind=kind,
                options=given,
                solution=solution,
                texts={"en": f"About {kind}: <script>alert(1)</script>?"},
                feedback={"en": "qqbecauseqq"},
            )
        quiz.parts.update(count=7)
    return quiz


def begun(quiz: Quiz, learner: Membership, client: Client) -> tuple[str, Attempt]:
    with staff_scope(learner.manufacturer_id):
        enrolment = learning.enrol(Course.objects.get(versions=quiz.lesson.version_id), learner)
    slug = learner.manufacturer.slug
    page = client.get(f"/{slug}/portal/learning/{enrolment.pk}/lessons/{quiz.lesson_id}/")
    assert "Begin the quiz" in page.content.decode()
    answer = client.post(f"/{slug}/portal/learning/{enrolment.pk}/lessons/{quiz.lesson_id}/start/")
    with staff_scope(learner.manufacturer_id):
        attempt = Attempt.objects.get()
    assert answer["Location"] == f"/{slug}/portal/learning/{enrolment.pk}/attempts/{attempt.pk}/"
    return answer["Location"], attempt


def fields(attempt: Attempt, *, right: bool) -> dict[str, object]:
    """The form filled in, kind by kind."""
    with staff_scope(attempt.manufacturer_id):
        rows = list(AttemptQuestion.objects.filter(attempt=attempt))
    found: dict[str, object] = {}
    for row in rows:
        name = f"q{row.order}"
        found |= {
            "single": {name: "k2"},
            "multiple": {name: ["k1", "k2"] if right else ["k1", "k3"]},
            "true": {name: "true"},
            "number": {name: "3"},
            "text": {name: " ZZsecretzz " if right else "other"},
            "order": {f"{name}-k3": "1", f"{name}-k1": "2", f"{name}-k2": "3"},
            "match": {f"{name}-k1": "k3", f"{name}-k2": "k3" if right else ""},
        }[row.shown["kind"]]
    return found


def test_nothing_of_the_solution_is_in_the_page_before(quiz: Quiz, learner: Membership, client_for: SignIn) -> None:
    client = client_for(learner)
    address, _attempt = begun(quiz, learner, client)
    raw = client.get(address).content
    for secret in (b"zzsecretzz", b"qqbecauseqq", b"solution", b"is_true", b"ranges", b"<script>alert"):
        assert secret not in raw
    assert raw.count(b"data-save=") == 7


def test_every_kind_is_answered_marked_and_explained(quiz: Quiz, learner: Membership, client_for: SignIn) -> None:
    client = client_for(learner)
    address, attempt = begun(quiz, learner, client)
    first = client.post(address, fields(attempt, right=False))
    assert first["Location"] == address
    shown = client.get(address).content.decode()
    # Four right, pairs half, several and the text wrong: 4.5 of 7 points.
    assert "64% reached, 80% are needed" in shown
    assert shown.count("state state-good") == 4
    assert "zzsecretzz" not in shown
    assert "Try again" in shown
    lesson = client.post(
        f"/{learner.manufacturer.slug}/portal/learning/{attempt.enrolment_id}/lessons/{quiz.lesson_id}/start/"
    )
    with staff_scope(learner.manufacturer_id):
        again = Attempt.objects.get(number=2)
    client.post(lesson["Location"], fields(again, right=True))
    shown = client.get(lesson["Location"]).content.decode()
    assert "Passed with 100%" in shown
    assert "/portal/learning/certificates/" in shown
    assert shown.count("qqbecauseqq") == 7
    assert "&lt;script&gt;" in shown


def test_an_answer_is_kept_as_it_is_given_and_stands_there_again(
    quiz: Quiz, learner: Membership, client_for: SignIn
) -> None:
    client = client_for(learner)
    address, attempt = begun(quiz, learner, client)
    with staff_scope(learner.manufacturer_id):
        text = AttemptQuestion.objects.get(shown__kind="text")
        one = AttemptQuestion.objects.get(shown__kind="single")
    kept = client.post(f"{address}answers/{text.order}/", {f"q{text.order}": "a mallet"})
    assert json.loads(kept.content)["said"].startswith("Kept ")
    refused = client.post(f"{address}answers/{one.order}/", {f"q{one.order}": "k9"})
    assert (refused.status_code, "no answer to the question" in refused.content.decode()) == (409, True)
    assert b'value="a mallet"' in client.get(address).content
    client.post(address, {})
    late = client.post(f"{address}answers/{text.order}/", {f"q{text.order}": "a hammer"})
    assert late.status_code == 409
    with staff_scope(learner.manufacturer_id):
        attempt.refresh_from_db()
        assert attempt.submitted_at is not None


def test_what_another_tab_kept_stays_where_this_one_leaves_it_open(
    quiz: Quiz, learner: Membership, client_for: SignIn
) -> None:
    client = client_for(learner)
    address, attempt = begun(quiz, learner, client)
    with staff_scope(learner.manufacturer_id):
        orders = dict(AttemptQuestion.objects.values_list("shown__kind", "order"))
    for kind, order in orders.items():
        own = {name: value for name, value in fields(attempt, right=True).items() if name.startswith(f"q{order}")}
        assert client.post(f"{address}answers/{order}/", own).status_code == 200, kind
    empty = {
        f"q{orders['match']}-k1": "",
        f"q{orders['match']}-k2": "",
        f"q{orders['text']}": "",
        f"q{orders['number']}": "",
    }
    for _twice in range(2):
        client.post(address, empty)
    assert "Passed with 100%" in client.get(address).content.decode()
    with staff_scope(learner.manufacturer_id):
        assert Attempt.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_full_submissions_at_once_both_go_through_and_what_is_kept_counts(
    quiz: Quiz, learner: Membership, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [client_for(learner), client_for(learner)]
    address, attempt = begun(quiz, learner, clients[0])
    right = fields(attempt, right=True)
    halves = [{name: right[name] for name in right if int(name[1]) % 2 == part} for part in range(2)]
    met, save = threading.Barrier(2), quizzes.save_answer

    def save_and_wait(*given: Any) -> Any:
        """Go on only once the other has kept an answer, too; where it cannot come so far, without it."""
        kept = save(*given)
        try:
            met.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            pass
        return kept

    monkeypatch.setattr(quizzes, "save_answer", save_and_wait)
    steps = [lambda own=pair: own[0].post(address, own[1]).status_code for pair in zip(clients, halves, strict=True)]
    assert at_once(*steps) == [302, 302]
    with staff_scope(learner.manufacturer_id):
        rows = list(AttemptQuestion.objects.all())
        kept = {row.order for row in rows if row.given is not None}
        assert kept in [{int(name[1]) for name in half} for half in halves]
        assert {row.order for row in rows if row.points == row.most} == kept
        assert round(Attempt.objects.get().score or 0) == round(100 * len(kept) / len(rows))


def test_a_colleague_sees_nothing_of_it(quiz: Quiz, learner: Membership, client_for: SignIn) -> None:
    address, _attempt = begun(quiz, learner, client_for(learner))
    colleague = client_for(PartnerMemberFactory(manufacturer=learner.manufacturer, partner=learner.partner))
    assert [colleague.get(address).status_code, colleague.post(address, {}).status_code] == [404, 404]
    assert colleague.post(f"{address}answers/0/", {"q0": "k1"}).status_code == 404
