"""Pages by key against a plain sort of the same rows, with ties and missing values."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.paging import Sort, ordered, page_of
from partners.models import PartnerSummary
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory

SORTS = [
    Sort("score"),
    Sort("score_order", descending=True),
    Sort("score", descending=True),
    Sort("tier_rank", key="partner"),
    Sort("tier_rank", key="partner", descending=True),
    Sort("last_sale_on"),
    Sort("tier_code", descending=True),
    Sort("revenue"),
]


@pytest.fixture
def make_rows(manufacturer: Any) -> Any:
    partners: list[Any] = [PartnerFactory(manufacturer=manufacturer) for _ in range(12)]

    def make(values: list[tuple[int | None, int]]) -> list[PartnerSummary]:
        PartnerSummary.objects.all().delete()
        return PartnerSummary.objects.bulk_create(
            PartnerSummary(
                manufacturer=manufacturer,
                partner=partner,
                score=None if first is None else Decimal(first) / 2,
                last_sale_on=None if first is None else dt.date(2026, 1, 1) + dt.timedelta(days=first),
                tier_rank=second,
                tier_code=f"t{second}",
                revenue=Decimal("0.0001") * second,
                as_of=dt.date(2026, 6, 30),
            )
            for partner, (first, second) in zip(partners, values, strict=False)
        )

    return make


def value_of(row: PartnerSummary, sort: Sort) -> Any:
    return getattr(row, sort.field.removesuffix("_order"))


def walked(queryset: Any, sort: Sort, size: int) -> list[list[int]]:
    pages, after = [], ""
    while True:
        page = page_of(queryset, sort, size=size, after=after)
        pages.append([row.pk for row in page.rows])
        if not page.next_key:
            return pages
        assert page.next_key != after, "the list turns in a circle"
        after = page.next_key


def walked_back(queryset: Any, sort: Sort, size: int) -> list[int]:
    page = page_of(queryset, sort, size=size, last=True)
    found = [row.pk for row in page.rows]
    while page.previous_key:
        page = page_of(queryset, sort, size=size, before=page.previous_key)
        found = [row.pk for row in page.rows if row.pk not in found] + found
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.tuples(st.none() | st.integers(0, 3), st.integers(0, 2)), max_size=12),
    size=st.integers(1, 5),
    sort=st.sampled_from(SORTS),
)
def test_pages_by_key_are_the_whole_list_in_order(
    make_rows: Any, manufacturer: Any, values: list[tuple[int | None, int]], size: int, sort: Sort
) -> None:
    with staff_scope(manufacturer.pk):
        rows = make_rows(values)
        known = [row for row in rows if value_of(row, sort) is not None]
        unknown = [row for row in rows if value_of(row, sort) is None]
        known.sort(key=lambda row: (value_of(row, sort), row.pk), reverse=sort.descending)
        unknown.sort(key=lambda row: row.pk, reverse=sort.descending)
        expected = [row.pk for row in known + unknown]

        pages = walked(PartnerSummary.objects.all(), sort, size)

        assert [pk for page in pages for pk in page] == expected
        assert all(len(page) == size for page in pages[:-1])
        assert walked_back(PartnerSummary.objects.all(), sort, size) == expected
        assert [row.pk for row in ordered(PartnerSummary.objects.all(), sort)] == expected
