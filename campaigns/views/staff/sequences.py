"""What staff do with sequences: the list, the steps of one, its trial on the past, who is in it, what came of it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from campaigns.filters.sequences import EntrantFilterSet, SequenceFilterSet
from campaigns.forms.sequences import SequenceForm, TrialForm
from campaigns.models import (
    EntrantState,
    Sequence,
    SequenceEntrant,
    SequenceState,
    SequenceVersion,
    StepKind,
    StopReason,
    VersionState,
)
from campaigns.selectors import sequences as reading
from campaigns.sequence_checks import problems_of, texts_of
from campaigns.sequence_words import (
    TONES,
    came_words,
    event_words,
    heading_of,
    left_out_rows,
    rate_rows,
    reason_rows,
    result_effect,
    result_headline,
    step_detail,
    step_title,
    trial_headline,
    trial_words,
    weeks_chart,
)
from campaigns.services import sequences as services
from campaigns.services.sequence_trials import TRYING, ask_trial, key_of
from campaigns.tables.sequences import EntrantTable, SequenceTable
from campaigns.views.staff.campaigns import CampaignsMixin
from jobs.models import Job, JobState
from jobs.registry import job_label
from jobs.selectors import jobs_for
from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort
from tenancy.errors import DomainError
from tenancy.models import Language, Membership
from tenancy.once import OnceMixin
from tenancy.rights import Right


class SequenceListView(CampaignsMixin, ListView):
    """All sequences, the latest first."""

    list_key = "sequences"
    table_class = SequenceTable
    filterset_class = SequenceFilterSet
    template_name = "campaigns/staff/sequence_list.html"
    default_sort = "-created_at"
    sorts = {
        "created_at": Sort("created_at", descending=True),
        "name": Sort("name"),
        "state": Sort("state"),
    }
    default_columns = ["name", "state", "event", "under_way", "finished", "stopped", "owner", "running_since"]
    export_name = "sequences"
    export_right = Right.CAMPAIGNS_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No sequence yet"),
        gettext_lazy("Say what shall follow an event by itself: a message, a wait, a task, and when to stop."),
        "campaigns:sequence_new",
        gettext_lazy("Write a sequence"),
        Right.CAMPAIGNS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.sequence_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = reading.sequences_for(self.member).aggregate(
            running=Count("pk", filter=Q(state=SequenceState.RUNNING)),
        )
        title = ngettext("%(count)s sequence is running", "%(count)s sequences are running", counted["running"])
        return super().get_context_data(
            title=title % {"count": formats.number(counted["running"])},
            can_edit=self.member.can(Right.CAMPAIGNS_EDIT),
            **kwargs,
        )


class SequenceFormView(CampaignsMixin, FormView):
    """What a sequence is for, and what it goes by."""

    required_right = Right.CAMPAIGNS_EDIT
    form_class = SequenceForm
    template_name = "campaigns/staff/sequence_form.html"

    def form_valid(self, form: SequenceForm) -> HttpResponse:
        version = form.save(commit=False)
        try:
            services.save_sequence(form.sequence, version, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(self.member.url("campaigns:sequence", pk=form.sequence.pk))


class SequenceNewView(OnceMixin, SequenceFormView):
    """A new one."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "sequence": Sequence()}


class OneSequenceMixin(CampaignsMixin):
    """A page of one sequence."""

    request: HttpRequest

    @cached_property
    def sequence(self) -> Sequence:
        rows = reading.sequences_for(self.member).select_related("owner", "manufacturer")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def version(self) -> SequenceVersion:
        """The one that is shown: what is being written, unless the one in force is asked for."""
        found = reading.shown_version(self.sequence, draft=self.request.GET.get("version") != "live")
        if found is None:
            raise Http404
        return found

    @property
    def draft(self) -> SequenceVersion:
        """What can be changed."""
        if self.version.state != VersionState.DRAFT:
            raise Http404
        return self.version

    def page(self, name: str = "sequence") -> str:
        return self.member.url(f"campaigns:{name}", pk=self.sequence.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.resolver_match.url_name if self.request.resolver_match else ""
        leaves = (
            (_("Steps"), "sequence"),
            (_("Try on the past"), "sequence_past"),
            (_("Partners in it"), "sequence_entrants"),
            (_("Result"), "sequence_result"),
        )
        parent: Any = super()
        return dict(
            parent.get_context_data(
                sequence=self.sequence,
                tabs=[(title, self.page(name), name == here) for title, name in leaves],
                tone=TONES.get(self.sequence.state, ""),
                can_edit=self.member.can(Right.CAMPAIGNS_EDIT),
                can_send=self.member.can(Right.CAMPAIGNS_SEND),
                **kwargs,
            )
        )


class SequenceEditView(OneSequenceMixin, SequenceFormView):
    """What it goes by is changed, in its draft."""

    required_right = Right.CAMPAIGNS_EDIT

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "member": self.member,
            "sequence": self.sequence,
            "instance": self.draft,
        }


class SequenceView(OneSequenceMixin, TemplateView):
    """The steps, as they are written or as they run."""

    template_name = "campaigns/staff/sequence.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sequence, version = self.sequence, self.version
        lines = reading.lines_of(version)
        texts = texts_of([line.step for line in lines])
        is_draft = version.state == VersionState.DRAFT
        problems: dict[int, list[str]] = {}
        for problem in problems_of(version) if is_draft else ():
            problems.setdefault(problem.step, []).append(problem.text)
        states = dict(sequence.entrants.order_by().values_list("state").annotate(n=Count("pk")))
        return super().get_context_data(
            heading=heading_of(sequence, states.get(EntrantState.ACTIVE, 0)),
            version=version,
            is_draft=is_draft,
            has_other=sequence.versions.filter(state__in=(VersionState.DRAFT, VersionState.LIVE)).count() > 1,
            begins=event_words(version),
            drawn=[
                (
                    line,
                    step_title(line.step, said := texts.get(line.step.carrier_id or 0, {})),
                    step_detail(line.step),
                    [Language(language).label for language in sorted(said)],
                    came_words(line.step.kind, line.counts, line.here),
                    problems.get(line.step.pk, []),
                )
                for line in lines
            ],
            problems=problems.get(0, []),
            is_whole=is_draft and not problems,
            is_tried=version.tried_at is not None and version.tried_at >= version.changed_at,
            kinds=[(kind.value, kind.label) for kind in StepKind],
            broken=sequence.entrants.filter(state=EntrantState.STOPPED, reason=StopReason.ERROR).count(),
            **kwargs,
        )


class SequenceDoView(OneSequenceMixin, View):
    """It is put in force, paused, resumed, ended, changed, or what is being changed is given up."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        sequence, by = self.sequence, self.member
        steps: dict[str, tuple[Any, str]] = {
            "force": (services.put_in_force, _("It is in force: whoever the event concerns from now on enters.")),
            "pause": (services.pause, _("It is paused.")),
            "resume": (services.resume, _("It goes on.")),
            "end": (services.end, _("It has ended for everybody in it.")),
            "change": (
                services.new_version,
                _("Change what you like: the version in force stays so until you replace it."),
            ),
            "drop": (services.drop_draft, _("The changes are given up.")),
            "again": (services.try_again, _("They go on at the next turn, within minutes.")),
            "let_go": (services.let_go, _("They are left out.")),
        }
        if request.POST.get("do") not in steps:
            raise Http404
        run, said = steps[request.POST["do"]]
        self.take_step(lambda: run(sequence, by=by), said)
        is_there = reading.sequences_for(by).filter(pk=sequence.pk).exists()
        return redirect(self.page() if is_there else by.url("campaigns:sequences"))


class TrialView(OneSequenceMixin, FormView):
    """What it would have done on events of the past."""

    form_class = TrialForm
    template_name = "campaigns/staff/sequence_past.html"

    @property
    def trying(self) -> Job | None:
        """What tries it now, or failed to at last."""
        jobs = jobs_for(self.member).filter(kind=TRYING, key=key_of(self.version))
        last = jobs.order_by("-pk").first()
        return last if last and (last.is_open or last.state == JobState.FAILED) else None

    def get_initial(self) -> dict[str, Any]:
        return {"days": self.version.trial["days"]} if self.version.trial else {}

    def form_valid(self, form: TrialForm) -> HttpResponse:
        days = form.cleaned_data["days"]
        self.take_step(lambda: ask_trial(self.version, days=days, by=self.member))
        return redirect(self.page("sequence_past"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.version
        trial = version.trial
        found: dict[str, Any] = {}
        if trial:
            lines = reading.lines_of(version)
            texts = texts_of([line.step for line in lines])
            found = {
                "headline": trial_headline(trial),
                "remarks": trial_words(trial),
                "chart": weeks_chart(trial),
                "left_out": left_out_rows(trial["left_out"]),
                "ways": [
                    (
                        line,
                        step_title(line.step, texts.get(line.step.carrier_id or 0, {})),
                        came_words(line.step.kind, trial["steps"].get(str(line.step.pk), {})),
                        trial["steps"].get(str(line.step.pk), {}).get("people", 0),
                    )
                    for line in lines
                ],
            }
        return super().get_context_data(
            version=version,
            begins=event_words(version),
            trial=trial,
            is_current=bool(trial) and version.tried_at is not None and version.tried_at >= version.changed_at,
            job=self.trying,
            label=job_label(TRYING),
            may_cancel=self.member.can(Right.CAMPAIGNS_EDIT),
            **found,
            **kwargs,
        )


def take_out(member: Membership, rows: QuerySet[SequenceEntrant], _said: dict[str, Any]) -> str:
    """Of those chosen, the ones under way."""
    count = services.stop_by_hand(rows, by=member)
    return ngettext("%(count)s partner is taken out.", "%(count)s partners are taken out.", count) % {
        "count": formats.number(count)
    }


class EntrantListView(OneSequenceMixin, ListView):
    """Who is in it and who was, with the step that comes next."""

    list_key = "sequence_entrants"
    table_class = EntrantTable
    filterset_class = EntrantFilterSet
    template_name = "campaigns/staff/sequence_entrants.html"
    default_sort = "-entered_at"
    sorts = {"entered_at": Sort("entered_at", descending=True)}
    default_columns = ["partner", "state", "step", "next_at", "entered_at", "reason", "version"]
    export_name = "sequence-partners"
    export_right = Right.PARTNERS_EXPORT
    bulk_actions = [
        BulkAction(
            "stop",
            gettext_lazy("Take out of the sequence"),
            Right.CAMPAIGNS_SEND,
            take_out,
            explanation=gettext_lazy("Nothing more is sent to them by it, and no task is given."),
            is_dangerous=True,
        )
    ]
    empty = Empty(
        gettext_lazy("Nobody has entered yet"),
        gettext_lazy("Partners enter by themselves once the sequence runs and its event happens."),
    )

    def get_queryset(self) -> QuerySet[SequenceEntrant]:
        return reading.entrants_for(self.member, self.sequence).select_related("partner", "step", "version")


class ResultView(OneSequenceMixin, TemplateView):
    """What came of it: words first, then rates with their intervals, and the effect against the hold-out."""

    template_name = "campaigns/staff/sequence_result.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = reading.results_of(self.sequence)
        return super().get_context_data(
            found=found,
            headline=result_headline(found),
            effects=result_effect(self.sequence, found),
            rates=rate_rows(found),
            reasons=reason_rows(found),
            finished=found.states.get(EntrantState.FINISHED, 0),
            under_way=found.states.get(EntrantState.ACTIVE, 0),
            stopped=found.states.get(EntrantState.STOPPED, 0),
            **kwargs,
        )
