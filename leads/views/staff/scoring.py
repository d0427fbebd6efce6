"""The score of leads: how good what was learned is, what counts, and the rules for points."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from jobs.models import Job, JobState
from leads.forms.scoring import RulesEditor, initial_of
from leads.models import Lead, ModelState, RetiredBecause, ScoreModel
from leads.score_fields import BUILT_IN, all_fields
from leads.score_wording import Wording, points_text
from leads.services import score_models, score_rules
from leads.services.score_models import Followed, Supply
from pages import charts, formats
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right
from valuation.learning import FEWEST_CLOSED, FEWEST_WON, Evaluation, Known, Model

SHOWN_CLASSES = 3
VERSIONS = 10


class ScoringMixin(StaffMixin):
    required_right = Right.LEADS_VIEW
    required_function = "leads"

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.member.manufacturer)


class ScoringView(ScoringMixin, TemplateView):
    """How leads are scored, in words: how good, on how many, what counts, and what is missing where nothing is learned."""

    template_name = "leads/staff/scoring.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(ScoreModel.objects.all()[:VERSIONS])
        shown = next((row for row in versions if row.state == ModelState.ACTIVE), None)
        shown = shown or next((row for row in versions if row.state == ModelState.WEAK), None)
        learned = Model.from_json(shown.document) if shown else None
        have, rules = score_models.supply(), score_rules.present_rules()
        running = Job.objects.filter(kind=score_models.TRAINING, state__in=(JobState.QUEUED, JobState.RUNNING)).exists()
        return super().get_context_data(
            title=scoring_title(shown, learned, have, has_rules=bool(rules)),
            model=shown,
            learned=learned,
            is_active=shown is not None and shown.state == ModelState.ACTIVE,
            measured=measured(learned) if learned and learned.evaluation else None,
            parts=self.parts(learned) if learned else [],
            parts_chart=self.parts_chart(learned) if learned else None,
            suspects=[self.wording.label(key) for key in learned.suspects] if learned else [],
            left_out=self.left_out(),
            followed=followed_text(shown) if shown else None,
            have=have,
            missing=None if have.is_enough else score_models.too_little_text(have),
            enough=(FEWEST_CLOSED, FEWEST_WON),
            rules=[
                (
                    self.wording.label(rule.field),
                    self.wording.test(rule.field, rule.test, rule.values),
                    points_text(rule.points),
                )
                for rule in rules
            ],
            versions=[version_row(row) for row in versions],
            is_learning=running,
            can_learn=self.member.can(Right.LEADS_DISTRIBUTE),
            can_edit=self.member.can(Right.SETTINGS_EDIT),
            **kwargs,
        )

    def parts(self, learned: Model) -> list[dict[str, Any]]:
        """What counts, heaviest first: what is good and what is bad about each field."""
        rows = []
        for part in sorted(learned.parts, key=lambda part: -part.share):
            classes = self.wording.classes(part)
            rows.append(
                {
                    "label": self.wording.label(part.key),
                    "share": 100 * part.share,
                    "good": ", ".join(name for name, weight in classes[:SHOWN_CLASSES] if weight > 0),
                    "bad": ", ".join(name for name, weight in classes[::-1][:SHOWN_CLASSES] if weight < 0),
                }
            )
        return rows

    def parts_chart(self, learned: Model) -> charts.Chart:
        heaviest = sorted(learned.parts, key=lambda part: -part.share)[:8]
        return charts.ranked(
            [charts.Bar(self.wording.label(part.key), round(100 * part.share, 1)) for part in heaviest],
            tell=lambda value: formats.percent(value, 0),
            head=(_("Field"), _("Share in the score")),
            size="short",
        )

    def left_out(self) -> list[str]:
        """Fields that are known too late to be used, by declaration."""
        own = [str(row) for row in self.wording.own_fields.values() if row.known_at != Known.ARRIVAL]
        return [str(each.label) for each in BUILT_IN if each.known != Known.ARRIVAL] + own


def scoring_title(row: ScoreModel | None, learned: Model | None, have: Supply, *, has_rules: bool) -> str:
    """What leads are scored by, and how well, as a sentence."""
    if row is not None and learned is not None and learned.evaluation is not None:
        seen = learned.evaluation
        if row.state == ModelState.ACTIVE:
            return _("Of the leads scored best, %(best)s are won; of all, %(all)s") % {
                "best": formats.percent(100 * seen.best_tenth, 0),
                "all": formats.percent(100 * seen.rate, 0),
            }
        return _("What could be learned is no better than the plain rate, so your rules score leads")
    if not have.is_enough:
        text = _("Your rules score leads until more have closed") if has_rules else ""
        return text or _("Leads have no score yet")
    return _("A score can be learned from your closed leads")


def measured(learned: Model) -> dict[str, Any]:
    """How good a model was on leads it had not seen, in figures, words and a chart."""
    seen = learned.evaluation
    assert seen is not None
    return {
        "seen": seen,
        "auc": formats.number(100 * seen.auc, 0),
        "auc_span": f"{formats.number(100 * seen.auc_low, 0)}–{formats.number(100 * seen.auc_high, 0)}",
        "brier": formats.number(seen.brier, 4),
        "baseline": formats.number(seen.baseline_brier, 4),
        "better": formats.percent(100 * (1 - seen.brier / seen.baseline_brier), 1),
        "ece": formats.number(100 * seen.ece, 1),
        "expected": formats.number(round(seen.predicted_won)),
        "best": formats.percent(100 * seen.best_tenth, 0),
        "rate": formats.percent(100 * seen.rate, 0),
        "is_true": abs(seen.predicted_won - seen.won) <= score_models.STALE_SHARE * max(seen.won, seen.predicted_won),
        "chart": calibration_chart(seen),
    }


def calibration_chart(seen: Evaluation) -> charts.Chart:
    """Tenths of the leads from the worst to the best chances: what was said quiet, what came strong."""
    return charts.bars(
        [formats.number(place) for place in range(1, len(seen.bins) + 1)],
        [100 * each.realised for each in seen.bins],
        [100 * each.predicted for each in seen.bins],
        names=(_("Won"), _("Expected")),
        tell=lambda value: formats.percent(value, 0),
        language=get_language() or "en",
        head=_("Tenth of the leads"),
    )


def followed_text(row: ScoreModel) -> dict[str, Any] | None:
    """How what a model said compares with what came since, where there is something to compare."""
    if not row.in_use or not row.in_use["count"]:
        return None
    seen = Followed.from_json(row.in_use)
    return {
        "count": seen.count,
        "won": seen.won,
        "expected": round(seen.predicted),
        "is_off": seen.is_off,
        "chart": calibration_chart(seen.evaluation) if seen.evaluation else None,
    }


def version_row(row: ScoreModel) -> dict[str, Any]:
    """One line of the list of versions."""
    seen = row.document["evaluation"]
    why = RetiredBecause(row.retired_because).label if row.retired_because else ""
    return {
        "row": row,
        "auc": 100 * seen["auc"] if seen else None,
        "brier": seen["brier"] if seen else None,
        "baseline": seen["baseline_brier"] if seen else None,
        "state": row.get_state_display(),
        "why": why,
        "tone": {ModelState.ACTIVE: "good", ModelState.WEAK: "warn"}.get(ModelState(row.state), ""),
    }


class ScoringStepView(ScoringMixin, View):
    """A step on the page of scores, by POST alone."""

    required_right = Right.LEADS_DISTRIBUTE
    http_method_names = ["post"]
    done = ""

    def step(self) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(self.step, self.done)
        return redirect(self.member.url("leads:scoring"))


class LearnView(ScoringStepView):
    """Have a score learned now."""

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("A score is being learned. You are told when it is done.")

    def step(self) -> None:
        score_models.request_training(by=self.member)


class SwitchOffView(ScoringStepView):
    """Let rules alone score leads."""

    @property
    def done(self) -> str:  # type: ignore[override]
        return _("The learned score is switched off; your rules score leads.")

    def step(self) -> None:
        score_models.switch_off(by=self.member)


class RulesView(ScoringMixin, View):
    """The editor of rules, all on one page."""

    required_right = Right.SETTINGS_EDIT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.editor(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        editor = self.editor(request.POST)
        if not editor.is_valid():
            return self.page(editor, status=422)
        try:
            score_rules.save_rules(editor.rules, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return self.page(editor, status=422)
        messages.success(request, _("Saved. Leads that nobody has yet are scored anew."))
        return redirect(self.member.url("leads:score_rules" if "stay" in request.POST else "leads:scoring"))

    def editor(self, data: Any) -> Any:
        # What was sent is taken as it is: held against kept rules, a line that is the same would count as left empty.
        return RulesEditor(
            data,
            initial=initial_of(score_rules.present_rules(), self.wording) if data is None else None,
            form_kwargs={"fields": self.fields, "wording": self.wording},
            prefix="rules",
        )

    @cached_property
    def fields(self) -> list[Any]:
        return all_fields(for_rules=True)

    def page(self, editor: Any, *, status: int = 200) -> HttpResponse:
        context = {
            "editor": editor,
            "values": [
                (each.label, ", ".join(names.values()))
                for each in self.fields
                if (names := self.wording.choices(each.key)) and not each.key.startswith(("has_", "is_"))
            ],
            "can_suggest": not editor.is_bound and not editor.initial,
        }
        return render(self.request, "leads/staff/score_rules.html", context, status=status)


class RulesTryView(RulesView):
    """What recent leads would get by the rules on the screen; nothing is saved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        editor = self.editor(request.POST)
        tried = []
        if editor.is_valid():
            tried = score_rules.try_rules(editor.rules, Lead.objects.all(), now=timezone.now())
        shown = [
            {
                "lead": each.lead,
                "points": each.pointed.points,
                "why": [f"{self.wording.label(rule.field)} {points_text(rule.points)}" for rule in each.pointed.rules],
            }
            for each in tried
        ]
        return render(request, "leads/partials/score_tried.html", {"tried": shown, "is_valid": editor.is_valid()})


class RulesSuggestView(RulesView):
    """Begin with rules that suit most."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(lambda: score_rules.use_suggested(by=self.member))
        return redirect(self.member.url("leads:score_rules"))
