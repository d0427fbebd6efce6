"""Agreements: exact states and days, the hash, both sides' rights, what the calendar does."""

import datetime as dt
import hashlib
from typing import Any

import pytest

from partners.models import Activity, Agreement
from partners.selectors import Obstacle, may, may_many
from partners.services import create_agreement
from tenancy.rls import partner_scope, staff_scope
from tests.partners.agreements import accept, agreement_type, paper, paper_type, running, sent

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def in_staff_scope(
    manufacturer: Any, partner_admin: Any, rep: Any, sibling_rep: Any, owner: Any, manager: Any, analyst: Any
) -> Any:
    """People are made outside any scope, so all of them before it is entered."""
    with staff_scope(manufacturer.pk):
        yield


def reread(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


def test_an_agreement_is_made_sent_and_accepted(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    agreement = create_agreement(partner, agreement_type(term_months=12), starts_on=DAY, language="en")
    assert (agreement.state, agreement.starts_on, agreement.ends_on) == ("draft", DAY, dt.date(2027, 2, 28))
    assert agreement.text == (
        "# Dealer agreement\n\nBetween Hanbit and Seoul Agency, from March 1, 2026 until February 28, 2027.\n"
    )
    assert agreement.text_sha256 == hashlib.sha256(agreement.text.encode()).hexdigest()

    with partner_scope(partner.manufacturer_id, partner.pk):
        assert not Agreement.objects.exists()  # a draft is the manufacturer's own

    agreement = sent(partner, agreement.type, DAY)
    assert accept(agreement, partner_admin) is True
    now = reread(agreement)
    assert (now.state, now.accepted_by_id, now.accepted_name, now.accepted_role, now.accepted_address) == (
        "accepted", partner_admin.pk, "Kim Min-su", "CEO", "203.0.113.9",
    )  # fmt: skip
    assert [now.runs_on(day) for day in (DAY - dt.timedelta(1), DAY, dt.date(2027, 2, 28), dt.date(2027, 3, 1))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_accepting_twice_gives_one_acceptance(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    agreement = sent(partner, agreement_type(), DAY)
    assert accept(agreement, partner_admin) is True
    first = reread(agreement)
    assert accept(agreement, partner_admin) is False
    assert reread(agreement).accepted_at == first.accepted_at


def test_may_of_a_partner(in_staff_scope: None, partner: Any, sibling: Any, partner_admin: Any, owner: Any) -> None:
    assert may(partner, Activity.LEADS).allowed
    kind = agreement_type(guards=["leads", "deals"], term_months=12)
    licence = paper_type(guards=["leads"])
    permission = may(partner, "leads", day=DAY)
    assert not permission
    assert [reason.obstacle for reason in permission.reasons] == [Obstacle.AGREEMENT_MISSING, Obstacle.PAPER_MISSING]
    assert [str(reason) for reason in permission.reasons] == [
        "Dealer agreement: no agreement is running",
        "Licence is missing",
    ]
    assert may(partner, "order", day=DAY).allowed
    running(partner, kind, partner_admin, DAY)
    paper(partner, licence, owner, valid_until=dt.date(2026, 12, 31))
    assert may(partner, "leads", day=DAY).allowed
    assert [reason.obstacle for reason in may(partner, "leads", day=dt.date(2027, 1, 1)).reasons] == ["paper_expired"]
    assert [bool(each) for each in may_many([partner.pk, sibling.pk], "leads", day=DAY).values()] == [True, False]
    with pytest.raises(ValueError, match="fly"):
        may(partner, "fly")
