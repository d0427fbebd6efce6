"""Campaigns of partners: whose the customers are, what goes out, and what the manufacturer may know of it."""

import datetime as dt
import json
import re
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.kpis import own_campaign_rows
from campaigns.links import Ticket
from campaigns.models import (
    OwnCustomer,
    OwnMessage,
    OwnState,
    OwnSuppression,
    PartnerBrand,
    PartnerCampaign,
    PartnerTemplate,
    PartnerTemplateText,
    PartnerWords,
    ReleaseState,
)
from campaigns.own_delivery import OwnSender, may_go_at
from campaigns.own_links import OwnLinks
from campaigns.own_lists import check_list, pasted
from campaigns.own_texts import filled, places_of
from campaigns.own_writing import house_of
from campaigns.selectors import partner_campaigns as reading
from campaigns.services import partner_campaigns as services
from campaigns.services.bounces import take_report
from campaigns.services.partner_campaigns import OwnCampaignError
from campaigns.services.receipts import take_events
from campaigns.texts import Text
from pages import formats
from partners.services.merging import merge_partners, undo_merge
from prm_portal.demo_stories.partner_campaigns import tell_partner_campaigns
from tenancy.models import Membership
from tenancy.rls import partner_scope, platform_scope, scope, staff_scope

NOON = dt.datetime(2026, 6, 10, 3, 0, tzinfo=dt.UTC)
"""Noon in Seoul."""
BODY = "Dear {name|customer},\n\n{own: your greeting | A good summer to you.}\n\nThe **new** [range](https://www.hanbit.example/)."


def make_template(manufacturer: Any, **told: Any) -> PartnerTemplate:
    with staff_scope(manufacturer.pk):
        values = {"names": {"en": "Summer"}, "state": ReleaseState.RELEASED, "released_at": NOON} | told
        template = PartnerTemplate.objects.create(**values)
        for language in ("en", "ko"):
            PartnerTemplateText.objects.create(
                template=template, language=language, subject="Summer from {sender}", body=BODY, answers=["call"]
            )
    return template


@pytest.fixture
def template(manufacturer: Any) -> PartnerTemplate:
    return make_template(manufacturer)


@pytest.fixture
def brand(partner: Any) -> PartnerBrand:
    with staff_scope(partner.manufacturer_id):
        return PartnerBrand.objects.create(
            partner=partner, company="Seoul Agency", address="Jongno 1, Seoul", email="desk@seoul.example"
        )


@pytest.fixture
def own(rep: Membership) -> Iterator[Any]:
    """In the partner's own scope."""
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        yield rep


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def row(email: str, **told: str) -> Any:
    return {
        "email": email, "name": "", "language": "en", "country": "KR", "group": "", "agreed_on": "2026-01-05",
    } | told  # fmt: skip


def begin(rep: Membership, template: PartnerTemplate, *rows: Any) -> PartnerCampaign:
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.save_customers(rows, by=rep)
        return services.draft_of(template.pk, by=rep)


def send(rep: Membership, campaign: PartnerCampaign) -> PartnerCampaign:
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        return services.send_own(campaign, by=rep)


def work(rep: Membership) -> None:
    sender = OwnSender(rep.manufacturer_id, rep.partner_id)
    while sender.send_batch():
        pass


def counts(campaign: PartnerCampaign) -> tuple[Any, ...]:
    with staff_scope(campaign.manufacturer_id):
        campaign.refresh_from_db()
    return campaign.state, campaign.people, campaign.sent


# --- Whose the customers are ------------------------------------------------------------------------------------------


def test_the_list_is_the_partners_alone(rep: Membership, sibling: Any, template: PartnerTemplate) -> None:
    begin(rep, template, row("minsu@example.com", name="Kim Minsu"))
    own = {"manufacturer": rep.manufacturer_id, "partner": rep.partner_id}
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert list(OwnCustomer.objects.values_list("email", flat=True)) == ["minsu@example.com"]
    with partner_scope(rep.manufacturer_id, sibling.pk):
        assert not OwnCustomer.objects.exists()
    with scope("partner", **own, read_only=True):  # who looks on as one of the partner's people
        assert not OwnCustomer.objects.exists()
    for closed in (staff_scope(rep.manufacturer_id), platform_scope()):
        with closed:
            for table in ("owncustomer", "ownmessage", "ownsuppression", "partnerwords"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    connection.cursor().execute(f"SELECT count(*) FROM campaigns_{table}")


def test_another_partner_can_put_nothing_on_it(rep: Membership, sibling: Any) -> None:
    with partner_scope(rep.manufacturer_id, sibling.pk), pytest.raises(DatabaseError), transaction.atomic():
        OwnCustomer.objects.create(partner_id=rep.partner_id, email="x@example.com", language="en", country="KR")


def test_the_manufacturer_can_forge_no_totals(rep: Membership, template: PartnerTemplate) -> None:
    campaign = begin(rep, template)
    with staff_scope(rep.manufacturer_id), pytest.raises(DatabaseError, match="permission"), transaction.atomic():
        PartnerCampaign.objects.filter(pk=campaign.pk).update(sent=1000)


def test_who_looks_on_sees_the_pages_without_customers(
    rep: Membership, owner: Membership, template: PartnerTemplate
) -> None:
    begin(rep, template, row("minsu@example.com", name="Kim Minsu"))
    own, looking = Client(), Client()
    own.force_login(rep.user)
    looking.force_login(owner.user)
    assert looking.post(f"/hanbit/users/{rep.pk}/view/").status_code == 302
    url = "/hanbit/portal/campaigns/customers/"
    shown = " ".join(own.get(url).content.decode().split())
    assert "minsu@example.com · English · South Korea" in shown
    seen = looking.get(url)
    assert seen.status_code == 200
    assert "minsu" not in seen.content.decode()


def held(partner: Any, model: Any, *columns: str) -> list[Any]:
    """What a partner's people find in a table of theirs."""
    with partner_scope(partner.manufacturer_id, partner.pk):
        return sorted(model.objects.values_list(*columns))


def test_in_a_merge_the_list_goes_with_its_people_and_back(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, brand: Any
) -> None:
    begin(rep, template, row("both@example.com", name="Known to Seoul"), row("seoul@example.com"))
    with staff_scope(sibling.manufacturer_id):
        PartnerBrand.objects.create(partner=sibling, company="Busan", address="Haeundae 1", email="b@busan.example")
    campaign = begin(sibling_rep, template, row("both@example.com", name="Known to Busan"), row("busan@example.com"))
    send(sibling_rep, campaign)
    work(sibling_rep)
    begin(sibling_rep, template)
    messages = dict(held(sibling, OwnMessage, "email", "pk"))
    links = OwnLinks.of(partner.manufacturer_id, "hanbit")
    path = links.unsubscribe(Ticket(messages["busan@example.com"], campaign.pk)).split("/hanbit/", 1)[1]

    with staff_scope(partner.manufacturer_id):
        merge = merge_partners(partner, sibling)
        assert "example.com" not in json.dumps(merge.moved)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            OwnCustomer.objects.exists()
    assert held(partner, OwnCustomer, "email", "name") == [
        ("both@example.com", "Known to Seoul"), ("busan@example.com", ""), ("seoul@example.com", ""),
    ]  # fmt: skip
    assert held(partner, OwnMessage, "email", "customer__name") == [
        ("both@example.com", "Known to Seoul"), ("busan@example.com", ""),
    ]  # fmt: skip
    assert held(partner, PartnerCampaign, "state") == [("draft",), ("sent",)]
    assert held(sibling, OwnCustomer, "email") == [("both@example.com",)]

    assert Client().post(f"/hanbit/{path}").status_code == 200  # a link that was sent before the merge
    report = {"kind": "bounce", "is_dead": True}
    with partner_scope(partner.manufacturer_id, partner.pk):
        key = OwnMessage.objects.get(email="both@example.com").key
    told = report | {"message_id": f"campaign-{partner.manufacturer_id}.{sibling.pk}-{key}@x"}
    with staff_scope(partner.manufacturer_id):
        assert take_events([told]) == {"bounce": 1}
    gone = [("both@example.com", "bounce"), ("busan@example.com", "unsubscribed")]
    assert held(partner, OwnSuppression, "email", "reason") == gone

    with staff_scope(partner.manufacturer_id):
        undo_merge(merge)
    assert held(sibling, OwnCustomer, "email") == [("both@example.com",), ("busan@example.com",)]
    assert held(sibling, OwnMessage, "email", "customer__name") == [
        ("both@example.com", "Known to Busan"), ("busan@example.com", ""),
    ]  # fmt: skip
    assert held(sibling, OwnSuppression, "email", "reason") == gone
    assert held(partner, OwnCustomer, "email") == [("both@example.com",), ("seoul@example.com",)]
    assert held(partner, OwnMessage, "email") == []


@pytest.mark.parametrize("actor", ["partner", "platform"])
def test_only_the_house_moves_a_list_and_only_its_own(actor: str, rep: Membership, other_manufacturer: Any) -> None:
    ask = "SELECT campaigns_move_own('owncustomer', %s, %s, NULL)"
    closed = platform_scope() if actor == "platform" else partner_scope(rep.manufacturer_id, rep.partner_id)
    with closed, pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(ask, [rep.partner_id, rep.partner_id])
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.save_customers([row("seoul@example.com")], by=rep)
    with staff_scope(other_manufacturer.pk), connection.cursor() as cursor:
        cursor.execute(ask, [rep.partner_id, rep.partner_id])
        assert cursor.fetchone() == ([],)


# --- The list ---------------------------------------------------------------------------------------------------------


def test_a_pasted_list_is_checked_line_by_line() -> None:
    text = "Kim Minsu, Minsu@Example.com\nlee@example.com\nno address\nminsu@example.com\n\n"
    checked = check_list(pasted(text), language="ko", country="KR", group="Fair", agreed_on=dt.date(2026, 3, 1))
    assert [(each["email"], each["name"]) for each in checked.rows] == [
        ("minsu@example.com", ""),
        ("lee@example.com", ""),
    ]
    assert {each["agreed_on"] for each in checked.rows} == {"2026-03-01"}
    assert (checked.doubles, [line for line, _words in checked.problems]) == (1, [3])


def test_a_pasted_table_is_read_by_its_headers() -> None:
    text = "이름\t이메일\t국가\t동의일\n김민수\tkim@example.com\tkr\t2026.02.01\n이영희\tlee@example.com\txx\t\n"
    checked = check_list(pasted(text), language="ko", country="KR", group="", agreed_on=None)
    assert checked.rows == [row("kim@example.com", name="김민수", language="ko", agreed_on="2026-02-01")]
    assert [line for line, _words in checked.problems] == [3]


DAYS = ["2026/3/1", "2026. 3. 2.", "2026年3月3日", "2026-03-04 00:00:00", "31.03.2026", "2026-13-45", "2031-01-01"]


def test_days_languages_and_countries_are_read_as_people_write_them() -> None:
    text = "E-mail;Language;Country;Agreed on\n" + "".join(
        f"{number}@example.com;{language};{country};{day}\n"
        for number, (language, country, day) in enumerate(
            zip(
                ["日本語", "한국어", "English", "en-US", "ja_JP", "ja", "ja", "norsk"],
                ["日本", "대한민국", "Norway", "usa", "jp", "JP", "JP", "JP"],
                [*DAYS, ""],
                strict=True,
            )
        )
    )
    checked = check_list(pasted(text), language="en", country="NO", group="", agreed_on=None)
    assert [(each["language"], each["country"], each["agreed_on"]) for each in checked.rows] == [
        ("ja", "JP", "2026-03-01"),
        ("ko", "KR", "2026-03-02"),
        ("en", "NO", "2026-03-03"),
        ("en", "US", "2026-03-04"),
        ("ja", "JP", "2026-03-31"),
    ]
    assert checked.problems == [
        (7, "“2026-13-45” is no day: write it as 2026-03-31."),
        (8, "“2031-01-01” lies ahead: it is the day on which somebody agreed."),
        (9, "“norsk” is not among the languages here: write 한국어, 日本語, English."),
    ]


def test_a_day_that_could_be_two_is_asked_about_and_a_place_that_is_none_named_as_written() -> None:
    text = "E-mail,Country,Agreed on\na@example.com,,03/04/2026\nb@example.com,Norge,\n"
    checked = check_list(pasted(text), language="en", country="NO", group="", agreed_on=None)
    assert [words for _line, words in checked.problems] == [
        "“03/04/2026” is no day: write it as 2026-03-31.",
        "“Norge” is no country: write it as KR or JP.",
    ]


def test_a_list_ends_with_its_five_thousandth_customer() -> None:
    lines = [(number, {"email": f"{number}@example.com"}) for number in range(2, 5004)]
    checked = check_list(lines, language="en", country="NO", group="", agreed_on=None)
    assert len(checked.rows) == 5000
    assert checked.problems == [(5002, "Here it ends: a list has 5,000 lines at most.")]


def bring(client: Client, content: str, **told: str) -> Any:
    file = SimpleUploadedFile("list.csv", content.encode())
    return client.post(
        "/hanbit/portal/campaigns/customers/add/", {"language": "en", "country": "NO", "text": "", "file": file} | told
    )


def words_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())


def test_a_file_without_headers_is_read_like_a_pasted_list(rep: Membership) -> None:
    client = Client()
    client.force_login(rep.user)
    page = bring(client, "kari@example.com,Kari\nola@example.com,Ola\n", group="Fair")
    assert [(each["email"], each["name"], each["group"]) for each in page.context["checked"].rows] == [
        ("kari@example.com", "Kari", "Fair"),
        ("ola@example.com", "Ola", "Fair"),
    ]
    refused = bring(client, "Company,Phone\nA,1\n", group="Fair")
    assert refused.context["form"].errors == {"file": ["No column is called E-mail. The columns are: Company, Phone."]}


def test_the_check_says_what_becomes_of_each_line(rep: Membership) -> None:
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.save_customers([row("1@example.com")], by=rep)
    client = Client()
    client.force_login(rep.user)
    right = "".join(f"{number}@example.com,2026/5/{number}\n" for number in range(1, 24))
    wrong = "".join(f"{number}example.com,\n" for number in range(60))
    said = words_of(bring(client, f"E-mail,Agreed on\n{right}2@example.com,\n{wrong}"))
    assert "1 of them is on your list already, and is brought up to date." in said
    assert "1 line names an address that stands in another, too: the last one counts." in said
    assert "1@example.com · English · Norway · agreed on May 1, 2026" in said
    assert "2@example.com · English · Norway · has not agreed" in said
    assert ("And 3 more." in said, "20@example.com" in said, "21@example.com" in said) == (True, True, False)
    assert "And 10 more. Line 76: “50example.com” is no e-mail address." in said
    assert "Line 85: “59example.com” is no e-mail address." in said
    nothing = words_of(bring(client, "E-mail\nnobody\n"))
    assert ("Bring another list" in nothing, "Keep them" in nothing) == (True, False)


def test_a_wrong_list_is_taken_off_as_one(rep: Membership, template: PartnerTemplate, brand: Any) -> None:
    campaign = begin(rep, template, row("a@example.com", group="Wrong"), row("b@example.com", group="Fair"))
    send(rep, campaign)
    client = Client()
    client.force_login(rep.user)
    page = words_of(client.get("/hanbit/portal/campaigns/customers/?q=Wrong"))
    assert "Take all off" not in page
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.save_customers([row("c@example.com", group="Wrong")], by=rep)
    page = words_of(client.get("/hanbit/portal/campaigns/customers/?q=Wrong"))
    assert (
        "Take all off that were found 2 customers go off the list. What waits for them is not sent. Take 2 off" in page
    )
    client.post("/hanbit/portal/campaigns/customers/remove/", {"q": "Wrong"})
    work(rep)
    assert [each.to for each in mail.outbox] == [["b@example.com"]]
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert list(OwnCustomer.objects.values_list("email", flat=True)) == ["b@example.com"]
        assert sorted(OwnMessage.objects.values_list("email", "state", "error")) == [
            ("a@example.com", "refused", "removed"),
            ("b@example.com", "sent", ""),
        ]


def test_the_result_says_who_got_nothing_and_why(rep: Membership, template: PartnerTemplate, brand: Any) -> None:
    campaign = begin(rep, template, *(row(f"{name}@example.com") for name in "abcdef"))
    send(rep, campaign)
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.remove_customers("a@example.com", by=rep)
        messages = OwnMessage.objects.order_by("email")
        for message, state, error in zip(
            messages[1:4], ("bounced", "failed", "failed"), ("550 unknown", "451 busy", "gave_up"), strict=True
        ):
            OwnMessage.objects.filter(pk=message.pk).update(state=state, error=error)
        assert services.stop(campaign, by=rep) == 2
    client = Client()
    client.force_login(rep.user)
    page = client.get(f"/hanbit/portal/campaigns/{campaign.pk}/")
    assert sorted((count, str(words)) for count, words in page.context["not_delivered"]) == [
        (1, "came back undelivered"),
        (1, "were taken off the list meanwhile"),
        (2, "were not taken by the mail server"),
        (2, "were stopped before they went"),
    ]
    assert "Not delivered" in words_of(page)


def test_what_was_told_once_is_not_lost(own: Membership) -> None:
    services.save_customers([row("a@example.com", name="A", group="Fair")], by=own)
    services.save_customers([row("a@example.com", agreed_on="", language="ko")], by=own)
    kept = OwnCustomer.objects.get()
    assert (kept.name, kept.group, kept.language, kept.agreed_on) == ("A", "Fair", "ko", dt.date(2026, 1, 5))


def test_a_list_that_is_too_long_is_still_brought_up_to_date(own: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    services.save_customers([row(f"{name}@example.com") for name in "abc"], by=own)
    monkeypatch.setattr(services, "MOST_CUSTOMERS", 2)  # two lists have become one
    services.save_customers([row("a@example.com", name="A")], by=own)
    assert OwnCustomer.objects.get(email="a@example.com").name == "A"
    with pytest.raises(OwnCampaignError, match="2 customers at most"):
        services.save_customers([row("a@example.com", name="B"), row("d@example.com")], by=own)
    assert sorted(OwnCustomer.objects.values_list("email", "name")) == [
        ("a@example.com", "A"), ("b@example.com", ""), ("c@example.com", ""),
    ]  # fmt: skip


# --- The words --------------------------------------------------------------------------------------------------------


def test_own_words_stay_text_and_the_rest_is_locked() -> None:
    text = Text("Summer from {sender}", BODY, "en")
    assert [(place.label, place.default) for place in places_of(text.body)] == [
        ("your greeting", "A good summer to you.")
    ]
    words = filled(text, {"1": "**Hi** [x](https://evil.example) <b> {name}\nbye"})
    assert "\\*\\*Hi\\*\\* \\[x\\]\\(https\\:\\/\\/evil\\.example\\) \\<b\\> \\(name\\)\nbye" in words.body
    assert "[range](https://www.hanbit.example/)" in words.body
    assert "A good summer to you\\." in filled(text, {}).body


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_it_goes_once_to_each_in_the_partners_name(rep: Membership, template: PartnerTemplate, brand: Any) -> None:
    campaign = begin(rep, template, row("a@example.com", name="Kim"), row("b@example.com", language="ko"))
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.save_words(campaign, {"en": {"1": "See *you*!"}}, group="", by=rep)
    send(rep, campaign)
    send(rep, campaign)  # the second click
    work(rep)
    work(rep)
    assert sorted(each.to[0] for each in mail.outbox) == ["Kim <a@example.com>", "b@example.com"]
    first = next(each for each in mail.outbox if "Kim" in each.to[0])
    assert first.extra_headers["From"].startswith("Seoul Agency <")
    assert (first.reply_to, first.subject) == (["desk@seoul.example"], "(광고) Summer from Seoul Agency")
    assert "See *you*!" in first.body
    assert "Jongno 1, Seoul" in first.body
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert counts(campaign) == (OwnState.SENT, 2, 2)


def test_a_customer_reads_whose_customer_it_is_and_one_way_out(
    rep: Membership, template: PartnerTemplate, brand: PartnerBrand
) -> None:
    with staff_scope(rep.manufacturer_id):
        PartnerBrand.objects.filter(pk=brand.pk).update(contact="Lee Younghee", phone="02-1")
    campaign = begin(rep, template, row("a@example.com"))
    send(rep, campaign)
    work(rep)
    foot = str(mail.outbox[0].body).partition("--")[2].strip().splitlines()
    assert foot[:2] == [
        "You get this mail because you are a customer of Seoul Agency.",
        "Seoul Agency · Lee Younghee · 02-1, Jongno 1, Seoul, desk@seoul.example",
    ]
    assert [line.partition(":")[0] for line in foot[2:]] == ["Unsubscribe, free of charge"]
    assert str(mail.outbox[0].alternatives[0].content).count("/own/u/") == 1


def test_before_it_goes_the_mail_is_shown_as_it_arrives(
    rep: Membership, template: PartnerTemplate, brand: PartnerBrand
) -> None:
    campaign = begin(rep, template, row("a@example.com", group="Fair"), row("b@example.com", language="ko"))
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        services.save_words(campaign, {"en": {"1": "See <b>you</b>!"}}, group="Fair", by=rep)
    client = Client()
    client.force_login(rep.user)
    base = f"/hanbit/portal/campaigns/{campaign.pk}/"
    look = client.get(f"{base}look/")
    assert [(text.language, subject, readers, url) for text, subject, readers, url in look.context["mails"]] == [
        ("en", "Summer from Seoul Agency", 1, f"{base}mail/en/")
    ]
    assert "To the group “Fair”." in words_of(look)
    shown = client.get(f"{base}mail/en/")
    assert "You get this mail because you are a customer of Seoul Agency." in shown.content.decode()
    assert "See &lt;b&gt;you&lt;/b&gt;!" in shown.content.decode()
    assert "picture.gif" not in shown.content.decode()
    assert "sandbox allow-popups" in shown.headers["Content-Security-Policy"]
    assert client.get(f"{base}mail/ja/").status_code == 404


def test_what_comes_back_later_counts_once_and_is_the_partners_alone(
    rep: Membership, sibling: Any, template: PartnerTemplate, brand: Any
) -> None:
    campaign = begin(rep, template, row("a@example.com"), row("b@example.com"))
    send(rep, campaign)
    work(rep)
    came_back, complained = (each.extra_headers["Message-ID"] for each in mail.outbox)

    def report(message_id: str, kind: str, told: str) -> bytes:
        return (
            f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\nContent-Type: message/{kind}\n\n"
            f"{told}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b--\n"
        ).encode()

    dead = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x\nAction: failed\nStatus: 5.1.1\n"
    for _again in range(2):
        assert take_report(report(came_back, "delivery-status", dead)) == "bounce"
        assert take_report(report(complained, "feedback-report", "Feedback-Type: abuse\n")) == "complaint"
    elsewhere = came_back.replace(f".{rep.partner_id}-", f".{sibling.pk}-")
    assert take_report(report(elsewhere, "delivery-status", dead)) == ""

    with partner_scope(rep.manufacturer_id, rep.partner_id):
        campaign.refresh_from_db()
        assert (campaign.bounced, campaign.unsubscribed) == (1, 1)
        assert sorted(OwnSuppression.objects.values_list("email", "reason")) == [
            ("a@example.com", "bounce"),
            ("b@example.com", "unsubscribed"),
        ]
    with staff_scope(rep.manufacturer_id):
        event = {"kind": "bounce", "message_id": complained, "is_dead": False, "detail": "550"}
        assert take_events([event]) == {"bounce": 1}
        assert PartnerCampaign.objects.get().bounced == 2


def test_who_may_not_be_written_to_is_left_out(
    rep: Membership, template: PartnerTemplate, brand: Any, own: Any
) -> None:
    rows = [
        row("ok@example.com"),
        row("silent@example.com", agreed_on=""),
        row("old@example.com", agreed_on="2024-06-01"),
        row("us@example.com", country="US", agreed_on=""),
        row("ja@example.com", language="ja"),
        row("gone@example.com"),
    ]
    campaign = begin(rep, template, *rows)
    OwnSuppression.objects.create(partner_id=rep.partner_id, email="gone@example.com", reason="unsubscribed")
    outlook = services.outlook_of(campaign, house_of(campaign), PartnerWords.objects.get(campaign=campaign))
    assert sorted(person[1] for person in outlook.people) == ["ok@example.com", "us@example.com"]
    assert outlook.left_out == {"suppressed": 1, "no_consent": 1, "consent_old": 1, "no_text": 1}
    assert outlook.reasons == []


def test_without_a_postal_address_nothing_goes(rep: Membership, template: PartnerTemplate, partner: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        PartnerBrand.objects.create(partner=partner, company="Seoul Agency", email="desk@seoul.example")
    campaign = begin(rep, template, row("a@example.com"))
    with pytest.raises(OwnCampaignError, match="postal address"):
        send(rep, campaign)
    assert counts(campaign)[0] == OwnState.DRAFT


def test_a_worker_that_died_leaves_nobody_with_two(
    rep: Membership, template: PartnerTemplate, brand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = begin(rep, template, row("a@example.com"), row("b@example.com"))
    send(rep, campaign)

    def died(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(OwnSender, "_settle", died)
    with pytest.raises(KeyboardInterrupt):
        work(rep)  # handed over and marked, and never settled
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", lambda: NOON + dt.timedelta(minutes=30))
    work(rep)
    assert sorted(each.to[0] for each in mail.outbox) == ["a@example.com", "b@example.com"]
    assert counts(campaign) == (OwnState.SENT, 2, 2)
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert sorted(OwnMessage.objects.values_list("email", "error")) == [
            ("a@example.com", "in_doubt"),
            ("b@example.com", ""),
        ]
        with pytest.raises(DatabaseError), transaction.atomic():
            OwnMessage.objects.create(
                partner_id=rep.partner_id,
                campaign=campaign,
                email="a@example.com",
                language="en",
                country="KR",
                due_at=NOON,
            )


def test_a_template_that_was_withdrawn_since_it_was_read_stays_so(owner: Membership, template: PartnerTemplate) -> None:
    with staff_scope(owner.manufacturer_id):
        read = PartnerTemplate.objects.get(pk=template.pk)
        services.withdraw(template, by=owner)
        read.names = {"en": "Autumn"}
        services.save_template(read, by=owner)
        assert list(PartnerTemplate.objects.values_list("names", "state")) == [({"en": "Autumn"}, "withdrawn")]


def test_what_is_withdrawn_stops(rep: Membership, owner: Membership, template: PartnerTemplate, brand: Any) -> None:
    campaign = begin(rep, template, row("a@example.com"))
    send(rep, campaign)
    with staff_scope(rep.manufacturer_id):
        services.withdraw(template, by=owner)
    work(rep)
    assert (mail.outbox, counts(campaign)) == ([], (OwnState.STOPPED, 1, 0))


@pytest.mark.parametrize(
    ("hour", "country", "expected"),
    [(3, "KR", 3), (13, "KR", 23), (22, "KR", 23), (13, "US", 13)],
    ids=["noon", "evening in Seoul", "before eight", "no such law"],
)
def test_korean_nights_are_kept(hour: int, country: str, expected: int) -> None:
    moment = dt.datetime(2026, 6, 10, hour, tzinfo=dt.UTC)
    found = may_go_at(moment, country, is_advertising=True, zone="Asia/Seoul")
    assert found.astimezone(dt.UTC).hour == expected
    assert found >= moment


def test_a_night_that_begins_while_a_slow_server_takes_mails_is_kept(
    rep: Membership, template: PartnerTemplate, brand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [NOON + dt.timedelta(hours=8, minutes=59)]  # 20:59 in Seoul
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    campaign = begin(rep, template, *(row(f"{number}@example.com") for number in range(3)))
    send(rep, campaign)
    send_one = OwnSender._send_one

    def slowly(self: OwnSender, *told: Any) -> None:
        send_one(self, *told)
        clock[0] += dt.timedelta(minutes=1)

    monkeypatch.setattr(OwnSender, "_send_one", slowly)
    work(rep)
    assert len(mail.outbox) == 1
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        waiting = OwnMessage.objects.filter(state="waiting").values_list("due_at", "attempts")
        assert list(waiting) == [(NOON + dt.timedelta(hours=20), 0)] * 2


def test_a_full_mailbox_is_written_to_again_another_time(
    rep: Membership, template: PartnerTemplate, brand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(rep, begin(rep, template, row("full@example.com"), row("gone@example.com")))

    def refuse(self: Any, message: Any, _mark: Any) -> None:
        answer = (552, b"5.2.2 Mailbox full") if "full" in message.reader[1] else (550, b"5.1.1 No such user")
        raise smtplib.SMTPRecipientsRefused({message.reader[1]: answer})

    monkeypatch.setattr("campaigns.handover.MailServer.send", refuse)
    work(rep)
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert list(OwnMessage.objects.values_list("state", flat=True)) == ["bounced", "bounced"]
        assert list(OwnSuppression.objects.values_list("email", flat=True)) == ["gone@example.com"]


# --- What comes back --------------------------------------------------------------------------------------------------


def test_links_count_once_and_unsubscribing_holds(
    rep: Membership, template: PartnerTemplate, brand: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = begin(rep, template, row("a@example.com"))
    send(rep, campaign)
    work(rep)
    monkeypatch.setattr(timezone, "now", lambda: NOON + dt.timedelta(hours=1))
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        ticket = Ticket(OwnMessage.objects.get().pk, campaign.pk)
    links = OwnLinks(rep.manufacturer_id, "/hanbit/public")
    reader = {"headers": {"User-Agent": "Mozilla/5.0"}}
    click = links.click(ticket, "https://www.hanbit.example/")
    for _time in range(2):
        assert client.get(click, **reader).headers["Location"] == "https://www.hanbit.example/"
        client.get(links.opened(ticket), **reader)
    client.get(links.opened(ticket), headers={"User-Agent": "curl/8"})
    assert client.get(click.replace("hanbit.example", "evil.example"), **reader).status_code == 404
    assert client.get(links.answer(ticket, "call"), **reader).status_code == 200
    client.post(links.answer(ticket, "call"), **reader)
    with staff_scope(rep.manufacturer_id):
        campaign.refresh_from_db()
    assert (campaign.opened, campaign.clicked, campaign.answered, campaign.unsubscribed) == (1, 1, 1, 0)
    outside = Client(enforce_csrf_checks=True)
    assert outside.get(links.unsubscribe(ticket)).status_code == 200
    assert outside.post(links.unsubscribe(ticket), {"List-Unsubscribe": "One-Click"}).status_code == 200
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert list(OwnSuppression.objects.values_list("email", "reason")) == [("a@example.com", "unsubscribed")]
        again = services.draft_of(template.pk, by=rep)
        with pytest.raises(OwnCampaignError, match="nobody"):
            services.send_own(again, by=rep)


def test_few_are_not_told_to_the_manufacturer(
    rep: Membership, owner: Membership, template: PartnerTemplate, brand: Any, client_for: Any
) -> None:
    campaign = begin(rep, template, *(row(f"c{number}@example.com") for number in range(6)))
    send(rep, campaign)
    work(rep)
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        for pk in list(OwnMessage.objects.values_list("pk", flat=True))[:5]:
            services.note(pk, "opened")
        services.note(pk, "clicked")
    with staff_scope(rep.manufacturer_id):
        (told,) = reading.totals_by_partner(template, owner)
        assert (told.sent, told.opened, told.clicked, told.answered) == (6, 5, None, 0)
        totals = reading.template_rows(owner)[0]["totals"]
        assert (totals.sent, totals.opened, totals.clicked, totals.answered) == (6, 5, None, 0)
    page = client_for(owner).get("/hanbit/partner-campaigns/").content.decode()
    # Of what is hidden of all there is no sum: nothing would be a lie.
    assert re.findall(r'<td class="num">([^<]*)</td>', page) == ["1", "6", "5", "–", "0"]
    assert "Fewer than 5 people are not told" in page


def test_whoever_sees_to_the_brand_comes_back_to_the_campaign_and_keeps_the_words(
    partner_admin: Membership, rep: Membership, template: PartnerTemplate
) -> None:
    campaign = begin(partner_admin, template, row("a@example.com"))
    own, brand = f"/hanbit/portal/campaigns/{campaign.pk}/", "/hanbit/portal/content/brand/"
    client = Client()
    client.force_login(partner_admin.user)
    sent = client.post(own, {"group": "", "own_en_1": "Hello", "then": "brand"})
    assert (sent.status_code, sent.url) == (302, f"{brand}?campaign={campaign.pk}")
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        assert PartnerWords.objects.get(campaign=campaign).words["en"] == {"1": "Hello"}
    assert f'href="{own}look/"' in client.get(sent.url).content.decode()
    saved = client.post(sent.url, {"company": "Seoul Agency", "phone": "02-1"})
    assert (saved.status_code, saved.url) == (302, f"{own}look/")
    assert client.post(f"{brand}?campaign=0", {"company": "Seoul Agency", "phone": "02-1"}).url == brand


# --- Rights -----------------------------------------------------------------------------------------------------------


def test_only_who_may_does(rep: Membership, analyst: Membership, owner: Membership, template: PartnerTemplate) -> None:
    with staff_scope(rep.manufacturer_id):
        for step in (services.release, services.withdraw):
            with pytest.raises(OwnCampaignError):
                step(template, by=analyst)
        services.withdraw(template, by=owner)
        with pytest.raises(OwnCampaignError):
            services.save_customers([], by=owner)
    with partner_scope(rep.manufacturer_id, rep.partner_id), pytest.raises(OwnCampaignError, match="any more"):
        services.draft_of(template.pk, by=rep)
    with staff_scope(rep.manufacturer_id):
        services.release(template, by=owner)
        text = template.texts.first()
        with pytest.raises(OwnCampaignError, match="Withdraw it"):
            services.save_text(text, by=owner)


def test_both_sides_read_from_when_to_when_a_template_may_be_used(
    rep: Membership, owner: Membership, template: PartnerTemplate, client_for: Any
) -> None:
    first, last = timezone.localdate() - dt.timedelta(days=2), timezone.localdate() + dt.timedelta(days=2)
    with staff_scope(owner.manufacturer_id):
        PartnerTemplate.objects.filter(pk=template.pk).update(starts_on=first, ends_on=last)
    page = client_for(owner).get(f"/hanbit/partner-campaigns/{template.pk}/").content.decode()
    until = f"· until {formats.date(last, 'en')}"
    assert (f"· from {formats.date(first, 'en')}" in page, until in page) == (True, True)
    assert until in client_for(rep).get("/hanbit/portal/campaigns/").content.decode()
    form = client_for(owner).get(f"/hanbit/partner-campaigns/{template.pk}/edit/").context["form"]
    assert [form[name].label for name in ("starts_on", "ends_on")] == ["First day", "Last day"]


def test_pages_ask_as_much_for_many_as_for_few(rep: Membership, template: PartnerTemplate, brand: Any) -> None:
    client = Client()
    client.force_login(rep.user)

    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    campaign = begin(rep, template, row("first@example.com"))
    urls = [
        "/hanbit/portal/campaigns/",
        "/hanbit/portal/campaigns/customers/",
        f"/hanbit/portal/campaigns/{campaign.pk}/",
        f"/hanbit/portal/campaigns/{campaign.pk}/look/",
    ]
    few = [asked(url) for url in urls]
    begin(rep, template, *(row(f"many{number}@example.com") for number in range(40)))
    for number in range(3):
        begin(rep, make_template(rep.manufacturer, names={"en": f"More {number}"}))
    assert [asked(url) for url in urls] == few


def test_only_who_may_change_the_brand_is_shown_the_way_there(
    rep: Membership, partner_admin: Membership, template: PartnerTemplate, brand: Any
) -> None:
    campaign = begin(rep, template, row("first@example.com"))
    for member, shown in ((partner_admin, True), (rep, False)):
        client = Client()
        client.force_login(member.user)
        for url in ("", f"{campaign.pk}/"):
            page = client.get(f"/hanbit/portal/campaigns/{url}").content.decode()
            assert (">Your brand</" in page) == shown
        assert (client.get("/hanbit/portal/content/brand/").status_code == 200) == shown


# --- The demo ---------------------------------------------------------------------------------------------------------


def test_the_demos_story_is_told_once(manufacturer: Any, partner_admin: Membership, owner: Membership) -> None:
    for _time in range(2):
        with staff_scope(manufacturer.pk):
            tell_partner_campaigns(manufacturer, NOON.date())
    with staff_scope(manufacturer.pk):
        rows = reading.template_rows(owner)
        sent = list(PartnerCampaign.objects.order_by("pk"))
        for each in PartnerTemplate.objects.exclude(state=ReleaseState.DRAFT):
            services.release(each, by=owner)  # its words are fit to be sent
    assert [row["totals"].campaigns for row in rows] == [0, 1, 1]
    with partner_scope(manufacturer.pk, partner_admin.partner_id):
        for campaign in sent:
            messages = OwnMessage.objects.filter(campaign=campaign)
            assert (campaign.sent, campaign.answered) == (
                messages.count(),
                messages.exclude(answered_at=None).count(),
            )


def test_own_campaigns_are_a_kpi(rep: Membership, template: PartnerTemplate, brand: Any) -> None:
    campaign = begin(rep, template, row("a@example.com"))
    send(rep, campaign)
    work(rep)
    with staff_scope(rep.manufacturer_id), connection.cursor() as cursor:
        for day, expected in ((NOON.date(), ["1"]), (NOON.date() - dt.timedelta(days=1), [])):
            cursor.execute(*own_campaign_rows(day, rep.partner_id, rep.partner_id))
            found = [json.loads(kpis)["own_campaigns"] for _partner, kpis, _facts in cursor.fetchall()]
            assert found == expected
