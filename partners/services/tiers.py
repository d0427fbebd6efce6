"""Everything that changes the two tiers: a relation declared, answered and ended; steps in a sub-partner's place.

Partners write no relation themselves: what they declare or answer is put down by the house, which alone may set
`Partner.parent`.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import (
    OnBehalf,
    Paper,
    PaperType,
    Partner,
    Relation,
    RelationSide,
    RelationState,
    Specialisation,
    Stage,
)
from partners.selectors import tiers as reading
from partners.services import papers, tiers_notices
from partners.services.partners import PartnerError, check_parent, update_partner
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope

MOST_WAITING = 20
"""So many declarations of one partner may wait at a time."""
MOST_A_DAY = 40
"""So many may it make in a day, whatever becomes of them: nobody finds out codes by declaring and withdrawing."""
MOST_TRIES = 10
"""So many codes or numbers that name nobody may it try within `TRIES_WINDOW`."""
TRIES_WINDOW = 3600
"""Seconds that such tries are counted in."""


class RelationError(DomainError):
    """A step that a relation cannot take now."""


def declare_relation(partner: Partner, *, side: str, given: str, by: Membership, note: str = "") -> Relation:
    """A partner says that another, named by its code or business number, belongs to it (`above`) or stands above it
    (`below`). It takes effect when the other or staff confirm it. Again is the same."""
    own = RelationSide(side)
    with house_scope(), transaction.atomic():
        named = _named(partner, given)
        rows = _lock_partners(partner.pk, named.pk)
        partner, other = rows[partner.pk], rows[named.pk]
        above, below = (partner, other) if own == RelationSide.ABOVE else (other, partner)
        if own == RelationSide.BELOW and below.parent_id == above.pk:
            raise RelationError(_("You belong to this partner already."))
        if own == RelationSide.ABOVE and below.parent_id == above.pk:
            raise RelationError(_("This partner belongs to you already."))
        known = Relation.objects.filter(above=above, below=below, state=RelationState.WAITING).first()
        if known is not None:
            return known if known.declared_by == own else confirm_relation(known, by=by)
        _check_number(partner)
        relation = Relation(
            above=above, below=below, declared_by=own, declared_member=by, given=given.strip()[:64], note=note.strip()
        )
        relation.save(force_insert=True)
        tiers_notices.tell_declared(relation)
    return relation


def _named(partner: Partner, given: str) -> Partner:
    """The other partner that a partner names. What names nobody is counted, and soon nothing is looked up any more."""
    key = f"relation-tries:{partner.manufacturer_id}:{partner.pk}"
    if cache.get(key, 0) >= MOST_TRIES:
        raise RelationError(_("Too many of these were not known to us. Try again in an hour."))
    found = reading.partners_given(given)
    other = Partner.objects.filter(pk__in=found).exclude(stage__in=[Stage.DRAFT, Stage.ENDED]).first()
    if len(found) == 1 and other is not None:
        if other.pk == partner.pk:
            raise RelationError(_("This is your own code."))
        return other
    cache.add(key, 0, TRIES_WINDOW)
    try:
        cache.incr(key)
    except ValueError:  # ended between the two
        cache.add(key, 1, TRIES_WINDOW)
    if len(found) > 1:
        raise RelationError(_("Several partners have this business number. Give the partner's code."))
    raise RelationError(_("We know no partner by this code or business number. Look at an order or invoice of theirs."))


def _check_number(partner: Partner) -> None:
    """Refuse one more declaration of a partner where many wait, or many were made since yesterday."""
    own = Relation.objects.filter(
        Q(above=partner, declared_by=RelationSide.ABOVE) | Q(below=partner, declared_by=RelationSide.BELOW)
    )
    if own.filter(state=RelationState.WAITING).count() >= MOST_WAITING:
        raise RelationError(_("Many of your declarations still wait. Wait for their answers, or withdraw some."))
    if own.filter(declared_at__gt=timezone.now() - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise RelationError(_("These are many for one day. Go on tomorrow."))


def _lock_partners(*keys: int) -> dict[int, Partner]:
    """Lock partners in one order, before their relations, so that steps of both sides take turns."""
    rows = Partner.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in rows}


def confirm_relation(relation: Relation, *, by: Membership) -> Relation:
    """The other side, or staff, say that it is so: the sub-partner belongs to the partner above from now on.

    Where it belonged to another, that has ended with it, and so has what it had agreed to show there.
    """
    with house_scope(), transaction.atomic():
        _lock_partners(relation.above_id, relation.below_id)
        relation = _locked(relation)
        side = _side_of(relation, by)
        if relation.state == RelationState.CONFIRMED:
            return relation
        _check_answer(relation, side)
        above, below = (Partner.objects.get(pk=pk) for pk in (relation.above_id, relation.below_id))
        for each in (above, below):
            if each.stage == Stage.ENDED:
                raise RelationError(_("%(partner)s is no longer a partner") % {"partner": each})
        before = below.parent_id
        below.parent = above
        try:
            check_parent(below)
        except PartnerError as error:
            raise RelationError(str(error)) from error
        if before != relation.above_id:
            below.save(update_fields=["parent", "updated_at"])
        _answer(relation, RelationState.CONFIRMED, side, by)
        tiers_notices.tell_answered(relation, by=by, moved_from=before if before != relation.above_id else None)
    return relation


def refuse_relation(relation: Relation, *, by: Membership, reason: str = "") -> Relation:
    """The other side, or staff, say that it is not so. Staff give a reason."""
    reason = reason.strip()
    if by.is_staff and not reason:
        raise RelationError(_("Say why, so that the partner understands it."))
    with house_scope(), transaction.atomic():
        relation = _locked(relation)
        side = _side_of(relation, by)
        if relation.state == RelationState.REFUSED:
            return relation
        _check_answer(relation, side)
        relation.reason = reason[:500]
        _answer(relation, RelationState.REFUSED, side, by)
        tiers_notices.tell_answered(relation, by=by)
    return relation


def withdraw_relation(relation: Relation, *, by: Membership) -> Relation:
    """Who declared it takes it back before it is answered."""
    with house_scope(), transaction.atomic():
        relation = _locked(relation)
        if relation.state == RelationState.WITHDRAWN:
            return relation
        if relation.state != RelationState.WAITING or _side_of(relation, by) != relation.declared_by:
            raise RelationError(_("This has been answered meanwhile."))
        _answer(relation, RelationState.WITHDRAWN, _side_of(relation, by), by)
    return relation


def end_relation(below_id: int, *, by: Membership, reason: str = "") -> Relation:
    """A sub-partner no longer belongs to the one above it: said by either of the two, or by staff, who hear of it.

    What it had agreed to show ends at once.
    """
    with house_scope(), transaction.atomic():
        below = Partner.objects.select_for_update(no_key=True).get(pk=below_id)
        if below.parent_id is None or not (by.is_staff or by.partner_id in (below.pk, below.parent_id)):
            raise RelationError(_("This partner belongs to nobody any more."))
        relation = Relation.objects.filter(below=below, above_id=below.parent_id, state=RelationState.CONFIRMED).first()
        if relation is None:  # staff or a file had said that it belongs there
            relation = Relation(above_id=below.parent_id, below=below, declared_by=RelationSide.STAFF)
            relation.answered_by, relation.answered_at = RelationSide.STAFF, timezone.now()
        side = _side_of(relation, by)
        relation.state, relation.ended_by, relation.ended_at = RelationState.ENDED, side, timezone.now()
        relation.reason = reason.strip()[:500]
        relation.save()
        Partner.objects.filter(pk=below.pk).update(parent=None, updated_at=timezone.now())
        tiers_notices.tell_ended(relation, by=by)
    return relation


def _locked(relation: Relation) -> Relation:
    return Relation.objects.select_for_update(no_key=True).get(pk=relation.pk)


def _side_of(relation: Relation, by: Membership) -> RelationSide:
    if by.is_staff:
        if not by.can(Right.PARTNERS_EDIT):
            raise RelationError(_("Your role does not allow deciding who belongs to whom."))
        return RelationSide.STAFF
    if by.partner_id == relation.above_id:
        return RelationSide.ABOVE
    if by.partner_id == relation.below_id:
        return RelationSide.BELOW
    raise RelationError(_("This is between two other partners."))


def _check_answer(relation: Relation, side: RelationSide) -> None:
    if relation.state != RelationState.WAITING:
        raise RelationError(_("This has been answered meanwhile."))
    if side == relation.declared_by:
        raise RelationError(_("The other partner answers this, or the manufacturer."))


def _answer(relation: Relation, state: RelationState, side: RelationSide, by: Membership) -> None:
    relation.state, relation.answered_by, relation.answered_member = state, side, by
    relation.answered_at = timezone.now()
    try:
        with transaction.atomic():
            relation.save(update_fields=["state", "answered_by", "answered_member", "answered_at", "reason"])
    except IntegrityError as error:
        raise RelationError(_("This partner belongs to another one already.")) from error


# --- In a sub-partner's place -----------------------------------------------------------------------------------------


@transaction.atomic
def edit_for(
    shop: reading.Shop,
    partner: Partner,
    *,
    fields: Iterable[str],
    specialisations: Iterable[Specialisation],
    by: Membership,
) -> OnBehalf:
    """The partner above puts a sub-partner's profile right. The database lets it only where the shop has agreed."""
    names = sorted(set(fields))
    if not shop.may_act:
        raise RelationError(_("%(partner)s does not let you act in its place.") % {"partner": shop})
    update_partner(partner, fields=names, specialisations=specialisations)
    labels = ", ".join(str(field.verbose_name) for field in Partner._meta.concrete_fields if field.name in names)
    return _put_down(partner, OnBehalf.What.PROFILE, labels, by)


@transaction.atomic
def hand_in_for(shop: reading.Shop, kind: PaperType, *, upload: Any, by: Membership, **read: Any) -> Paper:
    """The partner above hands in a compliance paper for a sub-partner that lets it act; it waits for review as ever."""
    if not shop.may_hand_in:
        raise RelationError(_("%(partner)s does not let you act in its place.") % {"partner": shop})
    partner = Partner(pk=shop.id, manufacturer_id=by.manufacturer_id, name=shop.name, local_name=shop.local_name)
    paper = papers.hand_in_paper(partner, kind, upload=upload, by=by, acting=True, **read)
    _put_down(partner, OnBehalf.What.PAPER, str(kind), by)
    return paper


def _put_down(partner: Partner, what: OnBehalf.What, detail: str, by: Membership) -> OnBehalf:
    step = OnBehalf(partner_id=partner.pk, acting=by.partner, by=by, by_name=by.name, what=what, detail=detail[:300])
    step.save(force_insert=True)
    tiers_notices.tell_acted(step)
    return step
