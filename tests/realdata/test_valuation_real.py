"""KPIs, scores and grades of the public data sets, compared with a computation straight from the files, to the cent."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dateutil.relativedelta import relativedelta

from partners.completeness import COUNTED
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.factories import ManufacturerFactory
from tests.realdata import load
from tests.valuation.arithmetic import LOWER_IS_BETTER, Held, Rule, breaks_of, score_of
from tests.valuation.sales import rounded
from valuation import services
from valuation.models import Grade, GradeRun, Programme, Score

pytestmark = [pytest.mark.realdata, pytest.mark.django_db, pytest.mark.slow]

D = Decimal
MONEY = pl.Decimal(38, 4)
Kpis = dict[str, Decimal]


def sell_in_kpis(lines: pl.DataFrame, day: dt.date) -> dict[str, Kpis]:
    """The sell-in KPIs of every partner with lines: `partner`, `date`, `amount`, `order` and `product` are columns."""
    after = day + dt.timedelta(days=1)
    start, before = after - relativedelta(months=12), after - relativedelta(months=24)
    months = [start + relativedelta(months=number) for number in range(12)]
    known = lines.filter(pl.col("date") <= day).with_columns(
        is_sale=pl.col("amount") >= 0,
        is_now=pl.col("date") >= start,
        month=sum((pl.col("date") >= first).cast(pl.Int32) for first in months),
    )
    now, sale = pl.col("is_now"), pl.col("is_sale")
    rows = known.group_by("partner").agg(
        revenue=pl.col("amount").filter(now).sum(),
        previous=pl.col("amount").filter(~now & (pl.col("date") >= before)).sum(),
        gross=pl.col("amount").filter(now & sale).sum(),
        orders=pl.struct("date", "order").filter(now & sale).n_unique(),
        active_months=pl.col("month").filter(now & sale).n_unique(),
        breadth=pl.col("product").filter(now & sale).drop_nulls().n_unique(),
        days=pl.col("date").filter(sale).n_unique(),
        first=pl.col("date").filter(sale).min(),
        last=pl.col("date").filter(sale).max(),
    )
    kpis: dict[str, Kpis] = {}
    for row in rows.iter_rows(named=True):
        found: Kpis = {name: D(row[name]) for name in ("revenue", "orders", "active_months", "breadth")}
        if row["previous"] > 0:
            found["growth"] = rounded((row["revenue"] - row["previous"]) * 100 / row["previous"])
        if row["gross"] > 0:
            found["return_share"] = rounded((row["gross"] - row["revenue"]) * 100 / row["gross"])
        if row["days"] >= 3:
            silence, span = (day - row["last"]).days, (row["last"] - row["first"]).days
            found["recency"] = rounded(D(silence * (row["days"] - 1)) / span)
        kpis[row["partner"]] = found
    return kpis


NOTHING: Kpis = {"revenue": D(0), "orders": D(0), "active_months": D(0), "breadth": D(0)}


def completeness(rows: Sequence[Mapping[str, Any]], code: str, columns: Mapping[str, str | None]) -> dict[str, Decimal]:
    """Profile completeness by partner: `columns` says which counted field comes from which column (None: a constant)."""
    counted = [columns[name] for name in COUNTED if name in columns]
    return {
        row[code]: rounded(
            D(100 * sum(column is None or row[column] not in (None, "") for column in counted)) / len(COUNTED), "0.01"
        )
        for row in rows
    }


def compare(
    manufacturer: Manufacturer,
    lines: pl.DataFrame,
    profiles: Mapping[str, Decimal],
    days: Sequence[dt.date],
) -> None:
    """Recompute day after day; every partner's KPIs, score, tier and grade must be what the files say."""
    held: dict[str, Held] = defaultdict(Held)
    with staff_scope(manufacturer.pk):
        kinds = {(p.external_code or p.code): p.kind_id for p in Partner.objects.all()}
    for day in days:
        with staff_scope(manufacturer.pk):
            result = services.recompute(day)
            programme = Programme.objects.get()
            rules = [Rule(row.kpi, row.weight, row.target) for row in programme.kpis.all()]
            tiers = sorted(programme.tiers.values_list("min_score", "rank"), reverse=True)
            scores = {
                (score.partner.external_code or score.partner.code): score
                for score in Score.objects.filter(day=day).select_related("partner", "tier")
            }
            grades = {
                (grade.partner.external_code or grade.partner.code): grade
                for grade in Grade.objects.select_related("partner", "tier")
            }
        kpis = {code: dict(NOTHING) for code in kinds} | sell_in_kpis(lines, day)
        for code in kinds:
            kpis[code]["profile"] = profiles.get(code, D(0))
        assert {code: {key: D(value) for key, value in score.kpis.items()} for code, score in scores.items()} == kpis

        breaks: dict[int, dict[str, Any]] = defaultdict(dict)
        for kind in set(kinds.values()):
            for rule in rules:
                values = [
                    -kpis[code][rule.key] if rule.key in LOWER_IS_BETTER else kpis[code][rule.key]
                    for code in kinds
                    if kinds[code] == kind and rule.key in kpis[code]
                ]
                if rule.target is None and len(values) > 1:
                    breaks[kind][rule.key] = breaks_of(values)
        expected = {code: score_of(kpis[code], rules, breaks[kinds[code]]) for code in kinds}
        assert {code: score.score for code, score in scores.items()} == expected

        reached = {code: next(rank for least, rank in tiers if score >= least) for code, score in expected.items()}
        assert {code: score.tier.rank for code, score in scores.items() if score.tier} == reached
        before = {code: state.tier for code, state in held.items()}
        for code, rank in reached.items():
            held[code].reach(rank, day)
        assert {code: (grade.tier.rank, grade.below_since) for code, grade in grades.items()} == {
            code: (state.tier, state.below_since) for code, state in held.items()
        }
        moved = [(before.get(code), state.tier or 0) for code, state in held.items()]
        assert (result.steps.partners, result.steps.changed, result.steps.up, result.steps.down) == (
            len(kinds),
            sum(old != new for old, new in moved),
            sum(old is not None and new > old for old, new in moved),
            sum(old is not None and new < old for old, new in moved),
        )
        assert result.steps.held_by_grace == sum(state.below_since is not None for state in held.values())
    with staff_scope(manufacturer.pk):
        assert GradeRun.objects.filter(is_complete=True).count() == len(days)


def lines_of(frame: pl.DataFrame, **columns: Any) -> pl.DataFrame:
    """The lines as they are compared: a partner, a day, an amount, an order and a product."""
    return frame.select(**columns).with_columns(
        pl.col("date").str.slice(0, 10).str.to_date(), pl.col("amount").cast(MONEY)
    )


def test_adventureworks_is_valued_as_its_files_say(data: Path, tmp_path: Path) -> None:
    manufacturer = ManufacturerFactory(slug="adventure", currency="USD")
    load.adventureworks(data, manufacturer, tmp_path)
    folder = data / "adventureworks_reseller"
    lines = lines_of(
        load.read(folder / "FactResellerSales.csv.gz"),
        partner="ResellerKey",
        date="OrderDate",
        amount="SalesAmount",
        order="SalesOrderNumber",
        product="ProductKey",
    )
    profiles = completeness(
        load.read(tmp_path / "resellers.csv").rows(named=True),
        "ResellerKey",
        {
            "phone": "Phone",
            "address": "AddressLine1",
            "city": "City",
            "postal_code": "PostalCode",
            "country": "CountryRegionCode",
            "employees": "NumberEmployees",
            "established_year": "YearOpened",
        },
    )
    compare(
        manufacturer,
        lines,
        profiles,
        [
            dt.date(2012, 2, 29),
            dt.date(2012, 6, 30),
            dt.date(2012, 9, 30),
            dt.date(2012, 12, 15),
            dt.date(2013, 3, 31),
            dt.date(2013, 7, 1),
            dt.date(2013, 11, 29),
        ],
    )


IOWA_PROFILE = {"address": "address", "city": "city", "postal_code": "zip", "country": None}


def test_an_iowa_distillers_dealers_are_valued_as_its_files_say(data: Path) -> None:
    manufacturer = ManufacturerFactory(slug="cedar", currency="USD")
    load.iowa_distiller(data, manufacturer)
    folder = data / "iowa_liquor_sellin"
    lines = lines_of(
        load.read(folder / "manufacturer_cedar_ridge_lines_2018_2021.csv.gz"),
        partner="store",
        date="date",
        amount="sales_usd",
        order=pl.lit(""),
        product="item",
    )
    profiles = completeness(load.read(folder / "stores.csv").rows(named=True), "store", IOWA_PROFILE)
    compare(manufacturer, lines, profiles, [dt.date(2020, 2, 29), dt.date(2021, 6, 15), dt.date(2021, 12, 31)])


def test_the_state_of_iowas_dealers_are_valued_as_its_files_say(data: Path) -> None:
    manufacturer = ManufacturerFactory(slug="iowa", currency="USD")
    load.iowa_state(data, manufacturer)
    folder = data / "iowa_liquor_sellin"
    lines = lines_of(
        load.read(folder / "store_day_2018_2021.csv.gz"),
        partner="store",
        date="date",
        amount="sales_usd",
        order=pl.lit(""),
        product=pl.lit(None, dtype=pl.String),
    )
    profiles = completeness(load.read(folder / "stores.csv").rows(named=True), "store", IOWA_PROFILE)
    compare(manufacturer, lines, profiles, [dt.date(2019, 12, 31), dt.date(2020, 6, 30), dt.date(2021, 2, 11)])
