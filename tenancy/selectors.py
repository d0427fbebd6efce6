from typing import Any

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from tenancy.mail_domains import is_free_mail
from tenancy.models import JoinRequest, Manufacturer, Membership, User
from tenancy.rights import ASSIGNED_ONLY_REMOVES, ROLE_RIGHTS, Right


def manufacturer_by_slug(slug: str) -> Manufacturer:
    """The active manufacturer of this address; 404 for none."""
    manufacturer = Manufacturer.objects.filter(slug=slug, is_active=True).first()
    if manufacturer is None:
        raise Http404
    return manufacturer


def slug_of_domain(domain: str) -> str | None:
    """The slug of the manufacturer with this own domain, looked up at most once a minute."""
    key = f"own-domain:{domain[:253]}"
    slug = cache.get(key)
    if slug is None:
        found = Manufacturer.objects.filter(domain=domain, is_active=True).values_list("slug", flat=True)
        slug = found.first() or ""
        cache.set(key, slug, timeout=60)
    return slug or None


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
    member.partner = partner_model().objects.select_related("kind").get(pk=member.partner_id)


def has_second_factor(user: User) -> bool:
    """Whether the user has set up a code generator or a passkey."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def members_with(right: Right) -> QuerySet[Membership]:
    """The active members who hold a right, of both sides. Needs a scope; narrow it by `partner` as any queryset."""
    members = Membership.objects.filter(
        is_active=True, role__in=[role for role, rights in ROLE_RIGHTS.items() if right in rights]
    )
    return members.filter(assigned_only=False) if right in ASSIGNED_ONLY_REMOVES else members


def needs_second_factor(user: User, member: Membership) -> bool:
    """Whether the manufacturer asks its staff for a second factor that this user has not set up."""
    return member.is_staff and member.manufacturer.require_mfa and not has_second_factor(user)


def partner_model() -> Any:
    """`partners.Partner`, which stands above this app."""
    return Membership._meta.get_field("partner").related_model


def partners_of_domain(domain: str) -> list[Any]:
    """The partners whose people have addresses at this mail domain, by name; none for one that is open to anybody."""
    if not domain or is_free_mail(domain):
        return []
    return list(partner_model().objects.filter(email_domain=domain).exclude(stage="ended").order_by("name", "pk"))


def waiting_join_requests(member: Membership) -> Any:
    """Who waits for a yes or no from this member."""
    requests = JoinRequest.objects.filter(state=JoinRequest.State.WAITING).select_related("partner")
    return requests.order_by("created_at", "pk")
