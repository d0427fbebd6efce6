"""The people of partners from a sheet."""

from typing import ClassVar

import polars as pl
from django.utils.translation import gettext_lazy
from psycopg2 import sql

from jobs.columns import Choice, Column, Date, Email, Text
from jobs.imports import Batch, Stage, UpsertImport, register_import
from partners.imports.partner_codes import partner_column
from partners.models import Contact

ROLES = {
    "owner": ("대표", "대표이사", "사장", "代表", "代表取締役", "社長", "경영자", "ceo", "president"),
    "management": ("임원", "경영진", "役員", "manager", "director"),
    "sales": ("영업", "판매", "営業", "販売"),
    "purchasing": ("구매", "발주", "購買", "仕入", "buyer"),
    "marketing": ("마케팅", "マーケティング"),
    "technical": ("기술", "시공", "技術", "施工", "engineer"),
    "accounting": ("경리", "회계", "経理", "会計", "finance"),
    "other": ("기타", "その他"),
}
LANGUAGES = {
    "ko": ("한국어", "韓国語", "korean"),
    "ja": ("일본어", "日本語", "japanese"),
    "en": ("영어", "英語", "english"),
}


@register_import
class ContactImport(UpsertImport):
    """People, known by their partner with their e-mail, or else their name."""

    key = "contacts"
    label = gettext_lazy("People of partners")
    explanation = gettext_lazy(
        "One person in each row. Who has the same e-mail at the same partner, or without one the same name, is updated."
    )
    function = "people"
    order = 12
    model = Contact
    known_by = ("partner_id", "known")
    fields: ClassVar = {
        "partner_id": "partner",
        **{
            name: name
            for name in (
                "name", "latin_name", "position", "department", "role", "email", "mobile", "phone", "language",
                "birthday", "joined_on",
            )
        },
    }  # fmt: skip
    sentences: ClassVar = {
        "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
        "repeated": gettext_lazy("is the same person as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            partner_column(
                ("得意先コード", "customer code"), help=gettext_lazy("The partner's code, or its external code.")
            ),
            Text(
                "name",
                gettext_lazy("Name"),
                ("이름", "성명", "담당자", "담당자명", "氏名", "名前", "担当者", "担当者名", "contact", "contact name", "full name"),
                required=True,
                must_map=True,
                max_length=150,
                example="김민수",
            ),
            Text(
                "latin_name",
                gettext_lazy("Name in Latin letters"),
                ("영문이름", "영문명", "로마자", "英語名", "ローマ字", "english name"),
                max_length=150,
                example="Kim Minsu",
            ),
            Email(
                "email",
                gettext_lazy("E-mail"),
                ("이메일", "전자우편", "메일", "メール", "メールアドレス", "email address", "mail"),
                example="kim@seoul-agency.example",
            ),
            Text("position", gettext_lazy("Job title"), ("직책", "직위", "役職", "肩書", "title"), max_length=100),
            Text("department", gettext_lazy("Department"), ("부서", "部署", "部門"), max_length=100),
            Choice(
                "role",
                gettext_lazy("Role at the partner"),
                ("역할", "구분", "役割", "区分", "role"),
                choices=ROLES,
            ),
            Text("mobile", gettext_lazy("Mobile"), ("휴대폰", "휴대전화", "핸드폰", "携帯", "携帯電話", "cell"), max_length=40),
            Text("phone", gettext_lazy("Phone"), ("전화", "전화번호", "電話", "電話番号", "telephone"), max_length=40),
            Choice("language", gettext_lazy("Language"), ("언어", "言語"), choices=LANGUAGES),
            Date("birthday", gettext_lazy("Birthday"), ("생일", "생년월일", "誕生日", "生年月日", "date of birth")),
            Date("joined_on", gettext_lazy("At the partner since"), ("입사일", "入社日", "hire date", "since")),
        ]  # fmt: skip

    def staged(self) -> dict[str, str]:
        return super().staged() | {"known": "text", "contact_id": "bigint"}

    def refine(self, batch: Batch) -> None:
        known = batch.values["name"]
        if "email" in self.mapping.names:
            known = batch.values["email"].fill_null(known)
        batch.values["known"] = known
        batch.values["contact_id"] = pl.repeat(None, len(batch), dtype=pl.Int64, eager=True)

    def changed_values(self) -> dict[str, sql.Composable]:
        return {column: value for column, value in self.new_values().items() if column != "partner_id"}

    def check_new(self, stage: Stage) -> None:
        if "email" in self.mapping.names:
            stage.execute(BY_EMAIL)
        stage.execute(BY_NAME_AND_EMAIL if "email" in self.mapping.names else BY_NAME)
        stage.reject(SAME_PERSON)

    @property
    def _same(self) -> sql.Composable:
        return sql.SQL("t.id = n.contact_id")


BY_EMAIL = """
    UPDATE import_rows n SET contact_id = t.id
    FROM (
        SELECT DISTINCT ON (partner_id, lower(email)) id, partner_id, lower(email) AS email FROM partners_contact
        WHERE email <> '' ORDER BY partner_id, lower(email), left_on DESC NULLS FIRST, id
    ) t
    WHERE t.partner_id = n.partner_id AND t.email = n.email
"""
BY_NAME = """
    UPDATE import_rows n SET contact_id = t.id
    FROM (
        SELECT DISTINCT ON (partner_id, name) id, partner_id, name FROM partners_contact
        ORDER BY partner_id, name, left_on DESC NULLS FIRST, id
    ) t
    WHERE t.partner_id = n.partner_id AND t.name = n.name
"""
BY_NAME_AND_EMAIL = """
    UPDATE import_rows n SET contact_id = t.id
    FROM (
        SELECT DISTINCT ON (partner_id, name) id, partner_id, name, email FROM partners_contact
        ORDER BY partner_id, name, left_on DESC NULLS FIRST, id
    ) t
    WHERE n.contact_id IS NULL AND t.partner_id = n.partner_id AND t.name = n.name
    AND (t.email = '' OR n.email IS NULL)
"""
SAME_PERSON = """
    SELECT row, 'name', 'repeated', first_row::text FROM (
        SELECT row, first_value(row) OVER (PARTITION BY contact_id ORDER BY row) AS first_row
        FROM import_rows WHERE contact_id IS NOT NULL
    ) n WHERE row <> first_row
"""
