"""The pages of funds: a request from the form to its settlement, what a page costs, and what is never shown."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from campaigns.models import ClaimLine, Fund, FundActivity, FundBalance, FundRequest
from campaigns.services import funds as services
from notices.models import Notice
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tenancy.waiting import waiting_for
from tests.campaigns.funds import active, admin_of, ask, day, fund_of, invoice, picture, proved, where
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
STAFF, PORTAL = "/hanbit/funds/", "/hanbit/portal/funds/"


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return admin_of(active(manufacturer, code="A1", name="Seoul Agency"))


def test_from_the_form_to_the_settlement(manufacturer: Manufacturer, manager: Membership, seoul: Membership) -> None:
    staff, portal = client_of(manager), client_of(seoul)
    made = staff.post(
        f"{STAFF}budgets/new/",
        {
            "name": "Spring", "amount": "5000000", "currency": "krw", "starts_on": day(0), "ends_on": day(90),
            "request_until": day(60), "claim_days": 30, "answer_days": 7, "share": "50", "is_common": "on", "is_open": "on",
            "activities": ["fair"],
        },
    )  # fmt: skip
    assert made.status_code == 302
    with staff_scope(manufacturer.pk):
        fund = Fund.objects.get()
        fair = FundActivity.objects.get(code="fair")
    page = portal.get(PORTAL).content.decode()
    assert "₩5,000,000 is left for what you do to sell" in page
    said = {
        "title": "<b>Booth</b>", "activity": fair.pk, "starts_on": day(1), "ends_on": day(3), "currency": "KRW",
        "what_1": "Booth", "cost_1": "2000000", "what_2": "Panels", "cost_2": "", "purpose": "",
    }  # fmt: skip
    assert "Say what it costs." in portal.post(f"{PORTAL}{fund.pk}/ask/", said).content.decode()
    assert (
        "Amounts in KRW have no decimals."
        in portal.post(f"{PORTAL}{fund.pk}/ask/", said | {"cost_2": "0.5"}).content.decode()
    )
    assert portal.post(f"{PORTAL}{fund.pk}/ask/", said | {"cost_2": "1000000"}).status_code == 302
    portal.post(f"{PORTAL}{fund.pk}/ask/", said | {"cost_2": "1000000"})  # a second click
    with staff_scope(manufacturer.pk):
        request = FundRequest.objects.get()
        assert request.asked == 1_500_000
    own, theirs = f"{PORTAL}requests/{request.pk}/", f"{STAFF}requests/{request.pk}/"
    assert "<b>Booth" not in staff.get(theirs).content.decode()
    assert "<b>Booth" not in staff.get(STAFF).content.decode()
    assert staff.post(f"{theirs}step/", {"step": "approve", "amount": "1500000", "note": ""}).status_code == 302
    invoice_said = {
        "step": "invoice", "what": "Booth", "amount": "2400000", "currency": "KRW", "invoice_on": day(0),
        "invoice_number": "7-1", "supplier": "Expo",
    }  # fmt: skip
    assert "Choose a file." in portal.post(f"{own}step/", invoice_said).content.decode()
    portal.post(f"{own}step/", invoice_said | {"file": picture(1)})
    portal.post(f"{own}step/", {"step": "proof", "file": picture(2, name="stand.png")})
    portal.post(f"{own}step/", {"step": "claim", "outcome": "300 visitors"})
    with staff_scope(manufacturer.pk):
        line = ClaimLine.objects.get()
    answer = {f"answer_{line.pk}": "cut", f"allowed_{line.pk}": "2,000,000", f"reason_{line.pk}": "VAT"}
    staff.post(f"{theirs}step/", {"step": "lines"} | answer)
    assert "VAT" not in portal.get(own).content.decode()  # nothing is decided yet
    page = staff.get(theirs).content.decode()
    assert "₩1,000,000" in page
    assert "₩1,200,000 from the fund" in page
    assert "300 visitors" in page
    page = portal.get(own).content.decode()
    assert "₩1,200,000 from the fund" in page
    assert "stand.png" in page  # what was handed in is still there to be looked at
    staff.post(f"{theirs}step/", {"step": "settle", "note": ""})
    assert where(fund, seoul.partner) == {"settled": 1_000_000}
    assert where(fund, None) == {"pool": 4_000_000}
    page = portal.get(own).content.decode()
    assert "VAT" in page
    assert "₩1,000,000 paid" in page
    assert "₩1,200,000 from the fund" not in page
    assert "Cut: ₩2,000,000" in page


def test_what_stands_elsewhere_is_said_to_staff_and_never_to_the_partner(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    busan = admin_of(active(manufacturer, code="B1", name="Busan Dealer"))
    fund = fund_of(manager, is_common=True)
    mine, other = ask(seoul, fund, 1000), ask(busan, fund, 1000)
    with staff_scope(manufacturer.pk):
        for each in (mine, other):
            services.approve_request(each, by=manager)
    for member, each in ((busan, other), (seoul, mine)):
        invoice(member, each, 500, invoice_number="X-1")
    page = client_of(manager).get(f"{STAFF}requests/{mine.pk}/").content.decode()
    assert "The same invoice number stands in" in page
    assert other.reference in page
    page = client_of(seoul).get(f"{PORTAL}requests/{mine.pk}/").content.decode()
    assert "Busan" not in page
    assert other.reference not in page
    assert client_of(busan).get(f"{PORTAL}requests/{mine.pk}/").status_code == 404


def test_managers_of_other_partners_see_nothing_of_it(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1000)
    other = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    client = client_of(other)
    assert client.get(f"{STAFF}requests/{request.pk}/").status_code == 404
    page = client.get(f"{STAFF}budgets/{fund.pk}/").content.decode()
    assert "Seoul Agency" not in page
    assert "Seoul Agency" not in client.get(STAFF).content.decode()


def test_what_waits_is_said_on_the_home_pages(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1000)
    with staff_scope(manufacturer.pk):
        assert "1 request for funds waits" in [item.title for item in waiting_for(manager)]
        services.approve_request(request, by=manager)
    proved(seoul, request, 500)
    with staff_scope(manufacturer.pk):
        services.return_claim(request, by=manager, reason="More")
        assert not [item for item in waiting_for(manager) if "funds" in item.title]
        texts = [notice.kind for notice in Notice.objects.filter(recipient=seoul)]
        assert texts == ["campaigns.fund_answered", "campaigns.claim_answered"]
    page = client_of(seoul).get("/hanbit/portal/").content.decode()
    assert "More is asked for: Booth at the fair" in page


def test_pages_cost_the_same_however_many_there_are(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership, django_assert_max_num_queries: Any
) -> None:
    fund = fund_of(manager, is_common=True)
    staff, portal = client_of(manager), client_of(seoul)
    request = ask(seoul, fund, 1000)
    with staff_scope(manufacturer.pk):
        services.approve_request(request, by=manager)

    def costs() -> list[int]:
        found = []
        pages = (
            (staff, STAFF), (staff, f"{STAFF}budgets/"), (staff, f"{STAFF}budgets/{fund.pk}/"),
            (staff, f"{STAFF}requests/{request.pk}/"), (portal, PORTAL), (portal, f"{PORTAL}requests/{request.pk}/"),
        )  # fmt: skip
        for client, page in pages:
            with django_assert_max_num_queries(60) as seen:
                assert client.get(page).status_code == 200
            found.append(len(seen))
        return found

    invoice(seoul, request, 1)
    ask(seoul, fund, 1000, title="Another")
    costs()
    before = costs()
    for number in range(6):
        invoice(seoul, request, 2 + number)
        ask(admin_of(active(manufacturer)), fund, 1000)
        ask(seoul, fund, 1000, title=f"More {number}")
    assert costs() == before


def test_what_is_sent_twice_moves_money_once(
    manufacturer: Manufacturer, manager: Membership, owner: Membership
) -> None:
    fund = fund_of(manager, amount=1000)
    browser, url = client_of(manager), f"{STAFF}budgets/{fund.pk}/"

    def seen() -> str:
        found = re.search(r'name="seen" value="([0-9]+)"', browser.get(url).content.decode())
        assert found
        return found[1]

    def pool() -> Decimal:
        with staff_scope(manufacturer.pk):
            return FundBalance.objects.get(fund=fund, partner=None).pool

    more = {"step": "budget", "amount": "500", "note": "More", "seen": seen()}
    assert browser.post(f"{url}money/", more).status_code == 302
    again = browser.post(f"{url}money/", more)
    assert "You have moved money of this fund since this page was shown" in again.content.decode()
    assert pool() == 1500
    for unknown in ({}, {"seen": ""}, {"seen": "-1"}, {"seen": "1.5"}, {"seen": "9" * 19}):
        unseen = {key: value for key, value in more.items() if key != "seen"} | unknown
        for person in (manager, owner):
            refused = client_of(person).post(f"{url}money/", unseen)
            assert "You have moved money of this fund since this page was shown" in refused.content.decode()
    assert pool() == 1500

    # Whoever else saw the same page means it.
    assert client_of(owner).post(f"{url}money/", more).status_code == 302
    assert browser.post(f"{url}money/", more | {"seen": seen()}).status_code == 302
    assert pool() == 2500


def test_answers_to_a_claim_are_settled_with_it_and_stay_where_one_of_them_is_wrong(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 3000)
    with staff_scope(manufacturer.pk):
        services.approve_request(request, by=manager)
    proved(seoul, request, 1000, 1000, number="N-")
    with staff_scope(manufacturer.pk):
        first, second = ClaimLine.objects.order_by("pk")
    staff, url = client_of(manager), f"{STAFF}requests/{request.pk}/step/"
    said = {
        "step": "settle", "note": "Thank you", "reason": "", f"answer_{first.pk}": "approved",
        f"answer_{second.pk}": "cut", f"allowed_{second.pk}": "-5", f"reason_{second.pk}": "Without VAT",
    }  # fmt: skip
    answer = staff.post(url, said)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Say how much is accepted: more than nothing, and less than was claimed." in page
    for kept in ('value="-5"', 'value="Without VAT"', "Thank you</textarea>", 'value="cut"\n'):
        assert kept in page
    told = f"line-{second.pk}-error"  # said at the fields of that line, and at no others
    assert page.count(f'aria-invalid="true" aria-describedby="{told}"') == page.count('aria-invalid="true"') == 3
    assert page.count(f'<p class="field-error" id="{told}">') == page.count('class="field-error"') == 1
    with staff_scope(manufacturer.pk):
        assert [line.answer for line in ClaimLine.objects.order_by("pk")] == ["waiting", "waiting"]

    page = staff.post(url, said | {"step": "return"}).content.decode()  # nothing is said that is missing
    assert 'value="Without VAT"' in page
    assert "Thank you</textarea>" in page

    only_one = {key: value for key, value in said.items() if str(second.pk) not in key.split("_")[-1:]}
    page = staff.post(url, only_one).content.decode()
    assert "Answer every line first." in page
    assert "Thank you</textarea>" in page

    assert staff.post(url, said | {f"allowed_{second.pk}": "600"}).status_code == 302
    with staff_scope(manufacturer.pk):
        request.refresh_from_db()
        assert (request.state, request.settled) == ("settled", 800)
        assert [(line.answer, line.allowed) for line in ClaimLine.objects.order_by("pk")] == [
            ("approved", 1000),
            ("cut", 600),
        ]
    page = staff.post(url, said).content.decode()  # a colleague was faster
    assert "settled" in page


def test_an_answer_that_is_taken_back_is_not_paid(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 3000)
    with staff_scope(manufacturer.pk):
        services.approve_request(request, by=manager)
    proved(seoul, request, 1000, 1000, number="N-")
    staff, page = client_of(manager), f"{STAFF}requests/{request.pk}/"
    with staff_scope(manufacturer.pk):
        first, second = ClaimLine.objects.order_by("pk")
        services.answer_line(first, by=manager, answer="approved")
        services.answer_line(second, by=manager, answer="cut", allowed=Decimal(600), reason="Without VAT")

    def kept() -> list[tuple[str, Decimal | None, str]]:
        with staff_scope(manufacturer.pk):
            return list(ClaimLine.objects.order_by("pk").values_list("answer", "allowed", "reason"))

    taken_back = {"note": "", "reason": "", f"answer_{first.pk}": "approved", f"answer_{second.pk}": ""}
    refused = staff.post(f"{page}step/", taken_back | {"step": "settle"})
    assert refused.status_code == 200
    assert "Answer every line first." in refused.content.decode()
    assert refused.context["payable"] == 800  # half of 1000 and 600: nothing of it is kept
    assert kept() == [("approved", 1000, ""), ("cut", 600, "Without VAT")]
    assert where(fund, seoul.partner) == {"approved": 500, "claimed": 1000}

    assert staff.post(f"{page}step/", taken_back | {"step": "lines"}).status_code == 302
    assert kept() == [("approved", 1000, ""), ("waiting", None, "")]
    shown = staff.get(page)
    assert shown.context["payable"] == 500
    assert "The share of what was accepted in the answers kept so far" in shown.content.decode()
    assert "Answer every line first." in staff.post(f"{page}step/", taken_back | {"step": "settle"}).content.decode()
    assert where(fund, seoul.partner) == {"approved": 500, "claimed": 1000}


def test_what_a_partner_or_staff_typed_stays_where_a_step_is_refused(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 3000)
    page = client_of(manager).post(
        f"{STAFF}requests/{request.pk}/step/", {"step": "approve", "amount": "99000000", "note": "As we said"}
    )
    assert "Approve up to" in page.content.decode()
    assert "As we said</textarea>" in page.content.decode()
    with staff_scope(manufacturer.pk):
        services.approve_request(request, by=manager)
    url, portal = f"{PORTAL}requests/{request.pk}/step/", client_of(seoul)
    page = portal.post(url, {"step": "claim", "outcome": "300 visitors came"}).content.decode()
    assert "Add the invoices first" in page
    assert "300 visitors came</textarea>" in page
    invoice(seoul, request, 1000, invoice_number="N-1")
    again = {
        "step": "invoice", "what": "Booth again", "amount": "700", "currency": "KRW", "invoice_on": day(0),
        "invoice_number": "N 1", "supplier": "Expo Ltd", "file": picture(3),
    }  # fmt: skip
    page = portal.post(url, again).content.decode()
    assert "Invoice N 1 is in this claim already." in page
    assert 'value="Expo Ltd"' in page
    late = {"step": "longer", "until": day(900), "reason": "The hall is closed"}
    page = portal.post(url, late).content.decode()
    assert "Choose a day within a year." in page
    assert "The hall is closed" in page


def test_an_activity_retired_twice_is_retired_and_comes_back_by_its_own_button(
    manager: Membership, client_for: Any
) -> None:
    client = client_for(manager)
    address = f"/{manager.manufacturer.slug}/funds/activities/"
    assert client.get(address).status_code == 200
    with staff_scope(manager.manufacturer_id):
        fair = FundActivity.objects.get(code="fair")
    found = []
    for step in ("retire", "retire", "use_again", "use_again"):
        assert client.post(address, {step: fair.pk}).status_code == 302
        with staff_scope(manager.manufacturer_id):
            found.append(FundActivity.objects.get(code="fair").is_retired)
    assert found == [True, True, False, False]
    assert client.post(address, {"retire": "9" * 30}).status_code == 404
