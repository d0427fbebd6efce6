"""What comes back is kept at once: mails that came back, complaints, and the mailbox that they arrive in."""

import imaplib
import logging
import mailbox
from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce

from campaigns.bounces import Report, read_report
from campaigns.models import (
    Message,
    MessageState,
    ResponseKind,
    Suppression,
)
from campaigns.own_delivery import keep_own
from campaigns.services.choices import suppress_because
from campaigns.services.consents import keep_of_notice
from campaigns.services.replies import take_reply
from campaigns.services.responses import record
from partners.models import Partner
from tenancy.rls import partner_scope, staff_scope
from tenancy.selectors import is_active_manufacturer

log = logging.getLogger(__name__)

MOST_BYTES = 2 * 1024 * 1024
MOST_AT_ONCE = 500


def take_report(content: bytes) -> str:
    """Keep what a mail reports; returns what it was: "bounce", "complaint", "delay" or nothing. Outside any scope."""
    report = read_report(content[:MOST_BYTES])
    if report is None or not is_active_manufacturer(report.manufacturer) or not keep_wherever(report):
        return ""
    return report.kind


def keep_wherever(report: Report) -> bool:
    """Keep a report on a message of the house, or of a partner's own campaign, which the partner alone may read: where its
    record was merged into another since, who reads it now is that one."""
    if report.partner:
        with staff_scope(report.manufacturer):
            records = Partner.objects.filter(pk=report.partner)
            partner = records.values_list(Coalesce("merged_into_id", "pk"), flat=True).first()
        if partner is None:
            return False
        with partner_scope(report.manufacturer, partner):
            return keep_own(report)
    with staff_scope(report.manufacturer):
        return keep(report)


@transaction.atomic
def keep(report: Report) -> bool:
    """Keep what became of one message, and suppress its address where nobody is there or somebody complained.

    A notice of a consent is one too. False for a message that there is not. Kept twice, the first time stands.
    """
    message = message_by_key(report.key)
    if message is None:
        return keep_of_notice(report)
    if report.kind == "bounce":
        _came_back(message, report)
    elif report.kind == "complaint":
        _complained(message, report)
    return True


def message_by_key(key: UUID) -> Message | None:
    """The message that a Message-ID or a gateway names, locked."""
    found = Message.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "recipient", "mailing__campaign"
    )
    return found.filter(key=key).first()


def _came_back(message: Message, report: Report) -> None:
    if message.state == MessageState.BOUNCED:
        return
    Message.objects.filter(mailing=message.mailing_id, recipient=message.recipient_id).update(
        state=MessageState.BOUNCED, error=report.detail
    )
    record(message.recipient, ResponseKind.BOUNCE, detail=report.detail, key=str(message.key))
    if report.is_dead:
        _suppress(message, Suppression.Reason.BOUNCE, report.detail)


def _complained(message: Message, report: Report) -> None:
    _suppress(message, Suppression.Reason.COMPLAINT, report.detail)
    record(message.recipient, ResponseKind.COMPLAINT, detail=report.detail, key=str(message.key))


def _suppress(message: Message, reason: Suppression.Reason, detail: str) -> None:
    campaign = message.mailing.campaign
    channel = message.via or campaign.channel
    suppress_because(channel, message.recipient.address, reason, detail=detail, campaign=campaign)


# --- The mailbox ------------------------------------------------------------------------------------------------------


def read_mailbox(url: str = "") -> Counter[str]:
    """Read what has arrived in the mailbox of the settings; how many reports of each kind there were.

    Read mails stay in the mailbox, marked as seen. A mail that cannot be read is told in the log and passed over.
    """
    url = url or settings.CAMPAIGN_BOUNCE_MAILBOX
    if not url:
        return Counter()
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        return _read_maildir(unquote(parts.path))
    if parts.scheme in ("imap", "imaps"):
        return _read_imap(url)
    raise ValueError(f"{parts.scheme}: is no mailbox that can be read: imaps://, imap:// or maildir:///.")


def _read_maildir(path: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    box = mailbox.Maildir(path, create=False)
    fresh = [key for key, mail in box.iteritems() if mail.get_subdir() == "new"][:MOST_AT_ONCE]
    for key in fresh:
        _count(counted, box.get_bytes(key))
        mail = box[key]
        mail.set_subdir("cur")
        mail.add_flag("S")
        box[key] = mail
    return counted


def _read_imap(url: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    parts = urlsplit(url)
    connect: Callable[..., imaplib.IMAP4] = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    connection = connect(parts.hostname or "", parts.port or (993 if parts.scheme == "imaps" else 143), timeout=30)
    try:
        connection.login(_quoted(unquote(parts.username or "")), unquote(parts.password or ""))
        state, _count_of_mails = connection.select(_quoted(unquote(parts.path.strip("/")) or "INBOX"))
        if state != "OK":
            raise connection.error("There is no such mailbox at the server.")
        _state, found = connection.uid("SEARCH", "UNSEEN", "SMALLER", str(MOST_BYTES))
        for uid in found[0].split()[:MOST_AT_ONCE] if found and found[0] else []:
            _state, data = connection.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
            content = next((piece[1] for piece in data if isinstance(piece, tuple)), b"")
            _count(counted, content)
            connection.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")
    finally:
        connection.logout()
    return counted


def _quoted(word: str) -> str:
    """As IMAP takes a word that may hold spaces; `imaplib` does so for passwords alone."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _count(counted: Counter[str], content: bytes) -> None:
    try:
        counted[take_report(content) or take_reply(content) or "other"] += 1
    except Exception:
        log.exception("A mail in the mailbox of reports cannot be read.")
        counted["broken"] += 1
