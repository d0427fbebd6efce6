"""Channel plans: how both sides come to agree, what freezes, ranks, and who may what."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client

from approvals.models import Request
from approvals.services import decide
from commerce.models import SalesMonth
from notices.models import Notice
from partners.models import (
    ChannelPlan,
    InitiativeScore,
    MixTarget,
    Partner,
    PartnerTerritory,
    PlanInitiative,
    PlanPromise,
    PlanSettings,
    PlanState,
    PlanStep,
    PlanTarget,
    Side,
    Stage,
    Task,
    Territory,
    TerritoryFigure,
)
from partners.plan_measures import MAIN, all_measures
from partners.plan_terms import Light
from partners.selectors import coverage_map
from partners.selectors import plans as reading
from partners.selectors.coverage_map import Verdict
from partners.selectors.plan_rollup import PlanRollUp, RollUp, Scope
from partners.services import plans as services
from partners.services.lifecycle import set_stage, take_end_back
from partners.services.merging import merge_partners, undo_merge
from partners.services.plans import PlanError
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory, ProductFactory
from tests.partners.plans import agree, agreed, draft, refreshed

YEAR = 2026


@pytest.fixture
def house(manufacturer: Any) -> Iterator[None]:
    with staff_scope(manufacturer.pk):
        yield


def kinds_told(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))


# --- Agreed by both ---------------------------------------------------------------------------------------------------


def test_staff_propose_and_the_partner_agrees(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership, rep: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        plan = draft(partner, YEAR, manager)
        services.propose_plan(plan, by=manager, text="As we talked about")
    assert refreshed(plan).state == PlanState.PROPOSED
    assert kinds_told(partner_admin) == kinds_told(rep) == ["partners.plan_proposed"]
    assert kinds_told(manager) == []

    assert agree(plan, partner_admin) is True
    assert agree(plan, partner_admin) is False  # a double click

    now = refreshed(plan)
    assert (now.state, now.proposed_side, now.agreed_by_id) == (PlanState.AGREED, Side.STAFF, partner_admin.pk)
    assert kinds_told(manager).count("partners.plan_agreed") == 1
    with staff_scope(manufacturer.pk):
        assert list(PlanStep.objects.filter(plan=plan).order_by("pk").values_list("kind", "side")) == [
            ("started", "staff"), ("proposed", "staff"), ("agreed", "partner"),
        ]  # fmt: skip


def test_the_partner_proposes_and_staff_agree(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, partner_admin)
        services.propose_plan(plan, by=partner_admin)
        with pytest.raises(PlanError, match="Your side proposed"):
            services.agree_plan(plan, by=partner_admin, proposal=refreshed(plan).proposal)
    with staff_scope(manufacturer.pk):
        assert services.agree_plan(plan, by=manager, proposal=refreshed(plan).proposal) is True
    assert refreshed(plan).state == PlanState.AGREED


def test_sending_back_needs_words_and_makes_it_a_draft_again(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        plan = draft(partner, YEAR, manager)
        services.propose_plan(plan, by=manager)
        with pytest.raises(PlanError, match="Take it back instead"):
            services.return_plan(plan, by=manager, text="No")
    with partner_scope(manufacturer.pk, partner.pk):
        with pytest.raises(PlanError, match="Say what should change"):
            services.return_plan(plan, by=partner_admin, text=" ")
        services.return_plan(plan, by=partner_admin, text="Less in the first quarter")
    assert refreshed(plan).state == PlanState.DRAFT
    assert kinds_told(manager) == ["partners.plan_returned"]


def test_who_may_not_bind_the_company_may_write_but_not_agree(
    manufacturer: Any, partner: Any, manager: Membership, rep: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
    with partner_scope(manufacturer.pk, partner.pk):
        services.save_summary(plan, "Grow with builders", by=rep)
        with pytest.raises(PlanError, match="Ask an admin"):
            services.propose_plan(plan, by=rep)
    with staff_scope(manufacturer.pk):
        services.propose_plan(plan, by=manager)
    with pytest.raises(PlanError, match="Ask an admin"):
        agree(plan, rep)
    assert refreshed(plan).state == PlanState.PROPOSED


def test_an_empty_plan_cannot_be_proposed(partner: Any, manager: Membership, house: None) -> None:
    plan = draft(partner, YEAR, manager, quarters=None)
    with pytest.raises(PlanError, match="at least one target"):
        services.propose_plan(plan, by=manager)


def test_agreeing_to_another_version_than_shown_is_refused(partner: Any, manager: Membership, house: None) -> None:
    plan = draft(partner, YEAR, manager)
    with pytest.raises(PlanError, match="not the version"):
        services.agree_plan(plan, by=manager, proposal="2-")


@pytest.mark.parametrize("by_staff", [True, False])
def test_nobody_agrees_to_a_plan_that_was_changed_after_it_was_shown(
    by_staff: bool,
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    manager: Membership,
    partner_admin: Membership,
) -> None:
    """Taken back, changed and proposed again is another proposal of the same version."""
    proposer, reader = (manager, partner_admin) if by_staff else (partner_admin, manager)
    with staff_scope(manufacturer.pk) if by_staff else partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, proposer)
        services.propose_plan(plan, by=proposer)
    client = client_for(reader)
    url = f"/hanbit/portal/plans/{plan.pk}/" if by_staff else f"/hanbit/plans/{plan.pk}/"
    before = refreshed(plan).proposal
    assert f'name="proposal" value="{before}"' in client.get(url).content.decode()
    with staff_scope(manufacturer.pk) if by_staff else partner_scope(manufacturer.pk, partner.pk):
        services.take_back(plan, by=proposer)
        services.set_target(plan, all_measures()[MAIN], [Decimal(9000)] * 4, by=proposer)
        services.propose_plan(plan, by=proposer)
    now = refreshed(plan).proposal
    assert (before[:2], now[:2], before == now) == ("1-", "1-", False)
    for wrong in (before, "", "1", "x"):
        told = client.post(f"{url}step/", {"step": "agree", "proposal": wrong}, follow=True)
        assert "This is not the version that you were shown." in told.content.decode()
        assert refreshed(plan).state == PlanState.PROPOSED
    client.post(f"{url}step/", {"step": "agree", "proposal": now})
    assert (refreshed(plan).state, refreshed(plan).agreed_by_id) == (PlanState.AGREED, reader.pk)


def test_only_staff_remove_a_draft_and_only_one_that_was_never_proposed(
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    manager: Membership,
    partner_admin: Membership,
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, partner_admin)
    portal, staff = client_for(partner_admin), client_for(manager)
    own, url = f"/hanbit/portal/plans/{plan.pk}/", f"/hanbit/plans/{plan.pk}/"
    assert b"Remove this draft" not in portal.get(own).content
    told = portal.post(f"{own}step/", {"step": "discard"}, follow=True)
    assert "Only the manufacturer can remove a draft." in told.content.decode()
    assert b"Remove this draft" in staff.get(url).content
    with partner_scope(manufacturer.pk, partner.pk):
        services.propose_plan(plan, by=partner_admin)
        services.take_back(plan, by=partner_admin)
    assert b"Remove this draft" not in staff.get(url).content
    told = staff.post(f"{url}step/", {"step": "discard"}, follow=True)
    assert "This plan was proposed before, so it stays." in told.content.decode()
    assert refreshed(plan).state == PlanState.DRAFT
    with staff_scope(manufacturer.pk):
        other = draft(partner, YEAR + 1, manager)
        services.save_initiative(other, {"title": "Open a showroom"}, by=manager)
        services.discard_draft(other, by=manager)
        assert list(ChannelPlan.objects.values_list("pk", flat=True)) == [plan.pk]


@pytest.mark.parametrize("gone", ["ended", "merged"])
def test_plans_with_a_partner_that_is_ended_or_merged_wait_and_go_on_no_more(
    gone: str,
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    sibling: Any,
    manager: Membership,
    partner_admin: Membership,
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, partner_admin)
        services.propose_plan(plan, by=partner_admin)
    with staff_scope(manufacturer.pk):
        begun = draft(partner, YEAR + 1, manager)
        assert [each.pk for each in reading.waiting_plans(manager)] == [plan.pk]
        change: Any = {"stage": Stage.ENDED} if gone == "ended" else {"merged_into": sibling}
        Partner.objects.filter(pk=partner.pk).update(**change)
        assert list(reading.waiting_plans(manager)) == []
        for step in (
            lambda: services.agree_plan(plan, by=manager, proposal=refreshed(plan).proposal),
            lambda: services.propose_plan(begun, by=manager),
            lambda: services.start_plan(partner, YEAR + 2, by=manager),
        ):
            with pytest.raises(PlanError, match="The partnership ended"):
                step()
    assert (refreshed(plan).state, refreshed(begun).state) == (PlanState.PROPOSED, PlanState.DRAFT)
    page = client_for(manager).get(f"/hanbit/plans/{plan.pk}/")
    assert (page.status_code, page.context["can_answer"]) == (200, False)
    with staff_scope(manufacturer.pk):
        assert ChannelPlan.objects.count() == 2


def test_a_double_click_says_and_writes_once(
    manufacturer: Any, partner: Any, manager: Membership, owner: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        first = services.comment_plan(plan, by=manager, text="Less in the first quarter")
        assert services.comment_plan(plan, by=manager, text=" Less in the first quarter ").pk == first.pk
        services.comment_plan(plan, by=owner, text="Less in the first quarter")
        services.comment_plan(plan, by=manager, text="More in the second")
        assert PlanStep.objects.filter(plan=plan, kind="commented").count() == 3
        PlanStep.objects.filter(plan=plan).update(at=F("at") - dt.timedelta(seconds=31))
        services.comment_plan(plan, by=manager, text="Less in the first quarter")
        assert PlanStep.objects.filter(plan=plan, kind="commented").count() == 4
        values: dict[str, Any] = {"title": "Open a showroom", "plan_year": 1, "owner": None, "due_on": None}
        initiative = services.save_initiative(plan, values, by=manager)
        assert services.save_initiative(plan, values, by=manager).pk == initiative.pk
        services.save_initiative(plan, values | {"plan_year": 2}, by=manager)
        promise = services.save_promise(plan, {"title": "Samples", "due_on": None}, by=manager)
        assert services.save_promise(plan, {"title": "Samples", "due_on": None}, by=manager).pk == promise.pk
        assert list(PlanInitiative.objects.order_by("pk").values_list("title", "plan_year")) == [
            ("Open a showroom", 1), ("Open a showroom", 2),
        ]  # fmt: skip
        assert PlanPromise.objects.count() == 1
    assert kinds_told(partner_admin) == ["partners.plan_commented"] * 4
    with partner_scope(manufacturer.pk, partner.pk):
        own = services.comment_plan(plan, by=partner_admin, text="Fine")
        assert services.comment_plan(plan, by=partner_admin, text="Fine").pk == own.pk


def test_starting_twice_gives_the_same_draft(partner: Any, manager: Membership, house: None) -> None:
    plan = services.start_plan(partner, YEAR, by=manager)
    assert services.start_plan(partner, YEAR, by=manager).pk == plan.pk


def test_reviews_of_the_quarters_become_tasks_once(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        ahead = dt.date.today().year + 1
    agreed(partner, ahead, manager, partner_admin)
    with staff_scope(manufacturer.pk):
        tasks = Task.objects.filter(kind=services.REVIEW).order_by("due_on")
        assert [(task.due_on, task.owner_id) for task in tasks] == [
            (dt.date(ahead, 4, 14), manager.pk),
            (dt.date(ahead, 7, 14), manager.pk),
            (dt.date(ahead, 10, 14), manager.pk),
            (dt.date(ahead + 1, 1, 14), manager.pk),
        ]


@pytest.mark.django_db(transaction=True)
def test_two_people_agreeing_at_once_agree_once(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        services.propose_plan(plan, by=manager)
    second = PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role="partner_admin")
    answers: list[bool] = []

    def answer(member: Membership) -> None:
        try:
            answers.append(agree(plan, member))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=(member,)) for member in (partner_admin, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [False, True]
    with staff_scope(manufacturer.pk):
        assert PlanStep.objects.filter(plan=plan, kind="agreed").count() == 1


# --- Versions and freezing --------------------------------------------------------------------------------------------


def test_a_new_version_is_a_copy_and_replaces_the_old_one_when_agreed(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        first = draft(partner, YEAR, manager)
        initiative = services.save_initiative(first, {"title": "Open a showroom"}, by=manager)
        services.save_promise(first, {"title": "Samples for free"}, by=manager)
        services.score_initiative(initiative, by=manager, effect=5, urgency=3, returns=4, feasibility=2)
        services.propose_plan(first, by=manager)
    agree(first, partner_admin)
    with staff_scope(manufacturer.pk):
        second = services.start_plan(partner, YEAR, by=manager)
        assert (second.version, second.state) == (2, PlanState.DRAFT)
        assert [each.score for each in reading.ranked_initiatives(second)] == [Decimal("3.20")]
        services.set_target(second, all_measures()[MAIN], [Decimal(400)] * 4, by=manager)
        services.save_promise(second, {"title": "A trainer for two days"}, by=manager)
        services.propose_plan(second, by=manager)
        found = reading.compare_versions(first, second)
        assert [(m.key, a.year_target, b.year_target) for m, a, b in found.targets if a and b] == [
            ("sales.revenue", Decimal(1200), Decimal(1600))
        ]
        assert [(each.what, each.before, bool(each.after)) for each in found.promises] == [
            ("A trainer for two days", "", True)
        ]
        assert (found.initiatives, found.count) == ([], 2)
    agree(second, partner_admin)
    assert refreshed(first).state == PlanState.SUPERSEDED
    assert refreshed(second).state == PlanState.AGREED


def test_versions_without_initiatives_are_compared_too(
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    manager: Membership,
    partner_admin: Membership,
) -> None:
    first = agreed(partner, YEAR, manager, partner_admin)
    with staff_scope(manufacturer.pk):
        second = services.start_plan(partner, YEAR, by=manager)
        assert reading.compare_versions(first, second).count == 0
        services.save_initiative(second, {"title": "Open a showroom", "owner": manager, "side": "staff"}, by=manager)
        found = reading.compare_versions(first, second)
        assert [(each.what, each.before) for each in found.initiatives] == [("Open a showroom", "")]
    assert client_for(manager).get(f"/hanbit/plans/{second.pk}/versions/").status_code == 200


def test_what_is_left_comes_along_into_the_next_years_plan(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        for title, year in (("Now", 1), ("Next", 2), ("Later", 3), ("Done", 1)):
            services.save_initiative(plan, {"title": title, "plan_year": year}, by=manager)
        services.propose_plan(plan, by=manager)
    agree(plan, partner_admin)
    with staff_scope(manufacturer.pk):
        services.set_work(PlanInitiative.objects.get(plan=plan, title="Done"), "done", by=manager)
        following = services.start_plan(partner, YEAR + 1, by=manager)
        assert list(PlanInitiative.objects.filter(plan=following).order_by("pk").values_list("title", "plan_year")) == [
            ("Now", 1),
            ("Next", 1),
            ("Later", 2),
        ]


def test_an_agreed_plan_is_frozen_by_the_database(
    manufacturer: Any, partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        initiative = services.save_initiative(plan, {"title": "Open a showroom"}, by=manager)
        services.save_promise(plan, {"title": "Samples"}, by=manager)
        services.score_initiative(initiative, by=manager, effect=5, urgency=3, returns=4, feasibility=2)
        services.propose_plan(plan, by=manager)
    agree(plan, partner_admin)
    rows: Any = ChannelPlan.objects.filter(pk=plan.pk)
    with staff_scope(manufacturer.pk):
        for change in (
            lambda: rows.update(summary="Other"),
            lambda: rows.update(weight_effect=10),
            lambda: rows.update(state=PlanState.DRAFT),
            lambda: rows.update(agreed_by=None),
            lambda: rows.delete(),
            lambda: PlanTarget.objects.filter(plan=plan).update(quarter_1=1),
            lambda: PlanTarget.objects.filter(plan=plan).delete(),
            lambda: PlanInitiative.objects.filter(plan=plan).update(title="Other"),
            lambda: PlanInitiative.objects.create(plan=plan, partner=partner, title="New"),
            lambda: PlanPromise.objects.filter(plan=plan).update(title="Other"),
            lambda: InitiativeScore.objects.filter(plan=plan).update(effect=1),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
        # what happens while it runs can be noted
        services.set_work(initiative, "running", by=manager)
        services.settle_promise(PlanPromise.objects.get(plan=plan), "kept", by=manager)
        assert PlanInitiative.objects.get(plan=plan).work == "running"
        assert PlanPromise.objects.get(plan=plan).state == "kept"
        with pytest.raises(PlanError, match="cannot be changed now"):
            services.save_summary(plan, "Other", by=manager)


def test_a_proposed_plan_cannot_be_changed_until_it_is_answered(partner: Any, manager: Membership, house: None) -> None:
    plan = draft(partner, YEAR, manager)
    services.propose_plan(plan, by=manager)
    with pytest.raises(PlanError, match="cannot be changed now: it is proposed"):
        services.set_target(plan, all_measures()[MAIN], [Decimal(1)] * 4, by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanTarget.objects.filter(plan=plan).update(quarter_1=1)
    services.take_back(plan, by=manager)
    services.set_target(plan, all_measures()[MAIN], [Decimal(1)] * 4, by=manager)


def test_a_partner_cannot_take_the_manufacturers_steps_even_in_the_database(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, partner_admin: Membership
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, partner_admin)
        services.propose_plan(plan, by=partner_admin)
        rows: Any = ChannelPlan.objects.filter(pk=plan.pk)
        for change in (
            lambda: rows.update(state=PlanState.AGREED, agreed_at=plan.created_at),
            lambda: rows.update(state=PlanState.APPROVAL),
            lambda: rows.update(state=PlanState.AGREED, agreed_at=plan.created_at, proposed_side="staff"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
    with partner_scope(manufacturer.pk, sibling.pk):
        assert list(ChannelPlan.objects.all()) == list(PlanTarget.objects.all()) == list(PlanStep.objects.all()) == []


def test_a_sub_partners_plan_stays_hidden_from_the_partner_above(
    manufacturer: Any, partner: Any, manager: Membership
) -> None:
    shop = PartnerFactory(manufacturer=manufacturer, code="S1", parent=partner, kind=partner.kind)
    with staff_scope(manufacturer.pk):
        draft(shop, YEAR, manager)
    with partner_scope(manufacturer.pk, partner.pk):
        assert not ChannelPlan.objects.exists()


# --- Scores -----------------------------------------------------------------------------------------------------------


def test_initiatives_are_ranked_by_weighted_score_with_the_spread(
    manufacturer: Any, partner: Any, owner: Membership, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        shown, ads, _unscored = (
            services.save_initiative(plan, {"title": title}, by=manager) for title in ("Showroom", "Ads", "Unscored")
        )
        services.score_initiative(shown, by=manager, effect=5, urgency=5, returns=5, feasibility=1)  # 3.4
        services.score_initiative(shown, by=owner, effect=4, urgency=3, returns=4, feasibility=3)  # 3.4
        services.score_initiative(ads, by=manager, effect=3, urgency=3, returns=3, feasibility=5)  # 3.8
    with partner_scope(manufacturer.pk, partner.pk):
        services.score_initiative(shown, by=partner_admin, effect=1, urgency=1, returns=1, feasibility=1)  # 1.0
    with staff_scope(manufacturer.pk):
        first, second, third = reading.ranked_initiatives(plan, manager)
        assert [each.initiative.title for each in (first, second, third)] == ["Ads", "Showroom", "Unscored"]
        assert (first.place, first.score, first.people, first.deviation) == (1, Decimal("3.80"), 1, Decimal("0.00"))
        # means 3.33, 3.00, 3.33, 1.67 -> 0.2 * 9.67 + 0.4 * 1.67 = 2.60
        assert (second.score, second.people) == (Decimal("2.60"), 3)
        assert (second.lowest, second.highest, second.deviation) == (Decimal("1.00"), Decimal("3.40"), Decimal("1.13"))
        assert second.by_side == {Side.STAFF: Decimal("3.40"), Side.PARTNER: Decimal("1.00")}
        assert second.is_disputed
        assert (third.score, third.people) == (None, 0)
        services.score_initiative(ads, by=manager, effect=1, urgency=1, returns=1, feasibility=1)
        assert InitiativeScore.objects.filter(initiative=ads).count() == 1
        assert reading.ranked_initiatives(plan)[0].initiative.title == "Showroom"


def test_new_weights_rank_open_plans_and_leave_agreed_ones(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, partner_admin: Membership
) -> None:
    stands = agreed(partner, YEAR, manager, partner_admin)
    with staff_scope(manufacturer.pk):
        still_open = draft(sibling, YEAR, manager)
        services.save_plan_settings(
            PlanSettings(weight_effect=70, weight_urgency=10, weight_returns=10, weight_feasibility=10)
        )
        assert refreshed(still_open).weights["effect"] == 70
        assert refreshed(stands).weights == {"effect": 20, "urgency": 20, "returns": 20, "feasibility": 40}
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanSettings.objects.update(weight_effect=50)


def test_points_outside_one_to_five_and_wrong_people_are_refused(
    manufacturer: Any, partner: Any, sibling_rep: Membership, manager: Membership, analyst: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        initiative = services.save_initiative(plan, {"title": "Showroom"}, by=manager)
        with pytest.raises(PlanError, match="1 to 5"):
            services.score_initiative(initiative, by=manager, effect=6, urgency=1, returns=1, feasibility=1)
        for member in (analyst, sibling_rep):
            with pytest.raises(PlanError, match="role does not allow"):
                services.score_initiative(initiative, by=member, effect=1, urgency=1, returns=1, feasibility=1)
        with pytest.raises(PlanError, match="side that carries it"):
            services.save_initiative(plan, {"title": "X", "side": Side.STAFF, "owner": sibling_rep}, by=manager)


@pytest.mark.django_db(transaction=True)
def test_first_points_given_twice_at_once_are_kept_once(manufacturer: Any, partner: Any, manager: Membership) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        initiative = services.save_initiative(plan, {"title": "Showroom"}, by=manager)
    failed: list[Exception] = []

    def second() -> None:
        try:
            with staff_scope(manufacturer.pk):
                services.score_initiative(initiative, by=manager, effect=2, urgency=2, returns=2, feasibility=2)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    with staff_scope(manufacturer.pk), transaction.atomic():
        services.score_initiative(initiative, by=manager, effect=1, urgency=1, returns=1, feasibility=1)
        other = threading.Thread(target=second)
        other.start()
        other.join(0.5)  # it waits for the first
    other.join(30)
    assert failed == []
    with staff_scope(manufacturer.pk):
        assert list(InitiativeScore.objects.values_list("member", "effect")) == [(manager.pk, 2)]


# --- Along an approval line -------------------------------------------------------------------------------------------


def line_to(member: Membership) -> None:
    from approvals.models import Purpose, Who
    from approvals.services import Draft, DraftStep, save_route

    save_route(
        Draft(
            kind=services.SUBJECT,
            name="Plans",
            amount_from=Decimal(1000),
            steps=[DraftStep(purpose=Purpose.DECIDE, who=Who.MEMBER, member=member)],
        )
    )


def test_a_proposal_waits_for_the_approval_line_first(
    manufacturer: Any, partner: Any, owner: Membership, manager: Membership, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        line_to(owner)
        plan = draft(partner, YEAR, manager)
        services.propose_plan(plan, by=manager, text="Please read it by Friday")
        assert refreshed(plan).state == PlanState.APPROVAL
        assert kinds_told(partner_admin) == []
        request = Request.objects.get(subject_id=plan.pk)
        assert request.note == "Please read it by Friday"
        decide(request, by=owner, approve=True)
        assert refreshed(plan).state == PlanState.PROPOSED
    assert kinds_told(partner_admin) == ["partners.plan_proposed"]
    assert steps_read_by(partner_admin, plan) == [
        ("started", "", manager.pk), ("asked", "", manager.pk), ("proposed", "Please read it by Friday", manager.pk),
    ]  # fmt: skip


def steps_read_by(member: Membership, plan: ChannelPlan) -> list[Any]:
    with partner_scope(plan.manufacturer_id, member.partner_id or 0):
        return list(PlanStep.objects.filter(plan=plan).order_by("pk").values_list("kind", "text", "by"))


def test_the_partner_reads_neither_the_reason_of_a_refusal_nor_who_refused(
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    owner: Membership,
    manager: Membership,
    partner_admin: Membership,
) -> None:
    with staff_scope(manufacturer.pk):
        line_to(owner)
        plan = draft(partner, YEAR, manager)
        services.propose_plan(plan, by=manager, text="They will take it")
        decide(Request.objects.get(subject_id=plan.pk), by=owner, approve=False, comment="We give them too much")
    assert refreshed(plan).state == PlanState.DRAFT
    assert steps_read_by(partner_admin, plan) == [
        ("started", "", manager.pk), ("asked", "", manager.pk), ("refused", "", None),
    ]  # fmt: skip
    page = client_for(partner_admin).get(f"/hanbit/portal/plans/{plan.pk}/").content.decode()
    assert "Not approved" in page
    assert not [text for text in ("We give them too much", "They will take it", owner.name) if text in page]


def test_a_refused_agreement_leaves_the_partners_proposal_waiting(
    manufacturer: Any, partner: Any, owner: Membership, manager: Membership, partner_admin: Membership
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, partner_admin)
        services.propose_plan(plan, by=partner_admin)
    with staff_scope(manufacturer.pk):
        line_to(owner)
        services.agree_plan(plan, by=manager, proposal=refreshed(plan).proposal)
        assert refreshed(plan).state == PlanState.APPROVAL
        with pytest.raises(PlanError, match="Only a plan that is proposed can be sent back"):
            services.return_plan(plan, by=manager, text="A colleague's page was older")
        assert refreshed(plan).state == PlanState.APPROVAL
        decide(Request.objects.get(subject_id=plan.pk), by=owner, approve=False, comment="Too little")
        assert refreshed(plan).state == PlanState.PROPOSED
        services.agree_plan(plan, by=manager, proposal=refreshed(plan).proposal)
        decide(Request.objects.get(subject_id=plan.pk, state="open"), by=owner, approve=True)
        assert refreshed(plan).state == PlanState.AGREED
        assert refreshed(plan).agreed_by_id == manager.pk


def test_the_end_of_a_partnership_takes_plans_back_from_approval(
    manufacturer: Any, partner: Any, owner: Membership, manager: Membership, partner_admin: Membership
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        theirs = draft(partner, YEAR, partner_admin)
        services.propose_plan(theirs, by=partner_admin)
    with staff_scope(manufacturer.pk):
        line_to(owner)
        services.agree_plan(theirs, by=manager, proposal=refreshed(theirs).proposal)
        ours = draft(partner, YEAR + 1, manager)
        services.propose_plan(ours, by=manager)
        set_stage(partner, Stage.ENDED, by=owner)
        assert (refreshed(theirs).state, refreshed(ours).state) == (PlanState.PROPOSED, PlanState.DRAFT)
        assert set(Request.objects.values_list("state", flat=True)) == {"withdrawn"}
        taken = take_end_back(Partner.objects.get(pk=partner.pk), by=owner)
        assert taken.problems == ["2 channel plans that waited for approval are to be proposed or answered anew."]


def test_a_small_plan_needs_no_approval(partner: Any, owner: Membership, manager: Membership, house: None) -> None:
    line_to(owner)
    plan = draft(partner, YEAR, manager, quarters=(1, 1, 1, 1))
    services.propose_plan(plan, by=manager)
    assert refreshed(plan).state == PlanState.PROPOSED


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_both_sides_work_and_agree_on_the_pages(
    client_for: Callable[[Membership], Client], partner: Any, manager: Membership, partner_admin: Membership
) -> None:
    staff, portal = client_for(manager), client_for(partner_admin)
    begun = staff.post("/hanbit/plans/new/", {"parent_code": "A1", "year": dt.date.today().year})
    plan_url = begun.headers["Location"]
    own = plan_url.replace("/hanbit/", "/hanbit/portal/")
    quarters = {f"quarter_{place}": "300" for place in range(1, 5)}
    assert staff.post(f"{plan_url}target/?measure=sales.revenue", quarters | {"spread": "season"}).status_code == 302
    assert (
        portal.post(
            f"{own}initiatives/new/",
            {"title": "<script>x</script>", "plan_year": 1, "phase": "pilot", "side": "partner"},
        ).status_code
        == 302
    )
    page = portal.get(own)
    assert b"&lt;script&gt;x&lt;/script&gt;" in page.content
    (ranked,) = page.context["ranked"]
    scores = {f"{name}_{ranked.initiative.pk}": "4" for name in ("effect", "urgency", "returns", "feasibility")}
    assert portal.post(f"{own}scores/", scores).status_code == 302
    assert staff.post(f"{plan_url}promises/new/", {"title": "Samples"}).status_code == 302
    assert staff.post(f"{plan_url}step/", {"step": "propose", "text": "Please read"}).status_code == 302
    page = portal.get(own)
    assert page.context["title"].endswith("waits for your answer")
    assert page.context["can_answer"]
    assert portal.post(f"{own}step/", {"step": "return", "text": ""}).status_code == 200
    proposal = page.context["plan"].proposal
    assert portal.post(f"{own}step/", {"step": "agree", "proposal": proposal}).status_code == 302
    assert staff.get(plan_url).context["plan"].state == PlanState.AGREED
    assert (
        portal.post(f"{own}target/?measure=sales.revenue", quarters).status_code == 200
    )  # a sentence, and nothing changes
    assert staff.post(f"{plan_url}step/", {"step": "begin"}).status_code == 302
    assert staff.get(f"{plan_url}versions/").status_code == 200


def test_what_is_wrong_is_said_and_changes_nothing(
    client_for: Callable[[Membership], Client], manufacturer: Any, partner: Any, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager, quarters=None)
    client = client_for(manager)
    url = f"/hanbit/plans/{plan.pk}/"
    bad = client.post(f"{url}target/?measure=sales.revenue", {"quarter_1": "-1", "quarter_2": "x", "spread": "even"})
    assert sorted(bad.context["form"].errors) == ["quarter_1", "quarter_2", "quarter_3", "quarter_4"]
    assert client.post(f"{url}target/?measure=nothing", {}).status_code == 404
    assert client.post(f"{url}step/", {"step": "jump"}).status_code == 404
    assert client.post("/hanbit/plans/new/", {"parent_code": "ZZ", "year": YEAR}).context["form"].errors
    with staff_scope(manufacturer.pk):
        assert not PlanTarget.objects.exists()


def test_an_analyst_reads_and_changes_nothing(
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    manager: Membership,
    analyst: Membership,
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
    client = client_for(analyst)
    assert client.get(f"/hanbit/plans/{plan.pk}/").status_code == 200
    for page in ("target", "step", "initiatives/new", "promises/new", "summary", "scores"):
        assert client.post(f"/hanbit/plans/{plan.pk}/{page}/", {"step": "propose"}).status_code == 403
    assert refreshed(plan).state == PlanState.DRAFT


def test_a_manager_of_assigned_partners_sees_only_their_plans(
    client_for: Callable[[Membership], Client], manufacturer: Any, partner: Any, sibling: Any, manager: Membership
) -> None:
    narrow = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=narrow)
        seen, hidden = draft(partner, YEAR, manager), draft(sibling, YEAR, manager)
    client = client_for(narrow)
    assert client.get(f"/hanbit/plans/{seen.pk}/").status_code == 200
    assert client.get(f"/hanbit/plans/{hidden.pk}/").status_code == 404
    assert [row.pk for row in client.get("/hanbit/plans/").context["list"].page.rows] == [seen.pk]


@pytest.mark.parametrize("size", [1, 4])
def test_the_pages_ask_the_same_number_of_queries_at_any_size(
    size: int,
    client_for: Callable[[Membership], Client],
    manufacturer: Any,
    partner: Any,
    manager: Membership,
    django_assert_max_num_queries: Any,
) -> None:
    with staff_scope(manufacturer.pk):
        plan = draft(partner, YEAR, manager)
        for number in range(size):
            initiative = services.save_initiative(plan, {"title": f"Initiative {number}"}, by=manager)
            services.score_initiative(initiative, by=manager, effect=5, urgency=3, returns=4, feasibility=2)
            services.save_promise(plan, {"title": f"Promise {number}"}, by=manager)
            services.comment_plan(plan, by=manager, text=f"Hello {number}")
            draft(PartnerFactory(manufacturer=manufacturer, kind=partner.kind), YEAR, manager)
    client = client_for(manager)
    client.get(f"/hanbit/plans/{plan.pk}/")
    with django_assert_max_num_queries(PAGE):
        client.get(f"/hanbit/plans/{plan.pk}/")
    with django_assert_max_num_queries(LIST):
        client.get("/hanbit/plans/")


PAGE, LIST = 30, 20


# --- Figures of the whole manufacturer --------------------------------------------------------------------------------


def test_what_is_not_due_yet_is_foreseen_as_planned(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, partner_admin: Membership
) -> None:
    """Of 2400 one partner, with 280 of the 300 that were due, will reach 1120; the other has its 1200 in the last quarter."""
    busan_admin = PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role="partner_admin")
    agreed(partner, YEAR, manager, partner_admin)
    agreed(sibling, YEAR, manager, busan_admin, quarters=(0, 0, 0, 1200))
    product = ProductFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        SalesMonth.objects.create(
            partner=partner, product=product, month=dt.date(YEAR, 2, 1), quantity=1, amount_base=280, returns_base=0,
            lines=1, return_lines=0,
        )  # fmt: skip

        def total(day: dt.date) -> RollUp:
            return PlanRollUp(manager, Scope(year=YEAR, measure=MAIN, first_month=1, day=day)).total()

        now = total(dt.date(YEAR, 3, 31))
        assert (now.plans, now.target, now.due, now.actual, now.forecast) == (2, 2400, 300, 280, 2320)
        assert (now.verdict, now.on_plan, now.close, now.behind) == (Light.CLOSE, 0, 1, 0)
        before = total(dt.date(YEAR - 1, 12, 31))
        assert (before.target, before.due, before.forecast, before.verdict) == (2400, 0, None, Light.UNKNOWN)


def test_partners_without_a_crew_are_too_few(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(manufacturer.pk):
        for place, (code, each, demand) in enumerate(
            [("north", partner, 1000), ("east", sibling, 200), ("south", None, 300), ("west", sibling, 0)]
        ):
            territory = Territory.objects.create(code=code, names={"en": code.title()}, order=place)
            TerritoryFigure.objects.create(territory=territory, year=YEAR, potential=demand)
            if each is not None:
                PartnerTerritory.objects.create(partner=each, territory=territory)
        Partner.objects.filter(pk=sibling.pk).update(crew_count=0)
        found = {spot.code: spot for spot in coverage_map.spots(manager, year=YEAR, crowded_from=9)}
        assert {code: (spot.verdict, spot.partners, spot.crews, spot.per_crew) for code, spot in found.items()} == {
            "north": (Verdict.FINE, 1, 1, 1000),
            "south": (Verdict.WHITE, 0, 0, None),
            "east": (Verdict.THIN, 1, 0, None),
            "west": (Verdict.FINE, 1, 0, None),  # nothing to do there
        }
    page = client_for(manager).get(f"/hanbit/plans/map/?year={YEAR}")
    assert page.context["sentences"][:2] == ["No partner: South.", "Partners, but no crew: East."]


def test_figures_of_the_whole_market_are_not_changed_by_who_sees_only_assigned_partners(
    manufacturer: Any, client_for: Callable[[Membership], Client], manager: Membership
) -> None:
    narrow = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    with staff_scope(manufacturer.pk):
        north = Territory.objects.create(code="north", names={"en": "North"})
        TerritoryFigure.objects.create(territory=north, year=YEAR, potential=1000)
    url, page = f"/hanbit/plans/map/figures/?year={YEAR}", f"/hanbit/plans/map/?year={YEAR}"
    given = {f"territory_{north.pk}": "7"}
    client = client_for(narrow)
    assert client.get(page).context["can_edit"] is False
    assert [client.get(url).status_code, client.post(url, given).status_code] == [403, 403]
    with staff_scope(manufacturer.pk):
        assert TerritoryFigure.objects.get().potential == 1000
    client = client_for(manager)
    assert client.get(page).context["can_edit"] is True
    assert [client.get(url).status_code, client.post(url, given).status_code] == [200, 302]
    with staff_scope(manufacturer.pk):
        assert TerritoryFigure.objects.get().potential == 7


@pytest.mark.django_db(transaction=True)
def test_two_who_save_the_same_figures_at_once_both_save(manufacturer: Any, partner: Any) -> None:
    with staff_scope(manufacturer.pk):
        north = Territory.objects.create(code="north", names={"en": "North"})
        east = Territory.objects.create(code="east", names={"en": "East"})
    failed: list[Exception] = []

    def save(share: int) -> None:
        rows: dict[int | None, Any] = {None: {"share": Decimal(share)}, partner.kind_id: {"share": Decimal(40)}}
        services.save_mix(YEAR, rows)
        services.save_potentials(YEAR, {north.pk: Decimal(share), east.pk: None})

    def second() -> None:
        try:
            with staff_scope(manufacturer.pk):
                save(20)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    with staff_scope(manufacturer.pk), transaction.atomic():
        save(10)
        other = threading.Thread(target=second)
        other.start()
        other.join(0.5)  # it waits for the first
    other.join(30)
    assert failed == []
    with staff_scope(manufacturer.pk):
        assert set(MixTarget.objects.values_list("kind", "share")) == {(None, 20), (partner.kind_id, 40)}
        assert list(TerritoryFigure.objects.values_list("territory", "potential")) == [(north.pk, 20)]
        services.save_mix(YEAR, {None: {"share": None}, partner.kind_id: {"amount": Decimal(5)}})
        assert list(MixTarget.objects.values_list("kind", "share", "amount")) == [(partner.kind_id, None, 5)]
        services.save_mix(YEAR, {None: {"share": Decimal(1)}})
        assert list(MixTarget.objects.values_list("kind", "share", "amount")) == [(None, 1, None)]
        services.save_potentials(YEAR, {north.pk: None})
        assert not TerritoryFigure.objects.exists()


# --- Merged records ---------------------------------------------------------------------------------------------------


def test_plans_go_along_in_a_merge_and_come_back(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, partner_admin: Membership
) -> None:
    """The year that both have stays with the merged record; what is frozen otherwise stays as it was agreed."""
    busan_admin = PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role="partner_admin")
    agreed(partner, YEAR, manager, partner_admin)
    same_year = agreed(sibling, YEAR, manager, busan_admin)
    other_year = agreed(sibling, YEAR + 1, manager, busan_admin)
    with staff_scope(manufacturer.pk):
        merge = merge_partners(partner, sibling)
        assert dict(ChannelPlan.objects.filter(pk__in=[same_year.pk, other_year.pk]).values_list("pk", "partner")) == {
            same_year.pk: sibling.pk, other_year.pk: partner.pk,
        }  # fmt: skip
        assert PlanTarget.objects.get(plan=other_year).partner_id == partner.pk
        assert PlanTarget.objects.get(plan=same_year).partner_id == sibling.pk
        undo_merge(merge)
        assert set(ChannelPlan.objects.filter(partner=sibling).values_list("pk", flat=True)) == {
            same_year.pk, other_year.pk,
        }  # fmt: skip
        assert PlanTarget.objects.get(plan=other_year).partner_id == sibling.pk
