"""The tables of communication; one module a subject."""

from communication.models.announcements import (
    Addressee,
    Announcement,
    AnnouncementComment,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementState,
    CommentAuthor,
    Names,
    Reading,
)

__all__ = [
    "Addressee",
    "Announcement",
    "AnnouncementComment",
    "AnnouncementFile",
    "AnnouncementKind",
    "AnnouncementState",
    "CommentAuthor",
    "Names",
    "Reading",
]
