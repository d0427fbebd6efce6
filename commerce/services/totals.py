"""Totals of sell-in by partner, product and month, by partner and day, and by month: exactly what the lines add up to.

Months take the difference that an import makes; days, which count distinct orders, are counted anew where touched.
Lines that moved to another partner, product or day count at both ends. Reads `new_lines` (as they now stand) and
`changed_lines` (as they stood before).
"""

from commerce.sums import Sums
from jobs.imports import Stage


def bring_totals_in_step(stage: Stage, sums: Sums | None = None) -> None:
    """Take the new and changed lines into all totals. `sums`: what they add up to, where all are new."""
    if sums is None:
        stage.table("month_deltas", MONTH_DELTAS)
        stage.table("touched_days", TOUCHED_DAYS)
    else:
        stage.frame("month_deltas", sums.months, MONTH_COLUMNS)
        stage.frame("touched_days", sums.days, DAY_COLUMNS)
    stage.analyse("month_deltas")
    stage.analyse("touched_days")
    (months,), (days,) = stage.fetch("SELECT count(*) FROM month_deltas UNION ALL SELECT count(*) FROM touched_days")
    with stage.planned_for(months):
        _add_months(stage)
        stage.table("all_deltas", ALL_DELTAS)
        stage.execute(ADD_TO_ALL)
        stage.execute(INSERT_ALL)
        stage.execute(DROP_EMPTY_ALL)
    with stage.planned_for(days):
        forgotten = stage.execute(FORGET_DAYS)
        stage.execute(COUNT_DAYS if forgotten or sums is None else INSERT_DAYS)


def _add_months(stage: Stage) -> None:
    stage.table("partner_months", PARTNER_MONTHS)
    (were_there,) = stage.fetch("SELECT count(*) FROM partner_months WHERE was_there")[0]
    if were_there:
        stage.execute(ADD_TO_MONTHS)
        stage.execute(INSERT_FURTHER_MONTHS)
        stage.execute(DROP_EMPTY_MONTHS)
    else:
        stage.execute(INSERT_MONTHS)


MONTH_COLUMNS = {
    "partner_id": "bigint",
    "product_id": "bigint",
    "month": "date",
    "quantity": "numeric",
    "amount_base": "numeric",
    "returns_base": "numeric",
    "lines": "integer",
    "return_lines": "integer",
}
DAY_COLUMNS = {
    "partner_id": "bigint",
    "date": "date",
    "amount_base": "numeric",
    "returns_base": "numeric",
    "orders": "integer",
    "lines": "integer",
    "return_lines": "integer",
}
MONTH_DELTAS = """
    SELECT partner_id, product_id, date_trunc('month', date::timestamp)::date AS month,
        sum(quantity) AS quantity, sum(amount_base) AS amount_base,
        coalesce(sum(-amount_base) FILTER (WHERE is_return), 0) AS returns_base,
        sum(lines)::integer AS lines, coalesce(sum(lines) FILTER (WHERE is_return), 0)::integer AS return_lines
    FROM (
        SELECT partner_id, product_id, date, quantity, amount_base, 1 AS lines, is_return FROM new_lines
        UNION ALL
        SELECT partner_id, product_id, date, -quantity, -amount_base, -1, is_return FROM changed_lines
    ) moved
    GROUP BY 1, 2, 3 ORDER BY partner_id, month, product_id
"""
PARTNER_MONTHS = """
    SELECT partner_id, month, EXISTS (
        SELECT FROM commerce_salesmonth m WHERE m.partner_id = d.partner_id AND m.month = d.month
    ) AS was_there
    FROM (SELECT DISTINCT partner_id, month FROM month_deltas) d
"""
ADD_TO_MONTHS = """
    UPDATE commerce_salesmonth m SET quantity = m.quantity + d.quantity, amount_base = m.amount_base + d.amount_base,
        returns_base = m.returns_base + d.returns_base, lines = m.lines + d.lines,
        return_lines = m.return_lines + d.return_lines
    FROM month_deltas d
    WHERE m.partner_id = d.partner_id AND m.month = d.month
    AND coalesce(m.product_id, 0) = coalesce(d.product_id, 0)
"""
# The scope's manufacturer is asked for once, not by the column's default for every row.
INSERT_MONTHS = """
    INSERT INTO commerce_salesmonth
        (manufacturer_id, partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines)
    SELECT (SELECT current_setting('app.manufacturer')::bigint),
        partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines
    FROM month_deltas
"""
INSERT_FURTHER_MONTHS = """
    INSERT INTO commerce_salesmonth
        (manufacturer_id, partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines)
    SELECT (SELECT current_setting('app.manufacturer')::bigint),
        partner_id, product_id, month, quantity, amount_base, returns_base, lines, return_lines
    FROM month_deltas d WHERE NOT EXISTS (
        SELECT FROM commerce_salesmonth m
        WHERE m.partner_id = d.partner_id AND m.month = d.month
        AND coalesce(m.product_id, 0) = coalesce(d.product_id, 0)
    )
"""
DROP_EMPTY_MONTHS = """
    DELETE FROM commerce_salesmonth m USING month_deltas d
    WHERE m.lines = 0 AND d.lines < 0 AND m.partner_id = d.partner_id AND m.month = d.month
    AND coalesce(m.product_id, 0) = coalesce(d.product_id, 0)
"""
ALL_DELTAS = """
    SELECT month, amount_base, returns_base, lines, partners
    FROM (
        SELECT month, sum(amount_base) AS amount_base, sum(returns_base) AS returns_base, sum(lines) AS lines
        FROM month_deltas GROUP BY month
    ) sold JOIN (
        SELECT month, sum(is_there::integer - was_there::integer) AS partners
        FROM (
            SELECT *, EXISTS (
                SELECT FROM commerce_salesmonth m WHERE m.partner_id = p.partner_id AND m.month = p.month
            ) AS is_there
            FROM partner_months p
        ) now GROUP BY month
    ) counted USING (month)
"""
ADD_TO_ALL = """
    UPDATE commerce_manufacturermonth a SET amount_base = a.amount_base + d.amount_base,
        returns_base = a.returns_base + d.returns_base, lines = a.lines + d.lines, partners = a.partners + d.partners
    FROM all_deltas d WHERE a.month = d.month
"""
INSERT_ALL = """
    INSERT INTO commerce_manufacturermonth (month, amount_base, returns_base, lines, partners)
    SELECT month, amount_base, returns_base, lines, partners FROM all_deltas d
    WHERE NOT EXISTS (SELECT FROM commerce_manufacturermonth a WHERE a.month = d.month)
"""
DROP_EMPTY_ALL = "DELETE FROM commerce_manufacturermonth WHERE lines = 0"
TOUCHED_DAYS = "SELECT partner_id, date FROM new_lines UNION SELECT partner_id, date FROM changed_lines"
FORGET_DAYS = """
    DELETE FROM commerce_salesday d USING touched_days t WHERE d.partner_id = t.partner_id AND d.date = t.date
"""
INSERT_DAYS = """
    INSERT INTO commerce_salesday (partner_id, date, amount_base, returns_base, orders, lines, return_lines)
    SELECT partner_id, date, amount_base, returns_base, orders, lines, return_lines FROM touched_days
"""
COUNT_DAYS = """
    INSERT INTO commerce_salesday (partner_id, date, amount_base, returns_base, orders, lines, return_lines)
    SELECT partner_id, date, sum(amount_base), coalesce(sum(-amount_base) FILTER (WHERE is_return), 0),
        count(DISTINCT order_number) FILTER (WHERE NOT is_return), count(*), count(*) FILTER (WHERE is_return)
    FROM (
        SELECT l.partner_id, l.date, l.amount_base, l.order_number,
            l.amount < 0 OR l.amount = 0 AND l.quantity < 0 AS is_return
        FROM touched_days t JOIN commerce_salesline l ON l.partner_id = t.partner_id AND l.date = t.date
    ) found
    GROUP BY partner_id, date ORDER BY partner_id, date
"""
