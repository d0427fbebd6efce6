"""Pages against (an empty signed-in page of the project with its layout + the page's own SQL run bare).

A page's own SQL is what it asks beyond what the empty page of the same person asks. The same pages are asked at the small
manufacturer too: the number of queries must be the same.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client, override_settings

from bench.harness import Measure, report, say, side_by_side
from bench.network import BIG, SMALL, Size
from bench.urls import EMPTY_PORTAL, EMPTY_STAFF
from partners.models import Partner
from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import scope, staff_scope

TIMES = 21
LIMIT = 2.0

Query = tuple[str, Any]


@dataclass(frozen=True)
class Page:
    """A page to measure: its name, whose it is ("staff" or "partner"), its address.

    `narrows`: what it shows may fit on one page at the small manufacturer, which then needs no count.
    """

    name: str
    side: str
    path: str
    narrows: bool = False


PAGES = [
    Page("staff dashboard", "staff", "/{slug}/"),
    Page("partner list", "staff", "/{slug}/partners/"),
    Page("partner list, searched", "staff", "/{slug}/partners/?q=Harbour", narrows=True),
    Page("partner list, filtered and sorted", "staff", "/{slug}/partners/?trend=falling&sort=-revenue", narrows=True),
    Page(
        "partner list, five filters",
        "staff",
        "/{slug}/partners/?q=Harbour&kind=retailer&region=Busan&stage=active&trend=falling&sort=-revenue",
        narrows=True,
    ),
    Page("partner page", "staff", "/{slug}/partners/{partner}/"),
    Page("portal home", "partner", "/{slug}/portal/"),
]


@dataclass
class Visitor:
    """A signed-in person of one manufacturer, and the scope that their pages run in."""

    slug: str
    member: Membership
    partner: int

    def __post_init__(self) -> None:
        self.client = Client()
        self.client.force_login(User.objects.get(pk=self.member.user_id))

    def address(self, path: str) -> str:
        return path.format(slug=self.slug, partner=self.partner)

    def get(self, path: str) -> None:
        """Ask for a page and insist on getting it."""
        response = self.client.get(self.address(path))
        if response.status_code != 200:
            raise RuntimeError(f"{self.address(path)} answered {response.status_code}.")

    def queries(self, path: str) -> list[Query]:
        """What a page asks the database, in order."""
        asked: list[Query] = []

        def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            asked.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            self.get(path)
        return asked

    def run_bare(self, queries: list[Query]) -> None:
        """Run the queries in the visitor's scope, and fetch what they give."""
        actor = "staff" if self.member.partner_id is None else "partner"
        with (
            scope(
                actor,
                manufacturer=self.member.manufacturer_id,
                partner=self.member.partner_id,
                user=self.member.user_id,
            ),
            connection.cursor() as cursor,
        ):
            for sql, params in queries:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()


def visitors(slug: str) -> dict[str, Visitor]:
    """The owner of a manufacturer, and the admin of a partner of usual size."""
    manufacturer = Manufacturer.objects.get(slug=slug)
    with staff_scope(manufacturer.pk):
        owner = Membership.objects.get(role=Role.OWNER)
        ids = list(Partner.objects.order_by("pk").values_list("pk", flat=True))
        usual = ids[len(ids) // 2]
        admin = Membership.objects.get(role=Role.PARTNER_ADMIN, partner_id=usual)
    return {"staff": Visitor(slug, owner, usual), "partner": Visitor(slug, admin, usual)}


def beyond(queries: list[Query], empty: list[Query]) -> list[Query]:
    """The queries that the empty page does not ask, as often as it does not ask them."""
    also = Counter(sql for sql, _ in empty)
    own = []
    for sql, params in queries:
        if also[sql]:
            also[sql] -= 1
        else:
            own.append((sql, params))
    return own


def measure(page: Page, visitor: Visitor, small: Visitor, *, times: int) -> Measure:
    """One page beside its floor."""
    empty_path = EMPTY_STAFF if page.side == "staff" else EMPTY_PORTAL
    for path in (empty_path, page.path):
        visitor.get(path)
        small.get(path)
    own = beyond(visitor.queries(page.path), visitor.queries(empty_path))
    counts = len(visitor.queries(page.path)), len(small.queries(page.path))
    taken = side_by_side(
        {
            "page": lambda: visitor.get(page.path),
            "empty": lambda: visitor.get(empty_path),
            "sql": lambda: visitor.run_bare(own),
        },
        times=times,
        warm_up=3,
    )
    notes: dict[str, Any] = {
        "empty": f"{taken['empty'] * 1000:.1f} ms",
        "sql": f"{taken['sql'] * 1000:.1f} ms",
        "queries": counts[0],
    }
    is_same = counts[0] == counts[1] or (page.narrows and counts[0] == counts[1] + 1)
    fault = "" if is_same else f"{counts[1]} queries at {Size.small_partners} partners"
    return Measure(page.name, taken["page"], taken["empty"] + taken["sql"], LIMIT, notes, fault)


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure every page, or those asked for."""
    return report(measured(PAGES, argv, prog="bench.pages", description=__doc__))


def measured(pages: Sequence[Page], argv: Sequence[str], *, prog: str, description: str | None) -> list[Measure]:
    """Each of the pages beside its floor."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--page", action="append", help="measure only pages whose name contains this; may be repeated")
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--show-sql", action="store_true", help="print each page's own SQL")
    options = parser.parse_args(argv)
    found = []
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        big, small = visitors(BIG), visitors(SMALL)
        for page in pages:
            if options.page and not any(name in page.name for name in options.page):
                continue
            found.append(measure(page, big[page.side], small[page.side], times=options.times))
            if options.show_sql:
                empty = EMPTY_STAFF if page.side == "staff" else EMPTY_PORTAL
                visitor = big[page.side]
                for sql, params in beyond(visitor.queries(page.path), visitor.queries(empty)):
                    say(f"    {sql}  {params}")
    return found
