"""From an application to a partner that has done all its first steps, and two records that become one and two again."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Person, Site
from tests.browser.test_demo import MANAGER, OWNER
from tests.browser.test_recruiting import apply
from tests.browser.test_sign_in import mailed_link

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMPANY, EMAIL = "Journey Interior", "journey@journey-interior.example"

# A kind of partner with a short journey of its own, which the demo's other partners do not take.
PREPARE = """
import uuid
from partners.models import JourneyPhase, JourneyStep, JourneyTemplate, PartnerKind
from tenancy.models import Manufacturer
from tenancy.rls import platform_scope, staff_scope
with platform_scope():
    pk = Manufacturer.objects.get(slug="hanbit").pk
with staff_scope(pk):
    kind = PartnerKind.objects.create(code="short-way", names={"en": "Short way", "ko": "짧은 여정"})
    template = JourneyTemplate.objects.create(
        family=uuid.uuid4(), kind=kind, names={"en": "Short way"}, state=JourneyTemplate.State.PUBLISHED
    )
    phase = JourneyPhase.objects.create(template=template, names={"en": "First week"}, order=1)
    for order, (step, side) in enumerate([("read", "partner"), ("agreement", "partner"), ("confirm", "staff")], start=1):
        JourneyStep.objects.create(phase=phase, type=step, side=side, titles={"en": f"Step {order}"}, order=order)
    print(kind.pk)
"""


def test_from_an_application_to_a_finished_journey(person: Callable[..., Person], site: Site) -> None:
    kind = site.manage("shell", "-c", PREPARE).strip().splitlines()[-1]
    visitor = person()
    apply(visitor, COMPANY, EMAIL)

    manager = person(MANAGER)
    page = manager.page
    manager.go(f"/hanbit/recruiting/list/?q={COMPANY}")
    page.locator("a.row-link").click()
    page.locator("a[href$='/approve/']").click()
    page.wait_for_url(re.compile(r"/approve/$"))
    page.select_option("select[name=kind]", kind)
    page.check("input[name=language][value=en]")
    page.click("form.card button.btn-primary")
    made = page.locator(".prospect-made")
    made.wait_for()
    journey = made.locator("a[href*='/journeys/']").get_attribute("href")
    assert journey is not None

    visitor.go(mailed_link(site, EMAIL))
    mine = visitor.page
    mine.fill("[name=name]", "Kim Journey")
    mine.fill("[name=password]", "a good long one")
    mine.click("form button.btn-primary")
    mine.wait_for_url("**/hanbit/portal/")
    visitor.go("/hanbit/portal/journey/")
    assert mine.locator(".journey-step.is-done").count() == 0
    mine.click(".journey-step:has-text('Step 1') button[name=do]")
    mine.locator(".journey-step:has-text('Step 1').is-done").wait_for()
    mine.click(".journey-step:has-text('Step 2') a.btn")
    mine.wait_for_url("**/portal/agreements/")
    mine.locator("main a[href*='/portal/agreements/']").first.click()
    mine.wait_for_url(re.compile(r"/portal/agreements/\d+/$"))
    mine.fill("[name=name]", "Kim Journey")
    mine.fill("[name=role]", "Managing director")
    mine.check("[name=agreed]")
    mine.click("#accept button.btn-primary")
    mine.wait_for_url(re.compile(r"/portal/agreements/"))
    visitor.go("/hanbit/portal/journey/")
    assert mine.locator(".journey-step.is-done").count() == 2

    manager.go(journey)
    page.click(".journey-step:has-text('Step 3') button[value=done]")
    page.locator(".journey-step:has-text('Step 3').is-done").wait_for()
    visitor.go("/hanbit/portal/journey/")
    assert mine.locator(".journey-step.is-done").count() == 3
    assert (visitor.complaints, manager.complaints) == ([], [])


def test_two_records_are_merged_and_taken_apart_again(person: Callable[..., Person]) -> None:
    owner = person(OWNER)
    page = owner.page
    owner.go("/hanbit/duplicates/")
    pairs = page.locator("table.lean tbody tr").count()
    page.locator("a.row-link").first.click()
    page.wait_for_url(re.compile(r"/duplicates/\d+/"))
    pair = page.url
    goes = page.locator("table.lean thead th").nth(2).inner_text().split(" – ")[0].strip()
    merge = page.locator("form.card button.btn-primary")
    merge.click()
    page.wait_for_url(lambda url: url != pair)

    page.goto(pair)
    assert merge.count() == 0
    owner.go("/hanbit/duplicates/")
    assert page.locator("table.lean tbody tr").count() == pairs - 1

    owner.go("/hanbit/duplicates/merges/")
    undo = page.locator(f"li:has-text('({goes})') button")
    assert undo.count() == 1
    undo.click()
    page.locator(".message-success").wait_for()
    assert undo.count() == 0
    page.goto(pair)
    assert merge.count() == 1
    owner.go("/hanbit/duplicates/")
    assert page.locator("table.lean tbody tr").count() == pairs
    assert owner.complaints == []
