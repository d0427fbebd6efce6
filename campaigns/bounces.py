"""What mail servers and mailboxes report of a mail: that it came back (RFC 3464), or that somebody complained (RFC 5965).

Pure: no Django, no database. A report counts only if it holds the Message-ID of a mail of ours, which nobody can guess: a
forged report about an address that never got one changes nothing.
"""

import contextlib
import re
from base64 import b64decode
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser, HeaderParser
from uuid import UUID

OUR_ID = re.compile(
    r"campaign-(?P<house>[0-9]{1,18})(?:\.(?P<partner>[0-9]{1,18}))?"
    r"-(?P<key>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@"
)
"""The Message-ID of `campaigns.mails`: the manufacturer, the partner whose own campaign it was, and the message."""
ALONE = r"(?<!\w)(?<![0-9][.,:])(?<!::)"
"""Before a number that is no piece of an address, of a version or of a larger one."""
DETAIL = r"\.[0-7]\.[0-9]{1,3}(?!\w|\.[0-9])"
STATUS = re.compile(rf"{ALONE}[245]{DETAIL}")
"""As RFC 3463 counts them: `5.1.1`. 5.9.12.3 is a server."""
FULL_OR_REFUSED = ("5.2.2", "5.2.3", "5.3.4", "5.6.", "5.7.")
"""The mailbox is full, or this mail was not liked: the address itself is good."""
COMPLAINTS = ("abuse", "fraud", "virus", "other")
MOST_DETAIL = 500
LONGEST_FIELD = 4000
"""Of a mail's head, in signs: the parser of the standard library takes hours over more."""
JUNK_REPORT = "X-HmXmrOriginalRecipient"
"""Microsoft passes on a mail that somebody called junk with this in its copy, and no report."""
SERVERS = ("mailer-daemon", "postmaster", "mail delivery")
ANSWER = re.compile(rf"(?m)^.*?(?P<answer>{ALONE}(?P<kind>[45])(?:[0-9]{{2}}[ -]|{DETAIL}).*)$")
COPIED = re.compile(
    r"(?im)^[ \t>|]*(?:(?:x-)?received|return-path|delivered-to|received-spf|authentication-results|dkim-signature|"
    r"domainkey-signature|arc-[a-z-]{1,40}|x-originating-ip|mime-version)[ \t]*:"
)
"""A line of the mail that came back, where its copy begins: it names servers by their numbers."""


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


class _Bounded(policy.Compat32):
    """Of fields that are longer than any honest one the beginning."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_FIELD]


def read_report(content: bytes) -> Report | None:
    """What a mail reports of the one mail of ours that it is about; None for one that is no report, or not about ours."""
    mail = BytesParser(policy=_Bounded()).parsebytes(content)
    ours = _our_id(mail)
    if ours is None:
        return None
    manufacturer, key, partner = ours
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            kind = _fields(part).get("feedback-type", "").lower()
            return Report(manufacturer, key, "complaint", False, kind, partner) if kind in COMPLAINTS else None
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery(part, manufacturer, key, partner)
        if JUNK_REPORT in part:
            return Report(manufacturer, key, "complaint", False, "abuse", partner)
    return _in_words(mail, manufacturer, key, partner)


def _delivery(part: Message, manufacturer: int, key: UUID, partner: int) -> Report | None:
    """The worst that is said of any recipient: our mails have one, and what it was passed on to is told with it."""
    blocks = [{name.lower(): _readable(value) for name, value in block.raw_items()} for block in _blocks(part)]
    told = [block for block in blocks if "action" in block]
    for action, kind in (("failed", "bounce"), ("delayed", "delay")):
        for block in told:
            if block["action"].strip().lower() == action:
                status = block.get("status", "").strip().split(" ")[0]
                detail = _detail(status, block.get("diagnostic-code", ""))
                return Report(manufacturer, key, kind, kind == "bounce" and is_dead(status), detail, partner)
    return None


def _in_words(mail: Message, manufacturer: int, key: UUID, partner: int) -> Report | None:
    """What a server of the old kind writes for people to read (qmail, Exim): from nobody whom one could answer, with the
    server's answer and a copy of what came back. Without a number that stands for good it is no more than a delay."""
    sender = _readable(mail.get("From", "")).lower()
    if not (mail.get("X-Failed-Recipients") or any(name in sender for name in SERVERS)):
        return None
    words = ANSWER.search(COPIED.split(_text(mail).partition(str(key))[0], maxsplit=1)[0])
    if words is None:
        return None
    kind = "bounce" if words["kind"] == "5" else "delay"
    is_gone = kind == "bounce" and is_dead(words["answer"])
    return Report(manufacturer, key, kind, is_gone, " ".join(words[0].split())[:MOST_DETAIL], partner)


def is_dead(words: str) -> bool:
    """Whether a server's words (`550 5.1.1 No such user`, or a status alone) say that nobody is at the address."""
    if status := STATUS.search(words):
        return status[0].startswith("5") and not status[0].startswith(FULL_OR_REFUSED)
    return words[:3] in ("550", "551", "553")


def _blocks(part: Message) -> list[Message]:
    """The groups of fields in a part: the parser divides those of a delivery status, not those of an international one."""
    payload = part.get_payload()
    found = [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []
    rest = [text for block in found if isinstance(text := block.get_payload(), str)]
    return found + [HeaderParser(policy=policy.compat32).parsestr(f"{text.strip()}\n") for text in rest if text.strip()]


def _fields(part: Message) -> dict[str, str]:
    """The fields of a feedback report, which parsers leave as a message within or as text."""
    blocks = _blocks(part)
    if blocks and blocks[0].items():
        return {name.lower(): str(value).strip() for name, value in blocks[0].items()}
    payload = blocks[0].get_payload() if blocks else part.get_payload()
    lines = str(payload).splitlines()
    return {name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


def _our_id(mail: Message) -> tuple[int, UUID, int] | None:
    """Of the mail that the report is about, from the copy of it or of its headers that comes along, which some servers
    encode though they must not."""
    for part in mail.walk():
        text = "" if part is mail else str(part.get("Message-ID", ""))
        if part.get_content_type() == "text/rfc822-headers" or (part is mail and not mail.is_multipart()):
            text = _text(part)
        elif part.get_content_maintype() == "message" and part.get("Content-Transfer-Encoding", "").lower() == "base64":
            text = _unpacked(part)
        if found := OUR_ID.search(text):
            return int(found["house"]), UUID(found["key"]), int(found["partner"] or 0)
    return None


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload) if isinstance(payload, bytes) else ""


def _unpacked(part: Message) -> str:
    for block in part.walk():
        payload = block.get_payload()
        if isinstance(payload, str):
            with contextlib.suppress(ValueError):
                return _decoded(b64decode(payload))
    return ""


def _readable(value: object) -> str:
    """A field that servers write in signs of their country without saying so."""
    return _decoded(str(value).encode("utf-8", "surrogateescape"))


def _decoded(content: bytes) -> str:
    for charset in ("utf-8", "cp949", "cp932"):
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(charset)
    return content.decode("utf-8", "replace")


def _detail(status: str, diagnostic: str) -> str:
    words = diagnostic.partition(";")[2] or diagnostic
    return " ".join(f"{status} {words}".split())[:MOST_DETAIL]
