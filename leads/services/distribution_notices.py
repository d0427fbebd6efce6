"""Who is told what of offers. Nothing here names the person behind a lead: facts are those of the offer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from leads.models import Lead, Offer, QueuedBecause
from leads.notice_kinds import distribution as kinds
from leads.selectors.calendars import partner_zones
from notices.models import Notice
from notices.registry import NoticeKind
from notices.services import tell, tell_from
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with


def offered(offers: Sequence[Offer]) -> None:
    """Everybody at the partner who may answer; once per offer."""
    partners = {offer.partner_id for offer in offers}
    people, zones = _people(partners), partner_zones(partners)
    by_end: dict[Any, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    for offer in offers:
        facts = offer_facts(offer) | {"zone": zones[offer.partner_id]}
        by_end[offer.due_at] += [(member, _key(offer), facts) for member in people.get(offer.partner_id, ())]
    for ends_at, rows in by_end.items():
        tell_from(rows, kinds.OFFERED, ends_at=ends_at)


def given(offer: Offer) -> None:
    """A lead is the partner's without having been asked."""
    _tell_partner(offer, kinds.GIVEN, "given")


def reminded(offers: Iterable[Offer]) -> None:
    """Those who were asked, and have not answered: each is told by the partner's clock when its offer ends."""
    offers = list(offers)
    zones = partner_zones(offer.partner_id for offer in offers)
    for offer in offers:
        _tell_partner(offer, kinds.REMINDED, "reminder", ends_at=offer.due_at, zone=zones[offer.partner_id])


def pulled_back(offer: Offer, *, why: str) -> None:
    """why: expired, withdrawn, taken_back or closed."""
    settle(offer)
    _tell_partner(offer, kinds.PULLED_BACK, f"pulled-back-{why}", why=why)


def lost_race(offer: Offer) -> None:
    """Who was asked with others, and was not the first to accept."""
    settle(offer)
    _tell_partner(offer, kinds.LOST_RACE, "lost-race")


def accepted(offer: Offer, lead: Lead) -> None:
    """Who looks after the lead and the partner at the manufacturer; who accepted knows it."""
    settle(offer)
    people = Membership.objects.filter(Q(pk=lead.owner_id) | Q(assigned_partners=offer.partner_id), partner=None)
    facts = {
        "lead": lead.pk,
        "reference": lead.reference,
        "partner": offer.partner.names,
        "hours": None if offer.answer_hours is None else round(offer.answer_hours, 1),
    }
    tell(people.distinct(), kinds.ACCEPTED, key=f"lead-accepted-{offer.pk}", facts=facts)


def queued(lead: Lead, because: str) -> None:
    """Who looks after the lead, else who may distribute leads; once per lead, reason and day."""
    if lead.owner_id is not None:
        people = Membership.objects.filter(pk=lead.owner_id)
    else:
        people = members_with(Right.LEADS_DISTRIBUTE).filter(partner=None, assigned_only=False)
    key = f"lead-queued-{lead.pk}-{because}-{timezone.localdate().isoformat()}"
    facts = {"lead": lead.pk, "reference": lead.reference, "because": str(QueuedBecause(because).value)}
    tell(people, kinds.QUEUED, key=key, facts=facts)


def settle(offer: Offer) -> None:
    """What was told of the offer is read with the answer: it waits for nobody any more."""
    people = Membership.objects.filter(partner=offer.partner_id).values("pk")
    Notice.objects.filter(recipient__in=people, key=_key(offer), read_at=None).update(read_at=timezone.now())


def offer_facts(offer: Offer) -> dict[str, Any]:
    """What notices of an offer carry: of the lead only what the offer says."""
    kept = offer.facts
    return {
        "offer": offer.pk,
        "reference": kept.get("reference", ""),
        "place": ", ".join(part for part in (kept.get("city", ""), kept.get("region", "")) if part),
        "category": kept.get("category") or "",
        "subject": kept.get("subject", ""),
        "amount": kept.get("amount") or "",
        "currency": kept.get("currency", ""),
        "score": kept.get("score", ""),
        "is_exclusive": offer.is_exclusive,
        "due_at": offer.due_at.isoformat(),
    }


def _tell_partner(offer: Offer, kind: NoticeKind, key: str, *, ends_at: Any = None, **facts: Any) -> None:
    people = _people({offer.partner_id}).get(offer.partner_id, ())
    rows = [(member, f"{_key(offer)}-{key}", offer_facts(offer) | facts) for member in people]
    tell_from(rows, kind, ends_at=ends_at)


def _people(partner_ids: set[int]) -> dict[int, list[int]]:
    """The active people who may answer offers, by partner. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    people = members_with(Right.PORTAL_LEADS_WORK).filter(partner__in=partner_ids)
    for partner_id, pk in people.order_by("pk").values_list("partner_id", "pk"):
        found[partner_id].append(pk)
    return found


def _key(offer: Offer) -> str:
    return f"lead-offer-{offer.pk}"
