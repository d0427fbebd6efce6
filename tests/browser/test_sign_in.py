"""Signing in as people do it: with a code generator, with a passkey, by an invitation whose button is pressed twice."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from prm_portal.demo import PASSWORD
from tests.browser.conftest import Person, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWNER = "owner@lock.example"


@pytest.fixture(scope="module")
def lock(site: Site) -> str:
    """A manufacturer of these tests alone, since they change how its owner signs in."""
    site.manage(
        "create_manufacturer", "lock", "--name", "Lock", "--currency", "EUR", "--timezone", "Europe/Oslo",
        "--languages", "en", "--owner", OWNER, "--password", PASSWORD,
    )  # fmt: skip
    return OWNER


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Page]:
    """A browser at `localhost`: passkeys belong to a name, never to a number such as 127.0.0.1."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    yield page
    context.close()


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{home(site)}/accounts/login/")
    page.fill("[name=login]", OWNER)
    page.fill("[name=password]", PASSWORD)
    page.click("form button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def home(site: Site) -> str:
    return site.url.replace("127.0.0.1", "localhost")


def confirm_password(page: Page) -> None:
    if "reauthenticate" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "reauthenticate" not in url)


def code_of(secret: str) -> str:
    base64.b32decode(secret + "=" * (-len(secret) % 8))  # it is what an app on a phone takes
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_code_generator_and_a_passkey_are_set_up_and_open_the_door(lock: str, site: Site, visitor: Page) -> None:
    page = visitor
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, site)

    page.goto(f"{home(site)}/accounts/2fa/totp/activate/")
    confirm_password(page)
    found = re.search(r"\b[A-Z2-7]{32}\b", page.content())
    assert found
    page.fill("[name=code]", code_of(found[0]))
    page.click("form button[type=submit]")
    page.wait_for_url("**/2fa/recovery-codes/")

    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    phone: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": phone})
    page.goto(f"{home(site)}/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.fill("[name=name]", "My phone")
    page.check("[name=passwordless]")
    page.click("form button")
    page.wait_for_url("**/accounts/2fa/")

    page.context.clear_cookies()
    sign_in(page, site)
    assert "/2fa/authenticate/" in page.url  # the password alone opens nothing
    page.context.clear_cookies()
    page.goto(f"{home(site)}/accounts/login/")
    page.click("text=With a passkey")
    page.wait_for_url(f"{home(site)}/lock/")
    assert complaints == []


def test_a_colour_shows_on_the_page_while_it_is_chosen(person: Callable[..., Person]) -> None:
    owner = person("owner@hanbit.example")
    owner.go("/hanbit/settings/")
    button = owner.page.locator("form button.btn-primary")
    expect(button).not_to_have_css("background-color", "rgb(170, 34, 0)")
    owner.page.evaluate(
        """() => {
            const field = document.querySelector("[name=brand_colour]");
            field.value = "#aa2200";
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(button).to_have_css("background-color", "rgb(170, 34, 0)")
    assert owner.page.locator("#colour-preview svg").count() == 2
    assert owner.complaints == []


def test_an_invitation_accepted_with_a_double_click_gives_one_place(person: Callable[..., Person], site: Site) -> None:
    owner = person("owner@hanbit.example")
    owner.go("/hanbit/users/invite/")
    owner.page.fill("[name=email]", "double@hanbit.example")
    owner.page.check("[name=role][value=analyst]")
    owner.page.click("form button.btn-primary")
    owner.page.wait_for_url("**/users/invitations/")
    link = mailed_link(site, "double@hanbit.example")

    visitor = person()
    visitor.go(link)
    visitor.page.fill("[name=name]", "Double Kim")
    visitor.page.fill("[name=password]", "a good long one")
    visitor.page.dblclick("form button.btn-primary")
    visitor.page.wait_for_url("**/hanbit/")

    owner.go("/hanbit/users/?q=Double")
    assert owner.page.locator("table.lean tbody tr").count() == 1
    assert visitor.complaints == []


def mailed_link(site: Site, to: str) -> str:
    """The path of the invitation in the mail that the demo's worker writes to a file."""
    for _second in range(90):
        for file in (site.home / "mail").glob("*.log"):
            text = file.read_text().replace("=\n", "")
            if f"To: {to}" in text and (found := re.search(r"http://\S+(/hanbit/public/invitation/[\w-]+/)", text)):
                return found[1]
        time.sleep(1)
    raise AssertionError("No mail was written.")
