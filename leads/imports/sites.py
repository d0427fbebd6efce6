"""Sites from a sheet: a building register, an architect's list, what a partner keeps."""

from typing import ClassVar

from django.utils.translation import gettext_lazy
from psycopg2 import sql

from jobs.columns import Column, Date, Decimal, Text
from jobs.imports import Stage, UpsertImport, register_import
from leads.models import Site
from leads.services.sites import write_site_keys
from partners.imports.places import UNKNOWN_COUNTRY, coordinate_columns, place_columns
from tenancy.rights import Right

REFERENCE = "'S' || upper(left(md5(gen_random_uuid()::text), 8))"
NEEDS_NAME = """
    SELECT row, 'name', 'needs_name', NULL FROM import_rows n
    WHERE NOT EXISTS (SELECT FROM leads_site t WHERE t.external_code = n.external_code)
"""
FIRST_STEPS = """
    INSERT INTO leads_sitestagemove (site_id, from_stage, to_stage, at, note)
    SELECT s.id, '', s.stage, s.stage_since, ''
    FROM leads_site s JOIN import_rows n ON n.external_code = s.external_code
    WHERE NOT EXISTS (SELECT FROM leads_sitestagemove m WHERE m.site_id = s.id)
"""
KEYED_AT_ONCE = 1_000


@register_import
class SiteImport(UpsertImport):
    """Sites, known by their external code."""

    key = "sites"
    label = gettext_lazy("Sites")
    explanation = gettext_lazy("One site in each row. New ones begin at “Specified”; a known code is an update.")
    function = "sites"
    right = Right.IMPORTS_RUN
    order = 64
    model = Site
    known_by = ("external_code",)
    fields: ClassVar = {
        name: name
        for name in (
            "external_code", "name", "local_name", "address", "city", "region", "postal_code", "country", "latitude",
            "longitude", "area", "tender_on", "starts_on", "finishes_on", "note",
        )
    }  # fmt: skip
    sentences: ClassVar = {
        "unknown_country": UNKNOWN_COUNTRY,
        "needs_name": gettext_lazy("a new site needs its name"),
        "repeated": gettext_lazy("is the same site as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            Text(
                "external_code",
                gettext_lazy("External code"),
                ("현장코드", "현장번호", "관리번호", "現場コード", "現場番号", "管理番号", "site code", "site no", "project no"),
                help=gettext_lazy("What the list itself calls the site. The same code again is an update."),
                required=True,
                must_map=True,
                max_length=64,
                example="P26-014",
            ),
            Text(
                "name",
                gettext_lazy("Site"),
                ("현장명", "현장", "공사명", "프로젝트", "現場名", "現場", "工事名", "物件名", "name", "site name", "project"),
                required=True,
                max_length=200,
                example="Harbour Tower",
            ),
            Text("local_name", gettext_lazy("Local name"), ("현지명", "現地名"), max_length=200),
            *place_columns(address=("현장주소",)),
            *coordinate_columns(),
            Decimal("area", gettext_lazy("Area in m²"), ("면적", "연면적", "面積", "延床面積"), places=2, digits=12),
            Date("tender_on", gettext_lazy("Tender on"), ("입찰일", "入札日")),
            Date("starts_on", gettext_lazy("Starts on"), ("착공일", "着工日", "start")),
            Date("finishes_on", gettext_lazy("Finishes on"), ("준공일", "완공일", "竣工日", "finish", "completion")),
            Text("note", gettext_lazy("Note"), ("비고", "메모", "備考", "メモ"), max_length=4000),
        ]  # fmt: skip

    def new_values(self) -> dict[str, sql.Composable]:
        return super().new_values() | {"reference": sql.SQL(REFERENCE)}

    def changed_values(self) -> dict[str, sql.Composable]:
        values = super().changed_values()
        del values["reference"]
        return values

    def check_new(self, stage: Stage) -> None:
        if "name" not in self.mapping.names:
            stage.reject(NEEDS_NAME)

    def write(self, stage: Stage) -> None:
        super().write(stage)
        stage.execute(FIRST_STEPS)
        keys = [key for (key,) in stage.fetch(
            "SELECT s.id FROM leads_site s JOIN import_rows n ON n.external_code = s.external_code ORDER BY s.id"
        )]  # fmt: skip
        for start in range(0, len(keys), KEYED_AT_ONCE):
            write_site_keys(list(Site.objects.filter(pk__in=keys[start : start + KEYED_AT_ONCE])))
