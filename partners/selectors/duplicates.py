"""What is read about possible duplicates and merges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from partners.blocking import MOST_IN_BLOCK, blocking_keys, hashed
from partners.matching import Company, Match, compare, prepare
from partners.models import DuplicatePair, MatchKey, PairState, Partner, PartnerMerge

COMPARED = (
    "name", "local_name", "business_number", "phone", "email", "website", "address", "city", "postal_code", "country",
)  # fmt: skip
"""The columns of a partner that are compared, in the order of `Company`."""
WARN_FROM = 0.5
"""Somebody who types a new partner is shown what is only possibly the same, too."""


@dataclass(frozen=True)
class Likeness:
    """A partner that looks like the company asked for, and why."""

    partner: Partner
    match: Match

    @property
    def percent(self) -> int:
        """How sure, in whole per cent; never 100, since nobody has looked yet."""
        return shown_percent(self.match.score)


def shown_percent(score: float) -> int:
    """A score in whole per cent; never 100, since it is a probability."""
    return min(99, round(100 * score))


def company_of(values: Sequence[Any]) -> Company:
    """A company out of the columns named in `COMPARED`."""
    return Company(*values)


def duplicates_of(
    company: Company, *, least: float = WARN_FROM, limit: int = 5, apart_from: int | None = None
) -> list[Likeness]:
    """The partners that look like `company`, the surest first. Two queries, also among very many partners.

    In a staff scope. `least`: from which score on; `apart_from`: the partner that is being edited.
    """
    prepared = prepare(company)
    if not prepared.names and not prepared.business_number and not prepared.phone and not prepared.email:
        return []
    keys = [hashed(key) for key in blocking_keys(prepared)]
    shared: dict[int, set[int]] = {}
    for key, pk in MatchKey.objects.filter(key__in=keys).values_list("key", "partner_id")[: MOST_IN_BLOCK * len(keys)]:
        shared.setdefault(key, set()).add(pk)
    near = {pk for members in shared.values() if len(members) <= MOST_IN_BLOCK for pk in members} - {apart_from}
    partners = Partner.objects.filter(pk__in=near, merged_into=None).select_related("kind")
    found = [
        Likeness(partner, match)
        for partner in partners
        if (match := compare(prepared, prepare(company_of([getattr(partner, name) for name in COMPARED])))).score
        >= least
    ]
    return sorted(found, key=lambda each: (-each.match.score, each.partner.pk))[:limit]


def duplicate_pairs() -> QuerySet[DuplicatePair]:
    """All pairs of partners that are still there, with both."""
    return DuplicatePair.objects.filter(first__merged_into=None, second__merged_into=None).select_related(
        "first__kind", "second__kind", "first__channel_manager", "second__channel_manager", "decided_by"
    )


def open_pairs() -> QuerySet[DuplicatePair]:
    """The pairs that somebody has to decide about."""
    return duplicate_pairs().filter(state=PairState.OPEN)


def latest_merges() -> QuerySet[PartnerMerge]:
    """All merges, latest first."""
    return PartnerMerge.objects.select_related("winner", "loser", "merged_by", "undone_by").order_by(
        "-merged_at", "-pk"
    )
