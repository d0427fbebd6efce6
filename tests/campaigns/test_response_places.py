"""Where else the answers to campaigns are seen: KPI, audiences, a partner's page, the search."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.kpis import campaign_rows
from campaigns.timeline_sources.responses import mails
from partners.audiences.fields import Catalogue, fitting
from partners.audiences.tree import Condition, Group, Op, Test
from partners.models import Partner
from partners.timeline import Before
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
DAY = dt.timedelta(days=1)


def sent(house: Manufacturer, partner: Any, owner: Membership, *, answered: int, of: int, ago: int = 10) -> Any:
    campaign = CampaignFactory(manufacturer=house, owner=owner, name=f"Prices {ago} <script>x</script>")
    for number in range(of):
        at = NOW - ago * DAY
        RecipientFactory(
            manufacturer=house,
            campaign=campaign,
            partner=partner,
            sent_at=at,
            replied_at=at + DAY if number < answered else None,
        )
    return campaign


def kpi(house: Manufacturer, partner: Any, day: dt.date) -> str | None:
    with staff_scope(house.pk), connection.cursor() as cursor:
        cursor.execute(*campaign_rows(day, 1, 2**40))
        found = {pk: json.loads(values) for pk, values, _facts in cursor.fetchall()}
    return found[partner.pk].get("campaigns_answered")


def test_the_kpi_is_the_share_of_mails_that_were_answered(
    manufacturer: Manufacturer, partner: Any, sibling: Any, owner: Membership
) -> None:
    sent(manufacturer, partner, owner, answered=1, of=3)
    sent(manufacturer, sibling, owner, answered=1, of=4, ago=11)
    sent(manufacturer, partner, owner, answered=3, of=3, ago=500)
    today = timezone.localdate()
    assert kpi(manufacturer, partner, today) is None  # three in twelve months are too few
    sent(manufacturer, partner, owner, answered=0, of=3, ago=20)
    assert kpi(manufacturer, partner, today) == "16.6667"
    assert kpi(manufacturer, sibling, today) is None


@pytest.mark.parametrize(
    ("field", "test", "value", "found"),
    [
        ("campaign_answered", Test.LAST_DAYS, 30, ["A1"]),
        ("campaign_answered", Test.EMPTY, None, ["B1"]),
        ("campaign_sent", Test.LAST_DAYS, 30, ["A1", "B1"]),
        ("campaign_sent", Test.LAST_DAYS, 5, []),
    ],
)
def test_audiences_ask_when_a_campaign_was_last_answered(
    field: str,
    test: Test,
    value: Any,
    found: list[str],
    manufacturer: Manufacturer,
    partner: Any,
    sibling: Any,
    owner: Membership,
) -> None:
    sent(manufacturer, partner, owner, answered=1, of=1)
    sent(manufacturer, sibling, owner, answered=0, of=1, ago=11)
    with staff_scope(manufacturer.pk):
        tree = Group(Op.ALL, (Condition(field, test, value),))
        rows = fitting(Partner.objects.all(), tree, Catalogue(owner).fields)
        assert sorted(rows.values_list("code", flat=True)) == found


def test_a_partners_page_and_timeline_tell_what_was_sent_and_what_came_back(
    manufacturer: Manufacturer,
    partner: Any,
    sibling: Any,
    owner: Membership,
    client_for: Callable[[Membership], Client],
) -> None:
    campaign = sent(manufacturer, partner, owner, answered=1, of=2)
    sent(manufacturer, sibling, owner, answered=1, of=1, ago=12)
    with staff_scope(manufacturer.pk):
        entries = mails(partner.pk, Before(), 10)
        assert [(entry.text, entry.url_kwargs) for entry in entries] == [
            ("", {"pk": campaign.pk}),
            ("Answered", {"pk": campaign.pk}),
        ]
    text = client_for(owner).get(f"/hanbit/partners/{partner.pk}/", {"tab": "work"}).content.decode()
    assert "Prices 10" in text
    assert "Prices 12" not in text
    assert "<script>x" not in text
    assert "1 answered" in text


def test_campaigns_are_found_by_the_words_of_their_name(
    manufacturer: Manufacturer, owner: Membership, stranger: Membership, client_for: Callable[[Membership], Client]
) -> None:
    CampaignFactory(manufacturer=manufacturer, owner=owner, name="Autumn fair in Busan")
    page = client_for(owner).get("/hanbit/search/", {"q": "fair autumn"})
    assert b"Autumn fair in Busan" in page.content
    assert b"Autumn fair" not in client_for(stranger).get("/tokai/search/", {"q": "autumn"}).content
