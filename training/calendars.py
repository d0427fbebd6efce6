"""Live sessions as calendars take them: iCalendar (RFC 5545) with invitation, change and cancellation (RFC 5546). Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL = "REQUEST", "CANCEL"
CONTENT_TYPE = "text/calendar"


@dataclass(frozen=True)
class Person:
    """Somebody in a calendar entry."""

    name: str
    email: str

    def address(self, role: str = "") -> vCalAddress:
        """As an organizer, or with a role as who takes part."""
        address = vCalAddress(f"mailto:{self.email}")
        address.params["CN"] = vText(self.name)
        if role:
            address.params["ROLE"] = vText(role)
            address.params["PARTSTAT"] = vText("ACCEPTED")
            address.params["RSVP"] = vText("FALSE")
        return address


def calendar_file(
    entry: Mapping[str, Any], *, method: str, organizer: Person, attendee: Person, stamp: dt.datetime
) -> bytes:
    """The entry as a file.

    entry: `uid` and `sequence`, `starts_at` and `ends_at` (with a zone), `title`, and where there are any `place`, `link` and
    `text`. The same uid with a higher sequence takes the place of what a calendar has. method: REQUEST or CANCEL. stamp: when
    it was said.
    """
    event = Event()
    event.add("uid", entry["uid"])
    event.add("sequence", entry["sequence"])
    event.add("dtstamp", stamp.astimezone(dt.UTC))
    event.add("dtstart", entry["starts_at"].astimezone(dt.UTC))
    event.add("dtend", entry["ends_at"].astimezone(dt.UTC))
    event.add("summary", entry["title"])
    if where := entry.get("place") or entry.get("link"):
        event.add("location", where)
    said = "\n".join(filter(None, (entry.get("text"), entry.get("link"))))
    if said:
        event.add("description", said)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", organizer.address())
    event.add("attendee", attendee.address("REQ-PARTICIPANT"))
    calendar = Calendar()
    calendar.add("prodid", "-//PRM portal//Live sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
