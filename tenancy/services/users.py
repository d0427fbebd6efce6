"""Accounts: their sessions and what a person says about themself."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from tenancy.models import User
from tenancy.selectors import memberships_of


def end_sessions(user_id: int) -> int:
    """Sign a user out everywhere; returns from how many devices. Needs no scope."""
    sessions = list(UserSession.objects.filter(user_id=user_id))
    for session in sessions:
        session.end()
    return len(sessions)


def end_sessions_without_place(user_id: int) -> int:
    """Sign out who has no place left anywhere; others keep working at their other places."""
    user = User.objects.get(pk=user_id)
    with transaction.atomic():
        if user.is_superuser or memberships_of(user):
            return 0
    return end_sessions(user_id)
