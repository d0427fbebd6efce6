"""Where the links in the foot of a mail lead, and where gateways and mail services report."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from campaigns.links import Purpose, ticket_of
from campaigns.models import ConsentNotice, Recipient
from campaigns.services import choices as services
from campaigns.services import consents
from campaigns.services.receipts import take_events
from campaigns.webhook import HEADER, is_signed
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope

MOST_BYTES = 1024 * 1024


# Mail programs post here by themselves, without a cookie; the signed address says whose choice it is.
@method_decorator([csrf_exempt, login_not_required, never_cache], name="dispatch")
class ReaderView(View):
    """A page for whoever holds the link of a mail, in that reader's language, whether campaigns are switched on or not."""

    purpose: Purpose
    request: Any
    reader: Recipient

    @property
    def manufacturer(self) -> Manufacturer:
        return self.request.manufacturer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        ticket = ticket_of(self.purpose, self.manufacturer.pk, kwargs["token"])
        if ticket is None:
            raise Http404
        with staff_scope(self.manufacturer.pk), timezone.override(self.manufacturer.timezone):
            reader = services.reader_of(ticket.recipient)
            if reader is None:
                raise Http404
            self.reader = reader
            with translation.override(reader.language):
                response: Any = super().dispatch(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Content-Language"] = reader.language
        return response

    def page(self, template: str, **context: Any) -> HttpResponse:
        return render(self.request, template, {"reader": self.reader, "manufacturer": self.manufacturer} | context)


class UnsubscribeView(ReaderView):
    """GET shows a button and changes nothing, as mail scanners follow every link; POST ends it (RFC 8058)."""

    purpose = Purpose.UNSUBSCRIBE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page("campaigns/public/unsubscribe.html", title=_("Get no more of this?"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.unsubscribe(self.reader)
        return self.page("campaigns/public/unsubscribe.html", is_done=True, title=_("You will get no more of this."))


class ChoicesView(ReaderView):
    """What a person wants to get, and by what."""

    purpose = Purpose.CHOICES

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.shown(_("What do you want to get from %(name)s?") % {"name": self.manufacturer})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.choose(
            self.reader,
            request.POST.getlist("channel"),
            refuses_opens="refuses_opens" in request.POST,
            agrees_to_night="agrees_to_night" in request.POST,
        )
        return self.shown(_("Your choice is kept."), is_done=True)

    def shown(self, title: str, **context: Any) -> HttpResponse:
        return self.page(
            "campaigns/public/choices.html", choices=services.choices_of(self.reader), title=title, **context
        )


@method_decorator([csrf_exempt, login_not_required, never_cache], name="dispatch")
class ConsentView(View):
    """Where the notice of a consent leads: GET shows what was agreed to, POST ends it."""

    request: Any

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        manufacturer = request.manufacturer
        ticket = ticket_of(Purpose.CONSENT, manufacturer.pk, kwargs["token"])
        if ticket is None or request.method not in ("GET", "HEAD", "POST"):
            raise Http404
        with staff_scope(manufacturer.pk), timezone.override(manufacturer.timezone):
            notice = ConsentNotice.objects.filter(pk=ticket.recipient).first()
            if notice is None:
                raise Http404
            if request.method == "POST":
                consents.end_consent(notice)
            is_done = request.method == "POST" or notice.ended_at is not None
            with translation.override(notice.language):
                title = _("You get no more advertising.") if is_done else _("This is what you agreed to.")
                context = {"manufacturer": manufacturer, "is_done": is_done, "title": title}
                response = render(
                    request, "campaigns/public/consent.html", context | {"agreed": consents.agreed_words(notice)}
                )
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Content-Language"] = notice.language
        return response


@method_decorator([csrf_exempt, login_not_required, never_cache], name="dispatch")
class ReportsView(View):
    """Signed reports of gateways and mail services: receipts, decisions on templates, bounces, complaints."""

    http_method_names = ["post"]

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        body = request.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            return JsonResponse({"error": "too large"}, status=413)
        if not is_signed(request.headers.get(HEADER, ""), settings.CAMPAIGN_WEBHOOK_SECRET, request.path, body):
            return JsonResponse({"error": "not signed"}, status=403)
        try:
            events = json.loads(body)["events"]
        except (ValueError, KeyError, TypeError):
            events = None
        if not isinstance(events, list):
            return JsonResponse({"error": "no list of events"}, status=400)
        with staff_scope(request.manufacturer.pk):
            return JsonResponse({"kept": dict(take_events(events))})
