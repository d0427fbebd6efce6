"""What a campaign did: its funnel and its parts, its effect against the hold-out, its costs, and what it is compared with.

Every figure is added up in the database, in one pass a question, whatever the number of readers. Shares are of those whom
something was sent to; their intervals are Wilson's. Orders are a company's: the effect compares companies that were drawn to
be written to, all of them, with those drawn to be held out, over the same days.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from campaigns.answers import ANSWERS
from campaigns.models import Arm, Campaign, CampaignGoal, Readers
from campaigns.services.orders import Window, window_of
from valuation.experiment import Amounts, Counted, Lift, Share, lift, wilson

ZERO = Decimal(0)
DIMENSIONS = ("variant", "arm", "kind", "language", "country", "grade")
"""What a report can be parted by; `kind` is the segment: the kind of partner."""
READERS = "readers"
"""Not a part: every reader for themself, as a file."""
MOST_ROWS, MOST_LINKS, MOST_EARLIER = 100, 10, 8
RATES: Mapping[str, str] = {
    CampaignGoal.CLICKS: "clicked",
    CampaignGoal.REPLIES: "replied",
    CampaignGoal.LEADS: "leads",
    CampaignGoal.ORDERS: "ordered",
}
"""Which count of a funnel a goal is a share of."""


@dataclass(frozen=True)
class Funnel:
    """How far a campaign came with so many readers."""

    readers: int = 0
    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    refused: int = 0
    """Of those who answered, who said that they are not interested."""
    unsubscribed: int = 0
    leads: int = 0
    ordered: int = 0
    """Readers whose company ordered within the window."""
    amount: Decimal = ZERO
    """Their parts of what their companies ordered, in base currency."""

    def rate(self, of: str) -> Share | None:
        """A count as a share of those it was sent to, with its interval; none where nothing was sent."""
        return wilson(getattr(self, of), self.sent) if self.sent else None


COUNTS = """
    count(*), count(r.sent_at), {counts}, count(x.recipient_id) FILTER (WHERE r.sent_at IS NOT NULL),
    coalesce(sum(r.order_amount) FILTER (WHERE r.sent_at IS NOT NULL), 0)
""".format(
    counts=", ".join(
        f"count(r.{column}) FILTER (WHERE r.sent_at IS NOT NULL)"
        for column in (
            "bounced_at", "opened_at", "clicked_at", "replied_at", "unsubscribed_at", "lead_at", "ordered_on",
        )
    )
)  # fmt: skip
NAMES = (
    "readers", "sent", "bounced", "opened", "clicked", "replied", "unsubscribed", "leads", "ordered", "refused", "amount",
)  # fmt: skip
REFUSED = """
    LEFT JOIN (
        SELECT DISTINCT p.recipient_id FROM campaigns_response p JOIN campaigns_recipient o ON o.id = p.recipient_id
        JOIN campaigns_campaign w ON w.id = o.campaign_id
        WHERE o.campaign_id = ANY (%(campaigns)s) AND NOT p.is_machine
            AND p.at < o.sent_at + make_interval(days => w.window_days)
            AND (p.kind = 'answer' AND p.detail = 'not_interested'
                OR p.kind = 'typed' AND split_part(p.detail, ' ', 1) = 'not_interested')
    ) x ON x.recipient_id = r.id
"""
PARTS = f"""
    SELECT GROUPING(v.label, r.arm, k.code, r.language, r.country, r.grade),
        coalesce(v.label, r.arm, k.code, r.language, r.country, r.grade, ''), {COUNTS}
    FROM campaigns_recipient r
    LEFT JOIN campaigns_campaignvariant v ON v.id = r.variant_id
    LEFT JOIN partners_partner p ON p.id = r.partner_id
    LEFT JOIN partners_partnerkind k ON k.id = p.kind_id
    {REFUSED}
    WHERE r.campaign_id = ANY (%(campaigns)s) AND r.left_out = '' AND r.arm IN ('pilot', 'rest')
    GROUP BY GROUPING SETS ((), (v.label), (r.arm), (k.code), (r.language), (r.country), (r.grade))
"""  # noqa: S608 (our own words)
ALL = 0b111111
MASKS = {ALL - (1 << place): name for place, name in enumerate(reversed(DIMENSIONS))}


def _funnel(row: tuple[Any, ...]) -> Funnel:
    return Funnel(**dict(zip(NAMES, row, strict=True)))


def funnels(campaign: Campaign) -> tuple[Funnel, dict[str, list[tuple[str, Funnel]]]]:
    """The funnel of all who were drawn to be written to, and of each part by each dimension, the largest first."""
    total = Funnel()
    parts: dict[str, list[tuple[str, Funnel]]] = {name: [] for name in DIMENSIONS}
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"campaigns": [campaign.pk]})
        for mask, key, *counts in cursor.fetchall():
            if mask == ALL:
                total = _funnel(tuple(counts))
            else:
                parts[MASKS[mask]].append((key, _funnel(tuple(counts))))
    for name, rows in parts.items():
        rows.sort(key=lambda row: (0 if name == "variant" else -row[1].readers, row[0]))
    return total, parts


ALL_OF = f"""
    SELECT {COUNTS} FROM campaigns_recipient r {REFUSED}
    WHERE r.campaign_id = ANY (%(campaigns)s) AND r.left_out = '' AND r.arm IN ('pilot', 'rest')
"""  # noqa: S608 (our own words)


def funnel_of(campaigns: list[int]) -> Funnel:
    """The funnel of all who were written to by any of these."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_OF, {"campaigns": campaigns})
        return _funnel(cursor.fetchone())


# --- The effect -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """What the companies written to did more than those that got nothing."""

    people: Lift
    """Of the share that ordered."""
    money: Lift
    """Of what each ordered, in base currency."""

    @property
    def extra(self) -> tuple[float, float, float]:
        """What all written to ordered more than they would have, with its interval."""
        n = self.money.n_treated
        return self.money.difference * n, self.money.low * n, self.money.high * n


COMPANIES = """
    SELECT held, count(*), count(*) FILTER (WHERE ordered), count(*) FILTER (WHERE amount <> 0),
        sum(amount)::float, sum(amount * amount)::float
    FROM (
        SELECT bool_or(arm = 'holdout') AS held, bool_or(ordered_on IS NOT NULL) AS ordered, sum(order_amount) AS amount
        FROM campaigns_recipient
        WHERE campaign_id = %s AND left_out = '' AND arm <> '' AND partner_id IS NOT NULL
        GROUP BY partner_id
    ) company
    GROUP BY held
"""
FEWEST_COMPANIES = 2


def effect_of(campaign: Campaign, window: Window | None) -> Effect | None:
    """The lift over the hold-out; None without one, before all have been written to, or where our books know no orders."""
    if window is None or not window.is_rolled_out or campaign.readers == Readers.CUSTOMERS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(COMPANIES, [campaign.pk])
        arms = {held: counts for held, *counts in cursor.fetchall()}
    if any(arms.get(held, [0])[0] < FEWEST_COMPANIES for held in (True, False)):
        return None
    written, held = arms[False], arms[True]
    return Effect(
        people=lift(Counted(written[1], written[0]), Counted(held[1], held[0])),
        money=lift(Amounts(written[0], *written[2:]), Amounts(held[0], *held[2:])),
    )


# --- The report -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """Another campaign of the same channel beside this one."""

    pk: int
    name: str
    starts_on: dt.date
    funnel: Funnel


@dataclass(frozen=True)
class Report:
    """All that is told of a campaign."""

    total: Funnel
    parts: dict[str, list[tuple[str, Funnel]]]
    window: Window | None
    effect: Effect | None
    held: int
    """How many readers are held out."""
    spent: Decimal
    """What is known to be spent."""
    planned: Decimal
    """What is planned by lines of which nothing is known to be spent."""
    days: list[tuple[dt.date, dict[str, int]]]
    """Day by day how many opened, clicked, answered and ordered first."""
    answers: list[tuple[str, int]]
    links: list[tuple[str, int]]
    """Which links were followed, by how many readers."""
    machines: int
    """Opens and clicks of mail scanners, which are left out."""
    earlier: list[Earlier] = field(default_factory=list)

    @property
    def cost(self) -> Decimal:
        """As spent, and as planned where nothing is known to be spent."""
        return self.spent + self.planned

    @property
    def is_cost_known(self) -> bool:
        """Whether it can be shared out: what is planned is for all readers, and means nothing of the pilot alone."""
        return bool(self.cost) and (not self.planned or (self.window is not None and self.window.is_rolled_out))

    @property
    def cost_per_answer(self) -> Decimal | None:
        return self.cost / self.total.replied if self.total.replied and self.is_cost_known else None

    @property
    def cost_per_order(self) -> Decimal | None:
        return self.cost / self.total.ordered if self.total.ordered and self.is_cost_known else None

    @property
    def returns(self) -> tuple[float, float, float] | None:
        """Extra orders for each unit of money spent, with their interval; none without a hold-out or costs."""
        if self.effect is None or not self.cost:
            return None
        value, low, high = self.effect.extra
        cost = float(self.cost)
        return value / cost, low / cost, high / cost


DAYS = """
    SELECT (d.at AT TIME ZONE %(zone)s)::date AS day, d.kind, count(*)
    FROM campaigns_recipient r
    CROSS JOIN LATERAL (VALUES
        ('opened', r.opened_at), ('clicked', r.clicked_at), ('replied', r.replied_at),
        ('ordered', r.ordered_on::timestamp AT TIME ZONE %(zone)s)
    ) d (kind, at)
    WHERE r.campaign_id = %(campaign)s AND r.sent_at IS NOT NULL AND d.at IS NOT NULL
    GROUP BY 1, 2
"""
CAME = """
    SELECT CASE WHEN p.is_machine THEN 'machine' WHEN p.kind = 'typed' THEN 'answer' ELSE p.kind END,
        CASE WHEN p.is_machine THEN '' WHEN p.kind = 'typed' THEN split_part(p.detail, ' ', 1) ELSE p.detail END,
        count(DISTINCT p.recipient_id), count(*)
    FROM campaigns_response p JOIN campaigns_recipient r ON r.id = p.recipient_id
    WHERE r.campaign_id = %(campaign)s
        AND (p.is_machine AND p.kind IN ('open', 'click')
            OR NOT p.is_machine AND p.at < r.sent_at + make_interval(days => %(days)s)
                AND (p.kind IN ('answer', 'click') OR p.kind = 'typed' AND split_part(p.detail, ' ', 1) = ANY (%(codes)s)))
    GROUP BY 1, 2
"""
"""Within the window, as everything that is counted: answers by a click, those that staff entered with what was asked for,
and clicks; and what machines did."""


def report(campaign: Campaign) -> Report:
    """The report of a campaign, as it stands now."""
    total, parts = funnels(campaign)
    window = window_of(campaign)
    came = _came(campaign)
    costs = campaign.costs.aggregate(spent=Sum("actual"), planned=Sum("planned", filter=Q(actual=None)))
    return Report(
        total=total,
        parts=parts,
        window=window,
        effect=effect_of(campaign, window),
        held=int(campaign.arms.get(Arm.HOLDOUT, 0)),
        spent=costs["spent"] or ZERO,
        planned=costs["planned"] or ZERO,
        days=_days(campaign),
        answers=sorted(
            ((what, people) for kind, what, people, _n in came if kind == "answer"), key=lambda row: -row[1]
        ),
        links=sorted(((to, people) for kind, to, people, _n in came if kind == "click"), key=lambda row: -row[1])[
            :MOST_LINKS
        ],
        machines=sum(count for kind, _what, _people, count in came if kind == "machine"),
        earlier=_earlier(campaign),
    )


def _came(campaign: Campaign) -> list[tuple[str, str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(CAME, {"campaign": campaign.pk, "codes": list(ANSWERS), "days": campaign.window_days})
        return list(cursor.fetchall())


def _days(campaign: Campaign) -> list[tuple[dt.date, dict[str, int]]]:
    """Every day from the first response to the last, also those on which nothing came."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"campaign": campaign.pk, "zone": campaign.manufacturer.timezone})
        counts: dict[dt.date, dict[str, int]] = {}
        for day, kind, count in cursor.fetchall():
            counts.setdefault(day, {})[kind] = count
    if not counts:
        return []
    first, last = min(counts), max(counts)
    every = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counts.get(day, {})) for day in every]


EARLIER = f"""
    SELECT r.campaign_id, {COUNTS} FROM campaigns_recipient r {REFUSED}
    WHERE r.campaign_id = ANY (%(campaigns)s) AND r.left_out = '' AND r.arm IN ('pilot', 'rest')
    GROUP BY 1 HAVING count(r.sent_at) > 0
"""  # noqa: S608 (our own words)


def _earlier(campaign: Campaign) -> list[Earlier]:
    """The latest campaigns by the same channel that began before this one."""
    others = Campaign.objects.filter(
        channel=campaign.channel, starts_on__lt=campaign.starts_on, frozen_at__isnull=False
    ).exclude(pk=campaign.pk)
    rows = {row.pk: row for row in others.only("name", "starts_on").order_by("-starts_on", "-pk")[:MOST_EARLIER]}
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, {"campaigns": list(rows)})
        found = {pk: _funnel(tuple(counts)) for pk, *counts in cursor.fetchall()}
    return [Earlier(pk, row.name, row.starts_on, found[pk]) for pk, row in rows.items() if pk in found]
