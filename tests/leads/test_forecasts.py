import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from leads.forecasting import Pair, bias, mape, wape
from leads.models import ForecastSnapshot, Opportunity
from leads.selectors.forecasts import forecast
from leads.services import opportunities as services
from leads.services.forecasts import take_snapshot
from leads.services.opportunities import Line
from pages.formats import percent
from tenancy.access import member_scope
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import ProductCategoryFactory, ProductFactory
from tests.leads.opportunities import opened, stages_of

TODAY = dt.date(2026, 11, 2)


def pairs(*values: tuple[int, int]) -> list[Pair]:
    return [Pair(Decimal(forecast), Decimal(actual)) for forecast, actual in values]


def test_errors_of_forecasts_are_what_the_books_say() -> None:
    months = pairs((120, 100), (80, 100), (300, 200))
    assert (bias(months), wape(months), mape(months)) == (Decimal("25.0"), Decimal("35.0"), Decimal("30.0"))
    assert (bias(pairs((50, 0), (50, 100))), wape(pairs((50, 0), (50, 100)))) == (Decimal("0.0"), Decimal("100.0"))
    assert mape(pairs((50, 0), (50, 100))) == Decimal("50.0")
    assert (bias(pairs((5, 0))), wape([]), mape(pairs((5, 0)))) == (None, None, None)


def test_open_amounts_are_weighted_by_month_and_category(rep: Membership, manager: Membership, partner: Any) -> None:
    floors: Any = ProductCategoryFactory(manufacturer=rep.manufacturer, code="FL")
    walls: Any = ProductCategoryFactory(manufacturer=rep.manufacturer, code="WA")
    oak: Any = ProductFactory(manufacturer=rep.manufacturer, category=floors)
    lime: Any = ProductFactory(manufacturer=rep.manufacturer, category=walls)
    stages = stages_of(rep.manufacturer)
    both = opened(
        rep,
        expected_close=dt.date(2026, 12, 20),
        lines=[Line(product=oak, amount=Decimal(300)), Line(product=lime, amount=Decimal(100))],
    )
    with member_scope(rep, rep.user):
        services.move_opportunity(both, stages["quote"], by=rep)  # 50 %
    opened(
        rep, amount=Decimal(1000), expected_close=dt.date(2026, 9, 1), category=floors
    )  # late: counts for this month
    opened(rep, amount=Decimal(50))  # no date

    with staff_scope(rep.manufacturer_id):
        found = forecast(manager, day=TODAY)

    assert [(month.month.month, month.open_amount, month.weighted) for month in found.months[:3]] == [
        (11, Decimal(1000), Decimal(100)),
        (12, Decimal(400), Decimal(200)),
        (1, Decimal(0), Decimal(0)),
    ]
    assert found.undated == Decimal(5)
    assert {line.pk: line.weighted for line in found.categories} == {
        floors.pk: Decimal(250),
        walls.pk: Decimal(50),
        None: Decimal(5),
    }
    assert [(line.pk, line.weighted) for line in found.partners] == [(partner.pk, Decimal(305))]


def test_a_partners_forecast_is_its_own(rep: Membership, sibling_rep: Membership, manager: Membership) -> None:
    opened(rep, amount=Decimal(1000), expected_close=TODAY)
    opened(sibling_rep, amount=Decimal(500), expected_close=TODAY)
    sums = []
    for member in (rep, sibling_rep, manager):
        with member_scope(member, member.user):
            sums.append(forecast(member, day=TODAY).months[0].weighted)
    assert sums == [Decimal(100), Decimal(50), Decimal(150)]


def test_the_first_days_of_a_month_keep_its_forecast_once(rep: Membership) -> None:
    opened(rep, amount=Decimal(1000), expected_close=dt.date(2026, 11, 20))
    opened(rep, amount=Decimal(70))
    with staff_scope(rep.manufacturer_id):
        assert take_snapshot(day=dt.date(2026, 11, 4)) == 0
        assert (take_snapshot(day=TODAY), take_snapshot(day=TODAY)) == (1, 0)
        assert list(
            ForecastSnapshot.objects.values_list("taken_on", "month", "partner", "open_amount", "weighted")
        ) == [(dt.date(2026, 11, 1), dt.date(2026, 11, 1), rep.partner_id, Decimal(1000), Decimal(100))]


def test_what_was_won_counts_for_the_month_of_the_manufacturers_clock(rep: Membership, manager: Membership) -> None:
    """From the first hour of the earliest month that is shown: the night of the first of November in Seoul is still October
    in Greenwich."""
    won = opened(rep)
    with member_scope(rep, rep.user):
        services.win(won, amount=Decimal(800), by=rep)
    month = dt.date(2025, 11, 1)
    with staff_scope(rep.manufacturer_id):
        ForecastSnapshot.objects.create(
            taken_on=month, month=month, partner_id=rep.partner_id, open_amount=2000, weighted=1000
        )
        for closed_at, came in (("2025-10-31 15:30Z", 800), ("2025-11-30 14:59Z", 800), ("2025-10-31 14:59Z", 0)):
            Opportunity.objects.filter(pk=won.pk).update(closed_at=closed_at)
            assert forecast(manager, day=dt.date(2026, 11, 23)).past == [(month, Pair(Decimal(1000), Decimal(came)))]


def test_past_forecasts_stand_beside_what_came(
    client_for: Callable[[Membership], Client], rep: Membership, manager: Membership
) -> None:
    won = opened(rep)
    with member_scope(rep, rep.user):
        services.win(won, amount=Decimal(800), by=rep)
    today = timezone.localdate()
    last = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    with staff_scope(rep.manufacturer_id):
        noon = timezone.make_aware(dt.datetime.combine(last, dt.time(12)))
        Opportunity.objects.filter(pk=won.pk).update(closed_at=noon)
        ForecastSnapshot.objects.create(
            taken_on=last, month=last, partner_id=rep.partner_id, open_amount=2000, weighted=1000
        )
        found = forecast(manager, day=today)
    assert found.past == [(last, Pair(Decimal(1000), Decimal(800)))]
    page = client_for(manager).get("/hanbit/forecast/").content.decode()
    share = percent(Decimal(25))
    assert f"Forecasts were {share} too high; they missed by {share} a month, weighted by size." in page
    for side, member in (("", manager), ("portal/", rep)):
        answer: Any = client_for(member).get(f"/hanbit/{side}forecast/?export=csv")
        assert answer.getvalue().count(b"\n") == 1  # nothing is open: the heads alone
    assert client_for(manager).get("/hanbit/forecast/?export=pdf").status_code == 404
