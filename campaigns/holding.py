"""Whom running campaigns hold out, for what is sent apart from campaigns: announcements that advertise, and greetings."""

import datetime as dt
from typing import Any

from campaigns.models import Arm, Recipient
from campaigns.selectors.holding import holding_between
from partners.held_out import holds_out


@holds_out
def partners_held_out(day: dt.date) -> Any:
    """Partners whose people a campaign holds out that day; end customers that are held out keep no partner from anything."""
    return Recipient.objects.filter(
        campaign__in=holding_between(day, day), arm=Arm.HOLDOUT, customer=None, partner__isnull=False
    ).values("partner_id")
