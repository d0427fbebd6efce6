"""Messages of campaigns go out here: a few chains of short turns per manufacturer, and a sweep for what no chain is at."""

from celery import shared_task
from django.utils import timezone

from jobs.chains import TURN_SECONDS, Chain

CHAINS = 2
"""So many workers send one manufacturer's messages at most, so that others get their turn."""


def start_chains(manufacturer_id: int) -> None:
    """Set workers on what is due, unless they are at it: what they find due at their next turn they send too."""
    for number in range(CHAINS):
        _chain(manufacturer_id, number).start()


@shared_task(name="campaigns.send")
def send(*, manufacturer_id: int, number: int) -> None:
    """Send for a short turn; as long as there is more, queue the next one."""
    from campaigns.delivery import Sender

    _chain(manufacturer_id, number).turn(lambda: Sender(manufacturer_id).run(TURN_SECONDS))


@shared_task(name="campaigns.sweep")
def sweep() -> None:
    """Find messages that are due and that nobody sends: put off, in quiet hours till now, or their task was lost.

    And templates that were never handed in."""
    from campaigns.delivery import manufacturers_with_due_messages
    from campaigns.services import templates

    for manufacturer_id in manufacturers_with_due_messages():
        start_chains(manufacturer_id)
    templates.queue_waiting(timezone.now())


@shared_task(name="campaigns.submit_template")
def submit_template(*, manufacturer_id: int, template_id: int) -> bool:
    """Hand one template to the gateway; nothing where that was done."""
    from campaigns.services import templates

    return templates.submit(manufacturer_id=manufacturer_id, template_id=template_id)


@shared_task(name="campaigns.read_bounces")
def read_bounces() -> dict[str, int]:
    """Read the mailbox in which reports of mail servers arrive, where one is set up."""
    from campaigns.services.bounces import read_mailbox

    return dict(read_mailbox())


def _chain(manufacturer_id: int, number: int) -> Chain:
    return Chain(send, manufacturer_id=manufacturer_id, number=number)
