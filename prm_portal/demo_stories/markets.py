"""Countries and markets: figures, holidays, law and habits, and where product lines stand."""

import datetime as dt
from decimal import Decimal

from partners.models import (
    Holiday,
    LifeCycle,
    Market,
    MarketCountry,
    MarketDocument,
    MarketFigure,
    MarketText,
    ProductStage,
)
from partners.product_lines import product_line_choices
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

# code, names (en, ko, ja), countries, days until the review, parts shown to partners
MARKETS: dict[str, list[tuple[str, tuple[str, str, str], tuple[str, ...], int, list[str]]]] = {
    "hanbit": [
        ("korea", ("Korea", "한국", "韓国"), ("KR",), 40, ["holidays", "law", "figures"]),
    ],
    "tokai": [
        ("nordics", ("Nordics", "북유럽", "北欧"), ("NO", "SE", "DK", "FI"), 75, ["holidays", "law", "documents"]),
        ("dach", ("Germany, Austria, Switzerland", "독일·오스트리아·스위스", "ドイツ語圏"), ("DE", "AT", "CH"), -12, ["holidays"]),
        ("benelux", ("Benelux", "베네룩스", "ベネルクス"), ("NL", "BE"), 130, ["holidays"]),
        ("south-europe", ("South of Europe", "남유럽", "南欧"), ("FR", "IT", "ES"), 20, ["holidays", "law"]),
        ("british-isles", ("British Isles", "영국·아일랜드", "英国・アイルランド"), ("GB", "IE"), 200, ["law"]),
        ("central-europe", ("Central Europe", "중부 유럽", "中欧"), ("PL", "CZ"), -3, []),
        ("north-america", ("North America", "북미", "北米"), ("US", "CA"), 90, ["law", "documents"]),
        ("australia", ("Australia", "호주", "オーストラリア"), ("AU",), 150, []),
        ("korea", ("Korea", "한국", "韓国"), ("KR",), 60, ["holidays"]),
    ],
}  # fmt: skip
# part, country, title, text, source; by the market's code
TEXTS: dict[str, dict[str, list[tuple[str, str, str, str, str]]]] = {
    "hanbit": {
        "korea": [
            ("law", "KR", "건설산업기본법: 시공 자격", "1,500만 원 이상의 실내건축공사는 등록된 업체만 할 수 있습니다.\n\n- 대리점이 시공까지 맡을 때는 면허 사본을 받습니다.\n- 하도급은 서면 계약이 필요합니다.", "국가법령정보센터"),
            ("law", "KR", "친환경 자재 기준", "다중이용시설에는 오염물질 방출 기준을 지킨 자재만 쓸 수 있습니다. 제품마다 시험 성적서를 준비하십시오.", "환경부 고시"),
            ("institutions", "KR", "주요 기관", "- 대한전문건설협회\n- 한국실내건축가협회\n- 국토교통부 주택건설 통계", ""),
            ("culture", "KR", "거래 관습", "이사철(2~4월, 9~11월)에 수요가 몰립니다. 설과 추석 앞에는 납품을 서두르고, 명절 인사는 2주 전에 보냅니다.", "영업본부"),
        ]
    },
    "tokai": {
        "nordics": [
            ("law", "", "Product safety and e-bikes", "EN ISO 4210 applies to all bicycles; e-bikes follow EN 15194.\n\n- Keep the declaration of conformity for ten years.\n- Norway follows the rules of the EEA.", "EUR-Lex"),
            ("law", "NO", "Customs in Norway", "Norway is outside the customs union: a preference under the agreement needs a proof of origin.", "Tolletaten"),
            ("institutions", "", "Who is who", "- Sports trade associations of the four countries\n- The consumer ombudsmen", ""),
            ("culture", "", "How one trades", "Orders for spring are placed in September. July is holiday time: nobody decides anything.", "Export department"),
        ],
        "dach": [
            ("law", "DE", "Lamps and reflectors (StVZO)", "Lamps need the mark of approval with the letter K; dynamo lamps are no longer asked for.", "StVZO § 67"),
            ("culture", "", "How one trades", "Punctual and in writing. The large fair in summer decides the orders of the season.", "Export department"),
        ],
        "south-europe": [("law", "FR", "Extended producer responsibility", "Who brings bicycles to France joins a scheme for taking them back.", "Légifrance")],
        "british-isles": [("law", "GB", "After leaving the union", "UKCA or CE marking; an importer in Great Britain stands on the label.", "GOV.UK")],
        "north-america": [("law", "US", "Safety of bicycles", "16 CFR 1512: brakes, reflectors and instructions are tested before import.", "CPSC")],
    },
}  # fmt: skip
DOCUMENTS = {
    "hanbit": [("korea", "주택건설 실적 통계", "https://stat.molit.go.kr/", "국토교통부")],
    "tokai": [
        ("nordics", "EN ISO 4210: overview", "https://www.iso.org/standard/78077.html", "ISO"),
        ("north-america", "16 CFR part 1512", "https://www.ecfr.gov/current/title-16/part-1512", "eCFR"),
        ("dach", "StVZO § 67", "https://www.gesetze-im-internet.de/stvzo_2012/__67.html", "Bundesministerium der Justiz"),
    ],
}  # fmt: skip
# Rough sizes for a demonstration, marked as such: (figure, unit, value by country, growth a year in per cent)
FIGURES: dict[str, list[tuple[str, str, dict[str, int], float]]] = {
    "hanbit": [
        ("주택 준공", "호", {"KR": 410_000}, -3.0),
        ("주택 매매 거래", "건", {"KR": 640_000}, 6.0),
        ("인테리어 시장 규모", "억 원", {"KR": 190_000}, 2.5),
    ],
    "tokai": [
        ("Bicycles sold", "thousand", {
            "NO": 350, "SE": 480, "DK": 470, "FI": 280, "DE": 3900, "AT": 430, "CH": 400, "NL": 860, "BE": 580, "FR": 2200,
            "IT": 1400, "ES": 1250, "GB": 1550, "IE": 130, "PL": 900, "CZ": 310, "US": 9800, "CA": 1200, "AU": 1100, "KR": 750,
        }, -2.0),
        ("Import duty on bicycles", "%", {
            "NO": 0, "SE": 14, "DK": 14, "FI": 14, "DE": 14, "AT": 14, "CH": 0, "NL": 14, "BE": 14, "FR": 14,
            "IT": 14, "ES": 14, "GB": 14, "IE": 14, "PL": 14, "CZ": 14, "US": 11, "CA": 13, "AU": 5, "KR": 8,
        }, 0.0),
    ],
}  # fmt: skip
FIXED_DAYS: dict[str, list[tuple[int, int, str]]] = {
    "KR": [(1, 1, "신정"), (3, 1, "삼일절"), (5, 5, "어린이날"), (6, 6, "현충일"), (8, 15, "광복절"), (10, 3, "개천절"), (10, 9, "한글날"), (12, 25, "성탄절")],
    "NO": [(1, 1, "Nyttårsdag"), (5, 1, "Arbeidernes dag"), (5, 17, "Grunnlovsdag"), (12, 25, "Første juledag"), (12, 26, "Andre juledag")],
    "SE": [(1, 1, "Nyårsdagen"), (1, 6, "Trettondedag jul"), (5, 1, "Första maj"), (6, 6, "Nationaldagen"), (12, 25, "Juldagen"), (12, 26, "Annandag jul")],
    "DK": [(1, 1, "Nytårsdag"), (6, 5, "Grundlovsdag"), (12, 25, "Juledag"), (12, 26, "2. juledag")],
    "FI": [(1, 1, "Uudenvuodenpäivä"), (5, 1, "Vappu"), (12, 6, "Itsenäisyyspäivä"), (12, 25, "Joulupäivä"), (12, 26, "Tapaninpäivä")],
    "DE": [(1, 1, "Neujahr"), (5, 1, "Tag der Arbeit"), (10, 3, "Tag der Deutschen Einheit"), (12, 25, "1. Weihnachtstag"), (12, 26, "2. Weihnachtstag")],
    "AT": [(1, 1, "Neujahr"), (5, 1, "Staatsfeiertag"), (10, 26, "Nationalfeiertag"), (12, 25, "Christtag")],
    "CH": [(1, 1, "Neujahr"), (8, 1, "Bundesfeiertag"), (12, 25, "Weihnachtstag")],
    "NL": [(1, 1, "Nieuwjaarsdag"), (4, 27, "Koningsdag"), (12, 25, "Eerste kerstdag"), (12, 26, "Tweede kerstdag")],
    "BE": [(1, 1, "Nouvel An"), (7, 21, "Fête nationale"), (11, 11, "Armistice"), (12, 25, "Noël")],
    "FR": [(1, 1, "Jour de l’An"), (5, 1, "Fête du Travail"), (7, 14, "Fête nationale"), (11, 11, "Armistice"), (12, 25, "Noël")],
    "IT": [(1, 1, "Capodanno"), (4, 25, "Liberazione"), (6, 2, "Festa della Repubblica"), (8, 15, "Ferragosto"), (12, 25, "Natale")],
    "ES": [(1, 1, "Año Nuevo"), (5, 1, "Fiesta del Trabajo"), (10, 12, "Fiesta Nacional"), (12, 6, "Constitución"), (12, 25, "Navidad")],
    "GB": [(1, 1, "New Year’s Day"), (12, 25, "Christmas Day"), (12, 26, "Boxing Day")],
    "US": [(1, 1, "New Year’s Day"), (7, 4, "Independence Day"), (12, 25, "Christmas Day")],
    "AU": [(1, 1, "New Year’s Day"), (1, 26, "Australia Day"), (4, 25, "Anzac Day"), (12, 25, "Christmas Day")],
}  # fmt: skip
STAGES = (LifeCycle.GROWTH, LifeCycle.MATURITY, LifeCycle.INTRODUCTION, LifeCycle.MATURITY, LifeCycle.DECLINE)
LINES_AT_MOST = 6


def tell_markets(manufacturer: Manufacturer, today: dt.date) -> None:
    """The manufacturer's markets with what is known of each."""
    plan = MARKETS.get(manufacturer.slug, [])
    if not plan or Market.objects.exists():
        return
    owners = list(Membership.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk"))
    source = "시연용 추정치" if manufacturer.slug == "hanbit" else "Rough size for the demonstration"
    for number, (code, (en, ko, ja), countries, review, shown) in enumerate(plan):
        market = Market.objects.create(
            code=code,
            names={"en": en, "ko": ko, "ja": ja},
            owner=owners[number % len(owners)] if owners else None,
            review_on=today + dt.timedelta(days=review),
            reviewed_on=today + dt.timedelta(days=review - 365),
            shown_parts=shown,
        )
        MarketCountry.objects.bulk_create(MarketCountry(market=market, country=country) for country in countries)
        _fill(market, countries, manufacturer.slug, number, today, source)


def _fill(market: Market, countries: tuple[str, ...], slug: str, number: int, today: dt.date, source: str) -> None:
    checked = today - dt.timedelta(days=30 + 60 * number)
    MarketText.objects.bulk_create(
        MarketText(market=market, part=part, country=country, title=title, text=text, source=by, checked_on=checked)
        for part, country, title, text, by in TEXTS.get(slug, {}).get(market.code, [])
    )
    MarketDocument.objects.bulk_create(
        MarketDocument(market=market, title=title, url=url, source=by, checked_on=checked)
        for code, title, url, by in DOCUMENTS.get(slug, [])
        if code == market.code
    )
    MarketFigure.objects.bulk_create(
        MarketFigure(
            country=country, year=year, name=name, unit=unit, source=source, checked_on=checked,
            value=round(Decimal(values[country]) * Decimal(1 + growth / 100) ** (year - today.year + 1), 0),
        )
        for name, unit, values, growth in FIGURES.get(slug, [])
        for country in countries
        for year in (today.year - 2, today.year - 1)
        if country in values
    )  # fmt: skip
    Holiday.objects.bulk_create(
        Holiday(country=country, date=dt.date(year, month, day), name=name)
        for country in countries
        for month, day, name in FIXED_DAYS.get(country, [])
        for year in (today.year, today.year + 1)
    )
    ProductStage.objects.bulk_create(
        ProductStage(
            country=country, product_line=line, stage=STAGES[(place + where + number) % len(STAGES)], checked_on=checked
        )
        for where, country in enumerate(countries)
        for place, (line, _name) in enumerate(product_line_choices()[:LINES_AT_MOST])
    )
