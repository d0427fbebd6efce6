"""What a draft would do to the partners, before it is published."""

import datetime as dt
from decimal import Decimal

import pytest

from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory
from tests.valuation.programmes import by_rank, by_target, draft, published
from tests.valuation.sales import on, sell
from valuation import services
from valuation.models import Grade, Programme, Score
from valuation.services import Move

D = Decimal
JUNE = dt.date(2026, 6, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(manufacturer: Manufacturer) -> Programme:
    """In force, with four partners of one kind on Gold, Silver, Bronze and Registered."""
    programme = published(manufacturer)
    kind = PartnerKindFactory(manufacturer=manufacturer, code="agency")
    for amount in (850, 650, 450, 10):
        sell(PartnerFactory(manufacturer=manufacturer, kind=kind), [on("2026-06-01", amount)])
    with staff_scope(manufacturer.pk):
        services.recompute(JUNE)
    return programme


def test_the_same_rules_move_nobody(programme: Programme) -> None:
    with staff_scope(programme.manufacturer_id):
        moves = services.simulate(programme)
    assert [(move.before, move.after, move.count) for move in moves] == [
        (code, code, 1) for code in ("gold", "silver", "bronze", "registered")
    ]


def test_other_rules_move_partners_and_write_nothing(programme: Programme) -> None:
    with staff_scope(programme.manufacturer_id):
        before = list(Score.objects.values()), list(Grade.objects.values())
        moves = services.simulate(draft(tiers={"gold": 60, "silver": 40, "registered": 0}), JUNE, code="test")
        assert (list(Score.objects.values()), list(Grade.objects.values())) == before
    assert moves == [
        Move("gold", "gold", 1),
        Move("silver", "gold", 1),
        Move("bronze", "silver", 1),
        Move("registered", "registered", 1),
    ]


def test_kpis_can_be_ranked_that_were_not(programme: Programme) -> None:
    with staff_scope(programme.manufacturer_id):
        moves = services.simulate(draft(by_rank("revenue"), tiers={"best": 100, "rest": 0}), code="test")
    assert moves == [
        Move("gold", "best", 1),
        Move("silver", "rest", 1),
        Move("bronze", "rest", 1),
        Move("registered", "rest", 1),
    ]


def test_a_draft_for_some_kinds_moves_only_those(programme: Programme) -> None:
    manufacturer = programme.manufacturer
    other = PartnerKindFactory(manufacturer=manufacturer, code="shop")
    sell(PartnerFactory(manufacturer=manufacturer, kind=other), [on("2026-06-01", 700)])
    with staff_scope(manufacturer.pk):
        services.recompute(JUNE)
        moves = services.simulate(draft(by_target("revenue", 100), kinds=[other.pk]))
    assert moves == [Move("silver", "gold", 1)]


def test_a_draft_for_all_leaves_kinds_with_a_programme_of_their_own(programme: Programme) -> None:
    manufacturer = programme.manufacturer
    other = PartnerKindFactory(manufacturer=manufacturer, code="shop")
    PartnerFactory(manufacturer=manufacturer, kind=other)
    published(manufacturer, code="shops", kinds=[other.pk])
    with staff_scope(manufacturer.pk):
        services.recompute(JUNE)
        moves = services.simulate(draft(), code="test")
    assert sum(move.count for move in moves) == 4


def test_without_a_run_there_is_nothing_to_simulate(manufacturer: Manufacturer) -> None:
    with staff_scope(manufacturer.pk):
        assert services.simulate(draft()) == []
