"""The KPIs that training gives: how many of a partner's people are certified, how many learn, and
how far they are with what they have to learn.

They are on offer to programmes and suggest no weight: who certifies nobody values nobody by it.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenancy.rights import ROLE_RIGHTS, Right
from valuation.periods import window_start
from valuation.registry import Kpi, KpiSource, Unit, register_source

CERTIFIED = Kpi(
    "certified_people",
    name=_("Certified people"),
    explanation=_("How many people of the partner hold a certificate that is valid on the day."),
    unit=Unit.COUNT,
    period=_("Today"),
    effort=Decimal("0.5"),
    step=Decimal(1),
)

# Of partners that were ever given one: who has none is at nought, who was never taught is not counted.
FROM_CERTIFICATES = """
SELECT p.id, jsonb_strip_nulls(jsonb_build_object('certified_people', c.certified::text)), NULL::jsonb
FROM partners_partner p
LEFT JOIN LATERAL (
    SELECT count(DISTINCT c.member_id) FILTER (
        WHERE m.is_active AND c.issued_on <= %(day)s AND (c.valid_until IS NULL OR c.valid_until >= %(day)s)
        AND (c.withdrawn_at IS NULL OR (c.withdrawn_at AT TIME ZONE f.timezone)::date > %(day)s)
    ) AS certified
    FROM training_certificate c
    JOIN tenancy_membership m ON m.id = c.member_id
    JOIN tenancy_manufacturer f ON f.id = c.manufacturer_id
    WHERE c.partner_id = p.id HAVING count(*) > 0
) c ON true
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def certified_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The KPI of the partners from `first` to `last` on a day."""
    return FROM_CERTIFICATES, {"day": day, "first": first, "last": last}


register_source(KpiSource(kpis=(CERTIFIED,), rows=certified_rows))

TRAINED_SHARE = Kpi(
    "trained_share",
    name=_("Trained people"),
    explanation=_("Of its people who may learn, how many passed a course in the last 12 months."),
    unit=Unit.PERCENT,
    period=_("12 months"),
    target=Decimal(80),
    step=Decimal(1),
    limit=Decimal(100),
)
COURSES_PASSED = Kpi(
    "courses_passed",
    name=_("Courses passed"),
    explanation=_("How many courses its people passed in the last 12 months."),
    unit=Unit.COUNT,
    period=_("12 months"),
    target=Decimal(12),
    step=Decimal(1),
)

FROM_COURSES = """
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object(
        'courses_passed', coalesce(c.passed, 0)::text,
        'trained_share', trim_scale(round(coalesce(c.trained, 0) * 100.0 / nullif(m.people, 0), 4))::text
    )),
    NULL::jsonb
FROM partners_partner p
LEFT JOIN (
    SELECT partner_id, count(*) AS people FROM tenancy_membership
    WHERE partner_id BETWEEN %(first)s AND %(last)s AND is_active AND role = ANY (%(roles)s) GROUP BY partner_id
) m ON m.partner_id = p.id
LEFT JOIN (
    SELECT e.partner_id, count(*) AS passed,
        count(DISTINCT e.member_id) FILTER (WHERE o.is_active AND o.role = ANY (%(roles)s)) AS trained
    FROM training_enrolment e JOIN tenancy_membership o ON o.id = e.member_id
    WHERE e.partner_id BETWEEN %(first)s AND %(last)s AND e.state = 'passed'
    AND e.ended_at >= %(start)s AND e.ended_at < %(end)s
    GROUP BY e.partner_id
) c ON c.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
AND EXISTS (SELECT FROM training_courseversion WHERE published_at < %(end)s)
"""


def course_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """The learning of the partners from `first` to `last`; no value where no course was ever published."""
    roles = sorted(role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_TRAINING in rights)
    days = {"start": window_start(day), "end": day + dt.timedelta(days=1)}
    return FROM_COURSES, {"first": first, "last": last, "roles": [str(role) for role in roles]} | days


register_source(KpiSource(kpis=(COURSES_PASSED, TRAINED_SHARE), rows=course_rows))


PROGRAMMES_DONE = Kpi(
    "programmes_done",
    name=_("Learning programmes done"),
    explanation=_(
        "Of the courses that the partner's people have to take by running programmes, how many they have passed."
    ),
    unit=Unit.PERCENT,
    period=_("Today"),
    target=Decimal(80),
    step=Decimal(1),
    limit=Decimal(100),
)
PROGRAMMES_LATE = Kpi(
    "programmes_late",
    name=_("Late with learning programmes"),
    explanation=_("Of the people in running programmes, how many are past the day of the course at hand."),
    unit=Unit.PERCENT,
    period=_("Today"),
    higher_is_better=False,
    target=Decimal(5),
    effort=Decimal("0.5"),
    step=Decimal(1),
    limit=Decimal(0),
)

# Only courses that are out: what is done is counted of these.
FROM_PROGRAMMES = """
WITH course AS (
    SELECT c.programme_id, count(*) AS courses
    FROM training_programmecourse c JOIN training_learningprogramme q ON q.id = c.programme_id AND q.state = 'running'
    JOIN training_course o ON o.id = c.course_id AND o.state = 'published'
    WHERE EXISTS (SELECT FROM training_courseversion v WHERE v.course_id = o.id AND v.state = 'published')
    GROUP BY c.programme_id
),
person AS (
    SELECT p.partner_id, sum(least(p.done, c.courses)) AS done, sum(c.courses) AS courses, count(*) AS people,
        count(*) FILTER (WHERE p.state = 'open' AND p.due_on < %(day)s) AS late
    FROM training_programmeperson p
    JOIN course c ON c.programme_id = p.programme_id
    JOIN tenancy_membership m ON m.id = p.member_id AND m.is_active
    WHERE p.partner_id BETWEEN %(first)s AND %(last)s AND p.state IN ('open', 'done')
    GROUP BY p.partner_id
)
SELECT p.id,
    jsonb_strip_nulls(jsonb_build_object(
        'programmes_done', trim_scale(round(n.done * 100.0 / n.courses, 4))::text,
        'programmes_late', trim_scale(round(n.late * 100.0 / n.people, 4))::text
    )),
    NULL::jsonb
FROM partners_partner p LEFT JOIN person n ON n.partner_id = p.id
WHERE p.id BETWEEN %(first)s AND %(last)s
"""


def programme_rows(day: dt.date, first: int, last: int) -> tuple[str, dict[str, Any]]:
    """Progress in learning programmes of the partners from `first` to `last`; who is in them counts as it is now."""
    return FROM_PROGRAMMES, {"day": day, "first": first, "last": last}


register_source(KpiSource(kpis=(PROGRAMMES_DONE, PROGRAMMES_LATE), rows=programme_rows))
