"""What a programme would do, before it is published (V-6)."""

import datetime as dt
from dataclasses import dataclass

from psycopg2.sql import SQL

from partners.models import PartnerKind
from tenancy.joins import set_joins
from valuation import selectors
from valuation.models import Method, Programme, WhenMissing
from valuation.scoring import SCORED, KpiRule, Rules, TierRule, parameters
from valuation.services.programmes import ProgrammeDraft, draft_of
from valuation.services.recompute import NOT_VALUED, quantiles_of

# Before: the tier that the rules in force reached on that day, by its code.
STORED = SQL("""
    SELECT s.partner_id, p.kind_id, s.kpis
    FROM valuation_score s
    JOIN partners_partner p ON p.id = s.partner_id
    WHERE s.day = %(day)s AND p.kind_id = ANY (%(kinds)s) AND p.stage <> ALL (%(stages)s)
""")
MOVES = SQL("""
SELECT coalesce(t.code, ''), n.rank, count(*)
FROM ({scored}) n
JOIN valuation_score s ON s.partner_id = n.partner_id AND s.day = %(day)s
LEFT JOIN valuation_tier t ON t.id = s.tier_id
GROUP BY t.code, t.rank, n.rank
ORDER BY t.rank DESC NULLS LAST, n.rank DESC
""")


@dataclass(frozen=True)
class Move:
    """So many partners would go from one tier (by its code; empty: none yet) to another."""

    before: str
    after: str
    count: int


def simulate(programme: Programme | ProgrammeDraft, day: dt.date | None = None, *, code: str = "") -> list[Move]:
    """Who would stand where by these rules: the KPIs stored for a day (the latest), scored anew.

    From the tier that the rules in force reached on that day to the tier that these rules reach. Writes nothing. `code`
    is the programme of which a draft would be the next version.
    """
    if isinstance(programme, Programme):
        draft, code = draft_of(programme), programme.code
    else:
        draft = programme
    if day is None:
        run = selectors.latest_run()
        if run is None:
            return []
        day = run.day
    rules = rules_of_draft(draft)
    codes = {tier.rank: tier.code for tier in rules.tiers}
    by_kind = dict.fromkeys(_kinds(draft, code, day), rules)
    quantiles = selectors.read_quantiles(quantiles_of(day, by_kind))
    with set_joins() as cursor:
        cursor.execute(
            MOVES.format(scored=SCORED.format(input=STORED)).as_string(cursor.cursor),
            parameters(by_kind, quantiles) | {"day": day, "kinds": list(by_kind), "stages": NOT_VALUED},
        )
        return [Move(before, codes[rank], count) for before, rank, count in cursor.fetchall() if rank in codes]


def rules_of_draft(draft: ProgrammeDraft) -> Rules:
    """A draft's rules for scoring; its tiers go by their rank."""
    return Rules(
        programme=0,
        kpis=[
            KpiRule(
                kpi.key,
                kpi.weight,
                kpi.target if kpi.method == Method.TARGET else None,
                is_zero=kpi.when_missing == WhenMissing.ZERO,
            )
            for kpi in draft.kpis
        ],
        tiers=[
            TierRule(rank, tier.code, rank, tier.min_score, tier.requirements)
            for rank, tier in zip(range(len(draft.tiers), 0, -1), draft.tiers, strict=True)
        ],
    )


def _kinds(draft: ProgrammeDraft, code: str, day: dt.date) -> list[int]:
    """The kinds that the draft would value: its own, or all that no other programme is for."""
    if draft.kinds:
        return list(draft.kinds)
    in_force = selectors.programmes_by_kind(day)
    taken = {kind for kind, programme in in_force.items() if programme.code != code and programme.kinds.all()}
    return [kind for kind in PartnerKind.objects.values_list("pk", flat=True) if kind not in taken]
