"""Mails go out here: a chain of small batches per manufacturer, and a sweep for what no chain is at work on."""

from celery import shared_task

from jobs.chains import Chain


def start_chain(manufacturer_id: int) -> None:
    """Set a worker on what is due, unless one is at it: what it finds due at its next batch it sends too."""
    Chain(deliver, manufacturer_id=manufacturer_id).start()


@shared_task(name="notices.deliver")
def deliver(*, manufacturer_id: int) -> None:
    """Send a batch of due mails; as long as there are more, queue the next, so that other work gets its turn."""
    from notices.delivery import deliver_batch

    Chain(deliver, manufacturer_id=manufacturer_id).turn(lambda: deliver_batch(manufacturer_id))


@shared_task(name="notices.sweep")
def sweep() -> None:
    """Find mails that are due and that nobody sends: put off, in quiet hours till now, or their task was lost."""
    from notices.delivery import manufacturers_with_due_mail

    for manufacturer_id in manufacturers_with_due_mail():
        start_chain(manufacturer_id)
