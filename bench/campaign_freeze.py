"""The readers of a campaign frozen at approval: 100,000 people found, left out by reason, drawn into arms and kept.

In a manufacturer of its own; measured is the whole of it beside the time that the database took for its statements. Another
campaign of the same week has the same readers, so that cap and hold-out have something to look through.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection

from bench.harness import Measure, peak_memory_mb, report
from campaigns.models import Campaign, CampaignContent, CampaignState, CampaignVariant, Recipient
from campaigns.services.freezing import freeze, preview
from partners.models import Contact, ContactConsent, Partner, PartnerKind, PartnerSummary
from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import as_owner, platform_scope, staff_scope

SLUG = "bench-campaign"
LIMIT = 3.0
TIMES = 3
PEOPLE = 5
"""At each company."""
COUNTRIES = ("KR", "JP", "US", "DE", "VN")
GRADES = ("platinum", "gold", "silver", "bronze", "")
DAY = dt.date(2026, 6, 1)


def build(people: int) -> Manufacturer:
    """Companies with people who agreed to mails; left as they are where they stand already."""
    with platform_scope():
        manufacturer, _made = Manufacturer.objects.get_or_create(
            slug=SLUG, defaults={"name": "Bench", "languages": ["en"], "currency": "KRW"}
        )
    with staff_scope(manufacturer.pk):
        if Contact.objects.count() == people:
            return manufacturer
        kind, _made = PartnerKind.objects.get_or_create(code="bench", defaults={"names": {"en": "Bench"}})
        companies = Partner.objects.bulk_create(
            [
                Partner(code=f"C{n:06}", name=f"Company {n}", kind=kind, country=COUNTRIES[n % len(COUNTRIES)])
                for n in range(people // PEOPLE)
            ],
            batch_size=5_000,
        )
        for place, grade in enumerate(GRADES):
            PartnerSummary.objects.filter(partner__in=[each.pk for each in companies[place::7]]).update(tier_code=grade)
        contacts = Contact.objects.bulk_create(
            [
                Contact(partner=company, name=f"Person {n}.{k}", email=f"p{n}.{k}@c{n}.example", language="en")
                for n, company in enumerate(companies)
                for k in range(PEOPLE)
            ],
            batch_size=5_000,
        )
        ContactConsent.objects.bulk_create(
            [
                ContactConsent(partner_id=each.partner_id, contact=each, channel="email", given_on=DAY, source="Fair")
                for each in contacts
            ],
            batch_size=5_000,
        )
    user = User.objects.create_user(email=f"owner@{SLUG}.example", password="!", name="Owner")
    with staff_scope(manufacturer.pk):
        Membership.objects.create(user_id=user.pk, name=user.name, email=user.email, role=Role.OWNER)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_partner, partners_contact, partners_contactconsent, partners_partnersummary")
    return manufacturer


def plan(name: str, owner: Membership) -> Campaign:
    """Three variants, a pilot of 2,000, a tenth held out."""
    found = Campaign.objects.filter(name=name).first()
    if found is not None:
        return found
    campaign = Campaign.objects.create(
        name=name, owner=owner, goal_value=3, starts_on=DAY, ends_on=DAY + dt.timedelta(days=27),
        rollout_on=DAY + dt.timedelta(days=8), pilot_size=2_000,
    )  # fmt: skip
    for label in "ABC":
        variant = CampaignVariant.objects.create(campaign=campaign, label=label)
        CampaignContent.objects.create(variant=variant, language="en", subject="Prices", body="Dear {name}")
    return campaign


class Statements:
    """How long the database took for what was asked of it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started


def timed(name: str, job: Any, people: int) -> Measure:
    """The median of some runs, by the ratio to their own statements."""
    runs = []
    for _turn in range(TIMES):
        statements = Statements()
        with connection.execute_wrapper(statements):
            started = time.perf_counter()
            counts = job()
            runs.append((time.perf_counter() - started, statements.seconds, counts))
    taken, floor, counts = sorted(runs, key=lambda run: run[0] / run[1])[TIMES // 2]
    found = counts.readers + counts.out
    fault = "" if found == people else f"{found:,} of {people:,} people found"
    notes = {
        "pilot": f"{counts.pilot:,}",
        "roll-out": f"{counts.rest:,}",
        "held out": f"{counts.holdout:,}",
        "left out": f"{counts.out:,}",
        "memory": f"{peak_memory_mb():.0f} MB",
    }
    return Measure(name, taken, floor, LIMIT, notes, fault)


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Build what is missing, freeze, and count as the page does before approval."""
    parser = argparse.ArgumentParser(prog="bench.campaign_freeze", description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    options = parser.parse_args(argv)
    manufacturer = build(options.readers)
    with staff_scope(manufacturer.pk):
        owner = Membership.objects.select_related("manufacturer").get(role=Role.OWNER)
        other = plan("Same week", owner)
        if not Recipient.objects.filter(campaign=other).exists():
            freeze(other)
            Campaign.objects.filter(pk=other.pk).update(state=CampaignState.APPROVED)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_recipient")
    with staff_scope(manufacturer.pk):
        campaign = plan("Measured", owner)
        return report(
            [
                timed(f"{options.readers:,} readers frozen", lambda: freeze(campaign), options.readers),
                timed(f"{options.readers:,} readers counted before", lambda: preview(campaign), options.readers),
            ]
        )
