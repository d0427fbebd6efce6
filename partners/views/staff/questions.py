"""What partners are asked about themselves, and from which stage on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from pages import formats
from partners.forms.questions import QuestionsForm
from partners.models import Stage
from partners.questions import PROPOSED, PROPOSED_OWN, Question, all_questions, asked_at
from partners.selectors.questions import count_by_stage, question_history
from partners.services.questions import save_questions
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class QuestionsView(StaffMixin, FormView):
    """All fields of the profile with the stage from which on each is asked."""

    required_right = Right.SETTINGS_EDIT
    form_class = QuestionsForm
    template_name = "partners/staff/questions.html"

    @cached_property
    def questions(self) -> list[Question]:
        return all_questions()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": self.questions}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title(),
            counts=count_by_stage(self.questions),
            history=question_history(self.questions),
            **kwargs,
        )

    def title(self) -> str:
        count = len(asked_at(self.questions, Stage.ACTIVE))
        return ngettext(
            "An active partner is asked for %(count)s answer", "An active partner is asked for %(count)s answers", count
        ) % {"count": formats.number(count)}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "propose" in request.POST:
            return self.save({each.name: proposed(each) for each in self.questions})
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        return self.save(form.decisions)

    def save(self, decisions: dict[str, tuple[str, bool]]) -> HttpResponse:
        try:
            changed = save_questions(decisions)
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            said = ngettext("%(count)s question is changed.", "%(count)s questions are changed.", changed)
            messages.success(
                self.request, said % {"count": formats.number(changed)} if changed else _("Nothing was changed.")
            )
        return redirect(self.member.url("partners:questions"))


def proposed(question: Question) -> tuple[str, bool]:
    """What we propose for a field; own fields keep whether they are asked at all."""
    if question.is_own:
        return (PROPOSED_OWN[0], PROPOSED_OWN[1]) if question.stage else ("", False)
    stage, needed = PROPOSED.get(question.name, ("", False))
    return str(stage), needed
