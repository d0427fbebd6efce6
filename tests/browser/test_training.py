"""Learning by clicking: a quiz passed on a phone, the certificate it gives, and what that opens."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Person, Site
from tests.browser.test_demo import BUSAN, OWNER, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IN_HANBIT = """
import datetime as dt
from partners.models import Qualification, QualificationType
from partners.services.qualifications import house_day, settle_companies
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.training.factories import QuizFactory
from training.models import Certificate, Course
hanbit = Manufacturer.objects.get(slug="hanbit")
"""
A_COURSE = """
quiz = QuizFactory(manufacturer=hanbit)
with staff_scope(hanbit.pk):
    course = Course.objects.get(versions=quiz.lesson.version_id)
    course.titles = {"en": "Wall fitting"}
    course.qualification = QualificationType.objects.create(
        code="walls", names={"en": "Wall fitter"}, guards=["deals"]
    )
    course.save()
    print(course.pk)
"""
A_YEAR_LATER = """
with staff_scope(hanbit.pk):
    gone = house_day() - dt.timedelta(days=1)
    own = {"issued_on": gone - dt.timedelta(days=365), "valid_until": gone}
    Certificate.objects.filter(course__qualification__code="walls").update(**own)
    own = {"obtained_on": gone - dt.timedelta(days=365), "valid_until": gone}
    Qualification.objects.filter(type__code="walls").update(**own)
    settle_companies()
"""
ASKED_NO_MORE = """
with staff_scope(hanbit.pk):
    QualificationType.objects.filter(code="walls").update(is_retired=True)
    Course.objects.filter(qualification__code="walls").update(state="retired")
"""


def test_a_quiz_passed_on_a_phone_gives_a_certificate_and_opens_the_gate_until_it_runs_out(
    person: Callable[..., Person], site: Site, axe: str
) -> None:
    course = site.manage("shell", "-v0", "-c", IN_HANBIT + A_COURSE).split()[-1]
    try:
        busan = person(BUSAN, phone=True)
        page = busan.page
        qualifications = "/hanbit/portal/qualifications/"
        assert check_page(busan, qualifications, axe) == []
        missing = page.locator("section.card").first.locator("li", has_text="Wall fitter").locator(".state-bad")
        assert missing.count() == 1
        page.click(f"a[href='/hanbit/portal/learning/courses/{course}/']")
        page.click("form[action$='/enrol/'] button")
        page.click("a.btn-primary[href*='/lessons/']")
        page.click("form[action$='/start/'] button")
        page.wait_for_selector(".quiz-question")
        for question in page.locator(".quiz-question").all():
            with page.expect_response(lambda response: "/answers/" in response.url):
                question.get_by_label("Yes").check()
        page.click(".quiz .form-foot button")
        page.wait_for_load_state()

        assert check_page(busan, "/hanbit/portal/learning/certificates/", axe) == []
        mine = page.locator("li", has_text="Wall fitting").first
        with page.expect_download() as download:
            mine.locator("a[href$='/pdf/']").click()
        number = re.fullmatch(r"([0-9A-Z-]{19})\.pdf", download.value.suggested_filename)
        assert number
        stranger = person(phone=True, dark=True)
        check = f"/hanbit/public/certificates/{number[1]}/"
        assert check_page(stranger, check, axe) == []
        assert stranger.page.locator("main .state-good").count() == 1
        busan.go(qualifications)
        assert missing.count() == 0

        site.manage("shell", "-v0", "-c", IN_HANBIT + A_YEAR_LATER)
        busan.go(qualifications)
        assert missing.count() == 1
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
