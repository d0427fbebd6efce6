from hashlib import md5
from typing import ClassVar

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from commerce import selectors, services
from commerce.imports.amounts import LARGEST, Rates, products
from commerce.imports.currencies import NOT_A_CURRENCY, base_currency, currency_column
from commerce.sums import Adder
from jobs.columns import Column, Date, Decimal, Lookup, Text
from jobs.imports import Batch, Counts, Import, ImportRefusedError, Stage, register_import
from partners.selectors import partner_ids
from partners.services import create_drafts

SEPARATOR = "\x1f"


@register_import
class SellInImport(Import):
    """Lines of what partners bought. A line is known by its own id, else by order and line number, else as a whole."""

    key = "sell_in"
    label = gettext_lazy("Sell-in lines")
    explanation = gettext_lazy(
        "What partners bought, one line each; returns and cancellations are negative. Lines with an id, or with order and "
        "line number, are updated when they come again; others count as the same only if nothing in them differs."
    )
    function = "sales"
    order = 40
    sorted_by_hex = "line_id"
    create_missing_label = gettext_lazy("Create unknown partners and products as drafts")
    sentences: ClassVar = {
        "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
        "unknown_product": gettext_lazy("no product has the code “%(value)s”"),
        "not_a_currency": NOT_A_CURRENCY,
        "no_rate": gettext_lazy("there is no exchange rate for %(value)s or earlier"),
        "too_many_digits": gettext_lazy("“%(value)s” has too many digits"),
        "repeated": gettext_lazy("The line is the same as in row %(value)s, but says something else."),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Text(
                "external_line_id",
                gettext_lazy("Line id"),
                ("전표행번호", "라인ID", "行ID", "明細ID", "invoice line", "line key", "transaction id", "거래번호"),
                help=gettext_lazy("What your books know the line by, for good."),
                max_length=128,
            ),
            Text(
                "order_number",
                gettext_lazy("Order number"),
                (
                    "주문번호", "오더번호", "전표번호", "수주번호", "受注番号", "注文番号", "伝票番号", "請求書番号",
                    "order no", "order", "order id", "invoice no", "invoice", "invoice number", "sales order number",
                ),
                max_length=64,
                example="SO-1001",
            ),
            Text(
                "line_number",
                gettext_lazy("Line number"),
                ("행번호", "라인번호", "순번", "항번", "行番号", "明細番号", "line no", "line", "position", "item no",
                 "sales order line number"),
                max_length=32,
                example="1",
            ),
            Lookup(
                "partner_code",
                gettext_lazy("Partner code"),
                (
                    "거래처코드", "대리점코드", "고객코드", "파트너코드", "매장코드", "取引先コード", "得意先コード", "代理店コード",
                    "顧客コード", "partner", "partner id", "customer", "customer code", "customer id", "customer no",
                    "dealer", "dealer code", "reseller key", "account", "store",
                ),
                required=True,
                must_map=True,
                help=gettext_lazy("The partner's code, or its external code."),
                max_length=64,
                example="A-001",
                find=partner_ids,
                into="partner_id",
                creatable=True,
                unknown="unknown_partner",
            ),
            Lookup(
                "product_code",
                gettext_lazy("Product code"),
                (
                    "품목코드", "상품코드", "제품코드", "자재코드", "품번", "商品コード", "製品コード", "品番", "品目コード",
                    "product", "product id", "item", "item code", "item number", "sku", "stock code", "product key",
                ),
                required=True,
                max_length=64,
                example="P-100",
                find=selectors.product_ids,
                into="product_id",
                creatable=True,
                unknown="unknown_product",
            ),
            Date(
                "date",
                gettext_lazy("Date"),
                (
                    "일자", "날짜", "매출일", "매출일자", "주문일", "주문일자", "출고일", "출하일", "전표일자", "거래일자",
                    "日付", "売上日", "受注日", "出荷日", "伝票日付", "order date", "invoice date", "sales date", "ship date",
                    "posting date",
                ),
                required=True,
                must_map=True,
                example="2026-01-31",
            ),
            Decimal(
                "quantity",
                gettext_lazy("Quantity"),
                ("수량", "출고수량", "판매수량", "数量", "出荷数量", "qty", "order quantity", "pieces", "units", "bottles"),
                required=True,
                example="12",
            ),
            Decimal(
                "amount",
                gettext_lazy("Amount"),
                (
                    "금액", "매출액", "매출금액", "공급가액", "판매금액", "金額", "売上金額", "売上高", "税抜金額", "net amount",
                    "sales amount", "sales", "total", "line total", "revenue", "net value", "sales usd",
                ),
                required=True,
                example="1200.00",
            ),
            Decimal(
                "unit_price",
                gettext_lazy("Unit price"),
                ("단가", "판매단가", "単価", "販売単価", "price", "unit price"),
                required=True,
                places=6,
                digits=20,
                help=gettext_lazy("Only where the file has no amount: quantity times price is the amount."),
            ),
            currency_column(required=True),
        ]  # fmt: skip

    def prepare(self) -> None:
        names = self.mapping.names
        if "amount" in names and "unit_price" in names:
            raise ImportRefusedError(_("Match either the amount or the unit price, not both."))
        if "amount" not in names and not {"unit_price", "quantity"} <= names:
            raise ImportRefusedError(_("Match the amount, or the quantity and the unit price."))
        self.base = base_currency()
        self.rates = Rates()
        self.has_product = "product_code" in names
        self.has_quantity = "quantity" in names
        self.has_currency = "currency" in names
        self.numbers = [name for name in ("external_line_id", "order_number", "line_number") if name in names]
        self.seen: list[pl.Series] = []
        self.times: dict[str, int] = {}
        self.has_repeated_numbers = False
        # What is not in the base currency is added up in the database, after the rates are applied.
        self.adder = None if self.has_currency or self.dry_run else Adder()

    def staged(self) -> dict[str, str]:
        columns = {"line_id": "uuid", "partner_id": "bigint", "date": "date", "amount": "numeric(18,4)"}
        if self.has_product:
            columns["product_id"] = "bigint"
        if self.has_quantity:
            columns["quantity"] = "numeric(18,4)"
        if self.has_currency:
            columns |= {"currency": "text", "rate": "numeric"}
        return columns | dict.fromkeys(self.numbers, "text")

    def refine(self, batch: Batch) -> None:
        values = batch.values
        if "amount" not in values:
            values["amount"], too_big = products(values["quantity"], values["unit_price"])
            batch.reject(too_big, "unit_price", "too_many_digits")
        if self.has_currency:
            values["rate"], missing = self.rates.on(values["currency"], values["date"], self.base)
            batch.reject(missing.is_not_null(), "currency", "no_rate", missing)
        self._identify(batch)

    def _identify(self, batch: Batch) -> None:
        """`line_id`: the MD5 of what the line is known by: its own id, else order and line number, else all of it."""
        values = batch.values
        empty = pl.repeat("", len(batch), dtype=pl.String, eager=True)
        parts = {
            "external_line_id": values.get("external_line_id", empty),
            "order_number": values.get("order_number", empty),
            "line_number": values.get("line_number", empty),
            "partner_code": values["partner_code"],
            "product_code": values.get("product_code", empty),
            "date": values["date"].cast(pl.String),
            "quantity": values.get("quantity", empty),
            "amount": values["amount"],
            "currency": values["currency"] if self.has_currency else pl.repeat(self.base, len(batch), eager=True),
        }
        frame = pl.DataFrame(parts).with_columns(pl.all().fill_null(""))
        by_own = pl.col("external_line_id") != ""
        by_order = (pl.col("order_number") != "") & (pl.col("line_number") != "")
        chosen = frame.select(
            pl.when(by_own)
            .then(pl.concat_str(pl.lit("E"), "external_line_id", separator=SEPARATOR))
            .when(by_order)
            .then(pl.concat_str(pl.lit("O"), "order_number", "line_number", separator=SEPARATOR))
            .otherwise(pl.concat_str(pl.lit("R"), *parts, separator=SEPARATOR))
            .alias("key"),
            (~by_own & ~by_order).alias("is_whole"),
        )
        keys = self._counted(chosen["key"], chosen["is_whole"])
        digests = [md5(key, usedforsecurity=False).digest() for key in keys.cast(pl.Binary).to_list()]
        values["line_id"] = pl.Series(digests, dtype=pl.Binary).bin.encode("hex")

    def _counted(self, keys: pl.Series, is_whole: pl.Series) -> pl.Series:
        """Lines known as a whole that stand in the file again get their count; whether numbers do is noted.

        Keys of earlier parts are remembered as hashes, eight bytes each.
        """
        hashes = keys.hash()
        came_before = pl.repeat(False, len(keys), dtype=pl.Boolean, eager=True)
        for earlier in self.seen:
            came_before |= hashes.is_in(earlier.implode())
        self.seen.append(hashes)
        again = hashes.is_duplicated() | came_before
        self.has_repeated_numbers |= bool((again & ~is_whole).any())
        repeated = pl.DataFrame({"key": keys, "came_before": came_before}).with_row_index().filter(again & is_whole)
        if not repeated.height:
            return keys
        counted = []
        for key, before in repeated.select("key", "came_before").rows():
            self.times[key] = self.times.get(key, 1 if before else 0) + 1
            counted.append(key if self.times[key] == 1 else f"{key}{SEPARATOR}{self.times[key]}")
        return keys.scatter(repeated["index"], pl.Series(counted, dtype=pl.String))

    def note(self, good: pl.DataFrame) -> None:
        if self.adder is not None:
            self.adder.take(good)

    def settle(self, stage: Stage) -> Counts:
        stage.analyse("import_rows")
        dropped = stage.reject_repeated(["line_id"], told_of="") if self.has_repeated_numbers else 0
        stage.view("new_lines", self._line())
        if self.has_currency:
            stage.reject(TOO_BIG)
        if not self.dry_run:
            services.lock_sell_in()
            if stage.execute(INTO_WHAT_IT_WAS_MERGED):  # a merge while the file was being read
                self.adder = None
        self.counts = services.compare_lines(stage)
        return Counts(self.counts.new, self.counts.changed, self.counts.unchanged + dropped)

    def _line(self) -> sql.Composed:
        """The staged rows as lines: what the file does not say is filled in."""
        said = self.staged()
        values: dict[str, sql.Composable] = {
            name: sql.Identifier(name) if name in said else default
            for name, default in {
                "row": sql.Identifier("row"),
                "line_id": sql.Identifier("line_id"),
                "partner_id": sql.Identifier("partner_id"),
                "product_id": sql.SQL("NULL::bigint"),
                "date": sql.Identifier("date"),
                "quantity": sql.SQL("0::numeric"),
                "amount": sql.Identifier("amount"),
                "currency": sql.Literal(self.base),
            }.items()
        }
        values["amount_base"] = (
            sql.SQL("CASE WHEN rate IS NULL THEN amount ELSE round(amount * rate, 4) END")
            if self.has_currency
            else sql.Identifier("amount")
        )
        for name in ("order_number", "line_number", "external_line_id"):
            values[name] = sql.SQL("coalesce({}, '')").format(sql.Identifier(name)) if name in said else sql.SQL("''")
        values["is_return"] = (
            sql.SQL("amount < 0") if not self.has_quantity else sql.SQL("amount < 0 OR amount = 0 AND quantity < 0")
        )
        return sql.SQL("SELECT {} FROM import_rows").format(
            sql.SQL(", ").join(
                sql.SQL("{} AS {}").format(value, sql.Identifier(name)) for name, value in values.items()
            )
        )

    def write(self, stage: Stage) -> None:
        created = stage.create_missing("partner_code", "partner_id", create_drafts, partner_ids)
        created += stage.create_missing(
            "product_code", "product_id", services.create_draft_products, selectors.product_ids
        )
        # What was just created has other ids than those that were noted.
        adder = None if self.counts.changed or self.counts.unchanged or created else self.adder
        services.write_lines(stage, self.counts, import_file=self.import_file, adder=adder)


INTO_WHAT_IT_WAS_MERGED = """
    UPDATE import_rows n SET partner_id = p.merged_into_id
    FROM partners_partner p WHERE p.id = n.partner_id AND p.merged_into_id IS NOT NULL
"""
TOO_BIG = sql.SQL(
    "SELECT row, 'amount', 'too_many_digits', amount_base::text FROM new_lines WHERE abs(amount_base) >= {}"
).format(sql.Literal(LARGEST))
