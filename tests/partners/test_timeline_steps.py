"""Agreements, papers, recruiting and approvals on a partner's timeline."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals import services as approvals
from approvals.models import Purpose, Request, Who
from approvals.services import Draft, DraftStep
from partners.models import Agreement, Paper, Prospect, ProspectMove
from partners.models.agreements import AGREEMENT_SUBJECT
from partners.services import create_agreement, send_agreement, withdraw_agreement
from partners.services.agreements import close_and_renew
from partners.timeline import Before, TimelinePage, sources_for, timeline_of
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory
from tests.partners.agreements import agreement_type, paper_type, running

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def people(manufacturer: Any, partner: Any, owner: Any, manager: Any, analyst: Any, partner_admin: Any) -> None:
    """Made before there is a scope, in which nobody new can sign up."""


@pytest.fixture
def scope(manufacturer: Any, people: None) -> Any:
    with staff_scope(manufacturer.pk), timezone.override("Asia/Seoul"):
        yield


def told(page: TimelinePage) -> list[tuple[str, str, str]]:
    return [(shown.entry.title, shown.entry.text, shown.entry.who) for shown in page.entries]


def of(member: Any, partner: Any, *sources: str, **options: Any) -> TimelinePage:
    return timeline_of(member, partner, sources=sources, **options)


def row(partner: Any, kind: Any, number: int, *steps: dict[str, Any]) -> None:
    """An agreement that took these steps, one after the other."""
    made = create_agreement(partner, kind, starts_on=NOON.date(), language="en")
    for step in ({"title": f"A{number}"}, *steps):
        Agreement.objects.filter(pk=made.pk).update(**step)


def test_agreements_tell_when_they_were_sent_accepted_and_closed(scope: None, partner: Any, manager: Any) -> None:
    kind = agreement_type()
    sent = {"state": "sent", "sent_at": NOON}
    row(partner, kind, 1)
    row(partner, kind, 2, sent, {"state": "refused", "closed_at": NOON + DAY, "reason": "Too dear"})
    row(partner, kind, 3, sent, {"state": "accepted", "accepted_at": NOON, "accepted_name": "Kim"})
    row(
        partner,
        kind,
        4,
        {"state": "sent", "sent_at": NOON - DAY},
        {"state": "accepted", "accepted_at": NOON - DAY, "accepted_name": "Lee"},
        {"state": "terminated", "closed_at": NOON + 2 * DAY, "reason": "Moved"},
    )

    expected = [
        ("Agreement terminated: A4", "Moved", ""),
        ("Agreement refused: A2", "Too dear", ""),
        ("Agreement accepted: A3", "", "Kim"),
        ("Agreement sent: A3", "", ""),
        ("Agreement sent: A2", "", ""),
        ("Agreement accepted: A4", "", "Lee"),
        ("Agreement sent: A4", "", ""),
    ]
    assert told(of(manager, partner, "agreements")) == expected
    seen, after = [], ""
    for _page in range(7):
        page = of(manager, partner, "agreements", size=1, after=after)
        seen += told(page)
        after = page.next_key
    assert (seen, after) == (expected, "")


def test_a_renewal_that_wrote_itself_is_told_as_an_end_alone(
    scope: None, partner: Any, manager: Any, partner_admin: Any
) -> None:
    kind = agreement_type(term_months=12, renewal="automatic")
    running(partner, kind, partner_admin, dt.date(2025, 3, 1))
    close_and_renew(day=dt.date(2026, 3, 2))

    assert told(of(manager, partner, "agreements")) == [
        ("Agreement ended: Dealer agreement", "Renewed", ""),
        ("Agreement accepted: Dealer agreement", "", "Kim Min-su"),
        ("Agreement sent: Dealer agreement", "", ""),
    ]


def test_papers_tell_when_they_were_handed_in_reviewed_and_ran_out(
    scope: None, partner: Any, manager: Any, partner_admin: Any
) -> None:
    kind = paper_type("licence")
    today = timezone.localdate()
    last_days = {"past": today - DAY, "today": today}
    file = {"file": "x", "original_name": "x", "content_type": "x", "size": 1, "sha256": "0" * 64}
    for last in ("past", "today"):
        Paper.objects.create(
            partner=partner, type=kind, uploaded_by=partner_admin, reviewed_by=manager, reviewed_at=timezone.now() - 9 * DAY,
            state="accepted", valid_until=last_days[last], **file,
        )  # fmt: skip
    Paper.objects.create(
        partner=partner, type=kind, reviewed_by=manager, reviewed_at=timezone.now() - 8 * DAY, state="refused",
        reason="Blurred", valid_until=today - 2 * DAY, **file,
    )  # fmt: skip

    page = of(manager, partner, "papers")

    assert told(page) == [
        ("Paper handed in: Licence", "", ""),
        ("Paper handed in: Licence", "", partner_admin.name),
        ("Paper handed in: Licence", "", partner_admin.name),
        ("Paper run out: Licence", "", ""),
        ("Paper refused: Licence", "Blurred", manager.name),
        ("Paper accepted: Licence", "", manager.name),
        ("Paper accepted: Licence", "", manager.name),
    ]
    first = page.entries[3].entry
    assert (timezone.localtime(first.at).date(), timezone.localtime(first.at).hour, first.is_whole_day) == (
        today, 0, True,
    )  # fmt: skip
    assert len(told(of(manager, partner, "papers", since=today))) == 4


def test_the_application_before_there_was_a_partner(scope: None, partner: Any, manager: Any, analyst: Any) -> None:
    prospect = Prospect.objects.create(reference="R1", company="Mirae", stage="onboarding", partner=partner)
    other = Prospect.objects.create(reference="R2", company="Another", stage="applied")
    for number, (before, after, by, note) in enumerate(
        [("", "applied", None, ""), ("applied", "reviewed", manager, "Good"), ("reviewed", "onboarding", manager, "")]
    ):
        ProspectMove.objects.create(
            prospect=prospect, from_stage=before, to_stage=after, at=NOON + number * DAY, by=by, note=note
        )
    ProspectMove.objects.create(prospect=other, to_stage="applied", at=NOON)

    assert told(of(manager, partner, "recruiting")) == [
        ("Recruiting: from Reviewed to Onboarding", "", "Manager Lee"),
        ("Recruiting: from Applied to Reviewed", "Good", "Manager Lee"),
        ("Application received", "", ""),
    ]
    assert told(of(analyst, partner, "recruiting")) == []
    assert "recruiting" not in [source.key for source in sources_for(analyst)]


def line(member: Any) -> Any:
    return approvals.save_route(
        Draft(AGREEMENT_SUBJECT, "Line", steps=[DraftStep(Purpose.DECIDE, Who.MEMBER, member=member)])
    )


def test_approvals_tell_what_was_asked_and_what_came_of_it_to_who_may_read_it(
    scope: None, partner: Any, sibling: Any, manager: Any, owner: Any, analyst: Any
) -> None:
    line(owner)
    kind = agreement_type()
    first, second, elsewhere = (
        create_agreement(each, kind, starts_on=NOON.date()) for each in (partner, partner, sibling)
    )
    for agreement in (first, second, elsewhere):
        send_agreement(agreement, by=manager)
    requests = {request.subject_id: request for request in Request.objects.all()}
    approvals.decide(requests[first.pk], by=owner, approve=False, comment="No")
    withdraw_agreement(second, by=manager, reason="Mistake")

    name = "Dealer agreement with Seoul Agency"
    expected = [
        (f"Need not be approved any more: {name}", "The agreement was withdrawn.", ""),
        (f"Not approved: {name}", "", "Owner Kim"),
        (f"Approval asked for: {name}", "Agreement before it is sent", "Manager Lee"),
        (f"Approval asked for: {name}", "Agreement before it is sent", "Manager Lee"),
    ]
    assert told(of(manager, partner, "approvals")) == expected
    assert told(of(owner, partner, "approvals")) == expected
    assert told(of(analyst, partner, "approvals")) == []


@pytest.mark.parametrize("size", [1, 6])
def test_each_source_is_one_query_at_any_size(
    manufacturer: Any, people: None, partner: Any, manager: Any, owner: Any, size: int
) -> None:
    member = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER)
    with staff_scope(manufacturer.pk):
        line(owner)
        kind, licence = agreement_type(), paper_type("licence")
        for _number in range(size):
            send_agreement(create_agreement(partner, kind, starts_on=NOON.date()), by=manager)
            withdraw_agreement(create_agreement(partner, kind, starts_on=NOON.date()), by=manager, reason="x")
            Paper.objects.create(
                partner=partner, type=licence, file="x", original_name="x", content_type="x", size=1, sha256="0" * 64
            )
        prospect = Prospect.objects.create(reference="R1", company="M", stage="onboarding", partner=partner)
        ProspectMove.objects.create(prospect=prospect, to_stage="applied")
        for source in sources_for(member):
            if source.key not in ("agreements", "papers", "recruiting", "approvals"):
                continue
            with CaptureQueriesContext(connection) as queries:
                assert source.entries(member, partner.pk, Before(), 50)
            assert (source.key, len(queries)) == (source.key, 1)


@pytest.mark.parametrize("source", ["agreements", "papers", "approvals"])
def test_the_database_reads_each_from_an_index(
    manufacturer: Any, people: None, partner: Any, manager: Any, source: str
) -> None:
    PartnerFactory(manufacturer=manufacturer, code="A9", kind=partner.kind)
    found = next(each for each in sources_for(manager) if each.key == source)
    with staff_scope(manufacturer.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        with CaptureQueriesContext(connection) as queries:
            found.entries(manager, partner.pk, Before(NOON, 5), 50)
        cursor.execute("EXPLAIN " + queries[-1]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    names = {
        "agreements": ["agreement_sent_at", "agreement_accepted_at", "agreement_closed_at"],
        "papers": ["paper_uploaded_at", "paper_reviewed_at", "paper_valid_until"],
        "approvals": ["approval_by_partner", "approval_decided_of"],
    }[source]
    assert [name for name in names if name not in plan] == [], plan
