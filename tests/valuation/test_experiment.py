import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency, ttest_ind

from valuation.experiment import Amounts, Counted, Verdict, assign, decide, lift, sample_size, wilson


def test_a_share_has_the_interval_of_the_books() -> None:
    share = wilson(81, 263)  # Newcombe, Statistics in Medicine 17, 1998, table I

    assert (round(share.value, 4), round(share.low, 4), round(share.high, 4)) == (0.3080, 0.2553, 0.3662)
    assert wilson(0, 0) == type(share)(0.0, 0.0, 1.0)
    assert wilson(15, 148, 0.99).low < wilson(15, 148).low
    with pytest.raises(ValueError, match="as many successes"):
        wilson(3, 2)


@given(share=st.floats(0, 1), n=st.integers(1, 2000))
def test_the_interval_of_a_share_holds_it(share: float, n: int) -> None:
    found = wilson(round(share * n), n)

    assert 0 <= found.low <= found.value <= found.high <= 1


@given(rate=st.floats(0, 1), within=st.floats(0.005, 0.4))
def test_the_proposed_sample_is_the_smallest_that_is_precise_enough(rate: float, within: float) -> None:
    def half(n: int) -> float:
        z = 1.9599639845
        return z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)

    n = sample_size(rate, within=within)

    assert half(n) <= within + 1e-8
    assert n == 1 or half(n - 1) >= within - 1e-8


def test_what_a_sample_is_asked_must_be_possible() -> None:
    with pytest.raises(ValueError, match="precision"):
        sample_size(0.03, within=0.5)


def test_lift_of_rates_has_the_interval_and_the_p_of_the_books() -> None:
    """Newcombe, Statistics in Medicine 17, 1998, 873-890, table II, method 6."""
    published = {
        ((56, 70), (48, 80)): (0.0528, 0.3382),
        ((9, 10), (3, 10)): (0.1700, 0.8406),
        ((6, 7), (2, 7)): (0.0342, 0.8534),
        ((5, 56), (0, 29)): (-0.0326, 0.1933),
    }
    for (treated, control), interval in published.items():
        found = lift(Counted(*treated), Counted(*control))
        assert (round(found.low, 4), round(found.high, 4)) == interval

    found = lift(Counted(56, 70), Counted(48, 80))
    chi = chi2_contingency([[56, 14], [48, 32]], correction=False).statistic * 149 / 150
    assert found.p == pytest.approx(math.erfc(math.sqrt(chi / 2)))
    back = lift(Counted(48, 80), Counted(56, 70))
    assert (back.low, back.high, back.p) == pytest.approx((-found.high, -found.low, found.p))
    assert lift(Counted(0, 10), Counted(0, 20)).p == 1


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_p_and_interval_never_contradict_each_other(n: int, m: int, data: st.DataObject) -> None:
    found = lift(Counted(data.draw(st.integers(0, n)), n), Counted(data.draw(st.integers(0, m)), m))

    assert -1 <= found.low <= found.difference <= found.high <= 1
    assert found.is_found == (found.p < 0.05) or abs(found.p - 0.05) < 1e-6


@pytest.mark.parametrize(("n", "m", "rate", "other"), [(60, 20, 0.3, 0.3), (60, 20, 0.35, 0.1), (40, 40, 0.05, 0.15)])
def test_intervals_of_a_difference_of_rates_hold_it_95_times_of_100(n: int, m: int, rate: float, other: float) -> None:
    """Exactly, by all outcomes there can be."""
    holds = 0.0
    for hits, others in itertools.product(range(n + 1), range(m + 1)):
        chance = binom.pmf(hits, n, rate) * binom.pmf(others, m, other)
        if chance > 1e-6:
            found = lift(Counted(hits, n), Counted(others, m))
            holds += chance * (found.low <= rate - other <= found.high)

    assert 0.935 < holds < 0.975


def amounts_of(dice: np.random.Generator, n: int, giving: float, spread: float, scale: float = 1.0) -> Amounts:
    """So many people, few of whom give, and these very unequal amounts."""
    given_by = dice.lognormal(4, spread, dice.binomial(n, giving)) * scale
    return Amounts(n, len(given_by), float(given_by.sum()), float((given_by**2).sum()))


@pytest.mark.parametrize("spread", [1.0, 1.5])
@pytest.mark.parametrize(("n", "m"), [(1000, 1000), (2000, 200), (9000, 1000)])
@pytest.mark.parametrize(("giving", "more", "scale"), [(0.1, 1, 1), (0.03, 1.5, 1), (0.1, 1, 1.3), (0.1, 1, 0.75)])
def test_intervals_of_a_lift_in_skewed_amounts_hold_it_at_least_95_times_of_100(
    n: int, m: int, giving: float, more: float, scale: float, spread: float
) -> None:
    """Also where the hold-out is a tenth, more people give, or the same give more, or less."""
    dice = np.random.default_rng(11)
    truth = giving * (more * scale - 1) * math.exp(4 + spread**2 / 2)

    trials = [
        lift(amounts_of(dice, n, giving * more, spread, scale), amounts_of(dice, m, giving, spread)) for _ in range(600)
    ]

    held = np.mean([found.low <= truth <= found.high for found in trials])
    assert held > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 600)


def test_a_real_lift_in_amounts_is_found() -> None:
    dice = np.random.default_rng(3)

    trials = [lift(amounts_of(dice, 9000, 0.15, 1.0), amounts_of(dice, 1000, 0.08, 1.0)) for _ in range(200)]

    assert np.mean([found.is_found and found.difference > 0 for found in trials]) > 0.95


def test_where_amounts_are_alike_the_lift_is_welch_s() -> None:
    dice = np.random.default_rng(4)
    first, second = dice.normal(100, 10, 4000), dice.normal(100.4, 10, 4000)

    found = lift(Amounts.of(first), Amounts.of(second))

    expected = ttest_ind(first, second, equal_var=False)
    interval = expected.confidence_interval()
    assert found.difference == pytest.approx(first.mean() - second.mean())
    assert found.p == pytest.approx(expected.pvalue, rel=0.05)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=0.02)


def test_amounts_of_nobody_are_no_evidence() -> None:
    nothing = lift(Amounts.of([0.0] * 50), Amounts.of([0.0] * 5))

    assert (nothing.difference, nothing.p, nothing.is_found, nothing.is_reliable) == (0, 1, False, False)
    assert Amounts.of([0, 3, -1, 0]) == (4, 2, 2.0, 10.0)
    with pytest.raises(ValueError, match="two people"):
        lift(Amounts.of([1.0]), Amounts.of([1.0, 2.0]))
    with pytest.raises(ValueError, match="Each arm has people"):
        lift(Counted(0, 0), Counted(1, 2))
    with pytest.raises(TypeError):
        lift(Counted(1, 2), Amounts.of([1.0, 2.0]))


@pytest.mark.parametrize(
    ("successes", "verdict"),
    [(41, Verdict.GO), (40, Verdict.GO), (37, Verdict.OPEN), (22, Verdict.OPEN), (20, Verdict.STOP)],
)
def test_a_pilot_says_go_stop_or_that_it_is_open(successes: int, verdict: Verdict) -> None:
    decision = decide(successes, 1000, 0.03)

    assert decision.verdict == verdict
    assert decision.rate == wilson(successes, 1000)
    assert decide(0, 0, 0.03).verdict == Verdict.OPEN


def test_a_go_is_wrong_at_most_5_times_of_100() -> None:
    wrong = sum(binom.pmf(hits, 1000, 0.03) for hits in range(1001) if decide(hits, 1000, 0.03).verdict == Verdict.GO)

    assert 0.02 < wrong <= 0.05


SHARES = {"pilot": 0.2, "hold-out": 0.1, "A": 0.35, "rest": 0.35}


def test_the_lot_is_the_same_again_in_any_order_and_another_with_another_seed() -> None:
    units, strata = list(range(500)), [number % 7 for number in range(500)]

    drawn = assign(units, strata, SHARES, seed=1)

    assert assign(units[::-1], strata[::-1], SHARES, seed=1) == drawn
    assert assign(units, strata, SHARES, seed=2) != drawn
    assert [drawn[unit] for unit in (0, 1, 2, 3)] == [assign(units, strata, SHARES, seed="1")[n] for n in range(4)]


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=40), seed=st.integers(0, 999))
def test_arms_are_balanced_within_one_in_each_stratum_and_over_all(sizes: list[int], seed: int) -> None:
    strata = [stratum for stratum, size in enumerate(sizes) for _ in range(size)]

    drawn = assign(range(len(strata)), strata, SHARES, seed=seed)

    counts = Counter((strata[unit], arm) for unit, arm in drawn.items())
    for (stratum, size), arm in itertools.product(enumerate(sizes), SHARES):
        exact = Fraction(str(SHARES[arm])) * size
        assert math.floor(exact) <= counts[stratum, arm] <= math.ceil(exact)
    totals = Counter(drawn.values())
    assert all(abs(totals[arm] - share * len(strata)) < 1 for arm, share in SHARES.items())


def test_everybody_has_the_same_chance_of_each_arm() -> None:
    """However small its stratum is."""
    strata = ["one", "two", "two", *["seven"] * 7]
    lots = 1500

    drawn = Counter(pair for seed in range(lots) for pair in assign(range(10), strata, SHARES, seed=seed).items())

    for unit, (arm, share) in itertools.product(range(10), SHARES.items()):
        assert abs(drawn[unit, arm] / lots - share) < 4 * math.sqrt(share * (1 - share) / lots)


def test_units_and_shares_that_cannot_be_are_refused() -> None:
    assert assign([], [], {"all": 1}, seed=0) == {}
    with pytest.raises(ValueError, match="1 together"):
        assign([1], ["x"], {"a": 0.5, "b": 0.4}, seed=0)
    with pytest.raises(ValueError, match="comes once"):
        assign([1, 1], ["x", "y"], {"all": 1}, seed=0)
