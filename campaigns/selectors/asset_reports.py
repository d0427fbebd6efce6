"""What the lists and reports of the library read: how much material is used, by whom, and what is not."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import Asset, AssetState, AssetUse, AssetVersion, UseKind
from campaigns.selectors.assets import UseCount
from partners.models import Partner, Stage

MOST_LISTED = 10


def listed_assets(assets: QuerySet[Asset]) -> QuerySet[Any]:
    """Material with what a list of it shows: languages, and how often it was used."""
    uses = AssetUse.objects.filter(asset=OuterRef("pk")).order_by().values("asset")
    current = AssetVersion.objects.filter(asset=OuterRef("pk"), is_current=True).order_by().values("asset")

    def count(narrowed: Q, what: str = "pk", *, distinct: bool = False) -> Any:
        found = uses.filter(narrowed).annotate(count=Count(what, distinct=distinct)).values("count")
        return Coalesce(Subquery(found), 0)

    return assets.select_related("audience", "category", "owner").annotate(
        languages=Subquery(current.annotate(all=ArrayAgg("language", order_by="language")).values("all")),
        views=count(Q(kind=UseKind.VIEW, link=None)),
        downloads=count(Q(kind__in=(UseKind.DOWNLOAD, UseKind.BRAND), link=None)),
        by_links=count(Q(link__isnull=False)),
        partners=count(Q(link=None), "partner", distinct=True),
    )


@dataclass
class LibraryUse:
    """What the report on the library shows."""

    days: int
    active: int = 0
    partners: int = 0
    out: int = 0
    views: int = 0
    downloads: int = 0
    by_links: int = 0
    weeks: list[tuple[dt.date, int, int]] = field(default_factory=list)
    most_used: list[tuple[Asset, UseCount]] = field(default_factory=list)
    unused: list[Asset] = field(default_factory=list)
    unused_count: int = 0
    ending: list[Asset] = field(default_factory=list)


WEEKS = """
SELECT date_trunc('week', at AT TIME ZONE %(zone)s)::date AS week,
    count(*) FILTER (WHERE kind = 'view' AND link_id IS NULL),
    count(*) FILTER (WHERE kind IN ('download', 'brand') AND link_id IS NULL)
FROM campaigns_assetuse WHERE at >= %(since)s GROUP BY 1 ORDER BY 1
"""


def library_use(*, days: int) -> LibraryUse:
    """How the library was used in the last days, over all partners. As many queries whatever its size."""
    today = timezone.localdate()
    since = timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days=days - 1), dt.time()))
    uses = AssetUse.objects.filter(at__gte=since)
    totals = uses.aggregate(
        active=Count("partner", Q(link=None), distinct=True),
        views=Count("pk", Q(kind=UseKind.VIEW, link=None)),
        downloads=Count("pk", Q(kind__in=(UseKind.DOWNLOAD, UseKind.BRAND), link=None)),
        by_links=Count("pk", Q(link__isnull=False)),
    )
    report = LibraryUse(days=days, **totals)
    report.partners = Partner.objects.filter(merged_into=None, stage__in=(Stage.ACTIVE, Stage.ONBOARDING)).count()
    out = Asset.objects.filter(state=AssetState.PUBLISHED)
    report.out = out.count()
    with connection.cursor() as cursor:
        cursor.execute(WEEKS, {"zone": timezone.get_current_timezone_name(), "since": since})
        report.weeks = [(day, views, downloads) for day, views, downloads in cursor.fetchall()]
    counted = (
        uses.filter(link=None)
        .order_by()
        .values("asset")
        .annotate(
            partners=Count("partner", distinct=True),
            views=Count("pk", Q(kind=UseKind.VIEW)),
            downloads=Count("pk", Q(kind__in=(UseKind.DOWNLOAD, UseKind.BRAND))),
        )
        .order_by("-partners", "-downloads", "asset")[:MOST_LISTED]
    )
    counts = {row["asset"]: UseCount(row["views"], row["downloads"], 0, row["partners"]) for row in counted}
    found = Asset.objects.in_bulk(list(counts))
    report.most_used = [(found[pk], count) for pk, count in counts.items() if pk in found]
    unused = out.filter(~Exists(uses.filter(asset=OuterRef("pk"))), published_at__lt=since)
    report.unused_count = unused.count()
    report.unused = list(unused.order_by("published_at", "pk")[:MOST_LISTED])
    soon = today + dt.timedelta(days=30)
    report.ending = list(
        out.filter(valid_to__lte=soon).order_by("valid_to", "pk").select_related("owner")[:MOST_LISTED]
    )
    return report
