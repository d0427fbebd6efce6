"""What a partner does with funds: where its money is, what it asks for, and its claims."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from campaigns.forms.funds import ExtendForm, HandInForm, InvoiceForm, ProofForm, RequestForm
from campaigns.functions import FUNDS
from campaigns.models import ClaimLine, FundState
from campaigns.models.funds import CLAIMABLE_STATES
from campaigns.selectors import funds as reading
from campaigns.services import funds as services
from campaigns.views.funds import FundFileView, OneRequestMixin
from pages import formats
from pages.paging import Sort, page_of
from pages.row_numbers import number_or_404
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right

ON_A_PAGE = 25


class FundsMixin(PortalMixin):
    """A page of a partner's funds."""

    required_right = Right.PORTAL_FUNDS
    required_function: str | None = FUNDS.key


class FundsView(FundsMixin, TemplateView):
    """Where the partner's money is, fund by fund, and its requests, the latest first."""

    template_name = "campaigns/portal/funds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.member.partner is not None
        funds = reading.own_funds(self.member.partner)
        page = page_of(
            reading.requests_for(self.member).select_related("fund", "activity"),
            Sort("asked_at", descending=True),
            size=ON_A_PAGE,
            after=self.request.GET.get("after", ""),
        )
        return super().get_context_data(
            title=self.title(funds),
            funds=funds,
            requests=page.rows,
            more_url=f"?{urlencode({'after': page.next_key})}" if page.next_key else "",
            **kwargs,
        )

    def title(self, funds: list[reading.OwnFund]) -> str:
        """How much can be asked for."""
        open_funds = [each for each in funds if each.can_ask]
        if not open_funds:
            return _("No money can be asked for now")
        if len({each.fund.currency for each in open_funds}) > 1:
            return _("You can ask for money of %(count)s funds") % {"count": formats.number(len(open_funds))}
        left = sum((each.left.all for each in open_funds), reading.ZERO)
        return _("%(money)s is left for what you do to sell") % {
            "money": formats.money(left, open_funds[0].fund.currency, get_language())
        }


class AskView(OnceMixin, FundsMixin, FormView):
    """A request: what, when, and what it costs."""

    form_class = RequestForm
    template_name = "campaigns/portal/fund_ask.html"
    kwargs: dict[str, Any]

    @cached_property
    def own(self) -> reading.OwnFund:
        assert self.member.partner is not None
        found = [each for each in reading.own_funds(self.member.partner) if each.fund.pk == self.kwargs["pk"]]
        if not found:
            raise Http404
        return found[0]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "fund": self.own.fund}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(own=self.own, fund=self.own.fund, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            found = services.hand_in(form.save(commit=False), form.lines(), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("It is handed in, and the money is reserved. You are told the answer."))
        return redirect(self.member.url("campaigns_portal:fund_request", pk=found.pk))


class RequestView(FundsMixin, OneRequestMixin, TemplateView):
    """One request: where it stands, its plan, and the claim."""

    template_name = "campaigns/portal/fund_request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, today = self.one, timezone.localdate()
        is_in_time = one.claim_until is None or one.claim_until >= today
        can_claim = one.state in CLAIMABLE_STATES and is_in_time
        return super().get_context_data(
            **{
                "title": self.sentence(),
                "can_claim": can_claim,
                "is_late": one.state in CLAIMABLE_STATES and not is_in_time,
                "can_ask_longer": one.state in CLAIMABLE_STATES and one.wanted_until is None,
                "can_withdraw": one.state in (FundState.SUBMITTED, *CLAIMABLE_STATES),
                "invoice": InvoiceForm(member=self.member, request=one, auto_id="invoice_%s") if can_claim else None,
                "proof": ProofForm(auto_id="proof_%s"),
                "hand_in": HandInForm(auto_id="hand_%s", initial={"outcome": one.outcome}),
                "longer": ExtendForm(auto_id="longer_%s"),
                **self.shown(),
                **kwargs,
            }
        )


class RequestStepView(RequestView):
    """What the partner does with a request: an invoice, a proof, the claim, more time, its withdrawal."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        if step == "withdraw":
            return self.done(
                lambda: services.withdraw_request(self.one, by=self.member), _("The request is withdrawn.")
            )
        if step.startswith("drop-"):
            return self.drop(step.removeprefix("drop-"))
        steps = {"invoice": self.invoice, "proof": self.proof, "claim": self.claim, "longer": self.longer}
        if step not in steps:
            raise Http404
        return steps[step]()

    def invoice(self) -> HttpResponse:
        form = InvoiceForm(
            self.request.POST, self.request.FILES, member=self.member, request=self.one, auto_id="invoice_%s"
        )
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(invoice=form))
        line: ClaimLine = form.save(commit=False)
        upload = form.cleaned_data["file"]
        return self.done(
            lambda: services.add_claim_line(self.one, line, by=self.member, upload=upload),
            _("The invoice is added."),
            invoice=form,
        )

    def proof(self) -> HttpResponse:
        form = ProofForm(self.request.POST, self.request.FILES, auto_id="proof_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(proof=form))
        upload = form.cleaned_data["file"]
        return self.done(lambda: services.add_proof(self.one, upload, by=self.member), _("The file is added."))

    def claim(self) -> HttpResponse:
        form = HandInForm(self.request.POST, auto_id="hand_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(hand_in=form))
        outcome = form.cleaned_data["outcome"]
        return self.done(
            lambda: services.hand_in_claim(self.one, by=self.member, outcome=outcome),
            _("The claim is handed in. You are told what comes of it."),
            hand_in=form,
        )

    def longer(self) -> HttpResponse:
        form = ExtendForm(self.request.POST, auto_id="longer_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(longer=form))
        data = form.cleaned_data
        return self.done(
            lambda: services.ask_longer(self.one, by=self.member, until=data["until"], why=data["reason"]),
            _("The manufacturer is asked. You are told what it says."),
            longer=form,
        )

    def drop(self, key: str) -> HttpResponse:
        rows = ClaimLine.objects.filter(request=self.one).select_related("request")
        line = get_object_or_404(rows, pk=number_or_404(key))
        return self.done(lambda: services.drop_claim_line(line, by=self.member), _("The invoice is taken out."))

    def done(self, step: Any, sentence: str, **forms: Any) -> HttpResponse:
        """Take a step; where it is refused, what was typed into its form stays."""
        try:
            step()
        except (DomainError, ValidationError) as error:
            messages.error(self.request, str(getattr(error, "message", error)))
            if forms:
                return self.render_to_response(self.get_context_data(**forms))
        else:
            messages.success(self.request, sentence)
        return redirect(self.member.url("campaigns_portal:fund_request", pk=self.one.pk))


class PortalFundFileView(FundsMixin, FundFileView):
    pass
