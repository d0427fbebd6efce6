import datetime as dt
from decimal import Decimal

import pytest

from commerce.models import ExchangeRate, Product, ProductCategory
from tenancy.rls import staff_scope
from tests.factories import ExchangeRateFactory, ProductCategoryFactory, ProductFactory
from tests.importing import bad, bring, counts


def products(manufacturer):
    with staff_scope(manufacturer.pk):
        rows = Product.objects.select_related("category").order_by("code")
        return [(row.code, row.name, row.category and row.category.code, row.list_price, row.currency) for row in rows]


def test_products_are_created_and_updated_by_code(manufacturer, tmp_path):
    floors = ProductCategoryFactory(manufacturer=manufacturer, code="FL", names={"en": "Floors", "ko": "마루"})
    ProductFactory(
        manufacturer=manufacturer, code="P1", name="Old", category=floors, list_price=1, currency="EUR", unit="box"
    )
    sheet = '품목코드,품명,분류,정가\nP1,Oak floor,마루,"1,250.50"\nP2,Ash floor,fl,\nP3,Glue,,9.99\n'

    assert counts(bring(manufacturer, "products", sheet, tmp_path)) == (2, 1, 0, 0)
    assert counts(bring(manufacturer, "products", sheet, tmp_path)) == (0, 0, 3, 0)
    assert products(manufacturer) == [
        ("P1", "Oak floor", "FL", Decimal("1250.50"), "EUR"),
        ("P2", "Ash floor", "FL", None, ""),
        ("P3", "Glue", None, Decimal("9.99"), ""),
    ]
    with staff_scope(manufacturer.pk):
        assert Product.objects.get(code="P1").unit == "box"


def test_products_that_cannot_be(manufacturer, tmp_path):
    sheet = (
        "code,name,category,list_price,currency\nP1,Oak,Doors,1,USD\nP2,Ash,,-1,USD\nP3,Elm,,1,US\nP4,,,1,\n"
        "P5,Fir,,1,\nP5,Fir 2,,1,\nP5,Fir,,1,\n"
    )

    outcome = bring(manufacturer, "products", sheet, tmp_path, only_good=True)

    assert sorted(bad(outcome)) == [
        (2, "category", "unknown_category", "Doors"),
        (3, "list_price", "too_small", "-1"),
        (4, "currency", "not_a_currency", "US"),
        (5, "name", "missing", None),
        (7, "code", "repeated", "6"),
    ]
    assert counts(outcome) == (1, 0, 1, 5)
    assert [row[:2] for row in products(manufacturer)] == [("P5", "Fir")]


def test_a_new_product_needs_a_name_and_a_known_one_does_not(manufacturer, tmp_path):
    ProductFactory(manufacturer=manufacturer, code="P1", name="Oak", category=None)

    outcome = bring(manufacturer, "products", "code,list_price\nP1,5\nP2,6\n", tmp_path, only_good=True)

    assert bad(outcome) == [(3, "name", "needs_name", None)]
    assert products(manufacturer) == [("P1", "Oak", None, 5, "")]


def test_unknown_categories_are_created_when_asked_for(manufacturer, tmp_path):
    sheet = "code,name,category\nP1,Oak,바닥재\nP2,Ash,바닥재\n"

    assert counts(bring(manufacturer, "products", sheet, tmp_path, create_missing=True)) == (2, 0, 0, 0)
    assert products(manufacturer) == [("P1", "Oak", "바닥재", None, ""), ("P2", "Ash", "바닥재", None, "")]
    with staff_scope(manufacturer.pk):
        assert ProductCategory.objects.count() == 1
    assert counts(bring(manufacturer, "products", sheet, tmp_path)) == (0, 0, 2, 0)


@pytest.fixture
def dollar(manufacturer):
    return ExchangeRateFactory(manufacturer=manufacturer, currency="USD", date=dt.date(2026, 1, 1), rate=Decimal(1300))


def test_rates_are_known_by_currency_and_day(manufacturer, dollar, tmp_path):
    sheet = '통화,일자,환율\nUSD,2026-01-01,1310.25\nusd,2026-02-01,1320\nEUR,2026.1.1,"1,450.1234567891"\n'

    assert counts(bring(manufacturer, "rates", sheet, tmp_path)) == (2, 1, 0, 0)
    assert counts(bring(manufacturer, "rates", sheet, tmp_path)) == (0, 0, 3, 0)
    with staff_scope(manufacturer.pk):
        rates = ExchangeRate.objects.order_by("currency", "date").values_list("currency", "date", "rate")
        assert list(rates) == [
            ("EUR", dt.date(2026, 1, 1), Decimal("1450.1234567891")),
            ("USD", dt.date(2026, 1, 1), Decimal("1310.25")),
            ("USD", dt.date(2026, 2, 1), Decimal("1320")),
        ]


def test_rates_that_cannot_be(manufacturer, tmp_path):
    outcome = bring(manufacturer, "rates", "currency,date,rate\nKRW,2026-01-01,1\nUSD,2026-01-01,0\n", tmp_path)

    assert sorted(bad(outcome)) == [(2, "currency", "base_currency", "KRW"), (3, "rate", "too_small", "0")]
    assert not outcome.written
