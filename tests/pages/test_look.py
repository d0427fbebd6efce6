"""Theme, language and the pages that belong to nobody: signing in, errors."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from pages.context import Ui
from tenancy.models import User


def html_of(response: Any) -> str:
    return response.content.decode()


def attributes(html: str) -> str:
    return " ".join(re.search(r"<html[^>]*>", html).group().split())  # type: ignore[union-attr]


def test_a_theme_chosen_before_signing_in_stays_in_a_cookie(client: Client, db: None) -> None:
    response = client.post("/look/theme/", {"theme": "dark", "next": "/accounts/login/"})

    assert response["Location"] == "/accounts/login/"
    assert attributes(html_of(client.get("/accounts/login/"))) == (
        '<html lang="en" data-bs-theme="dark" data-theme-choice="dark">'
    )


def test_theme_and_language_stay_with_the_user(client: Client, manager: Any) -> None:
    client.force_login(manager.user)

    client.post("/look/theme/", {"theme": "light"})
    client.post("/look/language/", {"language": "ja"})

    user = User.objects.get(pk=manager.user_id)
    assert (user.theme, user.language) == ("light", "ja")
    assert attributes(html_of(client.get("/accounts/2fa/"))) == (
        '<html lang="ja" data-bs-theme="light" data-theme-choice="light">'
    )


@pytest.mark.parametrize(("where", "value"), [("theme", "evil"), ("language", "xx"), ("language", "")])
def test_what_does_not_exist_is_not_kept(client: Client, manager: Any, where: str, value: str) -> None:
    client.force_login(manager.user)

    assert client.post(f"/look/{where}/", {where: value}).status_code == 302
    user = User.objects.get(pk=manager.user_id)
    assert (user.theme, user.language) == (manager.user.theme, manager.user.language)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_switch_leads_to_no_other_site(client: Client, db: None, url: str) -> None:
    assert client.post("/look/theme/", {"theme": "dark", "next": url})["Location"] == "/"


@pytest.mark.parametrize(
    ("method", "referer", "place"),
    [
        ("get", "http://testserver/hanbit/", "/hanbit/campaigns/1/step/?a=1"),
        ("post", "http://testserver/hanbit/campaigns/1/?tab=texts", "/hanbit/campaigns/1/?tab=texts"),
        ("post", "https://elsewhere.example/x/", "/"),
        ("post", "", "/"),
    ],
)
def test_a_switch_comes_back_to_the_page_whose_form_was_sent(
    rf: RequestFactory, method: str, referer: str, place: str
) -> None:
    request = rf.generic(method.upper(), "/hanbit/campaigns/1/step/?a=1", headers={"Referer": referer})

    assert Ui(request).place == place


def test_switches_are_no_links(client: Client, db: None) -> None:
    assert client.get("/look/theme/").status_code == client.get("/look/language/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/password/reset/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/sessions/",
        "/accounts/reauthenticate/",
        "/nowhere/",
    ],
)
def test_pages_of_nobody_have_one_heading_and_nothing_inline(client: Client, manager: Any, path: str) -> None:
    if "login" not in path and "reset" not in path:
        client.force_login(manager.user)

    html = html_of(client.get(path))

    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert not re.search(r"\sstyle=|\son\w+=", html)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_for_the_worst_need_nothing(name: str) -> None:
    assert "<h1" in render_to_string(name)


def test_the_frame_offers_the_languages_that_a_manufacturer_speaks(manager: Any) -> None:
    request: Any = RequestFactory().get("/")
    request.member, request.user = manager, manager.user
    manager.manufacturer.languages = ["ko", "en"]

    assert Ui(request).languages == [("ko", "한국어"), ("en", "English")]
    assert Ui(request).initial == "H"


@pytest.mark.parametrize("address", ["/accounts/login/?next=%00", "/hanbit/portal/search/?q=a%00b", "/a%00b/"])
def test_a_null_character_in_an_address_is_answered_with_a_page(client: Client, db: None, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 400
    assert "This request could not be understood" in html_of(response)
    assert client.get("/accounts/login/?next=%2500").status_code == 200
