"""Closed leads by the hundred, for what learns from them and counts them."""

import datetime as dt
import random
from typing import Any

from django.utils import timezone

from leads.models import Lead, LeadState
from tests.leads.factories import LeadSourceFactory


def close_leads(
    manufacturer: Any,
    count: int,
    *,
    seed: int = 1,
    rates: dict[str, float] | None = None,
    until: dt.datetime | None = None,
    **values: Any,
) -> list[Lead]:
    """So many leads, one an hour until now, won at the rate of their source; each closed ten days after it came."""
    dice, rates = random.Random(seed), rates or {"fair": 0.6, "web": 0.15}
    sources = {
        code: LeadSourceFactory(manufacturer=manufacturer, code=f"{code}-{seed}", names={"en": code.title()})
        for code in rates
    }
    until = until or timezone.now() - dt.timedelta(days=11)
    leads = []
    for number in range(count):
        code = dice.choice(list(rates))
        came = until - dt.timedelta(hours=count - number)
        leads.append(
            Lead(
                manufacturer=manufacturer,
                reference=f"C{seed}-{number}",
                company=f"Company {number}",
                source=sources[code],
                amount_base=dice.randrange(1, 100) * 1000,
                state=LeadState.WON if dice.random() < rates[code] else LeadState.LOST,
                received_at=came,
                state_since=came + dt.timedelta(days=10),
                closed_at=came + dt.timedelta(days=10),
                **values,
            )
        )
    return Lead.objects.bulk_create(leads)
