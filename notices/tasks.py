"""Mails go out here: a chain of small batches per manufacturer, and a sweep for what no chain is at work on."""

from celery import shared_task
from django.core.cache import cache

CHAIN_SECONDS = 300
"""For how long a chain that says nothing is taken to be at work."""


def start_chain(manufacturer_id: int) -> None:
    """Set a worker on what is due, unless one is at it: what it finds due at its next batch it sends too."""
    if cache.add(_chain_key(manufacturer_id), True, CHAIN_SECONDS):
        deliver.delay(manufacturer_id=manufacturer_id)


@shared_task(name="notices.deliver")
def deliver(*, manufacturer_id: int) -> None:
    """Send a batch of due mails; as long as there are more, queue the next, so that other work gets its turn."""
    from notices.delivery import deliver_batch

    cache.set(_chain_key(manufacturer_id), True, CHAIN_SECONDS)
    if deliver_batch(manufacturer_id):
        deliver.delay(manufacturer_id=manufacturer_id)
    else:
        cache.delete(_chain_key(manufacturer_id))


@shared_task(name="notices.sweep")
def sweep() -> None:
    """Find mails that are due and that nobody sends: put off, in quiet hours till now, or their task was lost."""
    from notices.delivery import manufacturers_with_due_mail

    for manufacturer_id in manufacturers_with_due_mail():
        start_chain(manufacturer_id)


def _chain_key(manufacturer_id: int) -> str:
    return f"notices.delivering.{manufacturer_id}"
