"""The demo's year of enquiries."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count
from django.utils import timezone

from commerce.models import EndCustomer
from leads.models import ForecastSnapshot, Lead, LeadKey, LeadLikeness, Opportunity
from leads.services.opportunities import open_from_lead
from prm_portal.demo_stories.leads import CASTS, tell_leads
from prm_portal.demo_stories.opportunities import tell_opportunities
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", ["hanbit", "tokai"])
def test_a_year_of_enquiries_is_told_once(
    slug: str, manufacturer: Any, other_manufacturer: Any, manager: Any, stranger: Any
) -> None:
    house = {"hanbit": manufacturer, "tokai": other_manufacturer}[slug]
    for place in range(7):
        at = {"latitude": Decimal(37 + place), "longitude": Decimal(127)}
        PartnerFactory(manufacturer=house, stage="active", **at)
    with staff_scope(house.pk):
        tell_leads(house, timezone.localdate())
        tell_leads(house, timezone.localdate())

        counted = dict(Lead.objects.values_list("state").annotate(n=Count("pk")))
        told = {str(state.value): count for state, count in CASTS[slug].states.items()}
        assert counted == told | {"new": told["new"] + 3}
        assert not Lead.objects.filter(received_at__gt=timezone.now()).exists()
        assert not Lead.objects.filter(partner=None, state__in=["accepted", "won", "lost"]).exists()
        assert EndCustomer.objects.count() == told["won"]
        assert LeadKey.objects.values("lead").distinct().count() == sum(counted.values())
        assert LeadLikeness.objects.filter(other__isnull=False).count() >= 3


def test_partners_have_worked_on_what_they_accepted(manufacturer: Any, rep: Any) -> None:
    with staff_scope(manufacturer.pk):
        rep.partner.stage = "active"
        rep.partner.latitude, rep.partner.longitude = Decimal(37), Decimal(127)
        rep.partner.save()
        tell_leads(manufacturer, timezone.localdate())
        open_from_lead(Lead.objects.filter(state="accepted").order_by("pk")[0])  # by an offer, told before
        tell_opportunities(manufacturer, timezone.localdate())
        tell_opportunities(manufacturer, timezone.localdate())

        leads = dict(Lead.objects.filter(partner__isnull=False).values_list("state").annotate(n=Count("pk")))
        kept = dict(Opportunity.objects.exclude(lead=None).values_list("stage__outcome").annotate(n=Count("pk")))
        assert (kept["open"], kept["won"], kept["lost"]) == (leads["accepted"], leads["won"], leads["lost"])
        assert not Opportunity.objects.filter(last_activity_at__gt=timezone.now()).exists()
        assert ForecastSnapshot.objects.filter(taken_on__lt=timezone.localdate()).exists()
