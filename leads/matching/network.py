"""The partners of a manufacturer compared with leads, one by one and in bulk."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leads.matching.distance import kilometres_between, vectors
from leads.matching.facts import COMPONENTS, Component, Floats, Ints, LeadFacts, Norms, PartnerFacts, Policy
from leads.matching.rates import shrink, shrunken_rates
from leads.matching.reasons import Candidate, Hindrance, Line, Said

FAIR_DAYS = 90
"""Fairness looks back so far."""
BEST = 30
"""So many candidates for each lead are enough for an assignment of the whole pool."""

UNKNOWN = 0.5
"""What a component is worth where nothing is known: neither for nor against."""
_TIMES = 3
_LINE_WEIGHT, _SPECIALISATION_WEIGHT, _LANGUAGE_WEIGHT = 3, 2, 1
_ANCESTOR_LINE, _PART_LINE = 0.8, 0.6
_CHUNK = 64

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Best:
    """The best candidates of many leads, as arrays: row n is the lead `lead_ids[n]`, columns from best to worst.

    partners: positions in `Network.partners`, -1 where there are fewer candidates. totals: NaN there. components: by
    lead, candidate and component in the order of `COMPONENTS`. eligible: how many partners might get the lead at all.
    """

    lead_ids: Ints
    partners: Ints
    totals: Floats
    components: NDArray[np.float32]
    eligible: Ints


class Network:
    """A manufacturer's partners, made ready to be compared with leads.

    norms: those of a decision that is replayed; found among `partners` where they are left out.
    """

    def __init__(self, partners: Iterable[PartnerFacts], policy: Policy | None = None, *, norms: Norms | None = None):
        self.partners = sorted(partners, key=lambda partner: partner.id)
        self.policy = policy or Policy()
        self._given = norms
        count = len(self.partners)
        self._won = np.fromiter((p.won for p in self.partners), np.int64, count)
        self._closed = np.fromiter((p.closed for p in self.partners), np.int64, count)
        self._groups = np.fromiter((p.group for p in self.partners), np.int64, count)
        self._open = np.fromiter((p.open for p in self.partners), float, count)
        self._recent = np.fromiter((p.recent for p in self.partners), float, count)
        self._capacity = np.fromiter((self._capacity_of(p) for p in self.partners), float, count)
        self._places = vectors([p.latitude for p in self.partners], [p.longitude for p in self.partners])
        self._position = {partner.id: position for position, partner in enumerate(self.partners)}
        self._territory_rows: dict[Any, tuple[Bools, Bools]] = {}
        self._fit_rows: dict[Any, tuple[Bools, Floats]] = {}

    def _capacity_of(self, partner: PartnerFacts) -> int:
        return self.policy.usual_capacity if partner.capacity is None else partner.capacity

    # --- What holds for a partner whatever the lead -----------------------------------------------------------------

    @cached_property
    def norms(self) -> Norms:
        """What the partners are compared with."""
        if self._given is not None:
            return self._given
        counted = [p for p in self.partners if not p.obstacles]
        answers = sum(p.answers for p in self.partners)
        hours = sum(p.answers * p.answer_hours for p in self.partners)
        return Norms(
            rates=shrunken_rates(self._won, self._closed, self._groups)[1],
            hours=hours / answers if answers else self.policy.quick_hours,
            recent=sum(p.recent for p in counted),
            capacity=sum(self._capacity_of(p) for p in counted),
            uses_lines=any(p.lines for p in self.partners),
            alone=frozenset().union(*(p.alone for p in counted)),
        )

    @cached_property
    def win_rates(self) -> Floats:
        """By partner, the shrunken share of leads that it wins: what an assignment expects of it."""
        return shrink(self._won, self._closed, self._groups, self.norms.rates)

    @cached_property
    def hours(self) -> Floats:
        """By partner, the shrunken time of answer in business hours."""
        count = len(self.partners)
        answers = np.fromiter((p.answers for p in self.partners), float, count)
        hours = np.fromiter((p.answer_hours for p in self.partners), float, count)
        shrunk: Floats = (answers * hours + _TIMES * self.norms.hours) / (answers + _TIMES)
        return shrunk

    @cached_property
    def fair_shares(self) -> Floats:
        """By partner, how many leads of the last 90 days would have been its share by capacity."""
        return self._capacity * self.norms.recent / max(1, self.norms.capacity)

    @cached_property
    def _steady(self) -> dict[Component, Floats]:
        """The components that are the same for every lead."""
        means = np.array([self._mean_of(group) for group in self._groups.tolist()], dtype=float)
        share = self.fair_shares
        room = np.divide(self._open, self._capacity, out=np.ones_like(self._open), where=self._capacity > 0)
        return {
            Component.WIN_RATE: self.win_rates / (self.win_rates + means),
            Component.SPEED: 1 / (1 + self.hours / max(self.policy.quick_hours, 0.01)),
            Component.LOAD: np.clip(1 - room, 0.0, 1.0),
            Component.FAIRNESS: (share + 1) / (share + 1 + self._recent),
        }

    @cached_property
    def _steady_columns(self) -> Floats:
        """By partner, those components in the order of `COMPONENTS`."""
        return np.column_stack([self._steady[component] for component in COMPONENTS[2:]])

    @cached_property
    def _steady_total(self) -> Floats:
        """By partner, what they add to every total."""
        total: Floats = self._steady_columns @ self.policy.shares[2:]
        return total

    def _mean_of(self, group: int) -> float:
        return self.norms.rates.get(group, self.norms.rates[-1])[0]

    @cached_property
    def _ready(self) -> Bools:
        """Who may get a lead at all."""
        limits = [p.capacity is None or p.open < p.capacity for p in self.partners]
        return np.array([not p.obstacles and p.has_people for p in self.partners], dtype=bool) & np.array(limits, bool)

    # --- What depends on the lead -----------------------------------------------------------------------------------

    def _covers(self, lead: LeadFacts) -> tuple[Bools, Bools]:
        """Who covers the lead's place, and who may get it as far as territories go."""
        key = (lead.territories, lead.country if not lead.territories else "")
        if key not in self._territory_rows:
            held, alone = lead.territories, lead.territories & self.norms.alone
            covers = np.array([not held.isdisjoint(p.territories | p.alone) for p in self.partners], dtype=bool)
            if not self.policy.by_territory:
                may = np.ones(len(self.partners), dtype=bool)
            elif alone:
                may = np.array([not alone.isdisjoint(p.alone) for p in self.partners], dtype=bool)
            elif held:
                may = covers
            else:
                may = np.array(
                    [not (lead.country and p.country) or lead.country == p.country for p in self.partners], dtype=bool
                )
            self._territory_rows[key] = covers, may
        return self._territory_rows[key]

    def _fits(self, lead: LeadFacts) -> tuple[Bools, Floats]:
        """Who may get the lead as far as product lines go, and how well each fits."""
        key = (lead.categories, lead.specialisations, lead.language)
        if key not in self._fit_rows:
            found = [_mean(self._fit_parts(lead, partner)) for partner in self.partners]
            is_asked = self.policy.by_line and self.norms.uses_lines and bool(lead.categories)
            may = np.array(
                [
                    (not is_asked or _line_of(lead, p)[0] > 0) and p.closed_lines.isdisjoint(lead.categories)
                    for p in self.partners
                ],
                dtype=bool,
            )
            self._fit_rows[key] = may, np.array(found, dtype=float)
        return self._fit_rows[key]

    def _fit_parts(self, lead: LeadFacts, partner: PartnerFacts) -> list[tuple[float, int, Said]]:
        """What the fit is made of: value, weight and words of each part that can be told."""
        parts = []
        if lead.categories and self.norms.uses_lines:
            value, code, line = _line_of(lead, partner)
            parts.append((value, _LINE_WEIGHT, Said(code, {"line": line})))
        if lead.specialisations:
            held, wanted = len(lead.specialisations & partner.specialisations), len(lead.specialisations)
            said = Said("fit_specialisations", {"held": held, "wanted": wanted})
            parts.append((held / wanted, _SPECIALISATION_WEIGHT, said))
        if lead.language and partner.languages:
            speaks = lead.language in partner.languages
            parts.append((float(speaks), _LANGUAGE_WEIGHT, Said("fit_language" if speaks else "fit_language_none")))
        return parts

    def _chunk(self, leads: Sequence[LeadFacts]) -> tuple[Bools, Floats, Floats, Floats]:
        """For these leads and all partners: who may get which, the components that a lead changes (fit and distance),
        and km. What is large is made once and worked on in place: most of the time goes into memory."""
        shape = (len(leads), len(self.partners))
        may, covers, fit = np.empty(shape, dtype=bool), np.empty(shape, dtype=bool), np.empty(shape)
        places = vectors([lead.latitude for lead in leads], [lead.longitude for lead in leads])
        kilometres = kilometres_between(places, self._places)
        for row, lead in enumerate(leads):
            covers[row], by_territory = self._covers(lead)
            by_line, fit[row] = self._fits(lead)
            np.logical_and(by_territory, by_line, out=may[row])
            for partner in lead.asked:
                if partner in self._position:
                    may[row, self._position[partner]] = False
            if lead.served_by in self._position:
                fit[row, self._position[lead.served_by]] = 1.0
        may &= self._ready
        near = kilometres * (-1 / max(self.policy.near_km, 0.1))
        np.exp2(near, out=near)
        unknown = np.isnan(kilometres)
        if unknown.any():
            anywhere = np.array([not lead.territories for lead in leads])[:, None]
            near[unknown] = np.where(covers | anywhere, UNKNOWN, 0.0)[unknown]
        return may, fit, near, kilometres

    def _totals(self, fit: Floats, near: Floats) -> Floats:
        """The totals of leads and partners: what a partner has whatever the lead is added up once."""
        shares = self.policy.shares
        totals = fit * shares[0]
        totals += near * shares[1]
        totals += self._steady_total
        np.round(totals, 9, out=totals)
        return totals

    def best(self, leads: Sequence[LeadFacts], *, most: int = BEST) -> Best:
        """The best candidates of each lead. Of equals the one who stands earlier in `partners` comes first."""
        width = min(most, len(self.partners))
        partners = np.full((len(leads), width), -1, dtype=np.int64)
        totals = np.full((len(leads), width), np.nan)
        components = np.zeros((len(leads), width, len(COMPONENTS)), dtype=np.float32)
        eligible = np.zeros(len(leads), dtype=np.int64)
        if width:
            for start in range(0, len(leads), _CHUNK):
                rows = slice(start, start + _CHUNK)
                may, fit, near, _km = self._chunk(leads[rows])
                order, values = self._ordered(may, self._totals(fit, near), width)
                is_there = ~np.isneginf(values)
                eligible[rows] = may.sum(axis=1)
                partners[rows] = np.where(is_there, order, -1)
                totals[rows] = np.where(is_there, values, np.nan)
                found = components[rows]
                found[:, :, 0] = np.take_along_axis(fit, order, axis=1)
                found[:, :, 1] = np.take_along_axis(near, order, axis=1)
                found[:, :, 2:] = self._steady_columns[order]
                found *= is_there[:, :, None]
        ids = np.fromiter((lead.id for lead in leads), np.int64, len(leads))
        return Best(ids, partners, totals, components, eligible)

    def _ordered(self, may: Bools, totals: Floats, width: int) -> tuple[Ints, Floats]:
        """The positions of the best `width` of each row, from best to worst, and their totals (-inf: may not get it)."""
        totals[~may] = -np.inf
        places = np.arange(len(self.partners))
        keys = places * 1e-12 - totals  # of equals the earlier one, also where the line is drawn
        if width < len(self.partners):
            chosen = np.argpartition(keys, width - 1, axis=1)[:, :width]
        else:
            chosen = np.broadcast_to(places, keys.shape)
        inner = np.argsort(np.take_along_axis(keys, chosen, axis=1), axis=1, kind="stable")
        order = np.take_along_axis(chosen, inner, axis=1)
        return order, np.take_along_axis(totals, order, axis=1)

    def note_offer(self, partner_id: int) -> None:
        """A partner has just been offered or given a lead: the next one sees it. What partners are compared with stays."""
        position = self._position.get(partner_id)
        if position is None:
            return
        assert self.norms is not None  # found before anything changes
        partner = self.partners[position]
        self.partners[position] = replace(partner, open=partner.open + 1, recent=partner.recent + 1)
        self._open[position] += 1
        self._recent[position] += 1
        self._given = self.norms
        for name in ("_steady", "_steady_columns", "_steady_total", "_ready"):
            self.__dict__.pop(name, None)

    def rank(self, lead: LeadFacts, *, most: int | None = None) -> list[Candidate]:
        """Partners compared with a lead, with reasons: who may get it, from best to worst, then the others.

        most: only so many of them, for where the rest is not read.
        """
        if not self.partners:
            return []
        may, fit, near, kilometres = self._chunk([lead])
        totals = self._totals(fit, near)[0]
        order = np.lexsort((np.arange(len(self.partners)), -totals, ~may[0]))
        parts = np.column_stack((fit[0], near[0], self._steady_columns))
        return [
            self._candidate(lead, position, float(totals[position]), parts[position], kilometres[0, position])
            for position in order[:most].tolist()
        ]

    def hindered(self, lead: LeadFacts) -> dict[str, int]:
        """How many partners may not get a lead, by what stands in the way first."""
        found: Counter[str] = Counter()
        for position in range(len(self.partners)):
            if hindrances := self._hindrances(lead, position):
                found[hindrances[0].code] += 1
        return dict(found)

    # --- Words ------------------------------------------------------------------------------------------------------

    def _candidate(self, lead: LeadFacts, position: int, total: float, values: Floats, km: float) -> Candidate:
        partner = self.partners[position]
        said: dict[Component, tuple[Said, ...]] = {
            Component.FIT: self._fit_said(lead, partner),
            Component.DISTANCE: (self._distance_said(lead, position, km),),
            Component.WIN_RATE: (self._rate_said(position),),
            Component.SPEED: (self._speed_said(position),),
            Component.LOAD: (
                Said(
                    "load" if partner.capacity is not None else "load_usual",
                    {"open": partner.open, "capacity": self._capacity_of(partner)},
                ),
            ),
            Component.FAIRNESS: (
                Said(
                    "fairness",
                    {"recent": partner.recent, "days": FAIR_DAYS, "share": round(float(self.fair_shares[position]), 1)},
                ),
            ),
        }
        lines = tuple(
            Line(component, float(value), float(share), said[component])
            for component, value, share in zip(COMPONENTS, values, self.policy.shares, strict=True)
        )
        return Candidate(partner.id, total, lines, self._hindrances(lead, position), partner.obstacles)

    def _hindrances(self, lead: LeadFacts, position: int) -> tuple[Said, ...]:
        partner, found = self.partners[position], []
        if partner.obstacles:
            found.append(Said(Hindrance.NOT_ALLOWED))
        if not partner.has_people:
            found.append(Said(Hindrance.NOBODY))
        covers, by_territory = self._covers(lead)
        if not by_territory[position]:
            others = bool(covers[position]) and bool(lead.territories & self.norms.alone)
            found.append(Said(Hindrance.ANOTHERS_TERRITORY if others else Hindrance.TERRITORY))
        if closed := [line for line in lead.categories if line in partner.closed_lines]:
            found.append(Said(Hindrance.UNQUALIFIED, {"line": closed[0]}))
        elif not self._fits(lead)[0][position]:
            found.append(Said(Hindrance.LINE, {"line": lead.categories[0]}))
        if partner.capacity is not None and partner.open >= partner.capacity:
            found.append(Said(Hindrance.CAPACITY, {"open": partner.open, "capacity": partner.capacity}))
        if partner.id in lead.asked:
            found.append(Said(Hindrance.ASKED))
        return tuple(found)

    def _fit_said(self, lead: LeadFacts, partner: PartnerFacts) -> tuple[Said, ...]:
        serves = (Said("fit_serves"),) if lead.served_by == partner.id else ()
        parts = tuple(said for _value, _weight, said in self._fit_parts(lead, partner))
        return (*serves, *parts) or (Said("fit_unknown"),)

    def _distance_said(self, lead: LeadFacts, position: int, km: float) -> Said:
        if not math.isnan(km):
            return Said("distance_km", {"km": round(km, 1) if km < 10 else round(km)})
        return Said("distance_covers" if self._covers(lead)[0][position] else "distance_unknown")

    def _rate_said(self, position: int) -> Said:
        partner = self.partners[position]
        mean = round(100 * self._mean_of(partner.group))
        if not partner.closed:
            return Said("win_rate_none", {"mean": mean})
        rate = round(100 * float(self.win_rates[position]))
        return Said("win_rate", {"won": partner.won, "closed": partner.closed, "rate": rate, "mean": mean})

    def _speed_said(self, position: int) -> Said:
        partner = self.partners[position]
        if not partner.answers:
            return Said("speed_none", {"hours": round(self.norms.hours, 1)})
        return Said("speed", {"hours": round(partner.answer_hours, 1), "answers": partner.answers})


def _line_of(lead: LeadFacts, partner: PartnerFacts) -> tuple[float, str, str]:
    """How well a partner's product lines hold what the lead asks for: value, words, and the line spoken of."""
    if lead.categories[0] in partner.lines:
        return 1.0, "fit_line", lead.categories[0]
    for above in lead.categories[1:]:
        if above in partner.lines:
            return _ANCESTOR_LINE, "fit_line_above", above
    if not lead.parts.isdisjoint(partner.lines):
        return _PART_LINE, "fit_line_below", lead.categories[0]
    return 0.0, "fit_line_none", lead.categories[0]


def _mean(parts: Sequence[tuple[float, int, Said]]) -> float:
    weight = sum(weight for _value, weight, _said in parts)
    return sum(value * weight for value, weight, _said in parts) / weight if weight else UNKNOWN
