"""Matching: who may get a lead, who suits it best, and the reasons, one by one and for many at once."""

import json
import math
import random

import numpy as np
import pytest

from leads.matching import (
    COMPONENTS,
    UNKNOWN,
    WORDS,
    Candidate,
    Component,
    Hindrance,
    LeadFacts,
    Network,
    PartnerFacts,
    Policy,
    distance_km,
    lead_from,
    norms_from,
    partner_from,
    policy_from,
    shrunken_rates,
    to_json,
)

SEOUL, BUSAN = (37.5665, 126.9780), (35.1796, 129.0756)


def of(found: list[Candidate], partner_id: int) -> Candidate:
    return next(candidate for candidate in found if candidate.partner_id == partner_id)


def value(partner: PartnerFacts, lead: LeadFacts, component: Component, *others: PartnerFacts) -> float:
    return of(Network([partner, *others]).rank(lead), partner.id).components[component]


def hindrances(
    partner: PartnerFacts, lead: LeadFacts, *others: PartnerFacts, policy: Policy | None = None
) -> list[str]:
    return [said.code for said in of(Network([partner, *others], policy).rank(lead), partner.id).hindrances]


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [(SEOUL, BUSAN, 325), ((51.5074, -0.1278), (48.8566, 2.3522), 344), ((0, 179), (0, -179), 222)],
)
def test_distance_is_that_of_the_great_circle(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(*one, *other) == pytest.approx(km, abs=1)
    assert distance_km(*one, *one) == 0


def test_near_counts_more_and_half_at_the_distance_named() -> None:
    lead = LeadFacts(1, latitude=37.5, longitude=127.0)
    north = 37.5 + math.degrees(30 / 6371)
    here = PartnerFacts(1, latitude=37.5, longitude=127.0)
    assert value(here, lead, Component.DISTANCE) == pytest.approx(1)
    assert value(PartnerFacts(1, latitude=north, longitude=127.0), lead, Component.DISTANCE) == pytest.approx(0.5)


def test_without_coordinates_covering_the_place_counts() -> None:
    lead = LeadFacts(1, territories=frozenset({7}))
    assert value(PartnerFacts(1, territories=frozenset({7})), lead, Component.DISTANCE) == UNKNOWN
    assert value(PartnerFacts(1, territories=frozenset({8})), lead, Component.DISTANCE) == 0
    assert value(PartnerFacts(1), LeadFacts(1), Component.DISTANCE) == UNKNOWN


def test_a_partner_outside_the_territory_may_not_and_one_who_covers_it_alone_shuts_out_others() -> None:
    lead = LeadFacts(1, territories=frozenset({1, 9}))
    assert hindrances(PartnerFacts(1, territories=frozenset({1})), lead) == []
    assert hindrances(PartnerFacts(1, territories=frozenset({2})), lead) == [Hindrance.TERRITORY]
    alone = PartnerFacts(2, territories=frozenset({9}), alone=frozenset({9}))
    assert hindrances(PartnerFacts(1, territories=frozenset({1})), lead, alone) == [Hindrance.ANOTHERS_TERRITORY]
    assert hindrances(alone, lead, PartnerFacts(1, territories=frozenset({1}))) == []
    assert hindrances(PartnerFacts(1), lead, alone, policy=Policy(by_territory=False)) == []


def test_who_covers_alone_but_may_get_no_leads_shuts_nobody_out() -> None:
    lead = LeadFacts(1, territories=frozenset({1}))
    ended = PartnerFacts(2, territories=frozenset({1}), alone=frozenset({1}), obstacles=("The partner is at “Ended”",))
    assert hindrances(PartnerFacts(1, territories=frozenset({1})), lead, ended) == []


def test_where_no_territory_holds_the_place_the_country_decides() -> None:
    lead = LeadFacts(1, country="KR")
    assert hindrances(PartnerFacts(1, country="JP"), lead) == [Hindrance.TERRITORY]
    assert hindrances(PartnerFacts(1, country="KR"), lead) == []
    assert hindrances(PartnerFacts(1), lead) == []


def test_product_lines_decide_and_the_nearest_line_fits_best() -> None:
    lead = LeadFacts(1, categories=("vinyl", "flooring"), parts=frozenset({"luxury-vinyl"}))
    exact, above, below, other, none = (
        PartnerFacts(number, lines=frozenset(lines))
        for number, lines in enumerate([["vinyl"], ["flooring"], ["luxury-vinyl"], ["doors"], []], start=1)
    )
    found = Network([exact, above, below, other, none]).rank(lead)
    assert [candidate.partner_id for candidate in found if candidate.is_eligible] == [1, 2, 3]
    assert [of(found, number).components["fit"] for number in (1, 2, 3, 4, 5)] == pytest.approx([1, 0.8, 0.6, 0, 0])
    assert [said.code for said in of(found, 4).hindrances] == [Hindrance.LINE]
    assert hindrances(none, lead, exact, policy=Policy(by_line=False)) == []


def test_where_nobody_has_a_product_line_none_is_asked_for() -> None:
    assert hindrances(PartnerFacts(1), LeadFacts(1, categories=("vinyl",)), PartnerFacts(2)) == []
    assert value(PartnerFacts(1), LeadFacts(1, categories=("vinyl",)), Component.FIT) == UNKNOWN


def test_specialisations_and_language_make_the_fit_and_serving_the_customer_is_all() -> None:
    lead = LeadFacts(1, language="ja", specialisations=frozenset({"hotel", "office"}), served_by=3)
    both = PartnerFacts(1, specialisations=frozenset({"hotel", "office"}), languages=frozenset({"ja"}))
    half = PartnerFacts(2, specialisations=frozenset({"hotel"}), languages=frozenset({"ko"}))
    found = Network([both, half, PartnerFacts(3)]).rank(lead)
    assert of(found, 1).components["fit"] == 1
    assert of(found, 2).components["fit"] == pytest.approx((0.5 * 2 + 0) / 3)
    assert of(found, 3).components["fit"] == 1
    assert of(found, 3).lines[0].said[0].code == "fit_serves"


def test_who_is_full_or_asked_or_has_nobody_or_may_not_is_left_out_with_the_reason() -> None:
    lead = LeadFacts(1, asked=frozenset({5}))
    assert hindrances(PartnerFacts(1, open=3, capacity=3), lead) == [Hindrance.CAPACITY]
    assert hindrances(PartnerFacts(1, open=2, capacity=3), lead) == []
    assert hindrances(PartnerFacts(1, open=300), lead) == []
    assert hindrances(PartnerFacts(1, capacity=0), lead) == [Hindrance.CAPACITY]
    assert hindrances(PartnerFacts(5), lead) == [Hindrance.ASKED]
    assert hindrances(PartnerFacts(1, has_people=False), lead) == [Hindrance.NOBODY]
    stopped = Network([PartnerFacts(1, obstacles=("No agreement",))]).rank(lead)[0]
    assert ([said.code for said in stopped.hindrances], stopped.obstacles) == (
        [Hindrance.NOT_ALLOWED],
        ("No agreement",),
    )


def test_win_rates_are_shrunk_toward_the_group_the_more_the_less_is_known() -> None:
    won, closed = np.array([1, 30, 0, 5, 8, 12]), np.array([1, 60, 0, 20, 40, 40])
    rates, norms = shrunken_rates(won, closed, np.zeros(6, dtype=np.int64))
    mean, weight = norms[0]
    assert mean == pytest.approx(56 / 161)
    assert weight > 1
    assert rates[2] == pytest.approx(mean)
    assert rates[0] < rates[1]  # one of one does not beat thirty of sixty
    assert all(min(mean, w / c) <= rate <= max(mean, w / c) for rate, w, c in zip(rates, won, closed, strict=True) if c)


def test_the_spread_found_by_moments_is_that_of_the_beta_it_was_drawn_from() -> None:
    draw = np.random.default_rng(7)
    truth = draw.beta(6, 14, size=4000)  # mean 0.3, weight 20
    closed = draw.integers(5, 60, size=4000)
    won = draw.binomial(closed, truth)
    rates, norms = shrunken_rates(won, closed, np.zeros(4000, dtype=np.int64))
    assert norms[0][0] == pytest.approx(0.3, abs=0.01)
    assert norms[0][1] == pytest.approx(20, rel=0.15)
    assert np.mean((rates - truth) ** 2) < 0.75 * np.mean((won / closed - truth) ** 2)


def test_partners_that_differ_only_by_chance_are_all_judged_alike() -> None:
    draw = np.random.default_rng(3)
    closed = draw.integers(5, 60, size=500)
    rates, _norms = shrunken_rates(draw.binomial(closed, 0.25), closed, np.zeros(500, dtype=np.int64))
    assert rates.std() < 0.02


def test_a_small_group_is_judged_by_all_and_a_group_of_its_own_by_itself() -> None:
    won, closed = np.array([9] * 10 + [1] * 10 + [0]), np.array([10] * 10 + [10] * 10 + [0])
    groups = np.array([1] * 10 + [2] * 10 + [3])
    rates, norms = shrunken_rates(won, closed, groups)
    assert rates[0] > 0.85
    assert rates[10] < 0.15
    assert norms[3] == norms[-1]
    assert shrunken_rates(np.array([0]), np.array([0]), np.array([1]))[0][0] == pytest.approx(0.2)


def test_quick_and_free_and_seldom_asked_partners_stand_ahead() -> None:
    lead = LeadFacts(0)
    slow, quick = PartnerFacts(1, answers=20, answer_hours=12), PartnerFacts(2, answers=20, answer_hours=1)
    assert value(quick, lead, Component.SPEED, slow) > 0.65 > 0.35 > value(slow, lead, Component.SPEED, quick)
    assert value(PartnerFacts(1, open=5, capacity=10), lead, Component.LOAD) == 0.5
    assert value(PartnerFacts(1, open=5), lead, Component.LOAD) == 0.75
    few, many = PartnerFacts(1, recent=1), PartnerFacts(2, recent=19)
    assert value(few, lead, Component.FAIRNESS, many) > 0.9
    assert value(many, lead, Component.FAIRNESS, few) < 0.4
    assert value(PartnerFacts(1, recent=10), lead, Component.FAIRNESS, PartnerFacts(2, recent=10)) == pytest.approx(
        11 / 21
    )


def test_the_total_is_the_mean_by_weight_and_every_component_lies_between_0_and_1() -> None:
    network, leads = _network(60), _leads(40)
    for lead in leads:
        for candidate in network.rank(lead):
            assert all(0 <= line.value <= 1 for line in candidate.lines)
            assert candidate.total == pytest.approx(sum(line.points for line in candidate.lines))
            assert all(said.words % said.facts for line in candidate.lines for said in line.said)
            assert all(said.words % said.facts for said in candidate.hindrances)


def test_weights_decide_and_without_any_all_count_alike() -> None:
    assert Policy(weights={"fit": 2, "load": 2}).shares.tolist() == [0.5, 0, 0, 0, 0.5, 0]
    assert Policy(weights={}).shares.tolist() == [1 / 6] * 6
    assert Policy(weights={"fit": -4, "speed": 1}).shares.tolist() == [0, 0, 0, 1, 0, 0]
    near = PartnerFacts(1, latitude=SEOUL[0], longitude=SEOUL[1], won=1, closed=40)
    good = PartnerFacts(2, latitude=BUSAN[0], longitude=BUSAN[1], won=35, closed=40)
    lead = LeadFacts(1, latitude=SEOUL[0], longitude=SEOUL[1])
    assert Network([near, good], Policy(weights={"distance": 1})).rank(lead)[0].partner_id == 1
    assert Network([near, good], Policy(weights={"win_rate": 1})).rank(lead)[0].partner_id == 2


def test_the_best_of_many_leads_are_those_that_one_by_one_stand_first() -> None:
    network, leads = _network(90), _leads(700)
    best = network.best(leads, most=8)
    for row, lead in enumerate(leads):
        alone = [candidate for candidate in network.rank(lead) if candidate.is_eligible]
        assert best.eligible[row] == len(alone)
        found = [network.partners[position].id for position in best.partners[row].tolist() if position >= 0]
        assert found == [candidate.partner_id for candidate in alone[:8]]
        assert best.totals[row, : len(found)].tolist() == [candidate.total for candidate in alone[:8]]
        for place, candidate in enumerate(alone[:8]):
            expected = [candidate.components[name] for name in COMPONENTS]
            assert best.components[row, place].tolist() == pytest.approx(expected, abs=1e-6)


def test_of_equals_the_first_comes_first_also_where_the_line_is_drawn() -> None:
    network = Network(PartnerFacts(number) for number in range(40, 0, -1))
    assert [candidate.partner_id for candidate in network.rank(LeadFacts(1))] == list(range(1, 41))
    assert network.best([LeadFacts(1)], most=5).partners.tolist() == [[0, 1, 2, 3, 4]]


def test_nobody_and_nothing() -> None:
    assert Network([]).rank(LeadFacts(1)) == []
    assert Network([]).best([LeadFacts(1)]).partners.shape == (1, 0)
    assert Network([PartnerFacts(1)]).best([]).partners.shape == (0, 1)


def test_a_decision_is_replayed_from_what_was_stored() -> None:
    network, lead = _network(90), _leads(1)[0]
    first = [candidate for candidate in network.rank(lead) if candidate.is_eligible][:5]
    kept = json.loads(
        json.dumps(
            {
                "lead": to_json(lead),
                "policy": to_json(network.policy),
                "norms": to_json(network.norms),
                "partners": [to_json(p) for p in network.partners if p.id in {each.partner_id for each in first}],
            }
        )
    )
    again = Network(
        [partner_from(each) for each in kept["partners"]],
        policy_from(kept["policy"]),
        norms=norms_from(kept["norms"]),
    )
    assert again.rank(lead_from(kept["lead"])) == first


def test_every_code_has_its_words() -> None:
    assert set(Hindrance) <= set(WORDS)


def _network(count: int) -> Network:
    pick = random.Random(count)
    lines = [f"C{number}" for number in range(8)]
    return Network(
        PartnerFacts(
            number * 3,
            group=number % 4,
            lines=frozenset(pick.sample(lines, 3)),
            languages=frozenset(pick.sample(["ko", "ja", "en"], 2)),
            specialisations=frozenset(pick.sample(["hotel", "office", "home"], 1)),
            territories=frozenset(pick.sample(range(10), 4)),
            alone=frozenset({90}) if number == 5 else frozenset(),
            country="KR",
            latitude=None if number % 9 == 0 else 33 + 5 * pick.random(),
            longitude=None if number % 9 == 0 else 126 + 3 * pick.random(),
            closed=number % 40,
            won=pick.randrange(number % 40 + 1),
            answers=pick.randrange(9),
            answer_hours=9 * pick.random(),
            open=pick.randrange(20),
            capacity=pick.choice([None, 15, 30]),
            recent=pick.randrange(30),
            obstacles=("Ended",) if number % 11 == 0 else (),
            has_people=number % 13 != 0,
        )
        for number in range(1, count + 1)
    )


def _leads(count: int) -> list[LeadFacts]:
    pick = random.Random(count)
    return [
        LeadFacts(
            number,
            categories=(f"C{pick.randrange(8)}", "root") if number % 5 else (),
            territories=frozenset({90 if number % 50 == 0 else pick.randrange(10)}) if number % 7 else frozenset(),
            country="KR",
            latitude=None if number % 6 == 0 else 33 + 5 * pick.random(),
            longitude=None if number % 6 == 0 else 126 + 3 * pick.random(),
            language="ja" if number % 3 else "",
            specialisations=frozenset({"hotel"}) if number % 4 == 0 else frozenset(),
            served_by=3 * pick.randrange(1, 60) if number % 10 == 0 else None,
            asked=frozenset(3 * pick.randrange(1, 60) for _ in range(number % 4)),
        )
        for number in range(1, count + 1)
    ]
