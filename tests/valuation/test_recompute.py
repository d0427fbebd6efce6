"""The recompute: scores stored, grades moved by the programme's rules, everybody told once."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from notices.models import Notice
from notices.registry import kind_by_key
from notices.wording import word
from partners.models import Partner, PartnerSummary
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerKindFactory, PartnerMemberFactory
from tests.valuation.programmes import by_rank, by_target, draft, published
from tests.valuation.sales import monthly, on, sell
from valuation import services
from valuation.models import ChangeReason, Grade, GradeChange, GradeRun, Programme, Score
from valuation.services import ProgrammeError, RecomputeResult

D = Decimal
DAY = dt.date
JUNE = DAY(2026, 6, 30)

pytestmark = pytest.mark.django_db

Recompute = Callable[..., RecomputeResult]


@pytest.fixture
def recompute(manufacturer: Manufacturer) -> Recompute:
    """Recompute the grades of hanbit as of a day."""

    def run(day: dt.date = JUNE, **options: Any) -> RecomputeResult:
        with staff_scope(manufacturer.pk):
            return services.recompute(day, **options)

    return run


@pytest.fixture
def bought(partner: Partner) -> Callable[[dt.date, int], None]:
    """Make the partner's revenue of the twelve months up to a day what is given: one point for every 10."""

    def buy(day: dt.date, revenue: int) -> None:
        with staff_scope(partner.manufacturer_id):
            known = sum(
                partner.sales_lines.filter(date__gt=day - dt.timedelta(days=360)).values_list("amount", flat=True)
            )
        sell(partner, [on(day.isoformat(), revenue - int(known))])

    return buy


def grade_of(partner: Partner) -> Grade:
    with staff_scope(partner.manufacturer_id):
        return Grade.objects.select_related("tier", "pending_tier", "programme").get(partner=partner)


def tier_of(partner: Partner) -> str:
    return grade_of(partner).tier.code


def changes_of(partner: Partner) -> list[tuple[dt.date, str, str | None, str]]:
    with staff_scope(partner.manufacturer_id):
        return [
            (change.day, change.reason, change.from_tier.code if change.from_tier else None, change.to_tier.code)
            for change in GradeChange.objects.filter(partner=partner)
            .select_related("from_tier", "to_tier")
            .order_by("pk")
        ]


def notices_of(member: Membership) -> list[tuple[str, dict[str, Any]]]:
    with staff_scope(member.manufacturer_id):
        return [(notice.kind, notice.facts) for notice in Notice.objects.filter(recipient=member).order_by("pk")]


def steps(result: RecomputeResult) -> dict[str, int]:
    return {name: value for name, value in vars(result.steps).items() if value}


# --- What is stored


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


# --- How grades move


def test_a_first_grade_is_given_at_once_and_told(
    partner: Partner, rep: Membership, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer, promotion="approval")
    bought(JUNE, 850)

    recompute()

    assert tier_of(partner) == "gold"
    assert changes_of(partner) == [(JUNE, "first", None, "gold")]
    [(kind, facts)] = notices_of(rep)
    assert kind == "valuation.grade_changed"
    assert (facts["reason"], facts["tier"]["en"], facts["before"], facts["score"]) == ("first", "Gold", None, "85.00")


def test_a_promotion_comes_at_once(partner: Partner, recompute: Recompute, bought: Any) -> None:
    published(partner.manufacturer)
    bought(DAY(2026, 5, 31), 450)
    recompute(DAY(2026, 5, 31))
    bought(JUNE, 850)

    result = recompute()

    assert steps(result) == {"partners": 1, "changed": 1, "up": 1}
    assert tier_of(partner) == "gold"
    assert grade_of(partner).since == JUNE
    assert changes_of(partner)[1:] == [(JUNE, "promotion", "bronze", "gold")]


def test_who_falls_is_warned_held_and_then_demoted(
    partner: Partner, rep: Membership, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer, period="quarter", grace_periods=2)
    first, fallen = DAY(2026, 1, 31), DAY(2026, 2, 20)
    bought(first, 850)
    recompute(first)
    bought(fallen, 450)

    assert steps(recompute(fallen)) == {"partners": 1, "held_by_grace": 1, "warned": 1}
    assert (tier_of(partner), grade_of(partner).below_since) == ("gold", fallen)
    assert steps(recompute(DAY(2026, 3, 31))) == {"partners": 1, "held_by_grace": 1}
    assert steps(recompute(JUNE)) == {"partners": 1, "held_by_grace": 1}
    assert tier_of(partner) == "gold"
    assert steps(recompute(DAY(2026, 7, 1))) == {"partners": 1, "changed": 1, "down": 1}

    grade = grade_of(partner)
    assert (grade.tier.code, grade.since, grade.below_since) == ("bronze", DAY(2026, 7, 1), None)
    assert changes_of(partner)[1:] == [
        (fallen, "warning", "gold", "bronze"),
        (DAY(2026, 7, 1), "demotion", "gold", "bronze"),
    ]
    (_first, (warning, told), (demotion, _facts)) = notices_of(rep)
    assert (warning, demotion) == ("valuation.grade_warning", "valuation.grade_changed")
    assert (told["until_on"], told["before"]["en"], told["tier"]["en"]) == ("2026-07-01", "Gold", "Bronze")


@pytest.mark.parametrize(("period", "grace", "end"), [("month", 3, DAY(2026, 5, 1)), ("month", 1, DAY(2026, 3, 1))])
def test_grace_is_counted_in_the_programmes_periods(
    partner: Partner, recompute: Recompute, bought: Any, period: str, grace: int, end: dt.date
) -> None:
    published(partner.manufacturer, period=period, grace_periods=grace)
    bought(DAY(2026, 1, 31), 850)
    recompute(DAY(2026, 1, 31))
    bought(DAY(2026, 2, 20), 450)
    recompute(DAY(2026, 2, 20))

    recompute(end - dt.timedelta(days=1))
    assert tier_of(partner) == "gold"
    recompute(end)
    assert tier_of(partner) == "bronze"


def test_without_grace_the_fall_comes_at_once(partner: Partner, recompute: Recompute, bought: Any) -> None:
    published(partner.manufacturer, grace_periods=0)
    bought(DAY(2026, 5, 31), 850)
    recompute(DAY(2026, 5, 31))
    bought(JUNE, 450)
    assert steps(recompute()) == {"partners": 1, "changed": 1, "down": 1}
    assert changes_of(partner)[1:] == [(JUNE, "demotion", "gold", "bronze")]


def test_who_recovers_in_time_keeps_the_grade_and_is_warned_anew(
    partner: Partner, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer)
    for day, revenue in (
        (DAY(2026, 1, 31), 850),
        (DAY(2026, 2, 10), 450),
        (DAY(2026, 3, 10), 900),
        (DAY(2026, 5, 10), 450),
        (DAY(2026, 9, 30), 450),
    ):
        bought(day, revenue)
        recompute(day)
    assert tier_of(partner) == "gold"
    assert grade_of(partner).below_since == DAY(2026, 5, 10)
    assert [(day, reason) for day, reason, _from, _to in changes_of(partner)] == [
        (DAY(2026, 1, 31), "first"),
        (DAY(2026, 2, 10), "warning"),
        (DAY(2026, 5, 10), "warning"),
    ]


def test_a_demotion_goes_to_the_tier_reached_then(partner: Partner, recompute: Recompute, bought: Any) -> None:
    published(partner.manufacturer, period="month", grace_periods=1)
    for day, revenue in ((DAY(2026, 1, 31), 850), (DAY(2026, 2, 10), 450), (DAY(2026, 3, 10), 650)):
        bought(day, revenue)
        recompute(day)
    assert changes_of(partner)[-1] == (DAY(2026, 3, 10), "demotion", "gold", "silver")


# --- Approval


@pytest.fixture
def waiting(partner: Partner, recompute: Recompute, bought: Any) -> Partner:
    """A partner on Bronze since May whose promotion to Gold waits since the end of June."""
    published(partner.manufacturer, promotion="approval")
    bought(DAY(2026, 5, 31), 450)
    recompute(DAY(2026, 5, 31))
    bought(JUNE, 850)
    assert steps(recompute()) == {"partners": 1, "pending": 1}
    return partner


def test_a_promotion_waits_for_approval(waiting: Partner, recompute: Recompute) -> None:
    grade = grade_of(waiting)
    assert grade.pending_tier is not None
    assert (grade.tier.code, grade.pending_tier.code, grade.pending_since) == ("bronze", "gold", JUNE)
    assert steps(recompute(DAY(2026, 7, 1))) == {"partners": 1}
    assert grade_of(waiting).pending_since == JUNE
    assert len(changes_of(waiting)) == 1


def test_an_approved_promotion_is_given_and_told(waiting: Partner, rep: Membership, manager: Membership) -> None:
    with staff_scope(waiting.manufacturer_id):
        services.approve_promotion(grade_of(waiting), by=manager, day=DAY(2026, 7, 2))
        [change] = GradeChange.objects.filter(reason=ChangeReason.PROMOTION)
        summary = PartnerSummary.objects.get(partner=waiting)
    grade = grade_of(waiting)
    assert (grade.tier.code, grade.since, grade.pending_tier, grade.pending_since) == (
        "gold",
        DAY(2026, 7, 2),
        None,
        None,
    )
    assert (change.by_id, change.score) == (manager.pk, D(85))
    assert (summary.tier_code, summary.tier_rank) == ("gold", 4)
    assert [facts["reason"] for _kind, facts in notices_of(rep)] == ["promotion"]


def test_a_promotion_is_decided_once(waiting: Partner, manager: Membership) -> None:
    grade = grade_of(waiting)
    with staff_scope(waiting.manufacturer_id):
        services.approve_promotion(grade, by=manager)
        for decide in (services.approve_promotion, services.refuse_promotion):
            with pytest.raises(services.GradeError, match="does not wait any more"):
                decide(grade, by=manager, **({"reason": "x"} if decide is services.refuse_promotion else {}))


def test_a_refused_promotion_rests_until_the_next_period(
    waiting: Partner, manager: Membership, rep: Membership, recompute: Recompute
) -> None:
    with staff_scope(waiting.manufacturer_id):
        services.refuse_promotion(grade_of(waiting), by=manager, reason="Unpaid bills", day=JUNE)
    grade = grade_of(waiting)
    assert (grade.tier.code, grade.pending_tier, grade.refused_reason) == ("bronze", None, "Unpaid bills")
    assert notices_of(rep) == []

    assert steps(recompute(JUNE)) == {"partners": 1}
    assert grade_of(waiting).refused_on == JUNE
    assert steps(recompute(DAY(2026, 7, 1))) == {"partners": 1, "pending": 1}
    assert grade_of(waiting).refused_tier is None


def test_a_higher_tier_than_the_refused_is_put_forward(
    partner: Partner, manager: Membership, recompute: Recompute, bought: Any
) -> None:
    published(partner.manufacturer, promotion="approval")
    for day, revenue in ((DAY(2026, 4, 1), 450), (DAY(2026, 4, 10), 650)):
        bought(day, revenue)
        recompute(day)
    with staff_scope(partner.manufacturer_id):
        services.refuse_promotion(grade_of(partner), by=manager, reason="Wait", day=DAY(2026, 4, 11))
    assert recompute(DAY(2026, 4, 12)).steps.pending == 0
    bought(DAY(2026, 4, 20), 850)
    assert recompute(DAY(2026, 4, 20)).steps.pending == 1


def test_a_promotion_that_waits_falls_away_with_the_score(waiting: Partner, recompute: Recompute, bought: Any) -> None:
    bought(DAY(2026, 7, 5), 450)
    recompute(DAY(2026, 7, 5))
    grade = grade_of(waiting)
    assert (grade.tier.code, grade.pending_tier, grade.pending_since) == ("bronze", None, None)


# --- By hand


@pytest.fixture
def by_hand(partner: Partner, rep: Membership, manager: Membership, recompute: Recompute, bought: Any) -> Partner:
    """A partner that reaches Bronze and has Gold by hand until the end of August."""
    programme = published(partner.manufacturer)
    bought(DAY(2026, 6, 15), 450)
    recompute(DAY(2026, 6, 15))
    with staff_scope(partner.manufacturer_id):
        services.set_override(
            partner,
            programme.tiers.get(code="gold"),
            until=DAY(2026, 8, 31),
            reason="Opens a showroom",
            by=manager,
            day=DAY(2026, 6, 20),
        )
    return partner


def test_a_grade_set_by_hand_is_told_with_its_reason(by_hand: Partner, rep: Membership, manager: Membership) -> None:
    grade = grade_of(by_hand)
    assert (grade.tier.code, grade.override_until, grade.override_reason, grade.override_by_id) == (
        "gold",
        DAY(2026, 8, 31),
        "Opens a showroom",
        manager.pk,
    )
    assert changes_of(by_hand)[1:] == [(DAY(2026, 6, 20), "override", "bronze", "gold")]
    _kind, facts = notices_of(rep)[-1]
    assert (facts["reason"], facts["note"], facts["until_on"]) == ("override", "Opens a showroom", "2026-08-31")


def test_what_is_set_by_hand_holds_until_its_last_day(by_hand: Partner, rep: Membership, recompute: Recompute) -> None:
    assert steps(recompute(DAY(2026, 8, 31))) == {"partners": 1}
    assert tier_of(by_hand) == "gold"
    assert steps(recompute(DAY(2026, 9, 1))) == {"partners": 1, "changed": 1, "down": 1}
    grade = grade_of(by_hand)
    assert (grade.tier.code, grade.override_until, grade.override_reason, grade.override_by_id) == (
        "bronze",
        None,
        "",
        None,
    )
    assert changes_of(by_hand)[-1] == (DAY(2026, 9, 1), "override_end", "gold", "bronze")
    assert [facts["reason"] for _kind, facts in notices_of(rep)] == ["first", "override", "override_end"]


def test_what_is_set_by_hand_may_end_without_a_change(by_hand: Partner, recompute: Recompute, bought: Any) -> None:
    bought(DAY(2026, 8, 1), 850)
    recompute(DAY(2026, 9, 1))
    grade = grade_of(by_hand)
    assert (grade.tier.code, grade.override_until) == ("gold", None)
    assert [reason for _day, reason, _from, _to in changes_of(by_hand)] == ["first", "override"]


def test_what_is_set_by_hand_can_be_ended_before(by_hand: Partner, manager: Membership) -> None:
    with staff_scope(by_hand.manufacturer_id):
        services.end_override(by_hand, by=manager, day=DAY(2026, 7, 1))
        with pytest.raises(services.GradeError, match="Nothing is set by hand"):
            services.end_override(by_hand, by=manager)
    assert (tier_of(by_hand), grade_of(by_hand).override_until) == ("bronze", None)
    assert changes_of(by_hand)[-1] == (DAY(2026, 7, 1), "override_end", "gold", "bronze")


def test_setting_by_hand_is_refused_with_a_sentence(partner: Partner, manager: Membership) -> None:
    programme = published(partner.manufacturer)
    with staff_scope(partner.manufacturer_id):
        gold = programme.tiers.get(code="gold")
        other = services.create_draft(draft(), code="other", by=None).tiers.get(code="gold")
        for tier, until, reason, sentence in (
            (gold, DAY(2026, 6, 1), "x", "lies in the past"),
            (gold, DAY(2026, 7, 1), " ", "Give a reason"),
            (other, DAY(2026, 7, 1), "x", "not one of the programme"),
        ):
            with pytest.raises(services.GradeError, match=sentence):
                services.set_override(partner, tier, until=until, reason=reason, by=manager, day=JUNE)
        assert not Grade.objects.exists()


# --- Programmes


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


# --- Again, and back in time


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


# --- Who is told


def test_staff_hear_the_sum_of_their_partners(
    manufacturer: Manufacturer, owner: Membership, recompute: Recompute
) -> None:
    managers = [MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER) for _ in range(2)]
    idle = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER)
    published(manufacturer, grace_periods=0)
    rising = PartnerFactory.create_batch(2, manufacturer=manufacturer, channel_manager=managers[0])
    falling = PartnerFactory(manufacturer=manufacturer, channel_manager=managers[1])
    PartnerFactory(manufacturer=manufacturer, channel_manager=idle)
    sell(falling, [on("2025-06-10", 900)])
    recompute(DAY(2026, 5, 31))
    for partner in rising:
        sell(partner, [on("2026-06-20", 700)])
    recompute()

    with staff_scope(manufacturer.pk):
        run = GradeRun.objects.get(day=JUNE)

    def told(member: Membership) -> list[dict[str, Any]]:
        return [facts for kind, facts in notices_of(member) if facts["day_on"] == "2026-06-30"]

    nothing = {"first": 0, "rose": 0, "fell": 0, "warned": 0, "pending": 0, "run": run.pk, "day_on": "2026-06-30"}
    assert told(owner) == [nothing | {"rose": 2, "fell": 1}]
    assert told(managers[0]) == [nothing | {"rose": 2}]
    assert told(managers[1]) == [nothing | {"fell": 1}]
    assert told(idle) == []


def test_only_active_members_of_the_partner_are_told(
    partner: Partner, rep: Membership, sibling_rep: Membership, recompute: Recompute, bought: Any
) -> None:
    left = PartnerMemberFactory(manufacturer=partner.manufacturer, partner=partner, is_active=False)
    published(partner.manufacturer)
    recompute(DAY(2026, 5, 31))
    bought(JUNE, 850)
    recompute()
    counts = Counter({member.pk: len(notices_of(member)) for member in (rep, sibling_rep, left)})
    assert counts == {rep.pk: 2, sibling_rep.pk: 1, left.pk: 0}


def test_notices_are_worded(
    owner: Membership, by_hand: Partner, rep: Membership, recompute: Recompute, bought: Any
) -> None:
    recompute(DAY(2026, 9, 1))
    bought(DAY(2026, 9, 5), 0)
    recompute(DAY(2026, 9, 5))
    with staff_scope(by_hand.manufacturer_id):
        told = [
            word(notice, kind_by_key(notice.kind), notice.recipient)  # type: ignore[arg-type]
            for notice in Notice.objects.filter(recipient__in=[rep, owner])
            .select_related("recipient__manufacturer")
            .order_by("recipient__partner", "pk")
        ]
    assert [wording.sentence for wording in told] == [
        "Your grade is Bronze",
        "Your grade is now Gold",
        "Your grade is now Bronze",
        "Your score fell below Bronze",
        "1 partner has its first grade",
        "1 partner fell",
        "1 partner may lose its grade",
    ]
    assert "Reason: Opens a showroom" in told[1].text
    assert "You keep Bronze until Jan. 1, 2027" in told[3].text
    assert all("None" not in wording.text for wording in told)
    assert {wording.url for wording in told[:4]} == {"/hanbit/portal/grade/"}
    assert all(wording.url.startswith("/hanbit/grades/runs/") for wording in told[4:])


# --- Progress


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
