"""Whatever is done with funds in whatever order: the balances are the sum of the entries, and nothing is below zero."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from campaigns.models import ClaimLine, FundBalance, FundEntry, FundRequest
from campaigns.services import funds as services
from campaigns.services.funds import FundError
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.funds import active, admin_of, ask, day, fund_of, ledger_differences, proved

STEPS = ("budget", "ask", "approve", "refuse", "withdraw", "claim", "return", "settle", "expire", "allot", "take")


def take_step(step: str, amount: int, place: int, scene: Any) -> None:
    fund, people, manager = scene
    member, requests = people[place % 2], list(FundRequest.objects.order_by("pk"))
    request = requests[place % len(requests)] if requests else None
    if step == "budget":
        services.change_budget(fund, Decimal(amount - 500), by=manager, note="")
    elif step == "ask":
        ask(member, fund, amount, title=f"{len(requests)}")
    elif step == "allot":
        services.allot(fund, member.partner, Decimal(amount), by=manager)
    elif step == "take":
        services.take_back(fund, member.partner, Decimal(amount), by=manager, note="")
    elif step == "expire":
        services.turn_funds(day(100))
    elif request is not None:
        own = next(each for each in people if each.partner_id == request.partner_id)
        if step == "approve":
            services.approve_request(request, by=manager, amount=Decimal(amount), note="Less")
        elif step == "refuse":
            services.refuse_request(request, by=manager, reason="No")
        elif step == "withdraw":
            services.withdraw_request(request, by=own)
        elif step == "claim":
            proved(own, request, amount)
        elif step == "return":
            services.return_claim(request, by=manager, reason="More")
        else:
            for line in ClaimLine.objects.filter(request=request):
                services.answer_line(line, by=manager, answer="approved")
            services.settle(request, by=manager)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_common=some.booleans(),
    steps=some.lists(
        some.tuples(some.sampled_from(STEPS), some.integers(1, 2000), some.integers(0, 5)), min_size=4, max_size=14
    ),
)
def test_the_ledger_always_adds_up(
    manufacturer: Manufacturer, manager: Membership, is_common: bool, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        partners = [active(manufacturer) for _ in range(2)]
        fund = fund_of(manager, 3000, is_common=is_common)
        scene = (fund, [admin_of(each) for each in partners], manager)
        with staff_scope(manufacturer.pk):
            for step, amount, place in steps:
                try:
                    with transaction.atomic():
                        take_step(step, amount, place, scene)
                except FundError:
                    continue
            assert ledger_differences() == []
            put_in = sum((row.amount if row.kind == "budget" else -row.amount)
                         for row in FundEntry.objects.filter(kind__in=["budget", "cut"]))  # fmt: skip
            assert put_in == sum(row.pool + row.given for row in FundBalance.objects.all())
            for request in FundRequest.objects.all():
                paid = sum(row.amount for row in FundEntry.objects.filter(request=request, kind="settle"))
                assert paid == (request.settled or 0) <= (request.approved or 0) <= request.asked
        transaction.set_rollback(True)
