"""Replay of policies on simulated histories whose truth is known."""

import json
import random
from dataclasses import replace

import pytest

from leads.matching import Component
from leads.replay import (
    Answer,
    Mode,
    Outcome,
    PastLead,
    PastPartner,
    ReplayPolicy,
    outcome_from,
    policy_from,
    replay,
)

RATES_ONLY = {Component.WIN_RATE: 1.0}
DAYS = 24.0


def simulated(
    *, leads=1500, rates=(0.05, 0.1, 0.15, 0.2, 0.45), seed=3, choose=None, after=20 * DAYS, taught=300
) -> tuple[list[PastLead], list[PastPartner]]:
    """A history in which partner n + 1 wins with chance `rates[n]`, and leads went round in turn or as `choose` says."""
    rng = random.Random(seed)
    partners = [PastPartner(number + 1) for number in range(len(rates))]
    past = []
    for number in range(leads):
        had = choose(number, rng) if choose else partners[number % len(partners)].id
        amount = float(rng.randint(50, 150))
        at = number * 3.0
        is_won = rng.random() < rates[had - 1]
        past.append(
            PastLead(
                id=number,
                at=at,
                amount=amount,
                segment="home" if number % 3 else "project",
                candidates=tuple(partner.id for partner in partners),
                fits=(0.5,) * len(partners),
                nears=(0.5,) * len(partners),
                partner=had,
                closed_at=at + rng.uniform(0.5, 1.5) * after,
                worth=amount if is_won else 0.0,
                is_judged=number >= taught,
            )
        )
    return past, partners


def truth(past: list[PastLead], rates: tuple[float, ...], outcome: Outcome) -> float:
    """What the policy's load would really win, at the mean amount."""
    judged = [lead for lead in past if lead.is_judged]
    mean = sum(lead.amount for lead in judged) / len(judged)
    return mean * sum(count * rates[partner - 1] for partner, count in outcome.policy.load.items())


def test_a_policy_that_does_what_was_done_makes_no_difference():
    past, partners = simulated()

    outcome = replay(past, partners, ReplayPolicy(Mode.TURNS))

    assert outcome.agreed == outcome.leads == 1200
    assert (outcome.difference, outcome.low, outcome.high) == (0, 0, 0)
    assert outcome.policy.load == outcome.done.load
    assert not outcome.is_clear


def test_a_policy_as_good_as_what_was_done_seldom_shows_a_difference_beyond_chance():
    """Nobody is better than anybody else; the policy believes the figures nevertheless, and picks who had luck."""
    alarms = 0
    for seed in range(20):
        past, partners = simulated(leads=600, taught=100, rates=(0.2,) * 6, seed=seed)
        outcome = replay(past, partners, ReplayPolicy(Mode.BEST, weights=RATES_ONLY), resamples=100)
        assert outcome.agreed < outcome.leads / 2
        alarms += outcome.is_clear

    assert alarms <= 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_better_policy_shows_as_better_beyond_chance(seed):
    rates = (0.05, 0.1, 0.15, 0.2, 0.45)
    past, partners = simulated(rates=rates, seed=seed)

    outcome = replay(past, partners, ReplayPolicy(Mode.BEST, weights=RATES_ONLY))

    assert outcome.low > 0
    assert outcome.is_clear
    really = truth(past, rates, outcome) - truth(past, rates, replace(outcome, policy=outcome.done))
    assert outcome.low < really < outcome.high * 1.15
    assert outcome.policy.load[5] > 0.8 * outcome.leads
    assert outcome.policy.gini > outcome.done.gini == pytest.approx(0, abs=0.01)
    assert outcome.realised_expected == pytest.approx(outcome.realised, rel=0.15)


def test_a_worse_policy_shows_as_worse_beyond_chance():
    past, partners = simulated(choose=lambda _number, rng: 5 if rng.random() < 0.8 else rng.randint(1, 4))

    outcome = replay(past, partners, ReplayPolicy(Mode.TURNS))

    assert outcome.high < 0


def test_the_future_takes_no_part_in_a_decision():
    """Whatever comes of leads after a day, what is decided until then stays."""
    past, partners = simulated(leads=600, taught=100)
    cut = past[400].at
    rng = random.Random(9)
    changed = [
        replace(lead, worth=rng.choice([0.0, 500.0]), closed_at=lead.closed_at + 5) if lead.closed_at >= cut else lead
        for lead in past
    ]
    changed[401:] = [
        replace(lead, amount=1.0, partner=rng.randint(1, 5), answers={2: Answer(1.0, False)}) for lead in changed[401:]
    ]

    def decided(leads):
        until_cut = [replace(lead, is_judged=lead.is_judged and lead.at <= cut) for lead in leads]
        return replay(until_cut, partners, ReplayPolicy(Mode.BEST)).policy.load

    assert decided(changed) == decided(past)
    assert sum(decided(past).values()) == 301


def test_a_limit_of_open_leads_is_kept():
    past, partners = simulated(leads=400, taught=100)
    policy = ReplayPolicy(Mode.BEST, weights=RATES_ONLY)

    free, limited = replay(past, partners, policy), replay(past, partners, replace(policy, most_open=40))

    assert limited.policy.largest_share < free.policy.largest_share
    assert replay(past, partners, replace(policy, most_open=0)).policy.placed == 0


def test_weights_count():
    past, partners = simulated(leads=300, taught=50)
    near = [replace(lead, nears=(1.0, 0.1, 0.1, 0.1, 0.1)) for lead in past]

    outcome = replay(near, partners, ReplayPolicy(Mode.BEST, weights={Component.DISTANCE: 1.0}))

    assert outcome.policy.load == {1: outcome.leads}


def test_all_at_once_keeps_to_limits_and_finds_who_wins_more():
    past, partners = simulated()

    outcome = replay(past, partners, ReplayPolicy(Mode.BATCH, weights=RATES_ONLY, most_open=120))

    assert outcome.low > 0
    assert outcome.policy.placed <= outcome.leads


def test_a_lead_that_waits_costs_its_value():
    past, partners = simulated(leads=300, taught=50)

    outcome = replay(past, partners, ReplayPolicy(Mode.BEST, most_open=0))

    assert outcome.policy.value == 0
    assert outcome.difference == pytest.approx(-outcome.done.value)


def test_who_lets_offers_run_out_is_expected_to_do_so_again_and_known_answers_count():
    past, partners = simulated(leads=600, taught=200, rates=(0.3, 0.3))
    slow = [
        replace(
            lead, answers={1: Answer(30.0, True) if lead.partner == 1 else Answer(48.0, False), 2: Answer(2.0, True)}
        )
        for lead in past
    ]
    asks_one = [replace(lead, candidates=(1,), fits=(0.5,), nears=(1.0,)) for lead in slow]

    patient = replay(asks_one, partners, ReplayPolicy(Mode.BEST, answer_hours=36))
    hasty = replay(asks_one, partners, ReplayPolicy(Mode.BEST, answer_hours=4))

    assert hasty.policy.value <= patient.policy.value
    assert patient.policy.hours == pytest.approx(30, abs=1)
    assert replay(slow, partners, ReplayPolicy(Mode.FIRST, answer_hours=36)).policy.hours == pytest.approx(2)


def test_outcome_and_policy_are_kept_as_json_can_hold_them():
    past, partners = simulated(leads=200, taught=20)
    policy = ReplayPolicy(Mode.FIRST, most_open=7)

    outcome = replay(past, partners, policy, resamples=20)

    assert outcome_from(json.loads(json.dumps(outcome.as_json()))) == outcome
    assert policy_from(json.loads(json.dumps(policy.as_json()))) == policy


def test_nothing_to_replay():
    outcome = replay([], [], ReplayPolicy())

    assert (outcome.leads, outcome.difference, outcome.done.value) == (0, 0, 0)


def test_the_same_past_gives_the_same_answer():
    past, partners = simulated(leads=300, taught=50)

    assert replay(past, partners, ReplayPolicy()) == replay(list(reversed(past)), partners, ReplayPolicy())
