"""The base of every task that works on one manufacturer's rows."""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pghistory
from celery import shared_task
from django.utils import timezone

from tenancy.models import Manufacturer
from tenancy.rls import platform_scope, staff_scope


@contextmanager
def at_house(manufacturer_id: int) -> Iterator[None]:
    """The staff scope of a manufacturer, by its own clock: what a worker takes for today is its day."""
    with staff_scope(manufacturer_id):
        zone = Manufacturer.objects.values_list("timezone", flat=True).get(pk=manufacturer_id)
        with timezone.override(zone):
            yield


def scoped_task(*, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A Celery task that runs in the staff scope, and by the clock, of the manufacturer named by its keyword `manufacturer_id`.

    History tells the task's name as the source of what it changes. With `bind=True` a retry leaves the scope by an
    exception, so that what the failed attempt wrote is rolled back.
    """

    def decorate(run: Callable[..., Any]) -> Any:
        @wraps(run)
        def in_scope(*args: Any, manufacturer_id: int, **kwargs: Any) -> Any:
            with pghistory.context(task=name), at_house(manufacturer_id):
                return run(*args, manufacturer_id=manufacturer_id, **kwargs)

        return shared_task(name=name, **options)(in_scope)

    return decorate


def active_clocks(at: int | None = None) -> list[tuple[int, dt.datetime]]:
    """The active manufacturers, each with what its own clock shows; with `at`, those alone where it is that hour."""
    now = timezone.now()
    with platform_scope():
        active = Manufacturer.objects.filter(is_active=True).order_by("pk").values_list("pk", "timezone")
        clocks = [(pk, now.astimezone(zoneinfo.ZoneInfo(zone))) for pk, zone in active]
    return [(pk, clock) for pk, clock in clocks if at is None or clock.hour == at]


def start_for_each(task: Any, *, at: int | None = None, with_day: bool = False) -> int:
    """Start a task of its own for each active manufacturer, or each where it is the hour `at`: one's failure or size hurts
    nobody else. The task is given `manufacturer_id` and, `with_day`, the `day` there (ISO). Returns how many were started.
    """
    clocks = active_clocks(at)
    for manufacturer_id, clock in clocks:
        task.delay(manufacturer_id=manufacturer_id, **({"day": clock.date().isoformat()} if with_day else {}))
    return len(clocks)


MAIL: dict[str, Any] = {
    "autoretry_for": (OSError,),  # SMTPException is one
    "retry_backoff": 30,
    "retry_backoff_max": 1800,
    "max_retries": 5,
}


@shared_task(name="tenancy.send_invitation", **MAIL)
def send_invitation(*, manufacturer_id: int, invitation_id: int) -> bool:
    """Send an invitation's mail; whether it went out. A mail server that fails is asked again."""
    from tenancy.services import mails

    return mails.send_invitation(manufacturer_id=manufacturer_id, invitation_id=invitation_id)


@shared_task(name="tenancy.send_join_link", **MAIL)
def send_join_link(*, manufacturer_id: int, email: str, language: str) -> bool:
    """Send somebody the link by which they ask to join; whether it went out. A mail server that fails is asked again."""
    from tenancy.services import mails

    return mails.send_join_link(manufacturer_id=manufacturer_id, email=email, language=language)


@shared_task(name="tenancy.send_join_refusal", **MAIL)
def send_join_refusal(*, manufacturer_id: int, request_id: int) -> bool:
    """Tell somebody that they may not join; whether it went out. A mail server that fails is asked again."""
    from tenancy.services import mails

    return mails.send_join_refusal(manufacturer_id=manufacturer_id, request_id=request_id)


@shared_task(name="tenancy.queue_waiting_mails")
def queue_waiting_mails() -> int:
    """Every five minutes: start the mails of invitations and answers whose task was lost; how many."""
    from tenancy.services import mails

    return mails.queue_waiting_mails(now=timezone.now())
