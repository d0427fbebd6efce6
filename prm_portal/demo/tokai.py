"""東海サイクル, a fictional Japanese exporter of bicycle components, and its 60 buyers in 20 countries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from .holidays import JAPAN, holidays
from .programmes import TOKAI_PROGRAMMES
from .shapes import (
    DemoCategory,
    DemoField,
    DemoKind,
    DemoManufacturer,
    DemoPartner,
    DemoPerson,
    DemoProduct,
    DemoSpecialisation,
    Rate,
    domain_of,
    month_start,
    read_data,
)
from .trade import MONTHS, Buyer, Course, Market, sell_in

SLUG = "tokai"

KINDS = (
    DemoKind("distributor", {"ja": "ディストリビューター", "en": "Distributor", "ko": "디스트리뷰터"}),
    DemoKind("maker", {"ja": "完成車メーカー", "en": "Bicycle maker", "ko": "완성차 메이커"}),
    DemoKind("retailer", {"ja": "小売チェーン", "en": "Retail chain", "ko": "소매 체인"}),
    DemoKind("workshop", {"ja": "工房・整備", "en": "Workshop", "ko": "공방·정비소"}),
    DemoKind("online", {"ja": "通販", "en": "Online shop", "ko": "온라인몰"}),
)
SPECIALISATIONS = (
    DemoSpecialisation("road", {"ja": "ロード", "en": "Road", "ko": "로드"}),
    DemoSpecialisation("mtb", {"ja": "マウンテン", "en": "Mountain", "ko": "산악"}),
    DemoSpecialisation("urban", {"ja": "シティ", "en": "Urban", "ko": "생활"}),
    DemoSpecialisation("ebike", {"ja": "電動アシスト", "en": "E-bike", "ko": "전기자전거"}),
    DemoSpecialisation("wheels", {"ja": "ホイール組み", "en": "Wheel building", "ko": "휠 빌딩"}),
)
FIELDS = (
    DemoField(
        "incoterms",
        {"ja": "貿易条件", "en": "Incoterms", "ko": "인코텀즈"},
        "choice",
        ("FOB", "CIF", "DAP", "FCA"),
    ),
    DemoField("payment", {"ja": "支払条件", "en": "Payment terms", "ko": "결제 조건"}, "text"),
    DemoField("port", {"ja": "仕向港", "en": "Port of discharge", "ko": "도착항"}, "text"),
    DemoField("first_order", {"ja": "初回取引日", "en": "First order", "ko": "첫 거래일"}, "date"),
)
STAFF = (
    DemoPerson("owner@tokai.example", "高橋 誠", "owner", "ja", "海外営業部長"),
    DemoPerson("manager@tokai.example", "佐藤 美咲", "manager", "ja", "欧州担当"),
    DemoPerson("kenta.ito@tokai.example", "伊藤 健太", "manager", "ja", "北米・アジア担当"),
    DemoPerson("analyst@tokai.example", "中村 優子", "analyst", "ja", "営業企画"),
    DemoPerson("service@tokai.example", "小林 大輔", "service", "ja", "技術サポート"),
)
PORTS = {
    "NO": "Oslo", "SE": "Göteborg", "DK": "Aarhus", "FI": "Helsinki", "DE": "Hamburg", "NL": "Rotterdam",
    "BE": "Antwerp", "FR": "Le Havre", "IT": "Genova", "ES": "Valencia", "GB": "Felixstowe", "IE": "Dublin",
    "PL": "Gdańsk", "CZ": "Hamburg", "AT": "Hamburg", "CH": "Rotterdam", "US": "Long Beach", "CA": "Vancouver",
    "AU": "Melbourne", "KR": "Busan",
}  # fmt: skip
# Buyers whose people are among the demo's sign-ins.
FIXED_GROWTH = {"Oslo Sykkel AS": 0.14, "Busan Bike Trading Co.": 0.05}
LANGUAGES = {"KR": ("ko", "en"), "DE": ("de", "en"), "AT": ("de", "en"), "FR": ("fr", "en"), "IT": ("it", "en")}

SEASON = (1.15, 1.20, 1.15, 1.00, 0.90, 0.80, 0.75, 0.70, 0.95, 1.10, 1.15, 1.15)

# Usual volume in yen a month, orders a month, lines per order, width of the assortment, price share, pack.
SIZES = {
    "distributor": (6_500_000, (0.30, 0.55), (9, 22), (34, 62), 0.62, 20),
    "maker": (4_200_000, (0.28, 0.50), (6, 14), (14, 30), 0.58, 50),
    "retailer": (1_500_000, (0.25, 0.50), (6, 14), (20, 40), 0.70, 5),
    "workshop": (650_000, (0.25, 0.60), (4, 10), (12, 26), 0.76, 2),
    "online": (2_200_000, (0.40, 0.70), (8, 18), (28, 48), 0.68, 10),
}
# The company's own rates for price lists, by which yen prices become dollars and euros.
LIST_RATES = {"USD": Decimal(146), "EUR": Decimal(160), "JPY": Decimal(1)}


def tokai(today: date) -> DemoManufacturer:
    """The manufacturer with 36 months of sell-in up to the last full month before `today`."""
    last_day = month_start(today) - timedelta(days=1)
    products = _products()
    partners = _partners(last_day)
    market = Market(
        first_day=month_start(last_day, MONTHS - 1),
        last_day=last_day,
        season=SEASON,
        yearly_price_rise=0.025,
        is_workday=lambda day: day.weekday() < 5 and (day.month, day.day) not in {(1, 1), (1, 2), (1, 3), (12, 31)},
        order_prefix="TK",
        return_prefix="CR",
        round_amount=_in_currency,
    )
    return DemoManufacturer(
        slug=SLUG,
        names={"ja": "東海サイクル", "en": "Tokai Cycle Parts", "ko": "도카이 사이클"},
        currency="JPY",
        timezone="Asia/Tokyo",
        languages=("ja", "en", "ko"),
        fiscal_year_start=4,
        brand_colour="#35478c",
        holidays=holidays(JAPAN),
        first_day=market.first_day,
        last_day=last_day,
        kinds=KINDS,
        specialisations=SPECIALISATIONS,
        fields=FIELDS,
        people=[*STAFF, *_buyer_people(partners)],
        partners=partners,
        categories=_categories(),
        products=products,
        rates=_rates(market.first_day, last_day),
        lines=sell_in(market, _buyers(partners, products), seed=SLUG),
        programmes=TOKAI_PROGRAMMES,
    )


def _in_currency(yen: float, currency: str, _day: date) -> Decimal:
    """A yen amount at the price list's own rate: whole yen, or cents."""
    step = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return (Decimal(str(yen)) / LIST_RATES[currency]).quantize(step, ROUND_HALF_UP)


def _categories() -> list[DemoCategory]:
    return [
        DemoCategory(row["code"], {"ja": row["name_ja"], "en": row["name_en"], "ko": row["name_ko"]}, row["parent"])
        for row in read_data("tokai_categories.csv")
    ]


def _products() -> list[DemoProduct]:
    return [
        DemoProduct(
            row["code"],
            row["category"],
            {"ja": row["name_ja"], "en": row["name_en"]},
            row["unit"],
            Decimal(row["list_price"]),
            int(row["launched"]) if row["launched"] else None,
        )
        for row in read_data("tokai_products.csv")
    ]


def _rates(first_day: date, last_day: date) -> list[Rate]:
    """Month by month what a dollar and a euro were worth; begins a month early, ends with the present month."""
    rates = []
    month = month_start(first_day, 1)
    while month <= last_day + timedelta(days=1):
        for currency, middle, swing in (("USD", 148, 7), ("EUR", 162, 6)):
            random = Random(f"tokai:rate:{currency}:{month:%Y-%m}")  # noqa: S311
            slow = Random(f"tokai:rate:{currency}:{month.year}").uniform(-swing, swing)  # noqa: S311
            rate = Decimal(str(middle + slow * 0.6 + random.uniform(-2.5, 2.5))).quantize(Decimal("0.01"))
            rates.append(Rate(currency, month, rate))
        month = month_start(month, -1)
    return rates


def _partners(last_day: date) -> list[DemoPartner]:
    partners = []
    for number, row in enumerate(read_data("tokai_buyers.csv"), start=1):
        random = Random(f"tokai:{row['name']}")  # noqa: S311
        code = f"TC-{row['country']}{number:03d}"
        is_full = row["name"] != "Oslo Sykkel AS" and random.random() < 0.5
        course = _course(number, row["name"])
        first = (
            month_start(last_day, MONTHS - 1 - course.starts)
            if course.starts
            else month_start(last_day, MONTHS + random.randint(2, 160))
        )
        custom = {
            "incoterms": random.choice(("FOB", "FOB", "CIF", "DAP", "FCA")),
            "port": PORTS[row["country"]],
            "first_order": (first + timedelta(days=random.randint(0, 26))).isoformat(),
        }
        if is_full or random.random() < 0.6:
            custom["payment"] = random.choice(
                ("T/T 30 % advance", "L/C at sight", "O/A 60 days", "T/T before shipment")
            )
        domain = f"{domain_of(row['name'])}.example"
        wheels = ("wheels",) if row["kind"] == "workshop" else ()
        partners.append(
            DemoPartner(
                code=code,
                external_code=f"C{number:05d}",
                name=row["name"],
                local_name=row["local_name"],
                kind=row["kind"],
                country=row["country"],
                region="",
                city=row["city"],
                address=row["address"],
                postal_code=row["postal"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                stage="dormant" if course.ends <= MONTHS - 8 else "active",
                manager_email="kenta.ito@tokai.example"
                if row["country"] in ("US", "CA", "AU", "KR")
                else "manager@tokai.example",
                email=f"purchasing@{domain}",
                phone=row["phone"],
                website=f"https://www.{domain}" if is_full or random.random() < 0.6 else "",
                established_year=random.randint(1952, min(first.year, 2018)) if is_full else None,
                employees=random.randint(4, 120) if is_full or random.random() < 0.4 else None,
                specialisations=tuple(dict.fromkeys([*wheels, random.choice(("road", "mtb", "urban", "ebike"))])),
                business_number=f"{row['country']} 0{random.randint(10_000_000, 99_999_999)}" if is_full else "",
                opening_hours="Mon-Fri 9-17" if is_full or random.random() < 0.3 else "",
                languages=LANGUAGES.get(row["country"], ("en",)),
                confirmed_days_ago=random.randint(5, 400) if is_full else None,
                custom=custom,
            )
        )
    return partners


def _course(number: int, name: str) -> Course:
    """How the buyer has done over the three years."""
    if name in FIXED_GROWTH:
        return Course(yearly_growth=FIXED_GROWTH[name])
    random = Random(f"tokai:course:{number}")  # noqa: S311
    draw = random.random()
    if draw < 0.45:
        return Course(yearly_growth=random.uniform(-0.04, 0.10))
    if draw < 0.65:
        return Course(yearly_growth=random.uniform(0.14, 0.40))
    if draw < 0.80:
        return Course(yearly_growth=random.uniform(-0.28, -0.12))
    if draw < 0.88:
        return Course(yearly_growth=-0.05, ends=random.randint(22, 31))
    if draw < 0.96:
        return Course(yearly_growth=0.10, starts=random.randint(14, 30))
    return Course(turn=random.randint(28, 32), turn_to=random.uniform(0.3, 0.6))


def _buyers(partners: Sequence[DemoPartner], products: Sequence[DemoProduct]) -> list[Buyer]:
    """What decides each buyer's orders: a few a year, each filling a pallet or a container."""
    popularity = Random("tokai:popularity")  # noqa: S311
    weights = {product.code: popularity.lognormvariate(0, 0.6) for product in products}
    wheel_parts = {"HUB", "RIM", "SPK"}
    currencies = {row["name"]: row["currency"] for row in read_data("tokai_buyers.csv")}
    buyers = []
    for number, partner in enumerate(partners, start=1):
        random = Random(f"tokai:buyer:{partner.code}")  # noqa: S311
        volume, orders, lines, width, price_share, pack = SIZES[partner.kind]
        builds_wheels = "wheels" in partner.specialisations
        weighted = [
            (
                product,
                weights[product.code]
                * (4.0 if builds_wheels and product.category in wheel_parts else 1.0)
                * random.lognormvariate(0, 0.5),
            )
            for product in products
        ]
        weighted.sort(key=lambda item: (-item[1], item[0].code))
        buyers.append(
            Buyer(
                partner_code=partner.code,
                monthly_volume=volume * random.lognormvariate(0, 0.45),
                course=_course(number, partner.name),
                orders_per_month=0.6 if partner.name == "Oslo Sykkel AS" else random.uniform(*orders),
                lines_per_order=lines,
                assortment=weighted[: random.randint(*width)],
                price_share=price_share * random.uniform(0.97, 1.03),
                currency=currencies[partner.name],
                return_share=0.035 * random.lognormvariate(0, 0.4),
                pack=pack,
            )
        )
    return buyers


def _buyer_people(partners: Sequence[DemoPartner]) -> list[DemoPerson]:
    """A purchaser for every buyer; the Busan trader also runs a shop for building materials in Suwon."""
    contacts = {row["name"]: row["contact"] for row in read_data("tokai_buyers.csv")}
    people = []
    for partner in partners:
        email, role = f"buyer@{partner.domain}", "partner_admin"
        if partner.name == "Busan Bike Trading Co.":
            email, role = "multi@partners.example", "partner_rep"
        language = "ko" if partner.country == "KR" else "en"
        people.append(
            DemoPerson(email, contacts[partner.name], role, language, "Purchasing", partner.phone, partner.code)
        )
        if partner.name == "Oslo Sykkel AS":
            people.append(
                DemoPerson("store@oslo-sykkel.example", "Nils Berg", "partner_rep", "en", "Warehouse", "", partner.code)
            )
    return people
