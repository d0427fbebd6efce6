"""Policies tried on Maven's pipeline with its agents as partners, and 5,000 open leads distributed over 2,000 partners.

Prices stand for the expected amount (the amount won is known only of what was won), the engagement date for the arrival.
"""

import csv
import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest

from bench.leads_batch import build
from leads.models import BatchState, Lead, LeadBatch, LeadKind
from leads.replay import Mode, ReplayPolicy, replay
from leads.selectors.replays import past_of
from leads.services.batches import work_out
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory
from tests.leads.factories import LeadKindFactory

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

SINCE, UNTIL = dt.date(2017, 6, 1), dt.date(2017, 12, 31)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def maven(data: Path, manufacturer: Manufacturer) -> list[dict[str, str]]:
    """Agents as partners, products as kinds of leads, every opportunity that was begun as a lead that an agent had."""
    folder = data / "maven_crm"
    kind = PartnerKindFactory(manufacturer=manufacturer)
    agents = {
        row["sales_agent"]: PartnerFactory(manufacturer=manufacturer, name=row["sales_agent"], kind=kind, country="")
        for row in rows(folder / "sales_teams.csv")
    }
    prices = {row["product"].replace(" ", ""): float(row["sales_price"]) for row in rows(folder / "products.csv")}
    kinds = {name: LeadKindFactory(manufacturer=manufacturer, code=f"p{n}") for n, name in enumerate(prices)}
    begun = [row for row in rows(folder / "sales_pipeline.csv") if row["engage_date"]]
    leads = []
    for row in begun:
        product = row["product"].replace(" ", "")
        closed = dt.datetime.fromisoformat(row["close_date"]).replace(hour=18) if row["close_date"] else None
        arrived = dt.datetime.fromisoformat(row["engage_date"]).replace(hour=9)
        leads.append(
            Lead(
                reference=row["opportunity_id"],
                company=row["account"],
                kind=kinds[product],
                state={"Won": "won", "Lost": "lost"}.get(row["deal_stage"], "accepted"),
                partner=agents[row["sales_agent"]],
                amount_base=prices[product],
                received_at=arrived.replace(tzinfo=dt.UTC),
                accepted_at=arrived.replace(tzinfo=dt.UTC),
                closed_at=closed.replace(tzinfo=dt.UTC) if closed else None,
            )
        )
    with staff_scope(manufacturer.pk):
        Lead.objects.bulk_create(leads, batch_size=2_000)
    return begun


def test_policies_are_replayed_on_the_pipeline_of_maven(
    data: Path, manufacturer: Manufacturer, record_property: Any
) -> None:
    begun = maven(data, manufacturer)
    judged = [row for row in begun if SINCE.isoformat() <= row["engage_date"] <= UNTIL.isoformat()]
    policies = {
        "who wins most": ReplayPolicy(Mode.BEST, weights={"win_rate": 1.0}, rounds=1),
        "who wins most, 40 open": ReplayPolicy(Mode.BEST, weights={"win_rate": 1.0}, rounds=1, most_open=40),
        "in turn": ReplayPolicy(Mode.TURNS, rounds=1),
        "all at once by the week": ReplayPolicy(Mode.BATCH, weights={"win_rate": 1.0}, rounds=1, most_open=60),
    }
    outcomes = {}
    for name, policy in policies.items():
        started = time.monotonic()
        with staff_scope(manufacturer.pk):
            past = past_of(SINCE, UNTIL, policy)
        outcomes[name] = outcome = replay(past.leads, past.partners, policy)
        record_property(
            name,
            f"{100 * outcome.difference / outcome.done.value:+.1f} %"
            f" ({100 * outcome.low / outcome.done.value:+.1f} to {100 * outcome.high / outcome.done.value:+.1f}),"
            f" largest share {100 * outcome.policy.largest_share:.0f} %, {time.monotonic() - started:.1f} s",
        )

    for outcome in outcomes.values():
        assert outcome.leads == len(judged)
        assert outcome.learned == sum(row["deal_stage"] in ("Won", "Lost") for row in begun)
        assert outcome.realised_expected == pytest.approx(
            outcome.realised, rel=0.1
        )  # the judge knows what it speaks of
        assert outcome.low <= outcome.difference <= outcome.high
    assert outcomes["who wins most, 40 open"].policy.largest_share < outcomes["who wins most"].policy.largest_share
    in_turn = outcomes["in turn"]
    assert abs(in_turn.difference) < 0.1 * in_turn.done.value
    with staff_scope(manufacturer.pk):
        assert LeadKind.objects.count() == 7
        assert Partner.objects.count() == 35


def test_5000_open_leads_over_2000_partners(record_property: Any, django_db_blocker: Any) -> None:
    manufacturer = build(5_000, 2_000)
    started = time.monotonic()
    with staff_scope(manufacturer.pk):
        batch = LeadBatch.objects.create(name="All", state=BatchState.SOLVING, maximum_share=1, exploration=5)
        work_out(batch)
        batch.refresh_from_db()
        placed = batch.items.exclude(partner=None)
        assert (batch.leads, batch.items.count()) == (5_000, 5_000)
        assert batch.placed == placed.count() == sum(batch.shares.values_list("leads", flat=True))
        assert all(leads <= room for leads, room in batch.shares.values_list("leads", "room"))
        assert max(batch.shares.values_list("leads", flat=True)) <= 50
    record_property("seconds", round(time.monotonic() - started, 1))
    record_property("against in turn", f"{100 * (batch.value / batch.round_robin_value - 1):+.1f} %")
    record_property("against one by one", f"{100 * (batch.value / batch.greedy_value - 1):+.2f} %")
    record_property("placed", batch.placed)
    assert batch.facts["ways"]["free"]["value"] >= batch.greedy_value > batch.round_robin_value
    assert batch.value > batch.round_robin_value
