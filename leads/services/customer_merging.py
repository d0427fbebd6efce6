"""Two end customers that are one: the one that stays takes what it lacks and all that hung on the other, and both can be
parted again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pghistory.models
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.models import CustomerKey, EndCustomer
from leads.models import CustomerMerge, LeadLikeness, LikenessState
from leads.services.likeness import write_customer_keys
from tenancy.errors import DomainError
from tenancy.models import Membership

TAKEN = (
    "local_name", "contact_name", "contact_title", "business_number", "email", "phone", "website", "address", "city",
    "region", "postal_code", "country", "latitude", "longitude", "language", "served_by_id",
)  # fmt: skip
"""What the one that stays takes over where it says nothing. What was agreed to goes as a whole, or not at all."""
AGREED = ("consent", "consented_at", "consent_ended_at")
APART = (CustomerKey, CustomerMerge, EndCustomer)
"""What does not go along: keys are written anew, merges stay with whom they were of."""


class CustomerMergeError(DomainError):
    """A merge that cannot be, or cannot be undone."""


def hanging() -> Iterator[tuple[str, type[models.Model], str]]:
    """Everything that names an end customer and goes along with it: (its name as kept, the model, the field)."""
    relations: list[Any] = [
        field for field in EndCustomer._meta.get_fields(include_hidden=True) if field.auto_created and field.one_to_many
    ]
    for relation in relations:
        model, name = relation.related_model, relation.field.name
        if not issubclass(model, (*APART, pghistory.models.Event)):
            yield f"{model._meta.label}.{name}", model, name


@transaction.atomic
def merge_customers(winner: EndCustomer, loser: EndCustomer, *, by: Membership | None) -> CustomerMerge:
    """Make one end customer of two. The other stays readable by its address alone, as merged; its history stays with it.

    Leads, opportunities, deals with their protections, sites, conflicts and direct sales come to the one that stays.
    """
    if winner.pk == loser.pk:
        raise CustomerMergeError(_("An end customer cannot be merged with itself."))
    winner, loser = _locked(winner.pk, loser.pk)
    if loser.merged_into_id == winner.pk:
        return CustomerMerge.objects.get(winner=winner, loser=loser, undone_at=None)
    if winner.merged_into_id or loser.merged_into_id:
        raise CustomerMergeError(_("One of these two was merged into another end customer already."))
    taken = _take(winner, loser)
    try:
        with transaction.atomic():
            moved = _move(loser.pk, winner.pk)
    except IntegrityError as error:
        if "protection_one_at_a_time" not in str(error):
            raise
        raise CustomerMergeError(
            _("Both have a protected deal for the same product category. End one of the two first.")
        ) from error
    loser.merged_into = winner
    loser.save(update_fields=["merged_into", "updated_at"])
    CustomerKey.objects.filter(customer=loser).delete()
    write_customer_keys([winner])
    return CustomerMerge.objects.create(winner=winner, loser=loser, taken=taken, moved=moved, merged_by=by)


@transaction.atomic
def undo_customer_merge(merge: CustomerMerge, *, by: Membership | None) -> EndCustomer:
    """Part two end customers again: what came along goes back where it still is, what was taken over where nobody has
    changed it since. What came to the one that stays after the merge stays there."""
    row = CustomerMerge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    winner, loser = _locked(row.winner_id, row.loser_id)
    if row.undone_at is not None:
        return loser
    if winner.merged_into_id or loser.merged_into_id != winner.pk:
        raise CustomerMergeError(_("%(customer)s was merged further. Part that merge first.") % {"customer": winner})
    known = {label: (model, name) for label, model, name in hanging()}
    for label, keys in row.moved.items():
        if label in known:
            model, name = known[label]
            model._base_manager.filter(**{"pk__in": keys, name: winner.pk}).update(**{name: loser.pk})
    fields = [name for name, (_before, after) in row.taken.items() if _kept(getattr(winner, name)) == after]
    for name in fields:
        setattr(winner, name, row.taken[name][0])
    if fields:
        winner.save(update_fields=[*(name.removesuffix("_id") for name in fields), "updated_at"])
    LeadLikeness.objects.filter(customer=loser, state=LikenessState.MERGED, decided_by=None).update(
        state=LikenessState.OPEN
    )
    loser.merged_into = None
    loser.save(update_fields=["merged_into", "updated_at"])
    write_customer_keys([winner, loser])
    row.undone_by, row.undone_at = by, timezone.now()
    row.save(update_fields=["undone_by", "undone_at"])
    return loser


def counts_of(customer: EndCustomer) -> list[tuple[str, int]]:
    """What hangs on an end customer and would go along: how many of each kind, those that there are."""
    found = []
    for _label, model, name in hanging():
        if model is not LeadLikeness and (count := model._base_manager.filter(**{name: customer.pk}).count()):
            found.append((str(model._meta.verbose_name_plural), count))
    return found


def _locked(*keys: int) -> list[EndCustomer]:
    rows = EndCustomer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in keys]


def _take(winner: EndCustomer, loser: EndCustomer) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    agreed = AGREED if not winner.consent and not winner.consented_at and loser.consented_at else ()
    if loser.consent_ended_at and not winner.consent_ended_at:
        agreed = AGREED  # who must not be contacted by one record must not be by the other
    for name in (*TAKEN, *agreed):
        mine, theirs = getattr(winner, name), getattr(loser, name)
        if theirs not in (None, "") and (mine in (None, "") or name in agreed) and mine != theirs:
            setattr(winner, name, theirs)
            taken[name] = [_kept(mine), _kept(theirs)]
    if loser.note and loser.note not in winner.note:
        note = f"{winner.note}\n\n{loser.note}".strip()[:4000]
        taken["note"] = [winner.note, note]
        winner.note = note
    if taken:
        winner.save(update_fields=[*(name.removesuffix("_id") for name in taken), "updated_at"])
    return taken


def _move(before: int, to: int) -> dict[str, list[int]]:
    """Hang everything on another end customer; returns the keys of what moved."""
    moved: dict[str, list[int]] = {}
    for label, model, name in hanging():
        rows = model._base_manager.filter(**{name: before})
        if model is LeadLikeness:  # a lead looks like one end customer once
            known = LeadLikeness.objects.filter(customer=to).values("lead")
            rows.filter(lead__in=known, state=LikenessState.OPEN).update(state=LikenessState.MERGED)
            rows = rows.exclude(lead__in=known)
        rows = _without_doubles(rows, name, to)
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if keys:
            model._base_manager.filter(pk__in=keys).update(**{name: to})
            moved[label] = keys
    return moved


def _without_doubles(rows: models.QuerySet[Any], name: str, to: int) -> models.QuerySet[Any]:
    """Without what there may be once of an end customer, and is already of the one that stays: both were readers of one
    campaign. That stays with the other; whoever reads it finds the one that stands (`commerce.selectors.records_of`)."""
    for rule in rows.model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and name in rule.fields:
            once = rule.condition or models.Q()
            same = {field: models.OuterRef(field) for field in rule.fields if field not in (name, "manufacturer")}
            own = rows.model._base_manager.filter(once, **{name: to}, **same)
            rows = rows.exclude(once & models.Q(models.Exists(own)))
    return rows


def _kept(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
