"""How good the fields of profiles are, one by one: how often filled, how old, from whom, and whether anything reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.text import capfirst

from partners.field_use import uses_by_field
from partners.models import FieldCorrection
from partners.profile import field_labels
from partners.provenance import FIELDS, SOURCES, stale_before
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right

OFTEN_MISSING = 80
"""Per cent of partners: a field that is needed and filled less often is put forward."""
DAYS_IN_MONTH = 30.44

# One pass over the partners that the member sees (`partners_for`), all their fields at once. What is the same, of whole
# profiles and then of fields, is counted first, so that each day and source is taken apart once.
STANDING = """
SELECT key, value ->> 0, sum(number)::bigint, sum(number * (%(today)s::date - (value ->> 1)::date))::bigint,
    coalesce(sum(number) FILTER (WHERE value ->> 1 < %(old)s), 0)::bigint
FROM (
    SELECT key, value, sum(number) AS number
    FROM (
        SELECT p.provenance, count(*) AS number FROM partners_partner p
        WHERE p.merged_into_id IS NULL AND p.stage <> 'ended'
        AND (%(manager)s::bigint IS NULL OR p.channel_manager_id = %(manager)s)
        GROUP BY 1
    ) profiles CROSS JOIN LATERAL jsonb_each(profiles.provenance)
    GROUP BY 1, 2
) fields
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class SourceShare:
    """What a source has told: how much of it stands, and how much another source has put right since."""

    source: str
    standing: int
    corrected: int
    percent: int
    """Of all values that stand."""

    @property
    def label(self) -> str:
        return str(SOURCES.get(self.source, self.source))

    @property
    def told(self) -> int:
        return self.standing + self.corrected

    @property
    def percent_corrected(self) -> int:
        """Of all that it has told, how much was wrong or out of date by what another source said later."""
        return percent_of(self.corrected, self.told)


@dataclass(frozen=True)
class FieldQuality:
    """One field of the profile over all partners."""

    name: str
    label: str
    filled: int
    percent: int
    months: int | None
    """How long ago its values were last said to be right, on average."""
    percent_old: int
    """Of the values that stand, those that nobody has said to be right within a year."""
    sources: list[SourceShare]
    uses: list[str]

    @property
    def is_used(self) -> bool:
        return bool(self.uses)

    @property
    def is_missing(self) -> bool:
        """Needed, and often not there."""
        return self.is_used and self.percent < OFTEN_MISSING


@dataclass
class _Standing:
    """What stands of a field, added up."""

    by_source: dict[str, int] = field(default_factory=dict)
    days: int = 0
    old: int = 0


def field_qualities(member: Membership, partners: int) -> list[FieldQuality]:
    """Every field of the profile, own ones too, in the order in which partners are asked, for the partners that a member
    sees (`partners` of them). A fixed number of queries, whatever the number of partners.
    """
    labels = field_labels()
    standing = _standing(member)
    corrected = _corrected(member)
    uses = uses_by_field()
    names = [*FIELDS, *(name for name in labels if name not in FIELDS)]
    return [
        _quality(name, labels[name], standing.get(name, _Standing()), corrected, partners, uses.get(name, []))
        for name in names
    ]


def source_shares(fields: Sequence[FieldQuality]) -> list[SourceShare]:
    """All fields together, by source, the one that told most first."""
    standing: dict[str, int] = {}
    corrected: dict[str, int] = {}
    for each in fields:
        for share in each.sources:
            standing[share.source] = standing.get(share.source, 0) + share.standing
            corrected[share.source] = corrected.get(share.source, 0) + share.corrected
    return _shares(standing, corrected)


def _quality(
    name: str,
    label: str,
    standing: _Standing,
    corrected: Mapping[tuple[str, str], int],
    partners: int,
    uses: list[str],
) -> FieldQuality:
    filled = sum(standing.by_source.values())
    wrong = {source: count for (of, source), count in corrected.items() if of == name}
    return FieldQuality(
        name=name,
        label=capfirst(label),
        filled=filled,
        percent=percent_of(filled, partners),
        months=round(standing.days / filled / DAYS_IN_MONTH) if filled else None,
        percent_old=percent_of(standing.old, filled),
        sources=_shares(standing.by_source, wrong),
        uses=uses,
    )


def _shares(standing: Mapping[str, int], corrected: Mapping[str, int]) -> list[SourceShare]:
    whole = sum(standing.values())
    shares = [
        SourceShare(source, count := standing.get(source, 0), corrected.get(source, 0), percent_of(count, whole))
        for source in standing.keys() | corrected.keys()
    ]
    return sorted(shares, key=lambda share: (-share.standing, -share.corrected, share.source))


def _standing(member: Membership) -> dict[str, _Standing]:
    sees_all = member.can(Right.PARTNERS_VIEW_ALL)
    found: dict[str, _Standing] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            STANDING,
            {
                "today": timezone.localdate(),
                "old": stale_before().isoformat(),
                "manager": None if sees_all else member.pk,
            },
        )
        for name, source, count, days, old in cursor.fetchall():
            each = found.setdefault(name, _Standing())
            each.by_source[source] = count
            each.days += days
            each.old += old
    return found


def _corrected(member: Membership) -> dict[tuple[str, str], int]:
    rows = FieldCorrection.objects.all()
    if not member.can(Right.PARTNERS_VIEW_ALL):
        rows = rows.filter(partner__in=partners_for(member).values("pk"))
    counted = rows.order_by().values_list("field", "told_by").annotate(count=Count("pk"))
    return {(name, source): count for name, source, count in counted}


def percent_of(part: int, whole: int) -> int:
    """A part of a whole in whole per cent; 0 where there is nothing."""
    return round(100 * part / whole) if whole else 0
