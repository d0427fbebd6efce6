"""What this app can tell: a module a subject."""

from communication.notice_kinds import announcements as announcements
