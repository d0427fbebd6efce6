"""Invitations: an offer of a place by mail, for one use, that ends."""

import hashlib
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy import tasks
from tenancy.delegation import may_invite, roles_given_by
from tenancy.errors import TenancyError
from tenancy.hooks import place_changed
from tenancy.models import Invitation, Manufacturer, Membership, User, invitation_end
from tenancy.rights import Role
from tenancy.rls import staff_scope


class InvitationError(TenancyError):
    """An invitation that cannot be given or taken up."""


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """What an invitation's link ends with: 43 characters of 256 random bits. Only its hash is kept."""
    return secrets.token_urlsafe(32)


@transaction.atomic
def invite(
    *,
    by: Membership | None,
    email: str,
    role: str,
    language: str,
    name: str = "",
    partner: Any = None,
    assigned_only: bool = False,
) -> Invitation:
    """Offer a place to who reads this address; the mail goes out after the commit. Needs the scope of `by`.

    An open invitation of the same address on the same side is replaced: the newest one counts. `by` is None where the
    platform invites a manufacturer's first owner.
    """
    email = email.strip().lower()
    if by is not None:
        if not may_invite(by, partner):
            raise InvitationError(_("You may not invite people here."))
        if role not in roles_given_by(by, to_staff=partner is None):
            raise InvitationError(_("You may not give this role."))
    if Membership.objects.filter(email=email, is_active=True).exists():
        raise InvitationError(_("%(email)s has a place here already.") % {"email": email})
    now = timezone.now()
    _open_ones().filter(email=email, partner=partner).update(revoked_at=now)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                name=name,
                role=role,
                partner=partner,
                language=language,
                assigned_only=assigned_only and role == Role.MANAGER,
                secret_hash=hash_of(new_secret()),
                invited_by=by,
            )
    except IntegrityError:  # two at once
        raise InvitationError(_("This address has an open invitation already.")) from None
    _queue(invitation)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Membership) -> Invitation:
    """Send the mail again with a new link and a new end; the link before stops working."""
    invitation = _locked(invitation, by=by)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationError(_("This invitation is not open any more."))
    invitation.expires_at = invitation_end()
    invitation.mail_tried_at = invitation.mail_sent_at = None
    invitation.mail_refused = ""
    invitation.secret_hash = hash_of(new_secret())
    invitation.save(update_fields=["expires_at", "mail_tried_at", "mail_sent_at", "mail_refused", "secret_hash"])
    _queue(invitation)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Membership) -> Invitation:
    """Take an open invitation back; its link stops working."""
    invitation = _locked(invitation, by=by)
    if invitation.accepted_at:
        raise InvitationError(_("This invitation has been accepted already."))
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    return invitation


def open_invitation(manufacturer: Manufacturer, secret: str) -> Invitation:
    """The invitation behind a link, with its partner; InvitationError says why there is none to accept."""
    with staff_scope(manufacturer.pk):
        return _by_secret(Invitation.objects.select_related("partner", "invited_by"), secret)


def accept_as_user(manufacturer: Manufacturer, secret: str, *, user: User) -> Membership:
    """Take up an invitation with an account that is there already. Of two at once exactly one gets the place.

    The account may have another address than the invitation: who holds the link could as well make a new one.
    """
    try:
        with transaction.atomic(), staff_scope(manufacturer.pk):
            invitation = _by_secret(Invitation.objects.select_for_update(), secret)
            return _give_place(invitation, manufacturer, user)
    except IntegrityError:  # two invitations of one person at once
        raise _has_place(manufacturer) from None


def accept_as_new_user(
    manufacturer: Manufacturer, secret: str, *, name: str, password: str, language: str
) -> Membership:
    """Take up an invitation with a new account; the link came by mail, so the address counts as confirmed."""
    try:
        with transaction.atomic():
            with staff_scope(manufacturer.pk):
                invitation = _by_secret(Invitation.objects.select_for_update(), secret)
            user = User.objects.create_user(invitation.email, password, name=name, language=language)
            with staff_scope(manufacturer.pk):
                return _give_place(invitation, manufacturer, user)
    except IntegrityError:
        raise InvitationError(_("There is an account with this address already. Sign in to accept.")) from None


def _open_ones() -> Any:
    return Invitation.objects.filter(accepted_at=None, revoked_at=None)


def _locked(invitation: Invitation, *, by: Membership) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not may_invite(by, invitation.partner):
        raise InvitationError(_("You may not invite people here."))
    return invitation


def _by_secret(invitations: Any, secret: str) -> Invitation:
    invitation = invitations.filter(secret_hash=hash_of(secret)).first()
    if invitation is None:
        raise InvitationError(_("This link does not work. Open the newest mail you got, or ask for another."))
    if invitation.accepted_at:
        raise InvitationError(_("This invitation has been used. Sign in to go on."))
    if invitation.revoked_at:
        raise InvitationError(_("This invitation was taken back. Ask who invited you."))
    if not invitation.is_open:
        raise InvitationError(_("This invitation has ended. Ask who invited you for another."))
    return invitation


def _give_place(invitation: Invitation, manufacturer: Manufacturer, user: User) -> Membership:
    if not user.is_active:
        raise InvitationError(_("This account is closed."))
    own = Membership.objects.filter(user_id=user.pk)
    if own.filter(is_active=True).exists():
        raise _has_place(manufacturer)
    place = own.filter(partner=invitation.partner_id).first() or Membership(
        user_id=user.pk, partner_id=invitation.partner_id
    )
    place.role, place.assigned_only = invitation.role, invitation.assigned_only
    place.name, place.email, place.language = user.name, user.email, user.language
    place.is_active, place.left_at = True, None
    place.save()
    place_changed([place])
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    place.manufacturer = manufacturer
    return place


def _has_place(manufacturer: Manufacturer) -> InvitationError:
    return InvitationError(
        _("You have a place at %(manufacturer)s already. Ask there to change it.") % {"manufacturer": manufacturer}
    )


def _queue(invitation: Invitation) -> None:
    tasks.send_invitation.delay_on_commit(manufacturer_id=invitation.manufacturer_id, invitation_id=invitation.pk)
