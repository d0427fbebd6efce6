"""Creating a lead with its check for duplicates, beside the same create without it, among all leads of the network.

A tenth of the new leads are somebody known, as in a real pool. All is taken back afterwards.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from bench.harness import Measure, report, side_by_side
from bench.network import manufacturers
from leads.models import Lead, LeadLikeness
from leads.services.codes import source_of
from leads.services.intake import create_lead
from tenancy.rls import staff_scope

LIMIT = 1.5


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Create leads in turn, with the check and without."""
    parser = argparse.ArgumentParser(prog="bench.leads_create", description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    options = parser.parse_args(argv)
    largest = manufacturers().order_by("pk").first()
    assert largest is not None, "Build the network first."
    rng = random.Random(1)
    with transaction.atomic():
        with staff_scope(largest.pk):
            pool = Lead.objects.count()
            known = list(Lead.objects.exclude(phone="").values("company", "name", "phone", "email", "city")[:500])
            source = source_of("website")

            def values() -> dict[str, Any]:
                if known and rng.random() < 0.1:
                    return dict(rng.choice(known))
                number = rng.randrange(10**8)
                return {
                    "company": f"Enquiry {number}", "name": "Kim", "phone": f"010-{number:08}",
                    "email": f"kim@enquiry{number}.example", "city": f"Town {number % 400}", "country": "KR",
                }  # fmt: skip

            taken = side_by_side(
                {
                    "with": lambda: create_lead(values(), source=source),
                    "without": lambda: create_lead(values(), source=source, find_duplicates=False),
                },
                times=options.times,
                warm_up=20,
            )
            found = LeadLikeness.objects.count()
        transaction.set_rollback(True)
    notes = {"leads": f"{pool:,}", "likenesses found": found}
    return report([Measure("a new lead with its check", taken["with"], taken["without"], LIMIT, notes)])
