"""Factories of campaigns, content and funds. Each makes its row in the staff scope of its manufacturer."""

import datetime as dt
from typing import Any

import factory

from campaigns.models import Campaign, CampaignContent, CampaignVariant, Recipient
from tests.factories import ContactFactory, MembershipFactory, OwnedFactory, PartnerFactory

DAY = dt.date(2026, 6, 1)


class CampaignFactory(OwnedFactory):
    """Being planned, for June 2026."""

    class Meta:
        model = Campaign

    name = factory.Sequence(lambda n: f"Campaign {n}")
    owner = factory.LazyAttribute(lambda row: MembershipFactory(manufacturer=row.manufacturer))
    goal_value = 3
    starts_on = DAY
    ends_on = DAY + dt.timedelta(days=29)


class VariantFactory(OwnedFactory):
    """Variant A. `VariantFactory(campaign=c, manufacturer=m)`."""

    class Meta:
        model = CampaignVariant

    label = "A"


class ContentFactory(OwnedFactory):
    """English words of a variant, for all countries."""

    class Meta:
        model = CampaignContent

    language = "en"
    subject = "Summer prices for {partner}"
    body = "Dear {name}, our summer prices are here."


class RecipientFactory(OwnedFactory):
    """A person at a partner, in the roll-out. `RecipientFactory(campaign=c, manufacturer=m)`."""

    class Meta:
        model = Recipient

    partner = factory.LazyAttribute(lambda row: PartnerFactory(manufacturer=row.manufacturer))
    name = factory.Sequence(lambda n: f"Reader {n}")
    address = factory.Sequence(lambda n: f"reader{n}@partner.example")
    language = "en"
    country = "KR"
    arm = "rest"

    @factory.lazy_attribute
    def contact(self) -> Any:
        return ContactFactory(manufacturer=self.manufacturer, partner=self.partner, name=self.name, email=self.address)
