"""Messages of campaigns on their way: taken in batches by a lease, handed over one by one, each once.

A worker takes a batch by moving its `due_at` ahead, commits, and makes the mails. Each is marked as under way just before it
is final (`campaigns.handover`), and as sent together with others. If the worker dies, what it had not marked falls due again
when the lease ends; what it had marked was sent, and counts as sent: nobody gets it twice. Nothing is held open in the
database while a mail server answers. How long attempts wait, and what an outage is, are as with the mails of notices.
"""

import datetime as dt
import logging
import smtplib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.utils import timezone, translation

from campaigns.addresses import address_key
from campaigns.answers import known_answers
from campaigns.bounces import is_dead
from campaigns.gateway import GatewayError, Outgoing, Taking, gateway
from campaigns.handover import InDoubtError, NotOursError, Turn, this_minute
from campaigns.links import Ticket
from campaigns.mails import mail_of, sender_of
from campaigns.message_sql import CUT_OFF, END, FACTS, MARK, MARK_ALL, SPREAD, TAKE, TOOK, facts_asked
from campaigns.models import (
    OPEN_MESSAGES,
    CampaignChannel,
    Mailing,
    MailingState,
    Message,
    MessageState,
    Recipient,
    ResponseKind,
    Suppression,
)
from campaigns.notice_kinds.sending import CAMPAIGN_MESSAGE
from campaigns.services.responses import record
from campaigns.texts import Person
from campaigns.writing import BY_GATEWAY, Writer
from notices.delivery import OUTAGE, WAITS
from notices.services import tell_from
from tenancy.mail_errors import ERROR_LENGTH, is_permanent, reason_of
from tenancy.rls import platform_scope, run_as_staff, staff_scope

log = logging.getLogger(__name__)

BATCH = 200
RATE_SECONDS = 120
"""For how long it is known what a minute has taken."""
LEASE = dt.timedelta(minutes=10)
FLUSHED_AT = 50
"""So many that were sent are marked so together."""
BY_WORKERS = (CampaignChannel.EMAIL, CampaignChannel.PORTAL, CampaignChannel.MESSENGER, CampaignChannel.SMS)
"""Letters and faxes are sent by hand, from lists."""


@dataclass(slots=True)
class Taken:
    """A message in hand, with all that is needed to make it and to know whether it may go."""

    recipient: int
    mailing: int
    key: Any
    domain: str
    attempts: int
    name: str
    partner: str
    grade: str
    address: str
    language: str
    country: str
    variant: int | None
    member: int | None
    refuses_opens: bool
    may_go_at: dt.datetime
    why_not: str

    @property
    def person(self) -> Person:
        return Person(self.name, self.partner, self.grade, self.refuses_opens)

    @property
    def ticket(self) -> Ticket:
        return Ticket(self.recipient, self.mailing)


def manufacturers_with_due_messages() -> list[int]:
    """Whose messages wait for a worker."""
    with platform_scope():
        open_messages = Message.objects.filter(
            mailing=OuterRef("pk"),
            manufacturer=OuterRef("manufacturer"),
            state__in=OPEN_MESSAGES,
            due_at__lte=timezone.now(),
        )
        found = Mailing.objects.filter(
            Exists(open_messages),
            state=MailingState.SENDING,
            campaign__channel__in=BY_WORKERS,
            manufacturer__is_active=True,
        )
        return sorted(set(found.values_list("manufacturer_id", flat=True)))


class Sender(Turn):
    """A worker's turn for one manufacturer: one connection, each text compiled once, as long as the turn lasts."""

    def __init__(self, manufacturer_id: int, *, batch: int | None = None) -> None:
        super().__init__()
        self.manufacturer_id = manufacturer_id
        self.batch = batch or BATCH
        self.writers: dict[int, Writer] = {}
        self.asked: dict[int, dict[str, Any]] = {}

    def send_batch(self) -> bool:
        """Send a batch of what is due; whether there may be more."""
        with staff_scope(self.manufacturer_id):
            mailing = self._mailing_with_due()
            if mailing is None:
                return False
            self._settle_what_was_cut_off(mailing)
            lease = timezone.now() + LEASE
            taken = self._take(mailing, lease)
            writer = self._writer(mailing)
            ready = self._ready(mailing, writer, taken)
        is_reached = ROUNDS[mailing.campaign.channel](self, mailing, writer, lease).send(ready)
        with staff_scope(self.manufacturer_id):
            end_if_done(mailing)
            return is_reached and self._mailing_with_due() is not None

    def _writer(self, mailing: Mailing) -> Writer:
        if mailing.pk not in self.writers:
            self.writers[mailing.pk] = Writer(mailing.campaign)
        return self.writers[mailing.pk]

    def _mailing_with_due(self) -> Mailing | None:
        """The mailing whose message waits longest."""
        due = Message.objects.filter(
            mailing=OuterRef("pk"),
            state__in=OPEN_MESSAGES,
            due_at__lte=timezone.now(),
        )
        return (
            Mailing.objects.filter(Exists(due), state=MailingState.SENDING, campaign__channel__in=BY_WORKERS)
            .select_related("campaign__manufacturer", "campaign__product")
            .order_by("starts_at", "pk")
            .first()
        )

    def _settle_what_was_cut_off(self, mailing: Mailing) -> None:
        """What was marked by a worker that died was handed over: it counts as sent, and is not sent again.

        A gateway is asked again: it knows each message by its key, and sends none twice.
        """
        now = timezone.now()
        if mailing.campaign.channel in BY_GATEWAY:
            Message.objects.filter(mailing=mailing, state=MessageState.SENDING, due_at__lte=now).update(
                state=MessageState.WAITING
            )
            return
        with connection.cursor() as cursor:
            cursor.execute(CUT_OFF, {"mailing": mailing.pk, "now": now})
            found = [row[0] for row in cursor.fetchall()]
        if found:
            log.warning("%s messages of mailing %s are in doubt: their worker died.", len(found), mailing.pk)
            _note_sent(found, now)

    def _take(self, mailing: Mailing, lease: dt.datetime) -> list[Taken]:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, {"mailing": mailing.pk, "now": timezone.now(), "lease": lease, "batch": self.batch})
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return []
            cursor.execute(FACTS, self._asked(mailing) | {"recipients": ids, "now": timezone.now()})
            return [Taken(*row) for row in cursor.fetchall()]

    def _asked(self, mailing: Mailing) -> dict[str, Any]:
        """What takes a look at all readers is asked once a turn."""
        if mailing.pk not in self.asked:
            self.asked[mailing.pk] = facts_asked(mailing)
        return self.asked[mailing.pk]

    def _ready(self, mailing: Mailing, writer: Writer, taken: Sequence[Taken]) -> list[Taken]:
        """Those that may go now. The others are refused with the reason, or put off till they may."""
        now = timezone.now()
        refused: dict[str, list[int]] = defaultdict(list)
        later: dict[dt.datetime, list[int]] = defaultdict(list)
        ready = []
        for message in taken:
            if reason := message.why_not or self._why_not(message, writer):
                refused[reason].append(message.recipient)
            elif message.may_go_at > now:
                later[message.may_go_at].append(message.recipient)
            else:
                ready.append(message)
        for reason, ids in refused.items():
            settle(mailing, ids, MessageState.REFUSED, error=reason)
        for moment, ids in later.items():
            put_off(mailing, ids, moment, is_attempt=False)
        return self._within_rate(mailing, writer.settings.per_minute, ready)

    def _why_not(self, message: Taken, writer: Writer) -> str:
        if message.attempts > len(WAITS):
            return "gave_up"
        return writer.why_not(message.variant, message.language, message.country)

    def _within_rate(self, mailing: Mailing, per_minute: int, ready: list[Taken]) -> list[Taken]:
        """As many of each mail domain as still fit into this minute; the rest of that domain waits for the next ones."""
        minute = this_minute()
        wanted = Counter(message.domain for message in ready)
        used = cast(Any, cache).count_up(self._rate_keys(wanted, minute), RATE_SECONDS, list(wanted.values()))
        granted = {
            domain: max(0, min(count, per_minute - (total - count)))
            for (domain, count), total in zip(wanted.items(), used, strict=True)
        }
        if all(granted[domain] >= count for domain, count in wanted.items()):
            return ready
        going, over = [], defaultdict(list)
        for message in ready:
            granted[message.domain] -= 1
            if granted[message.domain] >= 0:
                going.append(message)
            else:
                over[message.domain].append(message.recipient)
        for domain, ids in over.items():
            with connection.cursor() as cursor:
                cursor.execute(
                    SPREAD,
                    {
                        "mailing": mailing.pk,
                        "domain": domain,
                        "recipients": ids,
                        "now": timezone.now(),
                        "next": minute + dt.timedelta(minutes=1),
                        "per_minute": per_minute,
                    },
                )
        return going

    def _rate_keys(self, domains: Iterable[str], minute: dt.datetime) -> list[str]:
        return [f"campaigns.rate.{self.manufacturer_id}.{domain}.{minute:%d%H%M}" for domain in domains]


@dataclass
class Round:
    """A batch being handed over."""

    sender: Sender
    mailing: Mailing
    writer: Writer
    lease: dt.datetime

    def send(self, ready: list[Taken]) -> bool:
        """Hand all of them over; whether what takes them could be reached."""
        raise NotImplementedError

    def _is_going_on(self) -> bool:
        with staff_scope(self.sender.manufacturer_id):
            return Mailing.objects.filter(pk=self.mailing.pk, state=MailingState.SENDING).exists()

    def _hand_back(self, messages: Iterable[Taken], error: str, wait: dt.timedelta) -> None:
        """These go later; none that another worker has taken meanwhile."""
        ids = [message.recipient for message in messages]
        with staff_scope(self.sender.manufacturer_id):
            ours = Message.objects.filter(
                mailing=self.mailing, recipient__in=ids, state=MessageState.WAITING, due_at=self.lease
            )
            ours.update(due_at=timezone.now() + wait, attempts=F("attempts") - 1, error=error[:ERROR_LENGTH])


@dataclass
class MailRound(Round):
    """Mails, one by one over one connection."""

    sent: list[int] = field(default_factory=list)

    def send(self, ready: list[Taken]) -> bool:
        """Hand all of them over; whether the server could be reached. When a full minute strikes, the rest are looked at anew:
        a night may begin with it, and what a mail domain gets is counted by minutes."""
        minute = this_minute()
        try:
            for position, message in enumerate(ready):
                if position and this_minute() != minute:
                    self._hand_back(ready[position:], "", dt.timedelta())
                    return True
                try:
                    self.sender.server.open()
                except (smtplib.SMTPException, OSError) as error:
                    log.warning("The mail server cannot be reached: %s", error)
                    self._hand_back(ready[position:], reason_of(error), OUTAGE)
                    return False
                try:
                    self._send_one(message)
                except NotOursError:
                    if not self._is_going_on():
                        self._hand_back(ready[position:], "", dt.timedelta())
                        return True
        finally:
            self._flush()
        return True

    def _send_one(self, message: Taken) -> None:
        try:
            mail = self._mail(message)
        except Exception:
            # A text that fails for one reader must not stop everybody else's.
            log.exception("The mail of %s in mailing %s cannot be made", message.recipient, self.mailing.pk)
            self._settle(message, MessageState.REFUSED, "cannot_write")
            return
        try:
            self.sender.server.send(mail, lambda: self._mark(message))
        except NotOursError:
            raise
        except InDoubtError:
            self._settle(message, MessageState.SENT, "in_doubt")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._failed(message, error)
        else:
            self.sent.append(message.recipient)
            if len(self.sent) >= FLUSHED_AT:
                self._flush()

    def _mail(self, message: Taken) -> Any:
        writer = self.writer
        words = writer.words(message.variant, message.language, message.country, message.person, message.ticket)
        return mail_of(
            words,
            manufacturer=self.sender.manufacturer_id,
            key=message.key,
            to=(message.name, message.address),
            sender=sender_of(writer.settings, writer.manufacturer),
            reply_to=writer.settings.reply_to,
            bounces_to=writer.settings.bounce_address,
            unsubscribe_url=writer.links.unsubscribe(message.ticket),
        )

    def _mark(self, message: Taken) -> bool:
        """Under way from here on; not ours when the lease ran out, or when the mailing was paused or stopped."""
        asked = {
            "mailing": self.mailing.pk,
            "recipient": message.recipient,
            "lease": self.lease,
            "until": timezone.now() + LEASE,
        }
        return run_as_staff(self.sender.manufacturer_id, MARK, asked) == 1

    def _failed(self, message: Taken, error: Exception) -> None:
        if is_permanent(error):
            refused = isinstance(error, smtplib.SMTPRecipientsRefused)
            self._settle(message, MessageState.BOUNCED if refused else MessageState.FAILED, reason_of(error))
            return
        if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPResponseException):
            self.sender.server.close()
        with staff_scope(self.sender.manufacturer_id):
            if message.attempts >= len(WAITS):
                settle(self.mailing, [message.recipient], MessageState.FAILED, error=reason_of(error))
            else:
                moment = timezone.now() + WAITS[message.attempts - 1]
                put_off(self.mailing, [message.recipient], moment, error=reason_of(error))

    def _settle(self, message: Taken, state: MessageState, error: str) -> None:
        with staff_scope(self.sender.manufacturer_id):
            now = timezone.now()
            settle(self.mailing, [message.recipient], state, error=error, sent_at=now)
            if state == MessageState.SENT:
                _note_sent([message.recipient], now)
            elif state == MessageState.BOUNCED:
                note_bounced(self.mailing, message.recipient, message.address, error)

    def _flush(self) -> None:
        """Those that the server has taken since the last time are sent."""
        if self.sent:
            asked = {"mailing": self.mailing.pk, "recipients": self.sent, "now": timezone.now()}
            # Where this is lost with the machine, what was marked counts as sent all the same, with a doubt noted.
            run_as_staff(self.sender.manufacturer_id, TOOK, asked, is_lossy=True)
        self.sent = []


@dataclass
class PortalRound(Round):
    """Messages in the portal: a notice each, in the transaction that marks them sent."""

    def send(self, ready: list[Taken]) -> bool:
        if not ready:
            return True
        with staff_scope(self.sender.manufacturer_id):
            ids = [message.recipient for message in ready]
            ours = Message.objects.select_for_update(no_key=True).filter(
                mailing=self.mailing, recipient__in=ids, state=MessageState.WAITING, due_at=self.lease
            )
            taken = set(ours.values_list("recipient_id", flat=True))
            if not Mailing.objects.filter(pk=self.mailing.pk, state=MailingState.SENDING).exists():
                self._hand_back(ready, "", dt.timedelta())
                return True
            tell_from([self._notice(message) for message in ready if message.recipient in taken], CAMPAIGN_MESSAGE)
            now = timezone.now()
            settle(self.mailing, sorted(taken), MessageState.SENT, sent_at=now)
            _note_sent(sorted(taken), now)
        return True

    def _notice(self, message: Taken) -> tuple[int, str, dict[str, Any]]:
        subject, text = self.writer.subject_and_text(message.variant, message.language, message.country, message.person)
        facts = {"subject": subject, "text": text, "answers": self._answers(message)}
        return message.member or 0, f"campaign-{message.mailing}-{message.recipient}", facts

    def _answers(self, message: Taken) -> list[list[str]]:
        content = self.writer.content(message.variant, message.language, message.country)
        codes = list(content.answers) if content else []
        with translation.override(message.language):
            return [[label, self.writer.links.answer(message.ticket, code)] for code, label in known_answers(codes)]


@dataclass
class GatewayRound(Round):
    """Messages by messenger and text message: a batch is handed to the gateway at once, which knows each by its key."""

    def send(self, ready: list[Taken]) -> bool:
        if not ready:
            return True
        with staff_scope(self.sender.manufacturer_id):
            going = self._mark([message.recipient for message in ready])
        by_key = {str(message.key): message for message in ready if message.recipient in going}
        if not by_key:
            return True
        try:
            answers = gateway().send([self._outgoing(message) for message in by_key.values()])
        except GatewayError as error:
            log.warning("The gateway of messengers cannot be reached: %s", error)
            with staff_scope(self.sender.manufacturer_id):
                ids = [message.recipient for message in by_key.values()]
                put_off(self.mailing, ids, timezone.now() + OUTAGE, error=str(error), is_attempt=False)
            return False
        with staff_scope(self.sender.manufacturer_id):
            self._keep(answers, by_key)
        return True

    def _mark(self, ids: list[int]) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                MARK_ALL,
                {
                    "mailing": self.mailing.pk,
                    "recipients": ids,
                    "lease": self.lease,
                    "until": timezone.now() + LEASE,
                },
            )
            return {row[0] for row in cursor.fetchall()}

    def _outgoing(self, message: Taken) -> Outgoing:
        return self.writer.outgoing(
            str(message.key), message.variant, message.language, message.country, message.person, message.ticket,
            message.address,
        )  # fmt: skip

    def _keep(self, answers: Sequence[Taking], by_key: dict[str, Taken]) -> None:
        """What the gateway said of each; one that it did not speak of is asked again later."""
        now = timezone.now()
        unheard = dict(by_key)
        for answer in answers:
            message = unheard.pop(answer.key, None)
            if message is None:
                continue
            if answer.error:
                settle(self.mailing, [message.recipient], MessageState.FAILED, error=answer.error)
                continue
            Message.objects.filter(
                mailing=self.mailing, recipient=message.recipient, state=MessageState.SENDING
            ).update(state=MessageState.SENT, sent_at=now, error="", gateway_key=answer.gateway_key, cost=answer.cost)
            _note_sent([message.recipient], now)
        if unheard:
            ids = [message.recipient for message in unheard.values()]
            put_off(self.mailing, ids, now + OUTAGE, error="", is_attempt=True)


ROUNDS: dict[str, type[Round]] = {
    CampaignChannel.EMAIL: MailRound,
    CampaignChannel.PORTAL: PortalRound,
    CampaignChannel.MESSENGER: GatewayRound,
    CampaignChannel.SMS: GatewayRound,
}


# --- Marking ----------------------------------------------------------------------------------------------------------


def settle(
    mailing: Mailing, recipients: list[int], state: MessageState, *, error: str = "", sent_at: dt.datetime | None = None
) -> None:
    """These are not open any more."""
    changes: dict[str, Any] = {"state": state, "error": error[:ERROR_LENGTH]}
    if state in (MessageState.SENT, MessageState.BOUNCED):
        changes["sent_at"] = sent_at
    Message.objects.filter(mailing=mailing, recipient__in=recipients, state__in=OPEN_MESSAGES).update(**changes)


def put_off(
    mailing: Mailing, recipients: list[int], moment: dt.datetime, *, error: str = "", is_attempt: bool = True
) -> None:
    """These fall due then; what was no attempt is not counted as one."""
    changes: dict[str, Any] = {"state": MessageState.WAITING, "due_at": moment, "error": error[:ERROR_LENGTH]}
    if not is_attempt:
        changes["attempts"] = F("attempts") - 1
    Message.objects.filter(mailing=mailing, recipient__in=recipients, state__in=OPEN_MESSAGES).update(**changes)


def note_bounced(mailing: Mailing, recipient: int, address: str, error: str) -> None:
    """The server took no mail for the address; where nobody is there, it is suppressed at once."""
    record(recipient, ResponseKind.BOUNCE, detail=error, key=f"mailing-{mailing.pk}")
    if is_dead(error):
        Suppression.objects.bulk_create(
            [
                Suppression(
                    channel=CampaignChannel.EMAIL,
                    address=address_key(CampaignChannel.EMAIL, address),
                    reason=Suppression.Reason.BOUNCE,
                    detail=error[:ERROR_LENGTH],
                    campaign_id=mailing.campaign_id,
                )
            ],
            ignore_conflicts=True,
        )


def end_if_done(mailing: Mailing) -> bool:
    """A mailing of which nothing is open is sent; whether it is now. That of a sequence goes on: others come."""
    if mailing.campaign.is_carrier:
        return False
    with connection.cursor() as cursor:
        cursor.execute(END, {"mailing": mailing.pk, "now": timezone.now()})
        return cursor.rowcount == 1


def _note_sent(recipients: list[int], moment: dt.datetime) -> None:
    Recipient.objects.filter(pk__in=recipients, sent_at=None).update(sent_at=moment)
