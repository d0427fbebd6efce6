"""Sell-in in a merge of two partners: lines move, and all totals are counted anew from the lines."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from commerce.services.sell_in import lock_sell_in
from partners.merging import Items, register_rule
from valuation.services import request_recompute


def move_lines(winner: int, loser: int) -> Items:
    """The loser's lines become the winner's; an import that runs has ended, or waits until this is done."""
    lock_sell_in()
    return _point("SELECT line_id FROM commerce_salesline WHERE partner_id = %(before)s", loser, winner, {})


def lines_back(winner: int, loser: int, items: Items) -> None:
    """Those lines that moved, and that no import has given to somebody else since, move back."""
    lock_sell_in()
    _point(
        "SELECT line_id FROM commerce_salesline WHERE partner_id = %(before)s AND line_id = ANY(%(lines)s::uuid[])",
        winner,
        loser,
        {"lines": items},
    )


def _point(which: str, before: int, to: int, params: dict[str, Any]) -> Items:
    both: dict[str, Any] = {"before": before, "to": to, "both": [before, to]}
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE moving_lines ON COMMIT DROP AS {which}", both | params)
        cursor.execute("SELECT line_id::text FROM moving_lines ORDER BY line_id")
        lines = [line for (line,) in cursor.fetchall()]
        if lines:
            for statement in MOVE_AND_COUNT:
                cursor.execute(statement, both)
        cursor.execute("DROP TABLE moving_lines")
    if lines:
        request_recompute()
    return lines


MOVE_AND_COUNT = (
    """
    CREATE TEMPORARY TABLE moving_months ON COMMIT DROP AS
    SELECT DISTINCT date_trunc('month', date::timestamp)::date AS month
    FROM commerce_salesline JOIN moving_lines USING (line_id)
    """,
    """
    CREATE TEMPORARY TABLE moving_days ON COMMIT DROP AS
    SELECT DISTINCT date FROM commerce_salesline JOIN moving_lines USING (line_id)
    """,
    """
    CREATE TEMPORARY TABLE buyers_before ON COMMIT DROP AS
    SELECT month, count(DISTINCT partner_id) AS partners FROM commerce_salesmonth
    WHERE partner_id = ANY(%(both)s) AND month IN (SELECT month FROM moving_months) GROUP BY month
    """,
    "UPDATE commerce_salesline SET partner_id = %(to)s WHERE line_id IN (SELECT line_id FROM moving_lines)",
    """
    DELETE FROM commerce_salesmonth
    WHERE partner_id = ANY(%(both)s) AND month IN (SELECT month FROM moving_months)
    """,
    """
    INSERT INTO commerce_salesmonth
        (partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines)
    SELECT partner_id, product_id, month, sum(quantity), sum(amount_base),
        coalesce(sum(-amount_base) FILTER (WHERE is_return), 0), count(*), count(*) FILTER (WHERE is_return)
    FROM (
        SELECT partner_id, product_id, date_trunc('month', date::timestamp)::date AS month, quantity, amount_base,
            amount < 0 OR amount = 0 AND quantity < 0 AS is_return
        FROM commerce_salesline WHERE partner_id = ANY(%(both)s)
    ) found
    WHERE month IN (SELECT month FROM moving_months)
    GROUP BY partner_id, month, product_id ORDER BY partner_id, month, product_id
    """,
    "DELETE FROM commerce_salesday WHERE partner_id = ANY(%(both)s) AND date IN (SELECT date FROM moving_days)",
    """
    INSERT INTO commerce_salesday (partner_id, date, amount_base, returns_base, orders, lines, return_lines)
    SELECT partner_id, date, sum(amount_base), coalesce(sum(-amount_base) FILTER (WHERE is_return), 0),
        count(DISTINCT order_number) FILTER (WHERE NOT is_return), count(*), count(*) FILTER (WHERE is_return)
    FROM (
        SELECT partner_id, date, amount_base, order_number, amount < 0 OR amount = 0 AND quantity < 0 AS is_return
        FROM commerce_salesline WHERE partner_id = ANY(%(both)s) AND date IN (SELECT date FROM moving_days)
    ) found
    GROUP BY partner_id, date ORDER BY partner_id, date
    """,
    """
    UPDATE commerce_manufacturermonth a SET partners = a.partners + now.partners - coalesce(b.partners, 0)
    FROM (
        SELECT month, count(DISTINCT partner_id) AS partners FROM commerce_salesmonth
        WHERE partner_id = ANY(%(both)s) AND month IN (SELECT month FROM moving_months) GROUP BY month
    ) now LEFT JOIN buyers_before b USING (month)
    WHERE a.month = now.month AND now.partners <> coalesce(b.partners, 0)
    """,
    "DROP TABLE moving_months, moving_days, buyers_before",
)

COUNTED = _("Counted anew from the lines.")
register_rule("commerce.SalesLine", "partner", move=move_lines, back=lines_back)
register_rule("commerce.SalesMonth", "partner", stays=COUNTED)
register_rule("commerce.SalesDay", "partner", stays=COUNTED)
