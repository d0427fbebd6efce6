"""The keys by which leads and end customers are found, and what looks like what, kept in step with the rows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.models import CustomerKey, CustomerKind, EndCustomer
from leads.likeness import Party, Ready, hashes, ready
from leads.models import Lead, LeadKey, LeadLikeness, LeadState, LikenessState
from leads.selectors.duplicates import Alike, find_alike, find_alike_many, party_of, reasons_kept
from leads.services.states import LeadError
from partners.models import MatchKey
from tenancy.models import Membership

ROWS_AT_ONCE = 2_000
COMPARED = (
    "company", "name", "business_number", "phone", "email", "website", "address", "city", "postal_code", "country",
)  # fmt: skip
"""The fields of a lead that a likeness rests on."""

INSERT_LEAD_KEYS = """
INSERT INTO leads_leadkey (manufacturer_id, lead_id, key)
SELECT (SELECT current_setting('app.manufacturer')::bigint), owner, key
FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (owner, key) ON CONFLICT DO NOTHING
"""
INSERT_CUSTOMER_KEYS = """
INSERT INTO commerce_customerkey (manufacturer_id, customer_id, key)
SELECT (SELECT current_setting('app.manufacturer')::bigint), owner, key
FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (owner, key) ON CONFLICT DO NOTHING
"""


def insert_keys(lead: Lead, party: Ready) -> None:
    """Write the keys of a lead that has none yet."""
    found = list(hashes(party))
    _insert(INSERT_LEAD_KEYS, [lead.pk] * len(found), found)


def write_lead_keys(leads: Iterable[Lead]) -> None:
    """Bring the keys of these leads in step with what they say now, two statements for each two thousand."""
    for part in _parts(leads):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM leads_leadkey WHERE lead_id = ANY (%s)", [[lead.pk for lead in part]])
        owners, keys = _keyed((lead.pk, party_of(lead)) for lead in part)
        _insert(INSERT_LEAD_KEYS, owners, keys)


def write_customer_keys(customers: Iterable[EndCustomer]) -> None:
    """Bring the keys of these end customers in step with what they say now."""
    for part in _parts(customers):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commerce_customerkey WHERE customer_id = ANY (%s)", [[row.pk for row in part]])
        owners, keys = _keyed((customer.pk, party_of_customer(customer)) for customer in part)
        _insert(INSERT_CUSTOMER_KEYS, owners, keys)


def party_of_customer(customer: EndCustomer) -> Party:
    """An end customer as it is compared."""
    is_person = customer.kind == CustomerKind.PERSON
    return Party(
        company="" if is_person else customer.name,
        local_name="" if is_person else customer.local_name,
        person=customer.name if is_person else customer.contact_name,
        business_number=customer.business_number,
        phone=customer.phone,
        email=customer.email,
        website=customer.website,
        address=customer.address,
        city=customer.city,
        postal_code=customer.postal_code,
        country=customer.country,
    )


def _keyed(parties: Iterable[tuple[int, Party]]) -> tuple[list[int], list[int]]:
    owners: list[int] = []
    keys: list[int] = []
    for owner, party in parties:
        found = hashes(ready(party))
        owners += [owner] * len(found)
        keys += found
    return owners, keys


def _insert(statement: str, owners: Sequence[int], keys: Sequence[int]) -> None:
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(owners), list(keys)])


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


# What looks like what ---------------------------------------------------------------------------------------------------


def note_alike(lead: Lead, party: Ready | None = None) -> list[Alike]:
    """Find who looks like a lead, and keep it for somebody to decide; what was decided stays as it is."""
    found = find_alike(party or party_of(lead), apart_from=("lead", lead.pk))
    if found:
        keep_alike([(lead.pk, found)])
    return found


def keep_alike(found: Sequence[tuple[int, Sequence[Alike]]]) -> None:
    """Keep what looks like which leads, in one statement; a pair is kept once, at the lead that came later."""
    rows: dict[tuple[int, str, int], LeadLikeness] = {}
    for lead_id, those in found:
        for each in those:
            first, target = lead_id, each.id
            if each.kind == "lead" and target > first:
                first, target = target, first
            rows[(first, each.kind, target)] = LeadLikeness(
                lead_id=first,
                other_id=target if each.kind == "lead" else None,
                customer_id=target if each.kind == "customer" else None,
                partner_id=target if each.kind == "partner" else None,
                score=each.match.score,
                reasons=reasons_kept(each.match.reasons),
            )
    LeadLikeness.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["manufacturer", "lead", "other", "customer", "partner"],
        update_fields=["score", "reasons"],
        batch_size=ROWS_AT_ONCE,
    )


def drop_unfound(lead: Lead, found: Sequence[Alike]) -> None:
    """Forget what nobody decided about and what looks different by now."""
    seen = {(each.kind, each.id) for each in found}
    gone = []
    for row in LeadLikeness.objects.filter(lead=lead, state=LikenessState.OPEN):
        if row.other_id:
            key = ("lead", row.other_id)
        else:
            key = ("customer", row.customer_id) if row.customer_id else ("partner", row.partner_id or 0)
        if key not in seen:
            gone.append(row.pk)
    if gone:
        LeadLikeness.objects.filter(pk__in=gone).delete()


def check_leads(ids: Sequence[int]) -> int:
    """Find what looks like many leads, after a file came in; returns how many pairs were kept."""
    kept = 0
    for start in range(0, len(ids), ROWS_AT_ONCE):
        part = Lead.objects.filter(pk__in=_sharing(ids[start : start + ROWS_AT_ONCE])).exclude(state=LeadState.MERGED)
        found = [(pk, those) for pk, those in find_alike_many(part).items() if those]
        keep_alike(found)
        kept += sum(len(those) for _pk, those in found)
    return kept


def _sharing(ids: Sequence[int]) -> list[int]:
    """Those of `ids` that share a key with another lead, a customer or a partner: most of a list share none, and need no look."""
    own = LeadKey.objects.filter(lead_id__in=ids)
    other = LeadKey.objects.filter(key=OuterRef("key")).exclude(lead_id=OuterRef("lead_id"))
    customer = CustomerKey.objects.filter(key=OuterRef("key"))
    partner = MatchKey.objects.filter(key=OuterRef("key"))
    shared = Exists(other) | Exists(customer) | Exists(partner)
    return list(own.filter(shared).values_list("lead_id", flat=True).distinct())


@transaction.atomic
def link(likeness: LeadLikeness, *, by: Membership) -> LeadLikeness:
    """It is the same one, and both records stay: an end customer becomes the lead's."""
    likeness = _decide(likeness, LikenessState.LINKED, by)
    if likeness.customer_id and likeness.lead.customer_id != likeness.customer_id:
        likeness.lead.customer_id = likeness.customer_id
        likeness.lead.save(update_fields=["customer", "updated_at"])
    return likeness


def dismiss(likeness: LeadLikeness, *, by: Membership) -> LeadLikeness:
    """Somebody knows that these are two; the pair is not put forward again."""
    return _decide(likeness, LikenessState.DISMISSED, by)


@transaction.atomic
def reopen(likeness: LeadLikeness, *, by: Membership) -> LeadLikeness:
    """It is to be decided after all; a customer that was linked by it is the lead's no more."""
    was_linked = LeadLikeness.objects.filter(pk=likeness.pk, state=LikenessState.LINKED).exists()
    likeness = _decide(likeness, LikenessState.OPEN, by)
    lead = likeness.lead
    if was_linked and likeness.customer_id and lead.customer_id == likeness.customer_id:
        lead.customer = None
        lead.save(update_fields=["customer", "updated_at"])
    return likeness


@transaction.atomic
def _decide(likeness: LeadLikeness, state: str, by: Membership) -> LeadLikeness:
    row = LeadLikeness.objects.select_for_update(no_key=True, of=("self",)).select_related("lead").get(pk=likeness.pk)
    if row.state == LikenessState.MERGED:
        raise LeadError(_("These two have been merged already."))
    row.state = state
    row.decided_by, row.decided_at = (None, None) if state == LikenessState.OPEN else (by, timezone.now())
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row
