"""The files a demo manufacturer hands in, in the columns that the imports know."""

from __future__ import annotations

from datetime import date

from .shapes import DemoManufacturer, as_csv

PARTNER_COLUMNS = (
    "code", "external_code", "name", "local_name", "kind", "parent_code", "email", "phone", "address", "city",
    "region", "postal_code", "country", "latitude", "longitude", "established_year", "employees",
)  # fmt: skip
PRODUCT_COLUMNS = ("code", "name", "category", "list_price", "currency")
RATE_COLUMNS = ("currency", "date", "rate")
SELL_IN_COLUMNS = (
    "order_number", "line_number", "partner_code", "product_code", "date", "quantity", "amount", "currency",
)  # fmt: skip


def partners_csv(demo: DemoManufacturer) -> str:
    """One row per partner; parents come before those beneath them."""
    keys = [custom.key for custom in demo.fields]
    rows = (
        [
            *(blank(getattr(partner, column)) for column in PARTNER_COLUMNS),
            *(partner.custom.get(key, "") for key in keys),
        ]
        for partner in demo.partners
    )
    return as_csv([*PARTNER_COLUMNS, *keys], rows)


def products_csv(demo: DemoManufacturer) -> str:
    """One row per product, named in the manufacturer's first language."""
    language = demo.languages[0]
    rows = (
        (product.code, product.names[language], product.category, product.list_price, demo.currency)
        for product in demo.products
    )
    return as_csv(PRODUCT_COLUMNS, rows)


def rates_csv(demo: DemoManufacturer) -> str:
    """The dated rate table, empty for a manufacturer that sells in its own currency alone."""
    return as_csv(RATE_COLUMNS, ((rate.currency, rate.date, rate.rate) for rate in demo.rates))


def sell_in_csv(demo: DemoManufacturer, *, first: date, last: date) -> str:
    """The order and return lines from one day to another, in the order of their dates."""
    rows = (
        (
            line.order_number, line.line_number, line.partner_code, line.product_code,
            line.date, line.quantity, line.amount, line.currency,
        )
        for line in demo.lines
        if first <= line.date <= last
    )  # fmt: skip
    return as_csv(SELL_IN_COLUMNS, rows)


def blank(value: object) -> object:
    """What a spreadsheet shows for a value nobody filled in."""
    return "" if value is None else value
