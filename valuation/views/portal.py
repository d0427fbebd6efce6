"""A partner's grade: why, what is missing, and what would happen if."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from tenancy.access import PortalMixin
from tenancy.rights import Right
from valuation import selectors
from valuation.forms import PlayForm
from valuation.selectors import Explanation
from valuation.wording import change_text, headline, score_chart, shown_explanation

CHANGES_SHOWN = 12


class GradeMixin(PortalMixin):
    """The grade of the member's own partner."""

    required_right = Right.PORTAL_GRADE
    required_function = "grades"

    @cached_property
    def explained(self) -> Explanation | None:
        assert self.member.partner is not None
        return selectors.explanation(self.member.partner)

    @property
    def currency(self) -> str:
        return self.member.manufacturer.currency


class GradeView(GradeMixin, TemplateView):
    """The whole story of the grade."""

    template_name = "valuation/portal/grade.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, explained = self.member.partner, self.explained
        assert partner is not None
        shown = shown_explanation(explained, self.currency) if explained else {}
        changes = selectors.grade_history(partner)[:CHANGES_SHOWN]
        return super().get_context_data(
            title=headline(explained, str(partner)),
            changes=[(change, change_text(change)) for change in changes],
            score_chart=score_chart(selectors.score_history(partner)),
            play=PlayForm(None, lines=explained.lines, currency=self.currency) if explained else None,
            **shown,
            **kwargs,
        )


class GradePlayView(GradeMixin, TemplateView):
    """What score and grade other figures would give, by the same formula."""

    template_name = "valuation/partials/played.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, explained = self.member.partner, self.explained
        if explained is None or partner is None:
            return super().get_context_data(verdict=_("There is no score to play with yet."), **kwargs)
        form = PlayForm(self.request.GET, lines=explained.lines, currency=self.currency)
        if not form.is_valid():
            wrong = " ".join(f"{form[name].label}: {error}" for name, errors in form.errors.items() for error in errors)
            return super().get_context_data(verdict=wrong, is_wrong=True, **kwargs)
        played = selectors.what_if(partner, form.values)
        if played is None:
            return super().get_context_data(verdict=_("There is no score to play with yet."), **kwargs)
        return super().get_context_data(
            verdict=played_verdict(explained, played),
            played=shown_explanation(played, self.currency),
            difference=played.score - explained.score
            if played.score is not None and explained.score is not None
            else None,
            **kwargs,
        )


def played_verdict(explained: Explanation, played: Explanation) -> str:
    """What the played figures would come to."""
    if played.tier is None or explained.tier is None or played.tier == explained.tier:
        if played.tier is None:
            return _("These figures would reach no grade")
        return _("These figures would reach %(tier)s, as now") % {"tier": played.tier}
    if played.tier.rank > explained.tier.rank:
        return _("These figures would reach %(tier)s") % {"tier": played.tier}
    return _("These figures would fall to %(tier)s") % {"tier": played.tier}
