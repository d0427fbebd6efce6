import json
import math
import random
from typing import Any

import pytest

from campaigns.propensity import Propensity, known_after, known_before, learn
from valuation.learning import FieldType, TooFewError

FIELDS = [
    known_before("grade", FieldType.CATEGORY),
    known_before("answered_before", FieldType.NUMBER),
    known_after("opened", FieldType.CATEGORY),
]


def recipients(count: int) -> tuple[list[dict[str, Any]], list[bool]]:
    """People of whom gold partners and those who answered before answer rather; who answers has opened the mail."""
    dice = random.Random(8)
    rows, answered = [], []
    for _ in range(count):
        grade, before = dice.choice(["gold", "silver", None]), dice.choice([0, 0, 0, 1, 2])
        answers = dice.random() < 1 / (1 + math.exp(3 - 1.2 * (grade == "gold") - 0.9 * before))
        rows.append({"grade": grade, "answered_before": before, "opened": answers or dice.random() < 0.2})
        answered.append(answers)
    return rows, answered


@pytest.fixture(scope="module")
def learned() -> Propensity:
    rows, answered = recipients(4000)
    return learn(rows, answered, fields=FIELDS, contacted=range(4000), settled=[day + 50 for day in range(4000)])


def test_who_is_likely_to_answer_is_told_for_people_not_seen_before(learned: Propensity) -> None:
    seen = learned.model.evaluation
    assert seen is not None
    assert learned.is_useful
    assert learned.model.is_strict
    assert 0.65 < seen.auc_low < seen.auc < seen.auc_high < 0.9
    assert learned.rate == seen.won / 1000
    assert learned.score([{"grade": "gold", "answered_before": 2}])[0].probability > 2 * learned.rate


def test_tenths_add_up_and_the_best_answer_most(learned: Propensity) -> None:
    tenths = learned.deciles

    assert learned.model.evaluation is not None
    assert sum(each.people for each in tenths) == pytest.approx(1000)
    assert sum(each.answered for each in tenths) == pytest.approx(learned.model.evaluation.won)
    assert sum(each.lift for each in tenths) == pytest.approx(10)
    assert tenths[0].lift > 2 > 1 > tenths[-1].lift
    assert all(each.low <= each.rate <= each.high for each in tenths)
    assert learned.best_half == pytest.approx(sum(each.answered for each in tenths[:5]) / learned.model.evaluation.won)
    assert learned.best_half > 0.7
    assert (learned.reach(0), learned.reach(1)) == (0, 1)


def test_what_only_the_contact_tells_is_left_out_by_name(learned: Propensity) -> None:
    assert learned.model.left_out == ("opened",)
    assert "opened" not in {part.key for part in learned.model.parts}
    assert learned.score([{"opened": True}]) == learned.score([{"opened": False}])


def test_it_is_kept_as_plain_numbers(learned: Propensity) -> None:
    rows, _answered = recipients(50)

    kept = Propensity.from_json(json.loads(json.dumps(learned.as_json())))

    assert kept == learned
    assert kept.score(rows) == learned.score(rows)


def test_too_few_answers_are_refused() -> None:
    rows, _answered = recipients(1000)

    with pytest.raises(TooFewError, match="there are 1000, 39 of them won"):
        learn(rows, [place < 39 for place in range(1000)], fields=FIELDS, contacted=range(1000))


def test_one_campaign_alone_cannot_judge_the_next() -> None:
    rows, answered = recipients(1000)

    learned = learn(rows, answered, fields=FIELDS, contacted=range(1000), campaigns=["spring"] * 1000)

    assert (learned.is_useful, learned.rate, learned.best_half, learned.deciles) == (False, None, None, ())
