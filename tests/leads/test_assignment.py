"""The distribution of many leads at once, proved against every other distribution of small pools."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.assignment import (
    AssignmentError,
    Reserved,
    Shortfall,
    Unplaced,
    assign,
    gini,
    greedy,
    round_robin,
)

PARTNERS = (11, 12, 13, 14)


@st.composite
def pools(draw):
    """Up to five leads, whose values are whole numbers so that sums are exact, and how many each partner can take."""
    values = {
        lead: draw(st.dictionaries(st.sampled_from(PARTNERS), st.integers(0, 60).map(float), max_size=4))
        for lead in range(draw(st.integers(1, 5)))
    }
    return values, draw(st.dictionaries(st.sampled_from(PARTNERS), st.integers(0, 3), max_size=4))


def every_distribution(values, capacities, maximum_share):
    """All that are allowed, as lead -> partner or None."""
    leads = list(values)
    by_share = max(1, math.floor(maximum_share * len(leads) + 1e-9))
    for choice in itertools.product(*([None, *values[lead]] for lead in leads)):
        load = Counter(partner for partner in choice if partner is not None)
        if all(count <= min(capacities.get(partner, len(leads)), by_share) for partner, count in load.items()):
            yield {lead: partner for lead, partner in zip(leads, choice, strict=True) if partner is not None}


def worth(values, partner_of):
    return sum(values[lead][partner] for lead, partner in partner_of.items())


SHARES = st.sampled_from([0.25, 0.34, 0.5, 1.0])


@settings(max_examples=150, deadline=None)
@given(pools(), SHARES)
def test_no_other_distribution_is_worth_more(pool, maximum_share):
    values, capacities = pool

    found = assign(values, capacities, maximum_share=maximum_share)

    allowed = list(every_distribution(values, capacities, maximum_share))
    assert found.partner_of in allowed
    best = max(allowed, key=lambda partner_of: (worth(values, partner_of), len(partner_of)))
    assert (found.value, len(found.partner_of)) == (worth(values, best), len(best))
    assert found.partner_of.keys() | found.unplaced.keys() == values.keys()
    assert not found.shortfalls


@settings(max_examples=150, deadline=None)
@given(pools(), st.sampled_from([0.0, 0.2, 0.25]), st.sampled_from([0.0, 0.2, 0.5]), st.sets(st.sampled_from(PARTNERS)))
def test_reservations_come_first_and_the_best_of_what_keeps_them_is_found(pool, minimum_share, exploration, new):
    values, capacities = pool
    candidates = {partner for of_lead in values.values() for partner in of_lead}
    known_new = new & candidates
    least = math.floor(minimum_share * len(values) + 1e-9)
    for_new = math.ceil(exploration * len(values) - 1e-9) if known_new else 0

    found = assign(values, capacities, minimum_share=minimum_share, exploration=exploration, new_partners=new)

    def rank(partner_of):
        load = Counter(partner_of.values())
        kept = sum(min(load[partner], least) for partner in candidates)
        return kept + min(for_new, sum(load[partner] for partner in known_new)), worth(values, partner_of)

    best = max(every_distribution(values, capacities, 1.0), key=rank)
    assert rank(found.partner_of) == rank(best)
    load = found.load
    assert {shortfall.what for shortfall in found.shortfalls} == {
        *([Reserved.MINIMUM] if any(load[partner] < least for partner in candidates) else []),
        *([Reserved.EXPLORATION] if sum(load[partner] for partner in known_new) < for_new else []),
    }


@settings(max_examples=80, deadline=None)
@given(pools(), SHARES)
def test_the_other_ways_are_allowed_too_and_never_worth_more(pool, maximum_share):
    values, capacities = pool

    best = assign(values, capacities, maximum_share=maximum_share)

    for way in (round_robin, greedy):
        other = way(values, capacities, maximum_share=maximum_share)
        assert other.partner_of in list(every_distribution(values, capacities, maximum_share))
        assert other.value <= best.value


@settings(max_examples=60, deadline=None)
@given(pools(), st.randoms(use_true_random=False))
def test_the_order_in_which_leads_and_candidates_are_named_makes_no_difference(pool, rng):
    values, capacities = pool
    leads = list(values)
    rng.shuffle(leads)
    mixed = {lead: dict(rng.sample(list(values[lead].items()), len(values[lead]))) for lead in leads}

    assert assign(mixed, capacities).partner_of == assign(values, capacities).partner_of


def test_one_by_one_takes_what_is_worth_more_together():
    values = {1: {11: 100.0, 12: 90.0}, 2: {11: 80.0, 12: 10.0}}

    assert greedy(values, {11: 1, 12: 1}).value == 110
    assert assign(values, {11: 1, 12: 1}).partner_of == {1: 12, 2: 11}


def test_turns_go_round_among_those_who_may():
    values = {lead: {11: 1.0, 12: 9.0, 13: 1.0} for lead in range(6)} | {6: {12: 1.0}}

    assert round_robin(values, {13: 1}).partner_of == {0: 11, 1: 12, 2: 13, 3: 11, 4: 12, 5: 11, 6: 12}


def test_who_is_left_out_is_told_why():
    found = assign({1: {11: 5.0}, 2: {11: 7.0}, 3: {}}, {11: 1})

    assert found.partner_of == {2: 11}
    assert found.unplaced == {1: Unplaced.FULL, 3: Unplaced.NO_CANDIDATE}


def test_a_lead_worth_nothing_is_placed_rather_than_left():
    assert assign({1: {11: 0.0}, 2: {12: 0.0}}, {}).partner_of == {1: 11, 2: 12}


def test_minimum_shares_that_cannot_be_kept_are_kept_as_far_as_possible_and_reported():
    values = {1: {11: 9.0, 12: 1.0}, 2: {11: 9.0}, 3: {11: 9.0}, 4: {11: 9.0, 13: 1.0}}

    found = assign(values, {13: 0}, minimum_share=0.25)

    assert found.partner_of == {1: 12, 2: 11, 3: 11, 4: 11}
    assert found.shortfalls == (Shortfall(Reserved.MINIMUM, wanted=3, given=2, partners=1),)


def test_new_partners_get_their_share_where_it_costs_least():
    values = {lead: {11: 10.0 + lead, 12: 10.0 - lead} for lead in range(4)}

    found = assign(values, {}, exploration=0.25, new_partners=[12, 99])

    assert found.partner_of == {0: 12, 1: 11, 2: 11, 3: 11}
    assert assign({1: {12: 1.0}, 2: {11: 1.0}}, {}, exploration=1.0, new_partners=[12]).shortfalls == (
        Shortfall(Reserved.EXPLORATION, wanted=2, given=1, partners=1),
    )


def test_values_of_very_different_size_are_told_apart():
    values = {1: {11: 5e12, 12: 4e12}, 2: {11: 40_000.0, 12: 30_000.0}}

    assert assign(values, {}).partner_of == {1: 11, 2: 11}


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ({1: {11: -1.0}}, {}, "expected value"),
        ({1: {11: math.nan}}, {}, "expected value"),
        ({1: {11: 1.0}}, {"maximum_share": 1.2}, "maximum share"),
        ({1: {11: 1.0}}, {"minimum_share": 0.5, "maximum_share": 0.2}, "larger"),
    ],
)
def test_what_makes_no_sense_is_refused(values, options, words):
    with pytest.raises(AssignmentError, match=words):
        assign(values, {}, **options)


def test_nothing_to_distribute():
    assert assign({}, {}).partner_of == {}
    assert assign({1: {}}, {11: 3}).unplaced == {1: Unplaced.NO_CANDIDATE}


@pytest.mark.parametrize(
    ("loads", "expected"), [([], 0), ([0, 0], 0), ([3, 3, 3], 0), ([0, 0, 0, 8], 0.75), ([1, 2, 3, 4], 0.25)]
)
def test_gini(loads, expected):
    assert gini(loads) == pytest.approx(expected)
