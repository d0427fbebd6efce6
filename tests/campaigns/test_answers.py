import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.links import Links, Purpose, Ticket, token_of
from campaigns.models import CampaignSettings, Mailing, Message, ReaderChoice, Response
from campaigns.services.answering import Said, take_answer
from campaigns.services.replies import take_reply
from campaigns.services.responses import count_clicks
from commerce.models import EndCustomer
from leads.models import Lead
from partners.models import ContactEntry, Task
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory

pytestmark = pytest.mark.django_db
BROWSER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36"}
TO = "https://www.hanbit.example/price?a=1&b=2#top"


@pytest.fixture
def reader(manufacturer: Manufacturer, owner: Membership, partner: Any) -> Any:
    campaign = CampaignFactory(manufacturer=manufacturer, owner=owner, name="Spring <b>offer</b>", state="rollout")
    return RecipientFactory(
        manufacturer=manufacturer,
        campaign=campaign,
        partner=partner,
        name="Kim <script>x</script>",
        sent_at=timezone.now(),
    )


def path(reader: Any, **kwargs: str) -> str:
    """The address of a link, of what a mail to this reader holds."""
    links, ticket = Links(reader.manufacturer_id, f"/{reader.manufacturer.slug}/public"), Ticket(reader.pk, 3)
    if "to" in kwargs:
        return links.click(ticket, kwargs["to"])
    return links.answer(ticket, kwargs["code"]) if "code" in kwargs else links.opened(ticket)


def kept(reader: Any) -> list[tuple[str, str, bool]]:
    with staff_scope(reader.manufacturer_id):
        return list(Response.objects.order_by("at").values_list("kind", "detail", "is_machine"))


def test_a_redirect_leads_where_the_text_does_and_is_noted_once_a_minute(reader: Any, client: Client) -> None:
    for _time in range(2):
        answer = client.get(path(reader, to=TO), headers=BROWSER)
        assert (answer.status_code, answer["Location"]) == (302, TO)
        assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert client.head(path(reader, to=TO)).status_code == 302
    assert kept(reader) == [("click", TO, False), ("click", TO, True)]
    with staff_scope(reader.manufacturer_id):
        assert [count_clicks(reader.sent_at) for _time in range(2)] == [1, 0]
        reader.refresh_from_db()
        assert reader.clicked_at == reader.opened_at == Response.objects.get(is_machine=False).at


@pytest.mark.parametrize("to", ["https://evil.example/", "javascript:alert(1)", "//evil.example", ""])
def test_nobody_makes_it_lead_elsewhere(reader: Any, client: Client, to: str) -> None:
    token = path(reader, to=TO).split("?")[0]
    assert client.get(token, {"to": to}, headers=BROWSER).status_code == 404
    signed = token_of(Purpose.CLICK, reader.manufacturer_id, Ticket(reader.pk, 3), "javascript:alert(1)")
    at = f"/{reader.manufacturer.slug}/public/c/{signed}/"
    assert client.get(at, {"to": "javascript:alert(1)"}, headers=BROWSER).status_code == 404
    assert kept(reader) == []


def test_links_of_one_house_are_worth_nothing_at_another(
    reader: Any, client: Client, other_manufacturer: Manufacturer
) -> None:
    for link in (path(reader), path(reader, to=TO), path(reader, code="call")):
        assert client.get(link.replace("/hanbit/", "/tokai/"), headers=BROWSER).status_code == 404
    assert client.get(path(reader).replace("/o/", "/c/").replace("picture.gif", ""), headers=BROWSER).status_code == 404
    assert client.post(path(reader, to=TO), headers=BROWSER).status_code == 405
    assert kept(reader) == []


def test_the_picture_tells_of_an_open_unless_its_reader_or_the_house_does_not_want_it(
    reader: Any, client: Client
) -> None:
    answer = client.get(path(reader), headers=BROWSER)
    assert (answer.status_code, answer["Content-Type"], answer.content[:6]) == (200, "image/gif", b"GIF89a")
    assert "no-store" in answer["Cache-Control"]
    client.get(path(reader), headers=BROWSER)
    assert kept(reader) == [("open", "", False)]

    with staff_scope(reader.manufacturer_id):
        Response.objects.all().delete()
        choice = ReaderChoice.objects.create(address=reader.address, refuses_opens=True)
    client.get(path(reader), headers=BROWSER)
    with staff_scope(reader.manufacturer_id):
        choice.delete()
        CampaignSettings.objects.create(tracks_opens=False)
    assert client.get(path(reader), headers=BROWSER).status_code == 200
    assert kept(reader) == []


def test_an_answer_of_somebody_at_a_partner_becomes_a_contact_and_a_task(reader: Any, client: Client) -> None:
    link = path(reader, code="call")
    page = client.get(link, headers=BROWSER)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"  # with "no-referrer" browsers send the answer as of unknown origin
    assert b"<script>x" not in page.content
    assert kept(reader) == []  # a look answers nothing

    for _time in range(2):  # a double click
        assert client.post(link, {"words": "After <b>3</b>", "phone": "02-1234"}, headers=BROWSER).status_code == 200
    assert [row[:2] for row in kept(reader)] == [("answer", "call"), ("form", "After <b>3</b>")]
    with staff_scope(reader.manufacturer_id):
        reader.refresh_from_db()
        assert reader.replied_at is not None
        entry, task = ContactEntry.objects.get(), Task.objects.get()
        assert (entry.partner_id, entry.contact_id, entry.direction) == (reader.partner_id, reader.contact_id, "in")
        assert entry.title == "Call me: Spring <b>offer</b>"
        assert entry.summary == "After <b>3</b>\n\n02-1234"
        assert not entry.is_shared
        assert task.title == "Kim <script>x</script>: “Call me”"
        assert task.due_on == timezone.localdate(timezone=zoneinfo.ZoneInfo("Asia/Seoul")) + dt.timedelta(days=1)
        assert (task.owner, task.is_shared) == (reader.campaign.owner, False)


def test_who_is_not_interested_is_noted_and_nobody_has_to_act(reader: Any, client: Client) -> None:
    client.post(path(reader, code="not_interested"), headers=BROWSER)
    with staff_scope(reader.manufacturer_id):
        assert (ContactEntry.objects.count(), Task.objects.count(), Lead.objects.count()) == (1, 0, 0)


def test_words_alone_need_words_and_an_unknown_answer_is_no_page(reader: Any, client: Client) -> None:
    assert client.post(path(reader, code="write"), {"words": " "}, headers=BROWSER).status_code == 400
    assert client.post(path(reader, code="write"), {"words": "Hello"}, headers=BROWSER).status_code == 200
    assert client.get(path(reader, code="no-such"), headers=BROWSER).status_code == 404
    assert [row[:2] for row in kept(reader)] == [("form", "Hello")]


def test_an_answer_of_an_end_customer_becomes_a_lead_of_the_campaign(reader: Any) -> None:
    with staff_scope(reader.manufacturer_id):
        customer = EndCustomer.objects.create(name="Sky Builders", country="KR", email="a@sky.example", phone="02-9")
        reader.contact, reader.partner, reader.customer = None, None, customer
        reader.save()
        assert take_answer(reader, Said("sample", words="Two, please"))
        assert not take_answer(reader, Said("sample", words="Two, please"))
        lead = Lead.objects.select_related("source").get()
        assert (lead.source.code, lead.campaign_code, lead.customer_id) == (
            "campaign",
            reader.campaign.name,
            customer.pk,
        )
        assert (lead.company, lead.phone, lead.message) == ("Sky Builders", "02-9", "Two, please")
        reader.refresh_from_db()
        assert reader.lead_at is not None
        assert take_answer(reader, Said("not_interested"))
        assert (Lead.objects.count(), Task.objects.count()) == (1, 0)


def mailed(reader: Any) -> str:
    """The Message-ID of what the reader got."""
    with staff_scope(reader.manufacturer_id):
        mailing = Mailing.objects.create(campaign=reader.campaign, kind="rollout", starts_at=timezone.now())
        key = Message.objects.create(mailing=mailing, recipient=reader, due_at=timezone.now()).key
    return f"<campaign-{reader.manufacturer_id}-{key}@hanbit.example>"


def mail(answers: str, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(
        [
            "From: Kim <kim@agency.example>", "To: us@hanbit.example", "Subject: Re: Prices", f"In-Reply-To: {answers}",
            *lines, "", "Please call me on Monday.", "", "> Dear Kim,", "> our prices",
        ]
    ).encode()  # fmt: skip


def test_a_reply_by_mail_is_known_by_what_it_answers_and_kept_once(reader: Any) -> None:
    answers = mailed(reader)
    assert [take_reply(mail(answers)) for _time in range(2)] == ["reply", "reply"]
    assert take_reply(mail("<somebody@else.example>")) == ""
    assert take_reply(mail(answers.replace(f"campaign-{reader.manufacturer_id}-", "campaign-999999-"))) == ""
    with staff_scope(reader.manufacturer_id):
        entry, task = ContactEntry.objects.get(), Task.objects.get()
        assert (entry.title, entry.channel.code) == ("Re: Prices", "mail")
        assert "Please call me on Monday." in entry.summary
        assert "our prices" not in entry.summary
        assert task.title.endswith("“Replied by mail”")
        reader.refresh_from_db()
        assert reader.replied_at is not None


def test_what_a_program_replies_is_kept_and_brings_about_nothing(reader: Any) -> None:
    assert take_reply(mail(mailed(reader), Auto_Submitted="auto-replied")) == "automatic"
    assert [row[2] for row in kept(reader)] == [True]
    with staff_scope(reader.manufacturer_id):
        assert (ContactEntry.objects.count(), Task.objects.count()) == (0, 0)
        reader.refresh_from_db()
        assert reader.replied_at is None
