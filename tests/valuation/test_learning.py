import json
import math
import random
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valuation.learning import (
    FieldType,
    Known,
    Model,
    ScoreField,
    TooFewError,
    evaluate,
    has_enough,
    train,
)

FIELDS = [
    ScoreField("source", FieldType.CATEGORY),
    ScoreField("amount", FieldType.NUMBER),
    ScoreField("products", FieldType.SEVERAL),
    ScoreField("noise", FieldType.NUMBER),
]


def closed_leads(count: int, *, seed: int = 1, rate: float = 0.3) -> tuple[list[dict[str, Any]], list[bool]]:
    """Leads of which fairs and large amounts are won more often."""
    dice = random.Random(seed)
    rows, outcome = [], []
    for number in range(count):
        source = dice.choice(["fair", "web", "phone", None])
        amount = dice.choice([None, round(dice.lognormvariate(10, 1), 2)])
        products = dice.sample(["P1", "P2", "P3"], dice.randrange(3))
        odds = math.log(rate / (1 - rate)) + {"fair": 1.2, "web": -0.8}.get(source or "", 0.0)
        odds += 0.9 if amount and amount > 30000 else 0
        odds += 0.7 if "P1" in products else 0
        rows.append({"source": source, "amount": amount, "products": products, "noise": dice.random(), "nr": number})
        outcome.append(dice.random() < 1 / (1 + math.exp(-odds)))
    return rows, outcome


@pytest.fixture(scope="module")
def model() -> Model:
    rows, outcome = closed_leads(3000)
    return train(rows, outcome, fields=FIELDS)


def test_a_model_learns_what_makes_leads_won_and_is_measured_on_later_ones(model: Model) -> None:
    assert model.evaluation is not None
    assert (model.closed, model.evaluation.count, model.learned_from) == (3000, 750, 2250)
    assert model.evaluation.auc > 0.65
    assert model.evaluation.brier < model.evaluation.baseline_brier
    assert model.evaluation.ece < 0.06
    assert model.is_useful
    weights = {part.key: dict(zip(part.levels, part.weights, strict=True)) for part in model.parts if part.levels}
    assert weights["source"]["fair"] > 0.5 > -0.3 > weights["source"]["web"]
    noise = next(part for part in model.parts if part.key == "noise")
    assert noise.share < 0.15


def test_probabilities_of_unseen_leads_are_true(model: Model) -> None:
    rows, outcome = closed_leads(4000, seed=99)

    seen = evaluate(model.probabilities(rows), outcome, rate=0.3)

    assert seen is not None
    assert abs(seen.predicted_won - seen.won) / seen.won < 0.08
    assert seen.ece < 0.04


def test_reasons_are_the_five_strongest_and_say_what_they_did(model: Model) -> None:
    scored = model.score({"source": "fair", "amount": 250000, "products": ["P1"], "noise": 0.5})

    assert scored.probability > 0.5
    assert [reason.field for reason in scored.reasons][:2] == ["source", "amount"]
    assert all(
        first.weight**2 >= then.weight**2 for first, then in zip(scored.reasons, scored.reasons[1:], strict=False)
    )
    amount = next(reason for reason in scored.reasons if reason.field == "amount")
    assert amount.low is not None
    assert amount.low <= 250000
    assert amount.high is None
    assert amount.effect > 0


def test_what_was_never_seen_or_is_missing_moves_nothing_to_an_extreme(model: Model) -> None:
    rate = model.won / model.closed

    nothing = model.score({})
    unheard = model.score({"source": "moon", "amount": "no number", "products": ["P9"], "other": object()})

    assert abs(nothing.probability - rate) < 0.25
    assert abs(unheard.probability - rate) < 0.25
    assert [reason.is_new for reason in unheard.reasons if reason.field == "source"] in ([], [True])


@pytest.mark.parametrize(("closed", "won"), [(199, 100), (200, 39), (200, 161), (0, 0)])
def test_too_little_is_refused_with_a_sentence(closed: int, won: int) -> None:
    rows, _outcome = closed_leads(closed)

    with pytest.raises(TooFewError, match=f"there are {closed}, {won} of them won"):
        train(rows, [number < won for number in range(closed)], fields=FIELDS)

    assert not has_enough(closed=closed, won=won)


def test_few_won_leads_give_a_careful_model() -> None:
    rows, _outcome = closed_leads(400)
    outcome = [number % 10 == 0 for number in range(400)]  # 40 won, by nothing that the fields say

    model = train(rows, outcome, fields=FIELDS)

    assert not model.is_useful
    chances = model.probabilities(rows)
    assert 0.02 < chances.min() <= chances.max() < 0.35
    assert abs(chances.mean() - 0.1) < 0.03


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_field_known_with_the_outcome_is_never_used(seed: int) -> None:
    rows, outcome = closed_leads(300, seed=seed, rate=0.4)
    told = [row | {"leak": won, "worked": won} for row, won in zip(rows, outcome, strict=True)]
    late = [
        ScoreField("leak", FieldType.CATEGORY, Known.OUTCOME),
        ScoreField("worked", FieldType.CATEGORY, Known.WORK),
    ]

    with_it, without = train(told, outcome, fields=[*FIELDS, *late]), train(rows, outcome, fields=FIELDS)

    assert with_it.left_out == ("leak", "worked")
    assert (with_it.parts, with_it.evaluation) == (without.parts, without.evaluation)
    assert with_it.probabilities(told).tolist() == without.probabilities(rows).tolist()


def test_a_field_that_tells_the_outcome_undeclared_is_named_as_suspect() -> None:
    rows, outcome = closed_leads(600)
    told = [row | {"leak": won} for row, won in zip(rows, outcome, strict=True)]

    model = train(told, outcome, fields=[*FIELDS, ScoreField("leak", FieldType.CATEGORY)])

    assert model.suspects == ("leak",)


def test_the_latest_leads_are_measured_by_a_model_that_knew_nothing_of_them() -> None:
    rows, outcome = closed_leads(2000)
    arrived = list(range(2000))
    closed = [number + 100 for number in arrived]
    # From the 1,400th on everything turns round: a model that saw it would rank the latest quarter well.
    turned = [not won if number >= 1400 else won for number, won in enumerate(outcome)]

    model = train(rows, turned, fields=FIELDS, arrived=arrived, closed=closed)

    assert model.is_strict
    assert model.learned_from == 1400  # those closed before the 1,500th arrived
    assert model.evaluation is not None
    assert model.evaluation.auc < 0.5
    assert not model.is_useful


def test_the_order_of_arrival_counts_not_the_order_of_the_rows() -> None:
    rows, outcome = closed_leads(800)
    places = list(range(800))
    random.Random(3).shuffle(places)

    straight = train(rows, outcome, fields=FIELDS, arrived=list(range(800)))
    mixed = train([rows[n] for n in places], [outcome[n] for n in places], fields=FIELDS, arrived=places)

    assert straight == mixed


def test_a_frame_is_as_good_as_rows() -> None:
    rows, outcome = closed_leads(400)

    assert train(pl.DataFrame(rows), outcome, fields=FIELDS) == train(rows, outcome, fields=FIELDS)


def test_many_leads_learn_their_calibration_step_by_step() -> None:
    rows, outcome = closed_leads(6000, rate=0.4)

    model = train(rows, outcome, fields=FIELDS)

    assert model.calibration["kind"] == "isotonic"
    assert list(model.calibration["to"]) == sorted(model.calibration["to"])
    assert model.evaluation is not None
    assert model.evaluation.ece < 0.05
    assert Model.from_json(json.loads(json.dumps(model.as_json()))).score(rows[0]) == model.score(rows[0])


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.decimals(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=4),
    st.sampled_from(["fair", "web", "P1", Decimal("12.5"), ""]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(row=st.dictionaries(st.sampled_from(["source", "amount", "products", "noise", "other"]), VALUES))
def test_any_row_gets_a_probability_and_exact_reasons(model: Model, row: dict[str, Any]) -> None:
    scored = model.score(row)

    assert 0 < scored.probability < 1
    assert len(scored.reasons) <= 5
    assert all(math.isfinite(reason.weight) for reason in scored.reasons)
    json.dumps([reason.as_json() for reason in scored.reasons], allow_nan=False)
    assert Model.from_json(json.loads(json.dumps(model.as_json()))).score(row) == scored
    if len(scored.reasons) < 5:  # then nothing is left unsaid: the reasons add up to the score
        total = model.intercept + sum(reason.weight for reason in scored.reasons)
        slope, shift = model.calibration.get("slope"), model.calibration.get("shift")
        if slope is not None:
            assert abs(1 / (1 + math.exp(-(slope * total + shift))) - scored.probability) < 0.01


def test_measures_agree_with_scikit_learn() -> None:
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    dice = random.Random(5)
    said = [round(dice.random(), 1) for _ in range(500)]
    came = [dice.random() < chance for chance in said]

    seen = evaluate(said, came, rate=0.5)

    assert seen is not None
    assert seen.auc == pytest.approx(roc_auc_score(came, said))
    assert seen.brier == pytest.approx(brier_score_loss(came, said))
    assert seen.log_loss == pytest.approx(log_loss(came, said), rel=1e-3)
    assert sum(each.count for each in seen.bins) == 500
    assert seen.from_json(json.loads(json.dumps(seen.as_json()))) == seen
    assert evaluate([0.4, 0.5], [True, True], rate=0.5) is None


def test_an_unreadable_model_is_refused(model: Model) -> None:
    with pytest.raises(ValueError, match="no model"):
        Model.from_json(model.as_json() | {"format": 99})


def learners(courses: int, size: int, *, seed: int) -> tuple[list[dict[str, Any]], list[bool], list[str]]:
    """Enrolments in courses: who is active in the first weeks rather finishes; how many do differs from course to course.
    The course's own name tells its rate, and nothing of the next course."""
    dice = random.Random(seed)
    rows, finished, course_of = [], [], []
    for course in range(courses):
        ease = dice.gauss(0, 1)
        for _ in range(size):
            active = dice.choice([None, dice.uniform(0, 10)])
            rows.append({"active": active, "course": f"C{course}"})
            finished.append(dice.random() < 1 / (1 + math.exp(-ease - 0.4 * ((active or 3) - 4))))
            course_of.append(f"C{course}")
    return rows, finished, course_of


EARLY = [ScoreField("active", FieldType.NUMBER), ScoreField("course", FieldType.CATEGORY)]


def test_whoever_judges_a_group_has_learned_from_others_alone() -> None:
    rows, finished, courses = learners(8, 150, seed=3)
    late = [course in ("C6", "C7") for course in courses]

    apart = train(rows, finished, fields=EARLY, groups=courses, judged=late)
    others = [not each for each in late]
    alone = train(
        [row for row, stays in zip(rows, others, strict=True) if stays],
        [won for won, stays in zip(finished, others, strict=True) if stays],
        fields=EARLY,
        groups=[course for course, stays in zip(courses, others, strict=True) if stays],
    )

    assert apart.evaluation is not None
    assert (apart.learned_from, apart.evaluation.count, apart.closed) == (900, 300, 1200)
    assert (
        alone.learned_from == 600
    )  # of the latest quarter, 225, one course lies across: it judges, and teaches nothing
    assert apart.evaluation.auc > 0.6
    assert {part.key: part for part in apart.parts}["active"].share > 0
    warned = apart.score({"active": 0.5, "course": "C99"})
    assert warned.probability < apart.score({"active": 9.5, "course": "C99"}).probability
    assert {reason.field: reason.is_new for reason in warned.reasons}.get("course", True)
    assert 0 < apart.score({}).probability < 1


def test_groups_that_hold_one_outcome_alone_still_teach() -> None:
    rows, _outcome = closed_leads(400)

    model = train(
        rows, [place < 200 for place in range(400)], fields=FIELDS, groups=[place // 200 for place in range(400)]
    )

    assert model.evaluation is None  # the latest quarter belongs to a group of which nothing may be learned
    assert not model.is_useful


def test_what_is_reached_is_counted_without_a_lot_among_equals() -> None:
    came = [True] * 10 + [False] * 90

    alike = evaluate([0.1] * 100, came, rate=0.1)
    best = evaluate([0.9] * 10 + [0.1] * 90, came, rate=0.1)

    assert alike is not None
    assert best is not None
    assert alike.reached == pytest.approx([number / 10 for number in range(1, 11)])
    assert best.reached == pytest.approx([1.0] * 10)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"groups": [1]}, "one outcome for each case"),
        ({"judged": [True] * 300}, "Some cases must be judged"),
        ({"judged": [False] * 300}, "Some cases must be judged"),
    ],
)
def test_what_does_not_fit_the_cases_is_refused(given: dict[str, Any], error: str) -> None:
    rows, outcome = closed_leads(300)

    with pytest.raises(ValueError, match=error):
        train(rows, outcome, fields=FIELDS, **given)
