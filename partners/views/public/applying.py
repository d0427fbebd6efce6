"""The page on which a company applies to become a partner, and the one that tells how far its application is."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from partners.forms.applying import ApplyForm
from partners.functions import RECRUITING
from partners.models import ApplicationForm, ApplicationQuestion, Prospect, ProspectStage
from partners.selectors.recruiting import published_form
from partners.services import applying
from partners.services.applicant_mails import reference_of, status_path
from tenancy.functions import is_switched_on
from tenancy.rls import staff_scope
from tenancy.views.public import PublicView


class RecruitingPage(PublicView):
    """A public page of a manufacturer that recruits here; others have none."""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not is_switched_on(RECRUITING.key, self.manufacturer.functions_off):
            raise Http404


class ApplyView(RecruitingPage, FormView):
    """The application form in the visitor's language."""

    form_class = ApplyForm
    template_name = "partners/public/apply.html"

    @cached_property
    def version(self) -> tuple[ApplicationForm | None, list[ApplicationQuestion]]:
        """The version that is asked now, with its questions; none where no applications are taken."""
        with staff_scope(self.manufacturer.pk):
            form = published_form()
            return form, list(form.questions.all()) if form else []

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.version[0] is None:
            return self.render_to_response({"version": None})
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.version[0] is None:
            return self.render_to_response({"version": None})
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        country = {"Asia/Seoul": "KR", "Asia/Tokyo": "JP"}.get(self.manufacturer.timezone, "")
        return {"ticket": applying.new_ticket(self.manufacturer), "country": country}

    def get_form_kwargs(self) -> dict[str, Any]:
        version, questions = self.version
        return super().get_form_kwargs() | {"version": version, "questions": questions}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(version=self.version[0], **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            applied = self.apply(form)
        except applying.ApplyError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if applied.is_repeated:
            return self.render_to_response({"version": self.version[0], "is_repeated": True})
        return HttpResponseRedirect(status_path(self.manufacturer, applied.prospect.reference) + "?new=1")

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong; a ticket that has ended is replaced."""
        try:
            applying.read_ticket(self.manufacturer, form.data.get("ticket", ""), quickest=applying.AT_ONCE)
        except applying.ApplyError:
            form.data = form.data.copy()
            form.data["ticket"] = applying.new_ticket(self.manufacturer)
        has_files = any(question.type == "file" for question in self.version[1])
        return self.render_to_response(self.get_context_data(form=form, has_files=has_files))

    def apply(self, form: Any) -> applying.Applied:
        """Keep what came in, if it may."""
        key = applying.read_ticket(self.manufacturer, form.cleaned_data["ticket"])
        version = self.version[0]
        assert version is not None
        with staff_scope(self.manufacturer.pk):
            known = applying.applied_before(key)
        if known is not None:
            return applying.Applied(known)
        applying.count_attempt(self.manufacturer, get_adapter().get_client_ip(self.request))
        with staff_scope(self.manufacturer.pk):
            return applying.apply(
                self.manufacturer,
                version,
                key=key,
                company=form.company_data(),
                answers=form.answers(),
                uploads=[applying.Upload(key, file, file.checked_type) for key, file in form.uploaded()],
                language=self.language,
            )

    @property
    def language(self) -> str:
        """The language to answer in: the page's, if the manufacturer speaks it."""
        return self.manufacturer.language_for(get_language() or settings.LANGUAGE_CODE)


class StatusView(RecruitingPage, TemplateView):
    """How far an application is, in plain words, for who holds its link. Nothing else of it is shown."""

    template_name = "partners/public/apply_status.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reference = reference_of(self.manufacturer, self.kwargs["token"])
        if reference is None:
            raise Http404
        with staff_scope(self.manufacturer.pk):
            stage = Prospect.objects.filter(reference=reference).values_list("stage", flat=True).first()
        if stage is None:
            raise Http404
        return super().get_context_data(
            reference=reference,
            is_new="new" in self.request.GET,
            sentence=public_sentence(stage),
            step=public_step(stage),
            steps=[_("Received"), _("Being examined"), _("Agreed")],
            is_refused=stage == ProspectStage.REFUSED,
            status_url=settings.PUBLIC_URL + self.request.path,
            **kwargs,
        )


def public_sentence(stage: str) -> str:
    """A stage as an applicant reads it."""
    match stage:
        case ProspectStage.REVIEWED:
            return _("Your application is being examined")
        case ProspectStage.AGREED:
            return _("We would like to work with you and will be in touch")
        case ProspectStage.ONBOARDING | ProspectStage.ACTIVE:
            return _("Welcome as a partner: your invitation came by mail")
        case ProspectStage.REFUSED:
            return _("We cannot offer a partnership at present")
    return _("Your application has arrived")


def public_step(stage: str) -> int:
    """How many of the public steps are done."""
    if stage in (ProspectStage.AGREED, ProspectStage.ONBOARDING, ProspectStage.ACTIVE):
        return 3
    return 2 if stage == ProspectStage.REVIEWED else 1
