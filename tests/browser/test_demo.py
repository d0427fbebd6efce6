"""The demo, used by clicking: each page opens clean, and the main job goes from a file to a grade."""

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Person, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANAGER, OWNER = "manager@hanbit.example", "owner@hanbit.example"
SEOUL, BUSAN, BUYER = "admin@seoul-agency.example", "admin@busan-dealer.example", "buyer@oslo-sykkel.example"

STAFF_PAGES = [
    "/hanbit/",
    "/hanbit/partners/",
    "/hanbit/partners/new/",
    "/hanbit/grades/",
    "/hanbit/programmes/",
    "/hanbit/products/",
    "/hanbit/products/categories/",
    "/hanbit/rates/",
    "/hanbit/imports/",
    "/hanbit/imports/new/",
    "/hanbit/jobs/",
    "/hanbit/notices/",
    "/hanbit/notices/preferences/",
    "/hanbit/approvals/",
    "/hanbit/approvals/1/",
    "/hanbit/approvals/all/",
    "/hanbit/approvals/absence/",
    "/hanbit/approvals/lines/",
    "/hanbit/approvals/lines/1/",
    "/hanbit/users/",
    "/hanbit/users/partners/",
    "/hanbit/settings/",
    "/hanbit/settings/kinds/",
    "/hanbit/settings/fields/",
    "/accounts/profile/",
    "/accounts/2fa/",
]
PORTAL_PAGES = [
    "/hanbit/portal/",
    "/hanbit/portal/grade/",
    "/hanbit/portal/figures/",
    "/hanbit/portal/profile/",
    "/hanbit/portal/profile/edit/",
    "/hanbit/portal/sharing/",
    "/hanbit/portal/colleagues/",
    "/hanbit/portal/notices/",
    "/hanbit/portal/notices/preferences/",
]
LOOKS = [{"phone": False, "dark": False}, {"phone": True, "dark": True}]


def check_page(person: Person, path: str, axe: str) -> list[str]:
    """What is wrong with a page: its answer, its console, its width, its accessibility."""
    person.complaints.clear()
    response = person.go(path)
    wrong = [] if response.status == 200 else [f"{path}: answered {response.status}"]
    wrong += [f"{path}: {complaint}" for complaint in person.complaints]
    if person.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        wrong.append(f"{path}: scrolls sideways")
    person.page.evaluate("scrollTo(0, 0)")  # a field in focus may have brought what is above it under the bar
    person.page.evaluate(axe)
    found = person.page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})"
        ".then(result => result.violations.map(violation => violation.id + ' '"
        " + violation.nodes.map(node => node.target.join(' ')).slice(0, 3).join(', ')))"
    )
    return wrong + [f"{path}: {violation}" for violation in found]


@pytest.mark.parametrize("look", LOOKS, ids=["desktop", "phone in the dark"])
@pytest.mark.parametrize(("email", "paths"), [(OWNER, STAFF_PAGES), (SEOUL, PORTAL_PAGES)], ids=["staff", "portal"])
def test_every_page_is_clean_and_accessible(
    person: Callable[..., Person], axe: str, email: str, paths: list[str], look: dict[str, bool]
) -> None:
    somebody = person(email, **look)
    assert [wrong for path in paths for wrong in check_page(somebody, path, axe)] == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/hanbit/public/join/", "/accounts/password/reset/"])
def test_pages_for_visitors_are_clean_and_accessible(person: Callable[..., Person], axe: str, path: str) -> None:
    assert check_page(person(), path, axe) == []


def test_a_partner_page_shows_grade_score_and_products(person: Callable[..., Person], axe: str) -> None:
    manager = person(MANAGER)
    manager.go("/hanbit/partners/?q=서울대리점")
    manager.page.get_by_role("link", name=re.compile("서울대리점|Seoul Agency")).first.click()
    manager.page.wait_for_url(re.compile(r"/hanbit/partners/\d+/$"))
    path = manager.page.url.removeprefix(manager.site.url)
    assert check_page(manager, path, axe) == []


def test_from_a_file_to_a_grade(person: Callable[..., Person], site: Site, tmp_path: Path) -> None:
    """A channel manager brings sell-in by clicking; the worker recomputes; the partner sees its new score."""
    partner = person(SEOUL)
    before = partner_score(partner)
    file = tmp_path / "sell-in.csv"
    today = dt.datetime.now(tz=dt.UTC).date()
    with file.open("w", newline="", encoding="utf-8-sig") as opened:
        writer = csv.writer(opened)
        writer.writerow(["주문번호", "행번호", "파트너코드", "일자", "수량", "금액"])
        for number, code in enumerate([seoul_code(site)] * 40 + ["no-such-partner"]):
            writer.writerow([f"T{number}", 1, code, today.isoformat(), 10, 9_000_000])

    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/imports/new/")
    page.check("input[name=kind][value=sell_in]")
    page.set_input_files("input[name=file]", str(file))
    page.click("main form button[class*=btn-primary]")
    page.wait_for_url(re.compile(r"/imports/\d+/columns/$"))
    assert page.input_value("select[name=column-partner_code]") == "파트너코드"
    page.click("main form button[class*=btn-primary]")
    page.wait_for_selector("button[name=only_good]", timeout=60_000)
    assert "no-such-partner" in page.inner_text("main")
    page.click("button[name=only_good]")
    page.wait_for_selector("#import [role=status] h2", timeout=60_000)
    page.wait_for_selector("#import:not([hx-get])", timeout=60_000)
    assert manager.complaints == []

    manager.go("/hanbit/grades/")
    page.click("details.menu:has(form[action$='/grades/recompute/']) summary")
    page.click("form[action$='/grades/recompute/'] button")
    page.wait_for_selector("#job:not([hx-get])", timeout=60_000)
    assert page.locator("#job .state-good").count() == 1
    assert manager.complaints == []
    assert partner_score(partner) > before


def partner_score(person: Person) -> float:
    person.go("/hanbit/portal/")
    return float(person.page.inner_text(".score"))


def seoul_code(site: Site) -> str:
    return site.manage(
        "shell",
        "-v0",
        "-c",
        "from tenancy.models import Manufacturer; from tenancy.rls import staff_scope; from partners.models import Partner\n"
        "with staff_scope(Manufacturer.objects.get(slug='hanbit').pk):\n"
        "    print(Partner.objects.get(name='Seoul Agency').code)",
    ).strip()


def test_strangers_meet_a_plain_page(person: Callable[..., Person]) -> None:
    buyer = person(BUYER)
    response = buyer.go("/hanbit/portal/")
    assert response.status == 404
    assert "Traceback" not in buyer.page.content()


def test_somebody_with_two_places_chooses_in_the_hub(person: Callable[..., Person]) -> None:
    multi = person("multi@partners.example")
    assert multi.page.url.rstrip("/") == multi.site.url
    text = multi.page.inner_text("main")
    assert "한빛건재" in text or "Hanbit" in text
    assert "도카이 사이클" in text or "Tokai" in text


def test_the_menu_stays_as_it_was_folded_and_shows_where_one_is(person: Callable[..., Person]) -> None:
    owner = person(OWNER)
    owner.go("/hanbit/")
    leads = owner.page.locator("[data-fold='leads:list']")
    assert leads.get_attribute("open") is None
    leads.locator("summary").click()
    owner.go("/hanbit/partners/")
    assert leads.get_attribute("open") is not None
    leads.locator("summary").click()
    owner.go("/hanbit/settings/")
    assert leads.get_attribute("open") is None
    here = owner.page.locator(".sidebar [aria-current]").bounding_box()
    room = owner.page.locator(".sidebar-menu").bounding_box()
    assert here is not None
    assert room is not None
    assert room["y"] <= here["y"] <= room["y"] + room["height"] - here["height"]
    owner.go("/hanbit/leads/")
    assert leads.get_attribute("open") is not None
    assert owner.complaints == []
