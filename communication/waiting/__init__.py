"""What communication asks for on the home pages: a module a subject."""

from communication.waiting import announcements as announcements
