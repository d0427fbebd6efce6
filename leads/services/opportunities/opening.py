"""Opportunities begin: from a lead, or by themselves."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from commerce.models import CustomerKind, CustomerSource, EndCustomer, Product
from leads.models import (
    Lead,
    LeadState,
    Opportunity,
    StageOutcome,
)
from leads.services import opportunity_notices as notices
from leads.services.likeness import write_customer_keys
from leads.services.opportunities.parts import (
    Details,
    Line,
    OpportunityError,
    check_customer,
    check_rep,
    check_site,
    due_on,
    follow_lines,
    put_down_move,
    set_base,
    write_lines,
)
from leads.services.opportunities.stages import close
from leads.services.sites import give_access
from leads.services.stages import ensure_stages
from leads.services.states import lock_lead
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope


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
            close(known, StageOutcome.LOST, by=None, note=_("The lead has gone to another partner."))
        partner = Partner.objects.get(pk=lead.partner_id)
        if lead.site is not None:
            give_access(lead.site, partner.pk)
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
        write_lines(opportunity, _lines_of(lead))
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
            close(known, outcome, by=None, note=_("An imported file says so."))


@transaction.atomic
def close_of_lead(lead: Lead, *, note: str) -> None:
    """The lead is taken back from its partner: what it works on for it closes, and the lead goes its own way."""
    for known in Opportunity.objects.select_for_update(no_key=True).filter(lead=lead, closed_at=None):
        close(known, StageOutcome.LOST, by=None, note=note)


def open_opportunity(
    details: Details, *, partner: Partner, by: Membership, rep: Membership | None = None, lines: Iterable[Line] = ()
) -> Opportunity:
    """A partner begins one of its own, for a customer of its own."""
    if by.partner_id != partner.pk or not by.can(Right.PORTAL_LEADS_WORK):
        raise OpportunityError(_("Opportunities are opened by the partner's own people."))
    check_customer(details.customer, partner.pk)
    check_site(details.site_id, partner.pk)
    if rep is not None:
        check_rep(rep, partner.pk)
    with transaction.atomic():
        opportunity = _insert(partner, details, lead=None, rep=rep or by, by=by)
        given = list(lines)
        write_lines(opportunity, given)
        follow_lines(opportunity, given)
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
    set_base(opportunity)
    opportunity.due_on = due_on(opportunity)
    opportunity.save(force_insert=True)
    put_down_move(opportunity, None, by)
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
