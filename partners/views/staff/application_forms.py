"""The editor of the form that companies apply with, and the lists and texts around it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from partners.forms.application_forms import TYPE_LABELS, QuestionForm, VersionForm
from partners.forms.applying import ApplyForm
from partners.forms.recruiting import ReasonForm, RefusalTextForm, SourceForm
from partners.models import ApplicationForm, ApplicationQuestion, ProspectSource, RecruitingTexts, RefusalReason
from partners.selectors import recruiting as selectors
from partners.services import application_forms as services
from partners.services.applicant_mails import default_refusal
from partners.services.recruiting import default_lists
from partners.vetting import QuestionType
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class EditorMixin(StaffMixin):
    """Pages of who may change the form."""

    required_right = Right.SETTINGS_EDIT
    required_function: str | None = "recruiting"
    kwargs: dict[str, Any]

    @cached_property
    def version(self) -> ApplicationForm:
        return get_object_or_404(ApplicationForm, pk=self.kwargs["pk"])

    def to_version(self, version: ApplicationForm) -> HttpResponse:
        return redirect(self.member.url("partners:application_form", pk=version.pk))


class VersionListView(EditorMixin, TemplateView):
    """All versions of the form, and which one is asked now."""

    template_name = "partners/staff/application_forms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(selectors.form_versions())
        return super().get_context_data(
            versions=versions,
            published=next((each for each in versions if each.state == ApplicationForm.State.PUBLISHED), None),
            draft=next((each for each in versions if each.is_draft), None),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Begin a draft, or go on with the one there is."""
        return self.to_version(services.draft_form(by=self.member))


class VersionView(EditorMixin, TemplateView):
    """One version: its questions, and as an applicant sees it."""

    template_name = "partners/staff/application_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = list(self.version.questions.all())
        return super().get_context_data(
            version=self.version,
            questions=[(question, TYPE_LABELS[question.type]) for question in questions],
            total=sum(question.weight for question in questions),
            types=[(kind.value, TYPE_LABELS[kind]) for kind in QuestionType],
            preview=ApplyForm(version=self.version, questions=questions, auto_id="preview_%s"),
            application_count=self.version.applications.count(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Publish a draft or throw it away; close a published version."""
        version = self.version
        try:
            match request.POST.get("do"):
                case "publish":
                    services.publish_form(version, by=self.member)
                    messages.success(request, _("The form is published: companies can apply now."))
                case "delete":
                    services.delete_draft(version)
                    messages.success(request, _("The draft is thrown away."))
                    return redirect(self.member.url("partners:application_forms"))
                case "close":
                    services.close_form(version)
                    messages.success(request, _("No applications are taken any more."))
                case _:
                    raise Http404
        except DomainError as error:
            messages.error(request, str(error))
        return self.to_version(version)


class VersionEditView(EditorMixin, FormView):
    """Introduction and consent of a draft."""

    form_class = VersionForm
    template_name = "partners/staff/application_form_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.version.is_draft:
            raise Http404
        return super().get_form_kwargs() | {"member": self.member, "instance": self.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(version=self.version, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        version = form.save()
        messages.success(self.request, _("Introduction and consent are saved."))
        return self.to_version(version)


class QuestionFormView(EditorMixin, FormView):
    """A question of a draft."""

    form_class = QuestionForm
    template_name = "partners/staff/application_question.html"

    @cached_property
    def question(self) -> ApplicationQuestion:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.question.form.is_draft:
            raise Http404
        return super().get_form_kwargs() | {"member": self.member, "instance": self.question}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=self.question,
            version=self.question.form,
            type_label=TYPE_LABELS[self.question.type],
            is_new=self.question.pk is None,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.save_question(form.save(commit=False))
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The question is saved."))
        return self.to_version(self.question.form)


class QuestionCreateView(QuestionFormView):
    """A new question of the type that the address names."""

    @cached_property
    def question(self) -> ApplicationQuestion:
        kind = self.request.GET.get("type", QuestionType.TEXT)
        if kind not in TYPE_LABELS:
            raise Http404
        return ApplicationQuestion(form=self.version, type=kind)


class QuestionEditView(QuestionFormView):
    """A question that is there: changed, moved up or down, or removed."""

    @cached_property
    def question(self) -> ApplicationQuestion:
        return get_object_or_404(ApplicationQuestion.objects.select_related("form"), pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("do")
        if wanted not in ("up", "down", "remove"):
            return super().post(request, *args, **kwargs)
        question = self.question
        try:
            if wanted == "remove":
                services.remove_question(question)
                messages.success(request, _("The question is removed."))
            else:
                services.move_question(question, up=wanted == "up")
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.member.url("partners:application_form", pk=question.form_id) + "#questions")


class RefusalTextView(EditorMixin, FormView):
    """What who is refused gets to read."""

    form_class = RefusalTextForm
    template_name = "partners/staff/refusal_text.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        texts = RecruitingTexts.objects.first() or RecruitingTexts()
        return super().get_form_kwargs() | {"member": self.member, "instance": texts}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subject, text = default_refusal()
        return super().get_context_data(default_subject=subject, default_text=text, language=get_language(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("The words for refusals are saved."))
        return redirect(self.member.url("partners:refusal_text"))


class SourceMixin(OwnListMixin):
    required_function = "recruiting"
    model = ProspectSource
    form_class: Any = SourceForm
    list_url, create_url, edit_url = "partners:sources", "partners:source_create", "partners:source_edit"
    title = gettext_lazy("Sources")
    explanation = gettext_lazy("Where companies come from that may become partners. Reports compare them.")
    new_title = gettext_lazy("A new source")
    new_action = gettext_lazy("Add a source")


class CodesView(OwnListView):
    """Such a list, filled with the usual entries where it is empty."""

    template_name = "partners/staff/recruiting_codes.html"

    def get_queryset(self) -> Any:
        default_lists()
        return super().get_queryset()


class SourceListView(SourceMixin, CodesView):
    pass


class SourceCreateView(SourceMixin, OwnEntryView):
    pass


class SourceEditView(SourceMixin, OwnEntryEditView):
    pass


class ReasonMixin(OwnListMixin):
    required_function = "recruiting"
    model = RefusalReason
    form_class: Any = ReasonForm
    list_url, create_url, edit_url = "partners:reasons", "partners:reason_create", "partners:reason_edit"
    title = gettext_lazy("Reasons for refusing")
    explanation = gettext_lazy("Why a company does not become a partner. Only staff see it.")
    new_title = gettext_lazy("A new reason")
    new_action = gettext_lazy("Add a reason")


class ReasonListView(ReasonMixin, CodesView):
    pass


class ReasonCreateView(ReasonMixin, OwnEntryView):
    pass


class ReasonEditView(ReasonMixin, OwnEntryEditView):
    pass
