"""Pages that add up a whole network, each against (an empty signed-in page + one plain aggregate of the rows it is about).

What such a page takes is its database's time, so its own SQL is no floor: the aggregate is what cannot be saved. The same
pages are asked at the small manufacturer too: the number of queries must be the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.test import override_settings

from bench.harness import Measure, report, side_by_side
from bench.network import BIG, SMALL, Size
from bench.pages import Visitor, visitors
from bench.urls import EMPTY_STAFF

TIMES = 9


@dataclass(frozen=True)
class SumPage:
    """A page of staff, the plain aggregate that it cannot do without, and how many times both it may take."""

    name: str
    path: str
    floor: str
    limit: float


YEAR = Size.last_day.year
PAGES = [
    SumPage(
        "channel mix of a year",
        f"/{{slug}}/plans/mix/?year={YEAR}",
        "SELECT p.kind_id, sum(s.amount_base) FROM commerce_salesday s JOIN partners_partner p ON p.id = s.partner_id"
        f" WHERE s.date >= '{YEAR}-01-01' AND s.date < '{YEAR + 1}-01-01' GROUP BY 1",
        2.0,
    ),
    SumPage(
        "data quality",
        "/{slug}/quality/",
        "SELECT key, value, count(*) FROM partners_partner CROSS JOIN LATERAL jsonb_each(provenance) GROUP BY 1, 2",
        2.5,
    ),
    SumPage(
        "forecast",
        "/{slug}/forecast/",
        "SELECT partner_id, sum(amount_base), sum(amount_base * probability) FROM leads_opportunity o"
        " JOIN leads_pipelinestage s ON s.id = o.stage_id"
        " WHERE o.closed_at IS NULL AND o.amount_base IS NOT NULL GROUP BY 1",
        2.0,
    ),
    SumPage(
        "room for a distribution",
        "/{slug}/leads/batches/preview/",
        "SELECT p.id, count(l.id) FROM partners_partner p"
        " LEFT JOIN leads_lead l ON l.partner_id = p.id AND l.state = 'accepted'"
        " WHERE p.stage = 'active' GROUP BY 1",
        2.0,
    ),
]


def measure(page: SumPage, visitor: Visitor, small: Visitor, *, times: int) -> Measure:
    """One page beside its floor."""
    visitor.get(page.path)
    small.get(page.path)
    counts = len(visitor.queries(page.path)), len(small.queries(page.path))
    taken = side_by_side(
        {
            "page": lambda: visitor.get(page.path),
            "empty": lambda: visitor.get(EMPTY_STAFF),
            "sum": lambda: visitor.run_bare([(page.floor, None)]),
        },
        times=times,
    )
    notes: dict[str, Any] = {"plain sum": f"{taken['sum'] * 1000:.1f} ms", "queries": counts[0]}
    fault = "" if counts[0] == counts[1] else f"{counts[1]} queries at {Size.small_partners} partners"
    return Measure(page.name, taken["page"], taken["empty"] + taken["sum"], page.limit, notes, fault)


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure every page, or those asked for."""
    parser = argparse.ArgumentParser(prog="bench.sum_pages", description=__doc__)
    parser.add_argument("--page", action="append", help="measure only pages whose name contains this; may be repeated")
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args(argv)
    asked = [page for page in PAGES if not options.page or any(name in page.name for name in options.page)]
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        big, small = visitors(BIG)["staff"], visitors(SMALL)["staff"]
        return report([measure(page, big, small, times=options.times) for page in asked])
