"""A policy run over leads of the past: what it would have done with them, beside what was done. Pure.

Each lead is decided anew, in the order in which they came, by what was known at that moment: win rates and times of answer
from what had been closed and answered before, and the load that the policy itself has brought about. Nothing that happened
later takes part in a decision; `tests/leads/test_replay.py` proves it by changing the future.

What another partner would have made of a lead nobody knows. Where the policy names the partner that had it, there is no
difference. Elsewhere both sides are judged by one model, the share of leads that a partner wins in a segment, shrunken: the
cell toward the partner's rate in all segments, that toward the segment's, that toward the whole (empirical Bayes). This is
the direct method of off-policy evaluation (Dudik, Langford and Li, "Doubly robust policy evaluation and learning", ICML
2011); weighting by inverse propensity would need decisions taken at random, and there are none.

A policy that picks who looks best looks good to whoever looks at the same figures: judged by the outcomes it decided by, a
policy that knows nothing was "clearly better" in 26 of 40 simulated histories of equal partners (now in none, and in 5
clearly worse). So the judge never knows an outcome that the policy decided by, nor the lead's own: the policy runs with the
outcomes of one half of the leads and is judged by all that it has not seen, then with the other half, and the two are
averaged (cross-fitting: Chernozhukov et al., "Double/debiased machine learning", Econometrics Journal 21, 2018). With half
of what it would know it decides a little worse than it would, which is the side to err on. Who would get how many leads comes from a third run, with everything.

Intervals: the leads are drawn again many times (each counts a Poisson number of times), both for what the judge knows and
for what is summed; the 2.5th and 97.5th percentile of the differences.

Whether a partner would have accepted: known where it was asked about this lead then, else the share of its earlier offers
that it accepted within the policy's time, shrunken. Without any offers in the past everybody is taken to accept.
"""

import heapq
import itertools
import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leads.assignment import assign, gini
from leads.expected import chances, suitability
from leads.matching import COMPONENTS, DEFAULT_WEIGHTS, FAIR_DAYS, Component, shrunken_rates

Floats = NDArray[np.float64]

DAY = 24.0
RESAMPLES = 300
_ANSWERS = 5
"""A partner's rate of acceptance is shrunken as if so many offers had been seen before, and its time of answer by three."""
_TIMES = 3
_START = (1.0, 5.0)
"""Before anything is closed: one lead won of five, as in `matching`."""


class Mode(StrEnum):
    """How the policy gives leads away; named as in `models.distribution`."""

    BEST = "best"
    TURNS = "turns"
    FIRST = "first"
    BATCH = "batch"


@dataclass(frozen=True)
class ReplayPolicy:
    """What is tried. Hours are those of the clock, as the past knows them.

    most_open: how many open leads a partner may have; nothing: its own capacity, where it has one. batch_days: how long
    leads are collected before they are distributed at once. near_km counts where nearness is found (`nears`). rounds: how many partners are asked one after the other, and
    at_once: how many at a time where the first to accept gets it, before a lead waits for a person.
    """

    mode: Mode = Mode.BEST
    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    answer_hours: float = 24.0
    most_open: int | None = None
    usual_capacity: int = 20
    near_km: float = 30.0
    quick_hours: float = 4.0
    batch_days: int = 7
    rounds: int = 3
    at_once: int = 3

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"mode": self.mode.value, "weights": dict(self.weights)}


def policy_from(kept: Mapping[str, Any]) -> ReplayPolicy:
    """The policy as `as_json` kept it."""
    return ReplayPolicy(**{**kept, "mode": Mode(kept["mode"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partner did with its offer of a lead: after how many hours, and whether it took it."""

    hours: float
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class PastLead:
    """A lead as it stood when it was distributed, and what became of it. Times in hours since any one moment.

    candidates, fits, nears: who could have got it, how well each fits and how near it is (0 to 1, as `matching` has it).
    worth: what was won, 0 where it was lost, nothing while it is open. is_judged: earlier leads only teach.
    """

    id: int
    at: float
    amount: float
    segment: str
    candidates: tuple[int, ...]
    fits: tuple[float, ...]
    nears: tuple[float, ...]
    partner: int | None = None
    closed_at: float | None = None
    worth: float | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    is_judged: bool = True


@dataclass(frozen=True, slots=True)
class PastPartner:
    """A partner: whose win rates its own is shrunken toward, and how many open leads it can have."""

    id: int
    group: int = 0
    capacity: int | None = None


@dataclass(frozen=True)
class Side:
    """What came of one way: the policy's, or what was done."""

    value: float
    """Expected, by the model."""
    placed: int
    load: dict[int, int]
    gini: float
    """How unevenly leads fall on the partners that could have got any: 0 even, 1 all on one."""
    largest_share: float
    hours: float
    """The mean time until somebody has accepted."""


@dataclass(frozen=True)
class Outcome:
    """The policy beside what was done."""

    leads: int
    agreed: int
    """So many leads go to the partner that had them: there is no difference."""
    closed: int
    realised: float
    """What was really won with the leads closed since."""
    realised_expected: float
    """What the model expected of the same leads: how far it can be trusted."""
    learned: int
    """From so many closed leads the model is learned."""
    done: Side
    policy: Side
    difference: float
    low: float
    high: float
    months: tuple[tuple[int, float, float], ...]
    """By stretch of 30 days since the first judged lead: expected of what was done, and of the policy."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves no doubt which side does better."""
        return self.low > 0 or self.high < 0

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self)
        for side in ("done", "policy"):
            kept[side]["load"] = {str(partner): count for partner, count in kept[side]["load"].items()}
        return kept


def outcome_from(kept: Mapping[str, Any]) -> Outcome:
    """The outcome as `as_json` kept it."""
    sides = {
        name: Side(**{**kept[name], "load": {int(key): count for key, count in kept[name]["load"].items()}})
        for name in ("done", "policy")
    }
    return Outcome(**{**kept, **sides, "months": tuple(tuple(month) for month in kept["months"])})


def replay(
    leads: Iterable[PastLead],
    partners: Iterable[PastPartner],
    policy: ReplayPolicy,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
    tell: Callable[[int], object] = lambda count: None,
) -> Outcome:
    """Run the policy over the leads. `tell` hears how many have been decided, now and then."""
    past = _Past(leads, partners, policy, resamples, seed)
    everything = _Run(past, np.ones(len(past.leads), dtype=bool), None, tell)
    everything.run()
    halves = [_Run(past, seen, _Judge(past), tell) for seen in (past.is_first_half, ~past.is_first_half)]
    for run in halves:
        run.run()
    return _outcome(past, everything, halves)


class _Past:
    """The leads in order, with all that each run of the policy needs of them."""

    def __init__(
        self,
        leads: Iterable[PastLead],
        partners: Iterable[PastPartner],
        policy: ReplayPolicy,
        resamples: int,
        seed: int,
    ) -> None:
        self.leads = sorted(leads, key=lambda lead: (lead.at, lead.id))
        self.partners = sorted(partners, key=lambda partner: partner.id)
        self.policy = policy
        self.place = {partner.id: place for place, partner in enumerate(self.partners)}
        self.groups = np.array([partner.group for partner in self.partners], dtype=np.int64)
        rng = np.random.default_rng(seed)
        self.draws = rng.poisson(1.0, size=(len(self.leads), resamples + 1)).astype(np.float64)
        self.draws[:, 0] = 1  # the first is no drawing: every lead once
        self.is_first_half = rng.random(len(self.leads)) < 0.5
        self.start = next((lead.at for lead in self.leads if lead.is_judged), 0.0)
        self.had = [self.place.get(lead.partner) if lead.partner is not None else None for lead in self.leads]
        self.events = self._events()

    def is_taught(self, row: int) -> bool:
        """Whether what became of the lead teaches anything."""
        lead = self.leads[row]
        return lead.closed_at is not None and lead.worth is not None and self.had[row] is not None

    def _events(self) -> list[tuple[float, int, int, int]]:
        """What becomes known when: (time, lead, kind, partner's place); kind 0 is an answer, 1 an outcome."""
        found = []
        for row, lead in enumerate(self.leads):
            had = self.had[row]
            if lead.closed_at is not None and lead.worth is not None and had is not None:
                found.append((lead.closed_at, row, 1, had))
            found += [
                (lead.at + answer.hours, row, 0, self.place[partner])
                for partner, answer in lead.answers.items()
                if partner in self.place
            ]
        return sorted(found)


class _Judge:
    """The share of leads that partners win by segment, from all outcomes but those it is told to forget: one estimate for
    each drawing."""

    def __init__(self, past: _Past) -> None:
        self._past = past
        rows = [row for row in range(len(past.leads)) if past.is_taught(row)]
        count = len(past.partners)
        won, closed = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        together = [np.full(past.draws.shape[1], _START[0]), np.full(past.draws.shape[1], _START[1])]
        segments: dict[str, list[Floats]] = {}
        for row in rows:
            lead, place, weights = past.leads[row], past.had[row], past.draws[row]
            is_won = bool(lead.worth)
            won[place] += is_won
            closed[place] += 1
            for sums in (together, segments.setdefault(lead.segment, [np.zeros_like(weights), np.zeros_like(weights)])):
                sums[0] += is_won * weights
                sums[1] += weights
        self._firmness = shrunken_rates(won, closed, past.groups)[1][-1][1]
        self._mean = together[0] / together[1]
        self._rates = {
            segment: (sums[0] + _START[1] * self._mean) / (sums[1] + _START[1]) for segment, sums in segments.items()
        }
        self._nothing = (np.zeros(past.draws.shape[1]), np.zeros(past.draws.shape[1]))
        self._sums: dict[tuple[int, str | None], tuple[Floats, Floats]] = {}
        """By partner and segment: won and closed; by partner alone: won, and what its segments would let expect."""
        for row in rows:
            self._add(row, 1.0)

    def forget(self, row: int) -> None:
        """The policy has learned what became of this lead."""
        self._add(row, -1.0)

    def chances(self, row: int, places: Iterable[int]) -> dict[int, Floats]:
        """The chance that each partner wins this lead, found without what became of the lead itself."""
        is_taught = self._past.is_taught(row)
        if is_taught:
            self._add(row, -1.0)
        found = {place: self._chance(place, self._past.leads[row].segment) for place in places}
        if is_taught:
            self._add(row, 1.0)
        return found

    def _add(self, row: int, sign: float) -> None:
        lead, place = self._past.leads[row], self._past.had[row]
        assert place is not None
        weights = sign * self._past.draws[row]
        won = weights if lead.worth else self._nothing[0]
        for key, by in (((place, None), weights * self._rates[lead.segment]), ((place, lead.segment), weights)):
            before = self._sums.get(key, self._nothing)
            self._sums[key] = before[0] + won, before[1] + by

    def _chance(self, place: int, segment: str) -> Floats:
        by_segment, firmness = self._rates.get(segment, self._mean), self._firmness
        won, expected = self._sums.get((place, None), self._nothing)
        rate = by_segment * (won + firmness * by_segment) / (expected + firmness * by_segment)
        won, closed = self._sums.get((place, segment), self._nothing)
        found: Floats = np.clip((won + firmness * rate) / (closed + firmness), 0.0, 1.0)
        return found


class _Known:
    """What partners are known by at a moment: outcomes and answers of the past, load by the policy itself."""

    def __init__(self, past: _Past) -> None:
        count, policy = len(past.partners), past.policy
        self.policy, self.groups = policy, past.groups
        own = [partner.capacity for partner in past.partners]
        self.limits = np.array(
            [policy.most_open if policy.most_open is not None else math.inf if each is None else each for each in own]
        )
        self.capacities = np.where(np.isinf(self.limits), float(policy.usual_capacity), self.limits)
        self.won, self.closed = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        self.asked, self.accepted, self.hours = np.zeros(count), np.zeros(count), np.zeros(count)
        self.open, self.recent, self.turns = np.zeros(count), np.zeros(count), np.full(count, -1.0)
        self._releases: list[tuple[float, int]] = []
        self._received: deque[tuple[float, int]] = deque()
        self._rates: tuple[Floats, dict[int, tuple[float, float]]] | None = None
        self._turn = 0

    def outcome(self, partner: int, is_won: bool) -> None:
        self.won[partner] += is_won
        self.closed[partner] += 1
        self._rates = None

    def answer(self, partner: int, answer: Answer) -> None:
        self.asked[partner] += 1
        self.accepted[partner] += answer.is_accepted and answer.hours <= self.policy.answer_hours
        self.hours[partner] += answer.hours

    def receive(self, partner: int, at: float, until: float) -> None:
        """A lead goes to the partner, who works on it until then."""
        self.open[partner] += 1
        self.recent[partner] += 1
        self.turns[partner] = self._turn
        self._turn += 1
        heapq.heappush(self._releases, (until, partner))
        self._received.append((at, partner))

    def advance(self, now: float) -> None:
        while self._releases and self._releases[0][0] <= now:
            self.open[heapq.heappop(self._releases)[1]] -= 1
        while self._received and self._received[0][0] < now - FAIR_DAYS * DAY:
            self.recent[self._received.popleft()[1]] -= 1

    @property
    def rates(self) -> tuple[Floats, dict[int, tuple[float, float]]]:
        if self._rates is None:
            self._rates = shrunken_rates(self.won, self.closed, self.groups)
        return self._rates

    def means(self, of: NDArray[np.intp]) -> Floats:
        norms = self.rates[1]
        return np.array([norms[group][0] for group in self.groups[of].tolist()])

    def speeds(self, of: NDArray[np.intp]) -> Floats:
        """Mean hours of answer, shrunken."""
        usual = self.hours.sum() / self.asked.sum() if self.asked.sum() else self.policy.quick_hours
        found: Floats = (self.hours[of] + _TIMES * usual) / (self.asked[of] + _TIMES)
        return found

    def accepts(self, of: NDArray[np.intp]) -> Floats:
        """The chance that each accepts within the time it is given."""
        usual = self.accepted.sum() / self.asked.sum() if self.asked.sum() else 1.0
        found: Floats = (self.accepted[of] + _ANSWERS * usual) / (self.asked[of] + _ANSWERS)
        return found


class _Run:
    """One way through the past: the policy knows the outcomes of the leads that it `sees`, the judge all others."""

    def __init__(
        self, past: _Past, sees: NDArray[np.bool_], judge: _Judge | None, tell: Callable[[int], object]
    ) -> None:
        self.past, self.policy, self.leads, self.place = past, past.policy, past.leads, past.place
        self.sees, self.judge, self.tell = sees, judge, tell
        self.known = _Known(past)
        self.next_event = 0
        given = [max(0.0, float(self.policy.weights.get(each, 0))) for each in COMPONENTS]
        self.shares = np.array(given) / sum(given) if sum(given) else np.full(len(COMPONENTS), 1 / len(COMPONENTS))
        draws = past.draws.shape[1]
        self.done, self.tried = np.zeros(draws), np.zeros(draws)
        """Expected of what was done and of the policy, by drawing."""
        self.closed_done = 0.0
        self.months: dict[int, list[float]] = {}
        self.firsts: dict[int, int | None] = {}
        """Whom each judged lead goes to, most likely."""
        self.hours: list[float] = []

    def run(self) -> None:
        for group in self._groups():
            now = self.leads[group[0]].at
            self._learn_before(now)
            self.known.advance(now)
            for row, order in self._orders(group):
                self._decide(row, order)
            self.tell(len(group))

    def _learn_before(self, now: float) -> None:
        events = self.past.events
        while self.next_event < len(events) and events[self.next_event][0] < now:
            _at, row, kind, place = events[self.next_event]
            self.next_event += 1
            lead = self.leads[row]
            if not kind:
                self.known.answer(place, lead.answers[self.past.partners[place].id])
            elif self.sees[row]:
                self.known.outcome(place, bool(lead.worth))
                if self.judge is not None:
                    self.judge.forget(row)

    def _groups(self) -> Iterator[list[int]]:
        """Leads decided together: those of a window where they are collected, else each alone."""
        window = self.policy.batch_days * DAY

        def of(row: int) -> tuple[bool, float]:
            is_collected = self.policy.mode == Mode.BATCH and self.leads[row].is_judged
            return is_collected, self.leads[row].at // window if is_collected else row

        for _key, rows in itertools.groupby(range(len(self.leads)), key=of):
            yield list(rows)

    # --- What the policy does ---------------------------------------------------------------------------------------

    def _orders(self, group: list[int]) -> Iterator[tuple[int, list[int]]]:
        """For each lead whom the policy asks, first to last. One at a time, so that each sees the load of those before."""
        if self.policy.mode == Mode.BATCH and self.leads[group[0]].is_judged:
            placed = self._together(group)
            for row in group:
                first = placed.get(row)
                others = self._ranked(self.leads[row])
                yield row, [] if first is None else [first, *(place for place in others if place != first)]
        else:
            for row in group:
                yield row, self._ranked(self.leads[row])

    def _ranked(self, lead: PastLead) -> list[int]:
        """The candidates with room, from first to last."""
        known, policy = self.known, self.policy
        places, kept = self._with_room(lead)
        if not len(places):
            return []
        if policy.mode == Mode.TURNS:
            order = np.lexsort((places, known.turns[places]))
        else:
            order = np.lexsort((places, -np.round(self._components(lead, places, kept) @ self.shares, 9)))
        return [int(place) for place in places[order][: max(policy.rounds, policy.at_once)]]

    def _with_room(self, lead: PastLead) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The places of candidates that can take another lead, and where they stand among the lead's candidates."""
        places = np.array([self.place[each] for each in lead.candidates], dtype=np.intp)
        kept = np.flatnonzero(self.known.open[places] < self.known.limits[places])
        return places[kept], kept

    def _components(self, lead: PastLead, places: NDArray[np.intp], kept: NDArray[np.intp]) -> Floats:
        """As `matching` compares, by what was known then."""
        known, policy = self.known, self.policy
        rates = known.rates[0][places]
        fair = known.capacities[places] * known.recent.sum() / max(1.0, known.capacities.sum())
        parts = {
            Component.FIT: np.array(lead.fits)[kept],
            Component.DISTANCE: np.array(lead.nears)[kept],
            Component.WIN_RATE: rates / (rates + known.means(places)),
            Component.SPEED: 1 / (1 + known.speeds(places) / max(policy.quick_hours, 0.01)),
            Component.LOAD: np.clip(1 - known.open[places] / np.maximum(known.capacities[places], 1), 0.0, 1.0),
            Component.FAIRNESS: (fair + 1) / (fair + 1 + known.recent[places]),
        }
        return np.stack([parts[each] for each in COMPONENTS], axis=1)

    def _together(self, group: list[int]) -> dict[int, int]:
        """The leads of a window distributed at once, by what was expected then."""
        known, values = self.known, {}
        in_general = known.rates[1][-1][0]
        for row in group:
            lead = self.leads[row]
            places, kept = self._with_room(lead)
            suits = suitability(self._components(lead, places, kept), self.policy.weights)
            worth = lead.amount * chances(in_general, known.rates[0][places], in_general, suits)
            values[row] = dict(zip(places.tolist(), worth.tolist(), strict=True))
        free = {
            place: int(limit - known.open[place])
            for place, limit in enumerate(known.limits.tolist())
            if not math.isinf(limit)
        }
        return assign(values, {place: max(0, room) for place, room in free.items()}).partner_of

    # --- What would have come of it ---------------------------------------------------------------------------------

    def _decide(self, row: int, order: list[int]) -> None:
        lead, had = self.leads[row], self.past.had[row]
        until = lead.closed_at if lead.closed_at is not None else math.inf
        if not lead.is_judged:
            if had is not None:
                self.known.receive(had, lead.at, until)
            return
        shares, hours = self._taken(lead, order, had)
        first = self.firsts[row] = max(shares, key=lambda place: shares[place], default=None)
        if first is not None:
            self.known.receive(first, lead.at, until)
            self.hours.append(hours)
        if self.judge is not None:
            self._value(row, shares, had)

    def _value(self, row: int, shares: Mapping[int, float], had: int | None) -> None:
        """What is expected of what was done with the lead, and of what the policy does."""
        assert self.judge is not None
        lead, nothing = self.leads[row], np.zeros(len(self.done))
        chance = self.judge.chances(row, {*shares, *([had] if had is not None else [])})
        done = lead.amount * chance[had] if had is not None else nothing
        tried = sum((lead.amount * share * chance[place] for place, share in shares.items()), nothing)
        self.done += self.past.draws[row] * done
        self.tried += self.past.draws[row] * tried
        month = self.months.setdefault(int((lead.at - self.past.start) // (30 * DAY)), [0.0, 0.0])
        month[0] += float(done[0])
        month[1] += float(tried[0])
        if lead.worth is not None:
            self.closed_done += float(done[0])

    def _taken(self, lead: PastLead, order: list[int], had: int | None) -> tuple[dict[int, float], float]:
        """With what chance each partner comes to have the lead, and how long that takes."""
        policy = self.policy
        asked = order[: policy.at_once if policy.mode == Mode.FIRST else policy.rounds]
        if not asked:
            return {}, 0.0
        places = np.array(asked, dtype=np.intp)
        accepts, speeds = self.known.accepts(places), self.known.speeds(places)
        for number, place in enumerate(asked):
            answer = lead.answers.get(self.past.partners[place].id)
            if place == had:
                accepts[number] = 1.0
            elif answer is not None:
                accepts[number] = float(answer.is_accepted and answer.hours <= policy.answer_hours)
            if answer is not None:
                speeds[number] = answer.hours
        speeds = np.minimum(speeds, policy.answer_hours)
        if policy.mode == Mode.FIRST:
            pull = accepts / np.maximum(speeds, 0.1)  # who answers sooner gets it
            taken = (1 - float(np.prod(1 - accepts))) * pull / pull.sum() if pull.sum() else np.zeros(len(asked))
            return _kept(asked, taken), float(speeds.min())
        left = np.concatenate([[1.0], np.cumprod(1 - accepts)[:-1]])
        taken = left * accepts
        waits = np.arange(len(asked)) * policy.answer_hours + speeds
        return _kept(asked, taken), float(taken @ waits / taken.sum()) if taken.sum() else 0.0


def _kept(asked: list[int], taken: Floats) -> dict[int, float]:
    return {place: share for place, share in zip(asked, taken.tolist(), strict=True) if share > 0}


def _outcome(past: _Past, everything: _Run, halves: list[_Run]) -> Outcome:
    """Who gets how many from the run that knows everything; what that is worth from the two that can be judged."""
    judged = [row for row, lead in enumerate(past.leads) if lead.is_judged]
    closed = [past.leads[row].worth or 0.0 for row in judged if past.is_taught(row)]
    weights = past.draws[judged].sum(axis=0)
    scale = np.divide(len(judged), weights, out=np.zeros_like(weights), where=weights > 0)
    done = np.mean([run.done for run in halves], axis=0)
    differences = (np.mean([run.tried for run in halves], axis=0) - done) * scale
    low, high = np.percentile(differences[1:], [2.5, 97.5])
    months = sorted({month for run in halves for month in run.months})
    had = [past.had[row] for row in judged]
    answers = [past.leads[row].answers.get(past.leads[row].partner or 0) for row in judged]
    return Outcome(
        leads=len(judged),
        agreed=sum(
            place is not None and place == everything.firsts[row] for row, place in zip(judged, had, strict=True)
        ),
        closed=len(closed),
        realised=math.fsum(closed),
        realised_expected=float(np.mean([run.closed_done for run in halves])),
        learned=sum(past.is_taught(row) for row in range(len(past.leads))),
        done=_side(past, float(done[0]), had, [answer.hours for answer in answers if answer is not None]),
        policy=_side(past, float(done[0] + differences[0]), list(everything.firsts.values()), everything.hours),
        difference=float(differences[0]),
        low=float(low),
        high=float(high),
        months=tuple(
            (
                month,
                float(np.mean([run.months[month][0] for run in halves])),
                float(np.mean([run.months[month][1] for run in halves])),
            )
            for month in months
        ),
    )


def _side(past: _Past, value: float, places: Sequence[int | None], hours: Sequence[float]) -> Side:
    load = Counter(place for place in places if place is not None)
    could_get = {past.place[each] for lead in past.leads if lead.is_judged for each in lead.candidates}
    placed = load.total()
    return Side(
        value=value,
        placed=placed,
        load={past.partners[place].id: count for place, count in sorted(load.items())},
        gini=gini(load[place] for place in could_get | load.keys()),
        largest_share=max(load.values(), default=0) / placed if placed else 0.0,
        hours=math.fsum(hours) / len(hours) if hours else 0.0,
    )
