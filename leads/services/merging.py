"""Two leads that are one: the older record stays, takes what it lacks, and both can be parted again."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import Lead, LeadLikeness, LeadMerge, LeadState, LikenessState
from leads.services.intake import fill_amount
from leads.services.likeness import write_lead_keys
from leads.services.states import LeadError, move_locked
from tenancy.models import Membership

TAKEN = (
    "company", "name", "title", "email", "phone", "business_number", "website", "address", "city", "region",
    "postal_code", "country", "latitude", "longitude", "language", "subject", "message", "quantity", "wanted_on",
    "campaign_code", "kind_id", "category_id", "customer_id", "owner_id", "consent", "consent_version", "consented_at",
)  # fmt: skip
"""What the lead that stays takes over where it says nothing."""
LOSERS = (LeadState.NEW, LeadState.MANUAL)


def winner_of(a: Lead, b: Lead) -> tuple[Lead, Lead]:
    """Which of two stays by itself: one that somebody has or is offered, else the one that came first."""
    first, second = sorted((a, b), key=lambda lead: (lead.state in LOSERS, lead.received_at, lead.pk))
    return first, second


@transaction.atomic
def merge_leads(winner: Lead, loser: Lead, *, by: Membership | None) -> LeadMerge:
    """Make one lead of two. `loser` must be in the pool, with no offer open; it stays readable, as merged."""
    if winner.pk == loser.pk:
        raise LeadError(_("A lead cannot be merged with itself."))
    locked = {
        lead.pk: lead
        for lead in Lead.objects.select_for_update(no_key=True).filter(pk__in=[winner.pk, loser.pk]).order_by("pk")
    }
    winner, loser = locked[winner.pk], locked[loser.pk]
    if loser.merged_into_id == winner.pk:
        return LeadMerge.objects.get(winner=winner, loser=loser, undone_at=None)
    if winner.state == LeadState.MERGED:
        raise LeadError(_("%(lead)s was merged into another lead already.") % {"lead": winner.reference})
    if loser.state not in LOSERS:
        raise LeadError(
            _("%(lead)s is at “%(state)s”: only a lead that nobody has or is offered can go into another.")
            % {"lead": loser.reference, "state": loser.get_state_display()}
        )
    before = loser.state
    taken = _take(winner, loser)
    move_locked(loser, LeadState.MERGED, merged_into=winner)
    Lead.objects.filter(merged_into=loser).update(merged_into=winner)
    merge = LeadMerge.objects.create(winner=winner, loser=loser, taken=taken, state_before=before, merged_by=by)
    LeadLikeness.objects.filter(
        Q(lead=winner, other=loser) | Q(lead=loser, other=winner), state__in=[LikenessState.OPEN, LikenessState.LINKED]
    ).update(state=LikenessState.MERGED, decided_by=by, decided_at=timezone.now())
    return merge


@transaction.atomic
def undo_merge(merge: LeadMerge, *, by: Membership | None) -> Lead:
    """Part two leads again: what was taken over goes back where nobody has changed it since."""
    row = LeadMerge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    pair = {
        lead.pk: lead
        for lead in Lead.objects.select_for_update(no_key=True)
        .filter(pk__in=[row.winner_id, row.loser_id])
        .order_by("pk")
    }
    winner, loser = pair[row.winner_id], pair[row.loser_id]
    if row.undone_at is not None:
        return loser
    if loser.merged_into_id != winner.pk:
        raise LeadError(_("%(lead)s was merged further. Part that merge first.") % {"lead": winner.reference})
    _give_back(winner, row.taken)
    move_locked(loser, LeadState.NEW, merged_into=None)
    row.undone_by, row.undone_at = by, timezone.now()
    row.save(update_fields=["undone_by", "undone_at"])
    LeadLikeness.objects.filter(
        Q(lead=winner, other=loser) | Q(lead=loser, other=winner), state=LikenessState.MERGED
    ).update(state=LikenessState.OPEN, decided_by=None, decided_at=None)
    return loser


def _take(winner: Lead, loser: Lead) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for field in TAKEN:
        mine, theirs = getattr(winner, field), getattr(loser, field)
        if mine in (None, "") and theirs not in (None, ""):
            setattr(winner, field, theirs)
            taken[field] = [_kept(mine), _kept(theirs)]
    products = [code for code in loser.products if code not in winner.products]
    if products:
        taken["products"] = [winner.products, [*winner.products, *products]]
        winner.products = taken["products"][1]
    own = {key: value for key, value in loser.custom.items() if winner.custom.get(key) in (None, "")}
    if own:
        taken["custom"] = [winner.custom, winner.custom | own]
        winner.custom = winner.custom | own
    if winner.amount is None and loser.amount is not None:
        taken["amount"] = [None, _kept(loser.amount)]
        taken["currency"] = [winner.currency, loser.currency]
        winner.amount, winner.currency = loser.amount, loser.currency
        fill_amount(winner)
    if taken:
        fields = [*taken, *(["amount_base"] if "amount" in taken else [])]
        winner.save(update_fields=[*fields, "updated_at"])
        write_lead_keys([winner])
    return taken


def _give_back(winner: Lead, taken: dict[str, Any]) -> None:
    fields = []
    for field, (before, after) in taken.items():
        if _kept(getattr(winner, field)) == after:
            setattr(winner, field, before)
            fields.append(field)
    if not fields:
        return
    if "amount" in fields:
        fill_amount(winner)
        fields.append("amount_base")
    winner.save(update_fields=[*fields, "updated_at"])
    write_lead_keys([winner])


def _kept(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else value
