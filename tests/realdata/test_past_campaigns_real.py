"""A third of a bank's calls of two and a half years as past campaigns: brought in by the command, learned from by the job."""

import gzip
import io
import time
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from campaigns.models import Campaign, PropensityModel, Recipient, Response
from campaigns.propensity import Propensity
from campaigns.services import propensities
from jobs.models import Job
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.realdata.load import run

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
BEFORE = [
    "age",
    "job",
    "marital",
    "education",
    "default",
    "balance",
    "housing",
    "loan",
    "pdays",
    "previous",
    "poutcome",
]
EVERY = 3
"""Every third call is brought in: all would take three times as long and say the same."""
OF_THE_CALL = ["duration", "campaign", "contact", "day", "month"]


def sheet(data: Path, to: Path) -> Path:
    """The calls as one who keeps them would write them down. They stand in the order of their days, without the year."""
    with gzip.open(data / "bank_marketing" / "bank-full.csv.gz") as file:
        calls = pl.read_csv(io.BytesIO(file.read()), separator=";")
    assert sorted([*BEFORE, *OF_THE_CALL, "y"]) == sorted(calls.columns)
    month = pl.col("month").replace_strict(
        {name: number for number, name in enumerate(MONTHS, 1)}, return_dtype=pl.Int32
    )
    rows = calls.with_row_index("client").with_columns(
        month=month, year=2008 + (month < month.shift(1)).fill_null(value=False).cum_sum()
    )
    day = pl.date("year", "month", "day").dt.to_string("%Y-%m-%d")
    rows.gather_every(EVERY).select(
        campaign=pl.format("Calls of {}-{}", "year", pl.col("month").cast(pl.String).str.zfill(2)),
        date=pl.date("year", "month", 1).dt.to_string("%Y-%m-%d"),
        name=pl.format("Client {}", "client"),
        sent_on=day,
        replied_on=pl.when(pl.col("y") == "yes").then(day),
        known=pl.concat_str([pl.format(f"{key}: {{}}", key) for key in BEFORE], separator="; "),
    ).write_csv(to)
    return to


def test_bank_calls_tell_who_is_likely_to_answer_without_what_the_call_tells(
    manufacturer: Manufacturer, owner: Membership, data: Path, tmp_path: Path
) -> None:
    began = time.monotonic()
    file = sheet(data, tmp_path / "calls.csv")
    told = run(manufacturer, "past_campaigns", file, "bank_past_campaigns")
    brought = time.monotonic()
    assert (told["new"], told["rejected"]) == (15071, 0)
    again = run(manufacturer, "past_campaigns", file, "bank_past_campaigns")
    assert (again["unchanged"], again["new"], again["changed"]) == (15071, 0, 0)
    with staff_scope(manufacturer.pk):
        campaigns = Campaign.objects.count()
        assert Recipient.objects.filter(replied_at__isnull=False).count() == Response.objects.count() == 1767
        learning = time.monotonic()
        job = propensities.request_learning(by=owner)
        model = propensities.learn_now(timezone.now())
        learned = Propensity.from_json(PropensityModel.objects.get(pk=model.pk).document)
        assert Job.objects.get(pk=job.pk).kind == propensities.LEARNING

    seen = learned.model.evaluation
    assert seen is not None
    assert learned.best_half is not None
    print(  # noqa: T201
        f"\nbank calls: {campaigns} past campaigns of 15,071 people in {brought - began:.1f} s, learned in"
        f" {time.monotonic() - learning:.1f} s; AUC {seen.auc:.3f} ({seen.auc_low:.3f} to {seen.auc_high:.3f}) on the latest"
        f" {seen.count}, plain rate {seen.rate:.1%}, best half {learned.best_half:.1%},"
        f" lift by tenths {' '.join(f'{each.lift:.2f}' for each in learned.deciles)}"
    )
    assert (model.people, model.answered, model.is_useful) == (15071, 1767, True)
    parts = {part.key for part in learned.model.parts}
    assert {"known:poutcome", "known:housing"} <= parts
    assert not parts & {f"known:{key}" for key in OF_THE_CALL}
    # With the length of the call it would be above 0.9.
    assert 0.66 < seen.auc < 0.78
    assert learned.deciles[0].lift > 1.7
    assert 0.66 < learned.best_half < 0.80
