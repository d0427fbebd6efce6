"""Leads from a sheet: a fair's list, a call centre's file, or a history with what became of them."""

from typing import ClassVar

import polars as pl
from django.db import connection
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from commerce.imports.currencies import NOT_A_CURRENCY, base_currency, currency_column
from commerce.selectors import category_ids
from jobs.columns import Choice, Column, Date, Decimal, Email, Lookup, Text
from jobs.imports import Batch, Stage, UpsertImport, register_import, staged_json
from leads.models import POOL_STATES, Lead, LeadField, LeadKind, LeadSource, LeadState
from leads.own_fields import WORDS
from leads.selectors.leads import code_ids, own_fields
from leads.services.arrivals import start_distribution
from leads.services.codes import LIST, create_kinds, create_sources, source_of
from leads.services.imported_work import request_opportunities
from leads.services.likeness import ROWS_AT_ONCE, check_leads, write_lead_keys
from leads.services.opportunities import UNTOUCHED
from partners.imports.places import UNKNOWN_COUNTRY, coordinate_columns, place_columns
from partners.selectors import partner_ids
from tenancy.rights import Right
from tenancy.selectors import current_manufacturer

STATES = {
    LeadState.NEW: ("new", "open", "신규", "접수", "新規", "受付"),
    LeadState.MANUAL: ("to be placed by hand", "수동 배정", "手動割り当て"),
    LeadState.ACCEPTED: ("accepted", "in progress", "engaging", "prospecting", "진행", "수락", "対応中", "受諾"),
    LeadState.WON: ("won", "수주", "성공", "受注"),
    LeadState.LOST: ("lost", "실주", "실패", "失注"),
    LeadState.DISCARDED: ("not a lead", "discarded", "junk", "제외", "対象外"),
}
"""What a file may say of where a lead stands; offers and merges are made here alone."""
DAYS = {"received_on": "received_at", "accepted_on": "accepted_at", "closed_on": "closed_at"}
OWN = "own_"

COLUMNS: tuple[Column, ...] = (
    Text(
        "external_code",
        gettext_lazy("External code"),
        ("번호", "코드", "관리번호", "외부코드", "番号", "コード", "管理番号", "id", "no", "code", "lead id", "opportunity_id"),
        help=gettext_lazy("What the list itself calls the lead. The same code again is an update."),
        required=True,
        must_map=True,
        max_length=64,
        example="K26-001",
    ),
    Text(
        "company",
        gettext_lazy("Company"),
        ("회사명", "상호", "업체명", "会社名", "企業名", "社名", "company name", "organisation", "organization", "account"),
        max_length=200,
        example="Hanok Interior",
    ),
    Text(
        "name",
        gettext_lazy("Contact"),
        ("이름", "성명", "담당자", "고객명", "氏名", "名前", "担当者", "contact name", "person", "full name"),
        max_length=150,
    ),
    Text("title", gettext_lazy("Job title"), ("직위", "직책", "役職", "position", "job"), max_length=100),
    Email("email", gettext_lazy("E-mail"), ("이메일", "메일", "メール", "メールアドレス", "email address", "mail")),
    Text(
        "phone",
        gettext_lazy("Phone"),
        ("전화", "전화번호", "연락처", "휴대폰", "電話", "電話番号", "携帯", "TEL", "telephone", "mobile"),
        max_length=40,
    ),
    Text(
        "business_number",
        gettext_lazy("Business number"),
        ("사업자번호", "사업자등록번호", "法人番号", "vat number", "tax id"),
        max_length=40,
    ),
    *place_columns(region=()),  # its "state" is that of the lead
    *coordinate_columns(),
    Text("subject", gettext_lazy("What it is about"), ("제목", "문의", "件名", "用件", "title of enquiry"), max_length=200),
    Text("message", gettext_lazy("Message"), ("내용", "메모", "비고", "内容", "備考", "note", "comment"), max_length=4000),
    Lookup(
        "kind",
        gettext_lazy("Kind"),
        ("유형", "구분", "種別", "区分", "type", "lead type"),
        max_length=200,
        find=lambda names: code_ids(LeadKind, names),
        into="kind_id",
        creatable=True,
        unknown="unknown_kind",
    ),
    Lookup(
        "source",
        gettext_lazy("Source"),
        ("출처", "유입경로", "경로", "情報源", "獲得経路", "lead source", "origin", "channel"),
        help=gettext_lazy("A source's code, or its name in any language. Without it: imported list."),
        max_length=200,
        find=lambda names: code_ids(LeadSource, names),
        into="source_id",
        creatable=True,
        unknown="unknown_source",
    ),
    Lookup(
        "category",
        gettext_lazy("Product category"),
        ("제품군", "품목", "製品カテゴリ", "製品群", "product line", "product category"),
        max_length=200,
        find=category_ids,
        into="category_id",
        unknown="unknown_category",
    ),
    Text("campaign_code", gettext_lazy("Campaign"), ("캠페인", "キャンペーン", "campaign", "campaign code"), max_length=64),
    Decimal("quantity", gettext_lazy("Quantity"), ("수량", "数量", "qty"), places=4, minimum="0"),
    Decimal("amount", gettext_lazy("Expected amount"), ("금액", "예상금액", "金額", "見込金額", "amount", "value", "close_value"), places=4, minimum="0"),
    currency_column(),
    Date("wanted_on", gettext_lazy("Wanted by"), ("희망일", "希望日", "wanted by")),
    Date("received_on", gettext_lazy("Received"), ("접수일", "등록일", "受付日", "received", "created", "engage_date")),
    Choice(
        "state",
        gettext_lazy("State"),
        ("상태", "단계", "状態", "ステージ", "stage", "status", "deal_stage"),
        help=gettext_lazy("For a history: what became of it. New without."),
        choices={str(state.value): names for state, names in STATES.items()},
    ),
    Lookup(
        "partner_code",
        gettext_lazy("Partner code"),
        ("파트너코드", "대리점코드", "代理店コード", "partner", "dealer", "agent", "sales_agent"),
        help=gettext_lazy("The code of the partner that took it."),
        max_length=64,
        find=partner_ids,
        into="partner_id",
        unknown="unknown_partner",
    ),
    Date("accepted_on", gettext_lazy("Accepted"), ("수락일", "受諾日", "accepted")),
    Date("closed_on", gettext_lazy("Closed"), ("종료일", "完了日", "closed", "close_date")),
)  # fmt: skip
OURS = frozenset(column.name for column in COLUMNS)


def own_column(field: LeadField) -> Column:
    """The column of a field of the manufacturer's own."""
    names = tuple(dict.fromkeys([*field.labels.values(), field.key]))
    match field.type:
        case LeadField.Type.NUMBER:
            return Decimal(field.key, str(field), names, places=4)
        case LeadField.Type.DATE:
            return Date(field.key, str(field), names)
        case LeadField.Type.CHOICE:
            return Choice(field.key, str(field), names, choices={choice: (choice,) for choice in field.choices})
        case LeadField.Type.YES_NO:
            said = {"yes": tuple(sorted(WORDS[True])), "no": tuple(sorted(WORDS[False]))}
            return Choice(field.key, str(field), names, choices=said)
    return Text(field.key, str(field), names, max_length=1000)


@register_import
class LeadImport(UpsertImport):
    """Leads, known by their external code."""

    key = "leads"
    label = gettext_lazy("Leads")
    explanation = gettext_lazy(
        "One lead in each row. New ones wait for a partner, unless the file says what became of them; a known code is an"
        " update. Possible duplicates are put forward, nothing is dropped. An accepted one becomes an opportunity of its"
        " partner at once."
    )
    function = "leads"
    right = Right.IMPORTS_RUN
    order = 65
    model = Lead
    known_by = ("external_code",)
    fields: ClassVar = {
        **{
            column.name: column.name
            for column in COLUMNS
            if column.name not in {"kind", "source", "category", "partner_code", "state", *DAYS}
        },
        "kind_id": "kind",
        "source_id": "source",
        "category_id": "category",
        "partner_id": "partner",
    }
    create_missing_label = gettext_lazy("Create unknown sources and kinds")
    sentences: ClassVar = {
        "unknown_source": gettext_lazy("there is no source “%(value)s”"),
        "unknown_kind": gettext_lazy("there is no kind “%(value)s”"),
        "unknown_category": gettext_lazy("there is no product category “%(value)s”"),
        "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
        "unknown_country": UNKNOWN_COUNTRY,
        "not_a_currency": NOT_A_CURRENCY,
        "nobody": gettext_lazy("a new lead needs a company, a name, a phone number or an e-mail address"),
        "has_partner": gettext_lazy("a lead that a partner took cannot wait for one: say “accepted”, “won” or “lost”"),
        "not_by_file": gettext_lazy("this lead is at “%(value)s”, which a file cannot change"),
        "no_partner": gettext_lazy("an accepted lead needs the code of its partner"),
        "in_work": gettext_lazy("its partner works on this lead, so a file changes neither its state nor its partner"),
        "repeated": gettext_lazy("is the same lead as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [*COLUMNS, *(own_column(field) for field in own_fields() if field.key not in OURS)]

    def prepare(self) -> None:
        self.names = set(self.mapping.names)
        self.own = [field for field in own_fields() if field.key in self.names and field.key not in OURS]
        self.base = base_currency()
        manufacturer = current_manufacturer()
        self.zone = manufacturer.timezone

    def staged(self) -> dict[str, str]:
        own = {field.key for field in self.own}
        staged = {name: kind for name, kind in super().staged().items() if name not in own}
        return staged | {OWN + field.key: "text" for field in self.own}

    def refine(self, batch: Batch) -> None:
        for field in self.own:
            batch.values[OWN + field.key] = batch.values[field.key].cast(pl.String)

    def new_values(self) -> dict[str, sql.Composable]:
        values = super().new_values()
        for name, column in DAYS.items():
            if name in self.names:
                day = sql.SQL("(n.{} + time '09:00') AT TIME ZONE {}").format(
                    sql.Identifier(name), sql.Literal(self.zone)
                )
                values[column] = sql.SQL("coalesce({}, now())").format(day) if column == "received_at" else day
        values["state"] = sql.SQL("coalesce(n.state, 'new')") if "state" in self.names else sql.SQL("'new'")
        days = [values[column] for column in ("closed_at", "accepted_at", "received_at") if column in values]
        values["state_since"] = sql.SQL("coalesce({})").format(sql.SQL(", ").join([*days, sql.SQL("now()")]))
        values["reference"] = sql.SQL("leads_new_reference()")
        values["updated_at"] = sql.SQL("statement_timestamp()")  # by the clock that finds the rows written now
        values["source_id"] = sql.SQL("coalesce({}, {})").format(
            values.get("source_id", sql.SQL("NULL::bigint")), sql.Literal(source_of(LIST).pk)
        )
        values["currency"] = sql.SQL("coalesce({}, {})").format(
            sql.SQL("n.currency") if "currency" in self.names else sql.SQL("NULL"), sql.Literal(self.base)
        )
        if self.own:
            values["custom"] = self._own_values()
        if "message" in values:
            values["message"] = sql.SQL("coalesce({}, '')").format(values["message"])
        return values

    def changed_values(self) -> dict[str, sql.Composable]:
        values = super().changed_values()
        for name in ("reference", "state_since", "updated_at"):
            del values[name]
        for name, column in (("source", "source_id"), ("currency", "currency"), ("state", "state")):
            if name not in self.names:
                del values[column]
        if "state" in self.names:
            values["state"] = sql.SQL("coalesce(n.state, t.state)")
            values["state_since"] = sql.SQL(
                "CASE WHEN n.state <> t.state THEN statement_timestamp() ELSE t.state_since END"
            )
        for name, column in DAYS.items():
            if name in self.names:
                values[column] = sql.SQL("coalesce({}, t.{})").format(
                    sql.SQL("(n.{} + time '09:00') AT TIME ZONE {}").format(
                        sql.Identifier(name), sql.Literal(self.zone)
                    ),
                    sql.Identifier(column),
                )
        if self.own:
            values["custom"] = sql.SQL("(t.custom - {}::text[]) || {}").format(
                sql.Literal([field.key for field in self.own]), self._own_values()
            )
        return values

    def _own_values(self) -> sql.Composable:
        """The own fields as JSON, without those that are empty."""
        casts = {LeadField.Type.NUMBER: "to_jsonb({}::numeric)", LeadField.Type.YES_NO: "to_jsonb({} = 'yes')"}
        return staged_json(
            (field.key, OWN + field.key, casts.get(LeadField.Type(field.type), "to_jsonb({})")) for field in self.own
        )

    def check_new(self, stage: Stage) -> None:
        said = [sql.Identifier("n", name) for name in ("company", "name", "phone", "email") if name in self.names]
        somebody = sql.SQL("coalesce({}, '') = ''").format(sql.SQL("NULL"))
        if said:
            somebody = sql.SQL("coalesce({}) IS NULL").format(sql.SQL(", ").join([*said, sql.SQL("NULL")]))
        stage.reject(
            sql.SQL(
                "SELECT n.row, 'company', 'nobody', NULL FROM import_rows n WHERE {} AND NOT EXISTS"
                " (SELECT FROM leads_lead t WHERE t.external_code = n.external_code)"
            ).format(somebody)
        )
        state = sql.SQL("n.state") if "state" in self.names else sql.SQL("NULL")
        partner = sql.SQL("n.partner_id") if "partner_code" in self.names else sql.SQL("t.partner_id")
        stage.reject(
            sql.SQL(
                "SELECT n.row, 'external_code', 'not_by_file', t.state FROM import_rows n"
                " JOIN leads_lead t ON t.external_code = n.external_code"
                " WHERE t.state = 'merged' OR t.state = 'offered' AND coalesce({}, t.state) <> t.state"
            ).format(state)
        )
        stage.reject(
            sql.SQL(
                "SELECT n.row, 'state', 'has_partner', NULL FROM import_rows n"
                " LEFT JOIN leads_lead t ON t.external_code = n.external_code"
                " WHERE coalesce({}, t.state, 'new') = ANY ({}) AND {} IS NOT NULL"
            ).format(state, sql.Literal([str(each.value) for each in POOL_STATES]), partner)
        )
        stage.reject(
            sql.SQL(
                "SELECT n.row, 'partner_code', 'no_partner', NULL FROM import_rows n"
                " LEFT JOIN leads_lead t ON t.external_code = n.external_code"
                " WHERE coalesce({}, t.state) = 'accepted' AND {} IS NULL"
            ).format(state, partner)
        )
        stage.reject(
            sql.SQL(
                "SELECT n.row, 'external_code', 'in_work', NULL FROM import_rows n"
                " JOIN leads_lead t ON t.external_code = n.external_code"
                " WHERE (coalesce({}, t.state) <> t.state OR {} IS DISTINCT FROM t.partner_id)"
                " AND EXISTS (SELECT FROM leads_opportunity o WHERE o.lead_id = t.id AND o.id NOT IN ({}))"
            ).format(state, partner, sql.SQL(UNTOUCHED))
        )

    def write(self, stage: Stage) -> None:
        stage.create_missing("source", "source_id", create_sources, lambda names: code_ids(LeadSource, names))
        stage.create_missing("kind", "kind_id", create_kinds, lambda names: code_ids(LeadKind, names))
        super().write(stage)
        if self.counts.new or self.counts.changed:
            stage.execute(AMOUNTS, {"base": self.base, "zone": self.zone})
            ids = [pk for (pk,) in stage.fetch(WRITTEN_NOW)]
            for start in range(0, len(ids), ROWS_AT_ONCE):
                write_lead_keys(Lead.objects.filter(pk__in=ids[start : start + ROWS_AT_ONCE]))
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM leads_lead WHERE id = ANY (%s) AND state IN ('new', 'manual')", [ids])
                waiting = [pk for (pk,) in cursor.fetchall()]
            check_leads(waiting)
            start_distribution()
            if Lead.objects.filter(pk__in=ids, partner__isnull=False).exists():
                request_opportunities()


AMOUNTS = """
    UPDATE leads_lead t SET amount_base = CASE
        WHEN t.amount IS NULL OR t.currency = %(base)s THEN t.amount
        ELSE round(t.amount * (
            SELECT r.rate FROM commerce_exchangerate r
            WHERE r.currency = t.currency AND r.date <= (t.received_at AT TIME ZONE %(zone)s)::date
            ORDER BY r.date DESC LIMIT 1
        ), 4)
    END
    FROM import_rows n WHERE t.external_code = n.external_code AND t.updated_at >= transaction_timestamp()
"""
WRITTEN_NOW = """
    SELECT t.id FROM leads_lead t JOIN import_rows n ON n.external_code = t.external_code
    WHERE t.updated_at >= transaction_timestamp() ORDER BY t.id
"""
