"""What pages read: why a score is what it is, what is missing, and what if."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerKindFactory
from tests.valuation.programmes import by_rank, by_target, draft, published
from tests.valuation.sales import monthly, on, sell
from valuation import selectors, services
from valuation.models import GradeChange, Programme, Score
from valuation.selectors import Explanation
from valuation.steps import Way

D = Decimal
DAY = dt.date
JUNE = DAY(2026, 6, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(manufacturer: Manufacturer) -> Programme:
    return published(
        manufacturer,
        by_target("revenue", 1000, 50),
        by_rank("orders", 30),
        by_target("return_share", 3, 10),
        by_target("growth", 10, 10),
        requires={"gold": {"active_months": 10}},
    )


@pytest.fixture
def valued(partner: Partner, sibling: Partner, programme: Programme) -> Partner:
    """A partner with 6 orders of 100 in its first year, 1 of which came back in part, and a sibling with one."""
    sell(partner, [*monthly("2026-01-10", 6, 100), on("2026-06-20", -15)])
    sell(sibling, monthly("2026-01-10", 1, 100))
    with staff_scope(partner.manufacturer_id):
        services.recompute(JUNE)
    return partner


def explained(partner: Partner, **options: Any) -> Explanation:
    with staff_scope(partner.manufacturer_id):
        found = selectors.explanation(partner, **options)
    assert found is not None
    return found


def apply(partner: Partner, way: Way) -> Explanation:
    with staff_scope(partner.manufacturer_id):
        found = selectors.what_if(partner, {step.key: step.after for step in way.steps})
    assert found is not None
    return found


def test_an_explanation_tells_what_each_kpi_gave(valued: Partner, programme: Programme) -> None:
    found = explained(valued)

    assert (found.day, found.programme, found.score) == (JUNE, programme, D("79.17"))
    assert found.tier == found.held
    assert found.tier is not None
    assert found.tier.code == "silver"
    shown = [(line.key, line.value, line.target, line.rank, line.points, line.share) for line in found.lines]
    assert shown == [
        ("revenue", D(585), D(1000), None, D("58.50"), D("32.50")),
        ("orders", D(6), None, D(100), D(100), D("33.33")),
        ("return_share", D("2.5"), D(3), None, D(120), D("13.33")),
        ("growth", None, D(10), None, None, None),
    ]
    assert sum(line.share for line in found.lines if line.share) == pytest.approx(found.score, abs=D("0.02"))
    assert [line.fills for line in found.lines] == [D("58.50"), 100, 100, 0]
    assert found.facts["last_sale_on"] == "2026-06-10"


def test_an_explanation_says_what_is_missing(valued: Partner) -> None:
    found = explained(valued)

    assert found.goal is not None
    assert found.goal.code == "gold"
    assert found.distance is not None
    assert found.distance.missing_score == D("0.83")
    assert found.distance.unmet == {"active_months": D(10)}
    assert found.distance.combined is not None
    assert [(step.key, step.is_required) for step in found.distance.combined.steps] == [
        ("active_months", True),
        ("revenue", False),
    ]


def test_the_ways_reach_the_goal_by_the_formula_itself(valued: Partner, sibling: Partner) -> None:
    for partner in (valued, sibling):
        found = explained(partner)
        assert found.distance is not None
        assert found.goal is not None
        assert found.distance.combined is not None
        for way in [*found.distance.singles, found.distance.combined]:
            then = apply(partner, way)
            assert then.score == way.score
            assert then.tier is not None
            assert then.tier.rank >= found.goal.rank


def test_what_if_nothing_changes_it_is_as_it_is(valued: Partner) -> None:
    with staff_scope(valued.manufacturer_id):
        assert selectors.what_if(valued, {}) == selectors.explanation(valued)


def test_what_if_plays_values_through(valued: Partner) -> None:
    with staff_scope(valued.manufacturer_id):
        then = selectors.what_if(valued, {"revenue": D(1000), "growth": D(10), "return_share": None})
    assert then is not None
    assert (then.score, then.tier.code if then.tier else "") == (D(100), "silver")  # months are still missing
    assert [line.value for line in then.lines] == [1000, 6, None, 10]


def test_what_if_takes_another_programme(valued: Partner) -> None:
    with staff_scope(valued.manufacturer_id):
        other = services.create_draft(draft(by_target("orders", 10)), code="other", by=None)
        then = selectors.what_if(valued, {}, programme=other)
    assert then is not None
    assert (then.score, then.programme) == (D(60), other)


def test_partners_read_their_own(valued: Partner, sibling: Partner) -> None:
    with partner_scope(valued.manufacturer_id, valued.pk):
        own = selectors.explanation(valued)
        then = selectors.what_if(valued, {"revenue": D(900)})
        assert selectors.explanation(sibling) is None
        assert selectors.what_if(sibling, {}) is None
        assert [change.partner_id for change in selectors.grade_history(valued)] == [valued.pk]
        assert list(selectors.grade_history(sibling)) == []
    assert own is not None
    assert then is not None
    assert (own.score, then.score) == (D("79.17"), D("96.67"))


def test_an_explanation_asks_few_queries(valued: Partner, django_assert_max_num_queries: Any) -> None:
    with staff_scope(valued.manufacturer_id), django_assert_max_num_queries(7):
        selectors.explanation(valued)


def test_without_a_score_there_is_nothing_to_explain(partner: Partner) -> None:
    with staff_scope(partner.manufacturer_id):
        assert selectors.explanation(partner) is None
        assert selectors.what_if(partner, {}) is None


def test_a_past_score_is_explained_by_what_was_then(valued: Partner) -> None:
    sell(valued, monthly("2026-07-10", 3, 400))
    with staff_scope(valued.manufacturer_id):
        services.recompute(DAY(2026, 9, 30))
    assert explained(valued, day=JUNE).score == D("79.17")
    assert explained(valued).day == DAY(2026, 9, 30)
    with staff_scope(valued.manufacturer_id):
        assert selectors.explanation(valued, day=DAY(2026, 7, 1)) is None


def test_who_fell_below_strives_to_keep_the_grade(partner: Partner) -> None:
    published(partner.manufacturer)
    sell(partner, [on("2025-07-01", 850)])
    with staff_scope(partner.manufacturer_id):
        services.recompute(JUNE)
        services.recompute(DAY(2026, 7, 10))
    found = explained(partner)
    assert found.tier is not None
    assert found.held is not None
    assert (found.tier.code, found.held.code, found.goal) == ("registered", "gold", found.held)
    assert found.grace_end == DAY(2027, 1, 1)


def test_at_the_top_there_is_no_goal(partner: Partner) -> None:
    published(partner.manufacturer)
    sell(partner, [on("2026-06-01", 5000)])
    with staff_scope(partner.manufacturer_id):
        services.recompute(JUNE)
    found = explained(partner)
    assert (found.goal, found.distance, found.grace_end) == (None, None, None)


def test_a_kpi_that_nobody_gives_any_more_is_shown_by_its_key(valued: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    from valuation import registry

    monkeypatch.setattr(registry, "_sources", [source for source in registry.sources() if len(source.kpis) == 1])
    found = explained(valued)
    assert next((line.key, line.kpi) for line in found.lines) == ("revenue", None)
    assert found.score == D("79.17")


# --- Programmes


def test_the_newest_version_that_has_begun_is_in_force(manufacturer: Manufacturer) -> None:
    first = published(manufacturer, effective_from=DAY(2026, 1, 1))
    with staff_scope(manufacturer.pk):
        second = services.new_version(first, by=None, effective_from=DAY(2026, 4, 1))
        assert selectors.programmes_in_force(DAY(2026, 5, 1)) == [first]
        services.publish(second, by=None)
        assert selectors.programmes_in_force(DAY(2026, 3, 31)) == [first]
        assert selectors.programmes_in_force(DAY(2026, 4, 1)) == [second]
        assert selectors.programmes_in_force(DAY(2020, 1, 1)) == [first]
        services.retire(second, by=None)
        assert selectors.programmes_in_force(DAY(2026, 5, 1)) == [first]


def test_what_begins_in_the_future_values_no_day_before(manufacturer: Manufacturer) -> None:
    later = timezone.localdate() + dt.timedelta(days=40)
    programme = published(manufacturer, effective_from=later)
    with staff_scope(manufacturer.pk):
        assert selectors.programmes_in_force(DAY(2026, 1, 1)) == []
        assert selectors.programmes_in_force(later) == [programme]


def test_a_partner_has_the_programme_of_its_kind(partner: Partner) -> None:
    manufacturer = partner.manufacturer
    other = PartnerFactory(manufacturer=manufacturer, kind=PartnerKindFactory(manufacturer=manufacturer))
    own = published(manufacturer, code="own", kinds=[partner.kind_id])
    with staff_scope(manufacturer.pk):
        assert selectors.programme_for(partner, JUNE) == own
        assert selectors.programme_for(other, JUNE) is None


# --- Lists


def test_scores_of_the_past_are_the_last_of_each_month(partner: Partner) -> None:
    today = timezone.localdate()
    first = today.replace(day=1)
    with staff_scope(partner.manufacturer_id):
        for day in (first - dt.timedelta(days=900), first - dt.timedelta(days=20), first - dt.timedelta(days=2), first):
            Score.objects.create(manufacturer=partner.manufacturer, partner=partner, day=day, score=D(day.day))
        points = selectors.score_history(partner)
    assert [point.day for point in points] == [first - dt.timedelta(days=2), first]


def test_changes_are_shown_to_who_may_see_the_partner(valued: Partner, sibling: Partner, manager: Membership) -> None:
    assigned_only = MembershipFactory(manufacturer=valued.manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(valued.manufacturer_id):
        Partner.objects.filter(pk=sibling.pk).update(channel_manager=assigned_only)
        assert {change.partner_id for change in selectors.changes_on(JUNE, manager)} == {valued.pk, sibling.pk}
        assert {change.partner_id for change in selectors.changes_on(JUNE, assigned_only)} == {sibling.pk}
        assert {count.code: count.count for count in selectors.partners_by_tier(manager)} == {
            "silver": 1,
            "registered": 1,
        }
        assert {count.code: count.count for count in selectors.partners_by_tier(assigned_only)} == {"registered": 1}
        assert GradeChange.objects.count() == 2


def test_the_latest_run_is_of_the_present(valued: Partner) -> None:
    with staff_scope(valued.manufacturer_id):
        services.recompute(DAY(2026, 3, 31))
        latest = selectors.latest_run()
        assert [run.day for run in selectors.grade_runs()] == [JUNE, DAY(2026, 3, 31)]
    assert latest is not None
    assert latest.day == JUNE
    assert (latest.result["partners"], latest.result["changed"]) == (2, 2)
