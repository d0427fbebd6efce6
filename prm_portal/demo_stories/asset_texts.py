"""What stands in the libraries of the demo's manufacturers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Texts = dict[str, str]
Section = tuple[Texts, Texts, Sequence[Texts]]
"""Title, text, steps; each by language."""

FOOT_ZONES: list[dict[str, Any]] = [
    {"what": "logo", "page": -1, "x": 20, "y": 258, "width": 46, "height": 18},
    {"what": "contact", "page": -1, "x": 72, "y": 257, "width": 64, "height": 22},
    {"what": "address", "page": -1, "x": 138, "y": 257, "width": 54, "height": 22},
]


@dataclass(frozen=True)
class Piece:
    """One piece of material. `age`, `begins`, `ends`: days before and after the day of the demo."""

    file: str
    kind: str
    titles: Texts
    summaries: Texts
    languages: Sequence[str]
    age: int
    tags: Sequence[str] = ()
    category: str = ""
    subtitle: Texts = field(default_factory=dict)
    sections: Sequence[Section] = ()
    has_prices: bool = False
    has_products: bool = False
    has_terms: bool = False
    is_narrow: bool = False
    may_share: bool = True
    zones: list[dict[str, Any]] = field(default_factory=list)
    versions: int = 1
    note: Texts = field(default_factory=dict)
    begins: int = 0
    ends: int = 0
    state: str = "published"
    reason: str = ""
    url: str = ""
    body: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Library:
    """A manufacturer's library, and what all of its documents say."""

    maker: Texts
    colour: str
    edition: Texts
    foot: Texts
    price_head: Mapping[str, Sequence[str]]
    terms_name: str
    terms: Texts
    audience_name: str
    audience_text: str
    audience: dict[str, Any]
    sender: str
    phone: str
    customers: Sequence[str]
    pieces: Sequence[Piece]


HANBIT = Library(
    maker={"ko": "한빛건재", "en": "Hanbit Building Materials"},
    colour="#0f5e69",
    edition={"ko": "제%s판", "en": "edition %s"},
    foot={"ko": "가격과 사양은 예고 없이 변경될 수 있습니다. 최신본은 파트너 포털에서 확인하십시오.",
          "en": "Prices and specifications may change. The current edition is in the partner portal."},
    price_head={"ko": ("단가", "품번", "제품명", "단위", "공급가(원)"), "en": ("Prices", "Code", "Product", "Unit", "Price (KRW)")},
    terms_name="단가표 이용 조건",
    terms={
        "ko": "1. 단가표는 파트너 내부에서만 사용하며 제3자에게 제공하지 않습니다.\n\n2. 유효 기간이 지난 단가표로 견적하지 않습니다.\n\n"
        "3. 공급가는 부가가치세 별도이며, 수량과 현장 조건에 따라 달라질 수 있습니다.",
        "en": "1. The price list is for use within the partner's company alone.\n\n2. Do not quote from a list that is no longer"
        " valid.\n\n3. Prices are without value-added tax and depend on quantity and site.",
    },
    audience_name="대리점·딜러·총판",
    audience_text="단가표와 특판 자료를 받는 곳",
    audience={
        "op": "all",
        "rules": [{"field": "kind", "test": "any_of", "value": ["distributor", "agency", "dealer"]}],
    },
    sender="Seoul Agency",
    phone="02-2275-1180",
    customers=("마포 공덕 오피스 현장", "이화 인테리어 상담", "블로그 문의 고객"),
    pieces=(
        Piece(
            "floor-prices", "price_list", {"ko": "강화마루 단가표", "en": "Price list: laminate flooring"},
            {"ko": "강화마루 전 품목의 대리점 공급가입니다. 규격과 포장 단위를 함께 확인하십시오.",
             "en": "Partner prices of all laminate floors with sizes and packing units."},
            ("ko", "en"), 12, ("단가표", "마루"), "LAM", {"ko": "2026년 하반기", "en": "second half of 2026"},
            ((({"ko": "적용 기준", "en": "How it applies"}),
              {"ko": "본 단가는 부가가치세 별도이며 수도권 배송 기준입니다. 50박스 이상은 현장 직송이 가능합니다.",
               "en": "Without value-added tax, delivered in the capital area. From 50 boxes on directly to the site."}, ()),),
            has_prices=True, has_products=True, has_terms=True, is_narrow=True, may_share=False, versions=2, ends=130,
            note={"ko": "프라임 8T 네 품목 단가가 바뀌었습니다.", "en": "Four items of Prime 8T have a new price."},
        ),
        Piece(
            "silk-prices", "price_list", {"ko": "실크벽지 단가표"}, {"ko": "실크벽지 전 품목 공급가와 롤당 시공 면적입니다."},
            ("ko",), 40, ("단가표", "벽지"), "SIL", {"ko": "2026년 하반기"}, has_prices=True, has_terms=True, is_narrow=True,
            may_share=False, ends=10,
        ),
        Piece(
            "spring-prices", "price_list", {"ko": "2027년 상반기 단가표 (예고)"},
            {"ko": "내년 1월부터 적용되는 단가입니다. 시행일에 자동으로 공개됩니다."},
            ("ko",), 3, ("단가표",), "LAM", {"ko": "2027년 상반기"}, has_prices=True, has_terms=True, is_narrow=True,
            may_share=False, begins=40,
        ),
        Piece(
            "catalogue", "catalogue", {"ko": "한빛 종합 카탈로그 2026", "en": "Hanbit catalogue 2026"},
            {"ko": "마루, 벽지, 중문, 방음재까지 한 권으로 보는 종합 카탈로그입니다. 고객 상담에 쓰십시오.",
             "en": "Floors, wallpapers, doors and boards in one book, for talks with customers."},
            ("ko", "en"), 58, ("카탈로그", "상담"), "", {"ko": "집을 바꾸는 자재", "en": "Materials that change a home"},
            (
                ({"ko": "바닥재", "en": "Flooring"},
                 {"ko": "강화마루 프라임은 표면 강도 AC4 등급으로 생활 흠집에 강하고, 물걸레 청소가 가능합니다. 강마루는 층간 소음을 줄이는"
                  " 하부 보강층을 갖추었습니다.",
                  "en": "Laminate Prime resists scratches of daily life (AC4) and can be wiped wet."}, ()),
                ({"ko": "벽지", "en": "Wallpapers"},
                 {"ko": "친환경 인증을 받은 실크벽지와 합지벽지 48종을 준비했습니다. 곰팡이 방지 처리가 되어 있습니다.",
                  "en": "48 silk and paper wallpapers with an eco label, treated against mould."}, ()),
                ({"ko": "중문과 도어", "en": "Doors"},
                 {"ko": "3연동 슬라이딩, 스윙, 초슬림 프레임 중문을 현장 치수에 맞춰 5일 안에 제작합니다.",
                  "en": "Sliding and swing doors made to measure within five days."}, ()),
            ),
            zones=FOOT_ZONES, has_products=True,
        ),
        Piece(
            "laminate-guide", "manual", {"ko": "강화마루 시공 안내서", "en": "Installing laminate flooring"},
            {"ko": "바탕 정리부터 걸레받이 마감까지 현장에서 바로 보는 여덟 단계입니다.",
             "en": "Eight steps from the ground to the skirting, to be read on site."},
            ("ko", "en"), 95, ("시공", "마루"), "LAM", {"ko": "현장용", "en": "for the site"},
            (
                ({"ko": "준비", "en": "Before you begin"},
                 {"ko": "자재는 시공 48시간 전에 현장에 들여놓고 실내 온도 18~25도, 습도 40~65 %를 유지합니다. 바탕면 수평 오차는 2 m당"
                  " 3 mm 이내여야 합니다.",
                  "en": "Bring the material in 48 hours before, keep 18 to 25 degrees; the ground may be uneven by 3 mm in 2 m."}, ()),
                ({"ko": "시공 순서", "en": "Steps"}, {},
                 ({"ko": "바탕면의 먼지와 수분을 없앱니다. 함수율 4.5 % 이하를 확인합니다.", "en": "Clean and dry the ground; at most 4.5 % moisture."},
                  {"ko": "방습 시트를 20 cm 겹쳐 깔고 이음매를 테이프로 붙입니다.", "en": "Lay the moisture sheet with 20 cm overlap and tape it."},
                  {"ko": "벽에서 10 mm 띄우고 첫 줄을 놓습니다.", "en": "Lay the first row 10 mm from the wall."},
                  {"ko": "짧은 쪽 이음매가 30 cm 이상 엇갈리게 끼웁니다.", "en": "Shift the short joints by 30 cm or more."},
                  {"ko": "문틀 아래는 잘라 내고 밀어 넣습니다.", "en": "Cut door frames and push the boards below."},
                  {"ko": "걸레받이로 신축 틈을 가립니다.", "en": "Cover the gap with the skirting."})),
            ),
            zones=FOOT_ZONES, versions=2, note={"ko": "방습 시트 겹침 폭이 20 cm로 바뀌었습니다."},
        ),
        Piece(
            "door-guide", "manual", {"ko": "3연동 중문 실측·시공 안내"}, {"ko": "실측표 작성 요령과 레일 수평 맞추기를 사진 순서대로 설명합니다."},
            ("ko",), 20, ("시공", "중문", "실측"), "MID", {"ko": "시공점용"},
            (({"ko": "실측", "en": ""}, {"ko": "폭은 위·가운데·아래 세 곳, 높이는 좌우 두 곳을 재고 가장 작은 값을 적습니다."},
              ({"ko": "문틀 주변 마감재를 확인합니다."}, {"ko": "레일 자리의 수평을 레이저로 확인합니다."},
               {"ko": "실측표에 사진 네 장을 붙여 보냅니다."})),),
        ),
        Piece(
            "acoustic-sheet", "datasheet", {"ko": "방음재 ACO 시리즈 성적서 요약"},
            {"ko": "흡음률과 차음 성능 시험 결과입니다. 현장 특판 제안서에 첨부하십시오."},
            ("ko",), 150, ("시험성적서", "특판"), "ACO", {"ko": "시험 성적"},
            (({"ko": "흡음률"}, {"ko": "ISO 354 잔향실법, 1000 Hz에서 흡음률 0.85, NRC 0.75를 기록했습니다."}, ()),),
        ),
        Piece(
            "floor-photo", "picture", {"ko": "내추럴오크 시공 사진"}, {"ko": "블로그와 홍보물에 쓸 수 있는 고해상도 사진입니다."},
            ("ko",), 33, ("사진", "마루"), "LAM",
        ),
        Piece(
            "showroom-photo", "picture", {"ko": "헤링본 전시장 사진"}, {"ko": "전시장 벽면 홍보용 사진입니다."}, ("ko",), 8, ("사진", "전시장"), "ENG",
        ),
        Piece(
            "video", "video", {"ko": "강화마루 시공 영상 (6분)"}, {"ko": "첫 줄 놓기와 문틀 처리를 영상으로 보여 줍니다."},
            ("ko",), 70, ("시공", "영상"), "LAM", url="https://video.example/hanbit/laminate",
        ),
        Piece(
            "faq", "text", {"ko": "고객이 자주 묻는 질문 20가지"}, {"ko": "상담할 때 그대로 쓸 수 있는 답입니다."}, ("ko",), 26, ("상담",),
            body={"ko": "# 바닥재\n\n**강화마루도 물걸레질이 되나요?** 네. 꼭 짠 걸레로 닦고 물기는 바로 닦아 냅니다.\n\n**반려동물이 있어도 괜찮나요?**"
                  " 표면 강도 AC4 등급이라 생활 흠집에 강합니다.\n\n# 벽지\n\n**새집 냄새가 나지 않나요?** 실크벽지는 친환경 등급 인증 제품입니다.\n\n"
                  "- 시공 후 이틀은 환기합니다.\n- 난방은 서서히 올립니다."},
        ),
        Piece(
            "old-insulation", "catalogue", {"ko": "단열재 카탈로그 2024"}, {"ko": "이전 규격의 단열재 카탈로그입니다."}, ("ko",), 400, ("카탈로그",), "INS",
            sections=(({"ko": "단열재"}, {"ko": "압출법 보온판 1호, 2호, 3호의 규격입니다."}, ()),),
            state="withdrawn", reason="열전도율 기준이 바뀌어 이 카탈로그의 값은 더 이상 맞지 않습니다.",
        ),
        Piece(
            "autumn-event", "presentation", {"ko": "가을 리모델링 행사 안내 (작성 중)"}, {"ko": "행사 조건과 판촉물 신청 방법입니다."}, ("ko",), 1,
            ("행사",), "", {"ko": "초안"}, (({"ko": "행사 조건"}, {"ko": "행사 기간에 접수한 견적에 한해 걸레받이를 무상으로 드립니다."}, ()),), state="draft",
        ),
    ),
)  # fmt: skip

TOKAI = Library(
    maker={"ja": "東海サイクル", "en": "Tokai Cycle Parts"},
    colour="#35478c",
    edition={"ja": "第%s版", "en": "edition %s"},
    foot={"ja": "価格・仕様は予告なく変更する場合があります。最新版はパートナーポータルでご確認ください。",
          "en": "Prices and specifications may change without notice. The current edition is in the partner portal."},
    price_head={"ja": ("価格", "品番", "製品名", "単位", "希望小売価格(円)"), "en": ("Prices", "Code", "Product", "Unit", "List price (JPY)")},
    terms_name="Terms for price lists",
    terms={
        "ja": "1. 価格表は貴社内での利用に限ります。\n\n2. 有効期限を過ぎた価格表で見積もりを行わないでください。\n\n3. 第三者への開示は書面による同意が必要です。",
        "en": "1. The price list is for use within your company.\n\n2. Do not quote from a list that is no longer valid.\n\n3. It is"
        " shown to third parties only with our written consent.",
    },
    audience_name="Distributors and makers",
    audience_text="Who buys at list price less discount",
    audience={"op": "all", "rules": [{"field": "kind", "test": "any_of", "value": ["distributor", "maker"]}]},
    sender="Oslo Sykkel AS",
    phone="+47 22 00 11 80",
    customers=("Bergen bike shop", "Autumn fair in Drammen", "Club ride newsletter"),
    pieces=(
        Piece(
            "drivetrain-prices", "price_list", {"en": "Price list: cranksets 2027", "ja": "クランクセット価格表 2027年"},
            {"en": "List prices of all cranksets in yen, valid for orders from now on.", "ja": "クランクセット全品の希望小売価格です。"},
            ("en", "ja"), 9, ("prices", "drivetrain"), "CRK", {"en": "model year 2027", "ja": "2027年モデル"}, has_prices=True,
            has_products=True, has_terms=True, is_narrow=True, may_share=False, versions=2, ends=140,
            note={"en": "Hayate 210 has a new price from this edition on.", "ja": "疾風210の価格を改定しました。"},
        ),
        Piece(
            "catalogue", "catalogue", {"en": "Components 2027", "ja": "総合カタログ 2027", "ko": "부품 종합 카탈로그 2027"},
            {"en": "Drivetrain, wheels, brakes and cockpit in one book, with room for your address.",
             "ja": "駆動系からホイール、ブレーキ、ハンドル周りまで一冊にまとめました。"},
            ("en", "ja"), 30, ("catalogue",), "", {"en": "Made in Aichi", "ja": "愛知のものづくり"},
            (
                ({"en": "Drivetrain", "ja": "駆動系"},
                 {"en": "Cranksets Nagi and Hayate are cold forged from one piece of aluminium and weigh 12 % less than before.",
                  "ja": "クランクセット「凪」「疾風」はアルミ一体冷間鍛造。従来比12%の軽量化を実現しました。"}, ()),
                ({"en": "Wheels", "ja": "ホイール"},
                 {"en": "Hubs run on sealed bearings of our own; rims are tubeless ready.",
                  "ja": "自社製シールドベアリングのハブと、チューブレス対応のリムです。"}, ()),
            ),
            zones=FOOT_ZONES, has_products=True,
        ),
        Piece(
            "disc-brake-guide", "manual", {"en": "Fitting and bleeding disc brakes", "ja": "ディスクブレーキ取付・エア抜き手順"},
            {"en": "For workshops: torque, bleeding, bedding in.", "ja": "整備工房向け。締付トルク、エア抜き、慣らしの手順です。"},
            ("en", "ja"), 64, ("workshop", "brakes"), "DSC", {"en": "for workshops", "ja": "整備工房向け"},
            (
                ({"en": "Steps", "ja": "手順"}, {},
                 ({"en": "Face the mount and clean it of paint.", "ja": "取付面をフェイスカットし、塗装を除去します。"},
                  {"en": "Tighten the calliper bolts to 6 to 8 Nm.", "ja": "キャリパーボルトを6〜8N·mで締め付けます。"},
                  {"en": "Bleed from the calliper upwards with mineral oil.", "ja": "ミネラルオイルでキャリパー側からエア抜きを行います。"},
                  {"en": "Brake twenty times from 25 km/h to bed the pads in.", "ja": "時速25kmから20回制動し、パッドを慣らします。"})),
            ),
            zones=FOOT_ZONES, versions=2, note={"en": "The torque is now 6 to 8 Nm.", "ja": "締付トルクを6〜8N·mに変更しました。"},
        ),
        Piece(
            "hub-sheet", "datasheet", {"en": "Hub dimensions for wheel builders", "ja": "ハブ寸法表"},
            {"en": "Flange diameters and offsets to compute spoke lengths.", "ja": "スポーク長計算用のフランジ径とオフセットです。"},
            ("en",), 120, ("wheels", "workshop"), "HUB",
            sections=(({"en": "How to read it"}, {"en": "Flange diameters are measured at the centre of the spoke holes."}, ()),),
        ),
        Piece(
            "certificate", "certificate", {"en": "ISO 4210 test report: handlebars and stems"},
            {"en": "Summary of fatigue and impact tests, for importers' files."}, ("en",), 210, ("certificates",), "HBR",
            sections=(({"en": "Results"}, {"en": "All samples passed the fatigue test with 100,000 cycles at 450 N."}, ()),),
            ends=12,
        ),
        Piece(
            "wheel-photo", "picture", {"en": "Road wheels, studio photo", "ja": "ロードホイール スタジオ写真"},
            {"en": "For web shops and print, 1600 pixels wide."}, ("en",), 18, ("photos", "wheels"), "RIM",
        ),
        Piece(
            "video", "video", {"en": "How to true a wheel (8 minutes)", "ja": "ホイールの振れ取り(8分)"},
            {"en": "With subtitles in eight languages."}, ("en",), 80, ("workshop", "wheels"), "SPK",
            url="https://video.example/tokai/truing",
        ),
        Piece(
            "warranty", "text", {"en": "Warranty: what to send us", "ja": "保証申請に必要なもの"},
            {"en": "So that a claim is answered within three days."}, ("en", "ja"), 45, ("service",),
            body={
                "en": "# What we need\n\n- Order number and lot number\n- Two photos: the part as a whole, and the damage\n- How and where it"
                " was used\n\nClaims that are complete are answered within **three working days**.",
                "ja": "# 必要なもの\n\n- 注文番号とロット番号\n- 写真2枚(全体と損傷部)\n- 使用状況\n\n書類が揃っている申請には**3営業日以内**に回答します。",
            },
        ),
        Piece(
            "rim-brake-2019", "manual", {"en": "Rim brake manual 2019"}, {"en": "For model years up to 2019."}, ("en",), 700, ("brakes",), "RMB",
            sections=(({"en": "Adjusting"}, {"en": "Centre the arms with the small screw."}, ()),),
            state="withdrawn", reason="The torque of the pivot bolt given there is too high.",
        ),
    ),
)  # fmt: skip

LIBRARIES = {"hanbit": HANBIT, "tokai": TOKAI}
