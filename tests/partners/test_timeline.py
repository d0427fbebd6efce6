"""One timeline of a partner, merged from what the apps register."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners import services
from partners import timeline as timelines
from partners.models import Partner, Task
from partners.timeline import Before, Entry, TimelineSource, day_entry, newest, register_timeline, timeline_of
from partners.timeline_sources.partners import notices_sent, profile_changes
from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import staff_scope
from tests.factories import NoticeFactory, ProductCategoryFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sources but the test's own."""
    monkeypatch.setattr(timelines, "_sources", {})


def source(key: str, entries: list[Entry], right: Right = Right.PARTNERS_VIEW) -> list[Before]:
    """A source of these entries; returns what it is asked, each time."""
    asked: list[Before] = []

    def rows(_partner_id: int, before: Before, limit: int) -> list[Entry]:
        asked.append(before)
        older = [each for each in entries if (each.at, each.key) < (before.at, before.key)]
        return sorted(older, key=lambda each: (each.at, each.key), reverse=True)[:limit]

    register_timeline(TimelineSource(key, key.title(), "message", right, rows))
    return asked


def titles(page: Any) -> list[str]:
    return [shown.entry.title for shown in page.entries]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_of_any_size_show_every_entry_once_newest_first(
    bare: None, manager: Membership, partner: Partner, size: int
) -> None:
    same = [Entry(NOON, key, f"same {key}") for key in (1, 2, 3)]
    source("a", [*same, Entry(NOON - dt.timedelta(days=1), 9, "a before")])
    source("b", [Entry(NOON, 7, "b same"), Entry(NOON + dt.timedelta(hours=1), 1, "b after")])
    asked = source("c", [Entry(NOON, 2, "c same"), Entry(NOON, 1, "c first")])
    seen, after, pages = [], "", 0
    while pages == 0 or after:
        page = timeline_of(manager, partner, size=size, after=after)
        seen += titles(page)
        after, pages = page.next_key, pages + 1
    assert seen == ["b after", "c same", "c first", "b same", "same 3", "same 2", "same 1", "a before"]
    assert len(asked) == pages


def test_sources_without_the_right_are_not_asked(bare: None, manager: Membership, partner: Partner) -> None:
    source("open", [Entry(NOON, 1, "shown")])
    asked = source("closed", [Entry(NOON, 1, "hidden")], Right.SETTINGS_EDIT)
    assert titles(timeline_of(manager, partner)) == ["shown"]
    assert asked == []


def test_a_period_holds_its_first_and_its_last_day(bare: None, manager: Membership, partner: Partner) -> None:
    source("days", [day_entry(dt.date(2026, 3, day), day, f"day {day}") for day in range(1, 11)])
    page = timeline_of(manager, partner, since=dt.date(2026, 3, 3), until=dt.date(2026, 3, 5))
    assert titles(page) == ["day 5", "day 4", "day 3"]
    first = timeline_of(manager, partner, since=dt.date(2026, 3, 3), until=dt.date(2026, 3, 5), size=2)
    rest = timeline_of(manager, partner, since=dt.date(2026, 3, 3), until=dt.date(2026, 3, 5), after=first.next_key)
    assert titles(rest) == ["day 3"]
    assert rest.next_key == ""


def test_an_invented_place_gives_the_first_page(bare: None, manager: Membership, partner: Partner) -> None:
    source("open", [Entry(NOON, 1, "shown")])
    for after in ("x", "[1]:abc", "[]"):
        assert titles(timeline_of(manager, partner, after=after)) == ["shown"]


def test_what_was_changed_stands_there_with_who_and_from_what(
    client_for: SignIn, manager: Membership, partner: Partner
) -> None:
    client = client_for(manager)
    client.post(f"/hanbit/partners/{partner.pk}/stage/", {"stage": "dormant"})
    client.post(f"/hanbit/partners/{partner.pk}/stage/", {"stage": "ended"})
    with staff_scope(partner.manufacturer_id):
        page = timeline_of(manager, partner, sources=["moves"], size=1)
        assert titles(page) == ["Stage: from Dormant to Ended"]
        assert page.entries[0].entry.who == "Manager Lee"
        rest = timeline_of(manager, partner, sources=["moves"], after=page.next_key)
    assert titles(rest) == ["Stage: from Active to Dormant"]


def test_what_several_people_were_told_stands_there_once(
    partner: Partner, partner_admin: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    now = timezone.now()
    for member in (partner_admin, rep, sibling_rep):
        NoticeFactory(recipient=member, partner=member.partner, manufacturer=partner.manufacturer, created_at=now)
    with staff_scope(partner.manufacturer_id):
        Notice.objects.update(created_at=now)
        entries = notices_sent(partner.pk, Before(), 10)
    assert [bool(entry.title) for entry in entries] == [True, False]
    assert entries[0].text == f"To {rep.name}, {partner_admin.name}"


def test_the_page_tells_of_one_partner_and_of_no_other(
    client_for: SignIn, manager: Membership, partner: Partner, sibling: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        services.set_stage(sibling, "dormant")
    assert client_for(manager).get(f"/hanbit/partners/{partner.pk}/timeline/").context["entries"] == []
    response = client_for(manager).get(f"/hanbit/partners/{sibling.pk}/timeline/?source=moves&since=2020-01-01")
    assert [shown.entry.title for shown in response.context["entries"]] == ["Stage: from Active to Dormant"]
    response = client_for(manager).get(f"/hanbit/partners/{sibling.pk}/timeline/?source=nothing&since=someday")
    assert response.status_code == 200
    assert "Enter a valid date." in response.content.decode()


@pytest.mark.parametrize("size", [2, 12])
def test_a_page_asks_as_many_queries_whatever_happened(
    client_for: SignIn, manager: Membership, partner: Partner, rep: Membership, size: int
) -> None:
    client = client_for(manager)
    for number in range(size):
        with staff_scope(partner.manufacturer_id):
            Partner.objects.filter(pk=partner.pk).update(city=f"City {number}")
        NoticeFactory(recipient=rep, partner=partner, manufacturer=partner.manufacturer)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(f"/hanbit/partners/{partner.pk}/timeline/").status_code == 200
    counts = COUNTS.setdefault("page", len(queries))
    assert len(queries) == counts


COUNTS: dict[str, int] = {}


def test_deep_pages_are_read_off_an_index(partner: Partner, rep: Membership) -> None:
    """Nothing is sorted and nothing before the place is read, however much has happened."""
    at = timezone.now()
    with staff_scope(partner.manufacturer_id):
        Notice.objects.bulk_create(
            Notice(recipient=rep, partner=partner, kind="notices.job_done", key=f"n{number}") for number in range(3000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE notices_notice")
            notices = Notice.objects.filter(partner=partner)
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            with CaptureQueriesContext(connection) as queries:
                found = newest(notices, Before(at, 2**40), 51, at="created_at")
            assert len(found) <= 51
            cursor.execute(f"EXPLAIN (COSTS OFF) {queries[-1]['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using notice_by_partner" in plan
    assert "Sort" not in plan
    assert "ROW(created_at, id) <" in plan.split("Filter:")[0]


def test_sources_of_tables_without_rows_of_the_partner_are_not_asked(
    bare: None, manager: Membership, partner: Partner, sibling: Partner
) -> None:
    asked: list[int] = []

    def tasks(partner_id: int, _before: Before, _limit: int) -> list[Entry]:
        asked.append(partner_id)
        return [Entry(NOON, 1, "task")]

    register_timeline(TimelineSource("tasks", "Tasks", "check", Right.PARTNERS_VIEW, tasks, of=Task))
    with staff_scope(partner.manufacturer_id):
        services.create_task(partner=sibling, title="Count the stock")
        with CaptureQueriesContext(connection) as queries:
            assert titles(timeline_of(manager, partner)) == []
        assert titles(timeline_of(manager, sibling)) == ["task"]
    assert asked == [sibling.pk]
    assert len(queries) == 1


def test_changes_of_codes_are_told_by_their_names(manufacturer: Any, partner: Partner) -> None:
    for code, name in (("floor", "Floors"), ("wall", "Walls")):
        ProductCategoryFactory(manufacturer=manufacturer, code=code, names={"en": name})
    with staff_scope(manufacturer.pk):
        partner.country, partner.languages, partner.product_lines, partner.functions_off = "KR", ["en"], ["floor"], []
        partner.save()
        partner.country, partner.languages, partner.product_lines = "JP", ["ko", "ja"], ["wall", "gone"]
        partner.functions_off = ["deals"]
        partner.save()
        changes = {each.label: (each.before, each.after) for each in history_of(partner)[0].changes}
        entry = profile_changes(partner.pk, Before(), 1)[0]
    assert changes["Country"] == ("South Korea", "Japan")
    assert changes["Languages"] == ("English", "Korean, Japanese")
    assert changes["Authorised product lines"] == ("Floors", "Walls, gone")
    assert changes["Switched-off functions"] == ("", "Deal registration")
    assert "Languages: English → Korean, Japanese" in entry.text
