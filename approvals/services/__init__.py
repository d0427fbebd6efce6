"""Everything that changes approvals."""

from approvals.errors import ApprovalError
from approvals.services.delegations import delegate, end_delegation
from approvals.services.requests import (
    attach,
    comment,
    decide,
    ended_sentence,
    escalate,
    may_recall,
    recall,
    request_approval,
    withdraw,
)
from approvals.services.routes import (
    Draft,
    DraftStep,
    Problem,
    draft_of,
    problems_of,
    retire_route,
    save_route,
)

__all__ = [
    "ApprovalError",
    "Draft",
    "DraftStep",
    "Problem",
    "attach",
    "comment",
    "decide",
    "delegate",
    "draft_of",
    "end_delegation",
    "ended_sentence",
    "escalate",
    "may_recall",
    "problems_of",
    "recall",
    "request_approval",
    "retire_route",
    "save_route",
    "withdraw",
]
