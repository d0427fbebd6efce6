"""Building projects of both countries, what was sold past the partners, and where channels met."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from commerce.models import DirectSale, Product, ProductCategory
from leads.models import ConflictCase, DirectRule, PartyRole, Site, SiteParty, SiteProduct, SiteStageMove
from leads.services import conflicts
from leads.services.conflict_search import find_conflicts
from leads.services.conflicts import Decision
from leads.services.direct import settle_direct_sales, write_direct_keys
from leads.services.sites import give_access, write_site_keys
from partners.models import Partner, Stage
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

Row = tuple[str, str, str, str, str, float, float, str, int, str, str]
"""Code, name, address, city, region, latitude, longitude, stage, area, client, builder."""

KOREA: list[Row] = [
    ("H-01", "해운대 오션타워 리모델링", "해운대로 620", "부산", "부산광역시", 35.1632, 129.1640, "installing", 8200, "오션리조트", "대한건설"),
    ("H-02", "판교 테크센터 신축", "판교역로 192", "성남", "경기도", 37.3947, 127.1112, "tender", 15400, "판교디앤씨", "한울건설"),
    ("H-03", "송도 국제학교 2관", "컨벤시아대로 165", "인천", "인천광역시", 37.3860, 126.6430, "started", 9600, "송도학원", "서해종합건설"),
    ("H-04", "대전 둔산 메디컬타워", "둔산대로 117", "대전", "대전광역시", 36.3504, 127.3845, "specified", 7100, "둔산의료재단", ""),
    ("H-05", "수성 범어 주상복합", "달구벌대로 2450", "대구", "대구광역시", 35.8580, 128.6300, "started", 21800, "범어개발", "영남건설"),
    ("H-06", "광주 상무 호텔", "상무중앙로 61", "광주", "광주광역시", 35.1530, 126.8500, "finished", 5400, "상무관광", "무등건설"),
    ("H-07", "제주 애월 리조트", "애월해안로 474", "제주", "제주특별자치도", 33.4620, 126.3110, "tender", 12300, "애월레저", ""),
    ("H-08", "마포 공덕 오피스", "마포대로 92", "서울", "서울특별시", 37.5443, 126.9510, "installing", 11200, "공덕자산운용", "한강건설"),
    ("H-09", "강남 테헤란 사옥 개보수", "테헤란로 152", "서울", "서울특별시", 37.5000, 127.0365, "specified", 6800, "테헤란홀딩스", ""),
    ("H-10", "세종 나성 공공청사", "나성로 96", "세종", "세종특별자치시", 36.4870, 127.2590, "dropped", 4300, "", ""),
    ("H-11", "울산 삼산 쇼핑몰", "삼산로 261", "울산", "울산광역시", 35.5390, 129.3380, "specified", 17600, "삼산유통", "동해건설"),
    ("H-12", "전주 한옥마을 숙박단지", "태조로 44", "전주", "전라북도", 35.8150, 127.1530, "finished", 2600, "전주문화관광", "온고을건설"),
]  # fmt: skip
JAPAN: list[Row] = [
    ("T-01", "名古屋駅前オフィス改修", "名駅3-28-12", "名古屋市", "愛知県", 35.1709, 136.8840, "installing", 7400, "名駅地所", "中部建設"),
    ("T-02", "横浜みなとみらい研究棟", "みなとみらい4-4-2", "横浜市", "神奈川県", 35.4570, 139.6310, "tender", 13200, "みなと精機", ""),
    ("T-03", "浜松物流センター", "東区貴平町1812", "浜松市", "静岡県", 34.7440, 137.7790, "started", 24500, "遠州物流", "東海工務店"),
    ("T-04", "京都四条ホテル", "四条通烏丸西入", "京都市", "京都府", 35.0036, 135.7590, "specified", 5100, "四条観光", ""),
    ("T-05", "札幌大通クリニックビル", "大通西5-11", "札幌市", "北海道", 43.0600, 141.3500, "finished", 3200, "大通医会", "北海建設"),
]  # fmt: skip


ROWS = {"hanbit": KOREA, "tokai": JAPAN}


def tell_sites(manufacturer: Manufacturer, today: dt.date) -> None:
    """Sites with who builds, direct sales with their credits, and a few conflicts, some of them decided."""
    rows = ROWS.get(manufacturer.slug)
    if rows is None or Site.objects.filter(external_code=rows[0][0]).exists():
        return
    _sites(rows, manufacturer, today)
    _direct(rows, manufacturer, today)


def _sites(rows: list[Row], manufacturer: Manufacturer, today: dt.date) -> None:
    country = "KR" if rows is KOREA else "JP"
    partners = list(Partner.objects.filter(stage=Stage.ACTIVE, merged_into=None).order_by("pk")[:8])
    categories = list(ProductCategory.objects.order_by("pk")[:3])
    noon = timezone.make_aware(dt.datetime.combine(today, dt.time(12)), ZoneInfo(manufacturer.timezone))
    sites, builders = [], {}
    for number, (code, name, address, city, region, lat, lon, stage, area, client, builder) in enumerate(rows):
        since = noon - dt.timedelta(days=9 * number + 4)
        sites.append(
            Site(
                reference=f"S{code.replace('-', '')}{manufacturer.pk:02}", external_code=code, name=name, address=address,
                city=city, region=region, country=country, latitude=Decimal(str(lat)), longitude=Decimal(str(lon)),
                stage=stage, stage_since=since, area=area, starts_on=today + dt.timedelta(days=30 * number - 120),
                finishes_on=today + dt.timedelta(days=30 * number + 200),
                registered_by=partners[number % len(partners)] if partners and number % 3 != 2 else None,
            )
        )  # fmt: skip
        builders[code] = (client, builder)
    Site.objects.bulk_create(sites)
    write_site_keys(sites)
    parties, quantities, moves = [], [], []
    for number, site in enumerate(sites):
        client, builder = builders[site.external_code or ""]
        parties += [
            SiteParty(site=site, role=role, company=company)
            for role, company in ((PartyRole.CLIENT, client), (PartyRole.BUILDER, builder))
            if company
        ]
        if partners and site.stage in ("started", "installing", "finished"):
            installer = partners[(number + 3) % len(partners)]
            parties.append(SiteParty(site=site, role=PartyRole.INSTALLER, company=str(installer), partner=installer))
            give_access(site, installer.pk)
        if site.registered_by_id:
            give_access(site, site.registered_by_id)
        quantities += [
            SiteProduct(
                site=site, category=category, quantity=Decimal(int(site.area or 0) // (3 + place)), unit="m²",
                state="installed" if site.stage == "finished" else "planned", is_shared=True,
            )
            for place, category in enumerate(categories[: 1 + number % 3])
        ]  # fmt: skip
        has_moved = site.stage != "specified"
        begun = site.stage_since - dt.timedelta(days=60 if has_moved else 0)
        moves.append(SiteStageMove(site=site, to_stage="specified", at=begun))
        if has_moved:
            moves.append(SiteStageMove(site=site, from_stage="specified", to_stage=site.stage, at=site.stage_since))
    SiteParty.objects.bulk_create(parties)
    SiteProduct.objects.bulk_create(quantities)
    SiteStageMove.objects.bulk_create(moves)


def _direct(rows: list[Row], manufacturer: Manufacturer, today: dt.date) -> None:
    DirectRule.objects.bulk_create(
        [
            DirectRule(way="web", outcome="credit", percent=Decimal(5), order=1),
            DirectRule(way="direct", outcome="credit", percent=Decimal(3), order=1),
            DirectRule(way="request", outcome="route", order=1),
        ]
    )
    products = list(Product.objects.exclude(list_price=None).filter(is_draft=False).order_by("pk")[:6])
    sales = []
    for number, (code, _name, address, city, region, _lat, _lon, _stage, _area, client, _builder) in enumerate(rows):
        product = products[number % len(products)] if products else None
        quantity = Decimal(20 + 7 * number)
        price = (product.list_price or Decimal(0)) if product else Decimal(30_000)
        amount = (price * quantity * Decimal("0.45" if number % 5 == 4 else "0.97")).quantize(Decimal(1))
        sales.append(
            DirectSale(
                order_number=f"D{code}", line_number="1", date=today - dt.timedelta(days=6 * number + 2),
                channel="web" if number % 2 else "direct", customer_name=client or city, address=address, city=city,
                region=region, country="KR" if rows is KOREA else "JP", product=product, quantity=quantity,
                amount=amount, currency=manufacturer.currency, amount_base=amount,
            )
        )  # fmt: skip
    DirectSale.objects.bulk_create(sales)
    write_direct_keys()
    settle_direct_sales()
    find_conflicts()
    decider: Membership | None = members_with(Right.CONFLICTS).filter(partner=None).order_by("pk").first()
    first = ConflictCase.objects.filter(kind="price").order_by("pk").first()
    if decider is not None and first is not None:
        reason = (
            "직판 단가가 대리점 매입가보다 낮았습니다."
            if rows is KOREA
            else "直販価格が代理店の仕入価格を下回っていました。"
        )
        conflicts.propose(first, Decision("correct", reason), by=decider)
