"""The whole pool distributed at once: 10,000 leads over 2,000 partners, 30 candidates each, compared, solved and stored.

In a manufacturer of its own, with partners, their people and territories, and leads spread over the country; measured is
the job from its start to its end, everything read and written.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from typing import Any

from django.db import connection

from bench.harness import Measure, peak_memory_mb, report, seconds
from jobs import services as job_services
from jobs.models import JobState
from leads.models import BatchState, Lead, LeadBatch
from leads.services import batches
from partners.models import Partner, PartnerKind, PartnerTerritory, Territory, TerritoryRule
from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import as_owner, platform_scope, staff_scope

LIMIT_SECONDS = 20.0
SLUG = "bench-batch"
REGIONS = 60


def build(leads: int, partners: int) -> Manufacturer:
    """Partners with territories and people, and a pool of leads; left as they are where they stand already."""
    rng = random.Random(1)
    with platform_scope():
        manufacturer, _made = Manufacturer.objects.get_or_create(
            slug=SLUG, defaults={"name": "Bench", "languages": ["en"], "currency": "KRW"}
        )
    with staff_scope(manufacturer.pk):
        if Partner.objects.count() == partners and Lead.objects.filter(state="new").count() == leads:
            return manufacturer
        kind, _made = PartnerKind.objects.get_or_create(code="bench", defaults={"names": {"en": "Bench"}})
        territories = Territory.objects.bulk_create(
            [Territory(code=f"t{number}", names={"en": f"Region {number}"}) for number in range(REGIONS)]
        )
        TerritoryRule.objects.bulk_create(
            [TerritoryRule(territory=each, country="KR", region=f"Region {n}") for n, each in enumerate(territories)]
        )
        made = Partner.objects.bulk_create(
            [
                Partner(
                    code=f"B{number:05}",
                    name=f"Partner {number}",
                    kind=kind,
                    stage="active",
                    country="KR",
                    latitude=round(33.2 + 4.8 * rng.random(), 6),
                    longitude=round(126.2 + 3.0 * rng.random(), 6),
                    lead_capacity=rng.choice([None, 5, 8, 12]),
                )
                for number in range(partners)
            ]
        )
        PartnerTerritory.objects.bulk_create(
            [
                PartnerTerritory(partner=partner, territory=territory)
                for partner in made
                for territory in rng.sample(territories, 3)
            ]
        )
        closed = [
            Lead(
                reference=f"C{number:07}",
                state=rng.choice(["won", "lost", "lost"]),
                partner=rng.choice(made),
                country="KR",
                amount_base=rng.randint(1, 90) * 1_000_000,
            )
            for number in range(leads // 2)
        ]
        pool = [
            Lead(
                reference=f"L{number:07}",
                company=f"Company {number}",
                country="KR",
                region=f"Region {rng.randrange(REGIONS)}",
                latitude=round(33.2 + 4.8 * rng.random(), 6),
                longitude=round(126.2 + 3.0 * rng.random(), 6),
                amount_base=rng.randint(1, 90) * 1_000_000,
                probability=0.05 + 0.4 * rng.random(),
            )
            for number in range(leads)
        ]
        Lead.objects.bulk_create([*closed, *pool], batch_size=2_000)
    users = User.objects.bulk_create(
        [User(email=f"rep{number}@{SLUG}.example", name=f"Rep {number}", password="!") for number in range(partners)]
    )
    with staff_scope(manufacturer.pk):
        Membership.objects.bulk_create(
            [
                Membership(user_id=user.pk, name=user.name, email=user.email, role=Role.PARTNER_REP, partner=partner)
                for user, partner in zip(users, made, strict=True)
            ]
        )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead, partners_partner, partners_partnerterritory, tenancy_membership")
    return manufacturer


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Build what is missing, and work the distribution out twice: into empty tables, and again in place of the first."""
    parser = argparse.ArgumentParser(prog="bench.leads_batch", description=__doc__)
    parser.add_argument("--leads-of-batch", type=int, default=10_000)
    parser.add_argument("--partners-of-batch", type=int, default=2_000)
    options = parser.parse_args(argv)
    manufacturer = build(options.leads_of_batch, options.partners_of_batch)
    job_services._queue_on_commit = lambda *_args: None  # run here, by no worker
    with staff_scope(manufacturer.pk):
        LeadBatch.objects.all().delete()
        batch = LeadBatch.objects.create(
            name="Bench", minimum_share=0.01, maximum_share=1, exploration=5, state=BatchState.DRAFT
        )
    measures = []
    before = peak_memory_mb()
    for turn in ("first", "again"):
        with staff_scope(manufacturer.pk):
            job = batches.request_solution(batch, by=None)  # type: ignore[arg-type]
        taken = seconds(lambda job=job: job_services.run_here(job))  # type: ignore[misc]
        with staff_scope(manufacturer.pk):
            job.refresh_from_db()
            batch.refresh_from_db()
            pairs = sum(len(each) for each in batch.items.values_list("candidates", flat=True))
            stored = batch.items.count()
        fault = (
            "" if job.state == JobState.DONE and stored == options.leads_of_batch else f"{job.state}, {stored} stored"
        )
        notes = {
            "placed": f"{batch.placed:,}",
            "candidates": f"{pairs:,}",
            "against in turn": f"{100 * (batch.value / batch.round_robin_value - 1):+.1f} %" if batch.value else "",
            "against one by one": f"{100 * (batch.value / batch.greedy_value - 1):+.1f} %" if batch.value else "",
            **{name: f"{spent:.1f} s" for name, spent in batch.facts["seconds"].items()},
            "memory": f"{before:.0f} to {peak_memory_mb():.0f} MB",
        }
        name = f"{options.leads_of_batch:,} leads over {options.partners_of_batch:,} partners, {turn}"
        measures.append(Measure(name, taken, LIMIT_SECONDS, 1.0, notes, fault))
    return report(measures)
