"""What runs by itself: arrivals are scored and offered, offers that ran out are pulled back, partners are reminded."""

from celery import shared_task
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from jobs.chains import Chain
from tenancy.models import Manufacturer
from tenancy.rls import platform_scope
from tenancy.tasks import at_house

SILENT_SECONDS = 30
"""For how long a chain that says nothing is taken to be at work."""


def start_chain(manufacturer_id: int) -> None:
    """Set a worker on what is due, unless one is at it: what it finds due in its next round it does too."""
    _chain(manufacturer_id).start()


@shared_task(name="leads.distribute")
def distribute(*, manufacturer_id: int) -> int:
    """One round of each: pull back, remind, take in. As long as there may be more, queue the next round.

    Each part commits by itself. A worker that dies leaves nothing half done: what it had in hand is due as before, and
    the sweep finds it.
    """
    from leads.services.arrivals import take_in_arrivals
    from leads.services.offers import pull_back_due, remind_due

    def one_round() -> int:
        done = 0
        for step in (pull_back_due, remind_due, take_in_arrivals):
            with at_house(manufacturer_id):
                done += step()
        return done

    return _chain(manufacturer_id).turn(one_round)


@shared_task(name="leads.sweep")
def sweep() -> list[int]:
    """Find where something is due: by the clock, or because a task was lost; and see to it."""
    found = manufacturers_with_work()
    for manufacturer_id in found:
        start_chain(manufacturer_id)
    return found


def manufacturers_with_work() -> list[int]:
    """Whose leads or offers wait for a worker."""
    from leads.models import AUTOMATIC, DistributionRule, Lead, LeadState, Offer, OfferState

    now = timezone.now()
    with platform_scope():
        offers = Offer.objects.filter(manufacturer=OuterRef("pk"), state=OfferState.OFFERED)
        new = Lead.objects.filter(manufacturer=OuterRef("pk"), state=LeadState.NEW)
        offered_at_once = DistributionRule.objects.filter(manufacturer=OuterRef("pk"), mode__in=sorted(AUTOMATIC))
        waiting = (
            Q(Exists(offers.filter(due_at__lte=now)))
            | Q(Exists(offers.filter(remind_at__lte=now, reminded_at=None, due_at__gt=now)))
            | Q(Exists(new.filter(scored_at=None)))
            | (Q(Exists(offered_at_once)) & Q(Exists(new)))
        )
        return list(Manufacturer.objects.filter(waiting, is_active=True).order_by("pk").values_list("pk", flat=True))


def _chain(manufacturer_id: int) -> Chain:
    return Chain(distribute, seconds=SILENT_SECONDS, manufacturer_id=manufacturer_id)
