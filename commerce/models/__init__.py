"""The tables of commerce; one module a subject."""

from commerce.models.catalogue import CURRENCY, ExchangeRate, Product, ProductCategory
from commerce.models.customers import CustomerKey, CustomerKind, CustomerSource, EndCustomer
from commerce.models.direct import Below, CreditState, DirectChannel, DirectSale, DirectSaleKey
from commerce.models.sales import ManufacturerMonth, SalesDay, SalesLine, SalesMonth

__all__ = [
    "CURRENCY",
    "Below",
    "CreditState",
    "CustomerKey",
    "CustomerKind",
    "CustomerSource",
    "DirectChannel",
    "DirectSale",
    "DirectSaleKey",
    "EndCustomer",
    "ExchangeRate",
    "ManufacturerMonth",
    "Product",
    "ProductCategory",
    "SalesDay",
    "SalesLine",
    "SalesMonth",
]
