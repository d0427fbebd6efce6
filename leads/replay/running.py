"""A policy on its way through the past: what it knows by then, whom it asks, and what would have come of it."""

import heapq
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from leads.assignment import assign
from leads.expected import chances, suitability
from leads.matching import COMPONENTS, FAIR_DAYS, Component, shrunken_rates
from leads.matching.facts import Floats
from leads.replay.facts import Answer, Mode, PastLead
from leads.replay.judging import Judge, Past

DAY = 24.0
_ANSWERS = 5
"""A partner's rate of acceptance is shrunken as if so many offers had been seen before, and its time of answer by three."""
_TIMES = 3


class Known:
    """What partners are known by at a moment: outcomes and answers of the past, load by the policy itself."""

    def __init__(self, past: Past) -> None:
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


class Run:
    """One way through the past: the policy knows the outcomes of the leads that it `sees`, the judge all others."""

    def __init__(self, past: Past, sees: NDArray[np.bool_], judge: Judge | None, tell: Callable[[int], object]) -> None:
        self.past, self.policy, self.leads, self.place = past, past.policy, past.leads, past.place
        self.sees, self.judge, self.tell = sees, judge, tell
        self.known = Known(past)
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
