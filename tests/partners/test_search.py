"""Partners are found by name in any script, code or city."""

from typing import Any

import pytest
from django.db import connection

from partners import selectors
from partners.models import Partner
from tenancy.rls import as_owner, staff_scope
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(manufacturer: Any) -> dict[str, Partner]:
    first = PartnerFactory(
        manufacturer=manufacturer, code="S-1001", name="Seoul Agency", local_name="서울 대리점", city="Seoul"
    )
    same = {"manufacturer": manufacturer, "kind": first.kind}
    return {
        "seoul": first,
        "osaka": PartnerFactory(code="O1", name="Ōsaka Cycle", local_name="大阪サイクル", city="Osaka", **same),
        "oslo": PartnerFactory(code="N7", external_code="ERP-77", name="Oslo Sykkel", city="Oslo", **same),
    }


def found(manufacturer: Any, text: str) -> set[str]:
    with staff_scope(manufacturer.pk):
        return {partner.name for partner in selectors.matching(Partner.objects.all(), text)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("seoul", {"Seoul Agency"}),
        ("SEOUL agency", {"Seoul Agency"}),
        ("대리", {"Seoul Agency"}),
        ("서울대리점", {"Seoul Agency"}),
        ("seoulagency", {"Seoul Agency"}),
        ("s1001", {"Seoul Agency"}),
        ("s-1001", {"Seoul Agency"}),
        ("서울", {"Seoul Agency"}),  # composed as a Mac types it
        ("サイクル", {"Ōsaka Cycle"}),
        ("ｻｲｸﾙ", {"Ōsaka Cycle"}),
        ("ＯＳＬＯ", {"Oslo Sykkel"}),
        ("erp-77", {"Oslo Sykkel"}),
        ("o", {"Ōsaka Cycle", "Oslo Sykkel"}),
        ("os kk", {"Oslo Sykkel"}),
        ("%", set()),
        ("busan", set()),
        ("  ", {"Seoul Agency", "Ōsaka Cycle", "Oslo Sykkel"}),
    ],
)
def test_a_partner_is_found(network: dict[str, Partner], manufacturer: Any, text: str, names: set[str]) -> None:
    assert found(manufacturer, text) == names


@pytest.mark.parametrize("text", ["o", "seoul", "os kk", "서울대리점", "%"])
def test_a_search_that_finds_very_many_gives_the_same(
    network: dict[str, Partner], manufacturer: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_index = found(manufacturer, text)
    monkeypatch.setattr(selectors, "FOUND_AT_MOST", 0)
    assert found(manufacturer, text) == by_index


def test_a_search_finds_what_was_renamed_by_sql(network: dict[str, Partner], manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=network["oslo"].pk).update(name="Bergen Sykkel")
    assert found(manufacturer, "bergen") == {"Bergen Sykkel"}


def test_a_search_finds_nothing_of_another_manufacturer(
    network: dict[str, Partner], manufacturer: Any, other_manufacturer: Any
) -> None:
    PartnerFactory(manufacturer=other_manufacturer, name="Seoul Rival", city="Seoul")
    assert found(manufacturer, "seoul") == {"Seoul Agency"}
    assert found(other_manufacturer, "seoul") == {"Seoul Rival"}
    assert found(other_manufacturer, "oslo") == set()


def test_the_regions_in_use_are_read_in_order_and_once(manufacturer: Any, other_manufacturer: Any) -> None:
    for region in ["Seoul", "Busan", "", "Seoul", "Jeju"]:
        PartnerFactory(manufacturer=manufacturer, region=region)
    PartnerFactory(manufacturer=other_manufacturer, region="Kansai")
    with staff_scope(manufacturer.pk):
        assert selectors.regions() == ["Busan", "Jeju", "Seoul"]


def test_pieces_are_three_latin_signs_or_two_of_any_other_and_long_texts_take_no_longer_for_each_sign() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT partners_pieces(7, %s::text)", ["ab 한글x 0212"])
        pieces = cursor.fetchone()[0]
        cursor.execute("SET LOCAL statement_timeout = '3s'")
        cursor.execute("SELECT cardinality(partners_pieces(7, repeat('한빛상사 hanbit ', 2000)))")
        (long_text,) = cursor.fetchone()

    assert sorted(pieces) == sorted(["7: 02", "7:021", "7:212", "7: 한", "7:한글", "7:글x"])
    assert long_text == len({"한빛", "빛상", "상사", " 한", " ha", "han", "anb", "nbi", "bit"})
