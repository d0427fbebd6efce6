"""What the manufacturer's own people and its web shop sold, from a sheet."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy
from psycopg2 import sql

from commerce import selectors
from commerce.imports.amounts import Rates
from commerce.imports.currencies import NOT_A_CURRENCY, base_currency, currency_column
from commerce.models import DirectSale
from jobs.columns import CellError, Column, Date, Decimal, Email, Lookup, Read, Text, fold
from jobs.imports import Batch, UpsertImport, register_import
from partners.imports.places import UNKNOWN_COUNTRY, place_columns
from tenancy.rights import Right

CHANNELS = {
    "direct": ("direct", "own", "sales", "직판", "직접", "영업", "직접판매", "直販", "直接", "営業"),
    "web": ("web", "online", "shop", "e-commerce", "웹", "온라인", "온라인몰", "자사몰", "ウェブ", "オンライン", "ec"),
}
BY_WORD = {fold(word): key for key, words in CHANNELS.items() for word in words}


def read_channel(text: str) -> str:
    """The channel that a word in any of the languages means."""
    key = BY_WORD.get(fold(text))
    if key is None:
        raise CellError("unknown_channel")
    return key


@register_import
class DirectSaleImport(UpsertImport):
    """Direct sales, known by order and line. What partners are credited with is settled afterwards."""

    key = "direct_sales"
    label = gettext_lazy("Direct sales")
    explanation = gettext_lazy(
        "What you sold past your partners, one line of an order in each row. The same order and line is an update."
    )
    function = "deals"
    right = Right.IMPORTS_RUN
    order = 44
    model = DirectSale
    known_by = ("order_number", "line_number")
    fields: ClassVar = {
        **{
            name: name
            for name in (
                "order_number", "line_number", "date", "channel", "customer_name", "email", "phone", "business_number",
                "address", "city", "region", "postal_code", "country", "quantity", "amount", "currency",
            )
        },
        "product_id": "product",
    }  # fmt: skip
    sentences: ClassVar = {
        "unknown_product": gettext_lazy("no product has the code “%(value)s”"),
        "unknown_country": UNKNOWN_COUNTRY,
        "unknown_channel": gettext_lazy("“%(value)s” is neither own people nor the web"),
        "not_a_currency": NOT_A_CURRENCY,
        "no_rate": gettext_lazy("there is no exchange rate for %(value)s or earlier"),
        "repeated": gettext_lazy("is the same line as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Text(
                "order_number",
                gettext_lazy("Order number"),
                ("주문번호", "전표번호", "受注番号", "注文番号", "order", "order no", "invoice"),
                required=True,
                must_map=True,
                max_length=64,
                example="W-2026-00017",
            ),
            Text(
                "line_number",
                gettext_lazy("Line"),
                ("행번호", "순번", "明細番号", "行", "line no", "position"),
                required=True,
                must_map=True,
                max_length=32,
                example="1",
            ),
            Date(
                "date",
                gettext_lazy("Date"),
                ("일자", "주문일", "매출일", "日付", "受注日", "売上日", "order date"),
                required=True,
                must_map=True,
                example="2026-01-31",
            ),
            Read(
                "channel",
                gettext_lazy("Channel"),
                ("채널", "판매경로", "チャネル", "販路", "sales channel"),
                help=gettext_lazy("Own people or the web; without it own people."),
                example="web",
                read=read_channel,
            ),
            Text("customer_name", gettext_lazy("Customer"), ("고객", "고객명", "거래처", "顧客", "顧客名", "客先", "buyer"), max_length=200),
            Email("email", gettext_lazy("E-mail"), ("이메일", "メール", "mail")),
            Text("phone", gettext_lazy("Phone"), ("전화", "전화번호", "電話", "電話番号", "tel"), max_length=40),
            Text("business_number", gettext_lazy("Business number"), ("사업자번호", "사업자등록번호", "法人番号", "vat"), max_length=40),
            *place_columns(address=("배송지", "納入先住所")),
            Lookup(
                "product_code",
                gettext_lazy("Product code"),
                ("품번", "제품코드", "상품코드", "品番", "商品コード", "sku", "item"),
                max_length=64,
                example="P-100",
                find=selectors.product_ids,
                into="product_id",
                unknown="unknown_product",
            ),
            Decimal("quantity", gettext_lazy("Quantity"), ("수량", "数量", "qty"), required=True, example="12"),
            Decimal(
                "amount",
                gettext_lazy("Amount"),
                ("금액", "매출액", "金額", "売上金額", "net amount", "total"),
                required=True,
                must_map=True,
                example="1200.00",
            ),
            currency_column(required=True),
        ]  # fmt: skip

    def prepare(self) -> None:
        self.base = base_currency()
        self.rates = Rates()
        self.has_currency = "currency" in self.mapping.names

    def staged(self) -> dict[str, str]:
        return super().staged() | ({"rate": "numeric"} if self.has_currency else {})

    def refine(self, batch: Batch) -> None:
        if self.has_currency:
            values = batch.values
            values["rate"], missing = self.rates.on(values["currency"], values["date"], self.base)
            batch.reject(missing.is_not_null(), "currency", "no_rate", missing)

    def new_values(self) -> dict[str, sql.Composable]:
        values: dict[str, Any] = dict(super().new_values())
        values.setdefault("currency", sql.Literal(self.base))
        values["amount_base"] = (
            sql.SQL("CASE WHEN n.rate IS NULL THEN n.amount ELSE round(n.amount * n.rate, 4) END")
            if self.has_currency
            else sql.SQL("n.amount")
        )
        for name, default in (("channel", "direct"), ("quantity", "0")):
            if name in values:
                values[name] = sql.SQL("coalesce({}, {})").format(
                    sql.SQL("nullif({}, '')").format(values[name]) if name == "channel" else values[name],
                    sql.Literal(default) if name == "channel" else sql.SQL(default),
                )
        values["import_file"] = sql.Literal(self.import_file)
        return values

    def changed_values(self) -> dict[str, sql.Composable]:
        values = super().changed_values()
        del values["import_file"]
        return values
