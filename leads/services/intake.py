"""How leads come in and are kept: by hand, form, call, file or referral, they all pass here (L-1, L-2)."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.imports.currencies import base_currency
from commerce.models import ExchangeRate
from leads.likeness import ready
from leads.models import Lead, LeadSource, LeadState
from leads.selectors.duplicates import party_of
from leads.services.arrivals import start_distribution
from leads.services.codes import source_of
from leads.services.likeness import COMPARED, drop_unfound, insert_keys, note_alike, write_lead_keys
from leads.services.states import LeadError, lock_lead, move_locked
from partners.models import Partner
from tenancy.models import Membership

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Nothing in a reference can be taken for something else when it is read out."""
REFERENCE_LENGTH = 10
"""Of eight signs two of a million leads would have the same."""

WRITTEN = frozenset(
    {
        "external_code", "kind", "kind_id", "campaign_code", "company", "name", "title", "email", "phone",
        "business_number", "website", "address", "city", "region", "postal_code", "country", "latitude", "longitude",
        "language", "subject", "message", "category", "category_id", "products", "quantity", "amount", "currency",
        "wanted_on", "custom", "owner", "owner_id", "customer", "customer_id",
    }
)  # fmt: skip
"""What may be said of a new lead; its state, partner and score come by steps of their own."""


def new_reference() -> str:
    """What a lead is called in mails and on the phone; nobody can guess another's. The database makes the same
    (`leads_new_reference`)."""
    return "L-" + "".join(secrets.choice(LETTERS) for _place in range(REFERENCE_LENGTH))


@transaction.atomic
def create_lead(
    values: Mapping[str, Any],
    *,
    source: LeadSource | str | None = None,
    by: Membership | None = None,
    consent: str = "",
    consent_version: str = "",
    consented_at: dt.datetime | None = None,
    received_at: dt.datetime | None = None,
    referred_by: Partner | None = None,
    form_key: uuid.UUID | None = None,
    find_duplicates: bool = True,
) -> Lead:
    """Keep a new lead: with its reference, its amount in base currency, and the keys it is found by.

    Who looks like it is kept beside it for somebody to decide; nothing is dropped. In a staff scope. `source` may be the
    code of one. Scoring and routing follow by a worker.
    """
    if unknown := set(values) - WRITTEN:
        raise TypeError(f"A new lead says nothing about {', '.join(sorted(unknown))}.")
    now = timezone.now()
    lead = Lead(
        **values,
        reference=new_reference(),
        source=source_of(source) if isinstance(source, str) else source,
        created_by=by,
        consent=consent,
        consent_version=consent_version,
        consented_at=consented_at or (now if consent else None),
        received_at=received_at or now,
        state_since=received_at or now,
        referred_by=referred_by,
        form_key=form_key,
    )
    fill_amount(lead)
    lead.save(force_insert=True)
    party = ready(party_of(lead))
    insert_keys(lead, party)
    if find_duplicates:
        note_alike(lead, party)
    start_distribution()
    return lead


def create_once(values: Mapping[str, Any], *, form_key: uuid.UUID | None, **told: Any) -> Lead:
    """`create_lead` of a page that may be sent twice, even at once: the same page is the same lead, unless it says something
    else by then."""
    if form_key is None:
        return create_lead(values, **told)
    try:
        return create_lead(values, form_key=form_key, **told)
    except IntegrityError:  # the same page again
        twin = Lead.objects.filter(form_key=form_key).first()
        if twin is None:
            raise
        same = all(getattr(twin, name) == value for name, value in values.items())
        return twin if same else create_lead(values, **told)


@transaction.atomic
def update_lead(lead: Lead, *, fields: Iterable[str]) -> Lead:
    """Save the named fields of a lead, and what follows from them: amount in base currency, keys, likenesses."""
    changed = set(fields)
    if changed & {"amount", "currency"}:
        fill_amount(lead)
        changed |= {"currency", "amount_base"}
    lead.save(update_fields=[*sorted(changed), "updated_at"])
    if changed & set(COMPARED):
        write_lead_keys([lead])
        drop_unfound(lead, note_alike(lead))
    return lead


def fill_amount(lead: Lead) -> None:
    """The expected amount in base currency, by the rate of the day it came in; empty where there is none."""
    if lead.amount is None:
        lead.amount_base = None
        return
    base = base_currency()
    lead.currency = lead.currency or base
    day = timezone.localdate(lead.received_at)
    lead.amount_base = in_base(lead.amount, lead.currency, day=day, base=base)


def in_base(amount: Decimal, currency: str, *, day: dt.date, base: str) -> Decimal | None:
    """An amount in base currency, by the latest rate not after the day; None where no rate is known."""
    if currency == base:
        return amount
    rate = (
        ExchangeRate.objects.filter(currency=currency, date__lte=day)
        .order_by("-date")
        .values_list("rate", flat=True)
        .first()
    )
    return None if rate is None else (amount * rate).quantize(Decimal("0.0001"))


def restore_lead(lead: Lead) -> Lead:
    """It is a lead after all."""
    with transaction.atomic():
        lead = lock_lead(lead)
        if lead.state == LeadState.MERGED:
            raise LeadError(_("Part the two leads instead."))
        return move_locked(lead, LeadState.NEW, reason=None, reason_note="", closed_at=None, partner=None)


def assign_leads(leads: QuerySet[Lead], owner: Membership | None) -> int:
    """Make somebody of the manufacturer responsible for all of `leads`, in one statement; returns how many changed."""
    if owner is not None and not (owner.is_staff and owner.is_active):
        raise LeadError(_("%(name)s cannot look after leads.") % {"name": owner.name})
    others = leads.exclude(owner=None) if owner is None else leads.exclude(owner=owner)
    return others.order_by().update(owner=owner, updated_at=timezone.now())
