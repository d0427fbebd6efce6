"""What the manufacturer answers: approved and protected, refused, or more asked for."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.selectors import open_request, route_for
from approvals.services import request_approval
from approvals.services import withdraw as withdraw_request
from commerce.models import CustomerSource, EndCustomer
from leads.models import (
    DEAL_SUBJECT,
    ClaimHead,
    ClaimStep,
    DealRegistration,
    DealState,
    Protection,
    ProtectionEnd,
)
from leads.selectors.deal_conflicts import customers_like
from leads.selectors.deals import calendar, days_for
from leads.services.claims import lock_head
from leads.services.deals import telling
from leads.services.deals.common import DealError, end_protection, locked, move, must_decide, note
from leads.services.likeness import write_customer_keys
from pages import formats
from partners.matching import DEFAULT_THRESHOLD
from tenancy.models import Membership

NEW_CUSTOMER = 0
"""Said in place of a customer's id where it is none of those known."""


@transaction.atomic
def approve_deal(
    deal: DealRegistration,
    *,
    by: Membership,
    customer: int | None = None,
    seen: Collection[int] = (),
    days: int | None = None,
) -> DealRegistration:
    """Approve a registration and protect it, or where there is an approval line for its amount, ask for that.

    customer: the id of the end customer it is; NEW_CUSTOMER for none of those shown (`seen`); None to let it be found.
    Asked twice, it is one request: the first one's.
    """
    must_decide(by)
    current = DealRegistration.objects.get(pk=deal.pk)
    if current.state != DealState.SUBMITTED:
        raise DealError(_("This registration is at “%(state)s” already.") % {"state": current.get_state_display()})
    if current.is_unconfirmed:
        raise DealError(_("%(partner)s has not confirmed it yet.") % {"partner": current.shown_partner})
    if open_request(DEAL_SUBJECT, current.pk) is not None:
        return current
    facts = {"customer": customer, "seen": sorted(seen), "days": days}
    if route_for(DEAL_SUBJECT, current.amount_base) is None:
        return grant(current, facts, by=by)
    request_approval(
        DEAL_SUBJECT,
        current.pk,
        lambda: _("Protect %(deal)s") % {"deal": current},
        by=by,
        amount=current.amount_base,
        partner_id=current.partner_id,
        facts=facts,
    )
    return current


@transaction.atomic
def grant(
    deal: DealRegistration,
    facts: dict[str, Any],
    *,
    by: Membership | None,
    on_appeal: bool = False,
    take_over: bool = False,
) -> DealRegistration:
    """Approve and protect now; a refused one `on_appeal` alone. With `take_over` whoever is protected in its place loses
    that.

    Two at the same moment come one after the other, since both need the head of the log: the second finds the customer
    that the first has made, and its place taken. What still slipped through the database refuses.
    """
    head = lock_head()
    deal = locked(deal)
    if deal.state != (DealState.REFUSED if on_appeal else DealState.SUBMITTED):
        raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
    if deal.category is None:
        raise DealError(_("Without a product category nothing can be protected."))
    now = timezone.now()
    customer = customer_for(deal, facts.get("customer"), facts.get("seen") or [])
    ends_at = _end_of_day(now + dt.timedelta(days=facts.get("days") or days_for(deal.category)))
    if take_over:
        _free_place(head, customer, deal, by=by, at=now)
    protect(deal, customer, starts_at=now, ends_at=ends_at)
    changes: dict[str, Any] = {"customer": customer, "protected_until": ends_at, "reason": ""}
    if deal.state == DealState.SUBMITTED:
        changes |= _answered(deal, by, now)
    else:
        changes |= {"answered_at": now, "answered_by": by, "closed_at": None}
    move(deal, DealState.APPROVED, **changes)
    note(
        head, deal, ClaimStep.APPROVED, by=by, at=now,
        category=deal.category.code, protected_from=now, protected_until=ends_at,
    )  # fmt: skip
    telling.answered(deal)
    return deal


def protect(
    deal: DealRegistration, customer: EndCustomer, *, starts_at: dt.datetime, ends_at: dt.datetime
) -> Protection:
    """Protect a registration; refused with a sentence where another one is protected then."""
    wanted = Protection(
        deal=deal, customer=customer, site=deal.site, category=deal.category, starts_at=starts_at, ends_at=ends_at
    )
    taken = overlapping(wanted)
    if taken is None:
        try:
            with transaction.atomic():
                wanted.save(force_insert=True)
                return wanted
        except IntegrityError as error:
            if "protection_one_at_a_time" not in str(error):
                raise
            taken = overlapping(wanted)
    assert taken is not None
    raise DealError(
        _("%(partner)s is protected for this customer and product category until %(day)s (%(deal)s).")
        % {
            "partner": taken.deal.shown_partner,
            "day": formats.date(timezone.localtime(taken.ends_at).date(), get_language()),
            "deal": taken.deal.reference,
        }
    )


def overlapping(wanted: Protection) -> Protection | None:
    """The protection that holds the place of another at any time in between."""
    rows = in_the_place_of(wanted).filter(starts_at__lt=wanted.ends_at, ends_at__gt=wanted.starts_at)
    return rows.exclude(pk=wanted.pk or 0).select_related("deal").order_by("starts_at").first()


def in_the_place_of(wanted: Protection) -> QuerySet[Protection]:
    """Every protection of the same site, or where none is given the same customer, and the same product category."""
    rows = Protection.objects.filter(category=wanted.category_id)
    if wanted.site_id is not None:
        return rows.filter(site=wanted.site_id)
    return rows.filter(customer=wanted.customer_id, site=None)


def _end_of_day(moment: dt.datetime) -> dt.datetime:
    """The end of that day in the manufacturer's time: a countdown in days ends with a day."""
    day = timezone.localtime(moment).date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _free_place(
    head: ClaimHead, customer: EndCustomer, deal: DealRegistration, *, by: Membership | None, at: dt.datetime
) -> None:
    """Whoever is protected for the customer and category loses that, and may appeal in its turn."""
    wanted = Protection(customer=customer, site=deal.site, category=deal.category)
    for protection in in_the_place_of(wanted).filter(starts_at__lte=at, ends_at__gt=at).select_related("deal"):
        other = locked(protection.deal)
        end_protection(protection, ProtectionEnd.TAKEN, at=at)
        reason = _("After an appeal the protection went to another partner.")
        if other.state == DealState.APPROVED:
            move(
                other, DealState.REFUSED, protected_until=protection.ends_at, reason=reason, answered_at=at,
                answered_by=by, closed_at=at,
            )  # fmt: skip
        note(head, other, ClaimStep.TAKEN, by=by, at=at, reason=reason)
        telling.taken(other)


def customer_for(deal: DealRegistration, chosen: int | None, seen: Collection[int]) -> EndCustomer:
    """The end customer that was chosen; else the surest of those known, else a new one."""
    if chosen:
        found = EndCustomer.objects.filter(pk=chosen, merged_into=None).first()
        if found is None:
            raise DealError(_("This customer's record was merged into another meanwhile. Choose again."))
        return found
    sure = [row for row, score in customers_like(deal) if score >= DEFAULT_THRESHOLD]
    if chosen == NEW_CUSTOMER:
        if any(row.pk not in seen for row in sure):
            raise DealError(_("Another record of this customer came up meanwhile. Look at it, and choose again."))
        return create_customer(deal)
    return sure[0] if sure else create_customer(deal)


def create_customer(deal: DealRegistration) -> EndCustomer:
    """An end customer as a registration names it, served by its partner; of two tiers by the dealer."""
    second_serves = deal.second_partner_id is not None and deal.second_is == "dealer"
    customer = EndCustomer.objects.create(
        name=deal.customer_name, contact_name=deal.contact_name, business_number=deal.business_number,
        email=deal.email, phone=deal.phone, website=deal.website, address=deal.address, city=deal.city,
        postal_code=deal.postal_code, country=deal.country, source=CustomerSource.PARTNER,
        served_by_id=deal.second_partner_id if second_serves else deal.partner_id,
    )  # fmt: skip
    write_customer_keys([customer])
    return customer


def _answered(deal: DealRegistration, by: Membership | None, at: dt.datetime) -> dict[str, Any]:
    """Who has answered when, and after how much business time; none for what nobody had asked for yet."""
    assert deal.submitted_at is not None
    asked_at = max(deal.submitted_at, deal.confirmed_at) if deal.confirmed_at else deal.submitted_at
    minutes = None if deal.is_unconfirmed else int(60 * calendar().between(asked_at, at))
    return {"answered_at": at, "answered_by": by, "answer_minutes": minutes}


def refuse_deal(deal: DealRegistration, *, by: Membership, reason: str) -> DealRegistration:
    """Refuse a registration; the partner reads why, and may appeal."""
    return _turn_down(deal, DealState.REFUSED, by=by, reason=reason)


def return_deal(deal: DealRegistration, *, by: Membership, reason: str) -> DealRegistration:
    """Ask the partner for more; it hands the registration in again."""
    return _turn_down(deal, DealState.RETURNED, by=by, reason=reason)


@transaction.atomic
def _turn_down(deal: DealRegistration, to: DealState, *, by: Membership, reason: str) -> DealRegistration:
    must_decide(by)
    if not reason.strip():
        raise DealError(_("Say why: the partner reads it."))
    withdraw_request(DEAL_SUBJECT, deal.pk, because=_("It was answered otherwise."))
    return turn_down_now(deal, to, by=by, reason=reason)


@transaction.atomic
def turn_down_now(deal: DealRegistration, to: DealState, *, by: Membership | None, reason: str) -> DealRegistration:
    """Refuse or return, where nobody need be asked any more."""
    head = lock_head()
    deal = locked(deal)
    if deal.state == to:
        return deal
    now, words = timezone.now(), reason.strip()[:1000]
    changes: dict[str, Any] = {"reason": words}
    if deal.state == DealState.SUBMITTED:
        changes |= _answered(deal, by, now)
    elif deal.state == DealState.APPROVED:
        raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
    move(deal, to, **changes)
    note(head, deal, to.value, by=by, at=now, reason=words)
    telling.answered(deal)
    return deal
