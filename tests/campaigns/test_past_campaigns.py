"""Campaigns of the past from a sheet: made once as completed ones, updated, compared, learned from."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Recipient, Response
from campaigns.selectors.reports import report
from campaigns.services.measuring import measured_campaigns
from partners.models import Contact
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory
from tests.importing import bad, bring, counts

pytestmark = pytest.mark.django_db

SHEET = (
    "캠페인명,시작일,대리점코드,이름,이메일,채널,안,발송일,열람일,클릭일,회신일,회신,주문일,주문금액,사전정보\n"
    "봄 카탈로그,2025-03-03,A1,김민수,KIM@a.example,이메일,A,2025-03-03,2025-03-04,2025-03-04,2025-03-05,sample,,,segment: builder; years: 4\n"
    "봄 카탈로그,2025-03-03,A1,이서연,,이메일,B,2025-03-03,,,2025-03-09,좋습니다,2025-03-10,\"1,200,000\",years: 2\n"
    "봄 카탈로그,2025-03-03,B1,박하은,park@b.example,이메일,,,,,,,2025-03-20,500000,\n"
    "우편 안내,2025-06-02,,최유진,,우편,A,2025-06-02,,,,,,,\n"
)  # fmt: skip


@pytest.fixture
def people(manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any) -> Any:
    with staff_scope(manufacturer.pk):
        Contact.objects.create(partner=partner, name="Kim", email="kim@a.example", language="ko")
        Contact.objects.create(partner=partner, name="이서연", email="lee@a.example", language="ja")
    return manufacturer


def test_they_come_in_once_with_readers_and_responses(people: Manufacturer, tmp_path: Path) -> None:
    assert counts(bring(people, "past_campaigns", SHEET, tmp_path)) == (4, 0, 0, 0)
    assert counts(bring(people, "past_campaigns", SHEET, tmp_path)) == (0, 0, 4, 0)
    with staff_scope(people.pk):
        spring, post = Campaign.objects.order_by("starts_on")
        assert (spring.state, spring.is_imported, spring.channel) == ("closed", True, "email")
        assert (spring.arms, spring.holdout) == ({"pilot": 0, "rest": 2, "holdout": 1}, 33.3)
        assert (post.channel, spring.steps.get().to_state) == ("post", "closed")
        kim, lee, park = Recipient.objects.filter(campaign=spring).order_by("pk")
        assert kim.contact is not None
        assert (kim.contact.name, kim.address, kim.language, kim.variant.label) == ("Kim", "kim@a.example", "ko", "A")
        assert kim.known == {"segment": "builder", "years": 4}
        assert lee.contact is not None
        assert (lee.contact.email, lee.address, lee.order_amount) == ("lee@a.example", "", 1_200_000)
        assert (park.arm, park.sent_at, park.contact, park.partner_name) == ("holdout", None, None, "Busan Dealer")
        kinds = Response.objects.filter(recipient=kim).order_by("kind").values_list("kind", "detail")
        assert list(kinds) == [("answer", "sample"), ("click", ""), ("open", "")]
        assert set(Response.objects.filter(recipient=lee).values_list("kind", "detail")) == {
            ("reply", "좋습니다"),
            ("order", ""),
        }
        found = report(spring)
        assert (found.total.sent, found.total.replied, found.held) == (2, 2, 1)
        assert measured_campaigns(spring.starts_on) == []  # of orders the file says what there was


def test_a_mended_file_updates_what_it_says_and_leaves_the_rest(people: Manufacturer, tmp_path: Path) -> None:
    bring(people, "past_campaigns", SHEET, tmp_path)
    later = (
        "campaign,date,partner_code,name,email,replied_on,answer\n"
        "봄 카탈로그,2025-03-03,A1,김민수,kim@a.example,2025-03-07,call\n"
    )
    assert counts(bring(people, "past_campaigns", later, tmp_path)) == (0, 1, 0, 0)
    assert counts(bring(people, "past_campaigns", later, tmp_path)) == (0, 0, 1, 0)
    with staff_scope(people.pk):
        kim = Recipient.objects.select_related("variant").get(address="kim@a.example")
        assert (kim.known["years"], kim.variant.label if kim.variant else "") == (4, "A")
        assert kim.replied_at is not None
        assert kim.replied_at.day == 7
        assert list(Response.objects.filter(recipient=kim, kind="answer").values_list("detail", flat=True)) == ["call"]
        assert Response.objects.filter(recipient=kim).count() == 3


def test_a_contact_known_by_name_and_then_by_mail_is_one_reader(people: Manufacturer, tmp_path: Path) -> None:
    head = "campaign,date,partner_code,name,email,sent_on,replied_on,answer\n"
    by_name = head + "Fair,2025-03-03,A1,이서연,,2025-03-03,,\n"
    by_mail = head + "Fair,2025-03-03,A1,Lee,lee@a.example,2025-03-03,2025-03-05,call\n"
    assert counts(bring(people, "past_campaigns", by_name, tmp_path)) == (1, 0, 0, 0)
    assert counts(bring(people, "past_campaigns", by_mail, tmp_path)) == (0, 1, 0, 0)
    assert counts(bring(people, "past_campaigns", by_mail, tmp_path)) == (0, 0, 1, 0)
    with staff_scope(people.pk):
        assert Recipient.objects.get().address == "lee@a.example"
        assert Response.objects.get().detail == "call"
    assert counts(bring(people, "past_campaigns", by_name, tmp_path)) == (0, 1, 0, 0)
    with staff_scope(people.pk):
        assert Recipient.objects.get().address == "lee@a.example"
        # The name is one of two now, so only what was brought in before says who it is.
        Contact.objects.create(partner_id=Recipient.objects.get().partner_id, name="이서연")
    two = head + "Fair,2025-03-03,A1,이서연,,2025-03-03,,\nFair,2025-03-03,A1,Lee,lee@a.example,2025-03-03,,\n"
    assert counts(bring(people, "past_campaigns", two, tmp_path)) == (1, 1, 0, 0)


def test_what_cannot_be_is_said_line_by_line(people: Manufacturer, owner: Membership, tmp_path: Path) -> None:
    CampaignFactory(manufacturer=people, owner=owner, name="Ours")
    sheet = (
        "campaign,date,partner_code,name,email,channel,variant,sent_on,replied_on,order_amount,known,answer\n"
        "Ours,2025-03-03,A1,Kim,kim@a.example,,,2025-03-03,,,\n"
        "Old,2025-03-03,A1,Kim,kim@a.example,email,A,2025-03-03,,,\n"
        "Old,2025-03-04,A1,Lee,l@a.example,email,A,2025-03-04,,,\n"
        "Old,2025-03-03,A1,May,m@a.example,post,A,2025-03-03,,,\n"
        "Old,2025-03-03,A1,Noh,n@a.example,,A,2025-03-03,2025-03-01,,\n"
        "Old,2025-03-03,A1,Oh,o@a.example,,A,,2025-03-05,,\n"
        "Old,2025-03-03,X9,Pak,p@a.example,,A,2025-03-03,,,\n"
        "Old,2025-03-03,A1,Roh,r@a.example,,AB,2025-03-03,,,builder\n"
        "Old,2025-03-03,A1,Seo,s@a.example,,A,2025-03-03,,7,\n"
        "Old,2025-03-03,A1,,,,A,2025-03-03,,,\n"
        "Old,2025-03-03,A1,Kim,kim@a.example,email,B,2025-03-03,,,\n"
        "Old,2025-03-03,A1,Kim,,email,A,2025-03-03,,,\n"
        f"Old,2025-03-03,A1,Yu,y@a.example,,A,{timezone.localdate() + dt.timedelta(days=3)},,,\n"
        "Old,2025-03-03,A1,Won,w@a.example,,A,2025-03-03,,,,sample\n"
    )
    outcome = bring(people, "past_campaigns", sheet, tmp_path, only_good=True)
    assert counts(outcome) == (1, 0, 0, 13)
    assert {(row, column, code) for row, column, code, _value in bad(outcome)} == {
        (2, "campaign", "not_past"),
        (4, "date", "other_day"),
        (5, "channel", "other_channel"),
        (6, "replied_on", "too_early"),
        (7, "sent_on", "not_sent"),
        (8, "partner_code", "unknown_partner"),
        (9, "variant", "too_long"),
        (9, "known", "not_pairs"),
        (10, "ordered_on", "no_order"),
        (11, "name", "nobody"),
        (12, "email", "repeated"),
        (13, "name", "same_person"),
        (14, "sent_on", "to_come"),
        (15, "replied_on", "no_answer_day"),
    }
    with staff_scope(people.pk):
        assert Recipient.objects.count() == 1


def test_the_readers_of_a_campaign_go_out_in_the_same_columns(
    people: Manufacturer,
    owner: Membership,
    analyst: Membership,
    client_for: Callable[[Membership], Client],
    tmp_path: Path,
) -> None:
    bring(people, "past_campaigns", SHEET, tmp_path)
    with staff_scope(people.pk):
        spring = Campaign.objects.get(name="봄 카탈로그")
    url = f"/hanbit/campaigns/{spring.pk}/report/?by=readers&format=csv"
    answer = client_for(owner).get(url)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["known"] for row in rows] == ["years: 4; segment: builder", "years: 2", ""]
    assert counts(bring(people, "past_campaigns", text, tmp_path)) == (0, 0, 3, 0)
    page = client_for(owner).get(f"/hanbit/campaigns/{spring.pk}/?tab=result").content.decode()
    assert "by=readers" in page
    assert "above the 0" not in page
