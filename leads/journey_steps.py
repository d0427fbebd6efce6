"""Steps of journeys that leads complete."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leads.models import Lead, Offer, OfferState
from partners.journey_checks import StepType, register_step_type
from tenancy.models import Membership


def with_leads(partner_ids: Sequence[int], subject: str) -> set[int]:
    """Those that have accepted an offer or been given a lead; what they brought themselves does not count."""
    offers = Offer.objects.filter(partner__in=partner_ids, state=OfferState.ACCEPTED)
    leads = Lead.objects.filter(partner__in=partner_ids, accepted_at__isnull=False).exclude(referred_by=F("partner"))
    return {*offers.values_list("partner", flat=True).distinct(), *leads.values_list("partner", flat=True).distinct()}


def offers_page(member: Membership, subject: str) -> Any:
    """Where the partner answers."""
    return member.url("leads_portal:offers")


register_step_type(
    StepType(
        "first_lead",
        _("First lead accepted"),
        _("Done once a lead was accepted."),
        done=with_leads,
        place=offers_page,
        order=55,
    )
)
