"""Factories of leads. Each makes its row in the staff scope of its manufacturer."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from commerce.models import EndCustomer
from leads.models import Lead, LeadKind, LeadReason, LeadSource, LeadState, Offer, ReasonUse
from tests.factories import OwnedFactory, PartnerFactory


class LeadSourceFactory(OwnedFactory):
    class Meta:
        model = LeadSource

    code = factory.Sequence(lambda n: f"source-{n}")
    names = factory.LazyAttribute(lambda row: {"en": row.code.title()})


class LeadKindFactory(OwnedFactory):
    class Meta:
        model = LeadKind

    code = factory.Sequence(lambda n: f"kind-{n}")
    names = factory.LazyAttribute(lambda row: {"en": row.code.title()})


class LeadReasonFactory(OwnedFactory):
    class Meta:
        model = LeadReason

    code = factory.Sequence(lambda n: f"reason-{n}")
    use = ReasonUse.LOST
    names = factory.LazyAttribute(lambda row: {"en": row.code.title()})


class EndCustomerFactory(OwnedFactory):
    class Meta:
        model = EndCustomer

    name = factory.Sequence(lambda n: f"Customer {n}")
    country = "KR"


class LeadFactory(OwnedFactory):
    """In the pool. `LeadFactory(state="accepted", manufacturer=m)` brings a partner along."""

    class Meta:
        model = Lead

    reference = factory.Sequence(lambda n: f"L{n:07}")
    company = factory.Sequence(lambda n: f"Lead company {n}")
    country = "KR"

    @factory.lazy_attribute
    def partner(self) -> Any:
        taken = (LeadState.ACCEPTED, LeadState.WON, LeadState.LOST)
        return PartnerFactory(manufacturer=self.manufacturer) if getattr(self, "state", "new") in taken else None


class OfferFactory(OwnedFactory):
    """Open for a day. `OfferFactory(manufacturer=m)` brings a lead that is offered, and its partner, along."""

    class Meta:
        model = Offer

    partner = factory.LazyAttribute(lambda row: PartnerFactory(manufacturer=row.manufacturer))
    lead = factory.LazyAttribute(lambda row: LeadFactory(manufacturer=row.manufacturer, state="offered"))
    due_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=1))
