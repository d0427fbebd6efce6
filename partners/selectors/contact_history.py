"""Everything read about contacts with partners."""

from collections.abc import Iterable

from django.db.models import QuerySet

from partners.models import ContactCode, ContactEntry, ContactFile, Partner
from tenancy.models import Membership
from tenancy.rights import Right


def entries_for(member: Membership) -> QuerySet[ContactEntry]:
    """The contacts this member may see; for a partner's people those that were shared with it, by the database."""
    entries = ContactEntry.objects.all()
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return entries.filter(partner__channel_manager=member)
    return entries


def entry_rows(member: Membership) -> QuerySet[ContactEntry]:
    """Contacts with what a list shows of them."""
    return entries_for(member).select_related("partner", "channel", "subject", "outcome", "contact", "by")


def files_for(member: Membership) -> QuerySet[ContactFile]:
    """The files of the contacts this member may see."""
    return ContactFile.objects.filter(entry__in=entries_for(member)).select_related("entry")


def codes_of(
    name: str, *, known: Iterable[int | None] = (), with_retired: bool = False
) -> list[tuple[ContactCode, int]]:
    """A list's entries with their depth, each below the one it belongs to; retired ones only where asked or `known`."""
    codes = list(ContactCode.objects.filter(list=name))
    below: dict[int | None, list[ContactCode]] = {}
    ids = {code.pk for code in codes}
    for code in codes:
        below.setdefault(code.parent_id if code.parent_id in ids else None, []).append(code)
    keep = set(known)
    found: list[tuple[ContactCode, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for code in below.get(parent, []):
            if not code.is_retired or with_retired or code.pk in keep:
                found.append((code, depth))
            walk(code.pk, depth + 1)

    walk(None, 0)
    return found


def with_those_below(name: str, codes: Iterable[str]) -> set[int]:
    """The entries of a list with these codes, and all that stand below them."""
    entries = list(ContactCode.objects.filter(list=name).values_list("pk", "code", "parent_id"))
    wanted = {pk for pk, code, _parent in entries if code in set(codes)}
    while more := {pk for pk, _code, parent in entries if parent in wanted} - wanted:
        wanted |= more
    return wanted


def entries_of(partner: Partner) -> QuerySet[ContactEntry]:
    """A partner's contacts, newest first."""
    return (
        ContactEntry.objects.filter(partner=partner)
        .select_related("channel", "subject", "outcome", "contact", "by")
        .prefetch_related("files")
        .order_by("-at", "-pk")
    )
