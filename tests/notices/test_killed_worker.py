"""Real workers that are killed in the middle of a batch, against a real mail server."""

import contextlib
import datetime as dt
import subprocess
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from notices.models import Delivery, DeliveryState
from notices.services import tell
from notices.tasks import start_chain, sweep
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.factories import ManufacturerFactory, MembershipFactory
from tests.notices.conftest import IMPORTANT
from tests.notices.mail_server import MailServer, running_mail_server
from tests.notices.workers import kill_at, killed, running_worker

PEOPLE = 40
KILLED_AT = 15
WORKER = """
from notices.registry import NoticeKind, register_kind
register_kind(NoticeKind("hello.important", label="Terms", sides={"staff", "portal"}, is_important=True))
settings.TEMPLATES[0]["DIRS"].append(sys.argv[2])
from notices import delivery
delivery.BATCH = int(sys.argv[3])
from prm_portal.celery import app
app.worker_main(["worker", "--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle"])
"""


def worker(server: MailServer, batch: int = 100) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """A Celery worker."""
    return running_worker(server, WORKER, settings.BASE_DIR / "tests" / "notices" / "templates", batch)


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "It did not happen in time."
        time.sleep(0.05)


def states(manufacturer: Manufacturer) -> Counter[str]:
    with staff_scope(manufacturer.pk):
        return Counter(Delivery.objects.values_list("state", flat=True))


@pytest.fixture
def people(transactional_db: None) -> Manufacturer:
    manufacturer = ManufacturerFactory(name="Hanbit")
    MembershipFactory.create_batch(PEOPLE, manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        tell(Membership.objects.all(), IMPORTANT, key="a", facts={"name": "terms"})
    cache.clear()
    return manufacturer


@pytest.mark.slow
@pytest.mark.parametrize("killing", ["before the server has it", "after the server has it"])
def test_each_mail_arrives_though_its_worker_is_killed(people: Manufacturer, killing: str) -> None:
    with running_mail_server() as server:
        with worker(server) as first:
            kill_at(server, KILLED_AT, first, before=killing.startswith("before"))
            start_chain(people.pk)
            assert killed(server, first)
        assert states(people) == {"sent": KILLED_AT - 1, "waiting": PEOPLE - KILLED_AT + 1}

        # Time passes: the lease of the dead worker's batch ends, nobody counts as being at it, and beat sweeps.
        with staff_scope(people.pk):
            waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
            assert not waiting.filter(due_at__lte=timezone.now()).exists()
            waiting.update(due_at=timezone.now() - dt.timedelta(seconds=1))
        cache.clear()
        with worker(server):
            sweep()
            wait_until(lambda: states(people) == {"sent": PEOPLE})

    copies = Counter(server.ids)
    assert len(copies) == PEOPLE
    assert len(set(server.recipients)) == PEOPLE
    # Only the mail under way can come twice, and then with the same Message-ID.
    assert sorted(copies.values())[-2:] == ([1, 1] if killing.startswith("before") else [1, 2])


@pytest.mark.slow
def test_two_workers_at_once_send_each_mail_once(people: Manufacturer) -> None:
    with running_mail_server() as server:
        for _worker in range(4):  # as many batches are queued at once
            cache.clear()
            start_chain(people.pk)
        with worker(server, batch=3), worker(server, batch=3):
            wait_until(lambda: states(people) == {"sent": PEOPLE})

    assert Counter(server.ids).most_common(1)[0][1] == 1
    assert len(server.mails) == PEOPLE
