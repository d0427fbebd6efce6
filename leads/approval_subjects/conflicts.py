"""Decisions about channel conflicts, along an approval line where the manufacturer has one for them."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from approvals.selectors import refusal_reason
from leads.models import CONFLICT_SUBJECT, CaseOutcome, ConflictCase
from leads.services import conflicts as services
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """What the case is about, and what is to be decided."""
    case = ConflictCase.objects.select_related("partner", "other", "manufacturer").filter(pk=request.subject_id).first()
    if case is None:
        return []
    currency, language = case.manufacturer.currency, get_language()
    decision = services.Decision.of(request.facts)
    rows: list[Fact] = [(_("Conflict"), case.get_kind_display()), (_("Partner"), case.partner)]
    if case.other:
        rows.append((_("Other partner"), case.other))
    if case.amount_base is not None:
        rows.append((_("At stake"), formats.money(case.amount_base, currency, language)))
    rows += [(_("Decision"), CaseOutcome(decision.outcome).label), (_("Reason"), decision.reason)]
    if decision.compensation is not None:
        rows.append((_("Credit or compensation"), formats.money(decision.compensation, currency, language)))
    if case.appeal:
        rows.append((_("Appeal"), case.appeal))
    return rows


def case_page(member: Membership, request: Request) -> str:
    """The case, for those who decide conflicts."""
    return member.url("leads:conflict", pk=request.subject_id) if member.can(Right.CONFLICTS) else ""


def decide(request: Request, by: Membership | None) -> None:
    """The last approval takes the decision."""
    services.decide(request, by=by)


def refuse(request: Request, by: Membership | None) -> None:
    """The case waits for another decision."""
    services.not_agreed(request, reason=refusal_reason(request), by=by)


def take_back(request: Request, by: Membership | None) -> None:
    """Who asked thinks again."""
    services.not_agreed(request)


register_subject(
    SubjectKind(
        CONFLICT_SUBJECT,
        label=gettext_lazy("Decision about a channel conflict"),
        describe=facts_of,
        url=case_page,
        on_approved=decide,
        on_refused=refuse,
        on_recalled=take_back,
        has_amount=True,
        right=Right.CONFLICTS,
    )
)
