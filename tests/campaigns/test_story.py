import datetime as dt

import pytest
from django.utils import timezone

from campaigns.models import Arm, Campaign, Message, Recipient, Response
from partners.models import Contact
from prm_portal.demo_stories.campaigns import CAMPAIGNS, tell_campaigns
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db


def test_the_demos_campaigns_stand_at_every_step_and_are_told_once(owner: Membership) -> None:
    owner.manufacturer.languages = ["ko", "en", "ja"]
    companies = [PartnerFactory(manufacturer=owner.manufacturer, country="KR") for _each in range(70)]
    PartnerMemberFactory(manufacturer=owner.manufacturer, partner=companies[0])
    with staff_scope(owner.manufacturer_id):
        Contact.objects.bulk_create(
            [
                Contact(partner=company, name=f"P{n}-{k}", email=f"p{n}-{k}@c.example", language="ko")
                for n, company in enumerate(companies)
                for k in range(3)
            ]
        )
        for _time in range(2):
            tell_campaigns(owner.manufacturer, timezone.localdate())
        assert {each.state for each in Campaign.objects.all()} == {told.state for told in CAMPAIGNS}
        assert Campaign.objects.count() == len(CAMPAIGNS)
        verdicts = dict(Campaign.objects.exclude(verdict={}).values_list("state", "verdict__verdict"))
        assert verdicts == {"closed": "go", "stopped": "stop", "decision": "go"}
        assert not Recipient.objects.filter(arm=Arm.HOLDOUT, sent_at__isnull=False).exists()
        assert not Recipient.objects.filter(replied_at__gt=timezone.now()).exists()
        assert Message.objects.count() == Recipient.objects.filter(sent_at__isnull=False).count()
        assert Response.objects.filter(kind="answer").count() == Recipient.objects.exclude(replied_at=None).count() > 0
        closed = Campaign.objects.get(state="closed")
        moments = list(closed.steps.order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert closed.created_at < moments[0] < timezone.now() - dt.timedelta(days=100)
