"""Channel plans: how both sides come to agree, what freezes, ranks, and who may what."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from approvals.models import Request
from approvals.services import decide
from notices.models import Notice
from partners.models import (
    ChannelPlan,
    InitiativeScore,
    Partner,
    PlanInitiative,
    PlanPromise,
    PlanSettings,
    PlanState,
    PlanStep,
    PlanTarget,
    Side,
    Task,
)
from partners.plan_measures import MAIN, all_measures
from partners.selectors import plans as reading
from partners.services import plans as services
from partners.services.merging import merge_partners, undo_merge
from partners.services.plans import PlanError
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
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
            services.agree_plan(plan, by=partner_admin, version=1)
    with staff_scope(manufacturer.pk):
        assert services.agree_plan(plan, by=manager, version=1) is True
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
        services.agree_plan(plan, by=manager, version=2)


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
        services.propose_plan(plan, by=manager)
        assert refreshed(plan).state == PlanState.APPROVAL
        assert kinds_told(partner_admin) == []
        decide(Request.objects.get(subject_id=plan.pk), by=owner, approve=True)
        assert refreshed(plan).state == PlanState.PROPOSED
    assert kinds_told(partner_admin) == ["partners.plan_proposed"]


def test_a_refused_agreement_leaves_the_partners_proposal_waiting(
    manufacturer: Any, partner: Any, owner: Membership, manager: Membership, partner_admin: Membership
) -> None:
    with partner_scope(manufacturer.pk, partner.pk):
        plan = draft(partner, YEAR, partner_admin)
        services.propose_plan(plan, by=partner_admin)
    with staff_scope(manufacturer.pk):
        line_to(owner)
        services.agree_plan(plan, by=manager, version=1)
        assert refreshed(plan).state == PlanState.APPROVAL
        decide(Request.objects.get(subject_id=plan.pk), by=owner, approve=False, comment="Too little")
        assert refreshed(plan).state == PlanState.PROPOSED
        services.agree_plan(plan, by=manager, version=1)
        decide(Request.objects.get(subject_id=plan.pk, state="open"), by=owner, approve=True)
        assert refreshed(plan).state == PlanState.AGREED
        assert refreshed(plan).agreed_by_id == manager.pk


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
    assert portal.post(f"{own}step/", {"step": "agree", "version": "1"}).status_code == 302
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
            services.comment_plan(plan, by=manager, text="Hello")
            draft(PartnerFactory(manufacturer=manufacturer, kind=partner.kind), YEAR, manager)
    client = client_for(manager)
    client.get(f"/hanbit/plans/{plan.pk}/")
    with django_assert_max_num_queries(PAGE):
        client.get(f"/hanbit/plans/{plan.pk}/")
    with django_assert_max_num_queries(LIST):
        client.get("/hanbit/plans/")


PAGE, LIST = 30, 20


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
