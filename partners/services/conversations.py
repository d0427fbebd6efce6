"""Everything that changes comments and staff's own notes."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners import mentions
from partners.models import Comment, Partner, StaffNote, Task
from partners.selectors.conversations import may_moderate, mentionable
from partners.services import cabinet, working_notices
from tenancy.errors import DomainError
from tenancy.models import Membership

SAME_WITHIN = dt.timedelta(seconds=30)
"""The same words by the same person so soon after are the same click."""


class CommentError(DomainError):
    """A step that a comment or note cannot take now."""


@transaction.atomic
def add_comment(
    *, partner: Partner, body: str, by: Membership, task: Task | None = None, upload: Any = None
) -> Comment:
    """Say something about a task or, without one, to the other side; who is mentioned is told.

    upload: a file that `tenancy.files.UploadField` has checked, put into the cabinet along with the comment.
    """
    body = body.strip()
    if not body and upload is None:
        raise CommentError(_("Write something first."))
    is_shared = task is None or task.is_shared
    if upload is None:
        again = Comment.objects.filter(
            partner=partner, task=task, author=by, body=body, created_at__gt=timezone.now() - SAME_WITHIN
        ).first()
        if again is not None:
            return again
    named = mentions.mentioned(body, mentionable(by, partner, is_shared=is_shared)) if "@" in body else {}
    comment = Comment(partner=partner, task=task, is_shared=is_shared, author=by, body=body, mentions=_kept(named))
    comment.save(force_insert=True)
    if upload is not None:
        cabinet.put_file(
            partner=partner, upload=upload, by=by, is_shared=is_shared, task=task, comment=comment, tell=False
        )
    working_notices.tell_comment(comment, by=by, mentioned=named)
    return comment


@transaction.atomic
def edit_comment(comment: Comment, *, body: str, by: Membership) -> Comment:
    """Put own words right; what they were before stays in history, and that they were changed is shown."""
    if comment.author_id != by.pk:  # asked first: what others wrote a partner cannot even lock
        raise CommentError(_("Only who wrote a comment can change it."))
    comment = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
    if comment.removed_at is not None:
        raise CommentError(_("Only who wrote a comment can change it."))
    body = body.strip()
    if not body:
        raise CommentError(_("Write something first, or remove the comment."))
    if body == comment.body:
        return comment
    before = {int(pk) for pk in comment.mentions}
    named = mentions.mentioned(body, mentionable(by, comment.partner, is_shared=comment.is_shared))
    comment.body, comment.mentions, comment.edited_at = body, _kept(named), timezone.now()
    comment.save(update_fields=["body", "mentions", "edited_at"])
    working_notices.tell_mentioned(comment, by=by, mentioned=set(named) - before)
    return comment


@transaction.atomic
def remove_comment(comment: Comment, *, by: Membership) -> Comment:
    """Take words back. That something stood here, and who took it away, stays; the words are in history alone."""
    if comment.author_id != by.pk and not may_moderate(by):
        raise CommentError(_("Only who wrote a comment can remove it."))
    comment = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
    if comment.removed_at is not None:
        return comment
    comment.body, comment.mentions = "", {}
    comment.removed_at, comment.removed_by = timezone.now(), by
    comment.save(update_fields=["body", "mentions", "removed_at", "removed_by"])
    return comment


def write_note(*, partner: Partner, body: str, by: Membership, is_pinned: bool = False) -> StaffNote:
    """Write something down for staff alone."""
    if not by.is_staff:
        raise CommentError(_("Notes are staff's own."))
    body = body.strip()
    if not body:
        raise CommentError(_("Write something first."))
    same = {"partner": partner, "author": by, "body": body}
    again = StaffNote.objects.filter(**same, created_at__gt=timezone.now() - SAME_WITHIN).first()
    return again or StaffNote.objects.create(**same, is_pinned=is_pinned)


def edit_note(note: StaffNote, *, body: str, is_pinned: bool, by: Membership) -> StaffNote:
    """Put an own note right; anybody may pin one. What it said before stays in history."""
    body = body.strip()
    if body != note.body:
        _check_own(note, by)
        if not body:
            raise CommentError(_("Write something first, or remove the note."))
        note.body, note.edited_at = body, timezone.now()
    note.is_pinned = is_pinned
    note.save(update_fields=["body", "edited_at", "is_pinned"])
    return note


def remove_note(note: StaffNote, *, by: Membership) -> None:
    """Take a note away; history keeps what it said."""
    if not may_moderate(by):
        _check_own(note, by)
    note.delete()


def _check_own(note: StaffNote, by: Membership) -> None:
    if note.author_id != by.pk:
        raise CommentError(_("Only who wrote a note can change it."))


def _kept(named: dict[int, str]) -> dict[str, str]:
    return {str(pk): name for pk, name in named.items()}
