"""What material goes with: growth of partners that used it against that of comparable ones."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import AssetUse, AssetVersion
from campaigns.selectors import asset_effects
from campaigns.selectors.asset_effects import effect_of
from commerce.growth_effects import Frame
from partners.models import Partner
from tenancy.rls import staff_scope
from tests.campaigns.factories import AssetFactory
from tests.factories import PartnerFactory
from tests.training.learners import sold
from valuation.comparison import Verdict

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 30)
FRAME = Frame(DAY)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asset_effects, "last_day", lambda: DAY)


def market(owner, gain: float):
    """Material that every second partner came to use and grew `gain` points more with, beside what chance does; one had it
    before, one used it when all was over, one passed it on by a link alone, and these sold ten times as much."""
    dice = random.Random(4)
    partners = PartnerFactory.create_batch(84, manufacturer=owner.manufacturer, country="KR", region="Seoul")
    asset = AssetFactory(manufacturer=owner.manufacturer, titles={"en": "Price list"}, state="published")
    rows, uses = [], []
    with staff_scope(owner.manufacturer_id):
        Partner.objects.update(kind=partners[0].kind, stage="active")
        version = AssetVersion.objects.create(asset=asset, language="en", number=1)
        for number, each in enumerate(partners):
            size = dice.uniform(50, 200)
            growth = 900 if number in (0, 2) else dice.gauss(5, 8) + (gain if number % 2 == 0 else 0)
            rows += [
                (each.pk, FRAME.start - dt.timedelta(days=500), size),
                (each.pk, FRAME.start - dt.timedelta(days=100), size),
                (each.pk, FRAME.cut + dt.timedelta(days=60), size * (1 + growth / 100)),
            ]
            day = {0: FRAME.start - dt.timedelta(days=5), 2: FRAME.cut + dt.timedelta(days=5)}.get(
                number, FRAME.start + dt.timedelta(days=30)
            )
            if number % 2 == 0:
                at = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
                uses += [AssetUse(asset=asset, version=version, kind="view", partner=each, at=at)]
                uses += [
                    AssetUse(asset=asset, version=version, kind="download", partner=each, at=at + FRAME.cut.resolution)
                ]
        AssetUse.objects.bulk_create(uses)
    sold(owner.manufacturer_id, rows)
    return asset


@pytest.mark.parametrize(("gain", "verdict"), [(15.0, Verdict.BETTER), (0.0, Verdict.NO_EVIDENCE)])
def test_an_effect_is_said_where_there_is_one_and_else_not(
    gain: float, verdict: str, owner, analyst, client_for
) -> None:
    asset = market(owner, gain)
    with staff_scope(owner.manufacturer_id), CaptureQueriesContext(connection) as asked:
        found = effect_of(asset).found
    assert len([each for each in asked if each["sql"].startswith(("SELECT", "\nSELECT"))]) <= 4
    assert (found.verdict, found.did, found.others) == (verdict, 40, 42)
    assert found.difference is not None
    assert abs(found.difference - gain) < 6
    page = client_for(analyst).get(f"/hanbit/content/{asset.pk}/effect/").content.decode()
    said = "grew" if verdict == Verdict.BETTER else "No evidence that partners that used “Price list” grew differently"
    assert said in page
    assert "40 partners first used it from" in page
    assert "How alike the two groups are" in page


def test_of_few_nothing_is_said(owner, client_for) -> None:
    asset = AssetFactory(manufacturer=owner.manufacturer, titles={"en": "Price list"}, state="published")
    page = client_for(owner).get(f"/hanbit/content/{asset.pk}/effect/").content.decode()
    assert "Too few partners to tell what “Price list” goes with" in page
    assert "0 pairs of comparable partners were found" in page
