"""What the demo's plans say, and the parts of its territories."""

from dataclasses import dataclass

from partners.models import Phase, Side

Initiative = tuple[str, str, int, str, str]
"""Title, details, year, phase and who carries it."""


@dataclass(frozen=True)
class Words:
    """The texts of one manufacturer's plans."""

    summary: str
    please: str
    ours: str
    comment: str
    initiatives: tuple[Initiative, ...]
    promises: tuple[str, ...]
    promise_later: str


TEXTS = {
    "hanbit": Words(
        summary=(
            "신축 물량이 줄어드는 만큼 리모델링과 상가 현장에서 매출을 지킵니다.\n"
            "상반기에 전시장을 정비하고, 하반기에는 중문과 기능성 바닥재 비중을 높입니다."
        ),
        please="지난달 협의한 내용을 반영했습니다. 검토 후 회신 부탁드립니다.",
        ours="하반기 목표는 신규 전시장 개점을 전제로 잡았습니다.",
        comment="3분기 목표 상향에 맞춰 샘플북을 20권 더 부탁드립니다.",
        initiatives=(
            ("전시장 새 단장", "중문·강마루 코너를 앞쪽으로 옮기고 시공 사례 패널을 겁니다.", 1, Phase.PREPARE, Side.PARTNER),
            ("인테리어 업체 30곳 방문", "지역 업체 명단을 함께 만들고 매주 세 곳을 방문합니다.", 1, Phase.ROLL_OUT, Side.PARTNER),
            ("시공팀 기능 교육", "시공 하자를 줄이기 위해 본사 교육장에서 이틀 과정으로 진행합니다.", 1, Phase.PILOT, Side.STAFF),
            ("기능성 바닥재 시범 현장", "층간소음 저감 바닥재를 아파트 리모델링 두 곳에 먼저 시공합니다.", 2, Phase.PILOT, Side.PARTNER),
            ("공동 온라인 견적 창구", "홈페이지 문의를 대리점으로 바로 연결합니다.", 2, Phase.PREPARE, Side.STAFF),
            ("인근 시·군 하위 판매점 확보", "거래가 없는 지역에 판매점 두 곳을 찾습니다.", 3, Phase.PREPARE, Side.PARTNER),
        ),
        promises=(
            "전시장 개선비 50% 지원",
            "신제품 샘플북 40권 무상 제공",
            "성수기(9–11월) 재고 우선 배정",
            "분기마다 본사 기술자 현장 지원 2일",
        ),
        promise_later="하반기 지역 광고비 공동 부담",
    ),
    "tokai": Words(
        summary=(
            "Grow with service centres, not only with shops: the pads they fit come back as orders.\n"
            "Half of the year's growth should come from the two newest lines."
        ),
        please="This is what we agreed on at our last visit. Please read it and tell us whether it fits.",
        ours="We can reach this if the new line arrives before the summer.",
        comment="We would like to see the training earlier, if you can.",
        initiatives=(
            ("Stock the new ceramic line", "A first order of the twenty best-selling numbers, on display at the counter.", 1, Phase.PREPARE, Side.PARTNER),
            ("Train mechanics of service centres", "Two evenings on fitting and noise, with our engineer.", 1, Phase.PILOT, Side.STAFF),
            ("Visit the fifty largest garages", "Together, with samples and a price list in their language.", 1, Phase.ROLL_OUT, Side.PARTNER),
            ("Web shop with our catalogue", "Part numbers searched by vehicle, prices of the partner.", 2, Phase.PREPARE, Side.PARTNER),
            ("Second warehouse", "Orders of the far regions arrive within a day.", 3, Phase.PREPARE, Side.PARTNER),
        ),
        promises=(
            "Samples for ten garages free of charge",
            "Catalogue data for the web shop",
            "Delivery of the new line within four weeks",
        ),
        promise_later="Half of the cost of one trade fair",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of a large territory, with where it stands on the map."""

    code: str
    names: dict[str, str]
    parent: str
    regions: tuple[str, ...]
    latitude: float
    longitude: float
    postal_from: str = ""
    postal_to: str = ""


PARTS = {
    "hanbit": (
        Part("gyeonggi", {"ko": "경기", "en": "Gyeonggi", "ja": "京畿"}, "gyeonggi-incheon", ("경기도",), 37.30, 127.25),
        Part("incheon", {"ko": "인천", "en": "Incheon", "ja": "仁川"}, "gyeonggi-incheon", ("인천광역시",), 37.45, 126.60),
        Part("busan-ulsan", {"ko": "부산·울산", "en": "Busan and Ulsan", "ja": "釜山・蔚山"}, "yeongnam", ("부산광역시", "울산광역시"), 35.28, 129.15),
        Part("daegu-gyeongbuk", {"ko": "대구·경북", "en": "Daegu and Gyeongbuk", "ja": "大邱・慶北"}, "yeongnam", ("대구광역시", "경상북도"), 36.10, 128.65),
        Part("gyeongnam", {"ko": "경남", "en": "Gyeongnam", "ja": "慶南"}, "yeongnam", ("경상남도",), 35.25, 128.25),
        Part("ulleung", {"ko": "울릉", "en": "Ulleung", "ja": "鬱陵"}, "yeongnam", ("경상북도",), 37.50, 130.87, "40200", "40240"),
        Part("gwangju-jeonnam", {"ko": "광주·전남", "en": "Gwangju and Jeonnam", "ja": "光州・全南"}, "honam-jeju", ("광주광역시", "전라남도"), 34.95, 126.85),
        Part("jeonbuk", {"ko": "전북", "en": "Jeonbuk", "ja": "全北"}, "honam-jeju", ("전북특별자치도",), 35.75, 127.10),
        Part("jeju", {"ko": "제주", "en": "Jeju", "ja": "済州"}, "honam-jeju", ("제주특별자치도",), 33.40, 126.55),
        Part("daejeon-sejong-chungnam", {"ko": "대전·세종·충남", "en": "Daejeon, Sejong and Chungnam", "ja": "大田・世宗・忠南"}, "chungcheong", ("대전광역시", "세종특별자치시", "충청남도"), 36.45, 127.00),
        Part("chungbuk", {"ko": "충북", "en": "Chungbuk", "ja": "忠北"}, "chungcheong", ("충청북도",), 36.75, 127.75),
        Part("gangwon", {"ko": "강원", "en": "Gangwon", "ja": "江原"}, "chungcheong", ("강원특별자치도",), 37.75, 128.30),
    ),
}  # fmt: skip
