"""Table bodies: what they show, and that no value gets out as HTML."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import django_tables2
import pytest
from django.utils import timezone, translation

from pages.tables import (
    ChoiceColumn,
    DateColumn,
    LeanTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    SparkColumn,
    TextColumn,
    TierColumn,
    link_pattern,
)

EVIL = '<script>alert("x")</script>'


def down(text: str) -> str:
    word = translation.gettext("down")
    return f'<span class="change is-worse"><span class="visually-hidden">{word} </span><span aria-hidden="true">▼</span> {text}</span>'


class SampleTable(LeanTable):
    name = TextColumn(verbose_name="Partner")
    code = TextColumn(minor=True)
    tier = TierColumn(accessor="summary__colour", names="summary.names")
    trend = ChoiceColumn(choices=[("up", "Rising")], tones={"up": "good"})
    months = SparkColumn(accessor="summary__months")
    revenue = MoneyColumn(accessor="summary__revenue")
    growth = PercentColumn(accessor="summary__growth", is_change=True)
    score = NumberColumn(decimals=1)
    last = DateColumn()
    stock = django_tables2.Column()
    link = django_tables2.Column(empty_values=())

    def row_url(self, record: Any) -> str:
        return f"/x/?name={record.name}"

    def render_link(self, record: Any) -> str:
        return f"{record.name}!"


def record(**values: Any) -> SimpleNamespace:
    summary = {
        "colour": "gold",
        "names": {"ko": "골드", "en": "Gold"},
        "months": [1, 2],
        "revenue": Decimal("1234567.1234"),
        "growth": Decimal("-8.44"),
    }
    base = {
        "pk": 1,
        "name": "Seoul",
        "code": "A1",
        "trend": "up",
        "score": Decimal("74.60"),
        "last": dt.date(2026, 6, 30),
        "stock": 5,
        "summary": SimpleNamespace(**summary),
    }
    return SimpleNamespace(**{**base, **values})


def cells(table: LeanTable) -> list[str]:
    body = table.body().removeprefix('<tr class="is-link">').removesuffix("</td></tr>")
    return [cell.split(">", 1)[1] for cell in body.split("</td>")]


def test_a_row_shows_each_value_in_the_readers_form() -> None:
    with translation.override("ko"):
        shown = cells(SampleTable([record()], currency="KRW"))
        went_down = down("8.4%")

    assert shown == [
        '<a class="row-link" href="/x/?name=Seoul">Seoul</a>',
        "A1",
        '<span class="tier tier-gold">골드</span>',
        '<span class="state state-good">Rising</span>',
        '<svg class="spark" width="80" height="20" aria-hidden="true"><polyline points="0.0,19.0 80.0,1.0"/></svg>',
        "1,234,567",
        went_down,
        "74.6",
        "2026. 6. 30.",
        "5",
        "Seoul!",
    ]


def test_what_is_missing_is_a_dash_even_where_the_way_there_is_missing() -> None:
    shown = cells(SampleTable([record(summary=None, code="", score=None, last=None, trend=None, stock=None)]))

    assert shown[1:10] == ["–"] * 9


@pytest.mark.parametrize("field", ["name", "code", "trend", "stock", "colour", "names", "growth"])
def test_no_value_gets_out_as_html(field: str) -> None:
    row = record()
    if field in {"colour", "growth"}:
        setattr(row.summary, field, EVIL)
    elif field == "names":
        row.summary.names = {"en": EVIL}
    else:
        setattr(row, field, EVIL)

    with translation.override("en"):
        body = SampleTable([row], currency="KRW", is_selectable=True).body()

    assert "<script" not in body
    assert '"x"' not in body


def test_columns_can_be_chosen_but_stay_in_their_order() -> None:
    table = SampleTable([record()], columns_shown=["name", "revenue"], currency="USD")

    assert [(head.name, head.unit, head.css) for head in table.heads] == [("name", "", ""), ("revenue", "USD", "num")]
    assert cells(table)[1] == "1,234,567.12"


def test_selectable_rows_have_a_named_box() -> None:
    body = SampleTable([record()], is_selectable=True).body()

    assert '<input class="form-check-input" type="checkbox" name="selected" value="1" aria-label="Select: ' in body


def test_an_export_has_plain_values_and_no_pictures() -> None:
    with translation.override("ko"):
        table = SampleTable([], currency="KRW")
        heads, rows = table.export_heads(), list(table.export_rows([record(), record(summary=None)]))

    assert heads[:5] == ["Partner", "Code", "Tier", "Trend", "Revenue (원)"]
    assert rows[0][:8] == [
        "Seoul",
        "A1",
        "골드",
        "Rising",
        Decimal("1234567.1234"),
        Decimal("-8.44"),
        Decimal("74.60"),
        dt.date(2026, 6, 30),
    ]
    assert rows[1][2:6] == [None, "Rising", None, None]


def test_moments_are_told_in_the_time_zone_of_the_page() -> None:
    class Table(LeanTable):
        at = MomentColumn()

    moment = dt.datetime(2026, 6, 30, 20, 0, tzinfo=dt.UTC)
    with timezone.override("Asia/Seoul"), translation.override("ko"):
        table = Table([{"at": moment}])
        assert "2026. 7. 1. 05:00" in table.body()
        assert list(table.export_rows([{"at": moment}])) == [[dt.datetime(2026, 7, 1, 5, 0)]]


def test_the_day_of_a_moment_is_that_of_the_time_zone_of_the_page() -> None:
    class Table(LeanTable):
        at = DateColumn()

    moment = dt.datetime(2026, 6, 30, 20, 0, tzinfo=dt.UTC)
    with timezone.override("Asia/Seoul"), translation.override("ko"):
        table = Table([{"at": moment}])
        assert "2026. 7. 1." in table.body()
        assert list(table.export_rows([{"at": moment}])) == [[dt.date(2026, 7, 1)]]


def test_addresses_of_rows_come_from_one() -> None:
    assert link_pattern("/hanbit/partners/987654321/", 987654321)(5) == "/hanbit/partners/5/"
