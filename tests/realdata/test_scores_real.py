"""Scores learned from public data, by the same road as a manufacturer's own: leads in the database, learned, measured."""

import datetime as dt
import gzip
import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from commerce.models import ProductCategory
from leads.models import KnownAt, Lead, LeadField, LeadState, ModelState
from leads.services import score_models
from leads.services.scores import score_leads
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory
from tests.realdata.load import read
from valuation.learning import Model

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]
KST = dt.timezone(dt.timedelta(hours=9))
BEGIN = dt.datetime(2008, 5, 5, tzinfo=KST)
EVERY = 3
"""Every third call is a lead, in the order of the calls: all would take three times as long and say the same."""
NUMBERS = ("age", "balance", "day", "duration", "campaign", "pdays", "previous")


def told(name: str, model: Any) -> Model:
    """The figures of a learned score, printed (`pytest -s`)."""
    learned = Model.from_json(model.document)
    seen = learned.evaluation
    assert seen is not None
    print(  # noqa: T201
        f"\n{name}: learned from {learned.learned_from} of {model.closed} closed leads ({model.won} won), measured on the"
        f" latest {seen.count} ({seen.rate:.1%} won): AUC {seen.auc:.3f} ({seen.auc_low:.3f} to {seen.auc_high:.3f}),"
        f" Brier {seen.brier:.4f} (plain rate {seen.baseline_brier:.4f}), calibration error {seen.ece:.3f},"
        f" expected {seen.predicted_won:.0f} won, came {seen.won}, best tenth {seen.best_tenth:.1%} -> {model.state}"
    )
    return learned


def bank_leads(data: Path) -> None:
    """Campaign calls as leads, in the order of the calls (May 2008 to November 2010). What the call's length says is known
    only afterwards, and is declared so."""
    with gzip.open(data / "bank_marketing" / "bank-full.csv.gz") as file:
        calls = pl.read_csv(io.BytesIO(file.read()), separator=";")
    for key in calls.columns[:-1]:
        LeadField.objects.create(
            key=key,
            type=LeadField.Type.NUMBER if key in NUMBERS else LeadField.Type.TEXT,
            known_at=KnownAt.OUTCOME if key == "duration" else KnownAt.ARRIVAL,
        )
    Lead.objects.bulk_create(
        (
            Lead(
                reference=f"B{number:06}",
                state=LeadState.WON if call.pop("y") == "yes" else LeadState.LOST,
                custom=call,
                received_at=BEGIN + number * dt.timedelta(minutes=25),
                closed_at=BEGIN + number * dt.timedelta(minutes=25) + dt.timedelta(hours=1),
            )
            for number, call in enumerate(calls.to_dicts())
            if number % EVERY == 0
        ),
        batch_size=5000,
    )


SHUFFLE = """
UPDATE leads_lead SET received_at = %(begin)s + abs(hashtext(reference)) %% 45211 * interval '25 minutes',
    closed_at = %(begin)s + abs(hashtext(reference)) %% 45211 * interval '25 minutes' + interval '1 hour'
"""


def learn_from_the_bank(order: str) -> Model:
    """What is learned without what the call's length tells."""
    model = score_models.learn()
    learned = told(f"bank marketing, {order}", model)
    assert "custom.duration" in learned.left_out
    assert "custom.duration" not in {part.key for part in learned.parts}
    assert learned.suspects == ()
    assert model.state == ModelState.ACTIVE
    assert learned.evaluation is not None
    # With the leak it would be above 0.9; published results without it lie between 0.75 and 0.80 on shuffled rows.
    assert 0.70 < learned.evaluation.auc < 0.82
    return learned


@pytest.mark.slow
def test_bank_marketing_teaches_a_score_without_its_leak(data: Path, manufacturer: Manufacturer) -> None:
    with staff_scope(manufacturer.pk):
        bank_leads(data)
        assert score_models.supply() == score_models.Supply(15071, 1767)  # counted by hand in the file
        learn_from_the_bank("in the order of time")

        with connection.cursor() as cursor:
            cursor.execute(SHUFFLE, {"begin": BEGIN})
        learned = learn_from_the_bank("shuffled")
        assert learned.evaluation is not None
        assert learned.evaluation.ece < 0.03
        fresh = Lead.objects.create(
            reference="new", custom={"poutcome": "success", "contact": "cellular", "duration": 900}
        )
        score_leads([fresh.pk])
        fresh.refresh_from_db()
        assert fresh.probability is not None
        assert fresh.probability > 0.4
        assert "custom.duration" not in {reason["field"] for reason in fresh.score_reasons}


def maven_leads(data: Path, manufacturer: Manufacturer) -> None:
    """Opportunities as leads: agents are partners, series are categories; what is still open stays open."""
    folder = data / "maven_crm"
    products = {row["product"]: row for row in read(folder / "products.csv").to_dicts()}
    accounts = {row["account"]: row for row in read(folder / "accounts.csv").to_dicts()}
    agents = read(folder / "sales_teams.csv")
    partners = {
        row["sales_agent"]: PartnerFactory(
            manufacturer=manufacturer, code=f"A{number}", name=row["sales_agent"], region=row["regional_office"]
        )
        for number, row in enumerate(agents.to_dicts())
    }
    series = {
        code: ProductCategory.objects.create(code=code, names={"en": code})
        for code in sorted({row["series"] for row in products.values()})
    }
    for key, kind in (("sector", "text"), ("employees", "number"), ("revenue", "number")):
        LeadField.objects.create(key=key, type=kind)
    stages = {"Won": LeadState.WON, "Lost": LeadState.LOST}
    leads = []
    for row in read(folder / "sales_pipeline.csv").to_dicts():
        product = products["GTX Pro" if row["product"] == "GTXPro" else row["product"]]
        account = accounts.get(row["account"] or "", {})
        came = _moment(row["engage_date"]) or dt.datetime(2017, 12, 31, tzinfo=KST)  # prospects have no date yet
        state = stages.get(row["deal_stage"], LeadState.ACCEPTED if row["engage_date"] else LeadState.NEW)
        leads.append(
            Lead(
                reference=row["opportunity_id"],
                company=row["account"] or "",
                city=account.get("office_location") or "",
                category=series[product["series"]],
                products=[product["product"]],
                amount_base=product["sales_price"],
                custom={key: account[key] for key in ("sector", "employees", "revenue") if account.get(key)},
                state=state,
                partner=None if state == LeadState.NEW else partners[row["sales_agent"]],
                received_at=came,
                accepted_at=None if state == LeadState.NEW else came,
                closed_at=_moment(row["close_date"]),
            )
        )
    Lead.objects.bulk_create(leads, batch_size=2000)


def _moment(day: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(day).replace(tzinfo=KST) if day else None


def test_maven_history_is_told_to_be_unpredictable_on_arrival(data: Path, manufacturer: Manufacturer) -> None:
    with staff_scope(manufacturer.pk):
        maven_leads(data, manufacturer)
        assert Lead.objects.count() == 8800
        assert Partner.objects.count() == 35  # five of them closed nothing
        assert score_models.supply() == score_models.Supply(6711, 4238)

        model = score_models.learn()
        learned = told("Maven CRM", model)

        assert learned.evaluation is not None
        assert learned.evaluation.auc < 0.6  # its outcomes were made up: nothing about an account tells them
        assert "partner" in learned.left_out
        pool = list(Lead.objects.filter(state=LeadState.NEW).values_list("pk", flat=True))
        score_leads(pool)
        assert Lead.objects.filter(pk__in=pool, scored_at=None).count() == 0
