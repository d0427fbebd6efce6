"""What both sides do in a case of channel conflict."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from leads.forms.conflicts import EvidenceForm, WordForm
from leads.models import CaseState, ConflictCase, ConflictFile
from leads.selectors import conflicts as reading
from leads.services import conflicts as services
from pages.row_numbers import row_number
from tenancy.access import MemberRequiredMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response


class Step(NamedTuple):
    """A form of the page, and what is done with what it says."""

    form: forms.Form
    take: Callable[[Mapping[str, Any]], str]


class Refused(NamedTuple):
    """A step that was not taken, with its form as it was sent, and whose thread it was about."""

    step: str
    form: forms.Form
    thread: int | None

    @staticmethod
    def form_of(refused: "Refused | None", step: str, otherwise: forms.Form) -> forms.Form:
        """The form to show for a step: the one that was refused, else a fresh one."""
        return refused.form if refused and refused.step == step else otherwise


def word_form(refused: Refused | None, thread: int | None = None, number: int = 1) -> forms.Form:
    """The form for a message in a thread, with what was refused in it."""
    if refused and refused.thread == thread:
        return Refused.form_of(refused, "say", WordForm(auto_id=f"{number}-%s"))
    return WordForm(auto_id=f"{number}-%s")


class CaseAtMixin(MemberRequiredMixin):
    """One case that the member may see."""

    kwargs: dict[str, Any]
    space = "leads"

    @cached_property
    def case(self) -> ConflictCase:
        rows = reading.cases_for(self.member)
        if self.member.is_staff:
            rows = rows.select_related(
                "partner", "other", "owner", "sale", "lead", "other_lead", "site", "customer", "product", "decided_by",
                "appealed_by",
            )  # fmt: skip
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def page(self) -> str:
        return self.member.url(f"{self.space}:conflict", pk=self.kwargs["pk"])


class CaseStepMixin(CaseAtMixin, View):
    """A step in a case; each side names its own. Whatever is refused stands in its form again, as it was written."""

    http_method_names = ["post"]
    case_view: Any

    def steps(self) -> dict[str, Step]:
        """What is done with each form that may be sent, and what is said then."""
        return {
            "say": Step(WordForm(self.request.POST), self.say),
            "evidence": Step(EvidenceForm(self.request.POST, self.request.FILES), self.evidence),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name = request.POST.get("step", "")
        step = self.steps().get(name)
        if step is None:
            raise Http404
        if step.form.is_valid():
            try:
                said = step.take(step.form.cleaned_data)
            except DomainError as error:
                step.form.add_error(next(iter(step.form.fields), None), str(error))
            else:
                messages.success(request, said)
                return redirect(self.page())
        if not step.form.fields:
            self.tell_wrong(step.form)
            return redirect(self.page())
        return self.again(Refused(name, step.form, self.thread))

    def again(self, refused: Refused) -> HttpResponseBase:
        """The page of the case with what was written."""
        view: Any = self.case_view()
        view.setup(self.request, **self.kwargs)
        view.__dict__["case"] = self.case
        response: HttpResponseBase = view.render_to_response(view.get_context_data(refused=refused))
        return response

    @property
    def thread(self) -> int | None:
        """In whose thread staff speak; nothing for that among themselves."""
        asked = self.request.POST.get("thread", "")
        return row_number(asked) if self.member.is_staff else None

    def say(self, written: Mapping[str, Any]) -> str:
        services.say(self.case, body=written["body"], by=self.member, thread=self.thread)
        return _("Your message is sent.")

    def evidence(self, written: Mapping[str, Any]) -> str:
        services.put_evidence(self.case, written["upload"], by=self.member, thread=self.thread)
        return _("The file is kept.")


class CaseFileMixin(CaseAtMixin, View):
    """A piece of evidence as a download."""

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        row = get_object_or_404(ConflictFile, case=self.case, pk=self.kwargs["file"])
        return attachment_response(row.file, name=row.original_name, content_type=row.content_type)


def headline(case: ConflictCase) -> str:
    """The sentence over a case: where it stands."""
    facts = {"kind": case.get_kind_display(), "outcome": case.get_outcome_display()}
    match case.state:
        case CaseState.OPEN:
            return _("%(kind)s: waits to be looked at") % facts
        case CaseState.REVIEW:
            if case.proposed:
                return _("%(kind)s: a decision is in approval") % facts
            return _("%(kind)s: is being looked at") % facts
        case CaseState.DECIDED:
            return _("%(kind)s: %(outcome)s") % facts
        case CaseState.APPEALED:
            return _("%(kind)s: the appeal waits for a decision") % facts
    return _("%(kind)s: closed, %(outcome)s") % facts if case.outcome else _("%(kind)s: closed") % facts
