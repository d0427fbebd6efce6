"""Prospects: their steps, reports, and import."""

import datetime as dt
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners.models import (
    Partner,
    Prospect,
    ProspectMail,
    ProspectMove,
    ProspectSource,
    ProspectStage,
    RecruitingTexts,
    RefusalReason,
    Stage,
)
from partners.selectors import recruiting as selectors
from partners.services import recruiting
from partners.services.applicant_mails import queue_applicant_mails
from partners.services.lifecycle import set_stage
from tenancy.models import Invitation
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory
from tests.importing import bad, bring, counts
from tests.partners.recruiting import applications, fresh, prospect

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(manufacturer):
    with staff_scope(manufacturer.pk):
        yield


# --- Steps ------------------------------------------------------------------------------------------------------------


def test_moves_are_kept_and_what_is_decided_stays(manufacturer, manager, scope):
    first, second = prospect(manufacturer), prospect(manufacturer, company="Other")
    everybody = Prospect.objects.all()
    assert recruiting.move_prospects(everybody, "contacted", by=manager, note="Fair") == 2
    assert recruiting.move_prospects(everybody, "contacted", by=manager) == 0
    for stage in ("onboarding", "active", "refused"):
        with pytest.raises(recruiting.RecruitingError):
            recruiting.move_prospects(everybody, stage, by=manager)
    moves = ProspectMove.objects.filter(prospect=first).values_list("from_stage", "to_stage", "by_id", "note")
    assert list(moves) == [("", "found", None, ""), ("found", "contacted", manager.pk, "Fair")]
    assert fresh(second).stage == "contacted"


def test_a_refusal_is_mailed_once_in_the_applicants_language(manufacturer, manager, scope):
    recruiting.default_lists()
    RecruitingTexts.objects.create(
        refusal_subjects={"ko": "{company} 신청 결과"},
        refusal_texts={"ko": "{contact}님, {reference} ({manufacturer})"},
    )
    now = timezone.now()
    korean = prospect(manufacturer, language="ko", email="a@x.example", contact_name="Kim", applied_at=now)
    english = prospect(manufacturer, company="Two", language="en", email="b@x.example", applied_at=now)
    found = prospect(manufacturer, company="Three", email="c@x.example")
    reason = RefusalReason.objects.get(code="region")

    assert recruiting.refuse_prospects(Prospect.objects.all(), reason, by=manager) == 3
    assert recruiting.refuse_prospects(Prospect.objects.all(), reason, by=manager) == 0
    recruiting.move_prospects(Prospect.objects.filter(pk=korean.pk), "reviewed", by=manager)
    assert fresh(korean).refusal_reason_id is None
    assert recruiting.refuse_prospects(Prospect.objects.filter(pk=korean.pk), reason, by=manager) == 1

    letters = {letter.prospect_id: letter for letter in ProspectMail.objects.all()}
    assert set(letters) == {korean.pk, english.pk}
    assert letters[korean.pk].subject == "Hanok Interior 신청 결과"
    assert letters[korean.pk].text == f"Kim님, {korean.reference} (Hanbit)"
    assert letters[english.pk].subject == "Your application to Hanbit"
    assert fresh(found).refusal_reason == reason


def test_a_mail_whose_task_was_lost_is_queued_again(manufacturer, manager):
    with staff_scope(manufacturer.pk):
        recruiting.default_lists()
        prospect(manufacturer, email="a@x.example", applied_at=timezone.now())
        recruiting.refuse_prospects(Prospect.objects.all(), RefusalReason.objects.first(), by=manager)
    with mock.patch("partners.tasks.send_applicant_mail.delay") as queued:
        assert queue_applicant_mails() == 0
        assert queue_applicant_mails(now=timezone.now() + dt.timedelta(minutes=5)) == 1
    assert queued.call_count == 1


def approval(kind, **changes) -> recruiting.Approval:
    return recruiting.Approval(
        **{"code": "A-7", "kind": kind, "email": "mina@mirae.example", "name": "Kim Mina", "language": "ko"} | changes
    )


def test_an_approval_makes_partner_and_invitation_without_retyping(manufacturer, manager, scope):
    kind = PartnerKindFactory(manufacturer=manufacturer)
    row = prospect(
        manufacturer, company="Mirae", local_name="미래", email="mina@mirae.example", phone="02-1", city="Seoul",
        country="KR", business_number="123-45-67890", stage="agreed",
    )  # fmt: skip

    done = recruiting.approve_prospect(row, approval(kind, channel_manager=manager), by=manager)

    partner = done.partner
    assert partner is not None
    assert (partner.code, partner.name, partner.local_name, partner.stage) == ("A-7", "Mirae", "미래", Stage.ONBOARDING)
    assert (partner.email, partner.phone, partner.city, partner.country, partner.email_domain, partner.business_number) == (
        "mina@mirae.example", "02-1", "Seoul", "KR", "mirae.example", "123-45-67890",
    )  # fmt: skip
    assert partner.channel_manager == manager
    assert done.invitation is not None
    assert (done.invitation.email, done.invitation.partner, done.invitation.role, done.invitation.language) == (
        "mina@mirae.example", partner, "partner_admin", "ko",
    )  # fmt: skip
    assert done.stage == ProspectStage.ONBOARDING
    with pytest.raises(recruiting.RecruitingError):
        recruiting.approve_prospect(row, approval(kind, code="A-8"), by=manager)
    assert Partner.objects.count() == 1

    set_stage(partner, Stage.ACTIVE, by=manager)
    assert fresh(row).stage == ProspectStage.ACTIVE


def test_an_approval_that_fails_leaves_nothing(manufacturer, manager, scope):
    kind = PartnerKindFactory(manufacturer=manufacturer)
    PartnerFactory(manufacturer=manufacturer, code="A-7", kind=kind)
    row = prospect(manufacturer)
    with pytest.raises(recruiting.RecruitingError, match="A-7"):
        recruiting.approve_prospect(row, approval(kind), by=manager)
    taken = approval(kind, code="A-9", email=manager.email)  # has a place already: the invitation is refused
    with pytest.raises(Exception, match="has a place here already"), transaction.atomic():
        recruiting.approve_prospect(row, taken, by=manager)
    assert list(Partner.objects.values_list("code", flat=True)) == ["A-7"]
    assert Invitation.objects.count() == 0
    assert fresh(row).stage == "found"


def test_codes_are_counted_on(manufacturer, scope):
    assert recruiting.propose_code() == "P0001"
    kind = PartnerKindFactory(manufacturer=manufacturer)
    for code in ("A-009", "A-010", "B1", "A-0099x"):
        PartnerFactory(manufacturer=manufacturer, code=code, kind=kind)
    PartnerFactory(manufacturer=manufacturer, code="A-008", kind=kind)
    assert recruiting.propose_code() == "A-011"


def test_the_database_keeps_stages_and_references_right(manufacturer, scope):
    for fields in ({"stage": "refused"}, {"stage": "active"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Prospect.objects.create(company="x", reference="R1", **fields)


def test_duplicates_among_partners_and_prospects_are_found_with_reasons(manufacturer, scope):
    partner = PartnerFactory(
        manufacturer=manufacturer, code="A1", name="Mirae Interior Co., Ltd.", phone="+82 2-555-0101", country="KR"
    )
    PartnerFactory(manufacturer=manufacturer, code="A2", name="Somebody Else", kind=partner.kind, country="KR")
    earlier = prospect(manufacturer, company="(주)Mirae Interior", email="info@mirae.example", country="KR")
    row = prospect(manufacturer, company="MIRAE INTERIOR", phone="02 555 0101", email="kim@mirae.example", country="KR")
    found = selectors.duplicates_of(row)
    assert {duplicate.record for duplicate in found} == {partner, earlier}
    assert all(duplicate.percent >= 50 and duplicate.reasons for duplicate in found)
    assert selectors.duplicates_of(prospect(manufacturer, company="Quite Another", email="a@gmail.com")) == []


# --- Reports ----------------------------------------------------------------------------------------------------------


def test_the_funnel_and_the_days_at_each_stage_are_exact(manufacturer, manager, scope, django_assert_num_queries):
    recruiting.default_lists()
    fair, search = ProspectSource.objects.get(code="fair"), ProspectSource.objects.get(code="search")
    start = timezone.now() - dt.timedelta(days=100)

    def way(source, *steps):
        row = prospect(manufacturer, company=f"C{Prospect.objects.count()}", source=source, stage_since=start)
        stage, at = "found", start
        for to, days in steps:
            at += dt.timedelta(days=days)
            ProspectMove.objects.create(prospect=row, from_stage=stage, to_stage=to, at=at)
            stage = to
        if stage in ("onboarding", "active"):
            row.partner = PartnerFactory(manufacturer=manufacturer)
        if stage == "refused":
            row.refusal_reason = RefusalReason.objects.first()
        row.stage = stage
        row.save()

    way(fair, ("contacted", 2), ("applied", 4), ("reviewed", 1), ("agreed", 3), ("onboarding", 5))
    way(fair, ("contacted", 6), ("refused", 10))
    way(fair)
    way(search, ("reviewed", 8), ("onboarding", 1), ("active", 30))

    with django_assert_num_queries(3):
        found = selectors.funnel(since=start - dt.timedelta(days=1), until=timezone.now() + dt.timedelta(days=1))

    assert [(row.source, row.total, row.refused, list(row.reached.values())) for row in found.by_source] == [
        (fair, 3, 1, [3, 2, 1, 1, 1, 1, 0]),
        (search, 1, 0, [1, 1, 1, 1, 1, 1, 1]),
    ]
    assert (found.total.total, found.total.refused, list(found.total.reached.values())) == (4, 1, [4, 3, 2, 2, 2, 2, 1])
    assert found.total.conversion == 50
    assert found.by_source[0].days == {"found": 4.0, "contacted": 7.0, "applied": 1.0, "reviewed": 3.0, "agreed": 5.0}
    assert found.total.days["found"] == 6.0
    empty = selectors.funnel(since=start - dt.timedelta(days=9), until=start - dt.timedelta(days=8))
    assert (empty.by_source, empty.total.total, empty.total.conversion) == ([], 0, None)


def test_introductions_are_counted_by_who_made_them(manufacturer, manager, partner, client_for):
    made = PartnerFactory(manufacturer=manufacturer, code="A2", name="New", kind=partner.kind)
    prospect(manufacturer, introduced_by_partner=partner)
    prospect(manufacturer, company="B", introduced_by_partner=partner, partner=made, stage="onboarding")
    prospect(manufacturer, company="C", introduced_by_member=manager)
    prospect(manufacturer, company="D", introduced_by_text="Mr Park (Bank)")
    prospect(manufacturer, company="E", introduced_by_text=" mr park (bank) ")
    with staff_scope(manufacturer.pk):
        found = selectors.introducers()
    assert [(each.kind, each.introduced, each.partners) for each in found] == [
        ("partner", 2, 1), ("text", 2, 0), ("member", 1, 0),
    ]  # fmt: skip
    client = client_for(manager)
    for each in found:
        assert len(client.get(f"/hanbit/recruiting/list/?{each.query}").context["list"].page.rows) == each.introduced


# --- Import -----------------------------------------------------------------------------------------------------------


def test_prospects_from_a_sheet_with_korean_headers(manufacturer, tmp_path):
    sheet = (
        "관리번호,회사명,담당자,이메일,국가,출처\nF1,한옥인테리어,김미나,Kim@Hanok.example,대한민국,전시회\nF2,,,,,\n"
    )
    with staff_scope(manufacturer.pk):
        recruiting.default_lists()
    outcome = bring(manufacturer, "prospects", sheet, tmp_path)
    assert bad(outcome)[0][:3] == (3, "company", "missing")
    outcome = bring(manufacturer, "prospects", sheet.replace("F2,,,,,\n", ""), tmp_path)
    assert counts(outcome) == (1, 0, 0, 0)
    (row,) = applications(manufacturer)
    assert (row.company, row.email, row.country, row.stage, row.name_key) == (
        "한옥인테리어", "kim@hanok.example", "KR", "found", "한옥인테리어",
    )  # fmt: skip
    with staff_scope(manufacturer.pk):
        assert row.source is not None
        assert row.source.code == "fair"
        assert [move.to_stage for move in row.moves.all()] == ["found"]
    assert counts(bring(manufacturer, "prospects", "번호,회사명\nF1,한옥 인테리어\n", tmp_path)) == (0, 1, 0, 0)
    changed = fresh(row)
    assert (changed.company, changed.email, changed.reference) == ("한옥 인테리어", "kim@hanok.example", row.reference)
