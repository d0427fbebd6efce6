import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError
from django.utils import timezone

from commerce.models import EndCustomer
from leads.likeness import Party
from leads.models import (
    ActivityKind,
    Lead,
    LeadState,
    Offer,
    Opportunity,
    OpportunityActivity,
    OpportunityMove,
    PipelineStage,
    ReasonUse,
    StateRequest,
)
from leads.selectors.duplicates import find_alike
from leads.services import opportunities as services
from leads.services import state_requests
from leads.services.offers import accept_offer
from leads.services.opportunities import Details, Line, OpportunityError, open_from_lead
from leads.services.stages import StageError, ensure_stages, save_stage
from notices.models import Notice
from tenancy.access import member_scope
from tenancy.models import DataKind, Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ExchangeRateFactory, PartnerFactory, PartnerMemberFactory, ProductFactory
from tests.leads.factories import EndCustomerFactory, LeadFactory, LeadReasonFactory
from tests.leads.opportunities import age, fresh, opened, stages_of
from tests.tenancy.helpers import at_once

CONSENT_AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def accepted_lead(partner: Any, **kwargs: Any) -> Any:
    return LeadFactory(
        manufacturer=partner.manufacturer,
        partner=partner,
        state=LeadState.ACCEPTED,
        **{
            "company": "Daehan Hotel",
            "name": "Kim Minsu",
            "email": "kim@daehan.example",
            "subject": "Lobby floor, 300 m²",
            "message": "As soon as possible",
            "amount": Decimal(5000000),
            "currency": "KRW",
            "wanted_on": dt.date(2026, 12, 1),
            "consent": "You may call me.",
            "consented_at": CONSENT_AT,
            **kwargs,
        },
    )


def notices_of(member: Membership, kind: str) -> list[Any]:
    with staff_scope(member.manufacturer_id):
        return [row.facts for row in Notice.objects.filter(recipient=member, kind=f"leads.{kind}").order_by("pk")]


# --- From a lead ------------------------------------------------------------------------------------------------------


def test_an_accepted_lead_becomes_an_opportunity_without_retyping(partner: Any, rep: Membership) -> None:
    product: Any = ProductFactory(manufacturer=partner.manufacturer, code="OAK-12")
    lead = accepted_lead(partner, products=["OAK-12"], quantity=Decimal(300))

    with member_scope(rep, rep.user):
        opportunity = open_from_lead(lead, by=rep)

    found = fresh(opportunity)
    assert (found.name, found.amount, found.currency, found.amount_base) == (
        "Lobby floor, 300 m²",
        Decimal(5000000),
        "KRW",
        Decimal(5000000),
    )
    assert (found.partner, found.lead, found.rep, found.stage.code) == (partner, lead, rep, "contact")
    assert (found.expected_close, found.note) == (dt.date(2026, 12, 1), "As soon as possible")
    with staff_scope(partner.manufacturer_id):
        assert [(line.product, line.quantity) for line in found.lines.all()] == [(product, Decimal(300))]
        customer = EndCustomer.objects.get()
        assert (customer.name, customer.contact_name, customer.email) == (
            "Daehan Hotel",
            "Kim Minsu",
            "kim@daehan.example",
        )
        assert (customer.served_by, customer.source, customer.consent, customer.consented_at) == (
            partner,
            "lead",
            "You may call me.",
            CONSENT_AT,
        )
        assert found.customer == customer == Lead.objects.get(pk=lead.pk).customer


def test_a_lead_opens_one_opportunity_however_often_it_is_asked(partner: Any) -> None:
    lead = accepted_lead(partner)
    with staff_scope(partner.manufacturer_id):
        assert open_from_lead(lead) == open_from_lead(lead)
        assert (Opportunity.objects.count(), EndCustomer.objects.count()) == (1, 1)


def test_a_lead_that_nobody_has_accepted_opens_nothing(manufacturer: Any) -> None:
    lead: Any = LeadFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk), pytest.raises(OpportunityError):
        open_from_lead(lead)


def test_a_lead_that_went_to_another_partner_closes_the_first_ones_opportunity(partner: Any, sibling: Any) -> None:
    lead = accepted_lead(partner)
    with staff_scope(partner.manufacturer_id):
        first = open_from_lead(lead)
        Lead.objects.filter(pk=lead.pk).update(partner=sibling)
        second = open_from_lead(lead)
        assert Lead.objects.get(pk=lead.pk).state == LeadState.ACCEPTED
    assert (fresh(first).stage.code, fresh(first).is_open) == ("lost", False)
    assert (fresh(second).partner, fresh(second).is_open) == (sibling, True)
    assert fresh(second).customer.served_by == sibling
    assert fresh(first).customer != fresh(second).customer


def test_a_known_customer_of_the_partner_is_not_made_again(partner: Any) -> None:
    known: Any = EndCustomerFactory(manufacturer=partner.manufacturer, served_by=partner)
    lead = accepted_lead(partner, customer=known)
    with staff_scope(partner.manufacturer_id):
        assert open_from_lead(lead).customer == known
        assert EndCustomer.objects.count() == 1


def test_a_customer_made_of_a_lead_is_found_by_its_keys(partner: Any) -> None:
    lead = accepted_lead(partner, phone="02-555-1234")
    with staff_scope(partner.manufacturer_id):
        customer = open_from_lead(lead).customer
        found = find_alike(Party(company="Daehan Hotel", phone="025551234"), apart_from=("lead", lead.pk))
    assert [(each.kind, each.id) for each in found] == [("customer", customer.pk)]


# --- The partner's own ------------------------------------------------------------------------------------------------


def test_a_partner_opens_its_own_in_its_own_scope(rep: Membership) -> None:
    ExchangeRateFactory(manufacturer=rep.manufacturer, currency="USD", rate=Decimal(1300))
    opportunity = opened(
        rep, amount=Decimal(200), currency="USD", next_step="Call back", next_step_on=dt.date(2026, 12, 3)
    )
    found = fresh(opportunity)
    assert (found.rep, found.created_by, found.amount_base, found.due_on) == (
        rep,
        rep,
        Decimal(260000),
        dt.date(2026, 12, 3),
    )
    with staff_scope(rep.manufacturer_id):
        assert list(OpportunityMove.objects.values_list("from_stage", "to_stage__code", "by")) == [
            (None, "contact", rep.pk)
        ]


def test_products_with_amounts_make_the_amount(rep: Membership) -> None:
    lines = [
        Line(name="Oak", quantity=Decimal(10), amount=Decimal(400000)),
        Line(name="Skirting", amount=Decimal(50000)),
    ]
    assert fresh(opened(rep, amount=None, lines=lines)).amount == Decimal(450000)
    assert fresh(opened(rep, amount=Decimal(7), lines=[*lines, Line(name="Glue")])).amount == Decimal(7)


def test_another_partners_customer_cannot_be_named(rep: Membership, sibling: Any) -> None:
    foreign: Any = EndCustomerFactory(manufacturer=rep.manufacturer, served_by=sibling)
    with pytest.raises(OpportunityError):
        opened(rep, customer=foreign)


def test_staff_and_viewers_open_and_change_nothing(rep: Membership, manager: Membership) -> None:
    opportunity = opened(rep)
    viewer: Any = PartnerMemberFactory(manufacturer=rep.manufacturer, partner=rep.partner, role=Role.PARTNER_VIEWER)
    quote = stages_of(rep.manufacturer)["quote"]
    for member in (manager, viewer):
        with member_scope(member, member.user):
            with pytest.raises(OpportunityError):
                services.move_opportunity(opportunity, quote, by=member)
            with pytest.raises(OpportunityError):
                services.open_opportunity(Details(name="x"), partner=rep.partner, by=member)
    assert fresh(opportunity).stage.code == "contact"


def test_the_database_keeps_other_partners_out(rep: Membership, sibling_rep: Membership) -> None:
    opportunity = opened(rep)
    with member_scope(sibling_rep, sibling_rep.user):
        assert not Opportunity.objects.exists()
        assert Opportunity.objects.filter(pk=opportunity.pk).update(note="mine") == 0
    with partner_scope(rep.manufacturer_id, sibling_rep.partner_id), pytest.raises(ProgrammingError):
        Opportunity.objects.create(name="x", partner_id=rep.partner_id, stage_id=opportunity.stage_id)


def test_a_partner_cannot_give_its_row_to_another_or_to_another_lead(rep: Membership, sibling: Any) -> None:
    opportunity = opened(rep)
    with member_scope(rep, rep.user), pytest.raises(ProgrammingError):
        Opportunity.objects.filter(pk=opportunity.pk).update(partner=sibling)


def test_the_partner_above_reads_what_its_shop_shares_and_changes_nothing(manufacturer: Any, rep: Membership) -> None:
    agency: Any = PartnerFactory(manufacturer=manufacturer)
    above: Any = PartnerMemberFactory(manufacturer=manufacturer, partner=agency, role=Role.PARTNER_ADMIN)
    with staff_scope(manufacturer.pk):
        rep.partner.parent = agency
        rep.partner.save(update_fields=["parent"])
    opportunity = opened(rep)
    with member_scope(above, above.user):
        assert not Opportunity.objects.exists()
    with staff_scope(manufacturer.pk):
        Sharing.objects.create(partner=rep.partner, above=agency, data_kind=DataKind.PIPELINE)
    with member_scope(above, above.user):
        seen = Opportunity.objects.select_related("customer").get()
        assert (seen.pk, seen.customer) == (opportunity.pk, None)
        assert not OpportunityActivity.objects.exists()
        with pytest.raises(OpportunityError):
            services.move_opportunity(seen, PipelineStage.objects.get(code="quote"), by=above)
        assert Opportunity.objects.filter(pk=opportunity.pk).update(note="mine") == 0


# --- Stages -----------------------------------------------------------------------------------------------------------


def test_a_card_moves_once_and_says_who_moved_it(rep: Membership) -> None:
    opportunity, stages = opened(rep), stages_of(rep.manufacturer)
    with member_scope(rep, rep.user):
        services.move_opportunity(opportunity, stages["quote"], by=rep, seen=stages["contact"].pk)
        services.move_opportunity(opportunity, stages["quote"], by=rep, seen=stages["contact"].pk)  # a second click
    assert fresh(opportunity).stage.code == "quote"
    with staff_scope(rep.manufacturer_id):
        moves = OpportunityMove.objects.order_by("pk").values_list("from_stage__code", "to_stage__code", "by_name")
        assert list(moves) == [(None, "contact", rep.name), ("contact", "quote", rep.name)]


def test_who_was_slower_is_told_where_the_card_is_now(rep: Membership, partner_admin: Membership) -> None:
    opportunity, stages = opened(rep), stages_of(rep.manufacturer)
    with member_scope(rep, rep.user):
        services.move_opportunity(opportunity, stages["needs"], by=rep, seen=stages["contact"].pk)
    with member_scope(partner_admin, partner_admin.user), pytest.raises(OpportunityError) as refused:
        services.move_opportunity(opportunity, stages["quote"], by=partner_admin, seen=stages["contact"].pk)
    assert str(refused.value) == (f"{rep.name} has brought this to “Needs understood” meanwhile. Look at it again.")
    assert fresh(opportunity).stage.code == "needs"


def test_won_needs_an_amount_and_takes_the_lead_along(partner: Any, rep: Membership, manager: Membership) -> None:
    with staff_scope(partner.manufacturer_id):
        partner.channel_manager = manager
        partner.save(update_fields=["channel_manager"])
    lead = accepted_lead(partner)
    with member_scope(rep, rep.user):
        opportunity = open_from_lead(lead, by=rep)
        with pytest.raises(OpportunityError):
            services.win(opportunity, amount=None, by=rep)
        services.win(opportunity, amount=Decimal(4800000), by=rep)
        services.win(opportunity, amount=Decimal(1), by=rep)  # a second click
    found = fresh(opportunity)
    assert (found.stage.code, found.won_amount, found.won_amount_base, found.is_open) == (
        "won",
        Decimal(4800000),
        Decimal(4800000),
        False,
    )
    assert (found.lead.state, found.lead.closed_at) == (LeadState.WON, found.closed_at)
    assert [(facts["partner_name"], facts["amount"]) for facts in notices_of(manager, "opportunity_won")] == [
        (partner.names, "4800000")
    ]


def test_lost_needs_a_reason_and_can_be_taken_back(partner: Any, rep: Membership) -> None:
    reason: Any = LeadReasonFactory(manufacturer=partner.manufacturer, code="price")
    other: Any = LeadReasonFactory(manufacturer=partner.manufacturer, use=ReasonUse.DECLINE)
    lead, stages = accepted_lead(partner), stages_of(partner.manufacturer)
    with member_scope(rep, rep.user):
        opportunity = open_from_lead(lead, by=rep)
        for wrong in (None, other):
            with pytest.raises(OpportunityError):
                services.lose(opportunity, reason=wrong, by=rep)
        services.lose(opportunity, reason=reason, note="10 % cheaper elsewhere", by=rep)
    found = fresh(opportunity)
    assert (found.stage.code, found.reason, found.lead.state, found.lead.reason) == (
        "lost",
        reason,
        LeadState.LOST,
        reason,
    )
    with member_scope(rep, rep.user):
        services.move_opportunity(opportunity, stages["needs"], by=rep)
    found = fresh(opportunity)
    assert (found.stage.code, found.reason, found.closed_at, found.lead.state, found.lead.closed_at) == (
        "needs",
        None,
        None,
        LeadState.ACCEPTED,
        None,
    )


def test_what_is_closed_is_not_changed_and_does_not_come_back_once_the_lead_is_gone(
    partner: Any, sibling: Any, rep: Membership
) -> None:
    lead, stages = accepted_lead(partner), stages_of(partner.manufacturer)
    reason: Any = LeadReasonFactory(manufacturer=partner.manufacturer)
    with member_scope(rep, rep.user):
        opportunity = open_from_lead(lead, by=rep)
        services.lose(opportunity, reason=reason, by=rep)
        with pytest.raises(OpportunityError):
            services.update_opportunity(opportunity, Details(name="x"), by=rep)
        with pytest.raises(OpportunityError):
            services.win(opportunity, amount=Decimal(1), by=rep)
    with staff_scope(partner.manufacturer_id):
        Lead.objects.filter(pk=lead.pk).update(partner=sibling, state=LeadState.ACCEPTED)
    with member_scope(rep, rep.user), pytest.raises(OpportunityError):
        services.move_opportunity(opportunity, stages["needs"], by=rep)


def test_a_colleagues_change_is_not_overwritten(rep: Membership) -> None:
    opportunity = opened(rep)
    seen_at = opportunity.updated_at
    with member_scope(rep, rep.user):
        services.update_opportunity(opportunity, Details(name="First"), by=rep, seen_at=seen_at)
        with pytest.raises(OpportunityError):
            services.update_opportunity(opportunity, Details(name="Second"), by=rep, seen_at=seen_at)
    assert fresh(opportunity).name == "First"


# --- People and activities --------------------------------------------------------------------------------------------


def test_an_admin_gives_it_to_a_colleague_and_others_take_it_themselves(
    partner: Any, rep: Membership, partner_admin: Membership, sibling_rep: Membership
) -> None:
    opportunity = opened(partner_admin)
    with member_scope(rep, rep.user):
        with pytest.raises(OpportunityError):
            services.assign_rep(opportunity, partner_admin, by=rep)
        assert services.assign_rep(opportunity, rep, by=rep).rep == rep
    assert notices_of(rep, "opportunity_assigned") == []
    with member_scope(partner_admin, partner_admin.user):
        services.assign_rep(opportunity, partner_admin, by=partner_admin)
        services.assign_rep(opportunity, rep, by=partner_admin)
        services.assign_rep(opportunity, rep, by=partner_admin)
        with pytest.raises(OpportunityError):
            services.assign_rep(opportunity, sibling_rep, by=partner_admin)
    assert [facts["who"] for facts in notices_of(rep, "opportunity_assigned")] == [partner_admin.name]


def test_the_first_contact_is_the_leads_too(partner: Any, rep: Membership) -> None:
    lead, at = accepted_lead(partner), dt.datetime(2026, 11, 2, 3, tzinfo=dt.UTC)
    with member_scope(rep, rep.user):
        opportunity = open_from_lead(lead, by=rep)
        services.record_activity(opportunity, kind=ActivityKind.NOTE, summary="Looks good", by=rep)
        assert fresh(opportunity).lead.first_contact_at is None
        services.record_activity(
            opportunity,
            kind=ActivityKind.CALL,
            summary="Spoke to Mr Kim",
            at=at,
            next_step="Visit the lobby",
            next_step_on=dt.date(2026, 11, 9),
            by=rep,
        )
        services.record_activity(opportunity, kind=ActivityKind.VISIT, summary="Measured", by=rep)
    found = fresh(opportunity)
    assert found.lead.first_contact_at == at
    assert (found.next_step, found.due_on) == ("Visit the lobby", dt.date(2026, 11, 9))


def test_staff_add_notes_that_do_not_count_as_news(rep: Membership, manager: Membership) -> None:
    opportunity = opened(rep)
    before = fresh(opportunity).last_activity_at
    with staff_scope(rep.manufacturer_id):
        services.record_activity(opportunity, kind=ActivityKind.NOTE, summary="Sample is on its way", by=manager)
        with pytest.raises(OpportunityError):
            services.record_activity(opportunity, kind=ActivityKind.CALL, summary="Called", by=manager)
    assert fresh(opportunity).last_activity_at == before
    with member_scope(rep, rep.user):
        assert [(row.by_name, row.summary) for row in OpportunityActivity.objects.all()] == [
            (manager.name, "Sample is on its way")
        ]


# --- By the clock -----------------------------------------------------------------------------------------------------


def test_what_stands_still_is_marked_and_told_once(partner: Any, rep: Membership, manager: Membership) -> None:
    with staff_scope(partner.manufacturer_id):
        partner.channel_manager = manager
        partner.save(update_fields=["channel_manager"])
    quiet, busy = opened(rep, "Quiet"), opened(rep, "Busy")
    age(quiet, 8)  # “First contact” stalls after 7 days
    age(busy, 6)
    with staff_scope(partner.manufacturer_id):
        assert (services.mark_stalled(), services.mark_stalled()) == (1, 0)
    assert (fresh(quiet).stalled_at is None, fresh(busy).stalled_at is None) == (False, True)
    for member in (rep, manager):
        assert [facts["names"] for facts in notices_of(member, "opportunities_stalled")] == ["Quiet"]
    with member_scope(rep, rep.user):
        services.record_activity(quiet, kind=ActivityKind.CALL, summary="Still on", by=rep)
    assert fresh(quiet).stalled_at is None


def test_a_next_step_that_was_due_is_told_the_day_after(rep: Membership) -> None:
    opened(rep, "Lobby", next_step="Call", next_step_on=dt.date(2026, 11, 9))
    with staff_scope(rep.manufacturer_id):
        told = [services.remind_of_steps(day=dt.date(2026, 11, day)) for day in (9, 10, 10, 11)]
    assert told == [0, 1, 0, 0]
    assert [facts["names"] for facts in notices_of(rep, "steps_overdue")] == ["Lobby"]


# --- Asking for the state ---------------------------------------------------------------------------------------------


def test_staff_ask_once_at_a_time_and_any_step_of_the_partner_answers(rep: Membership, manager: Membership) -> None:
    opportunity = opened(rep)
    with staff_scope(rep.manufacturer_id):
        everything = Opportunity.objects.all()
        assert [state_requests.ask_for_state(everything, by=manager) for _again in range(2)] == [1, 0]
    assert [facts["who"] for facts in notices_of(rep, "state_asked")] == [manager.name]
    with member_scope(rep, rep.user):
        services.set_next_step(opportunity, next_step="Call", next_step_on=None, by=rep)
        assert StateRequest.objects.get().answered_by == rep
        with pytest.raises(OpportunityError):
            state_requests.answer_state(
                opportunity, state_requests.Answer(PipelineStage.objects.get(code="quote")), by=rep
            )
    with staff_scope(rep.manufacturer_id):
        assert state_requests.ask_for_state(Opportunity.objects.all(), by=manager) == 1


def test_an_answer_moves_the_card_and_tells_who_asked(rep: Membership, manager: Membership) -> None:
    opportunity, stages = opened(rep), stages_of(rep.manufacturer)
    with staff_scope(rep.manufacturer_id):
        state_requests.ask_for_state(Opportunity.objects.all(), by=manager)
    with member_scope(rep, rep.user):
        state_requests.answer_state(
            opportunity,
            state_requests.Answer(stages["quote"], note="Quote is out", next_step="Call on Monday"),
            by=rep,
        )
    found = fresh(opportunity)
    assert (found.stage.code, found.next_step) == ("quote", "Call on Monday")
    assert [facts["text"] for facts in notices_of(manager, "state_answered")] == ["Quote is out"]


# --- The stages themselves --------------------------------------------------------------------------------------------


def test_stages_are_proposed_once_and_ends_stay(manufacturer: Any, rep: Membership) -> None:
    with staff_scope(manufacturer.pk):
        assert [stage.code for stage in ensure_stages()] == ["contact", "needs", "quote", "negotiation", "won", "lost"]
        assert len(ensure_stages()) == PipelineStage.objects.count() == 6
        won = PipelineStage.objects.get(code="won")
        won.probability, won.is_retired = 40, True
        with pytest.raises(StageError):
            save_stage(won)
        won.is_retired = False
        assert save_stage(won).probability == 100
    opened(rep)
    with staff_scope(manufacturer.pk):
        contact = PipelineStage.objects.get(code="contact")
        contact.is_retired = True
        with pytest.raises(StageError):
            save_stage(contact)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_one_card_at_once_exactly_one_does(manufacturer: Any) -> None:
    rep: Any = PartnerMemberFactory(manufacturer=manufacturer)
    opportunity, stages = opened(rep), stages_of(manufacturer)

    def move(code: str) -> str:
        try:
            with member_scope(rep, rep.user):
                services.move_opportunity(opportunity, stages[code], by=rep, seen=stages["contact"].pk)
        except OpportunityError:
            return "told"
        return "moved"

    assert sorted(at_once(lambda: move("needs"), lambda: move("quote"))) == ["moved", "told"]
    with staff_scope(manufacturer.pk):
        assert OpportunityMove.objects.count() == 2


def test_accepting_an_offer_opens_the_opportunity(rep: Membership) -> None:
    lead: Any = LeadFactory(manufacturer=rep.manufacturer, subject="Lobby floor", state=LeadState.OFFERED)
    now = timezone.now()
    with staff_scope(rep.manufacturer_id):
        offer = Offer.objects.create(
            lead=lead, partner_id=rep.partner_id, facts={}, offered_at=now, due_at=now + dt.timedelta(hours=4)
        )
    with member_scope(rep, rep.user):
        accept_offer(offer, by=rep)
        opportunity = Opportunity.objects.get()
        assert (opportunity.name, opportunity.lead_id, opportunity.rep_id) == ("Lobby floor", lead.pk, rep.pk)
