"""What a page of the library says of each piece of material: its version for this reader, where the words stand, its use."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from campaigns.models import Asset, AssetPreview, AssetUse
from campaigns.selectors.assets import Wanted, assets_for
from campaigns.selectors.shelf import Placed, narrowing_of, placed_assets
from campaigns.services import asset_use, assets
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ProductCategoryFactory

pytestmark = pytest.mark.django_db


def material(owner: Any, title: str, **bodies: str) -> Asset:
    """Material that is out for all, with a text per language."""
    with staff_scope(owner.manufacturer_id):
        asset = assets.save_asset(Asset(titles={"en": title}), products=[], by=owner)
        for language, body in bodies.items():
            assets.add_version(asset, language=language, body=body, by=owner)
        return assets.publish_asset(asset, tell=False) if bodies else asset


def placed(member: Any, *, start: int = 0, most: int = 25, **wanted: Any) -> list[Placed]:
    """A page as staff see it."""
    with staff_scope(member.manufacturer_id):
        return placed_assets(assets_for(member), Wanted(**wanted), start=start, most=most, with_use=True)


def test_what_is_called_so_comes_first_then_the_newest(owner) -> None:
    named = material(owner, "Pump guide", en="Step by step")
    older = material(owner, "Catalogue", en="Our pump\nrange")
    newer = material(owner, "Price list", en="One PUMP costs 100%_ (net)")
    material(owner, "Other", en="Nothing of it")
    rows = placed(owner, text="pump")
    assert [row.asset for row in rows] == [named.pk, newer.pk, older.pk]
    assert [row.passage for row in rows] == ["", "One PUMP costs 100%_ (net)", "Our pump"]
    assert {row.total for row in rows} == {3}
    assert [row.asset for row in placed(owner, text="pump", start=1, most=1)] == [newer.pk]
    assert placed(owner, text="pump", start=1, most=1)[0].total == 3
    assert [row.asset for row in placed(owner, text="pump 100%_")] == [newer.pk]
    assert [row.asset for row in placed(owner, text="p")] == [newer.pk, named.pk, older.pk]
    assert placed(owner, text="pumps") == []
    material(owner, "Cellar", en="Vin du Château Ångström")
    assert [row.passage for row in placed(owner, text="chateau angstrom")] == ["Vin du Château Ångström"]
    pumps = [
        material(owner, title, en=body)
        for title, body in (("ポンプのお知らせ", "Größe"), ("Other", "ぽんぷのおしらせ"))
    ]
    assert [row.asset for row in placed(owner, text="ぽんぷ お知らせ")] == [pumps[0].pk]
    assert [row.asset for row in placed(owner, text="ぽんぷ")] == [each.pk for each in pumps]
    assert [row.passage for row in placed(owner, text="grosse")] == ["Größe"]
    everything = placed(owner)[3:]
    assert [row.title for row in everything] == ["Other", "Price list", "Catalogue", "Pump guide"]
    assert {(row.total, row.passage) for row in everything} == {(None, "")}


def test_the_version_in_the_language_asked_for_else_the_readers_else_english_else_any(owner) -> None:
    all_three = material(owner, "Guide", en="English", ko="한국어", ja="日本語")
    only = material(owner, "Only", ja="日本語だけ")
    none = material(owner, "Draft")

    def languages(**wanted: Any) -> dict[int, str]:
        with staff_scope(owner.manufacturer_id):
            rows = placed_assets(assets_for(owner), Wanted(**wanted), most=25)
            current = {
                v.pk: v.language for asset in Asset.objects.all() for v in asset.versions.filter(is_current=True)
            }
        return {row.asset: current.get(row.version, "") for row in rows}

    with translation.override("ko"):
        assert languages() == {none.pk: "", only.pk: "ja", all_three.pk: "ko"}
        assert languages(language="en") == {all_three.pk: "en"}
    with translation.override("de"):
        assert languages() == {none.pk: "", only.pk: "ja", all_three.pk: "en"}
    rows = {row.asset: row for row in placed(owner)}
    assert (sorted(rows[all_three.pk].languages), rows[only.pk].languages) == (["en", "ja", "ko"], ["ja"])
    assert (rows[none.pk].ending, rows[none.pk].languages, rows[none.pk].has_picture) == ("–", [], False)


def test_its_picture_and_its_use_by_partners_and_by_their_customers(owner, rep, sibling_rep) -> None:
    asset = material(owner, "Guide", en="English")
    with staff_scope(owner.manufacturer_id):
        version = asset.versions.get(is_current=True)
        AssetPreview.objects.create(
            manufacturer=owner.manufacturer, version=version, page=1, stored="x", width=9, height=9
        )
    assert not placed(owner)[0].has_picture
    with staff_scope(owner.manufacturer_id):
        AssetPreview.objects.create(
            manufacturer=owner.manufacturer, version=version, page=0, stored="y", width=9, height=9
        )
        for member, kind in (
            (rep, "view"),
            (rep, "view"),
            (sibling_rep, "download"),
            (sibling_rep, "brand"),
            (rep, "share"),
        ):
            AssetUse.objects.create(
                manufacturer=owner.manufacturer,
                asset=asset,
                version=version,
                kind=kind,
                partner=member.partner,
                member=member,
            )
    row = placed(owner)[0]
    assert (row.has_picture, row.views, row.downloads, row.partners) == (True, 2, 2, 2)
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        asset_use.refresh_shelf(rep.partner_id)
        own = placed_assets(assets_for(rep), Wanted(text="english"), most=25)
    assert [(each.asset, each.has_picture, each.passage, each.views, each.partners) for each in own] == [
        (asset.pk, True, "English", 0, 0)
    ]


def test_what_the_library_can_be_narrowed_by(owner, rep) -> None:
    category = ProductCategoryFactory(manufacturer=owner.manufacturer, code="P", names={"en": "Pumps", "ko": "펌프"})
    ProductCategoryFactory(manufacturer=owner.manufacturer, code="Q", names={"en": "Without material"})
    for title, tags in (("A", ["prices", "2026"]), ("B", ["2026"]), ("C", ["secret"])):
        asset = material(owner, title, **({} if title == "C" else {"en": "Text"}))
        with staff_scope(owner.manufacturer_id):
            Asset.objects.filter(pk=asset.pk).update(tags=tags, category=category if title == "A" else None)
    with staff_scope(owner.manufacturer_id), translation.override("ko"):
        assert narrowing_of(assets_for(owner)) == (["2026", "prices", "secret"], [(category.pk, "펌프")])
    with partner_scope(rep.manufacturer_id, rep.partner_id):
        asset_use.refresh_shelf(rep.partner_id)
        assert narrowing_of(assets_for(rep)) == (["2026", "prices"], [(category.pk, "Pumps")])


def test_more_than_is_counted_is_said_to_be_more(owner, rep, monkeypatch) -> None:
    for title in ("A", "B", "C", "D"):
        newest = material(owner, title, en="The same word")
    monkeypatch.setattr("campaigns.selectors.assets.FOUND_AT_MOST", 2)
    rows = placed(owner, text="same")
    assert ([row.title for row in rows], rows[0].total, rows[0].asset) == (["D", "C", "B"], 3, newest.pk)
    for side in ("staff", "portal"):
        monkeypatch.setattr(f"campaigns.views.{side}.assets.COUNT_UP_TO", 2)
    slug = owner.manufacturer.slug
    for member, address, title in (
        (owner, "content/", "More than 2 pieces of material in the library"),
        (owner, "content/?q=same", "More than 2 pieces of material fit"),
        (rep, "portal/content/", "More than 2 pieces of material are new for you"),
        (rep, "portal/content/?q=same", "More than 2 pieces of material fit"),
    ):
        client = Client()
        client.force_login(member.user)
        assert title in client.get(f"/{slug}/{address}").content.decode()
    assert "2+</span>" in client.get(f"/{slug}/portal/content/").content.decode()
