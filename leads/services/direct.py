"""What partners get of direct sales and direct requests: by rule, to the partner of the territory, all at once."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.models import CreditState, DirectSale
from leads.models import RuleOutcome
from leads.notice_kinds.conflicts import SALE_CREDITED
from leads.selectors.coverage import Address, Covering, covering_partners
from notices.services import tell
from partners.blocking import blocking_keys, hashed
from partners.matching import Company, prepare
from partners.models import Partner
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

CHUNK = 5_000


class DirectError(DomainError):
    """A step that a direct sale cannot take now."""


# The first rule that fits each sale.
RULED = """
SELECT s.id, r.id, r.outcome, s.country, s.region, s.postal_code, e.served_by_id
FROM commerce_directsale s
LEFT JOIN commerce_endcustomer e ON e.id = s.customer_id
LEFT JOIN commerce_product product ON product.id = s.product_id
LEFT JOIN LATERAL (
    SELECT r.id, r.outcome FROM leads_directrule r
    WHERE r.is_active AND r.way = s.channel
        AND (r.category_id IS NULL OR r.category_id = coalesce(s.category_id, product.category_id))
    ORDER BY r."order", r.id LIMIT 1
) r ON true
WHERE s.id = ANY (%(ids)s) AND s.credit_state = 'open'
ORDER BY s.id
FOR NO KEY UPDATE OF s
"""
SETTLE = """
UPDATE commerce_directsale s SET
    credit_state = CASE WHEN n.is_credited THEN 'credited' ELSE 'none' END,
    credited_to_id = CASE WHEN n.is_credited THEN n.partner END,
    territory_id = n.territory,
    credit_percent = CASE WHEN n.is_credited THEN r.percent END,
    credit_base = CASE WHEN n.is_credited THEN round(s.amount_base * r.percent / 100, 4) END,
    explanation = jsonb_build_object(
        'why', n.why, 'rule', n.rule, 'covers', n.partner, 'covers_why', n.covers_why, 'among', n.among
    ),
    credited_at = %(now)s
FROM unnest(
    %(ids)s::bigint[], %(rules)s::bigint[], %(partners)s::bigint[], %(territories)s::bigint[], %(why)s::text[],
    %(covers_why)s::text[], %(among)s::int[], %(credited)s::bool[]
) AS n (id, rule, partner, territory, why, covers_why, among, is_credited)
LEFT JOIN leads_directrule r ON r.id = n.rule
WHERE s.id = n.id
RETURNING s.id, s.credit_state, s.credited_to_id, s.credit_base
"""


def settle_direct_sales(ids: Collection[int] | None = None, *, now: dt.datetime | None = None) -> dict[str, int]:
    """Apply the rules to direct sales that nobody has looked at; returns how many were credited and how many not.

    Safe to repeat: a sale is settled once. The partners hear of it, one notice each.
    """
    waiting = DirectSale.objects.filter(credit_state=CreditState.OPEN)
    if ids is not None:
        waiting = waiting.filter(pk__in=list(ids))
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    done = {"credited": 0, "none": 0}
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            now = now or timezone.now()
            rows = _settle(keys[start : start + CHUNK], now)
            sums: dict[int, tuple[int, Decimal, int]] = {}
            for pk, state, partner, credit in rows:
                done[state] += 1
                if partner is not None:
                    count, total, first = sums.get(partner, (0, Decimal(0), pk))
                    sums[partner] = count + 1, total + (credit or 0), first
            for partner, (count, total, first) in sums.items():
                tell(
                    members_with(Right.PORTAL_FIGURES).filter(partner=partner),
                    SALE_CREDITED,
                    key=f"direct-credit-{partner}-{first}",
                    facts={"count": count, "credit": str(total)},
                )
    return done


def _settle(ids: list[int], now: dt.datetime) -> list[tuple[int, str, int | None, Decimal | None]]:
    with connection.cursor() as cursor:
        cursor.execute(RULED, {"ids": ids})
        sales = cursor.fetchall()
        found = covering_partners([Address(pk, *where) for pk, _rule, _outcome, *where in sales])
        columns: dict[str, list[Any]] = {
            name: [] for name in ("ids", "rules", "partners", "territories", "why", "covers_why", "among", "credited")
        }
        for pk, rule, outcome, *_where in sales:
            one = found.get(pk)
            decided = "no_rule" if rule is None else "rule_none" if outcome != RuleOutcome.CREDIT else ""
            row = {
                "ids": pk,
                "rules": rule,
                "partners": one.partner if one else None,
                "territories": one.territory if one else None,
                "why": decided or (one.why if one else "nobody"),
                "covers_why": one.why if one else "",
                "among": one.among if one else 0,
                "credited": not decided and one is not None,
            }
            for name, value in row.items():
                columns[name].append(value)
        cursor.execute(SETTLE, {"now": now, **columns})
        return cursor.fetchall()


@transaction.atomic
def credit_sale(
    sale: DirectSale, partner: Partner | None, *, percent: Decimal | None, reason: str, by: Membership
) -> DirectSale:
    """Somebody decides by hand who is credited with a direct sale, and with how much of it; nobody without a partner."""
    if not reason.strip():
        raise DirectError(_("Say why: the partner reads it."))
    if partner is not None and not percent:
        raise DirectError(_("Say how many per cent are credited."))
    row = DirectSale.objects.select_for_update(no_key=True).get(pk=sale.pk)
    row.credit_state = CreditState.CREDITED if partner else CreditState.NONE
    row.credited_to = partner
    row.credit_percent = percent if partner else None
    row.credit_base = (row.amount_base * percent / 100).quantize(Decimal("0.0001")) if partner and percent else None
    row.explanation = (row.explanation or {}) | {"why": "by_hand", "by": by.name, "reason": reason.strip()[:500]}
    row.credited_at = timezone.now()
    row.save(
        update_fields=["credit_state", "credited_to", "credit_percent", "credit_base", "explanation", "credited_at"]
    )
    return row


REQUESTS = """
SELECT l.id, l.country, l.region, l.postal_code, e.served_by_id
FROM leads_lead l
LEFT JOIN commerce_endcustomer e ON e.id = l.customer_id
JOIN LATERAL (
    SELECT r.outcome FROM leads_directrule r
    WHERE r.is_active AND r.way = 'request' AND (r.source_id IS NULL OR r.source_id = l.source_id)
        AND (r.category_id IS NULL OR r.category_id = l.category_id)
    ORDER BY r."order", r.id LIMIT 1
) r ON r.outcome = 'route'
WHERE l.id = ANY (%(ids)s) AND l.referred_by_id IS NULL
ORDER BY l.id
"""


def territory_partners(lead_ids: Collection[int]) -> dict[int, Covering]:
    """For requests that a rule routes: lead -> the partner of its territory and why. Two queries for any number.

    What a partner brought came in through that partner, not directly.
    """
    with connection.cursor() as cursor:
        cursor.execute(REQUESTS, {"ids": list(lead_ids)})
        return covering_partners([Address(*row) for row in cursor.fetchall()])


def write_direct_keys(ids: Collection[int] | None = None) -> int:
    """Bring the blocking keys of direct sales in step with what they say; without ids those that have none."""
    rows = DirectSale.objects.select_related("customer")
    rows = rows.filter(pk__in=list(ids)) if ids is not None else rows.filter(match_keys=None)
    pairs: list[tuple[int, int]] = []
    count = 0
    for sale in rows.iterator(chunk_size=CHUNK):
        count += 1
        pairs += [(sale.pk, hashed(key)) for key in blocking_keys(prepare(company_of_sale(sale)))]
    with transaction.atomic(), connection.cursor() as cursor:
        if ids is not None:
            cursor.execute("DELETE FROM commerce_directsalekey WHERE sale_id = ANY (%s)", [list(ids)])
        for start in range(0, len(pairs), 50_000):
            part = pairs[start : start + 50_000]
            cursor.execute(
                "INSERT INTO commerce_directsalekey (manufacturer_id, sale_id, key)"
                " SELECT (SELECT current_setting('app.manufacturer')::bigint), sale, key"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (sale, key) ON CONFLICT DO NOTHING",
                [[pk for pk, _key in part], [key for _pk, key in part]],
            )
    return count


def company_of_sale(sale: DirectSale) -> Company:
    """Who bought, as companies are compared."""
    customer = sale.customer
    return Company(
        name=sale.customer_name or (customer.name if customer else ""),
        local_name=customer.local_name if customer else "",
        business_number=sale.business_number or (customer.business_number if customer else ""),
        phone=sale.phone or (customer.phone if customer else ""),
        email=sale.email or (customer.email if customer else ""),
        address=sale.address,
        city=sale.city,
        postal_code=sale.postal_code,
        country=sale.country,
    )
