"""Contacts with partners: noted quickly, shared or not, filed from mails, with the manufacturer's own codes."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Contact, ContactCode, ContactEntry, ContactFile, Partner, Task, TaskState
from partners.services.contact_codes import ensure_codes
from partners.services.contact_history import update_entry
from partners.timeline import timeline_of
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]

SignIn = Callable[[Membership], Client]

MAIL = (
    b"From: Kim <kim@seoul.example>\r\nTo: lee@maker.example\r\nSubject: Delivery\r\n"
    b"Date: Mon, 02 Mar 2026 09:30:00 +0900\r\n\r\nWhen will it come?"
)


@pytest.fixture
def codes(partner: Partner) -> dict[str, ContactCode]:
    with staff_scope(partner.manufacturer_id):
        ensure_codes()
        return {f"{code.list}:{code.code}": code for code in ContactCode.objects.all()}


def make_entry(partner: Partner, codes: dict[str, ContactCode], **values: Any) -> ContactEntry:
    with staff_scope(partner.manufacturer_id):
        return ContactEntry.objects.create(
            partner=partner,
            **{"channel": codes["channel:call"], "title": "Prices", "at": timezone.now()} | values,
        )


def said(codes: dict[str, ContactCode], **values: Any) -> dict[str, Any]:
    return {
        "channel": codes["channel:call"].pk,
        "direction": "out",
        "title": "Prices",
        "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    } | values


def test_the_lists_begin_with_sensible_entries_in_three_languages(codes: dict[str, ContactCode]) -> None:
    assert {code.list for code in codes.values()} == {"channel", "subject", "outcome"}
    assert all(set(code.names) == {"en", "ko", "ja"} for code in codes.values())
    assert codes["subject:price"].parent_id == codes["subject:sales"].pk
    with staff_scope(codes["channel:call"].manufacturer_id):
        codes["channel:fax"].delete()
        ensure_codes()
        assert not ContactCode.objects.filter(code="fax").exists()


def test_a_contact_is_noted_from_the_dialog_and_its_step_becomes_a_task(
    client_for: SignIn, manager: Membership, partner: Partner, codes: dict[str, ContactCode]
) -> None:
    client = client_for(manager)
    dialog = client.get(
        "/hanbit/contact-history/new/",
        headers={"HX-Request": "true", "HX-Target": "dialog", "HX-Current-URL": "http://testserver/hanbit/partners/"},
    )
    assert "dialog-title" in dialog.content.decode()
    assert dialog.context["back"] == "/hanbit/partners/?"
    broken = client.get("/hanbit/contact-history/new/", headers={"HX-Request": "true", "HX-Current-URL": "http://["})
    assert broken.context["back"] == ""
    answer = client.post(
        "/hanbit/contact-history/new/",
        said(
            codes, partner_code=partner.code, next_step="Call back", next_step_on="2030-01-05", next="/hanbit/partners/"
        ),
    )
    assert (answer.status_code, answer["Location"]) == (302, "/hanbit/partners/")
    with staff_scope(partner.manufacturer_id):
        entry = ContactEntry.objects.get()
        task = Task.objects.get()
        assert (entry.partner_id, entry.is_shared, entry.created_by_id) == (partner.pk, False, manager.pk)
        assert (task.title, task.due_on, task.owner_id) == ("Call back", dt.date(2030, 1, 5), None)
    client.post(
        f"/hanbit/contact-history/{entry.pk}/edit/",
        said(codes, by=manager.pk, next_step="Write", next_step_on="2030-01-09"),
    )
    client.post(f"/hanbit/contact-history/{entry.pk}/edit/", said(codes, by=manager.pk))
    with staff_scope(partner.manufacturer_id):
        assert set(Task.objects.values_list("title", "state")) == {
            ("Call back", TaskState.DROPPED),
            ("Write", TaskState.DROPPED),
        }


def test_one_that_is_corrected_stays_with_the_partner_that_it_moved_to(
    manager: Membership, partner: Partner, sibling: Partner, codes: dict[str, ContactCode]
) -> None:
    entry = make_entry(partner, codes)
    with staff_scope(partner.manufacturer_id):
        ContactEntry.objects.update(partner=sibling)
        entry.title, entry.next_step, entry.next_step_on = "Prices of May", "Call back", timezone.localdate()
        update_entry(entry, by=manager)
        assert list(ContactEntry.objects.values_list("partner", "title")) == [(sibling.pk, "Prices of May")]
        assert list(Task.objects.values_list("partner", "title")) == [(sibling.pk, "Call back")]


def test_one_is_not_led_off_to_another_site(
    client_for: SignIn, manager: Membership, partner: Partner, codes: dict[str, ContactCode]
) -> None:
    answer = client_for(manager).post(
        f"/hanbit/contact-history/new/?partner={partner.pk}", said(codes, next="https://evil.example/")
    )
    assert answer["Location"].startswith("/hanbit/contact-history/")


def test_what_makes_no_sense_is_said(
    client_for: SignIn, manager: Membership, partner: Partner, sibling: Partner, codes: dict[str, ContactCode]
) -> None:
    client, url = client_for(manager), f"/hanbit/contact-history/new/?partner={partner.pk}"
    with staff_scope(partner.manufacturer_id):
        other = Contact.objects.create(partner=sibling, name="Other")
    assert "contact" in client.post(url, said(codes, contact=other.pk)).context["form"].errors
    assert "subject" in client.post(url, said(codes, subject=codes["channel:call"].pk)).context["form"].errors
    assert "next_step" in client.post(url, said(codes, next_step_on="2030-01-01")).context["form"].errors
    assert client.post(url, said(codes, at="2031-01-01T10:00")).context["form"].non_field_errors()
    file = SimpleUploadedFile("a.html", b"<script>")
    assert "file" in client.post(url, said(codes, file=file)).context["form"].errors
    with staff_scope(partner.manufacturer_id):
        assert not ContactEntry.objects.exists()


def test_partners_read_what_is_shared_with_them_and_no_more(
    client_for: SignIn, rep: Membership, sibling_rep: Membership, partner: Partner, codes: dict[str, ContactCode]
) -> None:
    hidden = make_entry(partner, codes, title="Our margin", summary="They would pay more")
    shown = make_entry(partner, codes, title="Agreed date", is_shared=True)
    files = {}
    with staff_scope(partner.manufacturer_id):
        for entry in (hidden, shown):
            file = ContactFile(
                partner=partner, entry=entry, original_name="a.pdf", content_type="application/pdf", size=4
            )
            file.file.save("1/a.pdf", SimpleUploadedFile("a.pdf", b"%PDF"), save=False)
            file.save()
            files[entry.pk] = file.pk
    client = client_for(rep)
    page = client.get("/hanbit/portal/contact-history/")
    assert [entry.title for entry in page.context["entries"]] == ["Agreed date"]
    assert b"margin" not in page.content
    answer = client.get(f"/hanbit/portal/contact-history/files/{files[shown.pk]}/")
    assert (answer.status_code, answer.getvalue()) == (200, b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"/hanbit/portal/contact-history/files/{files[hidden.pk]}/").status_code == 404
    assert client_for(sibling_rep).get(f"/hanbit/portal/contact-history/files/{files[shown.pk]}/").status_code == 404
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert list(ContactEntry.objects.values_list("pk", flat=True)) == [shown.pk]
        assert list(ContactFile.objects.values_list("pk", flat=True)) == [files[shown.pk]]


def test_a_mail_is_filed_with_the_partner_of_its_writer_and_once(
    client_for: SignIn, manager: Membership, partner: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        kim = Contact.objects.create(partner=partner, name="Kim", email="kim@seoul.example")
    client = client_for(manager)
    client.post("/hanbit/contact-history/letter/", {"file": SimpleUploadedFile("m.eml", MAIL)})
    with staff_scope(partner.manufacturer_id):
        entry = ContactEntry.objects.select_related("channel").get()
        assert (entry.partner_id, entry.contact_id, entry.direction) == (partner.pk, kim.pk, "in")
        assert (entry.title, entry.summary, entry.channel.code) == ("Delivery", "When will it come?", "mail")
        assert entry.at == dt.datetime(2026, 3, 2, 0, 30, tzinfo=dt.UTC)
        assert entry.files.get().original_name == "m.eml"
    again = client.post("/hanbit/contact-history/letter/", {"file": SimpleUploadedFile("m.eml", MAIL)})
    assert again.context["form"].non_field_errors() == ["“m.eml” has been filed with Seoul Agency already."]
    unknown = client.post(
        "/hanbit/contact-history/letter/",
        {"file": SimpleUploadedFile("n.eml", MAIL.replace(b"kim@seoul", b"x@nowhere"))},
    )
    assert unknown.context["form"].non_field_errors() == [
        "No partner is known by these addresses. Say which partner it belongs to."
    ]
    broken = client.post(
        "/hanbit/contact-history/letter/",
        {"file": SimpleUploadedFile("b.pdf", b"%PDF-1.7 broken"), "partner_code": partner.code},
    )
    assert broken.context["form"].non_field_errors() == ["The file is damaged and cannot be read. Save it anew."]
    with staff_scope(partner.manufacturer_id):
        assert ContactEntry.objects.count() == 1


def test_the_list_narrows_by_codes_with_those_below_them(
    client_for: SignIn, manager: Membership, partner: Partner, sibling: Partner, codes: dict[str, ContactCode]
) -> None:
    price = make_entry(partner, codes, subject=codes["subject:price"], by=manager)
    make_entry(sibling, codes, title="Old", at=timezone.now() - dt.timedelta(days=90), subject=codes["subject:support"])
    client = client_for(manager)

    def found(query: str) -> list[int]:
        return [row.pk for row in client.get(f"/hanbit/contact-history/?{query}").context["list"].page.rows]

    today = timezone.localdate().isoformat()
    for query in (
        "subject=sales",
        f"by={manager.pk}",
        f"at_after={today}",
        f"at_before={today}&at_after={today}",
        "q=Seoul",
    ):
        assert found(query) == [price.pk], query
    assert len(found("channel=call")) == 2
    assert found("outcome=agreed") == []


def test_lists_ask_as_many_queries_at_any_size(
    client_for: SignIn, manager: Membership, rep: Membership, partner: Partner, codes: dict[str, ContactCode]
) -> None:
    asked = []
    staff, portal = client_for(manager), client_for(rep)
    for size in (2, 9):
        for _each in range(size):
            make_entry(partner, codes, is_shared=True, by=manager)
        counts = []
        for client, url in (
            (staff, "/hanbit/contact-history/"),
            (portal, "/hanbit/portal/contact-history/"),
            (staff, f"/hanbit/partners/{partner.pk}/?tab=people"),
            (staff, f"/hanbit/partners/{partner.pk}/timeline/"),
        ):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        asked.append(counts)
    assert asked[0] == asked[1]


def test_contacts_stand_on_the_timeline(manager: Membership, partner: Partner, codes: dict[str, ContactCode]) -> None:
    make_entry(partner, codes, summary="One\n\n\nTwo", by=manager)
    with staff_scope(partner.manufacturer_id):
        shown = timeline_of(manager, partner, sources=["contacts"]).entries
    assert [(each.entry.title, each.entry.text, each.entry.who) for each in shown] == [
        ("Call: Prices", "One\nTwo", "Manager Lee")
    ]


def test_a_retired_code_is_kept_but_no_longer_offered(
    client_for: SignIn, owner: Membership, partner: Partner, codes: dict[str, ContactCode]
) -> None:
    entry = make_entry(partner, codes)
    call = codes["channel:call"]
    client = client_for(owner)
    client.post(
        f"/hanbit/settings/contact-codes/{call.pk}/",
        {"names_en": "Call", "names_ko": "전화", "names_ja": "電話", "order": 0, "is_retired": "on"},
    )
    with staff_scope(partner.manufacturer_id):
        assert ContactCode.objects.get(pk=call.pk).is_retired is True
    new = client.get(f"/hanbit/contact-history/new/?partner={partner.pk}").context["form"]
    known = client.get(f"/hanbit/contact-history/{entry.pk}/edit/").context["form"]
    assert call.pk not in dict(new.fields["channel"].choices)
    assert call.pk in dict(known.fields["channel"].choices)
    client.post(f"/hanbit/settings/contact-codes/{call.pk}/", {"remove": "1"})
    with staff_scope(partner.manufacturer_id):
        assert ContactCode.objects.filter(pk=call.pk).exists()
