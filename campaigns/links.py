"""Addresses in what campaigns send: signed, so that nobody can make one up, and telling only whom and what it was sent to.

Each has a purpose of its own: the link that opens the preference page cannot be made into one that unsubscribes. Where a
redirect leads stands readable in its address and is signed with the rest; nothing has to be looked up to follow it.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings

SIGNATURE_BYTES = 15
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Purpose(StrEnum):
    """What a link does; part of its address and of what is signed."""

    OPEN = "o"
    CLICK = "c"
    ANSWER = "a"
    UNSUBSCRIBE = "u"
    CHOICES = "p"
    CONSENT = "n"


@dataclass(frozen=True)
class Ticket:
    """What a link carries: who got it, and by which mailing (0: none, such as a page opened from another)."""

    recipient: int
    mailing: int


def token_of(purpose: Purpose, manufacturer: int, ticket: Ticket, extra: str = "") -> str:
    """The ticket as it stands in an address. `extra` is what else is signed: where a redirect leads."""
    told = f"{_short(ticket.recipient)}-{_short(ticket.mailing)}"
    return f"{told}-{_signature(settings.SECRET_KEY, purpose, manufacturer, told, extra)}"


def ticket_of(purpose: Purpose, manufacturer: int, token: str, extra: str = "") -> Ticket | None:
    """What an address carries, or nothing for one that was never given out."""
    told, _dash, signature = token[:100].partition("-")
    mailing, _dash, signature = signature.partition("-")
    told = f"{told}-{mailing}"
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(_signature(secret, purpose, manufacturer, told, extra).encode(), signature.encode()):
            return Ticket(*(int(part, 36) for part in told.split("-")))
    return None


@dataclass(frozen=True)
class Links:
    """The addresses in what one manufacturer sends."""

    manufacturer: int
    base: str
    """As in https://prm.example.com/hanbit/public."""

    @classmethod
    def of(cls, manufacturer_id: int, slug: str) -> "Links":
        return cls(manufacturer_id, f"{settings.PUBLIC_URL}/{slug}/public")

    def opened(self, ticket: Ticket) -> str:
        """The picture that tells that a mail was opened."""
        return self._address(Purpose.OPEN, ticket) + "picture.gif"

    def click(self, ticket: Ticket, url: str) -> str:
        """To `url`, and it is noted who went there."""
        return f"{self._address(Purpose.CLICK, ticket, url)}?to={quote(url, safe='')}"

    def answer(self, ticket: Ticket, code: str) -> str:
        """A page with a button that answers, without signing in."""
        return f"{self._address(Purpose.ANSWER, ticket, code)}{code}/"

    def unsubscribe(self, ticket: Ticket) -> str:
        """GET shows a page, POST ends it: by its button, or by the mail program itself (RFC 8058)."""
        return self._address(Purpose.UNSUBSCRIBE, ticket)

    def choices(self, ticket: Ticket) -> str:
        """The page on which a person says what they want to get, and by what."""
        return self._address(Purpose.CHOICES, ticket)

    def _address(self, purpose: Purpose, ticket: Ticket, extra: str = "") -> str:
        return f"{self.base}/{purpose}/{token_of(purpose, self.manufacturer, ticket, extra)}/"


def _short(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits or "0"


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.sha256(f"campaigns.links:{secret}".encode()).digest()


def _signature(secret: str, purpose: str, manufacturer: int, told: str, extra: str) -> str:
    signed = f"{purpose}\n{manufacturer}\n{told}\n{extra}".encode()
    digest = hashlib.blake2b(signed, key=_key(secret), digest_size=SIGNATURE_BYTES).digest()
    return urlsafe_b64encode(digest).decode()
