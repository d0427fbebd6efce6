"""The lists and boards of leads, opportunities, deals and sites on both sides, by the rule of `bench.pages`; and the reports,
which add up every lead of a period and have a time of their own to answer in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.test import override_settings

from bench.harness import Measure, report, seconds
from bench.network import BIG, SMALL
from bench.pages import Page, measured, visitors

REPORT_SECONDS = 1.5

PAGES = [
    Page("leads", "staff", "/{slug}/leads/"),
    Page("leads, searched", "staff", "/{slug}/leads/?q=enterprise+77", narrows=True),
    Page("leads, searched for what thousands have", "staff", "/{slug}/leads/?q=town", narrows=True),
    Page("leads, searched by number", "staff", "/{slug}/leads/?q=010-0007-9190", narrows=True),
    Page("leads, to be placed by hand", "staff", "/{slug}/leads/?state=manual", narrows=True),
    Page("leads, filtered and sorted", "staff", "/{slug}/leads/?state=new&kind=company&score=80&sort=-score", narrows=True),
    Page("leads of a campaign", "staff", "/{slug}/leads/?campaign=spring&source=call&source=website", narrows=True),
    Page("opportunities, board", "staff", "/{slug}/opportunities/"),
    Page("opportunities", "staff", "/{slug}/opportunities/list/"),
    Page("opportunities, searched", "staff", "/{slug}/opportunities/list/?q=town+77", narrows=True),
    Page("opportunities, stalled, by amount", "staff", "/{slug}/opportunities/list/?stalled=true&sort=-amount_base", narrows=True),
    Page("deals", "staff", "/{slug}/deals/"),
    Page("deals, searched", "staff", "/{slug}/deals/?q=customer+77", narrows=True),
    Page("deals, waiting for an answer", "staff", "/{slug}/deals/?state=submitted&due=late", narrows=True),
    Page("sites, board", "staff", "/{slug}/sites/"),
    Page("sites", "staff", "/{slug}/sites/list/"),
    Page("sites, searched", "staff", "/{slug}/sites/list/?q=building+77&stage=started", narrows=True),
    Page("portal: leads", "partner", "/{slug}/portal/leads/"),
    Page("portal: opportunities, board", "partner", "/{slug}/portal/opportunities/"),
    Page("portal: opportunities", "partner", "/{slug}/portal/opportunities/list/"),
    Page("portal: opportunities, searched", "partner", "/{slug}/portal/opportunities/list/?q=town", narrows=True),
    Page("portal: deals", "partner", "/{slug}/portal/deals/"),
    Page("portal: sites", "partner", "/{slug}/portal/sites/"),
]  # fmt: skip
REPORTS = [
    Page("reports, a year by source", "staff", "/{slug}/leads/reports/"),
    Page("reports, three years by partner", "staff", "/{slug}/leads/reports/?by=partner&days=1095"),
    Page("reports, a year by region", "staff", "/{slug}/leads/reports/?by=region"),
    Page("portal: reports", "partner", "/{slug}/portal/leads/reports/?days=1095"),
    Page("forecast", "staff", "/{slug}/forecast/"),
    Page("portal: forecast", "partner", "/{slug}/portal/forecast/"),
]


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure every page, or those asked for."""
    measures = measured(PAGES, argv, prog="bench.leads_pages", description=__doc__)
    if not argv:
        measures += reports()
    return report(measures)


def reports() -> list[Measure]:
    """How long each report takes, and that it asks as often at both sizes."""
    found = []
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        big, small = visitors(BIG), visitors(SMALL)
        for page in REPORTS:
            visitor, other = big[page.side], small[page.side]
            other.get(page.path)
            taken = seconds(lambda visitor=visitor, page=page: visitor.get(page.path), times=5, warm_up=1)  # type: ignore[misc]
            counts = len(visitor.queries(page.path)), len(other.queries(page.path))
            fault = "" if counts[0] == counts[1] else f"{counts[1]} queries in the small network"
            found.append(Measure(page.name, taken, REPORT_SECONDS, 1.0, {"queries": counts[0]}, fault))
    return found
