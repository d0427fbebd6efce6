"""Who else claims a customer: found by keys among registrations, leads, end customers and direct sales of the whole
manufacturer.

Needs the staff scope: `services.deal_checks` asks in a partner's place, and hands on nothing but anonymous words.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from commerce.models import DirectSale, EndCustomer, ProductCategory
from leads.deal_conflicts import LEAST_SHOWN, Source, Weighed, overlap_of, weigh
from leads.likeness import Party, Ready, alike, keys, ready
from leads.models import LIVE_STATES, POOL_STATES, DealRegistration, DealState, Lead, LeadState, Protection
from leads.selectors.duplicates import party_of
from leads.services.likeness import party_of_customer
from partners.blocking import blocking_keys, hashed
from partners.matching import DEFAULT_THRESHOLD

MOST_IN_BLOCK = 60
"""A key that more records share says too little, unless it is as good as the customer itself."""
STRONG_KEYS = frozenset("nbom")
"""Name, business number, phone, e-mail: who shares one of them is compared whatever the number of others."""
MOST_COMPARED = 300
MOST_FOUND = 20
LOOK_BACK = dt.timedelta(days=2 * 365)

BY_KEYS = """
WITH asked AS (SELECT unnest(%(keys)s::bigint[]) AS key)
SELECT 'deal', a.key, k.deal_id FROM asked a CROSS JOIN LATERAL (
    SELECT deal_id FROM leads_dealkey WHERE key = a.key LIMIT %(limit)s
) k
UNION ALL
SELECT 'lead', a.key, k.lead_id FROM asked a CROSS JOIN LATERAL (
    SELECT lead_id FROM leads_leadkey WHERE key = a.key LIMIT %(limit)s
) k
UNION ALL
SELECT 'customer', a.key, k.customer_id FROM asked a CROSS JOIN LATERAL (
    SELECT customer_id FROM commerce_customerkey WHERE key = a.key LIMIT %(limit)s
) k
UNION ALL
SELECT 'sale', a.key, k.sale_id FROM asked a CROSS JOIN LATERAL (
    SELECT sale_id FROM commerce_directsalekey WHERE key = a.key LIMIT %(limit)s
) k
"""


@dataclass(frozen=True)
class Clash:
    """Something known of what may be the same customer."""

    source: Source
    row: Any
    """The registration, lead, end customer or sale itself."""
    weighed: Weighed
    partner_id: int | None
    since: dt.date
    protection: Protection | None = None
    """What protects it now, for the same product category or any."""
    second_partner_id: int | None = None

    @property
    def score(self) -> float:
        return self.weighed.score

    @property
    def is_blocking(self) -> bool:
        """Whether it is protected now for the very same product category."""
        return self.protection is not None and self.weighed.is_same_customer and self.weighed.overlap == "same"

    def is_of(self, partner_ids: Iterable[int | None]) -> bool:
        """Whether one of these partners stands behind it."""
        own = {pk for pk in partner_ids if pk is not None}
        return bool(own & {self.partner_id, self.second_partner_id})


def party_of_deal(deal: DealRegistration) -> Party:
    """The customer of a registration as it is compared."""
    return Party(
        company=deal.customer_name, person=deal.contact_name, business_number=deal.business_number, phone=deal.phone,
        email=deal.email, website=deal.website, address=deal.address, city=deal.city, postal_code=deal.postal_code,
        country=deal.country,
    )  # fmt: skip


def party_of_any(row: Any) -> Party:
    """The customer of a registration, lead or direct sale, or an end customer, as it is compared."""
    if isinstance(row, DealRegistration):
        return party_of_deal(row)
    if isinstance(row, DirectSale):
        return Party(
            company=row.customer_name, business_number=row.business_number, phone=row.phone, email=row.email,
            address=row.address, city=row.city, postal_code=row.postal_code, country=row.country,
        )  # fmt: skip
    return party_of(row) if isinstance(row, Lead) else party_of_customer(row)


def same_customer(one: Party, other: Party) -> bool:
    """Whether two are one customer as surely as two records are called one."""
    return alike(ready(one), ready(other)).score >= DEFAULT_THRESHOLD


def domains_of(party: Party) -> str:
    """The domains of a customer's website and mail as they are compared; those where anybody gets an address say nothing."""
    return ", ".join(sorted(ready(party).prepared.domains))


def keys_of(party: Ready) -> dict[int, str]:
    """The hashed keys under which a customer is found, each as it was before."""
    return {hashed(key): key for key in blocking_keys(party.prepared) | keys(party)}


def clashes(deal: DealRegistration, *, today: dt.date | None = None) -> list[Clash]:
    """What is known that may be the customer of a registration, kept or only being written, the strongest first. A fixed
    number of queries."""
    wanted = ready(party_of_deal(deal))
    ids = _candidates(wanted)
    today = today or timezone.localdate()
    parents = dict(ProductCategory.objects.values_list("pk", "parent_id"))
    weigher = _Weigher(wanted, deal.category_id, parents, today)
    found = [
        *_customers(ids[Source.CUSTOMER], weigher),
        *_leads(ids[Source.LEAD], weigher),
        *_sales(ids[Source.SALE], weigher),
    ]
    same = [clash.row.pk for clash in found if clash.source == Source.CUSTOMER and clash.weighed.is_same_customer]
    found += _deals(ids[Source.DEAL], same, weigher, deal)
    return sorted(found, key=lambda clash: (not clash.is_blocking, -clash.score))[:MOST_FOUND]


def customers_like(deal: DealRegistration) -> list[tuple[EndCustomer, float]]:
    """End customers that may be that of a registration, with how surely; the surest first."""
    wanted = ready(party_of_deal(deal))
    rows = EndCustomer.objects.filter(pk__in=_candidates(wanted)[Source.CUSTOMER], merged_into=None)
    scored = [(row, alike(wanted, ready(party_of_customer(row))).score) for row in rows]
    return sorted([each for each in scored if each[1] >= LEAST_SHOWN], key=lambda each: (-each[1], each[0].pk))[
        :MOST_FOUND
    ]


@dataclass(frozen=True)
class _Weigher:
    wanted: Ready
    category: int | None
    parents: Mapping[int, int | None]
    today: dt.date

    def __call__(self, row: Any, category: int | None, ended_on: dt.date | None) -> Weighed:
        match = alike(self.wanted, ready(party_of_any(row)))
        return weigh(match, overlap_of(self.category, category, self.parents), ended_on=ended_on, today=self.today)


def _candidates(wanted: Ready) -> dict[Source, list[int]]:
    """Who shares keys with the customer, by source; who shares most of them first."""
    asked = keys_of(wanted)
    with connection.cursor() as cursor:
        cursor.execute(BY_KEYS, {"keys": list(asked), "limit": MOST_IN_BLOCK + 1})
        blocks: dict[tuple[str, int], list[int]] = defaultdict(list)
        for source, key, pk in cursor.fetchall():
            blocks[source, key].append(pk)
    shared: dict[Source, Counter[int]] = {source: Counter() for source in Source}
    for (source, key), members in blocks.items():
        if len(members) <= MOST_IN_BLOCK or asked[key][0] in STRONG_KEYS:
            shared[Source(source)].update(members)
    return {source: [pk for pk, _count in counter.most_common(MOST_COMPARED)] for source, counter in shared.items()}


def _customers(ids: list[int], weigher: _Weigher) -> list[Clash]:
    rows = EndCustomer.objects.filter(pk__in=ids, merged_into=None).select_related("served_by")
    return _kept(rows, lambda row: Clash(
        Source.CUSTOMER, row, weigher(row, None, None), row.served_by_id, row.created_at.date()
    ))  # fmt: skip


def _leads(ids: list[int], weigher: _Weigher) -> list[Clash]:
    states = (*POOL_STATES, LeadState.ACCEPTED, LeadState.WON)
    since = timezone.now() - LOOK_BACK
    rows = Lead.objects.filter(pk__in=ids, state__in=states, received_at__gte=since).select_related("partner")
    return _kept(rows, lambda row: Clash(
        Source.LEAD,
        row,
        weigher(row, row.category_id, row.closed_at.date() if row.closed_at else None),
        row.partner_id,
        row.received_at.date(),
    ))  # fmt: skip


def _sales(ids: list[int], weigher: _Weigher) -> list[Clash]:
    """Each customer's latest sale of a product category; a customer buys in many lines."""
    rows = DirectSale.objects.filter(pk__in=ids, date__gte=weigher.today - LOOK_BACK).order_by("-date", "-pk")
    latest: dict[tuple[str, int | None], Clash] = {}
    for row in rows.select_related("credited_to", "category"):
        place = (row.customer_name, row.category_id)
        if place not in latest:
            weighed = weigher(row, row.category_id, row.date)
            latest[place] = Clash(Source.SALE, row, weighed, row.credited_to_id, row.date)
    return [clash for clash in latest.values() if clash.score >= LEAST_SHOWN]


CLAIMING = (*LIVE_STATES, DealState.EXPIRED, DealState.WON, DealState.REFUSED)
ENDED = (DealState.EXPIRED, DealState.WON, DealState.REFUSED)


def _deals(ids: list[int], customers: Sequence[int], weigher: _Weigher, deal: DealRegistration) -> list[Clash]:
    """Registrations found by their keys, and those of the same customer or site by its record."""
    since = timezone.now() - LOOK_BACK
    known = Q(customer__in=customers) | Q(site=deal.site_id) if deal.site_id else Q(customer__in=customers)
    if customers or deal.site_id:
        live = DealRegistration.objects.filter(known, state__in=LIVE_STATES)
        ids = [*ids, *live.values_list("pk", flat=True)[:MOST_COMPARED]]
    rows = (
        DealRegistration.objects.filter(pk__in=ids, state__in=CLAIMING, submitted_at__gte=since)
        .exclude(pk=deal.pk or 0)
        .select_related("partner", "second_partner", "category")
    )
    running = protections_of(ids)

    def clash(row: DealRegistration) -> Clash:
        protection = running.get(row.pk)
        ended = row.closed_at or row.answered_at or row.submitted_at
        is_over = row.state in ENDED and protection is None and ended is not None
        weighed = weigher(row, row.category_id, ended.date() if is_over and ended else None)
        since = (row.submitted_at or row.created_at).date()
        return Clash(Source.DEAL, row, weighed, row.partner_id, since, protection, row.second_partner_id)

    return _kept(rows, clash)


def protections_of(deals: Iterable[int]) -> dict[int, Protection]:
    """What protects these registrations at this moment, by registration."""
    now = timezone.now()
    rows = Protection.objects.filter(deal__in=list(deals), starts_at__lte=now, ends_at__gt=now)
    return {row.deal_id: row for row in rows}


def _kept(rows: Iterable[Any], clash: Callable[[Any], Clash]) -> list[Clash]:
    return [found for row in rows if (found := clash(row)).score >= LEAST_SHOWN]
