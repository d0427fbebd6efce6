"""What a partner asks about an answer: a longer protection, or that somebody else decides again."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import (
    AnswerState,
    ClaimStep,
    DealAppeal,
    DealRegistration,
    DealState,
    ExtensionRequest,
    Protection,
)
from leads.selectors.deals import deal_settings, protection_of
from leads.services.claims import lock_head
from leads.services.deals import telling
from leads.services.deals.common import DealError, locked, move, must_decide, must_own, note, running_protection
from leads.services.deals.deciding import grant, overlapping, protect
from leads.services.deals.registering import add_file
from tenancy.models import Membership
from tenancy.rls import house_scope


def ask_extension(
    deal: DealRegistration, *, days: int, text: str, upload: UploadedFile | None, by: Membership
) -> ExtensionRequest:
    """Ask for a longer protection, with what shows that the deal goes on. While one waits, that one is it."""
    with house_scope(), transaction.atomic():
        head = lock_head()
        deal = locked(deal)
        must_own(deal, by)
        waiting = ExtensionRequest.objects.filter(deal=deal, state=AnswerState.WAITING).first()
        if waiting is not None:
            return waiting
        now = timezone.now()
        if deal.state != DealState.APPROVED or running_protection(deal, at=now) is None:
            raise DealError(_("Only a protection that runs can be extended."))
        asked = ExtensionRequest.objects.create(
            deal=deal, days=days, text=text.strip(), asked_by=by, asked_by_name=by.name, asked_at=now
        )
        files = [add_file(deal, upload, by=by, extension=asked).sha256] if upload else []
        note(head, deal, ClaimStep.EXTENSION_ASKED, by=by, at=now, days=days, reason=asked.text, files=files)
        telling.extension_asked(asked, deal, by=by)
    return asked


@transaction.atomic
def answer_extension(
    asked: ExtensionRequest, *, grant_it: bool, by: Membership, answer: str = "", days: int | None = None
) -> ExtensionRequest:
    """Extend a protection, by the days asked for or others, or say why not. One that ran out while this waited begins anew
    now, unless its place is taken."""
    must_decide(by)
    if not grant_it and not answer.strip():
        raise DealError(_("Say why: the partner reads it."))
    head = lock_head()
    deal = locked(asked.deal)
    asked = ExtensionRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if asked.state != AnswerState.WAITING:
        raise DealError(_("This was answered meanwhile."))
    now = timezone.now()
    if grant_it:
        asked.days = days or asked.days
        until = _extend(deal, asked.days, now)
        note(head, deal, ClaimStep.EXTENSION_GRANTED, by=by, at=now, days=asked.days, protected_until=until)
    else:
        note(head, deal, ClaimStep.EXTENSION_REFUSED, by=by, at=now, reason=answer.strip())
    _answer(asked, grant_it, by, answer, now, "days")
    telling.extension_answered(asked, deal)
    return asked


def _extend(deal: DealRegistration, days: int, now: dt.datetime) -> dt.datetime:
    """Until when the registration is protected now."""
    protection = protection_of(deal)
    if deal.state not in (DealState.APPROVED, DealState.EXPIRED) or protection is None:
        raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
    if protection.ends_at <= now:
        until = now + dt.timedelta(days=days)
        protect(deal, protection.customer, starts_at=now, ends_at=until)
        if deal.state == DealState.EXPIRED:
            move(deal, DealState.APPROVED, protected_until=until, closed_at=None)
            return until
    else:
        until = protection.ends_at + dt.timedelta(days=days)
        _lengthen(protection, until)
    deal.protected_until = until
    deal.save(update_fields=["protected_until", "updated_at"])
    return until


def _lengthen(protection: Protection, until: dt.datetime) -> None:
    """The database refuses where another one begins before."""
    protection.ends_at, protection.reminded = until, None
    try:
        with transaction.atomic():
            protection.save(update_fields=["ends_at", "reminded"])
    except IntegrityError as error:
        taken = overlapping(protection)
        if taken is None:
            raise
        raise DealError(_("Another protection begins before: %(deal)s.") % {"deal": taken.deal.reference}) from error


def may_appeal(deal: DealRegistration) -> bool:
    """Whether a refusal is fresh enough, and has not been appealed yet."""
    if deal.state != DealState.REFUSED or deal.answered_at is None:
        return False
    if deal.answered_at < timezone.now() - dt.timedelta(days=deal_settings().appeal_days):
        return False
    return not DealAppeal.objects.filter(deal=deal, asked_at__gte=deal.answered_at).exists()


def appeal(deal: DealRegistration, *, text: str, upload: UploadedFile | None, by: Membership) -> DealAppeal:
    """Ask that somebody else decides again about a refusal, or about a protection that went to another."""
    with house_scope(), transaction.atomic():
        head = lock_head()
        deal = locked(deal)
        must_own(deal, by)
        waiting = DealAppeal.objects.filter(deal=deal, state=AnswerState.WAITING).first()
        if waiting is not None:
            return waiting
        if not may_appeal(deal):
            raise DealError(_("This cannot be appealed: it is not refused, its time is over, or it was appealed."))
        now = timezone.now()
        asked = DealAppeal.objects.create(
            deal=deal, text=text.strip(), asked_by=by, asked_by_name=by.name, asked_at=now, against=deal.answered_by
        )
        files = [add_file(deal, upload, by=by, appeal=asked).sha256] if upload else []
        note(head, deal, ClaimStep.APPEALED, by=by, at=now, reason=asked.text, files=files)
        telling.appealed(asked, deal)
    return asked


@transaction.atomic
def answer_appeal(
    asked: DealAppeal, *, uphold: bool, by: Membership, answer: str = "", take_over: bool = False, customer: Any = None
) -> DealAppeal:
    """Decide an appeal: by somebody else than who decided before. Granted, the registration is protected.

    Where another partner is protected in its place, that is said, and needs `take_over`: the other one loses it.
    """
    must_decide(by)
    if by.pk == asked.against_id:
        raise DealError(_("You decided this before: somebody else has to decide the appeal."))
    if not uphold and not answer.strip():
        raise DealError(_("Say why: the partner reads it."))
    head = lock_head()
    deal = locked(asked.deal)
    asked = DealAppeal.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if asked.state != AnswerState.WAITING:
        raise DealError(_("This was answered meanwhile."))
    now = timezone.now()
    if uphold:
        step, facts = ClaimStep.APPEAL_GRANTED, {"answer": answer.strip()}
        chosen = customer if customer is not None else deal.customer_id
        note(head, deal, step, by=by, at=now, **facts)
        grant(deal, {"customer": chosen}, by=by, take_over=take_over, on_appeal=True)
    else:
        note(head, deal, ClaimStep.APPEAL_REFUSED, by=by, at=now, reason=answer.strip())
    _answer(asked, uphold, by, answer, now)
    telling.appeal_answered(asked, deal)
    return asked


def _answer(asked: Any, is_granted: bool, by: Membership, answer: str, at: dt.datetime, *more: str) -> None:
    asked.state = AnswerState.GRANTED if is_granted else AnswerState.REFUSED
    asked.answer, asked.answered_by, asked.answered_at = answer.strip()[:1000], by, at
    asked.save(update_fields=["state", "answer", "answered_by", "answered_at", *more])
