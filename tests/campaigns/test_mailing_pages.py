"""The leaf of mailings, previews and tests, and what goes by hand."""

import io
from collections.abc import Callable
from typing import Any

import polars
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from campaigns.models import Campaign, CampaignSettings, Mailing, Message, Recipient, Response, Suppression
from campaigns.selectors.mailings import progress_of
from campaigns.selectors.reports import funnels
from campaigns.services import by_hand
from partners.models import ContactConsent
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.factories import MembershipFactory


@pytest.fixture
def marketing(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING)


@pytest.fixture
def campaign(manufacturer: Manufacturer, marketing: Membership) -> Campaign:
    campaign = CampaignFactory(
        manufacturer=manufacturer, owner=marketing, state="rollout", is_advertising=False, channel="post"
    )
    variant = VariantFactory(manufacturer=manufacturer, campaign=campaign)
    ContentFactory(manufacturer=manufacturer, variant=variant, body="Dear {name},\n\nour **prices**.")
    for n in range(3):
        RecipientFactory(
            manufacturer=manufacturer,
            campaign=campaign,
            variant=variant,
            name=f"김 {n}",
            address=f"{n} Seoul-ro",
            partner_name="한빛",
        )
    with staff_scope(manufacturer.pk):
        CampaignSettings.objects.create(postal_address="1 Main Street")
    return campaign


def page(campaign: Campaign, rest: str = "?tab=mailings") -> str:
    return f"/hanbit/campaigns/{campaign.pk}/{rest}"


def all_agree(campaign: Campaign) -> None:
    """Its readers let themselves be written to by post."""
    ContactConsent.objects.bulk_create(
        ContactConsent(
            partner_id=reader.partner_id,
            contact_id=reader.contact_id,
            channel="post",
            given_on="2026-01-05",
            source="Fair",
        )
        for reader in campaign.recipients.all()
    )


def mailing_of(campaign: Campaign) -> Mailing:
    with staff_scope(campaign.manufacturer_id):
        return Mailing.objects.get()


def test_a_mailing_is_started_paused_and_stopped_on_its_leaf(
    campaign: Campaign, marketing: Membership, analyst: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(campaign.manufacturer_id):
        Campaign.objects.update(channel="email")
    client = client_for(marketing)
    shown = client.get(page(campaign)).content.decode()
    assert "Write to all the others" in shown

    answer = client.post(page(campaign, "mailings/"), {"kind": "rollout", "starts_at": "2099-01-01T09:00"})
    assert answer.status_code == 302
    mailing = mailing_of(campaign)
    with staff_scope(campaign.manufacturer_id):
        assert Message.objects.order_by("due_at").first().due_at.isoformat() == "2099-01-01T00:00:00+00:00"  # type: ignore[union-attr]
    step = page(campaign, f"mailings/{mailing.pk}/step/")
    assert client_for(analyst).post(step, {"step": "stop"}).status_code == 403
    assert client.post(step, {"step": "nonsense"}).status_code == 404
    for wanted, state in (("pause", "paused"), ("resume", "sending"), ("stop", "stopped"), ("resume", "stopped")):
        client.post(step, {"step": wanted})
        assert mailing_of(campaign).state == state
    shown = client.get(page(campaign)).content.decode()
    assert "The mailing was stopped before." in shown
    assert "0 sent, 0 waiting" in shown


def test_a_text_is_shown_as_it_reaches_a_reader_in_a_frame_that_runs_nothing(
    campaign: Campaign, marketing: Membership, client_for: Callable[[Membership], Client], mailoutbox: list[Any]
) -> None:
    with staff_scope(campaign.manufacturer_id):
        content = campaign.variants.get().contents.get()
        content.body = "Dear {name|customer}, <script>alert(1)</script>"
        content.save()
        Campaign.objects.update(is_advertising=True)
        reader = Recipient.objects.order_by("pk").first()
    client = client_for(marketing)
    url = page(campaign, f"texts/{content.pk}/shown/?reader={reader.pk}")  # type: ignore[union-attr]

    shown = client.get(url)
    assert "(광고) Summer prices for 한빛" in shown.content.decode()
    assert shown.headers["Content-Security-Policy"].count("frame-src 'self'") == 1
    framed = client.get(page(campaign, f"texts/{content.pk}/mail/?country=JP"))
    assert "Dear customer, &lt;script&gt;" in framed.content.decode()
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert "script-src 'none'" in framed.headers["Content-Security-Policy"]
    client.post(url, {"to": "me@hanbit.example"})
    assert mailoutbox[0].subject == "[Test] (광고) Summer prices for 한빛"


def test_letters_go_out_as_list_and_pdf_and_their_results_come_back(
    campaign: Campaign, marketing: Membership, analyst: Membership, client_for: Callable[[Membership], Client]
) -> None:
    client = client_for(marketing)
    client.post(page(campaign, "mailings/"), {"kind": "rollout"})
    mailing = mailing_of(campaign)
    base = page(campaign, f"mailings/{mailing.pk}/")
    sheet = polars.read_csv(io.BytesIO(client.get(base + "list/?format=csv").getvalue()), infer_schema=False)
    assert sheet["address"].to_list() == ["0 Seoul-ro", "1 Seoul-ro", "2 Seoul-ro"]
    assert client.get(base + "list/").getvalue()[:2] == b"PK"
    assert client_for(analyst).get(base + "list/").status_code == 403
    pdf = PdfReader(io.BytesIO(client.get(base + "letters/").content))
    assert len(pdf.pages) == 3
    text = pdf.pages[1].extract_text()
    assert "1 Main Street" in text
    assert "김 1" in text

    first, second, third = sheet["key"].to_list()
    results = f"key,result,note\n{first},returned,moved\n{second},Answered,wants a visit\n{third},eaten,\n999,sent,\n"
    answer = client.post(base + "results/", {"file": SimpleUploadedFile("r.csv", results.encode())}).content.decode()
    assert "Line 4: the result is sent, returned or answered." in answer
    assert "Line 5: nobody of this mailing has this key." in answer
    client.post(base + "results/", {"file": SimpleUploadedFile("r.csv", results.encode())})
    with staff_scope(campaign.manufacturer_id):
        assert sorted(Response.objects.values_list("kind", flat=True)) == ["bounce", "typed"]
        assert list(Message.objects.order_by("recipient").values_list("state", flat=True)) == [
            "bounced",
            "sent",
            "waiting",
        ]
        (progress,) = progress_of(campaign)
        total = funnels(campaign)[0]
        assert (progress.sent, progress.waiting, progress.reasons) == (2, 1, [("moved", 1)])
        assert (total.readers, total.sent, total.bounced, total.replied) == (3, 2, 1, 1)  # the same on both pages
    client.post(base + "step/", {"step": "went"})
    assert mailing_of(campaign).state == "sent"
    with staff_scope(campaign.manufacturer_id):
        assert not Recipient.objects.filter(sent_at=None).exists()
        assert (progress_of(campaign)[0].sent, funnels(campaign)[0].sent) == (3, 3)
        Mailing.objects.update(state="stopped")
    again = client.post(base + "step/", {"step": "went"}, follow=True).content.decode()
    assert "This mailing has ended already." in again
    assert mailing_of(campaign).state == "stopped"
    assert (
        b"needs the columns"
        in client.post(base + "results/", {"file": SimpleUploadedFile("r.csv", b"a,b\n1,2\n")}).content
    )


def test_no_letter_is_printed_for_who_may_not_be_written_to_any_more(
    campaign: Campaign, marketing: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(campaign.manufacturer_id):
        Campaign.objects.update(is_advertising=True)
        readers = list(Recipient.objects.order_by("pk").select_related("contact"))
        all_agree(campaign)
    client = client_for(marketing)
    client.post(page(campaign, "mailings/"), {"kind": "rollout"})
    mailing = mailing_of(campaign)
    base = page(campaign, f"mailings/{mailing.pk}/")

    def listed() -> list[str]:
        sheet = client.get(base + "list/?format=csv").getvalue()
        return polars.read_csv(io.BytesIO(sheet), infer_schema=False)["address"].to_list()

    with staff_scope(campaign.manufacturer_id):
        ContactConsent.objects.filter(contact=readers[0].contact_id).update(withdrawn_on="2026-06-01")
        Suppression.objects.create(channel="post", address=readers[1].address, reason="staff")
    assert len(PdfReader(io.BytesIO(client.get(base + "letters/").content)).pages) == 1
    assert listed() == ["2 Seoul-ro"]
    with staff_scope(campaign.manufacturer_id):
        told = Message.objects.order_by("recipient").values_list("state", "error")
        assert list(told) == [("refused", "no_consent"), ("refused", "suppressed"), ("waiting", "")]
    client.post(base + "step/", {"step": "went"})
    with staff_scope(campaign.manufacturer_id):
        sent = Recipient.objects.filter(sent_at__isnull=False)
        assert list(sent) == [readers[2]]
        ContactConsent.objects.update(withdrawn_on="2026-06-01")
    assert listed() == ["2 Seoul-ro"]  # what went, went
    results = f"key,result\n{readers[1].pk},sent\n".encode()  # posted from the list of before
    client.post(base + "results/", {"file": SimpleUploadedFile("r.csv", results)})
    assert listed() == ["1 Seoul-ro", "2 Seoul-ro"]
    with staff_scope(campaign.manufacturer_id):
        assert Message.objects.filter(recipient=readers[1]).values_list("state", "error").get() == ("sent", "")
        assert Recipient.objects.get(pk=readers[1].pk).sent_at is not None


def test_a_look_at_the_list_of_a_mailing_asks_for_no_weekly_cap(
    campaign: Campaign, marketing: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(campaign.manufacturer_id):
        Campaign.objects.update(is_advertising=True)
        reader = Recipient.objects.order_by("pk").select_related("contact", "partner").first()
        assert reader is not None
        all_agree(campaign)
        CampaignSettings.objects.update(weekly_cap=1)
    RecipientFactory(
        manufacturer=campaign.manufacturer, campaign=CampaignFactory(manufacturer=campaign.manufacturer, channel="email"),
        partner=reader.partner, contact=reader.contact, sent_at=timezone.now(),
    )  # fmt: skip
    client = client_for(marketing)
    client.post(page(campaign, "mailings/"), {"kind": "rollout"})
    sheet = client.get(page(campaign, f"mailings/{mailing_of(campaign).pk}/list/?format=csv")).getvalue()
    assert polars.read_csv(io.BytesIO(sheet), infer_schema=False).height == 3
    with staff_scope(campaign.manufacturer_id):
        assert set(Message.objects.values_list("state", flat=True)) == {"waiting"}


def test_results_of_a_mailing_cost_the_same_however_many_come_back(
    campaign: Campaign, marketing: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(campaign.manufacturer_id):
        variant = campaign.variants.get()
    for n in range(3, 12):
        RecipientFactory(
            manufacturer=campaign.manufacturer, campaign=campaign, variant=variant, address=f"{n} Seoul-ro"
        )
    client_for(marketing).post(page(campaign, "mailings/"), {"kind": "rollout"})
    mailing = mailing_of(campaign)

    def take(lines: list[str]) -> int:
        content = "\n".join(["key,result,note", *lines]).encode()
        with staff_scope(campaign.manufacturer_id), CaptureQueriesContext(connection) as asked:
            own = Mailing.objects.select_related("campaign").get()
            assert by_hand.take_results(own, content, by=marketing) == (len(lines), [])
        return len(asked)

    with staff_scope(campaign.manufacturer_id):
        keys = list(Message.objects.filter(mailing=mailing).order_by("recipient").values_list("recipient", flat=True))
    few = take([f"{keys[0]},sent,", f"{keys[1]},answered,wants a visit", f"{keys[2]},returned,moved"])
    many = take(
        [
            f"{keys[1]},answered,said again",
            f"{keys[2]},returned,moved to Busan",
            *(f"{key},answered,yes {key}" for key in keys[3:7]),
            f"{keys[3]},answered,in another line",
            *(f"{key},returned,no {key}" for key in keys[6:10]),
            f"{keys[9]},returned,really",
        ]
    )

    assert few == many
    with staff_scope(campaign.manufacturer_id):
        said = list(Response.objects.order_by("recipient", "kind").values_list("recipient", "kind", "detail"))
        stand = list(Message.objects.order_by("recipient").values_list("state", "error"))
        answered = list(Recipient.objects.exclude(replied_at=None).order_by("pk").values_list("pk", flat=True))
        came_back = list(Recipient.objects.exclude(bounced_at=None).order_by("pk").values_list("pk", flat=True))
        went = Recipient.objects.exclude(sent_at=None).count()
    assert said == [
        (keys[1], "typed", "wants a visit"),
        (keys[2], "bounce", "moved"),
        *((key, "typed", f"yes {key}") for key in keys[3:6]),
        (keys[6], "bounce", f"no {keys[6]}"),
        (keys[6], "typed", f"yes {keys[6]}"),
        *((key, "bounce", f"no {key}") for key in keys[7:10]),
    ]
    assert stand == [
        ("sent", ""),
        ("sent", ""),
        ("bounced", "moved to Busan"),
        *[("sent", "")] * 3,
        *(("bounced", f"no {key}") for key in keys[6:9]),
        ("bounced", "really"),
        *[("waiting", "")] * 2,
    ]
    assert (answered, came_back, went) == ([keys[1], *keys[3:7]], [keys[2], *keys[6:10]], 10)


def test_staff_suppress_and_lift_addresses_and_say_how_campaigns_are_sent(
    manufacturer: Manufacturer, owner: Membership, marketing: Membership, client_for: Callable[[Membership], Client]
) -> None:
    client = client_for(marketing)
    client.post(
        "/hanbit/campaigns/suppressed/new/", {"channel": "email", "address": " Kim@X.example ", "detail": "by phone"}
    )
    client.post("/hanbit/campaigns/suppressed/new/", {"channel": "sms", "address": "010-1234", "detail": ""})
    assert (
        b"no address for this channel"
        in client.post(
            "/hanbit/campaigns/suppressed/new/", {"channel": "email", "address": "kim", "detail": ""}
        ).content
    )
    with staff_scope(manufacturer.pk):
        rows = list(Suppression.objects.order_by("pk").values_list("address", "reason", "by"))
        pk = Suppression.objects.get(channel="sms").pk
    assert rows == [("kim@x.example", "staff", marketing.pk), ("0101234", "staff", marketing.pk)]
    assert "2 addresses get no more campaigns" in client.get("/hanbit/campaigns/suppressed/").content.decode()
    client.post(f"/hanbit/campaigns/suppressed/{pk}/")
    settings = {
        "sender_name": "Hanbit News", "weekly_cap": "2", "quiet_from": "20:00", "quiet_to": "09:00", "per_minute": "100",
    }  # fmt: skip
    assert client.post("/hanbit/campaigns/settings/", settings).status_code == 403
    assert client_for(owner).post("/hanbit/campaigns/settings/", settings).status_code == 302
    with staff_scope(manufacturer.pk):
        assert Suppression.objects.count() == 1
        kept = CampaignSettings.objects.get()
    assert (kept.sender_name, kept.weekly_cap, kept.tracks_opens) == ("Hanbit News", 2, False)
