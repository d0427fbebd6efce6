"""Which campaigns hold somebody out."""

import datetime as dt

from django.db.models import QuerySet

from campaigns.models import Campaign, CampaignState

NOT_MEASURED = (CampaignState.ANALYSED, CampaignState.CLOSED, CampaignState.STOPPED)


def holding_between(first: dt.date, last: dt.date) -> QuerySet[Campaign]:
    """The campaigns whose effect is measured in these days: from their first day until the window after their last. Those
    whom they hold out get no advertising by anything else either.
    """
    frozen = Campaign.objects.filter(starts_on__lte=last, frozen_at__isnull=False).exclude(state__in=NOT_MEASURED)
    ids = [
        pk
        for pk, ends_on, days in frozen.values_list("pk", "ends_on", "window_days")
        if ends_on + dt.timedelta(days=days) >= first
    ]
    return Campaign.objects.filter(pk__in=ids)
