"""Places: who has which role, who leaves and comes back."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.delegation import manages, roles_given_by
from tenancy.errors import TenancyError
from tenancy.hooks import place_changed
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.services.users import end_sessions_without_place

KEY_ROLES = {
    Role.OWNER: gettext_lazy("This is the last owner. Make somebody else owner first."),
    Role.PARTNER_ADMIN: gettext_lazy("This is the last partner admin. Make somebody else partner admin first."),
}
"""Roles that somebody must hold, and what is said to who would take the last one away."""


@transaction.atomic
def change_place(
    member: Membership,
    *,
    by: Membership,
    role: str | None = None,
    assigned_only: bool | None = None,
    title: str | None = None,
    phone: str | None = None,
) -> Membership:
    """Change a member's role, reach or contact lines. Nobody gives a role with rights that they do not hold."""
    member = _locked(member, by=by)
    if role is not None and role != member.role:
        if member.role not in roles_given_by(by, to_staff=member.is_staff):
            raise TenancyError(_("You may not change the role of this person."))
        if role not in roles_given_by(by, to_staff=member.is_staff):
            raise TenancyError(_("You may not give this role."))
        _keep_one(member, by=by)
        member.role = role
    if assigned_only is not None:
        member.assigned_only = assigned_only
    member.assigned_only = member.assigned_only and member.role == Role.MANAGER
    if title is not None:
        member.title = title
    if phone is not None:
        member.phone = phone
    member.save(update_fields=["role", "assigned_only", "title", "phone"])
    return member


@transaction.atomic
def end_place(member: Membership, *, by: Membership) -> Membership:
    """The member leaves: no access from the next request on, while what they did stays under their name."""
    member = _locked(member, by=by)
    if not member.is_active:
        return member
    if member.role not in roles_given_by(by, to_staff=member.is_staff):
        raise TenancyError(_("You may not end the place of this person."))
    _keep_one(member, by=by)
    set_access(member, False)
    member.save(update_fields=["is_active", "left_at"])
    place_changed([member])
    return member


@transaction.atomic
def reopen_place(member: Membership, *, by: Membership) -> Membership:
    """Give a member who left their place back, with the role they had."""
    member = _locked(member, by=by)
    if member.is_active:
        return member
    if member.role not in roles_given_by(by, to_staff=member.is_staff):
        raise TenancyError(_("You may not give this role."))
    set_access(member, True)
    try:
        with transaction.atomic():
            member.save(update_fields=["is_active", "left_at"])
    except IntegrityError:
        raise TenancyError(_("%(name)s has another place at this manufacturer.") % {"name": member.name}) from None
    place_changed([member])
    return member


def set_access(member: Membership, is_active: bool) -> None:
    """Open or end a place on the object; the caller saves it. Whose last place ends is signed out after the commit."""
    member.is_active, member.left_at = is_active, None if is_active else timezone.now()
    if not is_active:
        transaction.on_commit(lambda: end_sessions_without_place(member.user_id), robust=True)


def _locked(member: Membership, *, by: Membership) -> Membership:
    """The member as it is now, locked together with those who hold a key role on its side.

    In one order for everybody, so that two who remove each other at once wait instead of both succeeding.
    """
    side = Q(role__in=KEY_ROLES, partner_id=member.partner_id, is_active=True)
    rows = Membership.objects.select_for_update().filter(Q(pk=member.pk) | side).order_by("pk")
    fresh = next((row for row in rows if row.pk == member.pk), None)
    if fresh is None or not manages(by, fresh):
        raise TenancyError(_("You may not change this person's place."))
    return fresh


def _keep_one(member: Membership, *, by: Membership) -> None:
    """The last owner, and for partner admins the last partner admin, stays what they are.

    Staff may take a partner's last admin away, as they can invite another.
    """
    if member.role not in KEY_ROLES or not member.is_active or (by.is_staff and not member.is_staff):
        return
    holders = Membership.objects.filter(role=member.role, partner=member.partner_id, is_active=True)
    if not holders.exclude(pk=member.pk).exists():
        raise TenancyError(str(KEY_ROLES[Role(member.role)]))
