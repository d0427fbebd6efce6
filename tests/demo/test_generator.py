"""The demo's generator, which knows no database: the same day gives the same story, and a believable one."""

import csv
import io
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from prm_portal.demo import MANUFACTURERS, DemoManufacturer, generate
from prm_portal.demo.files import partners_csv, products_csv, rates_csv, sell_in_csv

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def hanbit() -> DemoManufacturer:
    return generate("hanbit", today=TODAY)


@pytest.fixture(scope="module")
def tokai() -> DemoManufacturer:
    return generate("tokai", today=TODAY)


@pytest.fixture(params=sorted(MANUFACTURERS))
def demo(request: pytest.FixtureRequest) -> DemoManufacturer:
    return request.getfixturevalue(request.param)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def all_sell_in(demo: DemoManufacturer) -> str:
    return sell_in_csv(demo, first=demo.first_day, last=demo.last_day)


def by_month(demo: DemoManufacturer) -> dict[tuple[int, int], Decimal]:
    totals: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line in demo.lines:
        totals[line.date.year, line.date.month] += line.amount
    return totals


@pytest.mark.parametrize("slug", sorted(MANUFACTURERS))
def test_the_same_day_gives_the_same_files(slug):
    first, second = generate(slug, today=TODAY), generate(slug, today=TODAY)

    for write in (partners_csv, products_csv, rates_csv, all_sell_in):
        assert write(first) == write(second)
    assert first.people == second.people


def test_another_day_of_the_month_gives_the_same_sell_in(hanbit):
    assert all_sell_in(generate("hanbit", today=date(2026, 11, 1))) == all_sell_in(hanbit)


def test_the_manufacturers_have_as_many_partners_as_they_say(hanbit, tokai):
    assert len(hanbit.partners) == 240
    assert len(tokai.partners) == 60
    assert len({partner.country for partner in tokai.partners}) == 20


def test_codes_names_and_addresses_to_sign_in_with_are_unique(demo):
    for unique in ("code", "external_code", "name", "local_name"):
        values = [getattr(partner, unique) for partner in demo.partners]
        assert len(set(values)) == len(values)
    assert len({product.code for product in demo.products}) == len(demo.products)
    assert len({person.email for person in demo.people}) == len(demo.people)
    keys = [(line.order_number, line.line_number) for line in demo.lines]
    assert len(set(keys)) == len(keys)


def test_everything_named_exists(demo):
    partners = {partner.code: partner for partner in demo.partners}
    kinds = {kind.code for kind in demo.kinds}
    specialisations = {specialisation.code for specialisation in demo.specialisations}
    categories = {category.code for category in demo.categories}
    products = {product.code for product in demo.products}
    staff = {person.email for person in demo.people if not person.partner_code}
    fields = {custom.key: custom for custom in demo.fields}

    assert {category.parent for category in demo.categories} <= categories | {""}
    assert {product.category for product in demo.products} <= categories
    assert {line.product_code for line in demo.lines} <= products
    assert {line.partner_code for line in demo.lines} <= set(partners)
    assert {person.partner_code for person in demo.people} <= set(partners) | {""}
    for partner in demo.partners:
        assert partner.kind in kinds
        assert set(partner.specialisations) <= specialisations
        assert partner.manager_email in staff
        assert partner.parent_code in partners or not partner.parent_code
        assert set(partner.custom) <= set(fields)
        for key, value in partner.custom.items():
            assert value in fields[key].choices or not fields[key].choices
    for programme in demo.programmes:
        assert set(programme.kinds) <= kinds


def test_parents_stand_before_those_beneath_them(hanbit):
    seen: set[str] = set()
    for partner in hanbit.partners:
        assert not partner.parent_code or partner.parent_code in seen
        seen.add(partner.code)
    above = {partner.kind for partner in hanbit.partners if any(p.parent_code == partner.code for p in hanbit.partners)}
    assert above == {"distributor", "agency"}


def test_sell_in_covers_36_months_up_to_the_last_full_one(demo):
    assert (demo.first_day, demo.last_day) == (date(2023, 11, 1), date(2026, 10, 31))
    assert len(by_month(demo)) == 36
    assert all(demo.first_day <= line.date <= demo.last_day for line in demo.lines)
    assert [line.date for line in demo.lines] == sorted(line.date for line in demo.lines)


def test_some_goods_come_back_and_never_more_than_were_bought(hanbit):
    bought = sum(line.amount for line in hanbit.lines if line.amount > 0)
    returned = -sum(line.amount for line in hanbit.lines if line.amount < 0)
    assert Decimal("0.02") < returned / bought < Decimal("0.03")

    balance: Counter[tuple[str, str]] = Counter()
    for line in hanbit.lines:
        assert (line.quantity < 0) == (line.amount < 0)
        balance[line.partner_code, line.product_code] += line.quantity
    assert min(balance.values()) >= 0


def test_building_materials_sell_in_spring_and_autumn(hanbit):
    totals = by_month(hanbit)
    for year in (2024, 2025, 2026):
        winter = totals[year, 1] + totals[year, 2]
        spring = totals[year, 4] + totals[year, 5]
        summer = totals[year, 7] + totals[year, 8]
        assert spring > winter * Decimal("1.35")
        assert spring > summer * Decimal("1.15")
    assert totals[2025, 10] > totals[2025, 8] * Decimal("1.15")


def test_the_network_sells_about_as_much_as_the_pictures_say(hanbit):
    totals = by_month(hanbit)
    last_year = sum(totals[month] for month in sorted(totals)[-12:])
    year_before = sum(totals[month] for month in sorted(totals)[-24:-12])
    assert Decimal(1_550_000_000) < last_year / 12 < Decimal(1_850_000_000)
    assert Decimal("1.02") < last_year / year_before < Decimal("1.15")


def test_partners_grow_shrink_fall_silent_and_begin(hanbit):
    recent: dict[str, Decimal] = defaultdict(Decimal)
    before: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, date] = {}
    for line in hanbit.lines:
        first.setdefault(line.partner_code, line.date)
        if line.date > date(2025, 10, 31):
            recent[line.partner_code] += line.amount
        elif line.date > date(2024, 10, 31):
            before[line.partner_code] += line.amount
    last = {line.partner_code: line.date for line in hanbit.lines}
    growth = {code: recent[code] / amount - 1 for code, amount in before.items() if amount > 0}

    assert sum(change > Decimal("0.10") for change in growth.values()) > 40
    assert sum(change < Decimal("-0.10") for change in growth.values()) > 25
    assert 8 <= sum(day < date(2026, 8, 1) for day in last.values()) <= 40
    assert 5 <= sum(day > date(2025, 10, 31) for day in first.values()) <= 25
    assert 5 <= len(hanbit.partners) - len(last) <= 12


def test_products_are_not_sold_before_their_launch(hanbit):
    launched = {product.code: product.launched_months_ago for product in hanbit.products}
    first: dict[str, date] = {}
    for line in hanbit.lines:
        first.setdefault(line.product_code, line.date)
    for code, months_ago in launched.items():
        if months_ago is not None:
            assert first[code] >= date(2026 - (months_ago + 1) // 12, 1, 1)
    assert any(months_ago is not None for months_ago in launched.values())


def test_tokai_sells_in_three_currencies_with_a_rate_for_every_day(tokai):
    assert {line.currency for line in tokai.lines} == {"JPY", "USD", "EUR"}
    for currency in ("USD", "EUR"):
        days = sorted(rate.date for rate in tokai.rates if rate.currency == currency)
        assert days[0] < tokai.first_day
        assert len(days) == len(set(days)) == 38
    assert all(100 < rate.rate < 200 for rate in tokai.rates)


def test_export_orders_are_few_and_large(tokai):
    orders = Counter(line.order_number for line in tokai.lines if line.quantity > 0)
    of_oslo = {line.order_number for line in tokai.lines if line.partner_code == "TC-NO001" and line.quantity > 0}
    assert sum(orders.values()) / len(orders) > 8
    assert 10 <= len(of_oslo) <= 36


def test_the_sign_ins_are_those_the_readme_lists(hanbit, tokai):
    roles = {person.email: (person.role, bool(person.partner_code)) for person in hanbit.people}
    assert roles["owner@hanbit.example"] == ("owner", False)
    assert roles["manager@hanbit.example"] == ("manager", False)
    assert roles["analyst@hanbit.example"] == ("analyst", False)
    assert roles["admin@seoul-agency.example"] == ("partner_admin", True)
    assert roles["rep@seoul-agency.example"] == ("partner_rep", True)
    assert roles["admin@busan-dealer.example"] == ("partner_admin", True)
    assert roles["multi@partners.example"] == ("partner_admin", True)
    roles = {person.email: (person.role, bool(person.partner_code)) for person in tokai.people}
    assert roles["owner@tokai.example"] == ("owner", False)
    assert roles["buyer@oslo-sykkel.example"] == ("partner_admin", True)
    assert roles["multi@partners.example"] == ("partner_rep", True)


def test_nobody_real_can_be_reached(demo):
    for partner in demo.partners:
        assert partner.email == "" or partner.email.endswith(".example")
        assert partner.website == "" or partner.website.endswith(".example")
    assert all(person.email.endswith(".example") for person in demo.people)


def test_the_partners_file_has_a_column_for_every_own_field(hanbit):
    table = rows(partners_csv(hanbit))
    assert len(table) == 240
    seoul = next(row for row in table if row["name"] == "Seoul Agency")
    assert (seoul["local_name"], seoul["kind"], seoul["region"], seoul["country"]) == (
        "서울대리점",
        "agency",
        "서울특별시",
        "KR",
    )
    assert list(table[0])[-4:] == ["showroom_pyeong", "crews", "trading_since", "signboard"]


def test_sell_in_files_one_after_the_other_hold_every_line(tokai):
    table = rows(all_sell_in(tokai))
    assert len(table) == len(tokai.lines)
    assert table[0]["date"] == tokai.lines[0].date.isoformat()

    until, after = date(2026, 5, 31), date(2026, 6, 1)
    parts = rows(sell_in_csv(tokai, first=tokai.first_day, last=until))
    parts += rows(sell_in_csv(tokai, first=after, last=tokai.last_day))
    assert parts == table
