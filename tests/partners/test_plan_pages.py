"""The pages of channel plans, and the scores of initiatives."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from partners.models import (
    InitiativeScore,
    Partner,
    PlanSettings,
    PlanState,
    PlanTarget,
    Side,
)
from partners.selectors import plans as reading
from partners.services import plans as services
from partners.services.plans import PlanError
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory
from tests.partners.plans import YEAR, agreed, draft, refreshed

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


PAGE, LIST = 30, 20


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
