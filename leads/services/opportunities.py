"""Everything that changes opportunities (L-7). Partners write their own rows; the lead follows in the house's scope."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.imports.currencies import base_currency
from commerce.models import CustomerKind, CustomerSource, EndCustomer, Product, ProductCategory
from leads.models import (
    CONTACTS,
    NEXT_LEAD_STATES,
    ActivityKind,
    Lead,
    LeadReason,
    LeadState,
    Opportunity,
    OpportunityActivity,
    OpportunityLine,
    OpportunityMove,
    PipelineStage,
    ReasonUse,
    SiteAccess,
    StageOutcome,
    StateRequest,
)
from leads.services import opportunity_notices as notices
from leads.services.intake import in_base
from leads.services.likeness import write_customer_keys
from leads.services.stages import ensure_stages
from leads.services.states import lock_lead, move_locked
from partners.models import Partner
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.rls import house_scope


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


# --- A new one --------------------------------------------------------------------------------------------------------


def open_from_lead(lead: Lead, *, by: Membership | None = None) -> Opportunity:
    """The opportunity of an accepted lead, with all that the lead says, and its person as an end customer of the partner.

    Again gives the one that is open. Where the lead has come to another partner, the one of the partner before closes.
    """
    with house_scope(), transaction.atomic():
        lead = lock_lead(lead)
        if lead.partner_id is None or lead.state not in (LeadState.ACCEPTED, LeadState.WON, LeadState.LOST):
            raise OpportunityError(_("An opportunity begins when a partner has accepted the lead."))
        for known in Opportunity.objects.select_for_update(no_key=True).filter(lead=lead, closed_at=None):
            if known.partner_id == lead.partner_id:
                return known
            _close(known, StageOutcome.LOST, by=None, note=_("The lead has gone to another partner."))
        partner = Partner.objects.get(pk=lead.partner_id)
        opportunity = _insert(
            partner,
            Details(
                name=lead.subject or str(lead),
                customer=_customer_of(lead, partner),
                category=lead.category,
                site_id=lead.site_id,
                amount=lead.amount,
                currency=lead.currency,
                expected_close=lead.wanted_on,
                note=lead.message,
            ),
            lead=lead,
            rep=by if by is not None and by.partner_id == partner.pk and by.can(Right.PORTAL_LEADS_WORK) else None,
            by=by,
        )
        _write_lines(opportunity, _lines_of(lead))
    return opportunity


# What nobody of the partner has touched since it was opened for an imported lead.
UNTOUCHED = """
SELECT o.id FROM leads_opportunity o
WHERE o.closed_at IS NULL AND o.rep_id IS NULL AND o.next_step = ''
    AND NOT EXISTS (SELECT FROM leads_opportunityactivity a WHERE a.opportunity_id = o.id)
    AND NOT EXISTS (SELECT FROM leads_opportunitymove m WHERE m.opportunity_id = o.id AND m.from_stage_id IS NOT NULL)
"""


def leads_to_follow() -> list[int]:
    """Leads that a file brought in or changed: accepted without an opportunity, or over while theirs is open. Two queries."""
    known = Opportunity.objects.filter(lead=OuterRef("pk"), partner=OuterRef("partner"))
    waiting = Lead.objects.filter(~Exists(known), state=LeadState.ACCEPTED, partner__isnull=False)
    untouched = Opportunity.objects.filter(pk__in=RawSQL(UNTOUCHED, ()), lead__isnull=False)  # noqa: S611 - no input
    over = untouched.exclude(lead__state=LeadState.ACCEPTED)
    found = {*waiting.values_list("pk", flat=True), *over.values_list("lead", flat=True)}
    return sorted(pk for pk in found if pk is not None)


def follow_lead(lead: Lead) -> None:
    """Open what an imported lead's partner is to work on; close it where a file says that the lead is over."""
    if lead.state == LeadState.ACCEPTED:
        open_from_lead(lead)
        return
    outcome = StageOutcome.WON if lead.state == LeadState.WON else StageOutcome.LOST
    with transaction.atomic():
        untouched = Opportunity.objects.filter(lead=lead, pk__in=RawSQL(UNTOUCHED, ()))  # noqa: S611 - as above
        for known in untouched.select_for_update(no_key=True):
            if outcome == StageOutcome.WON:
                known.won_amount, known.won_amount_base = lead.amount, lead.amount_base
            _close(known, outcome, by=None, note=_("An imported file says so."))


@transaction.atomic
def close_of_lead(lead: Lead, *, note: str) -> None:
    """The lead is taken back from its partner: what it works on for it closes, and the lead goes its own way."""
    for known in Opportunity.objects.select_for_update(no_key=True).filter(lead=lead, closed_at=None):
        _close(known, StageOutcome.LOST, by=None, note=note)


def open_opportunity(
    details: Details, *, partner: Partner, by: Membership, rep: Membership | None = None, lines: Iterable[Line] = ()
) -> Opportunity:
    """A partner begins one of its own, for a customer of its own."""
    if by.partner_id != partner.pk or not by.can(Right.PORTAL_LEADS_WORK):
        raise OpportunityError(_("Opportunities are opened by the partner's own people."))
    _check_customer(details.customer, partner.pk)
    _check_site(details.site_id, partner.pk)
    if rep is not None:
        _check_rep(rep, partner.pk)
    with transaction.atomic():
        opportunity = _insert(partner, details, lead=None, rep=rep or by, by=by)
        given = list(lines)
        _write_lines(opportunity, given)
        _follow_lines(opportunity, given)
        if rep is not None and rep.pk != by.pk:
            notices.tell_assigned(opportunity, by=by)
    return opportunity


def _insert(
    partner: Partner, details: Details, *, lead: Lead | None, rep: Membership | None, by: Membership | None
) -> Opportunity:
    stage = next(stage for stage in ensure_stages() if stage.outcome == StageOutcome.OPEN)
    opportunity = Opportunity(
        partner=partner,
        lead=lead,
        site_id=details.site_id,
        rep=rep,
        stage=stage,
        name=details.name.strip()[:200],
        customer=details.customer,
        category=details.category,
        amount=details.amount,
        currency=details.currency,
        expected_close=details.expected_close,
        next_step=details.next_step.strip()[:200],
        next_step_on=details.next_step_on,
        note=details.note[:4000],
        created_by=by,
    )
    _set_base(opportunity)
    opportunity.due_on = _due_on(opportunity)
    opportunity.save(force_insert=True)
    _put_down_move(opportunity, None, by)
    return opportunity


def _customer_of(lead: Lead, partner: Partner) -> EndCustomer:
    """Who the lead is about, as an end customer that the partner serves, with the consent the lead came with."""
    known = lead.customer
    if known is not None and known.served_by_id in (None, partner.pk):
        if known.served_by_id is None:
            known.served_by = partner
            known.save(update_fields=["served_by", "updated_at"])
        return known
    customer = EndCustomer(
        kind=CustomerKind.COMPANY if lead.company else CustomerKind.PERSON,
        name=lead.company or lead.name or lead.email or lead.phone or lead.reference,
        contact_name=lead.name if lead.company else "",
        contact_title=lead.title,
        served_by=partner,
        source=CustomerSource.LEAD,
        consent=lead.consent,
        consented_at=lead.consented_at,
        **{
            name: getattr(lead, name)
            for name in (
                "business_number",
                "email",
                "phone",
                "website",
                "address",
                "city",
                "region",
                "postal_code",
                "country",
                "latitude",
                "longitude",
                "language",
            )
        },
    )
    customer.save(force_insert=True)
    write_customer_keys([customer])
    Lead.objects.filter(pk=lead.pk).update(customer=customer)
    return customer


def _lines_of(lead: Lead) -> list[Line]:
    """The products asked for; a quantity belongs to the only one."""
    products = {product.code: product for product in Product.objects.filter(code__in=lead.products)}
    quantity = lead.quantity if len(lead.products) == 1 else None
    return [
        Line(product=products.get(code), name="" if code in products else code, quantity=quantity)
        for code in lead.products
    ]


# --- What it says -----------------------------------------------------------------------------------------------------


def update_opportunity(
    opportunity: Opportunity,
    details: Details,
    *,
    by: Membership,
    lines: Iterable[Line] | None = None,
    seen_at: dt.datetime | None = None,
) -> Opportunity:
    """Change what it says. `seen_at` is when it was last changed as the member saw it: nobody overwrites a colleague."""
    _check_customer(details.customer, opportunity.partner_id)
    with transaction.atomic():
        opportunity = _locked(opportunity)
        _check_worker(opportunity, by)
        _check_open(opportunity)
        if seen_at is not None and opportunity.updated_at != seen_at:
            raise OpportunityError(_("A colleague has changed this meanwhile. Look at it again, then change it."))
        opportunity.name = details.name.strip()[:200]
        if details.site_id != opportunity.site_id:
            _check_site(details.site_id, opportunity.partner_id)
            opportunity.site_id = details.site_id
        opportunity.customer = details.customer
        opportunity.category = details.category
        opportunity.amount = details.amount
        opportunity.currency = details.currency
        _set_base(opportunity)
        opportunity.expected_close = details.expected_close
        opportunity.next_step = details.next_step.strip()[:200]
        opportunity.next_step_on = details.next_step_on
        opportunity.note = details.note[:4000]
        _save(
            opportunity,
            "name",
            "customer",
            "site",
            "category",
            "amount",
            "currency",
            "amount_base",
            "expected_close",
            "next_step",
            "next_step_on",
            "note",
            by=by,
        )
        if lines is not None:
            given = list(lines)
            opportunity.lines.all().delete()
            _write_lines(opportunity, given)
            _follow_lines(opportunity, given)
    return opportunity


def hang_on_site(opportunity: Opportunity, site_id: int | None, *, by: Membership) -> Opportunity:
    """Staff say at which of the partner's sites it is, or at none. It is no news of the partner."""
    if not by.is_staff or not by.can(Right.LEADS_EDIT):
        raise OpportunityError(_("Your role does not allow this."))
    with transaction.atomic():
        opportunity = _locked(opportunity)
        if opportunity.site_id != site_id:
            _check_site(site_id, opportunity.partner_id)
            opportunity.site_id = site_id
            opportunity.save(update_fields=["site", "updated_at"])
    return opportunity


def set_next_step(
    opportunity: Opportunity, *, next_step: str, next_step_on: dt.date | None, by: Membership
) -> Opportunity:
    """What is to be done next, and when."""
    with transaction.atomic():
        opportunity = _locked(opportunity)
        _check_worker(opportunity, by)
        _check_open(opportunity)
        opportunity.next_step, opportunity.next_step_on = next_step.strip()[:200], next_step_on
        _save(opportunity, "next_step", "next_step_on", by=by)
    return opportunity


def assign_rep(opportunity: Opportunity, rep: Membership, *, by: Membership) -> Opportunity:
    """Give it to one of the partner's people: an admin to anybody, others take it themselves. The person is told."""
    with transaction.atomic():
        opportunity = _locked(opportunity)
        _check_worker(opportunity, by)
        _check_rep(rep, opportunity.partner_id)
        if rep.pk != by.pk and by.role != Role.PARTNER_ADMIN:
            raise OpportunityError(
                _("Your company's admin gives opportunities to colleagues. You can take it yourself.")
            )
        if opportunity.rep_id == rep.pk:
            return opportunity
        opportunity.rep = rep
        opportunity.save(update_fields=["rep", "updated_at"])
        if rep.pk != by.pk:
            notices.tell_assigned(opportunity, by=by)
    return opportunity


def record_activity(
    opportunity: Opportunity,
    *,
    kind: str,
    summary: str,
    by: Membership | None,
    at: dt.datetime | None = None,
    next_step: str | None = None,
    next_step_on: dt.date | None = None,
) -> OpportunityActivity:
    """Put down what was done, and with `next_step` what comes next. The first contact is the lead's, too.

    Staff add notes; they are of the partner and of staff both.
    """
    if not summary.strip():
        raise OpportunityError(_("Write down what came of it."))
    with transaction.atomic():
        opportunity = _locked(opportunity)
        if by is not None and by.is_staff:
            if kind != ActivityKind.NOTE or not by.can(Right.LEADS_EDIT):
                raise OpportunityError(_("Staff add notes; what was done is put down by the partner."))
            return _put_down(opportunity, kind, summary, at, by)
        if by is not None:
            _check_worker(opportunity, by)
        activity = _put_down(opportunity, kind, summary, at, by)
        fields = []
        if next_step is not None:
            opportunity.next_step, opportunity.next_step_on = next_step.strip()[:200], next_step_on
            fields = ["next_step", "next_step_on"]
        _save(opportunity, *fields, by=by)
        if kind in CONTACTS and opportunity.lead_id:
            with house_scope():
                Lead.objects.filter(pk=opportunity.lead_id, first_contact_at=None).update(first_contact_at=activity.at)
    return activity


def _put_down(
    opportunity: Opportunity, kind: str, summary: str, at: dt.datetime | None, by: Membership | None
) -> OpportunityActivity:
    activity = OpportunityActivity(
        partner_id=opportunity.partner_id,
        opportunity=opportunity,
        kind=kind,
        summary=summary.strip()[:2000],
        at=at or timezone.now(),
        by=by,
        by_name=by.name if by else "",
    )
    activity.save(force_insert=True)
    return activity


# --- From stage to stage ----------------------------------------------------------------------------------------------


def move_opportunity(
    opportunity: Opportunity, stage: PipelineStage, *, by: Membership, seen: int | None = None
) -> Opportunity:
    """Bring it to another open stage. `seen` is the stage it stood at for the member: who was slower is told.

    A second click changes nothing. What is won or lost needs more words: `win` and `lose`.
    """
    if stage.outcome != StageOutcome.OPEN:
        raise OpportunityError(_("Say what was won, or why it was lost."))
    with transaction.atomic():
        opportunity = _locked(opportunity)
        _check_worker(opportunity, by)
        if opportunity.stage_id == stage.pk:
            return opportunity
        _check_seen(opportunity, seen)
        if not opportunity.is_open:
            return _reopen(opportunity, stage, by)
        if stage.is_retired:
            raise OpportunityError(_("This stage is no longer in use. Choose another."))
        before = opportunity.stage
        opportunity.stage, opportunity.stage_since = stage, timezone.now()
        _save(opportunity, "stage", "stage_since", by=by)
        _put_down_move(opportunity, before, by)
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
        opportunity = _locked(opportunity)
        _check_worker(opportunity, by)
        if opportunity.stage.outcome == StageOutcome.WON:
            return opportunity
        _check_seen(opportunity, seen)
        _check_open(opportunity)
        if amount is None or amount <= 0:
            raise OpportunityError(_("Say what the order is worth."))
        if lines is not None:
            opportunity.lines.all().delete()
            _write_lines(opportunity, lines)
        opportunity.won_amount = amount
        if currency:
            opportunity.currency = currency
        opportunity.currency = opportunity.currency or base_currency()
        opportunity.won_amount_base = in_base(
            amount, opportunity.currency, day=timezone.localdate(), base=base_currency()
        )
        _close(opportunity, StageOutcome.WON, by=by, note=note)
        notices.tell_won(opportunity, by=by)
    return opportunity


def lose(
    opportunity: Opportunity, *, reason: LeadReason | None, by: Membership, note: str = "", seen: int | None = None
) -> Opportunity:
    """It came to nothing, for a reason of the manufacturer's list; the lead is lost."""
    with transaction.atomic():
        opportunity = _locked(opportunity)
        _check_worker(opportunity, by)
        if opportunity.stage.outcome == StageOutcome.LOST:
            return opportunity
        _check_seen(opportunity, seen)
        _check_open(opportunity)
        if reason is None or reason.use != ReasonUse.LOST:
            raise OpportunityError(_("Say why it was lost."))
        opportunity.reason = reason
        _close(opportunity, StageOutcome.LOST, by=by, note=note)
    return opportunity


def _reopen(opportunity: Opportunity, stage: PipelineStage, by: Membership) -> Opportunity:
    """It goes on after all: what was said about its end is gone, and the lead is worked on again."""
    if opportunity.lead_id and not _is_still_theirs(opportunity):
        raise OpportunityError(_("The lead has gone to another partner meanwhile, so this stays closed."))
    before = opportunity.stage
    opportunity.stage, opportunity.stage_since, opportunity.closed_at = stage, timezone.now(), None
    opportunity.won_amount = opportunity.won_amount_base = opportunity.reason = None
    opportunity.reason_note = ""
    _save(
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
    _put_down_move(opportunity, before, by)
    _lead_follows(opportunity, LeadState.ACCEPTED, closed_at=None, reason=None, reason_note="")
    return opportunity


def _is_still_theirs(opportunity: Opportunity) -> bool:
    with house_scope():
        lead = Lead.objects.get(opportunities=opportunity.pk)
        return (
            lead.partner_id == opportunity.partner_id
            and not Opportunity.objects.filter(lead=lead, closed_at=None).exclude(pk=opportunity.pk).exists()
        )


def _close(opportunity: Opportunity, outcome: StageOutcome, *, by: Membership | None, note: str) -> None:
    stage = next(stage for stage in ensure_stages() if stage.outcome == outcome)
    before, now = opportunity.stage, timezone.now()
    opportunity.stage, opportunity.stage_since, opportunity.closed_at = stage, now, now
    opportunity.next_step, opportunity.next_step_on = "", None
    opportunity.reason_note = note.strip()[:500]
    _save(
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
    _put_down_move(opportunity, before, by)
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


def read(pk: int) -> Opportunity:
    """The opportunity as it stands now, with its stage."""
    return Opportunity.objects.select_related("stage").get(pk=pk)


# --- Small parts ------------------------------------------------------------------------------------------------------


def _locked(opportunity: Opportunity) -> Opportunity:
    """The row as it is once it is ours. Its stage is read after that: joined to it, a row whose stage changes while one
    waits for it would not be found any more.
    """
    found = Opportunity.objects.select_for_update(no_key=True).filter(pk=opportunity.pk).first()
    if found is None:  # the partner above may read it, and no more
        raise OpportunityError(_("Only the partner's own people change this."))
    return found


def _check_worker(opportunity: Opportunity, by: Membership) -> None:
    if by.partner_id != opportunity.partner_id or not by.can(Right.PORTAL_LEADS_WORK):
        raise OpportunityError(_("Only the partner's own people change this."))


def _check_open(opportunity: Opportunity) -> None:
    if not opportunity.is_open:
        raise OpportunityError(_("This is closed already. Bring it back to a stage first."))


def _check_seen(opportunity: Opportunity, seen: int | None) -> None:
    if seen is None or seen == opportunity.stage_id:
        return
    last = OpportunityMove.objects.filter(opportunity=opportunity).order_by("-at", "-pk").first()
    raise OpportunityError(
        _("%(name)s has brought this to “%(stage)s” meanwhile. Look at it again.")
        % {"name": (last.by_name if last else "") or _("A colleague"), "stage": opportunity.stage}
    )


def _check_customer(customer: EndCustomer | None, partner_id: int) -> None:
    if customer is not None and customer.served_by_id != partner_id:
        raise OpportunityError(_("This customer is not one of the partner's."))


def _check_site(site_id: int | None, partner_id: int) -> None:
    if site_id is not None and not SiteAccess.objects.filter(site=site_id, partner=partner_id).exists():
        raise OpportunityError(_("This site is not one of the partner's."))


def _check_rep(rep: Membership, partner_id: int) -> None:
    if rep.partner_id != partner_id or not rep.is_active or not rep.can(Right.PORTAL_LEADS_WORK):
        raise OpportunityError(_("%(name)s cannot work on opportunities of this partner.") % {"name": rep.name})


def _set_base(opportunity: Opportunity) -> None:
    """The expected amount in base currency, at today's rate; without a currency it is in it."""
    if opportunity.amount is None:
        opportunity.amount_base = None
        return
    base = base_currency()
    opportunity.currency = opportunity.currency or base
    opportunity.amount_base = in_base(opportunity.amount, opportunity.currency, day=timezone.localdate(), base=base)


def _due_on(opportunity: Opportunity) -> dt.date:
    return opportunity.next_step_on or timezone.localdate(opportunity.stage_since)


def _save(opportunity: Opportunity, *fields: str, by: Membership | None) -> None:
    """Keep it, as something that was heard of just now: whoever asked for the state has it with that."""
    now = timezone.now()
    opportunity.last_activity_at, opportunity.stalled_at = now, None
    opportunity.due_on = _due_on(opportunity)
    opportunity.save(update_fields=[*fields, "last_activity_at", "stalled_at", "due_on", "updated_at"])
    if by is not None:
        StateRequest.objects.filter(opportunity=opportunity, answered_at=None).update(answered_at=now, answered_by=by)


def _put_down_move(opportunity: Opportunity, before: PipelineStage | None, by: Membership | None) -> None:
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


def _write_lines(opportunity: Opportunity, lines: Iterable[Line]) -> None:
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


def _follow_lines(opportunity: Opportunity, lines: Iterable[Line]) -> None:
    """Where every product has its amount, together they are the opportunity's."""
    amounts = [line.amount for line in lines if line.product is not None or line.name.strip()]
    known = [amount for amount in amounts if amount is not None]
    if not amounts or len(known) < len(amounts):
        return
    opportunity.amount = sum(known, Decimal(0))
    _set_base(opportunity)
    opportunity.save(update_fields=["amount", "currency", "amount_base", "updated_at"])


# --- By the clock -----------------------------------------------------------------------------------------------------


def mark_stalled(*, now: dt.datetime | None = None) -> int:
    """Mark what nobody has touched for as long as its stage allows, and tell who works on it, and who looks after the
    partner; returns how many are new. Safe to run again.
    """
    now = now or timezone.now()
    quiet = Opportunity.objects.filter(
        closed_at=None,
        stalled_at=None,
        last_activity_at__lt=now - F("stage__stalled_days") * dt.timedelta(days=1),
    )
    keys = list(quiet.values_list("pk", flat=True))
    for start in range(0, len(keys), 5000):
        Opportunity.objects.filter(pk__in=keys[start : start + 5000], stalled_at=None).update(stalled_at=now)
    notices.tell_stalled(keys, day=timezone.localdate(now))
    return len(keys)


def remind_of_steps(*, day: dt.date) -> int:
    """Tell once, on the day after, of next steps that were due; returns how many people were told."""
    return notices.tell_steps_overdue(
        Opportunity.objects.filter(closed_at=None, next_step_on=day - dt.timedelta(days=1)), day=day
    )
