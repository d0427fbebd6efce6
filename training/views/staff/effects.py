"""What courses go with: trained partners against comparable ones that were not."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from jobs.models import Job, JobState
from pages import formats
from tenancy.rights import Right
from training import effect_words as words
from training.models import CourseEffect
from training.services import effects
from training.views.staff.analysis import AnalysisMixin
from training.views.staff.courses import TrainingMixin
from valuation.comparison import Verdict

SAID = (Verdict.BETTER, Verdict.WORSE)
ORDER = [Verdict.BETTER, Verdict.WORSE, Verdict.NO_EVIDENCE, Verdict.UNLIKE, Verdict.TOO_FEW]


def effects_title(found: list[CourseEffect]) -> str:
    """How many courses something can be said of."""
    if not found:
        return _("What courses go with has not been worked out yet")
    said = sum(each.verdict in SAID for each in found)
    if not said:
        return _("No course goes with growth that is beyond doubt")
    return ngettext(
        "%(count)s of %(all)s courses goes with another growth",
        "%(count)s of %(all)s courses go with another growth",
        said,
    ) % {"count": formats.number(said), "all": formats.number(len(found))}


class EffectsView(AnalysisMixin, TemplateView):
    """Course by course, what is beyond doubt first."""

    tab = "effects"
    template_name = "training/staff/analysis_effects.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = sorted(
            CourseEffect.objects.select_related("course"),
            key=lambda each: (ORDER.index(Verdict(each.verdict)), -abs(each.difference or 0), each.pk),
        )
        return super().get_context_data(
            title=effects_title(found),
            effects=[
                {
                    "sentence": words.effect_sentence(each),
                    "lines": words.effect_lines(each),
                    "balance": words.balance_rows(each),
                    "verdict": words.verdict_label(each),
                    "tone": words.TONES.get(each.verdict, ""),
                    "course": each.course,
                }
                for each in found
            ],
            worked_out=max((each.worked_out_at for each in found), default=None),
            can_measure=self.member.can(Right.TRAINING_EDIT),
            is_measuring=Job.objects.filter(
                kind=effects.MEASURING, state__in=(JobState.QUEUED, JobState.RUNNING)
            ).exists(),
            **kwargs,
        )


class EffectsMeasureView(TrainingMixin, View):
    """Have it worked out now."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        effects.request_measuring(by=self.member)
        messages.success(request, _("It is worked out now. This page shows it when it is done."))
        return redirect(self.member.url("training:analysis_effects"))
