"""What is missing to a tier, and the cheapest ways there. Pure: no Django, no database (V-5).

Effort is counted in shares of a target (or of the hundred places of a rank), times how hard that KPI is to move: with an
effort of 3, raising sell-in by a tenth of its target costs 0.3. What lies below zero has to be made good first and gives
no points.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import combinations

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
MOST_POINTS = Decimal(120)
MOST_SINKS = 8


@dataclass(frozen=True)
class Lever:
    """One KPI of a partner's score, and how its points follow from its value.

    `breaks` are the 100 break points of a rank, best direction upwards (negated where less is better); empty where the
    points follow from `target`. `value` is None where the partner has none: then it cannot be moved. `points` is None
    where the KPI is left out of the weights. `step` is the smallest change that makes sense, `limit` the best value.
    """

    key: str
    value: Decimal | None
    points: Decimal | None
    weight: Decimal
    higher_is_better: bool = True
    target: Decimal | None = None
    breaks: Sequence[Decimal] = ()
    effort: Decimal = Decimal(1)
    step: Decimal = CENT
    limit: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """Bring one KPI from a value to another."""

    key: str
    before: Decimal
    after: Decimal
    points_before: Decimal
    points_after: Decimal
    gain: Decimal
    """What it adds to the score."""
    effort: Decimal
    is_required: bool = False
    """Whether the tier asks for this KPI beside the score."""


@dataclass(frozen=True)
class Way:
    """Steps that together reach the tier."""

    steps: tuple[Step, ...]
    effort: Decimal
    score: Decimal


@dataclass(frozen=True)
class Distance:
    """How far a tier is.

    `unmet` are requirements on single KPIs that are not met, with their threshold. `singles` are ways that move one KPI
    alone (beside what the tier requires), cheapest first; `out_of_reach` the KPIs that cannot do it alone; `combined` the
    cheapest way over all, None where the tier cannot be reached.
    """

    missing_score: Decimal
    unmet: Mapping[str, Decimal] = field(default_factory=dict)
    singles: tuple[Way, ...] = ()
    out_of_reach: tuple[str, ...] = ()
    combined: Way | None = None


def distance(levers: Sequence[Lever], *, min_score: Decimal, requirements: Mapping[str, Decimal]) -> Distance:
    """How far it is from the levers' values to a tier, and the cheapest ways there.

    A KPI that is required but does not count in the score comes as a lever of weight 0.
    """
    plan = _Plan(levers, min_score)
    by_key = {lever.key: lever for lever in levers}
    unmet = {key: threshold for key, threshold in requirements.items() if not is_met(by_key.get(key), threshold)}
    missing = max(min_score - (plan.score({}) or Decimal(0)), Decimal(0))
    required = _required(by_key, unmet)
    movable = [lever for lever in plan.counted if lever.value is not None and lever.weight > 0]
    if required is None or plan.weights == 0:
        return Distance(missing, unmet, out_of_reach=tuple(lever.key for lever in movable))
    if plan.is_reached(required):
        return Distance(missing, unmet, combined=plan.way(required, unmet) if required else None)

    singles, out_of_reach = [], []
    for lever in movable:
        raised = plan.raised(lever, required)
        if raised is None:
            out_of_reach.append(lever.key)
        else:
            singles.append(plan.way(raised, unmet))
    candidates = [*singles, *(plan.way(values, unmet) for values in plan.combined(movable, required))]
    return Distance(
        missing,
        unmet,
        singles=tuple(sorted(singles, key=lambda way: (way.effort, way.steps[0].key))),
        out_of_reach=tuple(out_of_reach),
        combined=min(candidates, key=lambda way: (way.effort, len(way.steps)), default=None),
    )


def is_met(lever: Lever | None, threshold: Decimal) -> bool:
    """Whether a requirement on a single KPI is met; without a value it is not."""
    if lever is None or lever.value is None:
        return False
    return lever.value >= threshold if lever.higher_is_better else lever.value <= threshold


def points_at(lever: Lever, value: Decimal) -> Decimal:
    """The points that a value gives: what `valuation.scoring` computes in SQL."""
    if lever.target is None:
        direct = value if lever.higher_is_better else -value
        return Decimal(bisect_left(lever.breaks, direct))
    if lever.higher_is_better:
        share = value / lever.target
    elif value > 0:
        share = lever.target / value
    else:
        return MOST_POINTS
    points = HUNDRED * max(min(share, MOST_POINTS / HUNDRED), Decimal(0))
    return points.quantize(CENT, ROUND_HALF_UP)


def value_for(lever: Lever, points: Decimal) -> Decimal | None:
    """The nearest value, in whole steps, that gives at least so many points; None where none does."""
    if lever.target is not None:
        if points > MOST_POINTS:
            return None
        if lever.higher_is_better:
            return _within(lever, _whole(lever, lever.target * points / HUNDRED, ROUND_CEILING))
        return _within(lever, _whole(lever, lever.target * HUNDRED / points, ROUND_FLOOR))
    place = int(points.to_integral_value(ROUND_CEILING))
    if place > len(lever.breaks):
        return None
    beaten = lever.breaks[place - 1]
    if lever.higher_is_better:
        return _within(lever, _whole(lever, beaten, ROUND_FLOOR) + lever.step)
    return _within(lever, _whole(lever, -beaten, ROUND_CEILING) - lever.step)


def most_points(lever: Lever) -> Decimal:
    """The most points that the KPI can give."""
    most = MOST_POINTS if lever.target is not None else Decimal(len(lever.breaks))
    return most if lever.limit is None else min(most, points_at(lever, lever.limit))


def effort_of(lever: Lever, value: Decimal) -> Decimal:
    """What it takes to bring the KPI to a value."""
    assert lever.value is not None
    if lever.target is None and not lever.breaks:  # required, but not counted: shares of the requirement
        return lever.effort * abs(value - lever.value) / (abs(value) or 1)
    before = lever.points if lever.points is not None else points_at(lever, lever.value)
    return lever.effort * (_sunk(lever) + (points_at(lever, value) - before) / HUNDRED)


def _sunk(lever: Lever) -> Decimal:
    """What lies below zero, in shares of the target: it has to be made good before the first point."""
    if lever.target is None or not lever.higher_is_better or lever.value is None or lever.value >= 0:
        return Decimal(0)
    return -lever.value / lever.target


def _whole(lever: Lever, value: Decimal, rounding: str) -> Decimal:
    return (value / lever.step).to_integral_value(rounding) * lever.step


def _within(lever: Lever, value: Decimal) -> Decimal | None:
    if lever.limit is None:
        return value
    is_possible = value <= lever.limit if lever.higher_is_better else value >= lever.limit
    return value if is_possible else None


def _required(by_key: Mapping[str, Lever], unmet: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
    """The values that meet what the tier requires; None where one of them cannot be met by moving a value."""
    values = {}
    for key, threshold in unmet.items():
        lever = by_key.get(key)
        if lever is None or lever.value is None:
            return None
        value = _within(lever, _whole(lever, threshold, ROUND_CEILING if lever.higher_is_better else ROUND_FLOOR))
        if value is None:
            return None
        values[key] = value
    return values


class _Plan:
    """The score as a function of moved values, and the search over it. Plans are dicts from KPI to its new value."""

    def __init__(self, levers: Sequence[Lever], min_score: Decimal) -> None:
        self.levers = {lever.key: lever for lever in levers}
        self.counted = [lever for lever in levers if lever.points is not None]
        self.weights = sum((lever.weight for lever in self.counted), Decimal(0))
        self.min_score = min_score

    def points(self, key: str, values: Mapping[str, Decimal]) -> Decimal:
        lever = self.levers[key]
        return points_at(lever, values[key]) if key in values else lever.points or Decimal(0)

    def total(self, values: Mapping[str, Decimal]) -> Decimal:
        return sum((lever.weight * self.points(lever.key, values) for lever in self.counted), Decimal(0))

    def score(self, values: Mapping[str, Decimal]) -> Decimal | None:
        return (self.total(values) / self.weights).quantize(CENT, ROUND_HALF_UP) if self.weights else None

    def is_reached(self, values: Mapping[str, Decimal]) -> bool:
        score = self.score(values)
        return score is not None and score >= self.min_score

    def raised(self, lever: Lever, values: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
        """The plan with this KPI brought as far as the score needs; None where it does not go that far."""
        others = self.total(values) - lever.weight * self.points(lever.key, values)
        needed = (self.min_score * self.weights - others) / lever.weight
        if needed <= self.points(lever.key, values):
            return dict(values)
        value = value_for(lever, needed.quantize(CENT, ROUND_CEILING))
        return None if value is None else {**values, lever.key: value}

    def combined(self, movable: Sequence[Lever], required: Mapping[str, Decimal]) -> Iterator[dict[str, Decimal]]:
        """Candidates for the cheapest plan.

        Points cost the same all along, so the KPIs that give most for their effort are raised first, each to its end,
        and the last as far as needed. Those below zero cost something before their first point: each set of them is
        tried.
        """
        sinks = [lever for lever in movable if _sunk(lever) and lever.key not in required]
        sinks = sorted(sinks, key=lambda lever: lever.effort / lever.weight)[:MOST_SINKS]
        level = [lever for lever in movable if not _sunk(lever) or lever.key in required]
        for size in range(len(sinks) + 1):
            for chosen in combinations(sinks, size):
                order = sorted([*level, *chosen], key=lambda lever: lever.effort / lever.weight)
                yield from self._filled(order, required)

    def _filled(self, order: Sequence[Lever], required: Mapping[str, Decimal]) -> Iterator[dict[str, Decimal]]:
        values = dict(required)
        for number, lever in enumerate(order):
            for last in order[number:]:
                raised = self.raised(last, values)
                if raised is not None:
                    yield self._trimmed(raised, order, required)
            most = most_points(lever)
            best = value_for(lever, most) if most > self.points(lever.key, values) else None
            if best is not None:
                values = {**values, lever.key: best}
            if self.is_reached(values):
                return

    def _trimmed(
        self, values: dict[str, Decimal], order: Sequence[Lever], required: Mapping[str, Decimal]
    ) -> dict[str, Decimal]:
        """Whole steps overshoot: take back, dearest first, what the score does not need."""
        for lever in reversed(order):
            if lever.key in values:
                without = {key: value for key, value in values.items() if key != lever.key or key in required}
                if lever.key in required:
                    without[lever.key] = required[lever.key]
                values = self.raised(lever, without) or values
        return values

    def way(self, values: Mapping[str, Decimal], unmet: Mapping[str, Decimal]) -> Way:
        steps = []
        for key, after in values.items():
            lever = self.levers[key]
            assert lever.value is not None
            before, raised = lever.points or Decimal(0), self.points(key, values)
            gain = lever.weight * (raised - before) / self.weights if lever.points is not None else Decimal(0)
            steps.append(
                Step(
                    key,
                    before=lever.value,
                    after=after,
                    points_before=before,
                    points_after=raised,
                    gain=gain.quantize(CENT, ROUND_HALF_UP),
                    effort=effort_of(lever, after),
                    is_required=key in unmet,
                )
            )
        steps.sort(key=lambda step: (not step.is_required, -step.gain, step.key))
        return Way(
            tuple(steps),
            effort=sum((step.effort for step in steps), Decimal(0)),
            score=self.score(values) or Decimal(0),
        )
