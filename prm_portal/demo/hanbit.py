"""한빛건재, a fictional Korean maker of interior building materials, and its 240 partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from . import korea
from .holidays import KOREA, holidays
from .programmes import HANBIT_PROGRAMMES
from .shapes import (
    DemoCategory,
    DemoField,
    DemoKind,
    DemoManufacturer,
    DemoPartner,
    DemoPerson,
    DemoProduct,
    DemoSpecialisation,
    domain_of,
    month_start,
    read_data,
)
from .trade import MONTHS, Buyer, Course, Market, sell_in

SLUG = "hanbit"
USUAL_MONTH = 1_700_000_000  # won, over all partners, in the last year

KINDS = (
    DemoKind("distributor", {"ko": "총판", "en": "Distributor", "ja": "ディストリビューター"}),
    DemoKind("agency", {"ko": "대리점", "en": "Agency", "ja": "代理店"}),
    DemoKind("dealer", {"ko": "딜러", "en": "Dealer", "ja": "ディーラー"}),
    DemoKind("retailer", {"ko": "소매점", "en": "Retailer", "ja": "小売店"}),
    DemoKind("installer", {"ko": "시공점", "en": "Installer", "ja": "施工店"}),
)
SPECIALISATIONS = (
    DemoSpecialisation("flooring", {"ko": "바닥재", "en": "Flooring", "ja": "床材"}),
    DemoSpecialisation("wallpaper", {"ko": "벽지", "en": "Wallpaper", "ja": "壁紙"}),
    DemoSpecialisation("doors", {"ko": "도어·중문", "en": "Doors", "ja": "ドア"}),
    DemoSpecialisation("boards", {"ko": "방음·단열", "en": "Acoustics and insulation", "ja": "防音・断熱"}),
    DemoSpecialisation("projects", {"ko": "현장 특판", "en": "Project sales", "ja": "現場特販"}),
    DemoSpecialisation("installation", {"ko": "시공", "en": "Installation", "ja": "施工"}),
)
FIELDS = (
    DemoField("showroom_pyeong", {"ko": "전시장 면적(평)", "en": "Showroom (pyeong)", "ja": "展示場(坪)"}, "number"),
    DemoField("crews", {"ko": "시공팀 수", "en": "Installation crews", "ja": "施工チーム数"}, "number"),
    DemoField("trading_since", {"ko": "거래 개시일", "en": "Trading since", "ja": "取引開始日"}, "date"),
    DemoField(
        "signboard",
        {"ko": "간판", "en": "Signboard", "ja": "看板"},
        "choice",
        ("한빛 간판", "공동 간판", "자체 간판"),
    ),
)

SEOUL_MANAGER = "manager@hanbit.example"
STAFF = (
    DemoPerson("owner@hanbit.example", "한동석", "owner", "ko", "영업본부장"),
    DemoPerson(SEOUL_MANAGER, "김도윤", "manager", "ko", "수도권 파트너팀장"),
    DemoPerson("seoyeon.lee@hanbit.example", "이서연", "manager", "ko", "경기·강원 파트너 담당", assigned_only=True),
    DemoPerson("junho.park@hanbit.example", "박준호", "manager", "ko", "충청·호남 파트너 담당", assigned_only=True),
    DemoPerson("yujin.choi@hanbit.example", "최유진", "manager", "ko", "영남 파트너 담당", assigned_only=True),
    DemoPerson("analyst@hanbit.example", "정하은", "analyst", "ko", "영업기획"),
    DemoPerson("marketing@hanbit.example", "윤소라", "marketing", "ko", "마케팅팀"),
    DemoPerson("trainer@hanbit.example", "오민재", "trainer", "ko", "시공 교육"),
    DemoPerson("service@hanbit.example", "임수빈", "service", "ko", "고객지원팀"),
)
REGION_MANAGERS = {
    "서울특별시": SEOUL_MANAGER,
    "인천광역시": SEOUL_MANAGER,
    "경기도": "seoyeon.lee@hanbit.example",
    "강원특별자치도": "seoyeon.lee@hanbit.example",
    "부산광역시": "yujin.choi@hanbit.example",
    "대구광역시": "yujin.choi@hanbit.example",
    "울산광역시": "yujin.choi@hanbit.example",
    "경상북도": "yujin.choi@hanbit.example",
    "경상남도": "yujin.choi@hanbit.example",
}
OTHER_REGIONS_MANAGER = "junho.park@hanbit.example"

SEASON = (0.72, 0.80, 1.09, 1.17, 1.15, 1.12, 0.92, 0.89, 1.06, 1.16, 1.08, 0.84)

# Weights of the product groups in a partner's assortment, by what it specialises in.
GROUPS = {
    "flooring": {"FLOOR": 6.0, "WALL": 0.8, "TRIM": 1.5, "DOORS": 0.3, "BOARD": 0.3, "SUP": 1.5},
    "wallpaper": {"FLOOR": 1.0, "WALL": 6.0, "TRIM": 1.0, "DOORS": 0.2, "BOARD": 0.5, "SUP": 1.2},
    "doors": {"FLOOR": 0.8, "WALL": 0.4, "TRIM": 2.0, "DOORS": 6.0, "BOARD": 0.4, "SUP": 0.6},
    "boards": {"FLOOR": 0.6, "WALL": 0.6, "TRIM": 0.4, "DOORS": 0.6, "BOARD": 6.0, "SUP": 1.0},
    "projects": {"FLOOR": 3.0, "WALL": 2.0, "TRIM": 1.5, "DOORS": 1.5, "BOARD": 2.0, "SUP": 1.5},
}


@dataclass(frozen=True)
class Size:
    """What is usual for a kind of partner."""

    volume: float
    spread: float
    orders: tuple[float, float]
    lines: tuple[int, int]
    assortment: tuple[int, int]
    price_share: float
    employees: tuple[int, int]
    showroom: tuple[int, int]


SIZES = {
    "distributor": Size(60e6, 0.30, (10, 14), (4, 8), (90, 112), 0.72, (12, 45), (80, 260)),
    "agency": Size(13e6, 0.55, (3.5, 7.5), (2, 5), (34, 80), 0.78, (4, 18), (30, 150)),
    "dealer": Size(7e6, 0.50, (2, 4), (2, 4), (18, 46), 0.83, (2, 10), (15, 80)),
    "retailer": Size(1.9e6, 0.50, (0.6, 1.7), (1, 3), (9, 24), 0.90, (1, 5), (8, 40)),
    "installer": Size(2.2e6, 0.55, (0.5, 1.4), (1, 3), (7, 18), 0.87, (2, 9), (0, 12)),
}


@dataclass(frozen=True)
class Fixed:
    """A partner that pages, pictures and manuals speak of, so its course is set by hand."""

    volume: float
    course: Course
    orders: float
    assortment: int
    return_share: float
    specialisation: str
    is_profile_full: bool = True


FIXED = {
    "Seoul Agency": Fixed(98e6, Course(yearly_growth=0.01, turn=32, turn_to=1.12), 11, 42, 0.052, "projects", False),
    "Busan Dealer": Fixed(31e6, Course(yearly_growth=0.11, turn=34, turn_to=0.10), 4.5, 30, 0.022, "flooring"),
    "Haeundae Interior": Fixed(64e6, Course(yearly_growth=0.27), 6.5, 58, 0.016, "projects"),
    "Jeonju Dealer": Fixed(31e6, Course(yearly_growth=0.22), 4.5, 38, 0.021, "flooring"),
    "Suwon Materials Mart": Fixed(49e6, Course(yearly_growth=0.19), 6.0, 52, 0.018, "projects"),
    "Cheongju Agency": Fixed(18e6, Course(yearly_growth=0.17), 4.5, 36, 0.030, "wallpaper"),
    "Daejeon Distributor": Fixed(92e6, Course(yearly_growth=0.05), 13, 104, 0.020, "projects"),
    "Wonju Agency": Fixed(14e6, Course(yearly_growth=-0.06), 4.0, 34, 0.026, "flooring"),
}

DISTRIBUTORS = (
    ("수도권총판", "Capital Area Distributor", "하남"),
    ("경기남부총판", "South Gyeonggi Distributor", "화성"),
    ("인천총판", "Incheon Distributor", "가좌"),
    ("강원총판", "Gangwon Distributor", "원주"),
    ("대전총판", "Daejeon Distributor", "대전"),
    ("광주총판", "Gwangju Distributor", "광주"),
    ("대구총판", "Daegu Distributor", "대구"),
    ("부산총판", "Busan Distributor", "사상"),
)
NAMED = (
    ("서울대리점", "Seoul Agency", "을지로", "agency"),
    ("청주대리점", "Cheongju Agency", "청주", "agency"),
    ("원주대리점", "Wonju Agency", "원주", "agency"),
    ("부산딜러", "Busan Dealer", "부산", "dealer"),
    ("전주딜러", "Jeonju Dealer", "전주", "dealer"),
    ("해운대 인테리어", "Haeundae Interior", "해운대", "dealer"),
    ("수원 자재마트", "Suwon Materials Mart", "수원", "dealer"),
)
OPENING_HOURS = (
    "평일 08:00–18:00, 토 08:00–13:00",
    "평일 08:30–18:30",
    "매일 08:00–19:00, 일 휴무",
    "평일 09:00–18:00",
)
COUNTS = {"agency": 62, "dealer": 46, "retailer": 84, "installer": 40}


def hanbit(today: date) -> DemoManufacturer:
    """The manufacturer with 36 months of sell-in up to the last full month before `today`."""
    last_day = month_start(today) - timedelta(days=1)
    products = _products()
    partners = _partners(last_day)
    market = Market(
        first_day=month_start(last_day, MONTHS - 1),
        last_day=last_day,
        season=SEASON,
        yearly_price_rise=0.032,
        is_workday=korea.is_workday,
        order_prefix="HB",
        return_prefix="RT",
        round_amount=_round_won,
    )
    return DemoManufacturer(
        slug=SLUG,
        names={"ko": "한빛건재", "en": "Hanbit Interior Materials", "ja": "ハンビッ建材"},
        currency="KRW",
        timezone="Asia/Seoul",
        languages=("ko", "en"),
        fiscal_year_start=1,
        brand_colour="#0f5f69",
        holidays=holidays(KOREA),
        first_day=market.first_day,
        last_day=last_day,
        kinds=KINDS,
        specialisations=SPECIALISATIONS,
        fields=FIELDS,
        people=[*STAFF, *_partner_people(partners)],
        partners=[seat.partner for seat in partners],
        categories=_categories(),
        products=products,
        rates=(),
        lines=sell_in(market, _buyers(partners, products), seed=SLUG),
        programmes=HANBIT_PROGRAMMES,
    )


@dataclass(frozen=True)
class Seat:
    """A partner with what only the generator knows about it."""

    partner: DemoPartner
    place: korea.Place
    course: Course
    trades: bool


def _round_won(value: float, _currency: str, _day: date) -> Decimal:
    """Amounts end in full ten won."""
    return Decimal(str(value / 10)).quantize(Decimal(1), ROUND_HALF_UP) * 10


def _categories() -> list[DemoCategory]:
    return [
        DemoCategory(row["code"], {"ko": row["name_ko"], "en": row["name_en"], "ja": row["name_ja"]}, row["parent"])
        for row in read_data("hanbit_categories.csv")
    ]


def _products() -> list[DemoProduct]:
    return [
        DemoProduct(
            row["code"],
            row["category"],
            {"ko": row["name_ko"], "en": row["name_en"]},
            row["unit"],
            Decimal(row["list_price"]),
            int(row["launched"]) if row["launched"] else None,
        )
        for row in read_data("hanbit_products.csv")
    ]


def _partners(last_day: date) -> list[Seat]:
    """All partners, distributors first, so that parents stand before those beneath them."""
    random = Random("hanbit:partners")  # noqa: S311
    seats: list[Seat] = []
    for name_ko, name_en, kind, place in _names(random):
        number = 1001 + len(seats)
        parent = _parent(kind, name_en, place, seats, random)
        seats.append(_seat(number, name_ko, name_en, kind, place, parent, last_day))
    return seats


def _names(random: Random) -> list[tuple[str, str, str, korea.Place]]:
    """Names and places of all partners by kind, each name once."""
    all_places = korea.places()
    by_name = {place.name_ko: place for place in all_places}
    names = [(ko, en, "distributor", by_name[place]) for ko, en, place in DISTRIBUTORS]
    for kind, count in COUNTS.items():
        own = [(ko, en, kind, by_name[place]) for ko, en, place, named_kind in NAMED if named_kind == kind]
        taken = {place.name_ko for _, _, _, place in own}
        free = [place for place in all_places if place.name_ko not in taken]
        random.shuffle(free)
        stems = list(korea.STEMS.items())
        random.shuffle(stems)
        for number in range(count - len(own)):
            place = free[number % len(free)]
            stem_ko, stem_en = stems[number % len(stems)]
            ko, en = _name(kind, number, place, stem_ko, stem_en)
            own.append((ko, en, kind, place))
        names += own
    return names


def _name(kind: str, number: int, place: korea.Place, stem_ko: str, stem_en: str) -> tuple[str, str]:
    """A name as such firms have: the place and the trade, or a lucky word and the trade."""
    ko, en = place.name_ko, place.name_en
    patterns = {
        "agency": [(f"{ko}대리점", f"{en} Agency")],
        "dealer": [
            (f"{ko}딜러", f"{en} Dealer"),
            (f"{ko} 건재", f"{en} Building Supply"),
            (f"{ko} 자재마트", f"{en} Materials Mart"),
        ],
        "retailer": [
            (f"{ko} {stem_ko}인테리어", f"{en} {stem_en} Interior"),
            (f"{ko} {stem_ko}지물", f"{en} {stem_en} Wallpaper"),
            (f"{ko} 마루나라", f"{en} Floor Land"),
            (f"{ko} {stem_ko}장식", f"{en} {stem_en} Decor"),
            (f"{ko} 벽지마을", f"{en} Wallpaper Village"),
        ],
        "installer": [
            (f"{stem_ko}마루 {ko}", f"{stem_en} Flooring {en}"),
            (f"{stem_ko}도배 {ko}", f"{stem_en} Paperhanging {en}"),
            (f"{stem_ko}시공 {ko}", f"{stem_en} Fitters {en}"),
        ],
    }[kind]
    return patterns[number % len(patterns)]


def _parent(kind: str, name_en: str, place: korea.Place, seats: Sequence[Seat], random: Random) -> str:
    """Whom the partner belongs to: shops to the nearest agency, some agencies to a distributor."""
    above = {"agency": "distributor", "retailer": "agency", "installer": "agency"}.get(kind)
    keeps_apart = {"agency": 0.55, "retailer": 0.08, "installer": 0.45}.get(kind, 1.0)
    if above is None or name_en in FIXED or random.random() < keeps_apart:
        return ""
    above_all = [(seat, seat.place.distance(place)) for seat in seats if seat.partner.kind == above]
    # Seoul Agency is the largest: shops come to it from further away.
    nearest, distance = min(
        above_all, key=lambda item: item[1] * (0.5 if item[0].partner.name == "Seoul Agency" else 1)
    )
    return nearest.partner.code if distance < 90 else ""


def _seat(number: int, name_ko: str, name_en: str, kind: str, place: korea.Place, parent: str, last_day: date) -> Seat:
    """One partner: its profile, as complete as such profiles are, and its course."""
    code = f"HB-{number}"
    random = Random(f"hanbit:{code}")  # noqa: S311
    size, fixed = SIZES[kind], FIXED.get(name_en)
    is_idle = number % 26 == 7 and fixed is None  # signed up, but without any sell-in so far
    course = fixed.course if fixed else _course(random)
    is_full = fixed.is_profile_full if fixed else random.random() < 0.45
    slug = domain_of(name_en)
    known = lambda share: is_full or random.random() < share  # noqa: E731
    since = _since(random, course, last_day)
    website_share = {"distributor": 0.9, "agency": 0.7, "dealer": 0.5}.get(kind, 0.2)
    specialisation = fixed.specialisation if fixed else random.choice(tuple(GROUPS))
    custom = {"trading_since": since.isoformat()}
    if known(0.6):
        custom["showroom_pyeong"] = str(random.randint(*size.showroom))
    if kind in ("installer", "agency", "dealer") and known(0.5):
        custom["crews"] = str(random.randint(1, 6))
    if known(0.5):
        custom["signboard"] = random.choice(("한빛 간판", "한빛 간판", "공동 간판", "자체 간판"))
    partner = DemoPartner(
        code=code,
        external_code=f"3{number:06d}",
        name=name_en,
        local_name=name_ko,
        kind=kind,
        country="KR",
        region=place.region,
        city=place.city,
        address=f"{place.road} {random.randint(5, 480)}" + (f", {random.randint(1, 3)}층" if known(0.4) else ""),
        postal_code=f"{place.postal}{random.randint(0, 99):02d}",
        latitude=round(place.latitude + random.uniform(-0.02, 0.02), 5),
        longitude=round(place.longitude + random.uniform(-0.02, 0.02), 5),
        stage=_stage(course, is_idle, number),
        manager_email=REGION_MANAGERS.get(place.region, OTHER_REGIONS_MANAGER),
        parent_code=parent,
        business_number=korea.business_number(random),
        email=f"info@{slug}.example" if fixed or known(0.75) else "",
        phone=korea.office_phone(place, random) if known(0.9) else "",
        website=f"https://www.{slug}.example" if known(website_share) and not slug.startswith("seoul-a") else "",
        established_year=min(since.year, random.randint(1986, 2019)) if known(0.7) else None,
        employees=random.randint(*size.employees) if known(0.6) else None,
        showroom_area=int(custom["showroom_pyeong"]) * 10 // 3 if "showroom_pyeong" in custom else None,
        specialisations=tuple(dict.fromkeys([specialisation, *(["installation"] if kind == "installer" else [])])),
        languages=("ko",),
        opening_hours=random.choice(OPENING_HOURS) if known(0.5) else "",
        shares=_shares(random) if parent else (),
        confirmed_days_ago=random.randint(5, 400) if is_full else None,
        custom=custom,
    )
    return Seat(partner, place, course, trades=not is_idle)


def _shares(random: Random) -> tuple[str, ...]:
    """What a partner shows to the one above it: nothing, its profile, or its figures too."""
    return random.choice(((), ("profile",), ("profile",), ("profile", "sales")))


def _course(random: Random) -> Course:
    """How the partner has done: most hold, some grow, shrink, start, stop, turn or pause."""
    draw = random.random()
    if draw < 0.40:
        return Course(yearly_growth=random.uniform(-0.03, 0.10))
    if draw < 0.60:
        return Course(yearly_growth=random.uniform(0.13, 0.38))
    if draw < 0.74:
        return Course(yearly_growth=random.uniform(-0.26, -0.11))
    if draw < 0.81:
        return Course(yearly_growth=0.04, turn=random.randint(29, 33), turn_to=random.uniform(1.4, 1.9))
    if draw < 0.88:
        return Course(yearly_growth=0.02, turn=random.randint(29, 33), turn_to=random.uniform(0.35, 0.62))
    if draw < 0.93:
        return Course(yearly_growth=-0.08, ends=random.randint(24, 33))
    if draw < 0.98:
        return Course(yearly_growth=0.12, starts=random.randint(18, 33))
    begins = random.randint(12, 24)
    return Course(yearly_growth=0.05, pause=(begins, begins + random.randint(5, 8)))


def _since(random: Random, course: Course, last_day: date) -> date:
    """When trading began: a newcomer's first month, else some years before the files begin."""
    if course.starts:
        return month_start(last_day, MONTHS - 1 - course.starts) + timedelta(days=random.randint(0, 6))
    return month_start(last_day, MONTHS + random.randint(3, 200)) + timedelta(days=random.randint(0, 27))


def _stage(course: Course, is_idle: bool, number: int) -> str:
    """Where the partner stands in its life cycle."""
    if is_idle:
        return "onboarding" if number % 3 else "prospect"
    if course.ends <= MONTHS - 8:
        return "ended" if number % 4 == 0 else "dormant"
    return "dormant" if course.ends <= MONTHS - 4 else "active"


def _buyers(seats: Sequence[Seat], products: Sequence[DemoProduct]) -> list[Buyer]:
    """What decides the orders of each trading partner, all together worth the usual month."""
    groups = {row["code"]: row["parent"] or row["code"] for row in read_data("hanbit_categories.csv")}
    popularity = Random("hanbit:popularity")  # noqa: S311
    weights = {product.code: popularity.lognormvariate(0, 0.7) for product in products}
    buyers = []
    for seat in seats:
        if not seat.trades:
            continue
        partner = seat.partner
        random = Random(f"hanbit:buyer:{partner.code}")  # noqa: S311
        size, fixed = SIZES[partner.kind], FIXED.get(partner.name)
        preferred = GROUPS[partner.specialisations[0]]
        weighted = [
            (product, weights[product.code] * preferred[groups[product.category]] * random.lognormvariate(0, 0.4))
            for product in products
        ]
        weighted.sort(key=lambda item: (-item[1], item[0].code))
        buyers.append(
            Buyer(
                partner_code=partner.code,
                monthly_volume=fixed.volume if fixed else size.volume * random.lognormvariate(0, size.spread),
                course=seat.course,
                orders_per_month=fixed.orders if fixed else random.uniform(*size.orders),
                lines_per_order=size.lines,
                assortment=weighted[: fixed.assortment if fixed else random.randint(*size.assortment)],
                price_share=size.price_share * random.uniform(0.98, 1.02),
                currency="KRW",
                wobble=0.03 if fixed else 0.07,
                return_share=fixed.return_share if fixed else 0.024 * random.lognormvariate(0, 0.5),
            )
        )
    fixed_codes = {seat.partner.code for seat in seats if seat.partner.name in FIXED}
    usual = {buyer.partner_code: buyer.monthly_volume * _last_year(buyer.course) for buyer in buyers}
    of_fixed = sum(volume for code, volume in usual.items() if code in fixed_codes)
    scale = (USUAL_MONTH - of_fixed) / (sum(usual.values()) - of_fixed)
    return [
        buyer if buyer.partner_code in fixed_codes else replace(buyer, monthly_volume=buyer.monthly_volume * scale)
        for buyer in buyers
    ]


def _last_year(course: Course) -> float:
    """The mean level of the last twelve months."""
    return sum(course.level(month) for month in range(MONTHS - 12, MONTHS)) / 12


def _partner_people(seats: Sequence[Seat]) -> list[DemoPerson]:
    """Who signs in for the partners: the known sign-ins, and an admin for every larger partner."""
    code = {seat.partner.name: seat.partner.code for seat in seats}
    seoul, busan = code["Seoul Agency"], code["Busan Dealer"]
    people = [
        DemoPerson("admin@seoul-agency.example", "서정민", "partner_admin", "ko", "대표", partner_code=seoul),
        DemoPerson("rep@seoul-agency.example", "이민정", "partner_rep", "ko", "영업과장", partner_code=seoul),
        DemoPerson("tech@seoul-agency.example", "강병호", "partner_technician", "ko", "시공팀장", partner_code=seoul),
        DemoPerson("office@seoul-agency.example", "조은별", "partner_viewer", "ko", "경리", partner_code=seoul),
        DemoPerson("admin@busan-dealer.example", "문재철", "partner_admin", "ko", "대표", partner_code=busan),
        DemoPerson("rep@busan-dealer.example", "배수아", "partner_rep", "ko", "영업대리", partner_code=busan),
        DemoPerson(
            "multi@partners.example", "강현우", "partner_admin", "ko", "대표", partner_code=code["Suwon Materials Mart"]
        ),
    ]
    settled = {person.partner_code for person in people}
    for seat in seats:
        partner = seat.partner
        if partner.code in settled or partner.kind not in ("distributor", "agency", "dealer"):
            continue
        random = Random(f"hanbit:people:{partner.code}")  # noqa: S311
        people.append(
            DemoPerson(
                f"admin@{partner.domain}", korea.person_name(random), "partner_admin", "ko", "대표",
                korea.mobile_phone(random), partner.code,
            )
        )  # fmt: skip
        if partner.kind == "distributor" or random.random() < 0.25:
            people.append(
                DemoPerson(
                    f"rep@{partner.domain}", korea.person_name(random), "partner_rep", "ko", "영업담당",
                    korea.mobile_phone(random), partner.code,
                )
            )  # fmt: skip
    return people
