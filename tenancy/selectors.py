from typing import Any

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from tenancy.mail_domains import is_free_mail
from tenancy.models import Invitation, JoinRequest, Manufacturer, Membership, User
from tenancy.rights import ASSIGNED_ONLY_REMOVES, ROLE_RIGHTS, Right, Role
from tenancy.rls import current_scope, platform_scope

SHOWN = 200
"""So many open invitations a page shows, the newest first."""


def manufacturer_by_slug(slug: str) -> Manufacturer:
    """The active manufacturer of this address; 404 for none.

    Each public page asks for it: written out, since putting the statement together takes longer than to run it.
    """
    rows = Manufacturer.objects.raw("SELECT * FROM tenancy_manufacturer WHERE slug = %s AND is_active", [slug])
    manufacturer = next(iter(rows), None)
    if manufacturer is None:
        raise Http404
    return manufacturer


def current_manufacturer() -> Manufacturer:
    """The manufacturer of the scope, with its languages, currency, hours, holidays and time zone. One query."""
    number = current_scope().manufacturer
    assert number is not None, "no manufacturer outside of a scope"
    return Manufacturer.objects.get(pk=number)


def is_active_manufacturer(number: int) -> bool:
    """Whether there is a manufacturer of this number, as a mail from outside may name it, and it is active. Outside any scope."""
    with platform_scope():
        return Manufacturer.objects.filter(pk=number, is_active=True).exists()


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


def partner_seen_by(member: Membership, code: str) -> Any:
    """The partner of this code, if the staff member may see it."""
    partners = partner_model().objects.filter(code=code.strip())
    if not member.can(Right.PARTNERS_VIEW_ALL):
        partners = partners.filter(channel_manager=member)
    return partners.first()


def people_seen_by(member: Membership) -> QuerySet[Membership]:
    """The people that this member may see, with their partners; the database keeps out all others."""
    people = Membership.objects.select_related("partner")
    if not member.is_staff:
        return people.filter(partner=member.partner_id)  # and not who looks after the partner
    return people if member.can(Right.PARTNERS_VIEW_ALL) else people.filter(_staff_or_assigned_to(member))


def invitations_seen_by(member: Membership) -> QuerySet[Invitation]:
    """Invitations at the partners that this member may see, and for staff to its own side."""
    invitations = Invitation.objects.select_related("partner", "invited_by")
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return invitations.filter(_staff_or_assigned_to(member))
    return invitations


def open_invitations(member: Membership) -> QuerySet[Invitation]:
    """Invitations that nobody has taken up, the newest first; some may have ended meanwhile."""
    return invitations_seen_by(member).filter(accepted_at=None, revoked_at=None).order_by("-pk")[:SHOWN]


def waiting_join_requests(member: Membership) -> QuerySet[JoinRequest]:
    """Who waits for a yes or no at the partners that this member may see, the longest waiting first."""
    requests = JoinRequest.objects.filter(state=JoinRequest.State.WAITING).select_related("partner")
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        requests = requests.filter(partner__channel_manager=member)
    return requests.order_by("created_at", "pk")


def requests_without_admin(member: Membership) -> QuerySet[JoinRequest]:
    """Who waits for a yes or no at a partner that has no admin to say it."""
    admins = Membership.objects.filter(partner=OuterRef("partner"), role=Role.PARTNER_ADMIN, is_active=True)
    return waiting_join_requests(member).exclude(Exists(admins))


def _staff_or_assigned_to(member: Membership) -> Q:
    return Q(partner=None) | Q(partner__channel_manager=member)
