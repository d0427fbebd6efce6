from typing import ClassVar

from django.utils.translation import gettext_lazy

from commerce import selectors, services
from commerce.imports.currencies import NOT_A_CURRENCY, currency_column
from commerce.models import Product
from jobs.columns import Column, Decimal, Lookup, Text
from jobs.imports import Stage, UpsertImport, register_import


@register_import
class ProductImport(UpsertImport):
    """Products, known by their code."""

    key = "products"
    label = gettext_lazy("Products")
    explanation = gettext_lazy("One product in each row. A known code is an update of what the file says.")
    function = "products"
    order = 20
    model = Product
    known_by = ("code",)
    fields: ClassVar = {
        "code": "code",
        "name": "name",
        "category_id": "category",
        "list_price": "list_price",
        "currency": "currency",
    }
    create_missing_label = gettext_lazy("Create unknown categories")
    sentences: ClassVar = {
        "unknown_category": gettext_lazy("there is no category “%(value)s”"),
        "not_a_currency": NOT_A_CURRENCY,
        "needs_name": gettext_lazy("a new product needs a name"),
        "repeated": gettext_lazy("is the same product as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Text(
                "code",
                gettext_lazy("Product code"),
                (
                    "품목코드", "상품코드", "제품코드", "자재코드", "품번", "코드", "商品コード", "製品コード", "品番", "コード",
                    "product key", "item number", "item", "sku", "stock code", "item code", "product id",
                ),
                required=True,
                must_map=True,
                max_length=64,
                example="P-100",
            ),
            Text(
                "name",
                gettext_lazy("Name"),
                (
                    "품목명", "상품명", "제품명", "품명", "이름", "商品名", "製品名", "品名", "名称", "product name",
                    "description", "item description", "english product name",
                ),
                required=True,
                max_length=200,
                example="Oak floor 12 mm",
            ),
            Lookup(
                "category",
                gettext_lazy("Category"),
                ("분류", "카테고리", "품목군", "제품군", "カテゴリ", "カテゴリー", "分類", "製品群", "product group",
                 "category name", "group"),
                help=gettext_lazy("A category's code, or its name in any language."),
                max_length=200,
                example="Floors",
                find=selectors.category_ids,
                into="category_id",
                creatable=True,
                unknown="unknown_category",
            ),
            Decimal(
                "list_price",
                gettext_lazy("List price"),
                ("정가", "표준단가", "소비자가", "단가", "定価", "標準価格", "標準単価", "単価", "price", "unit price", "msrp"),
                minimum="0",
                example="42.50",
            ),
            currency_column(),
        ]  # fmt: skip

    def check_new(self, stage: Stage) -> None:
        if "name" not in self.mapping.names:
            stage.reject(
                "SELECT row, 'name', 'needs_name', NULL FROM import_rows n"
                " WHERE NOT EXISTS (SELECT FROM commerce_product t WHERE t.code = n.code)"
            )

    def write(self, stage: Stage) -> None:
        stage.create_missing("category", "category_id", services.create_categories, selectors.category_ids)
        super().write(stage)
