"""Orders that follow a campaign, found in the books (`commerce.SalesLine`), also of those that got nothing.

Orders are a company's, and the hold-out is drawn by company. So that the two can be compared, all readers of a campaign are
counted over the same days: from the day the first of them was written to until the window has ended for the last wave.
A campaign for a product counts orders of that product. What a company ordered is shared out evenly among its readers, so
that the parts of a report add up to the whole. What end customers order of partners stands in no books of ours.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from django.db import connection
from django.db.models import Min

from campaigns.models import Arm, Campaign, Readers, Recipient


@dataclass(frozen=True)
class Window:
    """The days in which orders count, first and last among them, and which arms were written to by now."""

    first: dt.date
    last: dt.date
    arms: tuple[str, ...]

    @property
    def is_rolled_out(self) -> bool:
        """Whether all were written to that were to be: only then the hold-out is their like."""
        return Arm.REST in self.arms


def window_of(campaign: Campaign) -> Window | None:
    """When orders count; None while nobody was written to."""
    readers = Recipient.objects.filter(campaign=campaign, sent_at__isnull=False).order_by()
    begun = dict(readers.values_list("arm").annotate(first=Min("sent_at")))
    if not begun:
        return None
    zone = zoneinfo.ZoneInfo(campaign.manufacturer.timezone)
    days = [moment.astimezone(zone).date() for moment in begun.values()]
    return Window(min(days), max(days) + dt.timedelta(days=campaign.window_days - 1), tuple(sorted(begun)))


FIND = """
    WITH reader AS (
        SELECT id, partner_id FROM campaigns_recipient
        WHERE campaign_id = %(campaign)s AND left_out = '' AND arm = ANY (%(arms)s)
    ), bought AS (
        SELECT partner_id, min(date) FILTER (WHERE amount_base > 0) AS first, sum(amount_base) AS amount
        FROM commerce_salesline
        WHERE partner_id IN (SELECT partner_id FROM reader) AND date BETWEEN %(first)s AND %(last)s
            AND (%(product)s::bigint IS NULL OR product_id = %(product)s)
        GROUP BY 1 HAVING min(date) FILTER (WHERE amount_base > 0) IS NOT NULL
    ), part AS (
        SELECT r.id, b.first, b.amount, round(b.amount / count(*) OVER company, 4) AS even,
            count(*) OVER company AS people, row_number() OVER (company ORDER BY r.id) AS place
        FROM reader r JOIN bought b USING (partner_id)
        WINDOW company AS (PARTITION BY r.partner_id)
    ), found AS (
        SELECT r.id, p.first,
            coalesce(CASE WHEN p.place = 1 THEN p.amount - p.even * (p.people - 1) ELSE p.even END, 0) AS amount
        FROM campaigns_recipient r LEFT JOIN part p USING (id)
        WHERE r.campaign_id = %(campaign)s
    )
    UPDATE campaigns_recipient r SET ordered_on = f.first, order_amount = f.amount
    FROM found f
    WHERE r.id = f.id AND (r.ordered_on, r.order_amount) IS DISTINCT FROM (f.first, f.amount)
"""


def find_orders(campaign: Campaign) -> int:
    """Keep on each reader when its company first ordered within the window, and its part of the amount. Two statements,
    at any size; returns how many readers changed. Safe to run again."""
    window = window_of(campaign)
    if window is None or campaign.readers == Readers.CUSTOMERS:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            {
                "campaign": campaign.pk,
                "arms": [*window.arms, str(Arm.HOLDOUT)],
                "first": window.first,
                "last": window.last,
                "product": campaign.product_id,
            },
        )
        return int(cursor.rowcount)
