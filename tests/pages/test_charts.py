"""What charts are told to draw."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pages.charts import Bar, Stop, bars, flow, ladder, lines, ranked, spark_points, ticks
from pages.formats import money_short, number


def tell(value: Any) -> str:
    return money_short(value, "KRW", "ko")


def test_a_line_has_its_values_texts_axis_and_table() -> None:
    chart = lines(
        ["5월", "6월"],
        [1_770_000_000, 1_820_000_000],
        [None, 1_680_000_000],
        names=("올해", "작년"),
        tell=tell,
        language="ko",
        head="월",
    )

    assert chart.drawing == {
        "kind": "lines",
        "categories": ["5월", "6월"],
        "series": [
            {
                "name": "올해",
                "role": "now",
                "values": [1_770_000_000, 1_820_000_000],
                "texts": ["17.7억 원", "18.2억 원"],
            },
            {"name": "작년", "role": "before", "values": [None, 1_680_000_000], "texts": ["–", "16.8억 원"]},
        ],
        "ticks": [0, 500_000_000, 1_000_000_000, 1_500_000_000, 2_000_000_000],
        "tick_texts": ["0", "5억", "10억", "15억", "20억"],
    }
    assert chart.head == ["월", "올해", "작년"]
    assert chart.rows == [["5월", "17.7억 원", "–"], ["6월", "18.2억 원", "16.8억 원"]]


amounts = st.integers(-(10**16), 10**16).map(lambda ten_thousandths: ten_thousandths / 10_000)


@given(st.lists(amounts | st.none(), max_size=20))
def test_an_axis_holds_zero_and_all_values_in_few_equal_steps(values: list[float | None]) -> None:
    axis = ticks(values)
    known = [value for value in values if value is not None]

    assert axis[0] <= min([0, *known])
    assert axis[-1] >= max([0, *known]) * (1 - 1e-9)
    assert 2 <= len(axis) <= 7
    steps = [after - before for before, after in pairwise(axis)]
    assert max(steps) - min(steps) <= 1e-6 * max(steps)


def test_an_axis_without_values_is_still_one() -> None:
    assert ticks([]) == ticks([None, 0]) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks([70, 74], from_zero=False)[0] >= 69
    assert ticks([14, 0, 3]) == [0, 5, 10, 15]  # a count has no halves
    assert ticks([14.5, 0, 3]) == [0, 2.5, 5, 7.5, 10, 12.5, 15]
    assert ticks([1, None, 2]) == [0, 1, 2]


def test_bars_begin_at_zero_and_go_below_for_returns() -> None:
    chart = bars(["6월"], [-30], [100], names=("올해", "작년"), tell=number, language="ko")

    assert chart.drawing["ticks"] == [-50, -25, 0, 25, 50, 75, 100]


def test_ranked_bars_carry_their_figures() -> None:
    chart = ranked([Bar("골드", 45, tier="gold"), Bar("기타", 3, tone="quiet")], tell=number, head=("등급", "파트너"))

    assert chart.drawing["bars"] == [
        {"label": "골드", "value": 45, "text": "45", "colour": "tier-gold", "url": ""},
        {"label": "기타", "value": 3, "text": "3", "colour": "quiet", "url": ""},
    ]
    assert chart.rows == [["골드", "45"], ["기타", "3"]]


def test_a_flow_shows_only_what_moved_and_adds_up() -> None:
    stops = [Stop("gold", "골드", "gold"), Stop("silver", "실버", "silver"), Stop("bronze", "브론즈", "bronze")]
    chart = flow(
        stops,
        {("silver", "gold"): 3, ("silver", "silver"): 10, ("gold", "gold"): 4, ("bronze", "gold"): 0},
        head=("전", "후", "파트너"),
        tell=number,
    )

    assert [(node["id"], node["text"]) for node in chart.drawing["nodes"]] == [
        ("0:gold", "4"),
        ("0:silver", "13"),
        ("1:gold", "7"),
        ("1:silver", "10"),
    ]
    assert chart.rows == [["골드", "골드", "4"], ["실버", "골드", "3"], ["실버", "실버", "10"]]


def test_sparklines_lie_inside_their_box() -> None:
    assert spark_points([0, 5, 10], width=80, height=20) == "0.0,19.0 40.0,10.0 80.0,1.0"
    assert spark_points([3, None, 3], width=80, height=20) == "0.0,10.0 80.0,10.0"
    assert spark_points([3]) == spark_points([]) == ""


def test_the_ladder_names_the_next_tier() -> None:
    tiers = [("등록", 0), ("브론즈", 40), ("실버", 60), ("골드", 80), ("플래티넘", 90)]
    shown = ladder(74.6, tiers)

    assert (shown.score, shown.x) == ("74.6", "74.6%")
    assert [(rung.name, rung.x, rung.is_reached, rung.is_next) for rung in shown.rungs] == [
        ("브론즈", "40%", True, False),
        ("실버", "60%", True, False),
        ("골드", "80%", False, True),
        ("플래티넘", "90%", False, False),
    ]
    assert shown.rungs[2].label_y != shown.rungs[3].label_y  # too close to stand in one line on a phone


def test_the_ladder_names_the_tier_to_be_won_back() -> None:
    rungs = ladder(56.5, [("브론즈", 40), ("실버", 60), ("골드", 80)], goal="골드").rungs

    assert [rung.name for rung in rungs if rung.is_next] == ["골드"]


def test_the_ladder_ends_where_it_ends() -> None:
    assert ladder(118, [("골드", 80)]).x == "100%"
    assert not any(rung.is_next for rung in ladder(118, [("골드", 80)]).rungs)
    assert ladder(None, [("골드", 80)]).x == "0%"
