"""A visitor applies, staff approve, and the first user's invitation goes out."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Person, Site
from tests.browser.test_demo import MANAGER, check_page
from tests.browser.test_sign_in import mailed_link

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMPANY, EMAIL = "Browser Interior", "browser@browser-interior.example"


def apply(visitor: Person, company: str, email: str) -> None:
    """Fill in the public page, as somebody who takes a few seconds for it, and send it off."""
    visitor.go("/hanbit/public/apply/")
    page = visitor.page
    page.wait_for_timeout(3500)  # nobody fills it in faster
    for name, text in {
        "company": company,
        "contact_name": f"Kim {company.split()[0]}",
        "email": email,
        "phone": "02-555-0177",
    }.items():
        page.fill(f"[name={name}]", text)
    for box in page.locator("input[type=number]").all():
        box.fill("12")
    for select in page.locator("select[name^='q-']").all():
        select.select_option("KR")
    for name in {radio.get_attribute("name") for radio in page.locator("input[type=radio]").all()}:
        page.locator(f"input[name='{name}']").first.check()
    page.check("[name=consent]")
    page.dblclick("form button.btn-wide")
    page.wait_for_url(re.compile(r"/apply/status/"))


def test_from_an_application_to_an_invitation(person: Callable[..., Person], site: Site, axe: str) -> None:
    visitor = person(phone=True)
    assert check_page(visitor, "/hanbit/public/apply/", axe) == []
    apply(visitor, COMPANY, EMAIL)
    page = visitor.page
    assert visitor.complaints == []
    assert COMPANY not in page.inner_text("main")

    manager = person(MANAGER)
    assert check_page(manager, "/hanbit/recruiting/", axe) == []
    manager.go(f"/hanbit/recruiting/list/?q={COMPANY}")
    assert manager.page.locator("table.lean tbody tr").count() == 1
    manager.page.locator("a.row-link").click()
    manager.page.wait_for_url(re.compile(r"/recruiting/\d+/$"))
    assert check_page(manager, manager.page.url.removeprefix(site.url), axe) == []
    manager.page.locator("a[href$='/approve/']").click()
    manager.page.wait_for_url(re.compile(r"/approve/$"))
    manager.page.dblclick("form.card button.btn-primary")
    manager.page.wait_for_selector(".prospect-made")
    assert EMAIL in manager.page.inner_text(".prospect-made")
    assert manager.complaints == []
    assert mailed_link(site, EMAIL)


@pytest.mark.parametrize("path", ["list/", "report/", "introducers/", "new/"])
def test_pages_of_recruiting_are_clean_and_accessible(person: Callable[..., Person], axe: str, path: str) -> None:
    assert check_page(person(MANAGER), f"/hanbit/recruiting/{path}", axe) == []
