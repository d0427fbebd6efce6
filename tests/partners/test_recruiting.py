"""Recruiting: from the public page, through the board, to a partner with its first user."""

import datetime as dt
import re
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners.models import (
    ApplicationForm,
    ApplicationQuestion,
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
from partners.services import applying, recruiting
from partners.services.applicant_mails import queue_applicant_mails, send_applicant_mail, status_path
from partners.services.application_forms import ApplicationFormError, draft_form, publish_form, save_question
from partners.services.lifecycle import set_stage
from partners.vetting import ANY
from tenancy.models import Invitation
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory
from tests.importing import bad, bring, counts

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\nlicence\n"


@pytest.fixture(autouse=True)
def _counters_begin_at_nothing():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def scope(manufacturer):
    with staff_scope(manufacturer.pk):
        yield


@pytest.fixture
def form(manufacturer, owner) -> ApplicationForm:
    """A published form: years (40), shop (20), licence (40, a file), and trade, where `other` rules out."""
    with staff_scope(manufacturer.pk):
        owner.manufacturer = manufacturer
        draft = draft_form(by=owner)
        draft.questions.all().delete()
        rows: list[dict[str, Any]] = [
            {
                "type": "number", "labels": {"en": "Years", "ko": "업력"}, "weight": 40, "is_required": True,
                "options": [{"key": "0", "points": 20}, {"key": "10", "points": 100}],
            },
            {"type": "yes_no", "labels": {"en": "Shop"}, "weight": 20, "options": [{"key": "yes", "points": 100}]},
            {"type": "file", "labels": {"en": "Licence"}, "weight": 40, "options": [{"key": ANY, "points": 50}]},
            {
                "type": "choice", "labels": {"en": "Trade"}, "is_required": True,
                "options": [
                    {"key": "retail", "labels": {"en": "Retail", "ko": "소매"}, "points": 0},
                    {"key": "other", "labels": {"en": "Other"}, "points": 0, "knock_out": True},
                ],
            },
        ]  # fmt: skip
        for row in rows:
            save_question(ApplicationQuestion(form=draft, **row))
        return publish_form(draft, by=owner)


@pytest.fixture
def slowly():
    """Visitors in tests need no time to read."""
    with mock.patch.object(applying.read_ticket, "__kwdefaults__", {"quickest": applying.AT_ONCE}):
        yield


def prospect(manufacturer, **fields) -> Prospect:
    with staff_scope(manufacturer.pk):
        fields.setdefault("company", "Hanok Interior")
        return recruiting.create_prospect(Prospect(**fields), by=None)


def fresh(row: Prospect) -> Prospect:
    with staff_scope(row.manufacturer_id):
        return Prospect.objects.select_related("partner", "invitation").get(pk=row.pk)


def filled(client: Client, **changes: Any) -> dict[str, Any]:
    """What a visitor sends: the page's ticket with all that must be filled in."""
    page = client.get("/hanbit/public/apply/").content.decode()
    ticket = re.search(r'name="ticket"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([^"]+)"[^>]*name="ticket"', page
    )
    assert ticket
    return {
        "ticket": ticket[1],
        "company": "Mirae Interior",
        "country": "KR",
        "contact_name": "Kim Mina",
        "email": "Mina@mirae.example",
        "phone": "02-555-0101",
        "q-years": "12",
        "q-shop": "yes",
        "q-trade": "retail",
        "consent": "on",
    } | changes


def applications(manufacturer) -> list[Prospect]:
    with staff_scope(manufacturer.pk):
        return list(Prospect.objects.order_by("pk"))


# --- The public page ---------------------------------------------------------------------------------------------------


def test_a_company_applies_and_gets_a_reference_a_mail_and_a_page_with_its_state(
    manufacturer, form, manager, slowly, django_capture_on_commit_callbacks
):
    client = Client(headers={"accept-language": "ko"})
    licence = SimpleUploadedFile("licence.pdf", PDF, content_type="application/pdf")
    page = client.get("/hanbit/public/apply/").content.decode()
    assert "업력" in page
    assert "소매" in page

    with django_capture_on_commit_callbacks():
        answer = client.post("/hanbit/public/apply/", filled(client) | {"q-licence": licence})

    (row,) = applications(manufacturer)
    assert answer["Location"] == status_path(manufacturer, row.reference) + "?new=1"
    assert (row.company, row.email, row.language, row.stage) == (
        "Mirae Interior",
        "mina@mirae.example",
        "ko",
        "applied",
    )
    assert row.answers == {"years": "12", "shop": "yes", "licence": "licence.pdf", "trade": "retail"}
    assert (row.score, row.is_knocked_out) == (80.0, False)  # 100*.4 + 100*.2 + 50*.4
    assert row.consented_at is not None
    with staff_scope(manufacturer.pk):
        assert [(move.from_stage, move.to_stage) for move in row.moves.all()] == [("", "applied")]
        (file,) = row.files.all()
        assert file.file.read() == PDF
        file.file.close()
        assert [notice.facts["company"] for notice in Notice.objects.filter(recipient=manager)] == ["Mirae Interior"]
        letter = row.mails.get()
    assert send_applicant_mail(manufacturer_id=manufacturer.pk, mail_id=letter.pk)
    assert not send_applicant_mail(manufacturer_id=manufacturer.pk, mail_id=letter.pk)
    (sent,) = mail.outbox
    assert sent.to == ["mina@mirae.example"]
    assert row.reference in sent.subject
    assert status_path(manufacturer, row.reference) in str(sent.body)

    status = client.get(answer["Location"])
    assert row.reference in status.content.decode()
    assert "Mirae" not in status.content.decode()


def test_the_button_pressed_twice_is_one_application(manufacturer, form, slowly):
    client = Client()
    data = filled(client)
    answers = [client.post("/hanbit/public/apply/", data) for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(applications(manufacturer)) == 1


def test_two_at_once_are_one_application(manufacturer, form, slowly):
    client = Client()
    data = filled(client)
    client.post("/hanbit/public/apply/", data)
    (row,) = applications(manufacturer)
    with (
        mock.patch.object(applying, "applied_before", side_effect=[None, None, row]),
        mock.patch.object(applying, "_same_of_today", return_value=None),
    ):
        answer = client.post("/hanbit/public/apply/", data)
    assert answer["Location"] == status_path(manufacturer, row.reference) + "?new=1"
    assert applications(manufacturer) == [row]


def test_the_same_company_within_a_day_is_answered_politely(manufacturer, form, slowly):
    client = Client()
    client.post("/hanbit/public/apply/", filled(client))
    again = client.post("/hanbit/public/apply/", filled(client, company="(주)Mirae  INTERIOR"))
    assert again.status_code == 200
    assert "We have your application already" in again.content.decode()
    (row,) = applications(manufacturer)
    assert row.reference not in again.content.decode()
    other = client.post("/hanbit/public/apply/", filled(client, email="other@mirae.example"))
    assert other.status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fax_number": "1"}, "which stays empty"),
        ({"consent": ""}, "Without your consent"),
        ({"q-years": "many"}, "Enter a number."),
        ({"q-trade": "nonsense"}, "nonsense"),
        ({"country": "XX"}, "XX"),
        ({"ticket": "made-up"}, "open for too long"),
        ({"company": "x\x00y"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(manufacturer, form, slowly, changes, sentence):
    client = Client()
    answer = client.post("/hanbit/public/apply/", filled(client, **changes))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert applications(manufacturer) == []


def test_a_file_that_is_not_what_it_says_is_refused(manufacturer, form, slowly):
    client = Client()
    page = SimpleUploadedFile("licence.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    answer = client.post("/hanbit/public/apply/", filled(client) | {"q-licence": page})
    assert "licence.pdf" in answer.content.decode()
    assert applications(manufacturer) == []


def test_a_program_is_too_quick_and_a_person_may_send_again(manufacturer, form):
    client = Client()
    data = filled(client)
    answer = client.post("/hanbit/public/apply/", data)
    assert "That was very quick" in answer.content.decode()
    assert applications(manufacturer) == []
    with mock.patch("time.time", return_value=timezone.now().timestamp() + 10):
        assert client.post("/hanbit/public/apply/", data).status_code == 302


def test_a_page_left_open_for_days_gets_a_new_ticket(manufacturer, form):
    client = Client()
    data = filled(client)
    with mock.patch("time.time", return_value=timezone.now().timestamp() + 3 * 86400):
        answer = client.post("/hanbit/public/apply/", data)
    content = answer.content.decode()
    assert "open for too long" in content
    assert data["ticket"] not in content


def test_too_many_from_one_address_wait(manufacturer, form, slowly):
    client = Client()
    for number in range(applying.PER_ADDRESS):
        assert client.post("/hanbit/public/apply/", filled(client, email=f"a{number}@x.example")).status_code == 302
    answer = client.post("/hanbit/public/apply/", filled(client, email="last@x.example"))
    assert "Too many applications" in answer.content.decode()
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/hanbit/public/apply/", filled(elsewhere, email="far@x.example")).status_code == 302
    assert len(applications(manufacturer)) == applying.PER_ADDRESS + 1


def test_networks():
    assert applying.network_of("203.0.113.9") == "203.0.113.0/24"
    assert applying.network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert applying.network_of("nonsense") == "nonsense"


def test_without_a_published_form_no_application_is_taken(manufacturer):
    for answer in (Client().get("/hanbit/public/apply/"), Client().post("/hanbit/public/apply/", {})):
        assert "takes no applications at present" in answer.content.decode()


def test_a_link_that_nobody_was_given_leads_nowhere(manufacturer, other_manufacturer, form):
    row = prospect(manufacturer)
    own = status_path(manufacturer, row.reference)
    assert Client().get(own).status_code == 200
    assert Client().get(own.replace("/hanbit/", "/tokai/")).status_code == 404
    assert Client().get(f"/hanbit/public/apply/status/{row.reference}/").status_code == 404


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [("found", "has arrived"), ("reviewed", "being examined"), ("agreed", "would like to work with you")],
)
def test_the_status_page_says_the_stage_in_plain_words(manufacturer, stage, sentence):
    row = prospect(manufacturer, stage=stage)
    assert sentence in Client().get(status_path(manufacturer, row.reference)).content.decode()


def test_questions_with_script_tags_are_only_text(manufacturer, form, slowly, client_for, manager):
    client = Client()
    client.post("/hanbit/public/apply/", filled(client, company="<script>alert(1)</script>"))
    (row,) = applications(manufacturer)
    content = client_for(manager).get(f"/hanbit/recruiting/{row.pk}/").content.decode()
    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content


# --- Versions of the form ----------------------------------------------------------------------------------------------


def test_a_published_version_stays_and_old_answers_stay_readable(manufacturer, owner, form, slowly):
    client = Client()
    client.post("/hanbit/public/apply/", filled(client))
    (row,) = applications(manufacturer)
    with staff_scope(manufacturer.pk):
        question = form.questions.get(key="years")
        question.labels = {"en": "Changed"}
        with pytest.raises(ApplicationFormError):
            save_question(question)
        draft = draft_form(by=owner)
        assert draft_form(by=owner) == draft
        assert [each.key for each in draft.questions.all()] == ["years", "shop", "licence", "trade"]
        draft.questions.get(key="trade").delete()
        publish_form(draft, by=owner)
        assert [answer.text for answer in selectors.answers_of(row)] == ["12", "Yes", "", "Retail"]
        assert [answer.share for answer in selectors.answers_of(row)] == [40, 20, 0, None]
        assert list(ApplicationForm.objects.values_list("version", "state")) == [(2, "published"), (1, "retired")]


def test_an_owner_makes_a_form_with_a_question_and_publishes_it(client_for, owner, manufacturer):
    client = client_for(owner)
    url = client.post("/hanbit/settings/application-form/")["Location"]
    data = {
        "labels_en": "How do you sell?", "labels_ko": "판매 방식",
        "is_required": "on", "weight": "25", "option_count": "4",
        "option-0-label_en": "In a shop", "option-0-label_ko": "매장", "option-0-points": "100",
        "option-1-label_en": "Online", "option-1-points": "30", "option-1-knock_out": "on",
    }  # fmt: skip
    assert client.post(f"{url}questions/new/?type=choice", data)["Location"] == url
    with staff_scope(manufacturer.pk):
        question = ApplicationQuestion.objects.get(key="how-do-you-sell")
        assert question.options == [
            {"key": "a1", "labels": {"en": "In a shop", "ko": "매장"}, "points": 100, "knock_out": False},
            {"key": "a2", "labels": {"en": "Online"}, "points": 30, "knock_out": True},
        ]
    bare = client.post(f"{url}questions/new/?type=choice", {**data, "option-1-label_en": "", "option-1-points": ""})
    assert "Give at least two answers" in bare.content.decode()
    client.post(f"/hanbit/settings/application-form/questions/{question.pk}/", {"do": "up"})
    with staff_scope(manufacturer.pk):
        assert [each.key for each in question.form.questions.all()] == ["years", "place", "how-do-you-sell", "why"]
    client.post(url, {"do": "publish"})
    assert "How do you sell?" in Client().get("/hanbit/public/apply/").content.decode()
    assert client.get(f"/hanbit/settings/application-form/questions/{question.pk}/").status_code == 404


@pytest.mark.parametrize("kind", ["text", "long", "number", "multiple", "yes_no", "file", "place"])
def test_each_type_of_question_has_its_editor(client_for, owner, kind):
    client = client_for(owner)
    url = client.post("/hanbit/settings/application-form/")["Location"]
    assert client.get(f"{url}questions/new/?type={kind}").status_code == 200
    data = {"labels_en": f"About {kind}", "weight": "10", "option-0-points": "10"}
    if kind == "number":
        data |= {"option-0-lower": "2.50"}
    if kind == "place":
        data |= {"option-0-country": "KR"}
    if kind == "multiple":
        data |= {"option-0-label_en": "One", "option-1-label_en": "Two"}
    assert client.post(f"{url}questions/new/?type={kind}", data)["Location"] == url
    assert f"About {kind}" in client.get(url).content.decode()


# --- Steps -------------------------------------------------------------------------------------------------------------


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


# --- Reports -----------------------------------------------------------------------------------------------------------


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


# --- Pages of staff ----------------------------------------------------------------------------------------------------


def test_the_board_moves_one_or_all_that_are_marked(client_for, manager, manufacturer):
    rows = [prospect(manufacturer, company=f"C{number}") for number in range(3)]
    client = client_for(manager)
    client.post("/hanbit/recruiting/", {"selected": [rows[0].pk, rows[1].pk], "stage": "reviewed"})
    client.post("/hanbit/recruiting/", {"one": f"{rows[2].pk}:agreed"})
    assert [fresh(row).stage for row in rows] == ["reviewed", "reviewed", "agreed"]
    for wrong in ({}, {"selected": "x", "stage": "agreed"}, {"selected": rows[0].pk, "stage": "active"}):
        assert client.post("/hanbit/recruiting/", wrong).status_code == 302
    assert fresh(rows[0]).stage == "reviewed"


def test_a_column_of_the_board_is_shown_in_pages(client_for, manager, manufacturer):
    for number in range(selectors.CARDS + 3):
        prospect(manufacturer, company=f"C{number:02}")
    client = client_for(manager)
    first = client.get("/hanbit/recruiting/").context["columns"][0]
    assert (first.count, len(first.cards), first.has_next) == (selectors.CARDS + 3, selectors.CARDS, True)
    second = client.get("/hanbit/recruiting/?found=2").context["columns"][0]
    assert [card.company for card in second.cards] == [f"C{number:02}" for number in range(12, 15)]
    assert len(client.get("/hanbit/recruiting/?found=99&applied=x").context["columns"][0].cards) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/hanbit/recruiting/",
        "/hanbit/recruiting/list/",
        "/hanbit/recruiting/report/",
        "/hanbit/recruiting/introducers/",
    ],
)
def test_pages_ask_the_same_number_of_queries_at_any_size(client_for, manager, manufacturer, path):
    client = client_for(manager)
    with staff_scope(manufacturer.pk):
        recruiting.default_lists()
        source = ProspectSource.objects.get(code="fair")

    def asked() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    def more(count: int) -> None:
        for number in range(count):
            prospect(
                manufacturer, company=f"C{number}", source=source, owner=manager, introduced_by_member=manager,
                country="KR", stage=["found", "contacted", "applied"][number % 3],
            )  # fmt: skip

    more(3)
    few = asked()
    more(20)
    assert asked() == few


def test_the_list_filters_by_stage_source_owner_score_and_overdue(client_for, manager, manufacturer):
    with staff_scope(manufacturer.pk):
        recruiting.default_lists()
        fair = ProspectSource.objects.get(code="fair")
    late = prospect(manufacturer, company="Late", owner=manager, due_on=dt.date(2020, 1, 1), source=fair, score=81.5)
    prospect(manufacturer, company="Other", stage="applied", score=20, country="JP")
    client = client_for(manager)
    for query in ("overdue=true", "source=fair", f"owner={manager.pk}", "score_min=50", "stage=found", "q=lat"):
        rows = client.get(f"/hanbit/recruiting/list/?{query}").context["list"].page.rows
        assert [row.pk for row in rows] == [late.pk], query
    export = b"".join(client.get("/hanbit/recruiting/list/?export=csv&sort=company"))
    assert [line.split(",")[0] for line in export.decode("utf-8-sig").splitlines()] == ["Company", "Late", "Other"]


def test_staff_approve_on_a_page_and_are_told_what_was_made(client_for, manager, manufacturer):
    kind = PartnerKindFactory(manufacturer=manufacturer)
    row = prospect(manufacturer, company="Mirae", email="mina@mirae.example", contact_name="Kim Mina")
    client = client_for(manager)
    page = client.get(f"/hanbit/recruiting/{row.pk}/approve/")
    assert page.context["form"].initial["code"] == "P0001"
    data = {"code": "P0001", "kind": kind.pk, "channel_manager": manager.pk, "invites": "on", "name": "Kim Mina",
            "email": "mina@mirae.example", "role": "partner_admin", "language": "en"}  # fmt: skip
    wrong = client.post(f"/hanbit/recruiting/{row.pk}/approve/", data | {"email": ""})
    assert "Give an address for the invitation" in wrong.content.decode()
    client.post(f"/hanbit/recruiting/{row.pk}/approve/", data)
    again = client.post(f"/hanbit/recruiting/{row.pk}/approve/", data | {"code": "P0002"})
    assert "already" in again.content.decode()
    content = client.get(f"/hanbit/recruiting/{row.pk}/").content.decode()
    assert "Partner P0001" in content
    assert "Invitation of mina@mirae.example" in content
    with staff_scope(manufacturer.pk):
        assert Partner.objects.count() == 1


def test_a_prospect_is_entered_and_edited_by_hand(client_for, manager, manufacturer, partner):
    client = client_for(manager)
    data = {"company": "Hanok", "language": "ko", "introduced_by_code": "A1", "due_on": "2026-12-01"}
    assert "No partner has the code" in client.post(
        "/hanbit/recruiting/new/", data | {"introduced_by_code": "nobody"}
    ).content.decode().replace("&#x27;", "'")
    url = client.post("/hanbit/recruiting/new/", data)["Location"]
    (row,) = applications(manufacturer)
    assert (row.introduced_by_partner_id, row.name_key, row.stage) == (partner.pk, "hanok", "found")
    client.post(f"{url}edit/", data | {"company": "Hanok Two", "introduced_by_code": ""})
    row = fresh(row)
    assert (row.company, row.name_key, row.introduced_by_partner_id) == ("Hanok Two", "hanoktwo", None)
    client.post(f"{url}comment/", {"text": "Called them"})
    assert "Called them" in client.get(url).content.decode()
    with staff_scope(manufacturer.pk):
        assert row.comments.get().author == manager


def test_only_who_recruits_gets_a_file_and_only_as_a_download(
    client_for, manager, analyst, stranger, manufacturer, form, slowly
):
    visitor = Client()
    licence = SimpleUploadedFile("licence.pdf", PDF, content_type="application/pdf")
    visitor.post("/hanbit/public/apply/", filled(visitor) | {"q-licence": licence})
    (row,) = applications(manufacturer)
    with staff_scope(manufacturer.pk):
        url = f"/hanbit/recruiting/files/{row.files.get().pk}/"
    answer = client_for(manager).get(url)
    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert [client_for(other).get(url).status_code for other in (analyst, stranger)] == [403, 404]
    assert visitor.get(url).status_code == 302


def test_partners_cannot_read_prospects(manufacturer, partner, form):
    prospect(manufacturer)
    for model in (Prospect, ApplicationForm, ProspectMove, ProspectMail):
        with pytest.raises(Exception, match="permission denied"), partner_scope(manufacturer.pk, partner.pk):
            list(model.objects.all())


# --- Import ------------------------------------------------------------------------------------------------------------


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
