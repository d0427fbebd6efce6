"""Certificates in the portal: one's own, and for who looks after learning those of colleagues."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from pages import formats
from tenancy.rights import Right
from training.models import Certificate, CertificateState
from training.selectors import certificates as reading
from training.services.certificate_files import check_url
from training.tables.certificates import CERTIFICATE_TONES
from training.views.files import pdf_response
from training.views.portal.learning import LearningMixin

COLLEAGUES_SHOWN = 500


class CertificatesView(LearningMixin, TemplateView):
    """What one can show, until when, and what has to be renewed."""

    template_name = "training/portal/certificates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = list(reading.certificate_rows(self.member, today).order_by("-issued_on", "-pk")[:COLLEAGUES_SHOWN])
        own = [row for row in rows if row.member_id == self.member.pk]
        return super().get_context_data(
            title=self.title(own),
            own=[self.shown(row) for row in own],
            colleagues=[self.shown(row) for row in rows if row.member_id != self.member.pk],
            can_manage=self.member.can(Right.PORTAL_TRAINING_MANAGE),
            **kwargs,
        )

    def shown(self, row: Any) -> dict[str, Any]:
        return {
            "certificate": row,
            "state": CertificateState(row.state),
            "tone": CERTIFICATE_TONES[row.state],
            "check_url": check_url(self.member.manufacturer, row.number),
        }

    def title(self, own: list[Any]) -> str:
        """How many are valid."""
        valid = sum(row.state in (CertificateState.VALID, CertificateState.ENDING) for row in own)
        if not valid:
            return _("You have no valid certificate yet")
        return ngettext("You have %(count)s valid certificate", "You have %(count)s valid certificates", valid) % {
            "count": formats.number(valid)
        }


class CertificatePdfView(LearningMixin, View):
    """One as a download, in the reader's language."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        certificate: Certificate = get_object_or_404(reading.seen_certificates(self.member), pk=self.kwargs["pk"])
        return pdf_response(certificate, language=(get_language() or "en").split("-")[0])
