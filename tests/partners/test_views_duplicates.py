from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.models import DuplicatePair, PairState, Partner, PartnerMerge
from partners.services.duplicates import check_partners, find_all
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db

COMPANY = {"phone": "02-555-1234", "address": "Main Street 5", "city": "Seoul", "country": "KR"}


@pytest.fixture
def pair(manufacturer: Any, partner: Partner) -> DuplicatePair:
    twin = PartnerFactory(
        manufacturer=manufacturer, code="A2", name="<b>Seoul</b> Agency Inc.", kind=partner.kind, **COMPANY
    )
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(**COMPANY | {"city": "Busan"})
        check_partners([partner.pk, twin.pk])
        return DuplicatePair.objects.get()


@pytest.fixture
def browser(owner: Any) -> Client:
    client = Client()
    client.force_login(owner.user)
    return client


def test_the_list_shows_pairs_with_reasons(browser: Client, pair: DuplicatePair) -> None:
    text = browser.get("/hanbit/duplicates/").content.decode()
    assert "1 pair of partners looks like one company" in text
    assert "Same phone number" in text
    assert "&lt;b&gt;Seoul&lt;/b&gt; Agency" in text
    assert "<b>Seoul" not in text


def test_a_list_of_pairs_costs_the_same_queries_whatever_its_length(
    browser: Client, manufacturer: Any, pair: DuplicatePair
) -> None:
    browser.get("/hanbit/duplicates/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get("/hanbit/duplicates/")
    for number in range(6):
        for half in ("a", "b"):
            PartnerFactory(
                manufacturer=manufacturer, code=f"{half}{number}", name=f"Twin {number}", phone=f"02-77{number}-0000"
            )
    with staff_scope(manufacturer.pk):
        find_all()
    with CaptureQueriesContext(connection) as many:
        browser.get("/hanbit/duplicates/")
    assert len(many) == len(few)


def test_records_are_merged_field_by_field_and_taken_apart_again(
    browser: Client, manufacturer: Any, partner: Partner, pair: DuplicatePair
) -> None:
    address = f"/hanbit/duplicates/{pair.pk}/"
    page = browser.get(f"{address}?keep={partner.pk}").content.decode()
    assert "Busan" in page
    answer = browser.post(address, {"keep": partner.pk, "city": "right", "name": "left"})
    assert answer.url == f"/hanbit/partners/{partner.pk}/"
    with staff_scope(manufacturer.pk):
        kept = Partner.objects.get(pk=partner.pk)
        merge = PartnerMerge.objects.get()
        assert (kept.city, kept.name) == ("Seoul", "Seoul Agency")
    assert browser.get(f"/hanbit/partners/{merge.loser_id}/").url == f"/hanbit/partners/{partner.pk}/"
    again = browser.post(address, {"keep": partner.pk}, follow=True).content.decode()
    assert "merged already" in again
    assert "Undo" in browser.get("/hanbit/duplicates/merges/").content.decode()
    browser.post(f"/hanbit/duplicates/merges/{merge.pk}/undo/")
    twice = browser.post(f"/hanbit/duplicates/merges/{merge.pk}/undo/", follow=True).content.decode()
    assert "undone already" in twice
    with staff_scope(manufacturer.pk):
        assert Partner.objects.get(pk=partner.pk).city == "Busan"
        assert Partner.objects.filter(merged_into=None, pk=merge.loser_id).exists()


def test_two_companies_are_not_put_forward_again(browser: Client, manufacturer: Any, pair: DuplicatePair) -> None:
    address = f"/hanbit/duplicates/{pair.pk}/decide/"
    browser.post(address, {"decision": "dismiss"})
    with staff_scope(manufacturer.pk):
        find_all()
        assert DuplicatePair.objects.get().state == PairState.DISMISSED
    assert "No two partners look like one company" in browser.get("/hanbit/duplicates/").content.decode()
    assert "Owner Kim" in browser.get(f"/hanbit/duplicates/{pair.pk}/").content.decode()
    browser.post(address, {"decision": "reopen"})
    with staff_scope(manufacturer.pk):
        assert DuplicatePair.objects.get().state == PairState.OPEN


def test_who_types_a_partner_that_is_there_already_is_warned(
    browser: Client, partner: Partner, pair: DuplicatePair
) -> None:
    typed = {"name": "seoul agency", "phone": "+82 2 555 1234", "country": "KR"}
    text = browser.get("/hanbit/duplicates/warning/", typed).content.decode()
    assert "may be here already" in text
    assert "A1" in text
    assert "A1)" not in browser.get("/hanbit/duplicates/warning/", typed | {"editing": partner.pk}).content.decode()
    assert browser.get("/hanbit/duplicates/warning/", {"name": "Nobody Knows", "editing": "x"}).content.strip() == b""


def test_the_search_is_a_job_that_is_asked_for_once(browser: Client, manufacturer: Any) -> None:
    from jobs.models import Job

    for _time in range(2):
        assert browser.post("/hanbit/duplicates/search/").status_code == 302
    with staff_scope(manufacturer.pk):
        assert Job.objects.filter(kind="find_duplicates").count() == 1


@pytest.mark.parametrize("by", ["kind", "region", "manager", "nonsense"])
def test_the_quality_of_data_is_told_with_ways_to_the_partners(
    browser: Client, partner: Partner, pair: DuplicatePair, by: str
) -> None:
    text = browser.get(f"/hanbit/quality/?by={by}").content.decode()
    assert "of what is asked about partners is known" in text
    for query in ("complete=25", "confirmed=never", "complete=100"):
        assert f"?{query}" in text
        assert browser.get(f"/hanbit/partners/?{query}").status_code == 200
    assert "Seoul Agency" in browser.get("/hanbit/partners/?confirmed=never").content.decode()
