"""What is told of live sessions. Invitations go with a calendar entry, which a change or a cancellation takes the place of."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notices.models import Channel, Mode, Notice
from notices.registry import PORTAL, NoticeKind, register_kind
from notices.wording import readable
from tenancy.models import Membership
from training.calendars import CANCEL, CONTENT_TYPE, REQUEST, Person, calendar_file
from training.functions import TRAINING


def session_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("training_portal:live_lesson", enrolment=facts["enrolment"], session=facts["session"])


def entry_of(notice: Notice, reader: Membership, method: str) -> list[tuple[str, bytes, str]]:
    """The calendar entry that goes with a notice to somebody who has, or had, a seat."""
    facts = readable(notice.facts)
    if not facts.get("has_seat"):
        return []
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return [
        (
            "session.ics",
            calendar_file(
                facts
                | {
                    "uid": f"{facts['uid']}@{address.rpartition('@')[2]}",
                    "title": f"{facts['title']}: {facts['lesson']}",
                    "text": facts["note"],
                },
                method=method,
                organizer=Person(facts["trainer"] or str(reader.manufacturer), facts["trainer_email"] or address),
                attendee=Person(reader.name, reader.email),
                stamp=notice.created_at,
            ),
            f"{CONTENT_TYPE}; method={method}",
        )
    ]


def invitation(notice: Notice, reader: Membership) -> list[tuple[str, bytes, str]]:
    return entry_of(notice, reader, REQUEST)


def cancellation(notice: Notice, reader: Membership) -> list[tuple[str, bytes, str]]:
    return entry_of(notice, reader, CANCEL)


def _kind(name: str, label: Any, attachments: Any = None, *, by_mail: bool = True) -> NoticeKind:
    return register_kind(
        NoticeKind(
            f"training.live_{name}",
            label=label,
            sides={PORTAL},
            function=TRAINING.key,
            url=session_page,
            attachments=attachments,
            modes={} if by_mail else {Channel.MAIL: Mode.OFF},
        )
    )


BOOKED = _kind("booked", _("You have a seat at a live session"), invitation)
WAITS = _kind("waits", _("You wait for a seat at a live session"), by_mail=False)
MOVED_UP = _kind("moved_up", _("You move up to a seat at a live session"), invitation)
CHANGED = _kind("changed", _("A live session of yours is changed"), invitation)
CALLED_OFF = _kind("called_off", _("A live session of yours is called off"), cancellation)
GIVEN_BACK = _kind("given_back", _("Your seat at a live session is given back"), cancellation)
DAY_BEFORE = _kind("day_before", _("A live session is tomorrow"))
HOUR_BEFORE = _kind("hour_before", _("A live session begins in an hour"))
