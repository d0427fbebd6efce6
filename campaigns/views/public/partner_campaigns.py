"""Where the links in a partner's mails lead: counted for the partner, in its scope, and shown to nobody else."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from campaigns.answers import ANSWERS
from campaigns.functions import PARTNER_CAMPAIGNS
from campaigns.links import Purpose, Ticket
from campaigns.machines import AT_ONCE, machine_by_request
from campaigns.models import OwnMessage, PartnerBrand, PartnerCampaign
from campaigns.own_links import logo_campaign, own_ticket
from campaigns.services import partner_campaigns as services
from tenancy.functions import is_switched_on
from tenancy.rls import partner_scope, staff_scope

PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


@method_decorator([login_not_required, never_cache], name="dispatch")
class OwnLinkView(View):
    """What a link of a partner's mail names: the message, found in its partner's scope. What was never given out is not there."""

    purpose: Purpose
    request: Any
    campaign: PartnerCampaign
    ticket: Ticket

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        ticket = own_ticket(self.purpose, request.manufacturer.pk, kwargs["token"], self.signed(request, kwargs))
        if ticket is None:
            raise Http404
        self.ticket = ticket
        with staff_scope(request.manufacturer.pk):
            campaign = PartnerCampaign.objects.filter(pk=ticket.mailing).first()
            brand = PartnerBrand.objects.filter(partner=campaign.partner_id).first() if campaign else None
        if campaign is None:
            raise Http404
        self.campaign, self.brand = campaign, brand
        with partner_scope(request.manufacturer.pk, campaign.partner_id):
            message = OwnMessage.objects.filter(pk=ticket.recipient, campaign=campaign).first()
            if message is None:
                raise Http404
            self.message = message
            with translation.override(message.language):
                response = super().dispatch(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def signed(self, request: HttpRequest, kwargs: dict[str, Any]) -> str:
        """What is signed besides."""
        return ""

    def note(self, what: str, **told: str) -> None:
        """Count it, unless a machine asks."""
        sent = self.message.sent_at
        is_at_once = sent is not None and timezone.now() - sent < AT_ONCE
        is_picture = self.purpose == Purpose.OPEN
        if not is_at_once and not machine_by_request(
            self.request.method or "", self.request.headers, is_picture=is_picture
        ):
            services.note(self.message.pk, what, **told)

    def page(self, step: str, **context: Any) -> HttpResponse:
        sender = self.brand.company if self.brand else ""
        return render(self.request, "campaigns/public/own.html", {"step": step, "sender": sender, **context})


class OpenView(OwnLinkView):
    """The picture that tells that a mail was opened."""

    purpose = Purpose.OPEN
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.note("opened")
        return HttpResponse(PIXEL, content_type="image/gif")


class ClickView(OwnLinkView):
    """To where a link leads; where that is, is signed."""

    purpose = Purpose.CLICK
    http_method_names = ["get", "head"]

    def signed(self, request: HttpRequest, kwargs: dict[str, Any]) -> str:
        return request.GET.get("to", "")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("to"):
            raise Http404
        self.note("clicked")
        return HttpResponseRedirect(request.GET["to"])


class AnswerView(OwnLinkView):
    """GET shows a button, POST answers: programs that follow links answer nothing."""

    purpose = Purpose.ANSWER
    http_method_names = ["get", "post"]

    def signed(self, request: HttpRequest, kwargs: dict[str, Any]) -> str:
        return str(kwargs["code"])

    def get(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        return self.page("answer", words=ANSWERS.get(code, ""))

    def post(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        services.note(self.message.pk, "answered", answer=code)
        return self.page("answered", words=ANSWERS.get(code, ""))


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeView(OwnLinkView):
    """GET shows a page, POST ends it: by its button, or by the mail program itself (RFC 8058), which knows no token."""

    purpose = Purpose.UNSUBSCRIBE
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page("unsubscribe", email=self.message.email)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.note(self.message.pk, "unsubscribed")
        return self.page("unsubscribed", email=self.message.email)


@method_decorator(login_not_required, name="dispatch")
class LogoView(View):
    """The logo at the head of a partner's mails, as it was drawn anew when it came in."""

    http_method_names = ["get", "head"]

    def get(self, request: Any, token: str, **kwargs: Any) -> HttpResponse:
        campaign = logo_campaign(request.manufacturer.pk, token)
        with staff_scope(request.manufacturer.pk):
            partner = PartnerCampaign.objects.filter(pk=campaign or 0).values("partner")
            logo = PartnerBrand.objects.filter(partner__in=partner).values_list("logo", flat=True).first()
        if not logo or not is_switched_on(PARTNER_CAMPAIGNS.key, request.manufacturer.functions_off):
            raise Http404
        try:
            with default_storage.open(logo) as file:
                response = HttpResponse(file.read(), content_type="image/png")
        except FileNotFoundError:
            raise Http404 from None
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response
