"""What staff do with funds: budgets and what partners are given, requests, and claims line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import floatformat
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from approvals.standing import standing_of
from campaigns.filters.funds import FundRequestFilterSet
from campaigns.forms.funds import (
    ActivityForm,
    ApproveForm,
    BudgetForm,
    CampaignForm,
    ExtendForm,
    FundForm,
    GiveForm,
    ReasonForm,
    ReturnForm,
    SettleForm,
)
from campaigns.functions import FUNDS
from campaigns.fund_money import rounded
from campaigns.models import (
    FUND_SUBJECT,
    ClaimLine,
    Fund,
    FundActivity,
    FundBalance,
    FundEntry,
    FundRequest,
    FundState,
    LineAnswer,
)
from campaigns.models.funds import CLAIMABLE_STATES
from campaigns.selectors import funds as reading
from campaigns.services import funds as services
from campaigns.tables.funds import FundRequestTable
from campaigns.views.funds import FundFileView, OneRequestMixin
from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort, count_up_to
from pages.row_numbers import number_or_404, row_number
from partners.selectors.partners import partners_for
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right

MOST_AT_ONCE = 50
ENTRIES_SHOWN = 30
BALANCES_SHOWN = 100


def approve_many(member: Membership, rows: QuerySet[FundRequest], cleaned: dict[str, Any]) -> str:
    """The bulk action: each in full, along its approval line."""
    waiting = list(rows.filter(state=FundState.SUBMITTED).order_by("fund", "asked_at", "pk")[:MOST_AT_ONCE])
    if not waiting:
        raise BulkRefusedError(_("None of these waits for an answer."))
    for each in waiting:
        services.approve_request(each, by=member)
    done = ngettext("%(count)s request is answered.", "%(count)s requests are answered.", len(waiting))
    return done % {"count": formats.number(len(waiting))}


def refuse_many(member: Membership, rows: QuerySet[FundRequest], cleaned: dict[str, Any]) -> str:
    """The bulk action: all with one reason."""
    waiting = list(rows.filter(state=FundState.SUBMITTED).order_by("fund", "asked_at", "pk")[:MOST_AT_ONCE])
    if not waiting:
        raise BulkRefusedError(_("None of these waits for an answer."))
    for each in waiting:
        services.refuse_request(each, by=member, reason=cleaned["reason"])
    done = ngettext("%(count)s request is refused.", "%(count)s requests are refused.", len(waiting))
    return done % {"count": formats.number(len(waiting))}


class FundsMixin(StaffMixin):
    """A staff page of funds."""

    required_right = Right.FUNDS_VIEW
    required_function: str | None = FUNDS.key
    kwargs: dict[str, Any]


class FundRequestListView(FundsMixin, ListView):
    """All requests, the latest first."""

    list_key = "fund_requests"
    table_class = FundRequestTable
    filterset_class = FundRequestFilterSet
    template_name = "campaigns/staff/fund_requests.html"
    default_sort = "-asked_at"
    sorts = {
        "asked_at": Sort("asked_at", descending=True),
        "partner_name": Sort("partner_name"),
        "claim_until": Sort("claim_until"),
    }
    default_columns = [
        "title", "reference", "partner_name", "fund", "asked", "approved", "settled", "state", "answer_until", "claim_until",
    ]  # fmt: skip
    export_name = "fund-requests"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction(
            "approve",
            gettext_lazy("Approve in full"),
            Right.FUNDS_DECIDE,
            approve_many,
            explanation=gettext_lazy("Those that wait for an answer; where an approval line fits, it is asked."),
        ),
        BulkAction(
            "refuse", gettext_lazy("Refuse"), Right.FUNDS_DECIDE, refuse_many, form_class=ReasonForm, is_dangerous=True
        ),
    ]
    empty = Empty(
        gettext_lazy("No partner has asked for money yet"),
        gettext_lazy("Make a fund, and say for whom it is and what it pays. Partners ask in the portal."),
        "campaigns:funds",
        gettext_lazy("Budgets"),
        Right.FUNDS_VIEW,
    )

    def get_queryset(self) -> QuerySet[FundRequest]:
        return reading.requests_for(self.member).select_related("fund", "activity")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = reading.to_answer(self.member)
        count = count_up_to(waiting)
        words = ngettext("%(count)s request waits for you", "%(count)s requests wait for you", count)
        return super().get_context_data(
            title=words % {"count": formats.number(count)} if count else _("Every request is answered"),
            first=waiting.first() if count and self.member.can(Right.FUNDS_DECIDE) else None,
            **kwargs,
        )


class FundsView(FundsMixin, TemplateView):
    """All budgets, with where their money is."""

    template_name = "campaigns/staff/funds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        funds = list(Fund.objects.select_related("audience")[:100])
        totals = reading.fund_totals(funds)
        return super().get_context_data(
            funds=[(fund, totals.get(fund.pk, {})) for fund in funds],
            can_edit=self.member.can(Right.FUNDS_DECIDE),
            **kwargs,
        )


class OneFundMixin(FundsMixin):
    @cached_property
    def fund(self) -> Fund:
        return get_object_or_404(Fund.objects.select_related("audience", "owner__manufacturer"), pk=self.kwargs["pk"])


class FundFormView(OnceMixin, OneFundMixin, FormView):
    """A fund, new or known."""

    required_right = Right.FUNDS_DECIDE
    form_class = FundForm
    template_name = "campaigns/staff/fund_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def edited(self) -> Fund:
        return self.fund if "pk" in self.kwargs else Fund(currency=self.member.manufacturer.currency)

    def get_form_kwargs(self) -> dict[str, Any]:
        services.default_activities()
        return super().get_form_kwargs() | {"member": self.member, "instance": self.edited}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(fund=self.edited, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            fund = services.save_fund(form.save(commit=False), by=self.member, amount=form.cleaned_data.get("amount"))
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The fund is kept."))
        return redirect(self.member.url("campaigns:fund", pk=fund.pk))


class FundView(OneFundMixin, TemplateView):
    """One fund: where its money is, for whom it stands, and the last lines of its ledger."""

    template_name = "campaigns/staff/fund.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fund, seen = self.fund, partners_for(self.member)
        balances = FundBalance.objects.filter(fund=fund, partner__in=seen).select_related("partner")
        entries = FundEntry.objects.filter(fund=fund)
        if not self.member.can(Right.PARTNERS_VIEW_ALL):
            entries = entries.filter(partner__in=seen)
        codes = set(fund.activities)
        return super().get_context_data(
            **{
                "fund": fund,
                "totals": reading.fund_totals([fund]).get(fund.pk, {}),
                "balances": list(balances.order_by("-settled", "-approved", "partner")[:BALANCES_SHOWN]),
                "entries": list(entries.select_related("partner", "request").order_by("-pk")[:ENTRIES_SHOWN]),
                "activities": [each for each in FundActivity.objects.all() if not codes or each.code in codes],
                "can_edit": self.member.can(Right.FUNDS_DECIDE),
                "seen": FundEntry.objects.filter(fund=fund).aggregate(last=Max("pk"))["last"] or 0,
                "budget": BudgetForm(auto_id="budget_%s"),
                "give": GiveForm(member=self.member, auto_id="give_%s"),
                **kwargs,
            }
        )


class FundMoneyView(FundView):
    """Money put in, taken out, given to partners and taken back."""

    required_right = Right.FUNDS_DECIDE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step")
        if step == "budget":
            form: Any = BudgetForm(request.POST, auto_id="budget_%s")
        elif step == "give":
            form = GiveForm(request.POST, member=self.member, auto_id="give_%s")
        else:
            raise Http404
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{step: form}))
        seen = request.POST.get("seen", "")
        try:
            with transaction.atomic():
                entry = row_number(seen)
                services.must_have_seen(self.fund, entry, by=self.member)
                sentence = self.budget(form.cleaned_data) if step == "budget" else self.give(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(**{step: form}))
        messages.success(request, sentence)
        return redirect(self.member.url("campaigns:fund", pk=self.fund.pk))

    def budget(self, data: dict[str, Any]) -> str:
        services.change_budget(self.fund, data["amount"], by=self.member, note=data["note"])
        return _("The budget is changed.")

    def give(self, data: dict[str, Any]) -> str:
        partner, amount, note = data["partner"], data["amount"], data["note"]
        if data["back"]:
            services.take_back(self.fund, partner, amount, by=self.member, note=note)
            return _("It is taken back.")
        count = 1
        if partner is None:
            count = services.allot_audience(self.fund, amount, by=self.member, note=note)
        else:
            services.allot(self.fund, partner, amount, by=self.member, note=note)
        words = ngettext("%(count)s partner has %(amount)s more.", "%(count)s partners have %(amount)s more.", count)
        return words % {
            "count": formats.number(count),
            "amount": formats.money(amount, self.fund.currency, get_language()),
        }


class ActivitiesView(FundsMixin, FormView):
    """The manufacturer's own list of what is paid for."""

    required_right = Right.FUNDS_DECIDE
    form_class = ActivityForm
    template_name = "campaigns/staff/fund_activities.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        services.default_activities()
        return super().get_form_kwargs() | {"member": self.member}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(activities=list(FundActivity.objects.all()), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for step, is_retired in (("retire", True), ("use_again", False)):
            if key := request.POST.get(step, ""):
                activity = get_object_or_404(FundActivity, pk=number_or_404(key))
                services.set_activity_retired(activity, is_retired=is_retired)
                return redirect(self.member.url("campaigns:fund_activities"))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("The activity is on the list."))
        return redirect(self.member.url("campaigns:fund_activities"))


@dataclass(frozen=True)
class Said:
    """An answer to a line as it stands in its fields."""

    answer: str
    allowed: str
    reason: str

    @classmethod
    def of(cls, line: ClaimLine, typed: Mapping[str, str] | None) -> "Said":
        """As it was typed, else as it is kept."""
        if typed is not None and f"answer_{line.pk}" in typed:
            return cls(*(typed.get(f"{name}_{line.pk}", "") for name in ("answer", "allowed", "reason")))
        is_cut = line.answer == LineAnswer.CUT and line.allowed is not None
        return cls(line.answer, floatformat(line.allowed, "-4u") if is_cut else "", line.reason)


class RequestView(FundsMixin, OneRequestMixin, TemplateView):
    """One request: what was asked, what was claimed beside the plan and the invoices, and the answers."""

    template_name = "campaigns/staff/fund_request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, shown = self.one, self.shown()
        can_decide = self.member.can(Right.FUNDS_DECIDE)
        flags = reading.flags_of(one, shown["claims"]) if shown["claims"] else {}
        standing = standing_of(FUND_SUBJECT, one.pk, self.member) if one.state == FundState.SUBMITTED else None
        is_asked = standing is not None and standing.is_open
        return super().get_context_data(
            **{
                "title": self.sentence(),
                "rows": [
                    (
                        line,
                        flags.get(line.pk, []),
                        Said.of(line, kwargs.get("said")),
                        kwargs.get("wrong", {}).get(line.pk, ""),
                    )
                    for line in shown["claims"]
                ],
                "payable": services.payable(one, shown["claims"]) if one.approved else None,
                "balance": FundBalance.objects.filter(fund=one.fund_id, partner=one.partner_id).first(),
                "brought": reading.brought(one),
                "base": self.member.manufacturer.currency,
                "standing": standing,
                "can_answer": can_decide and one.state == FundState.SUBMITTED and not is_asked,
                "can_check": can_decide and one.state == FundState.CLAIMED,
                "can_extend": can_decide and one.state in CLAIMABLE_STATES,
                "can_link": can_decide and self.member.can(Right.CAMPAIGNS_VIEW),
                "approve": ApproveForm(auto_id="approve_%s", initial={"amount": rounded(one.asked, one.fund.currency)}),
                "refuse": ReasonForm(auto_id="refuse_%s"),
                "back": ReturnForm(auto_id="back_%s"),
                "settle": SettleForm(auto_id="settle_%s"),
                "extend": ExtendForm(auto_id="extend_%s", initial={"until": one.wanted_until}),
                "campaign": CampaignForm(auto_id="campaign_%s", initial={"campaign": one.campaign_id}),
                **shown,
                **kwargs,
            }
        )


class RequestStepView(RequestView):
    """The answers of staff to a request, and to its claim."""

    required_right = Right.FUNDS_DECIDE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        if step in ("lines", "settle", "return"):
            return self.check(step)
        steps: dict[str, tuple[type[Any], str, Any, str]] = {
            "approve": (ApproveForm, "approve", self.approve, _("The request is answered.")),
            "refuse": (ReasonForm, "refuse", self.refuse, _("The request is refused, and the partner is told why.")),
            "extend": (ExtendForm, "extend", self.extend, _("The partner has longer.")),
            "keep": (ReasonForm, "extend", self.keep, _("The day stays, and the partner is told why.")),
            "campaign": (CampaignForm, "campaign", self.link, _("The campaign is noted.")),
        }
        if step not in steps:
            raise Http404
        if step == "campaign" and not self.member.can(Right.CAMPAIGNS_VIEW):
            raise PermissionDenied
        form_class, name, run, sentence = steps[step]
        form = form_class(request.POST, auto_id=f"{name}_%s")
        if step == "keep" and not form.is_valid():
            messages.error(request, _("Say why: the partner reads it."))
            return self.back_to_page()
        if form.is_valid() and self.take_step(lambda: run(form.cleaned_data), sentence):
            return self.back_to_page()
        kept = ExtendForm(request.POST, auto_id="extend_%s") if step == "keep" else form
        return self.render_to_response(self.get_context_data(**{name: kept}))

    def check(self, step: str) -> HttpResponse:
        """The answers to the lines, together with what is done with the claim: all of it is kept, or nothing, and then
        what was typed stands on the page with what is wrong beside it."""
        post = self.request.POST
        settle, back = SettleForm(post, auto_id="settle_%s"), ReturnForm(post, auto_id="back_%s")
        chosen = {"settle": settle, "return": back}.get(step)
        wrong: dict[int, str] = {}
        if chosen is None or chosen.is_valid():
            try:
                with transaction.atomic():
                    wrong = self.answer_lines()
                    if wrong:
                        transaction.set_rollback(True)
                    else:
                        messages.success(self.request, self.close_claim(step, chosen.cleaned_data if chosen else {}))
                        return self.back_to_page()
            except DomainError as error:
                messages.error(self.request, str(error))
        if step != "settle":
            settle = SettleForm(auto_id="settle_%s", initial=post.dict())
        if step != "return":
            back = ReturnForm(auto_id="back_%s", initial=post.dict())
        return self.render_to_response(self.get_context_data(said=post, wrong=wrong, settle=settle, back=back))

    def answer_lines(self) -> dict[int, str]:
        """Keep the answer to each line, also that it is not checked after all; what is wrong, by line."""
        post, wrong = self.request.POST, {}
        for line in ClaimLine.objects.filter(request=self.one).order_by("pk"):
            if (answer := post.get(f"answer_{line.pk}")) is not None:
                allowed, reason = _typed(post.get(f"allowed_{line.pk}", "")), post.get(f"reason_{line.pk}", "")
                try:
                    services.answer_line(
                        line, by=self.member, answer=answer or LineAnswer.WAITING, allowed=allowed, reason=reason
                    )
                except DomainError as error:
                    wrong[line.pk] = str(error)
        return wrong

    def close_claim(self, step: str, data: dict[str, Any]) -> str:
        if step == "settle":
            services.settle(self.one, by=self.member, note=data["note"])
            return _("The claim is settled, and the partner is told.")
        if step == "return":
            services.return_claim(self.one, by=self.member, reason=data["reason"])
            return _("The partner is asked for more.")
        return _("The answers are kept. The partner reads them when you settle or return.")

    def approve(self, data: dict[str, Any]) -> None:
        services.approve_request(self.one, by=self.member, amount=data["amount"], note=data["note"])

    def refuse(self, data: dict[str, Any]) -> None:
        services.refuse_request(self.one, by=self.member, reason=data["reason"])

    def extend(self, data: dict[str, Any]) -> None:
        services.extend(self.one, by=self.member, until=data["until"], reason=data["reason"])

    def keep(self, data: dict[str, Any]) -> None:
        services.refuse_longer(self.one, by=self.member, reason=data["reason"])

    def link(self, data: dict[str, Any]) -> None:
        services.link_campaign(self.one, data["campaign"], by=self.member)

    def back_to_page(self) -> HttpResponse:
        return redirect(self.member.url("campaigns:fund_request", pk=self.one.pk))


def _typed(text: str) -> Decimal | None:
    """An amount as it was typed; nothing for what is none."""
    try:
        amount = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return amount.quantize(Decimal("0.0001")) if amount.is_finite() and abs(amount) < 10**14 else None


class StaffFundFileView(FundsMixin, FundFileView):
    pass
