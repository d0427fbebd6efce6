"""What partners are asked to carry out: one initiative that runs, one that is over with what it did, and a draft."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.models import (
    Asset,
    AssetState,
    Initiative,
    InitiativeMaterial,
    InitiativePartner,
    InitiativeState,
    InitiativeStep,
    Proof,
)
from campaigns.selectors.initiative_results import WINDOW, companies_as_of
from campaigns.services.initiatives import start
from campaigns.services.initiatives.life import GIVE_STEPS
from notices.models import Notice
from partners.models import Audience
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

Words = dict[str, str]


@dataclass(frozen=True)
class Told:
    """Words by language; steps: title, how, due so many days after the start, what shows it."""

    name: Words
    goal: Words
    kpi: str
    target: str
    steps: Sequence[tuple[Words, Words, int, Proof]]
    notes: Sequence[str] = field(default=())


RUNNING, OVER, DRAFT = "running", "over", "draft"
RUNS = (9, 21)
"""Days since the start of what runs, and until its end."""
WAS = (160, 110)
"""Days since the start and the end of what is over."""

STORY: Mapping[str, Mapping[str, Told]] = {
    "hanbit": {
        RUNNING: Told(
            {"ko": "아쿠아 라인 진열 코너 만들기", "en": "A display corner for the Aqua Line"},
            {
                "ko": "모든 전시장에서 고객이 아쿠아 라인을 직접 보고 물을 부어 볼 수 있게 합니다.",
                "en": "In every showroom customers see the Aqua Line and pour water on it.",
            },
            "breadth",
            "14",
            [
                (
                    {"ko": "진열 위치 정하기", "en": "Choose the place"},
                    {
                        "ko": "입구에서 **5m 이내**, 가로 1.2m 벽면을 비워 주세요.\n\n- 조명이 있는 곳\n- 상담 테이블에서 보이는 곳",
                        "en": "Within **5 m of the entrance**, a wall of 1.2 m.\n\n- with a lamp\n- in sight of the table",
                    },
                    5,
                    Proof.NOTE,
                ),
                (
                    {"ko": "샘플보드와 가격표 설치", "en": "Put up boards and prices"},
                    {
                        "ko": "1. 샘플보드 6종을 순서대로 겁니다.\n2. 12월 단가표로 교체합니다.\n3. 물 시험판을 앞에 둡니다.",
                        "en": "1. Hang the six boards.\n2. Use the prices of December.\n3. Put the water test in front.",
                    },
                    12,
                    Proof.NONE,
                ),
                (
                    {"ko": "완성 사진 올리기", "en": "Show a photo of it"},
                    {
                        "ko": "정면에서 한 장 찍어 올려 주세요. 잘된 사례는 소식에 소개합니다.",
                        "en": "One photo from the front. The best are shown in the news.",
                    },
                    18,
                    Proof.FILE,
                ),
            ],
            ["입구 오른쪽 벽면으로 정했습니다.", "상담실 앞으로 옮겼습니다.", "2층 쇼룸에 자리를 마련했습니다."],
        ),
        OVER: Told(
            {"ko": "신규 현장 50곳 방문 캠페인", "en": "Visit new sites in your area"},
            {
                "ko": "담당 지역의 새 현장을 직접 방문해 견적 기회를 늘립니다.",
                "en": "Visit new building sites of your area and quote there.",
            },
            "orders",
            "24",
            [
                (
                    {"ko": "방문할 현장 목록 만들기", "en": "List the sites"},
                    {"ko": "현장 지도에서 10곳 이상 골라 주세요.", "en": "At least ten of the map of sites."},
                    10,
                    Proof.NOTE,
                ),
                (
                    {"ko": "방문하고 샘플 전달하기", "en": "Visit them with samples"},
                    {"ko": "방문할 때마다 현장 담당자 이름을 적어 두세요.", "en": "Note whom you met at each."},
                    30,
                    Proof.NONE,
                ),
                (
                    {"ko": "견적 결과 공유하기", "en": "Tell what came of it"},
                    {"ko": "견적 건수와 반응을 한두 문장으로 적어 주세요.", "en": "Quotes and answers, in a sentence."},
                    45,
                    Proof.NOTE,
                ),
            ],
            ["현장 14곳을 골랐습니다.", "견적 5건을 냈고 2건이 진행 중입니다.", "12곳 방문, 샘플 반응이 좋았습니다."],
        ),
        DRAFT: Told(
            {"ko": "겨울철 하자 예방 점검", "en": "Winter check against complaints"},
            {
                "ko": "난방을 시작하기 전에 시공한 집을 점검해 하자 접수를 줄입니다.",
                "en": "Check laid floors before heating begins, so that there are fewer complaints.",
            },
            "",
            "",
            [
                (
                    {"ko": "작년 시공 고객에게 연락하기", "en": "Call the customers of last year"},
                    {"ko": "", "en": ""},
                    7,
                    Proof.NOTE,
                ),
                ({"ko": "방문 점검표 작성하기", "en": "Fill in the check list"}, {"ko": "", "en": ""}, 21, Proof.FILE),
            ],
        ),
    },
    "tokai": {
        RUNNING: Told(
            {"ja": "試乗会を開く（電動アシスト車）", "en": "Hold a test-ride day for e-bikes"},
            {
                "ja": "各販売店で年内に一度、電動アシスト車の試乗会を開いていただきます。",
                "en": "Every dealer lets customers ride our e-bikes on one day before the year ends.",
            },
            "breadth",
            "10",
            [
                (
                    {"ja": "日程と会場を決める", "en": "Fix the day and the place"},
                    {
                        "ja": "**土曜日または日曜日**をお選びください。\n\n- 一周300m以上の安全なコース\n- 雨天時の代替日",
                        "en": "Choose a **Saturday or Sunday**.\n\n- a safe round of 300 m\n- another day in case of rain",
                    },
                    5,
                    Proof.NOTE,
                ),
                (
                    {"ja": "試乗車を予約する", "en": "Book the bikes"},
                    {
                        "ja": "1. 車種とサイズを選ぶ\n2. 開催の7日前までに予約する",
                        "en": "1. Choose models and sizes.\n2. Book them seven days before.",
                    },
                    12,
                    Proof.NONE,
                ),
                (
                    {"ja": "写真を送る", "en": "Send a photo"},
                    {"ja": "当日の様子を一枚お送りください。", "en": "One picture of the day."},
                    18,
                    Proof.FILE,
                ),
            ],
            [
                "12月第一土曜日、店舗前の駐車場で行います。",
                "Saturday 5 December, on the square behind our shop.",
                "市の公園を借りました。",
            ],
        ),
        OVER: Told(
            {"ja": "秋の無料点検月間", "en": "Free check-up month in autumn"},
            {
                "ja": "点検をきっかけに、部品と買い替えの提案につなげます。",
                "en": "Check-ups bring customers in: offer parts and newer models.",
            },
            "orders",
            "12",
            [
                (
                    {"ja": "既存のお客様に案内する", "en": "Invite your customers"},
                    {"ja": "案内文は資料にあります。", "en": "The letter is in the library."},
                    10,
                    Proof.NOTE,
                ),
                (
                    {"ja": "点検を行う", "en": "Do the check-ups"},
                    {"ja": "点検表を一台ごとに記入してください。", "en": "One sheet for each bike."},
                    35,
                    Proof.NONE,
                ),
                (
                    {"ja": "結果を知らせる", "en": "Tell the result"},
                    {"ja": "台数と提案件数をお知らせください。", "en": "Number of bikes and of offers."},
                    45,
                    Proof.NOTE,
                ),
            ],
            [
                "86台を点検し、14件ご提案しました。",
                "43 bikes checked, nine offers made.",
                "バッテリー交換の相談が多くありました。",
            ],
        ),
        DRAFT: Told(
            {"ja": "保管サービスのご案内（冬季）", "en": "Offer winter storage"},
            {
                "ja": "冬の間の保管サービスで春の来店につなげます。",
                "en": "Who stores the bike with you comes back in spring.",
            },
            "",
            "",
            [
                ({"ja": "料金と場所を決める", "en": "Fix price and place"}, {"ja": "", "en": ""}, 7, Proof.NOTE),
                ({"ja": "店頭で案内する", "en": "Show the offer in the shop"}, {"ja": "", "en": ""}, 14, Proof.FILE),
            ],
        ),
    },
}

# How far each partner came, evenly spread (multiples of an irrational number over the partners by their codes): in `did` all
# steps, the others not all. Who does not sign in is marked by who looks after it.
MARK = """
WITH drawn AS (
    SELECT r.id, coalesce(m.id, p.channel_manager_id, %(owner)s) AS who,
        CASE WHEN p.id = ANY (%(shown)s) THEN 0.7 ELSE mod(row_number() OVER (ORDER BY p.code) * 0.6180339887, 1) END AS lot,
        mod(row_number() OVER (ORDER BY p.code) * 0.4142135624, 1)::float8 AS pace,
        p.id = ANY (%(did)s) AS did
    FROM campaigns_initiativepartner r
    JOIN partners_partner p ON p.id = r.partner_id
    LEFT JOIN LATERAL (
        SELECT id FROM tenancy_membership WHERE partner_id = p.id AND is_active ORDER BY id LIMIT 1
    ) m ON true
    WHERE r.initiative_id = %(initiative)s
), reached AS (
    SELECT d.*, CASE WHEN did THEN 3 WHEN lot < 0.32 THEN 0 WHEN lot < 0.75 THEN 1 ELSE 2 END AS steps,
        did OR lot >= 0.24 AS begun, did OR lot >= 0.1 AS seen, NOT did AND lot >= 0.1 AND lot < 0.14 AS declined
    FROM drawn d
), marked AS (
    UPDATE campaigns_initiativework w SET
        started_at = %(told)s + make_interval(secs => (s.place - 0.6 + d.pace * 0.5) * %(pace)s),
        started_by_id = d.who,
        done_at = CASE WHEN s.place <= d.steps THEN %(told)s + make_interval(secs => (s.place + d.pace * 0.5) * %(pace)s) END,
        done_by_id = CASE WHEN s.place <= d.steps THEN d.who END,
        note = CASE WHEN s.place <= d.steps AND s.proof = 'note'
            THEN (%(notes)s::text[])[1 + floor(d.pace * cardinality(%(notes)s::text[]))::int] ELSE '' END
    FROM reached d, (
        SELECT id, proof, row_number() OVER (ORDER BY "order") AS place FROM campaigns_initiativestep
        WHERE initiative_id = %(initiative)s
    ) s
    WHERE w.row_id = d.id AND w.step_id = s.id AND d.begun AND s.place <= d.steps + 1
    RETURNING w.id
)
UPDATE campaigns_initiativepartner r SET
    seen_at = CASE WHEN d.seen THEN %(told)s + make_interval(hours => (2 + d.pace * 40)::int) END,
    seen_by_id = CASE WHEN d.seen THEN d.who END,
    started_at = CASE WHEN d.begun THEN %(told)s + make_interval(secs => (0.4 + d.pace * 0.5) * %(pace)s) END,
    started_by_id = CASE WHEN d.begun THEN d.who END,
    declined_at = CASE WHEN d.declined THEN %(told)s + interval '2 days' END,
    declined_by_id = CASE WHEN d.declined THEN d.who END,
    reason = CASE WHEN d.declined THEN %(reason)s ELSE '' END
FROM reached d WHERE r.id = d.id
"""
ADD_UP = """
UPDATE campaigns_initiativepartner r SET
    done_count = w.done, next_due_on = w.due, moved_at = coalesce(w.moved, r.declined_at),
    done_at = CASE WHEN w.done = w.steps THEN w.moved END,
    done_by_id = CASE WHEN w.done = w.steps THEN r.started_by_id END
FROM (
    SELECT row_id, count(*) AS steps, count(done_at) AS done, min(due_on) FILTER (WHERE done_at IS NULL) AS due,
        max(greatest(started_at, done_at)) AS moved
    FROM campaigns_initiativework WHERE initiative_id = %(initiative)s GROUP BY row_id
) w
WHERE w.row_id = r.id
"""
REASONS = {"hanbit": "전시장 공사 중이라 내년에 참여하겠습니다.", "tokai": "人手が足りず、今回は見送ります。"}
DAY = dt.timedelta(days=1)


def tell_initiatives(manufacturer: Manufacturer, day: dt.date) -> None:
    """One that runs for all partners, one that is over, and a draft."""
    if Initiative.objects.exists() or manufacturer.slug not in STORY:
        return
    staff = Membership.objects.filter(role__in=[Role.MARKETING, Role.OWNER], is_active=True)
    owner = staff.order_by("role", "pk").first()
    if owner is None:
        return
    owner.manufacturer = manufacturer
    story, now = STORY[manufacturer.slug], timezone.now()
    people = Membership.objects.filter(partner__isnull=False, is_active=True).order_by("pk")
    shown = list(people.values_list("partner", flat=True)[:3])
    _over(story[OVER], owner, now, REASONS[manufacturer.slug])
    _running(story[RUNNING], owner, now, shown, REASONS[manufacturer.slug])
    audience = Audience.objects.filter(is_shared=True, is_archived=False).order_by("pk").first()
    _written(story[DRAFT], owner, timezone.localdate() + 10 * DAY, timezone.localdate() + 45 * DAY, audience=audience)


def _written(told: Told, owner: Membership, begins: dt.date, ends: dt.date, **more: Any) -> Initiative:
    initiative = Initiative.objects.create(
        names=told.name,
        goals=told.goal,
        kpi=told.kpi,
        kpi_target=Decimal(told.target) if told.target else None,
        owner=owner,
        starts_on=begins,
        ends_on=ends,
        **more,
    )
    steps = InitiativeStep.objects.bulk_create(
        [
            InitiativeStep(
                initiative=initiative,
                order=number,
                titles=title,
                instructions={code: text for code, text in how.items() if text},
                due_days=days,
                proof=proof,
            )
            for number, (title, how, days, proof) in enumerate(told.steps, start=1)
        ]
    )
    assets = Asset.objects.filter(state=AssetState.PUBLISHED, audience=None).order_by("pk")[:2]
    InitiativeMaterial.objects.bulk_create([InitiativeMaterial(step=steps[1], asset=asset) for asset in assets])
    return initiative


def _running(told: Told, owner: Membership, now: dt.datetime, shown: list[int], reason: str) -> None:
    """It is started today, and then moved to the days of the story."""
    ago, left = RUNS
    today = timezone.localdate()
    initiative = _written(told, owner, today, today + left * DAY)
    start(initiative, by=owner)
    begun = now - ago * DAY
    Initiative.objects.filter(pk=initiative.pk).update(started_at=begun, starts_on=today - ago * DAY)
    InitiativePartner.objects.filter(initiative=initiative).update(told_at=begun)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_initiativework SET due_on = due_on - %s WHERE initiative_id = %s", [ago, initiative.pk]
        )
    Notice.objects.filter(key=f"initiative-{initiative.pk}-new").update(created_at=begun, read_at=begun + DAY)
    _mark(initiative, told, owner, begun, dt.timedelta(days=3), shown=shown, did=[], reason=reason)


def _over(told: Told, owner: Membership, now: dt.datetime, reason: str) -> None:
    """Every second partner of those alike was in it; who bought more afterwards carried it out more often."""
    began, ended = WAS
    today = timezone.localdate()
    initiative = _written(told, owner, today - began * DAY, today - ended * DAY)
    first, last = initiative.starts_on, initiative.ends_on
    companies = companies_as_of(initiative, owner, start=first, days=WINDOW, end=last)
    alike = sorted(companies, key=lambda each: (each.country, each.kind, each.grade, each.year, each.pk))
    inside = alike[::2]
    usual = median(each.change / each.year for each in inside) if inside else 0
    did = [each.pk for place, each in enumerate(inside) if place % 6 < (5 if each.change / each.year > usual else 1)]
    told_at = now - began * DAY
    Initiative.objects.filter(pk=initiative.pk).update(
        state=InitiativeState.ENDED,
        started_at=told_at,
        started_by=owner,
        step_count=len(told.steps),
        ended_at=now - ended * DAY,
    )
    InitiativePartner.objects.bulk_create(
        [InitiativePartner(initiative=initiative, partner_id=each.pk, told_at=told_at) for each in inside]
    )
    with connection.cursor() as cursor:
        cursor.execute(GIVE_STEPS, {"initiative": initiative.pk, "day": first})
    _mark(initiative, told, owner, told_at, dt.timedelta(days=12), shown=[], did=did, reason=reason)


def _mark(
    initiative: Initiative, told: Told, owner: Membership, told_at: dt.datetime, pace: dt.timedelta, **how: Any
) -> None:
    facts: dict[str, Any] = {"initiative": initiative.pk, "owner": owner.pk, "told": told_at, "notes": list(told.notes)}
    with connection.cursor() as cursor:
        cursor.execute(MARK, facts | {"pace": pace.total_seconds()} | how)
        cursor.execute(ADD_UP, {"initiative": initiative.pk})
