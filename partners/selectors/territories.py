"""Who covers which area."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from partners.models import Partner, PartnerTerritory, Territory

INDENT = "   "

WITHIN = """
    WITH RECURSIVE within AS (
        SELECT id FROM partners_territory WHERE code = ANY (%s)
        UNION
        SELECT t.id FROM partners_territory t JOIN within ON t.parent_id = within.id
    ) SELECT id FROM within
"""
HOLDING = """
    SELECT DISTINCT a.place, t.id
    FROM unnest(%(places)s::bigint[], %(countries)s::text[], %(regions)s::text[], %(postals)s::text[])
        AS a (place, country, region, postal)
    JOIN partners_territoryrule r ON r.country = upper(btrim(a.country))
        AND (r.region = '' OR upper(normalize(btrim(r.region), NFKC)) = upper(normalize(btrim(a.region), NFKC)))
        AND (r.postal_from = '' OR (
            partners_postal(a.postal) <> ''
            AND left(partners_postal(a.postal), length(partners_postal(r.postal_from))) COLLATE "C"
                >= partners_postal(r.postal_from)
            AND left(partners_postal(a.postal), length(partners_postal(r.postal_to))) COLLATE "C"
                <= partners_postal(r.postal_to)
        ))
    JOIN partners_territory t ON t.id = r.territory_id AND NOT t.is_retired
"""
"""For each address the territories whose own rules hold it."""


def with_territory_codes(partners: QuerySet[Partner]) -> QuerySet[Any]:
    """Partners with the codes of the territories they cover, as `territory_codes`."""
    own = PartnerTerritory.objects.filter(partner=OuterRef("pk")).order_by("territory__order", "territory__code")
    return partners.annotate(territory_codes=ArraySubquery(own.values("territory__code")))


def territory_tree() -> list[tuple[Territory, str]]:
    """All territories with their names, parts behind and indented below what they are a part of. One query."""
    return [(territory, INDENT * level + str(territory)) for territory, level in _walk(Territory.objects.all())]


@dataclass(frozen=True)
class TerritoryLine:
    """A territory in a list: how deep it stands, its rules in words, and how many partners cover it."""

    territory: Territory
    level: int
    rules: list[str]
    partner_count: int


def territory_lines() -> list[TerritoryLine]:
    """All territories with rules and partners, in order. Two queries."""
    territories = Territory.objects.annotate(partner_count=Count("coverage")).prefetch_related("rules")
    return [
        TerritoryLine(territory, level, [str(rule) for rule in territory.rules.all()], territory.partner_count)
        for territory, level in _walk(territories)
    ]


def _walk(territories: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    by_parent: dict[int | None, list[Territory]] = {}
    for territory in territories:
        by_parent.setdefault(territory.parent_id, []).append(territory)

    def below(parent: int | None, level: int) -> Iterator[tuple[Any, int]]:
        for territory in by_parent.get(parent, ()):
            yield territory, level
            yield from below(territory.pk, level + 1)

    return below(None, 0)


def territories_within(codes: Sequence[str]) -> RawSQL:
    """The keys of the territories with these codes and of all their parts, for a condition."""
    return RawSQL(WITHIN, [list(codes)])  # noqa: S611 - a fixed text, and the codes as a parameter


def covering(partners: QuerySet[Partner], codes: Sequence[str]) -> QuerySet[Partner]:
    """Those of `partners` that cover one of the territories with these codes, or a part of one."""
    own = PartnerTerritory.objects.filter(partner=OuterRef("pk"), territory__in=territories_within(codes))
    return partners.filter(Exists(own))


def territories_of(partner: Partner) -> QuerySet[PartnerTerritory]:
    """What a partner covers, and why, in the territories' order."""
    return (
        PartnerTerritory.objects.filter(partner=partner)
        .select_related("territory", "territory__parent")
        .order_by("territory__order", "territory__code")
    )


def territories_holding(addresses: Sequence[tuple[str, str, str]]) -> list[frozenset[int]]:
    """For each address (country, region, postal code) the territories it lies in, and all that these are a part of.

    Two queries, however many addresses there are.
    """
    places = {address: place for place, address in enumerate(dict.fromkeys(addresses))}
    if not places:
        return []
    countries, regions, postals = (list(column) for column in zip(*places, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            HOLDING,
            {"places": list(places.values()), "countries": countries, "regions": regions, "postals": postals},
        )
        own = cursor.fetchall()
    parents = dict(Territory.objects.filter(is_retired=False).values_list("pk", "parent_id"))
    found: list[set[int]] = [set() for _place in places]
    for place, territory in own:
        while territory in parents and territory not in found[place]:
            found[place].add(territory)
            territory = parents[territory]
    return [frozenset(found[places[address]]) for address in addresses]


def territory_ids(codes: Sequence[str]) -> dict[str, int]:
    """The territories with these codes, by code; unknown ones are left out."""
    return dict(Territory.objects.filter(code__in=list(codes)).values_list("code", "pk"))
