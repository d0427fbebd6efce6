"""Consents told of anew: where a country's rules ask for it, each person is told every so many months what they agreed to,
when, and how to end it. Who does not answer still agrees; who was not told in time is not written to (`consent_stands`).
"""

import datetime as dt
import json
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.addresses import address_key
from campaigns.bounces import Report
from campaigns.consent_sql import consent_params
from campaigns.country_rules import ELECTRONIC
from campaigns.gateway import GatewayError, Outgoing, gateway
from campaigns.links import Purpose, Ticket, token_of
from campaigns.mails import MESSAGE_ID, sender_of
from campaigns.models import NOT_NEEDED, CampaignChannel, ConsentNotice, ReaderChoice, Suppression
from campaigns.selectors.readers import contacts_at, customers_at
from campaigns.services.choices import suppress_because, unsubscribe_address
from campaigns.services.settings import campaign_settings
from commerce.models import EndCustomer
from pages import formats
from pages.row_numbers import row_number
from partners.models import ContactConsent
from tenancy.models import LANGUAGE_OF_COUNTRY, Manufacturer
from tenancy.rls import current_scope, platform_scope, staff_scope
from tenancy.selectors import current_manufacturer
from tenancy.services.mails import compose, send_once, unsent

AHEAD = dt.timedelta(days=30)
"""So long before it would lapse a consent is told of: a mail server may be away for days."""
MOST_A_DAY = 5_000
GATEWAY_KEY = "consent-{house}-{notice}"
CHANNELS = sorted(ELECTRONIC & {"email", "messenger", "sms"})

# Whoever agreed in a country that asks for it, is still there, and was last told too long ago: by mail, or by a text
# message where there is no address for mail and a gateway sends such. One row an address, in the name of who agreed first,
# with all that was agreed to under it: one inbox, or one telephone, is told once.
DUE = """
WITH asked AS (SELECT * FROM unnest(%(told_countries)s::text[], %(told_months)s::int[]) AS a (country, months)), person AS (
    SELECT c.id AS contact, NULL::bigint AS customer, c.name, lower(trim(c.email)) AS email,
        regexp_replace(coalesce(nullif(c.mobile, ''), c.phone), '\\D', '', 'g') AS number, c.language, p.country,
        coalesce(nullif(lower(trim(c.messenger)), ''), regexp_replace(c.mobile, '\\D', '', 'g')) AS messenger,
        jsonb_object_agg(k.channel, k.given_on) AS agreed, min(k.given_on) AS since, min(a.months) AS months
    FROM partners_contactconsent k
    JOIN partners_contact c ON c.id = k.contact_id
    JOIN partners_partner p ON p.id = c.partner_id
    JOIN asked a ON a.country = p.country
    WHERE k.withdrawn_on IS NULL AND k.channel = ANY (%(channels)s) AND c.left_on IS NULL AND p.stage <> 'ended'
    GROUP BY c.id, p.country
    UNION ALL
    SELECT NULL, e.id, coalesce(nullif(e.contact_name, ''), e.name), lower(trim(e.email)), e.phone_digits, e.language,
        e.country, e.phone_digits, jsonb_strip_nulls(jsonb_build_object(
            'email', CASE WHEN trim(e.email) <> '' THEN e.consented_at::date END,
            'sms', CASE WHEN e.phone_digits <> '' THEN e.consented_at::date END
        )), e.consented_at::date, a.months
    FROM commerce_endcustomer e JOIN asked a ON a.country = e.country
    WHERE e.consented_at IS NOT NULL AND e.consent_ended_at IS NULL AND e.merged_into_id IS NULL
), found AS (
    SELECT person.*, CASE WHEN email <> '' THEN 'email' ELSE 'sms' END AS channel,
        CASE WHEN email <> '' THEN email WHEN %(has_gateway)s THEN number ELSE '' END AS address
    FROM person
), due AS (
SELECT DISTINCT ON (f.address) f.contact, f.customer, f.name, f.channel, f.address, f.language, f.country, f.since
FROM found f LEFT JOIN campaigns_readerchoice x ON x.address = f.address
WHERE f.address <> '' AND (greatest(f.since, x.reminded_at::date) + make_interval(months => f.months))::date <= %(by)s
    AND NOT EXISTS (SELECT FROM campaigns_suppression s WHERE s.channel = f.channel AND s.address = f.address)
    AND NOT EXISTS (
        SELECT FROM campaigns_consentnotice n WHERE n.address = f.address
            AND n.mail_refused = '' AND (n.noted_at IS NULL OR n.created_at > %(again_after)s)
    )
    AND NOT EXISTS (
        SELECT FROM campaigns_consentnotice n WHERE (n.contact_id = f.contact OR n.customer_id = f.customer)
            AND (n.noted_at IS NULL AND n.mail_refused = '' OR n.created_at > %(again_after)s)
    )
ORDER BY f.address, f.since, f.contact, f.customer
), chosen AS (SELECT * FROM due ORDER BY since, address LIMIT %(most)s)
SELECT d.contact, d.customer, d.name, d.channel, d.address, d.language, d.country,
    jsonb_agg(jsonb_build_object('agreed', f.agreed, 'email', f.email, 'sms', f.number, 'messenger', f.messenger))
FROM chosen d JOIN found f ON f.address = d.address
GROUP BY d.contact, d.customer, d.name, d.channel, d.address, d.language, d.country, d.since
ORDER BY d.since, d.address
"""


def remind(day: dt.date) -> int:
    """Write down whom to tell, and queue their mails; returns how many. Safe to run again: nobody is told twice."""
    note_sent()
    asked = consent_params(day) | {
        "channels": CHANNELS,
        "by": day + AHEAD,
        "again_after": timezone.now() - AHEAD,
        "most": MOST_A_DAY,
        "has_gateway": bool(settings.MESSAGE_GATEWAY),
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, asked)
        rows = cursor.fetchall()
    manufacturer = current_manufacturer()
    notices = [_notice(row, manufacturer.first_language) for row in rows]
    for made in ConsentNotice.objects.bulk_create(notices):
        transaction.on_commit(partial(_queue, manufacturer.pk, made.pk), robust=True)
    return len(notices)


def _notice(row: Any, home: str) -> ConsentNotice:
    contact, customer, name, channel, address, language, country, told = row
    agreed: dict[str, str] = {}
    addresses: set[str] = set()
    for person in json.loads(told):
        for way, day in person["agreed"].items():
            agreed[way] = min(day, agreed.get(way, day))
            addresses.add(person[way])
    return ConsentNotice(
        contact_id=contact,
        customer_id=customer,
        name=name[:150],
        channel=channel,
        address=address,
        language=language or LANGUAGE_OF_COUNTRY.get(country, home),
        country=country,
        agreed=agreed,
        addresses=sorted(addresses - {""}),
    )


def _queue(manufacturer_id: int, notice_id: int) -> None:
    from campaigns.tasks import consents as tasks

    tasks.send_consent_notice.delay(manufacturer_id=manufacturer_id, notice_id=notice_id)


def queue_waiting(now: dt.datetime) -> int:
    """Queue again what was committed and never sent; returns how many."""
    with platform_scope():
        waiting = unsent(ConsentNotice, now)
    for manufacturer_id, notice_id in waiting:
        _queue(manufacturer_id, notice_id)
    return len(waiting)


def send_notice(*, manufacturer_id: int, notice_id: int) -> bool:
    """Send one, unless it went out or the consent ended meanwhile."""

    def write(notice: ConsentNotice) -> EmailMessage | ShortNotice | None:
        if not _still_agrees(notice):
            ConsentNotice.objects.filter(pk=notice.pk).update(mail_refused=NOT_NEEDED)
            return None
        manufacturer = Manufacturer.objects.get(pk=manufacturer_id)
        return short_notice(notice, manufacturer) if notice.channel == "sms" else mail_of_notice(notice, manufacturer)

    sent = send_once(ConsentNotice, manufacturer_id, notice_id, write)
    if sent:
        with staff_scope(manufacturer_id):
            note_sent()
    return sent


@dataclass(frozen=True)
class ShortNotice:
    """A notice as a text message, which the gateway takes once by its key."""

    message: Outgoing

    def send(self) -> None:
        """Hand it over; OSError where the gateway cannot be reached, ValueError where it does not take the number."""
        try:
            answers = gateway().send([self.message])
        except GatewayError as error:
            raise OSError(str(error)) from error
        if not answers:
            raise OSError("The gateway said nothing of it.")
        if answers[0].error:
            raise ValueError(answers[0].error)


def short_notice(notice: ConsentNotice, manufacturer: Manufacturer) -> ShortNotice:
    """The same in a line: who it is from, what was agreed to and since when, and how to end it at no cost."""
    chosen = campaign_settings()
    with translation.override(notice.language):
        agreed = [f"{label} ({formats.date(day, notice.language)})" for label, day in agreed_words(notice)]
        lines = [
            _("%(sender)s: you agreed to advertising by %(ways)s.")
            % {"sender": sender_of(chosen, manufacturer)[0], "ways": ", ".join(agreed)},
            _("To end it, free of charge: %(url)s") % {"url": url_of(notice, manufacturer)},
        ]
        if chosen.free_phone:
            lines.append(_("Free number to opt out: %(free_phone)s") % {"free_phone": chosen.free_phone})
    return ShortNotice(
        Outgoing(
            GATEWAY_KEY.format(house=manufacturer.pk, notice=notice.pk),
            CampaignChannel.SMS,
            notice.address,
            "\n".join(lines),
        )
    )


def url_of(notice: ConsentNotice, manufacturer: Manufacturer) -> str:
    """The page on which the consent can be ended."""
    token = token_of(Purpose.CONSENT, manufacturer.pk, Ticket(notice.pk, 0))
    path = reverse("campaigns_public:consent", kwargs={"manufacturer": manufacturer.slug, "token": token})
    return settings.PUBLIC_URL + path


def mail_of_notice(notice: ConsentNotice, manufacturer: Manufacturer) -> EmailMessage:
    """What somebody agreed to, since when, and the link that ends it."""
    chosen = campaign_settings()
    with translation.override(notice.language):
        agreed = agreed_words(notice)
    mail = compose(
        "consent",
        folder="campaigns/mail",
        to=notice.address,
        language=notice.language,
        manufacturer=manufacturer,
        url=url_of(notice, manufacturer),
        notice=notice,
        agreed=agreed,
        postal_address=chosen.postal_address,
        free_phone=chosen.free_phone,
        sender=sender_of(chosen, manufacturer)[0],
        why="",
    )
    mail.reply_to = [chosen.reply_to] if chosen.reply_to else []
    # What comes back is known by its Message-ID, and goes where that of campaigns goes.
    address = parseaddr(mail.from_email)[1]
    message_id = MESSAGE_ID.format(house=manufacturer.pk, key=notice.key, domain=address.rpartition("@")[2])
    mail.extra_headers |= {"From": mail.from_email, "Message-ID": f"<{message_id}>"}
    mail.from_email = chosen.bounce_address or address
    return mail


def agreed_words(notice: ConsentNotice) -> list[tuple[str, dt.date]]:
    """By which ways somebody agreed to be written to, and since when; in the language of whoever reads it."""
    return [
        (str(CampaignChannel(channel).label), dt.date.fromisoformat(day))
        for channel, day in sorted(notice.agreed.items())
    ]


def note_sent() -> int:
    """Mark the addresses of what was sent as reminded; returns how many notices. Safe to run again."""
    found = list(
        ConsentNotice.objects.select_for_update(skip_locked=True)
        .filter(mail_sent_at__isnull=False, mail_refused="", noted_at=None)
        .order_by("mail_sent_at", "pk")
    )
    told: dict[str, dt.datetime | None] = {}
    for notice in found:
        told |= dict.fromkeys(notice.addresses, notice.mail_sent_at)
    ReaderChoice.objects.bulk_create(
        [ReaderChoice(address=address, reminded_at=sent_at) for address, sent_at in sorted(told.items())],
        update_conflicts=True,
        unique_fields=["manufacturer", "address"],
        update_fields=["reminded_at", "updated_at"],
    )
    ConsentNotice.objects.filter(pk__in=[notice.pk for notice in found]).update(noted_at=timezone.now())
    return len(found)


def keep_of_notice(report: Report) -> bool:
    """Keep what became of the mail of a notice, as of any message: `campaigns.services.bounces.keep`."""
    notice = ConsentNotice.objects.select_for_update(no_key=True).filter(key=report.key).first()
    if notice is None:
        return False
    if report.kind == "bounce":
        _failed(notice, report.detail)
        if report.is_dead:
            suppress_because(notice.channel, notice.address, Suppression.Reason.BOUNCE, detail=report.detail)
    elif report.kind == "complaint":
        suppress_because(notice.channel, notice.address, Suppression.Reason.COMPLAINT, detail=report.detail)
    return True


def keep_receipt(key: str, has_failed: bool, detail: str) -> bool:
    """Keep what the gateway tells of the text message of a notice; False for a key that is of none."""
    prefix = GATEWAY_KEY.format(house=current_scope().manufacturer, notice="")
    number = row_number(key.removeprefix(prefix)) if key.startswith(prefix) else None
    if number is None:
        return False
    notice = ConsentNotice.objects.select_for_update(no_key=True).filter(pk=number, channel="sms").first()
    if notice is not None and has_failed:
        _failed(notice, detail)
    return notice is not None


def _failed(notice: ConsentNotice, detail: str) -> None:
    """It did not reach anybody: its addresses count as told of by the notice before, if there was one, and another is sent
    when it is time. Said again, the first time stands."""
    if notice.mail_refused:
        return
    before = ConsentNotice.objects.filter(address=notice.address, noted_at__isnull=False, mail_refused="")
    told_at = before.exclude(pk=notice.pk).order_by("-mail_sent_at").values_list("mail_sent_at", flat=True).first()
    told = ReaderChoice.objects.filter(address__in=notice.addresses, reminded_at=notice.mail_sent_at)
    told.update(reminded_at=told_at)
    ConsentNotice.objects.filter(pk=notice.pk).update(mail_refused=detail[:500] or _("Came back without a reason."))


@transaction.atomic
def end_consent(notice: ConsentNotice) -> None:
    """The person agrees no more to any of it, by whatever name we know them under this address, and every address and
    number that they had agreed to be reached by is suppressed. Said again, nothing changes."""
    contacts = contacts_at(notice.channel, notice.address, or_pk=notice.contact_id)
    ended = ContactConsent.objects.filter(
        contact__in=contacts.values("pk"), channel__in=CHANNELS, withdrawn_on=None
    ).select_related("contact")
    stopped = {(notice.channel, notice.address)}
    for consent in ended:
        person = consent.contact
        known = {
            CampaignChannel.EMAIL: [person.email],
            CampaignChannel.SMS: [person.mobile or person.phone],
            CampaignChannel.MESSENGER: [person.messenger, address_key(CampaignChannel.SMS, person.mobile)],
        }
        stopped |= {(consent.channel, address) for address in known[CampaignChannel(consent.channel)]}
    ended.update(withdrawn_on=timezone.localdate())
    customers = customers_at(notice.channel, notice.address, or_pk=notice.customer_id)
    agreed = customers.filter(consented_at__isnull=False, consent_ended_at=None)
    for email, number in agreed.values_list("email", "phone_digits"):
        stopped |= {(CampaignChannel.EMAIL, email), (CampaignChannel.SMS, number), (CampaignChannel.MESSENGER, number)}
    agreed.update(consent_ended_at=timezone.now())
    for channel, address in sorted(stopped):
        if address_key(channel, address):
            unsubscribe_address(channel, address)
    ConsentNotice.objects.filter(pk=notice.pk, ended_at=None).update(ended_at=timezone.now())


def _still_agrees(notice: ConsentNotice) -> bool:
    if notice.contact_id:
        open_ones = ContactConsent.objects.filter(contact=notice.contact_id, withdrawn_on=None, contact__left_on=None)
        return open_ones.filter(channel__in=list(notice.agreed)).exists()
    return EndCustomer.objects.filter(
        pk=notice.customer_id or 0, consented_at__isnull=False, consent_ended_at=None, merged_into=None
    ).exists()
