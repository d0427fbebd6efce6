"""The public page of partners: who is near, open and good at what one needs."""

from typing import Any

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.generic import FormView, TemplateView

from pages import formats
from partners import selectors, services
from partners.forms.locator import LocatorForm, QuestionForm
from partners.functions import LOCATOR
from partners.models import Partner
from partners.selectors import Found, Place, Wanted
from tenancy.functions import is_switched_on
from tenancy.rls import staff_scope
from tenancy.views.public import PublicView

MAY_LOCATE = "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()"


@method_decorator(login_not_required, name="dispatch")
class LocatorMixin(PublicView):
    """Pages of the locator; where the manufacturer has switched it off, they do not exist."""

    kwargs: dict[str, Any]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_switched_on(LOCATOR.key, request.manufacturer.functions_off):
            raise Http404
        with staff_scope(request.manufacturer.pk), timezone.override(request.manufacturer.timezone):
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        del response.headers["X-Robots-Tag"]  # to be found is what it is for
        response.headers["Permissions-Policy"] = MAY_LOCATE
        return response


class LocatorView(LocatorMixin, TemplateView):
    """Partners by place, kind, skill and grade; nearest first."""

    template_name = "partners/public/locator.html"
    is_embedded = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = LocatorForm(self.request.GET)
        form.is_valid()
        wanted = form.cleaned_data
        now = timezone.localtime()
        here = None
        if wanted.get("latitude") is not None and wanted.get("longitude") is not None and not wanted.get("place"):
            here = Place(wanted["latitude"], wanted["longitude"])
        found = selectors.find_partners(
            Wanted(
                place=wanted.get("place", ""),
                here=here,
                kind=wanted.get("kind", ""),
                skill=wanted.get("skill", ""),
                tier=wanted.get("tier", ""),
                open_at=now if wanted.get("is_open") else None,
            )
        )
        return super().get_context_data(
            form=form,
            found=found,
            title=found_title(found, wanted.get("place", "")),
            rows=[
                (
                    partner,
                    selectors.is_open(partner.locator_entry.hours, now),
                    selectors.hours_on(partner.locator_entry.hours, now),
                )
                for partner in found.partners
            ],
            is_embedded=self.is_embedded,
            **kwargs,
        )


def found_title(found: Found, place: str) -> str:
    """What was found, as a sentence."""
    if place and found.near is None:
        return _("No partner is known near “%(place)s”") % {"place": place}
    count = len(found.partners)
    if not count:
        return _("No partner fits")
    if found.has_more:
        return _("The nearest %(count)s partners") % {"count": count} if found.near else _("Our partners")
    if place:
        return ngettext("%(count)s partner near %(place)s", "%(count)s partners near %(place)s", count) % {
            "count": formats.number(count),
            "place": place,
        }
    return ngettext("%(count)s partner", "%(count)s partners", count) % {"count": formats.number(count)}


@method_decorator([xframe_options_exempt, csp_replace({"frame-ancestors": ["*"]})], name="dispatch")
class EmbeddedLocatorView(LocatorView):
    """The same to stand in a frame of the manufacturer's own site; what is sent opens in a window of its own."""

    is_embedded = True


class QuestionView(LocatorMixin, FormView):
    """Ask one partner; it gets a task, and the visitor a thank-you."""

    form_class = QuestionForm
    template_name = "partners/public/ask.html"

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(selectors.listed_partners().select_related("manufacturer"), pk=self.kwargs["pk"])

    @cached_property
    def consent(self) -> str:
        return _("%(partner)s and %(manufacturer)s may use what I write here to answer me.") % {
            "partner": self.partner,
            "manufacturer": self.manufacturer,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"consent": self.consent}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, is_sent="sent" in self.request.GET, **kwargs)

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        if not form.is_by_a_program:
            told = form.cleaned_data
            services.ask_partner(
                self.partner,
                name=told["name"],
                email=told["email"],
                phone=told["phone"],
                message=told["message"],
                consent=self.consent,
                language=get_language() or "en",
            )
        path = reverse(
            "partners_public:locator_ask", kwargs={"manufacturer": self.manufacturer.slug, "pk": self.partner.pk}
        )
        return redirect(f"{path}?sent=1")
