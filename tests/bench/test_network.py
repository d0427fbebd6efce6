"""The bench's network, at the smallest size: so that it still fits the tables when somebody measures."""

import pytest
from django.db import connection
from django.db.models import Count, Sum

from bench import network
from bench.harness import Measure
from commerce.models import ManufacturerMonth, SalesDay, SalesLine, SalesMonth
from leads.models import Lead, LeadKey, LeadState
from partners.models import Partner
from tenancy.models import Manufacturer
from tenancy.rls import as_owner, platform_scope

SIZE = network.Size(partners=40, lines=2000, leads=400, manufacturers=3, small_partners=4)


def keys_and_indexes() -> list[tuple[str, ...]]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%(tables)s)"
            " UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY (%(tables)s)"
            " UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
            " WHERE tgrelid::regclass::text = ANY (%(tables)s) AND NOT tgisinternal"
            " ORDER BY 1, 2, 3",
            {"tables": list(network.BULK_TABLES)},
        )
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_the_network_is_as_large_as_asked_with_totals_in_step_and_all_keys_back() -> None:
    before = keys_and_indexes()

    made = network.build(SIZE)

    assert keys_and_indexes() == before
    with platform_scope():
        sizes = dict(Partner.objects.values_list("manufacturer__slug").annotate(Count("pk")))
        lines = SalesLine.objects.aggregate(amount=Sum("amount_base"), number=Count("line_id"))
        for totals in (SalesMonth, SalesDay, ManufacturerMonth):
            assert totals.objects.aggregate(amount=Sum("amount_base"), number=Sum("lines")) == lines
        assert Lead.objects.count() == 440
        assert set(Lead.objects.values_list("state", flat=True)) < set(LeadState.values)
        assert not Lead.objects.filter(match_keys=None).exists()
        assert Lead.objects.filter(state=LeadState.ACCEPTED, partner=None).count() == 0
        assert LeadKey.objects.count() > 2 * 440
    assert sizes == {"bench-01": 20, "bench-02": 10, "bench-03": 10, "bench-small": 4}
    assert 1500 < made["lines"] < 3000
    assert Manufacturer.objects.count() == 4


def test_a_measure_is_over_when_too_slow_or_at_fault() -> None:
    assert Measure("page", 1.9, 1.0, 2.0).is_within
    assert not Measure("page", 2.1, 1.0, 2.0).is_within
    assert not Measure("page", 1.0, 1.0, 2.0, fault="12 queries at 100 partners").is_within
