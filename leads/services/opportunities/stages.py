"""From stage to stage, won or lost; the lead follows in the house's scope."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.imports.currencies import base_currency
from leads.models import (
    NEXT_LEAD_STATES,
    Lead,
    LeadReason,
    LeadState,
    Opportunity,
    PipelineStage,
    ReasonUse,
    StageOutcome,
)
from leads.services import opportunity_notices as notices
from leads.services.intake import in_base
from leads.services.opportunities.parts import (
    Line,
    OpportunityError,
    check_open,
    check_seen,
    check_worker,
    locked,
    put_down_move,
    save,
    write_lines,
)
from leads.services.stages import ensure_stages
from leads.services.states import lock_lead, move_locked
from tenancy.models import Membership
from tenancy.rls import house_scope


def move_opportunity(
    opportunity: Opportunity, stage: PipelineStage, *, by: Membership, seen: int | None = None
) -> Opportunity:
    """Bring it to another open stage. `seen` is the stage it stood at for the member: who was slower is told.

    A second click changes nothing. What is won or lost needs more words: `win` and `lose`.
    """
    if stage.outcome != StageOutcome.OPEN:
        raise OpportunityError(_("Say what was won, or why it was lost."))
    with transaction.atomic():
        opportunity = locked(opportunity)
        check_worker(opportunity, by)
        if opportunity.stage_id == stage.pk:
            return opportunity
        check_seen(opportunity, seen)
        if not opportunity.is_open:
            return _reopen(opportunity, stage, by)
        if stage.is_retired:
            raise OpportunityError(_("This stage is no longer in use. Choose another."))
        before = opportunity.stage
        opportunity.stage, opportunity.stage_since = stage, timezone.now()
        save(opportunity, "stage", "stage_since", by=by)
        put_down_move(opportunity, before, by)
    return opportunity


def win(
    opportunity: Opportunity,
    *,
    amount: Decimal | None,
    currency: str = "",
    by: Membership,
    note: str = "",
    lines: Iterable[Line] | None = None,
    seen: int | None = None,
) -> Opportunity:
    """It became an order, of this amount. Whoever looks after the partner hears of it; the lead is won."""
    with transaction.atomic():
        opportunity = locked(opportunity)
        check_worker(opportunity, by)
        if opportunity.stage.outcome == StageOutcome.WON:
            return opportunity
        check_seen(opportunity, seen)
        check_open(opportunity)
        if amount is None or amount <= 0:
            raise OpportunityError(_("Say what the order is worth."))
        if lines is not None:
            opportunity.lines.all().delete()
            write_lines(opportunity, lines)
        opportunity.won_amount = amount
        if currency:
            opportunity.currency = currency
        opportunity.currency = opportunity.currency or base_currency()
        opportunity.won_amount_base = in_base(
            amount, opportunity.currency, day=timezone.localdate(), base=base_currency()
        )
        close(opportunity, StageOutcome.WON, by=by, note=note)
        notices.tell_won(opportunity, by=by)
    return opportunity


def lose(
    opportunity: Opportunity, *, reason: LeadReason | None, by: Membership, note: str = "", seen: int | None = None
) -> Opportunity:
    """It came to nothing, for a reason of the manufacturer's list; the lead is lost."""
    with transaction.atomic():
        opportunity = locked(opportunity)
        check_worker(opportunity, by)
        if opportunity.stage.outcome == StageOutcome.LOST:
            return opportunity
        check_seen(opportunity, seen)
        check_open(opportunity)
        if reason is None or reason.use != ReasonUse.LOST:
            raise OpportunityError(_("Say why it was lost."))
        opportunity.reason = reason
        close(opportunity, StageOutcome.LOST, by=by, note=note)
    return opportunity


def _reopen(opportunity: Opportunity, stage: PipelineStage, by: Membership) -> Opportunity:
    """It goes on after all: what was said about its end is gone, and the lead is worked on again."""
    if opportunity.lead_id and not _is_still_theirs(opportunity):
        raise OpportunityError(_("The lead has gone to another partner meanwhile, so this stays closed."))
    before = opportunity.stage
    opportunity.stage, opportunity.stage_since, opportunity.closed_at = stage, timezone.now(), None
    opportunity.won_amount = opportunity.won_amount_base = opportunity.reason = None
    opportunity.reason_note = ""
    save(
        opportunity,
        "stage",
        "stage_since",
        "closed_at",
        "won_amount",
        "won_amount_base",
        "reason",
        "reason_note",
        by=by,
    )
    put_down_move(opportunity, before, by)
    _lead_follows(opportunity, LeadState.ACCEPTED, closed_at=None, reason=None, reason_note="")
    return opportunity


def _is_still_theirs(opportunity: Opportunity) -> bool:
    with house_scope():
        lead = Lead.objects.get(opportunities=opportunity.pk)
        return (
            lead.partner_id == opportunity.partner_id
            and not Opportunity.objects.filter(lead=lead, closed_at=None).exclude(pk=opportunity.pk).exists()
        )


def close(opportunity: Opportunity, outcome: StageOutcome, *, by: Membership | None, note: str) -> None:
    """Bring it to the stage of an outcome and keep it, with the won amounts and reason that are set on it; its lead
    follows where somebody (`by`) closes it."""
    stage = next(stage for stage in ensure_stages() if stage.outcome == outcome)
    before, now = opportunity.stage, timezone.now()
    opportunity.stage, opportunity.stage_since, opportunity.closed_at = stage, now, now
    opportunity.next_step, opportunity.next_step_on = "", None
    opportunity.reason_note = note.strip()[:500]
    save(
        opportunity,
        "stage",
        "stage_since",
        "closed_at",
        "won_amount",
        "won_amount_base",
        "currency",
        "reason",
        "reason_note",
        "next_step",
        "next_step_on",
        by=by,
    )
    put_down_move(opportunity, before, by)
    if by is not None:
        _lead_follows(
            opportunity,
            LeadState.WON if outcome == StageOutcome.WON else LeadState.LOST,
            closed_at=now,
            reason=opportunity.reason,
            reason_note=opportunity.reason_note,
        )


def _lead_follows(opportunity: Opportunity, state: str, **changes: Any) -> None:
    """The lead of an opportunity stands where the opportunity does, as long as it is the same partner's."""
    if opportunity.lead_id is None:
        return
    with house_scope():
        lead = lock_lead(Lead(pk=opportunity.lead_id))
        if lead.partner_id == opportunity.partner_id and state in NEXT_LEAD_STATES[lead.state]:
            move_locked(lead, state, **changes)
