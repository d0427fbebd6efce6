"""Channel plans along an approval line."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from approvals.models import Request
from approvals.services import decide
from partners.models import (
    ChannelPlan,
    Partner,
    PlanState,
    PlanStep,
    Stage,
)
from partners.services import plans as services
from partners.services.lifecycle import set_stage, take_end_back
from partners.services.plans import PlanError
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.partners.plans import YEAR, draft, kinds_told, refreshed


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
