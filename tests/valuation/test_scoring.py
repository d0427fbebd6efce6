"""The formula: points, ranks, missing values, score and tier, against an arithmetic of its own."""

import datetime as dt
import json
import random
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from psycopg2.extras import Json

from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory
from tests.valuation.arithmetic import breaks_of
from valuation.models import Score
from valuation.scoring import SCORED, KpiRule, Rules, TierRule, parameters
from valuation.selectors import GIVEN, read_quantiles
from valuation.services.recompute import quantiles_of
from valuation.steps import Lever, points_at

D = Decimal
DAY = dt.date(2026, 6, 30)
TIERS = [TierRule(3, "gold", 3, D(80)), TierRule(2, "silver", 2, D(60)), TierRule(1, "registered", 1, D(0))]

pytestmark = pytest.mark.django_db

Scored = tuple[Decimal | None, dict[str, Decimal], int | None]


def score(
    kpis: Mapping[str, Any], rules: Sequence[KpiRule], tiers: Sequence[TierRule] = TIERS, quantiles: Any = None
) -> Scored:
    """Score, points and tier of one partner of kind 7 with these values."""
    with connection.cursor() as cursor:
        cursor.execute(
            SCORED.format(input=GIVEN).as_string(cursor.cursor),
            parameters({7: Rules(1, rules, tiers)}, {7: quantiles or {}})
            | {"partners": [1], "kinds": [7], "kpis": [Json({key: str(value) for key, value in kpis.items()})]},
        )
        _partner, _programme, total, points, tier, _rank = cursor.fetchone()
    return total, {key: D(str(value)) for key, value in json.loads(points).items()}, tier


@pytest.mark.parametrize(
    ("key", "value", "target", "points"),
    [
        ("revenue", 500, 1000, 50),
        ("revenue", 1200, 1000, 120),
        ("revenue", 99999, 1000, 120),
        ("revenue", 0, 1000, 0),
        ("revenue", -500, 1000, 0),
        ("revenue", 1, 3, "33.33"),
        ("revenue", 2, 3, "66.67"),
        ("return_share", 3, 3, 100),
        ("return_share", 6, 3, 50),
        ("return_share", "2.4", 3, 120),
        ("return_share", 0, 3, 120),
        ("recency", 7, 2, "28.57"),
    ],
)
def test_points_are_the_share_of_a_target(key: str, value: Any, target: int, points: Any) -> None:
    total, given, _tier = score({key: value}, [KpiRule(key, D(1), D(target))])
    assert given == {key: D(points)}
    assert total == D(points)


def test_a_score_weighs_the_points() -> None:
    rules = [KpiRule("revenue", D(2), D(100)), KpiRule("orders", D(1), D(10))]
    assert score({"revenue": 50, "orders": 10}, rules)[0] == D("66.67")


def test_without_a_value_a_kpi_is_left_out_or_counts_nothing() -> None:
    rules = [KpiRule("revenue", D(2), D(100)), KpiRule("growth", D(1), D(10))]
    assert score({"revenue": 50}, rules)[:2] == (D(50), {"revenue": D(50)})

    rules = [KpiRule("revenue", D(2), D(100)), KpiRule("growth", D(1), D(10), is_zero=True)]
    assert score({"revenue": 50}, rules)[:2] == (D("33.33"), {"revenue": D(50), "growth": D(0)})


def test_without_any_value_there_is_no_score_and_the_lowest_tier() -> None:
    assert score({}, [KpiRule("growth", D(1), D(10))]) == (None, {}, 1)


@pytest.mark.parametrize(("value", "tier"), [(80, 3), ("79.99", 2), (60, 2), ("59.99", 1), (0, 1)])
def test_the_tier_is_the_highest_that_the_score_reaches(value: Any, tier: int) -> None:
    assert score({"revenue": value}, [KpiRule("revenue", D(1), D(100))])[2] == tier


@pytest.mark.parametrize(
    ("kpis", "tier"),
    [
        ({"orders": 5, "return_share": 2}, 3),
        ({"orders": 4, "return_share": 2}, 2),
        ({"orders": 5, "return_share": "2.1"}, 2),
        ({"orders": 5}, 2),  # no share of returns: the ceiling is not met
        ({"return_share": 0}, 2),
    ],
)
def test_a_tier_may_ask_for_single_kpis(kpis: dict[str, Any], tier: int) -> None:
    tiers = [TierRule(3, "gold", 3, D(80), {"orders": D(5), "return_share": D(2)}), *TIERS[1:]]
    assert score({"revenue": 100, **kpis}, [KpiRule("revenue", D(1), D(100))], tiers)[2] == tier


def test_a_rank_is_the_share_of_the_kind_that_is_worse() -> None:
    breaks = [D(n) for n in range(100)]
    rules = [KpiRule("revenue", D(1), None)]
    for value, points in ((-1, 0), (0, 0), ("0.5", 1), (50, 50), (99, 99), (100, 100)):
        assert score({"revenue": value}, rules, quantiles={"revenue": breaks})[1] == {"revenue": D(points)}


def test_less_returns_rank_higher() -> None:
    breaks = [D(n) for n in range(-99, 1)]
    rules = [KpiRule("return_share", D(1), None)]
    for value, points in ((99, 0), ("98.5", 1), (0, 99), (-1, 100)):
        assert score({"return_share": value}, rules, quantiles={"return_share": breaks})[1] == {
            "return_share": D(points)
        }


def test_who_is_alone_in_its_kind_has_no_rank() -> None:
    rules = [KpiRule("revenue", D(1), None), KpiRule("orders", D(1), D(10))]
    assert score({"revenue": 5, "orders": 5}, rules)[:2] == (D(50), {"orders": D(50)})


@pytest.mark.parametrize("seed", range(20))
def test_the_steps_know_the_same_points(seed: int) -> None:
    dice = random.Random(seed)
    breaks = sorted(D(dice.randrange(-1000, 1000)) / 10 for _ in range(100))
    for key, is_higher in (("revenue", True), ("return_share", False)):
        for target in (D(dice.randrange(1, 3000)) / 10, None):
            value = dice.choice([D(dice.randrange(-1000, 1000)) / 10, dice.choice(breaks), D(0)])
            lever = Lever(
                key, value, None, D(1), higher_is_better=is_higher, target=target, breaks=() if target else breaks
            )
            assert score({key: value}, [KpiRule(key, D(1), target)], quantiles={key: breaks})[1] == {
                key: points_at(lever, value)
            }


@pytest.mark.parametrize("seed", range(8))
def test_break_points_are_those_of_the_kind(manufacturer: Manufacturer, seed: int) -> None:
    dice = random.Random(seed)
    kinds = PartnerKindFactory.create_batch(3, manufacturer=manufacturer)
    values: dict[int, list[Decimal]] = {}
    with staff_scope(manufacturer.pk):
        for kind, size in zip(kinds, (1, 2, dice.randrange(3, 250)), strict=True):
            partners = PartnerFactory.create_batch(size, manufacturer=manufacturer, kind=kind)
            values[kind.pk] = [D(dice.randrange(-50, 500)) / 4 for _ in partners]
            Score.objects.bulk_create(
                Score(manufacturer=manufacturer, partner=partner, day=DAY, kpis={"revenue": str(v), "recency": str(v)})
                for partner, v in zip(partners, values[kind.pk], strict=True)
            )
            nameless = PartnerFactory(manufacturer=manufacturer, kind=kind)
            Score.objects.create(manufacturer=manufacturer, partner=nameless, day=DAY, kpis={})
            ended = PartnerFactory(manufacturer=manufacturer, kind=kind, stage="ended")
            Score.objects.create(manufacturer=manufacturer, partner=ended, day=DAY, kpis={"revenue": "9999"})
        rules = Rules(1, [KpiRule("revenue", D(1), None), KpiRule("recency", D(1), None)], TIERS)
        found = read_quantiles(quantiles_of(DAY, {kind.pk: rules for kind in kinds}))

    assert set(found) == {kind.pk for kind in kinds[1:]}
    for kind in kinds[1:]:
        higher, lower = values[kind.pk], [-value for value in values[kind.pk]]
        for key, ordered in (("revenue", higher), ("recency", lower)):
            expected = [
                (D(point.numerator) / point.denominator).quantize(D("1e-9"), ROUND_HALF_UP)
                for point in breaks_of(ordered)
            ]
            assert [point.quantize(D("1e-9")) for point in found[kind.pk][key]] == expected
