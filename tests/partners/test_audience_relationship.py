"""Audiences by what goes on with partners: each test of each field finds exactly whom it should."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.audiences.fields import Catalogue, fitting, midnight
from partners.audiences.tree import Condition, Group, Op, Test
from partners.models import (
    Agreement,
    AgreementTemplate,
    AgreementType,
    ContactCode,
    ContactEntry,
    Journey,
    JourneyTemplate,
    Paper,
    PaperType,
    Partner,
    PartnerOtherKind,
    Prospect,
    ProspectSource,
    StageMove,
    Task,
)
from partners.models.contact_history import CodeList
from partners.selectors.agreements import PaperStatus, paper_needs
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerKindFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 30)
DAY = dt.timedelta(days=1)


@pytest.fixture
def member(manufacturer: Any) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.OWNER)


@pytest.fixture
def five(manufacturer: Any, member: Membership) -> dict[str, Partner]:
    """Five partners, A to E; E is a dealer and also an agency, the others are agencies, and A has nothing at all."""
    agency, dealer = (PartnerKindFactory(manufacturer=manufacturer, code=code) for code in ("agency", "dealer"))
    found = {
        code: PartnerFactory(manufacturer=manufacturer, code=code, kind=dealer if code in "DE" else agency)
        for code in "ABCDE"
    }
    with staff_scope(manufacturer.pk):
        PartnerOtherKind.objects.create(partner=found["E"], kind=agency)
        Partner.objects.update(created_at=midnight(TODAY) - 100 * DAY)
    return found


def found(member: Membership, field: str, test: Test, value: Any = None) -> str:
    """The codes of those for whom the condition holds, by one query; `none` gives all others."""
    with staff_scope(member.manufacturer_id), timezone.override("Asia/Seoul"):
        fields = Catalogue(member).fields
        codes = []
        for op in (Op.ALL, Op.NONE):
            tree = Group(op, (Condition(field, test, value),))
            with CaptureQueriesContext(
                connection,
            ) as asked:
                rows = fitting(Partner.objects.all(), tree, fields, today=TODAY).order_by("code")
                codes.append("".join(rows.values_list("code", flat=True)))
            assert len(asked) == 1
    assert sorted(codes[0] + codes[1]) == list("ABCDE")
    return codes[0]


def agreement(partner: Partner, kind: AgreementType, ends_on: dt.date | None = None, **values: Any) -> Agreement:
    template = AgreementTemplate.objects.get_or_create(type=kind, texts={"en": "x"})[0]
    accepted = {"accepted_at": timezone.now(), "accepted_name": "Kim"}
    given = {"state": "accepted", "starts_on": dt.date(2020, 1, 1), "renewal": "ends", "language": "en"} | accepted
    return Agreement.objects.create(
        **(given | {"partner": partner, "type": kind, "template": template, "ends_on": ends_on} | values)
    )


def test_agreements(five: dict[str, Partner], member: Membership) -> None:
    with staff_scope(member.manufacturer_id):
        deal, secret = (AgreementType.objects.create(code=code, names={"en": code}) for code in ("deal", "secret"))
        agreement(five["B"], deal, TODAY)
        agreement(five["B"], secret)
        agreement(five["C"], deal, TODAY - DAY, renewal="automatic")
        agreement(five["C"], secret, TODAY + 40 * DAY)
        agreement(five["D"], deal, TODAY - DAY)  # over
        agreement(five["D"], secret, TODAY - DAY, renewal="automatic", notice_on=TODAY - 30 * DAY)
        agreement(five["E"], deal, starts_on=TODAY + DAY)  # not yet
        agreement(five["E"], secret, state="ended", closed_at=timezone.now())
        for row in Agreement.objects.select_related("partner", "type"):
            fits = row.partner.code in found(member, "agreement", Test.ANY_OF, [row.type.code])
            assert fits == row.runs_on(TODAY), row.partner.code
    assert found(member, "agreement", Test.ANY_OF, ["deal"]) == "BC"
    assert found(member, "agreement", Test.ALL_OF, ["deal", "secret"]) == "BC"
    assert found(member, "agreement", Test.NONE_OF, ["secret"]) == "ADE"
    assert found(member, "agreement", Test.FILLED) == "BC"
    assert found(member, "agreement", Test.EMPTY) == "ADE"
    assert found(member, "agreement_ends", Test.FILLED) == "BC"
    assert found(member, "agreement_ends", Test.EMPTY) == "ADE"
    assert found(member, "agreement_ends", Test.NEXT_DAYS, 0) == "B"
    assert found(member, "agreement_ends", Test.NEXT_DAYS, 60) == "B"  # C's first end is the one that renews itself
    assert found(member, "agreement_ends", Test.ON, "2026-06-29") == "C"
    assert found(member, "agreement_ends", Test.BEFORE, "2026-07-01") == "BC"
    assert found(member, "agreement_ends", Test.AFTER, "2026-06-29") == "B"
    assert found(member, "agreement_ends", Test.BETWEEN, ["2026-06-29", "2026-06-30"]) == "BC"


def paper(partner: Partner, kind: PaperType, **values: Any) -> Paper:
    file = {"file": "x", "original_name": "x.pdf", "content_type": "application/pdf", "size": 1, "sha256": "x"}
    return Paper.objects.create(partner=partner, type=kind, **({"state": "accepted"} | file | values))


def test_papers(five: dict[str, Partner], member: Membership) -> None:
    with staff_scope(member.manufacturer_id):
        licence = PaperType.objects.create(code="licence", names={"en": "Licence"})
        safety = PaperType.objects.create(code="safety", names={"en": "Safety"})
        safety.kinds.set([five["A"].kind])  # of agencies
        PaperType.objects.create(code="wish", names={"en": "Wish"}, is_required=False)
        PaperType.objects.create(code="gone", names={"en": "Gone"}, is_retired=True)
        paper(five["B"], licence, valid_until=TODAY)
        paper(five["B"], safety)
        paper(five["C"], licence, valid_until=TODAY - DAY)
        paper(five["C"], safety, state="waiting")
        paper(five["D"], licence, valid_until=TODAY - DAY)
        paper(five["D"], licence, valid_from=TODAY)
        paper(five["E"], licence, valid_from=TODAY + DAY)
        # As the partner's own page says it.
        for partner, status, field in itertools.product(
            five.values(),
            (PaperStatus.MISSING, PaperStatus.EXPIRED),
            ("paper_missing", "paper_expired"),
        ):
            if field.endswith(status):
                for need in paper_needs(partner, day=TODAY):
                    if need.type.is_required:
                        fits = partner.code in found(member, field, Test.ANY_OF, [need.type.code])
                        assert fits == (need.status == status), (partner.code, need.type.code)
    assert found(member, "paper_valid", Test.ANY_OF, ["licence"]) == "BD"
    assert found(member, "paper_valid", Test.ALL_OF, ["licence", "safety"]) == "B"
    assert found(member, "paper_valid", Test.NONE_OF, ["licence", "safety"]) == "ACE"
    assert found(member, "paper_missing", Test.ANY_OF, ["licence"]) == "A"
    assert found(member, "paper_missing", Test.ANY_OF, ["safety"]) == "AE"  # E is also an agency, D is none
    assert found(member, "paper_missing", Test.ALL_OF, ["licence", "safety"]) == "A"
    assert found(member, "paper_missing", Test.ANY_OF, ["wish", "gone"]) == ""
    assert found(member, "paper_missing", Test.EMPTY) == "BCD"
    assert found(member, "paper_missing", Test.FILLED) == "AE"
    assert found(member, "paper_missing", Test.NONE_OF, ["licence"]) == "BCDE"
    assert found(member, "paper_expired", Test.ANY_OF, ["licence"]) == "C"
    assert found(member, "paper_expired", Test.EMPTY) == "ABDE"


def test_journeys_tasks_and_sources(five: dict[str, Partner], member: Membership) -> None:
    with staff_scope(member.manufacturer_id):
        template = JourneyTemplate.objects.create(family="0" * 32, names={"en": "Start"})
        for code, state in (("B", "running"), ("C", "done"), ("D", "stopped"), ("D", "running")):
            Journey.objects.create(
                partner=five[code], template=template, state=state, started_at=timezone.now(), moved_at=timezone.now()
            )
        for code, side, due, state in (
            ("B", "staff", TODAY - DAY, "open"),
            ("C", "partner", TODAY - DAY, "open"),
            ("C", "staff", TODAY, "open"),
            ("D", "staff", TODAY - DAY, "done"),
            ("E", "partner", None, "open"),
        ):
            Task.objects.create(
                partner=five[code],
                title="x",
                side=side,
                due_on=due,
                state=state,
                is_shared=True,
                finished_at=timezone.now() if state == "done" else None,
            )
        fair, web = (ProspectSource.objects.create(code=code, names={"en": code}) for code in ("fair", "web"))
        for number, (code, source) in enumerate((("B", fair), ("C", web), ("D", None))):
            Prospect.objects.create(company="x", reference=f"P{number}", partner=five[code], source=source)
        Prospect.objects.create(company="Nobody yet", source=fair)
    assert found(member, "journey", Test.ANY_OF, ["running"]) == "BD"
    assert found(member, "journey", Test.ALL_OF, ["running", "stopped"]) == "D"
    assert found(member, "journey", Test.NONE_OF, ["running", "done"]) == "AE"
    assert found(member, "journey", Test.EMPTY) == "AE"
    assert found(member, "tasks_overdue", Test.ANY_OF, ["staff"]) == "B"
    assert found(member, "tasks_overdue", Test.ANY_OF, ["staff", "partner"]) == "BC"
    assert found(member, "tasks_overdue", Test.FILLED) == "BC"
    assert found(member, "tasks_overdue", Test.NONE_OF, ["partner"]) == "ABDE"
    assert found(member, "recruiting_source", Test.ANY_OF, ["fair"]) == "B"
    assert found(member, "recruiting_source", Test.NONE_OF, ["fair"]) == "ACDE"


def test_stages_and_contacts(five: dict[str, Partner], member: Membership) -> None:
    with staff_scope(member.manufacturer_id), timezone.override("Asia/Seoul"):
        for code, days in (("B", 0), ("C", 10), ("C", 30), ("D", 11)):
            StageMove.objects.create(
                partner=five[code], before="prospect", after="active", at=midnight(TODAY) - days * DAY
            )
        call = ContactCode.objects.create(list=CodeList.CHANNEL, code="call", names={"en": "Call"})
        for code, days in (("B", 0), ("B", 90), ("C", 10), ("D", 400)):
            ContactEntry.objects.create(
                partner=five[code], channel=call, at=midnight(TODAY) - days * DAY + dt.timedelta(hours=1), title="x"
            )
    assert found(member, "stage_since", Test.LAST_DAYS, 10) == "BC"
    assert found(member, "stage_since", Test.OLDER_DAYS, 10) == "ADE"
    assert found(member, "stage_since", Test.ON, "2026-06-19") == "D"
    assert found(member, "stage_since", Test.FILLED) == "ABCDE"
    assert found(member, "last_contact", Test.LAST_DAYS, 30) == "BC"
    assert found(member, "last_contact", Test.OLDER_DAYS, 30) == "D"  # never is not long ago
    assert found(member, "last_contact", Test.EMPTY) == "AE"
    assert found(member, "last_contact", Test.ON, "2026-06-20") == "C"
    assert found(member, "last_contact", Test.BEFORE, "2026-04-30") == "D"


def test_who_may_not_see_recruiting_does_not_ask_for_it(analyst: Membership, member: Membership) -> None:
    with staff_scope(member.manufacturer_id):
        assert "recruiting_source" in Catalogue(member).fields
        assert "recruiting_source" not in Catalogue(analyst).fields
