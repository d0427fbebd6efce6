"""The page on which anybody sees whether a certificate is valid: by its number, which nobody can guess."""

from typing import Any

from allauth.core.ratelimit import consume_or_429
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from tenancy.functions import is_switched_on
from tenancy.rls import staff_scope
from tenancy.views.public import PublicView
from training.certificate_names import shortened
from training.functions import TRAINING
from training.models import Certificate
from training.tables.certificates import CERTIFICATE_TONES

LONGEST = 40


@method_decorator(login_not_required, name="dispatch")
class CertificateView(PublicView, TemplateView):
    """Whether a certificate is valid, and no more of it than its holder's short name, company, course and days. A number
    that there is not is said to be unknown, as slowly as all others."""

    template_name = "training/public/certificate.html"
    kwargs: dict[str, Any]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_switched_on(TRAINING.key, request.manufacturer.functions_off):
            raise Http404
        with staff_scope(request.manufacturer.pk), timezone.override(request.manufacturer.timezone):
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.GET.get("number")
        if given is not None:
            return redirect("training_public:certificate", self.manufacturer.slug, tidy(given) or "-")
        number = kwargs.get("number", "")
        if not number:
            return self.render_to_response(self.get_context_data(number=""))
        limited = consume_or_429(request, action="certificate", limit_get=True)
        if limited:
            return limited
        found = Certificate.objects.filter(number=tidy(number)).first()
        context = self.get_context_data(number=number, found=found, **self.shown(found))
        return self.render_to_response(context, status=200 if found else 404)

    def shown(self, found: Certificate | None) -> dict[str, Any]:
        """What is told of it."""
        if found is None:
            return {}
        state = found.state_on(timezone.localdate())
        return {"state": state, "tone": CERTIFICATE_TONES[state], "holder": shortened(found.holder)}


def tidy(number: str) -> str:
    """A number as somebody has typed it, as it is written: capitals in groups."""
    signs = "".join(sign for sign in number[:LONGEST].upper() if sign.isalnum() and sign.isascii())
    return "-".join(signs[place : place + 4] for place in range(0, len(signs), 4))
