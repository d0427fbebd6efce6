"""Conflicts that nobody has to report: found in what is there, by a few statements over everything new.

Each finding has a key of its own, so that it becomes one case however often it is found.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from commerce.models import DirectSale, ProductCategory
from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from leads.deal_conflicts import Overlap, overlap_of
from leads.models import CaseState, ConflictCase, ConflictStep, DealRegistration, Lead, LeadState
from leads.selectors.coverage import Address, covering_partners
from leads.selectors.deal_conflicts import party_of_any, party_of_deal, same_customer
from leads.services.conflicts import close_due, tell_opened
from leads.services.direct import settle_direct_sales, write_direct_keys
from tenancy.models import Membership
from tenancy.rls import commit_chunk
from tenancy.selectors import current_manufacturer

JOB_KIND = "find_conflicts"
LOOK_BACK = dt.timedelta(days=90)
"""What is older has been looked at before."""
MONTHS = 12

# What partners paid for one piece on average in the twelve months before today, returns left out, beside the list price
# in base currency as of the day of the sale.
CHECK_PRICES = """
WITH asked AS MATERIALIZED (
    SELECT s.id, s.product_id, s.date, s.amount_base / s.quantity AS unit
    FROM commerce_directsale s
    WHERE s.product_id IS NOT NULL AND s.quantity > 0 AND s.amount > 0 AND s.date >= %(since)s
), bought AS (
    SELECT m.product_id, sum(m.amount_base + m.returns_base) AS amount, sum(m.quantity) AS quantity
    FROM commerce_salesmonth m
    WHERE m.product_id IN (SELECT product_id FROM asked) AND m.month > %(first)s AND m.return_lines = 0
    GROUP BY m.product_id
), priced AS (
    SELECT a.id, round(a.unit, 4) AS unit,
        round(CASE WHEN p.currency IN ('', %(base)s) THEN p.list_price ELSE p.list_price * rate.rate END, 4) AS list,
        round(CASE WHEN b.quantity > 0 THEN b.amount / b.quantity END, 4) AS partners
    FROM asked a
    JOIN commerce_product p ON p.id = a.product_id
    LEFT JOIN bought b ON b.product_id = a.product_id
    LEFT JOIN LATERAL (
        SELECT r.rate FROM commerce_exchangerate r WHERE r.currency = p.currency AND r.date <= a.date
        ORDER BY r.date DESC LIMIT 1
    ) rate ON true
)
UPDATE commerce_directsale s SET unit_base = priced.unit, list_base = priced.list, partner_base = priced.partners,
    below = CASE WHEN priced.unit < priced.partners THEN 'partners' WHEN priced.unit < priced.list THEN 'list' ELSE '' END
FROM priced
WHERE s.id = priced.id AND (s.unit_base, s.list_base, s.partner_base)
    IS DISTINCT FROM (priced.unit, priced.list, priced.partners)
"""

# Each kind of finding with its key; what one finding holds and another does not is empty.
FIND = """
WITH found AS (
    -- A direct sale where a partner is alone in the territory and got nothing of it.
    SELECT 'direct' AS kind, 'direct-' || s.id AS key, (s.explanation->>'covers')::bigint AS partner_id,
        NULL::bigint AS other_id, s.id AS sale_id, NULL::bigint AS lead_id, NULL::bigint AS other_lead_id,
        s.customer_id, s.product_id, s.amount_base,
        jsonb_build_object('order', s.order_number, 'date', s.date, 'city', s.city, 'amount', s.amount_base,
            'quantity', s.quantity, 'channel', s.channel) AS facts
    FROM commerce_directsale s
    WHERE s.credit_state = 'none' AND s.date >= %(since)s AND s.explanation->>'covers_why' = 'alone'
        AND s.explanation->>'why' IN ('no_rule', 'rule_none') AND s.amount > 0
    UNION ALL
    -- Sold directly for less than partners buy for, in the territory of one.
    SELECT 'price', 'price-' || s.id, coalesce(s.credited_to_id, (s.explanation->>'covers')::bigint), NULL, s.id, NULL,
        NULL, s.customer_id, s.product_id, round((s.partner_base - s.unit_base) * s.quantity, 4),
        jsonb_build_object('order', s.order_number, 'date', s.date, 'city', s.city, 'amount', s.amount_base,
            'quantity', s.quantity, 'channel', s.channel)
    FROM commerce_directsale s
    WHERE s.below = 'partners' AND s.date >= %(since)s
        AND coalesce(s.credited_to_id, (s.explanation->>'covers')::bigint) IS NOT NULL
    UNION ALL
    -- Two partners work on the same end customer, for the same kind of product or where one does not say.
    SELECT 'two', 'two-' || a.id || '-' || b.id, a.partner_id, b.partner_id, NULL, a.id, b.id, a.customer_id, NULL,
        greatest(a.amount_base, b.amount_base),
        jsonb_build_object('date', a.accepted_at::date, 'other_date', b.accepted_at::date)
    FROM leads_lead b
    JOIN leads_lead a ON a.customer_id = b.customer_id AND a.partner_id <> b.partner_id AND a.state = 'accepted'
        AND (a.accepted_at, a.id) < (b.accepted_at, b.id)
        AND (a.category_id = b.category_id OR a.category_id IS NULL OR b.category_id IS NULL)
    WHERE b.state = 'accepted' AND b.customer_id IS NOT NULL AND b.accepted_at >= %(since)s
    UNION ALL
    -- A partner brought a lead by itself from an area that another covers alone and it does not cover at all.
    SELECT 'outside', 'outside-' || l.id, o.partner, l.partner_id, NULL, NULL, l.id, l.customer_id, NULL, l.amount_base,
        jsonb_build_object('date', l.accepted_at::date, 'city', l.city)
    FROM unnest(%(outside)s::bigint[], %(alone)s::bigint[]) AS o (lead, partner) JOIN leads_lead l ON l.id = o.lead
    UNION ALL
    -- Sold directly to the customer of a registration, for the same kind of product, while it was protected.
    SELECT 'undercut', 'undercut-' || s.id || '-' || d.id, d.partner_id, NULL, s.id, NULL, NULL, s.customer_id,
        s.product_id, s.amount_base,
        jsonb_build_object('order', s.order_number, 'date', s.date, 'city', s.city, 'amount', s.amount_base,
            'quantity', s.quantity, 'channel', s.channel, 'deal', d.reference)
    FROM unnest(%(undercut)s::bigint[], %(deals)s::bigint[]) AS u (sale, deal)
    JOIN commerce_directsale s ON s.id = u.sale JOIN leads_dealregistration d ON d.id = u.deal
)
INSERT INTO leads_conflictcase (
    manufacturer_id, reference, kind, state, state_since, key, partner_id, other_id, raised_by_partner, raised_by_name,
    subject, statement, sale_id, lead_id, other_lead_id, customer_id, product_id, facts, amount_base, opened_at,
    outcome, reason, shows_names, proposed, appeal, first_decision
)
SELECT (SELECT current_setting('app.manufacturer')::bigint), 'C' || upper(left(md5(gen_random_uuid()::text), 8)), f.kind,
    'open', %(now)s, f.key, f.partner_id, f.other_id, false, '', '', '', f.sale_id, f.lead_id, f.other_lead_id,
    f.customer_id, f.product_id, f.facts, f.amount_base, %(now)s, '', '', false, '{}', '', '{}'
FROM found f
ON CONFLICT (manufacturer_id, key) WHERE NOT key = '' DO NOTHING
RETURNING id
"""


def request_search(*, by: Membership | None = None) -> Job:
    """Have a worker look for conflicts. While a request waits, another one is the same."""
    return start_job(JOB_KIND, key="all", by=by)


def run_search(progress: Progress) -> Mapping[str, Any]:
    """The work of a job of kind "find_conflicts"."""
    progress.begin(4)
    keyed = write_direct_keys()
    commit_chunk()
    progress.advance(1)
    settled = settle_direct_sales()
    commit_chunk()
    progress.advance(1)
    found = find_conflicts()
    commit_chunk()
    progress.advance(1)
    closed = close_due()
    progress.advance(1)
    return {"keyed": keyed, **settled, "found": found, "closed": closed}


def check_prices(*, since: dt.date, today: dt.date | None = None) -> int:
    """Compare what direct sales cost since a day with the list price and with what partners pay; returns how many changed."""
    today = today or timezone.localdate()
    first = (
        today.replace(year=today.year - 1) if (today.month, today.day) != (2, 29) else dt.date(today.year - 1, 2, 28)
    )
    currency = current_manufacturer().currency
    with connection.cursor() as cursor:
        cursor.execute(CHECK_PRICES, {"since": since, "first": first.replace(day=1), "base": currency})
        return int(cursor.rowcount)


@transaction.atomic
def find_conflicts(*, now: dt.datetime | None = None) -> int:
    """Open a case for each conflict that is new, and tell both sides; returns how many."""
    now = now or timezone.now()
    since = timezone.localdate(now) - LOOK_BACK
    check_prices(since=since, today=timezone.localdate(now))
    outside, undercut = _outside(since), undercut_deals(since)
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            {
                "now": now,
                "since": since,
                "outside": list(outside),
                "alone": list(outside.values()),
                "undercut": [sale for sale, _deal in undercut],
                "deals": [deal for _sale, deal in undercut],
            },
        )
        found = [pk for (pk,) in cursor.fetchall()]
    ConflictStep.objects.bulk_create(ConflictStep(case_id=pk, to_state=CaseState.OPEN, at=now) for pk in found)
    for case in ConflictCase.objects.filter(pk__in=found):
        tell_opened(case, by=None)
    return len(found)


def _outside(since: dt.date) -> dict[int, int]:
    """Leads that a partner brought by itself, with the partner that covers their area alone, where that is another."""
    leads = Lead.objects.filter(
        state__in=[LeadState.ACCEPTED, LeadState.WON], accepted_at__date__gte=since, partner=F("referred_by")
    ).values_list("pk", "partner_id", "country", "region", "postal_code")
    owners: dict[int, int] = {}
    addresses = []
    for pk, partner, country, region, postal_code in leads.order_by("pk"):
        owners[pk] = partner
        addresses.append(Address(pk, country, region, postal_code))
    return {
        pk: found.partner
        for pk, found in covering_partners(addresses).items()
        if found.why == "alone" and owners[pk] not in found.all
    }


# Direct sales on days on which a registration was protected, where the customer is the same record or shares a key.
ON_PROTECTED_DAYS = """
WITH sold AS MATERIALIZED (
    SELECT id, customer_id, date FROM commerce_directsale WHERE date >= %(since)s AND amount > 0
), guarded AS MATERIALIZED (
    SELECT deal_id, customer_id, (starts_at AT TIME ZONE %(zone)s)::date AS first,
        ((ends_at - interval '1 second') AT TIME ZONE %(zone)s)::date AS last
    FROM leads_protection WHERE ends_at >= %(since)s AND ends_at > starts_at
), pairs AS (
    SELECT s.id, s.date, g.deal_id, g.first, g.last FROM sold s JOIN guarded g ON g.customer_id = s.customer_id
    UNION
    SELECT s.id, s.date, g.deal_id, g.first, g.last
    FROM sold s
    JOIN commerce_directsalekey k ON k.sale_id = s.id
    JOIN leads_dealkey d ON d.key = k.key
    JOIN guarded g ON g.deal_id = d.deal_id
)
SELECT DISTINCT id, deal_id FROM pairs WHERE date BETWEEN first AND last ORDER BY 1, 2
"""


def undercut_deals(since: dt.date) -> list[tuple[int, int]]:
    """Direct sales since a day to the customer of a registration that was protected then, for the same product category
    or a part of it: (sale, registration)."""
    with connection.cursor() as cursor:
        cursor.execute(ON_PROTECTED_DAYS, {"since": since, "zone": timezone.get_current_timezone_name()})
        pairs = cursor.fetchall()
    if not pairs:
        return []
    sales = DirectSale.objects.select_related("product").in_bulk([sale for sale, _deal in pairs])
    deals = DealRegistration.objects.in_bulk([deal for _sale, deal in pairs])
    parents = dict(ProductCategory.objects.values_list("pk", "parent_id"))
    found = []
    for sale_id, deal_id in pairs:
        sale, deal = sales[sale_id], deals[deal_id]
        category = sale.category_id or (sale.product.category_id if sale.product else None)
        if overlap_of(category, deal.category_id, parents) not in (Overlap.SAME, Overlap.RELATED):
            continue
        is_record = sale.customer_id is not None and sale.customer_id == deal.customer_id
        if is_record or same_customer(party_of_any(sale), party_of_deal(deal)):
            found.append((sale_id, deal_id))
    return found
