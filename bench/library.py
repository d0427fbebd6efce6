"""Searching the library among 50,000 pieces of material, in three scripts, by staff and by a partner: what a page of results
takes beyond an empty page of the same person, against the SQL that it asks beyond that page, run bare. What is rare is found by
index, what half of the material says by walking from the newest on.

Every piece has two kilobytes of text. The library is made once, in the large manufacturer, and stays.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.test import override_settings

from bench.harness import Measure, report, say, side_by_side
from bench.network import BIG
from bench.pages import Page, Visitor, beyond, visitors
from bench.urls import EMPTY_PORTAL, EMPTY_STAFF
from campaigns.models import Asset
from tenancy.models import Manufacturer
from tenancy.rls import as_owner, commit_chunk, staff_scope

PIECES = 50_000
TIMES = 21
LIMIT = 3.0

PAGES = [
    Page(f"{side}: {name}", side, f"/{{slug}}/{'portal/' if side == 'partner' else ''}content/?q={words}")
    for side in ("staff", "partner")
    for name, words in (
        ("one of 50,000", "no04711"),
        ("a rare word in Korean", "누수방지"),
        ("a rare word in Japanese", "防水工事"),
        ("two words", "guide+no04711"),
        ("what half of it says", "catalogue"),
        ("a word of one sign", "値"),
        ("nothing fits", "zzzzyx"),
    )
]

FILL = """
WITH made AS (
    INSERT INTO campaigns_asset (
        manufacturer_id, kind, titles, summaries, tags, may_share, may_brand, state, reason,
        published_at, changed_at, created_at, updated_at
    )
    SELECT %(own)s, CASE WHEN n %% 2 = 0 THEN 'catalogue' ELSE 'manual' END,
        jsonb_build_object('en', 'Material no' || lpad(n::text, 5, '0'), 'ko', '자료 ' || n, 'ja', '資料' || n), '{}',
        ARRAY['tag' || n %% 20], true, false, 'published', '',
        at, at, at, at
    FROM generate_series(1, %(pieces)s) n, LATERAL (SELECT now() - n * interval '1 minute' AS at) moment
    RETURNING id, titles, kind
),
versions AS (
    INSERT INTO campaigns_assetversion (
        manufacturer_id, asset_id, language, number, is_current, source, stored, original_name, content_type, size, sha256,
        url, body, note, zones, preview, text, created_at
    )
    SELECT %(own)s, id, 'en', 1, true, 'page', '', '', '', 0, '', '', 'A text', '', '[]', 'none', 'A text', now() FROM made
    RETURNING asset_id
)
INSERT INTO campaigns_assettext (manufacturer_id, asset_id, language, title, text)
SELECT %(own)s, m.id, 'en', lower(m.titles->>'en'),
    lower(m.titles->>'en') || ' ' || (m.titles->>'ko') || ' ' || (m.titles->>'ja') || ' '
    || CASE WHEN m.kind = 'catalogue' THEN 'catalogue ' ELSE 'guide ' END
    || CASE WHEN m.id %% 997 = 0 THEN '누수방지 防水工事 ' ELSE '' END || CASE WHEN m.id %% 3000 = 0 THEN '値 ' ELSE '' END
    || (SELECT string_agg(md5((m.id * 61 + k)::text) || ' 바닥재시공안내' || chr((44032 + (m.id * 7 + k) %% 2000)::int)::text
        || ' 床材施工' || chr((19968 + (m.id * 11 + k) %% 2000)::int)::text, ' ') FROM generate_series(1, 24) k)
FROM made m
"""


def build() -> None:
    """The library, unless it stands."""
    manufacturer = Manufacturer.objects.get(slug=BIG)
    with staff_scope(manufacturer.pk):
        if Asset.objects.count() >= PIECES:
            return
        say(f"   making {PIECES:,} pieces of material")
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"own": manufacturer.pk, "pieces": PIECES})
        commit_chunk()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_asset, campaigns_assetversion, campaigns_assettext")


def measure(page: Page, visitor: Visitor, *, times: int) -> Measure:
    """One search beside its own SQL."""
    empty = EMPTY_STAFF if page.side == "staff" else EMPTY_PORTAL
    for path in (empty, page.path):
        visitor.get(path)
    own = beyond(visitor.queries(page.path), visitor.queries(empty))
    taken = side_by_side(
        {
            "page": lambda: visitor.get(page.path),
            "empty": lambda: visitor.get(empty),
            "sql": lambda: visitor.run_bare(own),
        },
        times=times,
        warm_up=3,
    )
    notes = {
        "page": f"{taken['page'] * 1000:.1f} ms",
        "empty": f"{taken['empty'] * 1000:.1f} ms",
        "queries": len(own),
    }
    return Measure(page.name, taken["page"] - taken["empty"], taken["sql"], LIMIT, notes)


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure every search."""
    parser = argparse.ArgumentParser(prog="bench.library", description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args(argv)
    build()
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        found = visitors(BIG)
        return report([measure(page, found[page.side], times=options.times) for page in PAGES])
