"""Campaigns at every step of their way: some analysed, one whose pilot waits for go or stop, others still being planned."""

import datetime as dt
import itertools
import zoneinfo
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, Q
from django.utils import timezone

from campaigns.addresses import address_key
from campaigns.models import (
    Arm,
    Campaign,
    CampaignCheck,
    CampaignContent,
    CampaignCost,
    CampaignSettings,
    CampaignState,
    CampaignStep,
    CampaignVariant,
    Mailing,
    MailingState,
    MessengerTemplate,
    Recipient,
    Suppression,
    TemplateState,
)
from campaigns.services.campaigns import verdict_of
from campaigns.services.freezing import freeze
from campaigns.services.orders import find_orders
from commerce.models import Product, SalesDay
from partners.models import Contact, ContactConsent
from prm_portal.demo_stories.campaign_texts import ANSWERS, MESSENGER, TEXTS, WORDS
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

S = CampaignState
WAY = [S.PLAN, S.APPROVAL, S.APPROVED, S.PILOT, S.DECISION, S.ROLLOUT, S.MEASURING, S.ANALYSED, S.CLOSED]


@dataclass(frozen=True)
class Told:
    """One campaign: what it says, where it stands, and how readers took it."""

    key: str
    state: str
    starts: int
    """Days from today."""
    days: int
    text: str
    goal: str = "replies"
    goal_value: int = 4
    pilot: int = 0
    variants: int = 1
    opened: float = 0.42
    clicked: float = 0.16
    replied: float = 0.06
    lead: float = 0.015
    better: float = 1.0
    """How many times as often those of variant B answer."""
    advertising: bool = True
    budget: int = 3
    """In millions of won, or hundreds of thousands of yen."""
    readers: str = "people"
    channel: str = "email"


CAMPAIGNS = (
    Told("catalogue", S.CLOSED, -190, 42, "catalogue", pilot=70, variants=2, replied=0.11, better=1.8, budget=8),
    Told("promotion", S.MEASURING, -52, 38, "promotion", "orders", 8, opened=0.47, clicked=0.2, replied=0.08, budget=5),
    Told("dropped", S.STOPPED, -75, 20, "stock", pilot=120, opened=0.2, clicked=0.02, replied=0.0, lead=0, budget=1),
    Told("samples", S.DECISION, -9, 30, "samples", pilot=90, replied=0.13, budget=4),
    Told("fair", S.PILOT, -3, 24, "fair", "replies", 10, pilot=40, variants=2, replied=0.1, budget=6),
    Told("stock", S.APPROVED, 6, 25, "stock", "order_amount", 90, budget=2),
    Told(
        "price",
        S.APPROVED,
        6,
        10,
        "price",
        "clicks",
        50,
        advertising=False,
        readers="users",
        channel="portal",
        budget=0,
    ),
    Told("next", S.PLAN, 40, 42, "catalogue", pilot=80, variants=2, budget=8),
)


def tell_campaigns(manufacturer: Manufacturer, today: dt.date) -> None:
    """Frozen and drawn as by hand, oldest first, so that who is left out and why is true."""
    if Campaign.objects.exists() or not Contact.objects.exists():
        return
    own = "ko" if "ko" in manufacturer.languages[:1] else "ja"
    staff = Membership.objects.filter(partner=None, is_active=True)
    owner = staff.filter(role=Role.MARKETING).order_by("pk").first() or staff.filter(role=Role.OWNER).get()
    boss = staff.filter(role=Role.OWNER).order_by("pk").first() or owner
    words = WORDS[own]
    CampaignSettings.objects.get_or_create(
        defaults={
            "sender_name": str(manufacturer),
            "sender_email": f"news@{manufacturer.slug}.example",
            "reply_to": f"news@{manufacturer.slug}.example",
            "postal_address": str(words["postal"]),
            "free_phone": "080-123-4567",
        }
    )
    _ask_for_consent(str(words["consent"]), owner, today)
    for told in CAMPAIGNS:
        _tell(manufacturer, told, own, (owner, boss), today)
        _suppress()
    _write_templates(own, owner)


def _suppress() -> None:
    """Who unsubscribed or whose mail came back is written to no more, by the next ones."""
    gone = Recipient.objects.filter(Q(unsubscribed_at__isnull=False) | Q(bounced_at__isnull=False)).exclude(address="")
    Suppression.objects.bulk_create(
        [
            Suppression(
                channel=reader.campaign.channel,
                address=address_key(reader.campaign.channel, reader.address),
                reason=Suppression.Reason.UNSUBSCRIBED if reader.unsubscribed_at else Suppression.Reason.BOUNCE,
                detail="" if reader.unsubscribed_at else "550 5.1.1 User unknown",
                campaign=reader.campaign,
                at=reader.unsubscribed_at or reader.bounced_at or timezone.now(),
            )
            for reader in gone.select_related("campaign").order_by("pk")
        ],
        ignore_conflicts=True,
    )


def _write_templates(own: str, owner: Membership) -> None:
    """Words for messengers: one approved, one handed in, one that was rejected."""
    now = timezone.now()
    MessengerTemplate.objects.bulk_create(
        [
            MessengerTemplate(
                name=name,
                language=own,
                body=body,
                answers=answers,
                sms_text=body[:80] if place == 0 else "",
                state=state,
                reason=reason,
                submitted_at=now - dt.timedelta(days=20 - 6 * place),
                decided_at=None if state == TemplateState.SUBMITTED else now - dt.timedelta(days=19 - 6 * place),
                created_by=owner,
            )
            for place, (name, body, answers, state, reason) in enumerate(MESSENGER[own])
        ]
    )


def _ask_for_consent(source: str, by: Membership, today: dt.date) -> None:
    """Most people agreed to mails at a fair."""
    without = Contact.objects.filter(left_on=None).exclude(consents__channel="email").order_by("pk")
    ContactConsent.objects.bulk_create(
        [
            ContactConsent(
                partner_id=partner,
                contact_id=pk,
                channel="email",
                given_on=today - dt.timedelta(days=200 + pk % 300),
                source=source,
                recorded_by=by,
            )
            for pk, partner in without.values_list("pk", "partner_id")
            if pk % 5
        ]
    )


def _tell(
    manufacturer: Manufacturer, told: Told, own: str, people: tuple[Membership, Membership], today: dt.date
) -> None:
    owner, _boss = people
    words: dict[str, Any] = WORDS[own]
    name, purpose, *about = words[told.key]
    unit = 1_000_000 if own == "ko" else 100_000
    starts = today + dt.timedelta(days=told.starts)
    if told.state == S.CLOSED and (last := SalesDay.objects.aggregate(last=Max("date"))["last"]):
        starts = min(starts, last - dt.timedelta(days=80))  # so that its orders are in the books
    is_offer = told.text in ("promotion", "catalogue", "stock")
    product = Product.objects.filter(is_active=True, is_draft=False).order_by("code").first()
    campaign = Campaign.objects.create(
        name=f"{name} {starts.year}",
        purpose=purpose,
        owner=owner,
        created_by=owner,
        goal=told.goal,
        goal_value=told.goal_value * (unit if told.goal == "order_amount" else 1),
        channel=told.channel,
        is_advertising=told.advertising,
        readers=told.readers,
        starts_on=starts,
        ends_on=starts + dt.timedelta(days=told.days),
        rollout_on=starts + dt.timedelta(days=8) if told.pilot else None,
        budget=told.budget * unit,
        product=product if told.text == "promotion" else None,
        offer_price=Decimal(48_000 if own == "ko" else 6_800) if is_offer else None,
        offer_until=starts + dt.timedelta(days=told.days) if is_offer else None,
        payment_terms=words["pay"] if is_offer else "",
        delivery_terms=words["deliver"] if is_offer else "",
        pilot_size=told.pilot,
        holdout=10 if told.advertising else 0,
    )
    _write(campaign, told, own, about)
    _plan_costs_and_checks(campaign, told, words, owner, unit)
    if told.state == S.PLAN:
        _at(campaign, S.PLAN, [], starts - dt.timedelta(days=60), people, words)
        return
    freeze(campaign)
    way = [state for state in WAY if told.pilot or state not in (S.PILOT, S.DECISION)]
    way = way[: way.index(S(told.state)) + 1] if told.state in way else [*way[: way.index(S.DECISION) + 1], S.STOPPED]
    zone = zoneinfo.ZoneInfo(manufacturer.timezone)
    for state, kind, arm, day in (
        (S.PILOT, Mailing.Kind.PILOT, Arm.PILOT, campaign.starts_on),
        (S.ROLLOUT, Mailing.Kind.ROLLOUT, Arm.REST, campaign.rollout_on or campaign.starts_on),
    ):
        if state in way:
            _send(campaign, told, kind, arm, dt.datetime.combine(day, dt.time(10), zone), owner)
    campaign.refresh_from_db()
    if told.state in (S.CLOSED, S.MEASURING):
        find_orders(campaign)
    if S.DECISION in way:
        campaign.verdict = verdict_of(campaign)
    _at(campaign, told.state, way, starts - dt.timedelta(days=16), people, words)


def _write(campaign: Campaign, told: Told, own: str, about: list[str]) -> None:
    languages = ("ko", "en", "ja") if own == "ko" else ("ja", "en", "ko")
    for place in range(told.variants):
        variant = CampaignVariant.objects.create(
            campaign=campaign, label="AB"[place], about=about[place] if about and told.variants > 1 else ""
        )
        text = f"{told.text}_b" if place and f"{told.text}_b" in ANSWERS else told.text
        if told.state == S.PLAN and place:
            continue  # not written yet
        for language in languages:
            subject, preheader, body = TEXTS[language][text]
            CampaignContent.objects.create(
                variant=variant,
                language=language,
                subject=subject,
                preheader=preheader,
                body=body,
                answers=ANSWERS[text],
            )


def _plan_costs_and_checks(campaign: Campaign, told: Told, words: dict[str, Any], owner: Membership, unit: int) -> None:
    is_over = told.state in (S.CLOSED, S.MEASURING)
    parts = [("copy", 0.35), ("gift", 0.5), ("send", 0.1)] if told.budget else []
    CampaignCost.objects.bulk_create(
        [
            CampaignCost(
                campaign=campaign,
                what=words[key],
                planned=round(told.budget * unit * share),
                actual=round(told.budget * unit * share * (1.06 if key == "copy" else 0.94)) if is_over else None,
            )
            for key, share in parts
        ]
    )
    is_out = told.state not in (S.PLAN, S.APPROVED)
    CampaignCheck.objects.bulk_create(
        [
            CampaignCheck(
                campaign=campaign,
                what=what,
                order=place,
                done_by=owner if is_out or place < 2 else None,
                done_at=timezone.now() if is_out or place < 2 else None,
            )
            for place, what in enumerate(words["checks"])
        ]
    )


def _at(
    campaign: Campaign,
    state: str,
    way: list[CampaignState],
    began: dt.date,
    people: tuple[Membership, Membership],
    words: dict[str, Any],
) -> None:
    """The steps that brought it here, each on its day."""
    owner, boss = people
    zone = zoneinfo.ZoneInfo(campaign.manufacturer.timezone)
    days = {
        S.APPROVAL: began + dt.timedelta(days=4),
        S.APPROVED: began + dt.timedelta(days=6),
        S.PILOT: campaign.starts_on,
        S.DECISION: campaign.rollout_on or campaign.starts_on,
        S.STOPPED: campaign.rollout_on or campaign.starts_on,
        S.ROLLOUT: campaign.rollout_on or campaign.starts_on,
        S.MEASURING: campaign.ends_on + dt.timedelta(days=1),
        S.ANALYSED: campaign.ends_on + dt.timedelta(days=33),
        S.CLOSED: campaign.ends_on + dt.timedelta(days=36),
    }
    notes = {
        S.APPROVAL: words["asked"] if campaign.pilot_size else "",
        S.ROLLOUT: words["why_go"] if campaign.pilot_size else "",
        S.STOPPED: words["why_stop"],
        S.ANALYSED: words["learned"],
    }
    latest = timezone.now() - dt.timedelta(hours=2)
    moment = dt.datetime.combine(began, dt.time(9, 30), zone)
    Campaign.objects.filter(pk=campaign.pk).update(
        state=state, verdict=campaign.verdict, created_at=min(moment, latest - dt.timedelta(days=3)),
        frozen_at=min(dt.datetime.combine(days[S.APPROVED], dt.time(11), zone), latest) if way else None,
    )  # fmt: skip
    CampaignStep.objects.bulk_create(
        [
            CampaignStep(
                campaign=campaign,
                from_state=before,
                to_state=to,
                by=None if to in (S.DECISION, S.MEASURING) else boss if to == S.APPROVED else owner,
                at=min(dt.datetime.combine(days[to], dt.time(9 + place), zone), latest + dt.timedelta(minutes=place)),
                note=notes.get(to, ""),
            )
            for place, (before, to) in enumerate(itertools.pairwise(way))
        ]
    )


DRAWN = """(
    SELECT id, variant_id, row_number() OVER (PARTITION BY variant_id ORDER BY id) AS place
    FROM campaigns_recipient WHERE campaign_id = %(campaign)s AND arm = %(arm)s
)"""
LOTS = {
    what: f"mod(d.place * {step}, 1)::float8"
    for what, step in (("bounce", 0.4142135624), ("open", 0.6180339887), ("when", 0.7320508076), ("gone", 0.6457513111))
}
"""Evenly spread over 0 to 1 however few there are (multiples of an irrational number), so that shares come true anywhere."""
SENT = """
    UPDATE campaigns_recipient r SET
        sent_at = %(at)s + (r.id %% 37) * interval '7 seconds',
        bounced_at = CASE WHEN {bounce} < 0.012 THEN %(at)s + interval '11 minutes' END
    FROM {drawn} d
    WHERE r.id = d.id
"""
CAME = """
    UPDATE campaigns_recipient r SET
        opened_at = CASE WHEN f.opened THEN r.sent_at + make_interval(mins => (20 + 2600 * f.when_opened ^ 3)::int) END,
        clicked_at = CASE WHEN f.clicked THEN r.sent_at + make_interval(mins => (23 + 2600 * f.when_opened ^ 3)::int) END,
        replied_at = CASE WHEN f.replied THEN r.sent_at + make_interval(mins => (25 + 2600 * f.when_opened ^ 3)::int) END,
        lead_at = CASE WHEN f.lead THEN r.sent_at + make_interval(mins => (300 + 2600 * f.when_opened ^ 3)::int) END,
        unsubscribed_at = CASE WHEN f.gone THEN r.sent_at + make_interval(mins => (30 + 2600 * f.when_opened ^ 3)::int) END
    FROM (
        SELECT r.id, {when} AS when_opened, {open} < %(opened)s AS opened, {open} < %(clicked)s * b.better AS clicked,
            {open} < %(replied)s * b.better AS replied, {open} < %(lead)s * b.better AS lead, {gone} < 0.006 AS gone
        FROM {drawn} d
        JOIN campaigns_recipient r ON r.id = d.id
        LEFT JOIN campaigns_campaignvariant v ON v.id = d.variant_id
        CROSS JOIN LATERAL (SELECT CASE WHEN v.label = 'B' THEN %(better)s ELSE 1 END AS better) b
        WHERE r.bounced_at IS NULL
    ) f
    WHERE r.id = f.id AND r.sent_at + make_interval(mins => (300 + 2600 * f.when_opened ^ 3)::int) < now()
"""
MESSAGES = """
    INSERT INTO campaigns_message (mailing_id, recipient_id, key, domain, state, due_at, attempts, sent_at, error)
    SELECT %(mailing)s, r.id, gen_random_uuid(), split_part(r.address, '@', 2),
        CASE WHEN r.bounced_at IS NULL THEN 'sent' ELSE 'bounced' END, %(at)s, 1, r.sent_at,
        CASE WHEN r.bounced_at IS NULL THEN '' ELSE '550 5.1.1 User unknown' END
    FROM campaigns_recipient r WHERE r.campaign_id = %(campaign)s AND r.arm = %(arm)s
"""
RESPONSES = """
    INSERT INTO campaigns_response (id, recipient_id, kind, at, is_machine, detail)
    SELECT gen_random_uuid(), r.id, found.kind, found.at, false, found.detail
    FROM campaigns_recipient r
    CROSS JOIN LATERAL (VALUES
        ('open', r.opened_at, ''), ('click', r.clicked_at, 'https://www.example.com/catalogue'),
        ('answer', r.replied_at, (%(answers)s::text[])[1 + r.id %% greatest(cardinality(%(answers)s::text[]), 1)]),
        ('lead', r.lead_at, ''), ('unsubscribe', r.unsubscribed_at, ''), ('bounce', r.bounced_at, '550 5.1.1 User unknown')
    ) found (kind, at, detail)
    WHERE r.campaign_id = %(campaign)s AND r.arm = %(arm)s AND found.at IS NOT NULL AND found.detail IS NOT NULL
"""


def _send(campaign: Campaign, told: Told, kind: str, arm: str, at: dt.datetime, by: Membership) -> None:
    """A mailing as it went, and what came back until now."""
    mailing = Mailing.objects.create(
        campaign=campaign, kind=kind, state=MailingState.SENT, starts_at=at, ended_at=at + dt.timedelta(minutes=6),
        started_by=by,
    )  # fmt: skip
    asked: dict[str, Any] = {
        "campaign": campaign.pk,
        "arm": str(arm),
        "at": at,
        "mailing": mailing.pk,
        "opened": told.opened,
        "clicked": told.clicked,
        "replied": told.replied,
        "lead": told.lead,
        "better": told.better,
        "answers": [code for code in ANSWERS[told.text] if code != "not_interested"],
    }
    with connection.cursor() as cursor:
        for statement in (SENT.format(drawn=DRAWN, **LOTS), CAME.format(drawn=DRAWN, **LOTS), MESSAGES, RESPONSES):
            cursor.execute(statement, asked)
