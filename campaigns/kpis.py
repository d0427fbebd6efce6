"""KPIs that campaigns and content give."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from valuation.periods import window_start
from valuation.registry import Kpi, KpiSource, Unit, register_source

CONTENT_USE = Kpi(
    "content_use",
    name=_("Use of sales material"),
    explanation=_("How many pieces of material its people looked at, downloaded or passed on in the last 12 months."),
    unit=Unit.COUNT,
    period=_("12 months"),
    target=Decimal(12),
    step=Decimal(1),
)
OWN_CAMPAIGNS = Kpi(
    "own_campaigns",
    name=_("Own campaigns"),
    explanation=_("How many campaigns it sent to its own customers in the last 12 months, by released templates."),
    unit=Unit.COUNT,
    period=_("12 months"),
    target=Decimal(4),
    step=Decimal(1),
)

FROM_CONTENT = """
SELECT p.id, jsonb_build_object('content_use', coalesce(u.used, 0)::text), NULL::jsonb
FROM partners_partner p
LEFT JOIN (
    SELECT partner_id, count(DISTINCT asset_id) AS used FROM campaigns_assetuse
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND at >= %(start)s AND at < %(end)s
    GROUP BY partner_id
) u ON u.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
AND EXISTS (SELECT FROM campaigns_asset WHERE published_at < %(end)s)
"""

FROM_OWN_CAMPAIGNS = """
SELECT p.id, jsonb_build_object('own_campaigns', coalesce(c.sent, 0)::text), NULL::jsonb
FROM partners_partner p
LEFT JOIN (
    SELECT partner_id, count(*) AS sent FROM campaigns_partnercampaign
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND sent > 0 AND started_at >= %(start)s AND started_at < %(end)s
    GROUP BY partner_id
) c ON c.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
AND EXISTS (SELECT FROM campaigns_partnertemplate WHERE released_at < %(end)s)
"""


def content_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The use of material by the partners from `first` to `last`; no value where nothing was ever published."""
    days = {"start": window_start(day), "end": day + dt.timedelta(days=1)}
    return FROM_CONTENT, {"first": first, "last": last} | days


register_source(KpiSource(kpis=(CONTENT_USE,), rows=content_rows))


def own_campaign_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The campaigns that the partners from `first` to `last` sent; no value where no template was ever released."""
    days = {"start": window_start(day), "end": day + dt.timedelta(days=1)}
    return FROM_OWN_CAMPAIGNS, {"first": first, "last": last} | days


register_source(KpiSource(kpis=(OWN_CAMPAIGNS,), rows=own_campaign_rows))


FUND_USE = Kpi(
    "fund_use",
    name=_("Use of funds"),
    explanation=_("Of the money it was given of funds of the last 12 months, how much it claimed and was paid."),
    unit=Unit.PERCENT,
    period=_("12 months"),
    target=Decimal(80),
    step=Decimal(1),
    limit=Decimal(100),
)

FROM_FUNDS = """
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object('fund_use', trim_scale(CASE WHEN u.given > 0
        THEN round(u.settled * 100.0 / u.given, 4) END)::text)),
    NULL::jsonb
FROM partners_partner p
LEFT JOIN (
    SELECT e.partner_id,
        sum(CASE e.kind WHEN 'allot' THEN e.amount WHEN 'return' THEN -e.amount ELSE 0 END * r.rate) AS given,
        sum(CASE e.kind WHEN 'settle' THEN e.amount ELSE 0 END * r.rate) AS settled
    FROM campaigns_fundentry e
    JOIN campaigns_fund f ON f.id = e.fund_id AND f.ends_on >= %(start)s
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT x.rate FROM commerce_exchangerate x
            WHERE x.currency = f.currency AND x.date <= %(day)s ORDER BY x.date DESC LIMIT 1
        ), 1) AS rate
    ) r
    WHERE e.partner_id BETWEEN %(first)s AND %(last)s AND e.at < %(end)s
    GROUP BY e.partner_id
) u ON u.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s AND EXISTS (SELECT FROM campaigns_fund)
"""


def fund_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The use of funds by the partners from `first` to `last`; no value for who was given nothing."""
    days = {"day": day, "start": window_start(day), "end": day + dt.timedelta(days=1)}
    return FROM_FUNDS, {"first": first, "last": last} | days


register_source(KpiSource(kpis=(FUND_USE,), rows=fund_rows))


FEWEST_MAILS = 5
"""Below so many a share says nothing."""
CAMPAIGNS_ANSWERED = Kpi(
    "campaigns_answered",
    name=_("Answers to campaigns"),
    explanation=_(
        "Of the mails of campaigns that its people got in the last 12 months, how many were answered; from five on."
    ),
    unit=Unit.PERCENT,
    period=_("12 months"),
    target=Decimal(10),
    step=Decimal(1),
    limit=Decimal(100),
)
FROM_CAMPAIGNS = """
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object(
        'campaigns_answered', trim_scale(CASE WHEN c.sent >= %(fewest)s THEN round(c.answered * 100.0 / c.sent, 4) END)::text
    )),
    NULL::jsonb
FROM partners_partner p
LEFT JOIN (
    SELECT partner_id, count(*) AS sent, count(*) FILTER (WHERE replied_at < %(end)s) AS answered
    FROM campaigns_recipient
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND sent_at >= %(start)s AND sent_at < %(end)s AND customer_id IS NULL
    GROUP BY partner_id
) c ON c.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def campaign_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The answers to campaigns of the partners from `first` to `last`; no value below five mails."""
    days = {"start": window_start(day), "end": day + dt.timedelta(days=1)}
    return FROM_CAMPAIGNS, {"first": first, "last": last, "fewest": FEWEST_MAILS} | days


register_source(KpiSource(kpis=(CAMPAIGNS_ANSWERED,), rows=campaign_rows))


INITIATIVE_DAYS = Kpi(
    "initiative_days",
    name=_("Speed of carrying out"),
    explanation=_(
        "Days from being told of an initiative until it was carried out, on average over the last 12 months; what was not"
        " carried out counts with all its days."
    ),
    unit=Unit.DAYS,
    period=_("12 months"),
    higher_is_better=False,
    target=Decimal(14),
    step=Decimal(1),
)
INITIATIVES_DONE = Kpi(
    "initiatives_done",
    name=_("Initiatives carried out"),
    explanation=_(
        "Of the initiatives it was told of in the last 12 months and that are over or done, how many it carried out; what"
        " it declined is left out."
    ),
    unit=Unit.PERCENT,
    period=_("12 months"),
    target=Decimal(80),
    step=Decimal(1),
    limit=Decimal(100),
)

FROM_INITIATIVES = """
WITH asked AS (
    SELECT r.partner_id, r.done_at < %(end)s AS is_done,
        extract(epoch FROM CASE WHEN r.done_at < %(end)s THEN r.done_at ELSE least(i.ended_at, %(end)s) END - r.told_at)
            / 86400 AS days
    FROM campaigns_initiativepartner r
    JOIN campaigns_initiative i ON i.id = r.initiative_id
    WHERE r.partner_id BETWEEN %(first)s AND %(last)s AND r.told_at >= %(start)s AND r.told_at < %(end)s
    AND r.declined_at IS NULL AND (r.done_at < %(end)s OR i.ended_at < %(end)s)
)
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object(
        'initiative_days', trim_scale(round(a.days, 4))::text, 'initiatives_done', trim_scale(round(a.share, 4))::text
    )),
    NULL::jsonb
FROM partners_partner p
LEFT JOIN (
    SELECT partner_id, avg(days) AS days, count(*) FILTER (WHERE is_done) * 100.0 / count(*) AS share
    FROM asked GROUP BY partner_id
) a ON a.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def initiative_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """How fast and how often the partners from `first` to `last` carried out what they were told of."""
    days = {"start": window_start(day), "end": day + dt.timedelta(days=1)}
    return FROM_INITIATIVES, {"first": first, "last": last} | days


register_source(KpiSource(kpis=(INITIATIVE_DAYS, INITIATIVES_DONE), rows=initiative_rows))
