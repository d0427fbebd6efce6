"""How grades move: by score, by approval, by hand; and who is told."""

import datetime as dt
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from notices.models import Notice
from notices.registry import kind_by_key
from notices.wording import word
from partners.models import Partner, PartnerSummary
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.valuation.programmes import draft, published
from tests.valuation.recomputing import DAY, JUNE, D, Recompute, changes_of, grade_of, notices_of, steps, tier_of
from tests.valuation.sales import on, sell
from valuation import services
from valuation.models import ChangeReason, Grade, GradeChange, GradeRun

# --- How grades move --------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("many", "row_by_row"), [(1, "off"), (2, "on")])
def test_many_changes_are_told_as_a_set(
    partner: Partner, rep: Membership, recompute: Recompute, bought: Any, monkeypatch: Any, many: int, row_by_row: str
) -> None:
    """Statistics do not know what was just written: each change would be looked for beside each person."""
    monkeypatch.setattr(import_module("valuation.services.recompute"), "MANY_NEWS", many)
    published(partner.manufacturer)
    bought(JUNE, 850)
    seen = []

    def asking(execute: Any, sql: Any, params: Any, is_many: bool, context: Any) -> Any:
        if "INSERT INTO notices_notice" in str(sql) and "valuation.grade_changed" in (params or ()):
            execute("SHOW enable_nestloop", None, False, context)
            seen.append(context["cursor"].fetchone()[0])
        return execute(sql, params, is_many, context)

    with connection.execute_wrapper(asking):
        recompute()
    assert seen == [row_by_row]
    assert len(notices_of(rep)) == 1


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


# --- Approval ---------------------------------------------------------------------------------------------------------


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


# --- By hand ----------------------------------------------------------------------------------------------------------


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


# --- Who is told ------------------------------------------------------------------------------------------------------


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
