"""A partner's figures as sheets."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from commerce import selectors
from commerce.selectors import ProductFigure, SellIn

Sheet = tuple[list[str], Iterable[list[Any]]]


def months_sheet(sell_in: SellIn, currency: str) -> Sheet:
    """One row per month."""
    amounts = [f"{head} ({currency})" for head in (_("Purchases"), _("Same month last year"), _("Returns"))]
    heads = [_("Month"), *amounts, _("Orders")]
    return heads, ([month.month, month.amount, month.before, month.returns, month.orders] for month in sell_in.months)


def products_sheet(products: Sequence[ProductFigure], currency: str) -> Sheet:
    """One row per product bought."""
    year = _("12 months")
    heads = [
        _("Product code"),
        _("Product"),
        _("Category"),
        _("Quantity"),
        _("Unit"),
        f"{year} ({currency})",
        _("Share in %"),
        _("Against last year in %"),
        _("Last bought"),
    ]
    return heads, (
        [
            product.code,
            product.name,
            product.category,
            product.quantity,
            product.unit,
            product.amount,
            None if product.share is None else round(product.share, 2),
            None if product.change is None else round(product.change, 2),
            product.last_month,
        ]
        for product in products
    )


def lines_sheet(partner_ids: Sequence[int], names: dict[int, str], currency: str, *, day: dt.date) -> Sheet:
    """Every line of the two years that end with `day`."""
    amount = _("Amount")
    heads = [
        _("Partner"),
        _("Date"),
        _("Order"),
        _("Line"),
        _("Product code"),
        _("Product"),
        _("Quantity"),
        amount,
        _("Currency"),
        f"{amount} ({currency})",
    ]
    return heads, (
        [
            names.get(line.partner_id, ""),
            line.date,
            line.order_number,
            line.line_number,
            line.product.code if line.product else "",
            str(line.product) if line.product else "",
            line.quantity,
            line.amount,
            line.currency,
            line.amount_base,
        ]
        for line in selectors.lines_of(partner_ids, day=day).iterator(chunk_size=2000)
    )
