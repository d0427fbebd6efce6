"""Grades decided by people: set by hand for a time, promotions approved or refused."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Partner, PartnerSummary
from tenancy.errors import DomainError
from tenancy.models import Membership
from valuation import selectors
from valuation.models import ChangeReason, Grade, GradeChange, Score, Tier
from valuation.services.locks import lock_grades
from valuation.services.promotions import is_in_approval, settle_request
from valuation.services.telling import tell_partners


class GradeError(DomainError):
    """A decision that the grade does not allow now."""


def set_override(
    partner: Partner, tier: Tier, *, until: dt.date, reason: str, by: Membership, day: dt.date | None = None
) -> Grade:
    """Give the partner a tier by hand until a day (included). The partner is told, with the reason."""
    day = day or timezone.localdate()
    if until < day:
        raise GradeError(_("The last day lies in the past. Choose today or a later day."))
    if not reason.strip():
        raise GradeError(_("Give a reason: the partner reads it."))
    programme = selectors.programme_for(partner, day)
    if programme is None or tier.programme_id != programme.pk:
        raise GradeError(_("This grade is not one of the programme that values the partner."))
    settle_request(partner)
    grade = _locked(partner)
    before = grade.tier if grade else None
    grade = grade or Grade(partner=partner)
    grade.programme, grade.tier, grade.since = programme, tier, day
    grade.below_since = None
    _withdraw_promotion(grade)
    grade.override_until, grade.override_reason, grade.override_by = until, reason.strip(), by
    grade.save()
    _note(grade, before, ChangeReason.OVERRIDE, day=day, note=grade.override_reason, by=by, until=until)
    return grade


def end_override(partner: Partner, *, by: Membership, day: dt.date | None = None) -> Grade:
    """End what was set by hand now: the partner gets the tier of its last score at once."""
    day = day or timezone.localdate()
    grade = _locked(partner)
    if grade is None or grade.override_until is None:
        raise GradeError(_("Nothing is set by hand for this partner."))
    before = grade.tier
    score = Score.objects.filter(partner=partner, tier__isnull=False).select_related("tier").order_by("-day").first()
    if score is not None and score.tier is not None and score.tier.code != before.code:
        grade.tier, grade.programme_id, grade.since = score.tier, score.tier.programme_id, day
    grade.override_until, grade.override_reason, grade.override_by = None, "", None
    grade.save()
    _note(grade, before, ChangeReason.OVERRIDE_END, day=day, by=by)
    return grade


def approve_promotion(grade: Grade, *, by: Membership, day: dt.date | None = None) -> Grade:
    """Give the tier that waits for approval. The partner is told."""
    day = day or timezone.localdate()
    grade = _waiting(grade)
    before = grade.tier
    assert grade.pending_tier is not None
    grade.tier, grade.since = grade.pending_tier, day
    grade.below_since = None
    _withdraw_promotion(grade)
    grade.save()
    _note(grade, before, ChangeReason.PROMOTION, day=day, by=by)
    return grade


def refuse_promotion(grade: Grade, *, by: Membership, reason: str, day: dt.date | None = None) -> Grade:
    """Do not give it. It is not put forward again before the programme's next period, unless a higher one is reached."""
    if not reason.strip():
        raise GradeError(_("Give a reason: colleagues will ask for it."))
    grade = _waiting(grade)
    refused = grade.pending_tier
    _withdraw_promotion(grade)
    grade.refused_tier, grade.refused_on = refused, day or timezone.localdate()
    grade.refused_reason = reason.strip()
    grade.save()
    return grade


def _locked(partner: Partner) -> Grade | None:
    """The partner's grade as it is now, safe from a recompute and from other decisions until the transaction ends."""
    lock_grades()
    return Grade.objects.select_related("tier", "pending_tier").filter(partner=partner).first()


def _waiting(grade: Grade) -> Grade:
    current = _locked(grade.partner)
    if current is not None and is_in_approval(current):
        raise GradeError(_("This promotion goes along its approval line, and is decided there."))
    if current is None or current.pending_tier is None:
        raise GradeError(_("This promotion does not wait any more: somebody decided it, or the score changed."))
    return current


def _withdraw_promotion(grade: Grade) -> None:
    grade.pending_tier, grade.pending_since = None, None
    grade.refused_tier, grade.refused_on, grade.refused_reason = None, None, ""


def _note(
    grade: Grade,
    before: Tier | None,
    reason: ChangeReason,
    *,
    day: dt.date,
    by: Membership,
    note: str = "",
    until: dt.date | None = None,
) -> None:
    """Keep the step, show it in lists, tell the partner."""
    summaries = PartnerSummary.objects.filter(partner=grade.partner)
    summaries.update(
        tier_code=grade.tier.code,
        tier_colour=grade.tier.colour,
        tier_names=grade.tier.names,
        tier_rank=grade.tier.rank,
    )
    change = GradeChange.objects.create(
        partner=grade.partner,
        day=day,
        reason=reason,
        from_tier=before,
        to_tier=grade.tier,
        score=summaries.values_list("score", flat=True).first(),
        note=note,
        by=by,
    )
    tell_partners(GradeChange.objects.filter(pk=change.pk), until=until)
