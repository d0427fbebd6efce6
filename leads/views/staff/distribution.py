"""How leads are handed out: what waits for a person, what is offered now, who suits a lead and why, and the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from leads.forms.distribution import COMPONENT_LABELS, RuleForm
from leads.functions import LEADS
from leads.matching import Candidate, Said
from leads.models import (
    POOL_STATES,
    DistributionRule,
    Lead,
    LeadState,
    Mode,
    Offer,
    OfferState,
    RoutingDecision,
)
from leads.privacy import title_of
from leads.selectors.batches import may_distribute
from leads.selectors.candidates import Candidates, Rules
from leads.selectors.leads import leads_for
from leads.services.offers import give_lead, offer_by_hand, take_back, withdraw_offer
from leads.services.routing import replayed
from leads.services.routing_jobs import offer_now
from pages import formats
from pages.paging import count_up_to
from pages.row_numbers import number_or_404
from partners.models import Partner, Territory
from partners.product_lines import product_line_choices
from partners.selectors import matching, partners_for
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right

SHOWN = 50
RANKED = 15
LOOKED_FOR = 5


class DistributionMixin(StaffMixin):
    """A page of how leads are handed out."""

    required_right = Right.LEADS_VIEW
    required_function: str | None = LEADS.key
    kwargs: dict[str, Any]

    @property
    def may_distribute(self) -> bool:
        return self.member.can(Right.LEADS_DISTRIBUTE)


class DistributionView(DistributionMixin, TemplateView):
    """What waits to be placed by hand, what is offered now with the time left, and what is collected."""

    template_name = "leads/staff/distribution.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leads = leads_for(self.member)
        waiting = leads.filter(state=LeadState.MANUAL)
        count = count_up_to(waiting)
        queue = list(waiting.select_related("kind", "category", "owner").order_by("-received_at", "-pk")[:SHOWN])
        because = self.reasons(queue)
        running = list(
            Offer.objects.filter(state=OfferState.OFFERED, lead__in=leads.filter(state=LeadState.OFFERED))
            .select_related("lead", "partner")
            .order_by("due_at", "pk")[: SHOWN + 1]
        )
        return super().get_context_data(
            title=self.title(count),
            may_rule=self.member.can(Right.SETTINGS_EDIT),
            count=count,
            queue=[(lead, title_of(self.member, lead), because.get(lead.pk, "")) for lead in queue],
            has_more=count > len(queue),
            running=[(offer, title_of(self.member, offer.lead)) for offer in running[:SHOWN]],
            has_more_running=len(running) > SHOWN,
            new=count_up_to(leads.filter(state=LeadState.NEW)),
            now=timezone.now(),
            may_distribute=self.may_distribute,
            **kwargs,
        )

    def title(self, count: int) -> str:
        if not count:
            return _("No lead waits to be placed by hand")
        return ngettext(
            "%(count)s lead waits to be placed by hand", "%(count)s leads wait to be placed by hand", count
        ) % {"count": formats.number(count)}

    def reasons(self, queue: Sequence[Lead]) -> dict[int, str]:
        """By lead, why it waits: its latest decision."""
        latest = (
            RoutingDecision.objects.filter(lead__in=[lead.pk for lead in queue])
            .order_by("lead_id", "-pk")
            .distinct("lead_id")
        )
        return {each.lead_id: each.get_because_display() for each in latest.only("lead_id", "because")}


class OneLeadMixin(DistributionMixin):
    """A page about one lead that this member may see."""

    @cached_property
    def lead(self) -> Lead:
        leads = leads_for(self.member).exclude(state=LeadState.MERGED)
        return get_object_or_404(leads.select_related("kind", "category", "partner"), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect(self.member.url("leads:candidates", pk=self.kwargs["pk"]))


@dataclass(frozen=True)
class ShownLine:
    """A component as a page shows it: its name, its value and share in per cent, what it adds, and the reasons."""

    label: Any
    value: int
    share: int
    points: int
    words: str


@dataclass(frozen=True)
class ShownCandidate:
    """A candidate as a page shows it."""

    partner: Partner
    total: int
    lines: list[ShownLine]
    hindrances: list[str]
    is_chosen: bool = False

    @property
    def is_eligible(self) -> bool:
        return not self.hindrances


def shown_candidates(
    candidates: Sequence[Candidate], partners: QuerySet[Partner], *, chosen: Sequence[int] = ()
) -> list[ShownCandidate]:
    """Candidates with the names and words of the reader's language; those the reader may not see are left out."""
    known = partners.in_bulk([candidate.partner_id for candidate in candidates])
    lines = dict(product_line_choices())
    return [
        ShownCandidate(
            partner=known[candidate.partner_id],
            total=round(100 * candidate.total),
            lines=[
                ShownLine(
                    label=COMPONENT_LABELS[line.component],
                    value=round(100 * line.value),
                    share=round(100 * line.share),
                    points=round(100 * line.points),
                    words="; ".join(said_text(said, lines) for said in line.said),
                )
                for line in candidate.lines
            ],
            hindrances=hindrance_texts(candidate, lines),
            is_chosen=candidate.partner_id in chosen,
        )
        for candidate in candidates
        if candidate.partner_id in known
    ]


def hindrance_texts(candidate: Candidate, lines: dict[str, str]) -> list[str]:
    """Why not this one; what stands behind “may not” in its own words."""
    texts = [said_text(said, lines) for said in candidate.hindrances]
    return [*candidate.obstacles, *texts[1:]] if candidate.obstacles else texts


def said_text(said: Said, lines: dict[str, str]) -> str:
    """What is said, in the reader's language; product lines by their names."""
    facts = {**said.facts}
    if "line" in facts:
        facts["line"] = lines.get(facts["line"], facts["line"])
    return _(said.words) % {name: formats.number(v) if isinstance(v, int) else v for name, v in facts.items()}


class CandidatesView(OneLeadMixin, TemplateView):
    """Who suits a lead, component by component: why this partner, and why not that one."""

    template_name = "leads/staff/candidates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead, partners = self.lead, partners_for(self.member)
        is_in_pool = lead.state in POOL_STATES
        asked = self.request.GET.get("partner", "").strip()[:100]
        eligible: list[ShownCandidate] = []
        others: list[ShownCandidate] = []
        looked_for: list[ShownCandidate] = []
        found: Candidates | None = None
        if is_in_pool:
            found = Candidates([lead])
            ranking = found.rank(lead, most=3 * RANKED)
            shown = shown_candidates(ranking, partners)
            eligible = [each for each in shown if each.is_eligible][:RANKED]
            others = [each for each in shown if not each.is_eligible][:RANKED]
            if asked:
                wanted = matching(partners, asked).values_list("pk", flat=True)[:LOOKED_FOR]
                looked_for = shown_candidates(found.add(lead, list(wanted)), partners)
        offers = Offer.objects.filter(lead=lead).select_related("partner", "reason", "answered_by", "decision")
        return super().get_context_data(
            title=self.title(is_in_pool, eligible),
            lead=lead,
            lead_title=title_of(self.member, lead),
            is_in_pool=is_in_pool,
            rule=(found.rules if found else Rules()).of(lead.kind_id),
            eligible=eligible,
            others=others,
            asked=asked,
            looked_for=looked_for,
            offers=list(offers.order_by("-pk")[:SHOWN]),
            decisions=list(
                RoutingDecision.objects.filter(lead=lead).select_related("made_by").defer("inputs").order_by("-pk")[:20]
            ),
            has_open=offers.filter(state=OfferState.OFFERED).exists(),
            may_distribute=self.may_distribute,
            modes=[(mode.value, mode.label) for mode in (Mode.BEST, Mode.TURNS, Mode.FIRST)],
            **kwargs,
        )

    def title(self, is_in_pool: bool, eligible: Sequence[ShownCandidate]) -> str:
        if not is_in_pool:
            if self.lead.partner is not None:
                return _("%(partner)s works on it") % {"partner": self.lead.partner}
            return _("This lead is “%(state)s”") % {"state": self.lead.get_state_display()}
        if not eligible:
            return _("No partner may get this lead now")
        return _("%(partner)s suits it best") % {"partner": eligible[0].partner}


class HandOutView(OneLeadMixin, View):
    """A lead of the pool is offered or given by hand, or handed out by a rule at once."""

    required_right = Right.LEADS_DISTRIBUTE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        try:
            if step == "route":
                offer_now(self.lead, mode=request.POST.get("mode", ""), by=self.member)
                self.lead.refresh_from_db()
                messages.success(request, _("The lead is now “%(state)s”.") % {"state": self.lead.get_state_display()})
                return self.back()
            partner = self.partner(request.POST.get("partner", ""))
            if step == "offer":
                offer_by_hand(self.lead, partner, by=self.member)
                messages.success(request, _("The lead is offered to %(partner)s.") % {"partner": partner})
            elif step == "give":
                give_lead(self.lead, partner, by=self.member, note=request.POST.get("note", ""))
                messages.success(request, _("The lead is given to %(partner)s.") % {"partner": partner})
            else:
                raise Http404
        except DomainError as error:
            messages.error(request, str(error))
        return self.back()

    def partner(self, text: str) -> Partner:
        """One that this member may see, by its id."""
        return get_object_or_404(partners_for(self.member), pk=number_or_404(text))


class TakeBackView(OneLeadMixin, View):
    """A lead is taken back from the partner that works on it."""

    required_right = Right.LEADS_DISTRIBUTE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(
            lambda: take_back(self.lead, by=self.member, note=request.POST.get("note", "")),
            _("The lead is taken back; it waits to be placed by hand."),
        )
        return self.back()


class WithdrawView(DistributionMixin, View):
    """An open offer is withdrawn."""

    required_right = Right.LEADS_DISTRIBUTE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        offer = get_object_or_404(Offer.objects.filter(lead__in=leads_for(self.member)), pk=self.kwargs["pk"])
        self.take_step(lambda: withdraw_offer(offer, by=self.member), _("The offer is withdrawn."))
        return redirect(self.member.url("leads:candidates", pk=offer.lead_id))


class DecisionView(DistributionMixin, TemplateView):
    """A decision as it was made: the ranking of then, from what was known then."""

    template_name = "leads/staff/decision.html"

    @cached_property
    def decision(self) -> RoutingDecision:
        decisions = RoutingDecision.objects.filter(lead__in=leads_for(self.member))
        return get_object_or_404(decisions.select_related("lead", "rule", "made_by"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What was decided for many leads together is explained with all of them."""
        inputs = self.decision.inputs
        if "item" in inputs and may_distribute(self.member):
            return redirect(self.member.url("leads:batch_item", pk=inputs["batch"], item=inputs["item"]))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision
        chosen = decision.inputs.get("chosen", [])
        shown = shown_candidates(replayed(decision), partners_for(self.member), chosen=chosen)
        return super().get_context_data(
            title=self.title(decision, [each for each in shown if each.is_chosen]),
            decision=decision,
            lead=decision.lead,
            lead_title=title_of(self.member, decision.lead),
            eligible=[each for each in shown if each.is_eligible],
            others=[each for each in shown if not each.is_eligible],
            territory=self.territory(decision),
            **kwargs,
        )

    def territory(self, decision: RoutingDecision) -> Territory | None:
        """The territory whose partner it went to by a rule for direct requests."""
        kept = decision.inputs.get("territory")
        return Territory.objects.filter(pk=kept["id"]).first() if kept else None

    def title(self, decision: RoutingDecision, chosen: Sequence[ShownCandidate]) -> str:
        if chosen:
            names = ", ".join(str(each.partner) for each in chosen)
            return _("Chosen: %(partners)s") % {"partners": names}
        return decision.get_because_display() or decision.get_outcome_display()


# --- Rules ------------------------------------------------------------------------------------------------------------


class RulesMixin(DistributionMixin):
    """A page of the rules of distribution."""

    required_right = Right.SETTINGS_EDIT


class RulesView(RulesMixin, TemplateView):
    """How leads are handed out, by kind."""

    template_name = "leads/staff/distribution_rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = list(DistributionRule.objects.select_related("kind"))
        return super().get_context_data(
            title=self.title(rules), rules=rules, has_general=any(rule.kind_id is None for rule in rules), **kwargs
        )

    def title(self, rules: Sequence[DistributionRule]) -> str:
        if not any(rule.is_automatic or rule.mode == Mode.BATCH for rule in rules):
            return _("Every lead is placed by hand")
        return _("How leads find their partner")


class RuleFormView(RulesMixin, FormView):
    """The form of a rule."""

    form_class = RuleForm
    template_name = "leads/staff/distribution_rule.html"

    def rule(self) -> DistributionRule:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.rule()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rule=self.rule(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("The rule is saved. It holds for what is decided from now on."))
        return redirect(self.member.url("leads:distribution_rules"))


class RuleCreateView(RuleFormView):
    """A rule for all kinds, or for one."""

    @cached_property
    def new_rule(self) -> DistributionRule:
        return DistributionRule()

    def rule(self) -> DistributionRule:
        return self.new_rule


class RuleEditView(RuleFormView):
    """A rule that is there is changed, or removed."""

    @cached_property
    def kept_rule(self) -> DistributionRule:
        return get_object_or_404(DistributionRule.objects.select_related("kind"), pk=self.kwargs["pk"])

    def rule(self) -> DistributionRule:
        return self.kept_rule

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("step") == "remove":
            self.kept_rule.delete()
            messages.success(request, _("The rule is removed."))
            return redirect(self.member.url("leads:distribution_rules"))
        return super().post(request, *args, **kwargs)
