"""Fixtures that several tests here share."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.valuation.recomputing import JUNE, Recompute
from tests.valuation.sales import on, sell
from valuation import services
from valuation.services import RecomputeResult


@pytest.fixture
def recompute(manufacturer: Manufacturer) -> Recompute:
    """Recompute the grades of hanbit as of a day."""

    def run(day: dt.date = JUNE, **options: Any) -> RecomputeResult:
        with staff_scope(manufacturer.pk):
            return services.recompute(day, **options)

    return run


@pytest.fixture
def bought(partner: Partner) -> Callable[[dt.date, int], None]:
    """Make the partner's revenue of the twelve months up to a day what is given: one point for every 10."""

    def buy(day: dt.date, revenue: int) -> None:
        with staff_scope(partner.manufacturer_id):
            known = sum(
                partner.sales_lines.filter(date__gt=day - dt.timedelta(days=360)).values_list("amount", flat=True)
            )
        sell(partner, [on(day.isoformat(), revenue - int(known))])

    return buy
