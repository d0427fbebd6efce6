"""Addresses of packages while they are played: at an origin of their own, each with a signed ticket of some hours.

A package is somebody else's program. It runs where no cookie of the portal ever goes (`SCORM_ORIGIN`), and what it may ask
there stands in the ticket alone: whose visit of which lesson it is. Where the origin begins with `*.`, each lesson's has a
name of its own, so that packages cannot read what another left in the browser.
"""

from dataclasses import astuple, dataclass

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.crypto import constant_time_compare, salted_hmac

HOURS = 6
SALT = "training.scorm"


@dataclass(frozen=True)
class Ticket:
    """Who plays what. enrolment: 0 for who only looks, of whom nothing is kept."""

    manufacturer: int
    lesson: int
    enrolment: int
    member: int


def can_play() -> bool:
    """Whether there is an origin for packages."""
    return bool(settings.SCORM_ORIGIN)


def origin_of(ticket: Ticket) -> str:
    """Where a lesson's package runs, as in https://3f2a.scorm.example.net."""
    return str(settings.SCORM_ORIGIN).replace("*", _label(ticket), 1)


def address_of(ticket: Ticket) -> str:
    """What the addresses of a visit begin with."""
    return f"{origin_of(ticket)}/{_signer().sign_object(list(astuple(ticket)))}/"


def ticket_of(token: str, host: str) -> Ticket:
    """The ticket in an address of this host; SignatureExpired for one that has run out, BadSignature for any other."""
    told = _signer().unsign_object(token, max_age=HOURS * 3600)
    ticket = Ticket(*told)
    if not constant_time_compare(host.lower(), origin_of(ticket).partition("://")[2]):
        raise BadSignature("It is of another host.")
    return ticket


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=SALT, sep="~")


def _label(ticket: Ticket) -> str:
    return salted_hmac(f"{SALT}.host", f"{ticket.manufacturer}.{ticket.lesson}", algorithm="sha256").hexdigest()[:20]


__all__ = ["HOURS", "BadSignature", "SignatureExpired", "Ticket", "address_of", "can_play", "origin_of", "ticket_of"]
