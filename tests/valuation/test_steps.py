"""The cheapest ways to a tier: applying them reaches it, and nothing in them is idle."""

import itertools
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valuation.steps import Distance, Lever, Way, distance, effort_of, most_points, points_at, value_for

D = Decimal


def lever(key: str = "revenue", **options: object) -> Lever:
    """A lever with the points that its value gives."""
    options = {"value": D(50), "weight": D(10), "target": D(100)} | options
    plain = Lever(key, points=None, **options)  # type: ignore[arg-type]
    points = None if plain.value is None else points_at(plain, plain.value)
    return Lever(key, points=points, **options)  # type: ignore[arg-type]


def score_of(levers: Sequence[Lever], values: Mapping[str, Decimal]) -> Decimal:
    """The score by an arithmetic of its own."""
    counted = [one for one in levers if one.points is not None]
    total = sum(
        Fraction(one.weight) * Fraction(points_at(one, values[one.key]) if one.key in values else one.points or D(0))
        for one in counted
    )
    weights = sum(Fraction(one.weight) for one in counted)
    share = total / weights
    return (D(share.numerator) / D(share.denominator)).quantize(D("0.01"), ROUND_HALF_UP)


def values_of(way: Way) -> dict[str, Decimal]:
    return {step.key: step.after for step in way.steps}


def test_points_follow_from_the_share_of_a_target_up_to_120() -> None:
    assert points_at(lever(), D(50)) == D(50)
    assert points_at(lever(), D(300)) == D(120)
    assert points_at(lever(), D(-5)) == 0
    assert points_at(lever(higher_is_better=False), D(200)) == D(50)
    assert points_at(lever(higher_is_better=False), D(0)) == D(120)


def test_points_of_a_rank_count_the_break_points_below() -> None:
    ranked = {"target": None, "breaks": [D(n) for n in range(100)]}
    assert points_at(lever(**ranked), D(0)) == 0
    assert points_at(lever(**ranked), D("41.5")) == 42
    assert points_at(lever(**ranked), D(42)) == 42
    assert points_at(lever(**ranked), D(1000)) == 100
    mirrored = {"target": None, "breaks": [D(n) for n in range(-99, 1)], "higher_is_better": False}
    assert points_at(lever(**mirrored), D(99)) == 0
    assert points_at(lever(**mirrored), D("98.5")) == 1


def test_one_kpi_is_raised_as_far_as_the_score_needs() -> None:
    levers = [lever("revenue"), lever("orders", value=D(10), target=D(20), step=D(1))]

    far = distance(levers, min_score=D(60), requirements={})

    assert far.missing_score == 10
    assert [(way.steps[0].key, way.steps[0].after, way.score) for way in far.singles] == [
        ("orders", D(14), D("60.00")),
        ("revenue", D(70), D("60.00")),
    ]
    assert far.combined is not None
    assert far.combined.effort == D("0.2")


def test_a_kpi_that_cannot_do_it_alone_is_out_of_reach_and_still_helps() -> None:
    levers = [
        lever("profile", value=D(90), weight=D(5), limit=D(100), effort=D("0.25")),
        lever("revenue", weight=D(95)),
    ]

    far = distance(levers, min_score=D(60), requirements={})

    assert far.out_of_reach == ("profile",)
    assert [way.steps[0].key for way in far.singles] == ["revenue"]
    assert far.combined is not None


def test_what_the_tier_requires_comes_first_and_may_be_enough() -> None:
    levers = [lever("active_months", value=D(6), target=D(12), step=D(1), limit=D(12)), lever("revenue", value=D(60))]

    far = distance(levers, min_score=D(60), requirements={"active_months": D(9)})

    assert far.unmet == {"active_months": D(9)}
    assert far.singles == ()
    assert far.combined is not None
    assert [(step.key, step.after, step.is_required) for step in far.combined.steps] == [("active_months", D(9), True)]
    assert far.combined.score == D("67.50")


def test_a_required_kpi_that_does_not_count_costs_its_own_share() -> None:
    levers = [lever("revenue", value=D(90)), Lever("orders", D(8), None, D(0), step=D(1))]

    far = distance(levers, min_score=D(60), requirements={"orders": D(10)})

    assert far.combined is not None
    assert (far.combined.steps[0].after, far.combined.effort, far.combined.score) == (D(10), D("0.2"), D("90.00"))


@pytest.mark.parametrize("requirements", [{"growth": D(5)}, {"unknown": D(1)}])
def test_a_requirement_on_a_kpi_without_a_value_has_no_way(requirements: dict[str, Decimal]) -> None:
    levers = [lever("revenue"), lever("growth", value=None)]

    far = distance(levers, min_score=D(60), requirements=requirements)

    assert far.combined is None
    assert far.singles == ()
    assert far.unmet == requirements


def test_a_tier_beyond_all_limits_cannot_be_reached() -> None:
    far = distance([lever("profile", limit=D(100))], min_score=D(110), requirements={})

    assert far == Distance(missing_score=D(60), out_of_reach=("profile",))


def test_a_reached_tier_asks_for_nothing() -> None:
    assert distance([lever(value=D(80))], min_score=D(60), requirements={}) == Distance(missing_score=D(0))


def test_growth_below_zero_has_to_be_made_good_first() -> None:
    growth = lever("growth", value=D(-10), target=D(10), weight=D(50))
    revenue = lever("revenue", value=D(50), weight=D(50))

    far = distance([growth, revenue], min_score=D(40), requirements={})

    assert effort_of(growth, D(3)) == D("1.3")
    assert far.combined is not None
    assert [step.key for step in far.combined.steps] == ["revenue"]


amounts = st.decimals(min_value=D(-200), max_value=D(500), places=1)


@st.composite
def any_lever(draw: st.DrawFn, key: str) -> Lever:
    higher = draw(st.booleans())
    ranked = draw(st.booleans())
    options: dict[str, object] = {
        "value": draw(st.none() | (amounts if higher else amounts.map(abs))),
        "weight": D(draw(st.integers(1, 40))),
        "higher_is_better": higher,
        "effort": draw(st.sampled_from([D("0.25"), D(1), D(3)])),
        "step": draw(st.sampled_from([D("0.01"), D("0.1"), D(1)])),
        "limit": draw(st.none() | st.just(D(600))) if higher else D(0),
        "target": None if ranked else D(draw(st.integers(1, 300))),
    }
    if ranked:
        options["breaks"] = sorted(draw(st.lists(amounts, min_size=100, max_size=100)))
    return lever(key, **options)


@st.composite
def any_situation(draw: st.DrawFn) -> tuple[list[Lever], Decimal, dict[str, Decimal]]:
    levers = [draw(any_lever(key)) for key in "abcd"[: draw(st.integers(1, 4))]]
    required = draw(st.dictionaries(st.sampled_from([one.key for one in levers]), amounts, max_size=2))
    return levers, D(draw(st.integers(1, 110))), required


@settings(deadline=None, max_examples=60)
@given(any_situation())
def test_following_any_way_reaches_the_tier(situation: tuple[list[Lever], Decimal, dict[str, Decimal]]) -> None:
    levers, min_score, required = situation
    by_key = {one.key: one for one in levers}

    far = distance(levers, min_score=min_score, requirements=required)

    for way in [*far.singles, *([far.combined] if far.combined else [])]:
        values = values_of(way)
        assert score_of(levers, values) == way.score
        assert way.score >= min_score
        for key, threshold in required.items():
            value = values.get(key, by_key[key].value)
            assert value is not None
            assert value >= threshold if by_key[key].higher_is_better else value <= threshold
        for step in way.steps:
            one = by_key[step.key]
            assert one.value == step.before
            better = step.after > step.before if one.higher_is_better else step.after < step.before
            assert better
            if one.limit is not None:
                assert step.after <= one.limit if one.higher_is_better else step.after >= one.limit
    if far.combined:
        assert all(far.combined.effort <= way.effort for way in far.singles)


@settings(deadline=None, max_examples=60)
@given(any_situation())
def test_no_step_of_the_cheapest_way_can_be_left_out(
    situation: tuple[list[Lever], Decimal, dict[str, Decimal]],
) -> None:
    levers, min_score, required = situation
    far = distance(levers, min_score=min_score, requirements=required)
    steps = far.combined.steps if far.combined else ()

    for step in steps:
        if not step.is_required:
            rest = {other.key: other.after for other in steps if other is not step}
            assert score_of(levers, rest) < min_score


@settings(deadline=None, max_examples=60)
@given(any_situation())
def test_where_no_way_is_found_there_is_none(situation: tuple[list[Lever], Decimal, dict[str, Decimal]]) -> None:
    levers, min_score, _required = situation
    far = distance(levers, min_score=min_score, requirements={})
    best = {one.key: value_for(one, most_points(one)) for one in levers if one.value is not None and most_points(one)}

    if far.combined is None and far.missing_score > 0 and any(one.points is not None for one in levers):
        assert score_of(levers, {key: value for key, value in best.items() if value is not None}) < min_score


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30), st.integers(1, 4)), min_size=1, max_size=2))
def test_the_cheapest_way_is_the_cheapest_of_all_ways(rows: list[tuple[int, int, int]]) -> None:
    levers = [
        lever(key, value=D(value), weight=D(weight), effort=D(effort), target=D(100), step=D(1), limit=D(120))
        for key, (value, weight, effort) in zip("ab", rows, strict=False)
    ]
    goal = min(score_of(levers, {}) + 10, D(118))

    far = distance(levers, min_score=goal, requirements={})

    assert far.combined is not None
    choices = [[one.value, *(D(value) for value in range(int(one.value or 0) + 1, 121, 3))] for one in levers]
    for plan in itertools.product(*choices):
        values = {one.key: value for one, value in zip(levers, plan, strict=True) if value is not None}
        if score_of(levers, values) >= goal:
            effort = sum((effort_of(one, values[one.key]) for one in levers), D(0))
            assert far.combined.effort <= effort + D("0.04")  # a whole step of one KPI: the search rounds up once
