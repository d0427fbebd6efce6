"""Amounts of lines: quantity times price, and the exchange rate of a day. Exact."""

import bisect
import datetime as dt
from collections import defaultdict
from decimal import Decimal, localcontext

import polars as pl

from commerce import selectors

LARGEST = Decimal(10) ** 14
"""What an amount with four decimals in eighteen digits stays below."""


def products(quantity: pl.Series, price: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Quantity times price, rounded to four decimals, as canonical text; and where that has too many digits."""
    pairs = pl.DataFrame({"quantity": quantity, "price": price})
    distinct = pairs.unique().drop_nulls()
    amounts: list[str | None] = []
    with localcontext(prec=60):
        for one_quantity, one_price in distinct.rows():
            amount = (Decimal(one_quantity) * Decimal(one_price)).quantize(Decimal("0.0001"))
            amounts.append(None if abs(amount) >= LARGEST else canonical(amount))
    found = pairs.join(
        distinct.with_columns(pl.Series("amount", amounts, dtype=pl.String)),
        on=["quantity", "price"],
        how="left",
        maintain_order="left",
    )["amount"]
    return found, found.is_null() & quantity.is_not_null() & price.is_not_null()


def canonical(number: Decimal) -> str:
    """The shortest exact text."""
    text = format(number, "f").rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


class Rates:
    """The manufacturer's exchange rates, by currency and day."""

    def __init__(self) -> None:
        self._days: dict[str, list[dt.date]] = defaultdict(list)
        self._rates: dict[str, list[Decimal]] = defaultdict(list)
        for currency, date, rate in selectors.all_rates():
            self._days[currency].append(date)
            self._rates[currency].append(rate)

    def on(self, currencies: pl.Series, dates: pl.Series, base: str) -> tuple[pl.Series, pl.Series]:
        """The rate of the latest day up to each date, null for the base currency; and what is missing, in words."""
        pairs = pl.DataFrame({"currency": currencies, "date": dates})
        distinct = pairs.unique().drop_nulls()
        rates: list[str | None] = []
        missing: list[str | None] = []
        for currency, date in distinct.rows():
            rate = None if currency == base else self._rate(currency, date)
            rates.append(None if rate is None else str(rate))
            missing.append(None if currency == base or rate is not None else f"{currency}, {date.isoformat()}")
        found = pairs.join(
            distinct.with_columns(
                pl.Series("rate", rates, dtype=pl.String), pl.Series("missing", missing, dtype=pl.String)
            ),
            on=["currency", "date"],
            how="left",
            maintain_order="left",
        )
        return found["rate"], found["missing"]

    def _rate(self, currency: str, date: dt.date) -> Decimal | None:
        position = bisect.bisect_right(self._days[currency], date)
        return self._rates[currency][position - 1] if position else None
