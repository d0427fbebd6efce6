"""The form by which anybody becomes a lead: on a page of its own, in a frame of another site, or sent by a program."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView

from leads.forms.web_forms import WebForm
from leads.functions import LEADS
from leads.models import LeadForm
from leads.services import web_forms as services
from tenancy.functions import is_switched_on
from tenancy.models import Language, Manufacturer
from tenancy.rls import staff_scope

LONGEST_CAMPAIGN = 64
SENT_ON = 303


# Where no cookie comes along in a frame, a signed ticket in the page does what the token against forgery does elsewhere.
@method_decorator([csrf_exempt, xframe_options_exempt, login_not_required, never_cache], name="dispatch")
class LeadFormView(FormView):
    """`…/public/leads/?lang=ko&campaign=…`: the published version in that language."""

    form_class = WebForm
    template_name = "leads/public/lead_form.html"
    request: Any

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_switched_on(LEADS.key, self.manufacturer.functions_off):
            raise Http404
        with (
            staff_scope(self.manufacturer.pk),
            timezone.override(self.manufacturer.timezone),
            override(self.language),
        ):
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            if response.status_code != SENT_ON:  # what leads on to another page is shown in no frame
                origins = services.intake_settings().frame_origins
                response._csp_replace = {"frame-ancestors": ["'self'", *origins]}
        response.headers["Vary"] = "Accept"
        return response

    @property
    def manufacturer(self) -> Manufacturer:
        return self.request.manufacturer

    @cached_property
    def language(self) -> str:
        """As the address says, else the visitor's, if the manufacturer speaks it."""
        spoken = self.manufacturer.languages or Language.values
        asked = (self.request.GET.get("lang", ""), (get_language() or "").split("-")[0])
        return next((language for language in asked if language in spoken), spoken[0])

    @property
    def campaign(self) -> str:
        return self.request.GET.get("campaign", "").strip()[:LONGEST_CAMPAIGN]

    @cached_property
    def version(self) -> LeadForm | None:
        """What is asked now; where nothing is published in this language, in another."""
        published = services.published_forms()
        spoken = self.manufacturer.languages or Language.values
        return next((published[each] for each in (self.language, *spoken) if each in published), None)

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.version is None:
            return self.closed()
        if self.wants_json:
            return self.described(self.version)
        if "sent" in request.GET:
            return self.render_to_response({"version": self.version, "is_sent": True, "again": self.address()})
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.closed() if self.version is None else super().post(request, *args, **kwargs)

    def closed(self) -> HttpResponse:
        if self.wants_json:
            return JsonResponse({"errors": {"": ["closed"]}}, status=404)
        return self.render_to_response({"version": None})

    def described(self, version: LeadForm) -> HttpResponse:
        """What a program needs in order to send: a ticket, the fields, and the words to agree to."""
        form = self.get_form()
        fields = [
            {"name": field.name, "label": str(field.label), "required": field.field.required} for field in form.shown
        ]
        return JsonResponse(
            {
                "ticket": services.new_ticket(self.manufacturer),
                "language": version.language,
                "version": version.version,
                "consent": version.consent,
                "fields": fields,
            }
        )

    def get_initial(self) -> dict[str, Any]:
        if self.request.method == "POST":  # all that it begins with has come back
            return {}
        country = {"Asia/Seoul": "KR", "Asia/Tokyo": "JP"}.get(self.manufacturer.timezone, "")
        return {"ticket": services.new_ticket(self.manufacturer), "country": country}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"version": self.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(version=self.version, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        version = self.version
        assert version is not None
        try:
            key = services.read_ticket(self.manufacturer, form.cleaned_data["ticket"])
            reference = services.sent_before(key)
            if reference is None:
                services.count_attempt(self.manufacturer, get_adapter().get_client_ip(self.request))
                reference = services.take_in(version, form.values, key=key, campaign=self.campaign).reference
        except services.FormError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form, status=429 if error.code == "many" else 400)
        if self.wants_json:
            return JsonResponse({"reference": reference}, status=201)
        return HttpResponseRedirect(self.address(sent="1"), status=SENT_ON)

    def form_invalid(self, form: Any, status: int = 400) -> HttpResponse:
        """The page again with all that was written, and what is wrong; a ticket that has ended is replaced."""
        if self.wants_json:
            errors = {("" if name == "__all__" else name): texts for name, texts in form.errors.items()}
            return JsonResponse({"errors": errors}, status=status)
        try:
            services.read_ticket(self.manufacturer, form.data.get("ticket", ""), now_allowed=True)
        except services.FormError:
            form.data = form.data.copy()
            form.data["ticket"] = services.new_ticket(self.manufacturer)
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def address(self, **more: str) -> str:
        """The same page in the same language and for the same campaign."""
        asked = {name: self.request.GET[name] for name in ("lang", "campaign") if name in self.request.GET}
        query = urlencode(asked | more)
        return f"{self.request.path}?{query}" if query else self.request.path
