"""What may be sold, by clicking: a lead from the public form to the order, a deal from the conflict to a longer protection,
and the call-centre page without a mouse."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Person, Site, until
from tests.browser.test_demo import BUSAN, LOOKS, MANAGER, OWNER, SEOUL, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFER_LINK = re.compile(r"https?://[^/\s]+(/hanbit/public/leads/offer/\S+)")
STAFF_PAGES = [
    "/hanbit/leads/",
    "/hanbit/leads/call/?phone=010",
    "/hanbit/leads/distribution/",
    "/hanbit/leads/rules/",
    "/hanbit/leads/batches/",
    "/hanbit/leads/scoring/",
    "/hanbit/leads/reports/",
    "/hanbit/settings/leads/forms/",
    "/hanbit/opportunities/",
    "/hanbit/forecast/",
    "/hanbit/deals/",
    "/hanbit/sites/",
    "/hanbit/sites/map/",
    "/hanbit/conflicts/",
    "/hanbit/direct-sales/",
    "/hanbit/customers/",
]
PORTAL_PAGES = [
    "/hanbit/portal/leads/",
    "/hanbit/portal/leads/referrals/",
    "/hanbit/portal/leads/reports/",
    "/hanbit/portal/opportunities/",
    "/hanbit/portal/forecast/",
    "/hanbit/portal/deals/",
    "/hanbit/portal/deals/new/",
    "/hanbit/portal/sites/",
    "/hanbit/portal/conflicts/",
]


@pytest.mark.parametrize("look", LOOKS, ids=["desktop", "phone in the dark"])
@pytest.mark.parametrize(("who", "paths"), [(OWNER, STAFF_PAGES), (SEOUL, PORTAL_PAGES)], ids=["staff", "portal"])
def test_pages_of_leads_are_clean_and_accessible(
    person: Callable[..., Person], axe: str, who: str, paths: list[str], look: dict[str, bool]
) -> None:
    somebody = person(who, **look)
    assert [wrong for path in paths for wrong in check_page(somebody, path, axe)] == []


def test_a_visitor_becomes_a_won_opportunity(person: Callable[..., Person], site: Site, axe: str) -> None:
    """Form, score, offer, link of the mail, acceptance, opportunity, won."""
    visitor = person(phone=True)
    assert check_page(visitor, "/hanbit/public/leads/?lang=ko&campaign=2026-autumn-door", axe) == []
    page = visitor.page
    written = {
        "company": "누림스튜디오",
        "name": "표나래",
        "phone": "02-555-0142",
        "city": "서울",
        "subject": "사옥 바닥",
    }
    for name, text in written.items():
        page.fill(f"[name={name}]", text)
    page.check("form [type=checkbox]")
    page.wait_for_timeout(2000)  # nobody fills it in faster, and programs are turned away
    page.dblclick("form button[type=submit]")
    page.wait_for_url(re.compile("sent=1"))
    assert visitor.complaints == []

    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/leads/?q=누림스튜디오")
    assert page.locator("a.row-link").count() == 1  # clicked twice, kept once
    page.locator("a.row-link").click()
    page.wait_for_url(re.compile(r"/leads/\d+/$"))
    lead = page.url
    until(lambda: page.goto(lead) and page.locator("#card-score").count() == 1)  # the worker has come to it
    page.goto(f"{lead}candidates/?partner=Seoul+Agency")
    page.locator(".candidate", has_text=re.compile("서울대리점|Seoul Agency")).locator(
        "button[value=offer]"
    ).first.click()
    page.wait_for_load_state()
    link = until(lambda: mailed_link(site, SEOUL, "사옥 바닥"))
    assert manager.complaints == []

    reader = person(phone=True)
    assert check_page(reader, link, axe) == []
    assert "표나래" not in reader.page.content()  # whom it is about is not said before it is accepted
    reader.page.dblclick("button[value=accept]")
    reader.page.wait_for_selector("a.btn-primary[href*='/portal/leads/offers/']")

    admin = person(SEOUL)
    page = admin.page
    admin.go(reader.page.locator("a.btn-primary[href*='/portal/leads/offers/']").get_attribute("href") or "")
    page.click("main a[href*='/portal/opportunities/']")
    page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    assert "02-555-0142" in page.inner_text("main")
    page.fill("[name=summary]", "현장을 방문했습니다")
    page.fill("[name=next_step]", "견적서 보내기")
    page.fill("[name=next_step_on]", (dt.date.today() + dt.timedelta(days=3)).isoformat())
    page.click("form[action$='/activity/'] button[type=submit]")
    page.wait_for_load_state()
    page.click("a[href*='/won/']")
    page.fill("[name=amount]", "18500000")
    page.dblclick("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    assert admin.complaints == []

    manager.page.goto(lead)
    assert manager.page.locator(".state-good").first.is_visible()


def test_a_deal_is_protected_and_its_protection_extended(
    person: Callable[..., Person], site: Site, tmp_path: Path
) -> None:
    """Conflict, approval, reminder, extension."""
    seoul, busan, manager = person(SEOUL), person(BUSAN), person(MANAGER)
    first = register(seoul, "해든학교")
    register(busan, "해든학교 ", expects_clash=True)
    key = re.search(r"/deals/(\d+)/", first)
    assert key

    page = manager.page
    manager.go(f"/hanbit/deals/{key[1]}/")
    assert "Busan Dealer" in page.inner_text("main") or "부산" in page.inner_text("main")  # both, side by side
    page.fill("[name=days]", "30")
    page.dblclick("button[value=approve]")
    page.wait_for_selector("button[value=approve]", state="detached")

    site.manage(
        "shell",
        "-v0",
        "-c",
        "from datetime import timedelta; from django.utils import timezone; from leads.services import deals\n"
        "from tenancy.models import Manufacturer; from tenancy.rls import staff_scope\n"
        "with staff_scope(Manufacturer.objects.get(slug='hanbit').pk):\n"
        "    deals.remind_of_ends(now=timezone.now() + timedelta(days=1))",
    )
    seoul.go("/hanbit/portal/notices/?kind=leads.protection_ending")
    assert "해든학교" in seoul.page.inner_text("main")

    seoul.page.goto(first)
    paper = tmp_path / "notice.txt"
    paper.write_text("The tender was put off by a month.")
    form = "form[action$='/extension/']"
    seoul.page.fill(f"{form} [name=days]", "40")
    seoul.page.fill(f"{form} [name=text]", "입찰이 한 달 미뤄졌습니다.")
    seoul.page.set_input_files(f"{form} [name=file]", str(paper))
    seoul.page.click(f"{form} button[type=submit]")
    seoul.page.wait_for_load_state()
    assert seoul.page.locator(form).count() == 0

    manager.go(f"/hanbit/deals/{key[1]}/")
    page.dblclick("form[action*='/deals/extensions/'] button[value=grant]")
    page.wait_for_selector("button[value=grant]", state="detached")
    seoul.page.goto(first)
    assert "70" in seoul.page.inner_text(".row-value >> nth=0")  # 30 and 40 days
    assert seoul.complaints == busan.complaints == manager.complaints == []


def test_a_call_is_taken_by_keyboard_alone(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    page, keys = manager.page, manager.page.keyboard
    manager.go("/hanbit/leads/call/")
    keys.type("02-555-0199")  # the number has the focus
    page.wait_for_selector("#callers .note")
    keys.press("Enter")
    page.wait_for_url(re.compile("phone="))
    keys.type("도은우")  # nobody known: the name has the focus
    press_access_key(page, "w")
    keys.type("전시장 벽지")
    press_access_key(page, "m")
    keys.type("다음 주에 방문하고 싶다고 함")
    keys.press("Tab")
    keys.press("Space")  # agreed on the phone
    assert page.locator("[name=agreed]").is_checked()
    press_access_key(page, "s")
    page.wait_for_url(re.compile("who=lead-"))
    assert "전시장 벽지" in page.inner_text("#callers")
    press_access_key(page, "p")
    keys.press("Control+a")
    keys.type("5550199")  # any part of the number, as it is said
    page.wait_for_selector("#callers a[href*='phone=5550199']")
    assert "도은우" in page.inner_text("#callers")
    assert manager.complaints == []


def press_access_key(page: Any, key: str) -> None:
    """Alt and a letter, as the browser itself reads it: Playwright's own key presses do not reach `accesskey`."""
    session = page.context.new_cdp_session(page)
    pressed = {"key": key, "modifiers": 1, "windowsVirtualKeyCode": ord(key.upper())}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, "unmodifiedText": key, **pressed})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
    session.detach()


def mailed_link(site: Site, address: str, words: str) -> str:
    """The path of the offer's link in the newest mail to that address which has these words."""
    for to, text in site.mails(words):
        if address in to and (found := OFFER_LINK.search(text)):
            return found[1]
    return ""


def register(somebody: Person, customer: str, *, expects_clash: bool = False) -> str:
    """The address of a deal that is handed in."""
    page = somebody.page
    somebody.go("/hanbit/portal/deals/new/")
    page.fill("[name=customer_name]", customer)
    page.fill("[name=phone]", "031-555-0177")
    page.fill("[name=amount]", "42000000")
    page.fill("[name=expected_on]", (dt.date.today() + dt.timedelta(days=80)).isoformat())
    page.select_option("[name=category]", index=3)
    page.wait_for_selector(f".deal-check .note{'-warn' if expects_clash else ''}")
    assert not expects_clash or "Seoul" not in page.inner_text(".deal-check")  # somebody, not who
    page.dblclick("button[name=submit]")
    page.wait_for_url(re.compile(r"/deals/\d+/$"))
    return page.url
