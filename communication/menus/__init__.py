"""Where communication stands in the menus: a module a subject."""

from communication.menus import announcements as announcements
