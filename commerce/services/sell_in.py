"""Writing sell-in lines, with all totals exactly in step, in one transaction.

The lines to write stand in a temporary view `new_lines` over the staged rows of an import. Whatever their number, it is
a handful of statements. Two writers of one manufacturer take turns: `lock_sell_in` holds until the transaction ends.
"""

from concurrent.futures import ThreadPoolExecutor

from commerce.services.totals import bring_totals_in_step
from commerce.sums import Adder
from jobs.imports import MANY, Counts, Stage
from tenancy.rls import take_turns
from valuation.services import request_recompute


def lock_sell_in() -> None:
    """Wait for other writers of this manufacturer's sell-in, and keep new ones out until the transaction ends."""
    take_turns("commerce.sell_in")


def compare_lines(stage: Stage) -> Counts:
    """How many of the new lines are unknown, known and different, known and the same. A first file has none to compare."""
    (total,) = stage.fetch("SELECT count(*) FROM new_lines")[0]
    with stage.planned_for(1):
        (are_lines,) = stage.fetch("SELECT EXISTS (SELECT FROM commerce_salesline)")[0]
    if not are_lines:
        return Counts(new=total)
    stage.view("known_lines", KNOWN)
    with stage.planned_for(stage.rows, by_key=True):
        known, changed = stage.fetch("SELECT count(*), count(*) FILTER (WHERE differs) FROM known_lines")[0]
    return Counts(new=total - known, changed=changed, unchanged=known - changed)


def write_lines(stage: Stage, counts: Counts, *, import_file: int | None, adder: Adder | None = None) -> None:
    """Insert the lines that are new, update those that changed, and bring totals and soon the grades in step.

    Needs the lock. `adder` has taken note of the lines, if all of them are new: it adds up while the database writes.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        adding = beside.submit(adder.sums, counts.new) if adder else None
        _write(stage, counts, import_file)
        sums = adding.result() if adding else None
    bring_totals_in_step(stage, sums)
    if counts.new > MANY:
        stage.fetch("SELECT commerce_measure_lines(%s)", [counts.new])
    request_recompute()


def _write(stage: Stage, counts: Counts, import_file: int | None) -> None:
    with stage.planned_for(stage.rows):
        if counts.unchanged:
            stage.execute(DROP_UNCHANGED)
        stage.table("changed_lines", KEEP_OLD if counts.changed else KEEP_NOTHING)
        if counts.changed:
            stage.execute(UPDATE, [import_file])
        stage.execute(INSERT_UNKNOWN if counts.changed else INSERT, [import_file])


KNOWN = """
    SELECT n.row, (
        (l.partner_id, l.product_id, l.date, l.quantity, l.amount, l.currency, l.amount_base,
         l.order_number, l.line_number, l.external_line_id)
        IS DISTINCT FROM
        (n.partner_id, n.product_id, n.date, n.quantity, n.amount, n.currency, n.amount_base,
         n.order_number, n.line_number, n.external_line_id)
    ) AS differs
    FROM new_lines n JOIN commerce_salesline l ON l.line_id = n.line_id
"""
DROP_UNCHANGED = "DELETE FROM import_rows WHERE row IN (SELECT row FROM known_lines WHERE NOT differs)"
KEEP_OLD = """
    SELECT l.line_id, l.partner_id, l.product_id, l.date, l.quantity, l.amount_base,
        l.amount < 0 OR l.amount = 0 AND l.quantity < 0 AS is_return
    FROM commerce_salesline l JOIN import_rows n ON n.line_id = l.line_id
"""
KEEP_NOTHING = """
    SELECT line_id, partner_id, product_id, date, quantity, amount_base, false AS is_return
    FROM commerce_salesline WHERE false
"""
UPDATE = """
    UPDATE commerce_salesline l SET
        partner_id = n.partner_id, product_id = n.product_id, date = n.date, quantity = n.quantity, amount = n.amount,
        currency = n.currency, amount_base = n.amount_base, order_number = n.order_number,
        line_number = n.line_number, external_line_id = n.external_line_id, import_file = %s
    FROM new_lines n WHERE l.line_id = n.line_id
"""
# The scope's manufacturer is asked for once, not by the column's default for every row.
INSERT = """
    INSERT INTO commerce_salesline (manufacturer_id, line_id, partner_id, product_id, date, quantity, amount, currency, amount_base,
        order_number, line_number, external_line_id, import_file)
    SELECT (SELECT current_setting('app.manufacturer')::bigint), line_id, partner_id, product_id, date, quantity, amount,
        currency, amount_base, order_number, line_number, external_line_id, %s
    FROM new_lines n
"""
INSERT_UNKNOWN = """
    INSERT INTO commerce_salesline (manufacturer_id, line_id, partner_id, product_id, date, quantity, amount, currency, amount_base,
        order_number, line_number, external_line_id, import_file)
    SELECT (SELECT current_setting('app.manufacturer')::bigint), line_id, partner_id, product_id, date, quantity, amount,
        currency, amount_base, order_number, line_number, external_line_id, %s
    FROM new_lines n WHERE NOT EXISTS (SELECT FROM changed_lines c WHERE c.line_id = n.line_id)
"""
