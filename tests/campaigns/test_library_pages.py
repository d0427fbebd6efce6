"""The library through its pages: put in, publish, find, accept, download, make one's own, pass on, withdraw."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Asset, AssetState, AssetTerms, AssetUse, AssetVersion, ShareLink, TermsAcceptance, UseKind
from campaigns.services import asset_branding, assets
from campaigns.services.asset_files import checked_upload, draw_previews
from tenancy.models import Manufacturer
from tenancy.rls import platform_scope, staff_scope
from tests.campaigns.factories import AssetFactory, AssetUseFactory, AssetVersionFactory
from tests.campaigns.uploads import office, pdf, picture

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def as_member(member: Any) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def published(owner: Any, *, brand: bool = False, **fields: Any) -> Asset:
    """A PDF that is out for everybody."""
    asset = AssetFactory(manufacturer=owner.manufacturer, may_brand=brand, **fields)
    with staff_scope(owner.manufacturer_id):
        version = assets.add_version(asset, language="en", upload=checked_upload(pdf()), by=owner)
        if brand:
            zone = {"what": "contact", "page": 1, "x": 20, "y": 250, "width": 60, "height": 20}
            asset_branding.save_zones(version, [zone])
        return assets.publish_asset(asset, tell=False)


def test_material_is_put_in_published_and_withdrawn(owner, analyst) -> None:
    client, base = as_member(owner), f"/{owner.manufacturer.slug}/content/"
    fields = {
        "titles_en": "Price list",
        "kind": "price_list",
        "tags": "#prices, 2026",
        "may_share": "on",
        "language": "en",
    }
    refused = client.post(f"{base}new/", fields | {"upload": pdf(harm="script")})
    assert refused.status_code == 200
    assert "holds scripts" in refused.content.decode()
    with staff_scope(owner.manufacturer_id):
        assert not Asset.objects.exists()
    made = client.post(f"{base}new/", fields | {"upload": pdf()})
    with staff_scope(owner.manufacturer_id):
        asset = Asset.objects.get()
        assert (asset.state, asset.tags, asset.owner_id) == (AssetState.DRAFT, ["prices", "2026"], owner.pk)
    page = f"{base}{asset.pk}/"
    assert made.url == page
    assert client.get(page).status_code == 200
    assert as_member(analyst).post(f"{page}step/", {"step": "publish"}).status_code == 403
    client.post(f"{page}step/", {"step": "publish", "tell": "1"})
    client.post(f"{page}version/", {"language": "en", "body": "Now as a text", "note": "Shorter"})
    client.post(f"{page}step/", {"step": "withdraw", "reason": ""})
    with staff_scope(owner.manufacturer_id):
        asset.refresh_from_db()
        assert asset.state == AssetState.PUBLISHED
        assert AssetVersion.objects.get(is_current=True).body == "Now as a text"
    client.post(f"{page}step/", {"step": "withdraw", "reason": "Wrong prices"})
    with staff_scope(owner.manufacturer_id):
        asset.refresh_from_db()
        assert (asset.state, asset.reason) == (AssetState.WITHDRAWN, "Wrong prices")


def test_a_new_version_is_of_the_language_that_there_is(owner) -> None:
    with platform_scope():
        Manufacturer.objects.filter(pk=owner.manufacturer_id).update(languages=["ko", "ja", "en"])
    client, base = as_member(owner), f"/{owner.manufacturer.slug}/content/"
    asset = published(owner)
    form = client.get(f"{base}{asset.pk}/version/").context["form"]
    assert [code for code, _name in form.fields["language"].choices] == ["ko", "ja", "en"]
    assert form["language"].value() == "en"
    assert f"{base}{asset.pk}/version/?language=en" in client.get(f"{base}{asset.pk}/").content.decode()
    assert client.get(f"{base}{asset.pk}/version/?language=ja").context["form"]["language"].value() == "ja"


def test_lists_of_material_call_languages_by_their_names(owner, rep) -> None:
    asset = published(owner)
    as_member(rep).get(f"/{owner.manufacturer.slug}/portal/content/{asset.pk}/")
    client, base = as_member(owner), f"/{owner.manufacturer.slug}/content/"
    for page in (f"{base}list/", f"{base}{asset.pk}/log/"):
        cells = re.findall(r"<td[^>]*>(?:<[^>]+>)*(en|English)<", client.get(page).content.decode())
        assert cells == ["English"], page


def test_places_for_a_logo_have_their_words_beside_them(owner) -> None:
    asset = published(owner, brand=True)
    with staff_scope(owner.manufacturer_id):
        version = AssetVersion.objects.get(asset=asset)
    page = as_member(owner).get(f"/{owner.manufacturer.slug}/content/versions/{version.pk}/places/").content.decode()
    assert 'aria-label="Place 1"' in page
    assert re.findall(r'<label for="id_form-0-(\w+)">\s*(.+?)\s*<', page) == [
        ("what", "What"),
        ("page", "Page"),
        ("x", "From the left"),
        ("y", "From the top"),
        ("width", "Width"),
        ("height", "Height"),
    ]


def test_material_sent_twice_is_made_once(owner) -> None:
    client, base = as_member(owner), f"/{owner.manufacturer.slug}/content/"
    fields = {"titles_en": "Guide", "kind": "price_list", "language": "en", "form_key": str(uuid.uuid4())}
    wrong = client.post(f"{base}new/", fields)  # no content: the page is not used up by it
    assert wrong.context["content_form"].errors["upload"] == ["Choose a file, give an address, or write a text."]
    first, second = (client.post(f"{base}new/", fields | {"body": "Read me"}) for _each in range(2))
    with staff_scope(owner.manufacturer_id):
        asset = Asset.objects.get()
        assert AssetVersion.objects.count() == 1
    assert (first.status_code, first.url, second.status_code, second.url) == (302, f"{base}{asset.pk}/") * 2


def test_material_whose_content_is_refused_is_not_kept(owner, monkeypatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise assets.AssetError("Not this one.")

    client, base = as_member(owner), f"/{owner.manufacturer.slug}/content/"
    fields = {"titles_en": "Guide", "kind": "price_list", "language": "en", "form_key": str(uuid.uuid4())}
    with monkeypatch.context() as patch:
        patch.setattr(assets, "add_version", refuse)
        refused = client.post(f"{base}new/", fields | {"body": "Read me"})
    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors() == ["Not this one."]
    assert "Read me</textarea>" in refused.content.decode()
    with staff_scope(owner.manufacturer_id):
        assert not Asset.objects.exists()
    assert client.post(f"{base}new/", fields | {"body": "Read me"}).status_code == 302
    with staff_scope(owner.manufacturer_id):
        assert (Asset.objects.count(), AssetVersion.objects.count()) == (1, 1)


def test_a_partner_accepts_downloads_and_is_counted(owner, rep, sibling_rep) -> None:
    with staff_scope(owner.manufacturer_id):
        terms = assets.save_terms(AssetTerms(name="T", texts={"en": "Inside **your** company."}))
    asset = published(owner, terms=terms)
    client, page = as_member(rep), f"/{owner.manufacturer.slug}/portal/content/{asset.pk}/"
    assert "<strong>your</strong>" in client.get(page).content.decode()
    assert client.get(f"{page}file/").status_code == 302
    client.post(f"{page}terms/", {"edition": "1"})
    file = client.get(f"{page}file/")
    content = file.getvalue()
    assert content.startswith(b"%PDF")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(page).status_code == 200
    with staff_scope(owner.manufacturer_id):
        assert TermsAcceptance.objects.get().member_id == rep.pk
        uses = AssetUse.objects.order_by("pk").values_list("kind", "partner_id", "member_id")
        assert list(uses) == [(kind, rep.partner_id, rep.pk) for kind in ("download", "view")]
        assets.withdraw_asset(asset, reason="Old")
    assert (client.get(page).status_code, client.get(f"{page}file/").status_code) == (404, 404)


def test_a_partner_puts_its_name_on_a_document_and_passes_it_on(owner, partner_admin, rep, sibling_rep) -> None:
    asset = published(owner, brand=True, titles={"en": "Guide"})
    base = f"/{owner.manufacturer.slug}/portal/content/"
    client = as_member(partner_admin)
    assert as_member(rep).get(f"{base}brand/").status_code == 403
    wrong = {"company": "Seoul Agency", "logo_file": pdf(name="logo.png")}
    assert "no picture" in client.post(f"{base}brand/", wrong).content.decode()
    client.post(
        f"{base}brand/", {"company": "Seoul Agency", "phone": "02-1", "logo_file": picture("logo.png", (300, 100))}
    )
    made = client.post(f"{base}{asset.pk}/branded/", {"language": "en"})
    assert made.getvalue().startswith(b"%PDF")
    assert made.headers["Content-Disposition"] == 'attachment; filename="prices - Seoul Agency.pdf"'
    shared = client.post(f"{base}{asset.pk}/share/", {"note": "Mr. Kim", "language": "en", "is_branded": "on"})
    assert shared.status_code == 302
    with staff_scope(owner.manufacturer_id):
        link = ShareLink.objects.get()
        assert (link.partner_id, link.is_branded) == (partner_admin.partner_id, True)
    outside, address = Client(headers={"User-Agent": FIREFOX}), f"/{owner.manufacturer.slug}/public/m/{link.token}/"
    for agent in ("Slackbot-LinkExpanding 1.0", "Yahoo Link Preview", "python-requests/2.32", ""):
        assert Client(headers={"User-Agent": agent}).get(address).status_code == 200
    assert outside.head(address).status_code == 200
    assert outside.get(address, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    with staff_scope(owner.manufacturer_id):
        assert not AssetUse.objects.filter(link=link).exists()
    seen = outside.get(address)
    assert seen.status_code == 200
    assert "Mr. Kim" not in seen.content.decode()
    assert outside.get(f"{address}file/").getvalue().startswith(b"%PDF")
    assert outside.get(address[:-2] + "x/").status_code == 404
    assert outside.get(address.replace(owner.manufacturer.slug, "nobody")).status_code == 404
    assert as_member(sibling_rep).post(f"{base}links/{link.pk}/off/").status_code == 404
    links = client.get(f"{base}links/").content.decode()
    assert re.search(r"looked at\s+1\s+time", links)
    with staff_scope(owner.manufacturer_id):
        assert list(AssetUse.objects.filter(link=link).order_by("pk").values_list("kind", "member_id")) == [
            (UseKind.VIEW, None),
            (UseKind.DOWNLOAD, None),
        ]
        assets.withdraw_asset(asset, reason="Old")
    assert [outside.get(f"{address}{part}").status_code for part in ("", "file/", "page/1/")] == [404, 404, 404]


def test_links_to_what_is_withdrawn_are_still_told(owner, partner_admin) -> None:
    kept, gone = published(owner, titles={"en": "Kept"}), published(owner, titles={"en": "Gone"})
    client, base = as_member(partner_admin), f"/{owner.manufacturer.slug}/portal/content/"
    for asset in (kept, gone):
        client.post(f"{base}{asset.pk}/share/", {"language": "en", "note": "Kim", "ends_on": ""})
    with staff_scope(owner.manufacturer_id):
        assets.withdraw_asset(gone, reason="Wrong")
        tokens = {link.asset_id: link.token for link in ShareLink.objects.all()}
    page = client.get(f"{base}links/")
    assert [(link.asset.title, link.is_gone) for link in page.context["links"]] == [("Gone", True), ("Kept", False)]
    shown = page.content.decode()
    assert shown.count("Withdrawn by the manufacturer: whoever opens the link finds nothing.") == 1
    assert (tokens[gone.pk] in shown, tokens[kept.pk] in shown) == (False, True)
    assert (f"{base}{gone.pk}/" in shown, f"{base}{kept.pk}/" in shown) == (False, True)


def test_an_office_document_shows_its_first_words_once_its_terms_are_accepted(owner, rep) -> None:
    with staff_scope(owner.manufacturer_id):
        terms = assets.save_terms(AssetTerms(name="T", texts={"en": "Inside."}))
        asset = AssetFactory(manufacturer=owner.manufacturer, terms=terms, may_share=True)
        version = assets.add_version(
            asset,
            language="en",
            upload=checked_upload(office(text="Glue first &lt;b&gt; " + "then wait " * 200)),
            by=owner,
        )
        draw_previews(manufacturer_id=owner.manufacturer_id, version_id=version.pk)
        assets.publish_asset(asset, tell=False)
        link = ShareLink.objects.create(
            partner=rep.partner, asset=asset, language="en", token="abcdefgh234567", created_by=rep
        )
    house = f"/{owner.manufacturer.slug}"
    client, page = as_member(rep), f"{house}/portal/content/{asset.pk}/"
    assert "Glue first" not in client.get(page).content.decode()
    client.post(f"{page}terms/", {"edition": "1"})
    for seen in (
        client.get(page),
        as_member(owner).get(f"{house}/content/{asset.pk}/"),
        Client().get(f"{house}/public/m/{link.token}/"),
    ):
        words = seen.content.decode()
        assert "Glue first &lt;b&gt; then wait" in words
        assert words.count("then wait") == 148
        assert "wait then …" in words


def test_the_library_is_searched_and_says_what_is_new(owner, rep) -> None:
    published(owner, titles={"en": "Price list"}, tags=["prices"])
    published(owner, titles={"en": "Guide <b>"}, kind="manual")
    client, base = as_member(rep), f"/{owner.manufacturer.slug}/portal/content/"
    assert titles(client.get(base)) == ["Guide &lt;b&gt;", "Price list"]
    assert titles(client.get(base, {"q": "price"})) == ["Price list"]
    assert titles(client.get(base, {"tag": "prices", "new": "1"})) == ["Price list"]
    assert titles(client.get(base, {"kind": "manual", "page": "x", "category": "9", "since": "nonsense"})) == []
    assert titles(client.get(base, {"kind": "manual", "language": "en"})) == ["Guide &lt;b&gt;"]
    with staff_scope(owner.manufacturer_id):
        for asset, text in zip(Asset.objects.order_by("pk"), ("Price list", "The price <b>"), strict=True):
            asset.versions.update(text=text)
            assets.write_texts(asset)
    passages = re.findall(r'asset-passage">([^<]*)<', client.get(base, {"q": "price"}).content.decode())
    assert passages == ["… The price &lt;b&gt; …"]  # what its title says already is not said again


def titles(response: Any) -> list[str]:
    return re.findall(r'asset-title">([^<]*)<', response.content.decode())


@pytest.mark.parametrize("side", ["staff", "portal", "list", "readers", "report"])
def test_pages_of_the_library_ask_as_many_queries_at_any_size(side, owner, rep) -> None:
    member = rep if side == "portal" else owner
    client, slug = as_member(member), owner.manufacturer.slug
    first = AssetVersionFactory(manufacturer=owner.manufacturer)
    addresses = {
        "staff": f"/{slug}/content/?q=text",
        "portal": f"/{slug}/portal/content/?q=text",
        "list": f"/{slug}/content/list/",
        "readers": f"/{slug}/content/{first.asset_id}/readers/",
        "report": f"/{slug}/content/use/",
    }

    def fill(count: int) -> None:
        for _each in range(count):
            version = AssetVersionFactory(manufacturer=owner.manufacturer)
            with staff_scope(owner.manufacturer_id):
                version.text = "text"
                version.save()
                assets.write_texts(version.asset)
            AssetUseFactory(manufacturer=owner.manufacturer, version=version, partner=rep.partner, member=rep)

    fill(2)
    client.get(addresses[side])
    counts = []
    for _size in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(addresses[side]).status_code == 200
        counts.append(len(queries))
        fill(4)
    assert counts[0] == counts[1]
