"""A single automatic offer against its own SQL run bare: an arrived lead is compared with the partners around it in the
largest manufacturer's network, the decision is kept, the offer made and its people told. All of it is rolled back."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction

from bench.harness import Measure, report, side_by_side
from bench.network import BIG, SMALL
from bench.pages import Query
from leads.models import DistributionRule, Lead, Mode, Offer
from leads.selectors.candidates import Candidates
from leads.services.routing import route_lead
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope

LIMIT = 3.0
TIMES = 21


class Arrival:
    """A lead of one manufacturer that has just come in, where one of its partners is."""

    def __init__(self, slug: str) -> None:
        self.manufacturer = Manufacturer.objects.get(slug=slug)
        with staff_scope(self.manufacturer.pk):
            self.rule, _is_new = DistributionRule.objects.update_or_create(kind=None, defaults={"mode": Mode.BEST})
            placed = Partner.objects.filter(latitude__isnull=False, stage="active").first()
            near = placed or Partner.objects.filter(stage="active").earliest("pk")
            self.lead, _is_new = Lead.objects.get_or_create(
                reference="L-BENCH001",
                defaults={
                    "company": "Bench",
                    "country": near.country,
                    "city": near.city,
                    "region": near.region,
                    "latitude": near.latitude,
                    "longitude": near.longitude,
                },
            )

    def rolled_back(self, job: Callable[[], Any]) -> Any:
        """What a job gives in the staff scope, of which nothing stays."""
        with staff_scope(self.manufacturer.pk):
            result = job()
            transaction.set_rollback(True)
        return result

    def offer(self) -> int:
        """Route the lead, as the worker does; returns how many offers it has now."""
        lead = Lead.objects.select_for_update(no_key=True, of=("self",)).select_related("kind", "category")
        found = lead.get(pk=self.lead.pk)
        route_lead(found, Candidates([found]))
        return Offer.objects.filter(lead=found).count()

    def queries(self) -> list[Query]:
        """What an offer asks and writes, in order."""
        asked: list[Query] = []

        def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            asked.append((sql, params))
            return execute(sql, params, many, context)

        def kept() -> int:
            with connection.execute_wrapper(keep):
                return self.offer()

        if self.rolled_back(kept) != 1:
            raise RuntimeError(f"{self.manufacturer.slug}: nobody could be offered the lead.")
        return asked

    def run_bare(self, queries: list[Query]) -> None:
        """The same statements, and what they give fetched."""
        with connection.cursor() as cursor:
            for sql, params in queries:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure one offer."""
    parser = argparse.ArgumentParser(prog="bench.leads_offer", description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args(argv)
    big, small = Arrival(BIG), Arrival(SMALL)
    big.queries()  # what the network is compared with is read every quarter of an hour
    own, few = big.queries(), small.queries()
    taken = side_by_side(
        {
            "offer": lambda: big.rolled_back(big.offer),
            "sql": lambda: big.rolled_back(lambda: big.run_bare(own)),
        },
        times=options.times,
        warm_up=3,
    )
    notes = {"sql": f"{taken['sql'] * 1000:.1f} ms", "queries": len(own), "in the small network": len(few)}
    return report([Measure("one automatic offer", taken["offer"], taken["sql"], LIMIT, notes)])
