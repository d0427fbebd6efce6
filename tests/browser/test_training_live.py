"""A live session with one seat and a waiting list, and a question that the trainer answers, by clicking."""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Person, Site, until
from tests.browser.test_demo import OWNER, SEOUL, check_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF_PAGES = [
    "/hanbit/training/sessions/",
    "/hanbit/training/sessions/all/",
    "/hanbit/training/hand-ins/",
    "/hanbit/training/questions/",
    "/hanbit/training/points/",
]
ENROL = """
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from training.models import Course, Enrolment, LessonKind, LiveSeat, Lesson, SeatState
from training.services.learning import enrol
with staff_scope(Manufacturer.objects.get(slug="hanbit").pk):
    course = Course.objects.get(code="INST-150")
    seoul = Membership.objects.get(email="{seoul}")
    mine = enrol(course, seoul)
    other = Enrolment.objects.filter(course=course, member__role="partner_admin").exclude(member=seoul).earliest("pk")
    LiveSeat.objects.filter(enrolment__in=[mine, other]).update(state=SeatState.CANCELLED)
    lesson = Lesson.objects.get(version=mine.version_id, kind=LessonKind.LIVE)
    print(mine.pk, other.pk, lesson.pk)
"""
BOOK = """
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from training.models import Enrolment, Lesson, LiveSeat
from training.services import live
with staff_scope(Manufacturer.objects.get(slug="hanbit").pk):
    if "{what}" == "book":
        print(live.book(Enrolment.objects.get(pk={other}), Lesson.objects.get(pk={lesson}), {session}).state)
    else:
        live.give_back(LiveSeat.objects.get(session={session}, enrolment={other}))
"""


@pytest.mark.parametrize("look", [{}, {"phone": True, "dark": True}], ids=["desktop", "phone in the dark"])
def test_pages_of_live_learning_are_clean_and_accessible(
    person: Callable[..., Person], axe: str, look: dict[str, bool]
) -> None:
    owner, seoul = person(OWNER, **look), person(SEOUL, **look)
    wrong = [each for path in STAFF_PAGES for each in check_page(owner, path, axe)]
    for path, link in (
        ("/hanbit/training/sessions/", "main a.row-title"),
        ("/hanbit/training/hand-ins/", "a.row-link"),
        ("/hanbit/training/questions/", "a.row-link"),
    ):
        owner.go(path)
        wrong += check_page(owner, owner.page.locator(link).first.get_attribute("href") or "", axe)
    wrong += check_page(seoul, "/hanbit/portal/learning/points/", axe)
    seoul.go("/hanbit/portal/learning/")
    seoul.page.goto(
        seoul.page.locator("a:has-text('강화마루 현장 실습'), a:has-text('in the workshop')").first.evaluate(
            "a => a.href"
        )
    )
    lessons = seoul.page.eval_on_selector_all(".steps-list a", "all => all.map(a => new URL(a.href).pathname)")
    assert len(lessons) == 4
    wrong += [each for path in lessons for each in check_page(seoul, path, axe)]
    assert wrong == []


def test_one_seat_a_waiting_list_and_an_answer_to_all(person: Callable[..., Person], site: Site) -> None:
    """Planned with one seat, taken by another; Seoul waits, moves up, joins; asks, and is answered."""
    mine, other, lesson = site.manage("shell", "-v0", "-c", ENROL.format(seoul=SEOUL)).split()[-3:]
    owner, seoul = person(OWNER), person(SEOUL, phone=True)
    page = owner.page
    owner.go(f"/hanbit/training/sessions/add/?lesson={lesson}")
    page.fill("[name=starts]", (dt.date.today() + dt.timedelta(days=30)).isoformat() + "T10:00")
    page.fill("[name=minutes]", "45")
    page.fill("[name=seats]", "1")
    page.fill("[name=link]", "https://meet.example/browser")
    page.dblclick(".form-foot .btn-primary")
    page.wait_for_url(re.compile(r"/sessions/\d+/$"))
    session = page.url.rstrip("/").rpartition("/")[2]
    assert (
        site.manage(
            "shell", "-v0", "-c", BOOK.format(what="book", other=other, lesson=lesson, session=session)
        ).split()[-1]
        == "booked"
    )

    address = f"/hanbit/portal/learning/{mine}/lessons/{lesson}/"
    seoul.go(address)
    book = f"form[action$='/sessions/{session}/book/'] button"
    seoul.page.dblclick(book)
    seoul.page.wait_for_selector(f"form[action$='/sessions/{session}/give-back/']")
    assert seoul.page.locator("a[href='https://meet.example/browser']").count() == 0
    site.manage("shell", "-v0", "-c", BOOK.format(what="back", other=other, lesson=lesson, session=session))
    seoul.go(address)
    seoul.page.wait_for_selector("a[href='https://meet.example/browser']")
    seoul.page.wait_for_selector(f"a[href$='/sessions/{session}/session.ics']")
    until(
        lambda: any(to == SEOUL and "meet.example/browser" in text for to, text in site.mails("meet.example/browser"))
    )

    seoul.page.fill("#ask-text", "May I bring <b>a colleague</b>?")
    seoul.page.click("form[action$='/ask/'] button")
    seoul.page.wait_for_selector(".talk-asked:has-text('May I bring <b>a colleague</b>?')")
    owner.go("/hanbit/training/questions/?q=a+colleague")
    page.goto(page.locator("a.row-link").first.evaluate("a => a.href"))
    page.fill("[name=answer]", "Gladly, if a seat is free.")
    page.dblclick(".form-foot .btn-primary")
    page.wait_for_url(re.compile(r"/training/questions/$"))
    seoul.go(address)
    seoul.page.wait_for_selector(".talk-answer:has-text('Gladly, if a seat is free.')")
    assert owner.complaints == seoul.complaints == []
