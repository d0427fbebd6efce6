"""A colleague asks to join by an address of the partner's own mail domain (T-6)."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy import hooks, selectors, tasks
from tenancy.delegation import manages_people_of
from tenancy.errors import TenancyError
from tenancy.mail_domains import domain_of, is_free_mail
from tenancy.models import Invitation, JoinRequest, Manufacturer, Membership
from tenancy.rls import staff_scope
from tenancy.services.invitations import invite

SALT = "tenancy.join"
LINK_HOURS = 24


class JoinError(TenancyError):
    """A wish to join that cannot be taken further."""


@dataclass(frozen=True)
class ConfirmedAddress:
    """An address that its reader has shown to be theirs, with the partners of its domain."""

    email: str
    partners: list[Any]


def ask_for_link(manufacturer: Manufacturer, *, email: str, language: str) -> None:
    """Have a link sent to this address if its domain is a partner's.

    Whether it is, the task finds out: the answer and its time are the same for every address.
    """
    if is_free_mail(domain_of(email)):
        raise JoinError(_("Use your address at the company: anybody can have one at this mail service."))
    tasks.send_join_link.delay(manufacturer_id=manufacturer.pk, email=email.strip().lower(), language=language)


def link_token(manufacturer_id: int, email: str) -> str:
    """What the mailed link carries: who confirms which address, signed, for a day."""
    return signing.dumps({"manufacturer": manufacturer_id, "email": email}, salt=SALT)


def confirmed_address(manufacturer: Manufacturer, token: str) -> ConfirmedAddress:
    """The address that a mailed link confirms."""
    try:
        content = signing.loads(token, salt=SALT, max_age=LINK_HOURS * 3600)
    except signing.SignatureExpired:
        raise JoinError(_("This link has ended. Ask for another.")) from None
    except signing.BadSignature:
        content = {}
    if content.get("manufacturer") != manufacturer.pk:
        raise JoinError(_("This link does not work. Open the newest mail you got, or ask for another."))
    email = content["email"]
    with staff_scope(manufacturer.pk):
        partners = selectors.partners_of_domain(domain_of(email))
    if not partners:
        raise JoinError(_("This link has ended. Ask for another."))
    return ConfirmedAddress(email, partners)


def ask_to_join(
    manufacturer: Manufacturer, address: ConfirmedAddress, *, partner: Any, name: str, language: str, message: str
) -> JoinRequest:
    """Put the wish before the partner's admins. Asking again while it waits changes nothing."""
    if partner not in address.partners:
        raise JoinError(_("Choose one of the companies."))
    with staff_scope(manufacturer.pk):
        if Membership.objects.filter(email=address.email, is_active=True).exists():
            raise JoinError(_("You have a place here already. Sign in to go on."))
        waiting = JoinRequest.objects.filter(email=address.email, partner=partner, state=JoinRequest.State.WAITING)
        known = waiting.first()
        if known is not None:
            return known
        try:
            with transaction.atomic():
                request = JoinRequest.objects.create(
                    partner=partner, email=address.email, name=name, language=language, message=message
                )
        except IntegrityError:  # twice at once
            return waiting.get()
        hooks.join_requested(request)
        return request


@transaction.atomic
def approve_join_request(request: JoinRequest, *, by: Membership, role: str) -> Invitation:
    """Say yes: the person gets an invitation with this role."""
    request = _decide(request, JoinRequest.State.APPROVED, by=by)
    return invite(
        by=by, email=request.email, name=request.name, role=role, language=request.language, partner=request.partner
    )


@transaction.atomic
def refuse_join_request(request: JoinRequest, *, by: Membership) -> JoinRequest:
    """Say no: the person is told by mail."""
    request = _decide(request, JoinRequest.State.REFUSED, by=by)
    tasks.send_join_refusal.delay_on_commit(manufacturer_id=request.manufacturer_id, request_id=request.pk)
    return request


def _decide(request: JoinRequest, state: str, *, by: Membership) -> JoinRequest:
    request = JoinRequest.objects.select_for_update().get(pk=request.pk)
    if not manages_people_of(by, request.partner):
        raise JoinError(_("You may not decide about this request."))
    if request.state != JoinRequest.State.WAITING:
        raise JoinError(_("This request has been decided already."))
    request.state, request.decided_by, request.decided_at = state, by, timezone.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])
    return request
