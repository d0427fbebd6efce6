"""Mails of partners to their own customers on their way: each once, whatever dies, as with the campaigns of the house.

Nobody but the partner's login reads whom they go to, so that a worker does all of it in the partner's scope. It takes a
batch by moving its `due_at` ahead, marks each just before it is final (`campaigns.handover`), and counts it when the server
has taken it. What a worker had marked when it died counts as sent and is not sent again.
"""

import datetime as dt
import logging
import smtplib
import zoneinfo
from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaigns.bounces import Report, is_dead
from campaigns.country_rules import night_for
from campaigns.handover import InDoubtError, NotOursError, Turn, this_minute
from campaigns.links import Ticket
from campaigns.mails import mail_of
from campaigns.models import (
    OPEN_MESSAGES,
    CampaignChannel,
    MessageState,
    OwnMessage,
    OwnState,
    OwnSuppression,
    PartnerCampaign,
    PartnerWords,
    ReleaseState,
)
from campaigns.own_writing import OwnWriter, house_of
from campaigns.texts import Person
from notices.delivery import OUTAGE, WAITS
from tenancy.mail_errors import ERROR_LENGTH, is_permanent, reason_of
from tenancy.rls import Scope, partner_scope, platform_scope
from tenancy.zones import zone_at

log = logging.getLogger(__name__)

BATCH = 100
LEASE = dt.timedelta(minutes=10)


def partners_under_way() -> list[tuple[int, int]]:
    """Manufacturer and partner of the campaigns that are being sent."""
    with platform_scope():
        found = PartnerCampaign.objects.filter(state=OwnState.SENDING, manufacturer__is_active=True)
        return sorted(set(found.values_list("manufacturer_id", "partner_id")))


def may_go_at(moment: dt.datetime, country: str, *, is_advertising: bool, zone: str) -> dt.datetime:
    """When a mail may go that would go at `moment`: then, or when the night is over by the clock of the reader's country."""
    night = night_for(country, CampaignChannel.EMAIL, is_advertising=is_advertising)
    if night is None:
        return moment
    local = moment.astimezone(zoneinfo.ZoneInfo(zone_at(country) or zone))
    starts, ends = night
    if ends <= local.time() < starts:
        return moment
    day = local.date() + dt.timedelta(days=local.time() >= starts)
    return dt.datetime.combine(day, ends, local.tzinfo)


class OwnSender(Turn):
    """A worker's turn for one partner."""

    def __init__(self, manufacturer_id: int, partner_id: int, *, batch: int = BATCH) -> None:
        super().__init__()
        self.manufacturer_id = manufacturer_id
        self.partner_id = partner_id
        self.batch = batch

    def send_batch(self) -> bool:
        """Send a batch of what is due; whether there may be more."""
        with self._scope():
            campaign = self._with_due()
            if campaign is None:
                end_what_is_done()
                return False
            writer = self._writer(campaign)
            if writer.house.template.state != ReleaseState.RELEASED:
                stop_own(campaign, "withdrawn")
                return True
            self._settle_what_was_cut_off(campaign)
            lease = timezone.now() + LEASE
            ready = self._ready(writer, self._take(campaign, lease))
        is_reached = self._send(campaign, writer, ready, lease)
        with self._scope():
            end_if_done(campaign)
            return is_reached and self._with_due() is not None

    def _scope(self) -> AbstractContextManager[Scope]:
        return partner_scope(self.manufacturer_id, self.partner_id)

    def _with_due(self) -> PartnerCampaign | None:
        due = OwnMessage.objects.filter(state__in=OPEN_MESSAGES, due_at__lte=timezone.now()).values("campaign")
        return PartnerCampaign.objects.filter(state=OwnState.SENDING, pk__in=due).order_by("started_at", "pk").first()

    def _writer(self, campaign: PartnerCampaign) -> OwnWriter:
        words = PartnerWords.objects.filter(campaign=campaign).values_list("words", flat=True).first()
        return OwnWriter(campaign, house_of(campaign), words or {})

    def _settle_what_was_cut_off(self, campaign: PartnerCampaign) -> None:
        now = timezone.now()
        cut = OwnMessage.objects.filter(campaign=campaign, state=MessageState.SENDING, due_at__lte=now)
        if count := cut.update(state=MessageState.SENT, sent_at=now, error="in_doubt"):
            log.warning("%s messages of the partner's campaign %s are in doubt: their worker died.", count, campaign.pk)
            PartnerCampaign.objects.filter(pk=campaign.pk).update(sent=F("sent") + count)

    def _take(self, campaign: PartnerCampaign, lease: dt.datetime) -> list[OwnMessage]:
        due = OwnMessage.objects.filter(campaign=campaign, state=MessageState.WAITING, due_at__lte=timezone.now())
        locked = due.order_by("due_at", "pk").select_for_update(skip_locked=True).values_list("pk", flat=True)
        ids = list(locked[: self.batch])
        OwnMessage.objects.filter(pk__in=ids).update(due_at=lease, attempts=F("attempts") + 1)
        return list(OwnMessage.objects.filter(pk__in=ids).order_by("pk"))

    def _ready(self, writer: OwnWriter, taken: Sequence[OwnMessage]) -> list[OwnMessage]:
        """Those that may go now; the others are refused with the reason, or put off till the night is over."""
        now = timezone.now()
        suppressed = set(
            OwnSuppression.objects.filter(email__in=[message.email for message in taken]).values_list(
                "email", flat=True
            )
        )
        ready = []
        for message in taken:
            rows = OwnMessage.objects.filter(pk=message.pk)
            moment = may_go_at(
                now,
                message.country,
                is_advertising=writer.house.template.is_advertising,
                zone=writer.house.manufacturer.timezone,
            )
            if message.email in suppressed:
                rows.update(state=MessageState.REFUSED, error="suppressed")
            elif message.attempts > len(WAITS):
                rows.update(state=MessageState.FAILED, error="gave_up")
            elif not writer.has_text(message.language):
                rows.update(state=MessageState.REFUSED, error="no_text")
            elif moment > now:
                rows.update(due_at=moment, attempts=F("attempts") - 1)
            else:
                ready.append(message)
        return ready

    def _send(self, campaign: PartnerCampaign, writer: OwnWriter, ready: list[OwnMessage], lease: dt.datetime) -> bool:
        """Hand all of them over; whether the server could be reached. When a full minute strikes, the rest are looked at anew."""
        minute = this_minute()
        for position, message in enumerate(ready):
            if position and this_minute() != minute:
                self._hand_back(ready[position:], lease, "", dt.timedelta())
                return True
            try:
                self.server.open()
            except (smtplib.SMTPException, OSError) as error:
                log.warning("The mail server cannot be reached: %s", error)
                self._hand_back(ready[position:], lease, reason_of(error), OUTAGE)
                return False
            self._send_one(campaign, writer, message, lease)
        return True

    def _send_one(self, campaign: PartnerCampaign, writer: OwnWriter, message: OwnMessage, lease: dt.datetime) -> None:
        ticket = Ticket(message.pk, campaign.pk)
        try:
            person = Person(message.name, writer.house.brand.company)
            mail = mail_of(
                writer.words(message.language, message.country, person, ticket),
                manufacturer=self.manufacturer_id,
                partner=self.partner_id,
                key=message.key,
                to=(message.name, message.email),
                sender=writer.sender,
                reply_to=writer.house.brand.email,
                bounces_to=writer.house.settings.bounce_address,
                unsubscribe_url=writer.links.unsubscribe(ticket),
            )
        except Exception:
            # A text that fails for one reader must not stop everybody else's. Whom it was for is not logged.
            log.exception("A mail of the partner's campaign %s cannot be made", campaign.pk)
            self._settle(campaign, message, MessageState.REFUSED, "cannot_write")
            return
        try:
            self.server.send(mail, lambda: self._mark(campaign, message, lease))
        except NotOursError:
            return
        except InDoubtError:
            self._settle(campaign, message, MessageState.SENT, "in_doubt")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._failed(campaign, message, error)
        else:
            self._settle(campaign, message, MessageState.SENT, "")

    def _mark(self, campaign: PartnerCampaign, message: OwnMessage, lease: dt.datetime) -> bool:
        """Under way from here on; not ours when the lease ran out, or when the campaign was stopped."""
        with self._scope():
            if not PartnerCampaign.objects.filter(pk=campaign.pk, state=OwnState.SENDING).exists():
                return False
            ours = OwnMessage.objects.filter(pk=message.pk, state=MessageState.WAITING, due_at=lease)
            return ours.update(state=MessageState.SENDING, due_at=timezone.now() + LEASE) == 1

    def _failed(self, campaign: PartnerCampaign, message: OwnMessage, error: Exception) -> None:
        if is_permanent(error):
            refused = isinstance(error, smtplib.SMTPRecipientsRefused)
            self._settle(campaign, message, MessageState.BOUNCED if refused else MessageState.FAILED, reason_of(error))
            return
        if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPResponseException):
            self.server.close()
        if message.attempts >= len(WAITS):
            self._settle(campaign, message, MessageState.FAILED, reason_of(error))
            return
        with self._scope():
            OwnMessage.objects.filter(pk=message.pk, state__in=OPEN_MESSAGES).update(
                state=MessageState.WAITING,
                due_at=timezone.now() + WAITS[message.attempts - 1],
                error=reason_of(error)[:ERROR_LENGTH],
            )

    def _settle(self, campaign: PartnerCampaign, message: OwnMessage, state: MessageState, error: str) -> None:
        with self._scope():
            now = timezone.now()
            is_out = state in (MessageState.SENT, MessageState.BOUNCED)
            rows = OwnMessage.objects.filter(pk=message.pk, state__in=OPEN_MESSAGES)
            if not rows.update(state=state, error=error[:ERROR_LENGTH], sent_at=now if is_out else None):
                return
            if state == MessageState.SENT:
                PartnerCampaign.objects.filter(pk=campaign.pk).update(sent=F("sent") + 1)
            elif state == MessageState.BOUNCED:
                PartnerCampaign.objects.filter(pk=campaign.pk).update(bounced=F("bounced") + 1)
                if is_dead(error):
                    suppress_own(self.partner_id, message.email, OwnSuppression.Reason.BOUNCE)

    def _hand_back(self, messages: Sequence[OwnMessage], lease: dt.datetime, error: str, wait: dt.timedelta) -> None:
        with self._scope():
            ours = OwnMessage.objects.filter(
                pk__in=[message.pk for message in messages], state=MessageState.WAITING, due_at=lease
            )
            ours.update(due_at=timezone.now() + wait, attempts=F("attempts") - 1, error=error[:ERROR_LENGTH])


@transaction.atomic
def stop_own(campaign: PartnerCampaign, why: str) -> int:
    """Nothing more of it goes; how many have not been sent. Needs the partner's scope."""
    rows = PartnerCampaign.objects.filter(pk=campaign.pk, state=OwnState.SENDING)
    if not rows.update(state=OwnState.STOPPED, ended_at=timezone.now()):
        return 0
    waiting = OwnMessage.objects.filter(campaign=campaign, state=MessageState.WAITING)
    return waiting.update(state=MessageState.REFUSED, error=why)


def end_if_done(campaign: PartnerCampaign) -> None:
    """A campaign of which nothing is open is sent."""
    if not OwnMessage.objects.filter(campaign=campaign, state__in=OPEN_MESSAGES).exists():
        rows = PartnerCampaign.objects.filter(pk=campaign.pk, state=OwnState.SENDING)
        rows.update(state=OwnState.SENT, ended_at=timezone.now())


def end_what_is_done() -> None:
    """Campaigns whose last mails were taken back, as with the customers they were for, are sent. Needs the partner's scope."""
    is_open = OwnMessage.objects.filter(state__in=OPEN_MESSAGES).values("campaign")
    rows = PartnerCampaign.objects.filter(state=OwnState.SENDING).exclude(pk__in=is_open)
    rows.update(state=OwnState.SENT, ended_at=timezone.now())


def suppress_own(partner_id: int, email: str, reason: str) -> None:
    """This partner's campaigns never write to the address again."""
    OwnSuppression.objects.bulk_create(
        [OwnSuppression(partner_id=partner_id, email=email, reason=reason, at=timezone.now())], ignore_conflicts=True
    )


@transaction.atomic
def keep_own(report: Report) -> bool:
    """Keep what became of one message of a partner's campaign, and write to its address no more where nobody is there or
    somebody complained. Needs the partner's scope; False for a message that there is not. Told twice, the first stands.
    """
    message = OwnMessage.objects.select_for_update(no_key=True).filter(key=report.key).first()
    if message is None:
        return False
    campaign = PartnerCampaign.objects.filter(pk=message.campaign_id)
    if report.kind == "bounce" and message.state != MessageState.BOUNCED:
        OwnMessage.objects.filter(pk=message.pk).update(state=MessageState.BOUNCED, error=report.detail)
        campaign.update(bounced=F("bounced") + 1)
        if report.is_dead:
            suppress_own(message.partner_id, message.email, OwnSuppression.Reason.BOUNCE)
    elif report.kind == "complaint" and message.unsubscribed_at is None:
        OwnMessage.objects.filter(pk=message.pk).update(unsubscribed_at=timezone.now())
        campaign.update(unsubscribed=F("unsubscribed") + 1)
        suppress_own(message.partner_id, message.email, OwnSuppression.Reason.UNSUBSCRIBED)
    return True
