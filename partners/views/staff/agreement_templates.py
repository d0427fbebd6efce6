"""The templates that agreements are made from: their terms, and their texts by language with a live check."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from partners import selectors
from partners.agreement_text import PLACEHOLDERS, as_html
from partners.forms.agreements import AgreementTypeForm, TemplateTextsForm
from partners.models import AgreementTemplate, AgreementType
from partners.selectors import agreements as reading
from partners.services import agreement_templates as services
from partners.services.agreements import draft_of
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Manufacturer
from tenancy.rights import Right


class TypeMixin(OwnListMixin):
    model = AgreementType
    form_class: Any = AgreementTypeForm
    required_function = "agreements"
    list_url = "partners:agreement_types"
    create_url = "partners:agreement_type_create"
    edit_url = "partners:agreement_type_text"
    title = gettext_lazy("Agreement templates")
    explanation = gettext_lazy(
        "What agreements are made from: the terms that are usual, and the text in each language."
    )
    new_title = gettext_lazy("A new agreement template")
    new_action = gettext_lazy("Add a template")


class TypeListView(TypeMixin, OwnListView):
    template_name = "partners/staff/agreement_types.html"

    def get_queryset(self) -> QuerySet[Any]:
        return reading.types_with_use(timezone.localdate())


class TypeCreateView(TypeMixin, OwnEntryView):
    def form_valid(self, form: Any) -> HttpResponse:
        entry = form.save()
        messages.success(self.request, _("“%(entry)s” is saved. Now write its text.") % {"entry": entry})
        return redirect(self.member.url("partners:agreement_type_text", pk=entry.pk))


class TypeEditView(TypeMixin, OwnEntryEditView):
    pass


class TextView(StaffMixin, FormView):
    """The text of a template: a draft is edited, a published version stands as it is until it is edited anew."""

    required_right = Right.SETTINGS_EDIT
    required_function = "agreements"
    form_class = TemplateTextsForm
    template_name = "partners/staff/agreement_text.html"
    kwargs: dict[str, Any]

    @cached_property
    def kind(self) -> AgreementType:
        return get_object_or_404(AgreementType.objects.all(), pk=self.kwargs["pk"])

    @cached_property
    def versions(self) -> list[AgreementTemplate]:
        return list(AgreementTemplate.objects.filter(type=self.kind).select_related("published_by"))

    @property
    def languages(self) -> list[str]:
        return self.member.manufacturer.languages or ["en"]

    def get_form_kwargs(self) -> dict[str, Any]:
        texts = self.versions[0].texts if self.versions else {}
        return super().get_form_kwargs() | {"languages": self.languages, "texts": texts}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = self.versions[0] if self.versions else None
        return super().get_context_data(
            kind=self.kind,
            versions=self.versions,
            latest=latest,
            is_draft=latest is None or latest.published_at is None,
            placeholders=[(f"{{{name}}}", label) for name, label in PLACEHOLDERS.items()],
            problems=problems(latest.texts) if latest and latest.published_at is None else [],
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        here = self.member.url("partners:agreement_type_text", pk=self.kind.pk)
        try:
            template = services.edit_template(self.kind, by=self.member)
            services.save_texts(template, form.texts)
            if "publish" in self.request.POST:
                services.publish_template(template, by=self.member)
                messages.success(self.request, _("Version %(version)s is published.") % {"version": template.version})
            else:
                messages.success(self.request, _("The draft is saved."))
        except DomainError as error:
            messages.error(self.request, str(error))
        return redirect(here)


def problems(texts: dict[str, str]) -> list[tuple[str, str]]:
    """What is wrong with the texts, each with the name of its language."""
    return [
        (get_language_info(language)["name_local"] if language else "", sentence)
        for language, sentence in services.problems_of_texts(texts)
    ]


class CheckView(StaffMixin, TemplateView):
    """While the text is written: what is wrong with it, and how it looks with a partner chosen."""

    required_right = Right.SETTINGS_EDIT
    required_function = "agreements"
    template_name = "partners/partials/agreement_check.html"
    http_method_names = ["post"]
    kwargs: dict[str, Any]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind = get_object_or_404(AgreementType.objects.all(), pk=self.kwargs["pk"])
        languages = self.member.manufacturer.languages or ["en"]
        texts = {code: text[:200_000] for code in languages if (text := request.POST.get(f"text_{code}", ""))}
        code = request.POST.get("parent_code", "").strip()
        partners = selectors.partners_for(self.member).select_related("channel_manager", "kind")
        partner = partners.filter(code=code).first() if code else partners.order_by("name", "pk").first()
        shown = request.POST.get("shown", "")
        language = shown if shown in texts else next(iter(texts), "")
        return self.render_to_response(
            {
                "problems": problems(texts),
                "partner": partner,
                "code": code,
                "language": language,
                "html": self.html(kind, texts, partner, language) if partner and language else "",
            }
        )

    def html(self, kind: AgreementType, texts: dict[str, str], partner: Any, language: str) -> str:
        """The text with the partner's facts."""
        template = AgreementTemplate(type=kind, texts=texts)
        manufacturer = Manufacturer.objects.get(pk=self.member.manufacturer_id)
        draft = draft_of(partner, template, manufacturer, starts_on=timezone.localdate(), language=language)
        return as_html(draft.text)
