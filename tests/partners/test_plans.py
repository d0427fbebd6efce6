"""Channel plans: how both sides come to agree, and what freezes."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client

from partners.models import (
    ChannelPlan,
    InitiativeScore,
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanState,
    PlanStep,
    PlanTarget,
    Side,
    Stage,
    Task,
)
from partners.plan_measures import MAIN, all_measures
from partners.selectors import plans as reading
from partners.services import plans as services
from partners.services.merging import merge_partners, undo_merge
from partners.services.plans import PlanError
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory
from tests.partners.plans import YEAR, agree, agreed, draft, kinds_told, refreshed

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
