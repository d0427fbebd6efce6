"""Comparing 100,000 partners with one another: keys kept, pairs found, compared and kept, the second night with all keys there.

On partners of a manufacturer of its own, one in ten of them a second record of another, in Korean, Japanese and English;
what is found is taken back afterwards.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from bench.harness import Measure, peak_memory_mb, report
from partners.models import DuplicatePair, Partner, PartnerKind
from partners.services.duplicates import find_all
from tenancy.models import Manufacturer
from tenancy.rls import as_owner, platform_scope, staff_scope

LIMIT_SECONDS = 120.0
KOREAN = "한빛 대한 세종 미래 서진 동아 우진 신성 태양 금강 삼화 청우 보람 누리 가온 다온 하늘 은성 광명 현진 성원 정우"
JAPANESE = (
    "東京 大和 山田 佐藤 高橋 渡辺 国際 富士 桜井 広島 栄光 光陽 斎藤 浜田 沢村 学友 北斗 双葉 若松 松本 竹中 藤井"
)
ENGLISH = "Harbour Maple Northgate Silver Oakridge Blue Kingston Redwood Summit Crest Lake Iron Fair West Granite Stone"
TRADES = {
    "KR": "상사 산업 테크 건업 전자 유통 가구",
    "JP": "商会 工業 商事 電機 建設 産業",
    "GB": "Supply Tools Trading Paint",
}
FORMS = {
    "KR": ("주식회사 {}", "㈜{}", "{}(주)"),
    "JP": ("株式会社{}", "㈱{}", "{}"),
    "GB": ("{} Ltd", "{} Limited", "{}"),
}
TOWNS = 400


def companies(count: int) -> list[dict[str, Any]]:
    """Companies with names as alike as those of a real list; the last tenth are second records of the first."""
    rng = random.Random(1)
    makers = []
    for country, stems, gap in (("KR", KOREAN, ""), ("JP", JAPANESE, ""), ("GB", ENGLISH, " ")):
        words = [stems.split()] * 3 + [TRADES[country].split()]
        makers.append([(country, gap.join(parts)) for parts in itertools.product(*words)])
    names = rng.sample([each for maker in makers for each in maker], k=min(count * 9 // 10, sum(map(len, makers))))
    made = []
    for number in range(count - count // 10):
        country, name = names[number % len(names)]
        town = rng.randrange(TOWNS)
        made.append(
            {
                "name": FORMS[country][number % 3].format(name),
                "phone": f"0{rng.randint(10, 99)}-{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}",
                "business_number": f"{rng.randint(10**9, 10**10 - 1)}",
                "email": f"info@c{number}.example",
                "address": f"Street {rng.randrange(90)} {rng.randint(1, 300)}",
                "city": f"Town {town}",
                "postal_code": f"{10_000 + town * 7}",
                "country": country,
            }
        )
    for number in range(count // 10):
        twin = dict(made[number])
        bare = twin["name"].replace("주식회사 ", "").replace("㈜", "").replace("株式会社", "").replace(" Ltd", "")
        made.append(twin | {"name": FORMS[twin["country"]][2].format(bare), "business_number": "", "email": ""})
    return made


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Make the partners where they are not there, and search twice."""
    parser = argparse.ArgumentParser(prog="bench.duplicates", description=__doc__)
    parser.add_argument("--companies", type=int, default=100_000)
    options = parser.parse_args(argv)
    with platform_scope():
        manufacturer, _made = Manufacturer.objects.get_or_create(
            slug="bench-duplicates", defaults={"name": "Bench", "languages": ["en"], "currency": "KRW"}
        )
    with staff_scope(manufacturer.pk):
        if Partner.objects.count() != options.companies:
            Partner.objects.all().delete()
            kind, _made = PartnerKind.objects.get_or_create(code="bench", defaults={"names": {"en": "Bench"}})
            rows = [
                Partner(code=f"D{number:06}", kind=kind, **each)
                for number, each in enumerate(companies(options.companies))
            ]
            Partner.objects.bulk_create(rows, batch_size=5_000)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_partner")  # as autovacuum does
    before = peak_memory_mb()
    taken: list[float] = []
    with transaction.atomic():
        with staff_scope(manufacturer.pk):
            for _night in range(2):
                start = time.monotonic()
                result = find_all()
                taken.append(time.monotonic() - start)
            kept = DuplicatePair.objects.count()
        transaction.set_rollback(True)
    notes = {
        "first": f"{taken[0]:.1f} s",
        "again": f"{taken[1]:.1f} s",
        "pairs": f"{result['pairs']:,}",
        "found": f"{kept:,}",
        "memory": f"{before:.0f} to {peak_memory_mb():.0f} MB",
    }
    name = f"comparing {options.companies:,} partners"
    return report([Measure(name, max(taken), LIMIT_SECONDS, 1.0, notes)])
