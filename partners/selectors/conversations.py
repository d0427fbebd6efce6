"""Everything read of comments and of staff's own notes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils.safestring import SafeString

from partners import mentions
from partners.models import Comment, Partner, SharedFile, StaffNote, Task
from partners.selectors.tasks import Person, people, staff_for, staff_known
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

OFFERED = 8
"""So many names are offered while somebody types one."""


@dataclass(frozen=True)
class Said:
    """A comment ready to be shown: who wrote it, how it reads, and what the reader may do with it."""

    comment: Comment
    author: Person | None
    removed_by: Person | None
    body: SafeString
    files: list[SharedFile]
    is_own: bool
    may_remove: bool


def with_files(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Comments with the files that came along with them."""
    files = SharedFile.objects.filter(removed_at=None).select_related("latest").order_by("pk")
    return comments.prefetch_related(Prefetch("files", queryset=files))


def conversation(partner: Partner) -> QuerySet[Comment]:
    """What staff and the partner wrote to each other."""
    return with_files(Comment.objects.filter(partner=partner, task=None))


def comments_of(task: Task) -> QuerySet[Comment]:
    """What was said about a task, oldest first. In a partner's scope the database leaves out what staff said alone."""
    return with_files(Comment.objects.filter(task=task).order_by("pk"))


def said(comments: Iterable[Comment], member: Membership) -> list[Said]:
    """Comments, with their files, ready to be shown. One or two queries beside theirs, at any number."""
    found = list(comments)
    known = people(pk for comment in found for pk in (comment.author_id, comment.removed_by_id))
    return [_said(comment, known, member) for comment in found]


def _said(comment: Comment, known: Mapping[int, Person], member: Membership) -> Said:
    is_own = comment.author_id == member.pk
    return Said(
        comment=comment,
        author=known.get(comment.author_id),
        removed_by=known.get(comment.removed_by_id) if comment.removed_by_id else None,
        body=mentions.shown(comment.body, comment.mentions.values()),
        files=list(comment.files.all()),
        is_own=is_own and comment.removed_at is None,
        may_remove=comment.removed_at is None and (is_own or may_moderate(member)),
    )


def may_moderate(member: Membership) -> bool:
    """Whether the member may take away what others wrote: who runs the manufacturer's settings."""
    return member.is_staff and member.can(Right.SETTINGS_EDIT)


def mentionable(member: Membership, partner: Partner, *, is_shared: bool = True) -> dict[int, str]:
    """Who can be mentioned by `member` about the partner, by id: whoever may read it and, to a partner's people, is
    known to them."""
    if not member.is_staff:
        own = members_with(Right.PORTAL_WORK).filter(partner=member.partner_id)
        found = dict(own.values_list("pk", "name"))
        return found | {person.id: person.name for person in staff_known() if person.is_active}
    readers = Q(pk__in=staff_for(partner).order_by().values("pk"))
    if is_shared:
        readers |= Q(pk__in=members_with(Right.PORTAL_WORK).filter(partner=partner).values("pk"))
    return dict(Membership.objects.filter(readers).values_list("pk", "name"))


def offered(names: Mapping[int, str], typed: str, *, besides: int) -> list[str]:
    """The names that fit what was typed behind an @: those that begin so first."""
    wanted = typed.strip().casefold()
    fitting = {name for pk, name in names.items() if pk != besides and wanted in name.casefold()}
    return sorted(fitting, key=lambda name: (not name.casefold().startswith(wanted), name.casefold()))[:OFFERED]


def staff_notes(partner: Partner) -> QuerySet[StaffNote]:
    """Staff's own notes about a partner: pinned ones on top, then the newest."""
    return StaffNote.objects.filter(partner=partner).select_related("author").order_by("-is_pinned", "-pk")
