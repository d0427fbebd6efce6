"""Where partners stand, what moves them, and what is proposed."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from partners import services
from partners.defaults import default_playbooks, default_reasons
from partners.ending import what_ends
from partners.filters.lifecycle import ProposalFilterSet
from partners.forms.lifecycle import MoveForm, NoteForm, PlaybookStepForm, ReasonForm
from partners.models import NEXT_STAGES, STAGE_ALLOWS, Activity, PlaybookStep, Stage, StageProposal, StageReason
from partners.questions import all_questions
from partners.selectors import lifecycle as selectors
from partners.selectors.questions import asked_anew
from partners.services import lifecycle
from partners.tables.lifecycle import ProposalTable
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListMixin, OwnListView
from partners.views.staff.partners import OnePartnerMixin
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right


class PartnerStageView(OnePartnerMixin, FormView):
    """A partner is moved on: what will happen is said before, and why is kept."""

    required_right = Right.PARTNERS_EDIT
    form_class = MoveForm
    template_name = "partners/staff/lifecycle_move.html"

    @cached_property
    def to(self) -> str:
        asked = self.request.POST.get("stage") or self.request.GET.get("to", "")
        return asked if asked in Stage.values else ""

    def get_initial(self) -> dict[str, Any]:
        return {"stage": self.to}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"to": self.to}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before = Stage(self.partner.stage)
        to = Stage(self.to) if self.to in NEXT_STAGES[before] else None
        now_allowed = STAGE_ALLOWS[before]
        then_allowed = STAGE_ALLOWS[to] if to else now_allowed
        return super().get_context_data(
            title=self.title(to),
            partner=self.partner,
            to=to,
            choices=[(stage.value, stage.label) for stage in Stage if stage in NEXT_STAGES[before]],
            ends=what_ends(self.partner) if to == Stage.ENDED else [],
            starts=list(selectors.playbook(to)) if to else [],
            left=list(selectors.left_over(self.partner)) if to else [],
            asked=asked_anew(self.partner, before, to, all_questions()) if to and to != Stage.ENDED else [],
            lost=[activity.label for activity in Activity if activity in now_allowed - then_allowed],
            gained=[activity.label for activity in Activity if activity in then_allowed - now_allowed],
            is_end=to == Stage.ENDED,
            end=selectors.end_to_take_back(self.partner),
            moves=list(selectors.moves_of(self.partner)[:20]),
            **kwargs,
        )

    def title(self, to: Stage | None) -> str:
        if to is None:
            return _("%(partner)s is at “%(stage)s”") % {
                "partner": self.partner,
                "stage": self.partner.get_stage_display(),
            }
        if to == Stage.ENDED:
            return _("End the partnership with %(partner)s?") % {"partner": self.partner}
        return _("Move %(partner)s on to “%(stage)s”?") % {"partner": self.partner, "stage": to.label}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            partner = services.set_stage(
                self.partner,
                form.cleaned_data["stage"],
                by=self.member,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("%(partner)s is now at “%(stage)s”.") % {"partner": partner, "stage": partner.get_stage_display()},
        )
        return redirect(self.member.url("partners:detail", pk=partner.pk))


class TakeBackView(OnePartnerMixin, View):
    """The end of a partnership is taken back."""

    required_right = Right.PARTNERS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            taken = services.take_end_back(self.partner, by=self.member, note=request.POST.get("note", ""))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("%(partner)s is at “%(stage)s” again, and what was closed is open as before.")
                % {"partner": taken.partner, "stage": taken.partner.get_stage_display()},
            )
            for problem in taken.problems:
                messages.warning(request, problem)
        return redirect(self.member.url("partners:detail", pk=self.partner.pk))


def accept(member: Membership, proposals: QuerySet[StageProposal], cleaned: dict[str, Any]) -> str:
    """The bulk action: move as proposed."""
    decided = lifecycle.accept_proposals(proposals, by=member, note=cleaned["note"])
    said = ngettext("%(count)s partner moved.", "%(count)s partners moved.", decided.count) % {
        "count": formats.number(decided.count)
    }
    return " ".join([said, *decided.problems[:3]])


def decline(member: Membership, proposals: QuerySet[StageProposal], cleaned: dict[str, Any]) -> str:
    """The bulk action: leave where they are."""
    count = lifecycle.decline_proposals(proposals, by=member, note=cleaned["note"])
    return ngettext("%(count)s partner stays where it is.", "%(count)s partners stay where they are.", count) % {
        "count": formats.number(count)
    }


class ProposalListView(StaffMixin, ListView):
    """What the rules propose, to decide one by one or together."""

    required_right = Right.PARTNERS_VIEW
    list_key = "stage_proposals"
    table_class = ProposalTable
    filterset_class = ProposalFilterSet
    template_name = "partners/staff/lifecycle_proposals.html"
    default_sort = "created_at"
    sorts = {"created_at": Sort("created_at"), "decided_at": Sort("decided_at", descending=True)}
    default_columns = ["partner", "now", "to", "facts", "kind", "channel_manager", "state"]
    export_name = "stage-proposals"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction(
            "accept",
            gettext_lazy("Move as proposed"),
            Right.PARTNERS_EDIT,
            accept,
            form_class=NoteForm,
            explanation=gettext_lazy("Each move is kept with your name and what you say here."),
        ),
        BulkAction(
            "decline",
            gettext_lazy("Leave where they are"),
            Right.PARTNERS_EDIT,
            decline,
            form_class=NoteForm,
            explanation=gettext_lazy("The same finding is not proposed again until they have bought something."),
        ),
    ]
    empty = Empty(
        gettext_lazy("Nothing is proposed"),
        gettext_lazy("Each morning partners that are silent for three times their own rhythm are listed here."),
    )

    def get_queryset(self) -> QuerySet[StageProposal]:
        proposals = selectors.proposals_for(self.member)
        return proposals if self.params.get("state") else proposals.filter(state=StageProposal.State.OPEN)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = selectors.proposals_for(self.member).filter(state=StageProposal.State.OPEN).count()
        title = (
            ngettext(
                "%(count)s partner belongs at another stage",
                "%(count)s partners belong at another stage",
                count,
            )
            % {"count": formats.number(count)}
            if count
            else _("Every partner is where it belongs")
        )
        by_stage = selectors.partners_by_stage(self.member)
        return super().get_context_data(
            title=title, by_stage=[(stage.value, stage.label, by_stage.get(stage, 0)) for stage in Stage], **kwargs
        )


# --- Lists of the manufacturer's own ----------------------------------------------------------------------------------


class ReasonMixin(OwnListMixin):
    model = StageReason
    form_class: Any = ReasonForm
    list_url, create_url, edit_url = (
        "partners:stage_reasons",
        "partners:stage_reason_create",
        "partners:stage_reason_edit",
    )
    title = gettext_lazy("Reasons for moves")
    explanation = gettext_lazy("Why partners come and go. Whoever moves a partner chooses one.")
    new_title = gettext_lazy("A new reason")
    new_action = gettext_lazy("Add a reason")


class ReasonListView(ReasonMixin, OwnListView):
    template_name = "partners/staff/lifecycle_reasons.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = dict(Stage.choices)
        context = super().get_context_data(**kwargs)
        context["entries"] = [
            (entry, url, ", ".join(str(labels[stage]) for stage in entry.stages if stage in labels))
            for entry, url in context["entries"]
        ]
        return context

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Our proposals, where there are none yet."""
        lifecycle.add_default_reasons(default_reasons())
        return redirect(self.member.url("partners:stage_reasons"))


class ReasonCreateView(ReasonMixin, OwnEntryView):
    pass


class ReasonEditView(ReasonMixin, OwnEntryEditView):
    pass


class PlaybookListView(StaffMixin, TemplateView):
    """What to do at each stage; staff read it, owners change it."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/lifecycle_playbooks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_stage: dict[str, list[PlaybookStep]] = {}
        for step in PlaybookStep.objects.order_by("order", "pk"):
            by_stage.setdefault(step.stage, []).append(step)
        return super().get_context_data(
            title=_("What we do at each stage") if by_stage else _("No stage has a playbook yet"),
            playbooks=[
                (
                    stage,
                    by_stage.get(stage, []),
                    [activity.label for activity in Activity if activity in STAGE_ALLOWS[stage]],
                )
                for stage in Stage
                if stage != Stage.DRAFT
            ],
            has_steps=bool(by_stage),
            can_edit=self.member.can(Right.SETTINGS_EDIT),
            **kwargs,
        )


class PlaybookDefaultsView(StaffMixin, View):
    """Our proposals for the stages that have no steps yet."""

    required_right = Right.SETTINGS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        count = lifecycle.add_default_playbooks(default_playbooks())
        messages.success(
            request,
            ngettext("%(count)s step was added.", "%(count)s steps were added.", count)
            % {"count": formats.number(count)},
        )
        return redirect(self.member.url("partners:playbooks"))


class PlaybookStepView(StaffMixin, FormView):
    """A step of a playbook, new."""

    required_right = Right.SETTINGS_EDIT
    form_class = PlaybookStepForm
    template_name = "partners/staff/lifecycle_playbook_step.html"
    kwargs: dict[str, Any]

    @cached_property
    def step(self) -> PlaybookStep:
        stage = self.request.GET.get("stage", "")
        return PlaybookStep(stage=stage if stage in Stage.values else Stage.PROSPECT)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.step}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(step=self.step, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        step = lifecycle.save_playbook_step(form.save(commit=False))
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": step})
        return redirect(self.member.url("partners:playbooks"))


class PlaybookStepEditView(PlaybookStepView):
    """A known step: changed, moved or removed."""

    @cached_property
    def step(self) -> PlaybookStep:
        return get_object_or_404(PlaybookStep, pk=self.kwargs["pk"])

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST:
            self.step.delete()
        elif "move" in request.POST:
            lifecycle.move_step(self.step, selectors.playbook(self.step.stage), up=request.POST["move"] == "up")
        else:
            return super().post(request, *args, **kwargs)
        return redirect(self.member.url("partners:playbooks"))
