"""Certificates in the portal: one's own, and for who looks after learning those of colleagues."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from tenancy.rights import Right
from training.filters.certificates import TeamCertificateFilterSet
from training.models import Certificate, CertificateState
from training.selectors import certificates as reading
from training.services.certificate_files import check_url
from training.tables.certificates import CERTIFICATE_TONES, TeamCertificateTable
from training.views.files import pdf_response
from training.views.portal.learning import LearningMixin
from training.views.portal.team import TeamMixin

COLLEAGUES_SHOWN = 20


class CertificatesView(LearningMixin, TemplateView):
    """What one can show, until when, and what has to be renewed."""

    template_name = "training/portal/certificates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = reading.certificate_rows(self.member, today).order_by("-issued_on", "-pk")
        own = list(reading.with_renewal(rows.filter(member=self.member)))
        renewed = {row.course_id for row in own if row.state == CertificateState.VALID}
        can_manage = self.member.can(Right.PORTAL_TRAINING_MANAGE)
        colleagues = list(rows.exclude(member=self.member)[: COLLEAGUES_SHOWN + 1]) if can_manage else []
        return super().get_context_data(
            title=self.title(own),
            own=[self.shown(row) | self.renewing(row, renewed) for row in own],
            colleagues=[self.shown(row) for row in colleagues[:COLLEAGUES_SHOWN]],
            has_more=len(colleagues) > COLLEAGUES_SHOWN,
            can_manage=can_manage,
            **kwargs,
        )

    def shown(self, row: Any) -> dict[str, Any]:
        return {
            "certificate": row,
            "state": CertificateState(row.state),
            "tone": CERTIFICATE_TONES[row.state],
            "check_url": check_url(self.member.manufacturer, row.number),
        }

    def renewing(self, row: Any, renewed: set[int]) -> dict[str, str]:
        """Where one that runs out is renewed, unless it is already. renewed: courses whose certificate lasts longer."""
        if row.state != CertificateState.ENDING or row.course_id in renewed:
            return {}
        return {"renew_url": self.member.url("training_portal:course", pk=row.renewed_in)}

    def title(self, own: list[Any]) -> str:
        """How many are valid."""
        valid = sum(row.state in (CertificateState.VALID, CertificateState.ENDING) for row in own)
        if not valid:
            return _("You have no valid certificate yet")
        return ngettext("You have %(count)s valid certificate", "You have %(count)s valid certificates", valid) % {
            "count": formats.number(valid)
        }


class TeamCertificatesView(TeamMixin, ListView):
    """All certificates of the company's people, to be searched and taken along."""

    table_class = TeamCertificateTable
    filterset_class = TeamCertificateFilterSet
    template_name = "training/portal/team_certificates.html"
    sorts = {
        "issued_on": Sort("issued_on", descending=True),
        "valid_until": Sort("valid_until", nullable=True),
        "holder": Sort("holder"),
    }
    default_sort = "-issued_on"
    export_name = "certificates"
    export_right = Right.PORTAL_TRAINING_MANAGE
    empty = Empty(
        gettext_lazy("No certificate has been issued yet"),
        gettext_lazy("Whoever passes a course gets one, with a number that anybody can check."),
    )

    def get_queryset(self) -> QuerySet[Certificate]:
        return reading.certificate_rows(self.member, timezone.localdate())


class CertificatePdfView(LearningMixin, View):
    """One as a download, in the reader's language."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        certificate: Certificate = get_object_or_404(reading.seen_certificates(self.member), pk=self.kwargs["pk"])
        return pdf_response(certificate, language=(get_language() or "en").split("-")[0])
