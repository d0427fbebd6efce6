"""Compliance papers: handed in, reviewed, warned of; and the warnings before agreements end."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from notices.models import Notice
from partners.models import Paper, PaperState, Renewal
from partners.selectors.agreements import paper_needs, partners_owing
from partners.services import PaperError, accept_paper, give_notice, refuse_paper
from partners.services.agreement_notices import warn_of_ends
from tenancy.rls import partner_scope, staff_scope
from tests.partners.agreements import PDF, agreement_type, paper, paper_type, running

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def in_staff_scope(
    manufacturer: Any, partner_admin: Any, rep: Any, sibling_rep: Any, owner: Any, manager: Any, analyst: Any
) -> Any:
    """People are made outside any scope, so all of them before it is entered."""
    with staff_scope(manufacturer.pk):
        yield


def test_a_partners_paper_waits_and_staffs_is_accepted(
    in_staff_scope: None, partner: Any, partner_admin: Any, owner: Any
) -> None:
    kind = paper_type(has_number=True)
    with partner_scope(partner.manufacturer_id, partner.pk):
        given = paper(partner, kind, partner_admin, number=" 12-3 ", valid_until=dt.date(2027, 1, 1))
        again = paper(partner, kind, partner_admin, number="12-3")
    assert (given.state, given.number, given.pk) == (PaperState.WAITING, "12-3", again.pk)
    assert given.file.name.startswith(f"{partner.manufacturer_id}/papers/")
    assert paper(partner, kind, owner, content=PDF + b"2").state == PaperState.ACCEPTED


def test_what_is_no_pdf_or_picture_is_refused(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    with pytest.raises(ValidationError, match="damaged, or not what its ending says"):
        paper(partner, paper_type(), partner_admin, content=b"<html><script>alert(1)</script>")
    assert not Paper.objects.exists()


def test_a_partner_cannot_accept_its_own_paper_by_its_login(
    in_staff_scope: None, partner: Any, partner_admin: Any
) -> None:
    kind = paper_type()
    with partner_scope(partner.manufacturer_id, partner.pk):
        given = paper(partner, kind, partner_admin)
        with pytest.raises(PaperError):
            accept_paper(given, by=partner_admin, valid_until=dt.date(2027, 1, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            Paper.objects.create(partner=partner, type=kind, state="accepted", file="x", size=1, sha256="x")


def test_a_review_is_told_and_a_refusal_needs_a_reason(
    in_staff_scope: None, partner: Any, partner_admin: Any, manager: Any
) -> None:
    given = paper(partner, paper_type(), partner_admin)
    with pytest.raises(PaperError, match="until which"):
        accept_paper(given, by=manager)
    with pytest.raises(PaperError, match="what is wrong"):
        refuse_paper(given, by=manager, reason=" ")
    refuse_paper(given, by=manager, reason="Blurred")
    [need] = paper_needs(partner, day=DAY)
    assert (need.status, need.is_open) == ("refused", True)
    accept_paper(given, by=manager, valid_until=dt.date(2026, 4, 1))
    [need] = paper_needs(partner, day=DAY)
    assert (need.status, need.is_open) == ("ending", True)
    told = Notice.objects.filter(kind="partners.paper_reviewed", recipient=partner_admin)
    assert sorted(notice.facts["state"] for notice in told) == ["accepted", "refused"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=given.pk).update(sha256="0" * 64)


def test_partners_that_owe_papers_are_found(
    in_staff_scope: None, partner: Any, sibling: Any, owner: Any, analyst: Any
) -> None:
    kind = paper_type()
    paper(partner, kind, owner, valid_until=dt.date(2026, 3, 1))
    paper_type("optional", is_required=False)
    assert list(partners_owing(owner, day=DAY).values_list("pk", "owed")) == [(sibling.pk, [kind.pk])]
    assert partners_owing(owner, day=DAY + dt.timedelta(1)).count() == 2


def warned(kind: str) -> list[tuple[str, str]]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__role", "key"))


def test_both_sides_are_warned_once_also_when_days_were_missed(
    in_staff_scope: None, partner: Any, partner_admin: Any, rep: Any, owner: Any
) -> None:
    agreement = running(partner, agreement_type(term_months=12), partner_admin, dt.date(2026, 1, 1))
    given = paper(partner, paper_type(), owner, valid_until=dt.date(2026, 12, 31))
    end = dt.date(2026, 12, 31)
    seen = []
    for left in (61, 60, 59, 31, 29, 28, 6, 5, 0, -1):
        told = warn_of_ends(end - dt.timedelta(days=left))
        seen.append((left, told["agreements"], told["papers"]))
    three = 3  # the admin, the rep, and the owner, as nobody looks after the partner
    assert seen == [
        (61, 0, 0), (60, three, three), (59, 0, 0), (31, 0, 0), (29, three, three), (28, 0, 0), (6, three, three),
        (5, 0, 0), (0, 0, 0), (-1, 0, 0),
    ]  # fmt: skip
    keys = {key for _role, key in warned("partners.agreement_ending")}
    assert keys == {f"agreement-ends-{agreement.pk}-2026-12-31-{days}" for days in (60, 30, 7)}
    keys = {key for _role, key in warned("partners.paper_ending")}
    assert keys == {f"paper-ends-{given.pk}-2026-12-31-{days}" for days in (60, 30, 7)}


def test_the_channel_manager_is_warned_and_nobody_of_what_is_replaced(
    in_staff_scope: None, partner: Any, partner_admin: Any, owner: Any, manager: Any
) -> None:
    partner.channel_manager = manager
    partner.save(update_fields=["channel_manager"])
    kind = paper_type()
    paper(partner, kind, owner, valid_until=dt.date(2026, 3, 20))
    paper(partner, kind, owner, content=PDF + b"2", valid_until=dt.date(2027, 3, 20))
    assert warn_of_ends(DAY)["papers"] == 0
    renewing = agreement_type(term_months=1, renewal=Renewal.AUTOMATIC, notice_months=1)
    agreement = running(partner, renewing, partner_admin, DAY)
    warn_of_ends(DAY)
    assert [role for role, _key in warned("partners.agreement_ending")] == ["manager", "partner_admin", "partner_rep"]
    assert Notice.objects.filter(kind="partners.agreement_ending").first().facts["renews"] == "automatic"  # type: ignore[union-attr]
    give_notice(agreement, by=owner, reason="x", given_on=DAY)
    warn_of_ends(DAY)
    assert len(warned("partners.agreement_ending")) == 6  # the end has changed
