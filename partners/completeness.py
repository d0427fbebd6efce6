"""How complete a partner's profile is, and what to fill in next.

What counts is what is asked at the partner's stage (`partners.questions`), each field once, whatever it is.
`percent_filled` counts the same in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, DecimalField, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf, Round

from partners.models import Partner, Stage
from partners.questions import PROPOSED, STAGES, Question, all_questions, asked_at, stages_from

COUNTED = tuple(PROPOSED)
"""What counts of an active partner unless the manufacturer decides otherwise."""

PERCENT = DecimalField(max_digits=20, decimal_places=10)


@dataclass(frozen=True)
class Missing:
    """An asked field without a value: its name in forms, and what it is called."""

    name: str
    label: str
    is_required: bool = False
    partner_edits: bool = True


@dataclass(frozen=True)
class Completeness:
    """How many of the asked fields have a value, in per cent, and which do not: the needed ones first, then the most useful."""

    percent: Decimal
    missing: list[Missing]
    step: Decimal
    """By how much one more field raises it."""

    @property
    def next(self) -> Missing | None:
        """The field to ask for first."""
        return self.missing[0] if self.missing else None

    @property
    def needed(self) -> list[Missing]:
        """What is needed at the partner's stage and not there."""
        return [field for field in self.missing if field.is_required]


def completeness_of(partner: Partner, questions: Sequence[Question]) -> Completeness:
    """The partner's completeness; `questions` are all that the manufacturer could ask."""
    asked = asked_at(questions, partner.stage)
    missing = [
        Missing(each.form_name, each.label, each.is_required, each.partner_edits)
        for each in asked
        if not each.is_filled(partner)
    ]
    return Completeness(
        percent=_percent(len(asked) - len(missing), len(asked)),
        missing=missing,
        step=_percent(1, max(len(asked), 1)),
    )


def _percent(part: int, whole: int) -> Decimal:
    if not whole:
        return Decimal("100.00")  # nothing is asked, so nothing is missing
    return (Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def percent_filled() -> Round:
    """How complete a partner's profile is, in per cent, as an expression. One query, for what is asked."""
    by_stage: dict[str, list[Question]] = {}
    for each in all_questions():
        if each.stage is not None:
            by_stage.setdefault(each.stage, []).append(each)
    filled: Any = Value(0)
    asked: Any = Value(0)
    for stage in STAGES:
        here = by_stage.get(stage, [])
        if here:
            filled = filled + _from(stage, sum((_one_if(each.condition) for each in here), Value(0)))
            asked = asked + _from(stage, Value(len(here)))
    percent = Cast(filled, PERCENT) * Value(Decimal(100)) / NullIf(asked, Value(0))
    all_of_nothing = Value(Decimal(100))
    return Round(Coalesce(percent, all_of_nothing, output_field=PERCENT), 2, output_field=PERCENT)


def _one_if(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _from(stage: Stage, counted: Any) -> Any:
    """What is counted from a stage on."""
    if stage == STAGES[0]:
        return counted
    return Case(
        When(stage__in=stages_from(stage), then=counted),
        default=Value(0),
        output_field=IntegerField(),
    )


def counted_fields() -> frozenset[str]:
    """The fields that completeness counts at some stage, named as `Partner.provenance` names them. One query."""
    return frozenset(each.name for each in all_questions() if each.stage is not None)
