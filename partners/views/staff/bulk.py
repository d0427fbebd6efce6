"""What can be done to many partners of the list at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from pages.lists import BulkRefusedError
from partners import services
from partners.forms.working import ANY_COLLEAGUE, MYSELF
from partners.models import Partner
from tenancy.errors import DomainError
from tenancy.models import Membership


@contextmanager
def refused() -> Iterator[None]:
    """What a service refuses, the list says in its words."""
    try:
        yield
    except DomainError as error:
        raise BulkRefusedError(str(error)) from error


def show(member: Membership, partners: QuerySet[Partner], cleaned: dict[str, Any]) -> str:
    """The bulk action: put partners on the public page."""
    count = services.list_partners(partners, listed=True)
    return ngettext(
        "%(count)s partner is on the public page now.", "%(count)s partners are on the public page now.", count
    ) % {"count": formats.number(count)}


def hide(member: Membership, partners: QuerySet[Partner], cleaned: dict[str, Any]) -> str:
    """The bulk action: take partners off the public page."""
    count = services.list_partners(partners, listed=False)
    return ngettext(
        "%(count)s partner is off the public page now.", "%(count)s partners are off the public page now.", count
    ) % {"count": formats.number(count)}


def ask_to_confirm(member: Membership, partners: QuerySet[Partner], cleaned: dict[str, Any]) -> str:
    """The bulk action: ask partners to confirm what is old in their profiles."""
    with refused():
        this = services.start_round(partners, months=cleaned["months"], due_on=cleaned["due_on"], by=member)
    count = this.asks.count()
    return ngettext("%(count)s partner was asked.", "%(count)s partners were asked.", count) % {
        "count": formats.number(count)
    }


def create_tasks(member: Membership, partners: QuerySet[Partner], cleaned: dict[str, Any]) -> str:
    """The bulk action: give each partner the same task."""
    if not member.has_function("working_together"):
        raise BulkRefusedError(_("Working together is switched off, and tasks with it."))
    with refused():
        count = services.create_tasks(
            partners,
            title=cleaned["title"],
            detail=cleaned["detail"],
            due_on=cleaned["due_on"],
            owner=member if cleaned["who"] == MYSELF else None,
            for_partner=cleaned["who"] == ANY_COLLEAGUE,
            once=str(cleaned["once"]),
            by=member,
        )
    return ngettext("%(count)s task is given.", "%(count)s tasks are given.", count) % {"count": formats.number(count)}
