"""The statements of the recompute. Each handles the partners with ids from `first` to `last`."""

from psycopg2.sql import SQL

# {sources} joins the registered sources to the partners; {kpis} and {facts} put their objects together. A temporary
# table first: PostgreSQL reads with several processes for one, but never for an INSERT.
VALUE = SQL("""
CREATE TEMP TABLE valued_partner ON COMMIT DROP AS
SELECT p.id AS partner_id, {kpis} AS kpis, {facts} AS facts
FROM partners_partner p
{sources}
WHERE p.id BETWEEN {first} AND {last} AND p.stage <> ALL ({stages})
""")
SOURCE = SQL("LEFT JOIN ({rows}) AS {name} (partner_id, kpis, facts) ON {name}.partner_id = p.id")
OBJECT = SQL("coalesce({}, '{{}}')")

STORE_KPIS = """
INSERT INTO valuation_score (partner_id, day, kpis, facts, points)
SELECT partner_id, %(day)s, kpis, facts, '{}' FROM valued_partner ORDER BY partner_id
ON CONFLICT (manufacturer_id, partner_id, day) DO UPDATE SET kpis = excluded.kpis, facts = excluded.facts
WHERE (valuation_score.kpis, valuation_score.facts) IS DISTINCT FROM (excluded.kpis, excluded.facts)
"""

STORED = SQL("""
SELECT s.partner_id, p.kind_id, s.kpis
FROM valuation_score s
JOIN partners_partner p ON p.id = s.partner_id AND p.id BETWEEN {first} AND {last}
WHERE s.day = {day} AND s.partner_id BETWEEN {first} AND {last} AND p.stage <> ALL ({stages})
""")

DROP_STEPS = "DROP TABLE IF EXISTS pg_temp.valued_partner, pg_temp.scored_partner, pg_temp.grade_step"
SCORE = SQL("CREATE TEMP TABLE scored_partner ON COMMIT DROP AS {scored}")

STORE_SCORES = """
UPDATE valuation_score s
SET programme_id = n.programme_id, tier_id = n.tier_id, score = n.score, points = n.points
FROM scored_partner n
WHERE s.partner_id = n.partner_id AND s.day = %(day)s AND s.partner_id BETWEEN %(first)s AND %(last)s
    AND (s.programme_id, s.tier_id, s.score, s.points) IS DISTINCT FROM (n.programme_id, n.tier_id, n.score, n.points)
"""

# The rules of V-4. `kept_id` is the held tier in today's programme: the one of the same code, where the programme or
# its version is another now. What was set by hand holds until its last day and then gives way at once, either way:
# nobody earned it, and its end was told. A refused promotion is not put forward again in the same period.
DECIDE = """
CREATE TEMP TABLE grade_step ON COMMIT DROP AS
WITH held AS (
    SELECT n.partner_id, n.programme_id, n.score, n.tier_id AS reached_id, n.rank AS reached,
        p.period, p.grace_periods, p.promotion,
        g.partner_id IS NULL AS is_new, g.programme_id AS old_programme_id, g.tier_id AS held_id, g.since,
        g.below_since, g.pending_tier_id, g.pending_since, g.refused_tier_id, g.refused_on, g.refused_reason,
        g.override_until, g.override_reason, g.override_by_id, k.id AS kept_id, k.rank AS held,
        coalesce(f.rank, 0) AS refused
    FROM scored_partner n
    JOIN valuation_programme p ON p.id = n.programme_id
    LEFT JOIN valuation_grade g ON g.partner_id = n.partner_id AND g.partner_id BETWEEN %(first)s AND %(last)s
    LEFT JOIN valuation_tier h ON h.id = g.tier_id
    LEFT JOIN valuation_tier k ON k.programme_id = n.programme_id AND k.code = h.code
    LEFT JOIN valuation_tier f ON f.id = g.refused_tier_id AND f.programme_id = n.programme_id
        AND date_trunc(p.period, g.refused_on) = date_trunc(p.period, %(day)s::date)
    WHERE n.tier_id IS NOT NULL
)
SELECT *, CASE
    WHEN is_new THEN 'first'
    WHEN override_until >= %(day)s THEN 'by_hand'
    WHEN kept_id IS NULL THEN 'programme'
    WHEN override_until < %(day)s AND reached <> held THEN 'override_end'
    WHEN reached > held AND promotion = 'automatic' THEN 'promotion'
    WHEN reached > held AND reached <= refused THEN 'refused'
    WHEN reached > held THEN 'pending'
    WHEN reached = held THEN 'same'
    WHEN grace_periods = 0 THEN 'demotion'
    WHEN below_since IS NULL THEN 'warning'
    WHEN date_trunc(period, below_since) + grace_periods
        * CASE period WHEN 'quarter' THEN interval '3 months' ELSE interval '1 month' END <= %(day)s THEN 'demotion'
    ELSE 'grace'
END AS outcome
FROM held
"""

NOTE_CHANGES = """
WITH noted AS (
    INSERT INTO valuation_gradechange (partner_id, day, reason, from_tier_id, to_tier_id, score, note)
    SELECT partner_id, %(day)s, outcome, held_id, reached_id, score, ''
    FROM grade_step
    WHERE outcome IN ('first', 'programme', 'override_end', 'promotion', 'demotion', 'warning')
    ORDER BY partner_id
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT min(id) FROM noted
"""

STORE_GRADES = """
INSERT INTO valuation_grade (
    partner_id, programme_id, tier_id, since, below_since, pending_tier_id, pending_since, refused_tier_id, refused_on,
    refused_reason, override_until, override_reason, override_by_id
)
SELECT partner_id, programme_id, tier_id, since, below_since, pending_tier_id, pending_since, refused_tier_id, refused_on,
    refused_reason, override_until, override_reason, override_by_id
FROM (
    SELECT s.partner_id, s.programme_id, c.tier_id,
        CASE WHEN c.is_moved THEN %(day)s ELSE s.since END AS since,
        CASE outcome WHEN 'warning' THEN %(day)s WHEN 'grace' THEN s.below_since END AS below_since,
        CASE outcome WHEN 'pending' THEN s.reached_id END AS pending_tier_id,
        CASE outcome WHEN 'pending' THEN CASE WHEN s.pending_tier_id = s.reached_id THEN s.pending_since ELSE %(day)s END
            END AS pending_since,
        CASE WHEN r.is_kept THEN s.refused_tier_id END AS refused_tier_id,
        CASE WHEN r.is_kept THEN s.refused_on END AS refused_on,
        CASE WHEN r.is_kept THEN s.refused_reason ELSE '' END AS refused_reason,
        CASE WHEN o.is_on THEN s.override_until END AS override_until,
        CASE WHEN o.is_on THEN s.override_reason ELSE '' END AS override_reason,
        CASE WHEN o.is_on THEN s.override_by_id END AS override_by_id,
        s.is_new, s.old_programme_id, s.held_id, s.below_since AS old_below_since,
        s.pending_tier_id AS old_pending_tier_id, s.refused_on AS old_refused_on, s.override_until AS old_override_until
    FROM grade_step s
    CROSS JOIN LATERAL (
        SELECT s.outcome IN ('first', 'programme', 'override_end', 'promotion', 'demotion') AS is_moved
    ) m
    CROSS JOIN LATERAL (
        SELECT m.is_moved, CASE WHEN m.is_moved THEN s.reached_id ELSE coalesce(s.kept_id, s.held_id) END AS tier_id
    ) c
    CROSS JOIN LATERAL (SELECT s.refused > 0 AND NOT m.is_moved AS is_kept) r
    CROSS JOIN LATERAL (SELECT s.outcome = 'by_hand' AS is_on) o
) n
WHERE is_new OR (programme_id, tier_id, below_since, pending_tier_id, refused_on, override_until) IS DISTINCT FROM
    (old_programme_id, held_id, old_below_since, old_pending_tier_id, old_refused_on, old_override_until)
ORDER BY partner_id
ON CONFLICT (partner_id) DO UPDATE SET
    programme_id = excluded.programme_id, tier_id = excluded.tier_id, since = excluded.since,
    below_since = excluded.below_since, pending_tier_id = excluded.pending_tier_id,
    pending_since = excluded.pending_since, refused_tier_id = excluded.refused_tier_id,
    refused_on = excluded.refused_on, refused_reason = excluded.refused_reason, override_until = excluded.override_until, override_reason = excluded.override_reason,
    override_by_id = excluded.override_by_id
"""

COUNT_STEPS = """
SELECT count(*),
    count(*) FILTER (WHERE outcome IN ('first', 'programme', 'override_end', 'promotion', 'demotion')
        AND held_id IS DISTINCT FROM reached_id),
    count(*) FILTER (WHERE outcome IN ('programme', 'override_end', 'promotion', 'demotion') AND reached > old_rank),
    count(*) FILTER (WHERE outcome IN ('programme', 'override_end', 'promotion', 'demotion') AND reached < old_rank),
    count(*) FILTER (WHERE outcome IN ('warning', 'grace')),
    count(*) FILTER (WHERE outcome = 'warning'),
    count(*) FILTER (WHERE outcome = 'pending' AND pending_tier_id IS DISTINCT FROM reached_id)
FROM (SELECT s.*, t.rank AS old_rank FROM grade_step s LEFT JOIN valuation_tier t ON t.id = s.held_id) steps
"""

STORE_SUMMARIES = """
INSERT INTO partners_partnersummary (
    partner_id, tier_code, tier_colour, tier_names, tier_rank, score, revenue, previous_revenue, growth, last_sale_on,
    trend, monthly, as_of
)
SELECT s.partner_id, coalesce(t.code, ''), coalesce(t.colour, ''), coalesce(t.names, '{}'), coalesce(t.rank, 0),
    s.score, coalesce(k.revenue, 0), coalesce(k.previous, 0), k.growth, k.last_sale_on,
    CASE
        WHEN k.recency > 3 OR k.last_sale_on IS NULL OR k.last_sale_on < %(day)s - 180 THEN 'silent'
        WHEN k.first_sale_on >= %(start)s THEN 'new'
        WHEN k.growth >= 10 THEN 'rising'
        WHEN k.growth <= -10 THEN 'falling'
        ELSE 'steady'
    END,
    coalesce(array_replace((s.facts ->> 'monthly')::numeric[], NULL, 0), '{}'), s.day
FROM valuation_score s
LEFT JOIN valuation_grade g ON g.partner_id = s.partner_id AND g.partner_id BETWEEN %(first)s AND %(last)s
LEFT JOIN valuation_tier t ON t.id = g.tier_id
CROSS JOIN LATERAL (
    SELECT (s.kpis ->> 'revenue')::numeric AS revenue, (s.facts ->> 'previous_revenue')::numeric AS previous,
        CASE WHEN s.kpis ? 'growth' THEN least((s.kpis ->> 'growth')::numeric, 9999999999) END AS growth, (s.kpis ->> 'recency')::numeric AS recency,
        (s.facts ->> 'first_sale_on')::date AS first_sale_on, (s.facts ->> 'last_sale_on')::date AS last_sale_on
) k
WHERE s.day = %(day)s AND s.partner_id BETWEEN %(first)s AND %(last)s
ORDER BY s.partner_id
ON CONFLICT (partner_id) DO UPDATE SET
    tier_code = excluded.tier_code, tier_colour = excluded.tier_colour, tier_names = excluded.tier_names,
    tier_rank = excluded.tier_rank, score = excluded.score, revenue = excluded.revenue,
    previous_revenue = excluded.previous_revenue, growth = excluded.growth, last_sale_on = excluded.last_sale_on,
    trend = excluded.trend, monthly = excluded.monthly, as_of = excluded.as_of
"""

# Of each month the last score is kept.
FORGET_SCORES = """
DELETE FROM valuation_score
WHERE partner_id BETWEEN %(first)s AND %(last)s AND day >= date_trunc('month', %(day)s::date) AND day < %(day)s
"""

RANGES = """
SELECT min(id), max(id), count(*) FROM (
    SELECT id, ntile(%(chunks)s) OVER (ORDER BY id) AS chunk
    FROM partners_partner WHERE stage <> ALL (%(stages)s)
) numbered
GROUP BY chunk ORDER BY chunk
"""
