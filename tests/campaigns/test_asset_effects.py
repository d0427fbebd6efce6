"""What material goes with: growth of partners that used it against that of comparable ones."""

import datetime as dt
import random
import zoneinfo
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.asset_effect_words import effect_lines
from campaigns.models import Asset, AssetUse, AssetVersion
from campaigns.selectors import asset_effects
from campaigns.selectors.asset_effects import effect_of
from commerce.growth_effects import Frame
from partners.models import Audience, Partner
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
    monkeypatch.setattr(asset_effects, "last_day", lambda _today: DAY)


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    """What is worked out is kept in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


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


def price_list(owner):
    return AssetFactory(manufacturer=owner.manufacturer, titles={"en": "Price list"}, state="published")


def used(asset, days: list[dt.date], *, size: float = 100) -> None:
    """Partners that bought as much every year, each of which first used it on one of these days at noon in Seoul."""
    owner = asset.manufacturer
    partners = PartnerFactory.create_batch(len(days), manufacturer=owner, country="KR", region="Seoul")
    with staff_scope(owner.pk):
        Partner.objects.filter(pk__in=[each.pk for each in partners]).update(stage="active")
        version = asset.versions.first() or AssetVersion.objects.create(asset=asset, language="en", number=1)
        AssetUse.objects.bulk_create(
            AssetUse(
                asset=asset,
                version=version,
                kind="view",
                partner=each,
                at=dt.datetime.combine(day, dt.time(12), zoneinfo.ZoneInfo("Asia/Seoul")),
            )
            for each, day in zip(partners, days, strict=True)
        )
    sold(
        owner.pk,
        [(each.pk, FRAME.start - dt.timedelta(days=ago), size) for each in partners for ago in (500, 100)],
    )


def test_the_first_day_that_counts_is_the_one_that_is_said(owner) -> None:
    asset = price_list(owner)
    used(asset, [dt.date(2025, 7, 1), dt.date(2025, 7, 2), dt.date(2025, 12, 30), dt.date(2025, 12, 31)])
    with staff_scope(owner.manufacturer_id):
        effect = effect_of(asset)
        assert (effect.found.did, effect.found.others) == (2, 0)
        missing, days = effect_lines(effect.found, effect.frame)
    assert missing == "0 pairs of comparable partners were found; at least 20 are needed."
    assert days == (
        "2 partners first used it from July 2, 2025 to December 30, 2025, 0 for which it is never did; 0 pairs are alike"
        " in region and kind and near in size and earlier growth. 2 have no counterpart."
    )


def test_it_is_worked_out_once_a_day(owner, client_for, monkeypatch: pytest.MonkeyPatch) -> None:
    asset, browser = price_list(owner), client_for(owner)
    url = f"/hanbit/content/{asset.pk}/effect/"
    days = [dt.date(2026, 11, 3)]
    monkeypatch.setattr(asset_effects, "house_day", lambda: days[-1])
    used(asset, [FRAME.first])
    assert "1 partners first used it" in browser.get(url).content.decode()
    used(asset, [FRAME.first])
    with CaptureQueriesContext(connection) as asked:
        assert "1 partners first used it" in browser.get(url).content.decode()
    assert not [each for each in asked if "commerce_salesday" in each["sql"]]
    days.append(dt.date(2026, 11, 4))
    assert "2 partners first used it" in browser.get(url).content.decode()


def test_what_is_kept_is_never_said_to_another_manufacturer(owner, other_manufacturer) -> None:
    asset = price_list(owner)
    used(asset, [FRAME.first])
    with staff_scope(owner.manufacturer_id):
        assert effect_of(asset).found.did == 1
    # Even if keys were given twice: what another one asks for is looked for under its own.
    same = Asset(pk=asset.pk, manufacturer=other_manufacturer)
    with staff_scope(other_manufacturer.pk):
        assert effect_of(same).found.did == 0
    with staff_scope(owner.manufacturer_id):
        assert effect_of(asset).found.did == 1


def test_it_asks_as_often_at_any_size(owner, client_for) -> None:
    asset, browser = price_list(owner), client_for(owner)
    url = f"/hanbit/content/{asset.pk}/effect/"

    def asked() -> tuple[int, int]:
        counts = []
        cache.clear()
        for _time in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
        return counts[0], counts[1]

    used(asset, [FRAME.first] * 2)
    asked()
    few = asked()
    used(asset, [FRAME.first, FRAME.start] * 15)
    assert asked() == few
    assert few[1] < few[0]


def test_only_whom_it_is_for_or_who_used_it_is_compared(owner) -> None:
    asset = price_list(owner)
    used(asset, [FRAME.first])
    used(AssetFactory(manufacturer=owner.manufacturer, titles={"en": "Brochure"}), [FRAME.first] * 3)
    with staff_scope(owner.manufacturer_id):
        _user, first, second, ended = Partner.objects.filter(sales_days__isnull=False).distinct().order_by("pk")
        Partner.objects.filter(pk=ended.pk).update(stage="ended")

        def counts(**rule: str) -> tuple[int, int]:
            if rule:
                definition = {"op": "any", "rules": [rule]}
                asset.audience = Audience.objects.create(name=str(rule), owner=owner, definition=definition)
            found = effect_of(asset).found
            return found.did, found.others

        assert counts() == (1, 2)
        assert counts(field="code", test="is", value=second.code) == (1, 1)
        # Signs that mean something else in the statement or in a pattern.
        Partner.objects.filter(pk=first.pk).update(name="100% Walls, %s and {more}")
        assert counts(field="name", test="contains", value="0% walls, %s and {m") == (1, 1)
        # Where it cannot be read whom it is for, it is for nobody.
        assert counts(field="no such", test="is", value="x") == (1, 0)


def test_of_few_nothing_is_said(owner, client_for) -> None:
    asset = price_list(owner)
    page = client_for(owner).get(f"/hanbit/content/{asset.pk}/effect/").content.decode()
    assert "Too few partners to tell what “Price list” goes with" in page
    assert "0 pairs of comparable partners were found" in page
