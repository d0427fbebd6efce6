"""Sell-in added up by month, product and partner."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from commerce import selectors
from commerce.models import SalesDay, SalesMonth
from commerce.selectors import growth, last_complete_month, months_after, same_day_before, window
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, ProductCategoryFactory, ProductFactory

DAY = dt.date


def sold_on(partner: Partner, day: dt.date, amount: int, *, returns: int = 0, orders: int = 1) -> None:
    with staff_scope(partner.manufacturer_id):
        SalesDay.objects.create(
            manufacturer_id=partner.manufacturer_id,
            partner=partner,
            date=day,
            amount_base=amount,
            returns_base=returns,
            orders=orders,
            lines=orders + bool(returns),
            return_lines=int(bool(returns)),
        )


def sold_in(partner: Partner, product: Any, month: dt.date, amount: int, quantity: int = 1) -> None:
    with staff_scope(partner.manufacturer_id):
        SalesMonth.objects.create(
            manufacturer_id=partner.manufacturer_id,
            partner=partner,
            product=product,
            month=month,
            quantity=quantity,
            amount_base=amount,
            returns_base=0,
            lines=1,
            return_lines=0,
        )


# --- Days and months


@pytest.mark.parametrize(
    ("month", "number", "expected"),
    [
        (DAY(2026, 1, 1), -1, DAY(2025, 12, 1)),
        (DAY(2026, 12, 1), 1, DAY(2027, 1, 1)),
        (DAY(2026, 6, 1), -18, DAY(2024, 12, 1)),
        (DAY(2026, 6, 1), 0, DAY(2026, 6, 1)),
    ],
)
def test_months_are_counted_over_the_year(month: dt.date, number: int, expected: dt.date) -> None:
    assert months_after(month, number) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (DAY(2026, 6, 30), DAY(2025, 6, 30)),
        (DAY(2024, 2, 29), DAY(2023, 2, 28)),
        (DAY(2025, 2, 28), DAY(2024, 2, 29)),
        (DAY(2024, 2, 28), DAY(2023, 2, 28)),
    ],
)
def test_the_same_day_of_the_year_before(day: dt.date, expected: dt.date) -> None:
    assert same_day_before(day) == expected


def test_a_month_is_complete_on_its_last_day() -> None:
    assert last_complete_month(DAY(2026, 6, 30)) == DAY(2026, 6, 1)
    assert last_complete_month(DAY(2026, 6, 29)) == DAY(2026, 5, 1)
    assert window(DAY(2026, 6, 12)) == (DAY(2025, 7, 1), DAY(2026, 6, 1))


def test_growth_needs_something_to_compare_with() -> None:
    assert growth(Decimal(150), Decimal(100)) == 50
    assert growth(Decimal(150), Decimal(0)) is None
    assert growth(Decimal(150), Decimal(-5)) is None


# --- Sell-in


@pytest.mark.django_db
def test_twelve_months_stand_beside_the_twelve_before(partner: Partner, django_assert_num_queries: Any) -> None:
    sold_on(partner, DAY(2024, 6, 30), 999)
    sold_on(partner, DAY(2024, 7, 1), 40)
    sold_on(partner, DAY(2025, 6, 30), 10)
    sold_on(partner, DAY(2025, 7, 1), 100, orders=2)
    sold_on(partner, DAY(2026, 6, 30), 20, returns=5)
    sold_on(partner, DAY(2026, 7, 1), 888)
    with staff_scope(partner.manufacturer_id), django_assert_num_queries(1):
        sell_in = selectors.sell_in_of([partner.pk], day=DAY(2026, 6, 30))
    first, last = sell_in.months[0], sell_in.months[-1]
    assert [month.month for month in sell_in.months] == [months_after(DAY(2025, 7, 1), number) for number in range(12)]
    assert (first.amount, first.before, first.orders) == (100, 40, 2)
    assert (last.amount, last.before, last.returns, last.until) == (20, 10, 5, None)
    assert (sell_in.amount, sell_in.before, sell_in.has_before) == (120, 50, True)
    assert sell_in.change == 140


@pytest.mark.django_db
def test_a_running_month_is_compared_with_as_many_days(partner: Partner) -> None:
    sold_on(partner, DAY(2025, 6, 12), 7)
    sold_on(partner, DAY(2025, 6, 13), 1000)
    sold_on(partner, DAY(2026, 6, 12), 9)
    with staff_scope(partner.manufacturer_id):
        sell_in = selectors.sell_in_of([partner.pk], day=DAY(2026, 6, 12))
    running = sell_in.months[-1]
    assert (running.month, running.amount, running.before, running.until) == (
        DAY(2026, 6, 1),
        9,
        7,
        DAY(2026, 6, 12),
    )


@pytest.mark.django_db
def test_nothing_bought_is_empty(partner: Partner) -> None:
    with staff_scope(partner.manufacturer_id):
        sell_in = selectors.sell_in_of([partner.pk], day=DAY(2026, 6, 30))
    assert sell_in.is_empty
    assert not sell_in.has_before
    assert sell_in.change is None


@pytest.mark.django_db
def test_products_are_listed_by_what_was_bought(
    partner: Partner, sibling: Partner, manufacturer: Any, django_assert_num_queries: Any
) -> None:
    category = ProductCategoryFactory(manufacturer=manufacturer, names={"en": "Floors"})
    oak = ProductFactory(manufacturer=manufacturer, code="OAK", name="Oak", unit="box", category=category)
    ash = ProductFactory(manufacturer=manufacturer, code="ASH", name="Ash")
    old = ProductFactory(manufacturer=manufacturer, code="OLD", name="Old")
    sold_in(partner, oak, DAY(2025, 5, 1), 50)
    sold_in(partner, oak, DAY(2025, 6, 1), 1000)
    sold_in(partner, oak, DAY(2026, 5, 1), 60, quantity=3)
    sold_in(partner, oak, DAY(2026, 6, 1), 15)
    sold_in(partner, ash, DAY(2026, 4, 1), 25)
    sold_in(partner, old, DAY(2024, 12, 1), 5)
    sold_in(partner, None, DAY(2026, 6, 1), 1)
    sold_in(sibling, oak, DAY(2026, 6, 1), 777)
    with staff_scope(manufacturer.pk), django_assert_num_queries(1):
        bought = selectors.products_bought([partner.pk], day=DAY(2026, 6, 12))
    assert [(row.code, row.amount, row.quantity, row.last_month) for row in bought] == [
        ("OAK", 75, 4, DAY(2026, 6, 1)),
        ("ASH", 25, 1, DAY(2026, 4, 1)),
        ("", 1, 1, DAY(2026, 6, 1)),
        ("OLD", 0, 0, DAY(2024, 12, 1)),
    ]
    # June runs still, so May against May: the 1,000 of last June do not count yet.
    assert [row.change for row in bought] == [20, None, None, -100]
    assert (bought[0].name, bought[0].category, bought[0].unit) == ("Oak", "Floors", "box")
    assert [round(row.share or 0, 2) for row in bought] == [Decimal("74.26"), Decimal("24.75"), Decimal("0.99"), 0]


@pytest.mark.django_db
def test_partners_stand_side_by_side(partner: Partner, sibling: Partner) -> None:
    sold_on(partner, DAY(2026, 6, 1), 30)
    sold_on(partner, DAY(2025, 6, 1), 20)
    sold_on(sibling, DAY(2026, 1, 5), 5)
    with staff_scope(partner.manufacturer_id):
        figures = selectors.sell_in_by_partner([partner.pk, sibling.pk], day=DAY(2026, 6, 30))
    assert {pk: (row.amount, row.change, row.last_sale_on) for pk, row in figures.items()} == {
        partner.pk: (30, 50, DAY(2026, 6, 1)),
        sibling.pk: (5, None, DAY(2026, 1, 5)),
    }


@pytest.mark.django_db
def test_a_partner_reads_no_figures_of_another(partner: Partner, sibling: Partner) -> None:
    sold_on(sibling, DAY(2026, 6, 1), 30)
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert selectors.sell_in_of([partner.pk, sibling.pk], day=DAY(2026, 6, 30)).is_empty
        assert selectors.sell_in_by_partner([sibling.pk], day=DAY(2026, 6, 30)) == {}


@pytest.mark.django_db
def test_a_products_buyers_are_those_the_member_may_see(
    partner: Partner, sibling: Partner, manufacturer: Any, owner: Membership, django_assert_num_queries: Any
) -> None:
    assigned_only = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    oak = ProductFactory(manufacturer=manufacturer, code="OAK")
    sold_in(partner, oak, DAY(2026, 5, 1), 60, quantity=2)
    sold_in(partner, oak, DAY(2025, 5, 1), 50)
    sold_in(sibling, oak, DAY(2026, 5, 1), 100)
    sold_in(sibling, ProductFactory(manufacturer=manufacturer), DAY(2026, 5, 1), 999)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=assigned_only)
        with django_assert_num_queries(1):
            sold = selectors.sell_in_of_product(oak, member=owner, day=DAY(2026, 5, 31))
        own = selectors.sell_in_of_product(oak, member=assigned_only, day=DAY(2026, 5, 31))
    assert [(buyer.pk, buyer.amount, buyer.change) for buyer in sold.buyers] == [
        (sibling.pk, 100, None),
        (partner.pk, 60, 20),
    ]
    assert (sold.amount, sold.change, sold.quantity) == (160, 220, 3)
    assert (sold.months[-1].amount, sold.months[-1].before) == (160, 50)
    assert [(buyer.pk, buyer.quantity) for buyer in own.buyers] == [(partner.pk, 2)]
    assert own.amount == 60


@pytest.mark.django_db
def test_categories_stand_below_their_own(manufacturer: Any) -> None:
    floors = ProductCategoryFactory(manufacturer=manufacturer, code="floors", order=1)
    wood = ProductCategoryFactory(manufacturer=manufacturer, code="wood", parent=floors)
    doors = ProductCategoryFactory(manufacturer=manufacturer, code="doors", order=0)
    ProductFactory.create_batch(2, manufacturer=manufacturer, category=wood)
    with staff_scope(manufacturer.pk):
        rows = selectors.category_tree()
    assert [(row.category, row.depth, row.product_count) for row in rows] == [
        (doors, 0, 0),
        (floors, 0, 0),
        (wood, 1, 2),
    ]
