import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import PropensityModel, Recipient
from campaigns.services import propensities as services
from campaigns.services.propensities import PropensityError, learn_now, score_readers, supply, tenths_of
from campaigns.views.staff.propensity import page_title
from jobs.models import Job
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.timedelta(days=1)


def sent(campaign: Any, count: int, *, ago: int, seed: int) -> None:
    """Readers of whom gold ones answer often, and who answers has always opened."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        gold = dice.random() < 0.3
        answers = dice.random() < (0.4 if gold else 0.05)
        at = NOW - ago * DAY + dt.timedelta(seconds=number)
        rows.append(
            Recipient(
                campaign=campaign,
                name=f"Reader {number}",
                language="en",
                country="KR",
                grade="gold" if gold else "silver",
                arm="rest",
                sent_at=at,
                opened_at=at + DAY if answers else None,
                replied_at=at + DAY if answers else None,
            )
        )
    Recipient.objects.bulk_create(rows)


@pytest.fixture
def past(manufacturer: Manufacturer, owner: Membership) -> Any:
    for number, ago in enumerate((300, 240, 180, 120, 60)):
        campaign = CampaignFactory(manufacturer=manufacturer, owner=owner, window_days=28)
        with staff_scope(manufacturer.pk):
            sent(campaign, 400, ago=ago, seed=number)
    with staff_scope(manufacturer.pk):
        sent(CampaignFactory(manufacturer=manufacturer, owner=owner), 100, ago=10, seed=9)  # may still answer
    return manufacturer


def test_it_learns_from_those_whose_time_is_over_and_from_nothing_told_afterwards(past: Manufacturer) -> None:
    with staff_scope(past.pk):
        assert supply(NOW).people == 2000
        model = learn_now(NOW)
        assert (model.version, model.people, model.campaigns, model.is_useful) == (1, 2000, 5, True)
        parts = {part["key"] if isinstance(part, dict) else part for part in model.document["parts"]}
        assert "grade" in parts
        assert not parts & set(services.AFTER)
        assert learn_now(NOW).version == 2


def test_the_readers_of_a_plan_get_their_chances_and_the_better_half_holds_most(
    past: Manufacturer, owner: Membership, client_for: Callable[[Membership], Client]
) -> None:
    campaign = CampaignFactory(manufacturer=past, owner=owner, state="approved", frozen_at=NOW)
    with staff_scope(past.pk):
        sent(campaign, 100, ago=0, seed=3)
        Recipient.objects.filter(campaign=campaign).update(sent_at=None, opened_at=None, replied_at=None)
        with pytest.raises(PropensityError):
            score_readers(campaign)
        assert tenths_of(campaign) == []
        learn_now(NOW)
    client = client_for(owner)
    at = f"/hanbit/campaigns/{campaign.pk}/"
    assert client.post(f"{at}chances/").status_code == 302
    with staff_scope(past.pk):
        gold = list(Recipient.objects.filter(campaign=campaign, grade="gold").values_list("chance", flat=True))
        silver = list(Recipient.objects.filter(campaign=campaign, grade="silver").values_list("chance", flat=True))
        assert min(gold) > 3 * max(silver)
        tenths = tenths_of(campaign)
        assert [each.people for each in tenths] == [10] * 10
        assert tenths[4].share > 0.75
        assert tenths[-1].share == pytest.approx(1)
    page = client.get(at, {"tab": "chances"}).content.decode()
    assert "The better half of the readers is expected to give" in page
    best = client.get(f"{at}readers/", {"likely": "fifth"})
    assert best.status_code == 200
    assert best.content.count(b"silver") == 0


def test_the_page_says_how_good_it_is_beside_the_plain_rate(
    past: Manufacturer, owner: Membership, client_for: Callable[[Membership], Client]
) -> None:
    client = client_for(owner)
    assert b"There are enough past readers" in client.get("/hanbit/campaigns/answering/").content
    with staff_scope(past.pk):
        learn_now(NOW)
    text = client.get("/hanbit/campaigns/answering/").content.decode()
    assert "that is the plain rate" in text
    assert (
        "Never used, because known only after the contact: Opened, Clicked, Came back, Unsubscribed, Ordered." in text
    )
    assert client.post("/hanbit/campaigns/answering/learn/").status_code == 302
    with staff_scope(past.pk):
        assert Job.objects.filter(kind=services.LEARNING).count() == 1
        assert not services.look_after(NOW)  # learned just now


def test_with_too_little_it_says_what_it_takes(manufacturer: Manufacturer, owner: Membership) -> None:
    with staff_scope(manufacturer.pk):
        with pytest.raises(PropensityError, match="You have 0, 0 of whom answered"):
            services.request_learning(by=owner)
        assert not services.look_after(NOW)
        assert PropensityModel.objects.count() == 0
    assert page_title(None) == "Who answers campaigns is not known yet"
