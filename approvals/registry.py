"""What can be approved: each app names its subjects in `approval_subjects.py`, found as Django finds `admin.py`.

    PROMOTION = register_subject(SubjectKind(
        "valuation.promotion", label=_("Rise of a grade"),
        describe=lambda request: [(_("Score"), "91.3")],
        url=lambda member, request: member.url("partners:detail", pk=request.partner_id),
        on_approved=give_the_grade, on_refused=keep_the_grade,
    ))

and asks with `approvals.services.request_approval(PROMOTION, subject_id=..., title=..., by=member)`. The callbacks run in
the manufacturer's staff scope and in the decision's transaction: what they raise takes the decision back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from approvals.models import Request
from tenancy.models import Membership
from tenancy.rights import Right

Fact = tuple[Any, Any]
"""A label and what stands beside it, as texts in the reader's language."""
Done = Callable[[Request, Membership | None], None]


@dataclass(frozen=True)
class SubjectKind:
    """One thing that people ask to have approved.

    key: "<app>.<name>".
    describe: request -> what a decision needs to know, as rows.
    url: (member, request) -> the page of the subject, on the member's side; empty for none.
    on_approved, on_refused: (request, who decided; None where it was approved at once without anybody).
    on_recalled: (request, who took it back).
    has_amount: approval lines may ask for the amount, in the manufacturer's base currency.
    right: who holds it reads every request of this kind, of the partners that they see; others only where they take part.
    on_routes_changed: called after an approval line of this kind was made, changed or retired.
    lock: (id of the subject) locks what whoever changes the subject locks before its approval, so that all do in one order.
    """

    key: str
    label: Any
    describe: Callable[[Request], Sequence[Fact]]
    url: Callable[[Membership, Request], str]
    on_approved: Done
    on_refused: Done
    on_recalled: Done | None = None
    has_amount: bool = False
    right: Right | None = None
    on_routes_changed: Callable[[], object] | None = None
    lock: Callable[[int], object] | None = None


_kinds: dict[str, SubjectKind] = {}


def register_subject(kind: SubjectKind) -> SubjectKind:
    """Make a kind known; called from an app's `approval_subjects.py`, which keeps what it returns."""
    if kind.key in _kinds:
        raise ValueError(f"A subject of approvals {kind.key!r} is registered already.")
    if kind.key.count(".") != 1:
        raise ValueError(f"A subject's key is '<app>.<name>', not {kind.key!r}.")
    _kinds[kind.key] = kind
    return kind


def subject_kinds() -> list[SubjectKind]:
    """Every registered kind, in the order of registration."""
    return list(_kinds.values())


def subject_kind(key: str) -> SubjectKind | None:
    """The kind of this key, or nothing for one that no app registers any more."""
    return _kinds.get(key)


def kind_label(key: str) -> str:
    """What a kind is called; its key where nobody registers it any more."""
    kind = _kinds.get(key)
    return str(kind.label) if kind else key


def autodiscover() -> None:
    """Import every app's `approval_subjects.py`."""
    autodiscover_modules("approval_subjects")
