"""Factories of campaigns, content and funds. Each makes its row in the staff scope of its manufacturer."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from campaigns.models import (
    Asset,
    AssetState,
    AssetUse,
    AssetVersion,
    Campaign,
    CampaignContent,
    CampaignVariant,
    ContentSource,
    Recipient,
)
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


class AssetFactory(OwnedFactory):
    """A draft without content. `AssetFactory(manufacturer=m, state="published")` is out for everybody, with nothing in it."""

    class Meta:
        model = Asset

    titles = factory.Sequence(lambda n: {"en": f"Material {n}"})

    @factory.lazy_attribute
    def changed_at(self) -> Any:
        return timezone.now() if getattr(self, "state", "") == AssetState.PUBLISHED else None

    @factory.lazy_attribute
    def published_at(self) -> dt.datetime | None:
        return self.changed_at


class AssetVersionFactory(OwnedFactory):
    """A text in English. `AssetVersionFactory(manufacturer=m)` brings material along that is out for everybody."""

    class Meta:
        model = AssetVersion

    asset = factory.LazyAttribute(lambda row: AssetFactory(manufacturer=row.manufacturer, state="published"))
    language = "en"
    number = 1
    source = ContentSource.PAGE
    body = "A text."


class AssetUseFactory(OwnedFactory):
    class Meta:
        model = AssetUse

    version = factory.LazyAttribute(lambda row: AssetVersionFactory(manufacturer=row.manufacturer))
    asset = factory.LazyAttribute(lambda row: row.version.asset)
    kind = "view"
