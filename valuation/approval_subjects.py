"""Rises of grade, decided along an approval line where the manufacturer has one for them."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from approvals.selectors import refusal_reason
from pages import formats
from partners.models import PartnerSummary
from tenancy.models import Membership
from tenancy.rights import Right
from valuation import services
from valuation.models import PROMOTION_SUBJECT, Grade
from valuation.services.promotions import put_promotions_forward


def facts_of(request: Request) -> Sequence[Fact]:
    """Where the partner stands, and what gave it the higher grade."""
    grade = Grade.objects.select_related("tier", "pending_tier").filter(pk=request.subject_id).first()
    if grade is None:
        return []
    language = get_language()
    rows: list[Fact] = [(_("Grade now"), f"{grade.tier}, {_since(grade)}")]
    if grade.pending_tier is not None and grade.pending_since is not None:
        rows.append((_("Grade reached"), f"{grade.pending_tier}, {formats.date(grade.pending_since, language)}"))
    summary = PartnerSummary.objects.filter(partner=grade.partner_id).first()
    if summary is not None:
        currency = grade.manufacturer.currency
        rows += [
            (_("Score"), formats.number(summary.score)),
            (_("Sell-in of 12 months"), formats.money_short(summary.revenue, currency, language)),
            (_("Against the 12 months before"), formats.signed(summary.growth, suffix="%")),
        ]
    return rows


def _since(grade: Grade) -> str:
    return _("since %(day)s") % {"day": formats.date(grade.since, get_language())}


def partner_page(member: Membership, request: Request) -> str:
    return member.url("partners:detail", pk=request.partner_id) if request.partner_id else ""


def give(request: Request, by: Membership | None) -> None:
    assert by is not None
    services.approve_promotion(_grade(request), by=by)


def keep(request: Request, by: Membership | None) -> None:
    assert by is not None
    services.refuse_promotion(_grade(request), by=by, reason=refusal_reason(request))


def _grade(request: Request) -> Grade:
    """The grade with the promotion that was asked for; one that moved on meanwhile is not decided by this."""
    grade = Grade.objects.filter(pk=request.subject_id, pending_tier=request.facts.get("tier")).first()
    if grade is None:
        raise services.GradeError(
            _("This promotion does not wait any more: somebody decided it, or the score changed.")
        )
    return grade


register_subject(
    SubjectKind(
        PROMOTION_SUBJECT,
        label=gettext_lazy("Rise of a grade"),
        describe=facts_of,
        url=partner_page,
        on_approved=give,
        on_refused=keep,
        right=Right.GRADES_DECIDE,
        on_routes_changed=put_promotions_forward,
    )
)
