"""Recomputing: what is stored, by which programme, again and back in time."""

from importlib import import_module
from typing import Any

import pytest

from partners.models import Partner, PartnerSummary
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory, PartnerMemberFactory
from tests.valuation.programmes import by_rank, by_target, draft, published
from tests.valuation.recomputing import DAY, JUNE, D, Recompute, changes_of, grade_of, notices_of, steps, tier_of
from tests.valuation.sales import monthly, on, sell
from valuation import services
from valuation.models import Grade, GradeChange, GradeRun, Programme, Score
from valuation.services import ProgrammeError

# --- What is stored ---------------------------------------------------------------------------------------------------


def test_a_score_is_stored_with_what_it_rests_on(partner: Partner, recompute: Recompute) -> None:
    programme = published(partner.manufacturer, by_target("revenue", 1000, 3), by_target("orders", 10, 1))
    sell(partner, monthly("2025-07-10", 12, 50))

    result = recompute()

    with staff_scope(partner.manufacturer_id):
        score = Score.objects.select_related("tier").get(partner=partner)
    assert (score.day, score.programme_id, score.score) == (JUNE, programme.pk, D("75.00"))
    assert score.tier is not None
    assert score.tier.code == "silver"
    assert (score.kpis["revenue"], score.kpis["orders"], score.kpis["active_months"]) == ("600", "12", "12")
    assert score.points == {"revenue": 60, "orders": 120}
    assert steps(result) == {"partners": 1, "changed": 1}
    assert result.is_past is False


def test_lists_read_the_summary(partner: Partner, sibling: Partner, recompute: Recompute) -> None:
    published(partner.manufacturer)
    sell(partner, [*monthly("2024-07-10", 12, 50), *monthly("2025-07-10", 12, 60)])

    recompute()

    with staff_scope(partner.manufacturer_id):
        summary = PartnerSummary.objects.get(partner=partner)
        silent = PartnerSummary.objects.get(partner=sibling)
    assert (summary.tier_code, summary.tier_rank, summary.tier_colour) == ("silver", 3, "silver")
    assert summary.tier_names == {"en": "Silver", "ko": "silver-ko"}
    assert (summary.score, summary.revenue, summary.previous_revenue) == (D(72), D(720), D(600))
    assert (summary.growth, summary.last_sale_on, summary.trend) == (D(20), DAY(2026, 6, 10), "rising")
    assert summary.monthly == [50, *[60] * 12]
    assert summary.as_of == JUNE
    assert (silent.tier_code, silent.revenue, silent.growth, silent.trend) == ("registered", 0, None, "silent")


@pytest.mark.parametrize(
    ("lines", "trend"),
    [
        (monthly("2024-07-10", 24, 50), "steady"),
        ([*monthly("2024-07-10", 12, 50), *monthly("2025-07-10", 12, 55)], "rising"),
        ([*monthly("2024-07-10", 12, 50), *monthly("2025-07-10", 12, 45)], "falling"),
        (monthly("2025-12-10", 7, 50), "new"),
        (monthly("2024-07-10", 18, 50), "silent"),  # 180 days and more
        (monthly("2024-07-10", 20, 50), "silent"),  # three times its own rhythm
        ([on("2020-01-01", 5), on("2026-02-01", 5)], "steady"),
    ],
)
def test_a_trend_is_named(partner: Partner, recompute: Recompute, lines: Any, trend: str) -> None:
    published(partner.manufacturer)
    sell(partner, lines)
    recompute()
    with staff_scope(partner.manufacturer_id):
        assert PartnerSummary.objects.get(partner=partner).trend == trend


def test_the_last_score_of_each_month_is_kept(partner: Partner, recompute: Recompute) -> None:
    published(partner.manufacturer)
    for day in (DAY(2026, 5, 30), DAY(2026, 5, 31), DAY(2026, 6, 1), DAY(2026, 6, 2)):
        recompute(day)
    with staff_scope(partner.manufacturer_id):
        assert list(Score.objects.order_by("day").values_list("day", flat=True)) == [DAY(2026, 5, 31), DAY(2026, 6, 2)]


def test_who_is_no_partner_yet_or_any_more_is_not_valued(manufacturer: Manufacturer, recompute: Recompute) -> None:
    published(manufacturer)
    stages = ("draft", "prospect", "onboarding", "active", "dormant", "ended")
    partners = {stage: PartnerFactory(manufacturer=manufacturer, stage=stage) for stage in stages}

    assert recompute().steps.partners == 4

    with staff_scope(manufacturer.pk):
        graded = set(Grade.objects.values_list("partner_id", flat=True))
    assert graded == {partners[stage].pk for stage in ("draft", "onboarding", "active", "dormant")}


def test_another_manufacturer_is_not_touched(
    partner: Partner, other_manufacturer: Manufacturer, recompute: Recompute
) -> None:
    published(partner.manufacturer)
    published(other_manufacturer)
    PartnerFactory(manufacturer=other_manufacturer)
    recompute()
    with staff_scope(other_manufacturer.pk):
        assert not Score.objects.exists()
        assert not Grade.objects.exists()
        assert not GradeRun.objects.exists()


def test_ranks_are_within_the_kind(manufacturer: Manufacturer, recompute: Recompute) -> None:
    published(manufacturer, by_rank("revenue"))
    small, large = PartnerKindFactory.create_batch(2, manufacturer=manufacturer)
    shops = PartnerFactory.create_batch(3, manufacturer=manufacturer, kind=small)
    agencies = PartnerFactory.create_batch(2, manufacturer=manufacturer, kind=large)
    for partner, amount in zip([*shops, *agencies], (1, 2, 3, 1000, 2000), strict=True):
        sell(partner, [on("2026-06-01", amount)])

    recompute()

    with staff_scope(manufacturer.pk):
        scores = dict(Score.objects.values_list("partner_id", "score"))
        run = GradeRun.objects.get()
    assert [scores[partner.pk] for partner in shops] == [0, 50, 100]
    assert [scores[partner.pk] for partner in agencies] == [0, 100]
    assert set(run.quantiles) == {str(small.pk), str(large.pk)}
    assert len(run.quantiles[str(small.pk)]["revenue"]) == 100


# --- Programmes -------------------------------------------------------------------------------------------------------


def test_a_new_version_keeps_the_grade_and_rules_from_its_day(
    partner: Partner, recompute: Recompute, bought: Any
) -> None:
    first = published(partner.manufacturer)
    bought(DAY(2026, 5, 31), 650)
    recompute(DAY(2026, 5, 31))
    with staff_scope(partner.manufacturer_id):
        second = services.new_version(first, by=None, effective_from=DAY(2026, 6, 15))
        services.save_draft(second, draft(by_target("revenue", 700), effective_from=DAY(2026, 6, 15)), by=None)
        services.publish(second, by=None)

    recompute(DAY(2026, 6, 14))
    assert (tier_of(partner), grade_of(partner).programme_id) == ("silver", first.pk)
    assert steps(recompute(DAY(2026, 6, 15))) == {"partners": 1, "changed": 1, "up": 1}
    assert (tier_of(partner), grade_of(partner).programme_id) == ("gold", second.pk)
    assert changes_of(partner)[-1] == (DAY(2026, 6, 15), "promotion", "silver", "gold")


def test_tiers_that_are_gone_give_way_to_what_is_reached(partner: Partner, recompute: Recompute, bought: Any) -> None:
    first = published(partner.manufacturer)
    bought(DAY(2026, 5, 31), 650)
    recompute(DAY(2026, 5, 31))
    tiers = {"one": 70, "two": 50, "three": 0}
    with staff_scope(partner.manufacturer_id):
        second = services.new_version(first, by=None, effective_from=JUNE)
        services.save_draft(second, draft(tiers=tiers, effective_from=JUNE), by=None)
        services.publish(second, by=None)

    recompute()

    assert changes_of(partner)[-1] == (JUNE, "programme", "silver", "two")


def test_a_kind_has_its_own_programme_before_the_one_for_all(manufacturer: Manufacturer, recompute: Recompute) -> None:
    special, plain = PartnerKindFactory.create_batch(2, manufacturer=manufacturer)
    for_all = published(manufacturer, code="all")
    for_kind = published(manufacturer, by_target("orders", 1), code="kind", kinds=[special.pk])
    one, other = (
        PartnerFactory(manufacturer=manufacturer, kind=special),
        PartnerFactory(manufacturer=manufacturer, kind=plain),
    )
    recompute()
    assert grade_of(one).programme_id == for_kind.pk
    assert grade_of(other).programme_id == for_all.pk


def test_a_kind_without_a_programme_has_kpis_and_no_grade(manufacturer: Manufacturer, recompute: Recompute) -> None:
    special, plain = PartnerKindFactory.create_batch(2, manufacturer=manufacturer)
    published(manufacturer, kinds=[special.pk])
    partner = PartnerFactory(manufacturer=manufacturer, kind=plain)

    recompute()

    with staff_scope(manufacturer.pk):
        score = Score.objects.get(partner=partner)
        assert not Grade.objects.exists()
        assert PartnerSummary.objects.get(partner=partner).tier_code == ""
    assert (score.score, score.programme_id, score.tier_id, score.kpis["revenue"]) == (None, None, None, "0")


def test_without_any_programme_the_usual_one_is_made(partner: Partner, recompute: Recompute) -> None:
    result = recompute(DAY(2013, 11, 30))
    with staff_scope(partner.manufacturer_id):
        programme = Programme.objects.get()
    assert result.made_programme == "Standard"
    assert (programme.code, programme.status, programme.effective_from) == ("standard", "published", DAY(2013, 1, 1))
    assert tier_of(partner) == "registered"
    assert recompute(DAY(2013, 12, 1)).made_programme == ""


def test_without_partners_there_is_nothing_to_recompute(manufacturer: Manufacturer, recompute: Recompute) -> None:
    with pytest.raises(ProgrammeError, match="no partners yet"):
        recompute()


def test_a_draft_values_nobody(partner: Partner, recompute: Recompute) -> None:
    with staff_scope(partner.manufacturer_id):
        services.create_draft(draft(), by=None)
    with pytest.raises(ProgrammeError, match="No programme is published yet"):
        recompute()


def test_a_programme_of_the_future_values_nobody_yet(partner: Partner, recompute: Recompute) -> None:
    published(partner.manufacturer, effective_from=DAY(2199, 1, 1))
    with pytest.raises(ProgrammeError, match="in force on 2026-06-30"):
        recompute()


def test_days_before_the_first_version_are_valued_by_it(partner: Partner, recompute: Recompute) -> None:
    programme = published(partner.manufacturer, effective_from=DAY(2026, 6, 1))
    recompute(DAY(2019, 1, 31))
    assert grade_of(partner).programme_id == programme.pk


# --- Again, and back in time ------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing_and_tells_nobody(
    partner: Partner, rep: Membership, owner: Membership, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer, by_rank("revenue"), by_target("orders", 3))
    bought(JUNE, 850)
    recompute()
    with staff_scope(partner.manufacturer_id):
        before = list(Score.objects.values()), list(Grade.objects.values()), list(PartnerSummary.objects.values())
    told = notices_of(rep), notices_of(owner)

    assert steps(recompute()) == {"partners": 1}

    with staff_scope(partner.manufacturer_id):
        after = list(Score.objects.values()), list(Grade.objects.values()), list(PartnerSummary.objects.values())
        assert GradeRun.objects.count() == 1
        assert Grade.objects.get().events.count() == 0
    assert after == before
    assert (notices_of(rep), notices_of(owner)) == told


def test_a_past_day_stores_scores_and_touches_nothing_else(
    partner: Partner, rep: Membership, owner: Membership, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer, grace_periods=0)
    bought(DAY(2026, 2, 10), 450)
    bought(JUNE, 850)
    recompute()
    told = notices_of(rep), notices_of(owner)
    with staff_scope(partner.manufacturer_id):
        before = list(Grade.objects.values()), list(PartnerSummary.objects.values()), list(GradeChange.objects.values())

    result = recompute(DAY(2026, 3, 31))

    assert result.is_past
    assert steps(result) == {"partners": 1}
    with staff_scope(partner.manufacturer_id):
        after = list(Grade.objects.values()), list(PartnerSummary.objects.values()), list(GradeChange.objects.values())
        scores = dict(Score.objects.values_list("day", "score"))
        assert GradeRun.objects.get(day=DAY(2026, 3, 31)).is_past
    assert after == before
    assert scores == {DAY(2026, 3, 31): D(45), JUNE: D(85)}
    assert (notices_of(rep), notices_of(owner)) == told


def test_what_was_corrected_on_the_same_day_moves_the_grade_again(
    partner: Partner, rep: Membership, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer, grace_periods=0)
    for revenue in (450, 650, 850):
        bought(JUNE, revenue)
        recompute()
    assert changes_of(partner) == [
        (JUNE, "first", None, "bronze"),
        (JUNE, "promotion", "bronze", "silver"),
        (JUNE, "promotion", "silver", "gold"),
    ]
    assert len(notices_of(rep)) == 3


def test_some_partners_can_be_recomputed_alone(
    partner: Partner, sibling: Partner, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer)
    with pytest.raises(ProgrammeError, match="all partners first"):
        recompute(partners=[partner.pk])
    recompute(DAY(2026, 6, 1))
    bought(DAY(2026, 6, 2), 850)
    sell(sibling, [on("2026-06-02", 850)])

    result = recompute(DAY(2026, 6, 3), partners=[partner.pk])

    assert steps(result) == {"partners": 1, "changed": 1, "up": 1}
    assert (tier_of(partner), tier_of(sibling)) == ("gold", "registered")


def test_some_partners_are_recomputed_on_one_connection(
    partner: Partner, sibling: Partner, recompute: Recompute, bought: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(partner.manufacturer)
    recompute(DAY(2026, 6, 1))
    bought(DAY(2026, 6, 2), 850)
    module = import_module("valuation.services.recompute")
    monkeypatch.setattr(module, "PARTNERS_IN_ONE", 0)
    monkeypatch.setattr(module, "is_rolled_back", lambda: False)
    monkeypatch.setattr(module, "staff_scope", None)  # another connection would need a scope of its own

    result = recompute(DAY(2026, 6, 3), partners=[partner.pk, sibling.pk])

    assert steps(result)["partners"] == 2
    assert tier_of(partner) == "gold"


# --- Progress ---------------------------------------------------------------------------------------------------------


class Watched:
    """A progress that counts, and that stops the work after so many calls."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.total, self.done, self.calls, self.stop_after = 0, 0, 0, stop_after
        self.job = None

    def begin(self, total: int, message: str = "") -> None:
        self.total = total

    def advance(self, count: int = 1, message: str | None = None) -> None:
        self.done += count
        self.calls += 1
        if self.calls == self.stop_after:
            raise KeyboardInterrupt


def test_progress_goes_to_its_end(manufacturer: Manufacturer, recompute: Recompute) -> None:
    published(manufacturer)
    PartnerFactory.create_batch(3, manufacturer=manufacturer)
    progress = Watched()
    recompute(progress=progress)
    assert (progress.done, progress.total) == (6, 6)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("on_connections", "stop_after", "graded"),
    [(1, 1, 0), (1, 3, 0), (1, 5, 2), (1, 7, 6), (2, 1, 0), (2, 4, 0), (2, 5, 4), (2, 7, 8)],
)
def test_what_was_stopped_between_chunks_is_completed_by_the_next_run(
    manufacturer: Manufacturer, monkeypatch: pytest.MonkeyPatch, on_connections: int, stop_after: int, graded: int
) -> None:
    module = import_module("valuation.services.recompute")
    monkeypatch.setattr(module, "PARTNERS_PER_CHUNK", 2)
    monkeypatch.setattr(module, "PARTNERS_IN_ONE", 0 if on_connections == 2 else 8)
    published(manufacturer, by_rank("revenue"), by_target("orders", 1))
    kind = PartnerKindFactory(manufacturer=manufacturer)
    partners = PartnerFactory.create_batch(8, manufacturer=manufacturer, kind=kind)
    members = [PartnerMemberFactory(manufacturer=manufacturer, partner=partner) for partner in partners]
    for number, partner in enumerate(partners):
        sell(partner, [on("2026-06-20", 100 * number + 1)])

    with pytest.raises(KeyboardInterrupt), staff_scope(manufacturer.pk):
        services.recompute(JUNE, progress=Watched(stop_after))  # type: ignore[arg-type]
    with staff_scope(manufacturer.pk):
        assert Grade.objects.count() == graded
        assert not GradeRun.objects.get().is_complete
    with staff_scope(manufacturer.pk):
        result = services.recompute(JUNE)

    with staff_scope(manufacturer.pk):
        assert Grade.objects.count() == GradeChange.objects.count() == 8
        assert GradeRun.objects.get().is_complete
    assert result.steps.changed == 8 - graded
    assert [len(notices_of(member)) for member in members] == [1] * 8
