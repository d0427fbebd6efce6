"""Everything read of direct sales and channel conflicts."""

from django.db.models import Count, Q, QuerySet, Sum

from commerce.models import CreditState, DirectSale
from leads.models import OPEN_CASES, ConflictCase, ConflictFile, ConflictMessage
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right


def cases_for(member: Membership) -> QuerySet[ConflictCase]:
    """The cases this member may see: staff all, or those of their partners; a partner those it has part in."""
    if not member.is_staff:
        return ConflictCase.objects.filter(Q(partner=member.partner_id) | Q(other=member.partner_id))
    if member.can(Right.PARTNERS_VIEW_ALL):
        return ConflictCase.objects.all()
    return ConflictCase.objects.filter(Q(partner__channel_manager=member) | Q(other__channel_manager=member))


def case_rows(member: Membership) -> QuerySet[ConflictCase]:
    """Cases with what a list shows of them."""
    return cases_for(member).select_related("partner", "other", "owner")


def open_cases(member: Membership) -> QuerySet[ConflictCase]:
    """Those in which the manufacturer has to do something, the longest waiting first."""
    return cases_for(member).filter(state__in=OPEN_CASES).order_by("opened_at", "pk")


def said_in(case: ConflictCase, member: Membership, thread: int | None = None) -> list[ConflictMessage]:
    """What was said: for a partner its own thread; for staff the thread with one partner, or that among staff."""
    partner = member.partner_id if not member.is_staff else thread
    return list(ConflictMessage.objects.filter(case=case, partner=partner).order_by("at", "pk"))


def evidence_of(case: ConflictCase, member: Membership) -> list[ConflictFile]:
    """The files: for a partner its own, for staff all."""
    files = ConflictFile.objects.filter(case=case).order_by("at", "pk")
    if not member.is_staff:
        return list(files.filter(partner=member.partner_id))
    return list(files.select_related("partner"))


def direct_sales_for(member: Membership) -> QuerySet[DirectSale]:
    """The direct sales this member may see: staff all, or those credited to their partners; a partner its own."""
    if not member.is_staff:
        return DirectSale.objects.filter(credited_to=member.partner_id)
    if member.can(Right.PARTNERS_VIEW_ALL):
        return DirectSale.objects.all()
    own = Partner.objects.filter(channel_manager=member).values("pk")
    return DirectSale.objects.filter(credited_to__in=own)


def direct_rows(member: Membership) -> QuerySet[DirectSale]:
    """Direct sales with what a list shows of them."""
    return direct_sales_for(member).select_related("customer", "product", "category", "credited_to", "territory")


def credits_of(partner: Partner) -> QuerySet[DirectSale]:
    """What a partner is credited with, the newest first."""
    return (
        DirectSale.objects.filter(credited_to=partner, credit_state=CreditState.CREDITED)
        .select_related("product", "category")
        .order_by("-date", "-pk")
    )


def credit_totals(partner: Partner) -> dict[str, object]:
    """How many direct sales a partner is credited with, and for how much. One query."""
    return credits_of(partner).order_by().aggregate(count=Count("pk"), total=Sum("credit_base"))
