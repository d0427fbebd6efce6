"""Staff ask how an opportunity stands; the partner answers with a click in the mail, or by any step of its own."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import ActivityKind, LeadReason, Opportunity, PipelineStage, StageOutcome, StateRequest
from leads.services import opportunities as services
from leads.services import opportunity_notices as notices
from leads.services.opportunities import OpportunityError
from tenancy.models import Membership
from tenancy.rights import Right

VALID = dt.timedelta(days=14)
"""So long a link in a mail answers."""
MOST_AT_ONCE = 500
_SALT = "leads.state_request"


@transaction.atomic
def ask_for_state(opportunities: QuerySet[Opportunity], *, by: Membership) -> int:
    """Ask the partners of those that are open; returns how many are asked. What is asked already is not asked again."""
    if not by.is_staff or not by.can(Right.LEADS_EDIT):
        raise OpportunityError(_("Your role does not allow asking partners for the state."))
    found = list(
        opportunities.filter(closed_at=None)
        .exclude(pk__in=StateRequest.objects.filter(answered_at=None).values("opportunity"))
        .order_by("pk")[: MOST_AT_ONCE + 1]
    )
    if len(found) > MOST_AT_ONCE:
        raise OpportunityError(_("At most 500 can be asked about at once. Choose fewer."))
    now = timezone.now()
    requests = StateRequest.objects.bulk_create(
        [
            StateRequest(
                partner_id=opportunity.partner_id,
                opportunity=opportunity,
                asked_by=by,
                asked_at=now,
                expires_at=now + VALID,
            )
            for opportunity in found
        ],
        ignore_conflicts=True,  # somebody else was quicker
    )
    made = StateRequest.objects.filter(
        opportunity__in=[request.opportunity_id for request in requests], asked_by=by, asked_at=now
    ).select_related("opportunity")
    notices.tell_state_asked(list(made), by=by)
    return len(made)


@dataclass(frozen=True)
class Ticket:
    """What a link in a mail carries: which question, and whose answer it is."""

    manufacturer: int
    partner: int
    request: int
    member: int


def token_of(ticket: Ticket) -> str:
    """The ticket as it stands in an address; nobody can make one up."""
    return signing.dumps([ticket.manufacturer, ticket.partner, ticket.request, ticket.member], salt=_SALT)


def ticket_of(token: str) -> Ticket | None:
    """What an address carries, or nothing for one that nobody was given."""
    try:
        return Ticket(*signing.loads(token, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Answer:
    """How it stands: at a stage, with what comes next, or won or lost."""

    stage: PipelineStage
    note: str = ""
    next_step: str = ""
    next_step_on: dt.date | None = None
    amount: Decimal | None = None
    reason: LeadReason | None = None


@transaction.atomic
def answer_state(opportunity: Opportunity, answer: Answer, *, by: Membership) -> Opportunity:
    """The partner says how it stands; the question is answered with it, and who asked hears it. Twice changes nothing."""
    request = (
        StateRequest.objects.select_for_update(no_key=True)
        .filter(opportunity=opportunity, answered_at=None)
        .select_related("opportunity")
        .first()
    )
    if request is None:
        raise OpportunityError(_("This has been answered already."))
    if answer.stage.outcome == StageOutcome.WON:
        services.win(opportunity, amount=answer.amount, by=by, note=answer.note)
    elif answer.stage.outcome == StageOutcome.LOST:
        services.lose(opportunity, reason=answer.reason, by=by, note=answer.note)
    else:
        services.move_opportunity(opportunity, answer.stage, by=by)
        services.set_next_step(opportunity, next_step=answer.next_step, next_step_on=answer.next_step_on, by=by)
    text = answer.note.strip() or str(answer.stage)
    services.record_activity(opportunity, kind=ActivityKind.ANSWER, summary=text, by=by)
    notices.tell_state_answered(request, by=by, text=text)
    return services.read(opportunity.pk)
