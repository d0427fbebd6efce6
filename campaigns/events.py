"""What a sequence can begin with. Each app names its events in `sequence_events.py`, found as Django finds `admin.py`.

    register_event(Event("first_order", _("First order"), _("…"), sql=FIRST_ORDER))

An event is one statement that gives the partner, the person it is about or nothing, the moment and a key of every such event
after `%(since)s` and until `%(until)s`: events of a moment ago and of last year are found alike, so that what a sequence
would have done can be tried before it runs. The same event has the same key whenever it is asked for. `%(days)s` is
what the sequence says of events that need a number of days, `%(zone)s` the manufacturer's time zone: what is known by
its day alone happened when that day began there.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from tenancy.models import Membership


@dataclass(frozen=True)
class Event:
    """Something that happens with partners."""

    key: str
    label: Any
    explanation: Any
    sql: str
    """Gives partner_id, contact_id, at, key."""
    days: int | None = None
    """How many days are proposed, for events that need a number of them."""
    words: Any = ""
    """With `%(days)s`: what begins it, where it needs a number of days."""
    function: str | None = None
    """Only where this function is switched on."""

    def told(self, days: int | None) -> str:
        """What begins it, as a reader is told it."""
        return str(self.words) % {"days": days} if self.days is not None and self.words else str(self.label)


_events: dict[str, Event] = {}


def register_event(event: Event) -> Event:
    """Make an event known."""
    if event.key in _events:
        raise ValueError(f"Two events are called {event.key}.")
    _events[event.key] = event
    return event


def known_event(key: str) -> Event | None:
    """The event of that key; none where what named it is gone."""
    return _events.get(key)


def events_for(member: Membership) -> list[Event]:
    """The events that a member's house can begin sequences with, in the order in which they were registered."""
    return [event for event in _events.values() if event.function is None or member.has_function(event.function)]


def autodiscover() -> None:
    """Import every app's `sequence_events`."""
    autodiscover_modules("sequence_events")
