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
from html.parser import HTMLParser

from pypdf import PdfReader

MOST_TEXT = 100_000
MOST_PAGES = 200
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BLANK_LINES = re.compile(r"\n{3,}")
HIDDEN_TAGS = frozenset({"script", "style", "head", "title"})
LINE_TAGS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"})


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


def read_mail(content: bytes) -> Letter:
    """An .eml file: its plain text, or else what a reader would see of its HTML."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
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


class _Visible(HTMLParser):
    """The text of an HTML document, line by line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in HIDDEN_TAGS:
            self.hidden += 1
        elif tag in LINE_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN_TAGS and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def visible_text(html: str) -> str:
    """What a reader would see of an HTML document, as plain text."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return "\n".join(_stripped("".join(parser.parts)))


def _stripped(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield line.strip()
