"""Many leads over many partners at once, so that the expected value of all of them together is greatest.

A flow of least cost, solved exactly by OR-tools: one unit runs from each lead to one of its candidates, or past all of
them, and from each partner as many units as it may get. Costs are whole numbers: the greatest value becomes `FINEST` (less
where there are very many leads, so that no sum overflows), and values closer than that count as equal. Each placed lead
counts one more, so that a lead worth nothing is placed rather than left.

What is reserved (minimum shares, the share of new partners) comes before any value: units that fill a reservation carry a
bonus greater than all values together. So a reservation that cannot be kept is kept as far as it can be, and the rest is
reported as a `Shortfall`. The same input gives the same answer, in whatever order leads and candidates are named.

`round_robin` and `greedy` are what other ways would do with the same leads. Knows no Django and no database.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from ortools.graph.python import min_cost_flow

FINEST = 1_000_000_000
"""The greatest value as a whole number, where it need not be less."""
LARGEST_COST = 2**61
"""What a cost times the number of nodes must stay under: the solver multiplies them in 64 bits."""

Values = Mapping[int, Mapping[int, float]]
"""Lead -> candidate partner -> expected value, not negative. Sparse: who is no candidate does not appear."""


class AssignmentError(ValueError):
    """Values, shares or capacities that make no sense."""


class Unplaced(StrEnum):
    """Why a lead goes to nobody: nobody may get it, or all who may are full."""

    NO_CANDIDATE = "no_candidate"
    FULL = "full"


class Reserved(StrEnum):
    """What is reserved before values count."""

    MINIMUM = "minimum"
    EXPLORATION = "exploration"


@dataclass(frozen=True)
class Shortfall:
    """A reservation that could not be kept whole."""

    what: Reserved
    wanted: int
    """So many leads were reserved ..."""
    given: int
    """... and so many of them could be given."""
    partners: int
    """How many partners get less than was reserved for them; of new partners: how many there are."""


@dataclass(frozen=True)
class Assignment:
    """Who gets what."""

    partner_of: dict[int, int]
    value: float
    """The expected value of all placed leads together."""
    unplaced: dict[int, Unplaced] = field(default_factory=dict)
    shortfalls: tuple[Shortfall, ...] = ()

    @property
    def load(self) -> Counter[int]:
        """How many leads each partner gets."""
        return Counter(self.partner_of.values())


def assign(
    values: Values,
    capacities: Mapping[int, int],
    *,
    minimum_share: float = 0.0,
    maximum_share: float = 1.0,
    exploration: float = 0.0,
    new_partners: Iterable[int] = (),
) -> Assignment:
    """The distribution of the greatest expected value.

    capacities: how many leads a partner can take; who is not named takes any number.
    minimum_share, maximum_share: of all leads, what each partner that is a candidate gets at least and at most; rounded
        down, the most never to less than one lead.
    exploration: of all leads, what new partners get together at least; rounded up.
    """
    _check(values, capacities, {"minimum": minimum_share, "maximum": maximum_share, "exploration": exploration})
    partners = sorted({partner for candidates in values.values() for partner in candidates})
    most = _limits(partners, capacities, len(values), maximum_share)
    least = dict.fromkeys(partners, math.floor(minimum_share * len(values) + 1e-9))
    new = set(new_partners).intersection(partners)
    for_new = math.ceil(exploration * len(values) - 1e-9) if new else 0
    partner_of = _flow(values, most, least, new, for_new)
    load = Counter(partner_of.values())
    short = {partner: load[partner] for partner in partners if load[partner] < least[partner]}
    shortfalls = []
    if short:
        given = sum(min(load[partner], least[partner]) for partner in partners)
        shortfalls.append(Shortfall(Reserved.MINIMUM, sum(least.values()), given, len(short)))
    if (given := sum(load[partner] for partner in new)) < for_new:
        shortfalls.append(Shortfall(Reserved.EXPLORATION, for_new, given, len(new)))
    return _assignment(values, partner_of, tuple(shortfalls))


def round_robin(values: Values, capacities: Mapping[int, int], *, maximum_share: float = 1.0) -> Assignment:
    """Each lead, in the order of the mapping, to the candidate with room whose last turn is longest ago."""
    last_turn: dict[int, int] = {}

    def choose(turn: int, _candidates: Mapping[int, float], free: Sequence[int]) -> int:
        chosen = min(free, key=lambda partner: (last_turn.get(partner, -1), partner))
        last_turn[chosen] = turn
        return chosen

    return _one_by_one(values, capacities, maximum_share, choose)


def greedy(values: Values, capacities: Mapping[int, int], *, maximum_share: float = 1.0) -> Assignment:
    """Each lead, in the order of the mapping, to the candidate with room where it is worth most."""

    def choose(_turn: int, candidates: Mapping[int, float], free: Sequence[int]) -> int:
        return max(free, key=lambda partner: (candidates[partner], -partner))

    return _one_by_one(values, capacities, maximum_share, choose)


def gini(loads: Iterable[float]) -> float:
    """How unevenly something is shared: 0 where all have the same, towards 1 where one has everything."""
    ordered = np.sort(np.fromiter(loads, dtype=float))
    together = ordered.sum()
    if not len(ordered) or together <= 0:
        return 0.0
    places = np.arange(1, len(ordered) + 1)
    return float((2 * places - len(ordered) - 1) @ ordered / (len(ordered) * together))


def _one_by_one(
    values: Values,
    capacities: Mapping[int, int],
    maximum_share: float,
    choose: Callable[[int, Mapping[int, float], Sequence[int]], int],
) -> Assignment:
    _check(values, capacities, {"maximum": maximum_share})
    partners = {partner for candidates in values.values() for partner in candidates}
    left = _limits(partners, capacities, len(values), maximum_share)
    partner_of: dict[int, int] = {}
    for turn, (lead, candidates) in enumerate(values.items()):
        if free := [partner for partner in candidates if left[partner] > 0]:
            chosen = partner_of[lead] = choose(turn, candidates, free)
            left[chosen] -= 1
    return _assignment(values, partner_of)


def _assignment(values: Values, partner_of: dict[int, int], shortfalls: tuple[Shortfall, ...] = ()) -> Assignment:
    unplaced = {
        lead: Unplaced.FULL if candidates else Unplaced.NO_CANDIDATE
        for lead, candidates in values.items()
        if lead not in partner_of
    }
    value = math.fsum(values[lead][partner] for lead, partner in partner_of.items())
    return Assignment(partner_of, value, unplaced, shortfalls)


def _limits(partners: Iterable[int], capacities: Mapping[int, int], leads: int, maximum_share: float) -> dict[int, int]:
    """How many leads each partner gets at most."""
    by_share = max(1, math.floor(maximum_share * leads + 1e-9))
    return {partner: max(0, min(capacities.get(partner, leads), by_share)) for partner in partners}


def _check(values: Values, capacities: Mapping[int, int], shares: Mapping[str, float]) -> None:
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise AssignmentError(f"The {name} share must lie between 0 and 1, not {share}.")
    if shares.get("minimum", 0) > shares["maximum"]:
        raise AssignmentError("The minimum share is larger than the maximum share.")
    if any(capacity < 0 for capacity in capacities.values()):
        raise AssignmentError("A capacity cannot be less than nothing.")
    if not all(0 <= value < math.inf for candidates in values.values() for value in candidates.values()):
        raise AssignmentError("An expected value must be a number, and not less than nothing.")


def _flow(
    values: Values, most: Mapping[int, int], least: Mapping[int, int], new: set[int], for_new: int
) -> dict[int, int]:
    """Lead -> partner, by the flow of least cost."""
    leads, partners = sorted(values), sorted(most)
    if not partners:
        return {}
    # Nodes: the leads, the partners, a gate that new partners go through, and the end.
    first_partner, gate = len(leads), len(leads) + len(partners)
    end = gate + 1
    node_of = {partner: first_partner + place for place, partner in enumerate(partners)}
    greatest = max((max(candidates.values()) for candidates in values.values() if candidates), default=0.0)
    resolution = min(FINEST, LARGEST_COST // ((len(leads) + 1) * (end + 2)) - 1)
    bonus = (len(leads) + 1) * (resolution + 1)
    scale = resolution / greatest if greatest else 0.0

    tails, heads, capacities, costs = [], [], [], []
    for place, lead in enumerate(leads):
        candidates = values[lead]
        for partner in sorted(candidates):
            tails.append(place)
            heads.append(node_of[partner])
            costs.append(-1 - round(candidates[partner] * scale))
    capacities = [1] * len(tails)
    choices = len(tails)

    def add(tail: int, head: int, capacity: int, cost: int) -> None:
        if capacity > 0:
            tails.append(tail)
            heads.append(head)
            capacities.append(capacity)
            costs.append(cost)

    for place in range(len(leads)):
        add(place, end, 1, 0)  # to nobody
    for partner in partners:
        reserved = min(least[partner], most[partner])
        way = gate if partner in new else end
        add(node_of[partner], way, reserved, -bonus)
        add(node_of[partner], way, most[partner] - reserved, 0)
    add(gate, end, for_new, -bonus)
    add(gate, end, len(leads), 0)

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        np.array(tails, dtype=np.int32),
        np.array(heads, dtype=np.int32),
        np.array(capacities, dtype=np.int64),
        np.array(costs, dtype=np.int64),
    )
    supplies = np.zeros(end + 1, dtype=np.int64)
    supplies[: len(leads)] = 1
    supplies[end] = -len(leads)
    solver.set_nodes_supplies(np.arange(end + 1, dtype=np.int32), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"The flow was not solved: {status}.")
    chosen = np.flatnonzero(solver.flows(arcs[:choices]))
    return {leads[tails[arc]]: partners[heads[arc] - first_partner] for arc in chosen.tolist()}
