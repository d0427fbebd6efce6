"""What a partner buys, on the staff's page about it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from commerce import selectors
from commerce.charts import sell_in_chart
from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right

PRODUCTS_SHOWN = 10


def sell_in(member: Membership, partner: Partner) -> dict[str, Any]:
    figures = selectors.sell_in_of([partner.pk], day=partner.summary.as_of)
    currency = member.manufacturer.currency
    return {
        "sell_in": figures,
        "currency": currency,
        "chart": sell_in_chart(figures.months, currency=currency, has_before=figures.has_before),
        "orders": sum(month.orders for month in figures.months),
        "returns": sum(month.returns for month in figures.months),
    }


def products(member: Membership, partner: Partner) -> dict[str, Any] | None:
    bought = selectors.products_bought([partner.pk], day=partner.summary.as_of)
    if not bought:
        return None
    return {
        "products": bought[:PRODUCTS_SHOWN],
        "count": len(bought),
        "rest": len(bought) - PRODUCTS_SHOWN,
        "currency": member.manufacturer.currency,
        "can_open": member.can(Right.PRODUCTS_VIEW) and member.has_function("products"),
    }


register_panel(
    Panel(
        "sell_in",
        _("Sell-in by month"),
        "commerce/staff/panels/sell_in.html",
        sell_in,
        Right.SALES_VIEW,
        function="sales",
        order=10,
    )
)
register_panel(
    Panel(
        "products",
        _("Products bought"),
        "commerce/staff/panels/products.html",
        products,
        Right.SALES_VIEW,
        function="sales",
        order=40,
        tab="figures",
    )
)
