import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import translation

from approvals.models import Request
from approvals.services import Draft, decide, save_route
from approvals.services import requests as deciding
from campaigns.audience_fields.funds import money_left
from campaigns.fund_money import cross_rate, share_of
from campaigns.kpis import fund_rows
from campaigns.models import (
    FUND_SUBJECT,
    ClaimLine,
    Fund,
    FundBalance,
    FundEntry,
    FundFile,
    FundRequest,
    FundStep,
)
from campaigns.partner_panels.funds import own_money
from campaigns.search_sources.funds import find_requests
from campaigns.selectors import funds as reading
from campaigns.services import funds as services
from campaigns.services.funds import FundError, clock
from campaigns.services.funds import requests as asking
from campaigns.services.funds.claims import look_of, number_key
from campaigns.services.funds.common import locked_request
from campaigns.timeline_sources.funds import requests
from commerce.models import SalesDay
from notices.models import Notice
from partners.models import QualificationType
from partners.services import qualifications
from partners.services.qualifications import Proof
from partners.timeline import Before
from tenancy.errors import DomainError
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.approvals.lines import decides
from tests.campaigns.funds import (
    TODAY,
    active,
    admin_of,
    ask,
    day,
    fund_of,
    invoice,
    ledger_differences,
    picture,
    proved,
    stored,
    where,
)
from tests.factories import ExchangeRateFactory, ManufacturerFactory, MembershipFactory
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return admin_of(active(manufacturer, code="A1", name="Seoul Agency"))


@pytest.fixture
def busan(manufacturer: Manufacturer) -> Membership:
    return admin_of(active(manufacturer, code="B1", name="Busan Dealer"))


def give(fund: Fund, to: Membership, amount: Any, *, by: Membership) -> None:
    with staff_scope(fund.manufacturer_id):
        services.allot(fund, to.partner, Decimal(amount), by=by)


def told(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))


def test_shares_are_rounded_once_and_rates_cross_exactly() -> None:
    assert share_of([(Decimal("333.33"), Decimal(1)), (Decimal("0.01"), Decimal(1))], Decimal(50), "USD") == Decimal(
        "166.67"
    )
    assert share_of([(Decimal("100"), Decimal("1350.5"))], Decimal("33.33"), "KRW") == Decimal(45012)
    assert cross_rate(Decimal("9.05"), Decimal(1350)) == Decimal("0.00670370")
    assert (number_key("INV-2026 / 07"), number_key("ｉｎｖ2026_07")) == ("INV202607", "INV202607")


def test_money_goes_from_the_fund_to_settled_and_the_rest_is_free_again(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager)
    give(fund, seoul, 3_000_000, by=manager)
    assert where(fund, None) == {"pool": 7_000_000}
    request = ask(seoul, fund, 3_000_000, 1_000_000)
    assert (request.asked, where(fund, seoul.partner)) == (2_000_000, {"free": 1_000_000, "reserved": 2_000_000})
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager, amount=Decimal(1_500_000), note="The booth alone.")
    assert where(fund, seoul.partner) == {"free": 1_500_000, "approved": 1_500_000}
    assert stored(request).claim_until == day(3 + 30)
    proved(seoul, request, 2_000_000, 400_000)
    assert where(fund, seoul.partner) == {"free": 1_500_000, "approved": 300_000, "claimed": 1_200_000}
    with staff_scope(fund.manufacturer_id):
        booth, extra = ClaimLine.objects.filter(request=request)
        with pytest.raises(FundError, match="Answer every line first"):
            services.settle(request, by=manager)
        services.answer_line(booth, by=manager, answer="cut", allowed=Decimal(1_800_000), reason="VAT is not paid.")
        services.answer_line(extra, by=manager, answer="refused", reason="Dinner.")
        services.settle(request, by=manager)
    assert where(fund, seoul.partner) == {"free": 2_100_000, "settled": 900_000}
    assert (stored(request).state, stored(request).settled) == ("settled", 900_000)
    assert told(seoul) == ["campaigns.money_given", "campaigns.fund_answered", "campaigns.claim_answered"]
    assert told(manager) == ["campaigns.fund_asked", "campaigns.fund_claimed"]
    with staff_scope(fund.manufacturer_id):
        assert ledger_differences() == []
        steps = FundStep.objects.filter(request=request).order_by("pk").values_list("state", flat=True)
        assert list(steps) == ["submitted", "approved", "claimed", "settled"]


def test_a_claim_is_returned_for_more_and_handed_in_again(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1_000_000, ends_on=day(0))
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
    request = proved(seoul, request, 900_000, number="A-1")
    with staff_scope(fund.manufacturer_id):
        with pytest.raises(FundError, match="Say what is missing"):
            services.return_claim(request, by=manager, reason=" ")
        services.return_claim(request, by=manager, reason="The second invoice, please.")
    assert where(fund, seoul.partner) == {"approved": 500_000}
    with pytest.raises(FundError, match="Invoice a1/0 is in this claim already"):
        invoice(seoul, request, 5, invoice_number="a1/0")
    invoice(seoul, request, 300_000, invoice_number="A-2")
    with partner_scope(fund.manufacturer_id, seoul.partner_id or 0):
        services.hand_in_claim(request, by=seoul)
        services.hand_in_claim(request, by=seoul)  # a second click
    assert where(fund, seoul.partner) == {"claimed": 500_000}  # 600,000 is half of it: no more than approved
    with staff_scope(fund.manufacturer_id):
        for line in ClaimLine.objects.filter(request=request):
            services.answer_line(line, by=manager, answer="approved")
        services.settle(request, by=manager)
    assert (where(fund, seoul.partner), where(fund, None)) == ({"settled": 500_000}, {"pool": 9_500_000})


def test_what_is_refused_or_withdrawn_goes_back_to_where_it_came_from(
    manager: Membership, seoul: Membership, busan: Membership
) -> None:
    fund = fund_of(manager, is_common=True, cap=Decimal(800_000))
    request, other = ask(seoul, fund, 1_000_000), ask(busan, fund, 600_000)
    assert where(fund, None) == {"pool": 9_200_000}
    with staff_scope(fund.manufacturer_id):
        with pytest.raises(FundError, match="Say why"):
            services.refuse_request(request, by=manager, reason="")
        services.refuse_request(request, by=manager, reason="Not this year.")
        services.approve_request(other, by=manager)
    with partner_scope(fund.manufacturer_id, busan.partner_id or 0):
        services.withdraw_request(other, by=busan)
    assert where(fund, None) == {"pool": 10_000_000}
    assert (stored(request).state, stored(other).state) == ("refused", "withdrawn")
    with pytest.raises(FundError, match=r"This would take ₩900,000, and ₩800,000 is left for you in “Spring”"):
        ask(seoul, fund, 1_800_000)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "print"}, "does not pay for this activity"),
        ({"starts_on": day(-31)}, "pays for what takes place from"),
        ({"ends_on": day(151)}, "pays for what takes place from"),
        ({"ends_on": day(-1)}, "The end lies before the start"),
        ({"currency": "USD"}, r"No exchange rate for USD is known on .*\. Use KRW, EUR, JPY, or ask the manufacturer"),
    ],
)
def test_what_does_not_fit_the_rules_is_refused_with_a_sentence(
    manager: Membership, seoul: Membership, fields: Any, sentence: str
) -> None:
    fund = fund_of(manager, is_common=True, activities=["fair"])
    for currency, since in (("JPY", -9), ("EUR", -9), ("GBP", 1)):
        ExchangeRateFactory(manufacturer=manager.manufacturer, currency=currency, date=day(since), rate=Decimal(9))
    with pytest.raises(FundError, match=sentence):
        ask(seoul, fund, 1000, **fields)
    assert where(fund, None) == {"pool": 10_000_000}


def test_only_those_for_whom_it_is_ask_and_only_in_time(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    ended = admin_of(active(manufacturer, code="E1", name="Ended"))
    with staff_scope(manufacturer.pk):
        type(ended.partner).objects.filter(pk=ended.partner_id).update(stage="ended")
    with pytest.raises(FundError, match="is not for your company"):
        ask(ended, fund, 1000)
    with staff_scope(manufacturer.pk):
        Fund.objects.update(request_until=day(-1))
    with pytest.raises(FundError, match="takes no requests any more"):
        ask(seoul, fund, 1000)
    with pytest.raises(FundError, match="asked for by partners"):
        ask(manager, fund, 1000)


def test_another_currency_counts_by_the_rate_of_its_day(manager: Membership, seoul: Membership) -> None:
    for date, rate in ((day(-10), 1300), (day(-1), 1400)):
        ExchangeRateFactory(manufacturer=manager.manufacturer, currency="USD", date=date, rate=Decimal(rate))
    fund = fund_of(manager, is_common=True, share=Decimal("33.33"))
    request = ask(seoul, fund, "1000.50", currency="USD", starts_on=day(-20))
    assert (request.asked, request.asked_base) == (Decimal(466_853), Decimal(466_853))  # 1000.50 x 1400 x 33.33 %
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
    line = invoice(seoul, request, "900.10", currency="USD", invoice_on=day(-5))
    own = invoice(seoul, request, 200_000, currency="KRW")
    assert (line.rate, own.rate) == (1300, 1)
    with staff_scope(fund.manufacturer_id):
        request = stored(request)
        lines = list(ClaimLine.objects.filter(request=request))
        assert reading.claim_value(request, lines, allowed=False) == Decimal(456_664)  # (1,170,130 + 200,000) x 33.33 %


def test_a_currency_with_three_decimals_is_paid_to_the_last(manager: Membership, seoul: Membership) -> None:
    ExchangeRateFactory(manufacturer=manager.manufacturer, currency="KWD", date=day(-10), rate=Decimal("4400.1"))
    fund = fund_of(manager, is_common=True, share=Decimal("33.33"), currency="KWD")
    request = ask(seoul, fund, "1000.505", currency="KWD")
    assert request.asked == Decimal("333.468")  # 333.4683
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
    request = proved(seoul, request, "0.005", "900.105")
    with staff_scope(fund.manufacturer_id):
        small, large = ClaimLine.objects.filter(request=request).order_by("amount")
        services.answer_line(small, by=manager, answer="approved")
        with pytest.raises(FundError, match="Amounts in KWD have 3 decimals at most"):
            services.answer_line(large, by=manager, answer="cut", allowed=Decimal("0.0005"), reason="Too much.")
        services.answer_line(large, by=manager, answer="cut", allowed=Decimal("900.001"), reason="Too much.")
        assert services.settle(stored(request), by=manager).settled == Decimal("299.972")  # 299.9720
        assert ledger_differences() == []


@pytest.mark.parametrize(
    ("currency", "amount", "says"),
    [
        ("KRW", "1000.5", "Amounts in KRW have no decimals."),
        ("JPY", "1000.01", "Amounts in JPY have no decimals."),
        ("USD", "1000.001", "Amounts in USD have 2 decimals at most."),
        ("KWD", "1000.0001", "Amounts in KWD have 3 decimals at most."),
    ],
)
def test_what_no_coin_pays_is_on_no_invoice(
    manager: Membership, seoul: Membership, currency: str, amount: str, says: str
) -> None:
    for code in ("JPY", "USD", "KWD"):
        ExchangeRateFactory(manufacturer=manager.manufacturer, currency=code, date=day(-10), rate=Decimal(10))
    fund = fund_of(manager, is_common=True)
    with pytest.raises(FundError, match=says):
        ask(seoul, fund, "1000", amount, currency=currency)
    request = ask(seoul, fund, "1000000")
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
    with pytest.raises(FundError, match=says):
        invoice(seoul, request, amount, currency=currency)
    invoice(seoul, request, str(int(float(amount))) + ".0000", currency=currency)


def test_the_amount_in_base_currency_says_who_is_asked(
    manager: Membership, owner: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    small, large = ask(seoul, fund, 999_999), ask(seoul, fund, 1_000_000, title="Larger")
    with staff_scope(fund.manufacturer_id):
        save_route(Draft(FUND_SUBJECT, "From half a million", Decimal(500_000), None, [decides(owner)]))
        # 499,999.5 is paid as 500,000: half of a won goes up.
        services.approve_request(small, by=manager, amount=Decimal(499_999), note="Rounded.")
        services.approve_request(large, by=manager)
        services.approve_request(large, by=manager)
        assert (stored(small).state, stored(large).state) == ("approved", "submitted")
        decide(Request.objects.get(kind=FUND_SUBJECT, subject_id=large.pk), by=owner, approve=True)
        assert (stored(large).state, stored(large).approved) == ("approved", 500_000)


def test_a_refused_approval_refuses_the_request(manager: Membership, owner: Membership, seoul: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1_000_000)
    with staff_scope(fund.manufacturer_id):
        save_route(Draft(FUND_SUBJECT, "All", steps=[decides(owner)]))
        services.approve_request(request, by=manager)
        decide(Request.objects.get(), by=owner, approve=False, comment="Too early.")
    assert (stored(request).state, stored(request).reason) == ("refused", "Too early.")
    assert where(fund, None) == {"pool": 10_000_000}


def test_the_clock_reminds_once_expires_and_takes_back_what_is_left(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager)
    give(fund, seoul, 2_000_000, by=manager)
    request, late = ask(seoul, fund, 1_000_000), ask(seoul, fund, 600_000, title="Later")
    with staff_scope(fund.manufacturer_id):
        for each in (request, late):
            services.approve_request(each, by=manager)
        services.turn_funds(day(33 - 14))
        services.turn_funds(day(33 - 14))
        assert told(seoul).count("campaigns.claim_due") == 2
        services.extend(late, by=manager, until=day(60), reason="The fair was moved.")
        services.turn_funds(day(33))
        assert stored(request).state == "approved"
        services.turn_funds(day(34))
        services.turn_funds(day(34))
        assert (stored(request).state, stored(late).state) == ("expired", "approved")
        assert where(fund, seoul.partner) == {"free": 1_700_000, "approved": 300_000}
        Fund.objects.update(ends_on=day(40), request_until=day(40))
        services.turn_funds(day(41))
        services.turn_funds(day(41))
    assert where(fund, seoul.partner) == {"approved": 300_000}
    assert where(fund, None) == {"pool": 9_700_000}
    assert told(seoul).count("campaigns.claim_expired") == 1


def test_a_later_day_is_asked_for_and_decided(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1_000_000)
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
    with partner_scope(fund.manufacturer_id, seoul.partner_id or 0):
        with pytest.raises(FundError, match="Choose a later day"):
            services.ask_longer(request, by=seoul, until=day(33), why="x")
        services.ask_longer(request, by=seoul, until=day(50), why="The invoice is late.")
    with staff_scope(fund.manufacturer_id):
        services.turn_funds(day(40))
        assert stored(request).state == "approved"  # nobody has answered yet
        services.refuse_longer(request, by=manager, reason="The year ends.")
        assert stored(request).wanted_until is None
        services.turn_funds(day(40))
    assert stored(request).state == "expired"


def test_a_later_day_asked_for_while_the_clock_goes_keeps_the_money(
    manager: Membership, seoul: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1_000_000)

    def asked_meanwhile(pk: int) -> tuple[Fund, FundRequest]:
        FundRequest.objects.filter(pk=pk).update(wanted_until=day(60))
        return locked_request(pk)

    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
        monkeypatch.setattr(clock, "locked_request", asked_meanwhile)
        assert clock.expire_claims(day(40)) == 0
    assert stored(request).state == "approved"


def test_the_same_invoice_is_found_across_partners_and_only_by_staff(
    manager: Membership, seoul: Membership, busan: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    mine, other = ask(seoul, fund, 1_000_000), ask(busan, fund, 1_000_000, title="Busan fair")
    with staff_scope(fund.manufacturer_id):
        for each in (mine, other):
            services.approve_request(each, by=manager)
        line = mine.lines.get()
    invoice(busan, other, 700_000, invoice_number="TX-88", invoice_on=day(-2), upload=picture(1))
    invoice(busan, other, 123_456, invoice_on=day(-3), invoice_number="Z9")
    invoice(seoul, mine, 500_000, invoice_number="tx 88", line=line)
    invoice(seoul, mine, 123_456, invoice_on=day(-3), invoice_number="Q1")
    invoice(seoul, mine, 500_001, upload=picture(1, size=144), line=line, invoice_on=day(-1))
    invoice(seoul, mine, 7, upload=picture(2), invoice_on=day(-200))
    with staff_scope(fund.manufacturer_id):
        lines = list(ClaimLine.objects.filter(request=mine).select_related("line").order_by("pk"))
        flags = reading.flags_of(stored(mine), lines)
    found = [[(flag.kind, flag.other and flag.other.pk, flag.more) for flag in flags.get(row.pk, [])] for row in lines]
    assert found == [
        [("same_number", other.pk, 0)],
        [("same_amount", other.pk, 0)],
        [("alike_file", other.pk, 0), ("over_plan", None, 1)],
        [("not_in_period", None, 0)],
    ]
    with partner_scope(fund.manufacturer_id, seoul.partner_id or 0):
        assert set(FundRequest.objects.values_list("pk", flat=True)) == {mine.pk}
        assert not ClaimLine.objects.exclude(request=mine).exists()
        assert not FundFile.objects.exclude(request=mine).exists()
        assert not FundEntry.objects.exclude(partner=seoul.partner_id).exists()
        assert not FundBalance.objects.exclude(partner=seoul.partner_id).exists()


def test_pictures_are_alike_by_what_they_show() -> None:
    same = [look_of(picture(1)), look_of(picture(1, size=288))]
    assert same[0] == same[1] != look_of(picture(2))


def test_files_that_are_not_what_they_say_are_refused(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1000)
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
    with partner_scope(fund.manufacturer_id, seoul.partner_id or 0):
        for name, content in (("page.html", b"<script>"), ("photo.png", b"<script>"), ("scan.pdf", b"")):
            with pytest.raises(ValidationError):
                services.add_proof(request, SimpleUploadedFile(name, content), by=seoul)
        with pytest.raises(FundError, match="Add the invoices first"):
            services.hand_in_claim(request, by=seoul)
        invoice(seoul, request, 10)
        with pytest.raises(FundError, match="Add a photo"):
            services.hand_in_claim(request, by=seoul)


def test_who_may_not_is_refused(manager: Membership, analyst: Membership, seoul: Membership, busan: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1000)
    with staff_scope(fund.manufacturer_id):
        for step in (
            lambda: services.approve_request(request, by=analyst),
            lambda: services.refuse_request(request, by=analyst, reason="x"),
            lambda: services.change_budget(fund, Decimal(5), by=analyst, note=""),
            lambda: services.approve_request(request, by=seoul),
        ):
            with pytest.raises(FundError, match="does not allow deciding"):
                step()
        services.approve_request(request, by=manager)
        with pytest.raises(FundError, match="Only Seoul Agency can do this"):
            services.withdraw_request(request, by=busan)
    viewer = admin_of(seoul.partner)
    viewer.role = Role.PARTNER_REP
    with pytest.raises(FundError, match="asked for by partners"):
        ask(viewer, fund, 1000, title="Another")


def test_budgets_are_not_cut_below_what_is_given(manager: Membership, seoul: Membership, busan: Membership) -> None:
    fund = fund_of(manager, cap=Decimal(6_000_000))
    with staff_scope(fund.manufacturer_id):
        assert services.allot_audience(fund, Decimal(4_000_000), by=manager) == 2
        with pytest.raises(FundError, match="Every partner"):
            services.allot_audience(fund, Decimal(1), by=manager)
        with pytest.raises(FundError, match="₩3,000,000 is needed, and only ₩2,000,000"):
            services.allot(fund, seoul.partner, Decimal(3_000_000), by=manager)
        services.change_budget(fund, Decimal(1_000_000), by=manager, note="More")
        with pytest.raises(FundError, match="would have more than the ₩6,000,000"):
            services.allot(fund, seoul.partner, Decimal(3_000_000), by=manager)
        with pytest.raises(FundError, match="Only ₩3,000,000"):
            services.change_budget(fund, Decimal(-3_000_001), by=manager, note="Less")
        services.change_budget(fund, Decimal(-3_000_000), by=manager, note="Less")
        services.take_back(fund, busan.partner, Decimal(500_000), by=manager, note="Unused")
        fund.currency = "USD"
        with pytest.raises(FundError, match="in KRW: that stays"):
            services.save_fund(fund, by=manager)
    assert (where(fund, None), where(fund, busan.partner)) == ({"pool": 500_000}, {"free": 3_500_000})


# --- The ledger -------------------------------------------------------------------------------------------------------


def entry(fund: Fund, partner: Any, kind: str, source: str, target: str, amount: Any, request: Any = None) -> None:
    FundEntry.objects.create(
        fund=fund, partner=partner, request=request, kind=kind, source=source, target=target, amount=Decimal(amount)
    )


@pytest.mark.parametrize(
    ("kind", "source", "target", "amount", "constraint"),
    [
        ("cut", "pool", "outside", 10_000_001, "fund_balance_pool_not_below_zero"),
        ("reserve", "free", "reserved", 1_000_001, "fund_balance_free_not_below_zero"),
        ("settle", "claimed", "settled", 1, "fund_balance_claimed_not_below_zero"),
        ("settle", "free", "settled", 1, "fund_entry_known_move"),
        ("allot", "pool", "free", -1, "fund_entry_above_zero"),
    ],
)
def test_the_database_lets_no_balance_fall_below_zero(
    manager: Membership, seoul: Membership, kind: str, source: str, target: str, amount: int, constraint: str
) -> None:
    fund = fund_of(manager)
    give(fund, seoul, 1_000_000, by=manager)
    owner = None if kind == "cut" else seoul.partner
    with staff_scope(fund.manufacturer_id), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        entry(fund, owner, kind, source, target, amount)
    assert where(fund, seoul.partner) == {"free": 1_000_000}


def test_no_request_gives_more_than_stands_for_it(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    small, _large = ask(seoul, fund, 1000), ask(seoul, fund, 100_000, title="Larger")
    with staff_scope(fund.manufacturer_id):
        with pytest.raises(IntegrityError, match="more than stands for it"), transaction.atomic():
            entry(fund, seoul.partner, "approve", "reserved", "approved", 501, small)
        entry(fund, seoul.partner, "approve", "reserved", "approved", 500, small)


def test_nobody_changes_an_entry_or_a_balance(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager)
    with staff_scope(fund.manufacturer_id):
        for change in (
            lambda: FundEntry.objects.update(amount=1),
            lambda: FundEntry.objects.all().delete(),
            lambda: FundBalance.objects.update(pool=1),
            lambda: FundBalance.objects.create(fund=fund, partner=seoul.partner, free=1),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()
    with (
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="neither changed nor"),
        transaction.atomic(),
    ):
        cursor.execute("SET LOCAL ROLE prm_owner")
        cursor.execute("UPDATE campaigns_fundentry SET amount = 1")


def test_of_two_who_ask_for_the_last_money_one_gets_it(transactional_db: None) -> None:
    maker = ManufacturerFactory(slug="hanbit", name="Hanbit")
    manager = MembershipFactory(manufacturer=maker, role=Role.MANAGER)
    people = [admin_of(active(maker, code=code, name=code)) for code in ("A1", "B1")]
    fund = fund_of(manager, 1_000_000, is_common=True)

    def asking(member: Membership) -> Any:
        def work() -> str:
            with translation.override("en"):
                return str(ask(member, fund, 1_600_000).asked)

        return work

    answers = sorted(map(str, at_once(*map(asking, people))))
    assert answers == [
        "800000",
        "This would take ₩800,000, and ₩200,000 is left for you in “Spring”.",
    ]
    assert where(fund, None) == {"pool": 200_000}


def test_two_who_settle_at_once_pay_once(transactional_db: None) -> None:
    maker = ManufacturerFactory(slug="hanbit", name="Hanbit")
    manager, second = (MembershipFactory(manufacturer=maker, role=Role.MANAGER) for _ in range(2))
    seoul = admin_of(active(maker, code="A1", name="A1"))
    fund = fund_of(manager, 1_000_000, is_common=True)
    request = ask(seoul, fund, 1_000_000)
    with staff_scope(maker.pk):
        services.approve_request(request, by=manager)
    proved(seoul, request, 1_000_000)
    with staff_scope(maker.pk):
        services.answer_line(ClaimLine.objects.get(), by=manager, answer="approved")

    def settling(by: Membership) -> Any:
        def work() -> str:
            with staff_scope(maker.pk):
                return services.settle(request, by=by).state

        return work

    answers = sorted(map(str, at_once(settling(manager), settling(second))))
    assert answers == ["This request is at “Settled” already.", "settled"]
    assert where(fund, seoul.partner) == {"settled": 500_000}


@pytest.mark.parametrize("other", ["approve", "decide"])
def test_who_says_yes_and_who_refuses_at_once_do_not_lock_each_other_out(
    transactional_db: None, monkeypatch: Any, other: str
) -> None:
    maker = ManufacturerFactory(slug="hanbit", name="Hanbit")
    manager, second = (MembershipFactory(manufacturer=maker, role=Role.MANAGER) for _ in range(2))
    seoul = admin_of(active(maker, code="A1", name="A1"))
    request = ask(seoul, fund_of(manager, 1_000_000, is_common=True), 1_000_000)
    with staff_scope(maker.pk):
        save_route(Draft(FUND_SUBJECT, "All", steps=[decides(second)]))
        if other == "decide":
            services.approve_request(request, by=manager)

    def slow(step: Any) -> Any:
        def work(*args: Any, **kwargs: Any) -> Any:
            done = step(*args, **kwargs)
            time.sleep(0.3)
            return done

        return work

    monkeypatch.setattr(asking, "locked_request", slow(asking.locked_request))
    monkeypatch.setattr(asking, "withdraw_approval", slow(asking.withdraw_approval))
    monkeypatch.setattr(deciding, "_locked", slow(deciding._locked))

    def yes() -> str:
        with staff_scope(maker.pk):
            if other == "approve":
                return services.approve_request(request, by=manager).state
            return str(decide(Request.objects.get(), by=second, approve=True).state)

    def no() -> str:
        with staff_scope(maker.pk):
            return services.refuse_request(request, by=manager, reason="No").state

    assert all(isinstance(answer, (str, DomainError)) for answer in at_once(yes, no))
    with staff_scope(maker.pk):
        assert FundRequest.objects.get().state in ("refused", "approved")
        assert not Request.objects.filter(state="open").exists()


def test_orders_around_an_activity_are_told_beside_those_before(manager: Membership, seoul: Membership) -> None:
    fund = fund_of(manager, is_common=True)
    request = ask(seoul, fund, 1000, starts_on=day(-10), ends_on=day(-5))
    with staff_scope(fund.manufacturer_id):
        services.approve_request(request, by=manager)
        for offset, amount in ((-22, 1), (-21, 20), (-11, 40), (-10, 300), (0, 500)):
            SalesDay.objects.create(
                partner=seoul.partner, date=day(offset), amount_base=amount, returns_base=0, orders=1, lines=1,
                return_lines=0,
            )  # fmt: skip
        found = reading.brought(stored(request), today=TODAY)
        assert found is not None
        assert (found.number, found.amount, found.number_before, found.amount_before) == (2, 800, 2, 60)
        assert (found.more, found.is_over, found.answers) == (740, False, None)
        assert reading.brought(stored(request), today=day(-10) - dt.timedelta(days=1)) is None


def test_the_rest_of_the_portal_learns_of_it(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager)
    give(fund, seoul, 1_000_000, by=manager)
    request = ask(seoul, fund, 1_000_000)
    with staff_scope(manufacturer.pk):
        services.approve_request(request, by=manager)
    proved(seoul, request, 500_000)
    with staff_scope(manufacturer.pk):
        services.answer_line(ClaimLine.objects.get(), by=manager, answer="approved")
        services.settle(request, by=manager)
        sql, facts = fund_rows(day(1), seoul.partner_id or 0, seoul.partner_id or 0)
        with connection.cursor() as cursor:
            cursor.execute(sql, facts)
            assert cursor.fetchall()[0][1] in ({"fund_use": "25"}, '{"fund_use": "25"}')
        partners = type(seoul.partner).objects.annotate(left=money_left()).values_list("left", flat=True)
        assert list(partners.filter(pk=seoul.partner_id)) == [750_000.0]
        entries = requests(seoul.partner_id or 0, Before(), 5)
        assert [(entry.title, entry.text) for entry in entries] == [
            (f"Funds {request.reference}: Booth at the fair", "Settled")
        ]
        assert [found.title for found in find_requests(manager, "booth seoul", 5)] == ["Booth at the fair"]
        assert find_requests(manager, "busan", 5) == []
        assert own_money(manager, seoul.partner)["balances"][0].settled == 250_000


def test_who_lacks_what_marketing_money_asks_for_is_told_so(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    with staff_scope(manufacturer.pk):
        kind = QualificationType.objects.create(code="event", names={"en": "Event planner"}, guards=["funds"])
    with pytest.raises(FundError, match=r"may not ask for marketing money now\. Event planner: nobody"):
        ask(seoul, fund, 1000)
    with staff_scope(manufacturer.pk):
        assert not FundRequest.objects.exists()
        qualifications.grant(kind, seoul, Proof(qualifications.house_day(), None, "K7QM"))
    assert ask(seoul, fund, 1000).asked > 0
