import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from campaigns.machines import machine_by_request
from campaigns.models import Arm, Mailing, Message, Recipient, Response
from campaigns.services.measuring import measure, measured_campaigns
from campaigns.services.orders import find_orders, window_of
from campaigns.services.responses import record, tell_machines_apart
from commerce.models import SalesLine
from tenancy.models import Manufacturer
from tenancy.rls import partner_scope, staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory
from tests.factories import PartnerFactory, ProductFactory

pytestmark = pytest.mark.django_db
SENT = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


@pytest.fixture
def campaign(manufacturer: Manufacturer) -> Any:
    return CampaignFactory(manufacturer=manufacturer, state="rollout", frozen_at=SENT, window_days=28)


def reader(campaign: Any, **kwargs: Any) -> Any:
    return RecipientFactory(campaign=campaign, manufacturer=campaign.manufacturer, **{"sent_at": SENT} | kwargs)


def line(partner: Any, day: dt.date, amount: str, product: Any = None) -> None:
    """A line in the books."""
    with staff_scope(partner.manufacturer_id):
        SalesLine.objects.create(
            partner=partner, product=product, date=day, amount=amount, amount_base=amount, currency="KRW"
        )


def firsts(row: Recipient) -> dict[str, dt.datetime]:
    """Which first times a reader has."""
    row.refresh_from_db()
    names = ("opened_at", "clicked_at", "replied_at", "unsubscribed_at", "bounced_at", "lead_at")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def test_the_first_of_each_kind_stands_on_the_reader(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        row = reader(campaign)
        assert record(row, "click", at=SENT + DAY, detail="https://a.example/")
        assert record(row.pk, "open", at=SENT + 2 * DAY)
        assert firsts(row) == {"opened_at": SENT + DAY, "clicked_at": SENT + DAY}

        record(row, "open", at=SENT + SECOND)  # told late
        record(row, "reply", at=SENT + 3 * DAY, key="<1@mail>")
        assert not record(row, "reply", at=SENT + 4 * DAY, key="<1@mail>")
        assert firsts(row) == {
            "opened_at": SENT + SECOND,
            "clicked_at": SENT + DAY,
            "replied_at": SENT + 3 * DAY,
        }
        assert Response.objects.count() == 4


def test_what_comes_late_or_from_a_machine_is_kept_and_not_counted(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        row = reader(campaign)
        record(row, "click", at=SENT + DAY, is_machine=True)
        record(row, "reply", at=SENT + 28 * DAY)
        assert firsts(row) == {}
        record(row, "unsubscribe", at=SENT + 100 * DAY)
        assert firsts(row) == {"unsubscribed_at": SENT + 100 * DAY}
        assert Response.objects.count() == 3


def test_who_was_left_out_or_is_somebody_elses_has_no_response(campaign: Any, other_manufacturer: Manufacturer) -> None:
    row = reader(campaign, left_out="no_consent", arm="", sent_at=None)
    mine = reader(campaign)
    with staff_scope(campaign.manufacturer_id):
        assert not record(row, "open")
    with staff_scope(other_manufacturer.pk):
        assert not record(mine, "open")
    with partner_scope(campaign.manufacturer_id, mine.partner_id):  # what its people do is noted as the house
        assert record(mine.pk, "reply")
    with staff_scope(campaign.manufacturer_id):
        assert Response.objects.get().recipient_id == mine.pk


@pytest.mark.parametrize(
    ("method", "headers", "found"),
    [
        (
            "GET",
            {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140 Safari/537.36"},
            "",
        ),
        ("GET", {"User-Agent": "Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)"}, ""),
        ("GET", {"User-Agent": "Mozilla/5.0 (Linux; Android 12; CUBOT X30) Chrome/120 Mobile"}, ""),
        ("GET", {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) KAKAOTALK 11.0"}, ""),
        ("HEAD", {"User-Agent": "Mozilla/5.0 Chrome/140"}, "method"),
        ("GET", {"User-Agent": "Mozilla/5.0 Chrome/140", "Sec-Purpose": "prefetch;prerender"}, "advance"),
        ("GET", {"User-Agent": "BarracudaCentral/1.0"}, "scanner"),
        ("GET", {"User-Agent": "kakaotalk-scrap/1.0; +https://devtalk.kakao.com"}, "scanner"),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "scanner"),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; MJ12bot/v1.4.8)"}, "scanner"),
        ("GET", {"User-Agent": "360Spider"}, "scanner"),
        ("GET", {"User-Agent": "WebLinkPreview 1.0"}, "scanner"),
        ("GET", {}, "nameless"),
    ],
)
def test_machines_are_known_by_how_they_ask(method: str, headers: dict[str, str], found: str) -> None:
    assert machine_by_request(method, headers) == found


def test_outlook_shows_pictures_under_the_name_that_tries_links_out() -> None:
    outlook = {
        "User-Agent": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.17; ms-office)"
    }
    assert machine_by_request("GET", outlook, is_picture=True) == ""
    assert machine_by_request("GET", outlook) == "scanner"
    assert machine_by_request("HEAD", outlook, is_picture=True) == "method"
    assert machine_by_request("GET", {"User-Agent": "BarracudaCentral/1.0"}, is_picture=True) == "scanner"


def test_machines_are_known_by_when_they_ask(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        mailing = Mailing.objects.create(campaign=campaign, kind="rollout", state="sent", starts_at=SENT)
        scanned, quick, person = rows = [reader(campaign) for _number in range(3)]
        for row in rows:
            Message.objects.create(mailing=mailing, recipient=row, state="sent", due_at=SENT, sent_at=SENT)
        for second, link in ((40, "https://a.example/"), (43, "https://b.example/")):
            record(scanned, "click", at=SENT + second * SECOND, detail=link)
        record(scanned, "click", at=SENT + DAY, detail="https://a.example/")  # then its reader
        record(quick, "open", at=SENT + 2 * SECOND)
        record(quick, "click", at=SENT + 2 * SECOND, detail="https://a.example/")
        for second in (60, 63):  # twice the same link is a double click
            record(person, "click", at=SENT + second * SECOND, detail="https://a.example/")

        assert tell_machines_apart(SENT) == 4
        assert tell_machines_apart(SENT) == 0
        assert firsts(scanned) == {"opened_at": SENT + DAY, "clicked_at": SENT + DAY}
        assert firsts(quick) == {}
        assert firsts(person) == {"opened_at": SENT + 60 * SECOND, "clicked_at": SENT + 60 * SECOND}


def test_orders_of_all_are_counted_over_the_same_days(campaign: Any) -> None:
    house = campaign.manufacturer
    two, one, held, unsent = (PartnerFactory(manufacturer=house) for _number in range(4))
    kim, lee = reader(campaign, partner=two, arm="pilot"), reader(campaign, partner=two, sent_at=SENT + 7 * DAY)
    park = reader(campaign, partner=one, sent_at=None)  # drawn to be written to; the rules of a country forbade it
    none = reader(campaign, partner=held, arm="holdout", sent_at=None)
    out = reader(campaign, partner=unsent, left_out="no_consent", arm="", sent_at=None)

    def bought(partner: Any, day: int, amount: str) -> None:
        line(partner, dt.date(2026, 6, 1) + day * DAY, amount)

    bought(two, -1, "500")  # the day before
    bought(two, 3, "100.0001")
    bought(two, 20, "-10")
    bought(one, 35, "40")  # too late: 8 June and 28 days end on 5 July
    bought(one, 34, "-1")  # a return alone is no order
    bought(held, 35, "70")
    bought(unsent, 3, "1000")
    with staff_scope(house.pk):
        window = window_of(campaign)
        assert window is not None
        assert (window.first, window.last) == (dt.date(2026, 6, 1), dt.date(2026, 7, 5))
        assert window.arms == ("pilot", "rest")
        assert window.is_rolled_out
        assert find_orders(campaign) == 2
        for row in (kim, lee, park, none, out):
            row.refresh_from_db()
        assert (kim.ordered_on, lee.ordered_on) == (dt.date(2026, 6, 4), dt.date(2026, 6, 4))
        assert kim.order_amount + lee.order_amount == Decimal("90.0001")
        assert abs(kim.order_amount - lee.order_amount) <= Decimal("0.0001")
        assert (park.ordered_on, none.ordered_on, out.ordered_on) == (None, None, None)

        bought(one, 34, "41")
        bought(held, 34, "7")
        assert find_orders(campaign) == 2
        assert find_orders(campaign) == 0
        park.refresh_from_db()
        none.refresh_from_db()
        assert (park.ordered_on, park.order_amount) == (dt.date(2026, 7, 5), Decimal(40))
        assert (none.ordered_on, none.order_amount) == (dt.date(2026, 7, 5), Decimal(7))


def test_a_pilot_alone_and_a_product_narrow_what_counts(campaign: Any) -> None:
    house = campaign.manufacturer
    campaign.product = ProductFactory(manufacturer=house)
    tried, rest = reader(campaign, arm="pilot"), reader(campaign, arm="rest", sent_at=None)
    for row in (tried, rest):
        line(row.partner, SENT.date(), "5")
        line(row.partner, SENT.date(), "3", campaign.product)
    with staff_scope(house.pk):
        campaign.save()
        assert find_orders(campaign) == 1
        tried.refresh_from_db()
        assert tried.order_amount == 3
        window = window_of(campaign)
        assert window is not None
        assert not window.is_rolled_out
        Recipient.objects.filter(arm=Arm.PILOT).update(sent_at=None)
        assert window_of(campaign) is None
        assert find_orders(campaign) == 0


def test_what_end_customers_ordered_of_a_partner_is_not_taken_from_our_books(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        campaign.readers = "customers"
        campaign.save()
    row = reader(campaign)
    line(row.partner, SENT.date(), "5")
    with staff_scope(campaign.manufacturer_id):
        assert find_orders(campaign) == 0


def test_orders_are_looked_for_until_the_books_are_closed(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        last = campaign.ends_on + (28 + 45) * DAY
        assert [len(measured_campaigns(last + days * DAY)) for days in (0, 1)] == [1, 0]
        assert measure(timezone.now(), with_orders=True) == {"machines": 0, "orders": 0}
