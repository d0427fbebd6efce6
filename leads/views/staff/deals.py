"""What staff do with deals: the list, the page with what may be the same customer, the answers, the terms, the proof."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from approvals.selectors import latest_request, open_request
from commerce.models import CustomerKind, EndCustomer
from leads.deal_conflicts import Source
from leads.filters.deals import DealFilterSet
from leads.forms.deals import AnswerForm, ApproveForm, ConfirmationForm, DealForm, PartnerForm, ReasonForm
from leads.models import DEAL_SUBJECT, AnswerState, DealAppeal, DealRegistration, DealState, ExtensionRequest
from leads.privacy import HIDDEN, sees_people, title_of
from leads.selectors import deal_conflicts as matching
from leads.selectors import deals as reading
from leads.selectors.opportunities import opportunities_for
from leads.services import deals as services
from leads.tables.deals import DealTable
from leads.views.deals import DealFileView, DealProofFileView, DealProofView, OneDealMixin
from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort, count_up_to
from pages.row_numbers import row_number, row_numbers
from partners.models import Partner
from partners.selectors import partners_for
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right
from tenancy.selectors import partner_seen_by


def approve_many(member: Membership, deals: QuerySet[DealRegistration], cleaned: dict[str, Any]) -> str:
    """The bulk action: each registration on its own; those with something in the way stay for somebody to look at."""
    waiting = list(deals.filter(state=DealState.SUBMITTED).order_by("submitted_at", "pk")[:MOST_AT_ONCE])
    if not waiting:
        raise BulkRefusedError(_("None of these waits for an answer."))
    done = sum(_approve_clear(deal, member) for deal in waiting)
    left = len(waiting) - done
    words = ngettext("%(count)s deal is approved.", "%(count)s deals are approved.", done)
    if left:
        words += " " + ngettext(
            "%(left)s has something in its way: look at it.",
            "%(left)s have something in their way: look at them.",
            left,
        )
    return words % {"count": formats.number(done), "left": formats.number(left)}


MOST_AT_ONCE = 50


def _approve_clear(deal: DealRegistration, member: Membership) -> bool:
    own = [deal.partner_id, deal.second_partner_id]
    if any(clash.weighed.is_same_customer and not clash.is_of(own) for clash in matching.clashes(deal)):
        return False
    try:
        with transaction.atomic():
            services.approve_deal(deal, by=member)
    except DomainError:
        return False
    return True


def refuse_many(member: Membership, deals: QuerySet[DealRegistration], cleaned: dict[str, Any]) -> str:
    """The bulk action: refuse what waits, all with one reason."""
    waiting = list(deals.filter(state__in=[DealState.SUBMITTED, DealState.RETURNED]).order_by("pk")[:MOST_AT_ONCE])
    if not waiting:
        raise BulkRefusedError(_("None of these waits for an answer."))
    for deal in waiting:
        services.refuse_deal(deal, by=member, reason=cleaned["reason"])
    return ngettext("%(count)s deal is refused.", "%(count)s deals are refused.", len(waiting)) % {
        "count": formats.number(len(waiting))
    }


class DealListView(StaffMixin, ListView):
    """All registrations, the latest first."""

    required_right = Right.DEALS_VIEW
    required_function = "deals"
    list_key = "deals"
    table_class = DealTable
    filterset_class = DealFilterSet
    template_name = "leads/staff/deal_list.html"
    default_sort = "-submitted_at"
    sorts = {
        "submitted_at": Sort("submitted_at", descending=True),
        "customer_name": Sort("customer_name"),
        "protected_until": Sort("protected_until"),
        "due_at": Sort("due_at"),
    }
    default_columns = [
        "customer_name", "reference", "partner_name", "category", "amount", "state", "due_at", "protected_until",
        "submitted_at",
    ]  # fmt: skip
    export_name = "deals"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    bulk_actions = [
        BulkAction(
            "approve",
            gettext_lazy("Approve what is clear"),
            Right.DEALS_DECIDE,
            approve_many,
            explanation=gettext_lazy("Each is checked by itself. Where the customer may be taken it stays as it is."),
        ),
        BulkAction(
            "refuse", gettext_lazy("Refuse"), Right.DEALS_DECIDE, refuse_many, form_class=ReasonForm, is_dangerous=True
        ),
    ]
    empty = Empty(
        gettext_lazy("No deal is registered yet"),
        gettext_lazy("Partners register deals in the portal. Say first how long they are protected."),
        "leads:deal_terms",
        gettext_lazy("Set the terms"),
        Right.SETTINGS_EDIT,
    )

    def get_queryset(self) -> QuerySet[DealRegistration]:
        return reading.deal_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        to_answer = reading.deals_to_answer(self.member)
        waiting = count_up_to(to_answer)
        title = (
            ngettext("%(count)s deal waits for your answer", "%(count)s deals wait for your answer", waiting)
            % {"count": formats.number(waiting)}
            if waiting
            else _("Every deal is answered")
        )
        return super().get_context_data(
            title=title,
            first=to_answer.only("pk").first() if waiting and self.member.can(Right.DEALS_DECIDE) else None,
            answer=reading.answer_time(),
            can_set=self.member.can(Right.SETTINGS_EDIT),
            can_enter=self.member.can(Right.LEADS_EDIT),
            **kwargs,
        )


class DealEnterView(OnceMixin, StaffMixin, FormView):
    """A deal on a partner's behalf: first whose it is, then what it says. The partner confirms it."""

    required_right = Right.LEADS_EDIT
    required_function = "deals"
    form_class: Any = DealForm
    template_name = "leads/staff/deal_form.html"

    @cached_property
    def partner(self) -> Partner | None:
        code = self.request.GET.get("partner", "").strip()
        return partner_seen_by(self.member, code) if code else None

    def get_form_class(self) -> Any:
        return DealForm if self.partner else PartnerForm

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs() | {"member": self.member}
        if self.partner is None:
            return given | {"data": self.request.GET if "partner" in self.request.GET else None}
        return given | {"partner": self.partner, "instance": DealRegistration(country=self.partner.country)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, needed=len(reading.required_fields()), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.partner is None:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        assert self.partner is not None
        said = form.cleaned_data
        try:
            deal = services.enter_for(
                self.partner,
                form.save(commit=False),
                by=self.member,
                second=said.get("second"),
                upload=said.get("file"),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if services.signing_in(deal):
            messages.success(self.request, _("The deal is registered. The partner is asked to confirm it."))
        else:
            messages.success(self.request, _("The deal is registered. Record here how the partner confirms it."))
        return redirect(self.member.url("leads:deal", pk=deal.pk))


HIDDEN_OF_PARTY = ("person", "phone", "email", "address")
"""What is personal of a lead or an end customer beside a registration."""
BESIDE_OF = {"name": "company", "branch": "company", "numbers": "company", "country": "city"}
"""In which row the reasons of a match stand whose field has none of its own."""


@dataclass(frozen=True)
class Beside:
    """One field of a registration and of what may be the same customer, and how the two compare, in words."""

    label: str
    one: str
    other: str
    words: str


@dataclass(frozen=True)
class ShownMatch:
    """Something that may be the same customer, as this member may see it."""

    clash: matching.Clash
    title: str
    kind: str
    detail: str
    url: str
    rows: list[Beside]

    @property
    def percent(self) -> int:
        return min(99, round(100 * self.clash.weighed.identity))

    @property
    def reasons(self) -> list[str]:
        return [str(_(reason.words)) for reason in self.clash.weighed.reasons]


KINDS = {
    Source.DEAL: gettext_lazy("Registration"),
    Source.LEAD: gettext_lazy("Lead"),
    Source.CUSTOMER: gettext_lazy("End customer"),
    Source.SALE: gettext_lazy("Direct sale"),
}


class DealView(StaffMixin, OneDealMixin, TemplateView):
    """One registration: what it says, what may be the same customer beside it, and the answer."""

    required_right = Right.DEALS_VIEW
    template_name = "leads/staff/deal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deal = self.deal
        can_decide = self.member.can(Right.DEALS_DECIDE)
        is_open = deal.state in (DealState.SUBMITTED, DealState.RETURNED)
        matches = self.matches() if is_open or deal.state == DealState.REFUSED else []
        request = open_request(DEAL_SUBJECT, deal.pk)
        extensions = list(ExtensionRequest.objects.filter(deal=deal).prefetch_related("files").order_by("-pk"))
        appeals = list(DealAppeal.objects.filter(deal=deal).prefetch_related("files").order_by("-pk"))
        customers = matching.customers_like(deal) if can_decide and deal.state == DealState.SUBMITTED else []
        return super().get_context_data(
            title=self.title(matches),
            confirmation=kwargs.pop("confirmation", None) or self.confirmation(),
            deal=deal,
            matches=matches,
            customers=[(row, min(99, round(100 * score))) for row, score in customers],
            chosen=self.chosen(customers),
            new_customer=services.NEW_CUSTOMER,
            can_decide=can_decide,
            can_answer=can_decide and deal.state == DealState.SUBMITTED and request is None and not deal.is_unconfirmed,
            can_refuse=can_decide and is_open,
            request_open=request,
            request_last=latest_request(DEAL_SUBJECT, deal.pk),
            approve=kwargs.pop("approve", None) or ApproveForm(initial={"days": reading.days_for(deal.category)}),
            turn_down=kwargs.pop("turn_down", None) or ReasonForm(auto_id="down_%s"),
            protection=reading.protection_of(deal),
            extensions=extensions,
            appeals=appeals,
            waiting_appeal=next((each for each in appeals if each.state == AnswerState.WAITING), None),
            is_against_me=any(each.against_id == self.member.pk for each in appeals),
            place=next((match for match in matches if match.clash.is_blocking), None),
            claims=list(reading.claims_of(deal)),
            files=list(reading.files_of(deal).filter(extension=None, appeal=None)),
            opportunity_url=self.opportunity_url(),
            may_see_partner=partners_for(self.member).filter(pk=deal.partner_id).exists(),
            **kwargs,
        )

    def confirmation(self) -> ConfirmationForm | None:
        """The form to take down a confirmation, where nobody of the partner can give it in the portal."""
        deal = self.deal
        if not deal.is_unconfirmed or deal.state != DealState.SUBMITTED or not self.member.can(Right.LEADS_EDIT):
            return None
        if services.signing_in(deal):
            return None
        return ConfirmationForm(auto_id="confirm_%s", initial={"on": timezone.localdate()})

    def opportunity_url(self) -> str:
        """The page of the opportunity that it hangs on, where the member sees it."""
        pk = self.deal.opportunity_id
        if pk is None or not self.member.can(Right.LEADS_VIEW):
            return ""
        seen = opportunities_for(self.member).filter(pk=pk).exists()
        return self.member.url("leads:opportunity", pk=pk) if seen else ""

    def title(self, matches: list[ShownMatch]) -> str:
        """What stands in the way, or where it stands."""
        deal = self.deal
        words = {"partner": deal.shown_partner, "customer": deal.customer_name}
        if deal.state != DealState.SUBMITTED:
            return _("%(customer)s of %(partner)s") % words
        sure = sum(match.clash.weighed.is_same_customer and not self.is_own(match.clash) for match in matches)
        if any(match.clash.is_blocking and not self.is_own(match.clash) for match in matches):
            return _("%(partner)s registers %(customer)s, which is protected for another") % words
        if sure:
            return ngettext(
                "%(partner)s registers %(customer)s: %(count)s record of it is known",
                "%(partner)s registers %(customer)s: %(count)s records of it are known",
                sure,
            ) % (words | {"count": formats.number(sure)})
        return _("%(partner)s registers %(customer)s, and nobody is in the way") % words

    def is_own(self, clash: matching.Clash) -> bool:
        return clash.is_of([self.deal.partner_id, self.deal.second_partner_id])

    def matches(self) -> list[ShownMatch]:
        """What may be the same customer, as far as this member may see whose it is."""
        found = matching.clashes(self.deal)
        behind = {pk for clash in found for pk in (clash.partner_id,) if pk is not None}
        seen = set(partners_for(self.member).filter(pk__in=behind).values_list("pk", flat=True))
        return [self.shown(clash, seen) for clash in found]

    def shown(self, clash: matching.Clash, seen: set[int]) -> ShownMatch:
        """One match in words: a partner that this member does not look after has no name."""
        row, source = clash.row, clash.source
        is_seen = clash.partner_id is None or clash.partner_id in seen
        name = self.partner_of(clash) if is_seen else str(_("A partner that you do not look after"))
        details: list[str] = [name] if name else []
        url = ""
        if source == Source.DEAL:
            details.append(str(row.get_state_display()))
            url = self.member.url("leads:deal", pk=row.pk) if is_seen else ""
        elif source == Source.LEAD:
            details.append(str(row.get_state_display()))
        elif source == Source.SALE:
            details.append(formats.money(row.amount, row.currency))
        if clash.protection is not None:
            details.append(_("protected until %(day)s") % {"day": formats.date_short(clash.protection.ends_at.date())})
        title = {
            Source.DEAL: lambda: f"{row.reference} {row.customer_name}",
            Source.LEAD: lambda: f"{row.reference} {title_of(self.member, row)}",
            Source.CUSTOMER: lambda: HIDDEN if self.is_hidden_person(row) else str(row),
            Source.SALE: lambda: f"{row.order_number} {row.customer_name}",
        }[source]()
        return ShownMatch(clash, title, str(KINDS[source]), " · ".join(details), url, self.beside(clash))

    def is_hidden_person(self, customer: EndCustomer) -> bool:
        """Whether it is a person that this member may not see."""
        return customer.kind == CustomerKind.PERSON and not sees_people(self.member)

    def partner_of(self, clash: matching.Clash) -> str:
        """Who stands behind a match."""
        row = clash.row
        if clash.source == Source.DEAL:
            return str(row.shown_partner)
        found = {Source.LEAD: "partner", Source.CUSTOMER: "served_by", Source.SALE: "credited_to"}[clash.source]
        partner = getattr(row, found)
        return str(partner) if partner is not None else ""

    def beside(self, clash: matching.Clash) -> list[Beside]:
        """The registration and the other, field by field with how they compare; what neither says is left out."""
        party, other_party = matching.party_of_deal(self.deal), matching.party_of_any(clash.row)
        words: dict[str, list[str]] = {}
        for reason in clash.weighed.reasons:
            words.setdefault(BESIDE_OF.get(reason.field, reason.field), []).append(_(reason.words))
        if clash.source in (Source.LEAD, Source.CUSTOMER) and not sees_people(self.member):
            other_party = replace(
                other_party, **{name: HIDDEN for name in HIDDEN_OF_PARTY if getattr(other_party, name)}
            )
        labels = {
            "company": _("Customer"),
            "person": _("Contact"),
            "business_number": _("Business number"),
            "phone": _("Phone"),
            "email": _("E-mail"),
            "address": _("Address"),
            "city": _("City"),
        }
        pairs = {name: (label, getattr(party, name), getattr(other_party, name)) for name, label in labels.items()}
        pairs["website"] = (_("Domain"), matching.domains_of(party), matching.domains_of(other_party))
        category = getattr(clash.row, "category", None)
        pairs["category"] = (_("Product category"), str(self.deal.category or ""), str(category or ""))
        ours = self.deal.submitted_at
        since = formats.date(timezone.localtime(ours).date(), get_language()) if ours else ""
        pairs["time"] = (_("Since"), since, formats.date(clash.since, get_language()))
        return [
            Beside(label, one, other, ", ".join(words.get(name, [_("the same")] if one == other else [])))
            for name, (label, one, other) in pairs.items()
            if one or other
        ]

    def chosen(self, customers: list[tuple[EndCustomer, float]]) -> int:
        """The end customer that is marked at first: the one found when it was handed in, else a new one."""
        known = {row.pk for row, _score in customers}
        pk = self.deal.customer_id
        return pk if pk is not None and pk in known else services.NEW_CUSTOMER


class DealConfirmView(DealView):
    """A partner of whom nobody signs in has confirmed what was entered for it."""

    required_right = Right.LEADS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ConfirmationForm(request.POST, request.FILES, auto_id="confirm_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(confirmation=form))
        said = form.cleaned_data
        heard = services.Confirmation(said["via"], said["on"], said["who"])
        try:
            services.confirm_for(self.deal, heard, by=self.member, upload=said["file"])
        except DomainError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(confirmation=form))
        messages.success(request, _("The confirmation is recorded. The deal is to be answered now."))
        return redirect(self.member.url("leads:deal", pk=self.deal.pk))


class DealDecideView(DealView):
    """Approved, refused, or more is asked for."""

    required_right = Right.DEALS_DECIDE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        if step == "approve":
            return self.approve()
        if step not in ("refuse", "return"):
            raise Http404
        form = ReasonForm(request.POST, auto_id="down_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(turn_down=form))
        turn_down = services.refuse_deal if step == "refuse" else services.return_deal
        sentence = (
            _("The deal is refused, and the partner is told why.")
            if step == "refuse"
            else _("The partner is asked for more.")
        )
        return self.done(lambda: turn_down(self.deal, by=self.member, reason=form.cleaned_data["reason"]), sentence)

    def approve(self) -> HttpResponse:
        form = ApproveForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(approve=form))
        chosen = self.request.POST.get("customer", "")
        customer = row_number(chosen)
        seen = row_numbers(self.request.POST.getlist("seen"))
        found: list[DealRegistration] = []

        def step() -> None:
            found.append(
                services.approve_deal(
                    self.deal, by=self.member, customer=customer, seen=seen, days=form.cleaned_data["days"]
                )
            )

        response = self.done(step, "")
        if found and found[0].state == DealState.APPROVED:
            messages.success(self.request, _("The deal is approved and protected."))
        elif found:
            messages.success(self.request, _("The deal is put forward along its approval line."))
        return response

    def done(self, step: Any, sentence: str) -> HttpResponse:
        try:
            with transaction.atomic():
                step()
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            if sentence:
                messages.success(self.request, sentence)
        return redirect(self.member.url("leads:deal", pk=self.deal.pk))


class AskedAnswerView(StaffMixin, View):
    """The answer to a request for a longer protection, or to an appeal."""

    required_right = Right.DEALS_DECIDE
    required_function = "deals"
    http_method_names = ["post"]
    member: Membership
    kwargs: dict[str, Any]
    is_appeal = False

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        model: Any = DealAppeal if self.is_appeal else ExtensionRequest
        rows = model.objects.filter(deal__in=reading.deals_for(self.member)).select_related("deal")
        asked = get_object_or_404(rows, pk=self.kwargs["pk"])
        step, form = request.POST.get("step", ""), AnswerForm(request.POST)
        if step not in ("grant", "take_over", "refuse"):
            raise Http404
        back = redirect(self.member.url("leads:deal", pk=asked.deal_id))
        if not form.is_valid():
            messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
            return back
        answer, is_granted = form.cleaned_data["answer"], step != "refuse"
        try:
            with transaction.atomic():
                if self.is_appeal:
                    services.answer_appeal(
                        asked, uphold=is_granted, by=self.member, answer=answer, take_over=step == "take_over"
                    )
                else:
                    services.answer_extension(
                        asked, grant_it=is_granted, by=self.member, answer=answer, days=form.cleaned_data["days"]
                    )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The partner is told."))
        return back


class AppealAnswerView(AskedAnswerView):
    is_appeal = True


class StaffDealProofView(StaffMixin, DealProofView):
    required_right = Right.DEALS_VIEW
    template_name = "leads/staff/deal_proof_of.html"


class StaffDealProofFileView(StaffMixin, DealProofFileView):
    required_right = Right.DEALS_VIEW


class StaffDealFileView(StaffMixin, DealFileView):
    required_right = Right.DEALS_VIEW
