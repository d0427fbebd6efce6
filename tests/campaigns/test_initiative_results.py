"""What an initiative did, against comparable partners, and to whom it is carried over."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import initiative_words as words
from campaigns.models import Initiative, InitiativePartner
from campaigns.selectors import initiative_results as results
from campaigns.services import initiatives as services
from campaigns.services.initiatives import InitiativeError
from commerce.models import SalesDay
from partners.models import Partner
from prm_portal.demo_stories.initiatives import tell_initiatives
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.initiatives import day, draft
from tests.factories import MembershipFactory, PartnerFactory, PartnerKindFactory, PartnerMemberFactory
from valuation.comparison import Verdict

pytestmark = pytest.mark.django_db
BEGAN, OVER = 150, 100
"""Days ago."""


def bought(partner: Any, *amounts: tuple[int, int]) -> None:
    """So many days ago, that much."""
    SalesDay.objects.bulk_create(
        [
            SalesDay(
                partner=partner, date=day(-ago), amount_base=amount, returns_base=0, orders=1, lines=1, return_lines=0
            )
            for ago, amount in amounts
        ]
    )


def scene(owner: Membership, pairs: int, gain: int = 500) -> tuple[Initiative, list[Partner], list[Partner]]:
    """An initiative that ended 100 days ago, with so many partners that carried it out and as many alike that were not in
    it. Before, both bought the same; after it, the first bought more, by a little more or less than `gain`."""
    house = owner.manufacturer
    kind = PartnerKindFactory(manufacturer=house)
    initiative = draft(owner)
    did = [PartnerFactory(manufacturer=house, kind=kind, code=f"D{n:03}", name=f"Did {n}") for n in range(pairs)]
    others = [PartnerFactory(manufacturer=house, kind=kind, code=f"O{n:03}", name=f"Other {n}") for n in range(pairs)]
    begun, ended = (timezone.now() - dt.timedelta(days=ago) for ago in (BEGAN, OVER))
    with staff_scope(house.pk):
        Initiative.objects.filter(pk=initiative.pk).update(
            state="ended", started_at=begun, ended_at=ended, starts_on=day(-BEGAN), ends_on=day(-OVER), step_count=2
        )
        InitiativePartner.objects.bulk_create(
            [
                InitiativePartner(
                    initiative=initiative, partner=each, told_at=begun, started_at=begun, done_at=ended, done_count=2
                )
                for each in did
            ]
        )
        for number in range(pairs):
            # A day outside of both windows, one in each.
            size = 1000 + 400 * number
            bought(did[number], (300, 4 * size), (BEGAN + 10, size), (OVER - 10, size + gain + number % 5))
            bought(others[number], (300, 4 * size), (BEGAN + 10, size), (OVER - 10, size + number % 3))
        initiative.refresh_from_db()
    return initiative, did, others


def test_who_carried_it_out_is_compared_with_who_is_alike(manufacturer: Manufacturer, owner: Membership) -> None:
    initiative, did, others = scene(owner, 24)
    with staff_scope(manufacturer.pk):
        # Another kind, however alike in size; and one that began and did not finish.
        other_kind = PartnerFactory(manufacturer=manufacturer)
        bought(other_kind, (300, 4000), (BEGAN + 10, 1000), (OVER - 10, 90_000))
        half = others[0]
        InitiativePartner.objects.create(
            initiative=initiative, partner=half, told_at=timezone.now(), started_at=timezone.now()
        )
        result = results.result_of(initiative, owner)
    assert result is not None
    found = result.comparison
    assert (found.did, found.others, result.unfinished) == (24, 24, 1)
    assert len(found.pairs) >= 20
    assert found.verdict == Verdict.BETTER
    assert found.difference == pytest.approx(501, abs=1.5)
    assert found.low is not None
    assert found.low > 499
    assert (result.window.days, result.window.is_whole) == (90, True)
    assert result.good[0][1] == pytest.approx(501, abs=5)
    assert {each.pk for each, _gain in result.good} <= {each.pk for each in did}
    assert words.effect_sentence(result, "KRW").startswith("Partners that carried it out bought ₩50")
    said = " ".join(words.effect_lines(result, "KRW"))
    assert "24 partners carried it out, 24 did not" in said
    assert "with 95 % certainty between" in said
    assert "1 partner that began and did not finish" in said


@pytest.mark.parametrize(
    ("pairs", "state", "sentence"),
    [
        (3, {}, "Not enough yet: 3 pairs"),
        (1, {"ended_at": timezone.now() - dt.timedelta(days=20)}, "It is not over long enough"),
        (1, {"ended_at": None, "state": "running"}, "It still runs."),
    ],
)
def test_what_is_not_known_yet_is_said_plainly(
    manufacturer: Manufacturer, owner: Membership, pairs: int, state: Any, sentence: str
) -> None:
    initiative, _did, _others = scene(owner, pairs)
    with staff_scope(manufacturer.pk):
        Initiative.objects.filter(pk=initiative.pk).update(**state)
        initiative.refresh_from_db()
        result = results.result_of(initiative, owner)
        if result is not None:
            assert words.effect_sentence(result, "KRW").startswith(sentence)
            return
        assert words.not_yet(initiative, results.window_of(initiative)).startswith(sentence)
        with pytest.raises(InitiativeError, match="too early"):
            services.carry_over(initiative, by=owner)


def test_it_is_carried_over_to_those_most_like_the_good_ones(manufacturer: Manufacturer, owner: Membership) -> None:
    initiative, did, others = scene(owner, 6)
    with staff_scope(manufacturer.pk):
        # Alike in all but the country; alike but ended; and one that was in it without doing it.
        abroad = PartnerFactory(manufacturer=manufacturer, kind=did[0].kind, country="JP")
        bought(abroad, (300, 4000), (BEGAN + 10, 1000), (OVER - 10, 1000))
        Partner.objects.filter(pk=others[1].pk).update(stage="ended")
        InitiativePartner.objects.create(initiative=initiative, partner=others[2], told_at=timezone.now())
        carried = services.carry_over(initiative, by=owner)
        rows = list(InitiativePartner.objects.filter(initiative=carried))
        assert (carried.state, carried.carried_from_id, carried.names["en"]) == (
            "draft", initiative.pk, "Show the new floor (carried over)",
        )  # fmt: skip
        proposed = {row.partner_id for row in rows}
        assert proposed
        assert proposed <= {each.pk for each in (others[0], *others[3:])}
        assert all(row.told_at is None and row.like_name.startswith("Did ") for row in rows)
        assert carried.steps.count() == 2
        assert services.carry_over(initiative, by=owner) == carried  # a second click
        dropped = rows[0]
        assert services.drop_proposed(carried, InitiativePartner.objects.filter(pk=dropped.pk), by=owner) == 1
        assert services.start(carried, by=owner) == len(rows) - 1
        told = InitiativePartner.objects.filter(initiative=carried, told_at__isnull=False)
        assert set(told.values_list("partner", flat=True)) == proposed - {dropped.partner_id}


def test_nothing_good_is_nothing_to_carry_over(manufacturer: Manufacturer, owner: Membership) -> None:
    initiative, _did, _others = scene(owner, 3, gain=-800)
    with staff_scope(manufacturer.pk), pytest.raises(InitiativeError, match="did better"):
        services.carry_over(initiative, by=owner)


def test_who_sees_only_assigned_partners_compares_and_proposes_these_alone(
    manufacturer: Manufacturer, owner: Membership
) -> None:
    initiative, did, others = scene(owner, 4)
    keeper = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(manufacturer.pk):
        mine = [did[0].pk, others[0].pk, others[1].pk]
        Partner.objects.filter(pk__in=mine).update(channel_manager=keeper)
        result = results.result_of(initiative, keeper)
        assert result is not None
        assert {each.pk for each in result.companies} == set(mine)
        assert {each.partner_id for each in results.proposals(initiative, result, keeper)} <= set(mine[1:])


def test_the_comparison_is_one_query_however_many_partners(manufacturer: Manufacturer, owner: Membership) -> None:
    initiative, _did, _others = scene(owner, 5)
    with staff_scope(manufacturer.pk), CaptureQueriesContext(connection) as captured:
        results.result_of(initiative, owner)
    assert len(captured) == 1


def test_the_demo_tells_one_that_runs_one_with_a_result_and_a_draft_once(owner: Membership) -> None:
    companies = [PartnerFactory(manufacturer=owner.manufacturer, code=f"C{n:02}") for n in range(12)]
    rep = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=companies[0])
    with staff_scope(owner.manufacturer_id):
        for number, each in enumerate(companies):
            bought(each, (400, 1000), (170, 100), (50, 100 + 40 * number))
        for _time in range(2):
            tell_initiatives(owner.manufacturer, timezone.localdate())
        assert sorted(Initiative.objects.values_list("state", flat=True)) == ["draft", "ended", "running"]
        over = Initiative.objects.get(state="ended")
        result = results.result_of(over, owner)
        assert result is not None
        assert (result.window.is_whole, result.comparison.did) == (True, 3)
        assert over.rows.count() == 6
        own = InitiativePartner.objects.get(initiative__state="running", partner=rep.partner_id)
        assert (own.standing, own.done_count, own.next_due_on) == ("started", 1, day(3))
        late = InitiativePartner.objects.filter(initiative__state="running")
        assert late.filter(declined_at__isnull=True, done_count=0).exists()
        assert not late.filter(moved_at__gt=timezone.now()).exists()
