"""Who is likely to answer: how good what was learned is, what counts, and the chances of a campaign's readers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from campaigns.models import PropensityModel
from campaigns.propensity import Propensity
from campaigns.services import propensities as services
from campaigns.views.staff.campaigns import CampaignsMixin, OneCampaignMixin
from jobs.models import Job, JobState
from pages import charts, formats
from tenancy.errors import DomainError
from tenancy.rights import Right


def page_title(learned: Propensity | None) -> str:
    """What matters most, as a sentence."""
    if learned is None:
        return _("Who answers campaigns is not known yet")
    if not learned.is_useful or learned.best_half is None:
        return _("What was learned is no better than the plain rate")
    return _("The better half of the readers holds %(share)s %% of the answers") % {
        "share": formats.number(100 * learned.best_half, 0)
    }


def lift_chart(learned: Propensity) -> charts.Chart:
    """The share that answered in each tenth, best first."""
    return charts.ranked(
        [
            charts.Bar(
                _("Tenth %(number)s") % {"number": each.number},
                round(100 * each.rate, 2),
                tone="accent" if each.number <= 5 else "quiet",
            )
            for each in learned.deciles
        ],
        tell=lambda value: formats.percent(value, 1),
        head=(_("Tenth of the readers"), _("Answered")),
    )


class PropensityView(CampaignsMixin, TemplateView):
    """How good it is on people it had not seen, beside the plain rate."""

    template_name = "campaigns/staff/propensity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = PropensityModel.objects.first()
        learned = Propensity.from_json(model.document) if model else None
        seen = learned.model.evaluation if learned else None
        have = services.supply()
        busy = Job.objects.filter(kind=services.LEARNING, state__in=(JobState.QUEUED, JobState.RUNNING)).exists()
        return super().get_context_data(
            title=page_title(learned),
            model=model,
            learned=learned,
            seen=seen,
            auc=formats.number(100 * seen.auc, 0) if seen else "",
            auc_span=f"{formats.number(100 * seen.auc_low, 0)}–{formats.number(100 * seen.auc_high, 0)}"
            if seen
            else "",
            rate=formats.percent(100 * seen.rate, 1) if seen else "",
            best_half=formats.number(100 * (learned.best_half or 0), 0) if learned and seen else "",
            chart=lift_chart(learned) if learned and seen else None,
            deciles=[
                (
                    each.number,
                    formats.number(each.people, 0),
                    formats.number(each.answered, 1),
                    formats.percent(100 * each.rate, 1),
                    f"{formats.number(100 * each.low, 1)}–{formats.number(100 * each.high, 1)}",
                    formats.number(each.lift, 2),
                )
                for each in (learned.deciles if learned else ())
            ],
            parts=[
                (services.label_of(part.key), round(100 * part.share))
                for part in sorted(learned.model.parts, key=lambda part: -part.share)
                if part.share >= 0.005
            ]
            if learned
            else [],
            left_out=[str(label) for label in services.AFTER.values()],
            missing=None if have.is_enough else services.too_little_text(have),
            is_learning=busy,
            can_learn=self.member.can(Right.CAMPAIGNS_EDIT),
            **kwargs,
        )


class LearnView(CampaignsMixin, View):
    """Have it learned now."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(
            lambda: services.request_learning(by=self.member),
            _("It is learned now. This page shows it when it is done."),
        )
        return redirect(self.member.url("campaigns:propensity"))


class ScoreView(OneCampaignMixin, View):
    """Say of each frozen reader how likely an answer is."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            count = services.score_readers(self.campaign)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            said = ngettext("%(count)s reader has a chance now.", "%(count)s readers have a chance now.", count)
            messages.success(request, said % {"count": formats.number(count)})
        return redirect(self.page("chances"))
