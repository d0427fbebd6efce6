"""What the clock brings: reminders of what is due and late, and the end of what is over."""

import datetime as dt

from django.db import transaction

from campaigns.models import Initiative, InitiativePartner, InitiativeState
from campaigns.selectors.initiatives import OPEN
from campaigns.services.initiatives import telling
from campaigns.services.initiatives.life import end

SOON = dt.timedelta(days=3)


def turn_initiatives(today: dt.date) -> int:
    """All that is due on a day: how many were ended and how many people told. Safe to run again."""
    return end_over(today) + tell_of_days(today)


def end_over(today: dt.date) -> int:
    """End what is past its last day, and tell whose it is."""
    over = Initiative.objects.filter(state=InitiativeState.RUNNING, ends_on__lt=today)
    done = 0
    for initiative in over.select_for_update(skip_locked=True).order_by("pk"):
        with transaction.atomic():
            telling.tell_over(end(initiative, by=None))
        done += 1
    return done


def tell_of_days(today: dt.date) -> int:
    """Who has a step due within three days, or one that is late, hears of it once. A statement for each initiative and day,
    whatever the number of partners; not on the day on which they were told of it all."""
    told = 0
    for initiative in Initiative.objects.filter(state=InitiativeState.RUNNING, starts_on__lt=today).order_by("pk"):
        rows = InitiativePartner.objects.filter(OPEN, initiative=initiative, next_due_on__lte=today + SOON)
        days = rows.order_by("next_due_on").values_list("next_due_on", flat=True).distinct()
        told += sum(telling.tell_due(initiative, day, is_late=day < today) for day in list(days) if day is not None)
    return told
