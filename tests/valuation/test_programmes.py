"""Programmes: what can be published, what stays frozen, how versions follow each other."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerKindFactory
from tests.valuation.programmes import by_rank, by_target, draft, published
from valuation import services
from valuation.models import Programme, ProgrammeStatus, Tier
from valuation.registry import all_kpis
from valuation.services import KpiDraft, ProgrammeDraft, ProgrammeError, TierDraft

D = Decimal
DAY = dt.date

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_scope(manufacturer: Manufacturer, owner: Membership) -> Any:
    with staff_scope(manufacturer.pk):
        yield


def places(changed: ProgrammeDraft, **options: Any) -> list[str]:
    return [problem.place for problem in services.problems_of(changed, **options)]


def test_the_usual_programme_fits_any_currency_and_can_be_published() -> None:
    usual = services.default_draft(effective_from=DAY(2026, 1, 1))
    assert services.problems_of(usual) == []
    assert [(tier.code, tier.min_score) for tier in usual.tiers] == [
        ("platinum", 90),
        ("gold", 80),
        ("silver", 60),
        ("bronze", 40),
        ("registered", 0),
    ]
    assert all(set(tier.names) == {"en", "ko", "ja"} for tier in usual.tiers)
    assert [kpi.key for kpi in usual.kpis] == [kpi.key for kpi in all_kpis() if kpi.weight]
    assert sum(kpi.weight for kpi in usual.kpis) == 100
    assert {kpi.key for kpi in usual.kpis if kpi.method == "percentile"} == {"revenue", "orders", "breadth"}


def test_a_draft_comes_back_as_it_was_saved() -> None:
    rules = draft(
        by_target("revenue", "1000.5", 30, when_missing="zero"),
        by_rank("orders", 20),
        requires={"gold": {"revenue": 500, "orders": 3}},
        period="month",
        grace_periods=4,
        promotion="approval",
    )
    programme = services.create_draft(rules, by=None)
    assert services.draft_of(programme) == rules
    assert (programme.code, programme.version, programme.status) == ("test-programme", 1, "draft")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"names": {"en": " "}}, "names"),
        ({"tiers": []}, "tiers"),
        ({"kpis": []}, "kpis"),
        ({"kpis": [KpiDraft("revenue", D(0), "percentile")]}, "kpis"),
        ({"kpis": [KpiDraft("luck", D(1), "percentile")]}, "kpis.0.key"),
        ({"kpis": [by_rank("orders"), by_target("orders", 3)]}, "kpis.1.key"),
        ({"kpis": [KpiDraft("revenue", D(1), "target")]}, "kpis.0.target"),
        ({"kpis": [KpiDraft("revenue", D(1), "target", D(0))]}, "kpis.0.target"),
        ({"kpis": [by_rank("orders"), KpiDraft("revenue", D(-1), "percentile")]}, "kpis.1.weight"),
    ],
)
def test_a_draft_with_a_fault_says_where(change: dict[str, Any], place: str) -> None:
    found = places(replace(draft(), **change))
    assert place in found


@pytest.mark.parametrize(
    ("tiers", "place"),
    [
        ([("gold", 50, {}), ("silver", 60, {}), ("base", 0, {})], "tiers.1.min_score"),
        ([("gold", 50, {}), ("base", 10, {})], "tiers.1.min_score"),
        ([("gold", 50, {}), ("gold", 0, {})], "tiers.1.code"),
        ([("", 50, {}), ("base", 0, {})], "tiers.0.code"),
        ([("gold", 50, {"luck": D(1)}), ("base", 0, {})], "tiers.0.requirements"),
        ([("gold", 50, {}), ("base", 0, {"orders": D(1)})], "tiers.1.requirements"),
        ([("gold", 130, {}), ("base", 0, {})], "tiers.0.min_score"),
        ([("gold", 105, {}), ("base", 0, {})], "tiers.0.min_score"),  # ranks end at 100
    ],
)
def test_tiers_with_a_fault_say_where(tiers: list[tuple[str, int, dict[str, Decimal]]], place: str) -> None:
    rows = [TierDraft(code, {"en": "Tier"}, "gold", D(score), required) for code, score, required in tiers]
    assert place in places(replace(draft(by_rank("revenue")), tiers=rows))


def test_targets_reach_beyond_a_hundred() -> None:
    assert places(draft(tiers={"gold": 120, "base": 0})) == []


def test_one_kind_has_one_programme(manufacturer: Manufacturer) -> None:
    kind, other = PartnerKindFactory.create_batch(2, manufacturer=manufacturer)
    published(manufacturer, code="one", kinds=[kind.pk])
    assert places(draft(kinds=[kind.pk])) == ["kinds"]
    assert places(draft(kinds=[kind.pk]), code="one") == []
    assert places(draft(kinds=[other.pk])) == []
    assert places(draft()) == []
    published(manufacturer, code="all")
    assert places(draft()) == ["kinds"]
    assert places(draft(), code="all") == []


def test_a_version_that_is_superseded_by_then_takes_no_kind(manufacturer: Manufacturer) -> None:
    kind, other = PartnerKindFactory.create_batch(2, manufacturer=manufacturer)
    first = published(manufacturer, code="one", kinds=[kind.pk])
    later = first.effective_from + dt.timedelta(days=100)
    second = services.new_version(first, by=None, effective_from=later)
    services.save_draft(second, replace(draft(kinds=[other.pk]), effective_from=later), by=None)
    services.publish(second, by=None)

    before = replace(draft(kinds=[kind.pk]), effective_from=later - dt.timedelta(days=1))
    assert places(before) == ["kinds"]
    assert places(replace(before, effective_from=later)) == []
    assert places(replace(before, kinds=[other.pk])) == ["kinds"]  # it would meet the second version


def test_a_programme_with_a_fault_is_not_published() -> None:
    programme = services.create_draft(replace(draft(), tiers=[]), by=None)
    with pytest.raises(ProgrammeError, match="at least one tier"):
        services.publish(programme, by=None)


def test_a_published_programme_is_frozen(manufacturer: Manufacturer, owner: Membership) -> None:
    programme = services.publish(services.create_draft(draft(), by=owner), by=owner)
    assert (programme.status, programme.published_by, programme.published_at is not None) == ("published", owner, True)
    for refused in (
        lambda: services.save_draft(programme, draft(), by=owner),
        lambda: services.publish(programme, by=owner),
        lambda: services.delete_draft(programme),
    ):
        with pytest.raises(ProgrammeError, match="cannot be changed"):
            refused()
    with pytest.raises(IntegrityError, match="published programme cannot be changed"), transaction.atomic():
        Tier.objects.filter(programme=programme).update(min_score=1)
    own = services.create_draft(draft(), by=owner)
    with pytest.raises(IntegrityError, match="published programme cannot be changed"), transaction.atomic():
        Tier.objects.filter(programme=programme, rank=1).update(programme=own, code="moved", rank=9)


def test_a_new_version_starts_with_the_same_rules(manufacturer: Manufacturer) -> None:
    first = published(manufacturer, requires={"gold": {"revenue": 5}}, effective_from=DAY(2026, 1, 1))
    second = services.new_version(first, by=None, effective_from=DAY(2026, 7, 1))
    assert (second.code, second.version, second.status) == (first.code, 2, "draft")
    assert services.draft_of(second) == replace(services.draft_of(first), effective_from=DAY(2026, 7, 1))
    assert services.new_version(first, by=None, effective_from=DAY(2026, 8, 1)) == second


def test_a_version_does_not_begin_before_the_one_it_follows(manufacturer: Manufacturer) -> None:
    first = published(manufacturer, effective_from=DAY(2026, 4, 1))
    second = services.new_version(first, by=None, effective_from=DAY(2026, 3, 31))
    with pytest.raises(ProgrammeError, match="begins on"):
        services.publish(second, by=None)
    assert places(draft(effective_from=DAY(2026, 4, 1)), code=first.code) == []


def test_drafts_can_be_thrown_away_and_published_ones_withdrawn(manufacturer: Manufacturer) -> None:
    programme = services.create_draft(draft(requires={"gold": {"orders": 1}}), by=None)
    with pytest.raises(ProgrammeError, match="Only a published"):
        services.retire(programme, by=None)
    services.delete_draft(programme)
    assert not Programme.objects.exists()

    assert services.retire(published(manufacturer), by=None).status == ProgrammeStatus.RETIRED


def test_codes_follow_from_names_and_are_free() -> None:
    codes = [services.create_draft(draft(), by=None).code for _ in range(2)]
    assert codes == ["test-programme", "test-programme-2"]
    assert services.create_draft(replace(draft(), names={"ko": "등급"}), by=None).code == "programme"
