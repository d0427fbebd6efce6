"""What ends and what is late: partnerships with open requests, answers that staff owe, claims that are to be looked at."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from campaigns.models import FundRequest
from campaigns.selectors.fund_flags import flagged_requests, late_requests
from campaigns.services import funds as services
from notices.models import Notice
from partners.ending import what_ends
from partners.merging import obstacles
from partners.models import Partner, Stage
from partners.services.lifecycle import set_stage, take_end_back
from partners.services.merging import MergeError, merge_partners
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.funds import active, admin_of, ask, day, fund_of, invoice, proved, stored, where

pytestmark = pytest.mark.django_db


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return admin_of(active(manufacturer, code="A1", name="Seoul Agency"))


def test_the_end_of_a_partnership_closes_what_is_not_done_and_takes_back_what_is_left(
    manufacturer: Manufacturer, manager: Membership, owner: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager)
    assert seoul.partner is not None
    with staff_scope(manufacturer.pk):
        services.allot(fund, seoul.partner, Decimal(3_000_000), by=manager)
    asked, approved, claimed = (ask(seoul, fund, 1_000_000, title=title) for title in ("Asked", "Approved", "Claimed"))
    with staff_scope(manufacturer.pk):
        for each in (approved, claimed):
            services.approve_request(each, by=manager)
    proved(seoul, claimed, 800_000)
    with staff_scope(manufacturer.pk):
        partner = Partner.objects.get(pk=seoul.partner_id)
        assert [sentence for sentence in what_ends(partner) if "funds" in sentence] == [
            "2 requests for funds are withdrawn.",
            "1 claim on funds is still to be checked and settled.",
            "What it has left of funds goes back into them.",
        ]
        set_stage(partner, Stage.ENDED, by=owner)
    assert [stored(each).state for each in (asked, approved, claimed)] == ["withdrawn", "withdrawn", "claimed"]
    assert stored(asked).reason == "The partnership ended."
    assert where(fund, partner) == {"claimed": 400_000, "approved": 100_000}
    with staff_scope(manufacturer.pk):
        taken = take_end_back(Partner.objects.get(pk=partner.pk), by=owner)
    assert "2 requests for funds were withdrawn and are to be handed in anew." in taken.problems


def test_staff_are_warned_before_an_answer_is_due_and_told_once_when_it_is_late(
    manufacturer: Manufacturer, manager: Membership, owner: Membership, seoul: Membership
) -> None:
    request = ask(seoul, fund_of(owner, is_common=True, answer_days=5), 1000)
    with staff_scope(manufacturer.pk):
        assert (stored(request).answer_until, stored(request).is_late) == (day(5), False)
        for turn in (3, 4, 4, 5, 6, 6, 7):
            services.turn_funds(day(turn))
        kinds = ["campaigns.fund_answer_due", "campaigns.fund_answer_late"]
        told = Notice.objects.filter(kind__in=kinds).order_by("pk").values_list("recipient", "kind")
        assert list(told.filter(recipient=manager)) == [(manager.pk, kind) for kind in kinds]
        assert list(told.filter(recipient=owner)) == [(owner.pk, kinds[1])]  # whose fund it is
        assert not late_requests(FundRequest.objects.all()).exists()
        FundRequest.objects.update(asked_at=timezone.now() - dt.timedelta(days=7))
        assert late_requests(FundRequest.objects.all()).get().is_late
        services.approve_request(request, by=manager)
        assert not late_requests(FundRequest.objects.all()).exists()
        assert stored(request).answer_until is None


def test_claims_with_something_against_them_can_be_listed(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    plain, over, twin, early = (ask(seoul, fund, 1000, title=title) for title in ("Plain", "Over", "Twin", "Early"))
    with staff_scope(manufacturer.pk):
        for each in (plain, over, twin, early):
            services.approve_request(each, by=manager)
        planned = over.lines.get()
    invoice(seoul, plain, 900, invoice_number="X-1")
    invoice(seoul, over, 1100, line=planned)
    invoice(seoul, early, 800, invoice_on=day(-100))
    with staff_scope(manufacturer.pk):
        FundRequest.objects.update(state="claimed")
        assert set(flagged_requests(FundRequest.objects.all())) == {over, early}
        FundRequest.objects.filter(pk=twin.pk).update(state="approved")
    invoice(seoul, twin, 700, invoice_number="X 1")
    with staff_scope(manufacturer.pk):
        FundRequest.objects.filter(pk=twin.pk).update(state="claimed")
        assert set(flagged_requests(FundRequest.objects.all())) == {plain, over, twin, early}
        FundRequest.objects.update(state="settled")
        assert not flagged_requests(FundRequest.objects.all()).exists()


def test_a_record_with_money_to_claim_is_not_merged_away(
    manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund, stays = fund_of(manager), active(manufacturer, code="A2", name="Seoul Agency Ltd")
    assert seoul.partner is not None
    with staff_scope(manufacturer.pk):
        services.allot(fund, seoul.partner, Decimal(1_000_000), by=manager)
    request = ask(seoul, fund, 1_000_000)
    with staff_scope(manufacturer.pk):
        with pytest.raises(MergeError) as refused:
            merge_partners(stays, seoul.partner)
        assert "has 1 request for funds under way, which nobody could claim afterwards" in str(refused.value)
        assert "or have it settled or withdrawn first" in str(refused.value)
        assert "has money of a fund left" in str(refused.value)
        services.refuse_request(request, by=manager, reason="Not now")
        services.take_back(fund, seoul.partner, Decimal(1_000_000), by=manager, note="To the other record")
        merge_partners(stays, seoul.partner)
        assert Partner.objects.get(pk=seoul.partner_id).merged_into_id == stays.pk


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        ("submitted", True), ("approved", True), ("claimed", True), ("returned", True),
        ("settled", False), ("refused", False), ("withdrawn", False), ("expired", False),
    ],
)  # fmt: skip
def test_a_claim_that_may_come_back_holds_its_record(
    state: str, is_open: bool, manufacturer: Manufacturer, manager: Membership, seoul: Membership
) -> None:
    fund = fund_of(manager, is_common=True)
    for title in ("Fair", "Films"):
        ask(seoul, fund, 1000, title=title)
    assert seoul.partner is not None
    with staff_scope(manufacturer.pk):
        FundRequest.objects.update(state=state)
        said = obstacles(seoul.partner)
    asked = "has 2 requests for funds under way, which nobody could claim afterwards"
    assert [asked in each and "have them settled or withdrawn first" in each for each in said] == [True] * is_open
