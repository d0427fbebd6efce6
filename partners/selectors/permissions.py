"""Whether a partner may do something, and why not: its stage, agreements, compliance papers and qualifications."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats
from partners.models import STAGE_ALLOWS, Activity, Partner, Stage
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated


class Obstacle(StrEnum):
    """What can stand in the way."""

    STAGE = "stage"
    AGREEMENT_MISSING = "agreement_missing"
    AGREEMENT_WAITING = "agreement_waiting"
    PAPER_MISSING = "paper_missing"
    PAPER_WAITING = "paper_waiting"
    PAPER_REFUSED = "paper_refused"
    PAPER_EXPIRED = "paper_expired"
    PAPER_NOT_YET = "paper_not_yet"
    QUALIFICATION_MISSING = "qualification_missing"
    QUALIFICATION_ENDED = "qualification_ended"


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way, and where it can be mended.

    subject: the id of the type of agreement, paper or qualification. `object`: of the agreement that waits, the latest
    paper, or the company's last qualification. on: since when, or from when.
    """

    obstacle: Obstacle
    names: dict[str, str]
    subject: int | None = None
    object: int | None = None
    on: dt.date | None = None
    note: str = ""

    def __str__(self) -> str:
        name = translated(self.names)
        facts = {"name": name, "day": formats.date(self.on, get_language()) if self.on else "", "note": self.note}
        sentences = {
            Obstacle.STAGE: _("The partner is at “%(note)s”") % facts,
            Obstacle.AGREEMENT_MISSING: _("%(name)s: no agreement is running") % facts,
            Obstacle.AGREEMENT_WAITING: _("%(name)s: waits for acceptance") % facts,
            Obstacle.PAPER_MISSING: _("%(name)s is missing") % facts,
            Obstacle.PAPER_WAITING: _("%(name)s waits for review") % facts,
            Obstacle.PAPER_REFUSED: _("%(name)s was refused: %(note)s") % facts,
            Obstacle.PAPER_EXPIRED: _("%(name)s ran out on %(day)s") % facts,
            Obstacle.PAPER_NOT_YET: _("%(name)s is valid only from %(day)s") % facts,
            Obstacle.QUALIFICATION_MISSING: _("%(name)s: nobody is qualified yet, or too few are") % facts,
            Obstacle.QUALIFICATION_ENDED: _("%(name)s: the qualification ended on %(day)s") % facts,
        }
        return sentences[self.obstacle]

    def url(self, member: Membership, partner_id: int) -> str:
        """Where this member can mend it; nothing where it is not theirs to mend."""
        if self.obstacle == Obstacle.STAGE:
            return member.url("partners:detail", pk=partner_id) if member.is_staff else ""
        if self.obstacle in (Obstacle.QUALIFICATION_MISSING, Obstacle.QUALIFICATION_ENDED):
            return _qualification_url(member, partner_id)
        if member.is_staff:
            return self._staff_url(member, partner_id) if member.can(Right.AGREEMENTS_EDIT) else ""
        if not member.can(Right.PORTAL_AGREEMENTS):
            return ""
        if self.obstacle == Obstacle.AGREEMENT_WAITING:
            return member.url("partners_portal:agreement", pk=self.object)
        if self.obstacle == Obstacle.AGREEMENT_MISSING:
            return member.url("partners_portal:agreements")
        return member.url("partners_portal:paper_upload", pk=self.subject)

    def _staff_url(self, member: Membership, partner_id: int) -> str:
        if self.obstacle == Obstacle.AGREEMENT_WAITING:
            return member.url("partners:agreement", pk=self.object)
        if self.obstacle == Obstacle.AGREEMENT_MISSING:
            return f"{member.url('partners:agreement_create')}?partner={partner_id}&type={self.subject}"
        if self.obstacle == Obstacle.PAPER_WAITING:
            return member.url("partners:paper", pk=self.object)
        return f"{member.url('partners:paper_create')}?partner={partner_id}&type={self.subject}"


def _qualification_url(member: Membership, partner_id: int) -> str:
    """Where it is seen who is missing and what gives it: the partner's people leaf, or the portal's own page."""
    if member.is_staff:
        return f"{member.url('partners:detail', pk=partner_id)}?tab=people"
    return member.url("partners_portal:qualifications") if member.can(Right.PORTAL_TRAINING) else ""


@dataclass(frozen=True)
class Permission:
    """Whether a partner may do something; true in an `if` when it may."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


# What the partners asked about have to have, for one activity or for any that something guards. A partner that has the function
# of agreements switched off is asked for no papers and agreements, one without that of qualifications for none of these. Where
# nothing guards an activity, the partners are not read for it.
ASKED = """
WITH found AS (
    SELECT p.id, p.kind_id, p.functions_off || k.functions_off || m.functions_off AS off FROM partners_partner p
    JOIN partners_partnerkind k ON k.id = p.kind_id
    JOIN tenancy_manufacturer m ON m.id = p.manufacturer_id
    WHERE {whom} AND (
        EXISTS (SELECT FROM partners_papertype t WHERE t.guards && %(activities)s::varchar[])
        OR EXISTS (SELECT FROM partners_agreementtype t WHERE t.guards && %(activities)s::varchar[])
        OR EXISTS (SELECT FROM partners_qualificationtype t WHERE t.guards && %(activities)s::varchar[])
    )
),
asked AS (SELECT id FROM found WHERE NOT 'agreements' = ANY (off)),
kinds AS (
    SELECT id AS partner_id, kind_id FROM found
    UNION SELECT o.partner_id, o.kind_id FROM partners_partnerotherkind o JOIN found a ON a.id = o.partner_id
),
papers AS (
    SELECT a.id AS partner_id, t.id AS type_id, t.names, t.guards, t."order"
    FROM asked a CROSS JOIN partners_papertype t
    WHERE t.is_required AND NOT t.is_retired AND t.guards && %(activities)s::varchar[]
    AND (
        NOT EXISTS (SELECT FROM partners_papertypekind x WHERE x.type_id = t.id)
        OR EXISTS (
            SELECT FROM partners_papertypekind x JOIN kinds k ON k.kind_id = x.kind_id
            WHERE x.type_id = t.id AND k.partner_id = a.id
        )
    )
),
agreements AS (
    SELECT a.id AS partner_id, t.id AS type_id, t.names, t.guards, t."order"
    FROM asked a CROSS JOIN partners_agreementtype t
    WHERE NOT t.is_retired AND t.guards && %(activities)s::varchar[]
    AND (
        NOT EXISTS (SELECT FROM partners_agreementtypekind x WHERE x.type_id = t.id)
        OR EXISTS (
            SELECT FROM partners_agreementtypekind x JOIN kinds k ON k.kind_id = x.kind_id
            WHERE x.type_id = t.id AND k.partner_id = a.id
        )
    )
),
qualifications AS (
    SELECT a.id AS partner_id, t.id AS type_id, t.names, t.guards, t.product_lines, t."order"
    FROM found a CROSS JOIN partners_qualificationtype t
    WHERE NOT 'qualifications' = ANY (a.off) AND NOT t.is_retired AND t.guards && %(activities)s::varchar[]
    AND (%(every_line)s OR t.product_lines = '{}' OR t.product_lines && %(lines)s::varchar[])
    AND (
        NOT EXISTS (SELECT FROM partners_qualificationtypekind x WHERE x.type_id = t.id)
        OR EXISTS (
            SELECT FROM partners_qualificationtypekind x JOIN kinds k ON k.kind_id = x.kind_id
            WHERE x.type_id = t.id AND k.partner_id = a.id
        )
    )
)
"""
RUNNING = """
    SELECT FROM partners_agreement g
    WHERE g.partner_id = n.partner_id AND g.type_id = n.type_id AND g.state = 'accepted' AND g.starts_on <= %(day)s
    AND (g.ends_on IS NULL OR g.ends_on >= %(day)s OR (g.renewal = 'automatic' AND g.notice_on IS NULL))
"""
VALID = """
    SELECT FROM partners_paper g
    WHERE g.partner_id = n.partner_id AND g.type_id = n.type_id AND g.state = 'accepted'
    AND (g.valid_from IS NULL OR g.valid_from <= %(day)s) AND (g.valid_until IS NULL OR g.valid_until >= %(day)s)
"""
HELD = """
    SELECT FROM partners_qualification g
    WHERE g.partner_id = n.partner_id AND g.type_id = n.type_id AND g.member_id IS NULL AND g.obtained_on <= %(day)s
    AND (g.valid_until IS NULL OR g.valid_until >= %(day)s) AND (g.ended_on IS NULL OR g.ended_on > %(day)s)
"""

# All that stands in the way, one row per partner and missing thing. What is asked of a product line stands in the way of that line
# alone.
OBSTACLES = f"""{ASKED.replace("{whom}", "p.id = ANY (%(partners)s)")}
SELECT p.id, 0 AS sort, 0, 'stage', NULL::jsonb, NULL::varchar[], NULL::bigint, NULL::bigint, NULL::date, p.stage,
    '{{}}'::varchar[]
FROM partners_partner p WHERE p.id = ANY (%(partners)s)
UNION ALL
SELECT n.partner_id, 1, n."order", CASE WHEN open.id IS NULL THEN 'agreement_missing' ELSE 'agreement_waiting' END,
    n.names, n.guards, n.type_id, open.id, NULL, '', '{{}}'
FROM agreements n
LEFT JOIN LATERAL (
    SELECT g.id FROM partners_agreement g
    WHERE g.partner_id = n.partner_id AND g.type_id = n.type_id AND g.state = 'sent' ORDER BY g.id DESC LIMIT 1
) open ON true
WHERE NOT EXISTS ({RUNNING})
UNION ALL
SELECT n.partner_id, 2, n."order",
    CASE
        WHEN latest.id IS NULL THEN 'paper_missing'
        WHEN latest.state = 'waiting' THEN 'paper_waiting'
        WHEN latest.state = 'refused' THEN 'paper_refused'
        WHEN latest.valid_from > %(day)s THEN 'paper_not_yet'
        ELSE 'paper_expired'
    END,
    n.names, n.guards, n.type_id, latest.id,
    CASE WHEN latest.valid_from > %(day)s THEN latest.valid_from ELSE latest.valid_until END, coalesce(latest.reason, ''),
    '{{}}'
FROM papers n
LEFT JOIN LATERAL (
    SELECT g.id, g.state, g.valid_from, g.valid_until, g.reason FROM partners_paper g
    WHERE g.partner_id = n.partner_id AND g.type_id = n.type_id ORDER BY g.id DESC LIMIT 1
) latest ON true
WHERE NOT EXISTS ({VALID})
UNION ALL
SELECT n.partner_id, 3, n."order",
    CASE WHEN latest.id IS NULL THEN 'qualification_missing' ELSE 'qualification_ended' END,
    n.names, n.guards, n.type_id, latest.id, latest.last_day, '', n.product_lines
FROM qualifications n
LEFT JOIN LATERAL (
    SELECT g.id, least(g.valid_until + 1, g.ended_on) AS last_day FROM partners_qualification g
    WHERE g.partner_id = n.partner_id AND g.type_id = n.type_id AND g.member_id IS NULL AND g.obtained_on <= %(day)s
    ORDER BY g.id DESC LIMIT 1
) latest ON true
WHERE NOT EXISTS ({HELD})
ORDER BY 1, 2, 3
"""  # noqa: S608 - our own words

# Whom something keeps from it, and nothing of what or since when.
BARRED = f"""{ASKED}
SELECT n.partner_id FROM agreements n WHERE NOT EXISTS ({RUNNING})
UNION ALL
SELECT n.partner_id FROM papers n WHERE NOT EXISTS ({VALID})
UNION ALL
SELECT n.partner_id FROM qualifications n WHERE NOT EXISTS ({HELD})
"""  # noqa: S608 - our own words


def barred_from(activity: Activity, among: str, *, day: dt.date | None = None) -> RawSQL:
    """The partners from which missing agreements, papers or qualifications keep an activity now (on `day`), whatever the
    product line, as a subquery for `pk__in`. Their stage is left to the query around it. among: SQL of our own, a
    condition on the partners `p` that are asked about. For the house alone, as `may` is for others' partners.
    """
    found = BARRED % {
        "activities": f"'{{{Activity(activity).value}}}'",
        "day": f"DATE '{(day or timezone.localdate()).isoformat()}'",
        "lines": "'{}'",
        "every_line": "false",
    }
    return RawSQL(found.replace("{whom}", among), ())  # noqa: S611 - our own words


def may(partner: Partner, activity: str, *, day: dt.date | None = None, lines: Collection[str] = ()) -> Permission:
    """Whether a partner may do an activity now (on `day`), and what stands in the way. One query.

    lines: the codes of the product line that it is about and of those above it; what is asked of other lines does not
    count. ValueError for an activity that is none. In a partner's scope only for that partner itself: what others have
    handed in is not to be seen there.
    """
    return may_many([partner.pk], activity, day=day, lines=lines)[partner.pk]


def may_many(
    partner_ids: Iterable[int], activity: str, *, day: dt.date | None = None, lines: Collection[str] = ()
) -> dict[int, Permission]:
    """`may` for many partners in one query, by partner; those that do not exist here may not."""
    asked = Activity(activity)
    found = _obstacles(partner_ids, [asked], day, lines)
    return {pk: by_activity[asked] for pk, by_activity in found.permissions.items()}


def may_by_line(
    partner_ids: Iterable[int], activity: str, *, day: dt.date | None = None
) -> dict[int, tuple[Permission, dict[str, tuple[Reason, ...]]]]:
    """`may_many` whatever the line, and beside it what stands in the way of single product lines, by their codes. One
    query."""
    asked = Activity(activity)
    found = _obstacles(partner_ids, [asked], day, None)
    return {
        pk: (by_activity[asked], {code: tuple(reasons) for code, reasons in found.lines.get(pk, {}).items()})
        for pk, by_activity in found.permissions.items()
    }


def permissions_of(partner: Partner, *, day: dt.date | None = None) -> dict[Activity, Permission]:
    """What a partner may and may not do, for each activity, whatever the product line. One query."""
    return _obstacles([partner.pk], list(Activity), day, ()).permissions[partner.pk]


@dataclass(frozen=True)
class _Found:
    """By partner: what it may do, and what stands in the way of a product line alone."""

    permissions: dict[int, dict[Activity, Permission]]
    lines: dict[int, dict[str, list[Reason]]]


def _obstacles(
    partner_ids: Iterable[int], activities: list[Activity], day: dt.date | None, lines: Collection[str] | None
) -> _Found:
    """`lines`: of which product lines it is, or None for all of them, each kept apart."""
    asked = list(partner_ids)
    reasons: dict[tuple[int, Activity], list[Reason]] = defaultdict(list)
    by_line: dict[int, dict[str, list[Reason]]] = defaultdict(lambda: defaultdict(list))
    found: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            OBSTACLES,
            {
                "partners": asked,
                "activities": [activity.value for activity in activities],
                "day": day or timezone.localdate(),
                "lines": list(lines or ()),
                "every_line": lines is None,
            },
        )
        for partner_id, _sort, _order, obstacle, names, guards, subject, latest, on, note, of_lines in cursor:
            if obstacle == Obstacle.STAGE:
                found.add(partner_id)
                reason = Reason(Obstacle.STAGE, {}, note=str(Stage(note).label))
                hindered = [activity for activity in activities if activity not in STAGE_ALLOWS[note]]
            else:
                reason = Reason(Obstacle(obstacle), json.loads(names), subject, latest, on, note)
                hindered = [activity for activity in activities if activity in guards]
            if of_lines and lines is None:
                for code in of_lines:
                    by_line[partner_id][code].append(reason)
                continue
            for activity in hindered:
                reasons[partner_id, activity].append(reason)
    permissions = {
        pk: {
            activity: Permission(
                allowed=pk in found and (pk, activity) not in reasons, reasons=tuple(reasons.get((pk, activity), ()))
            )
            for activity in activities
        }
        for pk in asked
    }
    return _Found(permissions, by_line)


def blocked_by(permissions: Mapping[Activity, Permission], member: Membership, partner_id: int) -> list[dict[str, Any]]:
    """What a partner may not do now because something is missing: each reason with its activities and where to mend it.

    What its stage alone does not allow is left out: nothing that could be handed in changes that.
    """
    found: dict[Any, dict[str, Any]] = {}
    for activity, permission in permissions.items():
        for reason in permission.reasons:
            if reason.obstacle == Obstacle.STAGE:
                continue
            entry = found.setdefault(
                (reason.obstacle, reason.subject),
                {"reason": reason, "url": reason.url(member, partner_id), "activities": []},
            )
            entry["activities"].append(activity.label)
    return list(found.values())
