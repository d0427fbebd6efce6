"""Pages of a channel plan that both sides have: each side's modules say whose they are."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from partners import plan_charts
from partners.forms.plans import (
    InitiativeForm,
    PromiseForm,
    ScoresForm,
    SummaryForm,
    TargetForm,
    TextForm,
    WorkForm,
    measure_choices,
)
from partners.models import ChannelPlan, Partner, PlanInitiative, PlanPromise, PlanState, PlanTarget, Work
from partners.plan_measures import all_measures, day_of_figures
from partners.selectors import plans as reading
from partners.services import plans as services
from tenancy.access import MemberRequiredMixin
from tenancy.errors import DomainError
from tenancy.once import OnceMixin

FUNCTION = "plans"


class PlanMixin(MemberRequiredMixin):
    """What the pages of both sides share. Stands after StaffMixin or PortalMixin; `names` is the side's own namespace."""

    required_function = FUNCTION
    names: str
    kwargs: dict[str, Any]

    def url(self, name: str, **kwargs: Any) -> str:
        """The address of a page of this subject on the member's side."""
        return self.member.url(f"{self.names}:{name}", **kwargs)

    @cached_property
    def plan(self) -> ChannelPlan:
        found = reading.plans_for(self.member).select_related("partner__kind", "partner__channel_manager")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @property
    def side(self) -> str:
        return services.side_of(self.member)

    @property
    def first_month(self) -> int:
        return self.member.manufacturer.fiscal_year_start

    @property
    def currency(self) -> str:
        return self.member.manufacturer.currency

    @property
    def may_write(self) -> bool:
        return services.may_write(self.member, self.plan.partner_id)

    def check_may_write(self) -> None:
        """403 for who may only look."""
        if not self.may_write:
            raise PermissionDenied

    def plan_page(self) -> str:
        return self.url("plan", pk=self.plan.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            names=self.names,
            plan=self.plan,
            plan_url=self.plan_page(),
            year_label=plan_charts.year_label(self.plan.year, self.first_month),
            **kwargs,
        )


class PlanView(PlanMixin, TemplateView):
    """A version of a plan: where it stands, targets against actual, initiatives by rank, promises, and its way."""

    template_name = "partners/plans/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan, member = self.plan, self.member
        day = day_of_figures(timezone.localdate())
        lines = reading.target_lines(plan, first_month=self.first_month, day=day)
        shown = next((line for line in lines if line.target.measure == self.request.GET.get("target")), None)
        shown = shown or (lines[0] if lines else None)
        versions = reading.versions_of(plan)
        can_bind, goes_on = services.may_bind(member, plan.partner_id), services.goes_on(plan.partner)
        ranked = reading.ranked_initiatives(plan, member)
        return super().get_context_data(
            title=plan_charts.plan_title(plan, lines, self.side),
            lines=lines,
            rows=plan_charts.target_rows(lines, self.currency),
            shown=shown,
            chart=plan_charts.target_chart(shown, self.currency) if shown else None,
            months=plan_charts.month_rows(shown, self.currency) if shown else [],
            unit=plan_charts.unit_of(shown, self.currency) if shown else "",
            day=day,
            ranked=ranked,
            is_scored=any(each.score is not None for each in ranked),
            weights=plan_charts.weights_text(plan),
            promises=list(PlanPromise.objects.filter(plan=plan).order_by("due_on", "pk")),
            steps=reading.steps_of(plan),
            versions=versions,
            is_latest=versions[0].pk == plan.pk,
            state_tone=reading.STATE_TONES[plan.state],
            can_write=self.may_write and plan.is_draft,
            can_score=services.may_score(member, plan.partner_id) and plan.is_open and bool(ranked),
            can_comment=services.may_score(member, plan.partner_id),
            can_follow=self.may_write and plan.state == PlanState.AGREED,
            can_settle=self.may_write and member.is_staff and plan.state == PlanState.AGREED,
            can_discard=self.may_write and member.is_staff and plan.is_draft and plan.proposed_at is None,
            can_propose=can_bind and goes_on and plan.is_draft,
            can_answer=can_bind and goes_on and plan.waits_for(self.side),
            can_take_back=can_bind and plan.state == PlanState.PROPOSED and plan.proposed_side == self.side,
            can_begin=self.may_write and goes_on and plan.state == PlanState.AGREED and versions[0].pk == plan.pk,
            works=Work.choices,
            comment_form=TextForm(),
            **kwargs,
        )


class PlanSummaryView(PlanMixin, FormView):
    """What the year is about, in words."""

    form_class = SummaryForm
    template_name = "partners/plans/form.html"

    def get_initial(self) -> dict[str, Any]:
        self.check_may_write()
        return {"summary": self.plan.summary}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("What this year is about"), **kwargs)

    def form_valid(self, form: SummaryForm) -> HttpResponse:
        self.check_may_write()
        self.take_step(
            lambda: services.save_summary(self.plan, form.cleaned_data["summary"], by=self.member),
            _("The plan is saved."),
        )
        return redirect(self.plan_page())


class PlanTargetView(PlanMixin, FormView):
    """A target: first what is planned, then its four quarters beside what was reached a year before."""

    form_class: Any = TargetForm
    template_name = "partners/plans/target.html"

    @cached_property
    def measures(self) -> Any:
        return all_measures()

    @cached_property
    def measure(self) -> Any:
        return self.measures.get(self.request.GET.get("measure", ""))

    @cached_property
    def target(self) -> PlanTarget | None:
        return PlanTarget.objects.filter(plan=self.plan, measure=self.measure.key).first() if self.measure else None

    def get_form(self, form_class: Any = None) -> Any:
        self.check_may_write()
        if self.measure is None:
            return None
        before = plan_charts.quarters_before(
            self.plan, self.measure, services.season_of(self.plan, self.measure), self.currency
        )
        target = self.target
        initial = {}
        if target is not None:
            initial = {f"quarter_{place}": f"{value.normalize():f}" for place, value in enumerate(target.quarters, 1)}
            initial["spread"] = target.spread
        given = self.request.POST if self.request.method == "POST" else None
        return TargetForm(given, measure=self.measure, before=before, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        taken = PlanTarget.objects.filter(plan=self.plan).values_list("measure", flat=True)
        return super().get_context_data(
            measure=self.measure,
            target=self.target,
            unit=plan_charts.unit_name(self.measure, self.currency) if self.measure else "",
            groups=measure_choices(self.measures, without=[] if self.target else list(taken))[1:],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        if self.measure is None:
            raise Http404
        if "remove" in request.POST:
            self.take_step(
                lambda: services.remove_target(self.plan, self.measure.key, by=self.member),
                _("The target is removed."),
            )
            return redirect(self.plan_page())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: TargetForm) -> HttpResponse:
        spread = form.cleaned_data.get("spread", "even")
        try:
            services.set_target(self.plan, self.measure, form.quarters, by=self.member, spread=spread)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The target is saved."))
        return redirect(self.plan_page())


class PlanPartView(OnceMixin, PlanMixin, FormView):
    """An initiative or a promise: new below a plan, or known by its own key."""

    template_name = "partners/plans/form.html"
    model: Any
    is_new = False
    save: Any
    remove: Any
    new_title: Any
    saved: Any

    @property
    def makes_new(self) -> bool:
        return self.is_new

    @cached_property
    def part(self) -> Any:
        if self.is_new:
            return None
        plans = reading.plans_for(self.member)
        return get_object_or_404(self.model.objects.select_related("plan").filter(plan__in=plans), pk=self.kwargs["pk"])

    @cached_property
    def plan(self) -> ChannelPlan:
        found = reading.plans_for(self.member).select_related("partner__kind", "partner__channel_manager")
        return get_object_or_404(found, pk=self.kwargs["pk"] if self.is_new else self.part.plan_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.check_may_write()
        owners = reading.owners_for(self.member, self.plan.partner)
        return super().get_form_kwargs() | {"instance": self.part, "owners": owners}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.part or self.new_title(), part=self.part, can_remove=self.part is not None, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        if "remove" in request.POST and self.part is not None:
            self.take_step(lambda: type(self).remove(self.part, by=self.member), _("It is removed."))
            return redirect(self.plan_page())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            type(self).save(self.plan, form.values, by=self.member, part=self.part)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The plan is saved."))
        return redirect(self.plan_page())


class InitiativeView(PlanPartView):
    model = PlanInitiative
    form_class: Any = InitiativeForm
    remove = staticmethod(services.remove_initiative)

    @staticmethod
    def new_title() -> str:
        return _("A new initiative")

    @staticmethod
    def save(plan: ChannelPlan, values: dict[str, Any], *, by: Any, part: Any) -> None:
        services.save_initiative(plan, values, by=by, initiative=part)


class PromiseView(PlanPartView):
    model = PlanPromise
    form_class: Any = PromiseForm
    remove = staticmethod(services.remove_promise)

    @staticmethod
    def new_title() -> str:
        return _("What the manufacturer promises in return")

    @staticmethod
    def save(plan: ChannelPlan, values: dict[str, Any], *, by: Any, part: Any) -> None:
        services.save_promise(plan, values, by=by, promise=part)


class InitiativeWorkView(PlanPartView):
    """How far an initiative is, said while the plan runs."""

    http_method_names = ["post"]
    model = PlanInitiative

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check_may_write()
        form = WorkForm(request.POST)
        if not form.is_valid():
            raise Http404
        self.take_step(
            lambda: services.set_work(self.part, form.cleaned_data["work"], by=self.member),
            _("Noted: how far it is."),
        )
        return redirect(self.plan_page())


class PlanScoresView(PlanMixin, FormView):
    """The member's own points for all initiatives."""

    form_class: Any = ScoresForm
    template_name = "partners/plans/scores.html"

    def check_may_score(self) -> None:
        if not services.may_score(self.member, self.plan.partner_id):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        self.check_may_score()
        ranked = reading.ranked_initiatives(self.plan, self.member)
        ranked.sort(key=lambda each: each.initiative.pk)
        return super().get_form_kwargs() | {"initiatives": ranked}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(weights=plan_charts.weights_text(self.plan), **kwargs)

    def form_valid(self, form: ScoresForm) -> HttpResponse:
        scored = form.scored()
        if not scored:
            form.add_error(None, _("Give at least one initiative points on all four criteria."))
            return self.form_invalid(form)
        try:
            for initiative, given in scored:
                services.score_initiative(initiative, by=self.member, **given)
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            done = ngettext(
                "Your points for %(count)s initiative count.",
                "Your points for %(count)s initiatives count.",
                len(scored),
            )
            messages.success(self.request, done % {"count": len(scored)})
        return redirect(self.plan_page())


class PlanStepView(PlanMixin, FormView):
    """The steps of a plan. Two of them take a few words: to propose it, and to send it back."""

    form_class = TextForm
    template_name = "partners/plans/step.html"

    @cached_property
    def step(self) -> str:
        asked = self.request.POST.get("step") or self.request.GET.get("step") or "propose"
        if asked not in ("propose", "return", "agree", "take_back", "discard", "comment", "begin"):
            raise Http404
        return asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.check_may_write()
        return super().get_context_data(step=self.step, is_staff=self.member.is_staff, **kwargs)

    def form_valid(self, form: TextForm) -> HttpResponse:
        plan, by, text = self.plan, self.member, form.cleaned_data["text"]
        run = {
            "propose": lambda: services.propose_plan(plan, by=by, text=text),
            "return": lambda: services.return_plan(plan, by=by, text=text),
            "agree": lambda: services.agree_plan(plan, by=by, proposal=self.request.POST.get("proposal", "")),
            "take_back": lambda: services.take_back(plan, by=by),
            "discard": lambda: services.discard_draft(plan, by=by),
            "comment": lambda: services.comment_plan(plan, by=by, text=text),
            "begin": lambda: services.start_plan(plan.partner, plan.year, by=by),
        }[self.step]
        done = {
            "propose": _("The plan is proposed. The other side is told.")
            if not by.is_staff
            else _("The plan is on its way to the partner."),
            "return": _("The plan is a draft again, with what you wrote."),
            "agree": _("You agreed to the plan."),
            "take_back": _("The plan is a draft again."),
            "discard": _("The draft is removed."),
            "comment": _("Your comment is there."),
            "begin": _("A new version is begun. The agreed one counts until both sides agree to the new one."),
        }[self.step]
        if self.step == "return" and not text.strip():
            form.add_error("text", _("Say what should change: the other side reads it."))
            return self.form_invalid(form)
        went = self.take_step(run, done)
        if went and self.step == "discard":
            return redirect(self.after_discard())
        if went and self.step == "begin":
            begun = reading.open_plan(plan.partner_id, plan.year)
            return redirect(self.url("plan", pk=begun.pk if begun else plan.pk))
        return redirect(self.plan_page())

    def after_discard(self) -> str:
        return self.url("plans")


class PlanVersionsView(PlanMixin, TemplateView):
    """What changed between two versions."""

    template_name = "partners/plans/versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = reading.versions_of(self.plan)
        asked = self.request.GET.get("with", "")
        older = [each for each in versions if each.version < self.plan.version]
        before = next((each for each in versions if str(each.version) == asked and each.pk != self.plan.pk), None)
        before = before or (older[0] if older else None)
        comparison = None
        if before is not None:
            first, second = sorted((before, self.plan), key=lambda each: each.version)
            comparison = reading.compare_versions(first, second)
        return super().get_context_data(
            versions=versions,
            comparison=comparison,
            targets=plan_charts.compared_targets(comparison, self.currency) if comparison else [],
            title=plan_charts.versions_title(comparison),
            language=get_language(),
            **kwargs,
        )


class PlanYearView(PlanMixin, View):
    """What counts for a partner and a year; POST begins it."""

    @cached_property
    def partner(self) -> Partner:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        plan = reading.current_plan(self.partner.pk, kwargs["year"])
        if plan is None:
            raise Http404
        return redirect(self.url("plan", pk=plan.pk))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not services.may_write(self.member, self.partner.pk):
            raise PermissionDenied
        year = kwargs["year"]
        if not 2000 <= year <= 2100:
            raise Http404
        try:
            plan = services.start_plan(self.partner, year, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.url("plans"))
        return redirect(self.url("plan", pk=plan.pk))
