"""SCORM packages played in a browser: completed, gone on with at a second sign-in, and kept away from the portal."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator

from tests.browser.conftest import Person, Site, until
from tests.browser.test_demo import OWNER, SEOUL, check_page
from tests.training.scorm_packages import FIND, package, zipped

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PART = "iframe.scorm-frame"


def write_course(person: Person, title: str, files: dict[str, Any], tmp_path: Path) -> str:
    """Staff write a course with one package, look at it and publish it; returns its address."""
    page = person.page
    person.go("/hanbit/training/courses/add/")
    page.fill("[name=code]", title.replace(" ", "-").upper())
    page.fill("[name=titles_ko]", title)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/training/courses/\d+/$"))
    course = page.url
    first = page.locator("a[href*='/lessons/add/'][href*='kind=scorm']").first.get_attribute("href")
    page.goto(f"{person.site.url}{first}")
    page.fill("[name=titles_ko]", title)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/package/$"))
    file = tmp_path / "package.zip"
    file.write_bytes(zipped(files))
    page.set_input_files("[name=file]", file)
    page.click("main form .btn-primary")
    page.wait_for_selector(".scorm-parts")
    page.goto(f"{course}?tab=versions")
    page.click("button[value=publish]")
    page.wait_for_selector(".message-success")
    return course.removeprefix(f"{person.site.url}/hanbit/training/")


def take(person: Person, course: str) -> str:
    """A learner takes it up and opens the lesson; returns the lesson's address."""
    person.go(f"/hanbit/portal/learning/{course}")
    if person.page.locator("form[action$='/enrol/'] button").count():
        person.page.click("form[action$='/enrol/'] button")
    person.page.locator("main a[href*='/lessons/']").first.click()
    person.page.wait_for_url(re.compile(r"/lessons/\d+/$"))
    return person.page.url


def inside(person: Person) -> FrameLocator:
    """The package, below the page that plays it."""
    return person.page.frame_locator(PART).frame_locator("iframe")


def was(person: Person) -> str:
    """What the package found as it began, once it has."""
    return inside(person).locator("#was:not(:empty)").inner_text()


def is_kept(person: Person) -> bool:
    """Whether the page says so, in whichever language."""
    told = "(() => { const box = document.querySelector('[data-scorm]');"
    return bool(
        person.page.evaluate(f"{told} return box.querySelector('[data-said]').textContent === box.dataset.kept }})()")
    )


@pytest.mark.parametrize(("version", "score"), [("1.2", "84"), ("2004", "90")])
def test_a_package_is_completed_gone_on_with_and_its_score_arrives(
    person: Callable[..., Person], axe: str, tmp_path: Path, version: str, score: str
) -> None:
    """A package of two activities: one is left half done and gone on with at a second sign-in, on a phone."""
    staff = person(OWNER)
    course = write_course(staff, f"Browser {version}", package(version, 2), tmp_path)
    learner = person(SEOUL)
    lesson = take(learner, course)
    assert was(learner).split("|")[:4] == ["ab-initio", "", "", {"1.2": "not attempted", "2004": "unknown"}[version]]
    inside(learner).locator("#half").click()
    until(lambda: is_kept(learner))
    assert check_page(learner, lesson.removeprefix(learner.site.url), axe) == []
    learner.page.context.close()

    again = person(SEOUL, phone=True, dark=True)
    page = again.page
    page.goto(lesson)
    assert was(again).split("|")[:4] == ["resume", "page-3", "a=1;b=é한", "incomplete"]
    inside(again).locator("#pass").click()
    page.wait_for_selector(".scorm-item.is-done >> nth=0")
    assert page.locator("[data-scorm-done]").is_hidden()
    if version == "1.2":
        page.click(".scorm-item >> nth=1")
    # The package of 2004 asked to go on by itself.
    page.wait_for_selector(".scorm-item[aria-current]:has-text('Part 2')")
    until(lambda: was(again).startswith("ab-initio"))
    inside(again).locator("#pass").click()
    page.wait_for_selector("[data-scorm-done]", state="visible")
    assert page.locator(".scorm-item.is-done").count() == 2
    assert again.complaints == []
    again.go(f"/hanbit/portal/learning/{course}")
    assert score in page.inner_text("main")
    assert staff.complaints == learner.complaints == []


def test_a_page_that_is_left_at_once_keeps_what_was_done_last(person: Callable[..., Person], tmp_path: Path) -> None:
    course = write_course(person(OWNER), "Browser left", package("1.2"), tmp_path)
    learner = person(SEOUL)
    lesson = take(learner, course)
    assert was(learner).startswith("ab-initio")
    inside(learner).locator("#half").click()
    learner.go("/hanbit/portal/")
    again = person(SEOUL)
    again.page.goto(lesson)
    assert was(again).startswith("resume|page-3|a=1;b=é한|incomplete")


def test_the_page_says_so_where_the_address_of_packages_does_not_answer(
    person: Callable[..., Person], site: Site, tmp_path: Path
) -> None:
    """And plays once it does, also where the portal is opened by its other name."""
    course = write_course(person(OWNER), "Browser silent", package("1.2"), tmp_path)
    learner = person(SEOUL)
    context = learner.page.context
    lesson = take(learner, course)
    packages = re.compile(r"//\w+\.scorm\.localhost:")
    context.route(packages, lambda route: route.abort())
    learner.page.reload()
    learner.page.wait_for_selector("[data-silent]", state="visible")
    assert packages.search(learner.page.inner_text("[data-silent]"))
    context.unroute(packages)

    by_name = Person(Site(site.url.replace("127.0.0.1", "localhost"), site.home), learner.page, [])
    by_name.sign_in(SEOUL)
    by_name.page.goto(lesson.replace("127.0.0.1", "localhost"))
    assert was(by_name).startswith("ab-initio")
    inside(by_name).locator("#pass").click()
    by_name.page.wait_for_selector("[data-scorm-done]", state="visible")
    assert by_name.page.locator("[data-silent]").is_hidden()


HOSTILE = f"""<!doctype html><meta charset="utf-8"><title>Part</title><script>{FIND}
const portal = decodeURIComponent(location.hash.slice(1)) || "PORTAL";
const api = find("API");
api.LMSInitialize("");
const found = [];
async function attempt(name, act) {{
  let result;
  try {{ result = await act(); }} catch {{ result = "refused"; }}
  found.push(`${{name}}:${{result}}`);
}}
(async () => {{
  await attempt("fetch", async () => (await fetch(`${{portal}}/hanbit/portal/`, {{ credentials: "include" }})).status);
  await attempt("blind", async () => (await fetch(`${{portal}}/hanbit/portal/`, {{ credentials: "include", mode: "no-cors" }})).type);
  await attempt("image", () => new Promise((done) => {{ const image = new Image(); image.onload = () => done("seen");
    image.onerror = () => done("refused"); image.src = `${{portal}}/static/favicon.ico`; }}));
  await attempt("page", () => window.top.document.title);
  await attempt("cookie", () => document.cookie || "none");
  await attempt("storage", () => window.top.localStorage.length);
  await attempt("lead", () => {{ window.top.location = "https://evil.example/"; return "led"; }});
  await attempt("worker", async () => {{ await navigator.serviceWorker.register("../shared/look.js"); return "there"; }});
  await attempt("window", () => {{ const opened = window.open(`${{portal}}/hanbit/portal/`); return opened ? opened.document.title : "none"; }});
  await attempt("post", async () => {{
    const frame = document.createElement("iframe"); frame.name = "sink"; document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, {{ method: "post", action: `${{portal}}/hanbit/portal/profile/edit/`, target: "sink" }});
    document.body.append(form); form.submit();
    return "tried";
  }});
  api.LMSSetValue("cmi.suspend_data", found.join(","));
  document.body.append(Object.assign(document.createElement("p"), {{ id: "found", textContent: found.join(",") }}));
}})();
</script><body>"""


def test_a_hostile_package_gets_nothing_of_the_portal(
    person: Callable[..., Person], site: Site, tmp_path: Path
) -> None:
    """It tries the learner's session by every way that a page has: what comes back is nothing."""
    files = package("1.2", **{"part1/index.html": HOSTILE.replace("PORTAL", site.url), "shared/look.js": "1"})
    course = write_course(person(OWNER), "Browser hostile", files, tmp_path)
    learner = person(SEOUL)
    asked: list[str] = []
    learner.page.context.on("request", lambda request: asked.append(request.url))
    lesson = take(learner, course)
    begun = len(asked)
    found = inside(learner).locator("#found").inner_text()
    told = dict(each.split(":", 1) for each in found.split(","))
    assert told.pop("post") == "tried"
    assert told.pop("cookie") == "none"
    assert told.pop("lead") in ("refused", "led")  # the browser says nothing of what it left undone
    assert told.pop("window") in ("refused", "none")
    assert set(told.values()) == {"refused"}, told
    assert learner.page.url == lesson
    stray = [url for url in asked[begun:] if url.startswith(f"{site.url}/hanbit/portal/profile")]
    assert stray == []
    until(lambda: is_kept(learner))
    assert learner.go("/hanbit/portal/").status == 200  # still signed in, and nothing changed
