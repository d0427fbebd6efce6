"""The recompute of all manufacturers against one plain SQL aggregate of the same lines by partner, and its memory."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from bench.harness import Measure, peak_memory_mb, report, seconds
from bench.network import Size, manufacturers
from commerce.models import SalesLine
from partners.models import Partner
from tenancy.rls import as_owner, platform_scope, staff_scope
from valuation.models import Programme
from valuation.services.programmes import create_default_programme
from valuation.services.recompute import recompute

LIMIT = 3.0
MEMORY_LIMIT_MB = 500

FLOOR = """
SELECT manufacturer_id, partner_id, sum(amount_base), sum(quantity), count(*), min(date), max(date)
FROM commerce_salesline GROUP BY manufacturer_id, partner_id
"""


def aggregate() -> None:
    """One plain aggregate over every line, by partner."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FLOOR)
        cursor.fetchall()


def forget() -> None:
    """Throw away what earlier recomputes left, so that a first one is a first one."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM notices_delivery WHERE notice_id IN (SELECT id FROM notices_notice"
            " WHERE kind LIKE 'valuation.%')"
        )
        cursor.execute("DELETE FROM notices_notice WHERE kind LIKE 'valuation.%'")
        cursor.execute("TRUNCATE valuation_score, valuation_grade, valuation_gradechange, valuation_graderun")
        cursor.execute("VACUUM ANALYZE notices_notice, notices_delivery, partners_partnersummary")


def publish_programmes() -> None:
    """The default programme for each manufacturer that has none."""
    for manufacturer in manufacturers():
        with staff_scope(manufacturer.pk):
            if not Programme.objects.exists():
                create_default_programme(effective_from=Size().first_day)


def recompute_all() -> int:
    """Every manufacturer's grades up to the last day of sell-in; returns how many partners were graded."""
    graded = 0
    for manufacturer in manufacturers():
        with staff_scope(manufacturer.pk):
            graded += recompute(Size().last_day).steps.partners
    return graded


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure a first recompute, which writes everything, and a second one, which finds it written."""
    parser = argparse.ArgumentParser(prog="bench.recompute", description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="runs of the aggregate and of the second recompute")
    options = parser.parse_args(argv)
    publish_programmes()
    forget()
    with platform_scope():
        owned = {"manufacturer__in": manufacturers()}
        sizes = {
            "partners": f"{Partner.objects.filter(**owned).count():,}",
            "lines": f"{SalesLine.objects.filter(**owned).count():,}",
        }
    floor = seconds(aggregate, times=options.times, warm_up=1)
    before = peak_memory_mb()
    first = seconds(recompute_all)
    again = seconds(recompute_all, times=options.times)
    memory = peak_memory_mb()
    notes = sizes | {"peak memory": f"{memory:.0f} MB of {MEMORY_LIMIT_MB}", "before it": f"{before:.0f} MB"}
    return report(
        [
            Measure("recompute, first", first, floor, LIMIT, notes),
            Measure("recompute, again", again, floor, LIMIT, {"days": 1}),
        ]
    ) | {"peak_memory_mb": memory, "database": settings.DATABASES["default"]["NAME"]}
