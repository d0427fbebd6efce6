"""View as (T-7), by clicking: a channel manager looks at a partner's portal, and can change nothing there."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
from tests.browser.test_demo import MANAGER, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("look", [{}, {"phone": True, "dark": True}], ids=["desktop", "phone in the dark"])
def test_staff_look_at_a_portal_and_change_nothing(
    person: Callable[..., Person], axe: str, look: dict[str, bool]
) -> None:
    manager = person(**look).sign_in(MANAGER)
    page = manager.page
    manager.go("/hanbit/users/partners/?q=서정민")
    page.get_by_role("link", name="서정민").first.click()
    page.wait_for_url(re.compile(r"/hanbit/users/\d+/$"))
    persons_page = page.url

    page.locator('form[action$="/view/"] button').click()
    page.wait_for_url(re.compile(r"/hanbit/portal/$"))
    assert "서정민" in page.locator(".viewing").inner_text()
    assert check_page(manager, "/hanbit/portal/", axe) == []

    manager.go("/hanbit/portal/profile/edit/")
    with page.expect_response(lambda response: response.request.method == "POST") as saved:
        page.locator("main form button[type=submit]").first.click()
    assert saved.value.status == 403
    assert page.locator(".viewing").is_visible()

    page.locator(".viewing button").click()
    page.wait_for_url(persons_page)
    assert page.locator(".viewing").count() == 0
    response = manager.go("/hanbit/portal/")
    assert response.status == 404
