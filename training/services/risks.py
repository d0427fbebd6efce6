"""Who may not finish a course: learned for each manufacturer, asked every night of what is open, and said to who can help.

What is learned from was known at the landmark: when lessons were begun and done, attempts submitted by then, courses that
had ended before. The time spent, the last visit and the score of a lesson are overwritten as people go on, so they are not
used of the past; of lessons that came from a file the score is, which nobody betters here. Lessons that left a course with its
version are not remembered.
"""

import datetime as dt
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from notices.services import tell_from
from tenancy.cursors import dict_rows
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import commit_chunk_if_outermost
from tenancy.selectors import current_manufacturer
from training.models import Course, Enrolment, EnrolmentRisk, RiskModel
from training.notice_kinds.analysis import BEHIND
from training.risk import EARLIEST, LANDMARKS, EarlyWarning, Outlook, learn
from valuation.learning import FEWEST_CLOSED, FEWEST_WON, TooFewError, has_enough

LEARNING = "training_risk"
USUAL_DAYS = 90
"""Who has no day by which it is due has so long."""
SHORTEST_DAYS = 7
GRACE_DAYS = 14
"""So long after its time a course still counts as finished in time."""
MOST_TAUGHT = 20_000
"""The latest enrolments are learned from."""
LEARN_AFTER = dt.timedelta(days=7)
REMIND_AFTER = dt.timedelta(days=7)
CHUNK = 5_000

CHOSEN = """
    SELECT e.id, e.course_id, e.partner_id, e.member_id, e.enrolled_at, e.source, e.state, e.ended_at, v.lesson_count,
        greatest(
            coalesce((e.due_on + 1)::timestamp AT TIME ZONE %(zone)s, e.enrolled_at + make_interval(days => %(usual)s)),
            e.enrolled_at + make_interval(days => %(shortest)s)
        ) AS due_at
    FROM training_enrolment e JOIN training_courseversion v ON v.id = e.version_id
"""
FACTS = """
    SELECT c.id, c.course_id, c.moment, c.settled, c.finished,
        c.elapsed::float, (coalesce(a.done, 0)::float / greatest(c.lesson_count, 1) - c.elapsed)::float AS pace,
        (extract(epoch FROM a.first - c.enrolled_at) / 86400)::float AS begun_after,
        (extract(epoch FROM c.moment - a.last) / 86400)::float AS silent, coalesce(a.days, 0) AS days,
        coalesce(q.score, CASE WHEN c.source = 'import' THEN a.score END)::float AS score, coalesce(q.missed, 0) AS missed,
        (extract(epoch FROM c.due_at - c.enrolled_at) / 86400)::float AS given, c.lesson_count AS lessons,
        coalesce(b.passed, 0) AS passed_before, coalesce(b.missed, 0) AS missed_before, coalesce(b.again, false) AS again,
        c.source
    FROM cases c
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE p.done_at <= c.moment) AS done, min(p.started_at) AS first,
            greatest(max(p.started_at), max(p.done_at) FILTER (WHERE p.done_at <= c.moment)) AS last,
            count(DISTINCT p.started_at::date) AS days, avg(p.score) FILTER (WHERE p.done_at <= c.moment) AS score
        FROM training_lessonprogress p WHERE p.enrolment_id = c.id AND p.started_at <= c.moment
    ) a ON true
    LEFT JOIN LATERAL (
        SELECT avg(t.score) AS score, count(*) FILTER (WHERE NOT t.is_passed) AS missed
        FROM training_attempt t WHERE t.enrolment_id = c.id AND t.submitted_at <= c.moment
    ) q ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.state = 'passed') AS passed,
            count(*) FILTER (WHERE o.state = 'failed' OR o.state = 'withdrawn' AND o.source = 'import') AS missed,
            bool_or(o.course_id = c.course_id) AS again
        FROM training_enrolment o WHERE o.member_id = c.member_id AND o.ended_at < c.enrolled_at
    ) b ON true
    ORDER BY c.moment, c.id
"""
# Only those whose time is over, whatever became of them: of the others those alone would be in it that have ended early; so
# goes what was known when later ones began (`settled`). They were open at the first landmark, so that each is a case. Who was
# let out here did not fail.
TAUGHT = f"""
    SELECT *,
        coalesce(state = 'passed' AND ended_at <= due_at + make_interval(days => %(grace)s), false) AS finished
    FROM ({CHOSEN} WHERE e.state <> 'exempt' AND (e.state <> 'withdrawn' OR e.source = 'import')) t
    WHERE due_at + make_interval(days => %(grace)s) <= %(now)s
    AND (ended_at IS NULL OR ended_at > enrolled_at + %(earliest)s::float * (due_at - enrolled_at))
    ORDER BY enrolled_at DESC, id DESC LIMIT %(most)s
"""  # noqa: S608 (our own words)
PAST = f"""
WITH chosen AS MATERIALIZED ({TAUGHT}), cases AS MATERIALIZED (
    SELECT c.*, l.elapsed, c.enrolled_at + l.elapsed * (c.due_at - c.enrolled_at) AS moment,
        c.due_at + make_interval(days => %(grace)s) AS settled
    FROM chosen c CROSS JOIN unnest(%(landmarks)s::float[]) l (elapsed)
    WHERE c.ended_at IS NULL OR c.ended_at > c.enrolled_at + l.elapsed * (c.due_at - c.enrolled_at)
)
{FACTS}
"""  # noqa: S608
PRESENT = f"""
WITH chosen AS MATERIALIZED (
    {CHOSEN} JOIN tenancy_membership m ON m.id = e.member_id AND m.is_active
    WHERE e.state IN ('enrolled', 'started') AND e.id > %(after)s AND e.id <= %(last)s
), cases AS MATERIALIZED (
    SELECT * FROM (
        SELECT c.*, %(now)s::timestamptz AS moment, NULL::boolean AS finished, NULL::timestamptz AS settled,
            extract(epoch FROM %(now)s::timestamptz - c.enrolled_at) / extract(epoch FROM c.due_at - c.enrolled_at) AS elapsed
        FROM chosen c
    ) t WHERE elapsed BETWEEN %(earliest)s AND 1
)
{FACTS}
"""  # noqa: S608
LAST_OF_CHUNK = """
SELECT max(id) FROM (
    SELECT id FROM training_enrolment WHERE state IN ('enrolled', 'started') AND id > %s ORDER BY id LIMIT %s
) chunk
"""
KEEP = """
INSERT INTO training_enrolmentrisk (enrolment_id, partner_id, chance, needs_help, reasons, scored_on)
SELECT n.id, e.partner_id, n.chance, n.needs_help, n.reasons::jsonb, %(day)s
FROM unnest(%(ids)s::bigint[], %(chances)s::float[], %(needs)s::boolean[], %(reasons)s::text[])
    n (id, chance, needs_help, reasons)
JOIN training_enrolment e ON e.id = n.id
ON CONFLICT (enrolment_id) DO UPDATE SET partner_id = excluded.partner_id, chance = excluded.chance,
    needs_help = excluded.needs_help, reasons = excluded.reasons, scored_on = excluded.scored_on
"""
NO_MORE = """
DELETE FROM training_enrolmentrisk r WHERE scored_on <> %s
OR NOT EXISTS (SELECT FROM training_enrolment e WHERE e.id = r.enrolment_id AND e.state IN ('enrolled', 'started'))
"""
DUE_FOR_A_WORD = """
UPDATE training_enrolmentrisk r SET reminded_on = %(day)s
FROM training_enrolment e
WHERE e.id = r.enrolment_id AND e.state IN ('enrolled', 'started') AND r.needs_help AND r.scored_on = %(day)s
AND (r.reminded_on IS NULL OR r.reminded_on <= %(before)s)
RETURNING r.enrolment_id
"""


class RiskError(DomainError):
    """Nothing can be learned now."""


@dataclass(frozen=True)
class Supply:
    """How many enrolments there are to learn from, whose time is over and which did not end at its beginning, and how many
    of them were finished in time."""

    enrolments: int
    finished: int

    @property
    def is_enough(self) -> bool:
        return has_enough(closed=self.enrolments, won=self.finished)


def supply(now: dt.datetime | None = None) -> Supply:
    """What there is to learn from at a moment, now unless named. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE finished) FROM ({TAUGHT}) over",  # noqa: S608
            _asked(now or timezone.now()),
        )
        return Supply(*cursor.fetchone())


def too_little_text(have: Supply) -> str:
    """Why nothing can be learned yet, and what it takes."""
    return _(
        "It takes at least %(enrolments)s enrolments whose time is over and that went on for a fifth of it or longer,"
        " %(finished)s of them finished and as many not. You have %(have)s, %(have_finished)s of them finished."
    ) % {
        "enrolments": FEWEST_CLOSED,
        "finished": FEWEST_WON,
        "have": have.enrolments,
        "have_finished": have.finished,
    }


def past_cases(now: dt.datetime) -> list[dict[str, Any]]:
    """Enrolments whose outcome is known, as they stood at each landmark, in the order of these moments. One query."""
    return _rows(PAST, _asked(now) | {"landmarks": list(LANDMARKS)})


def learned_from(cases: list[dict[str, Any]], judged: list[bool] | None = None) -> EarlyWarning:
    """What these cases teach. Raises TooFewError where they are too few."""
    return learn(
        cases,
        [case["finished"] for case in cases],
        enrolments=[case["id"] for case in cases],
        looked_at=[case["moment"] for case in cases],
        settled=[case["settled"] for case in cases],
        judged=judged,
    )


def request_learning(*, by: Membership | None = None) -> Job:
    """Have it learned by a worker, if there is enough."""
    have = supply()
    if not have.is_enough:
        raise RiskError(too_little_text(have))
    return start_job(LEARNING, key="risk", by=by)


def run_learning(progress: Progress) -> dict[str, Any]:
    """The job: learned anew, and asked at once of what is open. Its result names the `version`, the `enrolments`, whether it is
    `useful`, and how many were `scored`."""
    progress.begin(0, _("Reading courses of the past"))
    now = timezone.now()
    model = learn_now(now)
    progress.check()
    scored = score_open(now)
    return {"version": model.version, "enrolments": model.enrolments, "useful": model.is_useful, "scored": scored}


def learn_now(now: dt.datetime) -> RiskModel:
    """Learn from the enrolments whose time is over, and keep it as the next version."""
    cases = past_cases(now)
    try:
        learned = learned_from(cases)
    except TooFewError as error:
        raise RiskError(too_little_text(supply(now))) from error
    finished = {case["id"]: case["finished"] for case in cases}
    latest = RiskModel.objects.aggregate(version=Max("version"))["version"] or 0
    return RiskModel.objects.create(
        version=latest + 1,
        is_useful=learned.is_useful,
        document=learned.as_json(),
        enrolments=len(finished),
        finished=sum(finished.values()),
        courses=len({case["course_id"] for case in cases}),
    )


def look_after(now: dt.datetime) -> dict[str, Any]:
    """Every night: learn anew where a week has gone by and there is enough; else ask of what is open, and have a word with
    who falls behind. Where nothing can be learned now, the model of before stays in use. Safe to run again."""
    last = RiskModel.objects.defer("document").first()
    if (last is None or now - last.created_at >= LEARN_AFTER) and supply(now).is_enough:
        with suppress(RiskError):
            learn_now(now)
    return {"scored": score_open(now), "reminded": remind(timezone.localdate(now))}


def score_open(now: dt.datetime) -> int:
    """Keep with each open enrolment how likely it is finished in time; of how many. Without a model that is better than the
    plain rate nothing is kept, and what was kept goes. In chunks that are committed by themselves.
    """
    model = RiskModel.objects.first()
    day = timezone.localdate(now)
    after, scored = 0, 0
    if model is not None and model.is_useful:
        warning = EarlyWarning.from_json(model.document)
        while last := _last_of_chunk(after):
            cases = _rows(PRESENT, _asked(now) | {"after": after, "last": last})
            _keep([case["id"] for case in cases], warning.look_at(cases), day)
            scored += len(cases)
            after = last
            commit_chunk_if_outermost()
        with connection.cursor() as cursor:
            cursor.execute(NO_MORE, [day])
    else:
        EnrolmentRisk.objects.all().delete()
    return scored


@transaction.atomic
def remind(day: dt.date) -> int:
    """A friendly word to who falls behind, once a week at most for each course; to how many. Safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_FOR_A_WORD, {"day": day, "before": day - REMIND_AFTER})
        due = [pk for (pk,) in cursor.fetchall()]
    rows = Enrolment.objects.filter(pk__in=due).values_list("pk", "member", "course", "due_on")
    titles = dict(Course.objects.filter(enrolments__in=due).values_list("pk", "titles"))
    return tell_from(
        [
            (
                member,
                f"course-behind-{pk}-{day}",
                {"course": course, "title": titles[course], "due_on": due_on},
            )
            for pk, member, course, due_on in rows
        ],
        BEHIND,
    )


def _keep(ids: list[int], outlooks: list[Outlook], day: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "ids": ids,
                "chances": [each.chance for each in outlooks],
                "needs": [each.needs_help for each in outlooks],
                "reasons": [json.dumps([reason.as_json() for reason in each.reasons]) for each in outlooks],
                "day": day,
            },
        )


def _last_of_chunk(after: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_CHUNK, [after, CHUNK])
        found: int | None = cursor.fetchone()[0]
        return found


def _asked(now: dt.datetime) -> dict[str, Any]:
    return {
        "now": now,
        "zone": current_manufacturer().timezone,
        "usual": USUAL_DAYS,
        "shortest": SHORTEST_DAYS,
        "grace": GRACE_DAYS,
        "earliest": EARLIEST,
        "most": MOST_TAUGHT,
    }


def _rows(sql: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(dict_rows(cursor))
