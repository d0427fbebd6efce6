"""A real worker that is killed in the middle of a mailing, against a real mail server: each reader gets one mail."""

from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from campaigns.delivery import Sender
from campaigns.models import CampaignSettings, Mailing, Message
from campaigns.services.sending import start_mailing
from tenancy.models import Manufacturer
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.factories import ManufacturerFactory, MembershipFactory
from tests.notices.mail_server import running_mail_server
from tests.notices.workers import kill_at, killed, running_worker

READERS = 30
KILLED_AT = 12
SENDER = """
from campaigns.delivery import Sender
Sender(int(sys.argv[2])).run(seconds=60)
"""


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
@pytest.mark.parametrize("killing", ["before the server has it", "after the server has it"])
def test_each_reader_gets_one_mail_though_the_worker_is_killed(mailing: Mailing, killing: str, settings: Any) -> None:
    manufacturer = Manufacturer.objects.get(pk=mailing.manufacturer_id)
    with running_mail_server() as server:
        with running_worker(server, SENDER, manufacturer.pk) as first:
            kill_at(server, KILLED_AT, first, before=killing.startswith("before"))
            assert killed(server, first)

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
