"""What plans can set as targets of sell-in: in total, by product category, and orders."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from commerce.kpis import PURCHASES, sell_in_covers
from commerce.models import ProductCategory
from commerce.selectors import months_after
from partners.plan_measures import MAIN, Measure, MeasureSource, Query, register_measures
from valuation.registry import for_partner

ORDERS = "sales.orders"
CATEGORY = "sales.category."

SELL_IN = _("Sell-in")
CATEGORIES = _("Product categories")


def measures() -> Sequence[Measure]:
    """Sell-in, orders, and every category: what is bought of the categories below it counts for it, too."""
    sell_in = PURCHASES if for_partner() else SELL_IN
    return [
        Measure(MAIN, sell_in, "money", sell_in),
        Measure(ORDERS, _("Orders"), "count", sell_in),
        *(
            Measure(f"{CATEGORY}{category.code}", str(category), "money", CATEGORIES)
            for category in ProductCategory.objects.order_by("order", "code")
        ),
    ]


TOTALS = """
SELECT partner_id, 'sales.revenue' AS measure, date_trunc('month', date::timestamp)::date AS month, amount_base AS value
FROM commerce_salesday
WHERE date >= %(sales_first)s AND date < %(sales_end)s
    AND (%(sales_partners)s::bigint[] IS NULL OR partner_id = ANY(%(sales_partners)s::bigint[]))
    AND (%(sales_keys)s::text[] IS NULL OR 'sales.revenue' = ANY(%(sales_keys)s::text[]))
UNION ALL
SELECT partner_id, 'sales.orders', date_trunc('month', date::timestamp)::date, orders::numeric
FROM commerce_salesday
WHERE date >= %(sales_first)s AND date < %(sales_end)s
    AND (%(sales_partners)s::bigint[] IS NULL OR partner_id = ANY(%(sales_partners)s::bigint[]))
    AND (%(sales_keys)s::text[] IS NULL OR 'sales.orders' = ANY(%(sales_keys)s::text[]))
"""

BY_CATEGORY = """
UNION ALL (
    WITH RECURSIVE plan_category(top, id) AS (
        SELECT code, id FROM commerce_productcategory
        WHERE %(sales_keys)s::text[] IS NULL OR 'sales.category.' || code = ANY(%(sales_keys)s::text[])
        UNION
        SELECT p.top, c.id FROM plan_category p JOIN commerce_productcategory c ON c.parent_id = p.id
    )
    SELECT sold.partner_id, 'sales.category.' || p.top, sold.month, sum(sold.amount_base)
    FROM plan_category p
    JOIN commerce_product product ON product.category_id = p.id
    JOIN commerce_salesmonth sold ON sold.product_id = product.id
    WHERE sold.month BETWEEN %(sales_first)s AND %(sales_last)s
        AND (%(sales_partners)s::bigint[] IS NULL OR sold.partner_id = ANY(%(sales_partners)s::bigint[]))
    GROUP BY sold.partner_id, p.top, sold.month
)
"""


def rows(first: dt.date, last: dt.date, partners: Sequence[int] | None, keys: Sequence[str] | None) -> Query:
    """Categories from the totals by month and product, only where they are asked for; the rest from the days, of which
    there are far fewer."""
    by_category = keys is None or any(key.startswith(CATEGORY) for key in keys)
    return TOTALS + (BY_CATEGORY if by_category else ""), {
        "sales_first": first,
        "sales_last": last,
        "sales_end": months_after(last, 1),
        "sales_partners": None if partners is None else list(partners),
        "sales_keys": None if keys is None else list(keys),
    }


register_measures(MeasureSource(measures, rows, sell_in_covers))
