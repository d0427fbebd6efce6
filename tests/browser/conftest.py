"""The demo as its users have it: the real servers, worker and beat, and a real Chromium.

Tests skip where there is no Chromium, unless PRM_REQUIRE_BROWSER=1.
"""

import email
import email.policy
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from prm_portal.demo import PASSWORD

ROOT = Path(__file__).parents[2]
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there: the shell is the same browser without a window, which costs a quarter of the time."""
CHROMIUM = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    """The running demo."""

    url: str
    home: Path

    def manage(self, *arguments: str) -> str:
        """The output of a management command on the demo's data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment(self.home),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def mails(self, words: str) -> Iterator[tuple[str, str]]:
        """Address and text of each mail whose subject or text has these words, the newest files first."""
        for file in sorted((self.home / "mail").glob("*"), key=lambda path: path.stat().st_mtime, reverse=True):
            for part in file.read_bytes().split(b"-" * 79):
                to, text = read_mail(part.strip())
                if words in text:
                    yield to, text


@cache
def read_mail(raw: bytes) -> tuple[str, str]:
    """Address and text of a mail; read once, as whoever waits for one looks at all again and again."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    return parseaddr(str(message["To"]))[1], f"{message['Subject']}\n{body.get_content() if body else ''}"


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    """What there is once a worker has come to it."""
    ends = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < ends, "It did not happen in time."
        time.sleep(0.25)
    return result


def environment(home: Path, **more: str) -> dict[str, str]:
    ours = ("PRM_", "DATABASE_URL", "REDIS_URL", "CACHE_URL", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PRM_HOME": str(home), **more}


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """The demo with its data, on a port of its own."""
    if CHROMIUM is None:
        if os.environ.get("PRM_REQUIRE_BROWSER") == "1":
            pytest.fail("There is no Chromium, and PRM_REQUIRE_BROWSER asks for one.")
        pytest.skip("There is no Chromium: install the package chromium to run the browser tests.")
    home = Path(tempfile.mkdtemp(prefix="prm-browser-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "prm_portal.demo_server"],
        cwd=ROOT,
        env=environment(home, PORT=str(port), WEB_CONCURRENCY="2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    told = []
    for line in process.stdout or ():
        told.append(line)
        if "answers at" in line:
            break
    else:
        pytest.fail(f"The demo did not start:\n{''.join(told)}")
    yield Site(f"http://127.0.0.1:{port}", home)
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    if process.stdout:
        process.stdout.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def browser(site: Site) -> Iterator[Browser]:
    """Ends with this folder's tests: while it runs there is an event loop, in which Django refuses all queries."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser. What the page's console complained of is kept: a clean page has no complaints."""

    site: Site
    page: Page
    complaints: list[str]

    def go(self, path: str) -> Any:
        """Open an address of the portal; returns the response."""
        return self.page.goto(f"{self.site.url}{path}", wait_until="load")

    def sign_in(self, email: str, password: str = PASSWORD) -> "Person":
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)
        return self


@pytest.fixture(scope="package")
def sessions() -> dict[str, StorageState]:
    """The cookies of who has signed in: to type the password anew takes seconds for every test."""
    return {}


@pytest.fixture
def person(site: Site, browser: Browser, sessions: dict[str, StorageState]) -> Iterator[Callable[..., Person]]:
    """`person(email, phone=..., dark=...)`: somebody signed in; without an e-mail, a visitor.

    All tests share the session of a person; who changes it signs in as a visitor, `person().sign_in(email)`.
    """
    contexts: list[BrowserContext] = []

    def make(email: str = "", *, phone: bool = False, dark: bool = False) -> Person:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            locale="en-US",
            storage_state=sessions.get(email),
        )
        contexts.append(context)
        context.set_default_timeout(40_000)
        complaints: list[str] = []
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        somebody = Person(site, page, complaints)
        if email and email not in sessions:
            somebody.sign_in(email)
            sessions[email] = context.storage_state()
        return somebody

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's source; run in the page, where its policy lets no script in."""
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text()
