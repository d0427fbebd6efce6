"""Points and chances of leads that are open: computed for many at once, written in one statement."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from leads.models import OPEN_STATES, POOL_STATES, Lead, ModelState, ScoreModel, ScoreRule
from leads.points import Pointed, Rule, points_of
from leads.score_fields import RULE_ONLY as AGE_FIELD
from leads.score_fields import Field, all_fields, rows_of
from tenancy.rls import commit_chunk
from valuation.learning import Model, Scored

CHUNK = 2000
SHOWN_RULES = 5

WRITE = """
UPDATE leads_lead l
SET points = n.points, probability = n.probability, score = n.score, score_reasons = n.reasons, scored_at = %(now)s
FROM unnest(
    %(ids)s::bigint[], %(points)s::int[], %(probabilities)s::float8[], %(scores)s::float8[], %(reasons)s::jsonb[]
) AS n (id, points, probability, score, reasons)
WHERE l.id = n.id AND (
    l.scored_at IS NULL OR (l.points, l.probability, l.score, l.score_reasons)
        IS DISTINCT FROM (n.points::smallint, n.probability, n.score, n.reasons)
)
"""
KEEP_CHANCES = """
INSERT INTO leads_leadchance (lead_id, score_model_id, probability, said_at)
SELECT n.id, %(model)s, n.probability, %(now)s
FROM unnest(%(ids)s::bigint[], %(probabilities)s::float8[]) AS n (id, probability)
ORDER BY n.id
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Card:
    """What leads are scored by now: the manufacturer's rules, and the learned model that is in use, if there is one."""

    rules: tuple[Rule, ...]
    model_id: int | None
    model: Model | None
    fields: list[Field] = field(default_factory=list)


def present_card() -> Card:
    """The rules and the model in use. Three queries."""
    rules = tuple(rule_of(row) for row in ScoreRule.objects.all())
    active = ScoreModel.objects.filter(state=ModelState.ACTIVE).only("document").first()
    return Card(
        rules,
        active.pk if active else None,
        Model.from_json(active.document) if active else None,
        [*all_fields(), AGE_FIELD],
    )


def rule_of(row: ScoreRule) -> Rule:
    """A kept rule as it is applied."""
    return Rule(row.field, row.test, tuple(row.values), row.points)


def score_leads(ids: Iterable[int], *, now: dt.datetime | None = None) -> None:
    """Write points, probability, score and reasons of those of these leads that are open.

    What a model says of a lead for the first time is kept as said. Nothing is written where nothing changed.
    """
    wanted = sorted(set(ids))
    card, now = present_card(), now or timezone.now()
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        # Locked in one order, so that two who score the same leads wait for each other instead of blocking for good.
        locked = Lead.objects.filter(pk__in=chunk, state__in=OPEN_STATES).order_by("pk")
        _score(list(locked.select_for_update(no_key=True).values_list("pk", flat=True)), card, now)


def score_pool(*, now: dt.datetime | None = None, after: int = 0) -> int:
    """Score every lead that nobody has yet, chunk by chunk, each committed; returns how many. For tasks.

    Leads that somebody is working on this moment are scored by whoever does.
    """
    card, now, count = present_card(), now or timezone.now(), 0
    while True:
        waiting = Lead.objects.filter(state__in=POOL_STATES, pk__gt=after).order_by("pk")
        chunk = list(waiting.values_list("pk", flat=True)[:CHUNK])
        if not chunk:
            return count
        free = Lead.objects.filter(pk__in=chunk, state__in=POOL_STATES).order_by("pk")
        ids = list(free.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True))
        _score(ids, card, now)
        commit_chunk()
        count, after = count + len(ids), chunk[-1]


def _score(ids: Sequence[int], card: Card, now: dt.datetime) -> None:
    if not ids:
        return
    rows = rows_of(Lead.objects.filter(pk__in=ids), card.fields, now=now, with_columns=["pk"])
    pointed = [points_of(row, card.rules) for row in rows] if card.rules else [None] * len(rows)
    scored = card.model.score_many(rows) if card.model else [None] * len(rows)
    given: dict[str, Any] = {
        "now": now,
        "ids": [row["pk"] for row in rows],
        "points": [each.points if each else None for each in pointed],
        "probabilities": [each.probability if each else None for each in scored],
        "scores": [score_of(*pair) for pair in zip(pointed, scored, strict=True)],
        "reasons": [json.dumps(reasons_of(*pair)) for pair in zip(pointed, scored, strict=True)],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)
        if card.model_id:
            cursor.execute(KEEP_CHANCES, given | {"model": card.model_id})


def score_of(pointed: Pointed | None, scored: Scored | None) -> float | None:
    """What lists sort by: the probability in per cent, or the points where no model says one."""
    if scored:
        return round(100 * scored.probability, 2)
    return float(pointed.points) if pointed else None


def reasons_of(pointed: Pointed | None, scored: Scored | None) -> list[dict[str, Any]]:
    """Why, as kept with the lead: the model's strongest reasons, then the rules that applied."""
    learned = [{"by": "model"} | reason.as_json() for reason in scored.reasons] if scored else []
    ruled = [
        {"by": "rule", "field": rule.field, "test": rule.test, "values": list(rule.values), "points": rule.points}
        for rule in (pointed.rules if pointed else ())[:SHOWN_RULES]
    ]
    return learned + ruled
