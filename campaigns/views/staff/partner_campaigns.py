"""Staff release templates that partners send to their own customers, and see how many that were."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView
from django.views.generic import TemplateView as PageView

from campaigns.forms.partner_campaigns import PartnerTemplateForm, PartnerTextForm
from campaigns.functions import PARTNER_CAMPAIGNS
from campaigns.models import PartnerTemplate, PartnerTemplateText, ReleaseState
from campaigns.own_previews import preview_of
from campaigns.own_texts import places_of
from campaigns.own_writing import text_of
from campaigns.selectors import partner_campaigns as reading
from campaigns.services import partner_campaigns as services
from pages import formats
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

TONES = {ReleaseState.RELEASED: "good", ReleaseState.WITHDRAWN: "bad"}


class TemplatesMixin(StaffMixin):
    """Pages of templates for partners."""

    required_right = Right.CAMPAIGNS_VIEW
    required_function: str | None = PARTNER_CAMPAIGNS.key
    kwargs: dict[str, Any]

    @cached_property
    def template(self) -> PartnerTemplate:
        return get_object_or_404(PartnerTemplate.objects.select_related("audience"), pk=self.kwargs["pk"])

    @property
    def page(self) -> str:
        return self.member.url("campaigns:partner_template", pk=self.template.pk)


class TemplateListView(TemplatesMixin, PageView):
    """All templates, and what partners made of them."""

    template_name = "campaigns/staff/partner_templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = reading.template_rows(self.member)
        for row in rows:
            row["tone"] = TONES.get(row["template"].state, "")
        out = sum(row["template"].state == ReleaseState.RELEASED for row in rows)
        title = ngettext("Partners can use %(count)s template", "Partners can use %(count)s templates", out) % {
            "count": formats.number(out)
        }
        return super().get_context_data(
            rows=rows,
            title=title,
            fewest=reading.FEWEST,
            can_edit=self.member.can(Right.CAMPAIGNS_EDIT),
            **kwargs,
        )


class TemplateFormView(TemplatesMixin, FormView):
    """The form of a template, new or changed."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = PartnerTemplateForm
    template_name = "campaigns/staff/partner_template_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        template = services.save_template(form.save(commit=False), by=self.member)
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("campaigns:partner_template", pk=template.pk))


class TemplateNewView(TemplateFormView):
    """A new template."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": PartnerTemplate()}


class TemplateEditView(TemplateFormView):
    """Change what a template is and whom it is for."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.template}


class TemplateView(TemplatesMixin, PageView):
    """A template: its words, who may use it, and the totals by partner."""

    template_name = "campaigns/staff/partner_template.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        template = self.template
        texts = list(template.texts.all())
        spoken = set(self.member.manufacturer.languages)
        previews = []
        for text in texts:
            made = text_of(text)
            sender = _("Example Company")
            preview = preview_of(
                made,
                {},
                sender=sender,
                manufacturer=str(self.member.manufacturer),
                country="",
                is_advertising=template.is_advertising,
            )
            previews.append((text, preview, places_of(text.subject, text.preheader, text.body)))
        can_edit = self.member.can(Right.CAMPAIGNS_EDIT)
        is_out = template.state == ReleaseState.RELEASED
        return super().get_context_data(
            template=template,
            tone=TONES.get(ReleaseState(template.state), ""),
            previews=previews,
            totals=reading.totals_by_partner(template, self.member),
            fewest=reading.FEWEST,
            can_edit=can_edit,
            can_write=can_edit and not is_out,
            can_add=can_edit and not is_out and bool(spoken - {text.language for text in texts}),
            is_out=is_out,
            **kwargs,
        )


class TemplateStepView(TemplatesMixin, View):
    """Release or withdraw."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step")
        try:
            if step == "release":
                services.release(self.template, by=self.member)
                messages.success(request, _("Released: partners find it from now on."))
            elif step == "withdraw":
                services.withdraw(self.template, by=self.member)
                messages.success(request, _("Withdrawn: nothing more goes out by it."))
            else:
                raise Http404
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.page)


class TextFormView(TemplatesMixin, FormView):
    """The words of a template in one language."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = PartnerTextForm
    template_name = "campaigns/staff/partner_text_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(template=self.template, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.save_text(form.save(commit=False), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.page)


class TextNewView(TextFormView):
    """Words in one more language."""

    def get_form_kwargs(self) -> dict[str, Any]:
        text = PartnerTemplateText(template=self.template)
        return super().get_form_kwargs() | {"member": self.member, "instance": text}


class TextEditView(TextFormView):
    """Change the words in a language."""

    def get_form_kwargs(self) -> dict[str, Any]:
        text = get_object_or_404(self.template.texts.select_related("template"), pk=self.kwargs["text"])
        return super().get_form_kwargs() | {"member": self.member, "instance": text}
