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
    """The last six months, oldest first, the running one among them once something was bought in it. One query.

    Empty where nothing was ever bought.
    """
    running = today.replace(day=1)
    amounts = dict(
        SalesMonth.objects.filter(partner=partner, month__gte=months_before(running, 13 + MONTHS_SHOWN))
        .values_list("month")
        .annotate(amount=Sum("amount_base"))
        .order_by("month")
    )
    if not amounts:
        return []
    last = running if running in amounts else months_before(running, 1)
    months = [months_before(last, back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
    nothing = Decimal(0)
    return [
        OwnMonth(month, amounts.get(month, nothing), amounts.get(months_before(month, 12), nothing)) for month in months
    ]
