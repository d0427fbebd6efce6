"""The public form: what a visitor sees, what is kept, and what is not taken."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client

from leads.models import IntakeSettings, Lead, LeadField, LeadForm, LeadSource
from leads.services import web_forms as services
from leads.services.intake import create_lead
from tenancy.rls import staff_scope

pytestmark = pytest.mark.django_db
URL = "/hanbit/public/leads/?lang=en&campaign=spring"


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No attempts of other tests, and nobody has to wait before sending."""
    cache.clear()
    monkeypatch.setattr(services, "QUICKEST", dt.timedelta(seconds=-1))


@pytest.fixture
def published(manufacturer: Any) -> LeadForm:
    with staff_scope(manufacturer.pk):
        LeadField.objects.create(key="area", labels={"en": "Area"}, type="number")
        draft = services.draft_form("en")
        draft.asked = [*draft.asked, "area"]
        draft.save()
        return services.publish_form(draft, by=None)


def ticket_of(manufacturer: Any) -> str:
    return services.new_ticket(manufacturer)


def send(values: dict[str, Any], **headers: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(URL, values, **headers)


def given(manufacturer: Any, **more: Any) -> dict[str, Any]:
    told = {
        "name": "Kim",
        "phone": "010-1234-5678",
        "message": "<script>x</script>",
        "custom_area": "33",
        "consent": "on",
    }
    return told | {"ticket": ticket_of(manufacturer)} | more


def leads(manufacturer: Any) -> list[Lead]:
    with staff_scope(manufacturer.pk):
        return list(Lead.objects.select_related("source").order_by("pk"))


def test_what_is_sent_is_a_lead_with_the_words_agreed_to(manufacturer: Any, published: LeadForm) -> None:
    page = Client().get(URL)
    assert page.status_code == 200
    assert not page.cookies  # in a frame of another site none would come back
    assert "sessionid" not in str(page.headers)
    response = send(given(manufacturer))
    assert (response.status_code, response["Location"]) == (303, "/hanbit/public/leads/?lang=en&campaign=spring&sent=1")
    (lead,) = leads(manufacturer)
    assert (lead.name, lead.campaign_code, lead.language, lead.source.code) == ("Kim", "spring", "en", "website")
    assert (lead.consent, lead.consent_version) == (published.consent, "en-1")
    assert (lead.custom, lead.message) == ({"area": 33}, "<script>x</script>")
    assert published.thanks in Client().get(response["Location"]).content.decode()


def test_the_same_page_sent_twice_is_one_lead(manufacturer: Any, published: LeadForm) -> None:
    told = given(manufacturer)
    assert [send(told).status_code for _ in range(3)] == [303, 303, 303]
    assert len(leads(manufacturer)) == 1
    assert send(given(manufacturer)).status_code == 303
    assert len(leads(manufacturer)) == 2  # another page is another lead, and its likeness is put forward


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"consent": ""}, "consent"),
        ({"name": ""}, "name"),
        ({"phone": ""}, "phone"),
        ({"email": "no"}, "email"),
        ({"custom_area": "many"}, "custom_area"),
        ({"fax_number": "1"}, "fax_number"),
        ({"ticket": "made up"}, "__all__"),
    ],
)
def test_wrong_input_is_told_and_what_was_written_stays(
    manufacturer: Any, published: LeadForm, more: dict[str, str], where: str
) -> None:
    response = send(given(manufacturer, **more))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [where]
    assert "&lt;script&gt;x" in response.content.decode()
    assert leads(manufacturer) == []


def test_programs_that_are_too_quick_or_too_many_are_not_taken(
    manufacturer: Any, published: LeadForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "QUICKEST", dt.timedelta(seconds=5))
    quick = send(given(manufacturer))
    assert quick.context["form"].non_field_errors() == [
        "That was very quick. Look over what you wrote and send it again."
    ]
    monkeypatch.setattr(services, "QUICKEST", dt.timedelta(seconds=-1))
    with monkeypatch.context() as old:
        old.setattr(services, "LONGEST", dt.timedelta(seconds=-1))
        assert send(given(manufacturer)).status_code == 400
    answers = [send(given(manufacturer)).status_code for _ in range(services.PER_ADDRESS + 1)]
    assert answers == [303] * services.PER_ADDRESS + [429]
    assert len(leads(manufacturer)) == services.PER_ADDRESS


def test_a_ticket_of_another_manufacturer_is_none_here(
    manufacturer: Any, other_manufacturer: Any, published: LeadForm
) -> None:
    assert send(given(manufacturer, ticket=ticket_of(other_manufacturer))).status_code == 400
    assert leads(manufacturer) == leads(other_manufacturer) == []


def test_a_program_is_told_what_to_send_and_answered_in_json(manufacturer: Any, published: LeadForm) -> None:
    json_please = {"headers": {"Accept": "application/json"}}
    told = json.loads(Client().get(URL, **json_please).content)
    assert [field["name"] for field in told["fields"]] == [*services.USUAL, "custom_area", "consent"]
    assert (told["consent"], told["version"]) == (published.consent, 1)
    good = send(given(manufacturer, ticket=told["ticket"]), **json_please)
    assert (good.status_code, json.loads(good.content)) == (201, {"reference": leads(manufacturer)[0].reference})
    bad = send(given(manufacturer, consent=""), **json_please)
    assert bad.status_code == 400
    assert list(json.loads(bad.content)["errors"]) == ["consent"]


def test_only_the_sites_named_may_frame_it(manufacturer: Any, published: LeadForm, client_for: Any, owner: Any) -> None:
    def ancestors() -> str:
        policy = Client().get(URL)["Content-Security-Policy"]
        return next(part.strip() for part in policy.split(";") if "frame-ancestors" in part)

    assert ancestors() == "frame-ancestors 'self'"
    client = client_for(owner)
    wrong = client.post("/hanbit/settings/leads/forms/", {"frame_origins": "shop.example; x", "locator": "pool"})
    assert wrong.context["form"].errors["frame_origins"]
    client.post(
        "/hanbit/settings/leads/forms/",
        {"frame_origins": "https://shop.example/\nhttps://*.b.example", "locator": "pool"},
    )
    assert ancestors() == "frame-ancestors 'self' https://shop.example https://*.b.example"
    assert "X-Frame-Options" not in Client().get(URL).headers
    with staff_scope(manufacturer.pk):
        assert IntakeSettings.objects.get().locator == "pool"


def test_without_a_published_form_nothing_is_asked(manufacturer: Any) -> None:
    assert "no form here" in Client().get(URL).content.decode()
    assert Client().post(URL, {}).status_code == 200
    assert Client().get(URL, headers={"Accept": "application/json"}).status_code == 404


def test_it_speaks_the_language_asked_for_and_falls_back(manufacturer: Any, published: LeadForm) -> None:
    assert Client().get("/hanbit/public/leads/?lang=ko").context["version"].language == "en"
    with staff_scope(manufacturer.pk):
        services.publish_form(services.draft_form("ko"), by=None)
    assert Client().get("/hanbit/public/leads/?lang=ko").context["version"].language == "ko"


def test_where_leads_are_switched_off_there_is_no_form(manufacturer: Any, published: LeadForm) -> None:
    from tenancy.rls import platform_scope

    with platform_scope():
        type(manufacturer).objects.filter(pk=manufacturer.pk).update(functions_off=["leads"])
    assert Client().get(URL).status_code == 404


def test_a_published_form_stays_as_it_is_and_the_next_version_replaces_it(
    client_for: Any, owner: Any, published: LeadForm, manufacturer: Any
) -> None:
    client = client_for(owner)
    told = {
        "title": "New", "thanks": "Thanks", "consent": "Yes", "asked": ["name", "phone"], "needed": ["name"], "publish": "1",
    }  # fmt: skip
    client.post(f"/hanbit/settings/leads/forms/{published.pk}/", told)
    read = client.get(f"/hanbit/settings/leads/forms/{published.pk}/").context
    assert (read["asked"][:2] + read["asked"][-1:], read["needed"]) == (["Company", "Contact", "Area"], ["Contact"])
    with staff_scope(manufacturer.pk):
        assert LeadForm.objects.get().title == published.title
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE leads_leadform SET consent = 'other'")
    page = client.post("/hanbit/settings/leads/forms/draft/en/")
    assert client.post("/hanbit/settings/leads/forms/draft/en/")["Location"] == page["Location"]
    bad = client.post(page["Location"], told | {"asked": ["name"], "needed": ["company"]})
    assert set(bad.context["form"].errors) == {"asked", "needed"}
    client.post(page["Location"], told)
    with staff_scope(manufacturer.pk):
        states = {form.version: form.state for form in LeadForm.objects.all()}
    assert states == {1: "retired", 2: "published"}


def test_lists_are_edited_and_kept_while_in_use(client_for: Any, owner: Any, analyst: Any, manufacturer: Any) -> None:
    client = client_for(owner)
    for what in ("sources", "kinds", "reasons", "fields"):
        assert client.get(f"/hanbit/settings/leads/{what}/").status_code == 200
    assert client.get("/hanbit/settings/leads/nothing/").status_code == 404
    assert client_for(analyst).get("/hanbit/settings/leads/sources/").status_code == 403
    radio, field = (
        {"names_ko": "라디오", "names_en": "Radio", "code": "radio", "order": "9"},
        {"labels_en": "Size", "key": "size", "type": "choice", "known_at": "arrival", "order": "1"},
    )
    assert client.post("/hanbit/settings/leads/sources/new/", radio).status_code == 302
    assert client.post("/hanbit/settings/leads/sources/new/", radio).context["form"].errors
    with staff_scope(manufacturer.pk):
        kept = LeadSource.objects.get(code="radio")
        create_lead({"company": "A"}, source=kept)
    page = f"/hanbit/settings/leads/sources/{kept.pk}/"
    client.post(page, {"remove": "1"})
    client.post(page, radio | {"code": "tv", "names_en": "Wireless"})
    wrong = client.post("/hanbit/settings/leads/fields/new/", field)
    assert list(wrong.context["form"].errors) == ["choices"]
    assert client.post("/hanbit/settings/leads/fields/new/", field | {"choices": "a\nb\na"}).status_code == 302
    with staff_scope(manufacturer.pk):
        kept = LeadSource.objects.get(pk=kept.pk)
        assert (kept.code, kept.names["en"]) == ("radio", "Wireless")
        assert LeadField.objects.get(key="size").choices == ["a", "b"]
        Lead.objects.all().delete()
    client.post(page, {"remove": "1"})
    with staff_scope(manufacturer.pk):
        assert not LeadSource.objects.filter(code="radio").exists()
