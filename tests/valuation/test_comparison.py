import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from valuation.comparison import CALIPER, MOST_IMBALANCE, Comparison, Verdict, compare

RUNS = 120
Dice = np.random.Generator


def partners(dice: Dice, count: int, *, keen: float) -> dict[str, Any]:
    """Partners of whom the large, growing and southern sell more and, as `keen` says, rather do what is looked at."""
    region, kind = dice.choice(["N", "E", "S", "W"], count), dice.choice(["shop", "agency"], count)
    size, growth = dice.normal(0, 1, count), dice.normal(0, 1, count)
    odds = keen * (size + 0.8 * growth + 0.5 * (region == "S")) - 0.8
    return {
        "did": dice.random(count) < 1 / (1 + np.exp(-odds)),
        "sold": 2 * size + 1.5 * growth + (region == "S") + 0.5 * (kind == "shop") + dice.standard_t(4, count),
        "alike": {"region": region, "kind": kind},
        "near": {"size": size, "growth": growth},
    }


def sold_more(world: dict[str, Any], effect: float = 0) -> Comparison:
    outcome = world["sold"] + effect * world["did"]
    return compare(world["did"], outcome, alike=world["alike"], near=world["near"])


def renewed(world: dict[str, Any]) -> Comparison:
    """Yes or no, in a way that is no straight line of the numbers."""
    outcome = np.exp(world["sold"] / 2) > 1.5
    return compare(world["did"], outcome, alike=world["alike"], near=world["near"])


@pytest.mark.parametrize("keen", [0.0, 1.0])
@pytest.mark.parametrize("result", [sold_more, renewed])
def test_what_does_nothing_is_no_evidence_in_95_of_100_runs(
    result: Callable[[dict[str, Any]], Comparison], keen: float
) -> None:
    """Whether partners do it by chance, or those rather who sell more anyway."""
    dice = np.random.default_rng(5)

    runs = [result(partners(dice, 300, keen=keen)) for _ in range(RUNS)]

    said = Counter(run.verdict for run in runs)
    assert said[Verdict.NO_EVIDENCE] + said[Verdict.TOO_FEW] >= RUNS * 0.95 - 3 * math.sqrt(RUNS * 0.95 * 0.05)
    assert said[Verdict.TOO_FEW] < RUNS * 0.05
    plain = np.array([run.plain_difference for run in runs])
    own = np.array([run.difference for run in runs])
    if keen:
        assert plain.mean() > 10 * abs(own.mean())


@pytest.mark.parametrize("keen", [0.0, 1.0])
def test_a_real_effect_is_found_in_its_size(keen: float) -> None:
    dice = np.random.default_rng(6)

    runs = [sold_more(partners(dice, 600, keen=keen), effect=1.0) for _ in range(60)]

    assert sum(run.verdict == Verdict.BETTER for run in runs) >= 56
    assert abs(np.mean([run.difference or 0 for run in runs]) - 1.0) < 0.1
    held = np.mean([(run.low or 0) <= 1.0 <= (run.high or 0) for run in runs])
    assert held >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 60)


def test_pairs_are_alike_near_and_nobody_is_used_twice() -> None:
    world = partners(np.random.default_rng(1), 600, keen=1.0)

    found = sold_more(world)

    firsts, seconds = np.array(found.pairs).T
    assert world["did"][firsts].all()
    assert not world["did"][seconds].any()
    assert len(set(firsts) | set(seconds)) == 2 * len(found.pairs)
    for column in world["alike"].values():
        assert (column[firsts] == column[seconds]).all()
    for column in world["near"].values():
        assert np.abs(column[firsts] - column[seconds]).max() <= CALIPER * 1.1  # their spread is about one
    before = {each.key: each.before for each in found.balance}
    after = {each.key: abs(each.after) for each in found.balance}
    assert before["size"] > 0.5
    assert after["region"] == after["kind"] == 0
    assert max(after.values()) < 0.1
    assert (found.did, found.left_out) == (world["did"].sum(), world["did"].sum() - len(found.pairs))
    assert sold_more(world) == found


def test_a_missing_number_pairs_with_missing_ones() -> None:
    count = 200
    did = np.arange(count) % 2 == 0
    growth = [None if place % 4 < 2 else 1.0 + place / 1000 for place in range(count)]

    found = compare(did, np.arange(count) % 5, alike={}, near={"growth": growth})

    assert len(found.pairs) == 100
    assert all((growth[first] is None) == (growth[second] is None) for first, second in found.pairs)


def test_too_few_or_too_unlike_are_said_to_be() -> None:
    dice = np.random.default_rng(2)
    did = np.arange(200) < 60
    sold = dice.normal(0, 1, 200)
    apart = np.where(did, 10.0, 0.0) + dice.normal(0, 1, 200)
    askew = np.where(did, 0.9, 0.0) + dice.uniform(0, 0.1, 200)

    nobody = compare(did, sold, alike={}, near={"size": apart})
    nearest = compare(did, sold, alike={}, near={"size": askew}, caliper=1000)

    assert (nobody.verdict, nobody.left_out, nobody.difference) == (Verdict.TOO_FEW, 60, None)
    assert nearest.verdict == Verdict.UNLIKE
    assert nearest.balance[0].after > MOST_IMBALANCE
    assert compare([], [], alike={"kind": []}, near={}).verdict == Verdict.TOO_FEW


def test_without_numbers_the_difference_is_that_of_the_pairs() -> None:
    found = compare([True] * 30 + [False] * 30, [3.0, 1.0] * 15 + [1.0, 0.0] * 15, alike={}, near={})

    assert found.verdict == Verdict.BETTER
    assert (found.mean_did, found.mean_others) == (2.0, 0.5)
    assert found.difference == pytest.approx(1.5)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="one value of everything"):
        compare([True, False], [1.0], alike={}, near={})
    with pytest.raises(ValueError, match="has an outcome"):
        compare([True, False], [1.0, math.nan], alike={}, near={})
    with pytest.raises(ValueError, match="caliper"):
        compare([True, False], [1.0, 2.0], alike={}, near={}, caliper=0)
