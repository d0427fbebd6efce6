"""What becomes of the tables of partners in a merge, where rows do not simply move."""

from typing import Any

from django.core import serializers
from django.utils.translation import gettext_lazy as _

from partners.merging import Items, register_rule
from partners.models import (
    MatchKey,
    Partner,
    PartnerCard,
    PartnerSummary,
    Relation,
    RelationState,
    StageProposal,
)
from tenancy.models import Sharing


def move_figures(winner: int, loser: int) -> Items:
    """The lists' figures add up at once; the recompute that follows counts them anew."""
    rows = {row.partner_id: row for row in PartnerSummary.objects.select_for_update().filter(pk__in=(winner, loser))}
    ours, theirs = rows.get(winner), rows.get(loser)
    if ours is None or theirs is None or not _has_figures(theirs):
        return []
    kept = [_stored(ours), _stored(theirs)]
    ours.revenue += theirs.revenue
    ours.previous_revenue += theirs.previous_revenue
    size = max(len(ours.monthly), len(theirs.monthly))
    ours.monthly = [a + b for a, b in zip(_padded(ours.monthly, size), _padded(theirs.monthly, size), strict=True)]
    ours.last_sale_on = max(filter(None, (ours.last_sale_on, theirs.last_sale_on)), default=None)
    ours.growth = None if ours.change is None else round(ours.change, 2)
    ours.save(update_fields=["revenue", "previous_revenue", "monthly", "last_sale_on", "growth"])
    blank = PartnerSummary(partner_id=loser, as_of=theirs.as_of)
    blank.save(force_update=True, update_fields=_figures())
    return kept


def figures_back(winner: int, loser: int, items: Items) -> None:
    """Both lines of figures as they were; one that was counted anew meanwhile waits for the next recompute."""
    for text in items[:2]:
        for restored in serializers.deserialize("python", [text]):
            row: Any = restored.object
            now = PartnerSummary.objects.filter(pk=row.pk).first()
            if now is not None and now.as_of == row.as_of:
                row.save(force_update=True, update_fields=_figures())


def _figures() -> list[str]:
    return [
        field.name
        for field in PartnerSummary._meta.concrete_fields
        if not field.generated and not field.primary_key and field.name != "manufacturer"
    ]


def _stored(row: PartnerSummary) -> Any:
    return serializers.serialize("python", [row], fields=_figures())[0]


def _has_figures(row: PartnerSummary) -> bool:
    return bool(row.revenue or row.previous_revenue or row.monthly or row.last_sale_on or row.tier_rank)


def _padded(months: list[Any], size: int) -> list[Any]:
    return [0] * (size - len(months)) + list(months)


def close_proposals(winner: int, loser: int) -> Items:
    """Nobody decides any more at which stage a merged record belongs."""
    found = StageProposal.objects.filter(partner_id=loser, state=StageProposal.State.OPEN)
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    StageProposal.objects.filter(pk__in=keys).update(state=StageProposal.State.OUTDATED)
    return keys


def reopen_proposals(winner: int, loser: int, items: Items) -> None:
    closed = StageProposal.objects.filter(pk__in=items, state=StageProposal.State.OUTDATED)
    closed.update(state=StageProposal.State.OPEN)


def forget_keys(winner: int, loser: int) -> Items:
    """A merged record is nobody's duplicate."""
    found = MatchKey.objects.filter(partner_id=loser)
    keys = list(found.values_list("key", flat=True))
    found.delete()
    return keys


def remember_keys(winner: int, loser: int, items: Items) -> None:
    known = set(MatchKey.objects.filter(partner_id=loser).values_list("key", flat=True))
    MatchKey.objects.bulk_create([MatchKey(partner_id=loser, key=key) for key in items if key not in known])


def move_sharings(winner: int, loser: int) -> Items:
    """What the merged record showed to the partner above it goes on, where the same partner stands above the winner."""
    above = Partner.objects.values_list("parent_id", flat=True).get(pk=winner)
    known = set(Sharing.objects.filter(partner_id=winner, withdrawn_at=None).values_list("above_id", "data_kind"))
    theirs = Sharing.objects.filter(partner_id=loser, above_id=above, withdrawn_at=None)
    keys = [row.pk for row in theirs.order_by("pk") if (row.above_id, row.data_kind) not in known]
    Sharing.objects.filter(pk__in=keys).update(partner_id=winner)
    return keys


def sharings_back(winner: int, loser: int, items: Items) -> None:
    Sharing.objects.filter(pk__in=items, partner_id=winner).update(partner_id=loser)


def move_relations(winner: int, loser: int) -> Items:
    """Where the merged record was to belong moves; where it did belong only if the winner belongs there, too. Else that
    stays with the merged record: a confirmed relation beside the winner's own place would let no other be confirmed."""
    above = Partner.objects.values_list("parent_id", flat=True).get(pk=winner)
    ours = Relation.objects.filter(below=winner, state__in=(RelationState.WAITING, RelationState.CONFIRMED))
    known = dict(ours.values_list("above_id", "state"))
    keys = []
    for row in Relation.objects.select_for_update().filter(below=loser).exclude(above=winner).order_by("pk"):
        is_confirmed = row.state == RelationState.CONFIRMED
        if is_confirmed and (row.above_id != above or RelationState.CONFIRMED in known.values()):
            continue
        if row.above_id in known and (is_confirmed or row.state == RelationState.WAITING):
            continue
        keys.append(row.pk)
    Relation.objects.filter(pk__in=keys).update(below=winner)
    return keys


def relations_back(winner: int, loser: int, items: Items) -> None:
    Relation.objects.filter(pk__in=items, below=winner).update(below=loser)


def hide_card(winner: int, loser: int) -> Items:
    """The merged record's card becomes the winner's where it has none, and is shown to nobody until the winner says so."""
    card = PartnerCard.objects.select_for_update().filter(partner=loser).first()
    if card is None:
        return []
    stays = PartnerCard.objects.filter(partner=winner).exists()
    if stays and not card.is_published:
        return []
    to = loser if stays else winner
    PartnerCard.objects.filter(pk=card.pk).update(partner=to, is_published=False)
    return [[card.pk, card.is_published]]


def card_back(winner: int, loser: int, items: Items) -> None:
    for pk, was_published in items:
        cards = PartnerCard.objects.filter(pk=pk, partner__in=(winner, loser))
        cards.update(partner=loser, is_published=was_published)


register_rule("tenancy.Sharing", "partner", move=move_sharings, back=sharings_back)
register_rule("partners.Relation", "below", move=move_relations, back=relations_back)
register_rule("partners.PartnerCard", "partner", move=hide_card, back=card_back)
register_rule("partners.PartnerSummary", "partner", move=move_figures, back=figures_back)
register_rule("partners.StageMove", "partner", stays=_("The stages through which the record itself went."))
register_rule("partners.StageProposal", "partner", move=close_proposals, back=reopen_proposals)
register_rule("partners.MatchKey", "partner", move=forget_keys, back=remember_keys)
register_rule("partners.DuplicatePair", "first", stays=_("What was decided about this record."))
register_rule("partners.DuplicatePair", "second", stays=_("What was decided about this record."))
register_rule("partners.PartnerMerge", "winner", stays=_("What was merged, as it was merged."))
register_rule("partners.PartnerMerge", "loser", stays=_("What was merged, as it was merged."))
register_rule("partners.FieldCorrection", "partner", stays=_("What was put right on this record."))
register_rule("partners.AudienceMember", "partner", stays=_("A frozen audience stays as it was."))
