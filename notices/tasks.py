from celery import shared_task


@shared_task(name="notices.deliver")
def deliver(*, manufacturer_id: int) -> None:
    """Send what is due."""
