"""The leads of the past in order, and who judges what would have come of them."""

from collections.abc import Iterable

import numpy as np

from leads.matching import shrunken_rates
from leads.matching.facts import Floats
from leads.replay.facts import PastLead, PastPartner, ReplayPolicy

_START = (1.0, 5.0)
"""Before anything is closed: one lead won of five, as in `matching`."""


class Past:
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


class Judge:
    """The share of leads that partners win by segment, from all outcomes but those it is told to forget: one estimate for
    each drawing."""

    def __init__(self, past: Past) -> None:
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
