"""Territories with their rules, authorised product lines, and the audiences that the staff work with."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils import translation

from commerce.models import ProductCategory
from partners.countries import country_name
from partners.models import Audience, CustomField, Partner, Territory, TerritoryRule
from partners.services import freeze_audience, refresh_coverage, save_audience
from tenancy.models import Manufacturer, Membership, SavedView
from tenancy.rights import Role

TERRITORIES: dict[str, list[tuple[str, dict[str, str], str, list[str]]]] = {
    "hanbit": [
        ("capital", {"ko": "수도권", "en": "Capital area", "ja": "首都圏"}, "", []),
        ("seoul", {"ko": "서울", "en": "Seoul", "ja": "ソウル"}, "capital", ["서울특별시"]),
        ("gyeonggi-incheon", {"ko": "경기·인천", "en": "Gyeonggi and Incheon", "ja": "京畿・仁川"}, "capital",
         ["경기도", "인천광역시"]),
        ("yeongnam", {"ko": "영남", "en": "Yeongnam", "ja": "嶺南"}, "",
         ["부산광역시", "대구광역시", "울산광역시", "경상북도", "경상남도"]),
        ("honam-jeju", {"ko": "호남·제주", "en": "Honam and Jeju", "ja": "湖南・済州"}, "",
         ["광주광역시", "전라남도", "전북특별자치도", "제주특별자치도"]),
        ("chungcheong", {"ko": "충청·강원", "en": "Chungcheong and Gangwon", "ja": "忠清・江原"}, "",
         ["대전광역시", "세종특별자치시", "충청북도", "충청남도", "강원특별자치도"]),
    ],
}  # fmt: skip


AUDIENCES: dict[str, list[tuple[str, str, dict[str, Any], bool]]] = {
    "hanbit": [
        (
            "신제품 설명회 초청",
            "수도권 우수 등급, 최근 매입이 있는 거래처",
            {
                "op": "all",
                "rules": [
                    {"field": "territory", "test": "any_of", "value": ["capital"]},
                    {"field": "grade", "test": "any_of", "value": ["platinum", "gold"]},
                    {"field": "last_sale_on", "test": "last_days", "value": 90},
                    {"op": "none", "rules": [{"field": "trend", "test": "any_of", "value": ["silent"]}]},
                ],
            },
            True,
        ),
        (
            "거래가 뜸해진 대리점",
            "전화로 먼저 안부를 묻고 원인을 파악할 곳",
            {
                "op": "all",
                "rules": [
                    {"field": "kind", "test": "any_of", "value": ["agency", "dealer"]},
                    {"field": "stage", "test": "any_of", "value": ["active", "dormant"]},
                    {
                        "op": "any",
                        "rules": [
                            {"field": "trend", "test": "any_of", "value": ["falling", "silent"]},
                            {"field": "growth", "test": "less_than", "value": "-15"},
                        ],
                    },
                ],
            },
            True,
        ),
        (
            "프로필 보완 요청",
            "완성도가 낮은데 포털 계정은 있는 거래처",
            {
                "op": "all",
                "rules": [
                    {"field": "completeness", "test": "less_than", "value": "70"},
                    {"field": "has_people", "test": "yes"},
                ],
            },
            False,
        ),
    ],
    "tokai": [
        (
            "Growing importers",
            "Who could take the new series first",
            {
                "op": "all",
                "rules": [
                    {"field": "growth", "test": "more_than", "value": "10"},
                    {"op": "none", "rules": [{"field": "country", "test": "any_of", "value": ["JP"]}]},
                ],
            },
            True,
        ),
        (
            "Not heard of for half a year",
            "To be called before the spring fair",
            {"op": "all", "rules": [{"field": "last_sale_on", "test": "older_days", "value": 180}]},
            True,
        ),
    ],
}


def tell_audiences(manufacturer: Manufacturer, today: dt.date) -> None:
    """Territories, product lines and audiences of one demo manufacturer. Again adds nothing."""
    if Audience.objects.exists():
        return
    make_territories(manufacturer.slug)
    authorise()
    CustomField.objects.filter(type__in=["choice", "number"]).update(is_filter=True)
    owner = Membership.objects.get(role=Role.OWNER)
    with translation.override(manufacturer.languages[0]):
        for name, description, definition, is_shared in AUDIENCES[manufacturer.slug]:
            audience = save_audience(
                Audience(name=name, description=description, is_shared=is_shared), definition, by=owner
            )
            if is_shared and audience.counted:
                freeze_audience(audience, by=owner, note=description[:200])
                SavedView.objects.get_or_create(
                    member=owner,
                    list_key="partners",
                    name=name[:80],
                    defaults={"query": f"audience={audience.pk}&sort=-revenue", "is_shared": True},
                )


def make_territories(slug: str) -> None:
    """The areas by region; for exporters, one for each country in which there are partners."""
    known: dict[str, Territory] = {}
    for order, (code, names, parent, regions) in enumerate(TERRITORIES.get(slug, [])):
        known[code] = Territory.objects.create(code=code, names=names, parent=known.get(parent), order=order)
        TerritoryRule.objects.bulk_create(
            TerritoryRule(territory=known[code], country="KR", region=region) for region in regions
        )
    if not known:
        used = Partner.objects.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
        for order, country in enumerate(used):
            names = {}
            for language in ("en", "ja", "ko"):
                with translation.override(language):
                    names[language] = country_name(country)
            territory = Territory.objects.create(code=country.lower(), names=names, order=order)
            TerritoryRule.objects.create(territory=territory, country=country)
    refresh_coverage()


def authorise() -> None:
    """Most partners may sell some product lines, by turns."""
    lines = list(ProductCategory.objects.order_by("order", "code").values_list("code", flat=True))
    if not lines:
        return
    for turn in range(4):
        allowed = lines[: max(1, len(lines) - turn)]
        Partner.objects.alias(turn=F("pk") % 4).filter(turn=turn).update(
            product_lines=allowed, lead_capacity=5 * (turn + 1), crew_count=turn
        )
