"""The KPI that training gives: how many of a partner's people are certified.

It is on offer to programmes and suggests no weight: who certifies nobody values nobody by it.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from valuation.registry import Kpi, KpiSource, Unit, register_source

CERTIFIED = Kpi(
    "certified_people",
    name=_("Certified people"),
    explanation=_("How many people of the partner hold a certificate that is valid on the day."),
    unit=Unit.COUNT,
    period=_("Today"),
    effort=Decimal("0.5"),
    step=Decimal(1),
)

# Of partners that were ever given one: who has none is at nought, who was never taught is not counted.
FROM_CERTIFICATES = """
SELECT p.id, jsonb_strip_nulls(jsonb_build_object('certified_people', c.certified::text)), NULL::jsonb
FROM partners_partner p
LEFT JOIN LATERAL (
    SELECT count(DISTINCT c.member_id) FILTER (
        WHERE m.is_active AND c.issued_on <= %(day)s AND (c.valid_until IS NULL OR c.valid_until >= %(day)s)
        AND (c.withdrawn_at IS NULL OR (c.withdrawn_at AT TIME ZONE f.timezone)::date > %(day)s)
    ) AS certified
    FROM training_certificate c
    JOIN tenancy_membership m ON m.id = c.member_id
    JOIN tenancy_manufacturer f ON f.id = c.manufacturer_id
    WHERE c.partner_id = p.id HAVING count(*) > 0
) c ON true
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def certified_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The KPI of the partners from `first` to `last` on a day."""
    return FROM_CERTIFICATES, {"day": day, "first": first, "last": last}


register_source(KpiSource(kpis=(CERTIFIED,), rows=certified_rows))
