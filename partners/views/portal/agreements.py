"""Agreements and papers as the partner sees them."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from pages import formats
from partners import selectors
from partners.agreement_text import as_html
from partners.forms.agreements import AcceptForm, NoticeForm, PaperForm, ReasonForm
from partners.models import AgreementState, PaperType
from partners.selectors import agreements as reading
from partners.services import agreements as services
from partners.services import papers
from partners.views.agreement_files import (
    AgreementPdfView,
    AgreementTextView,
    AgreementVerifyView,
    OneAgreementMixin,
    PaperFileView,
)
from partners.views.portal.profile import OwnPartnerMixin
from partners.views.staff.agreements import heading_of, versions_of
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class AgreementsView(OwnPartnerMixin, TemplateView):
    """All agreements and papers of the partner: what is to do first, then what stands."""

    required_right = Right.PORTAL_AGREEMENTS
    required_function = "agreements"
    template_name = "partners/portal/agreements.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        agreements = list(reading.agreement_rows(self.member).order_by("-pk"))
        needs = reading.paper_needs(self.partner, day=today)
        waiting = [agreement for agreement in agreements if agreement.state == AgreementState.SENT]
        return super().get_context_data(
            title=page_title(len(waiting), sum(need.is_open for need in needs)),
            waiting=waiting,
            current=[each for each in agreements if each.state == AgreementState.ACCEPTED],
            past=[each for each in agreements if each.state not in (AgreementState.ACCEPTED, AgreementState.SENT)],
            needs=needs,
            blocked=selectors.blocked_by(
                selectors.permissions_of(self.partner, day=today), self.member, self.partner.pk
            ),
            can_accept=self.member.can(Right.PORTAL_AGREEMENTS_ACCEPT),
            **kwargs,
        )


def page_title(waiting: int, owed: int) -> str:
    """What the partner has to do, as a sentence."""
    if waiting:
        return ngettext(
            "%(count)s agreement waits for your answer", "%(count)s agreements wait for your answer", waiting
        ) % {"count": formats.number(waiting)}
    if owed:
        return ngettext("We need %(count)s paper from you", "We need %(count)s papers from you", owed) % {
            "count": formats.number(owed)
        }
    return _("All your agreements and papers are in order")


class AgreementView(PortalMixin, OneAgreementMixin, FormView):
    """One agreement: the exact text, and the answer to it."""

    required_right = Right.PORTAL_AGREEMENTS
    form_class: Any = AcceptForm
    template_name = "partners/portal/agreement.html"

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.member.name, "role": self.member.title, "sha256": self.agreement.text_sha256}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement = self.agreement
        can_answer = self.member.can(Right.PORTAL_AGREEMENTS_ACCEPT)
        return super().get_context_data(
            agreement=agreement,
            title=heading_of(agreement),
            html=as_html(agreement.text),
            versions=versions_of(agreement, self.member),
            is_waiting=agreement.state == AgreementState.SENT,
            can_answer=can_answer,
            can_end=can_answer and agreement.state == AgreementState.ACCEPTED and not agreement.is_terminated,
            **kwargs,
        )


class AcceptView(AgreementView):
    """The partner accepts: who, as what, from where, and the hash of what was read."""

    required_right = Right.PORTAL_AGREEMENTS_ACCEPT
    http_method_names = ["post"]

    def form_valid(self, form: Any) -> HttpResponse:
        here = self.member.url("partners_portal:agreement", pk=self.agreement.pk)
        try:
            is_first = services.accept_agreement(
                self.agreement,
                by=self.member,
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                address=get_adapter(self.request).get_client_ip(self.request),
                sha256=form.cleaned_data["sha256"],
            )
        except DomainError as error:
            messages.error(self.request, str(error))
            return redirect(here)
        if is_first:
            messages.success(self.request, _("Thank you. The agreement is accepted, and your copy is ready as a PDF."))
        else:
            messages.info(self.request, _("This agreement was accepted already."))
        return redirect(here)


class AnswerView(PortalMixin, OneAgreementMixin, FormView):
    """A step that needs a reason: the partner refuses, or gives notice."""

    required_right = Right.PORTAL_AGREEMENTS_ACCEPT
    template_name = "partners/portal/agreement_answer.html"
    form_class: Any = ReasonForm
    step = "refuse"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(agreement=self.agreement, step=self.step, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            sentence = self.take(form)
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, sentence)
        return redirect(self.member.url("partners_portal:agreement", pk=self.agreement.pk))

    def take(self, form: Any) -> str:
        services.refuse_agreement(self.agreement, by=self.member, reason=form.cleaned_data["reason"])
        return _("You have refused the agreement. Your contact hears of it.")


class NoticeView(AnswerView):
    """The partner ends an agreement with notice."""

    form_class: Any = NoticeForm
    step = "notice"

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"last_day": max(services.earliest_end(self.agreement, today), self.agreement.starts_on)}

    def take(self, form: Any) -> str:
        services.give_notice(
            self.agreement,
            by=self.member,
            reason=form.cleaned_data["reason"],
            given_on=timezone.localdate(),
            last_day=form.cleaned_data["last_day"],
        )
        return _("Notice is given. The agreement runs until its last day.")


class PortalPdfView(PortalMixin, AgreementPdfView):
    required_right = Right.PORTAL_AGREEMENTS


class PortalTextView(PortalMixin, AgreementTextView):
    required_right = Right.PORTAL_AGREEMENTS


class PortalVerifyView(PortalMixin, AgreementVerifyView):
    required_right = Right.PORTAL_AGREEMENTS
    template_name = "partners/portal/agreement_verify.html"


class PaperUploadView(OwnPartnerMixin, FormView):
    """A paper is handed in, with a photo from the phone if that is at hand."""

    required_right = Right.PORTAL_AGREEMENTS
    required_function = "agreements"
    form_class = PaperForm
    template_name = "partners/portal/paper_form.html"
    kwargs: dict[str, Any]

    @cached_property
    def kind(self) -> PaperType:
        return get_object_or_404(PaperType.objects.filter(is_retired=False), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        needs = reading.paper_needs(self.partner, day=timezone.localdate())
        need = next((need for need in needs if need.type.pk == self.kind.pk), None)
        return super().get_context_data(kind=self.kind, need=need, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            papers.hand_in_paper(self.partner, self.kind, upload=form.cleaned_data["file"], by=self.member, **form.read)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        messages.success(self.request, _("Thank you. We look at it and tell you."))
        return redirect(self.member.url("partners_portal:agreements"))


class PortalPaperFileView(PortalMixin, PaperFileView):
    required_right = Right.PORTAL_AGREEMENTS
