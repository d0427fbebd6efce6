"""What the steps of opportunities share."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.imports.currencies import base_currency
from commerce.models import EndCustomer, Product, ProductCategory
from leads.models import (
    Opportunity,
    OpportunityLine,
    OpportunityMove,
    PipelineStage,
    SiteAccess,
    StateRequest,
)
from leads.services.intake import in_base
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right


class OpportunityError(DomainError):
    """A step that an opportunity cannot take now."""


@dataclass(frozen=True)
class Line:
    """A product asked for, as somebody enters it: one of the catalogue, or in words."""

    product: Product | None = None
    name: str = ""
    quantity: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Details:
    """What an opportunity says about itself, as a form gives it."""

    name: str
    customer: EndCustomer | None = None
    category: ProductCategory | None = None
    site_id: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    expected_close: dt.date | None = None
    next_step: str = ""
    next_step_on: dt.date | None = None
    note: str = ""


def read(pk: int) -> Opportunity:
    """The opportunity as it stands now, with its stage."""
    return Opportunity.objects.select_related("stage").get(pk=pk)


def locked(opportunity: Opportunity) -> Opportunity:
    """The row as it is once it is ours. Its stage is read after that: joined to it, a row whose stage changes while one
    waits for it would not be found any more.
    """
    found = Opportunity.objects.select_for_update(no_key=True).filter(pk=opportunity.pk).first()
    if found is None:  # the partner above may read it, and no more
        raise OpportunityError(_("Only the partner's own people change this."))
    return found


def check_worker(opportunity: Opportunity, by: Membership) -> None:
    """OpportunityError for whoever is not of the partner's own people with the right to work on leads."""
    if by.partner_id != opportunity.partner_id or not by.can(Right.PORTAL_LEADS_WORK):
        raise OpportunityError(_("Only the partner's own people change this."))


def check_open(opportunity: Opportunity) -> None:
    """OpportunityError where it is won or lost."""
    if not opportunity.is_open:
        raise OpportunityError(_("This is closed already. Bring it back to a stage first."))


def check_seen(opportunity: Opportunity, seen: int | None) -> None:
    """OpportunityError, which names who moved it, where it has left the stage that was seen; `seen` None asks nothing."""
    if seen is None or seen == opportunity.stage_id:
        return
    last = OpportunityMove.objects.filter(opportunity=opportunity).order_by("-at", "-pk").first()
    raise OpportunityError(
        _("%(name)s has brought this to “%(stage)s” meanwhile. Look at it again.")
        % {"name": (last.by_name if last else "") or _("A colleague"), "stage": opportunity.stage}
    )


def check_customer(customer: EndCustomer | None, partner_id: int) -> None:
    """OpportunityError where the end customer is not one that the partner serves; none is fine."""
    if customer is not None and customer.served_by_id != partner_id:
        raise OpportunityError(_("This customer is not one of the partner's."))


def check_site(site_id: int | None, partner_id: int) -> None:
    """OpportunityError where the partner takes no part in the site; none is fine."""
    if site_id is not None and not SiteAccess.objects.filter(site=site_id, partner=partner_id).exists():
        raise OpportunityError(_("This site is not one of the partner's."))


def check_rep(rep: Membership, partner_id: int) -> None:
    """OpportunityError where the member is not an active one of the partner's who may work on leads."""
    if rep.partner_id != partner_id or not rep.is_active or not rep.can(Right.PORTAL_LEADS_WORK):
        raise OpportunityError(_("%(name)s cannot work on opportunities of this partner.") % {"name": rep.name})


def set_base(opportunity: Opportunity) -> None:
    """The expected amount in base currency, at today's rate; without a currency it is in it."""
    if opportunity.amount is None:
        opportunity.amount_base = None
        return
    base = base_currency()
    opportunity.currency = opportunity.currency or base
    opportunity.amount_base = in_base(opportunity.amount, opportunity.currency, day=timezone.localdate(), base=base)


def due_on(opportunity: Opportunity) -> dt.date:
    """The day that something is due: of its next step, without one the day since which it stands at its stage."""
    return opportunity.next_step_on or timezone.localdate(opportunity.stage_since)


def save(opportunity: Opportunity, *fields: str, by: Membership | None) -> None:
    """Keep it, as something that was heard of just now: whoever asked for the state has it with that."""
    now = timezone.now()
    opportunity.last_activity_at, opportunity.stalled_at = now, None
    opportunity.due_on = due_on(opportunity)
    opportunity.save(update_fields=[*fields, "last_activity_at", "stalled_at", "due_on", "updated_at"])
    if by is not None:
        StateRequest.objects.filter(opportunity=opportunity, answered_at=None).update(answered_at=now, answered_by=by)


def put_down_move(opportunity: Opportunity, before: PipelineStage | None, by: Membership | None) -> None:
    """Keep that it came from the stage `before` (None: it is new) to the one it stands at, with its worth then."""
    OpportunityMove(
        partner_id=opportunity.partner_id,
        opportunity=opportunity,
        from_stage=before,
        to_stage=opportunity.stage,
        amount_base=opportunity.amount_base,
        at=opportunity.stage_since,
        by=by,
        by_name=by.name if by else "",
    ).save(force_insert=True)


def write_lines(opportunity: Opportunity, lines: Iterable[Line]) -> None:
    """Keep these as the lines of an opportunity, in their order. Those from before are the caller's to remove."""
    OpportunityLine.objects.bulk_create(
        [
            OpportunityLine(
                partner_id=opportunity.partner_id,
                opportunity=opportunity,
                product=line.product,
                name=line.name.strip()[:200],
                quantity=line.quantity,
                amount=line.amount,
                order=place,
            )
            for place, line in enumerate(lines)
            if line.product is not None or line.name.strip()
        ]
    )


def follow_lines(opportunity: Opportunity, lines: Iterable[Line]) -> None:
    """Where every product has its amount, together they are the opportunity's."""
    amounts = [line.amount for line in lines if line.product is not None or line.name.strip()]
    known = [amount for amount in amounts if amount is not None]
    if not amounts or len(known) < len(amounts):
        return
    opportunity.amount = sum(known, Decimal(0))
    set_base(opportunity)
    opportunity.save(update_fields=["amount", "currency", "amount_base", "updated_at"])
