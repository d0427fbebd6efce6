"""Certificates for staff: the list, one with what can be done about it, and how they look."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort, count_up_to
from partners.forms.qualifications import WhyForm
from tenancy.errors import DomainError
from tenancy.models import Language, Membership
from tenancy.rights import Right
from training.filters.certificates import CertificateFilterSet
from training.forms.certificates import CertificateTemplateForm
from training.models import Certificate, CertificateState
from training.selectors import certificates as reading
from training.services import certificate_files as files
from training.services import certificates as services
from training.tables.certificates import CERTIFICATE_TONES, CertificateTable
from training.views.files import pdf_response
from training.views.staff.courses import TrainingMixin

MOST_AT_ONCE = 10_000


def withdraw_many(member: Membership, rows: QuerySet[Certificate], given: dict[str, Any]) -> str:
    """The bulk action: take the chosen back, for one reason."""
    if not given["reason"].strip():
        raise BulkRefusedError(_("Say why: the reason stays with the certificate."))
    keys = list(rows.filter(withdrawn_at=None).order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(keys) > MOST_AT_ONCE:
        raise BulkRefusedError(_("Choose at most %(most)s at once.") % {"most": formats.number(MOST_AT_ONCE)})
    done = services.withdraw_all(keys, reason=given["reason"], by=member)
    return ngettext("%(count)s certificate is withdrawn.", "%(count)s certificates are withdrawn.", done) % {
        "count": formats.number(done)
    }


class CertificateListView(TrainingMixin, ListView):
    """The certificates of the people of partners that the member sees."""

    list_key = "certificates"
    table_class = CertificateTable
    filterset_class = CertificateFilterSet
    template_name = "training/staff/certificate_list.html"
    sorts = {
        "issued_on": Sort("issued_on", descending=True),
        "valid_until": Sort("valid_until", nullable=True),
        "holder": Sort("holder"),
        "company": Sort("company"),
    }
    default_sort = "-issued_on"
    default_columns = ["holder", "company", "course", "state", "issued_on", "valid_until", "score", "number"]
    export_name = "certificates"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction(
            "withdraw",
            pgettext_lazy("certificate", "Withdraw"),
            Right.TRAINING_ASSIGN,
            withdraw_many,
            form_class=WhyForm,
            explanation=gettext_lazy("The qualifications that they prove end at once, and each person is told."),
            is_dangerous=True,
        )
    ]
    empty = Empty(
        gettext_lazy("No certificate has been issued yet"),
        gettext_lazy("Whoever passes a course gets one, with a number that anybody can check."),
    )

    def get_queryset(self) -> QuerySet[Certificate]:
        return reading.certificate_rows(self.member, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ending = count_up_to(reading.seen_ending(self.member, timezone.localdate()))
        title = (
            ngettext(
                "%(count)s certificate runs out within 60 days", "%(count)s certificates run out within 60 days", ending
            )
            % {"count": formats.number(ending)}
            if ending
            else _("No certificate runs out within 60 days")
        )
        return super().get_context_data(title=title, can_write=self.member.can(Right.TRAINING_EDIT), **kwargs)


class OneCertificateMixin(TrainingMixin):
    """Pages of one certificate."""

    @cached_property
    def certificate(self) -> Certificate:
        rows = reading.seen_certificates(self.member).select_related(*reading.ROWS, "course__qualification")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def here(self) -> str:
        return self.member.url("training:certificate", pk=self.certificate.pk)


class CertificateView(OneCertificateMixin, TemplateView):
    """A certificate: whose, how it stands, its check page, and how to take it back or issue it again."""

    template_name = "training/staff/certificate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self.certificate.state_on(timezone.localdate())
        others = Certificate.objects.filter(enrolment=self.certificate.enrolment_id).exclude(pk=self.certificate.pk)
        return super().get_context_data(
            certificate=self.certificate,
            state=state,
            tone=CERTIFICATE_TONES[state],
            check_url=files.check_url(self.member.manufacturer, self.certificate.number),
            others=list(others.order_by("-pk")),
            can_issue=state == CertificateState.WITHDRAWN
            and self.member.can(Right.TRAINING_ASSIGN)
            and not others.filter(withdrawn_at=None).exists(),
            form=kwargs.pop("form", None)
            or (WhyForm() if state != CertificateState.WITHDRAWN and self.member.can(Right.TRAINING_ASSIGN) else None),
            **kwargs,
        )


class CertificateStepView(OneCertificateMixin, View):
    """A certificate is withdrawn, or issued again."""

    required_right = Right.TRAINING_ASSIGN
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        match request.POST.get("step"):
            case "withdraw":
                form = WhyForm(request.POST)
                if not form.is_valid():
                    messages.error(request, " ".join(map(str, form.errors["reason"])))
                    return redirect(self.here)
                self.take_step(
                    lambda: services.withdraw(self.certificate, reason=form.cleaned_data["reason"], by=self.member),
                    _("The certificate is withdrawn, and what rested on it has ended."),
                )
            case "again":
                try:
                    made = services.issue_again(self.certificate)
                except DomainError as error:
                    messages.error(request, str(error))
                else:
                    messages.success(request, _("A new certificate is issued: %(number)s") % {"number": made.number})
                    return redirect(self.member.url("training:certificate", pk=made.pk))
            case _:
                raise Http404
        return redirect(self.here)


class CertificatePdfView(OneCertificateMixin, View):
    """The certificate as its holder gets it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return pdf_response(self.certificate, language=self.certificate.member.language or "en")


class CertificateTemplateView(TrainingMixin, FormView):
    """How certificates look, with a picture of one in each language."""

    required_right = Right.TRAINING_EDIT
    form_class = CertificateTemplateForm
    template_name = "training/staff/certificate_template.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": reading.template()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        languages = self.member.manufacturer.languages or ["en"]
        asked = self.request.GET.get("language", "")
        own = (get_language() or "en").split("-")[0]
        shown = next((code for code in (asked, own) if code in languages), languages[0])
        return super().get_context_data(
            shown=shown,
            tabs=[
                (get_language_info(code)["name_local"], f"?language={code}#preview", code == shown)
                for code in languages
            ],
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        services.save_template(form.instance, form.Meta.fields, pictures=form.pictures)
        messages.success(self.request, _("Certificates look like this from now on."))
        return redirect(self.request.get_full_path())


class CertificatePreviewView(TrainingMixin, View):
    """The picture beside the form."""

    required_right = Right.TRAINING_EDIT

    def get(self, request: HttpRequest, language: str, **kwargs: Any) -> HttpResponse:
        if language not in Language.values:
            raise Http404
        picture = files.preview(
            reading.template(), self.member.manufacturer, language=language, day=timezone.localdate()
        )
        return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, no-store"})
