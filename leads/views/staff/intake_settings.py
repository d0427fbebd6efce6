"""What a manufacturer sets up for leads: its lists, its own fields, the public form."""

from typing import Any

from django.contrib import messages
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView

from leads.forms.codes import FieldForm, KindForm, ReasonForm, SourceForm
from leads.forms.web_forms import FormTextsForm, IntakeSettingsForm
from leads.models import FormState, LeadField, LeadForm, LeadKind, LeadReason, LeadSource
from leads.services import web_forms as services
from leads.services.codes import default_lists
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Language
from tenancy.rights import Right

LISTS: dict[str, dict[str, Any]] = {
    "sources": {
        "model": LeadSource,
        "form": SourceForm,
        "title": gettext_lazy("Sources of leads"),
        "explanation": gettext_lazy("Where leads come from. Reports compare them."),
        "new_title": gettext_lazy("A new source"),
        "new_action": gettext_lazy("Add a source"),
    },
    "kinds": {
        "model": LeadKind,
        "form": KindForm,
        "title": gettext_lazy("Kinds of leads"),
        "explanation": gettext_lazy("Each kind can be distributed in its own way."),
        "new_title": gettext_lazy("A new kind"),
        "new_action": gettext_lazy("Add a kind"),
    },
    "reasons": {
        "model": LeadReason,
        "form": ReasonForm,
        "title": gettext_lazy("Reasons"),
        "explanation": gettext_lazy("Why a lead is put aside, declined by a partner, or lost."),
        "new_title": gettext_lazy("A new reason"),
        "new_action": gettext_lazy("Add a reason"),
    },
    "fields": {
        "model": LeadField,
        "form": FieldForm,
        "title": gettext_lazy("Own fields of leads"),
        "explanation": gettext_lazy("What you want to know of each lead beyond the usual."),
        "new_title": gettext_lazy("A new own field"),
        "new_action": gettext_lazy("Add a field"),
    },
}


class ListMixin(OwnListMixin):
    """One of the lists, named in the address."""

    required_function: str | None = "leads"
    kwargs: dict[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        return LISTS[self.kwargs["what"]]

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        if kwargs["what"] not in LISTS:
            raise Http404
        self.model, self.form_class = self.about["model"], self.about["form"]

    def texts(self) -> dict[str, Any]:
        what = self.kwargs["what"]
        return {
            "list_title": self.about["title"],
            "explanation": self.about["explanation"],
            "new_title": self.about["new_title"],
            "new_action": self.about["new_action"],
            "list_url": self.member.url("leads:codes", what=what),
            "create_url": self.member.url("leads:code_create", what=what),
        }


class CodeListView(ListMixin, OwnListView):
    """All entries of a list, in their order."""

    template_name = "leads/staff/code_list.html"

    def get_queryset(self) -> QuerySet[Any]:
        default_lists()
        return super().get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        what = self.kwargs["what"]
        entries = [(entry, self.member.url("leads:code_edit", what=what, pk=entry.pk)) for entry in self.get_queryset()]
        tabs = [(each["title"], self.member.url("leads:codes", what=key), key == what) for key, each in LISTS.items()]
        return TemplateView.get_context_data(self, entries=entries, tabs=tabs, **self.texts(), **kwargs)


class CodeEntryView(ListMixin, OwnEntryView):
    """A new entry."""

    def form_valid(self, form: Any) -> HttpResponse:
        entry = form.save()
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": entry})
        return redirect(self.texts()["list_url"])


class CodeEditView(CodeEntryView, OwnEntryEditView):
    """A known entry; it can be removed as long as no lead has it, and nothing else: a partner may have declined with it."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.remove()
        except ProtectedError:
            messages.error(request, _("“%(entry)s” is in use. Retire it instead.") % {"entry": self.entry})
            return redirect(request.path)
        messages.success(request, _("“%(entry)s” is removed.") % {"entry": self.entry})
        return redirect(self.texts()["list_url"])

    def remove(self) -> None:
        if self.model is not LeadField and self.entry.leads.exists():  # type: ignore[attr-defined]
            raise ProtectedError("Leads have it.", {self.entry})
        super().remove()


class SettingsMixin(StaffMixin):
    """Pages on which the public form is set up."""

    required_right = Right.SETTINGS_EDIT
    required_function: str | None = "leads"
    kwargs: dict[str, Any]


class WebFormsView(SettingsMixin, FormView):
    """The public form in each language, its address, and which sites may show it."""

    form_class = IntakeSettingsForm
    template_name = "leads/staff/web_forms.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": services.intake_settings()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms: dict[str, list[LeadForm]] = {}
        for each in LeadForm.objects.select_related("published_by"):
            forms.setdefault(each.language, []).append(each)
        spoken = self.member.manufacturer.languages or Language.values
        path = f"/{self.member.manufacturer.slug}/public/leads/"
        labels = dict(Language.choices)
        rows = [
            {
                "language": code,
                "label": labels.get(code, code),
                "published": next((form for form in forms.get(code, []) if form.state == FormState.PUBLISHED), None),
                "draft": next((form for form in forms.get(code, []) if form.state == FormState.DRAFT), None),
                "versions": [form for form in forms.get(code, []) if form.state == FormState.RETIRED],
                "address": f"{path}?lang={code}",
            }
            for code in spoken
        ]
        return super().get_context_data(rows=rows, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("leads:web_forms"))


class WebFormDraftView(SettingsMixin, View):
    """Begin a new version of the form in a language, or go on with the draft there is."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        language = self.kwargs["language"]
        if language not in (self.member.manufacturer.languages or Language.values):
            raise Http404
        draft = services.draft_form(language)
        return redirect(self.member.url("leads:web_form", pk=draft.pk))


class WebFormView(SettingsMixin, FormView):
    """One version: a draft is edited and published, a published one is read."""

    form_class = FormTextsForm
    template_name = "leads/staff/web_form.html"

    @cached_property
    def version(self) -> LeadForm:
        return get_object_or_404(LeadForm, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            version=self.version, is_draft=self.version.state == FormState.DRAFT, **kwargs
        )
        labels = dict(context["form"].fields["asked"].choices)
        shown = {name: [labels.get(key, key) for key in getattr(self.version, name)] for name in ("asked", "needed")}
        return context | shown

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.version.state != FormState.DRAFT:
            messages.error(request, _("A published form stays as it is. Begin a new version."))
            return redirect(self.member.url("leads:web_forms"))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        draft = form.save()
        if "publish" not in self.request.POST:
            messages.success(self.request, _("The draft is saved."))
            return redirect(self.request.path)
        try:
            services.publish_form(draft, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("From now on this version is asked."))
        return redirect(self.member.url("leads:web_forms"))
