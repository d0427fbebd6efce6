"""What a course goes with: how much more the sell-in of partners grew that took it than that of comparable ones that did not
(`commerce.growth_effects`). A course is done when it is first passed; who began and did not pass is on neither side.
"""

import datetime as dt
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from commerce.growth_effects import Frame, companies, compared, last_day
from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from tenancy.models import Membership
from training.models import Course, CourseEffect
from valuation.comparison import Comparison

MEASURING = "training_effects"
WORK_OUT_AFTER = dt.timedelta(days=7)

# A file need not say when somebody began: who failed or gave up in it had.
LEARNED = """
SELECT course_id, partner_id, (min(ended_at) FILTER (WHERE state = 'passed') AT TIME ZONE %(zone)s)::date,
    bool_or(started_at IS NOT NULL OR source = 'import')
FROM training_enrolment
WHERE state NOT IN ('enrolled', 'exempt') AND course_id = ANY (%(courses)s)
GROUP BY course_id, partner_id
"""


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
    """The job; its result says how many `courses` were worked out, and up to which `day`."""
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
