"""Opportunities from a sheet: what partners or the manufacturer have kept elsewhere so far, open or closed."""

from collections.abc import Sequence
from typing import ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from commerce.imports.currencies import NOT_A_CURRENCY, base_currency, currency_column
from commerce.models import CustomerSource, EndCustomer
from commerce.selectors import category_ids
from jobs.columns import Column, Date, Decimal, Lookup, Text
from jobs.imports import Stage, UpsertImport, register_import
from leads.functions import LEADS
from leads.models import LeadReason, Opportunity, PipelineStage, ReasonUse, Site, StageOutcome
from leads.selectors.leads import code_ids
from leads.services.likeness import write_customer_keys
from leads.services.stages import ensure_stages
from partners.imports.partner_codes import partner_column
from tenancy.rights import Right
from tenancy.selectors import current_manufacturer

OTHER_PARTNER = """
    SELECT n.row, 'partner_code', 'other_partner', NULL
    FROM import_rows n JOIN leads_opportunity t ON t.external_code = n.external_code WHERE t.partner_id <> n.partner_id
"""
IS_CLOSED = """
    SELECT n.row, 'stage', 'is_closed', NULL
    FROM import_rows n JOIN leads_opportunity t ON t.external_code = n.external_code
    WHERE t.closed_at IS NOT NULL AND n.stage_id <> t.stage_id
"""
NO_AMOUNT = """
    SELECT n.row, 'stage', 'no_amount', NULL
    FROM import_rows n LEFT JOIN leads_opportunity t ON t.external_code = n.external_code
    WHERE n.stage_id = {won} AND coalesce({amount}, t.won_amount, t.amount, 0) <= 0
"""
NOT_ITS_SITE = """
    SELECT n.row, 'site', 'not_its_site', NULL FROM import_rows n
    WHERE n.site_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM leads_siteaccess a WHERE a.site_id = n.site_id AND a.partner_id = n.partner_id
    )
"""
NEW_CUSTOMERS = """
    SELECT n.partner_id, n.customer, {phone} FROM import_rows n
    WHERE n.customer IS NOT NULL AND NOT EXISTS (
        SELECT FROM commerce_endcustomer c
        WHERE c.served_by_id = n.partner_id AND c.name = n.customer AND c.merged_into_id IS NULL
    )
    GROUP BY n.partner_id, n.customer ORDER BY 1, 2
"""
CUSTOMERS = """
    UPDATE leads_opportunity t SET customer_id = found.id
    FROM import_rows n CROSS JOIN LATERAL (
        SELECT min(c.id) AS id FROM commerce_endcustomer c
        WHERE c.served_by_id = n.partner_id AND c.name = n.customer AND c.merged_into_id IS NULL
    ) found
    WHERE t.external_code = n.external_code AND n.customer IS NOT NULL AND t.customer_id IS DISTINCT FROM found.id
"""
# At the rate of the day of the order, of what is open at today's.
AMOUNTS = """
    UPDATE leads_opportunity t SET amount_base = round(t.amount * rated.rate, 4),
        won_amount_base = round(t.won_amount * rated.rate, 4),
        due_on = coalesce(t.next_step_on, (t.stage_since AT TIME ZONE %(zone)s)::date)
    FROM import_rows n JOIN leads_opportunity o ON o.external_code = n.external_code CROSS JOIN LATERAL (
        SELECT CASE WHEN o.currency = %(base)s THEN 1 ELSE (
            SELECT r.rate FROM commerce_exchangerate r
            WHERE r.currency = o.currency AND r.date <= (coalesce(o.closed_at, now()) AT TIME ZONE %(zone)s)::date
            ORDER BY r.date DESC LIMIT 1
        ) END AS rate
    ) rated
    WHERE t.id = o.id AND t.updated_at >= transaction_timestamp()
"""
MOVES = """
    INSERT INTO leads_opportunitymove (partner_id, opportunity_id, from_stage_id, to_stage_id, amount_base, at, by_name)
    SELECT t.partner_id, t.id, last.to_stage_id, t.stage_id, t.amount_base, t.stage_since, ''
    FROM import_rows n JOIN leads_opportunity t ON t.external_code = n.external_code LEFT JOIN LATERAL (
        SELECT m.to_stage_id FROM leads_opportunitymove m WHERE m.opportunity_id = t.id ORDER BY m.at DESC, m.id DESC
        LIMIT 1
    ) last ON true
    WHERE last.to_stage_id IS DISTINCT FROM t.stage_id
"""


def site_ids(codes: Sequence[str]) -> dict[str, int]:
    """The sites with these external codes or references, by the text given."""
    rows = Site.objects.filter(Q(external_code__in=codes) | Q(reference__in=codes), merged_into=None)
    by_reference, by_code = {row.reference: row.pk for row in rows}, {row.external_code: row.pk for row in rows}
    return {code: found for code in codes if (found := by_code.get(code) or by_reference.get(code)) is not None}


@register_import
class OpportunityImport(UpsertImport):
    """Opportunities, known by their external code."""

    key = "opportunities"
    label = gettext_lazy("Opportunities")
    explanation = gettext_lazy(
        "One opportunity of a partner in each row; without a stage it begins at the first. A known code is an update."
        " The end customer is found by name among those that the partner serves, or made."
    )
    function = LEADS.key
    right = Right.IMPORTS_RUN
    order = 66
    model = Opportunity
    known_by = ("external_code",)
    fields: ClassVar = {
        **{
            name: name
            for name in (
                "external_code", "name", "amount", "currency", "expected_close", "next_step", "next_step_on",
                "won_amount", "reason_note", "note",
            )
        },
        "partner_id": "partner",
        "stage_id": "stage",
        "category_id": "category",
        "site_id": "site",
        "reason_id": "reason",
    }  # fmt: skip
    sentences: ClassVar = {
        "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
        "unknown_stage": gettext_lazy("there is no stage “%(value)s”"),
        "unknown_category": gettext_lazy("there is no product category “%(value)s”"),
        "unknown_site": gettext_lazy("no site has the code “%(value)s”"),
        "unknown_reason": gettext_lazy("there is no reason “%(value)s” for losing"),
        "not_a_currency": NOT_A_CURRENCY,
        "not_its_site": gettext_lazy("the partner takes no part in this site"),
        "other_partner": gettext_lazy("this opportunity is of another partner, which a file does not change"),
        "is_closed": gettext_lazy("this opportunity is closed; its partner opens it again in the portal"),
        "no_amount": gettext_lazy("what is won needs the amount of the order"),
        "repeated": gettext_lazy("is the same opportunity as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Text(
                "external_code",
                gettext_lazy("External code"),
                ("영업기회번호", "기회번호", "관리번호", "案件番号", "商談番号", "管理番号", "opportunity id", "deal id", "id"),
                help=gettext_lazy("What the list itself calls the opportunity. The same code again is an update."),
                required=True, must_map=True, max_length=64, example="O26-001",
            ),
            partner_column(("dealer code", "sales_agent")),
            Text(
                "name",
                gettext_lazy("What it is about"),
                ("건명", "영업기회", "제목", "案件名", "商談名", "件名", "opportunity", "subject", "project"),
                required=True, must_map=True, max_length=200, example="Lobby floor",
            ),
            Text(
                "customer",
                gettext_lazy("End customer"),
                ("고객명", "고객", "업체명", "顧客名", "会社名", "customer name", "account", "company"),
                max_length=200, example="Daehan Hotel",
            ),
            Text("customer_phone", gettext_lazy("Phone"), ("전화", "전화번호", "電話", "電話番号", "tel"), max_length=40),
            Lookup(
                "stage",
                gettext_lazy("Stage"),
                ("단계", "상태", "ステージ", "段階", "deal_stage", "status"),
                help=gettext_lazy("A stage's code, or its name in any language."),
                max_length=200, find=lambda names: code_ids(PipelineStage, names, is_retired=False), into="stage_id",
                unknown="unknown_stage",
            ),
            Lookup(
                "category",
                gettext_lazy("Product category"),
                ("제품군", "품목군", "製品群", "分類", "product group"),
                max_length=200, find=category_ids, into="category_id", unknown="unknown_category",
            ),
            Lookup(
                "site",
                gettext_lazy("Site"),
                ("현장코드", "현장번호", "現場コード", "現場番号", "site code"),
                help=gettext_lazy("External code or reference of a site where the partner takes part."),
                max_length=64, find=site_ids, into="site_id", unknown="unknown_site",
            ),
            Decimal("amount", gettext_lazy("Expected amount"), ("금액", "예상금액", "金額", "見込金額", "value"), places=4, minimum="0"),
            currency_column(),
            Date("expected_close", gettext_lazy("Expected order"), ("예상수주일", "受注予定日", "expected close")),
            Text("next_step", gettext_lazy("Next step"), ("다음 단계", "다음 할 일", "次の予定", "next action"), max_length=200),
            Date("next_step_on", gettext_lazy("Next step on"), ("다음 일정", "次回日", "next action date")),
            Date("opened_on", gettext_lazy("Opened"), ("등록일", "生成日", "登録日", "created", "engage_date")),
            Date("closed_on", gettext_lazy("Closed"), ("종료일", "수주일", "完了日", "受注日", "close_date")),
            Decimal("won_amount", gettext_lazy("Amount of the order"), ("수주금액", "受注金額", "close_value"), places=4, minimum="0"),
            Lookup(
                "reason",
                gettext_lazy("Lost because"),
                ("실주사유", "失注理由", "lost reason"),
                max_length=200, find=lambda names: code_ids(LeadReason, names, use=ReasonUse.LOST), into="reason_id",
                unknown="unknown_reason",
            ),
            Text("reason_note", gettext_lazy("Reason in words"), ("사유", "理由"), max_length=500),
            Text("note", gettext_lazy("Note"), ("비고", "메모", "備考", "メモ"), max_length=4000),
        ]  # fmt: skip

    def prepare(self) -> None:
        stages = ensure_stages()
        self.first = next(stage.pk for stage in stages if stage.outcome == StageOutcome.OPEN)
        self.won = next(stage.pk for stage in stages if stage.outcome == StageOutcome.WON)
        self.ends = [stage.pk for stage in stages if stage.outcome != StageOutcome.OPEN]
        self.zone = current_manufacturer().timezone
        self.base = base_currency()

    def said(self, name: str, column: str, kind: str) -> sql.Composable:
        """What the file says, where it has that column."""
        if name in self.mapping.names:
            return sql.SQL("n.{}").format(sql.Identifier(column))
        return sql.SQL("NULL::" + kind)

    def day(self, name: str) -> sql.Composable:
        """A day of the file as a moment, in the manufacturer's time."""
        return sql.SQL("({} + time '09:00') AT TIME ZONE {}").format(
            self.said(name, name, "date"), sql.Literal(self.zone)
        )

    def new_values(self) -> dict[str, sql.Composable]:
        values = super().new_values()
        stage = sql.SQL("coalesce({}, {})").format(self.said("stage", "stage_id", "bigint"), sql.Literal(self.first))
        opened = sql.SQL("coalesce({}, now())").format(self.day("opened_on"))
        closed = sql.SQL("CASE WHEN {} = ANY ({}) THEN coalesce({}, now()) END").format(
            stage, sql.Literal(self.ends), self.day("closed_on")
        )
        values |= {
            "stage_id": stage,
            "created_at": opened,
            "closed_at": closed,
            "stage_since": sql.SQL("coalesce({}, {})").format(closed, opened),
            "last_activity_at": sql.SQL("coalesce({}, now())").format(closed),
            "currency": sql.SQL("coalesce({}, {})").format(
                self.said("currency", "currency", "text"), sql.Literal(self.base)
            ),
            "won_amount": sql.SQL("CASE WHEN {} = {} THEN {} END").format(
                stage, sql.Literal(self.won), self.order_amount()
            ),
            "updated_at": sql.SQL("statement_timestamp()"),
        }
        if "note" in values:
            values["note"] = sql.SQL("coalesce({}, '')").format(values["note"])
        return values

    def order_amount(self) -> sql.Composable:
        """What an order is worth: as said, else what was expected."""
        return sql.SQL("coalesce({}, {})").format(
            self.said("won_amount", "won_amount", "numeric"), self.said("amount", "amount", "numeric")
        )

    def changed_values(self) -> dict[str, sql.Composable]:
        values = super().changed_values()
        for name in ("partner_id", "created_at", "last_activity_at", "updated_at"):
            del values[name]
        if "currency" not in self.mapping.names:
            del values["currency"]
        stage = sql.SQL("coalesce({}, t.stage_id)").format(self.said("stage", "stage_id", "bigint"))
        closed = sql.SQL("CASE WHEN {} = ANY ({}) THEN coalesce({}, t.closed_at, now()) END").format(
            stage, sql.Literal(self.ends), self.day("closed_on")
        )
        return values | {
            "stage_id": stage,
            "stage_since": sql.SQL("CASE WHEN {} <> t.stage_id THEN coalesce({}, now()) ELSE t.stage_since END").format(
                stage, closed
            ),
            "closed_at": closed,
            "won_amount": sql.SQL("CASE WHEN {} = {} THEN coalesce({}, t.won_amount, t.amount) END").format(
                stage, sql.Literal(self.won), self.order_amount()
            ),
        }

    def check_new(self, stage: Stage) -> None:
        stage.reject(OTHER_PARTNER)
        if "stage" in self.mapping.names:
            stage.reject(IS_CLOSED)
            stage.reject(
                sql.SQL(NO_AMOUNT).format(
                    won=sql.Literal(self.won),
                    amount=self.order_amount(),
                )
            )
        if "site" in self.mapping.names:
            stage.reject(NOT_ITS_SITE)

    def write(self, stage: Stage) -> None:
        super().write(stage)
        if "customer" in self.mapping.names:
            phone = sql.SQL("coalesce(max({}), '')").format(self.said("customer_phone", "customer_phone", "text"))
            rows = stage.fetch(sql.SQL(NEW_CUSTOMERS).format(phone=phone))
            made = EndCustomer.objects.bulk_create(
                EndCustomer(served_by_id=partner, name=name, phone=number, source=CustomerSource.PARTNER)
                for partner, name, number in rows
            )
            write_customer_keys(made)
            stage.execute(CUSTOMERS)
        stage.execute(AMOUNTS, {"base": self.base, "zone": self.zone})
        stage.execute(MOVES)
