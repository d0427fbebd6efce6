"""Mails of partners to their own customers go out here: one chain of short turns per partner, and a sweep."""

from celery import shared_task

from jobs.chains import TURN_SECONDS, Chain


def start_own_chain(manufacturer_id: int, partner_id: int) -> None:
    """Set a worker on what is due, unless one is at it."""
    _chain(manufacturer_id, partner_id).start()


@shared_task(name="campaigns.send_own")
def send_own(*, manufacturer_id: int, partner_id: int) -> None:
    """Send for a short turn; as long as there is more, queue the next one."""
    from campaigns.own_delivery import OwnSender

    _chain(manufacturer_id, partner_id).turn(lambda: OwnSender(manufacturer_id, partner_id).run(TURN_SECONDS))


@shared_task(name="campaigns.sweep_own")
def sweep_own() -> None:
    """Find what is due and nobody sends: put off till the morning, or its task was lost."""
    from campaigns.own_delivery import partners_under_way

    for manufacturer_id, partner_id in partners_under_way():
        start_own_chain(manufacturer_id, partner_id)


def _chain(manufacturer_id: int, partner_id: int) -> Chain:
    return Chain(send_own, manufacturer_id=manufacturer_id, partner_id=partner_id)
