"""Two records of one company are made one, and apart again."""

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners import merging
from partners.models import DuplicatePair, PairState, Partner, PartnerMerge, Stage
from partners.services.partners import PartnerError, check_parent
from partners.services.qualifications import settle_companies
from tenancy.models import Membership

UNDO_WITHIN = dt.timedelta(days=30)

OWN = "custom:"
"""Stands before the keys of the manufacturer's own fields among the choices of a merge."""
CHOSEN = (
    "name", "local_name", "kind", "stage", "parent", "channel_manager", "is_exclusive", "business_number", "email",
    "email_domain", "phone", "website", "address", "city", "region", "postal_code", "country", "latitude", "longitude",
    "established_year", "employees", "showroom_area", "languages", "opening_hours",
)  # fmt: skip
"""The columns for which a merge may take the merged record's value. Codes stay what they are: both go on matching."""


class MergeError(PartnerError):
    """A merge, or an undoing, that cannot be."""


@transaction.atomic
def merge_partners(
    winner: Partner, loser: Partner, *, take: Iterable[str] = (), by: Membership | None = None
) -> PartnerMerge:
    """Make `loser` part of `winner`: all that points to it moves, and it stays as a shell that leads there.

    take: the columns (and `custom:<key>`) whose value the merged record knows better.
    """
    winner, loser = _locked(winner.pk, loser.pk)
    _check(winner, loser)
    before = {"winner": _columns(winner), "loser": _columns(loser)}
    _take(winner, loser, list(take))
    check_parent(winner)
    winner.save(update_fields=[*CHOSEN, "custom", "updated_at"])
    merge = PartnerMerge(winner=winner, loser=loser, merged_by=by, before=before)
    merge.moved = merging.move_rows(winner.pk, loser.pk)
    Partner.objects.filter(pk=loser.pk).update(merged_into=winner, stage=Stage.ENDED, updated_at=timezone.now())
    winner.refresh_from_db()
    after = _columns(winner)
    merge.after = {name: value for name, value in after.items() if value != before["winner"][name]}
    merge.save(force_insert=True)
    _pairs(winner.pk, loser.pk).update(state=PairState.MERGED, decided_at=timezone.now(), decided_by=by)
    _look_again(winner.pk)
    settle_companies([winner.pk, loser.pk])
    return merge


@transaction.atomic
def undo_merge(merge: PartnerMerge, *, by: Membership | None = None) -> PartnerMerge:
    """Take a merge back: both records are as they were, with the rows that came from each.

    What somebody has changed in the meantime stays as it is now, and what was added stays with the record that was kept.
    """
    merge = PartnerMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise MergeError(_("This merge has been undone already."))
    if timezone.now() - merge.merged_at > UNDO_WITHIN:
        raise MergeError(_("A merge can be undone for %(days)s days. This one is older.") % {"days": UNDO_WITHIN.days})
    winner, loser = _locked(merge.winner_id, merge.loser_id)
    if loser.merged_into_id != winner.pk or winner.merged_into_id is not None:
        raise MergeError(
            _("%(partner)s has been merged into another partner since. Undo that first.") % {"partner": winner}
        )
    restored = _values(merge.before["loser"])
    Partner.objects.filter(pk=loser.pk).update(**restored)
    merging.rows_back(winner.pk, loser.pk, merge.moved)
    now = _columns(winner)
    as_left = {name for name, value in merge.after.items() if now[name] == value}
    Partner.objects.filter(pk=winner.pk).update(
        **{name: value for name, value in _values(merge.before["winner"]).items() if name in as_left}
    )
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    _pairs(winner.pk, loser.pk).update(state=PairState.OPEN, decided_at=None, decided_by=None)
    _look_again(winner.pk, loser.pk)
    settle_companies([winner.pk, loser.pk])
    return merge


def can_undo(merge: PartnerMerge) -> bool:
    """Whether a merge can still be taken back, as far as its age goes."""
    return merge.undone_at is None and timezone.now() - merge.merged_at <= UNDO_WITHIN


@transaction.atomic
def move_stragglers(*, since: dt.datetime) -> int:
    """Move what came to merged records while they were being merged; returns how many merges had some."""
    found = 0
    merges = PartnerMerge.objects.filter(undone_at=None, merged_at__gte=since, loser__merged_into=models.F("winner"))
    for merge in merges.select_for_update(of=("self",)).order_by("pk"):
        moved = merging.move_rows(merge.winner_id, merge.loser_id)
        if not moved:
            continue
        merge.moved = {name: merge.moved.get(name, []) + moved.get(name, []) for name in {**merge.moved, **moved}}
        merge.save(update_fields=["moved"])
        settle_companies([merge.winner_id, merge.loser_id])
        found += 1
    return found


def _locked(one: int, other: int) -> tuple[Partner, Partner]:
    """Both records, locked in one order, so that two merges of the same partners take turns."""
    if one == other:
        raise MergeError(_("A partner cannot be merged into itself."))
    rows = {row.pk: row for row in Partner.objects.select_for_update().filter(pk__in=(one, other)).order_by("pk")}
    if len(rows) < 2:
        raise MergeError(_("One of the two partners is no longer there."))
    return rows[one], rows[other]


def _check(winner: Partner, loser: Partner) -> None:
    for partner in (winner, loser):
        if partner.merged_into_id is not None:
            raise MergeError(_("%(partner)s has been merged already.") % {"partner": partner})
    for below, above in ((winner, loser), (loser, winner)):
        if _stands_below(below, above.pk):
            raise MergeError(
                _(
                    "%(below)s stands below %(above)s. Take it out from there first: a partner cannot be merged with its own."
                )
                % {"below": below, "above": above}
            )
    if reasons := merging.obstacles(loser):
        raise MergeError(" ".join(reasons))


def _stands_below(partner: Partner, above: int) -> bool:
    seen: set[int] = set()
    parent = partner.parent_id
    while parent is not None and parent not in seen:
        if parent == above:
            return True
        seen.add(parent)
        parent = Partner.objects.values_list("parent_id", flat=True).get(pk=parent)
    return False


def _take(winner: Partner, loser: Partner, names: list[str]) -> None:
    for name in names:
        if name == "parent" and winner.parent_id is not None:
            raise MergeError(
                _("%(partner)s belongs to another partner already. Change that in its profile.") % {"partner": winner}
            )
        if name in CHOSEN:
            field: Any = Partner._meta.get_field(name)
            setattr(winner, field.attname, getattr(loser, field.attname))
        elif name.startswith(OWN):
            key = name.removeprefix(OWN)
            if key in loser.custom:
                winner.custom[key] = loser.custom[key]
            else:
                winner.custom.pop(key, None)
        else:
            raise MergeError(_("“%(field)s” cannot be chosen in a merge.") % {"field": name})


def _fields() -> list[Any]:
    return [
        field
        for field in Partner._meta.concrete_fields
        if not field.generated and field.name not in ("id", "manufacturer")
    ]


def _columns(partner: Partner) -> dict[str, Any]:
    """A partner's columns as they can be kept as JSON and compared."""
    columns: dict[str, Any] = {}
    for field in _fields():
        value = getattr(partner, field.attname)
        is_plain = isinstance(field, models.JSONField) or isinstance(value, list | bool | int | None)
        columns[field.attname] = copy.deepcopy(value) if is_plain else field.value_to_string(partner)
    return columns


def _values(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as they go into the database again."""
    return {
        field.attname: columns[field.attname]
        if isinstance(field, models.JSONField)
        else field.to_python(columns[field.attname])
        for field in _fields()
        if field.attname in columns
    }


def _pairs(one: int, other: int) -> models.QuerySet[DuplicatePair]:
    return DuplicatePair.objects.filter(first_id=min(one, other), second_id=max(one, other))


def _look_again(*partners: int) -> None:
    from partners.services.duplicates import check_partners

    check_partners(partners)
