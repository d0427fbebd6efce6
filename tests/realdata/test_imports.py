"""The public data sets through the import command, compared with sums straight from the files."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.db.models import Sum

from commerce.models import Product, SalesDay, SalesLine, SalesMonth
from partners.models import Partner, PartnerKind, Stage
from partners.provenance import provenance_of
from partners.services import update_partner
from tenancy.rls import staff_scope
from tests.commerce.totals import totals_of_lines, totals_stored
from tests.factories import ManufacturerFactory
from tests.realdata import load

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]

MONEY = pl.Decimal(38, 4)
MONTHS_OF_TRAPS = ["2010-12", "2011-01", "2011-02", "2011-08"]
"""A quarter of the lines of online retail, with every kind of trap: all would take four times as long and say the same."""


def told(new=0, changed=0, unchanged=0, rejected=0):
    return {"new": new, "changed": changed, "unchanged": unchanged, "rejected": rejected}


def counts(outcome):
    found = {name: outcome[name] for name in ("new", "changed", "unchanged", "rejected")}
    assert sum(found.values()) == outcome["rows_read"]
    return found


def months_of(lines: pl.DataFrame, *by: str) -> dict[tuple[str, ...], Decimal]:
    """Amounts of the file by the given columns and month; `date` and `amount` are its columns."""
    added = lines.group_by(*by, pl.col("date").str.slice(0, 7).alias("month")).agg(pl.col("amount").cast(MONEY).sum())
    return {tuple(row[:-1]): row[-1] for row in added.rows()}


def stored_months(*by: str) -> dict[tuple[str, ...], Decimal]:
    rows = SalesMonth.objects.values_list(*by, "month").annotate(total=Sum("amount_base"))
    return {(*row[:-2], row[-2].strftime("%Y-%m")): row[-1] for row in rows}


def test_adventureworks(data, tmp_path):
    manufacturer = ManufacturerFactory(slug="adventure", currency="USD")

    outcomes = load.adventureworks(data, manufacturer, tmp_path)

    assert counts(outcomes["partners"]) == told(new=701)
    assert counts(outcomes["products"]) == told(new=606)
    assert counts(outcomes["sell_in"]) == told(new=60_855)
    lines = load.read(data / "adventureworks_reseller/FactResellerSales.csv.gz").with_columns(
        pl.col("OrderDate").alias("date"), pl.col("SalesAmount").alias("amount")
    )
    with staff_scope(manufacturer.pk):
        assert totals_stored() == totals_of_lines()
        assert stored_months("partner__external_code", "product__code") == months_of(lines, "ResellerKey", "ProductKey")
        orders = lines.group_by("ResellerKey").agg(pl.col("SalesOrderNumber").n_unique())
        stored = SalesDay.objects.values_list("partner__external_code").annotate(Sum("orders"))
        assert dict(stored) == dict(orders.rows())  # no order spans two days
        assert set(PartnerKind.objects.values_list("names__en", flat=True)) == {
            "Value Added Reseller", "Specialty Bike Shop", "Warehouse",
        }  # fmt: skip
        first = Partner.objects.get(external_code="1")
        assert (first.code, first.name, first.kind.code, first.established_year, first.employees) == (
            "AW00000001", "A Bike Store", "value-added-reseller", 1974, 2,
        )  # fmt: skip
        assert Partner.objects.exclude(country__in=["US", "CA", "AU", "DE", "FR", "GB"]).count() == 0
        assert Product.objects.filter(list_price=None).count() == 211
        assert Product.objects.get(code="210").category.code == "Road Frames"

    again = load.adventureworks(data, manufacturer, tmp_path)
    assert [counts(outcome) for outcome in again.values()] == [
        told(unchanged=701), told(unchanged=606), told(unchanged=60_855),
    ]  # fmt: skip


def test_versions_of_a_product_under_one_code_are_named(data, tmp_path):
    manufacturer = ManufacturerFactory(slug="adventure", currency="USD")
    products = load.read(data / "adventureworks_reseller/DimProduct.csv")
    products = products.select(code="ProductAlternateKey", name="EnglishProductName", list_price="ListPrice")
    products.write_csv(tmp_path / "products.csv")

    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"columns": {"code": "code", "name": "name", "list_price": "list_price"}}')
    outcome = load.run(manufacturer, "products", tmp_path / "products.csv", str(mapping.with_suffix("")), "--only-good")

    first = products.unique("code", keep="first", maintain_order=True)
    later = products.join(first, on="code", suffix="_first").filter(
        ~pl.struct("name", "list_price").eq_missing(
            pl.struct(pl.col("name_first").alias("name"), pl.col("list_price_first").alias("list_price"))
        )
    )
    assert counts(outcome) == told(new=504, unchanged=606 - 504 - later.height, rejected=later.height)
    rejected = load.read(Path(outcome["rejected_path"]))
    assert rejected["code"].to_list() == later["code"].to_list()
    assert set(rejected["reason"].str.contains("is the same product as in row")) == {True}


def test_iowa_distiller(data):
    manufacturer = ManufacturerFactory(slug="cedar", currency="USD")

    outcomes = load.iowa_distiller(data, manufacturer)

    lines = load.read(data / "iowa_liquor_sellin/manufacturer_cedar_ridge_lines_2018_2021.csv.gz").with_columns(
        pl.col("sales_usd").alias("amount")
    )
    stores = load.read(data / "iowa_liquor_sellin/stores.csv")
    assert counts(outcomes["partners"]) == told(new=2_296)
    assert counts(outcomes["products"]) == told(new=6_482)
    assert counts(outcomes["sell_in"]) == told(new=lines.height)
    unknown = set(lines["store"]) - set(stores["store"])
    with staff_scope(manufacturer.pk):
        assert totals_stored() == totals_of_lines()
        assert stored_months("partner__code", "product__code") == months_of(lines, "store", "item")
        assert set(Partner.objects.filter(stage=Stage.DRAFT).values_list("code", flat=True)) == unknown
        assert Partner.objects.exclude(latitude=None).count() == stores["latitude"].is_not_null().sum()
        store = Partner.objects.get(code="2106")
        assert (store.name, store.city, store.region, store.postal_code, store.country) == (
            "HILLSTREET NEWS AND TOBACCO", "CEDAR FALLS", "IA", "50613", "US",
        )  # fmt: skip
        assert (store.latitude, store.longitude) == (Decimal("42.517182"), Decimal("-92.455796"))


def test_iowas_directory_again_after_edits_on_both_sides(data, tmp_path):
    """What the register changed comes in, what it does not know stays as staff wrote it, and each says who told it."""
    manufacturer = ManufacturerFactory(slug="directory", currency="USD")
    file = data / "iowa_liquor_sellin/stores.csv"
    stores = load.read(file)
    load.run(manufacturer, "partners", file, "iowa_partners")

    moved, renamed, added = stores["store"][:40].to_list(), stores["store"][40:55].to_list(), ["900001", "900002"]
    edited = stores.with_columns(
        pl.when(pl.col("store").is_in(moved)).then(pl.lit("1 New Street")).otherwise("address").alias("address"),
        pl.when(pl.col("store").is_in(renamed)).then(pl.col("name") + " II").otherwise("name").alias("name"),
    )
    edited = pl.concat([edited, edited.head(2).with_columns(pl.Series("store", added))])
    edited = edited.filter(pl.col("store") != stores["store"][100])  # gone from the register
    edited.write_csv(tmp_path / "stores.csv")
    with staff_scope(manufacturer.pk):
        touched = Partner.objects.get(code=moved[0])
        touched.phone, touched.city = "515-555-0100", "Elsewhere"
        update_partner(touched, fields=["phone", "city"])

    again = load.run(manufacturer, "partners", tmp_path / "stores.csv", "iowa_partners")

    assert counts(again) == told(new=2, changed=55, unchanged=edited.height - 57)
    with staff_scope(manufacturer.pk):
        stored = {code: rest for code, *rest in Partner.objects.values_list("code", "name", "address")}
        expected = {row["store"]: [row["name"], row["address"] or ""] for row in edited.rows(named=True)}
        assert {code: [each.upper() for each in stored[code]] for code in expected} == {
            code: [each.upper().strip() for each in rest] for code, rest in expected.items()
        }
        assert Partner.objects.count() == 2_298
        assert Partner.objects.filter(code=stores["store"][100]).exists()
        touched.refresh_from_db()
        assert (touched.phone, touched.city) == ("515-555-0100", stores["city"][0])
        told_by = {name: known.source for name, known in provenance_of(touched.provenance).items()}
        assert (told_by["phone"], told_by["city"], told_by["address"], told_by["region"]) == (
            "staff", "import", "import", "import",
        )  # fmt: skip

    assert counts(load.run(manufacturer, "partners", tmp_path / "stores.csv", "iowa_partners")) == told(
        unchanged=edited.height
    )


def test_iowa_state(data):
    manufacturer = ManufacturerFactory(slug="iowa", currency="USD")

    outcomes = load.iowa_state(data, manufacturer)

    days = load.read(data / "iowa_liquor_sellin/store_day_2018_2021.csv.gz")
    lines = days.with_columns(pl.col("sales_usd").alias("amount"))
    assert counts(outcomes["sell_in"]) == told(new=days.height)
    with staff_scope(manufacturer.pk):
        assert totals_stored() == totals_of_lines()
        assert stored_months("partner__code") == months_of(lines, "store")
        stored = SalesDay.objects.values_list("partner__code", "date", "amount_base", "orders", "lines")
        expected = {(row["store"], row["date"]): Decimal(row["sales_usd"]) for row in days.rows(named=True)}
        assert {(code, day.isoformat()): amount for code, day, amount, *_rest in stored} == expected
        assert {(orders, lines) for *_rest, orders, lines in stored} == {(1, 1)}
        assert SalesLine.objects.exclude(product=None).count() == 0


def test_every_trap_of_online_retail_ends_as_a_stated_outcome(data, tmp_path):
    """Rows without a customer and codes that are no product are rejected with the reason; all others are loaded."""
    manufacturer = ManufacturerFactory(slug="retail", currency="GBP")
    whole = load.read(data / "online_retail_2010_2011/online_retail_2010_2011.csv.gz")
    file = tmp_path / "lines.csv"
    whole.filter(pl.col("InvoiceDate").str.slice(0, 7).is_in(MONTHS_OF_TRAPS)).write_csv(file)
    quantity, price = pl.col("Quantity").cast(MONEY), pl.col("UnitPrice").cast(MONEY)
    lines = (
        load.read(file)
        .with_row_index("row", offset=2)
        .with_columns(
            (quantity * price).cast(MONEY).alias("amount"),
            pl.col("CustomerID").is_null().alias("nobody"),
            (~pl.col("StockCode").str.contains(r"^\d{5}")).alias("no_product"),
            pl.col("InvoiceDate").str.slice(0, 10).alias("date"),
        )
    )
    lines.filter(~pl.col("nobody")).select("CustomerID").unique().write_csv(tmp_path / "customers.csv")
    products = lines.filter(~pl.col("no_product")).select(
        "StockCode", pl.col("Description").fill_null(pl.col("StockCode"))
    )
    products.unique("StockCode", keep="first").write_csv(tmp_path / "products.csv")
    load.run(manufacturer, "partners", tmp_path / "customers.csv", "online_retail_partners")
    load.run(manufacturer, "products", tmp_path / "products.csv", "online_retail_products")

    tried = load.run(manufacturer, "sell_in", file, "online_retail_sell_in", "--dry-run")
    done = load.run(manufacturer, "sell_in", file, "online_retail_sell_in", "--only-good")
    again = load.run(manufacturer, "sell_in", file, "online_retail_sell_in", "--only-good")

    good = lines.filter(~pl.col("nobody") & ~pl.col("no_product"))
    bad = lines.filter(pl.col("nobody") | pl.col("no_product"))
    assert (lines.height, lines["nobody"].sum(), bad.height) == (140_619, 43_832, 140_619 - good.height)
    assert counts(tried) == counts(done) == told(new=good.height, rejected=bad.height)
    assert counts(again) == told(unchanged=good.height, rejected=bad.height)

    # The rejected rows: exactly those, each with its reasons.
    rejected = load.read(Path(done["rejected_path"])).with_columns(pl.col("row").cast(pl.UInt32))
    assert rejected["row"].to_list() == bad["row"].to_list()
    reasons = bad.select(
        pl.concat_str(
            pl.when("nobody").then(pl.lit("CustomerID: is empty")),
            pl.when("no_product").then(
                pl.concat_str(pl.lit("StockCode: no product has the code “"), "StockCode", pl.lit("”"))
            ),
            separator="; ",
            ignore_nulls=True,
        )
    )
    assert rejected["reason"].to_list() == reasons.to_series().to_list()

    with staff_scope(manufacturer.pk):
        assert totals_stored() == totals_of_lines()
        stored = SalesLine.objects.aggregate(amount=Sum("amount"), quantity=Sum("quantity"))
        assert stored == {"amount": good["amount"].sum(), "quantity": good["Quantity"].cast(MONEY).sum()}
        assert stored["amount"] + bad["amount"].sum() == lines["amount"].sum()
        # Exact duplicates are lines of their own.
        assert SalesLine.objects.count() == good.height > good.unique(good.columns[1:]).height
        # Cancellations are negative lines of their own invoices; their sum stands apart in the totals.
        cancelled = good.filter(pl.col("InvoiceNo").str.starts_with("C"))
        assert SalesLine.objects.filter(order_number__startswith="C", amount__lt=0).count() == cancelled.height
        returns = SalesMonth.objects.aggregate(Sum("returns_base"), Sum("return_lines"))
        assert returns == {
            "returns_base__sum": -cancelled["amount"].sum(),
            "return_lines__sum": cancelled.height,
        }
        # Free goods are loaded at nothing; bad debt, written off without a customer, is rejected.
        assert SalesLine.objects.filter(amount=0).count() == (good["amount"] == 0).sum() > 0
        assert set(bad.filter(pl.col("StockCode") == "B")["nobody"]) == {True}
        assert not SalesLine.objects.filter(amount__lt=0, quantity__gt=0).exists()
        assert stored_months("partner__code", "product__code") == months_of(good, "CustomerID", "StockCode")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM commerce_salesday WHERE orders = 0 AND return_lines <> lines")
            assert cursor.fetchone() == (0,)
