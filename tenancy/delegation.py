"""Who may look after whom: which places a member manages, and which roles it can give. Nobody gives more than they hold."""

from tenancy.models import Membership
from tenancy.rights import PARTNER_ROLES, ROLE_RIGHTS, STAFF_ROLES, Right, Role


def manages_staff(by: Membership) -> bool:
    """Whether `by` looks after the manufacturer's own people."""
    return by.is_staff and by.can(Right.USERS_MANAGE)


def manages_people_of(by: Membership, partner: object) -> bool:
    """Whether `by` looks after the people of this partner."""
    if not by.is_staff:
        return by.can(Right.PORTAL_COLLEAGUES_MANAGE) and by.partner_id == getattr(partner, "pk", None)
    if not (by.can(Right.USERS_MANAGE) or by.can(Right.PARTNERS_EDIT)):
        return False
    return by.can(Right.PARTNERS_VIEW_ALL) or getattr(partner, "channel_manager_id", None) == by.pk


def manages(by: Membership, member: Membership) -> bool:
    """Whether `by` may change this member's place or end it."""
    return manages_staff(by) if member.is_staff else manages_people_of(by, member.partner)


def may_invite(by: Membership, partner: object) -> bool:
    """Whether `by` may invite to this partner, or with None to the manufacturer's own people."""
    return manages_staff(by) if partner is None else manages_people_of(by, partner)


def roles_given_by(by: Membership, *, to_staff: bool) -> list[Role]:
    """The roles that `by` can give on that side, in the order of the table of roles.

    Staff who look after partners hold none of the portal's rights and give any of its roles; otherwise a role may not
    hold a right that the giver lacks.
    """
    if to_staff:
        return [role for role in Role if role in STAFF_ROLES and manages_staff(by) and _holds_all(by, role)]
    return [role for role in Role if role in PARTNER_ROLES and (by.is_staff or _holds_all(by, role))]


def _holds_all(by: Membership, role: Role) -> bool:
    return ROLE_RIGHTS[role] <= by.rights
