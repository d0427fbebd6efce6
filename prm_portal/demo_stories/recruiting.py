"""Companies that want to become partners: found, contacted, applying, refused, and a few on their way already."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from partners import prospect_keys
from partners.models import (
    ApplicationForm,
    ApplicationQuestion,
    Partner,
    Prospect,
    ProspectComment,
    ProspectMove,
    ProspectSource,
    ProspectStage,
    RefusalReason,
    Stage,
)
from partners.models.recruiting import WAY
from partners.selectors.recruiting import recruiters, vetting_questions
from partners.services.application_forms import draft_form, publish_form, save_question
from partners.services.recruiting import default_lists, new_reference
from partners.vetting import ANY, QuestionType, vet
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role


@dataclass(frozen=True)
class Cast:
    """The companies of one manufacturer's story, and what is said about them."""

    language: str
    country: str
    intros: dict[str, str]
    companies: list[tuple[str, str, str, str, str]]
    """Name, city, region, contact, mail domain."""
    steps: list[str]
    comments: list[str]
    whys: list[str]
    introducers: list[str]
    phone: str
    stages: dict[ProspectStage, int]


HANBIT_NAMES = (
    "미래인테리어|수원시|경기|김민아|mirae-interior|누리건재|대구 달서구|대구|박정우|nuri-gj|가온데코|창원시|경남|이서연|gaon-deco|"
    "한울창호|천안시|충남|정도현|hanul-window|바른마루|김해시|경남|최유진|barun-maru|온새미로디자인|전주시|전북|강지훈|onsaemiro|"
    "다온타일|부천시|경기|윤하은|daon-tile|푸른집수리|원주시|강원|조성민|pureun-home|예담인테리어|청주시|충북|임수빈|yedam-int|"
    "새론건축자재|평택시|경기|한지호|saeron|도담목재|순천시|전남|오세진|dodam-wood|라온키친|인천 연수구|인천|서예린|raon-kitchen|"
    "마루한판|안양시|경기|신동혁|maruhanpan|늘푸른조명|포항시|경북|권나연|nulpureun|하람욕실|광주 북구|광주|황준서|haram-bath|"
    "이음디자인랩|서울 성동구|서울|안소희|ieum-lab|두레건재|춘천시|강원|송태윤|dure-gj|해솔인테리어|여수시|전남|류지원|haesol|"
    "청솔건업|구미시|경북|전민석|chungsol|모아하우징|용인시|경기|홍가영|moa-housing|나래창호|목포시|전남|고은별|narae|"
    "우드앤스톤|제주시|제주|문정훈|woodnstone|세움건축|양산시|경남|양다은|seum|트인공간|서울 마포구|서울|손재희|twingonggan|"
    "단미데코|아산시|충남|배성우|danmi-deco|으뜸건재상사|진주시|경남|백하준|eutteum|소담리모델링|고양시|경기|허예은|sodam|"
    "큰나무목공|강릉시|강원|남도윤|keunnamu|빛들조명|울산 남구|울산|심유나|bitdeul|시원창호|대전 유성구|대전|노현우|siwon|"
    "참살이주방|김포시|경기|하서윤|chamsari|벽산종합자재|경산시|경북|곽민재|byeoksan-j|두루하우스|의정부시|경기|성지안|duru|"
    "아름드리|군산시|전북|차은우|areumdri|맑은유리|남양주시|경기|주연서|malgeun|신우건재|안산시|경기|우태현|sinwoo-gj|"
    "휴먼스페이스|부산 수영구|부산|구하린|humanspace|대림타일상사|통영시|경남|진수호|daerim-tile|한길데코|세종시|세종|엄채원|hangil|"
    "동해마루|속초시|강원|변지우|donghae-maru"
)
TOKAI_NAMES = (
    "サイクルハウス北斗|札幌市|北海道|佐藤 健|hokuto-cycle|輪工房みなと|横浜市|神奈川県|鈴木 彩|minato-rin|ペダル京都|京都市|京都府|高橋 翔|pedal-kyoto|"
    "自転車館さくら|仙台市|宮城県|田中 美咲|sakura-jitensha|ベロシティ福岡|福岡市|福岡県|伊藤 大輔|velocity-fuk|風輪社|松本市|長野県|渡辺 結衣|furinsha|"
    "サイクルベース瀬戸|高松市|香川県|山本 拓也|cyclebase-seto|Nordic Velo AB|Gothenburg|Västra Götaland|Elin Berg|nordicvelo|"
    "Radhaus Köln|Köln|Nordrhein-Westfalen|Jonas Weber|radhaus-koeln|Bicicletas Luz|Valencia|Valencia|Marta Gil|biciluz|"
    "輪々堂|金沢市|石川県|中村 葵|rinrindo|スポーツバイク広場|浜松市|静岡県|小林 蓮|sb-hiroba|Two Wheels Leeds|Leeds|West Yorkshire|Amy Clarke|twowheels-leeds|"
    "サイクルショップ波|那覇市|沖縄県|加藤 海斗|cs-nami|電動サイクル千葉|千葉市|千葉県|吉田 陽菜|dendo-chiba"
)


def _companies(text: str) -> list[tuple[str, str, str, str, str]]:
    words = text.split("|")
    rows = [tuple(words[place : place + 5]) for place in range(0, len(words), 5)]
    return [(name, city, region, contact, domain) for name, city, region, contact, domain in rows]


S = ProspectStage
CASTS = {
    "hanbit": Cast(
        language="ko",
        country="KR",
        intros={
            "ko": "한빛건재는 지역에서 시공과 판매를 함께하는 파트너를 찾습니다. 신청서를 보내 주시면 10일 이내에 회신드립니다.",
            "en": "We look for partners who sell and install in their region. You hear from us within ten days.",
            "ja": "地域で販売と施工を手がけるパートナーを募集しています。お申し込みから10日以内にご連絡します。",
        },
        companies=_companies(HANBIT_NAMES),
        steps=["전화로 일정 잡기", "매장 방문", "견본 책자 보내기", "계약 조건 협의", "사업자등록증 확인", "담당자 소개 메일"],
        comments=[
            "매장이 넓고 위치가 좋습니다. 시공팀 두 개를 직접 운영합니다.",
            "기존 거래처와 지역이 겹치는지 확인이 필요합니다.",
            "대표가 신제품에 관심이 많습니다. 다음 주에 견본을 가지고 방문합니다.",
            "신용 조회 결과 이상 없습니다.",
        ],
        whys=[
            "지역 리모델링 수요가 늘어 믿을 수 있는 자재가 필요합니다.",
            "고객들이 한빛 제품을 찾는데 가까운 대리점이 없습니다.",
            "친환경 마감재로 취급 품목을 넓히려고 합니다.",
        ],
        introducers=["전시회 안내 데스크", "건축사 김태호"],
        phone="031-555-{:04d}",
        stages={S.FOUND: 7, S.CONTACTED: 6, S.APPLIED: 9, S.REVIEWED: 5, S.AGREED: 3, S.ONBOARDING: 2, S.ACTIVE: 3, S.REFUSED: 5},
    ),
    "tokai": Cast(
        language="ja",
        country="JP",
        intros={
            "ja": "試乗と整備ができる販売店を募集しています。お申し込みから10日以内にご連絡します。",
            "en": "We look for shops that offer test rides and service. You hear from us within ten days.",
            "ko": "시승과 정비가 가능한 판매점을 찾습니다. 신청 후 10일 이내에 연락드립니다.",
        },
        companies=_companies(TOKAI_NAMES),
        steps=["電話で日程調整", "店舗訪問", "試乗車の手配", "取引条件の確認", "Send the price list", "見積書の送付"],
        comments=[
            "整備士が2名在籍。試乗スペースも確保できます。",
            "近隣の既存店との距離を確認してください。",
            "The owner visited our stand at the fair and wants the e-bike line.",
        ],
        whys=[
            "電動アシスト車の需要が増えており、品ぞろえを強化したいです。",
            "We sell 400 bikes a year and our customers ask for Tokai.",
            "整備のしやすさを評価しています。",
        ],
        introducers=["サイクルモード受付", "メカニック研修の講師"],
        phone="052-555-{:04d}",
        stages={S.FOUND: 2, S.CONTACTED: 2, S.APPLIED: 4, S.REVIEWED: 2, S.AGREED: 1, S.ONBOARDING: 1, S.ACTIVE: 1, S.REFUSED: 2},
    ),
}  # fmt: skip
ABROAD = {"nordicvelo": "SE", "radhaus-koeln": "DE", "biciluz": "ES", "twowheels-leeds": "GB"}
QUESTIONS: list[dict[str, Any]] = [
    {
        "type": QuestionType.CHOICE,
        "labels": {"en": "What is your main business?", "ko": "주된 사업은 무엇입니까?", "ja": "主な事業は何ですか?"},
        "is_required": True,
        "weight": 30,
        "options": [
            {
                "key": "a1",
                "points": 100,
                "labels": {"en": "Shop with service", "ko": "매장과 시공", "ja": "店舗と整備・施工"},
            },
            {"key": "a2", "points": 60, "labels": {"en": "Shop only", "ko": "매장 판매", "ja": "店舗販売のみ"}},
            {"key": "a3", "points": 20, "labels": {"en": "Online only", "ko": "온라인 판매", "ja": "オンラインのみ"}},
        ],
    },
    {
        "type": QuestionType.YES_NO,
        "labels": {"en": "Do you have a showroom?", "ko": "전시 공간이 있습니까?", "ja": "展示スペースはありますか?"},
        "is_required": True,
        "weight": 20,
        "options": [{"key": "yes", "points": 100}, {"key": "no", "points": 20}],
    },
    {
        "type": QuestionType.YES_NO,
        "labels": {
            "en": "Are you registered as a business?",
            "ko": "사업자 등록을 하셨습니까?",
            "ja": "事業者登録をされていますか?",
        },
        "is_required": True,
        "weight": 0,
        "options": [{"key": "yes", "points": 0}, {"key": "no", "points": 0, "knock_out": True}],
    },
    {
        "type": QuestionType.FILE,
        "labels": {"en": "Company profile", "ko": "회사 소개서", "ja": "会社案内"},
        "is_required": False,
        "weight": 20,
        "options": [{"key": ANY, "points": 100}],
    },
]


def tell_recruiting(manufacturer: Manufacturer, day: dt.date) -> None:
    """A published form, and companies at every stage with what happened to them."""
    cast = CASTS.get(manufacturer.slug)
    if cast is None or Prospect.objects.exists():
        return
    default_lists()
    owner = Membership.objects.get(role=Role.OWNER)
    owner.manufacturer = manufacturer
    form = _publish(cast, owner)
    Story(manufacturer, cast, form, day).tell()


def _publish(cast: Cast, owner: Membership) -> ApplicationForm:
    draft = draft_form(by=owner)
    if draft.version > 1:
        return ApplicationForm.objects.get(state=ApplicationForm.State.PUBLISHED)
    spoken = owner.manufacturer.languages
    draft.intros = {code: text for code, text in cast.intros.items() if code in spoken}
    draft.save(update_fields=["intros"])
    for question in QUESTIONS:
        save_question(ApplicationQuestion(form=draft, **question))
    return publish_form(draft, by=owner)


class Story:
    """Makes the rows of one manufacturer."""

    def __init__(self, manufacturer: Manufacturer, cast: Cast, form: ApplicationForm, day: dt.date) -> None:
        self.manufacturer, self.cast, self.form = manufacturer, cast, form
        self.random = random.Random(f"recruiting {manufacturer.slug}")  # noqa: S311 (a story, the same each time)
        self.now = min(timezone.now(), timezone.make_aware(dt.datetime.combine(day, dt.time(17))))
        self.day = day
        self.questions = list(form.questions.all())
        self.sources = {source.code: source for source in ProspectSource.objects.all()}
        self.reasons = list(RefusalReason.objects.all())
        self.owners = list(recruiters())
        self.active = list(Partner.objects.filter(stage=Stage.ACTIVE).order_by("-pk")[:12])
        self.young = iter(
            Partner.objects.filter(stage__in=[Stage.ACTIVE, Stage.ONBOARDING]).order_by("stage", "-created_at", "pk")[
                12:40
            ]
        )
        self.steps: list[tuple[Prospect, list[tuple[str, str, dt.datetime, Any]]]] = []

    def tell(self) -> None:
        companies = iter(self.cast.companies)
        for stage, count in self.cast.stages.items():
            for number in range(count):
                self.steps.append(self.make(next(companies), stage, number))
        made = Prospect.objects.bulk_create([prospect for prospect, _way in self.steps])
        Prospect.objects.bulk_update(
            [self.dated(prospect, way) for prospect, (_old, way) in zip(made, self.steps, strict=True)], ["created_at"]
        )
        ProspectMove.objects.bulk_create(
            ProspectMove(prospect=prospect, from_stage=before, to_stage=after, at=at, by=by)
            for prospect, (_old, way) in zip(made, self.steps, strict=True)
            for before, after, at, by in way
        )
        ProspectComment.objects.bulk_create(
            ProspectComment(
                prospect=prospect,
                author=prospect.owner or self.owners[0],
                text=self.random.choice(self.cast.comments),
                created_at=way[-1][2] + (self.now - way[-1][2]) / 3,
            )
            for prospect, (_old, way) in zip(made, self.steps, strict=True)
            if len(way) > 1 and self.random.random() < 0.6
        )

    def dated(self, prospect: Prospect, way: list[tuple[str, str, dt.datetime, Any]]) -> Prospect:
        prospect.created_at = way[0][2]
        return prospect

    def make(
        self, company: tuple[str, str, str, str, str], stage: ProspectStage, number: int
    ) -> tuple[Prospect, list[tuple[str, str, dt.datetime, Any]]]:
        """One company at a stage, with its way there."""
        name, city, region, contact, domain = company
        by_itself = stage not in (S.FOUND, S.CONTACTED) and self.random.random() < 0.7
        source = "application" if by_itself else self.random.choice(["fair", "search", "introduction", "import"])
        owner = None if stage == S.APPLIED and number < 3 else self.random.choice(self.owners)
        way = self.way(stage, by_itself, owner)
        country = ABROAD.get(domain, self.cast.country)
        prospect = Prospect(
            manufacturer=self.manufacturer,
            reference=new_reference(),
            company=name,
            contact_name=contact,
            email=f"info@{domain}.example",
            phone=self.cast.phone.format(self.random.randrange(10_000)),
            city=city,
            region=region,
            country=country,
            language=self.cast.language if country == self.cast.country else "en",
            stage=stage,
            stage_since=way[-1][2],
            source=self.sources[source],
            owner=owner,
        )
        self.introduce(prospect, source)
        if stage in (S.FOUND, S.CONTACTED, S.REVIEWED, S.AGREED) or (stage == S.APPLIED and owner):
            prospect.next_step = self.random.choice(self.cast.steps)
            prospect.due_on = self.day + dt.timedelta(days=self.random.randint(-3, 12))
        if by_itself or stage in (S.APPLIED, S.REVIEWED, S.AGREED):
            applied = next((at for _before, after, at, _by in way if after == S.APPLIED), way[0][2])
            self.answer(prospect, applied)
        if stage == S.REFUSED:
            prospect.refusal_reason = self.reasons[number % len(self.reasons)]
        if stage in (S.ONBOARDING, S.ACTIVE):
            self.become(prospect)
        prospect_keys.fill(prospect)
        return prospect, way

    def way(self, stage: ProspectStage, by_itself: bool, owner: Any) -> list[tuple[str, str, dt.datetime, Any]]:
        """The steps to a stage, the last some days ago; who applies begins there."""
        until = S.REVIEWED if stage == S.REFUSED else stage
        stages: list[ProspectStage] = list(WAY[WAY.index(S.APPLIED if by_itself else S.FOUND) : WAY.index(until) + 1])
        if stage == S.REFUSED:
            stages.append(S.REFUSED)
        days = [self.random.uniform(1, 14) for _step in stages]
        at = self.now - dt.timedelta(days=sum(days))
        steps, before = [], ""
        for place, (after, wait) in enumerate(zip(stages, days, strict=True)):
            steps.append(
                (
                    before,
                    str(after.value),
                    self.at_work(at),
                    None if by_itself and not place else owner or self.owners[0],
                )
            )
            at += dt.timedelta(days=wait)
            before = str(after.value)
        return steps

    def at_work(self, at: dt.datetime) -> dt.datetime:
        """The same day, at an hour at which people work."""
        local = timezone.localtime(at)
        return local.replace(hour=self.random.randint(9, 17), minute=self.random.randrange(60), second=0)

    def introduce(self, prospect: Prospect, source: str) -> None:
        if source == "introduction" and self.active:
            prospect.introduced_by_partner = self.active[self.random.randrange(min(4, len(self.active)))]
        elif self.random.random() < 0.12:
            prospect.introduced_by_member = self.random.choice(self.owners)
        elif self.random.random() < 0.1:
            prospect.introduced_by_text = self.random.choice(self.cast.introducers)

    def answer(self, prospect: Prospect, at: dt.datetime) -> None:
        """What it answered on the form, and what that is worth."""
        answers: dict[str, Any] = {}
        for question in self.questions:
            match question.type:
                case QuestionType.NUMBER:
                    answers[question.key] = str(self.random.choice([1, 2, 4, 7, 11, 15, 23]))
                case QuestionType.CHOICE:
                    keys = [option["key"] for option in question.options]
                    answers[question.key] = self.random.choices(keys, [5, 4, 1][: len(keys)])[0]
                case QuestionType.YES_NO:
                    answers[question.key] = "yes" if self.random.random() < (0.7 if question.weight else 0.95) else "no"
                case QuestionType.PLACE:
                    answers[question.key] = {"country": prospect.country, "region": prospect.region}
                case QuestionType.LONG:
                    answers[question.key] = self.random.choice(self.cast.whys)
        vetting = vet(vetting_questions(self.questions), answers)
        prospect.form, prospect.form_key, prospect.answers = self.form, uuid.uuid4(), answers
        prospect.applied_at = prospect.consented_at = at
        prospect.score = None if vetting.score is None else float(vetting.score)
        prospect.is_knocked_out, prospect.explanation = vetting.is_knocked_out, vetting.as_json()

    def become(self, prospect: Prospect) -> None:
        """It is a partner already: one of the demo's young ones, under whose name it stands."""
        partner = next(self.young)
        prospect.partner = partner
        prospect.company, prospect.local_name = partner.name, partner.local_name
        prospect.city, prospect.region, prospect.country = partner.city, partner.region, partner.country
        prospect.email, prospect.phone = partner.email or prospect.email, partner.phone or prospect.phone
