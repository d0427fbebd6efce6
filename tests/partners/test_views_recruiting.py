"""The pages of recruiting."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pages.boards import CARDS
from partners.models import (
    ApplicationForm,
    Partner,
    Prospect,
    ProspectMail,
    ProspectMove,
    ProspectSource,
)
from partners.services import recruiting
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerKindFactory
from tests.partners.recruiting import PDF, applications, filled, fresh, prospect

pytestmark = pytest.mark.django_db


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
    for number in range(CARDS + 3):
        prospect(manufacturer, company=f"C{number:02}")
    client = client_for(manager)
    first, _previous, following = client.get("/hanbit/recruiting/").context["columns"][0]
    assert (first.count, len(first.cards), following) == (CARDS + 3, CARDS, "?found=2")
    second, _previous, _following = client.get(f"/hanbit/recruiting/{following}").context["columns"][0]
    assert [card.company for card in second.cards] == [f"C{number:02}" for number in range(12, 15)]
    assert len(client.get("/hanbit/recruiting/?found=99&applied=x").context["columns"][0][0].cards) == 3


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
