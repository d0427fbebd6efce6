"""Registrations that a manufacturer has kept elsewhere so far, with what protects them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from commerce import selectors as commerce
from commerce.imports.currencies import NOT_A_CURRENCY, base_currency, currency_column
from jobs.columns import Column, Date, Decimal, Lookup, Text
from jobs.imports import Counts, Stage, UpsertImport, register_import
from leads.models import ClaimHead, ClaimStep, DealRegistration, DealState
from leads.services.claims import Claim, add_claims, lock_head
from leads.services.deals.common import DealError, facts_of, write_keys
from leads.services.deals.deciding import customer_for, protect
from leads.services.intake import in_base
from partners.imports.partner_codes import partner_column
from partners.models import Partner

TEXTS = ("title", "customer_name", "contact_name", "business_number", "email", "phone", "address", "city")
NEW_AND_ALL = """
SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM leads_dealregistration t WHERE t.external_code = n.external_code)),
    count(*)
FROM import_rows n
"""
NEW_ROWS = sql.SQL("""
SELECT row, {columns} FROM import_rows n
WHERE NOT EXISTS (SELECT FROM leads_dealregistration t WHERE t.external_code = n.external_code) ORDER BY row
""")


@register_import
class DealImport(UpsertImport):
    """Registrations, known by their external code. One that is known stays as it is: its claim stands in the log."""

    key = "deals"
    label = gettext_lazy("Deal registrations")
    explanation = gettext_lazy(
        "One registration in each row. With a day until which it is protected it holds its customer and product category;"
        " where another one does already, the row is refused. A registration that is known is left as it is."
    )
    function = "deals"
    order = 60
    model = DealRegistration
    known_by = ("external_code",)
    fields: ClassVar = {"external_code": "external_code"}
    sentences: ClassVar = {
        "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
        "unknown_category": gettext_lazy("there is no category “%(value)s”"),
        "not_a_currency": NOT_A_CURRENCY,
        "place_taken": gettext_lazy("this customer and product category are protected for another: %(value)s"),
        "repeated": gettext_lazy("is the same registration as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Text(
                "external_code",
                gettext_lazy("External code"),
                ("등록번호", "딜번호", "관리번호", "登録番号", "案件番号", "deal id", "registration", "opportunity id"),
                required=True, must_map=True, max_length=64, example="R-2026-001",
            ),
            partner_column(("partner id", "dealer code")),
            Text(
                "customer_name",
                gettext_lazy("Customer"),
                ("고객명", "고객", "업체명", "顧客名", "顧客", "会社名", "customer", "account", "company"),
                required=True, must_map=True, max_length=200, example="Daehan Hotel",
            ),
            Text("contact_name", gettext_lazy("Contact"), ("담당자", "担当者", "contact"), max_length=150),
            Text("business_number", gettext_lazy("Business number"), ("사업자등록번호", "法人番号"), max_length=40),
            Text("phone", gettext_lazy("Phone"), ("전화", "전화번호", "電話", "電話番号", "tel"), max_length=40),
            Text("email", gettext_lazy("E-mail"), ("이메일", "メール", "mail"), max_length=254),
            Text("address", gettext_lazy("Street and number"), ("주소", "住所", "street"), max_length=300),
            Text("city", gettext_lazy("City"), ("도시", "시군구", "市区町村", "town"), max_length=120),
            Lookup(
                "category",
                gettext_lazy("Product category"),
                ("제품군", "품목군", "분류", "製品群", "分類", "product group"),
                help=gettext_lazy("A category's code, or its name in any language."),
                required=True, must_map=True, max_length=200, example="Floors", find=commerce.category_ids,
                into="category_id", unknown="unknown_category",
            ),
            Text("title", gettext_lazy("What it is about"), ("건명", "제목", "件名", "subject", "project"), max_length=200),
            Decimal("amount", gettext_lazy("Amount"), ("금액", "예상금액", "金額", "value"), minimum="0", example="50000000"),
            currency_column(),
            Date("expected_on", gettext_lazy("Expected close"), ("예상수주일", "受注予定日", "close date")),
            Date(
                "registered_on",
                gettext_lazy("Registered"),
                ("등록일", "신청일", "登録日", "申請日", "date"),
                required=True, must_map=True, example="2026-06-01",
            ),
            Date("protected_until", gettext_lazy("Protected until"), ("보호만료일", "보호기간", "保護期限", "expires")),
        ]  # fmt: skip

    def settle(self, stage: Stage) -> Counts:
        """Rows whose place is taken are found by writing all, and taking that back."""
        stage.analyse("import_rows")
        dropped = stage.reject_repeated(self.known_by)
        taken: list[tuple[int, str]] = []
        with transaction.atomic():
            taken = self._write(stage)
            transaction.set_rollback(True)
        if taken:
            rows, names = [row for row, _name in taken], [name for _row, name in taken]
            stage.reject(
                "SELECT row, 'protected_until', 'place_taken', name FROM unnest(%s::bigint[], %s::text[]) AS t (row, name)",
                [rows, names],
            )
        ((new, total),) = stage.fetch(NEW_AND_ALL)
        return Counts(new=new, unchanged=total - new + dropped)

    def write(self, stage: Stage) -> None:
        self._write(stage)

    def _write(self, stage: Stage) -> list[tuple[int, str]]:
        """Write the new rows one after the other; returns those whose place is taken, with who holds it."""
        names = list(self.staged())
        rows = stage.fetch(NEW_ROWS.format(columns=sql.SQL(", ").join(map(sql.Identifier, names))))
        partners = Partner.objects.in_bulk({row[1 + names.index("partner_id")] for row in rows})
        head, base, taken = lock_head(), base_currency(), []
        for row, *values in rows:
            said = dict(zip(names, values, strict=True))
            try:
                with transaction.atomic():
                    self._take_over(said, partners[said["partner_id"]], head, base)
            except DealError as error:
                head = lock_head()
                taken.append((row, str(error)))
        return taken

    def _take_over(self, said: Mapping[str, Any], partner: Partner, head: ClaimHead, base: str) -> None:
        at = _start_of(said["registered_on"])
        until = _start_of(said["protected_until"] + dt.timedelta(days=1)) if said.get("protected_until") else None
        is_protected = until is not None and until > timezone.now()
        head.deals += 1
        head.save(update_fields=["deals"])
        currency = said.get("currency") or base
        amount = said.get("amount")
        deal = DealRegistration(
            reference=f"D{head.deals:06}", external_code=said["external_code"],
            category_id=said["category_id"], amount=amount, currency=currency,
            amount_base=None if amount is None else in_base(amount, currency, day=at.date(), base=base),
            expected_on=said.get("expected_on"), state=DealState.APPROVED if is_protected else DealState.EXPIRED,
            submitted_at=at, answered_at=at, protected_until=until, closed_at=None if is_protected else until or at,
            country=partner.country, **{name: said.get(name) or "" for name in TEXTS},
        )  # fmt: skip
        deal.name_partner(partner)
        deal.customer = customer_for(deal, None, ())
        deal.save()
        write_keys(deal)
        if until is not None and is_protected:
            protect(deal, deal.customer, starts_at=at, ends_at=until)
        add_claims(head, [Claim(deal, ClaimStep.IMPORTED, facts_of(deal, files=[]) | {"protected_until": until})])


def _start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
