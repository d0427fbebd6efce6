"""What a course goes with: how much more the sell-in of partners grew that took it than that of comparable ones that did not.

The days are parted in three, going back from the last day of which there are figures: half a year in which the result is
looked at, half a year before it in which the trained passed the course, and what lies before both, when nobody had. Growth
is that of the first against the same days a year earlier, which lie before the training. Partners are compared with others
of the same country, region and kind, near in size and in their growth before. Who passed earlier or later, or began and did
not pass, is on neither side.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from tenancy.models import Membership
from training.models import Course, CourseEffect
from valuation.comparison import Comparison, compare
from valuation.registry import present_day

MEASURING = "training_effects"
HALF_YEAR = 182
YEAR = 364
"""Whole weeks, so that the same days of the week are compared."""
LEAST_GROWTH, MOST_GROWTH = -100.0, 200.0
"""Growth counts within these, in per cent: else a partner that began with next to nothing would decide alone."""
WORK_OUT_AFTER = dt.timedelta(days=7)

COMPANIES = """
SELECT p.id, p.country || ' ' || p.region, p.kind_id, s.after::float, s.same::float, s.year::float, s.earlier::float
FROM partners_partner p
JOIN (
    SELECT partner_id,
        coalesce(sum(amount_base) FILTER (WHERE date > %(cut)s), 0) AS after,
        coalesce(sum(amount_base) FILTER (WHERE date > %(same)s AND date <= %(start)s), 0) AS same,
        coalesce(sum(amount_base) FILTER (WHERE date > %(year)s AND date <= %(start)s), 0) AS year,
        coalesce(sum(amount_base) FILTER (WHERE date > %(earlier)s AND date <= %(year)s), 0) AS earlier
    FROM commerce_salesday WHERE date > %(earlier)s AND date <= %(day)s GROUP BY partner_id
) s ON s.partner_id = p.id AND s.same > 0
WHERE p.merged_into_id IS NULL
ORDER BY p.id
"""
# A file need not say when somebody began: who failed or gave up in it had.
LEARNED = """
SELECT course_id, partner_id, (min(ended_at) FILTER (WHERE state = 'passed') AT TIME ZONE %(zone)s)::date,
    bool_or(started_at IS NOT NULL OR source = 'import')
FROM training_enrolment
WHERE state NOT IN ('enrolled', 'exempt') AND course_id = ANY (%(courses)s)
GROUP BY course_id, partner_id
"""


@dataclass(frozen=True)
class Frame:
    """The days that are compared: trained from the day after `start` to `cut`, their result until `day`."""

    day: dt.date

    @property
    def cut(self) -> dt.date:
        return self.day - dt.timedelta(days=HALF_YEAR)

    @property
    def start(self) -> dt.date:
        return self.cut - dt.timedelta(days=HALF_YEAR)

    def as_params(self) -> dict[str, dt.date]:
        """The days by the names of the statement; `same` and `cut` lie a year before `start` and `day`."""
        year = dt.timedelta(days=YEAR)
        return {
            "day": self.day,
            "cut": self.cut,
            "start": self.start,
            "same": self.cut - year,
            "year": self.start - year,
            "earlier": self.start - 2 * year,
        }


@dataclass(frozen=True)
class Company:
    """A partner with its sell-in in the base currency: after the training, the same days a year before, the year before
    anybody was trained, and the year before that."""

    pk: int
    place: str
    kind: int
    after: float
    same: float
    year: float
    earlier: float

    @property
    def growth(self) -> float:
        return growth(self.after, self.same) or 0.0


def growth(now: float, before: float) -> float | None:
    """In per cent, within bounds; none where there was nothing before."""
    return min(MOST_GROWTH, max(LEAST_GROWTH, 100 * (now - before) / before)) if before > 0 else None


def last_day(today: dt.date | None = None) -> dt.date:
    """The last day of which there are figures."""
    return present_day(today or timezone.localdate())


def companies(frame: Frame) -> list[Company]:
    """The partners that bought in the days that their growth is taken against. One query."""
    with connection.cursor() as cursor:
        cursor.execute(COMPANIES, frame.as_params())
        return [Company(*row) for row in cursor.fetchall()]


def compared(
    partners: Sequence[Company], learned: Mapping[int, tuple[dt.date | None, bool]], frame: Frame
) -> Comparison:
    """The growth of partners that passed a course in time against comparable ones that never began it. `learned`: by partner
    the day of its first pass, and whether anybody began."""
    did, kept = [], []
    for each in partners:
        passed, has_begun = learned.get(each.pk, (None, False))
        if passed is not None and frame.start < passed <= frame.cut:
            did.append(True)
        elif not has_begun and passed is None:
            did.append(False)
        else:
            continue
        kept.append(each)
    return compare(
        did,
        [each.growth for each in kept],
        alike={"region": [each.place for each in kept], "kind": [each.kind for each in kept]},
        near={
            "size": [math.log1p(max(each.year, 0.0)) for each in kept],
            "growth": [growth(each.year, each.earlier) for each in kept],
        },
    )


def work_out(day: dt.date) -> int:
    """Work out the effect of every course that somebody has passed, and keep it over the one before; of how many. Safe to run
    again: the same figures give the same result."""
    frame = Frame(day)
    courses = list(Course.objects.filter(enrolments__state="passed").distinct().order_by("pk"))
    partners = companies(frame)
    learned: dict[int, dict[int, tuple[dt.date | None, bool]]] = {course.pk: {} for course in courses}
    with connection.cursor() as cursor:
        zone = timezone.get_current_timezone_name()
        cursor.execute(LEARNED, {"courses": list(learned), "zone": zone})
        for course, partner, passed, has_begun in cursor.fetchall():
            learned[course][partner] = (passed, has_begun)
    for course in courses:
        _keep(course, compared(partners, learned[course.pk], frame), frame)
    return len(courses)


def _keep(course: Course, found: Comparison, frame: Frame) -> None:
    CourseEffect.objects.update_or_create(
        course=course,
        defaults={
            "day": frame.day,
            "trained_after": frame.start,
            "trained_until": frame.cut,
            "verdict": found.verdict,
            "did": found.did,
            "others": found.others,
            "pairs": len(found.pairs),
            **{
                name: getattr(found, name)
                for name in ("difference", "low", "high", "p", "plain_difference", "mean_did", "mean_others")
            },
            "balance": [{"key": each.key, "before": each.before, "after": each.after} for each in found.balance],
        },
    )


def request_measuring(*, by: Membership | None = None) -> Job:
    """Have it worked out by a worker."""
    return start_job(MEASURING, key="effects", by=by)


def run_measuring(progress: Progress) -> dict[str, Any]:
    """The job."""
    progress.begin(0, _("Comparing partners"))
    day = last_day()
    return {"courses": work_out(day), "day": day.isoformat()}


def look_after(now: dt.datetime) -> bool:
    """Once a week, where courses have been passed: have it worked out; whether it is."""
    latest = CourseEffect.objects.order_by("-worked_out_at").first()
    is_due = latest is None or now - latest.worked_out_at >= WORK_OUT_AFTER
    if is_due and Course.objects.filter(enrolments__state="passed").exists():
        request_measuring()
        return True
    return False
