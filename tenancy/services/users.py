"""Accounts: their sessions and what a person says about themself."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from tenancy.models import Membership, User
from tenancy.selectors import as_user, memberships_of

SEEN_EVERY = dt.timedelta(hours=1)


def end_sessions(user_id: int) -> int:
    """Sign a user out everywhere; returns from how many devices. Needs no scope."""
    sessions = list(UserSession.objects.filter(user_id=user_id))
    for session in sessions:
        session.end()
    return len(sessions)


def confirm_email(user: User) -> None:
    """Make the user's address the one they sign in with, confirmed: an operator has changed it. Needs no scope."""
    EmailAddress.objects.filter(user_id=user.pk).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True}
    )


def end_sessions_without_place(user_id: int) -> int:
    """Sign out who has no place left anywhere; others keep working at their other places."""
    user = User.objects.get(pk=user_id)
    with transaction.atomic():
        if user.is_superuser or memberships_of(user):
            return 0
    return end_sessions(user_id)


def note_seen(member: Membership) -> None:
    """Keep when the member was last here, to the hour: a row written with each page would cost more than it tells."""
    now = timezone.now()
    if member.last_seen_at is not None and now - member.last_seen_at < SEEN_EVERY:
        return
    with transaction.atomic():
        as_user(member.user_id)
        Membership.objects.filter(pk=member.pk).update(last_seen_at=now)
