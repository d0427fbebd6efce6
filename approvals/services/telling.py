"""Who hears what of a request."""

from collections.abc import Sequence
from typing import Any

from approvals.models import Comment, Delegation, Request, Step
from approvals.notice_kinds import ASKED, COMMENTED, COPIED, DECIDED, DELEGATED, ENDED, ESCALATED
from notices.services import tell
from tenancy.models import Membership


def asked(request: Request, step: Step, members: Sequence[Membership]) -> None:
    """It waits for them now."""
    facts = _facts(request) | {"due_at": step.due_at, "purpose": step.purpose}
    tell(members, ASKED, key=f"approval-asked-{step.pk}", facts=facts)


def escalated(request: Request, step: Step, members: Sequence[Membership]) -> None:
    """It waits for them too, since another did not decide in time or left."""
    facts = _facts(request) | {"was_late": step.escalated_at is not None}
    tell(members, ESCALATED, key=f"approval-escalated-{step.pk}-{step.member_id}-{step.escalated_at}", facts=facts)


def copied(request: Request, step: Step, members: Sequence[Membership]) -> None:
    """For their information."""
    tell(members, COPIED, key=f"approval-copy-{step.pk}", facts=_facts(request) | {"state": request.state})


def decided(request: Request, members: Sequence[Membership]) -> None:
    """What they asked for was approved or refused."""
    last = request.steps.filter(decided_at__isnull=False).order_by("-decided_at", "-pk").first()
    facts = _facts(request) | {
        "state": request.state,
        "by": request.decided_by.name if request.decided_by else "",
        "comment": last.comment if last else "",
    }
    tell(members, DECIDED, key=f"approval-decided-{request.pk}", facts=facts)


def ended(request: Request, members: Sequence[Membership]) -> None:
    """Nobody need decide any more."""
    facts = _facts(request) | {
        "by": request.decided_by.name if request.decided_by else "",
        "because": request.ended_because,
    }
    tell(members, ENDED, key=f"approval-ended-{request.pk}", facts=facts)


def commented(comment: Comment, members: Sequence[Membership]) -> None:
    """Somebody said something on a request of theirs."""
    facts = _facts(comment.request) | {"by": comment.by.name, "text": comment.text}
    tell(members, COMMENTED, key=f"approval-comment-{comment.pk}", facts=facts)


def delegated(delegation: Delegation) -> None:
    """They decide in somebody's place."""
    facts = {"name": delegation.member.name, "from_on": delegation.starts_on, "until_on": delegation.ends_on}
    tell([delegation.delegate], DELEGATED, key=f"delegation-{delegation.pk}", facts=facts)


def _facts(request: Request) -> dict[str, Any]:
    return {
        "request": request.pk,
        "title": request.titles or request.title,
        "asked_by": request.asked_by.name if request.asked_by else "",
    }
