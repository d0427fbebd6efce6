"""The ways to a tier: each reaches it, none asks for the impossible, and the cheapest is the cheapest."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.steps import Lever, Way, best_points, distance, points_of, value_for

D = Decimal
BREAKS = tuple(D(number) for number in range(0, 1000, 10))


def lever(key: str, value: int | str, weight: int = 1, **kwargs: object) -> Lever:
    made = Lever(key=key, value=D(value), points=None, weight=D(weight), **kwargs)  # type: ignore[arg-type]
    return replace(made, points=points_of(made, D(value)))


def score(levers: list[Lever], way: Way | None = None) -> Decimal:
    """The score after a way, computed anew from the values that it leads to."""
    after = {step.key: step.after for step in way.steps} if way else {}
    weights = sum(item.weight for item in levers)
    total = sum(item.weight * points_of(item, after.get(item.key, item.value or D(0))) for item in levers)
    return D(total / weights)


@pytest.mark.parametrize(
    ("value", "points"), [("0", "0"), ("50", "50"), ("100", "100"), ("120", "120"), ("500", "120"), ("-5", "0")]
)
def test_points_follow_the_share_of_the_target(value: str, points: str) -> None:
    assert points_of(lever("k", value, target=D(100)), D(value)) == D(points)


@pytest.mark.parametrize(("value", "points"), [("0", "120"), ("1", "120"), ("2", "100"), ("4", "50"), ("8", "25")])
def test_less_is_better_turns_the_share_round(value: str, points: str) -> None:
    assert points_of(lever("k", value, target=D(2), higher_is_better=False), D(value)) == D(points)


@pytest.mark.parametrize(("value", "points"), [("0", "0"), ("1", "1"), ("10", "1"), ("11", "2"), ("5000", "100")])
def test_a_rank_counts_the_break_points_below(value: str, points: str) -> None:
    assert points_of(lever("k", value, breaks=BREAKS), D(value)) == D(points)


def test_one_kpi_alone_is_moved_just_as_far_as_needed() -> None:
    levers = [lever("orders", 50, target=D(100), step=D(1)), lever("breadth", 80, target=D(100), step=D(1))]
    found = distance(levers, min_score=D(80), requirements={})
    assert found.missing_score == D(15)
    assert {way.steps[0].key: way.steps[0].after for way in found.singles} == {"orders": D(80), "breadth": D(110)}


def test_what_cannot_do_it_alone_is_said_to_be_out_of_reach() -> None:
    levers = [lever("small", 0, weight=1, target=D(10)), lever("big", 0, weight=9, target=D(10))]
    found = distance(levers, min_score=D(50), requirements={})
    assert found.out_of_reach == ("small",)
    assert [way.steps[0].key for way in found.singles] == ["big"]


def test_a_single_requirement_that_is_not_met_comes_first() -> None:
    levers = [lever("orders", 90, target=D(100), step=D(1)), lever("profile", 70, target=D(100), step=D(1))]
    found = distance(levers, min_score=D(80), requirements={"profile": D(90)})
    assert found.unmet == {"profile": D(90)}
    assert found.combined is not None
    assert [(step.key, step.after, step.is_required) for step in found.combined.steps] == [("profile", D(90), True)]


def test_a_requirement_without_a_value_cannot_be_met_by_steps() -> None:
    unknown = Lever(key="recency", value=None, points=None, weight=D(1), higher_is_better=False, target=D(1))
    found = distance([lever("orders", 90, target=D(100)), unknown], min_score=D(80), requirements={"recency": D(2)})
    assert (found.combined, found.singles) == (None, ())


def test_the_cheaper_kpi_is_used_first_up_to_its_limit() -> None:
    levers = [
        lever("dear", 50, target=D(100), effort=D(4)),
        lever("cheap", 50, target=D(100), effort=D(1), limit=D(100)),
    ]
    found = distance(levers, min_score=D(85), requirements={})
    assert found.combined is not None
    assert {step.key: step.after for step in found.combined.steps} == {"cheap": D(100), "dear": D(70)}


def test_nothing_leads_beyond_what_all_kpis_can_give() -> None:
    found = distance([lever("k", 1, target=D(100), limit=D(100))], min_score=D(110), requirements={})
    assert (found.combined, found.singles, found.out_of_reach) == (None, (), ("k",))


values = st.decimals(min_value=0, max_value=1500, places=2)


@st.composite
def some_levers(draw: st.DrawFn) -> list[Lever]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["target", "lower", "rank"]))
        options: dict[str, object] = {
            "effort": D(draw(st.integers(1, 5))),
            "step": draw(st.sampled_from([D(1), D("0.01")])),
        }
        if kind == "rank":
            options["breaks"] = tuple(sorted(draw(st.lists(values, min_size=100, max_size=100))))
        else:
            options |= {"target": draw(st.decimals(1, 1000, places=2)), "higher_is_better": kind == "target"}
        made.append(lever(f"k{number}", str(draw(values)), weight=draw(st.integers(1, 9)), **options))
    return made


@given(some_levers(), st.decimals(0, 120, places=1))
def test_every_way_reaches_the_tier(levers: list[Lever], min_score: Decimal) -> None:
    found = distance(levers, min_score=min_score, requirements={})
    for way in (*found.singles, *([found.combined] if found.combined else [])):
        assert score(levers, way) >= min_score - D("0.005")
    if found.singles:
        assert found.combined is not None
        assert found.combined.effort <= found.singles[0].effort
    if found.combined is None:
        best = [replace(item, points=best_points(item)) for item in levers]
        assert sum(item.weight * (item.points or 0) for item in best) / sum(item.weight for item in best) < min_score


@given(some_levers(), st.decimals(0, 120, places=2))
def test_the_value_for_points_gives_them(levers: list[Lever], points: Decimal) -> None:
    for item in levers:
        value = value_for(item, points)
        if value is not None:
            assert points_of(item, value) >= points
