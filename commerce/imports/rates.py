from typing import ClassVar

from django.utils.translation import gettext_lazy

from commerce.imports.currencies import NOT_A_CURRENCY, base_currency, currency_column
from commerce.models import ExchangeRate
from jobs.columns import Column, Date, Decimal
from jobs.imports import Stage, UpsertImport, register_import


@register_import
class RateImport(UpsertImport):
    """Exchange rates, known by currency and day."""

    key = "rates"
    label = gettext_lazy("Exchange rates")
    explanation = gettext_lazy(
        "What one unit of a currency is worth in the base currency, from a day on. Sell-in lines take the latest rate up "
        "to their date when they are brought in."
    )
    function = "sales"
    order = 30
    model = ExchangeRate
    known_by = ("currency", "date")
    fields: ClassVar = {"currency": "currency", "date": "date", "rate": "rate"}
    sentences: ClassVar = {
        "not_a_currency": NOT_A_CURRENCY,
        "base_currency": gettext_lazy("“%(value)s” is the base currency itself"),
        "repeated": gettext_lazy("is the same day and currency as in row %(value)s, with another rate"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            currency_column(required=True, must_map=True),
            Date(
                "date",
                gettext_lazy("From"),
                ("일자", "날짜", "기준일", "적용일", "日付", "適用日", "基準日", "day", "valid from", "effective date"),
                required=True,
                must_map=True,
                example="2026-01-01",
            ),
            Decimal(
                "rate",
                gettext_lazy("Rate"),
                ("환율", "매매기준율", "為替レート", "レート", "換算レート", "exchange rate", "fx rate"),
                required=True,
                must_map=True,
                places=10,
                digits=20,
                minimum="0.0000000001",
                example="1342.50",
            ),
        ]  # fmt: skip

    def check_new(self, stage: Stage) -> None:
        stage.reject(
            "SELECT row, 'currency', 'base_currency', currency FROM import_rows WHERE currency = %s", [base_currency()]
        )
