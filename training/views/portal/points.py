"""The leaderboard in the portal."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from pages import formats
from training.selectors.points import leaderboard, point_rules
from training.services import points as services
from training.views.portal.learning import LearningMixin


class LeaderboardView(LearningMixin, TemplateView):
    """Own points, colleagues' by name, and the own rank among all; to be left and come back to."""

    template_name = "training/portal/leaderboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = point_rules()
        if not rules.is_on:
            raise Http404
        board = leaderboard(self.member, rules)
        return super().get_context_data(
            rules=rules,
            board=board,
            title=_("You have %(count)s points") % {"count": formats.number(board.own)},
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        is_shown = request.POST.get("shown") == "1"
        if not point_rules().is_on:
            raise Http404
        services.show_on_leaderboard(self.member, is_shown=is_shown)
        said = _("You are on the leaderboard.") if is_shown else _("You are on no leaderboard any more.")
        messages.success(request, said)
        return redirect(self.member.url("training_portal:points"))
