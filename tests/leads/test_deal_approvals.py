"""Deals go along the approval line of their amount, to the last unit of money."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import Purpose, Request, Route, Step, Who
from approvals.selectors import routes
from approvals.services import Draft, DraftStep, decide, save_route
from leads.models import DEAL_SUBJECT, Protection
from leads.services import deals as services
from leads.services.deals import DealError
from prm_portal.demo_stories.lines import tell_lines
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import ExchangeRateFactory, MembershipFactory
from tests.leads.deals import active_partner, floors, rep_of, stored, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, code="A1", name="Seoul Agency"))


@pytest.fixture
def category(manufacturer: Manufacturer) -> Any:
    return floors(manufacturer, code="floors")


@pytest.fixture
def second(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER)


@pytest.fixture(autouse=True)
def lines(manufacturer: Manufacturer, owner: Membership, second: Membership) -> None:
    """From 50 million the owner decides; from 100 million another manager agrees before."""
    last = DraftStep(Purpose.DECIDE, Who.MEMBER, member=owner)
    agrees = DraftStep(Purpose.AGREE, Who.MEMBER, member=second)
    with staff_scope(manufacturer.pk):
        save_route(Draft(DEAL_SUBJECT, "Large", Decimal(50_000_000), Decimal(100_000_000), [last]))
        save_route(Draft(DEAL_SUBJECT, "Very large", Decimal(100_000_000), None, [agrees, last]))


@pytest.mark.parametrize(
    ("amount", "currency", "people"),
    [
        ("49999999.9999", "KRW", None),
        ("50000000", "KRW", ["owner"]),
        ("99999999.9999", "KRW", ["owner"]),
        ("100000000", "KRW", ["second", "owner"]),
        ("38461.53", "USD", None),  # 49,999,989
        ("38461.54", "USD", ["owner"]),  # 50,000,002
    ],
)
def test_the_amount_in_base_currency_says_who_is_asked(
    request: Any, manufacturer: Manufacturer, seoul: Membership, manager: Membership, category: Any, amount: str,
    currency: str, people: list[str] | None,
) -> None:  # fmt: skip
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", rate=Decimal(1300))
    deal = submitted(seoul, category, amount=Decimal(amount), currency=currency)
    with staff_scope(manufacturer.pk):
        deal = services.approve_deal(deal, by=manager)
        if people is None:
            assert (deal.state, Request.objects.count()) == ("approved", 0)
            return
        asked = Request.objects.get(kind=DEAL_SUBJECT, subject_id=deal.pk)
        steps = Step.objects.filter(request=asked).order_by("stage").values_list("member", flat=True)
        assert list(steps) == [request.getfixturevalue(name).pk for name in people]
        assert (deal.state, Protection.objects.count()) == ("submitted", 0)
        assert services.approve_deal(deal, by=manager).pk == deal.pk
        assert Request.objects.count() == 1
        for name in people:
            decide(asked, by=request.getfixturevalue(name), approve=True)
        assert (stored(deal).state, Protection.objects.get().deal_id) == ("approved", deal.pk)


def test_a_refusal_on_the_line_is_the_partners_answer_with_its_reason(
    manufacturer: Manufacturer, seoul: Membership, manager: Membership, owner: Membership, category: Any
) -> None:
    deal = submitted(seoul, category, amount=Decimal(60_000_000))
    with staff_scope(manufacturer.pk):
        services.approve_deal(deal, by=manager)
        decide(Request.objects.get(), by=owner, approve=False, comment="We sell there ourselves")
    assert (stored(deal).state, stored(deal).reason) == ("refused", "We sell there ourselves")


def test_a_place_taken_while_the_line_was_asked_is_said_to_who_decides_last(
    manufacturer: Manufacturer, seoul: Membership, manager: Membership, owner: Membership, category: Any
) -> None:
    busan = rep_of(active_partner(manufacturer, code="B1", name="Busan Dealer"))
    large, small = submitted(seoul, category, amount=Decimal(60_000_000)), submitted(busan, category, amount=Decimal(1))
    with staff_scope(manufacturer.pk):
        services.approve_deal(large, by=manager)
        services.approve_deal(small, by=manager)
        with pytest.raises(DealError, match="Busan Dealer is protected for this customer and product category"):
            decide(Request.objects.get(), by=owner, approve=True)
    assert (stored(large).state, stored(small).state) == ("submitted", "approved")


def test_the_demo_tells_of_its_lines_once(
    manufacturer: Manufacturer, seoul: Membership, manager: Membership, analyst: Membership, category: Any
) -> None:
    large, small = (
        submitted(seoul, category, customer_name=name, amount=Decimal(amount), phone=phone, email="")
        for name, amount, phone in (("대한호텔", 60_000_000, "02-1"), ("부산병원", 40_000_000, "051-2"))
    )
    with staff_scope(manufacturer.pk):
        Route.objects.all().delete()
        manufacturer.languages = ["ko"]
        for _twice in range(2):
            tell_lines(manufacturer, timezone.localdate())
        assert routes().count() == 3
        assert Request.objects.get().subject_id == large.pk
    assert stored(small).state == "submitted"
