"""What both sides do in a case of channel conflict."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from leads.forms.conflicts import EvidenceForm, WordForm
from leads.models import CaseState, ConflictCase, ConflictFile
from leads.selectors import conflicts as reading
from leads.services import conflicts as services
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response


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
    """A step in a case; each side names its own."""

    http_method_names = ["post"]

    def steps(self) -> dict[str, Callable[[HttpRequest], str]]:
        return {"say": self.say, "evidence": self.evidence}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        steps, name = self.steps(), request.POST.get("step", "")
        if name not in steps:
            raise Http404
        self.take_step(lambda: steps[name](request))
        return redirect(self.page())

    @property
    def thread(self) -> int | None:
        """In whose thread staff speak; nothing for that among themselves."""
        asked = self.request.POST.get("thread", "")
        return int(asked) if self.member.is_staff and asked.isdecimal() and len(asked) < 19 else None

    def say(self, request: HttpRequest) -> str:
        form = WordForm(request.POST)
        if not form.is_valid():
            return self.tell_wrong(form)
        services.say(self.case, body=form.cleaned_data["body"], by=self.member, thread=self.thread)
        return _("Your message is sent.")

    def evidence(self, request: HttpRequest) -> str:
        form = EvidenceForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.tell_wrong(form)
        services.put_evidence(self.case, form.cleaned_data["upload"], by=self.member, thread=self.thread)
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
