"""What communication adds to a partner's timeline: a module a subject."""

from communication.timeline_sources import announcements as announcements
