"""What a partner does with its deals: the list with what is left of each protection, the form with its check, the page."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views import View
from django.views.generic import FormView, TemplateView

from leads.forms.deals import AppealForm, CloseForm, DealForm, ExtensionForm, FileForm
from leads.models import AnswerState, DealAppeal, DealRegistration, DealState, ExtensionRequest, Lead, Opportunity
from leads.selectors import deals as reading
from leads.services import deals as services
from leads.services.deals import prefilling
from leads.views.deals import DealFileView, DealProofFileView, DealProofView, OneDealMixin
from pages import formats
from pages.paging import Sort, page_of
from pages.row_numbers import row_number
from partners.models import Activity
from partners.selectors import may
from partners.selectors.partners import search_words
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right

ON_A_PAGE = 25
SHOWN = {
    "open": (DealState.DRAFT, DealState.SUBMITTED, DealState.RETURNED, DealState.APPROVED),
    "won": (DealState.WON,),
    "closed": (DealState.REFUSED, DealState.WITHDRAWN, DealState.EXPIRED, DealState.RELEASED, DealState.LOST),
}


class DealsMixin(PortalMixin):
    """A page of a partner's deals."""

    required_right = Right.PORTAL_DEALS
    required_function: str | None = "deals"
    kwargs: dict[str, Any]


class DealsView(DealsMixin, TemplateView):
    """What the partner has registered, or is named in, with what is left of each protection."""

    template_name = "leads/portal/deals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.request.GET.get("show", "open")
        shown = shown if shown in SHOWN else "open"
        mine = reading.deals_for(self.member)
        rows = mine.filter(state__in=SHOWN[shown])
        words = self.request.GET.get("q", "").strip()[:100]
        for word in search_words(words):
            rows = rows.filter(search_text__contains=word)
        page = page_of(
            rows.select_related("category"),
            Sort("created_at", descending=True),
            size=ON_A_PAGE,
            after=self.request.GET.get("after", ""),
        )
        now = timezone.now()
        counts = mine.aggregate(
            protected=Count("pk", filter=Q(state=DealState.APPROVED, protected_until__gt=now)),
            ending=Count(
                "pk",
                filter=Q(
                    state=DealState.APPROVED, protected_until__gt=now, protected_until__lte=now + dt.timedelta(days=14)
                ),
            ),
            waiting=Count("pk", filter=Q(state=DealState.SUBMITTED)),
        )
        assert self.member.partner is not None
        permission = may(self.member.partner, Activity.DEALS)
        return super().get_context_data(
            title=self.title(counts),
            deals=page.rows,
            more_url=f"?{urlencode({'show': shown, 'q': words, 'after': page.next_key})}" if page.next_key else "",
            tabs=[
                (pgettext("deal", "Open"), "?show=open", shown == "open"),
                (_("Won"), "?show=won", shown == "won"),
                (pgettext("deal", "Closed"), "?show=closed", shown == "closed"),
            ],
            shown=shown,
            words=words,
            own=self.member.partner_id,
            answer=reading.answer_time(),
            permission=permission,
            blocked=[
                (str(reason), reason.url(self.member, self.member.partner_id or 0)) for reason in permission.reasons
            ],
            **kwargs,
        )

    def title(self, counts: dict[str, int]) -> str:
        """How many are protected, and what presses."""
        if counts["ending"]:
            return ngettext(
                "%(count)s protection ends within two weeks",
                "%(count)s protections end within two weeks",
                counts["ending"],
            ) % {"count": formats.number(counts["ending"])}
        if counts["protected"]:
            return ngettext(
                "%(count)s deal is protected for you", "%(count)s deals are protected for you", counts["protected"]
            ) % {"count": formats.number(counts["protected"])}
        if counts["waiting"]:
            return ngettext(
                "%(count)s deal waits for the answer", "%(count)s deals wait for the answer", counts["waiting"]
            ) % {"count": formats.number(counts["waiting"])}
        return _("Register a deal, and it is protected for you")


class DealFormView(DealsMixin, FormView):
    """The form of a deal, new or known."""

    form_class = DealForm
    template_name = "leads/portal/deal_form.html"

    @cached_property
    def deal(self) -> DealRegistration:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.deal}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            deal=self.deal, answer=reading.answer_time(), needed=len(reading.required_fields()), **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        upload = form.cleaned_data.get("file")
        try:
            with transaction.atomic():
                second = form.cleaned_data.get("second")
                deal = services.save_deal(form.save(commit=False), by=self.member, second=second)
                if upload:
                    services.add_file(deal, upload, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if "submit" not in self.request.POST:
            messages.success(self.request, _("The draft is saved. Nobody is told yet."))
            return redirect(self.member.url("leads_portal:deal", pk=deal.pk))
        try:
            services.submit_deal(deal, by=self.member)
        except DomainError as error:
            messages.error(self.request, str(error))
            return redirect(self.member.url("leads_portal:deal_edit", pk=deal.pk))
        messages.success(self.request, _("The deal is handed in. You are told as soon as it is answered."))
        return redirect(self.member.url("leads_portal:deal", pk=deal.pk))


class DealCreateView(OnceMixin, DealFormView):
    """A new deal, where wanted from a lead or an opportunity of the partner's own."""

    @cached_property
    def deal(self) -> DealRegistration:
        country = self.member.partner.country if self.member.partner else ""
        opportunities = Opportunity.objects.filter(partner=self.member.partner_id).select_related("customer")
        if opportunity := self.asked("opportunity", opportunities):
            return prefilling.deal_of_opportunity(opportunity, country=country)
        if lead := self.asked("lead", Lead.objects.filter(partner=self.member.partner_id)):
            return prefilling.deal_of_lead(lead)
        return DealRegistration(country=country)

    def asked(self, name: str, rows: QuerySet[Any]) -> Any:
        """The row of the partner's own that the address names."""
        number = row_number(self.request.GET.get(name, ""))
        return rows.filter(pk=number).first() if number else None


class OwnDealMixin(OneDealMixin):
    """A registration that is the partner's own to change, not one that it is named in."""

    @cached_property
    def deal(self) -> DealRegistration:
        rows = reading.deals_for(self.member).filter(partner=self.member.partner_id)
        return get_object_or_404(rows.select_related("category", "site"), pk=self.kwargs["pk"])


class DealEditView(OwnDealMixin, DealFormView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.deal.is_writable:
            messages.error(request, _("What is handed in is not changed any more. Withdraw it, and register anew."))
            return redirect(self.member.url("leads_portal:deal", pk=self.deal.pk))
        return super().get(request, *args, **kwargs)


class DealCheckView(DealsMixin, View):
    """Whether the customer is taken, while the form is being filled in; in anonymous words."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        deal = self.written()
        context: dict[str, Any] = {"is_enough": services.is_enough(deal), "is_begun": bool(deal.customer_name.strip())}
        try:
            context["signs"] = services.check_deal(deal, by=self.member)
        except services.TooManyChecksError as error:
            context["too_many"] = str(error)
        return render(request, "leads/portal/deal_check.html", context)

    def written(self) -> DealRegistration:
        """What stands in the form now, right or not."""
        data = self.request.POST

        def text(name: str) -> str:
            field: Any = DealRegistration._meta.get_field(name)
            return str(data.get(name, ""))[: field.max_length]

        names = ("customer_name", "contact_name", "phone", "email", "business_number", "website", "address", "city")
        deal = DealRegistration(**{name: text(name) for name in names})
        deal.country = self.member.partner.country if self.member.partner else ""
        deal.category_id = row_number(data.get("category", ""))
        if pk := row_number(data.get("deal", "")):
            own = reading.deals_for(self.member).filter(partner=self.member.partner_id, pk=pk)
            deal.pk = own.values_list("pk", flat=True).first()
        return deal


class DealView(DealsMixin, OneDealMixin, TemplateView):
    """One registration: where it stands, what is left, its log, and what can be asked for."""

    template_name = "leads/portal/deal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deal, now = self.deal, timezone.now()
        is_own = deal.partner_id == self.member.partner_id
        extensions = list(ExtensionRequest.objects.filter(deal=deal).order_by("-pk"))
        appeals = list(DealAppeal.objects.filter(deal=deal).order_by("-pk"))
        is_asked = any(each.state == AnswerState.WAITING for each in extensions)
        runs = deal.state == DealState.APPROVED and deal.is_protected
        protection = reading.protection_of(deal)
        share = None
        if runs and protection is not None:
            whole = (protection.ends_at - protection.starts_at).total_seconds()
            share = round(100 * (protection.ends_at - now).total_seconds() / whole) if whole else 0
        return super().get_context_data(
            title=self.title(),
            deal=deal,
            is_own=is_own,
            opportunity_url=(
                self.member.url("leads_portal:opportunity", pk=deal.opportunity_id)
                if deal.opportunity is not None and self.member.can(Right.PORTAL_LEADS)
                else ""
            ),
            runs=runs,
            left_share=share,
            can_edit=is_own and deal.is_writable,
            can_confirm=is_own and deal.state == DealState.SUBMITTED and deal.is_unconfirmed,
            can_withdraw=is_own and deal.state in (DealState.DRAFT, DealState.SUBMITTED, DealState.RETURNED),
            can_close=is_own and deal.state in (DealState.APPROVED, DealState.EXPIRED),
            can_extend=is_own and runs and not is_asked,
            can_appeal=is_own and services.may_appeal(deal),
            can_add=is_own and deal.state in (DealState.DRAFT, DealState.SUBMITTED, DealState.RETURNED),
            extension=kwargs.pop("extension", None) or ExtensionForm(auto_id="ext_%s"),
            appeal=kwargs.pop("appeal", None) or AppealForm(auto_id="appeal_%s"),
            add=FileForm(auto_id="add_%s"),
            extensions=extensions,
            appeals=appeals,
            claims=list(reading.claims_of(deal)),
            files=list(reading.files_of(deal)),
            answer=reading.answer_time(),
            **kwargs,
        )

    def title(self) -> str:
        """Where the registration stands, as a sentence."""
        deal = self.deal
        words = {"customer": deal.customer_name}
        sentences = {
            DealState.DRAFT: _("%(customer)s is not handed in yet"),
            DealState.SUBMITTED: _("%(customer)s waits for the answer"),
            DealState.RETURNED: _("More is asked for about %(customer)s"),
            DealState.APPROVED: _("%(customer)s is protected for you"),
            DealState.REFUSED: _("%(customer)s was refused"),
            DealState.WITHDRAWN: _("%(customer)s was withdrawn"),
            DealState.EXPIRED: _("The protection of %(customer)s ran out"),
            DealState.RELEASED: _("%(customer)s was released"),
            DealState.WON: _("%(customer)s is won"),
            DealState.LOST: _("%(customer)s is lost"),
        }
        if deal.state == DealState.SUBMITTED and deal.is_unconfirmed:
            return _("%(customer)s waits for your confirmation") % words
        if deal.state == DealState.APPROVED and not deal.is_protected:
            return sentences[DealState.EXPIRED] % words
        return sentences[DealState(deal.state)] % words


class DealStepView(DealView):
    """What the partner does with a registration: hands it in, withdraws, releases, says how it ended, adds a file."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        if step == "file":
            return self.add()
        form = CloseForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(form.errors["reason"][0]))
            return self.back()
        reason, by, deal = form.cleaned_data["reason"], self.member, self.deal
        steps = {
            "submit": (lambda: services.submit_deal(deal, by=by), _("The deal is handed in. You are told as soon as it is answered.")),
            "confirm": (lambda: services.confirm_deal(deal, by=by), _("Thank you. The manufacturer is to answer now.")),
            "withdraw": (lambda: services.withdraw_deal(deal, by=by), _("The registration is withdrawn.")),
            "release": (lambda: services.release_deal(deal, by=by, reason=reason), _("The protection is given up.")),
            "won": (lambda: services.win_deal(deal, by=by), _("Congratulations: the deal is won.")),
            "lost": (lambda: services.lose_deal(deal, by=by, reason=reason), _("The deal is closed as lost.")),
        }  # fmt: skip
        if step not in steps:
            raise Http404
        run, sentence = steps[step]
        self.take_step(run, sentence)
        return self.back()

    def add(self) -> HttpResponse:
        form = FileForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            messages.error(self.request, str(form.errors["file"][0]))
            return self.back()
        try:
            services.add_file(self.deal, form.cleaned_data["file"], by=self.member)
        except (DomainError, ValidationError) as error:
            messages.error(self.request, str(getattr(error, "message", error)))
        else:
            messages.success(self.request, _("The file is kept."))
        return self.back()

    def back(self) -> HttpResponse:
        return redirect(self.member.url("leads_portal:deal", pk=self.deal.pk))


class ExtensionView(DealStepView):
    """A longer protection is asked for."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ExtensionForm(request.POST, request.FILES, auto_id="ext_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(extension=form))
        data = form.cleaned_data
        self.take_step(
            lambda: services.ask_extension(
                self.deal, days=data["days"], text=data["text"], upload=data["file"], by=self.member
            ),
            _("The manufacturer is asked. You are told what it says."),
        )
        return self.back()


class AppealView(DealStepView):
    """Somebody else is asked to decide again."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AppealForm(request.POST, request.FILES, auto_id="appeal_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(appeal=form))
        self.take_step(
            lambda: services.appeal(
                self.deal, text=form.cleaned_data["text"], upload=form.cleaned_data["file"], by=self.member
            ),
            _("Somebody else decides again. You are told what comes of it."),
        )
        return self.back()


class PortalDealProofView(DealsMixin, DealProofView):
    template_name = "leads/portal/deal_proof.html"


class PortalDealProofFileView(DealsMixin, DealProofFileView):
    pass


class PortalDealFileView(DealsMixin, DealFileView):
    pass
