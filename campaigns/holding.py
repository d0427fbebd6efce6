"""Whom running campaigns hold out and which addresses are suppressed, for what is sent apart from campaigns: announcements that
advertise, greetings and personal news."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from campaigns.models import Arm, CampaignChannel, Recipient, Suppression
from campaigns.selectors.holding import holding_between
from partners.held_out import holds_out
from partners.refused_mail import refuses_mail


@holds_out
def partners_held_out(day: dt.date) -> Any:
    """Partners whose people a campaign holds out that day; end customers that are held out keep no partner from anything."""
    return Recipient.objects.filter(
        campaign__in=holding_between(day, day), arm=Arm.HOLDOUT, customer=None, partner__isnull=False
    ).values("partner_id")


@refuses_mail
def addresses_suppressed(addresses: Collection[str]) -> list[str]:
    """Those to which mails came back, that complained or want none, whatever consent stands."""
    found = Suppression.objects.filter(channel=CampaignChannel.EMAIL, address__in=list(addresses))
    return list(found.values_list("address", flat=True))
