"""Sell-in for tests: lines as they would have been imported, their totals by statements of their own, and the KPIs by
an arithmetic of its own, straight from the lines."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection

from commerce.models import Product, SalesLine
from partners.models import Partner
from tenancy.rls import staff_scope

D = Decimal
_numbers = itertools.count(1)

TOTALS = (
    "DELETE FROM commerce_salesday",
    "DELETE FROM commerce_salesmonth",
    """
    INSERT INTO commerce_salesday (partner_id, date, amount_base, returns_base, orders, lines, return_lines)
    SELECT partner_id, date, sum(amount_base), sum(CASE WHEN amount < 0 THEN -amount_base ELSE 0 END),
        count(DISTINCT CASE WHEN amount > 0 OR (amount = 0 AND quantity >= 0) THEN order_number END), count(*),
        count(*) FILTER (WHERE amount < 0 OR (amount = 0 AND quantity < 0))
    FROM commerce_salesline GROUP BY 1, 2
    """,
    """
    INSERT INTO commerce_salesmonth
        (partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines)
    SELECT partner_id, product_id, (to_char(date, 'YYYY-MM') || '-01')::date, sum(quantity), sum(amount_base),
        sum(CASE WHEN amount < 0 THEN -amount_base ELSE 0 END), count(*),
        count(*) FILTER (WHERE amount < 0 OR (amount = 0 AND quantity < 0))
    FROM commerce_salesline GROUP BY 1, 2, 3
    """,
)


@dataclass(frozen=True)
class Line:
    """A line of sell-in; a return where the amount is below zero."""

    day: dt.date
    amount: Decimal
    product: int | None = None
    order: str = ""

    @property
    def is_return(self) -> bool:
        return self.amount < 0


def on(day: str, amount: int | str, product: int | None = None, order: str = "") -> Line:
    return Line(dt.date.fromisoformat(day), D(amount), product, order)


def monthly(first: str, months: int, amount: int | str) -> list[Line]:
    """The same purchase once a month, each an order of its own."""
    start = dt.date.fromisoformat(first)
    return [Line(start + relativedelta(months=n), D(amount), None, f"{first}-{n}") for n in range(months)]


def sell(partner: Partner, lines: Iterable[Line]) -> None:
    """Bring lines in, and the totals in step with all lines. In the partner's scope or outside any."""
    with staff_scope(partner.manufacturer_id):
        lines = list(lines)
        products = {number: _product(number) for number in {line.product for line in lines} - {None}}
        SalesLine.objects.bulk_create(
            SalesLine(
                manufacturer_id=partner.manufacturer_id,
                partner=partner,
                product_id=products.get(line.product),
                date=line.day,
                quantity=-1 if line.is_return else 1,
                amount=line.amount,
                amount_base=line.amount,
                currency="KRW",
                order_number=line.order,
                line_number=str(next(_numbers)),
            )
            for line in lines
        )
        with connection.cursor() as cursor:
            for statement in TOTALS:
                cursor.execute(statement)


def _product(number: Any) -> int:
    return Product.objects.get_or_create(code=f"T{number}", defaults={"name": f"Thing {number}"})[0].pk


def kpis_of(lines: Sequence[Line], day: dt.date) -> dict[str, Decimal]:
    """The sell-in KPIs of a partner with these lines on a day, counted one by one."""
    after = day + dt.timedelta(days=1)
    start, before = after - relativedelta(months=12), after - relativedelta(months=24)
    known = [line for line in lines if line.day <= day]
    window = [line for line in known if line.day >= start]
    bought = [line for line in window if not line.is_return]
    revenue = sum((line.amount for line in window), D(0))
    previous = sum((line.amount for line in known if before <= line.day < start), D(0))
    gross = sum((line.amount for line in bought), D(0))
    returned = -sum((line.amount for line in window if line.is_return), D(0))
    days = sorted({line.day for line in known if not line.is_return})
    months = [(start + relativedelta(months=n), start + relativedelta(months=n + 1)) for n in range(12)]
    months[-1] = (months[-1][0], after)
    found: dict[str, Decimal] = {
        "revenue": revenue,
        "orders": D(len({(line.day, line.order) for line in bought})),
        "active_months": D(sum(any(first <= line.day < end for line in bought) for first, end in months)),
        "breadth": D(len({line.product for line in bought if line.product is not None})),
    }
    if previous > 0:
        found["growth"] = rounded((revenue - previous) * 100 / previous)
    if gross > 0:
        found["return_share"] = rounded(returned * 100 / gross)
    if len(days) >= 3:
        silence, span = (day - days[-1]).days, (days[-1] - days[0]).days
        found["recency"] = rounded(D(silence * (len(days) - 1)) / span)
    return found


def rounded(value: Decimal, places: str = "0.0001") -> Decimal:
    return value.quantize(D(places), ROUND_HALF_UP)
