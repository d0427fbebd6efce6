"""The import of half a million sell-in lines against one sorted INSERT ... SELECT of the same rows, and a bare COPY.

The file is Online Retail with an amount column and a name for the customers that have none, so that every line is loaded;
where the data are absent, a made-up file of the same shape. The floor writes the same rows into the same table, with its
keys, guard and indexes, as the tables' owner.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection

from bench.harness import Measure, peak_memory_mb, report, side_by_side
from commerce.services import create_draft_products
from jobs.imports import Mapping, Outcome, import_kind, run_import
from jobs.reading import open_source
from partners.services import create_drafts
from tenancy.models import Manufacturer
from tenancy.rls import as_owner, platform_scope, staff_scope

SLUG = "bench-import"
ONLINE_RETAIL = "../shared/data/online_retail_2010_2011/online_retail_2010_2011.csv.gz"
LINES = 541_909
INSERT_LIMIT, COPY_LIMIT = 2.5, 10.0
MAPPING = Mapping(
    columns={
        "order_number": "InvoiceNo",
        "partner_code": "CustomerID",
        "product_code": "StockCode",
        "date": "InvoiceDate",
        "quantity": "Quantity",
        "amount": "Amount",
    }
)
FILE_COLUMNS = {
    "InvoiceNo": "text",
    "StockCode": "text",
    "Description": "text",
    "Quantity": "numeric(18, 4)",
    "InvoiceDate": "timestamp",
    "UnitPrice": "numeric(18, 4)",
    "CustomerID": "text",
    "Country": "text",
    "Amount": "numeric(18, 4)",
}
TABLES = ("salesline", "salesmonth", "salesday", "manufacturermonth")
COLUMNS = (
    "manufacturer_id, line_id, partner_id, product_id, date, quantity, amount, currency, amount_base, order_number,"
    " line_number, external_line_id, import_file"
)
INSERT = f"INSERT INTO commerce_salesline ({COLUMNS}) SELECT {COLUMNS} FROM bench_lines ORDER BY line_id"


def write_file(path: Path) -> None:
    """The lines as a file that names everything an import needs."""
    real = settings.BASE_DIR / ONLINE_RETAIL
    lines = pl.read_csv(real, infer_schema=False) if real.exists() else made_up()
    amount = pl.col("Quantity").cast(pl.Decimal(18, 4)) * pl.col("UnitPrice").cast(pl.Decimal(18, 4))
    lines.with_columns(
        pl.col("CustomerID").fill_null("none"),
        amount.cast(pl.Decimal(18, 4)).cast(pl.String).alias("Amount"),
    ).write_csv(path)


def made_up() -> pl.DataFrame:
    """Lines of the same shape: as many, of 4,000 customers and products, over 374 days."""
    number = pl.int_range(LINES)
    some = {name: number.hash(seed=seed) for seed, name in enumerate(("customer", "product", "pieces", "price"))}
    return pl.select(
        (536365 + number // 21).cast(pl.String).alias("InvoiceNo"),
        (20000 + some["product"] % 4070).cast(pl.String).alias("StockCode"),
        pl.lit("WHITE HANGING HEART T-LIGHT HOLDER").alias("Description"),
        (1 + some["pieces"] % 24).cast(pl.String).alias("Quantity"),
        (pl.date(2010, 12, 1) + pl.duration(days=number * 374 // LINES))
        .dt.strftime("%F 08:26:00")
        .alias("InvoiceDate"),
        ((some["price"] % 1600) / 100).cast(pl.Decimal(18, 2)).cast(pl.String).alias("UnitPrice"),
        (12346 + (536365 + number // 21).hash(seed=9) % 4372).cast(pl.String).alias("CustomerID"),
        pl.lit("United Kingdom").alias("Country"),
    )


class Lines:
    """The jobs that are measured, and what makes each start from the same state."""

    def __init__(self, path: Path, manufacturer: Manufacturer) -> None:
        self.path = path
        self.manufacturer = manufacturer
        self.outcome = Outcome()

    def run(self) -> None:
        """The import as a person or a machine starts it: from the file to the committed rows."""
        source = open_source(self.path)
        with staff_scope(self.manufacturer.pk):
            self.outcome = run_import(import_kind("sell_in"), source, MAPPING)

    def insert(self) -> None:
        self._execute(INSERT)

    def copy(self) -> None:
        with as_owner(), self.path.open("rb") as file, connection.cursor() as cursor:
            cursor.copy_expert("COPY bench_file FROM STDIN (FORMAT csv, HEADER)", file)

    def forget(self) -> None:
        """No line of this manufacturer, and no trace of those there were."""
        for table in TABLES:
            self._execute(f"DELETE FROM commerce_{table} WHERE manufacturer_id = {self.manufacturer.pk:d}")
            self._execute(f"VACUUM commerce_{table}")
        self._execute("TRUNCATE bench_file")

    def keep(self) -> None:
        """The lines as they were written, for the floor."""
        self._execute("DROP TABLE IF EXISTS bench_lines, bench_file")
        self._execute(
            f"CREATE TABLE bench_lines AS SELECT {COLUMNS} FROM commerce_salesline"
            f" WHERE manufacturer_id = {self.manufacturer.pk:d} ORDER BY random()"
        )
        self._execute("ANALYZE bench_lines")
        self._execute(f"CREATE TABLE bench_file ({', '.join(map(' '.join, FILE_COLUMNS.items()))})")

    def done(self) -> None:
        self.forget()
        self._execute("DROP TABLE bench_lines, bench_file")

    def _execute(self, statement: str) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Import, import again, insert and copy in turn, several times."""
    parser = argparse.ArgumentParser(prog="bench.import_lines", description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args(argv)
    path = settings.PRM_HOME / "bench-lines.csv"
    write_file(path)
    lines = Lines(path, with_codes(path))
    lines.run()
    lines.keep()
    lines.forget()
    taken = side_by_side(
        {
            "copy": lines.copy,
            "insert": lines.insert,
            "forget": lines.forget,
            "import": lines.run,
            "again": lines.run,
            "forget too": lines.forget,
        },
        times=options.times,
        warm_up=0,
    )
    lines.done()
    path.unlink()
    notes = {"lines": f"{lines.outcome.rows_read:,}", "peak memory": f"{peak_memory_mb():.0f} MB"}
    return report(
        [
            Measure("import, against INSERT ... SELECT", taken["import"], taken["insert"], INSERT_LIMIT, notes),
            Measure("import, against COPY", taken["import"], taken["copy"], COPY_LIMIT),
            Measure("the same file again, against INSERT", taken["again"], taken["insert"], INSERT_LIMIT / 2),
            Measure("the same file again, against COPY", taken["again"], taken["copy"], COPY_LIMIT / 2),
        ]
    )


def with_codes(path: Path) -> Manufacturer:
    """A manufacturer with the partners and products of the file, and no lines."""
    with platform_scope():
        manufacturer, _created = Manufacturer.objects.get_or_create(
            slug=SLUG, defaults={"name": "Manufacturer bench-import", "currency": "GBP", "languages": ["en"]}
        )
    codes = pl.read_csv(path, infer_schema=False, columns=["CustomerID", "StockCode"])
    with staff_scope(manufacturer.pk):
        create_drafts(codes["CustomerID"].unique().to_list())
        create_draft_products(codes["StockCode"].unique().to_list())
    Lines(path, manufacturer)._execute(f"DELETE FROM commerce_salesline WHERE manufacturer_id = {manufacturer.pk:d}")
    return manufacturer
