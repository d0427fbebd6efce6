from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import ASSIGNED_ONLY_REMOVES, ROLE_RIGHTS, Right


def manufacturer_by_slug(slug: str) -> Manufacturer:
    """The active manufacturer of this address; 404 for none."""
    manufacturer = Manufacturer.objects.filter(slug=slug, is_active=True).first()
    if manufacturer is None:
        raise Http404
    return manufacturer


def as_user(user_id: int) -> None:
    """Let the running transaction read this user's own memberships, outside any scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.user', %s, true)", [str(user_id)])


def membership_of(user: User, slug: str) -> Membership | None:
    """The user's place at a manufacturer, with the manufacturer loaded. Needs a transaction, and no scope."""
    as_user(user.pk)
    return (
        Membership.objects.select_related("manufacturer")
        .filter(
            user=user,
            is_active=True,
            manufacturer__slug=slug,
            manufacturer__is_active=True,
        )
        .first()
    )


def memberships_of(user: User) -> list[Membership]:
    """All places of a user, manufacturers loaded, by the manufacturer's name. Needs a transaction, and no scope."""
    as_user(user.pk)
    return list(
        Membership.objects.select_related("manufacturer")
        .filter(user=user, is_active=True, manufacturer__is_active=True)
        .order_by("manufacturer__name")
    )


def load_partner(member: Membership) -> None:
    """Read the member's partner with its kind, in one query."""
    partners: Any = Membership._meta.get_field("partner").related_model
    member.partner = partners.objects.select_related("kind").get(pk=member.partner_id)


def has_second_factor(user: User) -> bool:
    """Whether the user has set up a code generator or a passkey."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def members_with(right: Right) -> QuerySet[Membership]:
    """The active members who hold a right, of both sides. Needs a scope; narrow it by `partner` as any queryset."""
    members = Membership.objects.filter(
        is_active=True, role__in=[role for role, rights in ROLE_RIGHTS.items() if right in rights]
    )
    return members.filter(assigned_only=False) if right in ASSIGNED_ONLY_REMOVES else members
