"""Campaigns, material and funds, by clicking: a campaign from its plan to its report, a document from its upload to its
withdrawal, money from the request to the settlement, and a partner's own campaign to its own customers."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.browser.conftest import Person, Site, until
from tests.browser.test_demo import LOOKS, MANAGER, OWNER, SEOUL, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARKETING = "marketing@hanbit.example"
STAFF_PAGES = [
    "/hanbit/campaigns/",
    "/hanbit/campaigns/new/",
    "/hanbit/campaigns/calendar/",
    "/hanbit/campaigns/answering/",
    "/hanbit/campaigns/settings/",
    "/hanbit/campaigns/suppressed/",
    "/hanbit/campaigns/templates/",
    "/hanbit/content/",
    "/hanbit/content/list/",
    "/hanbit/content/use/",
    "/hanbit/content/new/",
    "/hanbit/settings/content/terms/",
    "/hanbit/announcements/",
    "/hanbit/announcements/add/",
    "/hanbit/partner-campaigns/",
    "/hanbit/funds/",
    "/hanbit/funds/budgets/",
    "/hanbit/funds/activities/",
]
PORTAL_PAGES = [
    "/hanbit/portal/content/",
    "/hanbit/portal/content/links/",
    "/hanbit/portal/content/brand/",
    "/hanbit/portal/news/",
    "/hanbit/portal/campaigns/",
    "/hanbit/portal/campaigns/customers/",
    "/hanbit/portal/campaigns/customers/add/",
    "/hanbit/portal/funds/",
]
OPENED = {
    "/hanbit/campaigns/": "a.row-link",
    "/hanbit/content/list/": "a.row-link",
    "/hanbit/announcements/": "a.row-link",
    "/hanbit/partner-campaigns/": "main td a",
    "/hanbit/funds/": "a.row-link",
    "/hanbit/funds/budgets/": "main .card-title a",
    "/hanbit/portal/content/": ".asset-link",
    "/hanbit/portal/news/": "main a[href*='/portal/news/']",
    "/hanbit/portal/campaigns/": "main a.row-title",
    "/hanbit/portal/funds/": "main a.row-title",
}
"""The lists of which the first entry is looked at too, and what leads to it."""
LEAVING_LINKS = re.compile(r"https?://[^/\s]+(/hanbit/public/[up]/\S+)")
ANSWER_LINK = re.compile(r"https?://[^/\s]+(/hanbit/public/a/\S+?/sample/)")
OWN_LINK = re.compile(r"https?://[^/\s]+(/hanbit/public/own/a/\S+?/call/)")


def day(days: int = 0) -> str:
    return (dt.date.today() + dt.timedelta(days=days)).isoformat()


@pytest.mark.parametrize("look", LOOKS, ids=["desktop", "phone in the dark"])
@pytest.mark.parametrize(("who", "paths"), [(OWNER, STAFF_PAGES), (SEOUL, PORTAL_PAGES)], ids=["staff", "portal"])
def test_pages_of_campaigns_are_clean_and_accessible(
    person: Callable[..., Person], axe: str, who: str, paths: list[str], look: dict[str, bool]
) -> None:
    somebody = person(who, **look)
    wrong = []
    for path in paths:
        wrong += check_page(somebody, path, axe)
        if path in OPENED:
            first = somebody.page.locator(OPENED[path]).first.get_attribute("href") or ""
            wrong += check_page(somebody, first, axe)
    assert wrong == []


def test_the_leaves_of_a_campaign_are_clean_and_accessible(person: Callable[..., Person], axe: str) -> None:
    owner = person(OWNER, phone=True, dark=True)
    owner.go("/hanbit/campaigns/?state=measuring")
    first = owner.page.locator("a.row-link").first.get_attribute("href") or ""
    tabs = ("texts", "readers", "mailings", "chances", "result")
    assert [wrong for tab in tabs for wrong in check_page(owner, f"{first}?tab={tab}", axe)] == []


def test_a_campaign_from_its_plan_to_its_report(person: Callable[..., Person], site: Site, axe: str) -> None:
    """Plan, approval, pilot, answers by mail and by hand, go, report."""
    site.manage("shell", "-v0", "-c", APPROVED_BY_THE_OWNER)
    marketing = person(MARKETING)
    page = marketing.page
    marketing.go("/hanbit/campaigns/new/")
    plan = {
        "name": "브라우저 견본 안내",
        "goal_value": "4",
        "budget": "900000000",
        "starts_on": day(),
        "ends_on": day(20),
        "pilot_size": "8",
        "rollout_on": day(9),
        "checks": "Samples in stock",
    }
    for name, text in plan.items():
        page.fill(f"[name={name}]", text)
    page.uncheck("[name=is_advertising]")  # goes by night as well: no clock decides this test
    page.dblclick(".form-foot button")
    page.wait_for_url(re.compile(r"/campaigns/\d+/$"))
    campaign = page.url
    page.goto(f"{campaign}?tab=texts")
    page.click("a[href*='/texts/new/']")
    page.select_option("select[name=language]", "ko")
    page.fill("[name=subject]", "{partner} 견본을 보내 드립니다")
    page.fill("[name=body]", "{name|고객} 님, 새 견본책이 나왔습니다. <b>무료</b>입니다.")
    page.check("[name=answers][value=sample]")
    page.wait_for_selector("#preview :text('견본을 보내 드립니다')")
    page.click("form.card .form-foot .btn-primary")
    page.wait_for_url(re.compile("tab=texts"))

    page.goto(campaign)
    page.fill("[name=note]", "Before the fair")
    page.dblclick("button[value=approval]")
    page.wait_for_selector(".approval-standing a")
    owner = person(OWNER)
    owner.page.goto(campaign)
    owner.page.click(".approval-standing a")
    owner.page.click("button[name=answer][value=approve]")
    owner.page.wait_for_selector("button[name=answer]", state="detached")

    # What follows, a worker may do: the readers are found and kept, and the pilot can start.
    until(lambda: page.goto(campaign) and page.locator("button[value=pilot]").count() == 1)
    page.click("button[name=done]")
    page.wait_for_selector("button[name=done]", state="detached")
    page.dblclick("button[value=pilot]")
    page.wait_for_selector("button[value=decision]")
    mailed = until(lambda: (found := list(site.mails("견본을 보내 드립니다"))) and len(found) == 8 and found)

    (_address, text), *others = mailed
    assert "{" not in text  # each place is filled
    link = ANSWER_LINK.search(text)
    assert link
    reader = person(phone=True, dark=True)
    assert check_page(reader, link[1], axe) == []
    reader.page.dblclick("form.card .btn-primary")
    reader.page.wait_for_selector("form.card", state="detached")
    assert reader.complaints == []
    leave, choose = LEAVING_LINKS.findall(others[-1][1])
    assert check_page(reader, choose, axe) == check_page(reader, leave, axe) == []
    reader.page.dblclick("form .btn-primary")
    reader.page.wait_for_selector("form .btn-primary", state="detached")
    assert reader.complaints == []
    page.goto(f"{campaign}?tab=result")
    page.click("a[href$='/answers/']")
    page.fill("[name=lines]", "\n".join(f"{address}; call; {day()}" for address, _text in others[:3]))
    page.click("form.card .btn-primary")
    page.wait_for_selector(".message-success")

    page.goto(campaign)
    page.dblclick("button[value=decision]")
    page.wait_for_selector("button[value=rollout].btn-primary")  # the rule says go: 4 of 8 answered
    assert "50" in page.inner_text("h1")  # per cent
    page.dblclick("button[value=rollout]")
    page.wait_for_selector("button[value=measuring]")
    until(lambda: page.goto(f"{campaign}?tab=mailings") and page.locator(".card .state-good").count() == 2)
    addresses = [address for address, _text in site.mails("견본을 보내 드립니다")]
    assert len(addresses) == len(set(addresses)) > 8  # the others too, and nobody twice

    page.goto(campaign)
    page.dblclick("button[value=measuring]")
    page.wait_for_selector("button[value=analysed]")
    result = f"{campaign}?tab=result".removeprefix(site.url)
    assert check_page(marketing, result, axe) == []
    with page.expect_download() as download:
        page.click("a[href$='/report.pdf']")
    assert "견본 안내" in PdfReader(download.value.path()).pages[0].extract_text()
    page.goto(campaign)
    page.fill("[name=note]", "Samples work")
    page.dblclick("button[value=analysed]")
    page.wait_for_selector("button[value=closed]")
    assert "Samples work" in page.inner_text(".timeline")
    assert marketing.complaints == owner.complaints == reader.complaints == []


APPROVED_BY_THE_OWNER = """
from approvals.models import Purpose, Who
from approvals.services import Draft, DraftStep, save_route
from campaigns.models import CAMPAIGN_SUBJECT, CampaignSettings
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
with staff_scope(Manufacturer.objects.get(slug="hanbit").pk):
    owner = Membership.objects.get(email="owner@hanbit.example")
    line = [DraftStep(Purpose.DECIDE, Who.MEMBER, member=owner)]
    save_route(Draft(CAMPAIGN_SUBJECT, "Dear campaigns", steps=line, amount_from=900_000_000))
    CampaignSettings.objects.update(quiet_from="00:00", quiet_to="00:00")
"""
"""A line for dear campaigns alone, and no quiet hours: they would let the mails wait until morning."""


def test_a_document_from_its_upload_to_its_withdrawal(
    person: Callable[..., Person], site: Site, axe: str, tmp_path: Path
) -> None:
    """Upload, places for a logo, publish, co-brand, pass on to a customer, withdraw everywhere."""
    file = tmp_path / "guide.pdf"
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(file)

    keeper = person(MARKETING)
    page = keeper.page
    keeper.go("/hanbit/content/new/")
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
    page.dblclick("button[value=publish]")
    page.wait_for_selector("button[value=withdraw]")
    assert check_page(keeper, f"/hanbit/{asset}", axe) == []

    partner = person(SEOUL)
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

    customer = person(phone=True, dark=True)
    assert check_page(customer, address, axe) == []
    assert "Customer in the browser" not in customer.page.inner_text("body")
    assert keeper.complaints == partner.complaints == customer.complaints == []

    keeper.go(f"/hanbit/{asset}")
    page.fill("[name=reason]", "Wrong measures")
    page.dblclick("button[value=withdraw]")
    page.wait_for_selector("button[value=withdraw]", state="detached")
    assert [customer.go(f"{address}{part}").status for part in ("", "file/")] == [404, 404]
    assert partner.go(f"/hanbit/portal/{asset}").status == 404


def test_money_of_a_fund_from_the_request_to_the_settlement(
    person: Callable[..., Person], axe: str, tmp_path: Path
) -> None:
    """Request, approval, invoice and proof, claim, answer to each line, settlement; the money adds up on both sides."""
    partner = person(SEOUL)
    page = partner.page
    partner.go("/hanbit/portal/funds/")
    page.locator("a[href$='/ask/']").first.click()
    page.select_option("[name=activity]", index=1)
    asked = {
        "title": "브라우저 전단 배포",
        "starts_on": day(),
        "ends_on": day(),
        "purpose": "Before the fair",
        "what_1": "Leaflets",
        "cost_1": "400000",
    }
    for name, text in asked.items():
        page.fill(f"[name={name}]", text)
    page.dblclick("main form .btn-primary")
    page.wait_for_url(re.compile(r"/funds/requests/\d+/$"))
    request = page.url
    own = request.removeprefix(partner.site.url)
    staff = own.replace("/portal/", "/")
    partner.go("/hanbit/portal/funds/")
    assert page.locator("a.row-title", has_text="브라우저 전단 배포").count() == 1  # clicked twice, asked once

    manager = person(MANAGER)
    assert check_page(manager, staff, axe) == []
    manager.page.dblclick("button[value=approve]")
    manager.page.wait_for_selector("button[value=approve]", state="detached")

    invoice, photo = tmp_path / "invoice.png", tmp_path / "photo.png"
    for file in (invoice, photo):
        Image.new("RGB", (40, 40), "white").save(file)
    page.goto(request)
    form = "form:has(button[value=invoice])"
    page.set_input_files(f"{form} [name$=file]", invoice)
    page.select_option(f"{form} [name$=line]", index=1)
    written = {
        "what": "Leaflets",
        "amount": "380000",
        "invoice_on": day(),
        "invoice_number": "B-1",
        "supplier": "Print",
    }
    for name, text in written.items():
        page.fill(f"{form} [name$={name}]", text)
    page.click("button[value=invoice]")
    page.wait_for_selector("button[value^=drop-]")
    page.set_input_files("form:has(button[value=proof]) [name$=file]", photo)
    page.click("button[value=proof]")
    page.wait_for_selector("a:text('photo.png')")
    assert check_page(partner, own, axe) == []
    page.fill("[name$=outcome]", "Twelve enquiries")
    page.dblclick("button[value=claim]")
    page.wait_for_selector("button[value=claim]", state="detached")

    assert check_page(manager, staff, axe) == []
    manager.page.select_option("select[name^=answer_]", "approved")
    manager.page.click("button[value=lines]")
    manager.page.wait_for_selector("select[name^=answer_] option[value=approved][selected]", state="attached")
    manager.page.dblclick("button[value=settle]")
    manager.page.wait_for_selector("button[value=settle]", state="detached")
    page.goto(request)
    assert "190,000" in page.inner_text("main")  # the fund pays half of what was accepted
    assert partner.complaints == manager.complaints == []


def test_a_partner_sends_to_its_own_customers(
    person: Callable[..., Person], site: Site, axe: str, tmp_path: Path
) -> None:
    """Logo, list, template, preview, two clicks to send, an answer; staff see no customer."""
    logo = tmp_path / "logo.png"
    Image.new("RGB", (120, 40), "navy").save(logo)
    partner = person(SEOUL)
    page = partner.page
    partner.go("/hanbit/portal/content/brand/")
    page.set_input_files("[name=logo_file]", logo)
    page.click("main form .btn-primary")
    page.wait_for_selector(".message-success")

    partner.go("/hanbit/portal/campaigns/customers/add/")
    page.fill("[name=text]", "Ada Browser, ada@browser.example\nnobody\nBo Browser, bo@browser.example")
    page.fill("[name=group]", "Browser")
    page.select_option("select[name=language]", "en")
    page.select_option("[name=country]", "SG")
    page.fill("[name=agreed_on]", day(-10))
    page.click("main form .btn-primary")
    page.wait_for_selector("[name=held]", state="attached")
    assert "nobody" in page.inner_text("main")  # what is wrong is said, and the others can be kept
    page.dblclick("main form .btn-primary")
    page.wait_for_url(re.compile(r"/customers/$"))

    partner.go("/hanbit/portal/campaigns/")
    page.locator("form[action*='/start/'] button").last.click()  # the first that was released, with English words
    page.wait_for_url(re.compile(r"/portal/campaigns/\d+/$"))
    own = page.url.removeprefix(site.url)
    assert check_page(partner, own, axe) == []
    page.select_option("[name=group]", "Browser")
    words = page.locator("textarea[name^=own_en_]").first
    words.fill("Greetings from the browser <b>and</b> https://elsewhere.example")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/look/$"))
    assert check_page(partner, f"{own}look/", axe) == []
    page.dblclick("form[action$='/send/'] button")
    page.wait_for_url(re.compile(r"/portal/campaigns/\d+/$"))
    mailed = until(lambda: (found := list(site.mails("Greetings from the browser"))) and len(found) == 2 and found)
    assert sorted(re.findall(r"\w+@browser", " ".join(to for to, _text in mailed))) == ["ada@browser", "bo@browser"]
    link = next(found[1] for _to, text in mailed if (found := OWN_LINK.search(text)))
    customer = person(phone=True, dark=True)
    assert check_page(customer, link, axe) == []
    customer.page.dblclick("form.card-body .btn-primary")
    customer.page.wait_for_selector("form.card-body", state="detached")
    assert check_page(partner, own, axe) == []
    assert "@browser.example" in page.inner_text("main")

    manager = person(MARKETING)
    manager.go("/hanbit/partner-campaigns/")
    for path in manager.page.eval_on_selector_all("main a[href*='/partner-campaigns/']", "all => all.map(a => a.href)"):
        manager.page.goto(path)
        assert "browser.example" not in manager.page.content()
    assert partner.complaints == manager.complaints == customer.complaints == []
