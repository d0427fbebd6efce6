"""The arithmetic of funds: shares and other currencies, exact to the last unit of the fund's currency. No models."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from pages.formats import currency_decimals

RATE_STEP = Decimal("0.00000001")


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the smallest unit that can be paid in a currency; half of it goes up."""
    return amount.quantize(Decimal(1).scaleb(-currency_decimals(currency)), rounding=ROUND_HALF_UP)


def is_too_fine(amount: Decimal, currency: str) -> bool:
    """Whether nobody can pay such an amount in the currency: half a yen."""
    return rounded(amount, currency) != amount


def cross_rate(own: Decimal, other: Decimal) -> Decimal:
    """What one unit is worth in another currency, from what each is worth in the base currency."""
    return (own / other).quantize(RATE_STEP, rounding=ROUND_HALF_UP)


def share_of(amounts: Iterable[tuple[Decimal, Decimal]], share: Decimal, currency: str) -> Decimal:
    """The share, in per cent, of amounts with their rates into a currency: rounded once, at the end."""
    total = sum((amount * rate for amount, rate in amounts), Decimal(0))
    return rounded(total * share / 100, currency)
