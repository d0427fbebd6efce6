"""Campaigns of the past from a sheet: who was written to, what came back, and what was known of them before."""

import datetime as dt
import json
import re
import zoneinfo
from typing import Any, ClassVar

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from psycopg2 import sql

from campaigns.answers import ANSWERS
from campaigns.imports import past_sql as statements
from campaigns.models import Campaign, CampaignChannel, CampaignState, CampaignStep, CampaignVariant
from jobs.columns import CellError, Choice, Column, Date, Decimal, Email, Lookup, Pattern, Read, Text
from jobs.imports import MANY, Batch, Counts, Import, ImportRefusedError, Stage, register_import
from jobs.models import ImportFile
from partners.imports.contacts import LANGUAGES
from partners.imports.places import UNKNOWN_COUNTRY, country_column
from partners.selectors import partner_ids
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.selectors import current_manufacturer

MOST_KNOWN = 30
LONGEST_NAME, LONGEST_VALUE = 60, 200
NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?")
CHANNELS = {
    CampaignChannel.EMAIL: ("이메일", "메일", "メール", "e-mail", "mail"),
    CampaignChannel.PORTAL: ("포털", "ポータル"),
    CampaignChannel.MESSENGER: ("메신저", "알림톡", "카카오", "メッセンジャー", "LINE"),
    CampaignChannel.SMS: ("문자", "문자 메시지", "SMS", "ショートメール", "text message"),
    CampaignChannel.POST: ("우편", "郵便", "letter", "mailing"),
    CampaignChannel.FAX: ("팩스", "FAX", "ファックス"),
}


def read_known(cell: str) -> str:
    """`age: 41; job: teacher` as JSON; what looks like a number is one."""
    known: dict[str, Any] = {}
    for part in re.split(r"[;\n]", cell):
        if not part.strip():
            continue
        name, colon, value = (text.strip() for text in part.partition(":"))
        if not colon or not name or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise CellError("not_pairs")
        if value:
            known[name] = json.loads(value) if NUMBER.fullmatch(value) else value
    if len(known) > MOST_KNOWN:
        raise CellError("too_many_known")
    return json.dumps(known, ensure_ascii=False, sort_keys=True)


COLUMNS: tuple[Column, ...] = (
    Text(
        "campaign",
        gettext_lazy("Campaign"),
        ("캠페인", "캠페인명", "キャンペーン", "キャンペーン名", "施策名", "campaign name", "mailing"),
        required=True,
        must_map=True,
        max_length=120,
        example="Spring catalogue 2025",
    ),
    Date(
        "date",
        gettext_lazy("Day of the campaign"),
        ("캠페인일", "시작일", "실시일", "実施日", "開始日", "campaign date", "start date"),
        required=True,
        must_map=True,
        example="2025-03-03",
    ),
    Lookup(
        "partner_code",
        gettext_lazy("Partner code"),
        ("거래처코드", "대리점코드", "파트너코드", "取引先コード", "代理店コード", "partner", "dealer"),
        max_length=64,
        example="A-001",
        find=partner_ids,
        into="partner_id",
        unknown="unknown_partner",
    ),
    Text(
        "name",
        gettext_lazy("Name"),
        ("이름", "성명", "담당자", "수신자", "氏名", "名前", "担当者", "宛名", "person", "contact", "recipient"),
        max_length=150,
        example="김민수",
    ),
    Email(
        "email",
        gettext_lazy("E-mail"),
        ("이메일", "메일", "メール", "メールアドレス", "email address", "mail"),
        help=gettext_lazy("Whom it went to. Without an e-mail, the name says who it was at that partner."),
        example="kim@seoul-agency.example",
    ),
    Choice(
        "channel",
        gettext_lazy("Sending channel"),
        ("채널", "발송수단", "매체", "チャネル", "媒体", "medium"),
        help=gettext_lazy("E-mail without."),
        choices={str(channel.value): names for channel, names in CHANNELS.items()},
        example="email",
    ),
    Pattern(
        "variant",
        gettext_lazy("Variant"),
        ("안", "변형", "パターン", "version", "cell", "ab"),
        max_length=1,
        upper=True,
        pattern="^[A-Z]$",
        code="not_a_variant",
        example="A",
    ),
    Choice("language", gettext_lazy("Language"), ("언어", "言語"), choices=LANGUAGES),
    country_column(),
    Date(
        "sent_on",
        gettext_lazy("Sent"),
        ("발송일", "발송일시", "접촉일", "配信日", "送信日", "発送日", "sent", "sent at", "contacted"),
        help=gettext_lazy("Empty: this person got nothing (hold-out)."),
        example="2025-03-03",
    ),
    Date("opened_on", pgettext_lazy("mail", "Opened"), ("열람일", "오픈일", "開封日", "opened", "opened at")),
    Date("clicked_on", gettext_lazy("Clicked"), ("클릭일", "クリック日", "clicked", "clicked at"), example="2025-03-04"),
    Date(
        "replied_on",
        gettext_lazy("Answered"),
        ("회신일", "응답일", "反応日", "返信日", "回答日", "replied", "replied at", "answered", "responded"),
        example="2025-03-04",
    ),
    Text(
        "answer",
        gettext_lazy("Answer"),
        ("회신", "응답", "회신내용", "回答", "返信", "返信内容", "response", "reply"),
        help=gettext_lazy("A code (sample, call, offer, visit, later, not_interested) or the words."),
        max_length=1000,
        example="sample",
    ),
    Date("ordered_on", gettext_lazy("Ordered"), ("주문일", "발주일", "受注日", "注文日", "ordered", "ordered at")),
    Decimal(
        "order_amount",
        gettext_lazy("Orders, in the base currency"),
        ("주문금액", "주문액", "受注金額", "注文金額", "order value", "revenue"),
        places=4,
        minimum="0",
    ),
    Read(
        "known",
        gettext_lazy("Known before"),
        ("사전정보", "속성", "属性", "事前情報", "attributes"),
        help=gettext_lazy(
            "What was known of the person before it was sent: name: value, with semicolons between. From this it is learned"
            " who answers, so leave out what only the contact told."
        ),
        example="years as customer: 4; segment: builder",
        read=read_known,
    ),
)  # fmt: skip


@register_import
class PastCampaignImport(Import):
    """Readers of past campaigns, known by the campaign's name and their e-mail, or else partner and name."""

    key = "past_campaigns"
    label = gettext_lazy("Past campaigns")
    explanation = gettext_lazy(
        "One person in each row: what they were sent by which campaign, and what came back. The campaigns are made as"
        " completed ones, compared with new ones and learned from. The same file again changes nothing."
    )
    function = "campaigns"
    order = 95
    sentences: ClassVar = {
        "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
        "unknown_country": UNKNOWN_COUNTRY,
        "not_a_variant": gettext_lazy("“%(value)s” is not a variant: one letter from A to Z"),
        "not_pairs": gettext_lazy("“%(value)s” is not a list of names and values such as “segment: builder; years: 4”"),
        "too_many_known": gettext_lazy("more than 30 things known of one person"),
        "nobody": gettext_lazy("a row needs an e-mail or a name"),
        "not_past": gettext_lazy("“%(value)s” is a campaign of this portal, which a file does not change"),
        "other_day": gettext_lazy("this campaign was on %(value)s"),
        "other_channel": gettext_lazy("this campaign went by “%(value)s”: give each channel a campaign of its own"),
        "too_early": gettext_lazy("%(value)s lies before it was sent"),
        "to_come": gettext_lazy("%(value)s is still to come"),
        "not_sent": gettext_lazy("who answered was sent something: say when"),
        "no_answer_day": gettext_lazy("an answer needs the day it came"),
        "no_order": gettext_lazy("an amount needs the day of the order"),
        "same_person": gettext_lazy("is the same person as in row %(value)s"),
        "repeated": gettext_lazy("is the same person as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return list(COLUMNS)

    def prepare(self) -> None:
        names = self.mapping.names
        if not names & {"email", "name"}:
            raise ImportRefusedError(_("Match the e-mail or the name: it says who was written to."))
        manufacturer = current_manufacturer()
        self.asked = {
            "zone": manufacturer.timezone,
            "today": timezone.localdate(timezone=_zone(manufacturer)),
            "home": manufacturer.first_language,
            "said": sorted(names),
            "answers": list(ANSWERS),
        }

    def staged(self) -> dict[str, str]:
        types = {getattr(column, "into", "") or column.name: column.sql_type for column in COLUMNS}
        return types | {"who": "text", "contact_id": "bigint", "reader": "bigint"}

    def refine(self, batch: Batch) -> None:
        for name in self.staged():
            if name not in batch.values:
                batch.values[name] = pl.repeat(None, len(batch), dtype=pl.String, eager=True)

    def settle(self, stage: Stage) -> Counts:
        stage.reject(statements.ALONE)
        stage.execute(statements.KEYS)
        stage.analyse("import_rows")
        dropped = stage.reject_repeated(("campaign", "who"), told_of="email")
        for query in (statements.OURS, statements.OTHER_DAY, statements.OTHER_CHANNEL):
            stage.reject(query)
        stage.reject(statements.TO_COME, self.asked)
        stage.execute(statements.BY_EMAIL)
        stage.execute(statements.BY_NAME)
        stage.reject(statements.SAME_PERSON)
        stage.execute(statements.KNOWN_BY_CONTACT)
        stage.execute(statements.KNOWN_BY_KEY)
        stage.reject(statements.SAME_READER)
        with stage.planned_for(stage.rows):
            stage.table("past_rows", sql.SQL(statements.FOUND), self.asked)
            stage.analyse("past_rows")
            for query in (statements.NOT_SENT, statements.NO_ANSWER_DAY, statements.NO_ORDER, statements.TOO_EARLY):
                stage.reject(query, self.asked)
            stage.execute(statements.ONLY_GOOD)
            ((new, changed, same),) = stage.fetch(statements.COUNTS)
        self.changes = new + changed
        return Counts(new, changed, same + dropped)

    def write(self, stage: Stage) -> None:
        if not self.changes:
            return
        rows = stage.fetch(
            "SELECT n.campaign, n.date, coalesce(min(n.channel), 'email') FROM import_rows n"
            " WHERE NOT EXISTS (SELECT FROM campaigns_campaign c WHERE c.name = n.campaign)"
            " GROUP BY 1, 2 ORDER BY 2, 1"
        )
        for name, day, channel in rows:
            self._make(name, day, channel)
        self._make_variants(stage)
        with stage.planned_for(stage.rows):
            readers = [pk for (pk,) in stage.fetch(statements.UPDATE)]
            stage.execute(statements.FORGET, {"readers": readers})
            inserted = [pk for (pk,) in stage.fetch(statements.INSERT)]
            stage.execute(statements.INSERTED, {"readers": inserted})
            stage.execute(statements.RESPONSES, self.asked | {"readers": readers + inserted})
        names = [name for (name,) in stage.fetch("SELECT DISTINCT campaign FROM past_rows")]
        stage.execute(statements.ARMS, self.asked | {"names": names})
        if self.changes > MANY:
            stage.fetch("SELECT campaigns_measure_readers(%s)", [self.changes])

    def _make(self, name: str, day: dt.date, channel: str) -> None:
        owner = self._owner()
        campaign = Campaign.objects.create(
            name=name,
            state=CampaignState.CLOSED,
            is_imported=True,
            owner=owner,
            created_by=owner,
            channel=channel,
            goal_value=0,
            starts_on=day,
            ends_on=day,
            frozen_at=dt.datetime.combine(day, dt.time(9), _zone(owner.manufacturer)),
        )
        CampaignStep.objects.create(
            campaign=campaign,
            from_state=CampaignState.PLAN,
            to_state=CampaignState.CLOSED,
            by=owner,
            note=_("Brought in from a file."),
        )

    def _make_variants(self, stage: Stage) -> None:
        wanted = stage.fetch(
            "SELECT DISTINCT c.id, f.label FROM past_rows f JOIN campaigns_campaign c ON c.name = f.campaign"
            " WHERE NOT EXISTS (SELECT FROM campaigns_campaignvariant v WHERE v.campaign_id = c.id AND v.label = f.label)"
            " ORDER BY 1, 2"
        )
        CampaignVariant.objects.bulk_create([CampaignVariant(campaign_id=pk, label=label) for pk, label in wanted])

    def _owner(self) -> Membership:
        """Who brought the file; by the command the first owner."""
        file = ImportFile.objects.select_related("created_by").filter(pk=self.import_file or 0).first()
        staff = Membership.objects.filter(partner=None, is_active=True, role=Role.OWNER).order_by("pk")
        owner = (file.created_by if file else None) or staff.first()
        if owner is None:
            raise ImportRefusedError(_("There is no owner of the account who could own the campaigns."))
        return owner


def _zone(manufacturer: Manufacturer) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(manufacturer.timezone)
