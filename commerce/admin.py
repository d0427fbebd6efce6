from django.contrib import admin

from commerce.models import ExchangeRate, Product, ProductCategory, SalesMonth
from tenancy.admin_base import OwnedAdmin


@admin.register(ProductCategory)
class ProductCategoryAdmin(OwnedAdmin):
    list_display = ["code", "__str__", "parent", "order"]
    list_select_related = ["manufacturer", "parent"]
    search_fields = ["code"]


@admin.register(Product)
class ProductAdmin(OwnedAdmin):
    list_display = ["code", "name", "category", "list_price", "currency", "is_draft", "is_active"]
    list_filter = ["is_draft", "is_active"]
    list_select_related = ["manufacturer", "category"]
    search_fields = ["code", "external_code", "name"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(OwnedAdmin):
    list_display = ["currency", "date", "rate"]
    list_filter = ["currency"]


@admin.register(SalesMonth)
class SalesMonthAdmin(OwnedAdmin):
    """Sell-in by month. Its single lines have a key of two columns, which this admin cannot show."""

    list_display = ["month", "partner", "product", "quantity", "amount_base", "returns_base", "lines"]
    list_select_related = ["manufacturer", "partner", "product"]
    search_fields = ["partner__code", "partner__name", "product__code"]
