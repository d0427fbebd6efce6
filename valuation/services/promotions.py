"""Promotions that go to an approval line, where the manufacturer has one for them (결재선)."""

from django.utils import translation
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.selectors import has_routes, open_requests
from approvals.services import ApprovalError, request_approval, withdraw
from partners.models import Partner
from tenancy.selectors import current_manufacturer
from valuation.models import PROMOTION_SUBJECT, Grade


def put_promotions_forward() -> int:
    """Bring the requests for approval into step with the promotions that wait; returns how many were asked for.

    What waits no more, or for another tier by now, is withdrawn. Where a line leads to nobody, as to the channel manager
    of a partner without one, the promotion stays to be decided on the grades' page.
    """
    asked: dict[int, Request] = {request.subject_id: request for request in open_requests(PROMOTION_SUBJECT)}
    if not asked and not has_routes(PROMOTION_SUBJECT):
        return 0
    waiting = Grade.objects.filter(pending_tier__isnull=False).select_related("partner", "tier", "pending_tier")
    grades = {grade.pk: grade for grade in waiting.order_by("pending_since", "pk")}
    count = 0
    with translation.override(current_manufacturer().first_language):
        for subject_id, request in asked.items():
            grade = grades.get(subject_id)
            if grade is None or request.facts.get("tier") != grade.pending_tier_id:
                withdraw(PROMOTION_SUBJECT, subject_id, because=_("The score has changed since."))
            else:
                del grades[subject_id]
        if not has_routes(PROMOTION_SUBJECT):
            return 0
        for grade in grades.values():
            try:
                _put_forward(grade)
            except ApprovalError:
                continue
            count += 1
    return count


def is_in_approval(grade: Grade) -> bool:
    """Whether a request for this promotion waits."""
    return open_requests(PROMOTION_SUBJECT).filter(subject_id=grade.pk).exists()


def settle_request(partner: Partner) -> None:
    """The partner's grade is set by hand: nobody need approve its promotion any more.

    Called before the grades are locked: a decision locks its request first and the grades after.
    """
    grade_id = Grade.objects.filter(partner=partner).values_list("pk", flat=True).first()
    if grade_id is not None:
        withdraw(PROMOTION_SUBJECT, grade_id, because=_("The grade was set by hand."))


def _put_forward(grade: Grade) -> None:
    words = {"partner": grade.partner, "before": grade.tier, "after": grade.pending_tier}
    request_approval(
        PROMOTION_SUBJECT,
        grade.pk,
        lambda: _("%(partner)s rises from %(before)s to %(after)s") % words,
        by=None,
        partner_id=grade.partner_id,
        facts={"tier": grade.pending_tier_id},
    )
