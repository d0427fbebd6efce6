"""Companies that may become partners, from a sheet: a fair's list, a directory, an agency's research."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import polars as pl
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from jobs.columns import Column, Date, Email, Lookup, Text, fold
from jobs.imports import Batch, Stage, UpsertImport, register_import
from partners import prospect_keys
from partners.imports.places import UNKNOWN_COUNTRY, place_columns
from partners.models import Prospect, ProspectSource
from partners.services.recruiting import create_sources, source_of_imports
from tenancy.rights import Right
from tenancy.selectors import current_manufacturer

COLUMNS: tuple[Column, ...] = (
    Text(
        "external_code",
        gettext_lazy("External code"),
        (
            "번호", "코드", "관리번호", "외부코드", "番号", "コード", "管理番号", "外部コード", "id", "no", "code", "prospect no",
            "prospect key", "prospective buyer key", "prospect alternate key", "lead id",
        ),
        help=gettext_lazy("What the list itself calls the company. The same code again is an update."),
        required=True,
        must_map=True,
        max_length=64,
        example="F26-001",
    ),
    Text(
        "company",
        gettext_lazy("Company"),
        (
            "회사명", "상호", "업체명", "기업명", "거래처명", "会社名", "企業名", "社名", "取引先名", "name", "company name",
            "organisation", "organization", "prospect", "account",
        ),
        required=True,
        max_length=200,
        example="Hanok Interior",
    ),
    Text(
        "local_name",
        gettext_lazy("Local name"),
        ("현지명", "한글명", "국문명", "現地名", "和名", "local company name"),
        max_length=200,
    ),
    Text(
        "business_number",
        gettext_lazy("Business number"),
        ("사업자번호", "사업자등록번호", "法人番号", "登録番号", "vat number", "tax id", "registration number"),
        max_length=40,
    ),
    Text(
        "contact_name",
        gettext_lazy("Contact"),
        ("담당자", "담당자명", "대표자", "대표자명", "担当者", "担当者名", "代表者", "contact name", "contact person", "person"),
        max_length=150,
    ),
    Text(
        "contact_title",
        gettext_lazy("Job title"),
        ("직위", "직책", "직함", "役職", "title", "position", "occupation"),
        max_length=100,
    ),
    Email(
        "email",
        gettext_lazy("E-mail"),
        ("이메일", "전자우편", "메일", "メール", "メールアドレス", "email address", "mail"),
    ),
    Text(
        "phone",
        gettext_lazy("Phone"),
        ("전화", "전화번호", "연락처", "대표전화", "電話", "電話番号", "TEL", "telephone", "phone number", "mobile"),
        max_length=40,
    ),
    *place_columns(),
    Lookup(
        "source",
        gettext_lazy("Source"),
        ("출처", "경로", "유입경로", "출처구분", "情報源", "経路", "獲得経路", "lead source", "origin", "channel"),
        help=gettext_lazy("A source's code, or its name in any language. Without it: imported list."),
        max_length=200,
        find=lambda names: source_ids(names),
        into="source_id",
        creatable=True,
        unknown="unknown_source",
    ),
    Text(
        "next_step",
        gettext_lazy("Next step"),
        ("다음 단계", "다음단계", "할 일", "次の対応", "ネクストアクション", "next action"),
        max_length=200,
    ),
    Date("due_on", gettext_lazy("Due"), ("기한", "마감일", "예정일", "期限", "期日", "due date", "due on")),
    Text("note", gettext_lazy("Note"), ("비고", "메모", "備考", "メモ", "notes", "remark", "comment"), max_length=4000),
)  # fmt: skip

KEYS: dict[str, tuple[str, Callable[[str], str]]] = {
    "company": ("name_key", prospect_keys.name_key),
    "business_number": ("number_key", prospect_keys.number_key),
    "phone": ("phone_key", prospect_keys.phone_key),
    "email": ("mail_domain", prospect_keys.mail_key),
}
"""What duplicates are found by, worked out of the columns that the file has."""


def source_ids(names: Sequence[str]) -> dict[str, int]:
    """The sources with these codes, or else these names in any language, by the text given."""
    known: dict[str, int] = {}
    sources = list(ProspectSource.objects.order_by("-order", "-code"))
    for source in sources:
        known |= {fold(name): source.pk for name in source.names.values()}
    known |= {fold(source.code): source.pk for source in sources}
    return {name: known[fold(name)] for name in names if fold(name) in known}


@register_import
class ProspectImport(UpsertImport):
    """Prospects, known by their external code."""

    key = "prospects"
    label = gettext_lazy("Prospects")
    explanation = gettext_lazy(
        "One company in each row that may become a partner. New ones begin at “Found”; a known code is an update."
    )
    function = "recruiting"
    right = Right.IMPORTS_RUN
    order = 60
    model = Prospect
    known_by = ("external_code",)
    fields: ClassVar = {
        **{column.name: column.name for column in COLUMNS if column.name != "source"},
        "source_id": "source",
        **{name: name for name, _key in KEYS.values()},
    }
    create_missing_label = gettext_lazy("Create unknown sources")
    sentences: ClassVar = {
        "unknown_source": gettext_lazy("there is no source “%(value)s”"),
        "unknown_country": UNKNOWN_COUNTRY,
        "needs_company": gettext_lazy("a new prospect needs the company's name"),
        "repeated": gettext_lazy("is the same prospect as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return list(COLUMNS)

    def prepare(self) -> None:
        self.keyed = {name: key for name, key in KEYS.items() if name in self.mapping.names}

    def staged(self) -> dict[str, str]:
        return super().staged() | {name: "text" for name, _key in self.keyed.values()}

    def refine(self, batch: Batch) -> None:
        for column, (name, key) in self.keyed.items():
            texts = [key(text or "") for text in batch.values[column].to_list()]
            batch.values[name] = pl.Series(name, texts, dtype=pl.String)

    def new_values(self) -> dict[str, sql.Composable]:
        values = super().new_values()
        if "note" in values:
            values["note"] = sql.SQL("coalesce({}, '')").format(values["note"])
        values["reference"] = sql.SQL(REFERENCE)
        values["language"] = sql.Literal(current_manufacturer().first_language)
        values["source_id"] = sql.SQL("coalesce({}, {})").format(
            values.get("source_id", sql.SQL("NULL::bigint")), sql.Literal(source_of_imports().pk)
        )
        return values

    def changed_values(self) -> dict[str, sql.Composable]:
        values = super().changed_values()
        for name in ("reference", "language", *(() if "source" in self.mapping.names else ("source_id",))):
            del values[name]
        return values

    def check_new(self, stage: Stage) -> None:
        if "company" not in self.mapping.names:
            stage.reject(NEEDS_COMPANY)

    def write(self, stage: Stage) -> None:
        stage.create_missing("source", "source_id", create_sources, source_ids)
        super().write(stage)
        stage.execute(FIRST_STEPS)


REFERENCE = "upper(substr(translate(md5(gen_random_uuid()::text), '01', 'gh'), 1, 12))"
NEEDS_COMPANY = """
    SELECT row, 'company', 'needs_company', NULL FROM import_rows n
    WHERE NOT EXISTS (SELECT FROM partners_prospect t WHERE t.external_code = n.external_code)
"""
FIRST_STEPS = """
    INSERT INTO partners_prospectmove (prospect_id, from_stage, to_stage, at, note)
    SELECT p.id, '', p.stage, p.stage_since, ''
    FROM partners_prospect p JOIN import_rows n ON n.external_code = p.external_code
    WHERE NOT EXISTS (SELECT FROM partners_prospectmove m WHERE m.prospect_id = p.id)
"""
