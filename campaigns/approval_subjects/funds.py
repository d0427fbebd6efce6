"""Requests for funds, along an approval line where the manufacturer has one for their amount."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from approvals.selectors import refusal_reason
from campaigns.models import FUND_SUBJECT, Fund, FundRequest
from campaigns.services import funds as services
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """Who wants to do what with which money, and what would be approved."""
    found = FundRequest.objects.select_related("fund", "activity").filter(pk=request.subject_id).first()
    if found is None:
        return []
    language, currency = get_language(), found.fund.currency
    rows: list[Fact | None] = [
        (_("Request"), found.reference),
        (_("Partner"), found.shown_partner),
        (_("Fund"), found.fund),
        (_("Activity"), found.activity),
        (_("What it is to bring"), found.purpose) if found.purpose else None,
        (
            pgettext("fund", "Period"),
            f"{formats.date(found.starts_on, language)} – {formats.date(found.ends_on, language)}",
        ),
        (_("Planned cost"), formats.money(found.planned, found.currency, language)),
        (_("Asked for"), formats.money(found.asked, currency, language)),
        (_("To be approved"), formats.money(Decimal(request.facts.get("amount") or 0), currency, language)),
    ]
    return [row for row in rows if row is not None]


def request_page(member: Membership, request: Request) -> str:
    return member.url("campaigns:fund_request", pk=request.subject_id) if member.can(Right.FUNDS_VIEW) else ""


def pay_for(request: Request, by: Membership | None) -> None:
    """The last approval approves it."""
    services.grant(FundRequest.objects.get(pk=request.subject_id), request.facts, by=by)


def lock(request_id: int) -> None:
    """The fund, which whoever moves its money locks before anything else."""
    list(Fund.objects.select_for_update().filter(pk__in=FundRequest.objects.filter(pk=request_id).values("fund")))


def refuse(request: Request, by: Membership | None) -> None:
    """The partner hears why it was refused."""
    found = FundRequest.objects.get(pk=request.subject_id)
    services.refuse_request(found, by=None, reason=refusal_reason(request))


register_subject(
    SubjectKind(
        FUND_SUBJECT,
        label=gettext_lazy("Requests for funds"),
        describe=facts_of,
        url=request_page,
        on_approved=pay_for,
        on_refused=refuse,
        has_amount=True,
        right=Right.FUNDS_VIEW,
        lock=lock,
    )
)
