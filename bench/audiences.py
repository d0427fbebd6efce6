"""The live count of audiences of six conditions, against the same SQL run bare, and against a second in all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from django.db import connection

from bench.harness import Measure, report, say, side_by_side
from bench.network import BIG
from partners.audiences.fields import Catalogue
from partners.selectors.audiences import ReadAudience
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope

TIMES = 11
LIMIT = 1.5
MOST_SECONDS = 1.0

AUDIENCES: dict[str, dict[str, Any]] = {
    "six conditions on profile and figures": {
        "op": "all",
        "rules": [
            {"field": "country", "test": "any_of", "value": ["KR"]},
            {"field": "stage", "test": "any_of", "value": ["active", "dormant"]},
            {"field": "revenue", "test": "at_least", "value": "1000000"},
            {"field": "growth", "test": "less_than", "value": "0"},
            {"field": "name", "test": "contains", "value": "harbour"},
            {"field": "completeness", "test": "at_least", "value": "40"},
        ],
    },
    "six nested conditions over other tables": {
        "op": "any",
        "rules": [
            {
                "op": "all",
                "rules": [
                    {"field": "kind", "test": "any_of", "value": ["agency", "dealer"]},
                    {"field": "last_seen", "test": "older_days", "value": 30},
                    {"field": "has_people", "test": "yes"},
                ],
            },
            {
                "op": "none",
                "rules": [
                    {"field": "specialisations", "test": "filled"},
                    {"field": "territory", "test": "filled"},
                    {"field": "score", "test": "at_least", "value": "50"},
                ],
            },
        ],
    },
}


def measure(name: str, definition: dict[str, Any], member: Membership, *, times: int, shows_plan: bool) -> Measure:
    """One audience counted as the builder counts it, beside its own SQL."""
    catalogue = Catalogue(member)
    found: list[int] = []

    def count() -> None:
        found[:] = [ReadAudience(definition, Catalogue(member)).partners.count()]

    query = ReadAudience(definition, catalogue).partners.order_by().values("pk").query
    sql, params = query.sql_with_params()
    with connection.cursor() as cursor:

        def bare() -> None:
            cursor.execute(f"SELECT count(*) FROM ({sql}) asked", params)
            cursor.fetchall()

        taken = side_by_side({"count": count, "bare": bare}, times=times)
        if shows_plan:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) SELECT count(*) FROM ({sql}) asked", params)
            say("\n".join(line for (line,) in cursor.fetchall()))
    fault = "" if taken["count"] <= MOST_SECONDS else f"more than {MOST_SECONDS:g} s"
    return Measure(name, taken["count"], taken["bare"], LIMIT, {"partners": f"{found[0]:,}"}, fault)


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Count each audience in the largest manufacturer."""
    parser = argparse.ArgumentParser(prog="bench.audiences", description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--explain", action="store_true", help="print the plans below the policies")
    options = parser.parse_args(argv)
    with staff_scope(Manufacturer.objects.get(slug=BIG).pk):
        owner = Membership.objects.select_related("manufacturer").get(role=Role.OWNER)
        return report(
            [
                measure(name, definition, owner, times=options.times, shows_plan=options.explain)
                for name, definition in AUDIENCES.items()
            ]
        )
