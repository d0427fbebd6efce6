"""Results of lessons in another system, from a sheet."""

from typing import ClassVar

import polars as pl
from django.utils.translation import gettext_lazy

from jobs.columns import Column, Date, Decimal, Integer, Text
from jobs.imports import Batch, Counts, Import, Stage, register_import
from training.imports import columns as shared

SAID = ("done_on", "score", "minutes")
"""What a row says of the lesson and the person that it names."""
TO_COME = """
    SELECT n.row, 'done_on', 'to_come', n.done_on::text FROM import_rows n WHERE n.done_on > %(today)s
"""
# Of somebody's several turns at a course the last one that had begun by then.
ENROLMENT = f"""
    UPDATE import_rows n SET enrolment_id = t.id, version_id = t.version_id, source = t.source
    FROM (
        SELECT DISTINCT ON (n.row) n.row, e.id, e.version_id, {shared.SOURCE} AS source
        FROM import_rows n JOIN training_enrolment e ON e.member_id = n.member_id AND e.course_id = n.course_id
            AND (e.enrolled_at AT TIME ZONE %(zone)s)::date <= n.done_on
        ORDER BY n.row, e.enrolled_at DESC, e.id DESC
    ) t WHERE t.row = n.row
"""  # noqa: S608 (our own words)
NOT_ENROLLED = "SELECT n.row, 'email', 'not_enrolled', n.done_on::text FROM import_rows n WHERE n.enrolment_id IS NULL"
MADE_HERE = "SELECT n.row, 'email', 'made_here', n.email FROM import_rows n WHERE n.source <> 'import'"
LESSONS = """
    SELECT l.version_id, t.value AS title, min(l.id) AS id, count(DISTINCT l.id) AS lessons
    FROM training_lesson l CROSS JOIN LATERAL jsonb_each_text(l.titles) t
    WHERE l.version_id IN (SELECT DISTINCT version_id FROM import_rows) GROUP BY 1, 2
"""
LESSON = """
    UPDATE import_rows n SET lesson_id = l.id, lessons = l.lessons FROM lesson_titles l
    WHERE l.version_id = n.version_id AND l.title = n.lesson
"""
UNKNOWN_LESSON = "SELECT n.row, 'lesson', 'unknown_lesson', n.lesson FROM import_rows n WHERE n.lesson_id IS NULL"
SEVERAL_LESSONS = "SELECT n.row, 'lesson', 'several_lessons', n.lesson FROM import_rows n WHERE n.lessons > 1"

FOUND = """
    SELECT n.row, n.enrolment_id, n.lesson_id, n.own_partner_id AS partner_id, p.id AS progress_id,
        (n.done_on + time '12:00') AT TIME ZONE %(zone)s AS done_at,
        CASE WHEN 'score' = ANY (%(said)s) OR p.id IS NULL THEN n.score ELSE p.score END AS score,
        CASE WHEN 'minutes' = ANY (%(said)s) OR p.id IS NULL THEN coalesce(n.minutes, 0) * 60 ELSE p.seconds END AS seconds
    FROM import_rows n
    LEFT JOIN training_lessonprogress p ON p.enrolment_id = n.enrolment_id AND p.lesson_id = n.lesson_id
"""
DIFFERS = "(p.done_at, p.score, p.seconds) IS DISTINCT FROM (f.done_at, f.score, f.seconds)"
COUNTS = f"""
    SELECT count(*) FILTER (WHERE p.id IS NULL), count(*) FILTER (WHERE p.id IS NOT NULL AND {DIFFERS}),
        count(*) FILTER (WHERE p.id IS NOT NULL AND NOT {DIFFERS})
    FROM result_rows f LEFT JOIN training_lessonprogress p ON p.id = f.progress_id
"""  # noqa: S608
UPDATE = f"""
    UPDATE training_lessonprogress p
    SET done_at = f.done_at, seen_at = f.done_at, started_at = f.done_at, score = f.score, seconds = f.seconds
    FROM result_rows f WHERE p.id = f.progress_id AND {DIFFERS}
"""  # noqa: S608
INSERT = """
    INSERT INTO training_lessonprogress
        (enrolment_id, lesson_id, partner_id, started_at, seen_at, done_at, score, seconds, place)
    SELECT enrolment_id, lesson_id, partner_id, done_at, done_at, done_at, score, seconds, '{}'
    FROM result_rows WHERE progress_id IS NULL ORDER BY row
"""
# What an enrolment says of itself follows its lessons; how it ended is said by the file of enrolments alone.
FOLLOW = """
    UPDATE training_enrolment e SET done = t.done, seen_at = t.last, started_at = least(e.started_at, t.first),
        seconds = greatest(e.seconds, t.seconds), score = coalesce(e.score, CASE WHEN e.ended_at IS NOT NULL THEN t.score END),
        state = CASE WHEN e.state = 'enrolled' THEN 'started' ELSE e.state END
    FROM (
        SELECT p.enrolment_id, count(p.done_at) AS done, max(p.seen_at) AS last, min(p.started_at) AS first,
            sum(p.seconds) AS seconds, round(avg(p.score), 2) AS score
        FROM training_lessonprogress p WHERE p.enrolment_id IN (SELECT enrolment_id FROM result_rows) GROUP BY 1
    ) t WHERE e.id = t.enrolment_id
"""


@register_import
class ResultImport(Import):
    """Lessons done, known by enrolment and lesson."""

    key = "results"
    label = gettext_lazy("Results of lessons")
    explanation = gettext_lazy(
        "One lesson done by one person in each row. Bring in the enrolments first: only those that came from a file take"
        " results from one."
    )
    function = "training"
    order = 98
    sentences: ClassVar = shared.SENTENCES | {
        "not_enrolled": gettext_lazy("was not enrolled in the course by %(value)s"),
        "unknown_lesson": gettext_lazy("the course has no lesson “%(value)s”"),
        "several_lessons": gettext_lazy("the course has several lessons called “%(value)s”"),
        "repeated": gettext_lazy("is the same lesson of the same person as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            shared.course_column(),
            *shared.person_columns(),
            Text(
                "lesson",
                gettext_lazy("Lesson"),
                ("차시", "차시명", "평가", "レッスン", "レッスン名", "lesson title", "assessment", "unit"),
                required=True,
                must_map=True,
                max_length=200,
                example="바닥 상태 점검",
            ),
            Date(
                "done_on",
                gettext_lazy("Done"),
                ("완료일", "제출일", "이수일", "完了日", "提出日", "completed", "submitted", "date"),
                required=True,
                must_map=True,
                example="2025-03-20",
            ),
            Decimal(
                "score",
                gettext_lazy("Score, of 100"),
                ("점수", "성적", "点数", "得点", "score", "grade"),
                places=2,
                minimum="0",
                maximum="100",
                example="80",
            ),
            Integer("minutes", gettext_lazy("Minutes"), ("학습시간(분)", "分", "학습분", "time spent"), minimum="0"),
        ]  # fmt: skip

    def staged(self) -> dict[str, str]:
        types = {getattr(column, "into", "") or column.name: column.sql_type for column in self.columns()}
        looked_up = {"enrolment_id": "bigint", "lesson_id": "bigint", "lessons": "bigint", "source": "text"}
        return types | shared.LOOKED_UP | looked_up

    def prepare(self) -> None:
        self.asked = shared.today_and_zone() | {"said": sorted(self.mapping.names)}

    def refine(self, batch: Batch) -> None:
        for name in self.staged():
            if name not in batch.values:
                batch.values[name] = pl.repeat(None, len(batch), dtype=pl.String, eager=True)

    def settle(self, stage: Stage) -> Counts:
        stage.reject(TO_COME, self.asked)
        stage.analyse("import_rows")
        with stage.planned_for(stage.rows):
            stage.execute(shared.COURSE)
            stage.execute(shared.PERSON)
            for query in (shared.UNKNOWN_COURSE, shared.SEVERAL_PLACES, shared.UNKNOWN_PERSON):
                stage.reject(query)
            stage.execute(ENROLMENT, self.asked)
            stage.reject(NOT_ENROLLED)
            stage.reject(MADE_HERE)
            stage.table("lesson_titles", LESSONS)
            stage.execute(LESSON)
            stage.reject(UNKNOWN_LESSON)
            stage.reject(SEVERAL_LESSONS)
            dropped = stage.reject_repeated(("enrolment_id", "lesson_id"), told_of="lesson", saying=SAID)
            stage.table("result_rows", FOUND, self.asked)
            stage.analyse("result_rows")
            ((new, changed, same),) = stage.fetch(COUNTS)
        return Counts(new, changed, same + dropped)

    def write(self, stage: Stage) -> None:
        with stage.planned_for(stage.rows):
            stage.execute(UPDATE)
            stage.execute(INSERT)
            stage.execute(FOLLOW)
