"""Material: its states, its versions, whom it is for, and what becomes of what was withdrawn."""

import datetime as dt
import time
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from campaigns.filters.assets import ReaderFilterSet
from campaigns.models import (
    Asset,
    AssetState,
    AssetTerms,
    AssetUse,
    AssetVersion,
    PartnerBrand,
    PartnerShelf,
    ShareLink,
    UseKind,
)
from campaigns.selectors.assets import assets_for, matching_assets, reach_of, readers_of
from campaigns.services import asset_branding, asset_use, assets, share_links
from campaigns.services.asset_files import checked_upload
from notices.models import Notice
from partners.models import Audience
from partners.services import save_audience
from tenancy.rls import partner_scope, scope, staff_scope
from tests.campaigns.factories import AssetFactory, AssetUseFactory, AssetVersionFactory
from tests.campaigns.uploads import pdf, picture
from tests.factories import ProductFactory
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def only_for(code: str, by: Any) -> Audience:
    """An audience of one partner."""
    rules = [{"field": "code", "test": "is", "value": code}]
    return save_audience(Audience(name=f"Only {code}"), {"op": "all", "rules": rules}, by=by)


def seen_by(member: Any) -> list[str]:
    """The titles that a partner's member finds, as the portal asks for them."""
    with partner_scope(member.manufacturer_id, member.partner_id):
        asset_use.refresh_shelf(member.partner_id)
        return sorted(asset.title for asset in assets_for(member))


def test_only_those_it_is_for_see_material_and_only_while_it_is_out(owner, rep, sibling_rep, stranger) -> None:
    for_all = AssetFactory(manufacturer=owner.manufacturer, titles={"en": "For all"})
    for_one = AssetFactory(manufacturer=owner.manufacturer, titles={"en": "For one"})
    with staff_scope(owner.manufacturer_id):
        Asset.objects.filter(pk=for_one.pk).update(audience=only_for("A1", owner))
        for asset in (for_all, for_one):
            assets.add_version(asset, language="en", body="Text", by=owner)
    assert (seen_by(rep), seen_by(sibling_rep)) == ([], [])
    with staff_scope(owner.manufacturer_id):
        for asset in (for_all, for_one):
            assets.publish_asset(asset)
    assert (seen_by(rep), seen_by(sibling_rep)) == (["For all", "For one"], ["For all"])
    with partner_scope(owner.manufacturer_id, sibling_rep.partner_id):
        assert list(AssetVersion.objects.values_list("asset_id", flat=True)) == [for_all.pk]
    with staff_scope(stranger.manufacturer_id):
        assert not Asset.objects.exists()
    with staff_scope(owner.manufacturer_id):
        told = Notice.objects.filter(kind="campaigns.asset_new").values_list("recipient_id", "facts__title__en")
        assert sorted(told) == sorted([(rep.pk, "For all"), (rep.pk, "For one"), (sibling_rep.pk, "For all")])
        assets.withdraw_asset(for_one, reason="Wrong prices")
    assert seen_by(rep) == ["For all"]


def test_nobody_sees_what_is_for_an_audience_that_cannot_be_read(owner, rep) -> None:
    with staff_scope(owner.manufacturer_id):
        audience = only_for("A1", owner)
        asset = AssetVersionFactory(manufacturer=owner.manufacturer).asset
        Asset.objects.filter(pk=asset.pk).update(audience=audience)
    assert len(seen_by(rep)) == 1
    with staff_scope(owner.manufacturer_id):
        definition = {"op": "all", "rules": [{"field": "gone", "test": "is", "value": "1"}]}
        Audience.objects.filter(pk=audience.pk).update(definition=definition)
    assert seen_by(rep) == []


def test_who_only_looks_as_another_person_writes_nothing(owner, rep) -> None:
    version = AssetVersionFactory(manufacturer=owner.manufacturer)
    with scope("partner", manufacturer=owner.manufacturer_id, partner=rep.partner_id, read_only=True):
        asset_use.refresh_shelf(rep.partner_id)
        assert asset_use.note_visit(rep) is None
        assert asset_use.note_use(version, UseKind.VIEW, member=rep) is None
    with staff_scope(owner.manufacturer_id):
        assert not PartnerShelf.objects.exists()


def test_the_days_of_material_open_and_close_it(owner, rep) -> None:
    today = TODAY()
    asset = AssetFactory(
        manufacturer=owner.manufacturer, valid_from=today + dt.timedelta(days=1), titles={"en": "Soon"}
    )
    with staff_scope(owner.manufacturer_id):
        assets.add_version(asset, language="en", body="Text", by=owner)
        assert assets.publish_asset(asset).state == AssetState.SCHEDULED
        assert assets.look_through_assets(today=today) == (0, 0)
        assert assets.look_through_assets(today=today + dt.timedelta(days=1)) == (1, 0)
        assert assets.look_through_assets(today=today + dt.timedelta(days=1)) == (0, 0)
        Asset.objects.filter(pk=asset.pk).update(valid_from=None, valid_to=today)
        assert assets.look_through_assets(today=today + dt.timedelta(days=1)) == (0, 1)
        asset.refresh_from_db()
        with pytest.raises(assets.AssetError, match="day that is over"):
            Asset.objects.filter(pk=asset.pk).update(valid_to=today - dt.timedelta(days=1))
            assets.publish_asset(asset)
    assert seen_by(rep) == []


def test_a_step_that_does_not_follow_is_refused(owner) -> None:
    asset = AssetFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        with pytest.raises(assets.AssetError, match="nothing to publish"):
            assets.publish_asset(asset)
        with pytest.raises(assets.AssetError, match="cannot become"):
            assets.withdraw_asset(asset, reason="")
        assets.add_version(asset, language="en", body="Text", by=owner)
        assets.publish_asset(asset)
        with pytest.raises(assets.AssetError, match="never published"):
            assets.delete_draft(asset)
        assets.withdraw_asset(asset, reason="Old")
        with pytest.raises(assets.AssetError, match="Bring it back"):
            assets.add_version(asset, language="en", body="More", by=owner)
        assert assets.return_to_draft(asset).state == AssetState.DRAFT


def test_material_that_was_withdrawn_since_it_was_read_stays_so(owner) -> None:
    asset = AssetFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        assets.add_version(asset, language="en", body="Text", by=owner)
        assets.publish_asset(asset)
        read = Asset.objects.get(pk=asset.pk)
        assets.withdraw_asset(asset, reason="Wrong prices")
        read.titles, read.audience = {"en": "Prices of May"}, only_for("A1", owner)
        saved = assets.save_asset(read, products=[], by=owner)
        assert saved.audience == read.audience
        kept = Asset.objects.values_list("titles", "audience", "state", "reason").get(pk=asset.pk)
    assert kept == ({"en": "Prices of May"}, read.audience_id, AssetState.WITHDRAWN, "Wrong prices")


def test_of_each_language_one_version_is_current(owner, rep) -> None:
    asset = AssetFactory(manufacturer=owner.manufacturer, titles={"en": "Prices"})
    with staff_scope(owner.manufacturer_id):
        first = assets.add_version(asset, language="en", upload=checked_upload(pdf()), by=owner)
        with pytest.raises(assets.AssetError, match="very file"):
            assets.add_version(asset, language="en", upload=checked_upload(pdf()), by=owner)
        korean = assets.add_version(asset, language="ko", body="값", by=owner)
        assets.publish_asset(asset, tell=False)
        AssetUse.objects.create(asset=asset, version=first, kind="download", partner_id=rep.partner_id, member=rep)
        second = assets.add_version(asset, language="en", upload=checked_upload(pdf(pages=2)), note="July", by=owner)
        assert (first.number, second.number, korean.number) == (1, 2, 1)
        current = AssetVersion.objects.filter(asset=asset, is_current=True)
        assert set(current) == {second, korean}
        notice = Notice.objects.get()
        assert (notice.kind, notice.recipient_id, notice.facts["note"]) == ("campaigns.asset_changed", rep.pk, "July")
        assets.choose_version(first)
        assert set(current.all()) == {first, korean}
        assets.withdraw_version(first)
        assert set(current.all()) == {korean}
        with pytest.raises(assets.AssetError, match="withdrawn"):
            assets.choose_version(first)


def test_material_is_found_in_three_languages_by_title_words_product_and_file(owner, rep, sibling_rep) -> None:
    product = ProductFactory(manufacturer=owner.manufacturer, code="HB-200", name="Water pump")
    with staff_scope(owner.manufacturer_id):
        guide = Asset(titles={"ko": "배관 시공 안내서"}, tags=["#시공", "시공"], audience=only_for("A1", owner))
        assets.save_asset(guide, products=[product], by=owner)
        assets.add_version(guide, language="ko", body="펌프를 설치할 때\n누수에 주의하십시오.", by=owner)
        prices = assets.save_asset(Asset(titles={"ja": "価格表 2026年版"}), products=[], by=owner)
        assets.add_version(prices, language="ja", body="消費税\n込みの希望小売価格", by=owner)
        for asset in (guide, prices):
            assets.publish_asset(asset, tell=False)
        assert guide.tags == ["시공"]

    def found(member: Any, text: str) -> list[Asset]:
        with partner_scope(member.manufacturer_id, member.partner_id):
            asset_use.refresh_shelf(member.partner_id)
            return list(matching_assets(assets_for(member), text))

    for text in ("시공안내", "시공 안내", "누수", "설치할때 누수", "hb-200", "WATER pump", "수"):
        assert found(rep, text) == [guide], text
    for text in ("価格", "消費税込", "消費税 小売", "２０２６"):
        assert found(rep, text) == [prices], text
    assert found(rep, "누수 価格") == []
    assert found(sibling_rep, "누수") == []
    assert found(sibling_rep, "表") == [prices]
    with staff_scope(owner.manufacturer_id):
        assets.add_version(guide, language="ko", body="다른 내용", by=owner)
    assert found(rep, "누수") == []


def test_terms_are_accepted_in_their_present_edition(owner, rep) -> None:
    with staff_scope(owner.manufacturer_id):
        terms = assets.save_terms(AssetTerms(name="T", texts={"en": "One"}))
        asset = AssetFactory(manufacturer=owner.manufacturer, terms=terms)
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        accepted = asset_use.accept_terms(asset, edition=1, by=rep, address="192.0.2.1")
        assert asset_use.accept_terms(asset, edition=1, by=rep) == accepted
    with staff_scope(owner.manufacturer_id):
        terms.texts = {"en": "Two"}
        assert assets.save_terms(terms).edition == 2
        terms.is_retired = True
        assert assets.save_terms(terms).edition == 2
    with partner_scope(owner.manufacturer_id, rep.partner_id), pytest.raises(asset_use.TermsError):
        asset_use.accept_terms(asset, edition=1, by=rep)


def test_a_visit_after_a_break_makes_new_what_came_since(owner, rep) -> None:
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        first = asset_use.note_visit(rep)
        assert first is not None
        earlier = timezone.now() - dt.timedelta(hours=3)
        first.seen_at = earlier
        first.save(update_fields=["seen_at"])
        visit = asset_use.note_visit(rep)
        assert visit is not None
        assert visit.before_at == earlier
        again = asset_use.note_visit(rep)
        assert again is not None
        assert again.before_at == earlier


def test_it_is_known_who_has_used_what_is_current_and_who_has_not(owner, manager, rep, sibling_rep) -> None:
    old = AssetVersionFactory(manufacturer=owner.manufacturer, is_current=False)
    new = AssetVersionFactory(manufacturer=owner.manufacturer, asset=old.asset, number=2)
    common = {"manufacturer": owner.manufacturer}
    AssetUseFactory(**common, version=old, partner=sibling_rep.partner, member=sibling_rep)
    AssetUseFactory(**common, version=new, partner=rep.partner, member=rep)
    AssetUseFactory(**common, version=new, partner=rep.partner, member=rep, kind="download")
    with staff_scope(owner.manufacturer_id):
        reach = reach_of(new.asset)
        assert (reach.wanted, reach.reached, reach.missing, reach.people) == (2, 1, 1, 1)
        rows = {
            row.code: (bool(row.seen_at), bool(row.got_at), row.people, bool(row.ever_at))
            for row in readers_of(new.asset, owner)
        }
        assert rows == {"A1": (True, True, 1, True), "B1": (False, False, None, True)}
        for seen, codes in (("yes", ["A1"]), ("no", ["B1"]), ("", ["A1", "B1"])):
            found = ReaderFilterSet({"seen": seen}, readers_of(new.asset, owner)).qs
            assert sorted(found.values_list("code", flat=True)) == codes
        manager.assigned_only = True
        assert not readers_of(new.asset, manager).exists()


def test_a_link_shows_what_is_current_and_nothing_once_material_is_withdrawn(owner, rep) -> None:
    asset = AssetFactory(manufacturer=owner.manufacturer)
    with staff_scope(owner.manufacturer_id):
        assets.add_version(asset, language="en", body="One", by=owner)
        asset = assets.publish_asset(asset)
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        link = share_links.create_link(asset, language="ko", by=rep)
        with pytest.raises(assets.AssetError, match="lies ahead"):
            share_links.create_link(asset, language="en", by=rep, ends_on=TODAY() - dt.timedelta(days=1))
    with staff_scope(owner.manufacturer_id):
        assert (len(link.token), link.language) == (14, "en")
        second = assets.add_version(asset, language="en", body="Two", by=owner)
        found = share_links.open_link(link.token)
        assert found is not None
        assert found.version == second
        assert [
            share_links.count_use(found, UseKind.VIEW, address="192.0.2.9", agent=each)
            for each in ("Firefox", "Firefox", "Safari")
        ] == [True, False, True]
        assert [use.link for use in AssetUse.objects.all()] == [link, link]
        assert share_links.open_link(link.token[:-1]) is None
        assets.withdraw_asset(asset, reason="Wrong")
        assert share_links.open_link(link.token) is None
    with staff_scope(owner.manufacturer_id):
        Asset.objects.filter(pk=asset.pk).update(state=AssetState.PUBLISHED)
        assert share_links.open_link(link.token) is not None
        Asset.objects.filter(pk=asset.pk).update(audience=only_for("B1", owner))
        assert share_links.open_link(link.token) is None
        Asset.objects.filter(pk=asset.pk).update(audience=None)
        share_links.revoke_link(ShareLink.objects.get())
        assert share_links.open_link(link.token) is None


def test_a_copy_carries_the_partners_name_and_goes_with_its_version(owner, rep) -> None:
    asset = AssetFactory(manufacturer=owner.manufacturer, may_brand=True, titles={"en": "Guide"})
    with staff_scope(owner.manufacturer_id):
        version = assets.add_version(asset, language="en", upload=checked_upload(pdf(pages=2)), by=owner)
        zone = {"what": "contact", "page": -1, "x": 20, "y": 250, "width": 60, "height": 20}
        version = asset_branding.save_zones(version, [zone])
        with pytest.raises(assets.AssetError):
            asset_branding.save_zones(version, [zone | {"x": -1}])
        asset = assets.publish_asset(asset)
        version.asset = asset
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        with pytest.raises(assets.AssetError, match="Say first"):
            asset_branding.branded_copy(version, partner=rep.partner, by=rep)
        brand = asset_branding.brand_of(rep.partner)
        brand.phone = "02-1234-5678"
        logo = ("logo.png", picture().read())
        asset_branding.save_brand(brand, logo=logo)
        copy = asset_branding.branded_copy(version, partner=rep.partner, by=rep)
        assert asset_branding.branded_copy(version, partner=rep.partner, by=rep) == copy
        with copy.stored.open("rb") as file:
            texts = [page.extract_text() for page in PdfReader(file).pages]
        assert "02-1234-5678" not in texts[0]
        assert "02-1234-5678" in texts[1]
        stamp = f"Guide · version 1 · {dt.date.today().strftime('%b')}"
        assert all(stamp in text and "Seoul Agency" in text for text in texts)
        brand.phone = "02-9999-9999"
        asset_branding.save_brand(brand)
        other = asset_branding.branded_copy(version, partner=rep.partner, by=rep)
        assert other != copy
    with staff_scope(owner.manufacturer_id):
        assets.withdraw_asset(asset, reason="Wrong")
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        assert not type(copy).objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_copy_asked_for_twice_at_once_is_made_once(owner, rep, monkeypatch) -> None:
    made = []

    def slowly(version, sender) -> bytes:
        made.append(version.pk)
        time.sleep(0.2)
        return b"%PDF"

    monkeypatch.setattr(asset_branding, "_made", slowly)
    with staff_scope(owner.manufacturer_id):
        version = AssetVersionFactory(
            manufacturer=owner.manufacturer,
            asset=AssetFactory(manufacturer=owner.manufacturer, may_brand=True),
            content_type="application/pdf",
            zones=[{"what": "contact", "page": -1, "x": 20, "y": 250, "width": 60, "height": 20}],
        )
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        brand = asset_branding.brand_of(rep.partner)
        brand.phone = "02-1234-5678"
        asset_branding.save_brand(brand)

    def asked() -> int:
        with partner_scope(owner.manufacturer_id, rep.partner_id):
            return asset_branding.branded_copy(version, partner=rep.partner, by=rep).pk

    first, second = at_once(asked, asked)
    assert first == second
    assert made == [version.pk]


@pytest.mark.django_db(transaction=True)
def test_two_who_first_say_what_goes_on_documents_leave_one_row(owner, rep) -> None:
    def saying(phone: str, logo: tuple[str, bytes] | None) -> Any:
        def work() -> str:
            with partner_scope(owner.manufacturer_id, rep.partner_id):
                brand = asset_branding.brand_of(rep.partner)
                brand.phone = phone
                time.sleep(0.2)
                return asset_branding.save_brand(brand, logo=logo).phone

        return work

    assert at_once(saying("02-1", ("logo.png", picture().read())), saying("02-2", None)) == ["02-1", "02-2"]
    with staff_scope(owner.manufacturer_id):
        kept = PartnerBrand.objects.get()
        assert kept.phone in ("02-1", "02-2")
        assert kept.logo  # whoever came last said nothing of it


def test_who_looks_as_a_partner_sees_what_it_would_see_though_it_was_never_there(owner, rep, sibling_rep) -> None:
    asset = AssetVersionFactory(manufacturer=owner.manufacturer).asset
    with staff_scope(owner.manufacturer_id):
        Asset.objects.filter(pk=asset.pk).update(audience=only_for("A1", owner))
    for member, seen in ((rep, [asset]), (sibling_rep, [])):
        with scope("partner", manufacturer=owner.manufacturer_id, partner=member.partner_id, read_only=True):
            asset_use.refresh_shelf(member.partner_id)
            assert list(assets_for(member)) == seen
            with partner_scope(owner.manufacturer_id, sibling_rep.partner_id):
                assert not Asset.objects.exists()
