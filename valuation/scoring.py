"""The one scoring formula, in SQL: from KPI values and rules to points, score and tier reached.

The recompute, the partner's "what if" and the simulation of a draft all run `SCORED`, over different inputs and rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from psycopg2.sql import SQL

from valuation.models import Method, Programme, WhenMissing
from valuation.registry import lower_is_better

Quantiles = Mapping[int, Mapping[str, Sequence[Decimal]]]
"""Per kind of partner and KPI the 100 break points of a rank, the better the higher: negated where less is better."""

# {input} yields (partner_id, kind_id, kpis). Each KPI gives 0 to 120 points for its share of a target, or one for each
# of the 100 break points of the kind that it is better than (`above` holds them negated, so that one search counts the
# others). Without a value it is left out of the weights, or counts no points, as its rule says. The rules are few: they
# are scanned per partner, so that no join needs statistics that tables just filled do not have.
SCORED = SQL("""
WITH rules AS MATERIALIZED (
    SELECT kind_id, programme_id, kpi, weight, target, is_zero, is_lower, above::numeric[] AS above
    FROM unnest(
        %(rule_kinds)s::bigint[], %(rule_programmes)s::bigint[], %(rule_kpis)s::text[], %(rule_weights)s::numeric[],
        %(rule_targets)s::numeric[], %(rule_zeros)s::boolean[], %(rule_lowers)s::boolean[], %(rule_ranks)s::text[]
    ) AS r (kind_id, programme_id, kpi, weight, target, is_zero, is_lower, above)
),
tiers AS MATERIALIZED (
    SELECT * FROM unnest(
        %(tier_programmes)s::bigint[], %(tier_ids)s::bigint[], %(tier_ranks)s::int[], %(tier_scores)s::numeric[]
    ) AS t (programme_id, tier_id, rank, min_score)
),
requirements AS MATERIALIZED (
    SELECT * FROM unnest(
        %(required_tiers)s::bigint[], %(required_kpis)s::text[], %(required_values)s::numeric[],
        %(required_lowers)s::boolean[]
    ) AS q (tier_id, kpi, threshold, is_lower)
)
SELECT i.partner_id, s.programme_id, s.score, coalesce(s.points, '{{}}') AS points, t.tier_id, t.rank
FROM ({input}) AS i (partner_id, kind_id, kpis)
CROSS JOIN LATERAL (
    SELECT min(r.programme_id) AS programme_id,
        round(sum(r.weight * p.points) / nullif(sum(r.weight) FILTER (WHERE p.points IS NOT NULL), 0), 2) AS score,
        jsonb_object_agg(r.kpi, p.points) FILTER (WHERE p.points IS NOT NULL) AS points
    FROM rules r
    CROSS JOIN LATERAL (SELECT (i.kpis ->> r.kpi)::numeric AS value OFFSET 0) v
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN v.value IS NULL OR r.target IS NULL AND r.above IS NULL THEN CASE WHEN r.is_zero THEN 0 END
            WHEN r.target IS NULL
                THEN 100 - width_bucket(CASE WHEN r.is_lower THEN v.value ELSE -v.value END, r.above)
            WHEN NOT r.is_lower THEN round(100 * greatest(least(v.value / r.target, 1.2), 0), 2)
            WHEN v.value > 0 THEN round(100 * least(r.target / v.value, 1.2), 2)
            ELSE 120
        END AS points
        OFFSET 0
    ) p
    WHERE r.kind_id = i.kind_id
) s
LEFT JOIN LATERAL (
    SELECT t.tier_id, t.rank FROM tiers t
    WHERE t.programme_id = s.programme_id AND t.min_score <= coalesce(s.score, 0) AND NOT EXISTS (
        SELECT FROM requirements q
        WHERE q.tier_id = t.tier_id AND (
            CASE WHEN q.is_lower THEN (i.kpis ->> q.kpi)::numeric <= q.threshold
                ELSE (i.kpis ->> q.kpi)::numeric >= q.threshold END
        ) IS NOT TRUE
    )
    ORDER BY t.rank DESC
    LIMIT 1
) t ON true
""")

# Exactly what percentile_cont answers, in decimals instead of floating point: break point b of n values stands at
# place b * (n - 1) / 100, between two values in proportion. One partner alone has no rank.
QUANTILES = """
WITH sorted AS (
    SELECT p.kind_id, k.kpi, count(v.value) AS n, array_agg(v.value ORDER BY v.value) AS values
    FROM valuation_score s
    JOIN partners_partner p ON p.id = s.partner_id
    JOIN unnest(%(kinds)s::bigint[], %(kpis)s::text[], %(lowers)s::boolean[]) AS k (kind_id, kpi, is_lower)
        ON k.kind_id = p.kind_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN k.is_lower THEN -(s.kpis ->> k.kpi)::numeric ELSE (s.kpis ->> k.kpi)::numeric END AS value
    ) v
    WHERE s.day = %(day)s AND v.value IS NOT NULL AND p.stage <> ALL (%(stages)s)
    GROUP BY p.kind_id, k.kpi
)
SELECT kind_id, kpi, array_agg(
    trim_scale(low.value + (coalesce(values[b * (n - 1) / 100 + 2], low.value) - low.value) * (b * (n - 1) %% 100) / 100)::text
    ORDER BY b
)
FROM sorted
CROSS JOIN generate_series(0, 99) b
CROSS JOIN LATERAL (SELECT values[b * (n - 1) / 100 + 1] AS value) low
WHERE n > 1
GROUP BY kind_id, kpi
"""


@dataclass(frozen=True)
class KpiRule:
    """How one KPI counts; without a target it is ranked."""

    key: str
    weight: Decimal
    target: Decimal | None
    is_zero: bool = False
    """Whether it counts no points, instead of being left out, where a partner has no value."""


@dataclass(frozen=True)
class TierRule:
    """What a tier takes."""

    id: int
    code: str
    rank: int
    min_score: Decimal
    requirements: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """All of a programme that scoring needs."""

    programme: int
    kpis: Sequence[KpiRule]
    tiers: Sequence[TierRule]

    @property
    def ranked(self) -> list[str]:
        """The KPIs that are ranked within the kind."""
        return [rule.key for rule in self.kpis if rule.target is None]


def rules_of(programme: Programme) -> Rules:
    """The rules of a stored programme. Prefetch `kpis` and `tiers__requirements` where there are several."""
    return Rules(
        programme=programme.pk,
        kpis=[
            KpiRule(
                row.kpi,
                row.weight,
                row.target if row.method == Method.TARGET else None,
                is_zero=row.when_missing == WhenMissing.ZERO,
            )
            for row in programme.kpis.all()
        ],
        tiers=[
            TierRule(
                tier.pk,
                tier.code,
                tier.rank,
                tier.min_score,
                {requirement.kpi: requirement.threshold for requirement in tier.requirements.all()},
            )
            for tier in programme.tiers.all()
        ],
    )


def parameters(rules_by_kind: Mapping[int, Rules], quantiles: Quantiles) -> dict[str, Any]:
    """The parameters of `SCORED`."""
    lowers = set(lower_is_better())
    terms = [(kind, rules.programme, rule) for kind, rules in rules_by_kind.items() for rule in rules.kpis]
    by_programme = {rules.programme: rules for rules in rules_by_kind.values()}
    tiers = [(rules.programme, tier) for rules in by_programme.values() for tier in rules.tiers]
    required = [(tier.id, kpi, value) for _programme, tier in tiers for kpi, value in tier.requirements.items()]
    return {
        "rule_kinds": [kind for kind, _programme, _rule in terms],
        "rule_programmes": [programme for _kind, programme, _rule in terms],
        "rule_kpis": [rule.key for _kind, _programme, rule in terms],
        "rule_weights": [rule.weight for _kind, _programme, rule in terms],
        "rule_targets": [rule.target for _kind, _programme, rule in terms],
        "rule_zeros": [rule.is_zero for _kind, _programme, rule in terms],
        "rule_lowers": [rule.key in lowers for _kind, _programme, rule in terms],
        "rule_ranks": [
            _negated(quantiles.get(kind, {}).get(rule.key)) if rule.target is None else None
            for kind, _programme, rule in terms
        ],
        "tier_programmes": [programme for programme, _tier in tiers],
        "tier_ids": [tier.id for _programme, tier in tiers],
        "tier_ranks": [tier.rank for _programme, tier in tiers],
        "tier_scores": [tier.min_score for _programme, tier in tiers],
        "required_tiers": [tier for tier, _kpi, _value in required],
        "required_kpis": [kpi for _tier, kpi, _value in required],
        "required_values": [value for _tier, _kpi, value in required],
        "required_lowers": [kpi in lowers for _tier, kpi, _value in required],
    }


def _negated(breaks: Sequence[Decimal] | None) -> str | None:
    """Break points as `above` wants them: an array literal, negated, ascending again."""
    return None if breaks is None else "{" + ",".join(f"{-point:f}" for point in reversed(breaks)) + "}"
