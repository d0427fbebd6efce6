"""Partners from a sheet, with the manufacturer's own fields."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import polars as pl
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from jobs.columns import CellError, Choice, Column, Date, Decimal, Email, Integer, Lookup, Read, Text, fold
from jobs.imports import Batch, Stage, UpsertImport, register_import, staged_json
from partners import services
from partners.custom_fields import all_custom_fields
from partners.hierarchy import first_trouble
from partners.imports.places import UNKNOWN_COUNTRY, coordinate_columns, place_columns
from partners.models import CustomField, Partner, PartnerTerritory, Territory
from partners.product_lines import product_line_choices
from partners.selectors import kind_ids
from partners.services.territories import refresh_coverage_of

OWN = "own:"
"""Stands before the keys of the manufacturer's own fields where they are staged."""


PROFILE: tuple[Column, ...] = (
    Text(
        "code",
        gettext_lazy("Partner code"),
        (
            "거래처코드", "대리점코드", "파트너코드", "고객코드", "코드", "取引先コード", "得意先コード", "代理店コード", "コード",
            "partner no", "customer code", "customer no", "dealer code", "reseller alternate key", "account code", "store",
        ),
        required=True,
        must_map=True,
        max_length=64,
        example="A-001",
    ),
    Text(
        "external_code",
        gettext_lazy("External code"),
        ("외부코드", "ERP코드", "SAP코드", "外部コード", "ERPコード", "erp code", "external id", "erp no", "reseller key"),
        help=gettext_lazy("What another system calls the partner, such as your ERP."),
        max_length=64,
    ),
    Text(
        "name",
        gettext_lazy("Name"),
        (
            "거래처명", "대리점명", "상호", "상호명", "회사명", "업체명", "파트너명", "이름", "取引先名", "得意先名", "会社名",
            "代理店名", "名称", "名前", "company", "company name", "partner name", "customer name", "dealer name",
            "reseller name",
        ),
        required=True,
        max_length=200,
        example="Seoul Agency",
    ),
    Text(
        "local_name",
        gettext_lazy("Local name"),
        ("현지명", "한글명", "국문명", "現地名", "和名", "local company name", "name in local language"),
        help=gettext_lazy("The name in the partner's own script."),
        max_length=200,
        example="서울대리점",
    ),
    Lookup(
        "kind",
        gettext_lazy("Kind"),
        ("구분", "유형", "업태", "거래처구분", "거래처유형", "区分", "種別", "業態", "取引先区分", "type", "partner type",
         "business type", "channel"),
        help=gettext_lazy("A kind's code, or its name in any language. Without it new partners are of the first kind."),
        required=True,
        max_length=200,
        find=kind_ids,
        into="kind_id",
        creatable=True,
        unknown="unknown_kind",
    ),
    Text(
        "parent_code",
        gettext_lazy("Code of the partner above"),
        ("상위거래처", "상위코드", "상위거래처코드", "소속대리점", "親コード", "上位コード", "親取引先コード", "parent",
         "parent partner", "belongs to", "head office"),
        max_length=64,
    ),
    Email(
        "email",
        gettext_lazy("E-mail"),
        ("이메일", "전자우편", "메일", "メール", "メールアドレス", "email address", "mail"),
        example="info@seoul-agency.example",
    ),
    Text(
        "phone",
        gettext_lazy("Phone"),
        ("전화", "전화번호", "연락처", "대표전화", "電話", "電話番号", "TEL", "telephone", "phone number", "mobile"),
        max_length=40,
    ),
    *place_columns(),
    *coordinate_columns(),
    Integer(
        "established_year",
        gettext_lazy("Founded in"),
        ("설립연도", "설립년도", "창업연도", "設立年", "創業年", "year founded", "founded", "year opened", "established"),
        minimum="1600",
        maximum="2100",
    ),
    Integer(
        "employees",
        gettext_lazy("Employees"),
        ("직원수", "종업원수", "사원수", "従業員数", "社員数", "headcount", "number employees", "number of employees", "staff"),
        minimum="0",
    ),
)  # fmt: skip


CAPACITY: tuple[Column, ...] = (
    Text(
        "opening_hours",
        gettext_lazy("Opening hours"),
        ("영업시간", "영업 시간", "営業時間", "business hours", "hours"),
        max_length=200,
        example="Mon-Fri 9:00-18:00",
    ),
    Decimal(
        "showroom_area",
        gettext_lazy("Showroom in m²"),
        ("전시장면적", "전시장 면적", "쇼룸 면적", "展示場面積", "ショールーム面積", "showroom area", "showroom size", "showroom m2"),
        places=1,
        digits=8,
        minimum="0",
        rounds=True,
    ),
    Integer(
        "lead_capacity",
        gettext_lazy("Leads it can work on at a time"),
        ("동시 처리 리드", "리드 처리 한도", "同時対応リード数", "lead capacity", "open leads", "max open leads"),
        minimum="0",
    ),
    Integer("crew_count", gettext_lazy("Crews"), ("시공팀", "施工班数", "crew count", "installation crews"), minimum="0"),
)  # fmt: skip
"""They come behind the manufacturer's own fields, which may be called the same."""
LISTED = ("product_lines", "territories")
"""Columns of several codes."""


def several(
    name: str,
    label: Any,
    guesses: tuple[str, ...],
    known: Mapping[str, Iterable[str]],
    *,
    unknown: str,
    text: Any,
) -> Column:
    """A column of codes, or of what they are called, between semicolons: staged as a JSON list, each once, in their order."""
    codes = {fold(str(called)): code for code, names in known.items() for called in names}
    codes |= {fold(code): code for code in known}
    order = {code: place for place, code in enumerate(known)}

    def read(cell: str) -> str:
        given = [codes.get(fold(part)) for part in re.split(r"[;,|\n]", cell) if part.strip()]
        if None in given:
            raise CellError(unknown)
        return json.dumps(sorted({str(code) for code in given}, key=order.__getitem__), ensure_ascii=False)

    return Read(name, label, guesses, help=text, read=read, example="; ".join(list(known)[:2]))


def listed_columns() -> list[Column]:
    """Authorised product lines and territories, where there are any. A retired territory that somebody still covers can
    be named: what was exported comes in again.
    """
    lines = {code: [str(called).strip()] for code, called in product_line_choices()}
    covered = Exists(PartnerTerritory.objects.filter(territory=OuterRef("pk")))
    usable = Territory.objects.filter(Q(is_retired=False) | covered)
    areas = {territory.code: list(territory.names.values()) for territory in usable}
    columns = []
    if lines:
        columns.append(
            several(
                "product_lines",
                gettext_lazy("Authorised product lines"),
                (
                    "취급 제품군",
                    "취급제품군",
                    "공급 제품군",
                    "取扱製品群",
                    "取扱商品群",
                    "product line",
                    "authorized product lines",
                ),
                lines,
                unknown="unknown_line",
                text=gettext_lazy("Codes or names with semicolons between. An empty cell takes all away."),
            )
        )
    if areas:
        columns.append(
            several(
                "territories",
                gettext_lazy("Territories"),
                ("담당지역", "담당 지역", "영업권역", "担当地域", "担当エリア", "territory", "sales territory"),
                areas,
                unknown="unknown_territory",
                text=gettext_lazy(
                    "Codes or names with semicolons between. Territories by address stay; others are declared as the file says."
                ),
            )
        )
    return columns


def own_column(field: CustomField) -> Column:
    """The manufacturer's own field as a column."""
    names = tuple(field.labels.values())
    label = str(field)
    match field.type:
        case CustomField.Type.NUMBER:
            return Decimal(field.key, label, names)
        case CustomField.Type.DATE:
            return Date(field.key, label, names)
        case CustomField.Type.CHOICE:
            return Choice(field.key, label, names, choices=dict.fromkeys(field.choices, ()))
        case CustomField.Type.MULTIPLE:
            return Choice(field.key, label, names, choices=dict.fromkeys(field.choices, ()), several=True)
    return Text(field.key, label, names, max_length=1000)


@register_import
class PartnerImport(UpsertImport):
    """Partners, known by their code."""

    key = "partners"
    label = gettext_lazy("Partners")
    explanation = gettext_lazy(
        "One partner in each row. A known code is an update of what the file says; the partner above may stand in the "
        "same file."
    )
    order = 10
    model = Partner
    known_by = ("code",)
    fields: ClassVar = {"kind_id": "kind", "parent_id": "parent"} | {
        column.name: column.name for column in (*PROFILE, *CAPACITY) if column.name not in {"kind", "parent_code"}
    }
    create_missing_label = gettext_lazy("Create unknown kinds of partner")
    sentences: ClassVar = {
        "unknown_kind": gettext_lazy("there is no kind of partner “%(value)s”"),
        "unknown_line": gettext_lazy("“%(value)s” names a product line that there is not"),
        "unknown_territory": gettext_lazy("“%(value)s” names a territory that there is not"),
        "unknown_country": UNKNOWN_COUNTRY,
        "unknown_parent": gettext_lazy("no partner has the code “%(value)s”"),
        "circle": gettext_lazy("the partner would stand below itself: %(value)s"),
        "too_deep": gettext_lazy("partners can stand at most %(value)s levels deep"),
        "code_taken": gettext_lazy("partner %(value)s has this external code"),
        "needs_name": gettext_lazy("a new partner needs a name"),
        "merged": gettext_lazy("this partner was merged into %(value)s: leave the row out, or change that partner"),
        "repeated": gettext_lazy("is the same partner as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        own = [field for field in all_custom_fields() if field.key not in OURS and field.type != CustomField.Type.FILE]
        return [*PROFILE, *(own_column(field) for field in own), *CAPACITY, *listed_columns()]

    def prepare(self) -> None:
        self.own_fields = [
            field for field in all_custom_fields() if field.key in self.mapping.names and field.key not in OURS
        ]
        self.has_lines = "product_lines" in self.mapping.names
        self.has_territories = "territories" in self.mapping.names
        self.has_parents = "parent_code" in self.mapping.names
        self.has_external = "external_code" in self.mapping.names

    def staged(self) -> dict[str, str]:
        own = {field.key for field in self.own_fields}
        staged = {name: kind for name, kind in super().staged().items() if name not in own}
        staged |= {OWN + field.key: "text" for field in self.own_fields}
        return staged | ({"parent_id": "bigint"} if self.has_parents else {})

    def refine(self, batch: Batch) -> None:
        for field in self.own_fields:
            batch.values[OWN + field.key] = batch.values[field.key].cast(pl.String)
        if self.has_parents:
            batch.values["parent_id"] = pl.repeat(None, len(batch), dtype=pl.Int64, eager=True)

    def new_values(self) -> dict[str, sql.Composable]:
        values = super().new_values()
        if "kind_id" not in values:
            values["kind_id"] = sql.Literal(services.default_kind().pk)
        if self.own_fields:
            values["custom"] = self._own_values()
        if self.has_lines:
            values["product_lines"] = LINES
        return values

    def changed_values(self) -> dict[str, sql.Composable]:
        values = super().changed_values()
        if "kind" not in self.mapping.names:
            del values["kind_id"]
        if self.own_fields:
            values["custom"] = sql.SQL("(t.custom - {}::text[]) || {}").format(
                sql.Literal([field.key for field in self.own_fields]), self._own_values()
            )
        if self.has_lines:
            values["product_lines"] = LINES_UNLESS_SAME
        return values

    def _differs(self) -> sql.Composable:
        differs = super()._differs()
        return sql.SQL("({} OR {})").format(differs, TERRITORIES_DIFFER) if self.has_territories else differs

    def _own_values(self) -> sql.Composable:
        """The own fields as JSON, without those that are empty."""
        casts = {CustomField.Type.NUMBER: "to_jsonb({}::numeric)", CustomField.Type.MULTIPLE: "{}::jsonb"}
        return staged_json(
            (field.key, OWN + field.key, casts.get(CustomField.Type(field.type), "to_jsonb({})"))
            for field in self.own_fields
        )

    def check_new(self, stage: Stage) -> None:
        stage.reject(MERGED)
        if "name" not in self.mapping.names:
            stage.reject(NEEDS_NAME)
        if self.has_external:
            stage.reject(EXTERNAL_TWICE)
            stage.reject(EXTERNAL_TAKEN)
        if self.has_parents:
            self._find_parents(stage)

    def _find_parents(self, stage: Stage) -> None:
        """Partners above may be known or stand in this file: those have the negative number of their row as id."""
        stage.execute(PARENT_BY_CODE)
        stage.execute(PARENT_IN_FILE)
        stage.execute(PARENT_BY_EXTERNAL)
        if self.has_external:
            stage.execute(PARENT_IN_FILE_BY_EXTERNAL)
        # A rejected row may be another's parent, and a circle that is cut may show the next one.
        while stage.reject(UNKNOWN_PARENT) or self._reject_trouble(stage):
            pass

    def _reject_trouble(self, stage: Stage) -> int:
        trouble = first_trouble(
            stage.fetch("SELECT id, code, parent_id FROM partners_partner"),
            stage.fetch(STAGED_HIERARCHY),
            most_levels=services.MOST_LEVELS,
        )
        return sum(
            stage.reject(
                "SELECT row, 'parent_code', %s, %s FROM import_rows WHERE row = %s", [found.code, found.value, row]
            )
            for row, found in trouble.items()
        )

    def write(self, stage: Stage) -> None:
        stage.create_missing("kind", "kind_id", services.create_kinds, kind_ids)
        if self.has_external:
            stage.execute(FREE_EXTERNAL_CODES)
        later = 0
        if self.has_parents:
            later = stage.table("later_parents", "SELECT row, code, parent_id FROM import_rows WHERE parent_id < 0")
            stage.execute("UPDATE import_rows SET parent_id = NULL WHERE parent_id < 0")
        super().write(stage)
        if later:
            stage.execute(SET_LATER_PARENTS)
        if self.has_territories and (self.counts.new or self.counts.changed):
            self._declare_territories(stage)

    def _declare_territories(self, stage: Stage) -> None:
        """What the file does not name is declared no more, and may come back by address; what is new is declared."""
        stage.table("listed_territories", LISTED_TERRITORIES)
        stage.analyse("listed_territories")
        ((withdrawn,),) = stage.fetch(WITHDRAW_TERRITORIES)
        stage.execute(DECLARE_TERRITORIES)
        if withdrawn:
            refresh_coverage_of(withdrawn)


OURS = frozenset({column.name for column in (*PROFILE, *CAPACITY)} | set(LISTED))
LINES = sql.SQL("ARRAY(SELECT jsonb_array_elements_text(coalesce(n.product_lines, '[]')::jsonb))::varchar[]")
LINES_UNLESS_SAME = sql.SQL(
    "CASE WHEN t.product_lines @> {new} AND {new} @> t.product_lines THEN t.product_lines ELSE {new} END"
).format(new=LINES)
TERRITORIES_DIFFER = sql.SQL("""(
    EXISTS (
        SELECT FROM partners_partnerterritory c JOIN partners_territory a ON a.id = c.territory_id
        WHERE c.partner_id = t.id AND c.source = 'declared' AND NOT coalesce(n.territories, '[]')::jsonb ? a.code
    ) OR EXISTS (
        SELECT FROM jsonb_array_elements_text(coalesce(n.territories, '[]')::jsonb) listed (code)
        WHERE NOT EXISTS (
            SELECT FROM partners_partnerterritory c JOIN partners_territory a ON a.id = c.territory_id
            WHERE c.partner_id = t.id AND a.code = listed.code
        )
    )
)""")
LISTED_TERRITORIES = """
    SELECT p.manufacturer_id, p.id AS partner_id, a.id AS territory_id
    FROM import_rows n JOIN partners_partner p ON p.code = n.code
    LEFT JOIN LATERAL jsonb_array_elements_text(n.territories::jsonb) listed (code) ON true
    LEFT JOIN partners_territory a ON a.code = listed.code
"""
WITHDRAW_TERRITORIES = """
    WITH gone AS (
        DELETE FROM partners_partnerterritory c USING (SELECT DISTINCT partner_id FROM listed_territories) l
        WHERE c.partner_id = l.partner_id AND c.source = 'declared' AND NOT EXISTS (
            SELECT FROM listed_territories o WHERE o.partner_id = c.partner_id AND o.territory_id = c.territory_id
        ) RETURNING c.partner_id
    ) SELECT array_agg(DISTINCT partner_id) FROM gone
"""
DECLARE_TERRITORIES = """
    INSERT INTO partners_partnerterritory (manufacturer_id, partner_id, territory_id, source, is_exclusive)
    SELECT manufacturer_id, partner_id, territory_id, 'declared', false FROM listed_territories
    WHERE territory_id IS NOT NULL ON CONFLICT (partner_id, territory_id) DO NOTHING
"""
MERGED = """
    SELECT n.row, 'code', 'merged', w.code
    FROM import_rows n JOIN partners_partner t ON t.code = n.code JOIN partners_partner w ON w.id = t.merged_into_id
"""
NEEDS_NAME = """
    SELECT row, 'name', 'needs_name', NULL FROM import_rows n
    WHERE NOT EXISTS (SELECT FROM partners_partner t WHERE t.code = n.code)
"""
EXTERNAL_TWICE = """
    SELECT row, 'external_code', 'code_taken', first_code FROM (
        SELECT row, code, first_value(code) OVER (PARTITION BY external_code ORDER BY row) AS first_code
        FROM import_rows WHERE external_code IS NOT NULL
    ) n WHERE code <> first_code
"""
EXTERNAL_TAKEN = """
    SELECT n.row, 'external_code', 'code_taken', t.code
    FROM import_rows n JOIN partners_partner t ON t.external_code = n.external_code AND t.code <> n.code
    WHERE NOT EXISTS (SELECT FROM import_rows o WHERE o.code = t.code)
"""
FREE_EXTERNAL_CODES = """
    UPDATE partners_partner t SET external_code = NULL
    FROM import_rows n WHERE t.code = n.code AND t.external_code <> coalesce(n.external_code, '')
    AND t.external_code IN (SELECT external_code FROM import_rows)
"""
PARENT_BY_CODE = """
    UPDATE import_rows n SET parent_id = coalesce(t.merged_into_id, t.id)
    FROM partners_partner t WHERE t.code = n.parent_code
"""
PARENT_IN_FILE = """
    UPDATE import_rows n SET parent_id = -m.row FROM import_rows m
    WHERE m.code = n.parent_code AND n.parent_id IS NULL
"""
PARENT_BY_EXTERNAL = """
    UPDATE import_rows n SET parent_id = coalesce(t.merged_into_id, t.id) FROM partners_partner t
    WHERE t.external_code = n.parent_code AND n.parent_id IS NULL
"""
PARENT_IN_FILE_BY_EXTERNAL = """
    UPDATE import_rows n SET parent_id = -m.row FROM import_rows m
    WHERE m.external_code = n.parent_code AND n.parent_id IS NULL
"""
UNKNOWN_PARENT = """
    SELECT row, 'parent_code', 'unknown_parent', parent_code FROM import_rows n
    WHERE parent_code IS NOT NULL AND (
        parent_id IS NULL OR parent_id < 0 AND NOT EXISTS (SELECT FROM import_rows m WHERE m.row = -n.parent_id)
    )
"""
STAGED_HIERARCHY = """
    SELECT n.row, n.code, t.id, n.parent_id FROM import_rows n LEFT JOIN partners_partner t ON t.code = n.code
"""
SET_LATER_PARENTS = """
    UPDATE partners_partner t SET parent_id = p.id
    FROM later_parents l JOIN import_rows m ON m.row = -l.parent_id JOIN partners_partner p ON p.code = m.code
    WHERE t.code = l.code
"""
