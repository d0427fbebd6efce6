"""What is learned and measured, held against public data: figures are printed with `pytest -s`."""

import gzip
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from valuation.experiment import Amounts, Counted, assign, lift, wilson
from valuation.learning import FieldType, ScoreField, train

pytestmark = [pytest.mark.realdata]


def packed(path: Path, **options: object) -> pl.DataFrame:
    with gzip.open(path) as file:
        return pl.read_csv(io.BytesIO(file.read()), **options)  # type: ignore[arg-type]


@pytest.fixture
def calls(data: Path) -> pl.DataFrame:
    """A bank's campaign calls, May 2008 to November 2010, in the order of the calls."""
    return packed(data / "bank_marketing" / "bank-full.csv.gz", separator=";")


def test_pilots_of_real_recipients_hold_the_rate_of_all(calls: pl.DataFrame) -> None:
    """And two arms of them, treated alike, are no lift."""
    some = calls.gather_every(15)
    answered = (some["y"] == "yes").to_list()
    rate = sum(answered) / len(answered)
    strata = (some["job"] + some["marital"]).to_list()
    held, found, lots = 0, 0, 100

    for seed in range(lots):
        arms = assign(range(len(some)), strata, {"pilot": 0.2, "hold-out": 0.1, "rest": 0.7}, seed)
        counted = {
            arm: Counted(sum(answered[unit] for unit in members), len(members))
            for arm in ("pilot", "hold-out")
            if (members := [unit for unit, own in arms.items() if own == arm])
        }
        pilot = wilson(*counted["pilot"])
        held += pilot.low <= rate <= pilot.high
        found += lift(counted["pilot"], counted["hold-out"]).is_found

    print(f"\npilots that hold the rate: {held} of {lots}; alike, and found to differ: {found}")  # noqa: T201
    assert held >= 89
    assert found <= 11


def test_two_draws_of_real_customers_are_no_lift_in_amounts(data: Path) -> None:
    """A wholesaler's customers of a year and what they spent in its last month: most nothing, one a third of all."""
    lines = packed(data / "online_retail_2010_2011" / "online_retail_2010_2011.csv.gz", infer_schema_length=0)
    spent = (
        lines.filter(pl.col("CustomerID").is_not_null() & ~pl.col("InvoiceNo").str.starts_with("C"))
        .with_columns(amount=pl.col("Quantity").cast(pl.Float64) * pl.col("UnitPrice").cast(pl.Float64))
        .group_by("CustomerID")
        .agg(pl.col("amount").filter(pl.col("InvoiceDate") >= "2011-11-09").sum())
        .sort("CustomerID")["amount"]
        .to_numpy()
    )
    dice, found, draws, tenth = np.random.default_rng(1), 0, 200, len(spent) // 10

    for _ in range(draws):
        drawn = dice.permutation(spent)
        found += lift(Amounts.of(drawn[tenth:]), Amounts.of(drawn[:tenth])).is_found

    print(f"\n{len(spent)} customers, drawn alike and found to differ: {found} of {draws}")  # noqa: T201
    assert found <= draws * 0.05


@pytest.mark.slow
def test_an_early_warning_holds_for_a_course_it_has_not_seen(data: Path) -> None:
    """Learned from the first eight weeks of other courses, judged on one of which it knew nobody."""
    folder, weeks = data / "oulad_training_2013", 8 * 7
    course, person = ["code_module", "code_presentation"], ["code_module", "code_presentation", "id_student"]
    assessments = pl.read_csv(folder / "assessment.csv", infer_schema_length=None)
    due = assessments.filter(pl.col("date") <= weeks).group_by(course).agg(due=pl.len())
    work = (
        packed(folder / "student_assessment.csv.gz", infer_schema_length=None)
        .filter((pl.col("date_submitted") <= weeks) & (pl.col("is_banked") == 0))
        .join(assessments, on="id_assessment")
        .group_by(person)
        .agg(
            score=pl.col("score").cast(pl.Float64, strict=False).mean(),
            handed_in=pl.len(),
            early=(pl.col("date") - pl.col("date_submitted")).mean(),
        )
    )
    rows = (
        packed(folder / "student.csv.gz", infer_schema_length=None)
        .join(packed(folder / "student_registration.csv.gz", infer_schema_length=None), on=person)
        .filter(pl.col("date_unregistration").is_null() | (pl.col("date_unregistration") > weeks))
        .join(due, on=course)
        .join(work, on=person, how="left")
        .with_columns(handed_in=pl.col("handed_in").fill_null(0) / pl.col("due"))
    )
    numbers = ["score", "handed_in", "early", "date_registration", "num_of_prev_attempts", "studied_credits"]
    categories = ["region", "highest_education", "imd_band", "age_band"]

    model = train(
        rows,
        rows["final_result"].is_in(["Pass", "Distinction"]).to_list(),
        fields=[
            *(ScoreField(key, FieldType.NUMBER) for key in numbers),
            *(ScoreField(key, FieldType.CATEGORY) for key in categories),
        ],
        groups=(rows["code_module"] + rows["code_presentation"]).to_list(),
        judged=(rows["code_module"] == "DDD").to_list(),
    )

    seen = model.evaluation
    assert seen is not None
    print(  # noqa: T201
        f"\nearly warning: AUC {seen.auc:.3f} ({seen.auc_low:.3f} to {seen.auc_high:.3f}) on {seen.count} of course DDD,"
        f" Brier {seen.brier:.3f} (plain rate {seen.baseline_brier:.3f}), finished {seen.rate:.1%},"
        f" by tenths {' '.join(f'{each.realised:.0%}' for each in seen.bins)}"
    )
    assert seen.auc_low > 0.75
    assert seen.brier < 0.8 * seen.baseline_brier
    warned = model.score({"handed_in": 0.0, "region": "Atlantis"})
    assert warned.probability < 0.3
    assert warned.reasons[0].field in ("score", "handed_in", "early")
