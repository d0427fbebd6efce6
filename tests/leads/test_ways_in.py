"""Other ways by which leads come in: sheets, questions to partners, partners' referrals."""

import datetime as dt
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.models import EndCustomer, ProductCategory
from jobs.models import Job
from jobs.running import Progress
from leads.models import IntakeSettings, Lead, LeadField, LeadKey, LeadLikeness, LeadState, Opportunity
from leads.services.codes import default_lists
from leads.services.imported_work import WORK_JOB, run_opportunities
from leads.services.intake import create_lead
from leads.services.opportunities import open_from_lead, record_activity
from partners.services import ask_partner
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ExchangeRateFactory
from tests.importing import bad, bring, counts

pytestmark = pytest.mark.django_db


def leads(manufacturer: Any) -> list[Lead]:
    with staff_scope(manufacturer.pk):
        return list(Lead.objects.select_related("source", "kind", "category", "partner", "referred_by").order_by("pk"))


def test_leads_from_a_sheet_with_korean_headers_and_own_fields(manufacturer: Any, tmp_path: Any) -> None:
    with staff_scope(manufacturer.pk):
        default_lists()
        LeadField.objects.create(key="area", labels={"ko": "면적", "en": "Area"}, type="number")
        LeadField.objects.create(key="decided", labels={"ko": "확정", "en": "Decided"}, type="yes_no")
        ProductCategory.objects.create(code="FLOOR", names={"ko": "바닥재", "en": "Flooring"})
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", date=dt.date(2026, 1, 1), rate=Decimal(1300))
    sheet = (
        "관리번호,회사명,이름,연락처,이메일,출처,유형,제품군,금액,통화,접수일,면적,확정\n"
        "K1,한옥인테리어,김민수,02-1234-5678,Kim@Hanok.example,전시회,기업,바닥재,100,USD,2026-05-02,84.5,예\n"
        "K2,한옥 인테리어,,02-1234-5678,,,,,5000,,2026-05-03,,아니오\n"
        "K3,,,,,,,,,,,,\n"
    )
    outcome = bring(manufacturer, "leads", sheet, tmp_path, dry_run=True)
    assert counts(outcome) == (2, 0, 0, 1)
    assert bad(outcome) == [(4, "company", "nobody", None)]
    assert leads(manufacturer) == []

    bring(manufacturer, "leads", sheet, tmp_path, only_good=True)
    first, second = leads(manufacturer)
    assert (first.company, first.email, first.state, len(first.reference)) == (
        "한옥인테리어",
        "kim@hanok.example",
        "new",
        12,
    )
    assert first.source is not None
    assert first.kind is not None
    assert first.category is not None
    assert (first.source.code, first.kind.code, first.category.code) == ("fair", "company", "FLOOR")
    assert (first.amount_base, second.amount_base, second.currency) == (130_000, 5000, "KRW")
    assert (first.custom, second.custom) == ({"area": 84.5, "decided": True}, {"decided": False})
    assert first.received_at.isoformat() == "2026-05-02T00:00:00+00:00"
    assert second.source is not None
    assert second.source.code == "import"
    with staff_scope(manufacturer.pk):
        assert set(LeadKey.objects.values_list("lead_id", flat=True)) == {first.pk, second.pk}
        row = LeadLikeness.objects.get()
    assert (row.lead_id, row.other_id) == (second.pk, first.pk)

    again = bring(manufacturer, "leads", sheet, tmp_path, only_good=True)
    assert counts(again) == (0, 0, 2, 1)
    changed = bring(manufacturer, "leads", "관리번호,면적\nK1,90\n", tmp_path)
    assert counts(changed) == (0, 1, 0, 0)
    assert leads(manufacturer)[0].custom == {"area": 90, "decided": True}
    assert leads(manufacturer)[0].company == "한옥인테리어"


def test_a_history_comes_with_what_became_of_it(manufacturer: Any, partner: Any, tmp_path: Any) -> None:
    sheet = (
        "lead id,company,deal_stage,partner,created,accepted,close_date,close_value\n"
        "M1,Acme,Won,A1,2026-01-05,2026-01-06,2026-02-01,900\n"
        "M2,Beta,Lost,A1,2026-01-05,,2026-03-01,\n"
        "M3,Gamma,New,A1,2026-01-05,,,\n"
        "M4,Delta,Won,X9,2026-01-05,,,\n"
        "M5,Eta,What,,2026-01-05,,,\n"
    )
    outcome = bring(manufacturer, "leads", sheet, tmp_path, only_good=True)
    assert counts(outcome) == (2, 0, 0, 3)
    assert {(row, code) for row, _column, code, _value in bad(outcome)} == {
        (4, "has_partner"), (5, "unknown_partner"), (6, "unknown_choice"),
    }  # fmt: skip
    won, lost = leads(manufacturer)
    assert (won.state, won.partner_id, won.amount_base) == ("won", partner.pk, 900)
    assert won.accepted_at is not None
    assert won.closed_at is not None
    assert (won.accepted_at.date(), won.closed_at.date()) == (dt.date(2026, 1, 6), dt.date(2026, 2, 1))
    assert won.state_since == won.closed_at
    assert (lost.state, lost.accepted_at) == ("lost", None)


def test_a_file_changes_no_lead_that_is_offered_or_merged(manufacturer: Any, tmp_path: Any) -> None:
    with staff_scope(manufacturer.pk):
        offered = create_lead({"company": "A", "external_code": "E1"})
        Lead.objects.filter(pk=offered.pk).update(state=LeadState.OFFERED)
    outcome = bring(manufacturer, "leads", "lead id,company,state\nE1,B,won\n", tmp_path)
    assert bad(outcome) == [(2, "external_code", "not_by_file", "offered")]


def test_what_a_partner_works_on_is_not_changed_by_a_file(manufacturer: Any, partner: Any, tmp_path: Any) -> None:
    taken = "lead id,company,state,partner\n"
    assert [code for _, _, code, _ in bad(bring(manufacturer, "leads", f"{taken}W1,A,accepted,\n", tmp_path))] == [
        "no_partner"
    ]
    bring(manufacturer, "leads", f"{taken}W1,A,accepted,A1\n", tmp_path)
    (lead,) = leads(manufacturer)
    before = lead.state_since
    assert counts(bring(manufacturer, "leads", f"{taken}W1,A,won,A1\n", tmp_path)) == (0, 1, 0, 0)
    assert counts(bring(manufacturer, "leads", f"{taken}W1,A,accepted,A1\n", tmp_path)) == (0, 1, 0, 0)
    (lead,) = leads(manufacturer)
    assert lead.state_since > before
    with staff_scope(manufacturer.pk):
        record_activity(open_from_lead(lead), kind="call", summary="They want samples", by=None)
    outcome = bring(manufacturer, "leads", f"{taken}W1,B,lost,A1\n", tmp_path)
    assert bad(outcome) == [(2, "external_code", "in_work", None)]
    assert counts(bring(manufacturer, "leads", f"{taken}W1,B,accepted,A1\n", tmp_path)) == (0, 1, 0, 0)


def test_accepted_leads_of_a_file_become_their_partners_opportunities(
    manufacturer: Any, partner: Any, sibling: Any, tmp_path: Any
) -> None:
    def follow(*rows: str) -> list[tuple[str, str, str, Any]]:
        bring(manufacturer, "leads", "lead id,company,state,partner,amount\n" + "\n".join(rows), tmp_path)
        with staff_scope(manufacturer.pk):
            jobs = Job.objects.filter(kind=WORK_JOB, state="queued")
            for job in jobs:
                run_opportunities(Progress(job))
            jobs.update(state="done")
            found = Opportunity.objects.order_by("pk").values_list(
                "name", "partner__code", "stage__code", "won_amount_base"
            )
            return list(found)

    opened = follow("W1,Hotel,accepted,A1,70", "W2,Clinic,accepted,A1,80", "W3,Cafe,won,A1,90", "W4,Bar,new,,10")
    assert opened == [("Hotel", partner.code, "contact", None), ("Clinic", partner.code, "contact", None)]
    with partner_scope(manufacturer.pk, partner.pk):
        assert sorted(EndCustomer.objects.values_list("name", flat=True)) == ["Clinic", "Hotel"]
    assert follow("W1,Hotel,accepted,A1,70", "W2,Clinic,accepted,A1,80") == opened
    assert follow("W1,Hotel,won,A1,70", f"W2,Clinic,accepted,{sibling.code},80") == [
        ("Hotel", partner.code, "won", 70),
        ("Clinic", partner.code, "lost", None),
        ("Clinic", sibling.code, "contact", None),
    ]
    assert [lead.state for lead in leads(manufacturer)] == ["won", "accepted", "won", "new"]


def test_many_rows_take_as_many_statements_as_few(manufacturer: Any, tmp_path: Any) -> None:
    def taken(first: int, number: int) -> int:
        rows = "".join(f"Q{n},{sha256(str(n).encode()).hexdigest()},\n" for n in range(first, first + number))
        with CaptureQueriesContext(connection) as seen:
            bring(manufacturer, "leads", f"lead id,company,phone\n{rows}", tmp_path)
        return len(seen)

    taken(10_000, 5)
    assert taken(20_000, 10) == taken(30_000, 200)
    assert len(leads(manufacturer)) == 215


@pytest.mark.parametrize(
    ("choice", "stage", "state"),
    [("partner", "active", "accepted"), ("partner", "ended", "new"), ("pool", "active", "new"), ("none", "active", "")],
)
def test_a_question_to_a_partner_becomes_a_lead_as_the_manufacturer_chose(
    manufacturer: Any, partner: Any, choice: str, stage: str, state: str
) -> None:
    with staff_scope(manufacturer.pk):
        IntakeSettings.objects.create(locator=choice)
        type(partner).objects.filter(pk=partner.pk).update(stage=stage)
        asked = type(partner).objects.select_related("manufacturer").get(pk=partner.pk)
        for _ in range(2):  # a double click
            ask_partner(
                asked,
                name="Kim",
                email="kim@mail.example",
                phone="010-1",
                message="Hubs?",
                consent="Yes",
                language="en",
            )
    found = leads(manufacturer)
    assert [lead.state for lead in found] == ([state] if state else [])
    for lead in found:
        assert lead.source is not None
        assert (lead.name, lead.message, lead.consent, lead.source.code) == ("Kim", "Hubs?", "Yes", "locator")
        assert lead.partner_id == (partner.pk if state == "accepted" else None)


def test_a_partner_refers_somebody_once_and_sees_what_became_of_it(
    client_for: Any, rep: Any, sibling_rep: Any, partner: Any, manufacturer: Any
) -> None:
    client = client_for(rep)
    page = client.get("/hanbit/portal/leads/referrals/new/")
    told = {
        "company": "<script>x</script>", "phone": "02-1", "subject": "Doors", "knows": "on",
        "form_key": str(page.context["form_key"]),
    }  # fmt: skip
    for _ in range(2):
        client.post("/hanbit/portal/leads/referrals/new/", told)
    (lead,) = leads(manufacturer)
    assert lead.source is not None
    assert (lead.referred_by_id, lead.created_by_id, lead.source.code, lead.state) == (
        partner.pk,
        rep.pk,
        "referral",
        "new",
    )

    def words(member: Any) -> list[str]:
        return [row.state for row in client_for(member).get("/hanbit/portal/leads/referrals/").context["rows"]]

    assert words(rep) == ["Being looked at"]
    assert words(sibling_rep) == []
    with staff_scope(manufacturer.pk):
        Lead.objects.filter(pk=lead.pk).update(state=LeadState.WON)
    assert words(rep) == ["Has bought"]
    assert "<script>x" not in client.get("/hanbit/portal/leads/referrals/").content.decode()
    assert client.post("/hanbit/portal/leads/referrals/new/", {"company": "A"}).context["form"].errors.keys() == {
        "knows"
    }
    missing = client.post("/hanbit/portal/leads/referrals/new/", {"company": "A", "knows": "on"})
    assert missing.context["form"].errors.keys() == {"phone"}
