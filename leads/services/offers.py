"""The life of an offer: accepted by one, declined, run out, withdrawn; and leads given by hand or taken back.

Every step locks the lead first and its offers after, so that of any number of people who accept at the same moment
exactly one wins. A partner's steps run in the house's scope: partners write none of this themselves.
"""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import (
    NEXT_OFFER_STATES,
    AnsweredBy,
    Ended,
    Lead,
    LeadReason,
    LeadState,
    Mode,
    Offer,
    OfferState,
    Outcome,
    QueuedBecause,
    ReasonUse,
    RoutingDecision,
)
from leads.selectors.calendars import partner_calendars
from leads.selectors.candidates import Candidates, Categories
from leads.selectors.masked import masked_facts
from leads.services import distribution_notices as telling
from leads.services.customers import release_customer
from leads.services.offering import last_round, make_offers
from leads.services.opportunities import close_of_lead, open_from_lead
from leads.services.routing import go_on, keep_decision
from leads.services.sites import take_access
from leads.services.states import lock_lead, move_locked
from partners.models import Activity, Partner
from partners.selectors import may
from partners.services.qualifications import house_day
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import house_scope

GIVABLE = frozenset({LeadState.NEW, LeadState.OFFERED, LeadState.MANUAL})


class OfferError(DomainError):
    """An answer that comes too late, or a step that the offer cannot take."""


# --- The partner's answer ---------------------------------------------------------------------------------------------


def accept_offer(
    offer: Offer, *, by: Membership | None, via: str = AnsweredBy.PORTAL, now: dt.datetime | None = None
) -> Lead:
    """The partner takes the lead; whoever else was asked is told that it is gone. A second click changes nothing.

    OfferError, with what happened, for everybody but the first. A partner that may receive no such leads any more gets one
    too: its offer has ended then, and the lead goes on.
    """
    with house_scope(), transaction.atomic():
        lead, offer = _locked(offer)
        if offer.state == OfferState.ACCEPTED:
            return lead
        moment = now or timezone.now()
        _check_open(offer, lead, moment)
        refused = _hindered(offer, lead)
        if not refused:
            return _taken(offer, lead, by=by, via=via, now=moment)
        _refuse(offer, lead, refused, now=moment)
    raise OfferError(_("Your company may not receive this lead now. %(reasons)s") % {"reasons": refused})


def _taken(offer: Offer, lead: Lead, *, by: Membership | None, via: str, now: dt.datetime) -> Lead:
    others = _open_offers(lead).exclude(pk=offer.pk)
    for other in others:
        _end(other, OfferState.WITHDRAWN, now=now, ended=Ended.TAKEN)
    _answer(offer, OfferState.ACCEPTED, by=by, via=via, now=now)
    move_locked(lead, LeadState.ACCEPTED, state_since=now, partner=offer.partner, accepted_at=now)
    open_from_lead(lead, by=by)
    for other in others:
        telling.lost_race(other)
    telling.accepted(offer, lead)
    return lead


def _hindered(offer: Offer, lead: Lead) -> str:
    """What keeps the partner from the lead now; nothing where it may have it."""
    permission = may(offer.partner, Activity.LEADS, day=house_day(), lines=Categories().up(lead.category_id))
    return "" if permission else "; ".join(str(reason) for reason in permission.reasons)


def _refuse(offer: Offer, lead: Lead, why: str, *, now: dt.datetime) -> None:
    """The offer ends with the reason, and the lead goes on to others."""
    offer.reason_note = why[:500]
    offer.save(update_fields=["reason_note"])
    _end(offer, OfferState.WITHDRAWN, now=now, ended=Ended.STAFF)
    telling.pulled_back(offer, why="withdrawn")
    if not _open_offers(lead).exists():
        go_on(lead, Candidates([lead], now=now), after=offer, now=now)


def decline_offer(
    offer: Offer,
    *,
    by: Membership | None,
    reason: LeadReason | None = None,
    note: str = "",
    via: str = AnsweredBy.PORTAL,
    now: dt.datetime | None = None,
) -> Offer:
    """The partner does not take it, and says why; the lead goes on at once. A second click changes nothing."""
    with house_scope(), transaction.atomic():
        lead, offer = _locked(offer)
        if offer.state == OfferState.DECLINED:
            return offer
        moment = now or timezone.now()
        _check_open(offer, lead, moment)
        if reason is not None and (reason.use != ReasonUse.DECLINE or reason.is_retired):
            raise OfferError(_("Choose one of the reasons for declining."))
        if reason is None and not note.strip():
            raise OfferError(_("Say why you decline: choose a reason or write one."))
        _answer(offer, OfferState.DECLINED, by=by, via=via, now=moment, reason=reason, reason_note=note.strip()[:500])
        telling.settle(offer)
        if not _open_offers(lead).exists():
            go_on(lead, Candidates([lead], now=moment), after=offer, now=moment)
        return offer


def _check_open(offer: Offer, lead: Lead, now: dt.datetime) -> None:
    if offer.state != OfferState.OFFERED or lead.state != LeadState.OFFERED:
        raise OfferError(ended_sentence(offer))
    if offer.due_at <= now:
        raise OfferError(_("The time to answer this offer is over."))


def ended_sentence(offer: Offer) -> str:
    """What is said to who comes too late."""
    if offer.state == OfferState.ACCEPTED:
        return _("You have accepted this lead already.")
    if offer.state == OfferState.DECLINED:
        return _("This offer was declined already.")
    if offer.state == OfferState.EXPIRED or (offer.state == OfferState.OFFERED and not offer.is_open):
        return _("The time to answer this offer is over.")
    if offer.ended == Ended.TAKEN:
        return _("Another partner accepted this lead first.")
    if offer.ended == Ended.TAKEN_BACK:
        return _("The manufacturer has taken this lead back.")
    return _("This offer was withdrawn.")


# --- The manufacturer's steps -----------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_offer(offer: Offer, *, by: Membership | None, now: dt.datetime | None = None) -> Offer:
    """Take an open offer back. Where it was the last, the lead waits to be placed by hand."""
    lead, offer = _locked(offer)
    if offer.state != OfferState.OFFERED:
        raise OfferError(ended_sentence(offer))
    moment = now or timezone.now()
    _end(offer, OfferState.WITHDRAWN, now=moment, ended=Ended.STAFF, by=by)
    telling.pulled_back(offer, why="withdrawn")
    if lead.state == LeadState.OFFERED and not _open_offers(lead).exists():
        _note_queued(lead, QueuedBecause.WITHDRAWN, by=by, now=moment)
        move_locked(lead, LeadState.MANUAL, state_since=moment)
    return offer


@transaction.atomic
def close_offers(lead: Lead, *, by: Membership | None = None, now: dt.datetime | None = None) -> int:
    """The lead is settled otherwise (merged, discarded, given to somebody): no offer of it stays open."""
    moment = now or timezone.now()
    offers = list(_open_offers(lock_lead(lead)))
    for offer in offers:
        _end(offer, OfferState.WITHDRAWN, now=moment, ended=Ended.CLOSED, by=by)
        telling.pulled_back(offer, why="closed")
    return len(offers)


@transaction.atomic
def close_offers_of(partner: Partner, *, by: Membership | None = None, now: dt.datetime | None = None) -> int:
    """The partnership ended: its open offers are withdrawn, and their leads go on to others; returns how many."""
    moment = now or timezone.now()
    open_ = Offer.objects.filter(partner=partner, state=OfferState.OFFERED)
    leads = list(Lead.objects.select_for_update(no_key=True).filter(pk__in=open_.values("lead")).order_by("pk"))
    going_on = []
    for lead in leads:
        offers = list(_open_offers(lead))
        own = [offer for offer in offers if offer.partner_id == partner.pk]
        for offer in own:
            _end(offer, OfferState.WITHDRAWN, now=moment, ended=Ended.CLOSED, by=by)
        if own and len(own) == len(offers) and lead.state == LeadState.OFFERED:
            going_on.append((lead, own[-1]))
    found = Candidates([lead for lead, _offer in going_on], now=moment)
    for lead, offer in going_on:
        go_on(lead, found, after=offer, by=by, now=moment)
    return len(leads)


@transaction.atomic
def give_lead(
    lead: Lead, partner: Partner, *, by: Membership | None, note: str = "", now: dt.datetime | None = None
) -> Lead:
    """Hand a lead of the pool to a partner directly, without asking it. OfferError where the partner may not get any."""
    lead = lock_lead(lead)
    if lead.state == LeadState.ACCEPTED and lead.partner_id == partner.pk:
        return lead
    if lead.state not in GIVABLE:
        raise OfferError(
            _("This lead is “%(state)s”: it cannot be given to a partner now.") % {"state": lead.get_state_display()}
        )
    permission = may(partner, Activity.LEADS, lines=Categories().up(lead.category_id))
    if not permission:
        reasons = "; ".join(str(reason) for reason in permission.reasons)
        raise OfferError(
            _("%(partner)s may not receive leads now. %(reasons)s") % {"partner": partner, "reasons": reasons}
        )
    moment = now or timezone.now()
    close_offers(lead, by=by, now=moment)
    found = Candidates([lead], now=moment)
    ranking = found.rank(lead)
    if partner.pk not in {each.partner_id for each in ranking}:
        ranking += found.add(lead, [partner.pk])
    decision = keep_decision(
        lead, found, ranking, outcome=Outcome.GIVEN, mode=Mode.HAND, by=by, now=moment, chosen=[partner.pk]
    )
    offer = Offer.objects.create(
        lead=lead,
        partner=partner,
        decision=decision,
        facts=masked_facts([lead])[lead.pk],
        state=OfferState.ACCEPTED,
        offered_at=moment,
        offered_by=by,
        due_at=moment,
        answered_at=moment,
        answered_by=by,
        answered_via=AnsweredBy.STAFF,
        reason_note=note.strip()[:500],
    )
    move_locked(lead, LeadState.ACCEPTED, state_since=moment, partner=partner, accepted_at=moment)
    open_from_lead(lead, by=by)
    telling.given(offer)
    return lead


@transaction.atomic
def offer_by_hand(lead: Lead, partner: Partner, *, by: Membership | None, now: dt.datetime | None = None) -> Offer:
    """Offer a lead of the pool to a partner that somebody chose; it is asked, and may decline."""
    moment = now or timezone.now()
    lead = lock_lead(lead)
    if lead.state not in GIVABLE:
        raise OfferError(_("This lead is “%(state)s”: it cannot be offered now.") % {"state": lead.get_state_display()})
    if _open_offers(lead).exists():
        raise OfferError(_("An offer of this lead is open. Withdraw it first, or wait for the answer."))
    permission = may(partner, Activity.LEADS, lines=Categories().up(lead.category_id))
    if not permission:
        reasons = "; ".join(str(reason) for reason in permission.reasons)
        raise OfferError(
            _("%(partner)s may not receive leads now. %(reasons)s") % {"partner": partner, "reasons": reasons}
        )
    found = Candidates([lead], now=moment)
    ranking = found.rank(lead)
    if partner.pk not in {each.partner_id for each in ranking}:
        ranking += found.add(lead, [partner.pk])
    decision = keep_decision(
        lead, found, ranking, outcome=Outcome.OFFERED, mode=Mode.HAND, by=by, now=moment, chosen=[partner.pk]
    )
    (offer,) = make_offers(
        [(lead, partner.pk, decision)], rules=found.rules, round_=last_round(lead) + 1, by=by, now=moment
    )
    return offer


@transaction.atomic
def take_back(lead: Lead, *, by: Membership | None, note: str, now: dt.datetime | None = None) -> Lead:
    """Take a lead back from the partner that works on it; it waits to be placed by hand.

    The end customer and the site that came with it the partner reads no more.
    """
    lead = lock_lead(lead)
    if lead.state != LeadState.ACCEPTED or lead.partner_id is None:
        raise OfferError(_("Only a lead that a partner works on can be taken back."))
    if not note.strip():
        raise OfferError(_("Say why the lead is taken back: the partner reads it."))
    moment = now or timezone.now()
    for offer in Offer.objects.select_for_update().filter(lead=lead, state=OfferState.ACCEPTED):
        offer.state, offer.ended, offer.reason_note = OfferState.WITHDRAWN, Ended.TAKEN_BACK, note.strip()[:500]
        offer.save(update_fields=["state", "ended", "reason_note"])
        telling.pulled_back(offer, why="taken_back")
    close_of_lead(lead, note=note)
    release_customer(lead, lead.partner_id)
    _note_queued(lead, QueuedBecause.TAKEN_BACK, by=by, now=moment)
    former = lead.partner_id
    lead = move_locked(lead, LeadState.MANUAL, state_since=moment, partner=None, accepted_at=None)
    if lead.site is not None:
        take_access(lead.site, former)
    return lead


# --- What happens by the clock ----------------------------------------------------------------------------------------


def pull_back_due(*, now: dt.datetime | None = None, most: int = 50) -> int:
    """End the offers whose time is over, and let their leads go on; returns how many leads were looked at.

    Leads that somebody else has in hand at this moment are left to them, or to the next time. Safe to run again, and by
    several at once: `due_at` alone says what is over.
    """
    moment = now or timezone.now()
    due = Offer.objects.filter(state=OfferState.OFFERED, due_at__lte=moment).order_by("due_at", "pk")
    lead_ids = list(dict.fromkeys(due.values_list("lead_id", flat=True)[:most]))
    free = Lead.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    leads = list(free.select_related("kind", "category").filter(pk__in=lead_ids).order_by("pk"))
    going_on: list[tuple[Lead, Offer]] = []
    for lead in leads:
        offers = list(_open_offers(lead))
        over = [offer for offer in offers if offer.due_at <= moment]
        _expire(over)
        if over and len(over) == len(offers) and lead.state == LeadState.OFFERED:
            going_on.append((lead, max(over, key=lambda offer: offer.round)))
    if going_on:
        found = Candidates([lead for lead, _offer in going_on], now=moment)
        for lead, offer in going_on:
            go_on(lead, found, after=offer, now=moment)
    return len(leads)


def remind_due(*, now: dt.datetime | None = None, most: int = 200) -> int:
    """Remind the partners whose time to answer ends soon, once each; returns how many offers that were."""
    moment = now or timezone.now()
    due = Offer.objects.filter(state=OfferState.OFFERED, reminded_at=None, remind_at__lte=moment, due_at__gt=moment)
    offers = list(due.select_for_update(skip_locked=True).order_by("remind_at", "pk")[:most])
    telling.reminded(offers)
    Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(reminded_at=moment)
    return len(offers)


# --- ------------------------------------------------------------------------------------------------------------------


def _locked(offer: Offer) -> tuple[Lead, Offer]:
    """Lead and offer, locked, the lead first: everybody comes in by the same door."""
    lead = Lead.objects.select_for_update(no_key=True).get(pk=offer.lead_id)
    return lead, Offer.objects.select_for_update(of=("self",)).select_related("partner").get(pk=offer.pk)


def _open_offers(lead: Lead) -> QuerySet[Offer]:
    return Offer.objects.select_for_update(of=("self",)).filter(lead=lead, state=OfferState.OFFERED).order_by("pk")


def _step(offer: Offer, to: str) -> None:
    if to not in NEXT_OFFER_STATES[offer.state]:
        raise OfferError(ended_sentence(offer))
    offer.state = to


def _answer(
    offer: Offer,
    to: str,
    *,
    by: Membership | None,
    via: str,
    now: dt.datetime,
    reason: LeadReason | None = None,
    reason_note: str = "",
) -> None:
    _step(offer, to)
    calendar = partner_calendars([offer.partner_id], now=now)[offer.partner_id]
    offer.answered_at, offer.answered_by, offer.answered_via = now, by, via
    offer.answer_hours = calendar.between(offer.offered_at, now)
    offer.reason, offer.reason_note = reason, reason_note
    offer.save(
        update_fields=[
            "state", "answered_at", "answered_by", "answered_via", "answer_hours", "reason", "reason_note",
        ]
    )  # fmt: skip


def _end(offer: Offer, to: str, *, now: dt.datetime, ended: str = "", by: Membership | None = None) -> None:
    _step(offer, to)
    offer.answered_at, offer.ended, offer.answered_by = now, ended, by
    offer.save(update_fields=["state", "answered_at", "ended", "answered_by"])


def _expire(offers: list[Offer]) -> None:
    """As of their end, whenever it is noted: all the hours there were have gone by."""
    if not offers:
        return
    calendars = partner_calendars([offer.partner_id for offer in offers])
    for offer in offers:
        _step(offer, OfferState.EXPIRED)
        offer.answered_at = offer.due_at
        offer.answer_hours = calendars[offer.partner_id].between(offer.offered_at, offer.due_at)
        offer.save(update_fields=["state", "answered_at", "answer_hours"])
        telling.pulled_back(offer, why="expired")


def _note_queued(lead: Lead, because: str, *, by: Membership | None, now: dt.datetime) -> None:
    RoutingDecision.objects.create(
        lead=lead, mode=Mode.HAND, outcome=Outcome.QUEUED, because=because, made_by=by, made_at=now
    )
