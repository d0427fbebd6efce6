"""What staff and partners both see and take out of a registration: its log with the proof, and its files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from leads.claim_words import facts_in
from leads.claims import Fault, fault_of
from leads.models import DealFile, DealRegistration
from leads.selectors import deals as reading
from leads.services.claims import lines_of
from partners.product_lines import product_line_choices
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response

FAULTS = {
    Fault.MISSING: _("The line is missing."),
    Fault.CONTENT: _("Its content is not what was hashed."),
    Fault.FIELDS: _("Its registration, step or time is not what its content says."),
    Fault.CHAIN: _("It does not follow from the line before."),
    Fault.SHORTENED: _("The log ends before where it stood."),
}
"""What can be wrong with a line, in words."""


class OneDealMixin(MemberRequiredMixin):
    """A page of one registration that the member may see."""

    kwargs: dict[str, Any]
    required_function: str | None = "deals"

    @cached_property
    def deal(self) -> DealRegistration:
        rows = reading.deals_for(self.member).select_related(
            "category", "registered_by", "answered_by", "lead", "site", "opportunity"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class DealProofView(OneDealMixin, TemplateView):
    """The lines of the log about one registration, each with its hashes and whether they are right."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = list(reading.claims_of(self.deal))
        faults = [fault_of(line) for line in lines_of(reading.claims_of(self.deal))]
        categories = dict(product_line_choices())
        lines = [
            (entry, FAULTS[fault] if fault else "", facts_in(entry.content, categories))
            for entry, fault in zip(entries, faults, strict=True)
        ]
        broken = sum(1 for fault in faults if fault)
        return super().get_context_data(deal=self.deal, lines=lines, is_whole=not broken, **kwargs)


class DealProofFileView(OneDealMixin, View):
    """The same as a text that anybody can check with any tool for SHA-256."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        parts = [
            "\n".join(
                [
                    f"number: {line.number}",
                    f"content: {line.content}",
                    f"content_sha256: {line.content_sha256}",
                    f"previous_sha256: {line.previous_sha256}",
                    f"sha256: {line.sha256}",
                ]
            )
            for line in lines_of(reading.claims_of(self.deal))
        ]
        head = 'content_sha256 = sha256(content)\nsha256 = sha256(previous_sha256 + "\\n" + number + "\\n" + content_sha256)\n'
        response = HttpResponse("\n".join([head, *parts, ""]), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f"attachment; filename=claims-{self.deal.reference}.txt"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class DealFileView(MemberRequiredMixin, View):
    """A document of a registration, as a download."""

    http_method_names = ["get"]
    required_function: str | None = "deals"
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = DealFile.objects.filter(deal__in=reading.deals_for(self.member))
        file: DealFile = get_object_or_404(rows, pk=self.kwargs["pk"])
        return attachment_response(file.file, name=file.name, content_type=file.content_type)
