"""Direct sales are credited by rule, and conflicts of channels are found, decided and appealed."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.models import Request
from approvals.services import Draft, DraftStep, decide, save_route
from commerce.models import DirectSale, DirectSaleKey, SalesMonth
from leads.models import CaseState, ConflictCase, ConflictFile, ConflictMessage, DealRegistration, DirectRule
from leads.selectors.deal_conflicts import clashes
from leads.services import conflict_search, conflicts, direct
from leads.services.conflicts import ConflictError, Decision
from notices.models import Notice
from partners.models import Partner, PartnerTerritory, Territory, TerritoryRule
from tenancy.models import Manufacturer, Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, ProductCategoryFactory, ProductFactory
from tests.leads.deals import HOTEL, approved, rep_of, stored
from tests.leads.factories import EndCustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
TODAY = dt.date(2026, 6, 30)


def territory(manufacturer: Manufacturer, code: str, region: str = "", parent: Territory | None = None) -> Territory:
    with staff_scope(manufacturer.pk):
        row = Territory.objects.create(code=code, names={"en": code.title()}, parent=parent)
        if region or parent is None:
            TerritoryRule.objects.create(territory=row, country="KR", region=region)
        return row


def cover(partner: Partner, row: Territory, *, alone: bool = False) -> None:
    with staff_scope(partner.manufacturer_id):
        PartnerTerritory.objects.create(partner=partner, territory=row, is_exclusive=alone)
        Partner.objects.filter(pk=partner.pk).update(stage="active")


def sale(manufacturer: Manufacturer, number: str, region: str = "Busan", **fields: Any) -> DirectSale:
    given = {
        "date": TODAY, "amount": Decimal(1000), "currency": "KRW", "amount_base": Decimal(1000),
        "quantity": Decimal(10), "country": "KR", "city": region, "region": region, "customer_name": f"Buyer {number}",
    } | fields  # fmt: skip
    with staff_scope(manufacturer.pk):
        return DirectSale.objects.create(order_number=number, **given)


def rule(manufacturer: Manufacturer, way: str, outcome: str, percent: int | None = None, **fields: Any) -> DirectRule:
    with staff_scope(manufacturer.pk):
        return DirectRule.objects.create(way=way, outcome=outcome, percent=percent, **fields)


def case_of(partner: Partner, **fields: Any) -> ConflictCase:
    with staff_scope(partner.manufacturer_id):
        return ConflictCase.objects.create(
            **{"reference": f"C{ConflictCase.objects.count() + 1}", "kind": "outside", "partner": partner} | fields
        )


# --- Credits ----------------------------------------------------------------------------------------------------------


def test_direct_sales_are_credited_to_the_partner_of_the_territory(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner, rep: Membership
) -> None:
    busan, seoul = territory(manufacturer, "busan", "Busan"), territory(manufacturer, "seoul", "Seoul")
    third = PartnerFactory(manufacturer=manufacturer)
    cover(partner, busan, alone=True)
    cover(sibling, busan)
    cover(sibling, seoul)
    cover(third, seoul)
    category = ProductCategoryFactory(manufacturer=manufacturer)
    rule(manufacturer, "direct", "none", category=category, order=1)
    first = rule(manufacturer, "direct", "credit", 5, order=2)
    with staff_scope(manufacturer.pk):
        served = EndCustomerFactory(manufacturer=manufacturer, served_by=third)
    rows = [
        sale(manufacturer, "A"),
        sale(manufacturer, "B", "Seoul", customer=served),
        sale(manufacturer, "C", "Seoul"),
        sale(manufacturer, "D", "Jeju"),
        sale(manufacturer, "E", category=category),
        sale(manufacturer, "F", channel="web"),
    ]
    with staff_scope(manufacturer.pk):
        assert direct.settle_direct_sales() == {"credited": 3, "none": 3}
        assert direct.settle_direct_sales() == {"credited": 0, "none": 0}
        found = {row.order_number: row for row in DirectSale.objects.all()}
    assert {key: (row.credit_state, row.credited_to_id, row.credit_base) for key, row in found.items()} == {
        "A": ("credited", partner.pk, Decimal(50)),
        "B": ("credited", third.pk, Decimal(50)),
        "C": ("credited", min(sibling.pk, third.pk), Decimal(50)),
        "D": ("none", None, None),
        "E": ("none", None, None),
        "F": ("none", None, None),
    }
    assert {key: row.explanation["why"] for key, row in found.items()} == {
        "A": "alone", "B": "serves", "C": "least", "D": "nobody", "E": "rule_none", "F": "no_rule",
    }  # fmt: skip
    assert (found["A"].explanation["rule"], found["A"].territory_id) == (first.pk, busan.pk)
    assert found["E"].explanation["covers"] == partner.pk
    with partner_scope(manufacturer.pk, partner.pk):
        assert list(DirectSale.objects.values_list("pk", flat=True)) == [rows[0].pk]
    with staff_scope(manufacturer.pk):
        assert Notice.objects.filter(recipient=rep, kind="leads.sale_credited").count() == 1


def test_who_was_credited_least_comes_first(manufacturer: Manufacturer, partner: Partner, sibling: Partner) -> None:
    seoul = territory(manufacturer, "seoul", "Seoul")
    cover(partner, seoul)
    cover(sibling, seoul)
    rule(manufacturer, "direct", "credit", 10)
    day = timezone.localdate()
    sale(manufacturer, "old", "Seoul", date=day, credit_state="credited", credited_to=partner, credit_base=Decimal(9))
    sale(manufacturer, "new", "Seoul", date=day)
    with staff_scope(manufacturer.pk):
        direct.settle_direct_sales()
        assert DirectSale.objects.get(order_number="new").credited_to_id == sibling.pk


def test_the_nearest_territory_and_inactive_partners(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner
) -> None:
    whole = territory(manufacturer, "korea")
    part = territory(manufacturer, "busan", "Busan", parent=whole)
    cover(partner, whole)
    cover(sibling, part)
    rule(manufacturer, "direct", "credit", 10)
    sale(manufacturer, "1")
    with staff_scope(manufacturer.pk):
        direct.settle_direct_sales()
        assert DirectSale.objects.get(order_number="1").credited_to_id == sibling.pk
        Partner.objects.filter(pk=sibling.pk).update(stage="ended")
    sale(manufacturer, "2")
    with staff_scope(manufacturer.pk):
        direct.settle_direct_sales()
        row = DirectSale.objects.get(order_number="2")
        assert (row.credited_to_id, row.explanation["why"]) == (partner.pk, "only")


def test_requests_are_routed_by_territory(manufacturer: Manufacturer, partner: Partner) -> None:
    cover(partner, territory(manufacturer, "busan", "Busan"), alone=True)
    lead = LeadFactory(manufacturer=manufacturer, region="Busan")
    far = LeadFactory(manufacturer=manufacturer, region="Jeju")
    with staff_scope(manufacturer.pk):
        assert direct.territory_partners([lead.pk, far.pk]) == {}
    rule(manufacturer, "request", "route")
    with staff_scope(manufacturer.pk):
        found = direct.territory_partners([lead.pk, far.pk])
    assert {key: (one.partner, one.why) for key, one in found.items()} == {lead.pk: (partner.pk, "alone")}


def test_keys_of_direct_sales_are_written_once(manufacturer: Manufacturer) -> None:
    row = sale(manufacturer, "1", customer_name="Mirae Hotel", phone="02-555-1234")
    with staff_scope(manufacturer.pk):
        assert direct.write_direct_keys() == 1
        count = DirectSaleKey.objects.filter(sale=row).count()
        assert count > 2
        assert direct.write_direct_keys() == 0
        direct.write_direct_keys([row.pk])
        assert DirectSaleKey.objects.filter(sale=row).count() == count


# --- Found by themselves ----------------------------------------------------------------------------------------------


def test_conflicts_are_found_once_with_exact_figures(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner, rep: Membership, manager: Membership
) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    cover(partner, territory(manufacturer, "busan", "Busan"), alone=True)
    product = ProductFactory(manufacturer=manufacturer, list_price=Decimal(120), currency="")
    month = today.replace(day=1)
    with staff_scope(manufacturer.pk):
        customer = EndCustomerFactory(manufacturer=manufacturer)
        for buyer, quantity, amount in ((partner, 10, 1000), (sibling, 30, 3400)):
            SalesMonth.objects.create(
                partner=buyer, product=product, month=month, quantity=quantity, amount_base=amount, returns_base=0,
                lines=1, return_lines=0,
            )  # fmt: skip
    cheap = sale(manufacturer, "cheap", product=product, date=today)  # 100 a piece; partners pay 110 on average
    fair = sale(manufacturer, "fair", "Seoul", product=product, date=today, amount_base=Decimal(1150))
    LeadFactory(
        manufacturer=manufacturer, state="accepted", partner=partner, customer=customer, accepted_at=now,
        amount_base=Decimal(70),
    )  # fmt: skip
    LeadFactory(
        manufacturer=manufacturer, state="accepted", partner=sibling, customer=customer,
        accepted_at=now + dt.timedelta(seconds=1), amount_base=Decimal(90),
    )  # fmt: skip
    LeadFactory(
        manufacturer=manufacturer,
        state="accepted",
        partner=sibling,
        referred_by=sibling,
        region="Busan",
        accepted_at=now,
    )
    with staff_scope(manufacturer.pk):
        direct.settle_direct_sales()
        assert conflict_search.find_conflicts() == 4
        assert conflict_search.find_conflicts() == 0
        cases = {case.kind: case for case in ConflictCase.objects.all()}
        cheap.refresh_from_db()
        fair.refresh_from_db()
        told = list(Notice.objects.filter(recipient=rep).values_list("kind", flat=True))
    assert (cheap.unit_base, cheap.list_base, cheap.partner_base, cheap.below) == (100, 120, 110, "partners")
    assert (fair.unit_base, fair.below) == (115, "list")
    assert {kind: (case.partner_id, case.other_id, case.amount_base) for kind, case in cases.items()} == {
        "direct": (partner.pk, None, Decimal(1000)),
        "price": (partner.pk, None, Decimal(100)),
        "two": (partner.pk, sibling.pk, Decimal(90)),
        "outside": (partner.pk, sibling.pk, None),
    }
    assert told.count("leads.conflict_opened") == 4
    with partner_scope(manufacturer.pk, sibling.pk):
        assert set(ConflictCase.objects.values_list("kind", flat=True)) == {"two", "outside"}


def test_a_protected_deal_that_is_undercut_is_found_and_told_once(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner, manager: Membership
) -> None:
    floors = ProductCategoryFactory(manufacturer=manufacturer)
    part = ProductCategoryFactory(manufacturer=manufacturer, parent=floors)
    other = ProductCategoryFactory(manufacturer=manufacturer)
    cover(partner, territory(manufacturer, "seoul", "Seoul"))
    rep = rep_of(partner)
    deal = approved(rep, floors, staff=manager)
    today = timezone.localdate()
    buyer = {"customer_name": "대한호텔 주식회사", "phone": "02-555-1234", "city": "서울", "date": today}
    same = sale(manufacturer, "same", category=floors, **buyer)
    record = sale(manufacturer, "record", category=part, customer_id=stored(deal).customer_id, date=today)
    sale(manufacturer, "other kind", category=other, **buyer)
    sale(manufacturer, "before", category=floors, **buyer | {"date": today - dt.timedelta(days=1)})
    sale(manufacturer, "other buyer", category=floors, customer_name="Mirae Clinic", date=today)
    with staff_scope(manufacturer.pk):
        direct.write_direct_keys()
        assert conflict_search.find_conflicts() == 2
        assert conflict_search.find_conflicts() == 0
        cases = list(ConflictCase.objects.order_by("sale_id"))
        told = Notice.objects.filter(kind="leads.conflict_opened")
        assert set(told.values_list("recipient", flat=True)) == {rep.pk, manager.pk}
    assert [(case.kind, case.partner_id, case.other_id, case.sale_id, case.amount_base) for case in cases] == [
        ("undercut", partner.pk, None, same.pk, Decimal(1000)),
        ("undercut", partner.pk, None, record.pk, Decimal(1000)),
    ]
    assert {case.facts["deal"] for case in cases} == {deal.reference}
    assert "호텔" not in str([case.facts for case in cases])
    with partner_scope(manufacturer.pk, sibling.pk):
        assert not ConflictCase.objects.exists()


def test_the_check_of_deals_finds_direct_sales_by_their_keys(manufacturer: Manufacturer, partner: Partner) -> None:
    floors = ProductCategoryFactory(manufacturer=manufacturer)
    buyer = {"customer_name": "대한호텔 주식회사", "phone": "02-555-1234", "city": "서울"}
    sold = sale(manufacturer, "1", category=floors, **buyer)
    wanted = DealRegistration(**HOTEL | {"category": floors, "partner": partner})
    with staff_scope(manufacturer.pk):
        assert clashes(wanted, today=TODAY) == []
        direct.write_direct_keys()
        (clash,) = clashes(wanted, today=TODAY)
    assert (clash.source, clash.row.pk, clash.weighed.is_same_customer, clash.weighed.overlap) == (
        "sale", sold.pk, True, "same",
    )  # fmt: skip


# --- A case -----------------------------------------------------------------------------------------------------------


def test_a_partner_raises_a_case_once_and_reads_its_own_thread_only(
    manufacturer: Manufacturer, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    def ask() -> ConflictCase:
        new = ConflictCase(kind="outside", partner_id=sibling_rep.partner_id, subject="Hotel", statement="They came")
        with partner_scope(manufacturer.pk, rep.partner_id or 0):
            return conflicts.raise_case(new, by=rep)

    case = ask()
    assert ask().pk == case.pk
    assert (case.partner_id, case.other_id, case.raised_by_partner) == (rep.partner_id, None, True)
    upload = SimpleUploadedFile("proof.txt", b"seen", "text/plain")
    upload.checked_type = "text/plain"  # type: ignore[attr-defined]
    with staff_scope(manufacturer.pk):
        conflicts.name_other(case, sibling_rep.partner, by=manager)
        conflicts.say(case, body="Among us", by=manager)
        conflicts.say(case, body="To the first", by=manager, thread=rep.partner_id)
        conflicts.say(case, body="To the second", by=manager, thread=sibling_rep.partner_id)
        conflicts.put_evidence(case, upload, by=manager)
    with partner_scope(manufacturer.pk, sibling_rep.partner_id or 0):
        conflicts.say(case, body="Our customer", by=sibling_rep)
        assert list(ConflictMessage.objects.values_list("body", flat=True)) == ["To the second", "Our customer"]
        assert not ConflictFile.objects.exists()
    with partner_scope(manufacturer.pk, rep.partner_id or 0):
        assert list(ConflictMessage.objects.values_list("body", flat=True)) == ["To the first"]
        with pytest.raises(DatabaseError), transaction.atomic():
            ConflictCase.objects.update(state="closed")
    third = PartnerFactory(manufacturer=manufacturer)
    with partner_scope(manufacturer.pk, third.pk):
        assert not ConflictCase.objects.exists()


def test_a_decision_credits_the_sale_and_can_be_appealed_against_by_another_hand(
    manufacturer: Manufacturer, partner: Partner, manager: Membership, rep: Membership, owner: Membership
) -> None:
    row = sale(manufacturer, "1", credit_state="none", explanation={"why": "no_rule"})
    case = case_of(partner, kind="direct", sale=row)
    with staff_scope(manufacturer.pk):
        with pytest.raises(ConflictError, match="Say why"):
            conflicts.propose(case, Decision("credit", " "), by=manager)
        with pytest.raises(ConflictError, match="Money goes with"):
            conflicts.propose(case, Decision("nothing", "No", Decimal(5)), by=manager)
        case = conflicts.propose(case, Decision("credit", "In its territory", Decimal(80)), by=manager)
        row.refresh_from_db()
        assert (case.state, case.outcome, case.decided_by_id) == (CaseState.DECIDED, "credit", manager.pk)
        assert (row.credit_state, row.credited_to_id, row.credit_base) == ("credited", partner.pk, Decimal(80))
        assert row.explanation["case"] == case.reference
        assert Notice.objects.filter(recipient=rep, kind="leads.conflict_decided").count() == 1
    with partner_scope(manufacturer.pk, partner.pk):
        conflicts.appeal(case, text="It was worth more", by=rep)
    with staff_scope(manufacturer.pk):
        case.refresh_from_db()
        with pytest.raises(ConflictError, match="somebody else"):
            conflicts.propose(case, Decision("nothing", "No"), by=manager)
        case = conflicts.propose(case, Decision("nothing", "It was a museum of ours"), by=owner)
        row.refresh_from_db()
        assert (case.state, case.outcome, case.decided_by_id) == (CaseState.CLOSED, "nothing", owner.pk)
        assert case.first_decision["by"] == manager.name
        assert (row.credit_state, row.credited_to_id, row.credit_base) == ("none", None, None)
        assert list(case.steps.values_list("to_state", flat=True)) == ["review", "decided", "appealed", "closed"]


def test_a_decision_goes_along_the_line_where_there_is_one(
    manufacturer: Manufacturer, partner: Partner, manager: Membership, owner: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        save_route(
            Draft("leads.conflict", "Conflicts", steps=[DraftStep(purpose="decide", who="member", member=owner)])
        )
    case = case_of(partner)
    with staff_scope(manufacturer.pk):
        case = conflicts.propose(case, Decision("compensate", "Fair", Decimal(10)), by=manager)
        assert (case.state, case.outcome) == (CaseState.REVIEW, "")
        with pytest.raises(ConflictError, match="in approval"):
            conflicts.propose(case, Decision("nothing", "No"), by=manager)
        decide(Request.objects.get(), by=owner, approve=False, comment="Too much")
        case.refresh_from_db()
        assert (case.state, case.proposed) == (CaseState.REVIEW, {})
        assert ConflictMessage.objects.get(partner=None).body == "Not approved: Too much"
        conflicts.propose(case, Decision("compensate", "Fair", Decimal(5)), by=manager)
        decide(Request.objects.get(state="open"), by=owner, approve=True)
        case.refresh_from_db()
        assert (case.state, case.compensation, case.decided_by_id) == (CaseState.DECIDED, Decimal(5), manager.pk)


def test_what_is_decided_closes_when_the_time_to_appeal_is_over(
    manufacturer: Manufacturer, partner: Partner, manager: Membership, rep: Membership
) -> None:
    case = case_of(partner)
    with staff_scope(manufacturer.pk):
        case = conflicts.propose(case, Decision("nothing", "No rule was broken"), by=manager)
        assert conflicts.close_due() == 0
        late = timezone.now() + dt.timedelta(days=14)
        assert not conflicts.may_appeal(case, now=late)
        assert (conflicts.close_due(now=late), conflicts.close_due(now=late)) == (1, 0)
        case.refresh_from_db()
        assert case.state == CaseState.CLOSED
    with partner_scope(manufacturer.pk, partner.pk), pytest.raises(ConflictError, match="over"):
        conflicts.appeal(case, text="But", by=rep)


def test_a_case_of_two_others_takes_nothing_from_a_third(
    manufacturer: Manufacturer, partner: Partner, sibling_rep: Membership
) -> None:
    case = case_of(partner)
    for step in (
        lambda: conflicts.say(case, body="Hello", by=sibling_rep),
        lambda: conflicts.appeal(case, text="Hello", by=sibling_rep),
    ):
        with (
            partner_scope(manufacturer.pk, sibling_rep.partner_id or 0),
            pytest.raises(ConflictError, match="two others"),
        ):
            step()


def test_the_lists_ask_a_fixed_number_of_queries(
    client_for: SignIn, manufacturer: Manufacturer, manager: Membership, partner: Partner, rep: Membership
) -> None:
    staff, portal, counts = client_for(manager), client_for(rep), []
    for number in (1, 9):
        for each in range(number):
            other = PartnerFactory(manufacturer=manufacturer)
            case_of(partner, other=other, subject=f"{number} {each}", owner=manager)
            sale(manufacturer, f"N{number}-{each}", credited_to=other, credit_state="credited", credit_base=Decimal(1))
        pages = [(staff, "conflicts"), (staff, "direct-sales"), (portal, "portal/conflicts")]
        counts.append([asked(client, f"/{manufacturer.slug}/{path}/") for client, path in pages])
    assert counts[0] == counts[1]


def asked(client: Client, address: str) -> int:
    """How many queries a page asks, once it has been asked before."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# --- What is refused stays as it was written --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "written", "form", "sentence"),
    [
        ("say", {"body": "x" * 4001}, "word", "Ensure this value has at most 4000 characters (it has 4001)."),
        ("close", {"reason": "y" * 1001}, "close", "Ensure this value has at most 1000 characters (it has 1001)."),
        ("other", {"other_code": "NOBODY"}, "other", "No partner has this code."),
        ("other", {"other_code": "A1"}, "other", "A conflict is between two: choose another partner."),
    ],
)
def test_what_staff_wrote_stays_when_a_step_is_refused(
    client_for: SignIn,
    partner: Partner,
    manager: Membership,
    step: str,
    written: dict[str, str],
    form: str,
    sentence: str,
) -> None:
    case = case_of(partner)
    page = client_for(manager).post(f"/hanbit/conflicts/{case.pk}/step/", {"step": step, **written})
    assert page.status_code == 200
    shown = page.context["threads"][0][3] if form == "word" else page.context[f"{form}_form"]
    ((name, value),) = written.items()
    assert (shown[name].value(), shown.errors[name]) == (value, [sentence])
    content = page.content.decode()
    assert value in content
    assert sentence in content
    assert page.context["form"].errors == {}
    with staff_scope(partner.manufacturer_id):
        assert not ConflictMessage.objects.exists()
        assert ConflictCase.objects.get().state == CaseState.OPEN


def test_a_message_that_is_refused_stays_in_its_own_thread(
    client_for: SignIn, partner: Partner, manager: Membership
) -> None:
    case = case_of(partner)
    written = {"step": "say", "thread": str(partner.pk), "body": "z" * 4001}
    page = client_for(manager).post(f"/hanbit/conflicts/{case.pk}/step/", written)
    assert [form.is_bound for _pk, _name, _said, form in page.context["threads"]] == [False, True]


def test_a_partners_appeal_that_comes_too_late_stays_as_it_was_written(
    client_for: SignIn, partner: Partner, manager: Membership, rep: Membership
) -> None:
    case = case_of(partner)
    with staff_scope(partner.manufacturer_id):
        conflicts.propose(case, Decision("nothing", "No"), by=manager)
        ConflictCase.objects.update(decided_at=timezone.now() - dt.timedelta(days=400))
    client = client_for(rep)
    page = client.post(f"/hanbit/portal/conflicts/{case.pk}/step/", {"step": "appeal", "text": "It was ours"})
    assert page.status_code == 200
    assert page.context["appeal_form"]["text"].value() == "It was ours"
    assert page.context["appeal_form"].errors == {"text": ["The time to appeal is over."]}
    assert "It was ours" in page.content.decode()
    empty = client.post(f"/hanbit/portal/conflicts/{case.pk}/step/", {"step": "evidence"})
    assert empty.context["evidence_form"].errors == {"upload": ["Choose a file."]}
