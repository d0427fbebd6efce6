from typing import ClassVar

from django.utils.translation import gettext_lazy

from jobs.columns import Column, Decimal, Integer, Lookup
from jobs.imports import UpsertImport, register_import
from partners import selectors
from partners.models import TerritoryFigure


@register_import
class TerritoryFigureImport(UpsertImport):
    """What could be sold by territory and year, for the coverage map."""

    key = "territory_figures"
    label = gettext_lazy("Market potential by territory")
    explanation = gettext_lazy("What could be sold in each territory in a fiscal year: the demand on the coverage map.")
    function = "plans"
    order = 60
    model = TerritoryFigure
    known_by = ("territory_id", "year")
    fields: ClassVar = {"territory_id": "territory", "year": "year", "potential": "potential"}
    sentences: ClassVar = {
        "unknown_territory": gettext_lazy("there is no territory with the code “%(value)s”"),
        "repeated": gettext_lazy("is the same territory and year as in row %(value)s, with another figure"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Lookup(
                "territory",
                gettext_lazy("Territory"),
                ("지역", "지역코드", "권역", "テリトリー", "地域", "地域コード", "territory code", "area", "region code"),
                required=True,
                must_map=True,
                max_length=40,
                find=selectors.territory_ids,
                into="territory_id",
                unknown="unknown_territory",
                example="seoul",
            ),
            Integer(
                "year",
                gettext_lazy("Fiscal year"),
                ("연도", "회계연도", "年度", "会計年度", "year", "fy"),
                required=True,
                must_map=True,
                minimum="2000",
                maximum="2100",
                example="2026",
            ),
            Decimal(
                "potential",
                gettext_lazy("Market potential"),
                ("시장규모", "잠재수요", "市場規模", "潜在需要", "potential", "demand", "market size"),
                required=True,
                must_map=True,
                minimum="0",
                example="1200000000",
            ),
        ]  # fmt: skip
