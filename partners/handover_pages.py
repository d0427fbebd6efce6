"""A kept summary of a partner, as its page shows it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partners.models import HandoverPartner, Partner, Stage, Trend
from tenancy.translation import translated


@dataclass(frozen=True)
class ShownLine:
    text: str
    detail: str
    on: dt.date | None
    who: str


@dataclass(frozen=True)
class ShownSummary:
    """What was known of one partner, in the reader's language as far as it was not a plain text."""

    partner: Partner
    former: str
    stage: str
    kind: str
    tier: str
    tier_colour: str
    score: Decimal | None
    revenue: Decimal | None
    change: Decimal | None
    last_sale_on: dt.date | None
    trend: str
    as_of: dt.date | None
    moved_tasks: int
    sections: list[tuple[Any, list[ShownLine]]]


def shown(row: HandoverPartner, labels: Mapping[str, Any]) -> ShownSummary:
    """One partner's summary. Sections that no app registers any more are still shown, under their key."""
    state: dict[str, Any] = row.summary.get("state", {})
    kept: dict[str, list[dict[str, str]]] = row.summary.get("sections", {})
    revenue, previous = _number(state.get("revenue")), _number(state.get("previous_revenue"))
    order = [key for key in labels if key in kept] + [key for key in kept if key not in labels]
    return ShownSummary(
        partner=row.partner,
        former=row.former.name if row.former else "",
        stage=str(dict(Stage.choices).get(state.get("stage", ""), "")),
        kind=translated(state.get("kind")),
        tier=translated(state.get("tier_names")),
        tier_colour=state.get("tier_colour", ""),
        score=_number(state.get("score")),
        revenue=revenue,
        change=(revenue / previous - 1) * 100 if revenue is not None and previous else None,
        last_sale_on=_day(state.get("last_sale_on")),
        trend=str(dict(Trend.choices).get(state.get("trend", ""), "")),
        as_of=_day(state.get("as_of")),
        moved_tasks=row.moved_tasks,
        sections=[
            (
                labels.get(key, key),
                [
                    ShownLine(line.get("text", ""), line.get("detail", ""), _day(line.get("on")), line.get("who", ""))
                    for line in kept[key]
                ],
            )
            for key in order
        ],
    )


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
