"""How companies apply: the public page, and the versions of its form."""

from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from notices.models import Notice
from partners.models import (
    ApplicationForm,
    ApplicationQuestion,
)
from partners.selectors import recruiting as selectors
from partners.services import applying
from partners.services.applicant_mails import send_applicant_mail, status_path
from partners.services.application_forms import ApplicationFormError, draft_form, publish_form, save_question
from tenancy.rls import staff_scope
from tests.partners.recruiting import PDF, applications, filled, prospect

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counters_begin_at_nothing():
    cache.clear()
    yield
    cache.clear()


# --- The public page --------------------------------------------------------------------------------------------------


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


# --- Versions of the form ---------------------------------------------------------------------------------------------


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
