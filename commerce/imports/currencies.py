from typing import Any

from django.utils.translation import gettext_lazy

from jobs.columns import Pattern
from tenancy.selectors import current_manufacturer


def base_currency() -> str:
    """The currency in which the scope's manufacturer counts."""
    manufacturer = current_manufacturer()
    return manufacturer.currency


def currency_column(**options: Any) -> Pattern:
    """The currency of a row's amounts; an import that has it says NOT_A_CURRENCY for `not_a_currency`."""
    return Pattern(
        "currency",
        gettext_lazy("Currency"),
        ("통화", "통화코드", "화폐", "通貨", "通貨コード", "currency code", "curr", "ccy"),
        help=gettext_lazy("Three letters, such as USD. Without it the base currency is meant."),
        example="USD",
        pattern="^[A-Z]{3}$",
        code="not_a_currency",
        upper=True,
        max_length=3,
        **options,
    )


NOT_A_CURRENCY = gettext_lazy("“%(value)s” is not a currency of three letters, such as USD")
