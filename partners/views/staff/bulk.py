"""What can be done to many partners of the list at once."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from pages import formats
from partners import services
from partners.models import Partner
from tenancy.models import Membership


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
    this = services.start_round(partners, months=cleaned["months"], due_on=cleaned["due_on"], by=member)
    count = this.asks.count()
    return ngettext("%(count)s partner was asked.", "%(count)s partners were asked.", count) % {
        "count": formats.number(count)
    }
