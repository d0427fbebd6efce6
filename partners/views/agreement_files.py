"""What staff and partners both take out of an agreement or a paper: its PDF, its exact text, whether it is unchanged."""

import hashlib
import unicodedata
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView

from partners.agreement_text import sha256_of
from partners.forms.agreements import CheckForm
from partners.models import Agreement, Paper
from partners.selectors import agreements as reading
from partners.services.agreement_files import agreement_pdf, keep_pdf
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response, digest


class OneAgreementMixin(MemberRequiredMixin):
    """A page of one agreement that the member may see."""

    kwargs: dict[str, Any]
    required_function = "agreements"

    @cached_property
    def agreement(self) -> Agreement:
        rows = reading.agreements_for(self.member).select_related(
            "partner__channel_manager", "type", "first", "accepted_by", "notice_by", "created_by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class AgreementPdfView(OneAgreementMixin, View):
    """The PDF: the kept one of an accepted agreement, made here if no worker has done so yet; else one as it stands."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name = f"{self.agreement.title}.pdf"
        if keep_pdf(self.agreement):
            return attachment_response(self.agreement.pdf, name=name, content_type="application/pdf")
        response = HttpResponse(agreement_pdf(self.agreement), content_type="application/pdf")
        response["Content-Disposition"] = "attachment; filename=draft.pdf"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class AgreementTextView(OneAgreementMixin, View):
    """The exact text, byte for byte what the hash is made of."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(self.agreement.text.encode(), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f"attachment; filename=agreement-{self.agreement.pk}.txt"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class AgreementVerifyView(OneAgreementMixin, FormView):
    """Whether the text is still the one that was accepted, and whether it is the one that somebody holds."""

    form_class = CheckForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement = self.agreement
        computed = sha256_of(agreement.text)
        return super().get_context_data(
            agreement=agreement,
            computed=computed,
            is_unchanged=computed == agreement.text_sha256,
            pdf_sha256=digest(agreement.pdf.open("rb")) if agreement.pdf else "",
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        held = form.cleaned_data["held"]
        return self.render_to_response(self.get_context_data(form=form, is_same=is_same(self.agreement, held)))


def is_same(agreement: Agreement, held: str) -> bool:
    """Whether a text or hash that somebody holds is the agreement's; line ends and a last line break do not matter."""
    if held.strip().lower() == agreement.text_sha256:
        return True
    text = unicodedata.normalize("NFC", held.replace("\r\n", "\n").strip() + "\n")
    return (
        hashlib.sha256(text.encode()).hexdigest()
        == hashlib.sha256(unicodedata.normalize("NFC", agreement.text).encode()).hexdigest()
    )


class PaperFileView(MemberRequiredMixin, View):
    """A paper as it was handed in, as a download."""

    http_method_names = ["get"]
    required_function = "agreements"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        paper: Paper = get_object_or_404(reading.papers_for(self.member), pk=kwargs["pk"])
        if not paper.file:
            raise Http404
        return attachment_response(paper.file, name=paper.original_name, content_type=paper.content_type)
