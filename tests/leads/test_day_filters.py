"""Lists narrowed to days: the days asked for, wherever the manufacturer is."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from leads.filters.sites import SiteFilterSet
from leads.models import Site
from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 7, 1)


@pytest.fixture(autouse=True)
def sites(manufacturer: Manufacturer, partner: Partner, manager: Membership) -> Iterator[None]:
    with staff_scope(manufacturer.pk):
        for days, name in ((-1, "before"), (0, "on it"), (1, "after")):
            finishes_on = DAY + dt.timedelta(days=days)
            Site.objects.create(
                reference=f"S{days}", name=name, registered_by=partner, owner=manager, finishes_on=finishes_on
            )
        yield


def found(**asked: str) -> list[str]:
    filters = SiteFilterSet({f"finishes_on_{end}": day for end, day in asked.items()}, queryset=Site.objects.all())
    assert filters.is_valid()
    rows = filters.filter_queryset(Site.objects.order_by("finishes_on"))
    return list(rows.values_list("name", flat=True))


@pytest.mark.parametrize("zone", ["Asia/Seoul", "UTC", "America/Los_Angeles"])
def test_a_list_shows_the_days_asked_for(zone: str) -> None:
    with timezone.override(zone):
        assert found(after="2026-07-01") == ["on it", "after"]
        assert found(before="2026-07-01") == ["before", "on it"]
        assert found(after="2026-07-01", before="2026-07-01") == ["on it"]
