"""What staff see of products and exchange rates."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from commerce import selectors
from commerce.charts import sell_in_chart
from commerce.filters import ProductFilterSet, RateFilterSet
from commerce.models import ExchangeRate, Product
from commerce.tables import ProductTable, RateTable, state_of
from pages import formats
from pages.lists import Empty, ListView
from pages.paging import COUNT_UP_TO, Sort, count_up_to
from tenancy.access import StaffMixin
from tenancy.rights import Right


class ProductListView(StaffMixin, ListView):
    """All products."""

    required_right = Right.PRODUCTS_VIEW
    required_function = "products"
    list_key = "products"
    table_class = ProductTable
    filterset_class = ProductFilterSet
    template_name = "commerce/staff/products.html"
    sorts = {"name": Sort("name"), "code": Sort("code"), "list_price": Sort("list_price", descending=True)}
    default_sort = "name"
    default_columns = ["name", "code", "category", "list_price", "unit", "state"]
    export_name = "products"
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No products yet"),
        gettext_lazy("Bring them in from a sheet: a code and a name each is enough."),
        url_name="jobs:imports",
        action=gettext_lazy("Import products"),
        right=Right.IMPORTS_RUN,
    )

    def get_queryset(self) -> QuerySet[Product]:
        return selectors.products()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=products_title(), **kwargs)


def products_title() -> str:
    """Whether something is to be done about products."""
    drafts = count_up_to(Product.objects.filter(is_draft=True))
    if drafts > COUNT_UP_TO:
        return _("More than %(count)s products are drafts") % {"count": formats.number(COUNT_UP_TO)}
    if drafts:
        return ngettext(
            "%(count)s product is a draft: it was named in a file only",
            "%(count)s products are drafts: they were named in files only",
            drafts,
        ) % {"count": formats.number(drafts)}
    return _("Every product is described")


class OneProductMixin(StaffMixin):
    kwargs: dict[str, Any]

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(selectors.products(), pk=self.kwargs["pk"])


class ProductDetailView(OneProductMixin, TemplateView):
    """One product; its figures follow after the page."""

    required_right = Right.PRODUCTS_VIEW
    required_function = "products"
    template_name = "commerce/staff/product.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_sales = self.member.can(Right.SALES_VIEW) and self.member.has_function("sales")
        return super().get_context_data(
            product=self.product, state=state_of(self.product), shows_sales=shows_sales, **kwargs
        )


class ProductSellInView(OneProductMixin, TemplateView):
    """What is sold of a product, and to whom: fetched by its page."""

    required_right = Right.SALES_VIEW
    required_function = "sales"
    template_name = "commerce/partials/product_sell_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        sold = selectors.sell_in_of_product(self.product, member=self.member, day=day)
        currency = self.member.manufacturer.currency
        return super().get_context_data(
            product=self.product,
            day=day,
            currency=currency,
            sold=sold,
            verdict=product_verdict(self.product, sold, day),
            chart=sell_in_chart(sold.months, currency=currency),
            **kwargs,
        )


def product_verdict(product: Product, sold: selectors.ProductSellIn, day: dt.date) -> str:
    """What the product's year says."""
    names = {"product": product, "day": formats.date(day, get_language())}
    if sold.is_empty:
        return _("%(product)s was not sold in the last two years") % names
    if sold.change is None:
        return _("%(product)s is new: nothing was sold the year before") % names
    if abs(sold.change) < 1:
        return _("%(product)s sells as well as last year") % names
    names["change"] = formats.percent(abs(sold.change))
    if sold.change > 0:
        return _("%(product)s sells %(change)s more than last year") % names
    return _("%(product)s sells %(change)s less than last year") % names


class CategoryListView(StaffMixin, TemplateView):
    """The product categories, those below others under them."""

    required_right = Right.PRODUCTS_VIEW
    required_function = "products"
    template_name = "commerce/staff/categories.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(categories=selectors.category_tree(), **kwargs)


class RateListView(StaffMixin, ListView):
    """The exchange rates by which amounts come to the base currency."""

    required_right = Right.SALES_VIEW
    required_function = "sales"
    list_key = "rates"
    table_class = RateTable
    filterset_class = RateFilterSet
    template_name = "commerce/staff/rates.html"
    sorts = {"date": Sort("date", descending=True)}
    default_sort = "-date"
    export_name = "rates"
    empty = Empty(
        gettext_lazy("No exchange rates yet"),
        gettext_lazy("They are needed where partners buy in other currencies than yours."),
        url_name="jobs:imports",
        action=gettext_lazy("Import rates"),
        right=Right.IMPORTS_RUN,
    )

    def get_queryset(self) -> QuerySet[ExchangeRate]:
        return selectors.rates()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        currency = self.member.manufacturer.currency
        return super().get_context_data(currency=currency, **kwargs)
