"""The rules of points for learning."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from tenancy.forms import OwnedModelForm
from tenancy.rights import Right
from training.models import PointRules
from training.selectors.points import point_rules
from training.services import points as services
from training.views.staff.courses import TrainingMixin


class PointRulesForm(OwnedModelForm):
    """What learning is worth, and whether people are compared."""

    class Meta:
        model = PointRules
        fields = ["is_on", "lesson_points", "quiz_points", "course_points", "months", "across_partners"]

    def _get_validation_exclusions(self) -> set[str]:
        # There is one set of rules; saving takes the place of what there is.
        return super()._get_validation_exclusions() | {"manufacturer"}


class PointRulesView(TrainingMixin, FormView):
    """The rules of points, and the switch for the leaderboard."""

    required_right = Right.TRAINING_EDIT
    form_class = PointRulesForm
    template_name = "training/staff/points.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": point_rules()}

    def form_valid(self, form: PointRulesForm) -> HttpResponse:
        services.save_rules(form.save(commit=False))
        messages.success(self.request, _("Saved, and everybody's points are counted by it."))
        return redirect(self.member.url("training:points"))
