"""Mails on their way: taken in batches, marked before and after each is sent.

A worker takes a batch by moving its `due_at` ahead by a lease, commits, and counts each attempt just before it sends. If it
dies, what it had not begun falls due again and is sent once. Only the one mail under way at that moment is in doubt, and
that one is sent again: rather twice than never. Both copies carry the same Message-ID, by which mailboxes know them for
one. Nothing is held open in the database while a mail server answers.
"""

import datetime as dt
import logging
import smtplib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import DateTimeField, Exists, F, Func, OuterRef, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.mails import digest_of, mail_of
from notices.models import Channel, Delivery, DeliveryState
from notices.registry import kind_by_key
from tenancy.mail_errors import ERROR_LENGTH, is_permanent, reason_of
from tenancy.models import Manufacturer, Membership
from tenancy.rls import platform_scope, staff_scope

log = logging.getLogger(__name__)

BATCH = 100
LEASE = dt.timedelta(minutes=15)
OUTAGE = dt.timedelta(minutes=5)
"""How long everything waits when the mail server cannot be reached. This never uses up a mail's attempts."""
WAITS = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 180, 480, 720, 1440)]
"""How long a mail waits after its first, second, ... failed attempt; after the last it has failed."""


@dataclass
class Letter:
    """A mail ready to go, with the deliveries it settles: one, or all of a digest."""

    deliveries: list[Delivery]
    mail: EmailMessage
    lease: dt.datetime

    @property
    def ids(self) -> list[int]:
        return [delivery.pk for delivery in self.deliveries]

    @property
    def attempts(self) -> int:
        return max(delivery.attempts for delivery in self.deliveries)


def deliver_batch(manufacturer_id: int) -> bool:
    """Send a batch of what is due; returns whether there may be more to send now."""
    with staff_scope(manufacturer_id):
        lease = timezone.now() + LEASE
        due = _take_single(lease) or _take_digests(lease)
        letters = _write(due, lease)
    if not _send(manufacturer_id, letters):
        return False
    with staff_scope(manufacturer_id):
        return _due().exists()


def manufacturers_with_due_mail() -> list[int]:
    """Whose mails wait for a worker."""
    with platform_scope():
        due = _due().filter(manufacturer=OuterRef("pk"))
        return list(Manufacturer.objects.filter(Exists(due), is_active=True).values_list("pk", flat=True))


# --- Taking -----------------------------------------------------------------------------------------------------------


class MayGoAt(Func):
    """When a mail may go that would go now: then, or when its reader's quiet hours end."""

    function = "notices_may_go_at"
    output_field = DateTimeField()


def _due() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.WAITING, channel=Channel.MAIL, due_at__lte=timezone.now())


def _take_single(lease: dt.datetime) -> list[Delivery]:
    due = _due().filter(is_digest=False).select_for_update(skip_locked=True).order_by("due_at", "pk")
    return _take(due.values_list("pk", flat=True)[:BATCH], lease)


def _take_digests(lease: dt.datetime) -> list[Delivery]:
    """All of a reader's digest or nothing of it: whoever locks the reader takes it."""
    due = _due().filter(is_digest=True)
    readers = (
        Membership.objects.filter(Exists(due.filter(notice__recipient=OuterRef("pk"))))
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    return _take(due.filter(notice__recipient__in=list(readers)).values_list("pk", flat=True), lease)


def _take(ids: Iterable[int], lease: dt.datetime) -> list[Delivery]:
    """Lease these, and read them; those whose reader's quiet hours have begun meanwhile are put back till their end."""
    taken = list(ids)
    if not taken:
        return []
    Delivery.objects.filter(pk__in=taken).update(due_at=lease)
    now = timezone.now()
    deliveries = (
        Delivery.objects.filter(pk__in=taken)
        .select_related("notice__recipient__manufacturer", "notice__recipient__partner__kind")
        .annotate(
            may_go_at=MayGoAt(
                Value(now),
                "manufacturer__timezone",
                "notice__recipient__quiet_hours__starts",
                "notice__recipient__quiet_hours__ends",
            )
        )
        .order_by("pk")
    )
    ready: list[Delivery] = []
    waiting: dict[dt.datetime, list[int]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.may_go_at > now:
            waiting[delivery.may_go_at].append(delivery.pk)
        else:
            ready.append(delivery)
    for may_go_at, pks in waiting.items():
        Delivery.objects.filter(pk__in=pks).update(due_at=may_go_at)
    return ready


def _write(due: Sequence[Delivery], lease: dt.datetime) -> list[Letter]:
    """The mails of these deliveries. What need not be sent any more, or cannot be, is marked so."""
    bundles: dict[tuple[str, int], list[Delivery]] = {}
    for delivery in due:
        if delivery.attempts > len(WAITS):
            # Each attempt was begun and none ended: whoever sends it dies of it.
            _settle([delivery.pk], DeliveryState.FAILED, error=_("Given up: every attempt was cut off."))
        elif reason := _reason_not_to_send(delivery):
            _settle([delivery.pk], DeliveryState.SKIPPED, error=reason)
        elif delivery.is_digest:
            bundles.setdefault(("digest", delivery.notice.recipient_id), []).append(delivery)
        else:
            bundles["single", delivery.pk] = [delivery]
    letters = []
    for (form, _pk), deliveries in bundles.items():
        try:
            mail = digest_of(deliveries) if form == "digest" else mail_of(deliveries[0])
        except Exception:
            # A template that fails on some facts must not stop everybody else's mail; it may be mended by tomorrow.
            ids = [delivery.pk for delivery in deliveries]
            log.exception("The mail of deliveries %s cannot be written", ids)
            Delivery.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1)
            _put_off(ids, deliveries[0].attempts, _("It could not be written."))
        else:
            letters.append(Letter(deliveries, mail, lease))
    return letters


def _reason_not_to_send(delivery: Delivery) -> str:
    notice = delivery.notice
    if not notice.recipient.is_active:
        return _("The reader has left.")
    if not notice.recipient.email:
        return _("The reader has no e-mail address.")
    kind = kind_by_key(notice.kind)
    if kind is None:
        return _("Its kind does not exist any more.")
    if notice.in_inbox and notice.read_at is not None and kind.attachments is None:
        return _("It was read before.")
    if notice.ends_at is not None and notice.ends_at <= timezone.now():
        return _("It had ended.")
    return ""


# --- Sending ----------------------------------------------------------------------------------------------------------


def _send(manufacturer_id: int, letters: list[Letter]) -> bool:
    """Send the letters over one connection; returns whether the server could be reached."""
    if not letters:
        return True
    server = get_connection()
    try:
        for position, letter in enumerate(letters):
            try:
                server.open()
            except (smtplib.SMTPException, OSError) as error:
                log.warning("The mail server cannot be reached: %s", error)
                with staff_scope(manufacturer_id):
                    _hand_back(letters[position:], reason_of(error))
                return False
            with staff_scope(manufacturer_id):
                is_ours = _begin(letter)
            if is_ours:
                _send_one(manufacturer_id, server, letter)
    finally:
        server.close()
    return True


def _begin(letter: Letter) -> bool:
    """Count the attempt and renew the lease; not ours when that ran out and another worker took it."""
    ours = Delivery.objects.filter(pk__in=letter.ids, state=DeliveryState.WAITING, due_at=letter.lease)
    return ours.update(attempts=F("attempts") + 1, due_at=timezone.now() + LEASE) > 0


def _send_one(manufacturer_id: int, server: BaseEmailBackend, letter: Letter) -> None:
    try:
        server.send_messages([letter.mail])
    except (smtplib.SMTPException, OSError, ValueError) as error:
        with staff_scope(manufacturer_id):
            if is_permanent(error):
                _settle(letter.ids, DeliveryState.FAILED, error=reason_of(error))
            else:
                _put_off(letter.ids, letter.attempts, reason_of(error))
        if isinstance(error, OSError):  # the connection may be in any state (all of smtplib's errors are OSErrors)
            server.close()
    else:
        with staff_scope(manufacturer_id):
            _settle(letter.ids, DeliveryState.SENT, sent_at=timezone.now())


# --- Marking ----------------------------------------------------------------------------------------------------------


def _settle(ids: list[int], state: DeliveryState, *, sent_at: dt.datetime | None = None, error: str = "") -> None:
    Delivery.objects.filter(pk__in=ids, state=DeliveryState.WAITING).update(
        state=state, sent_at=sent_at, error=error[:ERROR_LENGTH]
    )


def _put_off(ids: list[int], attempts_before: int, error: str) -> None:
    """Another attempt later, or failed after the last."""
    if attempts_before >= len(WAITS):
        _settle(ids, DeliveryState.FAILED, error=error)
        return
    Delivery.objects.filter(pk__in=ids, state=DeliveryState.WAITING).update(
        due_at=timezone.now() + WAITS[attempts_before], error=error[:ERROR_LENGTH]
    )


def _hand_back(letters: list[Letter], error: str) -> None:
    ids = [pk for letter in letters for pk in letter.ids]
    Delivery.objects.filter(pk__in=ids, state=DeliveryState.WAITING).update(
        due_at=timezone.now() + OUTAGE, error=error[:ERROR_LENGTH]
    )
