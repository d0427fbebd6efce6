"""What both sides' pages of funds share: one request with all that hangs on it, and its files."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from campaigns.functions import FUNDS
from campaigns.models import ClaimLine, FundFile, FundFileKind, FundRequest, FundState, FundStep
from campaigns.selectors import funds as reading
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response


class OneRequestMixin(MemberRequiredMixin):
    """A page of one request that this member may see."""

    required_function: str | None = FUNDS.key
    kwargs: dict[str, Any]

    @cached_property
    def one(self) -> FundRequest:
        rows = reading.requests_for(self.member).select_related("fund__manufacturer", "activity", "partner")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def shown(self) -> dict[str, Any]:
        """The request with its plan, claim, files and steps."""
        claims = list(ClaimLine.objects.filter(request=self.one).select_related("line", "file").order_by("pk"))
        files = list(FundFile.objects.filter(request=self.one))
        plan = [
            (
                line,
                sum((row.amount * row.rate / self.one.rate for row in claims if row.line_id == line.pk), reading.ZERO),
            )
            for line in self.one.lines.all()
        ]
        return {
            "one": self.one,
            "fund": self.one.fund,
            "plan": plan,
            "claims": claims,
            "proofs": [file for file in files if file.kind == FundFileKind.PROOF],
            "steps": list(FundStep.objects.filter(request=self.one).order_by("pk")),
            "claim_value": reading.claim_value(self.one, claims, allowed=False) if self.one.approved else None,
        }

    def sentence(self) -> str:
        """Where it stands, as a sentence."""
        sentences = {
            FundState.SUBMITTED: _("“%(title)s” waits for an answer"),
            FundState.APPROVED: _("“%(title)s” is approved and can be claimed"),
            FundState.REFUSED: _("“%(title)s” was refused"),
            FundState.WITHDRAWN: _("“%(title)s” was withdrawn"),
            FundState.CLAIMED: _("The claim of “%(title)s” is being checked"),
            FundState.RETURNED: _("More is asked for about “%(title)s”"),
            FundState.SETTLED: _("“%(title)s” is settled"),
            FundState.EXPIRED: _("“%(title)s” was not claimed in time"),
        }
        return sentences[FundState(self.one.state)] % {"title": self.one.title}


class FundFileView(MemberRequiredMixin, View):
    """An invoice or a proof, as a download."""

    http_method_names = ["get"]
    required_function: str | None = FUNDS.key
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = FundFile.objects.filter(request__in=reading.requests_for(self.member))
        file: FundFile = get_object_or_404(rows, pk=self.kwargs["pk"])
        return attachment_response(file.file, name=file.name, content_type=file.content_type)
