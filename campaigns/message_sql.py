"""The statements by which messages are queued, taken and marked: each does for all of its rows what one would need.

The policies of the staff scope keep them to the manufacturer's rows.
"""

import datetime as dt
import zoneinfo
from typing import Any

from django.db.models import Q
from django.utils import timezone

from campaigns.consent_sql import consent_params, stands
from campaigns.country_rules import free_countries, night_for
from campaigns.models import CampaignChannel, Mailing, Recipient
from campaigns.selectors.readers import speaks_to_ended
from campaigns.services.settings import campaign_settings
from pages.weeks import monday_of
from partners.models import Partner
from tenancy.zones import zone_at, zones_of

# When a message may go that would go at a moment: after the quiet hours, and by law after the night where that binds.
_MAY_GO = """
    notices_may_go_at(
        notices_may_go_at({moment}, zone.name, %(quiet_from)s::time, %(quiet_to)s::time),
        zone.name, night.starts, night.ends
    )
"""

# Addresses are frozen as they are kept among the suppressed ones, so that both are compared as they stand: a function over
# one of them would keep the policies from using an index.
_PLACES = """
    LEFT JOIN campaigns_readerchoice choice ON choice.manufacturer_id = r.manufacturer_id AND choice.address = r.address
    LEFT JOIN unnest(%(zone_partners)s::bigint[], %(zones_of_partners)s::text[]) AS there (partner, name)
        ON there.partner = r.partner_id
    LEFT JOIN unnest(%(zone_countries)s::text[], %(zones_of_countries)s::text[]) AS land (country, name)
        ON land.country = r.country
    CROSS JOIN LATERAL (SELECT coalesce(there.name, land.name, %(zone)s) AS name) zone
    LEFT JOIN unnest(%(night_countries)s::text[], %(nights_from)s::time[], %(nights_to)s::time[])
        AS night (country, starts, ends) ON night.country = r.country AND choice.night_since IS NULL
"""

# One message for each reader of the mailing's part, a mail domain's spread over the minutes that it takes.
QUEUE = f"""
INSERT INTO campaigns_message (manufacturer_id, mailing_id, recipient_id, key, domain, state, due_at, attempts, error)
SELECT q.manufacturer_id, %(mailing)s, q.id, gen_random_uuid(), q.lane, 'waiting', q.due_at, 0, ''
FROM (
    SELECT r.manufacturer_id, r.id, r.lane, {_MAY_GO.format(moment="%(starts_at)s + r.minutes * interval '1 minute'")} AS due_at
    FROM (
        SELECT lanes.*, (row_number() OVER (PARTITION BY lanes.lane ORDER BY lanes.id) - 1) / %(per_minute)s AS minutes
        FROM (
            SELECT r.manufacturer_id, r.id, r.partner_id, r.address, r.country,
                CASE WHEN %(channel)s = 'email' THEN lower(coalesce(substring(r.address FROM '@([^@]*)$'), ''))
                ELSE %(channel)s END AS lane
            FROM campaigns_recipient r
            WHERE r.campaign_id = %(campaign)s AND r.left_out = '' AND r.arm = ANY (%(arms)s)
                AND (NOT %(is_reminder)s OR (r.sent_at IS NOT NULL AND r.replied_at IS NULL
                    AND r.unsubscribed_at IS NULL AND r.bounced_at IS NULL AND r.lead_at IS NULL AND r.ordered_on IS NULL))
        ) lanes
    ) r
    {_PLACES}
) q
ORDER BY q.id
ON CONFLICT DO NOTHING
"""  # noqa: S608

# Materialised: a limited choice that is joined may be made anew for each row, and then takes more than it should.
TAKE = """
WITH due AS MATERIALIZED (
    SELECT manufacturer_id, mailing_id, recipient_id FROM campaigns_message
    WHERE mailing_id = %(mailing)s AND state = 'waiting' AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE campaigns_message m SET due_at = %(lease)s, attempts = m.attempts + 1
FROM due
WHERE m.manufacturer_id = due.manufacturer_id AND m.mailing_id = due.mailing_id AND m.recipient_id = due.recipient_id
RETURNING m.recipient_id
"""

_AGREED = """
    CASE WHEN customer.id IS NULL THEN (
        SELECT max(c.given_on) FROM partners_contactconsent c
        WHERE c.manufacturer_id = r.manufacturer_id AND c.contact_id = r.contact_id AND c.channel = %(consent)s
            AND c.withdrawn_on IS NULL
    ) ELSE customer.consented_at::date END
"""
# Mails and the like that a person was sent since Monday, by whatever: first ones, which stand on their readers, and reminders.
# At the freezing readers are left out by what is planned then; but plans slip, and reminders were not planned.
_SAME_PERSON = (
    "o.contact_id = r.contact_id",
    "o.customer_id = r.customer_id",
    "o.member_id = r.member_id AND o.partner_id = r.partner_id AND o.contact_id IS NULL AND r.contact_id IS NULL",
)
_FIRST_MAILS = """
            SELECT 1 FROM campaigns_recipient o
            JOIN campaigns_campaign c ON c.id = o.campaign_id AND c.channel <> 'portal'
            WHERE o.manufacturer_id = r.manufacturer_id AND o.sent_at >= %(week_began)s AND """
_REMINDERS = """
            SELECT 1 FROM campaigns_recipient o
            JOIN campaigns_message m ON m.manufacturer_id = o.manufacturer_id AND m.recipient_id = o.id
                AND m.mailing_id = ANY (%(reminders)s) AND m.state = 'sent' AND m.sent_at >= %(week_began)s
            WHERE o.manufacturer_id = r.manufacturer_id AND o.campaign_id = ANY (%(reminding)s) AND """
_HAD_THIS_WEEK = "\n            UNION ALL".join(
    mails + same for mails in (_FIRST_MAILS, _REMINDERS) for same in _SAME_PERSON
)
FACTS = f"""
SELECT r.id, m.mailing_id, m.key, m.domain, m.attempts, r.name, r.partner_name, r.grade, r.address, r.language, r.country,
    r.variant_id, r.member_id, coalesce(choice.refuses_opens, false), {_MAY_GO.format(moment="%(now)s")},
    CASE
        WHEN CASE WHEN %(channel)s = 'portal' THEN r.member_id IS NULL ELSE r.address = '' END THEN 'no_address'
        WHEN EXISTS (
            SELECT FROM campaigns_suppression s
            WHERE s.manufacturer_id = r.manufacturer_id AND s.channel = %(channel)s AND s.address = r.address
        ) THEN 'suppressed'
        WHEN NOT %(speaks_to_ended)s AND customer.id IS NULL AND EXISTS (
            SELECT FROM partners_partner p
            WHERE p.manufacturer_id = r.manufacturer_id AND p.id = r.partner_id AND p.stage = 'ended'
        ) THEN 'ended'
        WHEN contact.left_on IS NOT NULL OR NOT coalesce(member.is_active, true) THEN 'left_company'
        WHEN %(is_advertising)s AND %(consent)s <> '' AND r.contact_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM partners_contactconsent c
            WHERE c.manufacturer_id = r.manufacturer_id AND c.contact_id = r.contact_id AND c.channel = %(consent)s
                AND c.withdrawn_on IS NULL
        ) AND (NOT r.country = ANY (%(free_countries)s) OR EXISTS (
            SELECT FROM partners_contactconsent c
            WHERE c.manufacturer_id = r.manufacturer_id AND c.contact_id = r.contact_id AND c.channel = %(consent)s
        )) THEN 'no_consent'
        WHEN %(is_advertising)s AND customer.id IS NOT NULL
            AND (customer.consented_at IS NULL OR customer.consent_ended_at IS NOT NULL) THEN 'no_consent'
        WHEN %(is_advertising)s AND %(consent)s <> '' AND NOT {stands("r.country", _AGREED, "choice.reminded_at")}
            THEN 'consent_old'
        WHEN %(is_advertising)s AND %(channel)s <> 'portal' AND (
            SELECT count(*) FROM ({_HAD_THIS_WEEK}
            ) had
        ) >= %(cap)s THEN 'capped'
        ELSE ''
    END
FROM campaigns_message m
JOIN campaigns_recipient r ON r.id = m.recipient_id
LEFT JOIN partners_contact contact ON contact.manufacturer_id = r.manufacturer_id AND contact.id = r.contact_id
LEFT JOIN commerce_endcustomer customer
    ON customer.manufacturer_id = r.manufacturer_id AND customer.id = r.customer_id
LEFT JOIN tenancy_membership member ON member.manufacturer_id = r.manufacturer_id AND member.id = r.member_id
{_PLACES}
WHERE m.mailing_id = %(mailing)s AND m.recipient_id = ANY (%(recipients)s)
ORDER BY r.id
"""  # noqa: S608

MARK = """
UPDATE campaigns_message SET state = 'sending', due_at = %(until)s
WHERE mailing_id = %(mailing)s AND recipient_id = %(recipient)s AND state = 'waiting' AND due_at = %(lease)s
    AND EXISTS (SELECT FROM campaigns_mailing g WHERE g.id = %(mailing)s AND g.state = 'sending')
"""

MARK_ALL = """
UPDATE campaigns_message SET state = 'sending', due_at = %(until)s
WHERE mailing_id = %(mailing)s AND recipient_id = ANY (%(recipients)s) AND state = 'waiting' AND due_at = %(lease)s
    AND EXISTS (SELECT FROM campaigns_mailing g WHERE g.id = %(mailing)s AND g.state = 'sending')
RETURNING recipient_id
"""

# Handed over and taken: both tables in one round trip.
TOOK = """
UPDATE campaigns_message SET state = 'sent', error = '', sent_at = %(now)s
WHERE mailing_id = %(mailing)s AND recipient_id = ANY (%(recipients)s) AND state IN ('waiting', 'sending');
UPDATE campaigns_recipient SET sent_at = %(now)s WHERE id = ANY (%(recipients)s) AND sent_at IS NULL
"""

CUT_OFF = """
UPDATE campaigns_message SET state = 'sent', sent_at = %(now)s, error = 'in_doubt'
WHERE mailing_id = %(mailing)s AND state = 'sending' AND due_at <= %(now)s
RETURNING recipient_id
"""

# A domain that has had its share of this minute: those in hand and all that are due go in the next minutes.
SPREAD = """
UPDATE campaigns_message m SET due_at = %(next)s + over.minutes * interval '1 minute',
    attempts = m.attempts - CASE WHEN m.recipient_id = ANY (%(recipients)s) THEN 1 ELSE 0 END
FROM (
    SELECT manufacturer_id, mailing_id, recipient_id,
        (row_number() OVER (ORDER BY recipient_id) - 1) / %(per_minute)s AS minutes
    FROM (
        SELECT manufacturer_id, mailing_id, recipient_id FROM campaigns_message
        WHERE mailing_id = %(mailing)s AND state = 'waiting' AND domain = %(domain)s
            AND (due_at <= %(now)s OR recipient_id = ANY (%(recipients)s))
        FOR UPDATE SKIP LOCKED
    ) waiting
) over
WHERE m.manufacturer_id = over.manufacturer_id AND m.mailing_id = over.mailing_id AND m.recipient_id = over.recipient_id
"""

END = """
UPDATE campaigns_mailing SET state = 'sent', ended_at = %(now)s
WHERE id = %(mailing)s AND state = 'sending' AND NOT EXISTS (
    SELECT FROM campaigns_message m WHERE m.mailing_id = %(mailing)s AND m.state IN ('waiting', 'sending')
)
"""

CONSENT_OF = {"email": "email", "sms": "sms", "messenger": "messenger", "post": "post", "fax": "phone"}
"""Which consent of a person a channel needs; messages in the portal need none."""


def facts_asked(mailing: Mailing) -> dict[str, Any]:
    """What `QUEUE` and `FACTS` ask of a mailing: its channel, the clocks of its readers, and the rules of their countries."""
    campaign = mailing.campaign
    chosen = campaign_settings()
    zone = zoneinfo.ZoneInfo(campaign.manufacturer.timezone)
    today = timezone.localdate(timezone=zone)
    readers = Recipient.objects.filter(campaign=campaign)
    countries = sorted(set(readers.values_list("country", flat=True).distinct()))
    nights = {
        country: night
        for country in countries
        if (night := night_for(country, campaign.channel, is_advertising=campaign.is_advertising))
    }
    zones = {country: there for country in countries if (there := zone_at(country))}
    wide = [country for country in zones if len(zones_of(country)) > 1]
    places = Partner.objects.filter(country__in=wide, latitude__isnull=False, longitude__isnull=False)
    of_partners = {
        pk: zone_at(country, float(latitude or 0), float(longitude or 0))
        for pk, country, latitude, longitude in places.values_list("pk", "country", "latitude", "longitude")
    }
    week_began = dt.datetime.combine(monday_of(today), dt.time(), zone)
    reminders = list(
        Mailing.objects.filter(Q(ended_at=None) | Q(ended_at__gte=week_began), kind=Mailing.Kind.REMINDER)
        .exclude(campaign__channel=CampaignChannel.PORTAL)
        .values_list("pk", "campaign")
    )
    return {
        "mailing": mailing.pk,
        "campaign": campaign.pk,
        "channel": campaign.channel,
        "now": timezone.now(),
        "is_advertising": campaign.is_advertising,
        "consent": CONSENT_OF.get(campaign.channel, ""),
        "speaks_to_ended": speaks_to_ended(campaign),
        "free_countries": free_countries(campaign.channel),
        "quiet_from": chosen.quiet_from if campaign.channel in QUIET_CHANNELS else None,
        "quiet_to": chosen.quiet_to if campaign.channel in QUIET_CHANNELS else None,
        "zone": campaign.manufacturer.timezone,
        "zone_countries": list(zones),
        "zones_of_countries": list(zones.values()),
        "zone_partners": list(of_partners),
        "zones_of_partners": list(of_partners.values()),
        "night_countries": list(nights),
        "nights_from": [night[0] for night in nights.values()],
        "nights_to": [night[1] for night in nights.values()],
        "per_minute": chosen.per_minute,
        "cap": chosen.weekly_cap,
        "week_began": week_began,
        "reminders": [pk for pk, _campaign in reminders],
        "reminding": [pk for _mailing, pk in reminders],
        **consent_params(today),
    }


QUIET_CHANNELS = (CampaignChannel.EMAIL, CampaignChannel.SMS, CampaignChannel.MESSENGER)
