"""Who hears of relations between partners. Each side is told the other's name only where it may know it."""

from typing import Any

from django.db.models import QuerySet

from notices.services import tell
from partners.models import OnBehalf, Partner, Relation, RelationSide, RelationState
from partners.notice_kinds import tiers as kinds
from partners.services.agreement_notices import carers_of
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with


def deciders_of(partner_id: int | None) -> QuerySet[Membership]:
    """Those of a partner's people who decide what it says of itself."""
    return members_with(Right.PORTAL_PROFILE_EDIT).filter(partner=partner_id)


def tell_declared(relation: Relation) -> None:
    """The other side is asked; who looks after the sub-partner hears of it."""
    above, below = _both(relation)
    asked, asking = (below, above) if relation.declared_by == RelationSide.ABOVE else (above, below)
    facts = {"relation": relation.pk, "partner": asking.names, "side": relation.declared_by}
    tell(deciders_of(asked.pk), kinds.RELATION_ASKED, key=f"relation-asked-{relation.pk}", facts=facts)
    tell(
        carers_of(below),
        kinds.RELATION_DECLARED,
        key=f"relation-declared-{relation.pk}",
        facts=facts | {"above": above.names, "below": below.names},
    )


def tell_answered(relation: Relation, *, by: Membership, moved_from: int | None = None) -> None:
    """Who declared it hears the answer, and where staff have answered, so does the other side; staff hear the rest."""
    above, below = _both(relation)
    is_confirmed = relation.state == RelationState.CONFIRMED
    facts: dict[str, Any] = {"relation": relation.pk, "state": relation.state, "reason": relation.reason}
    for own, other, side in ((above, below, RelationSide.ABOVE), (below, above, RelationSide.BELOW)):
        if side == relation.answered_by:
            continue
        known = is_confirmed or relation.declared_by not in (side, RelationSide.STAFF)
        tell(
            deciders_of(own.pk),
            kinds.RELATION_ANSWERED,
            key=f"relation-answered-{relation.pk}-{side}",
            facts=facts | {"partner": other.names if known else relation.given, "side": side},
        )
    if not by.is_staff:
        tell(
            carers_of(below),
            kinds.RELATION_SETTLED,
            key=f"relation-settled-{relation.pk}",
            facts=facts | {"above": above.names, "below": below.names},
        )
    if moved_from is not None:
        tell(
            deciders_of(moved_from),
            kinds.RELATION_ENDED,
            key=f"relation-left-{relation.pk}",
            facts={"partner": below.names, "side": RelationSide.ABOVE, "reason": ""},
        )


def tell_ended(relation: Relation, *, by: Membership) -> None:
    """The other side and staff hear that a relation has ended."""
    above, below = _both(relation)
    for own, other, side in ((above, below, RelationSide.ABOVE), (below, above, RelationSide.BELOW)):
        if side != relation.ended_by:
            facts = {"relation": relation.pk, "partner": other.names, "side": side, "reason": relation.reason}
            tell(deciders_of(own.pk), kinds.RELATION_ENDED, key=f"relation-ended-{relation.pk}-{side}", facts=facts)
    if not by.is_staff:
        facts = {"relation": relation.pk, "above": above.names, "below": below.names, "reason": relation.reason,
                 "state": relation.state}  # fmt: skip
        tell(carers_of(below), kinds.RELATION_SETTLED, key=f"relation-ended-{relation.pk}", facts=facts)


def tell_acted(step: OnBehalf) -> None:
    """A sub-partner hears what was done in its place."""
    with house_scope():
        acting = Partner.objects.get(pk=step.acting_id)
        facts = {"partner": acting.names, "who": step.by_name, "what": step.what, "detail": step.detail}
        tell(deciders_of(step.partner_id), kinds.ACTED_FOR, key=f"acted-for-{step.pk}", facts=facts)


def _both(relation: Relation) -> tuple[Partner, Partner]:
    found = Partner.objects.select_related("channel_manager").in_bulk([relation.above_id, relation.below_id])
    return found[relation.above_id], found[relation.below_id]
