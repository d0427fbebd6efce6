"""Deal registrations, along an approval line where the manufacturer has one for their amount."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from approvals.selectors import refusal_reason
from leads.models import DEAL_SUBJECT, DealRegistration, DealState
from leads.selectors.deals import days_for
from leads.services import deals as services
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """Who claims whom, for how much, and until when it would be protected."""
    deal = DealRegistration.objects.select_related("category").filter(pk=request.subject_id).first()
    if deal is None:
        return []
    language = get_language()
    rows: list[Fact | None] = [
        (_("Registration"), deal.reference),
        (_("Partner"), deal.shown_partner),
        (deal.get_second_is_display(), deal.shown_second) if deal.second_name else None,
        (_("Customer"), deal.customer_name),
        (_("Product category"), deal.category or "–"),
        (_("Amount"), formats.money(deal.amount, deal.currency, language)),
        (_("Expected close"), formats.date(deal.expected_on, language)),
        (_("Days of protection"), formats.number(request.facts.get("days") or days_for(deal.category))),
        (_("Competitor"), deal.competitor) if deal.competitor else None,
    ]
    return [row for row in rows if row is not None]


def deal_page(member: Membership, request: Request) -> str:
    """Its page, with what may be the same customer beside it."""
    return member.url("leads:deal", pk=request.subject_id) if member.can(Right.DEALS_VIEW) else ""


def protect(request: Request, by: Membership | None) -> None:
    """The last approval protects it."""
    services.grant(DealRegistration.objects.get(pk=request.subject_id), request.facts, by=by)


def refuse(request: Request, by: Membership | None) -> None:
    """The partner hears why it was refused."""
    deal = DealRegistration.objects.get(pk=request.subject_id)
    services.turn_down_now(deal, DealState.REFUSED, by=by, reason=refusal_reason(request))


register_subject(
    SubjectKind(
        DEAL_SUBJECT,
        label=gettext_lazy("Deal registration"),
        describe=facts_of,
        url=deal_page,
        on_approved=protect,
        on_refused=refuse,
        has_amount=True,
        right=Right.DEALS_DECIDE,
    )
)
