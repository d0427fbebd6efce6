"""Which partner's territory an address lies in, for many addresses at once."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.utils import timezone


class Address(NamedTuple):
    """Where something happened; `served_by` is the partner that serves the customer, where that is known."""

    key: int
    country: str
    region: str
    postal_code: str
    served_by: int | None = None


class Covering(NamedTuple):
    """The partner of a territory, and what decided: alone, serves, only, least. `all` are the partners that cover it."""

    partner: int
    territory: int
    why: str
    among: int
    all: frozenset[int]


# The territories that an address lies in, with all that these are a part of; of the partners that cover one of them the
# one that covers it alone, then the one that serves the customer, then the nearest territory, then who was credited
# least in the last twelve months. `why` says which of these decided.
CHOSEN = """
WITH RECURSIVE place AS (
    SELECT * FROM unnest(
        %(keys)s::bigint[], %(countries)s::text[], %(regions)s::text[], %(postals)s::text[], %(served)s::bigint[]
    ) AS p (id, country, region, postal, served_by)
), held AS (
    SELECT p.id, t.id AS territory, t.parent_id, 0 AS up
    FROM place p
    JOIN partners_territoryrule r ON r.country = upper(btrim(p.country))
        AND (r.region = '' OR upper(normalize(btrim(r.region), NFKC)) = upper(normalize(btrim(p.region), NFKC)))
        AND (r.postal_from = '' OR (
            partners_postal(p.postal) <> ''
            AND left(partners_postal(p.postal), length(partners_postal(r.postal_from))) COLLATE "C"
                >= partners_postal(r.postal_from)
            AND left(partners_postal(p.postal), length(partners_postal(r.postal_to))) COLLATE "C"
                <= partners_postal(r.postal_to)
        ))
    JOIN partners_territory t ON t.id = r.territory_id AND NOT t.is_retired
    UNION
    SELECT h.id, t.id, t.parent_id, h.up + 1
    FROM held h JOIN partners_territory t ON t.id = h.parent_id AND NOT t.is_retired
), far AS (
    SELECT id, territory, max(up) AS up FROM held GROUP BY id, territory
), covering AS (
    SELECT DISTINCT ON (h.id, c.partner_id) h.id, c.partner_id, h.territory, h.up, c.is_exclusive
    FROM far h
    JOIN partners_partnerterritory c ON c.territory_id = h.territory
    JOIN partners_partner p ON p.id = c.partner_id AND p.stage = 'active' AND p.merged_into_id IS NULL
    ORDER BY h.id, c.partner_id, c.is_exclusive DESC, h.up, h.territory
), credited AS (
    SELECT credited_to_id AS partner_id, sum(coalesce(credit_base, 0)) AS got FROM commerce_directsale
    WHERE credited_to_id IS NOT NULL AND date > %(day)s::date - 365 GROUP BY credited_to_id
)
SELECT DISTINCT ON (c.id) c.id, c.partner_id, c.territory,
    CASE WHEN c.is_exclusive THEN 'alone' WHEN place.served_by = c.partner_id THEN 'serves'
        WHEN count(*) OVER (PARTITION BY c.id) = 1 THEN 'only' ELSE 'least' END AS why,
    count(*) OVER (PARTITION BY c.id) AS among, array_agg(c.partner_id) OVER (PARTITION BY c.id)
FROM covering c
JOIN place ON place.id = c.id
LEFT JOIN credited ON credited.partner_id = c.partner_id
ORDER BY c.id, c.is_exclusive DESC, (place.served_by IS NOT DISTINCT FROM c.partner_id) DESC, c.up,
    coalesce(credited.got, 0), c.partner_id
"""


def covering_partners(addresses: Sequence[Address]) -> dict[int, Covering]:
    """The partner of the territory of each address, by the address's key; nothing where nobody covers it. One query."""
    if not addresses:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            CHOSEN,
            {
                "keys": [each.key for each in addresses],
                "countries": [each.country for each in addresses],
                "regions": [each.region for each in addresses],
                "postals": [each.postal_code for each in addresses],
                "served": [each.served_by for each in addresses],
                "day": timezone.localdate(),
            },
        )
        return {
            key: Covering(partner, territory, why, among, frozenset(all_of))
            for key, partner, territory, why, among, all_of in cursor.fetchall()
        }
