"""What sell-in lines add up to by month and by day, exactly, as frames: quicker than the database adds up. Pure.

Serves imports of which every line is new, in the base currency; anything else is added up in the database.
"""

from dataclasses import dataclass

import polars as pl

EXACT = pl.Decimal(38, 4)
MOST_LINES = 2_000_000
"""So many lines are remembered; more are left to the database, so that memory stays bounded."""


@dataclass(frozen=True)
class Sums:
    """Rows for the tables of totals."""

    months: pl.DataFrame
    days: pl.DataFrame


class Adder:
    """Takes note of lines as they are read, and adds them up when all are known to be new."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []
        self._lines = 0

    def take(self, lines: pl.DataFrame) -> None:
        """Remember staged lines: partner_id, date, amount, and product_id, quantity, order_number where there are any."""
        self._lines += lines.height
        if self._lines > MOST_LINES:
            self._parts.clear()
            return
        self._parts.append(
            lines.select(
                "partner_id",
                _or_nothing(lines, "product_id", pl.Int64, None),
                "date",
                _or_nothing(lines, "quantity", pl.String, "0").cast(EXACT).fill_null(0),
                pl.col("amount").cast(EXACT),
                _or_nothing(lines, "order_number", pl.String, "").fill_null("").hash().alias("order"),
            )
        )

    def sums(self, lines: int) -> Sums | None:
        """The totals of all lines taken; None if they are not exactly these `lines` or were too many."""
        if lines != self._lines or not self._parts:
            return None
        taken = pl.concat(self._parts).with_columns(
            ((pl.col("amount") < 0) | ((pl.col("amount") == 0) & (pl.col("quantity") < 0))).alias("is_return")
        )
        added = {
            "quantity": pl.col("quantity").sum(),
            "amount_base": pl.col("amount").sum(),
            "returns_base": pl.when("is_return").then(-pl.col("amount")).otherwise(0).cast(EXACT).sum(),
            "lines": pl.len(),
            "return_lines": pl.col("is_return").sum(),
        }
        months = taken.group_by("partner_id", "product_id", pl.col("date").dt.month_start().alias("month")).agg(**added)
        days = taken.group_by("partner_id", "date").agg(
            orders=pl.col("order").filter(~pl.col("is_return")).n_unique(),
            **{name: how for name, how in added.items() if name != "quantity"},
        )
        return Sums(months.sort("partner_id", "month", "product_id"), days.sort("partner_id", "date"))


def _or_nothing(lines: pl.DataFrame, name: str, dtype: type[pl.DataType], nothing: str | None) -> pl.Expr:
    return pl.col(name) if name in lines.columns else pl.lit(nothing, dtype=dtype).alias(name)
