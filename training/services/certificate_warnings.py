"""What is done each morning for certificates that run out: their people are enrolled to renew them and warned, once each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, IntegerField, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils import timezone

from notices.registry import NoticeKind
from notices.services import tell_from
from partners.models import Activity
from partners.selectors.permissions import may_many
from partners.terms import WARN_DAYS
from tenancy.rights import ROLE_RIGHTS, Right
from tenancy.rls import commit_chunk_if_outermost, house_scope
from training.notice_kinds.certificates import CERTIFICATE_ENDING, COLLEAGUES_CERTIFICATE_ENDING
from training.selectors.certificates import ending, to_renew, with_renewal

CHUNK = 500
# By the course that renews it where there is one that is out, else by the same once more. Who learns it already goes on,
# with the earlier of the two days.
RENEW = """
WITH wanted AS (
    SELECT DISTINCT ON (c.member_id, k.id) c.member_id, k.id AS course_id, c.valid_until, m.partner_id, v.id AS version_id
    FROM training_certificate c
    JOIN tenancy_membership m ON m.id = c.member_id AND m.is_active
    JOIN training_course o ON o.id = c.course_id
    LEFT JOIN training_course r ON r.id = o.renewal_id AND r.state = 'published'
    JOIN training_course k ON k.id = coalesce(r.id, o.id) AND k.state = 'published'
    JOIN training_courseversion v ON v.course_id = k.id AND v.state = 'published'
    WHERE c.id = ANY (%(certificates)s) AND m.partner_id = ANY (%(partners)s)
    ORDER BY c.member_id, k.id, c.valid_until
),
dated AS (
    UPDATE training_enrolment e SET due_on = w.valid_until FROM wanted w
    WHERE e.member_id = w.member_id AND e.course_id = w.course_id AND e.state IN ('enrolled', 'started')
    AND (e.due_on IS NULL OR e.due_on > w.valid_until)
),
made AS (
    INSERT INTO training_enrolment (
        course_id, version_id, partner_id, member_id, state, source, enrolled_at, due_on, done, seconds, reason
    )
    SELECT course_id, version_id, partner_id, member_id, 'enrolled', 'renewal', %(now)s, valid_until, 0, 0, ''
    FROM wanted ORDER BY member_id, course_id
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT count(*) FROM made
"""
ADMINS = [role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_TRAINING_MANAGE in rights]


@dataclass(frozen=True)
class Turned:
    """How many were enrolled to renew, and how many warnings were told."""

    renewals: int = 0
    told: int = 0


def turn(day: dt.date) -> Turned:
    """Enrol and warn as of a day. Safe to run again, and after nights without it: what is due now is told once, what would
    have been due before is left out.
    """
    with house_scope():
        renewals = renew(day)
        commit_chunk_if_outermost()
        return Turned(renewals, warn(day))


def renew(day: dt.date) -> int:
    """Enrol whose certificate runs out within 60 days in the course that renews it, due on its last day; who may not learn
    at present is left. Returns how many are enrolled. Three statements for each few hundred, which are committed by themselves.
    """
    made, after = 0, 0
    while chunk := list(to_renew(day).filter(pk__gt=after).values_list("pk", "member__partner")[:CHUNK]):
        after = chunk[-1][0]
        permissions = may_many({partner for _pk, partner in chunk if partner is not None}, Activity.TRAINING, day=day)
        with connection.cursor() as cursor:
            cursor.execute(
                RENEW,
                {
                    "certificates": [pk for pk, _partner in chunk],
                    "partners": [pk for pk, permission in permissions.items() if permission],
                    "now": timezone.now(),
                },
            )
            made += cursor.fetchone()[0]
        commit_chunk_if_outermost()
    return made


def warn(day: dt.date) -> int:
    """Tell the person 60, 30 and 7 days before the end; and their admins and the channel manager, unless it is they."""
    steps = [When(valid_until__lte=day + dt.timedelta(days=days), then=Value(days)) for days in sorted(WARN_DAYS)]
    rows: QuerySet[Any] = with_renewal(ending(day)).annotate(
        notice_key=Concat(
            Value("certificate-ends-"),
            Cast("pk", CharField()),
            Value("-"),
            Cast(Case(*steps, output_field=IntegerField()), CharField()),
            output_field=TextField(),
        ),
        notice_facts=JSONObject(
            certificate="pk",
            course="renewed_in",
            title="titles",
            name="holder",
            partner_id="partner_id",
            end_on="valid_until",
        ),
    )
    admins = rows.filter(partner__members__role__in=ADMINS, partner__members__is_active=True)
    managers = rows.filter(partner__channel_manager__is_active=True)
    return (
        _tell(rows, "member_id", CERTIFICATE_ENDING)
        + _tell(admins, "partner__members", COLLEAGUES_CERTIFICATE_ENDING)
        + _tell(managers, "partner__channel_manager_id", COLLEAGUES_CERTIFICATE_ENDING)
    )


def _tell(rows: QuerySet[Any], recipient: str, kind: NoticeKind) -> int:
    told = rows.order_by().annotate(notice_to=F(recipient))
    if recipient != "member_id":
        told = told.exclude(notice_to=F("member_id"))
    return tell_from(told.values_list("notice_to", "notice_key", "notice_facts"), kind)
