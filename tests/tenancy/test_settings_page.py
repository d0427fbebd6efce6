"""A manufacturer's settings: who may, what is refused with a sentence, and that a logo is only ever a picture."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from pages import brand
from tenancy.functions import all_functions
from tenancy.models import Manufacturer
from tenancy.rls import as_owner
from tenancy.zone_fields import ZoneField

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Hanbit",
        "languages": ["ko", "en"],
        "timezone": "Asia/Seoul",
        "fiscal_year_start": "1",
        "brand_colour": "#aa3300",
        "functions_on": [function.key for function in all_functions()],
        **changes,
    }


def fresh() -> Manufacturer:
    return Manufacturer.objects.get(slug="hanbit")


@pytest.fixture
def browser(owner: Any, client_for: Any, settings: Any, tmp_path: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return client_for(owner)


@pytest.mark.parametrize("path", ["/hanbit/settings/", "/hanbit/settings/colour/?brand_colour=%23aa3300"])
def test_settings_are_the_owners_alone(
    path: str, owner: Any, manager: Any, analyst: Any, partner_admin: Any, stranger: Any, client_for: Any
) -> None:
    answers = [
        client_for(member).get(path).status_code for member in (owner, manager, analyst, partner_admin, stranger)
    ]
    assert answers == [200, 403, 403, 404, 404]


def test_forged_settings_change_nothing(manager: Any, stranger: Any, partner_admin: Any, client_for: Any) -> None:
    for member, status in ((manager, 403), (stranger, 404), (partner_admin, 404)):
        assert client_for(member).post("/hanbit/settings/", fields(name="Forged")).status_code == status
    assert fresh().name == "Hanbit"


def test_an_owner_saves_all_settings(browser: Client) -> None:
    response = browser.post(
        "/hanbit/settings/",
        fields(
            name="Hanbit Materials",
            names_0="한빛 건재",
            names_1="Hanbit Materials",
            business_hours_mon_from="09:00",
            business_hours_mon_to="18:00",
            business_hours_sat_from="10:00",
            business_hours_sat_to="13:00",
            holidays="2026-10-03 개천절\n2026-01-01 New Year\n\n",
            require_mfa="on",
            fiscal_year_start="4",
            functions_on=[],
        ),
    )
    assert response.status_code == 302
    saved = fresh()
    assert (saved.name, saved.languages, saved.fiscal_year_start, saved.brand_colour, saved.require_mfa) == (
        "Hanbit Materials",
        ["en", "ko"],
        4,
        "#aa3300",
        True,
    )
    assert saved.business_hours == {"mon": ["09:00", "18:00"], "sat": ["10:00", "13:00"]}
    assert saved.holidays == [
        {"date": "2026-01-01", "name": "New Year"},
        {"date": "2026-10-03", "name": "개천절"},
    ]
    assert set(saved.functions_off) == {function.key for function in all_functions()}


def test_a_save_keeps_which_language_comes_first(browser: Client) -> None:
    with as_owner():
        Manufacturer.objects.filter(slug="hanbit").update(languages=["ja", "en"])
    page = browser.get("/hanbit/settings/").content.decode()
    assert re.findall(r'name="languages" value="(\w+)"', page) == ["ja", "en", "ko"]
    browser.post("/hanbit/settings/", fields(languages=["en", "ja"], timezone="Asia/Tokyo"))
    assert (fresh().languages, fresh().timezone) == (["ja", "en"], "Asia/Tokyo")
    browser.post("/hanbit/settings/", fields(languages=["ko", "en", "ja"]))
    assert fresh().languages == ["ja", "en", "ko"]


def test_an_owner_says_which_language_comes_first(browser: Client) -> None:
    page = browser.get("/hanbit/settings/").context["form"]
    assert page["first_language"].value() == "en"

    browser.post("/hanbit/settings/", fields(languages=["ko", "en", "ja"], first_language="ja"))
    assert fresh().languages == ["ja", "en", "ko"]

    refused = browser.post("/hanbit/settings/", fields(languages=["ko", "en"], first_language="ja")).context["form"]
    assert list(refused.errors) == ["first_language"]
    assert fresh().languages == ["ja", "en", "ko"]


def test_what_is_not_on_the_form_stays(browser: Client) -> None:
    before = fresh()
    browser.post(
        "/hanbit/settings/",
        fields(slug="stolen", currency="USD", domain="evil.example", is_active="", logo="../../etc/passwd"),
    )
    saved = fresh()
    assert (saved.slug, saved.currency, saved.domain, saved.is_active, saved.logo.name) == (
        "hanbit",
        before.currency,
        None,
        True,
        "",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"languages": []}, "languages"),
        ({"languages": ["fr"]}, "languages"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"fiscal_year_start": "13"}, "fiscal_year_start"),
        ({"brand_colour": "red;}body{display:none"}, "brand_colour"),
        ({"business_hours_mon_from": "18:00", "business_hours_mon_to": "09:00"}, "business_hours"),
        ({"business_hours_mon_from": "18:00"}, "business_hours"),
        ({"holidays": "third of October"}, "holidays"),
        ({"functions_on": ["everything"]}, "functions_on"),
    ],
)
def test_wrong_input_gets_a_sentence_at_its_field_and_nothing_is_saved(
    browser: Client, change: dict[str, Any], field: str
) -> None:
    response = browser.post("/hanbit/settings/", fields(name="Half saved") | change)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert fresh().name == "Hanbit"


def test_a_switched_off_function_is_gone_for_its_people(browser: Client, rep: Any, client_for: Any) -> None:
    on = [function.key for function in all_functions() if function.key != "sub_partners"]
    browser.post("/hanbit/settings/", fields(functions_on=on))
    assert fresh().functions_off == ["sub_partners"]
    assert client_for(rep).get("/hanbit/portal/sharing/").status_code == 404


# --- The logo ---------------------------------------------------------------------------------------------------------


def upload(browser: Client, content: bytes, name: str = "logo.png", kind: str = "image/png", **changes: Any) -> Any:
    return browser.post("/hanbit/settings/", fields(logo_file=SimpleUploadedFile(name, content, kind), **changes))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_is_drawn_anew_and_served_as_a_picture(browser: Client, kind: str) -> None:
    assert upload(browser, picture(kind), name="../../../evil.html").status_code == 302
    saved = fresh()
    assert saved.logo.name.startswith(f"logos/{saved.pk}-")

    response = Client().get(saved.logo_url)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    shown = Image.open(io.BytesIO(response.content))
    assert (shown.format, shown.size) == ("PNG", (480, 160))
    assert f'src="{saved.logo_url}"' in browser.get("/hanbit/settings/").content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (SVG, "no picture"),
        (b"<html><script>alert(1)</script></html>", "no picture"),
        (picture()[:200], "no picture"),
        (picture(size=(6001, 10)), "larger than 6,000 dots"),
        (picture("BMP"), "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_what_is_no_logo_is_refused(browser: Client, content: bytes, sentence: str) -> None:
    response = upload(browser, content)
    assert sentence in " ".join(response.context["form"].errors["logo_file"])
    assert fresh().logo.name == ""


def test_a_picture_with_a_script_behind_it_loses_the_script(browser: Client) -> None:
    upload(browser, picture() + SVG)
    assert b"script" not in Client().get(fresh().logo_url).content


def test_a_new_logo_replaces_the_old_and_it_can_go(
    browser: Client, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    upload(browser, picture())
    first = fresh().logo_url
    with django_capture_on_commit_callbacks(execute=True):
        upload(browser, picture(colour="blue"))
    second = fresh().logo_url
    assert first != second
    assert Client().get(first).status_code == 404
    assert len(list((tmp_path / "logos").iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/hanbit/settings/", fields(no_logo="on"))
    assert fresh().logo.name == ""
    assert list((tmp_path / "logos").iterdir()) == []


def test_other_files_are_not_reached_through_the_logo(browser: Client, tmp_path: Any) -> None:
    upload(browser, picture())
    (tmp_path / "secret.txt").write_text("secret")
    for name in ("..%2Fsecret.txt", "secret.txt", "..%2F..%2Fetc%2Fpasswd", "nothing.png"):
        assert Client().get(f"/hanbit/public/logo/{name}").status_code == 404


# --- The colour -------------------------------------------------------------------------------------------------------


def test_the_preview_shows_both_themes_and_says_when_a_colour_had_to_move(browser: Client) -> None:
    response = browser.get("/hanbit/settings/colour/", {"brand_colour": "#ffee00"})
    html = response.content.decode()
    assert f'<link rel="stylesheet" href="/look/{brand.VERSION}/ffee00.css">' in html
    assert html.count("adjusted to be legible") == 1
    assert 'fill="#ffee00"' in html  # on dark it is legible as it is
    assert browser.get("/hanbit/settings/colour/", {"brand_colour": "red;}<script>"}).status_code == 400


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("europe/berlin", "Europe/Berlin"),
        (" America/New York ", "America/New_York"),
        ("UTC", "UTC"),
        ("seoul", "Asia/Seoul"),
    ],
)
def test_a_time_zone_is_taken_however_it_is_written(browser: Client, typed: str, kept: str) -> None:
    assert browser.post("/hanbit/settings/", fields(timezone=typed)).status_code == 302
    assert fresh().timezone == kept


@pytest.mark.parametrize(
    ("language", "option"),
    [
        ("en", '<option value="Asia/Seoul">Seoul, Korean Standard Time</option>'),
        ("ko", '<option value="Asia/Seoul">서울, 대한민국 표준시</option>'),
        ("ja", '<option value="Asia/Seoul">ソウル, 韓国標準時</option>'),
    ],
)
def test_time_zones_are_found_by_their_place_and_by_their_name(language: str, option: str) -> None:
    with translation.override(language):
        field = ZoneField().widget.render("zone", "Asia/Seoul", {"id": "id_zone"})
    assert 'list="zone-zones"' in field
    assert '<datalist id="zone-zones">' in field
    assert field.count(option) == 1
