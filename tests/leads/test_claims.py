"""The log of claims is chained by hash: whoever alters a line, even as the owner of the database, is found out."""

import datetime as dt
import hashlib
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from leads.claims import FIRST, Fault, Line, canonical, content_hash, fault_of, line_hash, verify
from leads.models import ClaimEntry, ClaimHead
from leads.services import deals as services
from leads.services.claims import verify_claims
from tenancy.models import Manufacturer, Membership
from tenancy.rls import as_owner, partner_scope, platform_scope, staff_scope
from tests.leads.deals import active_partner, approved, floors, rep_of, submitted
from tests.tenancy.helpers import at_once

AT = dt.datetime(2026, 7, 1, 10, 0, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=9)))


def chain(count: int) -> list[Line]:
    lines, previous = [], FIRST
    for number in range(1, count + 1):
        content = canonical({"deal": f"D{number}", "step": "submitted", "at": AT, "facts": {"amount": number}})
        digest = content_hash(content)
        line = Line(
            number, f"D{number}", "submitted", AT, content, digest, previous, line_hash(previous, number, digest)
        )
        lines.append(line)
        previous = line.sha256
    return lines


def changed(line: Line, **values: Any) -> Line:
    return Line(**{name: getattr(line, name) for name in Line.__slots__} | values)


def test_the_canonical_form_is_one_and_can_be_checked_with_any_tool() -> None:
    content = canonical({"b": Decimal("10.50"), "a": AT, "c": [dt.date(2026, 1, 2), None, True], "ㄱ": "가"})
    assert content == '{"a":"2026-07-01T01:00:00.000005Z","b":"10.5","c":["2026-01-02",null,true],"ㄱ":"가"}'
    assert content_hash(content) == hashlib.sha256(content.encode("utf-8")).hexdigest()
    assert line_hash(FIRST, 1, "ab") == hashlib.sha256(("0" * 64 + "\n1\nab").encode()).hexdigest()


def test_a_whole_chain_is_whole() -> None:
    lines = chain(5)
    verdict = verify(lines, number=5, head=lines[-1].sha256)
    assert (verdict.is_whole, verdict.checked, verdict.head) == (True, 5, lines[-1].sha256)
    assert verify([], number=0, head=FIRST).is_whole


def reworded(line: Line) -> Line:
    content = line.content.replace("D3", "D9")
    return changed(line, content=content, content_sha256=content_hash(content), deal="D9")


BREAKS: list[tuple[str, Callable[[list[Line]], list[Line]], int, Fault]] = [
    ("content", lambda lines: [*lines[:2], changed(lines[2], content=lines[2].content + " "), *lines[3:]], 3, Fault.CONTENT),
    ("hash put right", lambda lines: [*lines[:2], reworded(lines[2]), *lines[3:]], 3, Fault.CHAIN),
    ("step", lambda lines: [*lines[:2], changed(lines[2], step="approved"), *lines[3:]], 3, Fault.FIELDS),
    ("time", lambda lines: [*lines[:2], changed(lines[2], at=AT - dt.timedelta(days=1)), *lines[3:]], 3, Fault.FIELDS),
    ("removed", lambda lines: [*lines[:2], *lines[3:]], 3, Fault.MISSING),
    ("last removed", lambda lines: lines[:4], 5, Fault.SHORTENED),
    ("exchanged", lambda lines: [lines[0], changed(lines[2], number=2), changed(lines[1], number=3), *lines[3:]], 2, Fault.CHAIN),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "broken", "fault"), BREAKS, ids=[each[0] for each in BREAKS])
def test_every_change_names_the_first_broken_line(name: str, spoil: Any, broken: int, fault: Fault) -> None:
    lines = chain(5)
    verdict = verify(spoil(lines), number=5, head=lines[-1].sha256)
    assert (verdict.broken, verdict.fault, verdict.checked) == (broken, fault, broken - 1)


@given(st.integers(1, 8), st.integers(0, 7), st.sampled_from(["content_sha256", "previous_sha256", "sha256"]))
def test_no_hash_can_be_changed(count: int, at: int, name: str) -> None:
    lines = chain(count)
    at %= count
    spoilt = [*lines[:at], changed(lines[at], **{name: "f" * 64}), *lines[at + 1 :]]
    verdict = verify(spoilt, number=count, head=lines[-1].sha256)
    assert verdict.broken == at + 1
    assert fault_of(lines[at]) is None


# --- In the database --------------------------------------------------------------------------------------------------


@pytest.fixture
def seoul(manufacturer: Manufacturer) -> Membership:
    return rep_of(active_partner(manufacturer, name="Seoul Agency"))


@pytest.mark.django_db
def test_no_role_changes_or_removes_a_line(seoul: Membership, manager: Membership) -> None:
    approved(seoul, floors(seoul.manufacturer), staff=manager)
    for scope in (staff_scope(seoul.manufacturer_id), platform_scope()):
        with scope:
            for write in (
                lambda: ClaimEntry.objects.update(content="x"),
                lambda: ClaimEntry.objects.all()._raw_delete("default"),  # type: ignore[attr-defined]
            ):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    write()
    with as_owner(), pytest.raises(DatabaseError, match="neither changed nor shortened"), transaction.atomic():
        ClaimEntry.objects.update(content="x")


@pytest.mark.django_db
def test_what_the_owner_of_the_database_alters_is_found_and_named(seoul: Membership, manager: Membership) -> None:
    approved(seoul, floors(seoul.manufacturer), staff=manager)
    out = StringIO()
    call_command("verify_claims", "hanbit", stdout=out)
    assert out.getvalue().startswith("All 2 lines are whole. The last one is ")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE leads_claimentry DISABLE TRIGGER claim_kept")
        cursor.execute(
            "UPDATE leads_claimentry SET content = replace(content, '50000000', '60000000') WHERE number = 1"
        )
        cursor.execute("ALTER TABLE leads_claimentry ENABLE TRIGGER claim_kept")
    expected = "Line 1 of D000001 is broken: its content is not what was hashed. 0 lines before it are whole."
    with pytest.raises(CommandError, match=expected):
        call_command("verify_claims", "hanbit")
    with pytest.raises(CommandError, match="There is no manufacturer “nobody”"):
        call_command("verify_claims", "nobody")


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_many_claim_at_once(seoul: Membership) -> None:
    category = floors(seoul.manufacturer)
    with partner_scope(seoul.manufacturer_id, seoul.partner_id or 0):
        drafts = [services.save_deal(_deal(f"Customer {number}", category), by=seoul) for number in range(6)]

    def submit(deal: Any) -> Any:
        def run() -> Any:
            with partner_scope(seoul.manufacturer_id, seoul.partner_id or 0):
                return services.submit_deal(deal, by=seoul)

        return run

    outcomes = at_once(*[submit(deal) for deal in drafts])
    assert {outcome.state for outcome in outcomes} == {"submitted"}
    with staff_scope(seoul.manufacturer_id):
        assert list(ClaimEntry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
        assert (verify_claims().is_whole, ClaimHead.objects.get().number) == (True, 6)


def _deal(name: str, category: Any) -> Any:
    from leads.models import DealRegistration
    from tests.leads.deals import HOTEL

    return DealRegistration(**HOTEL | {"customer_name": name, "category": category})


@pytest.mark.django_db(transaction=True)
def test_two_partners_for_one_customer_approved_at_the_same_moment_are_one_protection(
    seoul: Membership, manager: Membership, owner: Membership
) -> None:
    from leads.models import Protection

    category = floors(seoul.manufacturer)
    busan = rep_of(active_partner(seoul.manufacturer, name="Busan Dealer"))
    deals = [submitted(seoul, category), submitted(busan, category, customer_name="㈜대한호텔")]

    def approve(deal: Any, by: Membership) -> Any:
        def run() -> Any:
            with staff_scope(by.manufacturer_id):
                return services.approve_deal(deal, by=by)

        return run

    outcomes = at_once(approve(deals[0], manager), approve(deals[1], owner))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DealError", "DealRegistration"]
    winner = next(outcome for outcome in outcomes if not isinstance(outcome, Exception))
    said = str(next(outcome for outcome in outcomes if isinstance(outcome, Exception)))
    assert said.startswith(f"{winner.partner_name} is protected for this customer and product category until")
    assert winner.reference in said
    with staff_scope(seoul.manufacturer_id):
        assert Protection.objects.count() == 1
        assert verify_claims().checked == 3


@pytest.mark.django_db(transaction=True)
def test_two_people_approving_one_registration_at_once_approve_it_once(
    seoul: Membership, manager: Membership, owner: Membership
) -> None:
    from leads.models import Protection

    deal = submitted(seoul, floors(seoul.manufacturer))

    def approve(by: Membership) -> Any:
        def run() -> Any:
            with staff_scope(by.manufacturer_id):
                return services.approve_deal(deal, by=by)

        return run

    outcomes = at_once(approve(manager), approve(owner), approve(manager))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DealError", "DealError", "DealRegistration"]
    with staff_scope(seoul.manufacturer_id):
        assert (Protection.objects.count(), ClaimEntry.objects.filter(step="approved").count()) == (1, 1)
