"""Partners that look like one company are found, and what somebody decides about them is kept."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from partners.blocking import blocking_keys, hashed, pairs
from partners.matching import DEFAULT_THRESHOLD, Match, Prepared, compare, prepare
from partners.models import DuplicatePair, MatchKey, PairState, Partner
from partners.selectors.duplicates import COMPARED, company_of
from partners.services.partners import PartnerError
from tenancy.models import Membership
from tenancy.rls import commit_chunk, current_scope

JOB_KIND = "find_duplicates"
ROWS_AT_ONCE = 50_000
KEYS = {"company": pl.Int64, "key": pl.Int64}
"""A row for each key of each partner: a hundred thousand have one and a half million."""
MOST_CHECKED_ALONE = 2_000
"""When more partners than this have changed, all are compared: that takes no longer."""

Found = list[tuple[int, int, Match]]


class DuplicateError(PartnerError):
    """A decision about a pair that cannot be taken."""


def request_search(*, by: Membership | None = None, since: Any = None) -> Job:
    """Have a worker compare all partners with one another, or those changed since a moment with all."""
    params = {"since": since.isoformat()} if since else {}
    return start_job(JOB_KIND, key="since" if since else "all", params=params, by=by)


def run_search(progress: Progress) -> Mapping[str, Any]:
    """The work of a job of kind "find_duplicates"."""
    since = progress.job.params.get("since")
    if since:
        changed = list(
            Partner.objects.filter(updated_at__gte=since).values_list("pk", flat=True)[: MOST_CHECKED_ALONE + 1]
        )
        if len(changed) <= MOST_CHECKED_ALONE:
            progress.begin(len(changed), _("Comparing what has changed"))
            found = check_partners(changed)
            progress.advance(len(changed))
            return {"compared": len(changed), "found": found}
    return find_all(progress)


def find_all(progress: Progress | None = None) -> dict[str, int]:
    """Compare all partners with one another; returns how many were compared, in how many pairs, and what was found."""
    _tell(progress, 0, _("Reading the partners"))
    known: dict[int, Prepared] = {}
    companies, keys = array("q"), array("q")
    rows = _candidates().order_by("pk").values_list("pk", *COMPARED)
    for pk, *values in rows.iterator(chunk_size=5_000):
        known[pk] = company = prepare(company_of(values))
        own = [hashed(key) for key in blocking_keys(company)]
        keys.extend(own)
        companies.extend([pk] * len(own))
    frame = pl.DataFrame({"company": pl.Series(companies), "key": pl.Series(keys)}, schema=KEYS)
    _tell(progress, 20, _("Keeping the keys"))
    _write_keys(frame)
    compared, found = 0, []
    for chunk in pairs(frame):
        found += _compared(chunk, known)
        compared += len(chunk)
        _tell(progress, 60, _("Comparing"))
    _tell(progress, 90, _("Keeping what was found"))
    with transaction.atomic():
        _write_pairs(found)
        _drop_unfound({(a, b) for a, b, _match in found})
    return {"compared": len(known), "pairs": compared, "found": len(found)}


@transaction.atomic
def check_partners(partners: Collection[int]) -> int:
    """Compare some partners with all others, by what they are now; returns how many of their pairs look like one company.

    Only where staff are asking: nobody else may read all partners.
    """
    if current_scope().actor != "staff" or not partners:
        return 0
    wanted = set(partners)
    MatchKey.objects.filter(partner_id__in=wanted).delete()
    known = {
        pk: prepare(company_of(values))
        for pk, *values in _candidates().filter(pk__in=wanted).values_list("pk", *COMPARED)
    }
    own = {pk: [hashed(key) for key in blocking_keys(company)] for pk, company in known.items()}
    _insert_keys([(pk, key) for pk, keys in own.items() for key in keys])
    asked = list({key for keys in own.values() for key in keys})
    neighbours = pl.DataFrame(
        list(MatchKey.objects.filter(key__in=asked).values_list("partner_id", "key")),
        schema=KEYS,
        orient="row",
    )
    found: Found = []
    for chunk in pairs(neighbours, changed=known):
        others = {pk for pair in chunk for pk in pair} - known.keys()
        rows = _candidates().filter(pk__in=others).values_list("pk", *COMPARED)
        found += _compared(chunk, known | {pk: prepare(company_of(values)) for pk, *values in rows})
    _write_pairs(found)
    _drop_unfound({(a, b) for a, b, _match in found}, of=wanted)
    return len(found)


def dismiss_pair(pair: DuplicatePair, *, by: Membership) -> DuplicatePair:
    """Somebody knows that these are two companies: the pair is not put forward again."""
    return _decide(pair, PairState.OPEN, PairState.DISMISSED, by)


def reopen_pair(pair: DuplicatePair, *, by: Membership) -> DuplicatePair:
    """It is to be decided after all."""
    return _decide(pair, PairState.DISMISSED, PairState.OPEN, by)


@transaction.atomic
def _decide(pair: DuplicatePair, before: str, after: str, by: Membership) -> DuplicatePair:
    pair = DuplicatePair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    if pair.state == after:
        return pair
    if pair.state != before:
        raise DuplicateError(_("These two have been merged already."))
    pair.state = after
    pair.decided_by, pair.decided_at = (None, None) if after == PairState.OPEN else (by, timezone.now())
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    return pair


def _candidates() -> Any:
    return Partner.objects.filter(merged_into=None)


def _compared(chunk: Sequence[tuple[int, int]], known: Mapping[int, Prepared]) -> Found:
    found: Found = []
    for a, b in chunk:
        one, other = known.get(a), known.get(b)
        if one is not None and other is not None and (match := compare(one, other)).score >= DEFAULT_THRESHOLD:
            found.append((a, b, match))
    return found


def _write_keys(frame: pl.DataFrame) -> None:
    """Bring the stored keys in step with those of now; most nights hardly any differ."""
    with connection.cursor() as cursor:
        lines = BytesIO()
        cursor.copy_expert("COPY (SELECT partner_id, key FROM partners_matchkey) TO STDOUT (FORMAT csv)", lines)
        lines.seek(0)
        stored = pl.read_csv(lines, has_header=False, schema=KEYS, raise_if_empty=False)
        stale = stored.join(frame, on=["company", "key"], how="anti")
        for part in stale.iter_slices(ROWS_AT_ONCE):
            cursor.execute(
                "DELETE FROM partners_matchkey m USING unnest(%s::bigint[], %s::bigint[]) AS stale (partner, key)"
                " WHERE m.partner_id = stale.partner AND m.key = stale.key",
                [part["company"].to_list(), part["key"].to_list()],
            )
    fresh = frame.join(stored, on=["company", "key"], how="anti")
    for part in fresh.iter_slices(ROWS_AT_ONCE):
        _insert_keys(part.rows())


def _insert_keys(rows: Sequence[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_matchkey (manufacturer_id, partner_id, key)"
            " SELECT (SELECT current_setting('app.manufacturer')::bigint), partner, key"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (partner, key) ON CONFLICT DO NOTHING",
            [[pk for pk, _key in rows], [key for _pk, key in rows]],
        )


def _write_pairs(found: Found) -> None:
    rows = [
        DuplicatePair(
            first_id=a,
            second_id=b,
            score=match.score,
            reasons=[{"field": each.field, "weight": each.weight, "words": each.words} for each in match.reasons],
        )
        for a, b, match in found
    ]
    DuplicatePair.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["manufacturer", "first", "second"],
        update_fields=["score", "reasons"],
        batch_size=2_000,
    )


def _drop_unfound(found: set[tuple[int, int]], *, of: Iterable[int] | None = None) -> None:
    """Pairs that nobody has decided about and that look different by now."""
    waiting = DuplicatePair.objects.filter(state=PairState.OPEN)
    if of is not None:
        wanted = list(of)
        waiting = waiting.filter(Q(first_id__in=wanted) | Q(second_id__in=wanted))
    gone = [pk for pk, a, b in waiting.values_list("pk", "first_id", "second_id") if (a, b) not in found]
    DuplicatePair.objects.filter(pk__in=gone).delete()


def _tell(progress: Progress | None, percent: int, message: str) -> None:
    if progress is not None:
        commit_chunk()
        progress.tell(percent, 100, message)
