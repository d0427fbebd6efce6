"""A real worker that is killed in the middle of a mailing, against a real mail server: each reader gets one mail."""

import contextlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from campaigns.delivery import Sender
from campaigns.models import CampaignSettings, Mailing, Message
from campaigns.services.sending import start_mailing
from tenancy.models import Manufacturer
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.factories import ManufacturerFactory, MembershipFactory
from tests.notices.mail_server import MailServer, running_mail_server

READERS = 30
KILLED_AT = 12
WORKER = """
import sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from campaigns.delivery import Sender
Sender(int(sys.argv[2])).run(seconds=60)
"""


@contextlib.contextmanager
def worker(server: MailServer, manufacturer: Manufacturer) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that sends, on the test's database and mail server."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], str(manufacturer.pk)],
        env=os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}", "PUBLIC_URL": "http://127.0.0.1"},
        cwd=settings.BASE_DIR,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


@pytest.fixture
def mailing(transactional_db: None) -> Mailing:
    manufacturer = ManufacturerFactory(name="Hanbit", timezone="UTC")
    campaign = CampaignFactory(manufacturer=manufacturer, is_advertising=False, state="rollout")
    variant = VariantFactory(manufacturer=manufacturer, campaign=campaign)
    ContentFactory(manufacturer=manufacturer, variant=variant)
    RecipientFactory.create_batch(READERS, manufacturer=manufacturer, campaign=campaign, variant=variant, country="")
    by = MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING)
    cache.clear()
    with staff_scope(manufacturer.pk):
        CampaignSettings.objects.create(quiet_from="00:00", quiet_to="00:00")
        return start_mailing(campaign, "rollout", by)


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["before the server has it", "after the server has it"])
def test_each_reader_gets_one_mail_though_the_worker_is_killed(mailing: Mailing, killed: str, settings: Any) -> None:
    manufacturer = Manufacturer.objects.get(pk=mailing.manufacturer_id)
    with running_mail_server() as server:
        with worker(server, manufacturer) as first:

            def kill(what: Any) -> str | None:
                """At the 12th mail: before it is taken, or after it is and before the worker hears of it."""
                if len(server.mails) == KILLED_AT - 1:
                    if isinstance(what, EmailMessage):
                        server.mails.append(what)
                    os.kill(first.pid, signal.SIGKILL)
                    return "451 Nobody hears this"
                return None

            if killed.startswith("before"):
                server.on_recipient = kill
            else:
                server.on_mail = kill
            assert first.wait(60) == -signal.SIGKILL
        server.on_recipient = server.on_mail = lambda what: None

        # Time passes, and the leases of the dead worker end.
        with staff_scope(manufacturer.pk):
            Message.objects.filter(state__in=["waiting", "sending"]).update(due_at=timezone.now())
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        assert Sender(manufacturer.pk).run(seconds=30) is False

    assert Counter(server.recipients).most_common(1)[0][1] == 1
    assert len(server.mails) == READERS
    with staff_scope(manufacturer.pk):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
