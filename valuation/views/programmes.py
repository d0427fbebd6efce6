"""Programmes: which there are, their rules, the editor and its live check."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from pages import charts, formats
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rights import Right
from valuation import services
from valuation.forms import ProgrammeEditor
from valuation.models import Method, Programme, ProgrammeStatus
from valuation.registry import find_kpi
from valuation.selectors import programmes_in_force
from valuation.services import KpiDraft, Move, Problem, ProgrammeDraft
from valuation.wording import kpi_name, requirement_texts, target_text

SHOWN_CHANGES = 10


@dataclass(frozen=True)
class ProgrammeRow:
    """A version of a programme in the list of all."""

    programme: Programme
    kinds: list[str]
    state: str
    tone: str


class ProgrammeListView(StaffMixin, TemplateView):
    """All programmes with their versions."""

    required_right = Right.PROGRAMMES_VIEW
    required_function = "grades"
    template_name = "valuation/staff/programmes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        in_force = {programme.pk for programme in programmes_in_force(today)}
        programmes = Programme.objects.prefetch_related("kinds").order_by("code", "-version")
        rows = [programme_row(programme, in_force=in_force, today=today) for programme in programmes]
        return super().get_context_data(
            title=programmes_title([row.programme for row in rows if row.programme.pk in in_force]),
            rows=rows,
            can_edit=self.member.can(Right.PROGRAMMES_EDIT),
            **kwargs,
        )


def programme_row(programme: Programme, *, in_force: set[int], today: dt.date) -> ProgrammeRow:
    """A programme with its kinds, and whether it counts now."""
    state, tone = programme_state(programme, is_in_force=programme.pk in in_force, today=today)
    return ProgrammeRow(programme, [str(kind) for kind in programme.kinds.all()], state, tone)


def programme_state(programme: Programme, *, is_in_force: bool, today: dt.date) -> tuple[str, str]:
    """Whether a version counts now, in a word and its tone."""
    if programme.status == ProgrammeStatus.DRAFT:
        return _("Draft"), "warn"
    if programme.status == ProgrammeStatus.RETIRED:
        return _("Retired"), ""
    if is_in_force:
        return _("In force"), "good"
    return (_("Begins later"), "active") if programme.effective_from > today else (_("Replaced"), "")


def programmes_title(in_force: list[Programme]) -> str:
    """By what partners are valued now, as a sentence."""
    if not in_force:
        return _("No programme values your partners yet")
    if len(in_force) == 1:
        return _("“%(name)s” values your partners") % {"name": in_force[0]}
    return ngettext(
        "%(count)s programme values your partners", "%(count)s programmes value your partners", len(in_force)
    ) % {"count": len(in_force)}


class OneProgrammeMixin(StaffMixin):
    required_function = "grades"
    kwargs: dict[str, Any]

    @cached_property
    def programme(self) -> Programme:
        return get_object_or_404(Programme.objects.prefetch_related("kinds"), pk=self.kwargs["pk"])

    @property
    def own_url(self) -> str:
        return self.member.url("valuation:programme", pk=self.programme.pk)


class ProgrammeDetailView(OneProgrammeMixin, TemplateView):
    """A version's rules, to read."""

    required_right = Right.PROGRAMMES_VIEW
    template_name = "valuation/staff/programme.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        programme, today = self.programme, timezone.localdate()
        draft = services.draft_of(programme)
        in_force = {each.pk for each in programmes_in_force(today)}
        currency = self.member.manufacturer.currency
        return super().get_context_data(
            programme=programme,
            row=programme_row(programme, in_force=in_force, today=today),
            tiers=[(tier, requirement_texts(tier.requirements, currency)) for tier in draft.tiers],
            kpis=shown_kpis(draft.kpis, currency),
            problems=services.problems_of(draft, code=programme.code) if self.is_draft else [],
            history=history_of(programme, limit=SHOWN_CHANGES),
            is_draft=self.is_draft,
            is_published=programme.status == ProgrammeStatus.PUBLISHED,
            can_edit=self.member.can(Right.PROGRAMMES_EDIT),
            **kwargs,
        )

    @property
    def is_draft(self) -> bool:
        return self.programme.status == ProgrammeStatus.DRAFT


@dataclass(frozen=True)
class ShownKpi:
    """How a KPI counts, in words."""

    name: str
    explanation: str
    share: Decimal
    measure: str
    when_missing: str


def shown_kpis(kpis: Iterable[KpiDraft], currency: str) -> list[ShownKpi]:
    """The KPIs of a programme with their weights as shares of the whole."""
    kpis = list(kpis)
    total = sum((kpi.weight for kpi in kpis), Decimal(0))
    shown = []
    for draft in kpis:
        kpi = find_kpi(draft.key)
        if draft.method == Method.TARGET:
            measure = target_text(kpi, draft.target, currency)
        else:
            measure = _("Rank among partners of the same kind")
        shown.append(
            ShownKpi(
                name=kpi_name(draft.key, kpi),
                explanation=str(kpi.explanation) if kpi else "",
                share=draft.weight / total * 100 if total else Decimal(0),
                measure=measure,
                when_missing=_("counts as nothing") if draft.when_missing == "zero" else _("left out"),
            )
        )
    return shown


class ProgrammeCreateView(StaffMixin, View):
    """A new programme, begun with the usual tiers and KPIs."""

    required_right = Right.PROGRAMMES_EDIT
    required_function = "grades"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = services.default_draft(effective_from=next_month(timezone.localdate()))
        programme = services.create_draft(draft, by=self.member)
        return redirect(self.member.url("valuation:programme_edit", pk=programme.pk))


class ProgrammeEditView(OneProgrammeMixin, TemplateView):
    """The rules of a draft."""

    required_right = Right.PROGRAMMES_EDIT
    template_name = "valuation/staff/programme_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.programme.status != ProgrammeStatus.DRAFT:
            messages.error(request, _("A published programme is frozen. Begin a new version to change its rules."))
            return redirect(self.own_url)
        return self.render_to_response(
            self.get_context_data(editor=ProgrammeEditor(self.member, services.draft_of(self.programme)))
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        editor = ProgrammeEditor(self.member, services.draft_of(self.programme), request.POST)
        if not editor.is_valid:
            return self.render_to_response(self.get_context_data(editor=editor))
        try:
            services.save_draft(self.programme, editor.draft(), by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.own_url)
        messages.success(request, _("“%(name)s” is saved.") % {"name": self.programme})
        return redirect(request.path if "stay" in request.POST else self.own_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(programme=self.programme, currency=self.member.manufacturer.currency, **kwargs)


class ProgrammeCheckView(OneProgrammeMixin, TemplateView):
    """The editor's live check: what stands against publishing, and how much each KPI counts."""

    required_right = Right.PROGRAMMES_EDIT
    http_method_names = ["post"]
    template_name = "valuation/partials/check.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        editor = ProgrammeEditor(self.member, services.draft_of(self.programme), request.POST)
        return self.render_to_response(check_context(self.member, self.programme, editor))


def check_context(member: Membership, programme: Programme, editor: ProgrammeEditor) -> dict[str, Any]:
    """What the check says about what stands in the editor."""
    if not editor.is_valid:
        wrong = [
            (f"{field.label}: {error_text(field.errors)}", field.id_for_label)
            for form in editor.forms
            for field in form
            if field.errors
        ]
        return {"problems": wrong, "kpis": []}
    draft = editor.draft()
    problems = services.problems_of(draft, code=programme.code)
    return {
        "problems": [(problem.message, editor.control_id(problem.place)) for problem in problems],
        "kpis": shown_kpis(draft.kpis, member.manufacturer.currency),
    }


def error_text(errors: Iterable[Any]) -> str:
    """What is wrong with a field, as one text."""
    return " ".join(str(error) for error in errors)


class ProgrammePreviewView(OneProgrammeMixin, TemplateView):
    """Who would move by what stands in the editor, on the figures of the last recompute (V-6)."""

    required_right = Right.PROGRAMMES_EDIT
    http_method_names = ["post"]
    template_name = "valuation/partials/preview.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        editor = ProgrammeEditor(self.member, services.draft_of(self.programme), request.POST)
        return self.render_to_response(preview_context(editor))


def preview_context(editor: ProgrammeEditor) -> dict[str, Any]:
    """The moves as a picture, with a sentence over it."""
    if not editor.is_valid:
        return {"title": _("Mend what is marked first, then look who would move.")}
    draft = editor.draft()
    if problems := [problem for problem in services.problems_of(draft) if is_in_the_way(problem)]:
        return {"title": problems[0].message}
    moves = services.simulate(draft)
    if not moves:
        return {"title": _("There are no scores yet: recompute grades once, then look who would move.")}
    return {"title": moves_title(draft, moves), "chart": moves_chart(draft, moves)}


def is_in_the_way(problem: Problem) -> bool:
    """Whether rules with this problem cannot be tried."""
    return problem.place.startswith(("tiers", "kpis"))


def moves_title(draft: ProgrammeDraft, moves: list[Move]) -> str:
    """How many would rise and fall."""
    place = {tier.code: number for number, tier in enumerate(draft.tiers)}
    known = [move for move in moves if move.before in place and move.after in place]
    up = sum(move.count for move in known if place[move.after] < place[move.before])
    down = sum(move.count for move in known if place[move.after] > place[move.before])
    if not up and not down:
        return _("Nobody would move")
    return _("%(up)s would rise, %(down)s would fall") % {"up": formats.number(up), "down": formats.number(down)}


def moves_chart(draft: ProgrammeDraft, moves: list[Move]) -> charts.Chart:
    """From which tier to which."""
    language = (get_language() or "en").split("-")[0]
    stops = [
        charts.Stop(tier.code, tier.names.get(language) or next(iter(tier.names.values()), tier.code), tier.colour)
        for tier in draft.tiers
    ]
    known = {stop.key for stop in stops}
    others = dict.fromkeys(code for move in moves for code in (move.before, move.after) if code not in known)
    stops += [charts.Stop(code, code or _("No grade"), "registered") for code in others]
    return charts.flow(
        stops,
        {(move.before, move.after): move.count for move in moves},
        head=(_("Now"), _("By these rules"), _("Partners")),
        tell=partial(formats.number, decimals=0),
    )


class ProgrammeStepView(OneProgrammeMixin, View):
    """A step of a programme as a whole: publish, new version, retire, throw a draft away."""

    required_right = Right.PROGRAMMES_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            url = self.take()
        except DomainError as error:
            messages.error(request, str(error))
            url = self.own_url
        return redirect(url)

    def take(self) -> str:
        """Take the step; returns where to go from there."""
        raise NotImplementedError


class ProgrammePublishView(ProgrammeStepView):
    def take(self) -> str:
        programme = services.publish(self.programme, by=self.member)
        messages.success(
            self.request,
            _("“%(name)s” is published and counts from %(day)s.")
            % {"name": programme, "day": formats.date(programme.effective_from, get_language())},
        )
        return self.own_url


class ProgrammeVersionView(ProgrammeStepView):
    def take(self) -> str:
        draft = services.new_version(self.programme, by=self.member, effective_from=next_month(timezone.localdate()))
        return self.member.url("valuation:programme_edit", pk=draft.pk)


class ProgrammeRetireView(ProgrammeStepView):
    def take(self) -> str:
        programme = services.retire(self.programme, by=self.member)
        messages.success(self.request, _("“%(name)s” is retired; grades stay as they are.") % {"name": programme})
        return self.own_url


class ProgrammeDeleteView(ProgrammeStepView):
    def take(self) -> str:
        services.delete_draft(self.programme)
        messages.success(self.request, _("The draft is thrown away."))
        return self.member.url("valuation:programmes")


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after `day`: when rules usually begin."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
