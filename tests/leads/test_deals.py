"""Deals are registered, answered, protected and closed; two cannot be protected for the same customer and products."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone, translation

from commerce.models import CustomerKey, EndCustomer
from leads.models import (
    AnswerState,
    ClaimEntry,
    DealAppeal,
    DealKey,
    DealRegistration,
    DealSettings,
    Protection,
    ProtectionEnd,
)
from leads.selectors import deals as reading
from leads.services import deals as services
from leads.services.deals import DealError
from notices.models import Notice
from partners.models import Partner
from tenancy.models import Manufacturer, Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, ProductCategoryFactory
from tests.leads.deals import active_partner, approved, draft, floors, rep_of, stored, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="A1", name="Seoul Agency"))


@pytest.fixture
def busan(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="B1", name="Busan Dealer"))


@pytest.fixture
def category(manufacturer: Manufacturer) -> Any:
    return floors(manufacturer, code="floors")


@pytest.fixture
def second(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, user__name="Manager Park")


def steps_of(deal: DealRegistration) -> list[str]:
    with staff_scope(deal.manufacturer_id):
        return [entry.step for entry in reading.claims_of(deal)]


def told(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))


def owned(member: Membership) -> Any:
    return partner_scope(member.manufacturer_id, member.partner_id or 0)


# --- Registering ------------------------------------------------------------------------------------------------------


def test_a_registration_is_written_handed_in_and_told(seoul: Membership, category: Any, manager: Membership) -> None:
    deal = draft(seoul, category)
    assert (deal.reference, deal.state, deal.amount_base, deal.partner_name) == (
        "D000001", "draft", Decimal(50_000_000), "Seoul Agency",
    )  # fmt: skip
    with owned(seoul):
        deal = services.submit_deal(deal, by=seoul)
        again = services.submit_deal(deal, by=seoul)
    assert (again.pk, deal.state, steps_of(deal)) == (deal.pk, "submitted", ["submitted"])
    assert told(manager) == ["leads.deal_submitted"]
    with staff_scope(deal.manufacturer_id):
        assert DealKey.objects.filter(deal=deal).count() > 3
        (entry,) = ClaimEntry.objects.all()
        assert '"customer":"대한호텔 주식회사"' in entry.content
        assert '"amount":"50000000"' in entry.content
    assert deal.due_at is not None
    assert deal.due_at > timezone.now()


def test_a_double_click_is_one_draft(seoul: Membership, category: Any) -> None:
    assert draft(seoul, category).pk == draft(seoul, category).pk
    assert draft(seoul, category, title="Another").reference == "D000002"


def test_what_is_missing_is_said(seoul: Membership, category: Any) -> None:
    deal = draft(seoul, None, phone="", amount=None)
    with owned(seoul), pytest.raises(DealError, match="product category, amount, phone"):
        services.submit_deal(deal, by=seoul)
    assert stored(deal).state == "draft"


def test_a_partner_that_may_not_register_hears_why(manufacturer: Manufacturer, category: Any) -> None:
    prospect = rep_of(active_partner(manufacturer, name="New"))
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=prospect.partner_id).update(stage="prospect")
    deal = draft(prospect, category)
    with (
        owned(prospect),
        pytest.raises(DealError, match=r"Deals cannot be registered now\. The partner is at “Prospect”\."),
    ):
        services.submit_deal(deal, by=prospect)


def test_the_database_gives_a_partner_its_own_and_lets_it_write_none(
    seoul: Membership, busan: Membership, category: Any
) -> None:
    deal = submitted(seoul, category)
    with owned(busan):
        assert not DealRegistration.objects.exists()
        assert not ClaimEntry.objects.exists()
    with owned(seoul):
        assert DealRegistration.objects.get() == deal
        assert ClaimEntry.objects.count() == 1
        for write in (
            lambda: DealRegistration.objects.update(state="approved"),
            lambda: Protection.objects.create(deal=deal, customer_id=1, category=category, starts_at=timezone.now()),
            lambda: DealKey.objects.exists(),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                write()


# --- Two tiers --------------------------------------------------------------------------------------------------------


def test_a_distributor_registers_for_a_dealer_that_has_agreed(manufacturer: Manufacturer, category: Any) -> None:
    above = rep_of(active_partner(manufacturer, name="Distributor", local_name="총판"))
    below = rep_of(active_partner(manufacturer, name="Dealer", local_name="대리점", parent=above.partner))
    with pytest.raises(DealError, match="agreed that you act on its behalf"):
        draft(above, category, second=below.partner_id)
    with staff_scope(manufacturer.pk):
        Sharing.objects.create(partner=below.partner, above=above.partner, data_kind="service")
    deal = draft(above, category, second=below.partner_id)
    assert (deal.second_name, deal.second_is) == ("Dealer", "dealer")
    with owned(below):
        assert not DealRegistration.objects.exists()  # a draft is its writer's own
    with owned(above):
        services.submit_deal(deal, by=above)
    assert told(below) == ["leads.deal_named"]
    with owned(below):
        shared = DealRegistration.objects.get()
        assert (shared.shown_partner, shared.shown_second) == ("Distributor", "Dealer")
        with translation.override("ko"):  # whoever reads it, in which language ever it was registered
            assert (shared.shown_partner, shared.shown_second) == ("총판", "대리점")
        with pytest.raises(DealError, match="Only Distributor"):
            services.withdraw_deal(deal, by=below)
    with staff_scope(manufacturer.pk):
        assert list(reading.deals_matching(DealRegistration.objects.all(), "총판")) == [shared]


def test_a_dealer_names_its_distributor_and_nobody_elses(
    manufacturer: Manufacturer, category: Any, busan: Membership, manager: Membership
) -> None:
    above = rep_of(active_partner(manufacturer, name="Distributor", local_name="총판"))
    below = rep_of(active_partner(manufacturer, name="Dealer", local_name="대리점", parent=above.partner))
    alone = draft(below, category, title="Alone")
    with owned(below):
        services.submit_deal(alone, by=below)
    with owned(above):
        assert not DealRegistration.objects.exists()  # what it is not named in it does not read
    with pytest.raises(DealError, match="your own distributor"):
        draft(below, category, second=busan.partner_id, title="x")
    deal = draft(below, category, second=above.partner_id)
    assert (deal.second_name, deal.second_is) == ("Distributor", "distributor")
    with owned(below):
        services.submit_deal(deal, by=below)
    with staff_scope(manufacturer.pk):
        services.approve_deal(deal, by=manager)
    assert told(above) == ["leads.deal_named", "leads.deal_answered"]


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_an_approval_makes_the_customer_and_protects_it_for_the_days_of_its_category(
    seoul: Membership, manufacturer: Manufacturer, manager: Membership
) -> None:
    group = floors(manufacturer, code="floors")
    oak = ProductCategoryFactory(manufacturer=manufacturer, code="oak", parent=group)
    with staff_scope(manufacturer.pk):
        services.save_terms(DealSettings(default_days=60), {group.pk: 120})
    deal = approved(seoul, oak, staff=manager)
    days = timezone.localtime(deal.protected_until).date() - timezone.localdate()
    assert (deal.state, days, steps_of(deal)) == (
        "approved", dt.timedelta(days=121), ["submitted", "approved"],
    )  # fmt: skip
    assert told(seoul) == ["leads.deal_answered"]
    with staff_scope(manufacturer.pk):
        customer = EndCustomer.objects.get()
        assert (customer.name, customer.served_by_id, deal.customer_id) == (
            "대한호텔 주식회사", seoul.partner_id, customer.pk,
        )  # fmt: skip
        assert CustomerKey.objects.filter(customer=customer).exists()
        other = floors(manufacturer, code="walls")
        assert reading.days_for(other) == 60


def test_the_same_customer_and_category_is_protected_once_and_another_category_as_well(
    seoul: Membership, busan: Membership, category: Any, manager: Membership, manufacturer: Manufacturer
) -> None:
    first = approved(seoul, category, staff=manager)
    rival = submitted(busan, category, customer_name="㈜대한호텔", email="")
    assert stored(rival).customer_id == stored(first).customer_id
    with staff_scope(manufacturer.pk):
        with pytest.raises(DealError, match=r"Seoul Agency is protected .* \(D000001\)"):
            services.approve_deal(rival, by=manager)
        assert Protection.objects.count() == 1
    walls = approved(busan, floors(manufacturer, code="walls"), staff=manager, title="Walls")
    assert walls.state == "approved"


def test_the_database_itself_refuses_a_second_protection_and_frees_the_place_at_its_end(
    seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    deal, rival = approved(seoul, category, staff=manager), submitted(busan, category)
    with staff_scope(deal.manufacturer_id):
        held = Protection.objects.get()
        place = {"customer_id": held.customer_id, "category": category}

        def protect(starts_at: dt.datetime, days: int) -> Protection:
            end = starts_at + dt.timedelta(days=days)
            with transaction.atomic():
                return Protection.objects.create(deal=rival, starts_at=starts_at, ends_at=end, **place)

        with pytest.raises(IntegrityError, match="protection_one_at_a_time"):
            protect(held.ends_at - dt.timedelta(microseconds=1), 1)
        protect(held.ends_at, 1)  # no worker has noted the end of the first


def test_a_protection_that_ran_out_unnoticed_does_not_stop_the_next(
    seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    deal = approved(seoul, category, staff=manager)
    with staff_scope(deal.manufacturer_id):
        start = timezone.now() - dt.timedelta(days=100)
        Protection.objects.update(starts_at=start, ends_at=timezone.now())
    rival = approved(busan, category, staff=manager)
    assert (stored(deal).state, rival.state) == ("approved", "approved")
    with staff_scope(deal.manufacturer_id):
        assert services.end_protections() == 1
    assert stored(deal).state == "expired"


def test_a_return_asks_for_more_and_a_refusal_needs_a_reason(
    seoul: Membership, category: Any, manager: Membership, analyst: Membership
) -> None:
    deal = submitted(seoul, category)
    with staff_scope(deal.manufacturer_id):
        with pytest.raises(DealError, match="Say why"):
            services.refuse_deal(deal, by=manager, reason=" ")
        with pytest.raises(DealError, match="does not allow"):
            services.refuse_deal(deal, by=analyst, reason="No")
        services.return_deal(deal, by=manager, reason="Whom did you speak to?")
    returned = stored(deal)
    assert (returned.state, returned.reason, returned.answer_minutes) == ("returned", "Whom did you speak to?", 0)
    returned.contact_name = "김부장"
    with owned(seoul):
        services.save_deal(returned, by=seoul)
        services.submit_deal(returned, by=seoul)
    with staff_scope(deal.manufacturer_id):
        services.refuse_deal(deal, by=manager, reason="We sell there ourselves.")
        with pytest.raises(DealError, match="at “Refused” already"):
            services.approve_deal(deal, by=manager)
    assert steps_of(deal) == ["submitted", "returned", "submitted", "refused"]
    assert told(seoul) == ["leads.deal_answered", "leads.deal_answered"]


def test_what_is_handed_in_is_not_changed_any_more(seoul: Membership, category: Any) -> None:
    deal = submitted(seoul, category)
    deal.amount = Decimal(1)
    with owned(seoul), pytest.raises(DealError, match="not changed any more"):
        services.save_deal(deal, by=seoul)


def test_who_chose_a_new_customer_hears_of_one_that_came_up_meanwhile(
    seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    deal = submitted(seoul, category)
    approved(busan, category, staff=manager)
    with staff_scope(deal.manufacturer_id):
        with pytest.raises(DealError, match="came up meanwhile"):
            services.approve_deal(deal, by=manager, customer=services.NEW_CUSTOMER)
        seen = list(EndCustomer.objects.values_list("pk", flat=True))
        services.approve_deal(deal, by=manager, customer=services.NEW_CUSTOMER, seen=seen)
        assert EndCustomer.objects.count() == 2


# --- How it ends ------------------------------------------------------------------------------------------------------


def test_a_release_and_a_loss_free_the_place_at_once_and_a_win_does_not(
    seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    for number, step in enumerate((services.release_deal, services.lose_deal)):
        deal = approved(seoul, category, staff=manager, title=f"Deal {number}")
        with owned(seoul):
            step(deal, by=seoul, reason="Budget cut")  # type: ignore[operator]
        assert not stored(deal).is_protected
    won = approved(seoul, category, staff=manager, title="Won")
    with owned(seoul):
        services.win_deal(won, by=seoul)
    assert (stored(won).state, stored(won).is_protected) == ("won", True)
    rival = submitted(busan, category)
    with staff_scope(won.manufacturer_id):
        with pytest.raises(DealError, match="is protected"):
            services.approve_deal(rival, by=manager)
        assert list(Protection.objects.order_by("pk").values_list("ended", flat=True)) == ["released", "lost", ""]


def test_a_draft_is_withdrawn_without_a_trace_in_the_log(seoul: Membership, category: Any) -> None:
    deal = draft(seoul, category)
    with owned(seoul):
        services.withdraw_deal(deal, by=seoul)
        services.withdraw_deal(deal, by=seoul)
    assert (stored(deal).state, steps_of(deal)) == ("withdrawn", [])


def test_the_end_is_noted_as_of_its_own_moment_and_told_to_both_sides_once(
    seoul: Membership, category: Any, manager: Membership
) -> None:
    with staff_scope(seoul.manufacturer_id):
        Partner.objects.filter(pk=seoul.partner_id).update(channel_manager=manager)
    deal = approved(seoul, category, staff=manager)
    with staff_scope(deal.manufacturer_id):
        ends_at = Protection.objects.get().ends_at
        assert services.end_protections(now=ends_at - dt.timedelta(seconds=1)) == 0
        assert services.end_protections(now=ends_at + dt.timedelta(hours=9)) == 1  # workers were away
        assert services.end_protections(now=ends_at + dt.timedelta(hours=10)) == 0
        assert Protection.objects.get().ended == ProtectionEnd.EXPIRED
    assert (stored(deal).state, stored(deal).closed_at) == ("expired", ends_at)
    assert told(seoul)[-1] == "leads.protection_ended"
    assert told(manager).count("leads.protection_ended") == 1


def test_reminders_come_once_each_and_a_missed_one_is_made_up(
    seoul: Membership, category: Any, manager: Membership
) -> None:
    deal = approved(seoul, category, staff=manager)
    with staff_scope(deal.manufacturer_id):
        ends_at = Protection.objects.get().ends_at

        def on(days: float) -> int:
            return services.remind_of_ends(now=ends_at - dt.timedelta(days=days))

        assert [on(31), on(30), on(29.5), on(2), on(1)] == [0, 1, 0, 1, 0]
        assert Protection.objects.get().reminded == 3
    assert told(seoul).count("leads.protection_ending") == 2


def test_a_worker_that_was_down_for_a_week_makes_each_reminder_up_once(
    seoul: Membership, category: Any, manager: Membership
) -> None:
    deal = approved(seoul, category, staff=manager)
    with staff_scope(deal.manufacturer_id):
        ends_at = Protection.objects.get().ends_at
        runs = [31, 24, 23, 15, 8, 7, 4, -3, -4]  # down from 31 to 24 days before, from 15 to 8, and over the end
        told_of = [services.remind_of_ends(now=ends_at - dt.timedelta(days=days)) for days in runs]
        assert told_of == [0, 1, 0, 0, 1, 0, 0, 0, 0]
        assert services.end_protections(now=ends_at + dt.timedelta(days=3)) == 1
    assert told(seoul)[1:] == ["leads.protection_ending", "leads.protection_ending", "leads.protection_ended"]


def test_a_short_protection_is_not_reminded_of_before_it_began(
    seoul: Membership, category: Any, manager: Membership, manufacturer: Manufacturer
) -> None:
    with staff_scope(manufacturer.pk):
        services.save_terms(DealSettings(default_days=10), {})
    approved(seoul, category, staff=manager)
    with staff_scope(manufacturer.pk):
        assert services.remind_of_ends() == 0


# --- Extensions and appeals -------------------------------------------------------------------------------------------


def test_an_extension_is_asked_for_once_and_granted_from_the_present_end(
    seoul: Membership, category: Any, manager: Membership
) -> None:
    deal = approved(seoul, category, staff=manager)
    with owned(seoul):
        asked = services.ask_extension(deal, days=30, text="Tender in April", upload=None, by=seoul)
        again = services.ask_extension(deal, days=60, text="Twice", upload=None, by=seoul)
    assert asked.pk == again.pk
    with staff_scope(deal.manufacturer_id):
        before = Protection.objects.get().ends_at
        Protection.objects.update(reminded=14)
        services.answer_extension(asked, grant_it=True, by=manager)
        protection = Protection.objects.get()
        assert (protection.ends_at - before, protection.reminded) == (dt.timedelta(days=30), None)
        with pytest.raises(DealError, match="answered meanwhile"):
            services.answer_extension(asked, grant_it=False, by=manager, answer="No")
    assert stored(deal).protected_until == protection.ends_at
    assert steps_of(deal) == ["submitted", "approved", "ext_asked", "ext_granted"]
    assert told(seoul)[-1] == "leads.extension_answered"


def test_what_ran_out_while_its_extension_waited_begins_anew_unless_taken(
    seoul: Membership, busan: Membership, category: Any, manager: Membership
) -> None:
    deal = approved(seoul, category, staff=manager)
    with owned(seoul):
        asked = services.ask_extension(deal, days=30, text="Please", upload=None, by=seoul)
    with staff_scope(deal.manufacturer_id):
        start = timezone.now() - dt.timedelta(days=100)
        Protection.objects.update(starts_at=start, ends_at=timezone.now() - dt.timedelta(hours=1))
        services.end_protections()
        services.answer_extension(asked, grant_it=True, by=manager)
    assert (stored(deal).state, stored(deal).is_protected) == ("approved", True)
    rival = submitted(busan, category)
    with staff_scope(deal.manufacturer_id), pytest.raises(DealError, match="is protected"):
        services.approve_deal(rival, by=manager)


def test_an_appeal_is_decided_by_somebody_else_and_may_take_the_protection_over(
    seoul: Membership, busan: Membership, category: Any, manager: Membership, second: Membership
) -> None:
    first = approved(seoul, category, staff=manager)
    rival = submitted(busan, category)
    with staff_scope(first.manufacturer_id):
        services.refuse_deal(rival, by=manager, reason="Taken")
    with owned(busan):
        asked = services.appeal(rival, text="We measured in May.", upload=None, by=busan)
        assert services.appeal(rival, text="Again", upload=None, by=busan).pk == asked.pk
    with staff_scope(first.manufacturer_id):
        with pytest.raises(DealError, match="somebody else has to decide"):
            services.answer_appeal(asked, uphold=True, by=manager)
        with pytest.raises(DealError, match="Seoul Agency is protected"):
            services.answer_appeal(asked, uphold=True, by=second)
        services.answer_appeal(asked, uphold=True, by=second, take_over=True, answer="Shown by photos")
    assert (stored(rival).state, stored(first).state) == ("approved", "refused")
    assert (stored(rival).is_protected, stored(first).is_protected) == (True, False)
    assert steps_of(first)[-1] == "taken"
    assert told(busan)[-1] == "leads.appeal_answered"
    assert told(seoul)[-1] == "leads.protection_taken"
    with owned(seoul):  # who lost may appeal in turn, to another than who took it
        turn = services.appeal(first, text="We were first.", upload=None, by=seoul)
    with staff_scope(first.manufacturer_id):
        with pytest.raises(DealError, match="somebody else has to decide"):
            services.answer_appeal(turn, uphold=False, by=second, answer="No")
        services.answer_appeal(turn, uphold=False, by=manager, answer="It stays so.")
    with owned(seoul), pytest.raises(DealError, match="cannot be appealed"):
        services.appeal(first, text="Once more", upload=None, by=seoul)


def test_the_database_lets_nobody_decide_an_appeal_against_themself(
    seoul: Membership, category: Any, manager: Membership
) -> None:
    deal = submitted(seoul, category)
    with staff_scope(deal.manufacturer_id):
        services.refuse_deal(deal, by=manager, reason="No")
        asked = DealAppeal.objects.create(deal=deal, text="x", asked_by=seoul, asked_by_name="x", against=manager)
        with pytest.raises(IntegrityError, match="by_somebody_else"), transaction.atomic():
            DealAppeal.objects.filter(pk=asked.pk).update(answered_by=manager, state=AnswerState.REFUSED)


def test_an_appeal_comes_in_time_or_not_at_all(seoul: Membership, category: Any, manager: Membership) -> None:
    deal = submitted(seoul, category)
    with staff_scope(deal.manufacturer_id):
        services.refuse_deal(deal, by=manager, reason="No")
        DealRegistration.objects.update(answered_at=timezone.now() - dt.timedelta(days=31))
    with owned(seoul), pytest.raises(DealError, match="its time is over"):
        services.appeal(deal, text="Late", upload=None, by=seoul)


# --- The answer time --------------------------------------------------------------------------------------------------


def test_the_median_counts_business_minutes_of_ninety_days(seoul: Membership, category: Any) -> None:
    deal = submitted(seoul, category)
    with staff_scope(deal.manufacturer_id):
        now = timezone.now()
        for number, (minutes, days) in enumerate([(60, 1), (120, 2), (2000, 3), (9999, 91)]):
            DealRegistration.objects.create(
                reference=f"X{number}", partner=seoul.partner, partner_name="x", customer_name="x", state="approved",
                submitted_at=now, answered_at=now - dt.timedelta(days=days), answer_minutes=minutes,
            )  # fmt: skip
        figure = reading.answer_time()
        assert (figure.count, figure.median, figure.target, figure.within) == (3, 120.0, 960, 2)
    with owned(seoul):
        assert reading.answer_time() == figure


def test_at_most_eight_fields_are_asked_for(manufacturer: Manufacturer) -> None:
    with staff_scope(manufacturer.pk):
        assert reading.required_fields() == ["customer_name", "category", "amount", "expected_on", "phone"]
        many = ["title", "phone", "email", "city", "address"]
        with pytest.raises(DealError, match="At most 8 fields"):
            services.save_terms(DealSettings(required=many), {})
        services.save_terms(DealSettings(required=many[:4], reminder_days=[3, 30, 3]), {})
        assert len(reading.required_fields()) == 8
        assert reading.deal_settings().reminder_days == [30, 3]
