"""What mail servers and mailboxes report of a mail: that it came back (RFC 3464), or that somebody complained (RFC 5965).

Pure: no Django, no database. A report counts only if it holds the Message-ID of a mail of ours, which nobody can guess: a
forged report about an address that never got one changes nothing.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from uuid import UUID

OUR_ID = re.compile(
    r"campaign-(?P<house>[0-9]{1,18})(?:\.(?P<partner>[0-9]{1,18}))?"
    r"-(?P<key>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@"
)
"""The Message-ID of `campaigns.mails`: the manufacturer, the partner whose own campaign it was, and the message."""
STATUS = re.compile(r"\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
FULL_OR_REFUSED = ("5.2.2", "5.2.3", "5.3.4", "5.6.", "5.7.")
"""The mailbox is full, or this mail was not liked: the address itself is good."""
COMPLAINTS = ("abuse", "fraud", "virus", "other")
MOST_DETAIL = 500


@dataclass(frozen=True)
class Report:
    """What became of one mail."""

    manufacturer: int
    key: UUID
    kind: str
    """"bounce", "complaint" or "delay"."""
    is_dead: bool
    """Whether nobody can be reached at the address."""
    detail: str
    partner: int = 0
    """Whose own campaign it was; 0: the manufacturer's."""


def read_report(content: bytes) -> Report | None:
    """What a mail reports of the one mail of ours that it is about; None for one that is no report, or not about ours."""
    mail = BytesParser(policy=policy.compat32).parsebytes(content)
    ours = _our_id(mail)
    if ours is None or mail.get_content_type() != "multipart/report":
        return None
    manufacturer, key, partner = ours
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            kind = _fields(part).get("feedback-type", "").lower()
            return Report(manufacturer, key, "complaint", False, kind, partner) if kind in COMPLAINTS else None
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery(part, manufacturer, key, partner)
    return None


def _delivery(part: Message, manufacturer: int, key: UUID, partner: int) -> Report | None:
    """The worst that is said of any recipient: our mails have one, and what it was passed on to is told with it."""
    blocks = [{name.lower(): str(value) for name, value in block.items()} for block in _blocks(part)]
    told = [block for block in blocks if "action" in block]
    for action, kind in (("failed", "bounce"), ("delayed", "delay")):
        for block in told:
            if block["action"].strip().lower() == action:
                status = block.get("status", "").strip().split(" ")[0]
                detail = _detail(status, block.get("diagnostic-code", ""))
                return Report(manufacturer, key, kind, kind == "bounce" and is_dead(status), detail, partner)
    return None


def is_dead(words: str) -> bool:
    """Whether a server's words (`550 5.1.1 No such user`, or a status alone) say that nobody is at the address."""
    if status := STATUS.search(words):
        return status[0].startswith("5") and not status[0].startswith(FULL_OR_REFUSED)
    return words[:3] in ("550", "551", "553")


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _fields(part: Message) -> dict[str, str]:
    """The fields of a feedback report, which parsers leave as a message within or as text."""
    blocks = _blocks(part)
    if blocks and blocks[0].items():
        return {name.lower(): str(value).strip() for name, value in blocks[0].items()}
    payload = blocks[0].get_payload() if blocks else part.get_payload()
    lines = str(payload).splitlines()
    return {name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


def _our_id(mail: Message) -> tuple[int, UUID, int] | None:
    """Of the mail that the report is about, from the copy of it or of its headers that comes along."""
    for part in mail.walk():
        if part is mail:
            continue
        text = str(part.get("Message-ID", ""))
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        if found := OUR_ID.search(text):
            return int(found["house"]), UUID(found["key"]), int(found["partner"] or 0)
    return None


def _detail(status: str, diagnostic: str) -> str:
    words = diagnostic.partition(";")[2] or diagnostic
    return " ".join(f"{status} {words}".split())[:MOST_DETAIL]
