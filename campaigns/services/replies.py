"""Replies to campaigns, out of the mailbox that mails come back to: known by the Message-ID of the mail they answer."""

import hashlib
import re
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from campaigns.bounces import OUR_ID
from campaigns.models import Message, ResponseKind
from campaigns.services.answering import MOST_WORDS, Said, follow_up, reader_of
from campaigns.services.responses import record
from partners.letters import LetterError, opened_mail, read_mail
from tenancy.rls import staff_scope
from tenancy.selectors import is_active_manufacturer

QUOTES = (">", "________________________________")
DIVIDED = re.compile(r"-{3,} ?(?:original|원본|元の|forwarded|전달된|転送).*", re.IGNORECASE)
"""A line above the mail that is answered, as programs put it there."""
WROTE = re.compile(
    r"(?=.*[0-9@])(?:on|den|am|le) .{6,150}(?:wrote|skrev|schrieb|a écrit)[^:]{0,60}:|.{6,150}(?:님이|님께서) ?작성[^:]{0,20}:|"
    r"[0-9]{4}[年/.].{4,150}<[^<>@]{1,100}@[^<>]{1,100}>[^:]{0,10}[::]",
    re.IGNORECASE | re.DOTALL,
)
"""“On Monday, … wrote:”, on one line or two."""
LONGEST_WROTE = 400
HEADS = re.compile(r"[* ]*(?:from|보낸 ?사람|差出人|送信者|fra|von|de)[* ]*[::]", re.IGNORECASE)
NEXT_HEADS = re.compile(
    r"[* ]*(?:sent|date|to|보낸 ?날짜|날짜|받는 ?사람|日時|送信日時|日付|宛先|dato|sendt|til|gesendet|an|envoyé|à)[* ]*[::]",
    re.IGNORECASE,
)
"""The head of a mail written out above it: only where another of its lines follows."""
FIRST_WORDS = 300


def answered_by(content: bytes) -> tuple[int, UUID] | None:
    """Of which house and message a mail is the answer; none for one that answers no mail of ours. Nobody can guess the
    key, so that a mail that names one was written by who got it, or passed on by them."""
    mail = opened_mail(content, head_only=True)
    for name in ("In-Reply-To", "References"):
        for value in mail.get_all(name, []):
            found = OUR_ID.search(str(value))
            if found and not found["partner"]:
                return int(found["house"]), UUID(found["key"])
    return None


def is_automatic(content: bytes) -> bool:
    """Whether a program wrote it: out of office, a receipt (RFC 3834)."""
    mail = opened_mail(content, head_only=True)
    written = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return written != "no" or precedence in ("bulk", "junk", "auto_reply") or mail.get("X-Autoreply") is not None


def own_words(text: str) -> str:
    """What the writer wrote, without the mail that is quoted below."""
    lines = [line.strip() for line in text.splitlines()]
    own = next((number for number in range(len(lines)) if _quotes_from(lines, number)), len(lines))
    return "\n".join(text.splitlines()[:own]).strip()


def _quotes_from(lines: list[str], number: int) -> bool:
    line, following = lines[number], lines[number + 1] if number + 1 < len(lines) else ""
    return bool(
        line.startswith(QUOTES)
        or DIVIDED.fullmatch(line)
        or _says_who_wrote(line)
        or (following and _says_who_wrote(f"{line} {following}"))
        or (HEADS.match(line) and NEXT_HEADS.match(following))
    )


def _says_who_wrote(words: str) -> bool:
    return len(words) <= LONGEST_WROTE and WROTE.fullmatch(words) is not None


def take_reply(content: bytes) -> str:
    """Keep a mail that answers one of ours; "reply", "automatic", or nothing. Outside any scope.

    It becomes a contact and a task, of an end customer a lead; what a program wrote is kept and brings about nothing.
    """
    found = answered_by(content)
    if found is None:
        return ""
    manufacturer, key = found
    if not is_active_manufacturer(manufacturer):
        return ""
    with staff_scope(manufacturer):
        message = Message.objects.filter(key=key).only("recipient").first()
        if message is None:
            return ""
        return _keep(message.recipient_id, content)


@transaction.atomic
def _keep(recipient: int, content: bytes) -> str:
    reader = reader_of(recipient)
    if reader is None:
        return ""
    try:
        letter = read_mail(content)
    except LetterError:
        return ""
    now, machine = timezone.now(), is_automatic(content)
    at = min(letter.sent_at, now) if letter.sent_at and letter.sent_at.year > 1970 else now
    words = own_words(letter.text)[:MOST_WORDS]
    is_new = record(
        reader,
        ResponseKind.REPLY,
        at=at,
        is_machine=machine,
        detail=f"{letter.subject}\n{words[:FIRST_WORDS]}".strip(),
        key=hashlib.sha256(content).hexdigest(),
    )
    if is_new and not machine:
        follow_up(reader, Said("reply", words=words, subject=letter.subject), at)
    return "automatic" if machine else "reply"
