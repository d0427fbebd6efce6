"""What a form does in the browser when it comes back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route, StorageState

from tests.browser.conftest import Person, Site
from tests.browser.test_demo import MANAGER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("phone", [False, True])
def test_a_form_that_comes_back_leads_to_what_is_wrong(person: Callable[..., Person], phone: bool) -> None:
    manager = person(MANAGER, phone=phone)
    page = manager.page
    manager.go("/hanbit/partners/new/")
    page.fill("[name=name]", "Seoul Tiles")
    page.fill("[name=established_year]", "1")
    page.fill("[name=code]", "SEOUL-TILES-1")
    page.select_option("[name=kind]", index=1)

    page.locator("main .form-foot button[type=submit]").click()
    page.wait_for_selector(".has-error")

    assert page.evaluate("document.activeElement.name") == "established_year"
    box = page.locator("[name=established_year]").bounding_box()
    assert box is not None
    assert 0 < box["y"] < page.viewport_size["height"]
    assert manager.complaints == []


def test_back_and_the_button_again_make_one(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/recruiting/new/")
    page.fill("[name=company]", "Back Tiles")
    page.locator("main .form-foot button[type=submit]").click()
    page.wait_for_url(re.compile(r"/hanbit/recruiting/\d+/$"))
    made = page.url

    page.go_back()
    page.wait_for_url("**/hanbit/recruiting/new/")
    assert page.input_value("[name=company]") == "Back Tiles"
    page.locator("main .form-foot button[type=submit]").click()
    page.wait_for_url(re.compile(r"/hanbit/recruiting/\d+/$"))

    assert page.url == made
    assert page.locator(".message-info").inner_text().strip() == "이미 보내신 내용입니다. 중복으로 등록되지 않았습니다."
    assert manager.complaints == []


def test_a_list_that_cannot_be_fetched_says_so_until_it_can(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/partners/")
    told = page.locator(".messages .message-error")

    page.context.set_offline(True)
    page.fill("[data-filters] [name=q]", "타일")
    told.wait_for()
    assert told.inner_text().strip().startswith("포털에 연결할 수 없습니다.")
    page.context.set_offline(False)
    page.fill("[data-filters] [name=q]", "서울")
    told.wait_for(state="detached")


def test_a_line_stands_at_the_top_while_a_list_is_waited_for(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/partners/")
    held: list[Route] = []
    page.route("**/hanbit/partners/?q=*", lambda route: held.append(route))
    line = "getComputedStyle(document.body, '::after').content"
    assert page.evaluate(line) == "none"

    page.fill("[data-filters] [name=q]", "서울")
    page.wait_for_selector("[data-filters].htmx-request")
    assert page.evaluate(line) == '""'
    held[0].continue_()
    page.wait_for_selector("[data-filters]:not(.htmx-request)")
    assert page.evaluate(line) == "none"


def test_on_a_phone_filters_are_folded_above_the_list(person: Callable[..., Person]) -> None:
    manager = person(MANAGER, phone=True)
    page = manager.page
    manager.go("/hanbit/partners/")
    grade, more = page.locator("[data-filters] summary").first, page.locator("[data-filters-toggle]")
    assert (grade.is_visible(), more.get_attribute("aria-expanded")) == (False, "false")
    first = page.locator("#list tbody tr").first.bounding_box()
    assert first is not None
    assert first["y"] < 600

    more.click()
    assert (grade.is_visible(), more.get_attribute("aria-expanded")) == (True, "true")
    more.click()
    assert not grade.is_visible()


def test_a_list_leads_to_sign_in_and_back_to_itself(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/partners/")

    page.context.clear_cookies()
    page.fill("[data-filters] [name=q]", "서울")
    page.wait_for_url("**/accounts/login/?next=/hanbit/partners/")


def test_what_is_cut_when_pasted_is_said(person: Callable[..., Person]) -> None:
    manager = person(MANAGER)
    page = manager.page
    manager.go("/hanbit/partners/new/")
    told = page.locator(".messages .message-warning")
    paste = """(length) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", "x".repeat(length));
        const field = document.querySelector("[name=name]");
        field.value = "Seoul Tiles";
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        return field.maxLength;
    }"""

    limit = page.evaluate(paste, 1)
    page.evaluate(paste, limit - len("Seoul Tiles"))
    assert told.count() == 0
    page.evaluate(paste, limit - len("Seoul Tiles") + 1)
    page.evaluate(paste, limit)
    assert told.count() == 1
    assert told.inner_text().strip() == "붙여넣은 내용이 입력란보다 길어 끝부분이 빠졌습니다."


@pytest.mark.parametrize(("zone", "is_told"), [("Asia/Seoul", False), ("Europe/Oslo", True)])
def test_who_is_elsewhere_is_told_whose_clock_it_is(
    browser: Browser,
    site: Site,
    person: Callable[..., Person],
    sessions: dict[str, StorageState],
    zone: str,
    is_told: bool,
) -> None:
    person(MANAGER)
    context = browser.new_context(timezone_id=zone, storage_state=sessions[MANAGER])
    page = context.new_page()
    page.goto(f"{site.url}/hanbit/partners/", wait_until="load")

    said = page.get_by_text("다른 시간대가 표시되지 않은 시각은 대한민국 표준시 기준입니다.")
    assert (said.count(), said.is_visible()) == (1, is_told)
    context.close()
