"""How campaigns are sent: settings, suppressed addresses, templates of messengers."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from campaigns.country_rules import RULES, rules_for
from campaigns.filters.sending import ConsentNoticeFilterSet, SuppressionFilterSet
from campaigns.forms.sending import CampaignSettingsForm, SuppressForm, TemplateForm
from campaigns.models import ConsentNotice, MessengerTemplate, Suppression, TemplateState
from campaigns.selectors.consents import not_reached, notices_for
from campaigns.services import choices as choice_services
from campaigns.services import templates as template_services
from campaigns.services.settings import campaign_settings, save_campaign_settings
from campaigns.tables.sending import ConsentNoticeTable, SuppressionTable
from campaigns.texts import FIELDS
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import COUNT_UP_TO, Sort, count_up_to
from partners.countries import country_name
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

TEMPLATE_TONES = {
    TemplateState.DRAFT: "",
    TemplateState.QUEUED: "active",
    TemplateState.SUBMITTED: "active",
    TemplateState.APPROVED: "good",
    TemplateState.REJECTED: "bad",
    TemplateState.RETIRED: "",
}


class CampaignsMixin(StaffMixin):
    """Pages of who works on campaigns."""

    required_right = Right.CAMPAIGNS_VIEW
    required_function: str | None = "campaigns"
    kwargs: dict[str, Any]


class SettingsView(CampaignsMixin, FormView):
    """Who campaigns come from, when they go, and the rules of the countries beside it."""

    required_right = Right.SETTINGS_EDIT
    form_class = CampaignSettingsForm
    template_name = "campaigns/staff/settings.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": campaign_settings()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = [(country_name(code), rules_for(code)) for code in RULES]
        rules.append((_("Countries of the European Union"), rules_for("DE")))
        rules.append((_("All other countries"), rules_for("")))
        return super().get_context_data(rules=rules, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        save_campaign_settings(form.save(commit=False))
        messages.success(self.request, _("The settings are saved."))
        return redirect(self.member.url("campaigns:settings"))


class SuppressionListView(CampaignsMixin, ListView):
    """The addresses that no campaign writes to any more."""

    list_key = "suppressions"
    table_class = SuppressionTable
    filterset_class = SuppressionFilterSet
    template_name = "campaigns/staff/suppressions.html"
    default_sort = "-at"
    sorts = {"at": Sort("at")}
    export_name = "suppressed-addresses"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        title=gettext_lazy("Nobody has unsubscribed, and no mail came back"),
        text=gettext_lazy(
            "Addresses come here by themselves: when somebody unsubscribes or complains, or mail comes back."
        ),
    )

    def get_queryset(self) -> QuerySet[Suppression]:
        return Suppression.objects.select_related("campaign")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = count_up_to(Suppression.objects.all())
        number = formats.number(count) + ("+" if count > COUNT_UP_TO else "")
        title = ngettext(
            "%(number)s address gets no more campaigns", "%(number)s addresses get no more campaigns", count
        ) % {"number": number}
        title = title if count else _("Every address may be written to")
        can_edit = self.member.can(Right.CAMPAIGNS_EDIT)
        return super().get_context_data(title=title, can_edit=can_edit, **kwargs)


class ConsentNoticeListView(CampaignsMixin, ListView):
    """Who was told of what they agreed to, when and by which way, and whom it did not reach."""

    list_key = "consent_notices"
    table_class = ConsentNoticeTable
    filterset_class = ConsentNoticeFilterSet
    template_name = "campaigns/staff/consent_notices.html"
    default_sort = "-created_at"
    sorts = {"created_at": Sort("created_at")}
    default_columns = ["name", "address", "channel", "agreed", "state", "mail_refused", "created_at"]
    export_name = "notices-of-consent"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        title=gettext_lazy("Nobody had to be told of a consent yet"),
        text=gettext_lazy(
            "Where a country's rules ask for it, whoever agreed to advertising is told so before the time is over."
            " Each notice is kept here as the proof."
        ),
    )

    def get_queryset(self) -> QuerySet[ConsentNotice]:
        return notices_for(self.member).select_related("customer")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = count_up_to(not_reached(notices_for(self.member)))
        number = formats.number(count) + ("+" if count > COUNT_UP_TO else "")
        title = ngettext(
            "%(number)s notice of a consent did not reach anybody",
            "%(number)s notices of consents did not reach anybody",
            count,
        ) % {"number": number}
        return super().get_context_data(title=title if count else _("Who was told of what they agreed to"), **kwargs)


class SuppressView(CampaignsMixin, FormView):
    """Staff enter an address that asked by phone or letter, or take one off the list."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = SuppressForm
    template_name = "campaigns/staff/suppress.html"

    def form_valid(self, form: SuppressForm) -> HttpResponse:
        said = form.cleaned_data
        is_new = choice_services.suppress(said["channel"], said["address"], detail=said["detail"], by=self.member)
        messages.success(
            self.request,
            _("The address gets no more campaigns.") if is_new else _("The address was on the list already."),
        )
        return redirect(self.member.url("campaigns:suppressions"))


class LiftView(CampaignsMixin, View):
    """An address entered by mistake, or whose mailbox works again, is taken off the list."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        return render(request, "campaigns/staff/suppression_lift.html", {"row": self.row})

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        choice_services.lift(self.row)
        messages.success(request, _("The address may be written to again, where the person's consent stands."))
        return redirect(self.member.url("campaigns:suppressions"))

    @cached_property
    def row(self) -> Suppression:
        return get_object_or_404(Suppression.objects.select_related("campaign", "by"), pk=self.kwargs["pk"])


class TemplateListView(CampaignsMixin, TemplateView):
    """The templates of messengers and how far each is."""

    template_name = "campaigns/staff/templates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        templates = [(each, TEMPLATE_TONES[TemplateState(each.state)]) for each in MessengerTemplate.objects.all()]
        waiting = sum(each.state in (TemplateState.QUEUED, TemplateState.SUBMITTED) for each, _tone in templates)
        if waiting:
            title = ngettext(
                "%(count)s template waits for the messenger", "%(count)s templates wait for the messenger", waiting
            ) % {"count": waiting}
        else:
            title = _("What goes by messenger is approved before")
        can_edit = self.member.can(Right.CAMPAIGNS_EDIT)
        return super().get_context_data(templates=templates, title=title, can_edit=can_edit, **kwargs)


class TemplateFormView(CampaignsMixin, FormView):
    """The words of a template, as long as it is a draft."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = TemplateForm
    template_name = "campaigns/staff/template_form.html"

    @cached_property
    def template(self) -> MessengerTemplate | None:
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(MessengerTemplate, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.template or MessengerTemplate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tone = TEMPLATE_TONES[TemplateState(self.template.state)] if self.template else ""
        return super().get_context_data(template=self.template, tone=tone, fields=FIELDS.items(), **kwargs)

    def form_valid(self, form: TemplateForm) -> HttpResponse:
        try:
            template = template_services.save_template(form.save(commit=False), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The template is saved."))
        return redirect(self.member.url("campaigns:template", pk=template.pk))


class TemplateStepView(CampaignsMixin, View):
    """A template is handed in, or used no more."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        template = get_object_or_404(MessengerTemplate, pk=pk)
        steps = {"hand_in": template_services.hand_in, "retire": template_services.retire}
        if step := steps.get(request.POST.get("step", "")):
            try:
                step(template, by=self.member)
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The template is now: %(state)s") % {"state": template.get_state_display()})
        return redirect(self.member.url("campaigns:template", pk=pk))
