"""Who is known already and looks like an enquiry: leads, end customers and partners."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from leads.likeness import SHOWN_FROM, Party, Ready, alike, hashes, ready
from leads.models import Lead, LeadLikeness, LeadMerge, LeadState, LikenessState
from partners.blocking import MOST_IN_BLOCK
from partners.matching import Match, Reason
from partners.selectors.duplicates import shown_percent

MOST_COMPARED = 30
"""Of very many that share a key, those that share the most are compared."""

PARTY_COLUMNS = (
    "company", "local_name", "person", "business_number", "phone", "email", "website", "address", "city",
    "postal_code", "country",
)  # fmt: skip
"""The columns of `PARTIES` that make a `Party`, in order."""

NEAR = """
WITH wanted AS (SELECT * FROM unnest(%(keys)s::bigint[], %(strong)s::boolean[]) AS w (key, strong)),
near AS (
    SELECT kind, id, sum(CASE WHEN strong THEN 3 ELSE 1 END) AS weight
    FROM (
        SELECT 'lead' AS kind, k.id, w.strong, count(*) OVER (PARTITION BY w.key) AS many
        FROM wanted w CROSS JOIN LATERAL (
            SELECT lead_id AS id FROM leads_leadkey WHERE key = w.key LIMIT %(block)s
        ) k
        UNION ALL
        SELECT 'customer', k.id, w.strong, count(*) OVER (PARTITION BY w.key)
        FROM wanted w CROSS JOIN LATERAL (
            SELECT customer_id AS id FROM commerce_customerkey WHERE key = w.key LIMIT %(block)s
        ) k
        UNION ALL
        SELECT 'partner', k.id, w.strong, count(*) OVER (PARTITION BY w.key)
        FROM wanted w CROSS JOIN LATERAL (
            SELECT partner_id AS id FROM partners_matchkey WHERE key = w.key LIMIT %(block)s
        ) k
    ) found
    WHERE (strong OR many < %(block)s) AND NOT (kind = %(apart_kind)s AND id = %(apart)s)
    GROUP BY kind, id ORDER BY weight DESC, id DESC LIMIT %(most)s
)
"""
PARTIES = """SELECT n.kind, n.id, l.company, '', l.name, l.business_number, l.phone, l.email, l.website, l.address, l.city,
    l.postal_code, l.country, l.reference, l.state
FROM near n JOIN leads_lead l ON l.id = n.id WHERE n.kind = 'lead' AND l.state <> 'merged'
UNION ALL
SELECT n.kind, n.id, CASE c.kind WHEN 'person' THEN '' ELSE c.name END, CASE c.kind WHEN 'person' THEN '' ELSE c.local_name END,
    CASE c.kind WHEN 'person' THEN c.name ELSE c.contact_name END, c.business_number, c.phone, c.email, c.website,
    c.address, c.city, c.postal_code, c.country, coalesce(c.external_code, ''), ''
FROM near n JOIN commerce_endcustomer c ON c.id = n.id WHERE n.kind = 'customer' AND c.merged_into_id IS NULL
UNION ALL
SELECT n.kind, n.id, p.name, p.local_name, '', p.business_number, p.phone, p.email, p.website, p.address, p.city,
    p.postal_code, p.country, p.code, p.stage
FROM near n JOIN partners_partner p ON p.id = n.id WHERE n.kind = 'partner' AND p.merged_into_id IS NULL
"""
"""Who is named in `near`, as `PARTY_COLUMNS` says."""

# The same for many leads at once: each key is looked up once, and each lead has those that share the most with it.
NEAR_MANY = """
WITH wanted AS (
    SELECT * FROM unnest(%(owners)s::bigint[], %(keys)s::bigint[], %(strong)s::boolean[]) AS w (owner, key, strong)
),
asked AS MATERIALIZED (SELECT DISTINCT key FROM wanted),
found AS (
    SELECT 'lead' AS kind, a.key, k.id, count(*) OVER (PARTITION BY a.key) AS many
    FROM asked a CROSS JOIN LATERAL (SELECT lead_id AS id FROM leads_leadkey WHERE key = a.key LIMIT %(block)s) k
    UNION ALL
    SELECT 'customer', a.key, k.id, count(*) OVER (PARTITION BY a.key)
    FROM asked a CROSS JOIN LATERAL (SELECT customer_id AS id FROM commerce_customerkey WHERE key = a.key LIMIT %(block)s) k
    UNION ALL
    SELECT 'partner', a.key, k.id, count(*) OVER (PARTITION BY a.key)
    FROM asked a CROSS JOIN LATERAL (SELECT partner_id AS id FROM partners_matchkey WHERE key = a.key LIMIT %(block)s) k
),
shared AS (
    SELECT w.owner, f.kind, f.id, row_number() OVER (
        PARTITION BY w.owner ORDER BY sum(CASE WHEN w.strong THEN 3 ELSE 1 END) DESC, f.id DESC
    ) AS place
    FROM wanted w JOIN found f ON f.key = w.key
    WHERE (w.strong OR f.many < %(block)s) AND NOT (f.kind = 'lead' AND f.id = w.owner)
    GROUP BY w.owner, f.kind, f.id
)
SELECT owner, kind, id FROM shared WHERE place <= %(most)s ORDER BY owner, place
"""
NAMED = """
WITH near AS (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::bigint[]) AS n (kind, id))
"""


@dataclass(frozen=True)
class Alike:
    """Somebody known who may be the one that enquires: a lead, an end customer or a partner."""

    kind: str
    id: int
    party: Party
    code: str
    state: str
    match: Match

    @property
    def percent(self) -> int:
        """How sure, in whole per cent; never 100, since nobody has looked yet."""
        return shown_percent(self.match.score)

    @property
    def reasons(self) -> list[str]:
        """What speaks for it, the strongest first, in the reader's language."""
        return words_of(reasons_kept(self.match.reasons))

    @property
    def name(self) -> str:
        return self.party.company or self.party.person or self.code


def reasons_kept(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """The reasons of a match as a row keeps them."""
    return [{"field": each.field, "weight": each.weight, "words": each.words} for each in reasons]


def words_of(reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    """What speaks for a likeness, in the reader's language."""
    return [_(reason["words"]) for reason in reasons if reason["weight"] > 0]


def find_alike(
    party: Party | Ready,
    *,
    apart_from: tuple[str, int] | None = None,
    least: float = SHOWN_FROM,
    limit: int = 5,
) -> list[Alike]:
    """Who looks like `party`, the surest first. One query, by equality of keys, whatever the number of leads.

    In a staff scope. `apart_from`: the record that is being looked at, as (kind, id).
    """
    own = party if isinstance(party, Ready) else ready(party)
    wanted = hashes(own)
    if not wanted:
        return []
    kind, number = apart_from or ("", 0)
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR + PARTIES,
            {
                "keys": list(wanted),
                "strong": list(wanted.values()),
                "block": MOST_IN_BLOCK + 1,
                "most": MOST_COMPARED,
                "apart_kind": kind,
                "apart": number,
            },
        )
        rows = cursor.fetchall()
    found = []
    for row in rows:
        known = Party(*row[2 : 2 + len(PARTY_COLUMNS)])
        match = alike(own, ready(known))
        if match.score >= least:
            found.append(Alike(row[0], row[1], known, row[-2], row[-1], match))
    return sorted(found, key=lambda each: (-each.match.score, each.kind, each.id))[:limit]


def find_alike_many(leads: Iterable[Lead], *, least: float = SHOWN_FROM, limit: int = 5) -> dict[int, list[Alike]]:
    """For each of many leads what `find_alike` gives. Two queries; each record is made ready, and each pair compared, once."""
    own = {lead.pk: ready(party_of(lead)) for lead in leads}
    wanted = [(pk, key, strong) for pk, party in own.items() for key, strong in hashes(party).items()]
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR_MANY,
            {
                "owners": [pk for pk, _key, _strong in wanted],
                "keys": [key for _pk, key, _strong in wanted],
                "strong": [strong for _pk, _key, strong in wanted],
                "block": MOST_IN_BLOCK + 1,
                "most": MOST_COMPARED,
            },
        )
        pairs = cursor.fetchall()
        named = sorted({(kind, pk) for _owner, kind, pk in pairs})
        cursor.execute(NAMED + PARTIES, {"kinds": [kind for kind, _pk in named], "ids": [pk for _kind, pk in named]})
        known = {(row[0], row[1]): row for row in cursor.fetchall()}
    parties = {key: Party(*row[2 : 2 + len(PARTY_COLUMNS)]) for key, row in known.items()}
    made = {key: own[key[1]] if key[0] == "lead" and key[1] in own else ready(party) for key, party in parties.items()}
    compared: dict[tuple[int, int], Match] = {}
    found: dict[int, list[Alike]] = {pk: [] for pk in own}
    for owner, kind, pk in pairs:
        if (kind, pk) not in known:
            continue  # merged meanwhile
        match = compared.get((pk, owner)) if kind == "lead" else None
        if match is None:
            match = alike(own[owner], made[kind, pk])
            if kind == "lead":
                compared[owner, pk] = match
        if match.score >= least:
            found[owner].append(Alike(kind, pk, parties[kind, pk], known[kind, pk][-2], known[kind, pk][-1], match))
    return {
        pk: sorted(those, key=lambda each: (-each.match.score, each.kind, each.id))[:limit]
        for pk, those in found.items()
    }


def party_of(lead: Lead) -> Party:
    """A lead as it is compared."""
    return Party(
        company=lead.company,
        person=lead.name,
        business_number=lead.business_number,
        phone=lead.phone,
        email=lead.email,
        website=lead.website,
        address=lead.address,
        city=lead.city,
        postal_code=lead.postal_code,
        country=lead.country,
    )


def likenesses_of(lead: Lead) -> QuerySet[LeadLikeness]:
    """What a lead looks like, and which look like it; what was decided stays visible, the surest first."""
    return (
        LeadLikeness.objects.filter(Q(lead=lead) | Q(other=lead))
        .exclude(state=LikenessState.MERGED)
        .exclude(lead__state=LeadState.MERGED)
        .exclude(other__state=LeadState.MERGED)
        .select_related("lead", "other", "customer", "partner", "decided_by")
        .order_by("-score", "pk")
    )


def merges_of(lead: Lead) -> QuerySet[LeadMerge]:
    """The leads that went into this one and still are in it, latest first."""
    return lead.merges.filter(undone_at=None).select_related("loser", "merged_by").order_by("-merged_at", "-pk")
