"""Rises of grade along an approval line (결재선)."""

import datetime as dt
from typing import Any

import pytest

from approvals import services as approvals
from approvals.models import Purpose, Request, State, Who
from approvals.services import Draft, DraftStep
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rls import staff_scope
from valuation import services
from valuation.models import PROMOTION_SUBJECT, Grade, GradeChange, Tier
from valuation.services import create_default_programme, put_promotions_forward

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 30)


@pytest.fixture
def grade(manufacturer: Any, partner: Partner, owner: Membership, manager: Membership, rep: Membership) -> Grade:
    with staff_scope(manufacturer.pk):
        programme = create_default_programme(effective_from=dt.date(2026, 1, 1))
        tiers = {tier.code: tier for tier in Tier.objects.filter(programme=programme)}
        return Grade.objects.create(
            partner=partner,
            programme=programme,
            tier=tiers["bronze"],
            since=DAY,
            pending_tier=tiers["gold"],
            pending_since=DAY,
        )


def route(manager: Membership) -> Any:
    return approvals.save_route(
        Draft(PROMOTION_SUBJECT, "Rise", steps=[DraftStep(Purpose.DECIDE, Who.MEMBER, member=manager)])
    )


def test_without_a_line_nothing_is_asked(grade, manager):
    with staff_scope(grade.manufacturer_id):
        assert put_promotions_forward() == 0
        assert services.approve_promotion(grade, by=manager).tier.code == "gold"
        assert not Request.objects.exists()


def test_a_new_line_takes_what_waits_and_gives_the_grade(grade, manager, client_for):
    with staff_scope(grade.manufacturer_id):
        route(manager)
        request = Request.objects.get()
        assert request.title == "Seoul Agency rises from Bronze to Gold"
        with pytest.raises(services.GradeError, match="goes along its approval line"):
            services.approve_promotion(grade, by=manager)

    client = client_for(manager)
    assert "In approval" in client.get("/hanbit/grades/").content.decode()
    assert "Gold" in client.get(f"/hanbit/approvals/{request.pk}/").content.decode()
    client.post(f"/hanbit/approvals/{request.pk}/decide/", {"answer": "approve"})

    with staff_scope(grade.manufacturer_id):
        assert Grade.objects.get().tier.code == "gold"
        assert GradeChange.objects.get().by == manager


def test_a_refusal_keeps_the_grade_with_the_comment_as_its_reason(grade, manager):
    with staff_scope(grade.manufacturer_id):
        route(manager)
        approvals.decide(Request.objects.get(), by=manager, approve=False, comment="Unpaid bills")

        kept = Grade.objects.get()
        assert (kept.tier.code, kept.pending_tier, kept.refused_reason) == ("bronze", None, "Unpaid bills")


def test_what_the_score_took_away_is_withdrawn_and_another_tier_is_asked_anew(grade, manager):
    with staff_scope(grade.manufacturer_id):
        route(manager)
        Grade.objects.update(pending_tier=Tier.objects.get(code="silver"))
        assert put_promotions_forward() == 1
        assert put_promotions_forward() == 0
        assert [row.state for row in Request.objects.order_by("pk")] == [State.WITHDRAWN, State.OPEN]

        Grade.objects.update(pending_tier=None, pending_since=None)
        put_promotions_forward()
        assert not Request.objects.filter(state=State.OPEN).exists()


def test_a_decision_on_what_moved_on_is_refused(grade, manager):
    with staff_scope(grade.manufacturer_id):
        route(manager)
        Grade.objects.update(pending_tier=None)
        with pytest.raises(services.GradeError, match="does not wait any more"):
            approvals.decide(Request.objects.get(), by=manager, approve=True)
        assert Request.objects.get().state == State.OPEN


def test_a_grade_set_by_hand_settles_it(grade, manager, owner):
    with staff_scope(grade.manufacturer_id):
        route(manager)
        tier = Tier.objects.get(code="silver")
        services.set_override(grade.partner, tier, until=dt.date(2099, 1, 1), reason="Fair", by=owner)

        assert Request.objects.get().state == State.WITHDRAWN


def test_where_the_line_leads_to_nobody_it_stays_on_the_page_of_grades(grade, manager):
    with staff_scope(grade.manufacturer_id):
        approvals.save_route(Draft(PROMOTION_SUBJECT, "Rise", steps=[DraftStep(Purpose.DECIDE, Who.MANAGER)]))
        assert not Request.objects.exists()
        assert services.approve_promotion(grade, by=manager).tier.code == "gold"
