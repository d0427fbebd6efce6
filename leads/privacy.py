"""What of a lead is personal, and who sees it: in lists, pages, history and exports alike."""

from typing import Any

from django.utils.text import capfirst

from leads.masking import without_personal
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
    """The same lead without what is personal, for who may not see it. Not to be saved; what was not read stays unread.

    People write names and numbers into the subject, too: those go, the rest stays.
    """
    if lead.__dict__.get("subject"):
        lead.subject = subject_without_people(lead)
    for field in PERSONAL:
        if lead.__dict__.get(field):
            setattr(lead, field, HIDDEN)
    return lead


def subject_without_people(lead: Lead) -> str:
    """What a lead is about without mail addresses, numbers and the words of names, as far as the lead was read."""
    read = lead.__dict__
    known = [str(read.get(field) or "") for field in ("name", "email", "phone", "address")]
    known.append(known[1].partition("@")[0])
    places = (read.get("city") or "", read.get("region") or "", read.get("company") or "")
    return without_personal(lead.subject, known, keep=places)


def shown_to(member: Membership, lead: Lead) -> Lead:
    """A lead as this member may see it."""
    return lead if sees_people(member) else hide_people(lead)


def personal_labels() -> set[str]:
    """What fields that say, or may say, something personal are called in a history, in the reader's language."""
    names = (*PERSONAL, "subject")
    return {capfirst(str(Lead._meta.get_field(name).verbose_name)) for name in names}  # type: ignore[union-attr]


def title_of(member: Membership, lead: Any) -> str:
    """What a lead is called before this member: company, else person where they may be seen, else its reference."""
    return lead.company or (lead.name if sees_people(member) else "") or lead.reference
