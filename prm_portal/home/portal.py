"""What a partner's home page shows beyond its grade, in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from commerce.models import SalesMonth
from partners.models import Partner
from prm_portal.home.staff import months_before

MONTHS_SHOWN = 6


@dataclass(frozen=True)
class OwnMonth:
    """A month's sell-in to the partner, beside that of the same month a year earlier."""

    month: dt.date
    amount: Decimal
    before: Decimal


def own_months(partner: Partner, today: dt.date) -> list[OwnMonth]:
    """The last six months up to the running one, oldest first; empty where nothing was ever bought. One query."""
    running = today.replace(day=1)
    amounts = dict(
        SalesMonth.objects.filter(partner=partner, month__gte=months_before(running, 12 + MONTHS_SHOWN))
        .values_list("month")
        .annotate(amount=Sum("amount_base"))
        .order_by("month")
    )
    if not amounts:
        return []
    months = [months_before(running, back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
    nothing = Decimal(0)
    return [
        OwnMonth(month, amounts.get(month, nothing), amounts.get(months_before(month, 12), nothing)) for month in months
    ]
