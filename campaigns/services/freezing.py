"""Who is written to, found once at approval and kept: whom a campaign speaks to, who is left out and why, and by lot who
is tried first, who comes later, and who gets nothing.

All of it is one pass in the database; only the draw of arms is made here, by `valuation.experiment`, and copied back.
The hold-out is drawn by company, because orders are a company's: nobody at one that is held out gets anything, by this
campaign or by other advertising of its period. Pilot and variants are drawn by person.
"""

import csv
import datetime as dt
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.consent_sql import consent_params, stands
from campaigns.country_rules import free_countries
from campaigns.models import (
    Arm,
    Campaign,
    CampaignChannel,
    CampaignContent,
    CampaignVariant,
    Readers,
    Recipient,
)
from campaigns.selectors.calendar import PERSON, Send, planned_days, sends_between, weekly_cap
from campaigns.selectors.holding import holding_between
from campaigns.selectors.readers import speaks_to_ended
from pages.weeks import monday_of
from partners.models import AudienceMember, ConsentChannel, Partner, Stage
from partners.selectors.audiences import audience_partners
from partners.selectors.partners import partners_for
from partners.services.audiences import freeze_audience
from tenancy.errors import DomainError
from tenancy.models import LANGUAGE_OF_COUNTRY, Language
from tenancy.rights import Right
from valuation.experiment import assign

LEFT_OUT: dict[str, Any] = {
    "ended": gettext_lazy("The partnership ended"),
    "excluded": gettext_lazy("Excluded by the plan"),
    "left_company": gettext_lazy("Has left the company"),
    "no_address": gettext_lazy("No address for this way"),
    "suppressed": gettext_lazy("Unsubscribed, or mail comes back"),
    "no_consent": gettext_lazy("Has not agreed to advertising by this way"),
    "consent_old": gettext_lazy("Agreed long ago, and not told of it since as the country's rules ask"),
    "no_language": gettext_lazy("No text in their language"),
    "held_out": gettext_lazy("Held out by another campaign of this time"),
    "capped": gettext_lazy("Gets enough mails that week"),
    "duplicate": gettext_lazy("Same address as another reader"),
}
"""Why somebody is left out, in the order in which it is asked; the first reason is kept."""

CONSENT = {
    CampaignChannel.EMAIL: ConsentChannel.EMAIL,
    CampaignChannel.SMS: ConsentChannel.SMS,
    CampaignChannel.MESSENGER: ConsentChannel.MESSENGER,
    CampaignChannel.POST: ConsentChannel.POST,
    CampaignChannel.FAX: ConsentChannel.PHONE,
}
"""Which consent advertising needs, by channel. What stands in our own portal needs none."""
EXACT_UP_TO = 1_000_000
"""Shares are drawn from fractions of at most this denominator."""
SIX_DAYS = dt.timedelta(days=6)


class FreezingError(DomainError):
    """Readers that cannot be frozen."""


@dataclass(frozen=True)
class Counts:
    """How many are spoken to and held out, and how many are left out by reason."""

    pilot: int = 0
    rest: int = 0
    holdout: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def spoken_to(self) -> int:
        return self.pilot + self.rest

    @property
    def readers(self) -> int:
        return self.spoken_to + self.holdout

    @property
    def out(self) -> int:
        return sum(self.left_out.values())

    @property
    def reasons(self) -> list[tuple[str, Any, int]]:
        """Code, words and number of each reason there is, in their order."""
        return [(code, words, self.left_out[code]) for code, words in LEFT_OUT.items() if self.left_out.get(code)]


def counts_of(campaign: Campaign) -> Counts:
    """As they were found when the readers were frozen."""
    return Counts(**{str(arm): campaign.arms.get(arm, 0) for arm in Arm.values}, left_out=campaign.left_out)


def audience_of(campaign: Campaign) -> QuerySet[Partner]:
    """The companies that a campaign is for now, of those its owner sees; BrokenAudienceError where that is unknown."""
    if campaign.audience is None:
        return partners_for(campaign.owner)
    return audience_partners(campaign.audience, campaign.owner)


def preview(campaign: Campaign) -> Counts:
    """Who would be written to and who left out if the readers were frozen now; nothing is kept.

    Raises BrokenAudienceError where the audience cannot be read.
    """
    with connection.cursor() as cursor:
        _find(cursor, campaign, audience_of(campaign).order_by().values("pk"))
        counted = _left_out(cursor)
    eligible = counted.pop("", 0)
    held = round(eligible * campaign.holdout / 100)
    pilot = min(campaign.pilot_size, eligible - held)
    return Counts(pilot, eligible - held - pilot, held, counted)


@transaction.atomic
def freeze(campaign: Campaign) -> Counts:
    """Keep who is written to: audience, left out, arms and variants. What was frozen before goes.

    Which companies are in the audience is asked as the owner sees them. Refused where nobody is left to write to.
    """
    thaw(campaign)
    if campaign.audience is not None:
        campaign.snapshot = freeze_audience(campaign.audience, by=campaign.owner, note=campaign.name)
        companies: QuerySet[Any] = AudienceMember.objects.filter(snapshot=campaign.snapshot).values("partner")
    else:
        companies = audience_of(campaign).order_by().values("pk")
    campaign.seed = secrets.randbelow(2**31 - 1)
    variants = list(campaign.variants.order_by("label"))
    with connection.cursor() as cursor:
        _find(cursor, campaign, companies)
        cursor.execute("SELECT key, company, country, grade FROM campaign_reader WHERE left_out = '' ORDER BY key")
        readers = cursor.fetchall()
        if not readers:
            raise FreezingError(_("Nobody is left to write to: look at who is left out, and why."))
        arms = draw(readers, variants, campaign)
        _keep(cursor, campaign, arms)
        counted = _left_out(cursor)
    counted.pop("", None)
    campaign.left_out = counted
    drawn = [arm for arm, _variant in arms.values()]
    campaign.arms = {str(arm): drawn.count(arm) for arm in Arm}
    campaign.frozen_at = timezone.now()
    campaign.save(update_fields=["snapshot", "seed", "left_out", "arms", "frozen_at"])
    return counts_of(campaign)


def thaw(campaign: Campaign) -> None:
    """Forget the frozen readers: nobody was written to yet."""
    Recipient.objects.filter(campaign=campaign).order_by()._raw_delete(using="default")
    campaign.snapshot, campaign.left_out, campaign.arms, campaign.frozen_at = None, {}, {}, None
    campaign.save(update_fields=["snapshot", "left_out", "arms", "frozen_at"])


# --- The draw ---------------------------------------------------------------------------------------------------------

Reader = tuple[str, str, str, str]
"""Key, company, country and grade."""


def draw(
    readers: Sequence[Reader], variants: Sequence[CampaignVariant], campaign: Campaign
) -> dict[str, tuple[str, int | None]]:
    """The arm and variant of each reader, by country and grade: the hold-out by company, the rest by person.

    The same readers and seed give the same arms.
    """
    companies = {company: (country, grade) for _key, company, country, grade in readers}
    held_share = Fraction(round(campaign.holdout * 10), 1000)
    held = assign(
        list(companies), list(companies.values()), {"in": 1 - held_share, "out": held_share}, f"{campaign.seed}:company"
    )
    written = [reader for reader in readers if held[reader[1]] == "in"]
    share = _pilot_share(campaign.pilot_size, len(written))
    keys, strata = [reader[0] for reader in written], [reader[2:] for reader in written]
    parts = assign(keys, strata, {Arm.PILOT: share, Arm.REST: 1 - share}, f"{campaign.seed}:pilot")
    total = sum(variant.share for variant in variants)
    shares = {str(variant.pk): Fraction(variant.share, total) for variant in variants}
    drawn: dict[str, tuple[str, int | None]] = {}
    for arm in (Arm.PILOT, Arm.REST):
        own = [(key, stratum) for key, stratum in zip(keys, strata, strict=True) if parts[key] == arm]
        said = assign(
            [key for key, _stratum in own], [stratum for _key, stratum in own], shares, f"{campaign.seed}:{arm}"
        )
        drawn |= {key: (str(arm), int(variant)) for key, variant in said.items()}
    return {reader[0]: drawn.get(reader[0], (str(Arm.HOLDOUT), None)) for reader in readers}


def _pilot_share(size: int, readers: int) -> Fraction:
    """The share that makes so many of the readers, exactly where there are not millions of them."""
    if not readers:
        return Fraction(0)
    share = Fraction(min(size, readers), readers)
    return share if readers <= EXACT_UP_TO else Fraction(round(share * EXACT_UP_TO), EXACT_UP_TO)


# --- In the database --------------------------------------------------------------------------------------------------

OF_COUNTRY = (
    "CASE {country} " + " ".join(f"WHEN '{code}' THEN '{it}'" for code, it in LANGUAGE_OF_COUNTRY.items()) + " END"
)
COMPANIES = """
    CREATE TEMPORARY TABLE campaign_company ON COMMIT DROP AS
    SELECT p.id, p.name, p.local_name, p.country, coalesce(s.tier_code, '') AS grade,
        coalesce(
            (SELECT l FROM unnest(p.languages) WITH ORDINALITY u (l, n) WHERE l = ANY (%s) ORDER BY n LIMIT 1),
            {of_country}, %s
        ) AS language,
        CASE WHEN p.address <> '' THEN concat_ws(', ', p.address, nullif(p.city, ''), nullif(p.region, ''), nullif(p.postal_code, '')) ELSE '' END AS post,
        regexp_replace(coalesce(p.custom->>'fax', ''), '\\D', '', 'g') AS fax,
        {excluded} AS is_excluded, p.stage = %s AS has_ended
    FROM partners_partner p
    LEFT JOIN partners_partnersummary s ON s.partner_id = p.id
    WHERE p.id IN ({companies})
"""

ADDRESS_OF_PERSON = {
    CampaignChannel.EMAIL: "lower(trim(c.email))",
    CampaignChannel.SMS: r"regexp_replace(coalesce(nullif(c.mobile, ''), c.phone), '\D', '', 'g')",
    CampaignChannel.MESSENGER: r"coalesce(nullif(lower(trim(c.messenger)), ''), regexp_replace(c.mobile, '\D', '', 'g'))",
    CampaignChannel.POST: "p.post",
    CampaignChannel.FAX: "p.fax",
    CampaignChannel.PORTAL: "CASE WHEN m.id IS NULL THEN '' ELSE lower(m.email) END",
}
ADDRESS_OF_USER = {
    CampaignChannel.EMAIL: "lower(trim(m.email))",
    CampaignChannel.SMS: r"regexp_replace(coalesce(nullif(c.mobile, ''), m.phone), '\D', '', 'g')",
    CampaignChannel.MESSENGER: r"coalesce(nullif(lower(trim(c.messenger)), ''), regexp_replace(coalesce(c.mobile, ''), '\D', '', 'g'))",
    CampaignChannel.POST: "p.post",
    CampaignChannel.FAX: "p.fax",
    CampaignChannel.PORTAL: "lower(m.email)",
}
ADDRESS_OF_CUSTOMER = {
    CampaignChannel.EMAIL: "lower(trim(e.email))",
    CampaignChannel.SMS: "e.phone_digits",
    CampaignChannel.MESSENGER: "e.phone_digits",
    CampaignChannel.POST: (
        "CASE WHEN e.address <> '' THEN"
        " concat_ws(', ', e.address, nullif(e.city, ''), nullif(e.region, ''), nullif(e.postal_code, '')) ELSE '' END"
    ),
    CampaignChannel.FAX: "''",
    CampaignChannel.PORTAL: "''",
}

# Where a country asks for no consent, only one that was withdrawn keeps somebody from being written to.
REFUSED = """EXISTS (
            SELECT FROM partners_contactconsent w
            WHERE w.contact_id = c.id AND w.channel = %(consent)s AND w.withdrawn_on IS NOT NULL
        )"""
PEOPLE = """
    SELECT 'p' || c.id AS person, p.id AS partner_id, c.id AS contact_id, NULL::bigint AS customer_id, m.id AS member_id,
        c.name, p.name AS company_name, p.local_name, {address} AS address,
        coalesce(nullif(c.language, ''), m.language, p.language) AS language, p.country, p.grade,
        'p' || p.id AS company, coalesce(c.left_on <= %(today)s, false) AS has_left, p.is_excluded, p.has_ended,
        k.id IS NOT NULL AS has_consent, k.given_on AS agreed_on, {refused} AS has_refused, c.is_primary
    FROM campaign_company p
    JOIN partners_contact c ON c.partner_id = p.id
    LEFT JOIN tenancy_membership m ON m.id = c.membership_id AND m.is_active
    LEFT JOIN partners_contactconsent k ON k.contact_id = c.id AND k.channel = %(consent)s AND k.withdrawn_on IS NULL
    WHERE %(roles)s::text[] = '{{}}' OR c.role = ANY (%(roles)s)
"""
USERS = """
    SELECT coalesce('p' || c.id, 'm' || m.id) AS person, p.id AS partner_id, c.id AS contact_id,
        NULL::bigint AS customer_id, CASE WHEN m.is_active THEN m.id END AS member_id,
        m.name, p.name AS company_name, p.local_name, {address} AS address,
        m.language, p.country, p.grade, 'p' || p.id AS company, NOT m.is_active AS has_left, p.is_excluded, p.has_ended,
        k.id IS NOT NULL AS has_consent, k.given_on AS agreed_on, {refused} AS has_refused,
        coalesce(c.is_primary, false) AS is_primary
    FROM campaign_company p
    JOIN tenancy_membership m ON m.partner_id = p.id
    LEFT JOIN partners_contact c ON c.membership_id = m.id AND c.left_on IS NULL
    LEFT JOIN partners_contactconsent k ON k.contact_id = c.id AND k.channel = %(consent)s AND k.withdrawn_on IS NULL
    WHERE %(roles)s::text[] = '{{}}' OR c.role = ANY (%(roles)s)
"""
CUSTOMERS = """
    SELECT 'c' || e.id AS person, p.id AS partner_id, NULL::bigint AS contact_id, e.id AS customer_id,
        NULL::bigint AS member_id, coalesce(nullif(e.contact_name, ''), e.name) AS name, e.name AS company_name,
        e.local_name, {address} AS address,
        coalesce(
            nullif(e.language, ''), {of_country}, p.language, %(home)s
        ) AS language,
        coalesce(nullif(e.country, ''), p.country, '') AS country, coalesce(p.grade, '') AS grade,
        'c' || e.id AS company, false AS has_left, coalesce(p.is_excluded, false) AS is_excluded,
        false AS has_ended,
        e.consented_at IS NOT NULL AND e.consent_ended_at IS NULL AS has_consent,
        e.consented_at::date AS agreed_on, true AS has_refused, false AS is_primary
    FROM commerce_endcustomer e
    LEFT JOIN campaign_company p ON p.id = e.served_by_id
    WHERE e.merged_into_id IS NULL AND (p.id IS NOT NULL OR %(is_everybody)s AND e.served_by_id IS NULL)
"""
SOURCES = {
    Readers.PEOPLE: (PEOPLE, ADDRESS_OF_PERSON),
    Readers.USERS: (USERS, ADDRESS_OF_USER),
    Readers.CUSTOMERS: (CUSTOMERS, ADDRESS_OF_CUSTOMER),
}

COMPANY = """'of ' || coalesce('c' || r.customer_id, 'p' || r.partner_id)"""
"""Whom orders are counted for: who is held out is held out with all who work there, whoever of them was drawn."""

BUSY = f"""
    CREATE TEMPORARY TABLE campaign_busy ON COMMIT DROP AS
    SELECT person, bool_or(is_held) AS is_held, max(mails) AS mails
    FROM (
        SELECT person, bool_or(is_held) AS is_held, count(*) FILTER (WHERE NOT is_held) AS mails
        FROM (
            SELECT {PERSON} AS person, s.week, false AS is_held
            FROM unnest(%(campaigns)s::bigint[], %(arms)s::text[], %(weeks)s::date[]) s (campaign_id, arm, week)
            JOIN campaigns_recipient r ON r.campaign_id = s.campaign_id AND r.arm = s.arm
            UNION ALL
            SELECT {PERSON}, date_trunc('week', r.sent_at AT TIME ZONE %(zone)s)::date, false
            FROM campaigns_recipient r JOIN campaigns_campaign c ON c.id = r.campaign_id
            WHERE r.entrant_id IS NOT NULL AND c.channel <> 'portal'
                AND date_trunc('week', r.sent_at AT TIME ZONE %(zone)s)::date = ANY (%(counted)s)
            UNION ALL
            SELECT unnest(ARRAY [{PERSON}, {COMPANY}]), NULL, true FROM campaigns_recipient r
            WHERE r.campaign_id = ANY (%(holding)s) AND r.arm = 'holdout'
        ) one
        GROUP BY person, week
    ) found
    GROUP BY person
"""  # noqa: S608 (our own words)

READERS = f"""
    CREATE TEMPORARY TABLE campaign_reader ON COMMIT DROP AS
    WITH asked AS (
        SELECT f.*,
            CASE
                WHEN f.has_ended AND NOT %(speaks_to_ended)s THEN 'ended'
                WHEN f.is_excluded THEN 'excluded'
                WHEN f.has_left THEN 'left_company'
                WHEN f.address = '' THEN 'no_address'
                WHEN s.id IS NOT NULL THEN 'suppressed'
                WHEN %(needs_consent)s AND NOT f.has_consent AND (NOT f.country = ANY (%(free_countries)s) OR f.has_refused)
                    THEN 'no_consent'
                WHEN %(needs_consent)s AND NOT {stands("f.country", "f.agreed_on", "x.reminded_at")} THEN 'consent_old'
                WHEN NOT (f.language = ANY (%(texts)s) OR f.language || f.country = ANY (%(texts)s)) THEN 'no_language'
                WHEN %(is_advertising)s AND (coalesce(b.is_held, false) OR coalesce(held.is_held, false)) THEN 'held_out'
                WHEN %(is_advertising)s AND coalesce(b.mails, 0) >= %(cap)s THEN 'capped'
                ELSE ''
            END AS reason
        FROM ({{source}}) f
        LEFT JOIN campaigns_suppression s ON s.channel = %(channel)s AND s.address = f.address
        LEFT JOIN campaigns_readerchoice x ON x.address = f.address
        LEFT JOIN campaign_busy b ON b.person = f.person
        LEFT JOIN campaign_busy held ON held.person = 'of ' || f.company
    )
    SELECT a.person AS key, a.company, a.partner_id, a.contact_id, a.customer_id, a.member_id, a.name,
        CASE WHEN a.language IN ('ko', 'ja') AND a.local_name <> '' THEN a.local_name ELSE a.company_name END AS partner_name,
        a.address, a.language, a.country, a.grade,
        CASE
            WHEN a.reason = '' AND %(is_once)s AND row_number() OVER (
                PARTITION BY a.reason, a.address, CASE WHEN %(is_by_company)s THEN a.company END ORDER BY a.is_primary DESC, a.person
            ) > 1 THEN 'duplicate'
            ELSE a.reason
        END AS left_out
    FROM asked a
"""  # noqa: S608 (our own words)

KEEP = """
    INSERT INTO campaigns_recipient (
        campaign_id, partner_id, contact_id, customer_id, member_id, name, partner_name, address, language, country, grade,
        left_out, arm, variant_id, order_amount
    )
    SELECT %s, r.partner_id, r.contact_id, r.customer_id, r.member_id, r.name, r.partner_name, r.address, r.language,
        r.country, r.grade, r.left_out, coalesce(d.arm, ''), d.variant_id, 0
    FROM campaign_reader r LEFT JOIN campaign_drawn d USING (key)
    ORDER BY r.partner_name, r.name, r.key
"""


def _find(cursor: Any, campaign: Campaign, companies: QuerySet[Any]) -> None:
    """Everybody who may be meant, with the reason why not, in the temporary table `campaign_reader`."""
    weeks = sorted({monday_of(day) for day in planned_days(campaign).values()})
    sends = [
        send
        for send in sends_between(weeks[0], max(weeks) + SIX_DAYS, but=campaign.pk)
        if send.week in weeks and campaign.channel != CampaignChannel.PORTAL
    ]
    counted = [] if campaign.channel == CampaignChannel.PORTAL else weeks
    look_for_readers(cursor, campaign, companies, sends=sends, weeks=counted, cap=weekly_cap())


def look_for_readers(
    cursor: Any,
    campaign: Campaign,
    companies: QuerySet[Any],
    *,
    sends: Sequence[Send],
    weeks: Sequence[dt.date],
    cap: int,
    is_by_company: bool = False,
) -> None:
    """Everybody at `companies` who may be meant, with the reason why not, in the temporary table `campaign_reader`.

    `sends` and what sequences sent in `weeks` count towards `cap`. With `is_by_company` two companies may share an address.
    """
    cursor.execute("DROP TABLE IF EXISTS campaign_company, campaign_busy, campaign_reader, campaign_drawn")
    companies_sql, companies_params = companies.query.sql_with_params()
    excluded_sql, excluded_params = "false", ()
    if campaign.excluded is not None:
        excluded = audience_partners(campaign.excluded, campaign.owner).order_by().values("pk")
        excluded_sql, excluded_params = excluded.query.sql_with_params()
        excluded_sql = f"p.id IN ({excluded_sql})"
    spoken = list(Language.values)
    home = campaign.manufacturer.first_language
    cursor.execute(
        COMPANIES.format(
            excluded=excluded_sql, companies=companies_sql, of_country=OF_COUNTRY.format(country="p.country")
        ),
        [spoken, home, *excluded_params, Stage.ENDED, *companies_params],
    )
    cursor.execute(
        BUSY,
        {
            "campaigns": [send.campaign for send in sends],
            "arms": [str(send.arm) for send in sends],
            "weeks": [send.week for send in sends],
            "counted": list(weeks),
            "zone": campaign.manufacturer.timezone,
            "holding": [
                held.pk for held in holding_between(campaign.starts_on, campaign.ends_on) if held.pk != campaign.pk
            ],
        },
    )
    cursor.execute("ANALYZE campaign_company")
    cursor.execute("ANALYZE campaign_busy")
    source, addresses = SOURCES[Readers(campaign.readers)]
    channel = CampaignChannel(campaign.channel)
    cursor.execute(
        READERS.format(
            source=source.format(
                address=addresses[channel], of_country=OF_COUNTRY.format(country="e.country"), refused=REFUSED
            )
        ),
        {
            "today": timezone.localdate(),
            "home": home,
            "is_everybody": campaign.audience is None and campaign.owner.can(Right.PARTNERS_VIEW_ALL),
            "roles": campaign.roles,
            "channel": channel.value,
            "consent": str(CONSENT.get(channel, "")),
            "needs_consent": campaign.is_advertising and channel in CONSENT,
            "speaks_to_ended": speaks_to_ended(campaign),
            "free_countries": free_countries(channel),
            "is_advertising": campaign.is_advertising,
            "cap": cap,
            "texts": texts_for(campaign),
            "is_once": channel not in (CampaignChannel.POST, CampaignChannel.PORTAL),
            "is_by_company": is_by_company,
            **consent_params(timezone.localdate()),
        },
    )


def texts_for(campaign: Campaign) -> list[str]:
    """In which languages every variant has a text: `ko` for all countries, `koKR` for Korea alone."""
    contents = Prefetch("contents", CampaignContent.objects.only("variant", "language", "country"))
    sets = [
        {each.language + each.country for each in variant.contents.all()}
        for variant in campaign.variants.prefetch_related(contents)
    ]
    every = set().union(*sets)
    return sorted(key for key in every if all(key in own or key[:2] in own for own in sets))


def _left_out(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT left_out, count(*) FROM campaign_reader GROUP BY 1 ORDER BY 1")
    return dict(cursor.fetchall())


def _keep(cursor: Any, campaign: Campaign, arms: dict[str, tuple[str, int | None]]) -> None:
    cursor.execute("CREATE TEMPORARY TABLE campaign_drawn (key text, arm text, variant_id bigint) ON COMMIT DROP")
    lines = io.StringIO()
    csv.writer(lines).writerows((key, arm, variant) for key, (arm, variant) in arms.items())
    lines.seek(0)
    cursor.copy_expert("COPY campaign_drawn FROM STDIN (FORMAT csv)", lines, size=1 << 20)
    cursor.execute("ANALYZE campaign_reader")
    cursor.execute("ANALYZE campaign_drawn")
    cursor.execute(KEEP, [campaign.pk])
