"""Qualifications: a person's are granted, renewed and ended; the company's follow from its people's, and are never written
by hand.

Two at once wait for each other: whoever settles a company holds its lock until the commit. What is settled for all of
the manufacturer's partners waits for those that are settled singly, and they for it.
"""

import datetime as dt
import zoneinfo
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.sql import SQL, Composed

from partners.models import EndReason, Qualification, QualificationType
from partners.services.qualification_notices import tell_begun, tell_ended
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import current_scope, house_scope
from tenancy.selectors import current_manufacturer

LOCK_ALL = "SELECT pg_advisory_xact_lock(hashtext('partners.qualifications'), %s)"
LOCK_SOME = "SELECT pg_advisory_xact_lock_shared(hashtext('partners.qualifications'), %s)"
LOCK_ONE = (
    "SELECT pg_advisory_xact_lock(hashtextextended('partners.qualifications', each)) FROM unnest(%s::bigint[]) each"
)

# Which companies hold which type, counted from their active people: since the day on which there were enough of them, and
# until the day on which there are too few. `infinity` stands for good.
HELD = SQL("""
WITH held AS (
    SELECT q.partner_id, q.type_id,
        (array_agg(q.obtained_on ORDER BY q.obtained_on))[t.people_needed] AS since,
        (array_agg(coalesce(q.valid_until, 'infinity') ORDER BY q.valid_until DESC NULLS FIRST))[t.people_needed] AS until
    FROM partners_qualification q
    JOIN partners_qualificationtype t ON t.id = q.type_id
    JOIN tenancy_membership m ON m.id = q.member_id AND m.is_active AND m.partner_id = q.partner_id
    WHERE (%(all)s OR q.partner_id = ANY (%(partners)s)) AND q.ended_on IS NULL AND q.obtained_on <= %(day)s
    AND (q.valid_until IS NULL OR q.valid_until >= %(day)s)
    GROUP BY q.partner_id, q.type_id, t.people_needed HAVING count(*) >= t.people_needed
)
""")
LAPSE = """
UPDATE partners_qualification q SET ended_on = q.valid_until + 1, end_reason = 'expired'
WHERE (%(all)s OR q.partner_id = ANY (%(partners)s)) AND q.ended_on IS NULL AND q.valid_until < %(day)s
RETURNING q.id, q.member_id
"""
END = SQL("""{held}
UPDATE partners_qualification q SET ended_on = %(day)s, end_reason = 'people'
WHERE (%(all)s OR q.partner_id = ANY (%(partners)s)) AND q.member_id IS NULL AND q.ended_on IS NULL
AND NOT EXISTS (SELECT FROM held h WHERE h.partner_id = q.partner_id AND h.type_id = q.type_id)
RETURNING q.id
""").format(held=HELD)
MOVE_END = SQL("""{held}
UPDATE partners_qualification q SET valid_until = nullif(h.until, 'infinity')
FROM held h
WHERE q.partner_id = h.partner_id AND q.type_id = h.type_id AND q.member_id IS NULL AND q.ended_on IS NULL
AND q.valid_until IS DISTINCT FROM nullif(h.until, 'infinity')
RETURNING q.id
""").format(held=HELD)
BEGIN = SQL("""{held}
INSERT INTO partners_qualification (
    manufacturer_id, type_id, partner_id, obtained_on, valid_until, end_reason, source, created_at
)
SELECT t.manufacturer_id, h.type_id, h.partner_id, greatest(h.since, before.ended_on), nullif(h.until, 'infinity'),
    '', '', now()
FROM held h JOIN partners_qualificationtype t ON t.id = h.type_id
CROSS JOIN LATERAL (
    SELECT max(c.ended_on) AS ended_on FROM partners_qualification c
    WHERE c.partner_id = h.partner_id AND c.type_id = h.type_id AND c.member_id IS NULL
) before
WHERE NOT EXISTS (
    SELECT FROM partners_qualification c
    WHERE c.partner_id = h.partner_id AND c.type_id = h.type_id AND c.member_id IS NULL AND c.ended_on IS NULL
)
RETURNING id
""").format(held=HELD)


MOST_LOCKS = 200
"""Companies that are locked one by one; for more the whole manufacturer is, as the database's table of locks has an end."""
RESTS_ON = ("obtained_on", "valid_until", "source", "recorded_by_id")


class QualificationError(DomainError):
    """A qualification that cannot be granted or ended so."""


@dataclass(frozen=True)
class Proof:
    """What a qualification rests on. valid_until: the last day, or None for good."""

    obtained_on: dt.date
    valid_until: dt.date | None
    source: str

    def lasts_longer(self, than: dt.date | None) -> bool:
        """Whether it is valid beyond that last day."""
        return than is not None and (self.valid_until is None or self.valid_until > than)


@dataclass(frozen=True)
class Settled:
    """How many companies' qualifications began and ended."""

    begun: int = 0
    ended: int = 0


def house_day(moment: dt.datetime | None = None) -> dt.date:
    """Today by the clock of the scope's manufacturer, wherever it is asked; or the day of a moment."""
    zone = current_manufacturer().timezone
    return timezone.localdate(moment, timezone=zoneinfo.ZoneInfo(zone))


def grant(
    kind: QualificationType,
    member: Membership,
    proof: Proof,
    *,
    by: Membership | None = None,
    day: dt.date | None = None,
) -> Qualification:
    """That somebody of a partner is qualified. Who is so already keeps what is valid longest, and what ends sooner stands in
    its history; what has run out stays as it was, and a new one begins. The company's follows at once. QualificationError
    for days that cannot be.
    """
    with transaction.atomic(), house_scope():
        today = day or house_day()
        _check(kind, member, proof, today)
        _lock_partners([member.partner_id or 0])
        held = _grant(kind, member, proof, by, today)
        settle_companies([member.partner_id or 0], day=today)
        held.refresh_from_db()
        return held


def end(qualification: Qualification, *, reason: str, by: Membership, day: dt.date | None = None) -> Qualification:
    """Take somebody's qualification away, with a reason that stays; the company's follows at once, and with it what it
    guards. Ended already, it stays as it is.
    """
    with transaction.atomic(), house_scope():
        if qualification.member_id is None:
            raise QualificationError(_("A company's qualification follows from its people's. End theirs."))
        end_all([qualification.pk], reason=reason, by=by, day=day)
        return Qualification.objects.get(pk=qualification.pk)


def end_all(
    qualifications: Collection[int],
    *,
    reason: str,
    by: Membership,
    instead: Mapping[int, Proof] | None = None,
    day: dt.date | None = None,
) -> int:
    """Take people's qualifications away, for one reason that stays with each; their companies' follow at once. What is ended
    already and what is a company's stays. `instead`: what each rests on from now, of those that have something left. Returns
    how many were ended, in as many statements for one as for thousands.
    """
    if not reason.strip():
        raise QualificationError(_("Say why: the reason stays with the qualification."))
    with transaction.atomic(), house_scope():
        today = day or house_day()
        rows = Qualification.objects.filter(pk__in=qualifications, member__isnull=False, ended_on=None)
        partners = sorted(set(rows.values_list("partner_id", flat=True)))
        if not partners:
            return 0
        _lock_partners(partners)
        held = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        Qualification.objects.filter(pk__in=[each.pk for each in held]).update(
            ended_on=today, end_reason=reason.strip()[:300]
        )
        left = [(each, proof) for each in held if (proof := (instead or {}).get(each.pk)) is not None]
        Qualification.objects.bulk_create(
            [
                Qualification(
                    type_id=each.type_id,
                    partner_id=each.partner_id,
                    member_id=each.member_id,
                    obtained_on=proof.obtained_on,
                    valid_until=proof.valid_until,
                    source=proof.source[:200],
                    recorded_by=by,
                )
                for each, proof in left
            ]
        )
        settle_companies(partners, day=today)
        return len(held)


def rested_on_before(
    held: Collection[Qualification], *, apart_from: Iterable[str] = (), day: dt.date | None = None
) -> dict[int, Proof]:
    """What people's qualifications rested on before a longer proof took its place, by their history: of each the longest that
    is valid on a day, where there is any. apart_from: sources that count no more. One query.
    """
    today = day or house_day()
    own = {each.pk: each.source for each in held}
    events: Any = Qualification._meta.get_field("events").related_model
    rows = events.objects.filter(pgh_obj__in=own, ended_on=None).exclude(source__in=list(apart_from))
    valid = rows.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    found: dict[int, Proof] = {}
    for pk, *row in valid.order_by("pgh_id").values_list("pgh_obj", "obtained_on", "valid_until", "source"):
        proof = Proof(*row)
        if proof.source != own[pk] and (pk not in found or proof.lasts_longer(found[pk].valid_until)):
            found[pk] = proof
    return found


def settle_companies(partner_ids: Iterable[int] | None = None, *, day: dt.date | None = None) -> Settled:
    """Let companies hold what enough of their active people hold on a day, and no more; what ran out before it is closed.

    All partners of the manufacturer, or those named. Five statements, whatever their number; safe to run again. Whose
    company's begins or ends is told so.
    """
    with transaction.atomic(), house_scope():
        asked = None if partner_ids is None else sorted(set(partner_ids))
        given: dict[str, Any] = {"all": asked is None, "partners": asked or [], "day": day or house_day()}
        if asked is None:
            _lock(LOCK_ALL, current_scope().manufacturer)
        else:
            _lock_partners(asked)
        with connection.cursor() as cursor:
            cursor.execute(LAPSE, given)
            ended = [pk for pk, member in cursor.fetchall() if member is None]
        ended += _written(END, given)
        _written(MOVE_END, given)
        begun = _written(BEGIN, given)
        tell_ended(ended)
        tell_begun(begun)
        return Settled(len(begun), len(ended))


def _check(kind: QualificationType, member: Membership, proof: Proof, today: dt.date) -> None:
    if member.partner_id is None:
        raise QualificationError(_("Qualifications are for people of partners."))
    if kind.is_retired:
        said = _("“%(qualification)s” is retired and is given to nobody any more.")
        raise QualificationError(said % {"qualification": kind})
    if proof.obtained_on > today:
        raise QualificationError(_("The day on which it was obtained is still to come."))
    if proof.valid_until is not None and proof.valid_until < proof.obtained_on:
        raise QualificationError(_("It is valid until a day before it was obtained: check the days."))


def _grant(
    kind: QualificationType, member: Membership, proof: Proof, by: Membership | None, today: dt.date
) -> Qualification:
    """Write it; the company's lock is held."""
    held = (
        Qualification.objects.select_for_update(no_key=True, of=("self",))
        .filter(type=kind, partner=member.partner_id, member=member, ended_on=None)
        .first()
    )
    if held is not None and held.valid_until is not None and held.valid_until < today:
        held.ended_on, held.end_reason = held.valid_until + dt.timedelta(days=1), EndReason.EXPIRED
        held.save(update_fields=["ended_on", "end_reason"])
        held = None
    if held is None:
        return Qualification.objects.create(
            type=kind,
            partner_id=member.partner_id or 0,
            member=member,
            obtained_on=proof.obtained_on,
            valid_until=proof.valid_until,
            source=proof.source[:200],
            recorded_by=by,
        )
    if proof.lasts_longer(held.valid_until):
        held.valid_until, held.source, held.recorded_by = proof.valid_until, proof.source[:200], by
        held.save(update_fields=["valid_until", "source", "recorded_by"])
    elif proof.source[:200] != held.source and not _is_in_history(held, proof):
        # Written and taken back at once, it leaves its line in the history: `rested_on_before` finds it there.
        longer = {name: getattr(held, name) for name in RESTS_ON}
        sooner = {"obtained_on": proof.obtained_on, "valid_until": proof.valid_until, "source": proof.source[:200]}
        for values in (sooner | {"recorded_by_id": by and by.pk}, longer):
            Qualification.objects.filter(pk=held.pk).update(**values)
    return held


def _is_in_history(held: Qualification, proof: Proof) -> bool:
    """Whether a qualification that goes on has rested on this before."""
    kept: Any = held
    values = {"obtained_on": proof.obtained_on, "valid_until": proof.valid_until, "source": proof.source[:200]}
    return bool(kept.events.filter(ended_on=None, **values).exists())


def _written(statement: Composed, given: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.cursor), given)
        return [pk for (pk,) in cursor.fetchall()]


def _lock(statement: str, key: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])


def _lock_partners(partner_ids: list[int]) -> None:
    if len(partner_ids) > MOST_LOCKS:
        _lock(LOCK_ALL, current_scope().manufacturer)
        return
    _lock(LOCK_SOME, current_scope().manufacturer)
    _lock(LOCK_ONE, sorted(partner_ids))
