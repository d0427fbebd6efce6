"""Where a subject stands with its approval, for the subject's own page."""

from dataclasses import dataclass

from approvals import selectors
from approvals.models import Request, State
from approvals.people import People
from approvals.registry import SubjectKind
from approvals.services import may_recall
from approvals.wording import standing_text
from tenancy.models import Membership
from tenancy.rights import Right

TOLD = (State.OPEN, State.REFUSED, State.RECALLED)
"""What is approved, or needed no decision, shows in the subject itself."""


@dataclass(frozen=True)
class Standing:
    """A subject's latest request, in words; `url` only for who may open it."""

    request: Request
    sentence: str
    reason: str
    url: str
    can_recall: bool

    @property
    def is_open(self) -> bool:
        return self.request.is_open

    @property
    def is_refused(self) -> bool:
        return self.request.state == State.REFUSED


def standing_of(kind: SubjectKind | str, subject_id: int, member: Membership) -> Standing | None:
    """Where the latest request of a subject stands; nothing where there is none to tell of."""
    key = kind if isinstance(kind, str) else kind.key
    request = selectors.latest_request(key, subject_id)
    if request is None or request.state not in TOLD:
        return None
    steps = list(request.steps.select_related("member", "late_member", "decided_by"))
    may_open = member.can(Right.APPROVALS) and selectors.visible_to(member).filter(pk=request.pk).exists()
    return Standing(
        request=request,
        sentence=standing_text(request, steps, People.now()),
        reason=selectors.refusal_reason(request) if request.state == State.REFUSED else request.ended_because,
        url=member.url("approvals:request", pk=request.pk) if may_open else "",
        can_recall=may_open and request.is_open and may_recall(request, member),
    )
