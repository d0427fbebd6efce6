"""The score of an application: exact, explained, and never better for silence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.vetting import ANY, Question, QuestionType, best_points, vet


def option(key, points, knock_out=False):
    return {"key": key, "points": points, "knock_out": knock_out}


YEARS = Question("years", QuestionType.NUMBER, 40, [option("3", 50), option("10", 100), option(ANY, 0, knock_out=True)])
TRADE = Question("trade", QuestionType.CHOICE, 20, [option("retail", 40), option("building", 100)])
SKILLS = Question("skills", QuestionType.MULTIPLE, 20, [option("fit", 60), option("service", 60), option("sell", 30)])
STORE = Question("store", QuestionType.YES_NO, 20, [option("yes", 100), option("no", 0)])
ALL = [YEARS, TRADE, SKILLS, STORE]


def test_the_score_is_the_weighted_mean_with_a_line_for_each_question():
    vetting = vet(ALL, {"years": "12", "trade": "retail", "skills": ["sell"], "store": "yes"})

    assert vetting.score == Decimal("74.00")  # 100*.4 + 40*.2 + 30*.2 + 100*.2
    assert [(line.key, line.points, line.share) for line in vetting.lines] == [
        ("years", 100, Decimal("40.00")),
        ("trade", 40, Decimal("8.00")),
        ("skills", 30, Decimal("6.00")),
        ("store", 100, Decimal("20.00")),
    ]
    assert not vetting.is_knocked_out


def test_what_is_not_answered_counts_as_nothing_and_rules_nobody_out():
    vetting = vet(ALL, {"trade": "building", "skills": []})
    assert vetting.score == Decimal("20.00")
    assert [line.is_answered for line in vetting.lines] == [False, True, False, False]
    assert not vetting.is_knocked_out


@pytest.mark.parametrize(
    ("years", "points", "knocked_out"),
    [("2.9", 0, True), ("3", 50, False), ("9", 50, False), ("10", 100, False), ("-1", 0, True), ("many", 0, True)],
)
def test_of_a_number_the_highest_bound_below_it_counts(years, points, knocked_out):
    line = vet(ALL, {"years": years}).lines[0]
    assert (line.points, line.is_knock_out) == (points, knocked_out)


def test_several_answers_are_worth_at_most_all():
    assert vet([SKILLS], {"skills": ["fit", "service", "nonsense"]}).score == 100


def test_a_knock_out_without_weight_still_has_its_line():
    licence = Question("licence", QuestionType.YES_NO, 0, [option("no", 0, knock_out=True)])
    vetting = vet([licence, STORE], {"licence": "no", "store": "yes"})
    assert (vetting.score, vetting.is_knocked_out) == (100, True)
    assert [line.key for line in vetting.lines] == ["licence", "store"]


def test_places_texts_and_files():
    place = Question("place", QuestionType.PLACE, 1, [option("KR", 100), option(ANY, 20)])
    text = Question("why", QuestionType.LONG, 1, [option(ANY, 50)])
    file = Question("paper", QuestionType.FILE, 1, [option(ANY, 100)])
    answers = {"place": {"country": "JP", "region": "*"}, "why": "*", "paper": "licence.pdf"}
    assert [line.points for line in vet([place, text, file], answers).lines] == [20, 50, 100]
    assert vet([place], {"place": {"country": "", "region": "Seoul"}}).lines[0].is_answered is False
    assert vet([place], {"place": {"country": "KR"}}).score == 100


def test_without_weights_there_is_no_score():
    assert vet([Question("a", QuestionType.TEXT)], {"a": "x"}).score is None
    assert vet([], {}).score is None


def test_the_best_answer_to_each_question():
    assert [best_points(question) for question in ALL] == [100, 100, 100, 100]
    assert best_points(Question("a", QuestionType.TEXT, 5)) == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.lists(st.integers(-50, 150), min_size=1, max_size=4)), min_size=1, max_size=6
    ),
    st.lists(st.integers(0, 5), min_size=6, max_size=6),
)
def test_a_score_lies_between_0_and_100_and_answering_never_hurts(made, picked):
    questions = [
        Question(
            f"q{place}", QuestionType.CHOICE, weight, [option(str(key), points) for key, points in enumerate(all_)]
        )
        for place, (weight, all_) in enumerate(made)
    ]
    answers = {question.key: str(pick) for question, pick in zip(questions, picked, strict=False)}
    score = vet(questions, answers).score
    if score is None:
        assert sum(question.weight for question in questions) == 0
        return
    assert 0 <= score <= 100
    for key in answers:
        fewer = vet(questions, {other: answer for other, answer in answers.items() if other != key}).score
        assert fewer is not None
        assert fewer <= score
