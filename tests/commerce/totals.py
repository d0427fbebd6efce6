"""Totals of sell-in as they are stored, and as the lines add up to them by statements of their own."""

from typing import Any

from django.db import connection

STORED = (
    "SELECT partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines FROM commerce_salesmonth",
    "SELECT partner_id, date, amount_base, returns_base, orders, lines, return_lines FROM commerce_salesday",
    "SELECT month, amount_base, returns_base, lines, partners FROM commerce_manufacturermonth",
)
COUNTED = (
    """
    SELECT partner_id, product_id, (to_char(date, 'YYYY-MM') || '-01')::date, sum(quantity), sum(amount_base),
        sum(CASE WHEN amount < 0 THEN -amount_base ELSE 0 END), count(*),
        count(*) FILTER (WHERE amount < 0 OR (amount = 0 AND quantity < 0))
    FROM commerce_salesline GROUP BY 1, 2, 3
    """,
    """
    SELECT partner_id, date, sum(amount_base), sum(CASE WHEN amount < 0 THEN -amount_base ELSE 0 END),
        count(DISTINCT CASE WHEN amount > 0 OR (amount = 0 AND quantity >= 0) THEN order_number END), count(*),
        count(*) FILTER (WHERE amount < 0 OR (amount = 0 AND quantity < 0))
    FROM commerce_salesline GROUP BY 1, 2
    """,
    """
    SELECT (to_char(date, 'YYYY-MM') || '-01')::date, sum(amount_base),
        sum(CASE WHEN amount < 0 THEN -amount_base ELSE 0 END), count(*), count(DISTINCT partner_id)
    FROM commerce_salesline GROUP BY 1
    """,
)


def totals_stored() -> list[set[Any]]:
    """In the scope: months, days and the manufacturer's months."""
    return [_rows(statement) for statement in STORED]


def totals_of_lines() -> list[set[Any]]:
    """The same, from the lines alone."""
    return [_rows(statement) for statement in COUNTED]


def _rows(statement: str) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)
