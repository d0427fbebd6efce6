"""Everything read about leads."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex

from jobs.columns import fold
from leads.models import Lead, LeadField, LeadKind, LeadLikeness, LeadReason, LeadSource, LeadState, LikenessState
from leads.privacy import sees_people
from partners.models import Partner
from partners.selectors.partners import FOUND_AT_MOST, search_words
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

LISTED = (
    "reference", "external_code", "company", "name", "email", "phone", "city", "region", "country", "subject",
    "campaign_code", "state", "state_since", "score", "amount", "currency", "amount_base", "wanted_on", "received_at",
    "accepted_at", "first_contact_at", "closed_at", "address", "postal_code", "quantity", "kind__code", "kind__names",
    "source__code", "source__names", "category__code", "category__names", "partner__name", "partner__local_name",
    "partner__code", "owner__name", "reason__code", "reason__names", "reason_note",
)  # fmt: skip
"""What a list of leads shows or sorts by: whole rows are much wider."""
CALLS = re.compile(r"^(?:\+|00)(?:82|81)")
"""How numbers of Korea and Japan begin when they are written as from abroad."""


def leads_for(member: Membership) -> QuerySet[Lead]:
    """The leads this member may see: staff all, or only those of their partners and their own; a partner what it accepted.

    For a partner's people the database decides.
    """
    leads = Lead.objects.all()
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        own = Partner.objects.filter(channel_manager=member).values("pk")
        return leads.filter(Q(partner__in=own) | Q(owner=member))
    return leads


def lead_rows(member: Membership) -> QuerySet[Lead]:
    """Leads with what a list shows of them; one that went into another is none of its own."""
    return (
        leads_for(member)
        .exclude(state=LeadState.MERGED)
        .select_related("kind", "source", "category", "partner", "owner", "reason")
        .only(*LISTED)
    )


def matching_leads(leads: QuerySet[Lead], text: str, *, member: Membership) -> QuerySet[Lead]:
    """Those of `leads` whose name, reference, subject, city, mail or phone number hold every word of `text`.

    Who may not see people does not find by what is personal either. One query of its own.
    """
    words = words_of(text)
    if not words:
        return leads
    personal = sees_people(member)
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_search(%s, %s, %s)", [words, personal, FOUND_AT_MOST + 1])
        found = cursor.fetchone()[0]
    if found is not None and len(found) <= FOUND_AT_MOST:
        return leads.filter(pk__in=found)
    fields = ["search_text", "phone_digits"] if personal else ["company", "reference", "subject", "city"]
    searched = [part for field in fields for part in (Value(" "), field)]
    for number, word in enumerate(words):
        name = f"place_{number}"
        leads = leads.alias(**{name: StrIndex(Concat(*searched, output_field=TextField()), Value(word))}).filter(
            **{f"{name}__gt": 0}
        )
    return leads


def words_of(text: str) -> list[str]:
    """What is looked for, as it is stored: phone numbers as digits alone, everything else as with partners."""
    if number := digits_of(text):
        return [number]
    return search_words(text)


def digits_of(text: str) -> str:
    """The digits of a text that is a phone number or a part of one, as they are written at home; else nothing."""
    plain = text.strip()
    if not re.fullmatch(r"[\d\s()+./-]{3,}", plain):
        return ""
    digits = re.sub(r"[^\d+]", "", plain)
    # A number that was kept with its country has no nought after it: what follows is in both.
    digits = CALLS.sub("", digits).replace("+", "")
    digits = digits.removeprefix("0") if len(digits) > 4 else digits
    return digits if len(digits) >= 3 else ""


def with_open_likeness(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Leads of which somebody has to decide whether they are somebody known."""
    return leads.filter(Exists(LeadLikeness.objects.filter(lead=OuterRef("pk"), state=LikenessState.OPEN)))


def lead_owners() -> QuerySet[Membership]:
    """Who of the manufacturer can be responsible for leads, by name."""
    return members_with(Right.LEADS_EDIT).filter(partner=None).order_by("name", "pk")


def sources(*, current: LeadSource | None = None) -> QuerySet[LeadSource]:
    """The sources to choose from: those in use, and the one chosen already."""
    return LeadSource.objects.filter(Q(is_retired=False) | Q(pk=current.pk if current else None))


def kinds(*, current: LeadKind | None = None) -> QuerySet[LeadKind]:
    """The kinds to choose from: those in use, and the one chosen already."""
    return LeadKind.objects.filter(Q(is_retired=False) | Q(pk=current.pk if current else None))


def reasons(use: str) -> QuerySet[LeadReason]:
    """The reasons to choose from for a step."""
    return LeadReason.objects.filter(use=use, is_retired=False)


def own_fields() -> list[LeadField]:
    """The manufacturer's own fields of leads, in their order."""
    return list(LeadField.objects.all())


def code_ids(model: Any, names: Sequence[str], **only: Any) -> dict[str, int]:
    """The entries of an own list with these codes, or else these names in any language, by the text given.

    only: which entries of the list there are to choose from.
    """
    known: dict[str, int] = {}
    entries = list(model.objects.filter(**only).order_by("-order", "-code"))
    for entry in entries:
        known |= {fold(name): entry.pk for name in entry.names.values()}
    known |= {fold(entry.code): entry.pk for entry in entries}
    return {name: known[fold(name)] for name in names if fold(name) in known}
