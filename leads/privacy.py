"""What of a lead is personal, and who sees it: in lists, pages, history and exports alike."""

from typing import Any

from django.utils.text import capfirst

from leads.models import Lead
from tenancy.models import Membership
from tenancy.rights import Right

HIDDEN = "•••"
PERSONAL = ("name", "phone", "email", "address", "message", "consent")
"""The fields that only those see who may see customers; what somebody wrote may say anything."""


def sees_people(member: Membership) -> bool:
    """Whether this member may see who is behind a lead. Partners see what the database lets them."""
    return not member.is_staff or member.can(Right.CUSTOMERS_VIEW)


def hide_people(lead: Lead) -> Lead:
    """The same lead without what is personal, for who may not see it. Not to be saved; what was not read stays unread."""
    for field in PERSONAL:
        if lead.__dict__.get(field):
            setattr(lead, field, HIDDEN)
    return lead


def shown_to(member: Membership, lead: Lead) -> Lead:
    """A lead as this member may see it."""
    return lead if sees_people(member) else hide_people(lead)


def personal_labels() -> set[str]:
    """What personal fields are called in a history, in the reader's language."""
    return {capfirst(str(Lead._meta.get_field(name).verbose_name)) for name in PERSONAL}  # type: ignore[union-attr]


def title_of(member: Membership, lead: Any) -> str:
    """What a lead is called before this member: company, else person where they may be seen, else its reference."""
    return lead.company or (lead.name if sees_people(member) else "") or lead.reference
