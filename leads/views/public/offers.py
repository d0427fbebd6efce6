"""Where the link in the mail of an offer leads: a page whose buttons answer, without signing in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from leads.models import AnsweredBy, Offer
from leads.offer_wording import title_of_offer
from leads.selectors.calendars import partner_zones
from leads.selectors.offers import decline_reasons
from leads.services.offer_links import LinkedOffer, linked_offer
from leads.services.offers import OfferError, accept_offer, decline_offer, ended_sentence
from notices.wording import reader_language
from pages.row_numbers import row_number
from tenancy.rls import staff_scope
from tenancy.views.public import PublicView


class OfferLinkView(PublicView):
    """GET shows what may be known of the offer and changes nothing; POST answers."""

    def get(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        with staff_scope(self.manufacturer.pk):
            linked = linked_offer(self.manufacturer, token)
            return self.page(linked)

    def post(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        with staff_scope(self.manufacturer.pk):
            linked = linked_offer(self.manufacturer, token)
            with translation.override(reader_language(linked.member)):
                said, error = self.answer(linked)
            linked.offer.refresh_from_db()
            return self.page(linked, said=said, error=error)

    def answer(self, linked: LinkedOffer) -> tuple[str, str]:
        """What came of it, and what is wrong."""
        step = self.request.POST.get("step", "")
        try:
            if step == "accept":
                accept_offer(linked.offer, by=linked.member, via=AnsweredBy.MAIL)
                return _("The lead is yours. Sign in to see who it is."), ""
            if step != "decline":
                raise Http404
            reason = decline_reasons().filter(pk=row_number(self.request.POST.get("reason", "")) or 0).first()
            note = self.request.POST.get("note", "")
            decline_offer(linked.offer, by=linked.member, reason=reason, note=note, via=AnsweredBy.MAIL)
        except OfferError as error:
            return "", str(error)
        return _("You have declined the lead. Thank you for the answer."), ""

    def page(self, linked: LinkedOffer, *, said: str = "", error: str = "") -> HttpResponse:
        """In the language of whom the mail was for. Once it is answered or over, it shows nothing of the lead."""
        offer: Offer = linked.offer
        with (
            translation.override(reader_language(linked.member)),
            timezone.override(self.manufacturer.timezone),
        ):
            context = {
                "offer": offer,
                "zone": partner_zones([offer.partner_id])[offer.partner_id],
                "is_open": offer.is_open,
                "title": said or (title_of_offer(offer) if offer.is_open else ended_sentence(offer)),
                "error": error,
                "partner": offer.partner,
                "reasons": list(decline_reasons()) if offer.is_open else [],
                "portal_url": linked.member.url("leads_portal:offer", pk=offer.pk),
            }
            response = render(self.request, "leads/public/offer.html", context)
            response.headers["Content-Language"] = translation.get_language() or "en"
            return response
