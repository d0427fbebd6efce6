"""The steps of a sequence while it is being written: each on a page, and over the drawing in a dialog."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from campaigns.forms.sequences import STEP_FORMS, StepForm
from campaigns.models import SequenceStep, StepKind
from campaigns.services import sequences as services
from campaigns.views.staff.sequences import OneSequenceMixin
from tenancy.errors import DomainError
from tenancy.rights import Right


class StepFormView(OneSequenceMixin, FormView):
    """A step, new or changed."""

    required_right = Right.CAMPAIGNS_EDIT

    @property
    def step(self) -> SequenceStep:
        raise NotImplementedError

    def get_template_names(self) -> list[str]:
        is_over = bool(getattr(self.request, "htmx", False))
        return [f"campaigns/staff/sequence_step_{'dialog' if is_over else 'page'}.html"]

    def get_form_class(self) -> type[StepForm]:
        return STEP_FORMS[self.step.kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.step}

    def form_valid(self, form: StepForm) -> HttpResponse:
        step = form.save(commit=False)
        try:
            services.save_step(step, texts=form.texts, answers=form.answers, by=self.member)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(f"{self.page()}#step-{step.pk}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(step=self.step, here=self.request.get_full_path(), **kwargs)


class StepNewView(StepFormView):
    """A step more, before the end."""

    @cached_property
    def step(self) -> SequenceStep:
        kind = self.request.GET.get("kind", StepKind.WAIT)
        if kind not in STEP_FORMS:
            raise Http404
        return SequenceStep(version=self.draft, kind=kind)


class StepEditView(StepFormView):
    """A step is changed."""

    @cached_property
    def step(self) -> SequenceStep:
        found: SequenceStep = get_object_or_404(self.draft.steps.all(), pk=self.kwargs["step"])
        found.version = self.draft
        return found


class StepDoView(OneSequenceMixin, View):
    """A step moves up or down, or goes."""

    required_right = Right.CAMPAIGNS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = get_object_or_404(self.draft.steps.all(), pk=self.kwargs["step"])
        what = request.POST.get("do", "")
        if what == "remove":
            self.take_step(lambda: services.remove_step(step, by=self.member), _("The step is gone."))
            return redirect(self.page())
        if what not in ("up", "down"):
            raise Http404
        services.move_step(step, up=what == "up", by=self.member)
        return redirect(f"{self.page()}#step-{step.pk}")
