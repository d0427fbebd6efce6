"""Which partner may get a lead, which suits it best, and why: the same for one lead and for ten thousand at once.

Pure: no Django, no database. What is known comes in as `LeadFacts` and `PartnerFacts`; `Network` answers. Each component
is a number from 0 to 1, the total their mean by the manufacturer's weights. Methods and sources:

- Win rates are shrunk toward those of the partner's group, as far as the partners of the group differ truly rather than
  by chance (empirical Bayes: Efron and Morris, "Data analysis using Stein's estimator", JASA 70, 1975), with a
  beta-binomial whose mean and spread are found by moments, weighted by size (Kleinman, "Proportions with extraneous
  variance: single and independent samples", JASA 68, 1973). One lead won of one does not beat thirty of sixty.
- Times of answer are shrunk toward the network's mean as if it had been seen `_TIMES` times before (a normal mean with a
  known prior weight; Efron and Morris as above).
- Distance is that of the great circle (haversine; Sinnott, "Virtues of the haversine", Sky and Telescope 68, 1984), by
  the chord between unit vectors, which is the same thing and one matrix product; its worth halves every so many
  kilometres, as the chance of a deal decays with distance (Huff, "Defining and estimating a trading area", Journal of
  Marketing 28, 1964).
- Fairness compares what a partner received in the last 90 days with its share by capacity: need for service as in fair
  queueing (Demers, Keshav and Shenker, "Analysis and simulation of a fair queueing algorithm", SIGCOMM 1989).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0
FAIR_DAYS = 90
"""Fairness looks back so far."""
BEST = 30
"""So many candidates for each lead are enough for an assignment of the whole pool."""

UNKNOWN = 0.5
"""What a component is worth where nothing is known: neither for nor against."""
_TIMES = 3
_EXPECTED_RATE, _EXPECTED_WEIGHT = 0.2, 5
"""Before any lead is closed every fifth is expected to be won, as firmly as five closed leads would say it."""
_FEWEST_IN_GROUP = 5
"""With fewer partners that closed leads, a group is judged by the whole network."""
_LEAST_SPREAD, _MOST_SPREAD = 1 / 1001, 1 / 3
_LINE_WEIGHT, _SPECIALISATION_WEIGHT, _LANGUAGE_WEIGHT = 3, 2, 1
_ANCESTOR_LINE, _PART_LINE = 0.8, 0.6
_CHUNK = 64

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def gettext_noop(words: str) -> str:
    """Marks words for translation; the pages that show them translate."""
    return words


class Component(StrEnum):
    """What the total is made of."""

    FIT = "fit"
    DISTANCE = "distance"
    WIN_RATE = "win_rate"
    SPEED = "speed"
    LOAD = "load"
    FAIRNESS = "fairness"


COMPONENTS = tuple(Component)


class Hindrance(StrEnum):
    """Why a partner may not get a lead."""

    NOT_ALLOWED = "not_allowed"
    NOBODY = "nobody"
    TERRITORY = "territory"
    ANOTHERS_TERRITORY = "anothers_territory"
    LINE = "line"
    CAPACITY = "capacity"
    ASKED = "asked"


HINDRANCES = tuple(Hindrance)

WORDS: dict[str, str] = {
    Hindrance.NOT_ALLOWED: gettext_noop("May not receive leads now"),
    Hindrance.NOBODY: gettext_noop("Nobody there can answer an offer"),
    Hindrance.TERRITORY: gettext_noop("Does not cover the place"),
    Hindrance.ANOTHERS_TERRITORY: gettext_noop("Another partner covers the place alone"),
    Hindrance.LINE: gettext_noop("Is not authorised for %(line)s"),
    Hindrance.CAPACITY: gettext_noop("Is full: %(open)s of %(capacity)s leads it can work on"),
    Hindrance.ASKED: gettext_noop("Was asked already"),
    "fit_serves": gettext_noop("Serves this customer already"),
    "fit_line": gettext_noop("Authorised for %(line)s"),
    "fit_line_above": gettext_noop("Authorised for %(line)s, which this is a part of"),
    "fit_line_below": gettext_noop("Authorised for a part of %(line)s"),
    "fit_line_none": gettext_noop("Not authorised for %(line)s"),
    "fit_specialisations": gettext_noop("%(held)s of %(wanted)s specialisations asked for"),
    "fit_language": gettext_noop("Speaks the customer's language"),
    "fit_language_none": gettext_noop("Does not speak the customer's language"),
    "fit_unknown": gettext_noop("Nothing is asked for that partners differ in"),
    "distance_km": gettext_noop("%(km)s km away"),
    "distance_covers": gettext_noop("Covers the place; the distance is not known"),
    "distance_unknown": gettext_noop("The distance is not known"),
    "win_rate": gettext_noop(
        "Won %(won)s of %(closed)s closed leads, counted as %(rate)s %%; its group has %(mean)s %%"
    ),
    "win_rate_none": gettext_noop("Has closed no lead yet, counted as its group: %(mean)s %%"),
    "speed": gettext_noop("Answers within %(hours)s business hours (%(answers)s offers)"),
    "speed_none": gettext_noop("Has answered no offer yet, counted as the others: %(hours)s business hours"),
    "load": gettext_noop("Works on %(open)s of %(capacity)s leads it can work on"),
    "load_usual": gettext_noop("Works on %(open)s leads; %(capacity)s are usual, as it has named no limit"),
    "fairness": gettext_noop("Received %(recent)s leads in %(days)s days; its share is %(share)s"),
}
"""What is said of a component or hindrance, by code. English; the pages that show it translate."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to be said: the code of its words (`WORDS`) and what to fill in."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return WORDS[self.code]


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What matching needs to know of a lead; whatever is not known stays empty.

    categories: its product category and all above it, from its own to the root; parts: those below its own.
    territories: all that its address lies in. served_by: the partner that serves this customer already.
    asked: the partners that were offered it and did not take it.
    """

    id: int
    categories: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    territories: frozenset[int] = frozenset()
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    language: str = ""
    specialisations: frozenset[str] = frozenset()
    served_by: int | None = None
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What matching needs to know of a partner.

    group: whose win rates its own is shrunk toward (its kind). alone: the territories that it covers alone.
    open: leads it works on and offers it has to answer now; recent: leads and offers it received in the last 90 days.
    answer_hours: its mean time of answer in business hours over `answers` offers, those it let run out counted in full.
    obstacles: why it may not receive leads at all, in words. has_people: whether anybody can answer an offer.
    """

    id: int
    group: int = 0
    lines: frozenset[str] = frozenset()
    specialisations: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    territories: frozenset[int] = frozenset()
    alone: frozenset[int] = frozenset()
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    won: int = 0
    closed: int = 0
    answers: int = 0
    answer_hours: float = 0.0
    open: int = 0
    capacity: int | None = None
    recent: int = 0
    obstacles: tuple[str, ...] = ()
    has_people: bool = True


DEFAULT_WEIGHTS: Mapping[str, float] = {
    Component.FIT: 25,
    Component.DISTANCE: 20,
    Component.WIN_RATE: 25,
    Component.SPEED: 10,
    Component.LOAD: 10,
    Component.FAIRNESS: 10,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """How a manufacturer wants partners compared.

    near_km: the distance at which nearness is worth half. quick_hours: the time of answer that is worth half.
    usual_capacity: against which the load of partners without a limit is seen.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    near_km: float = 30.0
    quick_hours: float = 4.0
    usual_capacity: int = 20
    by_territory: bool = True
    by_line: bool = True

    @property
    def shares(self) -> Floats:
        """The weights in the order of `COMPONENTS`, adding up to 1; all equal where none is above 0."""
        given = np.array([max(0.0, float(self.weights.get(each, 0))) for each in COMPONENTS])
        return given / given.sum() if given.sum() > 0 else np.full(len(COMPONENTS), 1 / len(COMPONENTS))


@dataclass(frozen=True, slots=True)
class Norms:
    """What one partner's figures are compared with: kept with a decision, so that a few of its partners suffice to
    replay it exactly.

    rates: by group, the mean win rate and how many leads it weighs; group -1 is the whole network.
    hours: the mean time of answer. recent: leads received by all in 90 days; capacity: that of all together.
    uses_lines: whether anybody is authorised for a product line at all. alone: territories that somebody covers alone.
    """

    rates: Mapping[int, tuple[float, float]]
    hours: float
    recent: int
    capacity: int
    uses_lines: bool
    alone: frozenset[int]


@dataclass(frozen=True, slots=True)
class Line:
    """One component of a candidate: its value from 0 to 1, its share of the total, and the reasons in words."""

    component: Component
    value: float
    share: float
    said: tuple[Said, ...]

    @property
    def points(self) -> float:
        """What it adds to the total."""
        return self.value * self.share


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner compared with a lead: why it, or why not it."""

    partner_id: int
    total: float
    lines: tuple[Line, ...]
    hindrances: tuple[Said, ...]
    obstacles: tuple[str, ...] = ()
    """What stands behind `Hindrance.NOT_ALLOWED`, in words."""

    @property
    def is_eligible(self) -> bool:
        return not self.hindrances

    @property
    def components(self) -> dict[str, float]:
        return {line.component.value: line.value for line in self.lines}


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


def shrunken_rates(won: Ints, closed: Ints, groups: Ints) -> tuple[Floats, dict[int, tuple[float, float]]]:
    """Each partner's win rate shrunk toward its group's, and by group (mean, weight in leads); -1 is all together."""
    norms = {-1: _moments(won, closed) or _prior(won, closed)}
    for group in np.unique(groups).tolist():
        inside = groups == group
        norms[group] = _moments(won[inside], closed[inside]) or norms[-1]
    return _shrink(won, closed, groups, norms), norms


def _shrink(won: Ints, closed: Ints, groups: Ints, norms: Mapping[int, tuple[float, float]]) -> Floats:
    pairs = np.array([norms.get(group, norms[-1]) for group in groups.tolist()], dtype=float).reshape(-1, 2)
    mean, weight = pairs[:, 0], pairs[:, 1]
    shrunk: Floats = (won + mean * weight) / (closed + weight)
    return shrunk


def _prior(won: Ints, closed: Ints) -> tuple[float, float]:
    """The mean where too little is known to tell how partners differ."""
    mean = (won.sum() + _EXPECTED_RATE * _EXPECTED_WEIGHT) / (closed.sum() + _EXPECTED_WEIGHT)
    return float(mean), 10.0


def _moments(won: Ints, closed: Ints) -> tuple[float, float] | None:
    """Mean and weight of the beta distribution of win rates, by moments; None where too few partners closed leads."""
    known = closed > 0
    if int(known.sum()) < _FEWEST_IN_GROUP:
        return None
    sizes, wins = closed[known].astype(float), won[known].astype(float)
    total, groups = sizes.sum(), len(sizes)
    mean = wins.sum() / total
    if not 0 < mean < 1:
        return None
    between = (sizes * (wins / sizes - mean) ** 2).sum() / (mean * (1 - mean))
    room = total - (sizes**2).sum() / total - (groups - 1)
    spread = (between - (groups - 1)) / room if room > 0 else _LEAST_SPREAD
    spread = min(max(spread, _LEAST_SPREAD), _MOST_SPREAD)
    return float(mean), float(1 / spread - 1)


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres on the great circle."""
    one, other = _vectors([latitude], [longitude]), _vectors([other_latitude], [other_longitude])
    return float(_kilometres(one, other)[0, 0])


def _vectors(latitudes: Sequence[float | None], longitudes: Sequence[float | None]) -> Floats:
    """Unit vectors of places; NaN where a place is not known."""
    latitude = np.radians(np.array([math.nan if each is None else float(each) for each in latitudes]))
    longitude = np.radians(np.array([math.nan if each is None else float(each) for each in longitudes]))
    around = np.cos(latitude)
    return np.stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)], axis=1)


def _kilometres(ones: Floats, others: Floats) -> Floats:
    """Distances between all `ones` and all `others`. Half the chord is the sine of half the angle: the haversine."""
    found: Floats = ones[:, :1] * others[:, 0]
    for axis in (1, 2):  # not `@`: for so short a sum its threads cost more than they bring
        found += ones[:, axis : axis + 1] * others[:, axis]
    np.subtract(1, found, out=found)
    found *= 0.5
    np.clip(found, 0.0, 1.0, out=found)
    np.sqrt(found, out=found)
    np.arcsin(found, out=found)
    found *= 2 * EARTH_RADIUS_KM
    return found


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
        self._places = _vectors([p.latitude for p in self.partners], [p.longitude for p in self.partners])
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
        return _shrink(self._won, self._closed, self._groups, self.norms.rates)

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
            may = np.array([not is_asked or _line_of(lead, p)[0] > 0 for p in self.partners], dtype=bool)
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
        places = _vectors([lead.latitude for lead in leads], [lead.longitude for lead in leads])
        kilometres = _kilometres(places, self._places)
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
        if not self._fits(lead)[0][position]:
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


# --- As stored with a decision --------------------------------------------------------------------------------------


def to_json(facts: LeadFacts | PartnerFacts | Policy | Norms) -> dict[str, Any]:
    """Facts, policy or norms as JSON can hold them; sets become sorted lists."""
    return {
        name: sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(facts).items()
    }


def lead_from(kept: Mapping[str, Any]) -> LeadFacts:
    """The lead's facts as a decision kept them."""
    sets = {name: frozenset(kept[name]) for name in ("parts", "territories", "specialisations", "asked")}
    return LeadFacts(**{**kept, **sets, "categories": tuple(kept["categories"])})


def partner_from(kept: Mapping[str, Any]) -> PartnerFacts:
    """A partner's facts as a decision kept them."""
    names = ("lines", "specialisations", "languages", "territories", "alone")
    return PartnerFacts(
        **{**kept, **{name: frozenset(kept[name]) for name in names}, "obstacles": tuple(kept["obstacles"])}
    )


def policy_from(kept: Mapping[str, Any]) -> Policy:
    """The policy that a decision was made by."""
    return Policy(**kept)


def norms_from(kept: Mapping[str, Any]) -> Norms:
    """What the partners of a decision were compared with."""
    rates = {int(group): (float(mean), float(weight)) for group, (mean, weight) in kept["rates"].items()}
    return Norms(**{**kept, "rates": rates, "alone": frozenset(kept["alone"])})
