"""Initiatives for staff: the list, one with how far partners are and what it did, its plan, and a partner's work on it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from campaigns import initiative_words as words
from campaigns.filters.initiatives import InitiativeFilterSet, InitiativePartnerFilterSet
from campaigns.forms.initiatives import EndForm, InitiativeForm, ReminderForm, RunningForm, StepForm
from campaigns.functions import INITIATIVES
from campaigns.models import Initiative, InitiativeFile, InitiativePartner, InitiativeState, InitiativeStep
from campaigns.selectors import initiative_results as results
from campaigns.selectors import initiatives as reading
from campaigns.services import initiatives as services
from campaigns.services.initiatives.life import LEAD, due_day, missing
from campaigns.tables.initiatives import STANDING_TONES, TONES, InitiativePartnerTable, InitiativeTable
from pages import formats
from pages.lists import BulkAction, BulkRefusedError, Empty, ListView
from pages.paging import Sort
from pages.row_numbers import number_or_404
from partners.agreement_text import as_html
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.history import history_of
from tenancy.once import OnceMixin
from tenancy.rights import Right

CHANGES_SHOWN = 10
PERIOD_DAYS = 30


class InitiativesMixin(StaffMixin):
    """Pages of initiatives."""

    required_right = Right.CAMPAIGNS_VIEW
    required_function: str | None = INITIATIVES.key
    kwargs: dict[str, Any]


class InitiativeListView(InitiativesMixin, ListView):
    """All initiatives, the latest first."""

    list_key = "initiatives"
    table_class = InitiativeTable
    filterset_class = InitiativeFilterSet
    template_name = "campaigns/staff/initiative_list.html"
    default_sort = "-starts_on"
    sorts = {
        "starts_on": Sort("starts_on", descending=True),
        "ends_on": Sort("ends_on", descending=True),
        "state": Sort("state"),
    }
    default_columns = ["name", "state", "starts_on", "ends_on", "partners", "done", "late", "declined", "owner"]
    export_name = "initiatives"
    export_right = Right.CAMPAIGNS_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No initiative yet"),
        gettext_lazy("Write down a measure in steps, and see which partner carries it out how fast."),
        "campaigns:initiative_new",
        gettext_lazy("Write an initiative"),
        Right.CAMPAIGNS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.initiative_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        running = reading.initiatives_for(self.member).filter(state=InitiativeState.RUNNING).count()
        title = ngettext("%(count)s initiative is running", "%(count)s initiatives are running", running) % {
            "count": formats.number(running)
        }
        return super().get_context_data(
            title=title if running else _("No initiative is running"),
            can_edit=self.member.can(Right.CAMPAIGNS_EDIT),
            **kwargs,
        )


class OneMixin(InitiativesMixin):
    """A page of one initiative."""

    @cached_property
    def initiative(self) -> Initiative:
        rows = reading.initiatives_for(self.member)
        rows = rows.select_related("owner", "audience", "snapshot", "carried_from", "started_by", "ended_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def can_edit(self) -> bool:
        return reading.may_edit(self.member, self.initiative)

    def page(self, tab: str = "") -> str:
        url = self.member.url("campaigns:initiative", pk=self.initiative.pk)
        return f"{url}?tab={tab}" if tab else url

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        """The leaves there are: of a draft its steps and who was proposed."""
        partners = self.member.url("campaigns:initiative_partners", pk=self.initiative.pk)
        steps = (_("Steps"), self.page("steps"), here == "steps")
        if self.initiative.is_draft:
            proposed = (_("Proposed partners"), partners, here == "partners")
            return [steps, proposed] if self.initiative.carried_from_id else []
        return [
            (_("Progress"), self.page(), here == "progress"),
            (_("Partners"), partners, here == "partners"),
            steps,
            (_("What it did"), self.page("result"), here == "result"),
        ]

    def must_edit(self) -> None:
        if not self.can_edit:
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            initiative=self.initiative, tone=TONES.get(self.initiative.state, ""), can_edit=self.can_edit, **kwargs
        )


class InitiativeView(OneMixin, TemplateView):
    """One initiative: how far its partners are, its steps, and what it did."""

    template_name = "campaigns/staff/initiative.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        initiative, member = self.initiative, self.member
        asked = self.request.GET.get("tab", "")
        leaf = "steps" if initiative.is_draft else asked if asked in ("steps", "result") else "progress"
        leaves: dict[str, Callable[[], dict[str, Any]]] = {
            "progress": self.progress, "steps": self.steps, "result": self.result,
        }  # fmt: skip
        progress = None if initiative.is_draft else reading.progress_of(initiative, member)
        return super().get_context_data(
            title=words.headline(initiative, progress) if progress else initiative.name,
            progress=progress,
            goal_number=words.goal_number(initiative, member.manufacturer.currency),
            tabs=self.tabs(leaf),
            leaf=leaf,
            end_form=EndForm(),
            **leaves[leaf](),
            **kwargs,
        )

    def progress(self) -> dict[str, Any]:
        """How far partners are with each step, and the changes."""
        partners = self.member.url("campaigns:initiative_partners", pk=self.initiative.pk)
        return {
            "step_rows": reading.progress_by_step(self.initiative, self.member),
            "stalled_url": f"{partners}?stands=stalled",
            "partners_url": partners,
            "reminder": ReminderForm(member=self.member),
            "changes": history_of(self.initiative)[:CHANGES_SHOWN],
        }

    def steps(self) -> dict[str, Any]:
        """What is to be done, as partners read it."""
        initiative = self.initiative
        steps = reading.steps_of(initiative, self.member)
        today = timezone.localdate()
        begins = initiative.starts_on if initiative.started_at else today
        return {
            "steps": [(step, as_html(step.instruction), due_day(step, begins)) for step in steps],
            "missing": missing(initiative, steps, today) if initiative.is_draft else [],
            "proposed": initiative.rows.count() if initiative.is_draft and initiative.carried_from_id else None,
        }

    def result(self) -> dict[str, Any]:
        """What it did: words first, and what they rest on."""
        initiative, currency = self.initiative, self.member.manufacturer.currency
        result = results.result_of(initiative, self.member)
        if result is None:
            return {"result": None, "not_yet": words.not_yet(initiative, results.window_of(initiative))}
        good = result.good
        return {
            "result": result,
            "sentence": words.effect_sentence(result, currency),
            "lines": words.effect_lines(result, currency),
            "currency": currency,
            "good": good[: results.SHOWN],
            "good_count": len(good),
            "carried": list(initiative.carried.order_by("-pk")[:5]),
        }


class InitiativeActView(OneMixin, View):
    """A step with it: start, end, copy, remind, carry over, and the order of its steps."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        acts: dict[str, Callable[[], str]] = {
            "start": self.start, "end": self.end, "copy": self.copy, "discard": self.discard, "remind": self.remind,
            "carry": self.carry, "up": self.up, "remove": self.remove,
        }  # fmt: skip
        act = request.POST.get("act", "")
        if act not in acts:
            raise Http404
        if act != "copy":
            self.must_edit()
        try:
            return redirect(acts[act]())
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.page("result" if act == "carry" else ""))

    def start(self) -> str:
        count = services.start(self.initiative, by=self.member)
        said = ngettext(
            "It has started: %(count)s partner is told.", "It has started: %(count)s partners are told.", count
        )
        messages.success(self.request, said % {"count": formats.number(count)})
        return self.page()

    def end(self) -> str:
        services.end(self.initiative, by=self.member, reason=self.request.POST.get("reason", ""))
        messages.success(self.request, _("It has ended. Partners can still read it."))
        return self.page()

    def copy(self) -> str:
        copied = services.copy_initiative(self.initiative, by=self.member)
        messages.success(self.request, _("Copied: look through its days and audience, then start it."))
        return self.member.url("campaigns:initiative", pk=copied.pk)

    def discard(self) -> str:
        services.discard(self.initiative, by=self.member)
        messages.success(self.request, _("The draft is gone."))
        return self.member.url("campaigns:initiatives")

    def remind(self) -> str:
        told = services.remind(self.initiative, by=self.member, note=self.request.POST.get("note", ""))
        messages.success(self.request, reminded(told))
        return self.page()

    def carry(self) -> str:
        carried = services.carry_over(self.initiative, by=self.member)
        messages.success(
            self.request, _("A draft is made for the partners most like those with a good result. Look through them.")
        )
        return self.member.url("campaigns:initiative_partners", pk=carried.pk)

    def up(self) -> str:
        services.move_step(self.initiative, self.step(), by=self.member)
        return self.page()

    def remove(self) -> str:
        services.remove_step(self.initiative, self.step(), by=self.member)
        return self.page()

    def step(self) -> int:
        return number_or_404(self.request.POST.get("step", ""))


def reminded(told: int) -> str:
    """How many people a reminder reached."""
    if not told:
        return _("Nobody is left to remind today: each person is reminded once a day at most.")
    return ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", told) % {
        "count": formats.number(told)
    }


# --- The plan ---------------------------------------------------------------------------------------------------------


class PlanFormView(InitiativesMixin, FormView):
    """The form of its plan."""

    required_right = Right.CAMPAIGNS_EDIT
    template_name = "campaigns/staff/initiative_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            saved = services.save_initiative(form.save(commit=False), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("campaigns:initiative", pk=saved.pk))


class InitiativeNewView(OnceMixin, PlanFormView):
    """A new draft."""

    form_class = InitiativeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        begins = timezone.localdate() + LEAD
        fresh = Initiative(owner=self.member, starts_on=begins, ends_on=begins + dt.timedelta(days=PERIOD_DAYS))
        return super().get_form_kwargs() | {"member": self.member, "instance": fresh}


class InitiativeEditView(OneMixin, PlanFormView):
    """Change a draft, or of one that runs its last day and owner."""

    required_right = Right.CAMPAIGNS_EDIT

    def get_form_class(self) -> Any:
        return InitiativeForm if self.initiative.is_draft else RunningForm

    def get_form_kwargs(self) -> dict[str, Any]:
        self.must_edit()
        if self.initiative.is_ended:
            raise PermissionDenied
        return super().get_form_kwargs() | {"member": self.member, "instance": self.initiative}


class StepFormView(OneMixin, FormView):
    """The form of a step."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = StepForm
    template_name = "campaigns/staff/initiative_step_form.html"

    def step(self) -> InitiativeStep:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        self.must_edit()
        if not self.initiative.is_draft:
            raise PermissionDenied
        return super().get_form_kwargs() | {"member": self.member, "instance": self.step()}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.save_step(form.save(commit=False), list(form.cleaned_data["assets"]), by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.page())


class StepNewView(StepFormView):
    """One more step."""

    def step(self) -> InitiativeStep:
        return InitiativeStep(initiative=self.initiative)


class StepEditView(StepFormView):
    """Change a step."""

    def step(self) -> InitiativeStep:
        return get_object_or_404(self.initiative.steps.all(), pk=self.kwargs["step"])


# --- Its partners -----------------------------------------------------------------------------------------------------


def remind_chosen(member: Any, rows: QuerySet[InitiativePartner], data: dict[str, Any]) -> str:
    """Remind the chosen partners, as far as they are not through with it."""
    first = rows.select_related("initiative").first()
    try:
        told = services.remind(first.initiative, by=member, rows=rows, note=data["note"]) if first else 0
    except DomainError as error:
        raise BulkRefusedError(str(error)) from error
    return reminded(told)


def leave_out(member: Any, rows: QuerySet[InitiativePartner], _data: dict[str, Any]) -> str:
    """Leave the chosen partners out of a draft that is carried over."""
    first = rows.select_related("initiative").first()
    try:
        count = services.drop_proposed(first.initiative, rows, by=member) if first else 0
    except DomainError as error:
        raise BulkRefusedError(str(error)) from error
    return ngettext("%(count)s partner is left out.", "%(count)s partners are left out.", count) % {
        "count": formats.number(count)
    }


REMIND = BulkAction(
    "remind", gettext_lazy("Remind"), Right.CAMPAIGNS_EDIT, remind_chosen, form_class=ReminderForm,
    explanation=gettext_lazy("Who carried it out or declined is not told; each person once a day at most."),
)  # fmt: skip
LEAVE_OUT = BulkAction("leave_out", gettext_lazy("Leave out"), Right.CAMPAIGNS_EDIT, leave_out)


class PartnerListView(OneMixin, ListView):
    """Its partners and how far each is; of a draft that is carried over, who is proposed."""

    list_key = "initiative_partners"
    table_class = InitiativePartnerTable
    filterset_class = InitiativePartnerFilterSet
    template_name = "campaigns/staff/initiative_partners.html"
    default_sort = "next_due_on"
    sorts = {
        "moved_at": Sort("moved_at", descending=True, nullable=True),
        "next_due_on": Sort("next_due_on", nullable=True),
    }
    default_columns = [
        "partner", "standing", "done_count", "next_due_on", "moved_at", "seen_at", "started_at", "done_at", "reason",
    ]  # fmt: skip
    export_name = "initiative-partners"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(gettext_lazy("No partner is in it yet"), gettext_lazy("Who is in it is fixed when it starts."))

    @property
    def bulk_actions(self) -> list[BulkAction]:  # type: ignore[override]
        if not self.can_edit:
            return []
        if self.initiative.is_draft:
            return [LEAVE_OUT]
        return [REMIND] if self.initiative.is_running else []

    @cached_property
    def columns_shown(self) -> list[str]:
        return ["partner", "code", "like_name"] if self.initiative.is_draft else super().columns_shown

    def table_arguments(self) -> dict[str, Any]:
        return {"initiative_pk": self.initiative.pk, "is_draft": self.initiative.is_draft}

    def get_queryset(self) -> QuerySet[InitiativePartner]:
        return reading.partner_rows(self.initiative, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self.tabs("partners"), **kwargs)


class PartnerView(OneMixin, TemplateView):
    """What one partner did, step by step; staff may mark a step for it."""

    template_name = "campaigns/staff/initiative_partner.html"

    @cached_property
    def row(self) -> InitiativePartner:
        rows = reading.partner_rows(self.initiative, self.member).filter(told_at__isnull=False)
        return get_object_or_404(rows, pk=self.kwargs["row"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        shown = {
            "row": row,
            "standing": row.standing,
            "standing_tone": STANDING_TONES.get(row.standing, ""),
            "works": reading.works_of(row, self.member),
            "can_mark": self.can_edit and self.initiative.is_running and row.declined_at is None,
            "today": timezone.localdate(),
        }
        return super().get_context_data(**kwargs | shown)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mark a step for the partner, or take the mark back."""
        self.must_edit()
        work = get_object_or_404(self.row.works.all(), pk=number_or_404(request.POST.get("work", "")))
        try:
            if request.POST.get("act") == "done":
                services.finish(work, by=self.member, note=request.POST.get("note", ""))
            elif request.POST.get("act") == "undo":
                services.reopen(work, by=self.member)
            else:
                raise Http404
        except (DomainError, ValidationError) as error:
            messages.error(request, str(getattr(error, "message", error)))
        return redirect(self.member.url("campaigns:initiative_partner", pk=self.initiative.pk, row=self.row.pk))


class ProofView(OneMixin, View):
    """What shows that a step was done, as a download."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        seen = reading.rows_for(self.member).filter(initiative=self.initiative)
        files = InitiativeFile.objects.filter(work__row__in=seen)
        file: InitiativeFile = get_object_or_404(files, pk=self.kwargs["file"])
        return attachment_response(file.file, name=file.name, content_type=file.content_type)
