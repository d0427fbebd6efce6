"""Mails of partners to their own customers go out here: one chain of short turns per partner, and a sweep."""

from celery import shared_task
from django.core.cache import cache

TURN_SECONDS = 10
CHAIN_SECONDS = 300


def start_own_chain(manufacturer_id: int, partner_id: int) -> None:
    """Set a worker on what is due, unless one is at it."""
    if cache.add(_chain_key(manufacturer_id, partner_id), True, CHAIN_SECONDS):
        send_own.delay(manufacturer_id=manufacturer_id, partner_id=partner_id)


@shared_task(name="campaigns.send_own")
def send_own(*, manufacturer_id: int, partner_id: int) -> None:
    """Send for a short turn; as long as there is more, queue the next one."""
    from campaigns.own_delivery import OwnSender

    cache.set(_chain_key(manufacturer_id, partner_id), True, CHAIN_SECONDS)
    if OwnSender(manufacturer_id, partner_id).run(TURN_SECONDS):
        send_own.delay(manufacturer_id=manufacturer_id, partner_id=partner_id)
    else:
        cache.delete(_chain_key(manufacturer_id, partner_id))


@shared_task(name="campaigns.sweep_own")
def sweep_own() -> None:
    """Find what is due and nobody sends: put off till the morning, or its task was lost."""
    from campaigns.own_delivery import partners_under_way

    for manufacturer_id, partner_id in partners_under_way():
        start_own_chain(manufacturer_id, partner_id)


def _chain_key(manufacturer_id: int, partner_id: int) -> str:
    return f"campaigns.own.{manufacturer_id}.{partner_id}"
