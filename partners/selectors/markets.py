"""Everything read of countries and markets."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from partners.countries import country_by_name, country_name
from partners.models import (
    TEXT_PARTS,
    Holiday,
    LifeCycle,
    Market,
    MarketCountry,
    MarketDocument,
    MarketFigure,
    MarketPart,
    MarketText,
    Partner,
    ProductStage,
)
from partners.product_lines import product_line_choices
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated

KEY_FIGURES = 5


def market_of(country: str) -> Market | None:
    """The market that handles a country, or nothing."""
    return Market.objects.filter(countries__country=country).first() if country else None


def markets() -> QuerySet[Market]:
    """All markets with their countries, owner, and how much is known: `text_count`, `document_count`."""
    return (
        Market.objects.select_related("owner")
        .prefetch_related("countries")
        .annotate(
            text_count=Count("texts", distinct=True),
            document_count=Count("documents", distinct=True),
        )
    )


def matching_markets(found: QuerySet[Market], text: str) -> QuerySet[Market]:
    """Those whose name, code, countries or texts hold what is looked for; a country by its name in any language."""
    wanted = text.strip()
    if not wanted:
        return found
    chosen = Q(code__icontains=wanted) | Q(names__icontains=wanted)
    chosen |= Q(
        Exists(MarketText.objects.filter(Q(title__icontains=wanted) | Q(text__icontains=wanted), market=OuterRef("pk")))
    )
    if country := country_by_name(wanted):
        chosen |= Q(Exists(MarketCountry.objects.filter(market=OuterRef("pk"), country=country)))
    return found.filter(chosen)


def markets_to_review(member: Membership, day: dt.date) -> QuerySet[Market]:
    """Markets whose review is due: a member's own, and those of nobody, the longest overdue first."""
    mine = Q(owner=member) | Q(owner=None) | Q(owner__is_active=False)
    return Market.objects.filter(mine, review_on__lte=day).order_by("review_on", "pk")


def countries_of(market: Market) -> list[str]:
    """The codes of a market's countries, by their names."""
    return sorted((each.country for each in market.countries.all()), key=country_name)


@dataclass(frozen=True)
class FigureLine:
    """One figure of a country: its latest value, and how it was before."""

    latest: MarketFigure
    before: MarketFigure | None

    @property
    def change(self) -> Decimal | None:
        """Growth in per cent from the year before that is known."""
        if self.before is None or self.before.value <= 0:
            return None
        return (self.latest.value / self.before.value - 1) * 100


def figure_lines(figures: Iterable[MarketFigure]) -> list[FigureLine]:
    """The latest of each figure of each country, with the one before it; `figures` newest first within each."""
    lines: dict[tuple[str, str], list[MarketFigure]] = {}
    for figure in figures:
        lines.setdefault((figure.country, figure.name), []).append(figure)
    return [FigureLine(each[0], each[1] if len(each) > 1 else None) for each in lines.values()]


@dataclass(frozen=True)
class StageRow:
    """A product line with its stage in each of the market's countries, in their order."""

    line: str
    name: str
    stages: list[ProductStage | None]


def stage_rows(countries: Sequence[str]) -> list[StageRow]:
    """The life-cycle stages of product lines in some countries; lines of which nothing is known are left out."""
    names = dict(product_line_choices())
    known: dict[str, dict[str, ProductStage]] = {}
    for stage in ProductStage.objects.filter(country__in=countries):
        known.setdefault(stage.product_line, {})[stage.country] = stage
    order = {code: place for place, code in enumerate(names)}
    return [
        StageRow(line, names.get(line, line), [known[line].get(country) for country in countries])
        for line in sorted(known, key=lambda line: (order.get(line, len(order)), line))
    ]


@dataclass(frozen=True)
class TextGroup:
    """The texts of one part of a market's file."""

    part: MarketPart
    texts: list[MarketText]
    is_shown: bool


def text_groups(texts: Iterable[MarketText], shown: Iterable[str] = ()) -> list[TextGroup]:
    """Texts by the part that they belong to, in the parts' order."""
    found = list(texts)
    wanted = set(shown)
    return [TextGroup(part, [text for text in found if text.part == part], part in wanted) for part in TEXT_PARTS]


def holidays_of(countries: Sequence[str], year: int) -> QuerySet[Holiday]:
    """The days off of some countries in a year, in order."""
    return Holiday.objects.filter(country__in=countries, date__year=year).order_by("date", "country")


def holiday_years(countries: Sequence[str]) -> list[int]:
    """The years of which days off are known, in order."""
    years = Holiday.objects.filter(country__in=countries).order_by("date__year").values_list("date__year", flat=True)
    return list(years.distinct())


@dataclass(frozen=True)
class KeyFacts:
    """What a partner's page says of its market."""

    market: Market
    country: str
    figures: list[FigureLine]
    stages: list[tuple[str, str]]
    """Product line and stage, by their names: those that the partner is authorised for, or else all."""
    next_holiday: Holiday | None


def key_facts(partner: Partner) -> KeyFacts | None:
    """What is most worth knowing of a partner's market; nothing where no market handles its country. Four queries."""
    market = market_of(partner.country)
    if market is None:
        return None
    stages = ProductStage.objects.filter(country=partner.country)
    if partner.product_lines:
        stages = stages.filter(product_line__in=partner.product_lines)
    names = dict(product_line_choices())
    labels = dict(LifeCycle.choices)
    return KeyFacts(
        market=market,
        country=partner.country,
        figures=figure_lines(MarketFigure.objects.filter(country=partner.country))[:KEY_FIGURES],
        stages=[(names.get(each.product_line, each.product_line), str(labels[each.stage])) for each in stages],
        next_holiday=Holiday.objects.filter(country=partner.country, date__gte=timezone.localdate()).first(),
    )


@dataclass(frozen=True)
class OwnMarket:
    """What a partner may know of its market."""

    id: int
    name: str
    country: str
    parts: list[str]


def own_market() -> OwnMarket | None:
    """In a partner's scope: the market of its country, and which parts it is shown."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, names, country, parts FROM partners_own_market()")
        row: Any = cursor.fetchone()
    if row is None:
        return None
    pk, names, country, parts = row
    by_language = json.loads(names) if isinstance(names, str) else names
    return OwnMarket(pk, translated(by_language), country, parts)


def documents_for(member: Membership) -> QuerySet[MarketDocument]:
    """The documents that the member may open: staff all, a partner's people those that its market shows them."""
    documents = MarketDocument.objects.all()
    if member.is_staff and not member.can(Right.PARTNERS_VIEW):
        return documents.none()
    return documents
