"""Figures and holidays of countries, from a sheet."""

from typing import ClassVar

from django.utils.translation import gettext_lazy

from jobs.columns import Column, Date, Decimal, Integer, Text
from jobs.imports import Stage, UpsertImport, register_import
from partners.imports.places import UNKNOWN_COUNTRY, country_column
from partners.models import Holiday, MarketFigure
from tenancy.rights import Right

UNKNOWN_MARKET = """
    SELECT row, 'country', 'no_market', country FROM import_rows n
    WHERE NOT EXISTS (SELECT FROM partners_marketcountry c WHERE c.country = n.country)
"""


class OfCountriesImport(UpsertImport):
    """Rows of countries that some market handles."""

    function = "markets"
    right = Right.IMPORTS_RUN
    sentences: ClassVar = {
        "unknown_country": UNKNOWN_COUNTRY,
        "no_market": gettext_lazy("no market handles %(value)s: add one with this country first"),
        "repeated": gettext_lazy("says the same as row %(value)s, but otherwise"),
    }

    def check_new(self, stage: Stage) -> None:
        stage.reject(UNKNOWN_MARKET)


@register_import
class MarketFigureImport(OfCountriesImport):
    """Figures, known by country, name and year."""

    key = "market_figures"
    label = gettext_lazy("Figures of markets")
    explanation = gettext_lazy(
        "One figure of a country and year in each row. The same country, figure and year again is an update."
    )
    order = 70
    model = MarketFigure
    known_by = ("country", "name", "year")
    fields: ClassVar = {name: name for name in ("country", "year", "name", "value", "unit", "source", "checked_on")}

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            country_column(required=True, must_map=True),
            Integer(
                "year",
                gettext_lazy("Year"),
                ("연도", "년도", "年", "年度", "period"),
                required=True,
                must_map=True,
                minimum="1900",
                maximum="2100",
                example="2025",
            ),
            Text(
                "name",
                gettext_lazy("Figure"),
                ("지표", "지표명", "항목", "指標", "指標名", "項目", "indicator", "name", "measure"),
                required=True,
                must_map=True,
                max_length=100,
                example="Dwellings completed",
            ),
            Decimal(
                "value",
                gettext_lazy("Value"),
                ("값", "수치", "値", "数値", "amount"),
                required=True,
                must_map=True,
                example="412000",
            ),
            Text("unit", gettext_lazy("Unit"), ("단위", "単位"), max_length=40, example="dwellings"),
            Text("source", gettext_lazy("Taken from"), ("출처", "출전", "出典", "情報源", "source"), max_length=300),
            Date("checked_on", gettext_lazy("Checked on"), ("확인일", "確認日", "checked")),
        ]


@register_import
class HolidayImport(OfCountriesImport):
    """Days off, known by country and date."""

    key = "market_holidays"
    label = gettext_lazy("Holidays of countries")
    explanation = gettext_lazy("One day off of a country in each row. The same country and date again is an update.")
    order = 72
    model = Holiday
    known_by = ("country", "date")
    fields: ClassVar = {name: name for name in ("country", "date", "name")}

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            country_column(required=True, must_map=True),
            Date(
                "date",
                gettext_lazy("Date"),
                ("날짜", "일자", "日付", "年月日", "day"),
                required=True,
                must_map=True,
                example="2026-10-03",
            ),
            Text("name", gettext_lazy("Name"), ("이름", "명칭", "휴일명", "名称", "祝日名", "holiday"), max_length=100),
        ]
