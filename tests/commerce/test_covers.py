"""Up to which day sell-in reaches: later than that nobody can be valued."""

import datetime as dt

import pytest
from django.utils import timezone

from commerce import kpis
from commerce.kpis import sell_in_covers
from commerce.models import ManufacturerMonth, SalesDay
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from valuation.registry import present_day

DAY = dt.date
TODAY = DAY(2026, 11, 21)


@pytest.fixture(autouse=True)
def _in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kpis.timezone, "localdate", lambda: TODAY)
    assert timezone.localdate() == TODAY


def sold_on(partner: Partner, day: dt.date) -> None:
    SalesDay.objects.create(
        manufacturer_id=partner.manufacturer_id,
        partner=partner,
        date=day,
        amount_base=100,
        returns_base=0,
        orders=1,
        lines=1,
        return_lines=0,
    )
    ManufacturerMonth.objects.get_or_create(
        manufacturer_id=partner.manufacturer_id,
        month=day.replace(day=1),
        defaults={"amount_base": 100, "returns_base": 0, "lines": 1, "partners": 1},
    )


def test_without_sell_in_today_is_as_good_as_any_day(manufacturer: Manufacturer) -> None:
    with staff_scope(manufacturer.pk):
        assert sell_in_covers() is None
        assert present_day(TODAY) == TODAY


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (DAY(2026, 11, 18), DAY(2026, 11, 18)),  # days come in as they pass
        (DAY(2026, 10, 30), DAY(2026, 10, 31)),  # months do; the 31st was a Saturday
        (DAY(2026, 3, 4), DAY(2026, 3, 31)),
        (DAY(2027, 1, 5), TODAY),  # a slip of the pen
    ],
)
def test_partners_are_valued_as_of_the_last_day_of_sell_in(partner: Partner, last: dt.date, expected: dt.date) -> None:
    with staff_scope(partner.manufacturer_id):
        sold_on(partner, DAY(2026, 2, 2))
        sold_on(partner, last)
        assert present_day(TODAY) == expected
