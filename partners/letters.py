"""What stands in a mail or a scan that comes in: text, subject, sender, day. Knows no Django and no database."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape
from typing import Any

from pypdf import PdfReader

MOST_TEXT = 100_000
MOST_PAGES = 200
LONGEST_FIELD, LONGEST_OF_PART, MOST_PARTS = 4000, 500, 200
"""Of a mail's head, and of what it says of its parts, in signs: the parser of the standard library takes hours over more."""
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BLANK_LINES = re.compile(r"\n{3,}")
HIDDEN_TAGS = frozenset({"script", "style", "head", "title"})
LINE_TAGS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"})
TAG = re.compile(r"<(?:!--|(?P<closes>/?)(?P<name>[a-zA-Z][^\s/>]*)|[!?/])")
TAG_SIGNS = re.compile(r""">|=\s*["']""")
CODE_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
LONG_NUMBERS = re.compile(r"&#[0-9]{8,}")
"""Numbers of signs that there are not."""


class LetterError(Exception):
    """A file that cannot be read: `code` is "encrypted" or "damaged"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Letter:
    """What was found; empty where nothing was."""

    text: str
    subject: str = ""
    sender: str = ""
    """The address that it came from, in small letters."""
    recipients: tuple[str, ...] = ()
    sent_at: dt.datetime | None = None


class _Bounded(policy.EmailPolicy):
    """Of fields that are longer than any honest one the beginning."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: LONGEST_OF_PART if name.lower().startswith("content-") else LONGEST_FIELD]


def opened_mail(content: bytes, *, head_only: bool = False) -> EmailMessage:
    """A mail from outside, in its parts; LetterError for one that has more of them than any honest mail."""
    count = 0

    def part(policy: Any) -> EmailMessage:
        nonlocal count
        count += 1
        if count > MOST_PARTS:
            raise LetterError("damaged")
        return EmailMessage(policy=policy)

    message = BytesParser(policy=_Bounded(message_factory=part)).parsebytes(content, headersonly=head_only)
    assert isinstance(message, EmailMessage)
    return message


def read_mail(content: bytes) -> Letter:
    """An .eml file: its plain text, or else what a reader would see of its HTML."""
    try:
        return _read(opened_mail(content))
    except RecursionError as error:  # parts or signs that stand deep within each other
        raise LetterError("damaged") from error


def _read(message: EmailMessage) -> Letter:
    sender = _addresses(message, "from")
    return Letter(
        text=tidy(_mail_text(message)),
        subject=" ".join(tidy(_header(message, "subject")).split()),
        sender=sender[0] if sender else "",
        recipients=tuple(_addresses(message, "to", "cc")),
        sent_at=_date(message),
    )


def read_pdf(content: bytes) -> Letter:
    """A PDF file: the text of its pages. A scan without text gives none."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise LetterError("encrypted")
        pages = [page.extract_text() for page in reader.pages[:MOST_PAGES]]
    except LetterError:
        raise
    except Exception as error:  # beside its own, pypdf lets nearly any through when a file is broken
        raise LetterError("damaged") from error
    text = tidy("\n\n".join(pages))
    return Letter(text=text, subject=next((line for line in text.splitlines() if line.strip()), "")[:200].strip())


def tidy(text: str) -> str:
    """Text fit to be kept: no control signs, no more than two empty lines, not too long."""
    text = UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.encode("utf-8", "replace").decode()
    lines = (line.rstrip() for line in text.split("\n"))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


def _mail_text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content = _content(part)
    return visible_text(content) if part.get_content_type() == "text/html" else content


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a charset that nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # the standard library stumbles over some broken headers
        return ""


def _addresses(message: EmailMessage, *names: str) -> list[str]:
    headers = [_header(message, name) for name in names]
    return [address.lower() for _name, address in getaddresses(headers) if "@" in address]


def _date(message: EmailMessage) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, OverflowError):
        return None
    return date.replace(tzinfo=dt.UTC) if date.tzinfo is None else date


def visible_text(html: str) -> str:
    """What a reader would see of an HTML document, as plain text."""
    return "\n".join(line.strip() for line in "".join(_seen(html)).split("\n"))


def _seen(html: str) -> Iterator[str]:
    """The words between tags, and a new line for tags that begin one. Each sign is looked at once, whatever is left open: the
    parser of the standard library takes minutes over some mails."""
    at, hidden = 0, 0
    while (opened := html.find("<", at)) >= 0:
        tag = TAG.match(html, opened)
        if tag is None:
            yield "" if hidden else _words(html[at : opened + 1])
            at = opened + 1
            continue
        yield "" if hidden else _words(html[at:opened])
        at = _end_of(html, tag)
        if at <= 0:
            return
        name, is_whole = (tag["name"] or "").lower(), html[at - 2] == "/"
        if name in LINE_TAGS and not tag["closes"]:
            yield "\n"
        if name in HIDDEN_TAGS and tag["closes"]:
            hidden = max(0, hidden - 1)
        elif name in HIDDEN_TAGS and not is_whole:
            hidden += 1
            if name in CODE_ENDS:
                code = CODE_ENDS[name].search(html, at)
                if code is None:
                    return
                at = code.start()
    yield "" if hidden else _words(html[at:])


def _end_of(html: str, tag: re.Match[str]) -> int:
    """Where the text after a tag or a comment begins; 0 where it has no end, so that nothing follows."""
    if not tag["name"]:
        end = "-->" if tag[0] == "<!--" else ">"
        found = html.find(end, tag.end())
        return found + len(end) if found >= 0 else 0
    at = tag.end()
    while found_sign := TAG_SIGNS.search(html, at):
        if found_sign[0] == ">":
            return found_sign.end()
        closing = html.find(found_sign[0][-1], found_sign.end())
        if closing < 0:
            return html.find(">", found_sign.end()) + 1
        at = closing + 1
    return 0


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(LONG_NUMBERS.sub("", text)))
