"""Letters and faxes: lists and letters to take out, and what came of them, noted here or brought back as a list."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import polars
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import settle
from campaigns.message_sql import FACTS, facts_asked
from campaigns.models import MAILINGS_UNDER_WAY, Mailing, MailingState, Message, MessageState, Recipient, ResponseKind
from campaigns.services.responses import record_all
from campaigns.services.sending import SendingError, is_by_workers
from campaigns.texts import Person
from campaigns.writing import Writer
from pages.pdf import render_pdf
from tenancy.models import Membership
from tenancy.rights import Right

MOST_LETTERS = 2000
MOST_RESULTS = 20_000
RESULTS = {"sent", "returned", "answered"}
KEY = re.compile(r"[0-9]{1,18}")
RETURNED = """
    UPDATE campaigns_message m SET state = 'bounced', error = said.note
    FROM unnest(%(readers)s::bigint[], %(notes)s::text[]) AS said (reader, note)
    WHERE m.mailing_id = %(mailing)s AND m.recipient_id = said.reader
"""
HEADS = ("key", "name", "partner", "address", "country", "language")


def leave_out_who_may_not(mailing: Mailing) -> int:
    """Who may not be written to any more is refused with the reason before anything is printed or dialled, as workers do
    before they send; returns how many. What has been noted as posted stands. The cap of a week was asked when they were
    frozen: nobody knows in which week a letter will be posted.
    """
    if is_by_workers(mailing.campaign) or mailing.state not in MAILINGS_UNDER_WAY:
        return 0
    waiting = Message.objects.filter(mailing=mailing, state=MessageState.WAITING).order_by("recipient")
    asked = facts_asked(mailing) | {"recipients": list(waiting.values_list("recipient", flat=True)), "cap": None}
    refused: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, asked)
        for pk, *_facts, why_not in cursor.fetchall():
            if why_not:
                refused[why_not].append(pk)
    for reason, readers in refused.items():
        settle(mailing, readers, MessageState.REFUSED, error=reason)
    return sum(map(len, refused.values()))


def rows_of(mailing: Mailing) -> Iterator[tuple[str, ...]]:
    """The list of a mailing for who prints or dials: a key for each reader, by which results come back. Those who may not be
    written to any more are left out."""
    leave_out_who_may_not(mailing)
    readers = _readers(mailing)
    columns = ("pk", "name", "partner_name", "address", "country", "language")
    for pk, *rest in readers.values_list(*columns).iterator(chunk_size=2000):
        yield (str(pk), *rest)


def _readers(mailing: Mailing) -> QuerySet[Recipient]:
    told = Message.objects.filter(mailing=mailing).exclude(state=MessageState.REFUSED)
    return Recipient.objects.filter(pk__in=told.values("recipient")).exclude(address="").order_by("pk")


def letters_pdf(mailing: Mailing) -> bytes:
    """A letter to each reader who may still be written to, as one PDF, each beginning on a page of its own."""
    writer = Writer(mailing.campaign)
    letters: list[dict[str, Any]] = []
    leave_out_who_may_not(mailing)
    readers = _readers(mailing)
    if readers.count() > MOST_LETTERS:
        raise SendingError(
            _("One file holds %(count)s letters at most. Take out the list instead.") % {"count": MOST_LETTERS}
        )
    for reader in readers:
        if not writer.has_text(reader.variant_id, reader.language, reader.country):
            continue
        person = Person(reader.name, reader.partner_name, reader.grade)
        subject, text = writer.subject_and_text(reader.variant_id, reader.language, reader.country, person)
        letters.append(
            {
                "to": [line for line in (reader.partner_name, reader.name, reader.address) if line],
                "subject": subject,
                "paragraphs": text.split("\n\n"),
                "language": reader.language,
            }
        )
    if not letters:
        raise SendingError(_("There is nobody to write to."))
    settings = writer.settings
    sender = [line for line in (settings.sender_name or str(writer.manufacturer), settings.postal_address) if line]
    return render_pdf("letters.typ", {"letters": letters, "from": sender})


@transaction.atomic
def all_went(mailing: Mailing, *, by: Membership) -> int:
    """What waits has been posted or dialled; returns how many. The mailing is over with that."""
    _check(mailing, by)
    now = timezone.now()
    if not Mailing.objects.filter(pk=mailing.pk, state__in=MAILINGS_UNDER_WAY).update(
        state=MailingState.SENT, ended_at=now
    ):
        raise SendingError(_("This mailing has ended already."))
    waiting = Message.objects.filter(mailing=mailing, state=MessageState.WAITING)
    Message.objects.filter(mailing=mailing, state=MessageState.WAITING, recipient__address="").update(
        state=MessageState.REFUSED, error="no_address"
    )
    readers = list(waiting.values_list("recipient", flat=True))
    Recipient.objects.filter(pk__in=readers, sent_at=None).update(sent_at=now)
    waiting.update(state=MessageState.SENT, sent_at=now)
    return len(readers)


@transaction.atomic
def take_results(mailing: Mailing, content: bytes, *, by: Membership) -> tuple[int, list[str]]:
    """What came of it, as CSV with the columns `key` and `result` (sent, returned, answered) and, if wanted, `note`.

    Returns how many rows were kept, and a sentence for each that was not. Brought twice, the first time stands.
    """
    _check(mailing, by)
    try:
        table = polars.read_csv(io.BytesIO(content), infer_schema=False, n_rows=MOST_RESULTS)
    except (polars.exceptions.PolarsError, ValueError) as error:
        raise SendingError(_("The file cannot be read as CSV.")) from error
    if not {"key", "result"} <= set(table.columns):
        raise SendingError(_("The file needs the columns “key” and “result”."))
    rows = [
        (number, (row["key"] or "").strip(), (row["result"] or "").strip().lower(), (row.get("note") or "").strip())
        for number, row in enumerate(table.iter_rows(named=True), 2)
    ]
    keys = [int(key) for _number, key, *_rest in rows if KEY.fullmatch(key)]
    readers = Recipient.objects.filter(messages__mailing=mailing, pk__in=keys).in_bulk()
    known = {str(pk): reader for pk, reader in readers.items()}
    kept, problems = [], []
    for number, key, result, note in rows:
        if key not in known:
            problems.append(_("Line %(number)s: nobody of this mailing has this key.") % {"number": number})
        elif result not in RESULTS:
            problems.append(_("Line %(number)s: the result is sent, returned or answered.") % {"number": number})
        else:
            kept.append((known[key], result, note))
    _keep_results(mailing, kept)
    return len(kept), problems


def _keep_results(mailing: Mailing, kept: list[tuple[Recipient, str, str]]) -> None:
    """All of it was sent, also what came back and what has been left out of later lists, and is marked so at once; each that
    came back or was answered is a response.

    Of several lines of one reader the first is the response, as it is of lists, and the last stands on the message.
    """
    now = timezone.now()
    went = [reader.pk for reader, _result, _note in kept]
    messages = Message.objects.filter(mailing=mailing)
    went_out = messages.filter(recipient__in=went, state__in=(MessageState.WAITING, MessageState.REFUSED))
    went_out.update(state=MessageState.SENT, sent_at=now, error="")
    Recipient.objects.filter(pk__in=went, sent_at=None).update(sent_at=now)
    returned = {reader.pk: note[:500] for reader, result, note in kept if result == "returned"}
    with connection.cursor() as cursor:
        cursor.execute(RETURNED, {"mailing": mailing.pk, "readers": list(returned), "notes": list(returned.values())})
    for kind, result in ((ResponseKind.BOUNCE, "returned"), (ResponseKind.TYPED, "answered")):
        first = {reader.pk: note for reader, said, note in reversed(kept) if said == result}
        record_all(first, kind, at=now, key=f"mailing-{mailing.pk}")


def _check(mailing: Mailing, by: Membership) -> None:
    if not by.can(Right.CAMPAIGNS_SEND):
        raise SendingError(_("Your role does not allow sending campaigns."))
    if is_by_workers(mailing.campaign):
        raise SendingError(_("This mailing is sent by the portal itself."))
