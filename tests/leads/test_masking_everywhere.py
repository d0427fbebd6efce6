# ruff: noqa: F811 - fixtures of another module
"""Who is behind a lead: in no byte of any answer for whom it must not be, and there for whom it must.

Each output is asked: pages, lists, searches, exports of both formats, histories, results of jobs, notices and the Django
admin. Mails and the page behind their link are in test_offer_pages.py.
"""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from jobs.models import Job
from jobs.running import Progress
from leads.models import Lead, Offer
from leads.services.offers import accept_offer
from leads.services.routing_jobs import run_routing, start_routing
from notices.models import Notice
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory
from tests.isolation.test_urls import EXPECTED
from tests.leads.factories import LeadFactory
from tests.leads.test_offer_pages import SECRETS, lead, offer_of  # noqa: F401 (the lead full of what must not be seen)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
NAME, PHONE, MAIL = SECRETS["name"], SECRETS["phone"], SECRETS["email"]
PERSONAL = (NAME, PHONE, MAIL, "7788-9900", "minsu.kanghwan", "Teheranno-secret", "Younghee")
COMPANY = "Miraeglass"
"""Nobody outside reads it before accepting; within, it is no person."""


def body(response: Any) -> str:
    """All that an answer says; a workbook is opened."""
    content = response.getvalue()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace") + "".join(f"{key}: {value}" for key, value in response.headers.items())


def personal_in(text: str, words: tuple[str, ...] = PERSONAL) -> list[str]:
    return [word for word in words if word.casefold() in text.casefold()]


def portal_pages(offer: Offer) -> list[str]:
    """Every page of the portal that names no object, and those of the offer."""
    pages = []
    for name, answers in EXPECTED.items():
        if "_portal:" in name and answers["partner_rep"] == 200:
            try:
                pages.append(reverse(name, kwargs={"manufacturer": "hanbit"}))
            except NoReverseMatch:
                continue
    return [*pages, f"/hanbit/portal/leads/offers/{offer.pk}/"]


def test_no_page_of_the_portal_names_who_is_behind_an_offer(
    lead: Lead,
    rep: Membership,
    sibling_rep: Membership,
    client_for: SignIn,
) -> None:
    offer = offer_of(lead)
    pages = portal_pages(offer)
    assert len(pages) > 30
    for member in (rep, sibling_rep):
        client = client_for(member)
        for page in pages:
            assert (page, personal_in(body(client.get(page)), (*PERSONAL, COMPANY))) == (page, [])
        for page in ("opportunities/list/", "leads/reports/export/", "opportunities/shops/"):
            for form in ("csv", "xlsx"):
                text = body(client.get(f"/hanbit/portal/{page}?export={form}&format={form}"))
                assert (page, personal_in(text, (*PERSONAL, COMPANY))) == (page, [])
        for words in ("minsu", "7788", "miraeglass"):  # found by nothing: the answer repeats the words and no more
            text = body(client.get(f"/hanbit/portal/search/?q={words}"))
            assert personal_in(text, (NAME, PHONE, MAIL, SECRETS["company"])) == []
            assert "Nothing fits" in text
        assert client.get(f"/hanbit/leads/{lead.pk}/").status_code == 404


def test_the_check_of_a_deal_names_nobody(
    lead: Lead,
    rep: Membership,
    client_for: SignIn,
) -> None:
    asked = {"customer_name": SECRETS["company"], "business_number": SECRETS["business_number"], "city": "Seoul"}
    answer = client_for(rep).post("/hanbit/portal/deals/check/", asked)
    assert answer.status_code == 200
    assert personal_in(body(answer)) == []


def test_who_accepted_reads_it_and_nobody_else_does(
    lead: Lead,
    rep: Membership,
    sibling_rep: Membership,
    client_for: SignIn,
    manufacturer: Manufacturer,
) -> None:
    offer = offer_of(lead)
    with staff_scope(manufacturer.pk):
        accept_offer(offer, by=rep)
    own, other = client_for(rep), client_for(sibling_rep)
    page = f"/hanbit/portal/leads/offers/{offer.pk}/"
    assert personal_in(body(own.get(page)), (NAME, PHONE, MAIL, COMPANY)) == [NAME, PHONE, MAIL, COMPANY]
    assert other.get(page).status_code == 404
    for form in ("csv", "xlsx"):
        export = f"/hanbit/portal/opportunities/list/?columns=name,customer&export={form}"
        assert COMPANY in body(own.get(export))
        assert personal_in(body(other.get(export)), (*PERSONAL, COMPANY)) == []
    search = "/hanbit/portal/search/?q=7788-9900"
    assert COMPANY in body(own.get(search))
    assert personal_in(body(other.get(search)), (NAME, MAIL, COMPANY)) == []
    with staff_scope(manufacturer.pk):  # what is told goes on to be without
        assert personal_in(str(list(Notice.objects.values_list("facts", flat=True)))) == []


def test_staff_without_the_right_read_it_in_no_list_page_export_history_search_or_job(
    lead: Lead,
    manager: Membership,
    analyst: Membership,
    client_for: SignIn,
    manufacturer: Manufacturer,
) -> None:
    with staff_scope(manufacturer.pk):
        Lead.objects.filter(pk=lead.pk).update(name="Old Name")
        Lead.objects.filter(pk=lead.pk).update(name=NAME)
        waiting = LeadFactory(manufacturer=manufacturer, **{**SECRETS, "subject": "", "company": ""})
        job = start_routing([waiting.pk], by=manager)
        result = run_routing(Progress(job))
        Job.objects.filter(pk=job.pk).update(state="done", result=result)
        decision = lead.decisions.get()
    columns = "columns=who,name,phone,email,address,subject"
    pages = [
        f"/hanbit/leads/?{columns}",
        f"/hanbit/leads/?{columns}&export=csv",
        f"/hanbit/leads/?{columns}&export=xlsx",
        f"/hanbit/leads/{lead.pk}/",
        f"/hanbit/leads/{lead.pk}/candidates/",
        f"/hanbit/leads/decisions/{decision.pk}/",
        "/hanbit/leads/distribution/",
        "/hanbit/search/?q=teheranno",
        "/hanbit/",
        f"/hanbit/jobs/{job.pk}/",
    ]
    technical: Membership = MembershipFactory(manufacturer=manufacturer, role=Role.TRAINER)
    for member in (analyst, technical):
        client = client_for(member)
        for page in pages:
            words = tuple(word for word in (*PERSONAL, "Old Name") if not page.endswith(word.casefold()))
            answer = client.get(page)
            assert (page, answer.status_code in (200, 302, 403, 404), personal_in(body(answer), words)) == (
                page,
                True,
                [],
            )
        assert client.get("/hanbit/leads/call/?phone=7788").status_code in (403, 404)
    full = [body(client_for(manager).get(page)) for page in pages[:4]]
    assert [personal_in(text, (NAME, PHONE, MAIL)) for text in full] == [[NAME, PHONE, MAIL]] * 4
    assert "Old Name" in full[3]


def test_the_django_admin_shows_no_lead_and_no_end_customer(
    lead: Lead,
    rep: Membership,
    analyst: Membership,
    client_for: SignIn,
) -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert not shown & {
        "leads.Lead",
        "leads.Offer",
        "leads.LeadEvent",
        "commerce.EndCustomer",
        "commerce.EndCustomerEvent",
    }
    for member in (rep, analyst):
        for page in ("/admin/", "/admin/leads/lead/", "/admin/notices/notice/"):
            answer = client_for(member).get(page)
            assert answer.status_code in (302, 403, 404)
            assert personal_in(body(answer), (*PERSONAL, COMPANY)) == []
