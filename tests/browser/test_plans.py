"""A plan that both sides agree on: begun by staff, filled by both, proposed, agreed at the partner's."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
from tests.browser.test_demo import MANAGER, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PARTNER_ADMIN = "admin@seoul-agency.example"
PLAN = re.compile(r"/plans/\d+/$")


def test_a_plan_is_agreed_by_both(person: Callable[..., Person], axe: str) -> None:
    manager = person(MANAGER)
    page = manager.page
    assert check_page(manager, "/hanbit/plans/new/", axe) == []
    manager.go("/hanbit/partners/?q=Seoul+Agency")
    page.locator("a.row-link").first.click()
    page.wait_for_url(re.compile(r"/partners/\d+/$"))
    page.goto(f"{page.url}?tab=plan")
    page.locator("form[action*='/plan/'] button").last.click()
    page.wait_for_url(PLAN)
    plan = page.url
    page.goto(f"{plan}target/")
    page.locator("a[href='?measure=sales.revenue']").click()
    for quarter in range(1, 5):
        page.fill(f"[name=quarter_{quarter}]", "120000000")
    page.click("form button.btn-primary")
    page.wait_for_url(PLAN)
    page.goto(f"{plan}initiatives/new/")
    page.fill("[name=title]", "Visit thirty builders together")
    page.click("form button.btn-primary")
    page.wait_for_url(PLAN)
    page.locator("a[href$='?step=propose']").click()
    page.fill("[name=text]", "As we talked about")
    page.dblclick("form button[value=propose]")
    page.wait_for_url(PLAN)
    assert manager.complaints == []

    admin = person(PARTNER_ADMIN, phone=True)
    own = re.sub(r"/hanbit/plans/", "/hanbit/portal/plans/", plan)
    admin.go("/hanbit/portal/plans/")
    assert admin.page.locator(f"a[href='{own.removeprefix(admin.site.url)}']").count() == 1
    assert check_page(admin, own.removeprefix(admin.site.url), axe) == []
    admin.page.goto(f"{own}scores/")
    for select in admin.page.locator("select").all():
        select.select_option("4")
    admin.page.click("form button.btn-primary")
    admin.page.wait_for_url(PLAN)
    admin.page.dblclick("button[value=agree]")
    admin.page.wait_for_selector(".state-good")
    assert admin.complaints == []

    manager.page.goto(plan)
    assert manager.page.locator(".state-good").first.is_visible()
    assert manager.page.locator("button[value=begin]").count() == 1


@pytest.mark.parametrize("path", ["", "sum/", "sum/?by=territory", "mix/", "map/", "map/figures/"])
def test_pages_of_plans_are_clean_and_accessible(person: Callable[..., Person], axe: str, path: str) -> None:
    assert check_page(person(MANAGER), f"/hanbit/plans/{path}", axe) == []
