"""Offers in the portal: what waits for an answer, with the time left, answered on the spot."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from leads.functions import LEADS
from leads.models import Lead, Offer, OfferState
from leads.offer_wording import title_of_offer
from leads.selectors import offers as reading
from leads.selectors.calendars import partner_zones
from leads.selectors.opportunities import opportunities_for
from leads.services.offers import accept_offer, decline_offer, ended_sentence
from pages import formats
from pages.row_numbers import row_number
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class OffersMixin(PortalMixin):
    """A page of the leads offered to a partner."""

    required_right = Right.PORTAL_LEADS
    required_function: str | None = LEADS.key
    kwargs: dict[str, Any]

    @property
    def may_answer(self) -> bool:
        return self.member.can(Right.PORTAL_LEADS_WORK)

    def zone(self) -> str:
        """The clock that the partner lives by: offers end by it."""
        own = self.member.partner_id or 0
        return partner_zones([own])[own]


class OffersView(OffersMixin, TemplateView):
    """The inbox: open offers by urgency, and what became of earlier ones."""

    template_name = "leads/portal/offers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        open_ = list(reading.open_offers_to(self.member)[:100])
        return super().get_context_data(
            title=self.title(len(open_)),
            open_offers=open_,
            zone=self.zone() if open_ else "",
            answered=list(reading.answered_offers_to(self.member)),
            reasons=list(reading.decline_reasons()) if open_ and self.may_answer else [],
            may_answer=self.may_answer,
            **kwargs,
        )

    def title(self, count: int) -> str:
        if not count:
            return _("No offer waits for your answer")
        return ngettext("%(count)s lead waits for your answer", "%(count)s leads wait for your answer", count) % {
            "count": formats.number(count)
        }


class OfferMixin(OffersMixin):
    """One offer made to the own partner; anybody else's is not there."""

    @cached_property
    def offer(self) -> Offer:
        return get_object_or_404(reading.offers_to(self.member), pk=self.kwargs["pk"])


class OfferView(OfferMixin, TemplateView):
    """One offer: what may be known of it, and after it was accepted, the lead with all its details."""

    template_name = "leads/portal/offer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.offer
        lead = None
        if offer.state == OfferState.ACCEPTED:
            lead = Lead.objects.select_related("kind", "category").filter(pk=offer.lead_id).first()
        return super().get_context_data(
            title=self.title(offer, lead),
            offer=offer,
            lead=lead,
            opportunity=opportunities_for(self.member).filter(lead=lead).order_by("pk").first() if lead else None,
            is_open=offer.is_open,
            zone=self.zone(),
            ended=ended_sentence(offer) if not offer.is_open and lead is None else "",
            reasons=list(reading.decline_reasons()) if offer.is_open and self.may_answer else [],
            may_answer=self.may_answer,
            **kwargs,
        )

    def title(self, offer: Offer, lead: Lead | None) -> str:
        if lead is not None:
            return _("%(lead)s is yours") % {"lead": lead}
        if not offer.is_open:
            return ended_sentence(offer)
        return title_of_offer(offer)


class OfferAnswerView(OfferMixin, View):
    """Accept or decline."""

    required_right = Right.PORTAL_LEADS_WORK
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        try:
            if step == "accept":
                accept_offer(self.offer, by=self.member)
                messages.success(request, _("You have accepted the lead. All its details are here."))
                return redirect(self.member.url("leads_portal:offer", pk=self.offer.pk))
            if step != "decline":
                raise Http404
            reason = reading.decline_reasons().filter(pk=row_number(request.POST.get("reason", "")) or 0).first()
            decline_offer(self.offer, by=self.member, reason=reason, note=request.POST.get("note", ""))
            messages.success(request, _("You have declined the lead."))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.member.url("leads_portal:offers"))
