"""What runs by the clock for communication: a module a subject."""

from communication.tasks import announcements as announcements
