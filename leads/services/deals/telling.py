"""Who hears of registrations: the people of both partners who work on deals, and who looks after the partner."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from leads.models import DealAppeal, DealRegistration, ExtensionRequest
from leads.notice_kinds import deals as kinds
from notices.registry import NoticeKind
from notices.services import tell, tell_from
from partners.models import names_by_language
from tenancy.models import Membership
from tenancy.rights import Right, Role
from tenancy.rls import house_scope
from tenancy.selectors import members_with


def people_of(deal: DealRegistration) -> QuerySet[Membership]:
    """Who works on deals at the partners of a registration."""
    partners = [pk for pk in (deal.partner_id, deal.second_partner_id) if pk is not None]
    return members_with(Right.PORTAL_DEALS).filter(partner__in=partners)


def deciders_of(deal: DealRegistration, *, but: int | None = None) -> list[Membership]:
    """Who is to answer: the partner's channel manager; else all who decide on deals of every partner."""
    manager = deal.partner.channel_manager
    if manager is not None and manager.is_active and manager.can(Right.DEALS_DECIDE) and manager.pk != but:
        return [manager]
    found = members_with(Right.DEALS_DECIDE).filter(partner=None, assigned_only=False).exclude(pk=but or 0)
    return list(found.exclude(role=Role.OWNER) or found)


def submitted(deal: DealRegistration, *, by: Membership) -> int:
    """A registration waits for its answer. The second partner hears that it is named."""
    at = deal.submitted_at or timezone.now()
    facts = _facts(deal) | {"due_at": deal.due_at}
    told = _staff(deal, kinds.DEAL_SUBMITTED, f"deal-submitted-{deal.pk}-{_stamp(at)}", facts)
    if deal.second_partner_id is not None:
        others = people_of(deal).filter(partner=deal.second_partner_id)
        told += tell(others, kinds.DEAL_NAMED, key=f"deal-named-{deal.pk}", facts=facts)
    return told


def to_confirm(deal: DealRegistration, *, by: Membership) -> int:
    """Staff have entered it for the partner, who is to say that it is right."""
    facts = _facts(deal) | {"who": by.name}
    own = people_of(deal).filter(partner=deal.partner_id)
    return tell(own, kinds.DEAL_TO_CONFIRM, key=f"deal-confirm-{deal.pk}-{_stamp(deal.submitted_at)}", facts=facts)


def answered(deal: DealRegistration) -> int:
    """Approved, refused, or more is asked for."""
    facts = _facts(deal) | {"state": deal.state, "reason": deal.reason, "until_at": deal.protected_until}
    key = f"deal-answered-{deal.pk}-{_stamp(deal.answered_at)}-{deal.state}"
    return tell(people_of(deal), kinds.DEAL_ANSWERED, key=key, facts=facts)


def closed(deal: DealRegistration, *, by: Membership) -> int:
    """The partner says how it ended."""
    facts = _facts(deal) | {"state": deal.state, "reason": deal.reason, "who": by.name}
    return _staff(deal, kinds.DEAL_CLOSED, f"deal-closed-{deal.pk}-{deal.state}", facts)


def taken(deal: DealRegistration) -> int:
    """Its protection went to another partner."""
    facts = _facts(deal) | {"reason": deal.reason}
    return tell(
        people_of(deal), kinds.PROTECTION_TAKEN, key=f"deal-taken-{deal.pk}-{_stamp(timezone.now())}", facts=facts
    )


def extension_asked(asked: ExtensionRequest, deal: DealRegistration, *, by: Membership) -> int:
    """A partner asks for a longer protection."""
    facts = _facts(deal) | {"days": asked.days, "until_at": deal.protected_until, "who": by.name}
    return _staff(deal, kinds.EXTENSION_ASKED, f"extension-{asked.pk}", facts)


def extension_answered(asked: ExtensionRequest, deal: DealRegistration) -> int:
    """The partner hears what became of it."""
    facts = _facts(deal) | {
        "days": asked.days, "state": asked.state, "answer": asked.answer, "until_at": deal.protected_until,
    }  # fmt: skip
    return tell(people_of(deal), kinds.EXTENSION_ANSWERED, key=f"extension-answered-{asked.pk}", facts=facts)


def appealed(asked: DealAppeal, deal: DealRegistration) -> int:
    """Somebody else than who decided before is to decide again."""
    facts = _facts(deal) | {"who": asked.asked_by_name}
    with house_scope():
        return tell(deciders_of(deal, but=asked.against_id), kinds.APPEALED, key=f"deal-appeal-{asked.pk}", facts=facts)


def appeal_answered(asked: DealAppeal, deal: DealRegistration) -> int:
    """The partner hears what became of its appeal."""
    facts = _facts(deal) | {"state": asked.state, "answer": asked.answer}
    return tell(people_of(deal), kinds.APPEAL_ANSWERED, key=f"deal-appeal-answered-{asked.pk}", facts=facts)


def ending(deals: Iterable[tuple[DealRegistration, int]]) -> int:
    """Protections that end soon: (registration, the reminder's number of days). Both sides hear it."""
    return _both(
        [(deal, f"protection-ends-{deal.pk}-{_stamp(deal.protected_until)}-{days}") for deal, days in deals],
        kinds.PROTECTION_ENDING,
    )


def ended(deals: Iterable[DealRegistration]) -> int:
    """Protections that have run out. Both sides hear it."""
    return _both(
        [(deal, f"protection-ended-{deal.pk}-{_stamp(deal.protected_until)}") for deal in deals], kinds.PROTECTION_ENDED
    )


def _both(rows: list[tuple[DealRegistration, str]], kind: NoticeKind) -> int:
    told = []
    for deal, key in rows:
        facts = _facts(deal) | {"until_at": deal.protected_until}
        hearing = [*people_of(deal).values_list("pk", flat=True)]
        manager = deal.partner.channel_manager
        if manager is not None and manager.is_active:
            hearing.append(manager.pk)
        told += [(member, key, facts) for member in hearing]
    return tell_from(told, kind) if told else 0


def _staff(deal: DealRegistration, kind: NoticeKind, key: str, facts: dict[str, Any]) -> int:
    with house_scope():
        return tell(deciders_of(deal), kind, key=key, facts=facts)


def _facts(deal: DealRegistration) -> dict[str, Any]:
    return {
        "deal": deal.pk,
        "reference": deal.reference,
        "customer": deal.customer_name,
        "partner": names_by_language(deal.partner_name, deal.partner_local_name),
    }


def _stamp(moment: dt.datetime | None) -> str:
    return f"{moment:%Y%m%d%H%M%S}" if moment else ""
