"""What a form does in the browser when it comes back."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
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
