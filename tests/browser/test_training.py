"""Learning by clicking: a course written, assigned by class, learned on a phone, proved, checked, and what that opens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Person, Site, until
from tests.browser.test_demo import BUSAN, OWNER, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE, QUALIFICATION, QUIZ = "벽체 시공 입문", "벽체 시공 자격", "벽체 시공 확인"
QUESTIONS = [
    ("벽체에 무엇을 먼저 댑니까?", "먹줄", "접착제"),
    ("판 사이는 얼마나 띄웁니까?", "3 mm", "10 mm"),
]
"""Each with the right answer and the wrong one."""
RIGHT, WRONG = 1, 2
PORTAL = "/hanbit/portal"

IN_HANBIT = """
import datetime as dt
from partners.models import Qualification, QualificationType
from partners.services.qualifications import house_day, settle_companies
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from training.models import Certificate, Course, Enrolment, LearningProgramme
hanbit = Manufacturer.objects.get(slug="hanbit")
"""
A_YEAR_LATER = """
with staff_scope(hanbit.pk):
    gone = house_day() - dt.timedelta(days=1)
    own = {"issued_on": gone - dt.timedelta(days=365), "valid_until": gone}
    Certificate.objects.filter(course__code="WALL-100").update(**own)
    own = {"obtained_on": gone - dt.timedelta(days=365), "valid_until": gone}
    Qualification.objects.filter(type__code="walls").update(**own)
    settle_companies()
"""
ASKED_NO_MORE = """
with staff_scope(hanbit.pk):
    QualificationType.objects.filter(code="walls").update(is_retired=True)
    LearningProgramme.objects.filter(courses__course__code="WALL-100").delete()
    Enrolment.objects.filter(course__code="WALL-100").delete()
    Course.objects.filter(code="WALL-100").update(state="retired")
"""


def save(page: Page) -> None:
    page.click("main form .btn-primary")


def open_menu(page: Page, item: str) -> None:
    """Open the menu that has an entry, and take it."""
    page.locator(f"details.menu:has({item}) summary").last.click()
    page.locator(item).last.click()


def write_qualification(owner: Person) -> None:
    """What the course is to give: without it a partner registers no deals."""
    page = owner.page
    owner.go("/hanbit/settings/qualifications/")
    page.click("a[href$='/qualifications/new/']")
    page.fill("[name=names_ko]", QUALIFICATION)
    page.fill("[name=code]", "walls")
    page.check("[name=guards][value=deals]")
    save(page)
    page.wait_for_url("**/settings/qualifications/")


def write_course(owner: Person, axe: str) -> None:
    """A course of two modules, a page and a quiz with a bank of its own, published."""
    page = owner.page
    owner.go("/hanbit/training/")
    page.click("a[href$='/courses/add/']")
    page.fill("[name=titles_ko]", COURSE)
    page.fill("[name=code]", "WALL-100")
    page.select_option("[name=qualification]", label=QUALIFICATION)
    page.fill("[name=valid_months]", "12")
    save(page)
    open_menu(page, "a[href$='kind=page']")
    page.fill("[name=titles_ko]", "벽체를 준비하기")
    page.fill("[name=body_ko]", "# 먼저 먹줄\n\n판 사이는 **3 mm** 띄웁니다.")
    save(page)
    page.click("a[href$='/modules/add/']")
    page.fill("[name=titles_ko]", "확인")
    save(page)
    open_menu(page, "a[href$='kind=quiz']")
    page.fill("[name=titles_ko]", QUIZ)
    save(page)
    page.click("button[name=then][value=bank]")
    save(page)
    open_menu(page, "a[href$='kind=single']")
    for number, (question, right, wrong) in enumerate(QUESTIONS, start=1):
        page.fill("[name=text_ko]", question)
        page.fill("[name=rows-0-text_ko]", right)
        page.check("[name=rows-0-is_right]")
        page.fill("[name=rows-1-text_ko]", wrong)
        if number < len(QUESTIONS):
            page.click("button[name=next]")
            page.wait_for_selector(".message-success")
        else:
            save(page)
    page.click("a.crumb")
    bank = page.url.removeprefix(owner.site.url)
    assert check_page(owner, bank, axe) == []
    page.click("p.note a[href$='/quiz/']")
    assert check_page(owner, page.url.removeprefix(owner.site.url), axe) == []
    page.fill("[name=parts-0-count]", str(len(QUESTIONS)))
    save(page)
    page.click("a.crumb")
    page.click("a[href$='?tab=versions'].btn-primary")
    page.click("button[value=publish]")
    page.wait_for_selector(".message-success")


def assign_course(owner: Person, axe: str) -> None:
    """A programme for the dealer's class, as its orders have it today, and for admins, started: a worker puts in who fits."""
    page = owner.page
    owner.go("/hanbit/partners/?q=부산딜러&trend=falling&trend=silent")
    kind = "at_risk" if page.get_by_role("link", name="부산딜러", exact=True).count() else "possible"
    owner.go("/hanbit/training/programmes/")
    page.click("a[href$='/programmes/new/']")
    page.click(f"button[name=template][value={kind}]")
    page.wait_for_url("**/edit/")
    page.select_option("[name=course_0]", label=f"WALL-100 · {COURSE}")
    page.check("[name=roles][value=partner_admin]")
    assert page.locator("[name=audiences]:checked").count() == 1
    save(page)
    page.wait_for_url(re.compile(r"/programmes/\d+/$"))
    page.click("button[name=step][value=start]")
    page.wait_for_selector(".message-success")
    assert check_page(owner, page.url.removeprefix(owner.site.url), axe) == []


def answer(page: Page, place: int) -> None:
    """Choose the right or the wrong answer to each question, and submit."""
    answers = {question[0]: question[place] for question in QUESTIONS}
    for question in page.locator(".quiz-question").all():
        chosen = answers[question.locator(".lesson-text").inner_text().strip()]
        with page.expect_response(lambda response: "/answers/" in response.url):
            question.get_by_label(chosen, exact=True).check()
    assert page.inner_text("[data-answered]") == str(len(QUESTIONS))
    page.click(".quiz .form-foot button")
    page.wait_for_selector(".quiz-results")


def is_closed(person: Person) -> bool:
    """Whether the qualification keeps the person's company from registering deals."""
    person.go(f"{PORTAL}/deals/")
    return person.page.locator("main .note-warn", has_text=QUALIFICATION).count() == 1


def test_a_course_is_written_assigned_by_class_learned_on_a_phone_and_opens_the_gate_until_it_runs_out(
    person: Callable[..., Person], site: Site, axe: str
) -> None:
    try:
        owner = person(OWNER)
        write_qualification(owner)
        write_course(owner, axe)
        assign_course(owner, axe)

        busan = person(BUSAN, phone=True)
        page = busan.page
        assert is_closed(busan)

        def assigned() -> bool:
            busan.go(f"{PORTAL}/learning/")
            return bool(page.locator(".steps-list a", has_text=COURSE).count())

        until(assigned)
        page.locator(".steps-list a", has_text=COURSE).click()
        page.click("a.btn-primary[href*='/lessons/']")
        assert check_page(busan, page.url.removeprefix(site.url), axe) == []
        page.click(".player-done button")
        page.click("form[action$='/start/'] button")
        page.wait_for_selector(".quiz-question")
        assert check_page(busan, page.url.removeprefix(site.url), axe) == []
        page.click(".quiz .form-foot button")
        page.wait_for_selector("[data-unanswered]", state="visible")
        assert page.locator("[data-unanswered] + .quiz-question:first-of-type :focus").count() == 1
        answer(page, WRONG)
        assert "0%" in page.inner_text("h1")
        assert page.locator(".quiz-results .state-bad").count() == len(QUESTIONS)
        assert QUESTIONS[0][RIGHT] not in page.inner_text("main")
        assert check_page(busan, page.url.removeprefix(site.url), axe) == []
        assert is_closed(busan)
        page.go_back()
        page.click("form[action$='/start/'] button")
        answer(page, RIGHT)
        assert page.locator(".quiz-results .state-good").count() == len(QUESTIONS)

        page.click("main .note a[href$='/learning/certificates/']")
        assert check_page(busan, f"{PORTAL}/learning/certificates/", axe) == []
        mine = page.locator("li", has_text=COURSE).first
        with page.expect_download() as download:
            mine.locator("a[href$='/pdf/']").click()
        number = re.fullmatch(r"([0-9A-Z-]{19})\.pdf", download.value.suggested_filename)
        assert number
        stranger = person(phone=True, dark=True)
        stranger.go("/hanbit/public/certificates/")
        stranger.page.fill("[name=number]", number[1].lower())
        stranger.page.click("form.card .btn-primary")
        check = f"/hanbit/public/certificates/{number[1]}/"
        assert check_page(stranger, check, axe) == []
        assert stranger.page.locator("main .state-good").count() == 1
        assert not is_closed(busan)
        assert check_page(busan, f"{PORTAL}/qualifications/", axe) == []
        own = page.locator("section.card").first.locator("li", has_text=QUALIFICATION)
        assert own.locator(".state-good").count() == 1

        site.manage("shell", "-v0", "-c", IN_HANBIT + A_YEAR_LATER)
        assert is_closed(busan)
        stranger.go(check)
        assert stranger.page.locator("main .state-bad").count() == 1
    finally:
        site.manage("shell", "-v0", "-c", IN_HANBIT + ASKED_NO_MORE)


@pytest.mark.parametrize(
    "look", [{"phone": False, "dark": False}, {"phone": True, "dark": True}], ids=["desktop", "phone"]
)
def test_pages_of_certificates_are_clean_and_accessible(
    person: Callable[..., Person], axe: str, look: dict[str, bool]
) -> None:
    owner = person(OWNER, **look)
    wrong = []
    for path in (
        "/hanbit/qualifications/",
        "/hanbit/settings/qualifications/",
        "/hanbit/settings/qualifications/new/",
        "/hanbit/training/certificates/template/",
        "/hanbit/training/certificates/",
    ):
        wrong += check_page(owner, path, axe)
    first = owner.page.locator("a.row-link").first.get_attribute("href") or ""
    assert wrong + check_page(owner, first, axe) == []
    assert check_page(owner, "/hanbit/public/certificates/", axe) == []


def test_the_film_the_guide_and_the_file_of_the_demo_are_gone_through_on_a_phone(
    person: Callable[..., Person], site: Site, axe: str
) -> None:
    busan = person(BUSAN, phone=True, dark=True)
    page = busan.page
    busan.go(f"{PORTAL}/learning/")
    page.locator("main a", has_text="강화마루 관리와 하자 예방").first.click()
    page.click("a.btn-primary[href*='/lessons/']")
    until(lambda: page.evaluate("document.querySelector('video')?.readyState > 0"))
    assert page.evaluate("document.querySelector('video').duration") == 48
    until(lambda: page.evaluate("document.querySelector('video').currentTime === 20"))
    page.locator(".chapter").nth(4).click()
    until(lambda: page.evaluate("document.querySelector('video').currentTime > 32"))
    assert check_page(busan, page.url.removeprefix(site.url), axe) == []
    page.click(".player-done button")
    until(
        lambda: page.evaluate(
            "[...document.querySelectorAll('.pdf-pages img')].some((each) => each.naturalWidth === 1200)"
        )
    )
    assert page.locator(".pdf-pages img").count() == 2
    assert check_page(busan, page.url.removeprefix(site.url), axe) == []
    page.click(".player-done button")
    page.wait_for_selector("#still")
    assert page.locator(".player-done button").is_disabled()
    assert check_page(busan, page.url.removeprefix(site.url), axe) == []
    with page.expect_download() as download:
        page.click("[data-file]")
    assert download.value.suggested_filename == "hand-over-check.xlsx"
    page.click(".player-done button")
    page.wait_for_selector(".message-success")
    assert "수료" in page.inner_text(".message-success")
