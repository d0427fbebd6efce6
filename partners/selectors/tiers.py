"""Everything read of the two tiers: relations as they were declared, and what a partner may know of its shops."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from partners.models import (
    OnBehalf,
    Partner,
    PartnerSummary,
    Relation,
    RelationSide,
    RelationState,
    Task,
    TaskState,
    shown_name,
)
from tenancy.models import DataKind, Membership
from tenancy.rights import Right

COMPARED_AT_MOST = 8
"""So many shops stand side by side."""


def relations_for(member: Membership) -> QuerySet[Relation]:
    """For staff: the relations of the partners they see, on either side."""
    relations = Relation.objects.select_related("above", "below")
    if member.can(Right.PARTNERS_VIEW_ALL):
        return relations
    return relations.filter(Q(above__channel_manager=member) | Q(below__channel_manager=member))


def relations_to_decide(member: Membership) -> QuerySet[Relation]:
    """What was declared and neither the other side nor staff have answered, the oldest first."""
    return relations_for(member).filter(state=RelationState.WAITING).order_by("declared_at", "pk")


@dataclass(frozen=True)
class RelationLine:
    """A relation as one of its partners may see it: what the other is called, or what was given for it."""

    relation: Relation
    other: str
    is_above: bool
    """Whether the reading partner is the one above."""

    @property
    def is_to_answer(self) -> bool:
        """Whether it waits for the reading partner."""
        own = RelationSide.ABOVE if self.is_above else RelationSide.BELOW
        return self.relation.state == RelationState.WAITING and self.relation.declared_by != own

    @property
    def is_own(self) -> bool:
        """Whether the reading partner has declared it and it still waits."""
        return self.relation.state == RelationState.WAITING and not self.is_to_answer


def relation_lines(partner: Partner, relations: QuerySet[Relation] | None = None) -> list[RelationLine]:
    """In a partner's scope: the relations it stands in, newest first, without a name that it may not know. Two queries."""
    own = Q(above=partner) | Q(below=partner)
    found = (Relation.objects.all() if relations is None else relations).filter(own).order_by("-declared_at", "-pk")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, local_name FROM partners_relation_names()")
        names = {pk: shown_name(name, local) for pk, name, local in cursor.fetchall()}
    return [
        RelationLine(relation, names.get(relation.pk, relation.given), relation.above_id == partner.pk)
        for relation in found
    ]


def open_lines(partner: Partner) -> list[RelationLine]:
    """In a partner's scope: what waits for its answer, or for the other's."""
    return relation_lines(partner, Relation.objects.filter(state=RelationState.WAITING))


def lines_to_answer(partner: Partner) -> list[RelationLine]:
    """In a partner's scope: what waits for its answer. One query where there is nothing."""
    asked = Q(above=partner, declared_by=RelationSide.BELOW) | Q(below=partner, declared_by=RelationSide.ABOVE)
    keys = list(Relation.objects.filter(asked, state=RelationState.WAITING).values_list("pk", flat=True))
    return relation_lines(partner, Relation.objects.filter(pk__in=keys)) if keys else []


@dataclass(frozen=True)
class Shop:
    """A partner that belongs to the reading one, with what it shows and nothing else."""

    id: int
    name: str
    local_name: str
    shared: frozenset[str]
    partner: Partner | None = None
    summary: PartnerSummary | None = None
    open_tasks: int | None = None
    labels: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return shown_name(self.name, self.local_name)

    def shows(self, kind: str) -> bool:
        """Whether it has agreed to show this kind of data."""
        return kind in self.shared

    @property
    def may_act(self) -> bool:
        """Whether the profile may be changed in its place."""
        return {DataKind.SERVICE, DataKind.PROFILE} <= self.shared

    @property
    def may_hand_in(self) -> bool:
        """Whether papers may be handed in in its place."""
        return {DataKind.SERVICE, DataKind.PAPERS} <= self.shared


def own_shops(only: Iterable[int] | None = None) -> list[Shop]:
    """In a partner's scope: those that belong to it, by name, with the figures, profiles and tasks that they show.

    Four queries at any number. What is not shared the database does not give out.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, local_name, shared FROM partners_own_shops()")
        rows = cursor.fetchall()
    if only is not None:
        chosen = set(only)
        rows = [row for row in rows if row[0] in chosen]
    keys = [row[0] for row in rows]
    profiles = Partner.objects.select_related("kind").in_bulk(keys)
    summaries = PartnerSummary.objects.in_bulk(keys)
    tasks = dict(
        Task.objects.filter(partner__in=keys, state=TaskState.OPEN)
        .order_by()
        .values("partner_id")
        .annotate(count=Count("pk"))
        .values_list("partner_id", "count")
    )
    return [
        Shop(
            id=pk,
            name=name,
            local_name=local_name,
            shared=frozenset(shared),
            partner=profiles.get(pk),
            summary=summaries.get(pk),
            open_tasks=tasks.get(pk, 0) if DataKind.TASKS in shared else None,
            labels=[str(kind.label) for kind in DataKind if kind in shared],
        )
        for pk, name, local_name, shared in rows
    ]


def shops_sharing(kind: str) -> dict[int, str]:
    """In a partner's scope: the names of those that belong to it and share a kind of data with it, in order. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, local_name FROM partners_own_shops() WHERE %s = ANY (shared)", [kind])
        return {pk: shown_name(name, local_name) for pk, name, local_name in cursor.fetchall()}


def shop_of(pk: int) -> Shop | None:
    """In a partner's scope: one that belongs to it, or nothing."""
    return next(iter(own_shops([pk])), None)


def steps_for(partner_id: int) -> QuerySet[OnBehalf]:
    """What the partner above did in this partner's place, newest first."""
    return OnBehalf.objects.filter(partner=partner_id).order_by("-at", "-pk")


def partners_given(text: str) -> list[int]:
    """As staff see them: the partners with this code, or else this business number however it is written."""
    given = text.strip()
    known = Partner.objects.filter(merged_into=None)
    found = list(known.filter(code__iexact=given).values_list("pk", flat=True)[:2])
    key = _plain(given)
    if found or len(key) < SHORTEST_NUMBER:
        return found
    return [pk for pk, number in _numbers(known, key) if _plain(number) == key][:2]


SHORTEST_NUMBER = 6
"""A shorter text is no business number."""


def _numbers(partners: QuerySet[Partner], key: str) -> Iterable[tuple[int, str]]:
    """Partners whose business number ends alike: the last three digits are written the same way everywhere."""
    rows: Any = partners.filter(business_number__endswith=key[-3:]).values_list("pk", "business_number")
    return rows


def _plain(text: str) -> str:
    from partners.prospect_keys import number_key

    return number_key(text)
