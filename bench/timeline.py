"""A partner's timeline of 100,000 entries: its newest page and one far back, as `bench.pages` measures pages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from django.db import connection
from django.test import override_settings

from bench.harness import report
from bench.network import BIG, SMALL
from bench.pages import TIMES, Page, Visitor, measure, visitors
from partners.models import CodeList, ContactCode, ContactEntry
from tenancy.rls import as_owner, staff_scope

ENTRIES = {BIG: 100_000, SMALL: 1_000}
PAGES_BACK = 10
OLDER = re.compile(r'href="(\?after=[^"]+)"')

# An hour and a bit between entries, so that days hold several.
TALK = """
INSERT INTO partners_contactentry (partner_id, direction, channel_id, at, others, title, summary, next_step, is_shared,
    created_at, updated_at)
SELECT %(partner)s, CASE number %% 3 WHEN 0 THEN 'in' ELSE 'out' END, %(channel)s, now() - number * interval '67 minutes',
    '', 'Call number ' || number, 'About orders, prices and the display in the shop.', '', false, now(), now()
FROM generate_series(1, %(entries)s) number
"""


def talk(visitor: Visitor) -> None:
    """Fill the contact history of the visitor's partner, once."""
    entries = ENTRIES[visitor.slug]
    with staff_scope(visitor.member.manufacturer_id), connection.cursor() as cursor:
        own = ContactEntry.objects.filter(partner=visitor.partner)
        if own.count() >= entries:
            return
        own.delete()
        channel, _is_new = ContactCode.objects.get_or_create(
            list=CodeList.CHANNEL, code="call", defaults={"names": {"en": "Call"}}
        )
        cursor.execute(TALK, {"partner": visitor.partner, "channel": channel.pk, "entries": entries})
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE partners_contactentry")


def far_back(visitor: Visitor, path: str) -> str:
    """The address of a page some pages back, as its links lead there."""
    query = ""
    for _page in range(PAGES_BACK):
        answer = visitor.client.get(visitor.address(path) + query)
        found = OLDER.search(answer.content.decode())
        if found is None:
            raise RuntimeError(f"{visitor.address(path)}{query} has no older page.")
        query = unescape(found[1])
    return path + query.replace("{", "{{").replace("}", "}}")


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure the newest page and one far back."""
    parser = argparse.ArgumentParser(prog="bench.timeline", description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args(argv)
    path = "/{slug}/partners/{partner}/timeline/"
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        big, small = visitors(BIG)["staff"], visitors(SMALL)["staff"]
        talk(big)
        talk(small)
        pages = [
            Page("timeline of 100,000 entries", "staff", path),
            Page(f"timeline, {PAGES_BACK} pages back", "staff", far_back(big, path)),
        ]
        return report([measure(page, big, small, times=options.times) for page in pages])
