"""How leads are kept: reference, amount, keys, what looks like them, merging, discarding."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from leads.models import (
    Ended,
    Lead,
    LeadKey,
    LeadLikeness,
    LeadMerge,
    LeadReason,
    LeadState,
    LikenessState,
    OfferState,
    ReasonUse,
)
from leads.selectors.duplicates import find_alike, find_alike_many, likenesses_of, party_of, words_of
from leads.selectors.leads import digits_of, lead_rows, leads_for, matching_leads
from leads.services import likeness as likenesses
from leads.services.codes import default_lists
from leads.services.discarding import Put, discard_lead, discard_leads
from leads.services.intake import (
    assign_leads,
    create_lead,
    create_once,
    new_reference,
    restore_lead,
    update_lead,
)
from leads.services.merging import merge_leads, undo_merge, winner_of
from leads.services.offers import OfferError, accept_offer
from leads.services.states import LeadError
from partners.services.duplicates import check_partners
from tenancy.rls import staff_scope
from tests.factories import ExchangeRateFactory, PartnerFactory
from tests.leads.factories import EndCustomerFactory, LeadFactory, LeadReasonFactory, LeadSourceFactory, OfferFactory

pytestmark = pytest.mark.django_db

HANOK = {
    "company": "(주)한옥인테리어",
    "name": "김민수",
    "email": "minsu@hanok.example",
    "phone": "02-1234-5678",
    "city": "서울",
    "country": "KR",
}


@pytest.fixture
def house(manufacturer: Any, manager: Any, analyst: Any, stranger: Any) -> Any:
    """In the scope of staff; people are made before it, since it cannot read who signs in."""
    with staff_scope(manufacturer.pk):
        yield manufacturer


def test_a_lead_gets_a_reference_its_source_and_what_it_is_found_by(house: Any, manager: Any) -> None:
    lead = create_lead(HANOK, source="website", by=manager, consent="You may call me.", consent_version="ko-1")

    kept = Lead.objects.get()
    assert kept.reference == lead.reference
    assert len(kept.reference) == 12
    assert kept.reference.startswith("L-")
    assert (kept.state, kept.source.code, kept.created_by_id) == ("new", "website", manager.pk)
    assert (kept.consent, kept.consent_version) == ("You may call me.", "ko-1")
    assert kept.consented_at is not None
    assert kept.phone_digits == "0212345678"
    # name, phone, mail, domain, place with the name's beginning
    assert LeadKey.objects.filter(lead=lead).count() == 5


def test_references_are_never_the_same_and_read_out_clearly() -> None:
    made = {new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert not any(set(reference[2:]) & set("01IO") for reference in made)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT leads_new_reference()), min(length(leads_new_reference())) FROM generate_series(1, 1000)"
        )
        assert cursor.fetchone() == (1000, len(made.pop()))


def test_a_new_lead_says_nothing_of_its_state(house: Any) -> None:
    with pytest.raises(TypeError, match="partner, state"):
        create_lead({"company": "X", "state": "won", "partner": None})


def test_an_amount_is_counted_in_base_currency_by_the_rate_of_its_day(house: Any) -> None:
    for day, rate in ((dt.date(2026, 1, 1), "1300"), (dt.date(2026, 6, 1), "1400")):
        ExchangeRateFactory(manufacturer=house, currency="USD", date=day, rate=Decimal(rate))
    received = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)

    abroad = create_lead({"company": "A", "amount": Decimal(10), "currency": "USD"}, received_at=received)
    at_home = create_lead({"company": "B", "amount": Decimal(500)})
    unknown = create_lead({"company": "C", "amount": Decimal(10), "currency": "CHF"})

    assert abroad.amount_base == Decimal("13000")
    assert (at_home.currency, at_home.amount_base) == ("KRW", Decimal(500))
    assert unknown.amount_base is None


def test_an_edit_brings_amount_and_keys_in_step(house: Any) -> None:
    lead = create_lead(HANOK | {"amount": Decimal(5)})
    twin = create_lead({"company": "한옥 인테리어", "phone": "02-1234-5678", "city": "서울"})
    assert LeadLikeness.objects.get().lead_id == twin.pk

    twin.company, twin.phone, twin.city, twin.amount = "Other", "031-9999-0000", "부산", Decimal(7)
    update_lead(twin, fields=["company", "phone", "city", "amount"])

    assert Lead.objects.get(pk=twin.pk).amount_base == Decimal(7)
    assert not LeadLikeness.objects.exists()
    assert find_alike(likenesses.party_of(twin), apart_from=("lead", twin.pk)) == []
    assert Lead.objects.get(pk=lead.pk).amount_base == Decimal(5)


def test_companies_are_found_among_leads_customers_and_partners_with_reasons(house: Any) -> None:
    first = create_lead(HANOK)
    customer = EndCustomerFactory(manufacturer=house, name="한옥인테리어", phone="0212345678", city="서울")
    likenesses.write_customer_keys([customer])
    partner = PartnerFactory(manufacturer=house, name="주식회사 한옥인테리어", phone="+82-2-1234-5678", city="서울")
    check_partners([partner.pk])

    second = create_lead({"company": "한옥 인테리어", "phone": "02 1234 5678", "city": "서울시", "country": "KR"})

    rows = list(likenesses_of(second))
    assert {(row.other_id, row.customer_id, row.partner_id) for row in rows} == {
        (first.pk, None, None),
        (None, customer.pk, None),
        (None, None, partner.pk),
    }
    assert all(row.score > 0.99 and row.state == LikenessState.OPEN for row in rows)
    of_lead = next(row for row in rows if row.other_id)
    assert words_of(of_lead.reasons) == ["Same name", "Same phone number", "Same place"]


def test_people_are_found_by_phone_mail_and_name_with_place(house: Any) -> None:
    person = {
        "name": "이영희",
        "phone": "010-2222-3333",
        "email": "yh@naver.com",
        "postal_code": "06236",
        "city": "서울",
    }
    first = create_lead(person | {"address": "테헤란로 152"})

    by_phone = create_lead({"name": "이 영희", "phone": "+82 10 2222 3333", "country": "KR"})
    by_mail = create_lead({"name": "이영희", "email": "YH@naver.com"})
    by_place = create_lead({"name": "이영희", "postal_code": "06236", "city": "서울", "address": "테헤란로 152, 3층"})
    another = create_lead({"name": "박철수", "phone": "010-2222-3333"})
    namesake = create_lead({"name": "이영희", "city": "서울", "address": "종로 1"})

    found = {
        lead.pk: [row.other_id for row in likenesses_of(lead).filter(other=first)]
        for lead in (by_phone, by_mail, by_place, another, namesake)
    }
    assert found == {
        by_phone.pk: [first.pk],
        by_mail.pk: [first.pk],
        by_place.pk: [first.pk],
        another.pk: [],
        namesake.pk: [],
    }


def test_a_key_that_many_share_is_passed_over_unless_it_is_strong(house: Any) -> None:
    for number in range(45):
        create_lead({"company": "한빛", "email": f"p{number}@x{number}.example"}, find_duplicates=False)
    create_lead({"company": "한빛"})
    assert not LeadLikeness.objects.exists()

    for _ in range(45):
        create_lead({"name": "스팸", "phone": "010-5555-6666"}, find_duplicates=False)
    again = create_lead({"name": "스팸", "phone": "010-5555-6666"})
    assert likenesses_of(again).count() == 5


def test_nothing_is_dropped_and_a_pair_is_kept_once(house: Any) -> None:
    first, second = create_lead(HANOK), create_lead(HANOK)
    likenesses.note_alike(first)
    likenesses.note_alike(second)

    row = LeadLikeness.objects.get()
    assert (row.lead_id, row.other_id) == (second.pk, first.pk)
    assert Lead.objects.count() == 2


def test_linking_a_customer_makes_it_the_leads_and_can_be_taken_back(house: Any, manager: Any) -> None:
    customer = EndCustomerFactory(manufacturer=house, name="한옥인테리어", phone="0212345678", city="서울")
    likenesses.write_customer_keys([customer])
    lead = create_lead(HANOK)
    row = LeadLikeness.objects.get()

    likenesses.link(row, by=manager)
    assert Lead.objects.get(pk=lead.pk).customer_id == customer.pk
    assert LeadLikeness.objects.get().decided_by_id == manager.pk

    likenesses.reopen(row, by=manager)
    assert Lead.objects.get(pk=lead.pk).customer_id is None
    likenesses.dismiss(row, by=manager)
    likenesses.note_alike(lead)
    assert LeadLikeness.objects.get().state == LikenessState.DISMISSED


def test_merging_takes_over_what_is_missing_and_can_be_undone(house: Any, manager: Any) -> None:
    stays = create_lead({"company": "한옥인테리어", "phone": "02-1234-5678", "products": ["P1"], "custom": {"size": 3}})
    goes = create_lead(
        HANOK | {"subject": "창호", "products": ["P1", "P2"], "custom": {"size": 9, "floor": 2}, "amount": Decimal(900)}
    )

    merge = merge_leads(stays, goes, by=manager)
    assert merge_leads(stays, goes, by=manager).pk == merge.pk  # a double click

    kept, gone = Lead.objects.get(pk=stays.pk), Lead.objects.get(pk=goes.pk)
    assert (kept.name, kept.email, kept.subject) == ("김민수", "minsu@hanok.example", "창호")
    assert (kept.products, kept.custom) == (["P1", "P2"], {"size": 3, "floor": 2})
    assert (kept.amount, kept.currency, kept.amount_base) == (Decimal(900), "KRW", Decimal(900))
    assert (gone.state, gone.merged_into_id) == ("merged", kept.pk)
    assert LeadLikeness.objects.get().state == LikenessState.MERGED
    assert [lead.pk for lead in lead_rows(manager)] == [kept.pk]

    kept.subject = "창호와 문"
    update_lead(kept, fields=["subject"])
    undo_merge(merge, by=manager)
    undo_merge(merge, by=manager)

    kept, gone = Lead.objects.get(pk=stays.pk), Lead.objects.get(pk=goes.pk)
    assert (kept.name, kept.email, kept.subject) == ("", "", "창호와 문")  # what was changed since stays
    assert (kept.products, kept.custom, kept.amount) == (["P1"], {"size": 3}, None)
    assert (gone.state, gone.merged_into_id) == ("new", None)
    assert LeadLikeness.objects.get().state == LikenessState.OPEN
    assert LeadMerge.objects.get().undone_by_id == manager.pk


def test_only_a_lead_that_nobody_has_goes_into_another(house: Any, manager: Any) -> None:
    stays, goes = create_lead(HANOK), create_lead(HANOK)
    Lead.objects.filter(pk=goes.pk).update(state=LeadState.OFFERED)
    with pytest.raises(LeadError, match="nobody has or is offered"):
        merge_leads(stays, goes, by=manager)
    with pytest.raises(LeadError, match="itself"):
        merge_leads(stays, stays, by=manager)
    goes.refresh_from_db()
    assert winner_of(stays, goes) == (goes, stays)


def test_discarding_needs_a_reason_for_it_and_can_be_taken_back(house: Any) -> None:
    lead = create_lead(HANOK)
    lost = LeadReasonFactory(manufacturer=house, use=ReasonUse.LOST)
    spam = LeadReasonFactory(manufacturer=house, use=ReasonUse.DISCARD)
    with pytest.raises(LeadError, match="no reason for discarding"):
        discard_lead(lead, lost)

    discard_lead(lead, spam, note="Offers us servers")
    discard_lead(lead, spam)
    kept = Lead.objects.get()
    assert (kept.state, kept.reason_id, kept.reason_note) == ("discarded", spam.pk, "Offers us servers")
    assert kept.closed_at is not None

    restore_lead(kept)
    kept = Lead.objects.get()
    assert (kept.state, kept.reason_id, kept.reason_note, kept.closed_at) == ("new", None, "", None)


def test_a_lead_that_is_offered_is_discarded_with_its_offers_and_one_that_somebody_has_is_not(
    house: Any, manager: Any
) -> None:
    spam = LeadReasonFactory(manufacturer=house, use=ReasonUse.DISCARD)
    lead = create_lead(HANOK)
    Lead.objects.filter(pk=lead.pk).update(state=LeadState.OFFERED)
    offer = OfferFactory(manufacturer=house, lead=lead)
    discard_lead(lead, spam, by=manager)
    offer.refresh_from_db()
    assert (offer.state, offer.ended) == (OfferState.WITHDRAWN, Ended.CLOSED)
    assert Lead.objects.get().state == LeadState.DISCARDED
    with pytest.raises(OfferError):
        accept_offer(offer, by=None)
    assert Lead.objects.get().state == LeadState.DISCARDED

    Lead.objects.update(state=LeadState.ACCEPTED, partner=PartnerFactory(manufacturer=house))
    with pytest.raises(LeadError, match="Take it back first"):
        discard_lead(lead, spam, by=manager)


def test_many_are_discarded_and_given_in_one_statement(
    house: Any, manager: Any, django_assert_num_queries: Any
) -> None:
    spam = LeadReasonFactory(manufacturer=house, use=ReasonUse.DISCARD)
    for _ in range(3):
        create_lead(HANOK, find_duplicates=False)
    offered = create_lead(HANOK, find_duplicates=False)
    Lead.objects.filter(pk=offered.pk).update(state=LeadState.OFFERED)

    with django_assert_num_queries(1):
        assert assign_leads(Lead.objects.all(), manager) == 4
    assert assign_leads(Lead.objects.all(), manager) == 0
    free = Lead.objects.exclude(pk=offered.pk)
    with django_assert_num_queries(5):  # those on offer, all others at once, what is left, and a savepoint
        assert discard_leads(free, spam) == Put(3, 0, 0)
    assert discard_leads(Lead.objects.all(), spam) == Put(1, 0, 0)
    assert discard_leads(Lead.objects.all(), spam) == Put(0, 0, 0)
    assert Lead.objects.get(pk=offered.pk).state == "discarded"


def test_the_same_page_of_the_form_is_one_lead(house: Any) -> None:
    import uuid

    key = uuid.uuid4()
    create_lead(HANOK, form_key=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        create_lead(HANOK, form_key=key)
    assert Lead.objects.count() == 1

    assert create_once(HANOK, form_key=key).form_key == key
    other = create_once(HANOK | {"company": "다른 회사"}, form_key=key)
    assert (Lead.objects.count(), other.company, other.form_key) == (2, "다른 회사", None)


def test_the_usual_lists_are_made_once(house: Any) -> None:
    default_lists()
    default_lists()
    from leads.models import LeadKind, LeadReason, LeadSource

    assert (LeadSource.objects.count(), LeadKind.objects.count(), LeadReason.objects.count()) == (8, 2, 16)


def test_lists_of_ones_own_are_left_alone(house: Any) -> None:
    LeadSourceFactory(manufacturer=house, code="own")
    create_lead(HANOK, source="referral")
    assert Lead.objects.get().source.names["ko"] == "파트너 추천"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("010-1234-5678", "1012345678"),
        ("+82 10 1234 5678", "1012345678"),
        ("+81-3-1234-5678", "312345678"),
        ("031-777", "31777"),
        ("0101", "0101"),
        ("5678", "5678"),
        ("12", ""),
        ("L-5678", ""),
        ("한빛 5678", ""),
    ],
)
def test_numbers_are_looked_for_however_they_are_written(text: str, expected: str) -> None:
    assert digits_of(text) == expected


def test_search_finds_by_any_word_and_any_part_of_a_number(house: Any, manager: Any, analyst: Any) -> None:
    first = create_lead(HANOK | {"subject": "시스템 창호"})
    create_lead({"company": "Maple Interiors", "name": "Amy", "phone": "+82 31 777 8888"})

    def found(text: str, member: Any = manager) -> list[int]:
        return [lead.pk for lead in matching_leads(leads_for(member), text, member=member)]

    for text in ("한옥", "창호 서울", "김민수", "minsu@", "1234-56", "02-1234-5678", first.reference.lower(), "서"):
        assert found(text) == [first.pk], text
    assert len(found("+82 31 777")) == 1
    assert len(found("am")) == 1  # two letters: only the index of word beginnings is too short, the list is walked
    assert found("nothing") == []
    assert found("100%") == []
    # who may not see people does not find by them
    assert found("김민수", analyst) == found("1234-56", analyst) == found("minsu@", analyst) == []
    assert found("한옥", analyst) == [first.pk]


def test_another_manufacturer_finds_nothing(house: Any, stranger: Any) -> None:
    create_lead(HANOK)
    with staff_scope(stranger.manufacturer_id):
        assert not matching_leads(leads_for(stranger), "한옥", member=stranger)
        assert find_alike(likenesses.Party(company="한옥인테리어", phone="0212345678")) == []


def test_who_sees_only_own_partners_sees_only_their_leads(house: Any, manager: Any) -> None:
    manager.assigned_only = True
    manager.save(update_fields=["assigned_only"])
    mine = PartnerFactory(manufacturer=house, channel_manager=manager)
    create_lead(HANOK)
    given = create_lead(HANOK)
    Lead.objects.filter(pk=given.pk).update(state=LeadState.ACCEPTED, partner=mine)
    own = create_lead(HANOK | {"owner": manager})
    assert {lead.pk for lead in leads_for(manager)} == {given.pk, own.pk}


def test_many_are_compared_at_once_with_what_one_by_one_gives(
    manufacturer: Any, django_assert_num_queries: Any
) -> None:
    """The same likenesses, in two queries for however many leads."""
    known = PartnerFactory(manufacturer=manufacturer, name="Hanok Interior", phone="02-123-4567")
    rows: list[dict[str, Any]] = [
        {"company": "Hanok Interior", "phone": "02-123-4567", "city": "Seoul"},
        {"company": "(주)Hanok Interior", "phone": "02 123 4567", "email": "a@hanok.example"},
        {"company": "", "name": "Kim", "email": "a@hanok.example"},
        {"company": "Mirae", "phone": "051-999-8888"},
        *({"company": f"Nobody {number}", "email": f"x{number}@many.example"} for number in range(20)),
    ]
    leads = [LeadFactory(manufacturer=manufacturer, **row) for row in rows]
    with staff_scope(manufacturer.pk):
        check_partners([known.pk])
        likenesses.write_lead_keys(leads)
        alone = {lead.pk: find_alike(party_of(lead), apart_from=("lead", lead.pk)) for lead in leads}
        with django_assert_num_queries(2):
            together = find_alike_many(leads)
        assert together == alone
        assert {each.kind for each in together[leads[1].pk]} == {"lead", "partner"}
        assert together[leads[3].pk] == []
        assert find_alike_many([]) == {}


@pytest.mark.parametrize("refers", ["lead", "offer", "nothing"])
def test_a_reason_is_removed_only_where_nothing_refers_to_it(
    manufacturer: Any, owner: Any, client_for: Any, refers: str
) -> None:
    with staff_scope(manufacturer.pk):
        reason = LeadReasonFactory(manufacturer=manufacturer)
        if refers == "lead":
            LeadFactory(manufacturer=manufacturer, reason=reason)
        if refers == "offer":
            declined = {"state": OfferState.DECLINED, "answered_at": timezone.now(), "reason": reason}
            OfferFactory(manufacturer=manufacturer, **declined)
    path = f"/hanbit/settings/leads/reasons/{reason.pk}/"

    response = client_for(owner).post(path, {"remove": ""}, follow=True)

    said = [str(message) for message in response.context["messages"]]
    with staff_scope(manufacturer.pk):
        if refers == "nothing":
            assert said == [f"“{reason}” is removed."]
            assert not LeadReason.objects.filter(pk=reason.pk).exists()
        else:
            assert said == [f"“{reason}” is in use. Retire it instead."]
            assert response.request["PATH_INFO"] == path
            assert LeadReason.objects.filter(pk=reason.pk).exists()
