"""A document is put in, published, made one's own, passed on to a customer, and withdrawn everywhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tests.browser.conftest import Person, Site
from tests.browser.test_demo import check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARKETING, ADMIN = "marketing@hanbit.example", "admin@seoul-agency.example"


def test_from_an_upload_to_its_withdrawal(person: Callable[..., Person], site: Site, axe: str, tmp_path: Path) -> None:
    file = tmp_path / "guide.pdf"
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(file)

    keeper = person(MARKETING)
    assert check_page(keeper, "/hanbit/content/new/", axe) == []
    page = keeper.page
    page.set_input_files("[name=upload]", file)
    page.fill("[name=titles_ko]", "브라우저 시공 안내")
    page.check("[name=may_brand]")
    page.click("form.card button.btn-primary")
    page.wait_for_url(re.compile(r"/content/\d+/$"))
    asset = page.url.removeprefix(f"{site.url}/hanbit/")
    page.click("a[href$='/places/']")
    page.click("a[href='?preset=foot']")
    page.click("form.card button.btn-primary")
    page.wait_for_selector(".message-success")
    keeper.go(f"/hanbit/{asset}")
    page.click("button[value=publish]")
    page.wait_for_selector(".message-success")
    assert check_page(keeper, f"/hanbit/{asset}", axe) == []

    partner = person(ADMIN)
    assert check_page(partner, "/hanbit/portal/content/?q=브라우저", axe) == []
    partner.page.click(".asset-link")
    partner.page.wait_for_url(re.compile(r"/portal/content/\d+/"))
    with partner.page.expect_download() as download:
        partner.page.click("form[action$='/branded/'] button")
    text = PdfReader(download.value.path()).pages[0].extract_text()
    assert "info@seoul-agency.example" in text
    partner.page.fill("[name=note]", "Customer in the browser")
    partner.page.click("form[action$='/share/'] button")
    address = partner.page.input_value(".share-address").removeprefix(site.url)

    customer = person(phone=True)
    assert check_page(customer, address, axe) == []
    assert "Customer in the browser" not in customer.page.inner_text("body")

    keeper.go(f"/hanbit/{asset}")
    page.fill("[name=reason]", "Wrong measures")
    page.click("button[value=withdraw]")
    page.wait_for_selector(".message-success")
    assert [customer.go(f"{address}{part}").status for part in ("", "file/")] == [404, 404]
    assert partner.go(f"/hanbit/portal/{asset}").status == 404


@pytest.mark.parametrize("path", ["content/", "content/list/", "content/use/", "settings/content/terms/"])
def test_pages_of_the_library_are_clean_and_accessible(person: Callable[..., Person], axe: str, path: str) -> None:
    assert check_page(person(MARKETING), f"/hanbit/{path}", axe) == []
