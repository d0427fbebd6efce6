"""Who took which course in another system, from a sheet."""

from typing import ClassVar

import polars as pl
from django.utils.translation import gettext_lazy

from jobs.columns import Choice, Column, Date, Decimal, Integer, Text
from jobs.imports import Batch, Counts, Import, Stage, register_import
from training.imports import columns as shared
from training.models import EnrolmentState

STATES = {
    EnrolmentState.ENROLLED: ("미시작", "신청", "未開始", "登録", "not begun", "registered"),
    EnrolmentState.STARTED: ("학습중", "수강중", "受講中", "学習中", "learning", "in progress"),
    EnrolmentState.PASSED: ("수료", "합격", "이수", "修了", "合格", "pass", "completed", "distinction"),
    EnrolmentState.FAILED: ("미이수", "불합격", "不合格", "未修了", "fail"),
    EnrolmentState.EXEMPT: ("면제", "免除", "exempted"),
    EnrolmentState.WITHDRAWN: ("철회", "취소", "中止", "取消", "dropped", "cancelled"),
}
ENDED = ["passed", "failed", "exempt", "withdrawn"]

NO_END = """
    SELECT n.row, 'ended_on', 'no_end', n.state FROM import_rows n WHERE n.state = ANY (%(ended)s) AND n.ended_on IS NULL
"""
NO_STATE = """
    SELECT n.row, 'state', 'no_state', n.state FROM import_rows n
    WHERE n.ended_on IS NOT NULL AND NOT coalesce(n.state = ANY (%(ended)s), false)
"""
TO_COME = """
    SELECT n.row, x.col, 'to_come', x.day::text FROM import_rows n CROSS JOIN LATERAL (VALUES
        ('enrolled_on', n.enrolled_on), ('started_on', n.started_on), ('ended_on', n.ended_on)
    ) x (col, day) WHERE x.day > %(today)s
"""
TOO_EARLY = """
    SELECT n.row, x.col, 'too_early', x.day::text FROM import_rows n CROSS JOIN LATERAL (VALUES
        ('due_on', n.due_on), ('started_on', n.started_on), ('ended_on', n.ended_on)
    ) x (col, day) WHERE x.day < n.enrolled_on
"""
KNOWN = f"""
    UPDATE import_rows n SET enrolment_id = e.id, source = {shared.SOURCE} FROM training_enrolment e
    WHERE e.member_id = n.member_id AND e.course_id = n.course_id
    AND (e.enrolled_at AT TIME ZONE %(zone)s)::date = n.enrolled_on
"""  # noqa: S608 (our own words)
MADE_HERE = "SELECT n.row, 'email', 'made_here', n.email FROM import_rows n WHERE n.source <> 'import'"
OPEN_ALREADY = """
    SELECT n.row, 'email', 'open_already', n.email FROM import_rows n
    WHERE coalesce(n.state, 'enrolled') IN ('enrolled', 'started') AND EXISTS (
        SELECT FROM training_enrolment e WHERE e.member_id = n.member_id AND e.course_id = n.course_id
        AND e.state IN ('enrolled', 'started') AND e.id IS DISTINCT FROM n.enrolment_id
        AND NOT EXISTS (SELECT FROM import_rows o WHERE o.enrolment_id = e.id AND o.state = ANY (%(ended)s))
    )
    UNION ALL
    SELECT row, 'email', 'open_already', email FROM (
        SELECT row, email, row_number() OVER (PARTITION BY member_id, course_id ORDER BY row) AS place FROM import_rows
        WHERE coalesce(state, 'enrolled') IN ('enrolled', 'started')
    ) o WHERE place > 1
"""

MOMENT = "((n.{day} + time '12:00') AT TIME ZONE %(zone)s)"
VALUES = {
    "state": (
        "state",
        (
            "CASE WHEN coalesce(n.state, 'enrolled') <> 'enrolled' THEN n.state"
            " WHEN n.started_on IS NOT NULL OR t.state = 'started' THEN 'started' ELSE 'enrolled' END"
        ),
    ),
    "due_on": ("due_on", "n.due_on"),
    "started_on": ("started_at", f"least({MOMENT.format(day='started_on')}, t.started_at)"),
    "ended_on": ("ended_at", MOMENT.format(day="ended_on")),
    "score": ("score", "coalesce(n.score, t.score)"),
    "minutes": ("seconds", "greatest(n.minutes * 60, t.seconds, 0)"),
    "reason": ("reason", "coalesce(n.reason, '')"),
}
"""Our name of a column: the enrolment's, and what the file says of it. What the file has no column for stays, and so does
what came of its lessons (`training.imports.results`)."""
SAID = ", ".join(
    f"CASE WHEN '{name}' = ANY (%(said)s) OR t.id IS NULL THEN {value} ELSE t.{column} END AS {column}"
    for name, (column, value) in VALUES.items()
)
NAMES = [column for column, _value in VALUES.values()]
FOUND = f"""
    SELECT n.row, n.enrolment_id, n.course_id, n.version_id, n.member_id, n.own_partner_id AS partner_id,
        {MOMENT.format(day="enrolled_on")} AS enrolled_at, {SAID}
    FROM import_rows n LEFT JOIN training_enrolment t ON t.id = n.enrolment_id
"""  # noqa: S608 (our own words)
DIFFERS = "({old}) IS DISTINCT FROM ({new})".format(
    old=", ".join(f"t.{name}" for name in NAMES), new=", ".join(f"f.{name}" for name in NAMES)
)
COUNTS = f"""
    SELECT count(*) FILTER (WHERE t.id IS NULL), count(*) FILTER (WHERE t.id IS NOT NULL AND {DIFFERS}),
        count(*) FILTER (WHERE t.id IS NOT NULL AND NOT {DIFFERS})
    FROM enrolment_rows f LEFT JOIN training_enrolment t ON t.id = f.enrolment_id
"""  # noqa: S608
UPDATE = f"""
    UPDATE training_enrolment t SET ({", ".join(NAMES)}) = ({", ".join(f"f.{name}" for name in NAMES)})
    FROM enrolment_rows f WHERE t.id = f.enrolment_id AND {DIFFERS}
"""  # noqa: S608
INSERT = f"""
    INSERT INTO training_enrolment (
        course_id, version_id, partner_id, member_id, enrolled_at, {", ".join(NAMES)}, source, done
    )
    SELECT f.course_id, f.version_id, f.partner_id, f.member_id, f.enrolled_at,
        {", ".join(f"f.{name}" for name in NAMES)}, 'import', 0
    FROM enrolment_rows f WHERE f.enrolment_id IS NULL ORDER BY f.row
"""  # noqa: S608


@register_import
class EnrolmentImport(Import):
    """Enrolments, known by course, person and the day of enrolling."""

    key = "enrolments"
    label = gettext_lazy("Enrolments in courses")
    explanation = gettext_lazy(
        "One enrolment of one person in each row, with how it ended. People must have access already, and the course be"
        " there. A pass counts before other courses and in the analysis; it gives no certificate of this portal."
    )
    function = "training"
    order = 97
    sentences: ClassVar = shared.SENTENCES | {
        "no_end": gettext_lazy("who has ended needs the day of it"),
        "no_state": gettext_lazy("an end needs how it ended: passed, failed, exempt or withdrawn"),
        "open_already": gettext_lazy("“%(value)s” takes this course already"),
        "repeated": gettext_lazy("is the same enrolment as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            shared.course_column(),
            *shared.person_columns(),
            Date(
                "enrolled_on",
                gettext_lazy("Enrolled"),
                ("수강신청일", "신청일", "등록일", "受講登録日", "登録日", "申込日", "enrolment date", "registered"),
                required=True,
                must_map=True,
                example="2025-03-03",
            ),
            Date("due_on", gettext_lazy("Due"), ("마감일", "수료기한", "期限", "締切日", "due date", "deadline")),
            Date("started_on", gettext_lazy("Begun"), ("시작일", "학습시작일", "開始日", "start date")),
            Choice(
                "state",
                gettext_lazy("State"),
                ("상태", "결과", "수료여부", "状態", "結果", "status", "result"),
                choices={str(state.value): names for state, names in STATES.items()},
                example="passed",
            ),
            Date(
                "ended_on",
                gettext_lazy("Ended"),
                ("종료일", "수료일", "修了日", "終了日", "end date", "completed on"),
                example="2025-04-11",
            ),
            Decimal(
                "score",
                gettext_lazy("Score, of 100"),
                ("점수", "성적", "点数", "得点", "score", "grade"),
                places=2,
                minimum="0",
                maximum="100",
                example="86",
            ),
            Integer("minutes", gettext_lazy("Minutes"), ("학습시간(분)", "分", "학습분", "time spent"), minimum="0"),
            Text("reason", gettext_lazy("Reason"), ("사유", "理由", "note"), max_length=300),
        ]  # fmt: skip

    def staged(self) -> dict[str, str]:
        types = {getattr(column, "into", "") or column.name: column.sql_type for column in self.columns()}
        return types | shared.LOOKED_UP | {"enrolment_id": "bigint", "source": "text"}

    def prepare(self) -> None:
        self.asked = shared.today_and_zone() | {"said": sorted(self.mapping.names), "ended": ENDED}

    def refine(self, batch: Batch) -> None:
        for name in self.staged():
            if name not in batch.values:
                batch.values[name] = pl.repeat(None, len(batch), dtype=pl.String, eager=True)

    def settle(self, stage: Stage) -> Counts:
        for query in (NO_END, NO_STATE, TO_COME, TOO_EARLY):
            stage.reject(query, self.asked)
        stage.analyse("import_rows")
        with stage.planned_for(stage.rows):
            stage.execute(shared.COURSE)
            stage.execute(shared.PERSON)
            for query in (shared.UNKNOWN_COURSE, shared.NOT_OUT, shared.SEVERAL_PLACES, shared.UNKNOWN_PERSON):
                stage.reject(query)
            dropped = stage.reject_repeated(
                ("course_id", "member_id", "enrolled_on"), told_of="email", saying=tuple(VALUES)
            )
            stage.execute(KNOWN, self.asked)
            stage.reject(MADE_HERE)
            stage.reject(OPEN_ALREADY, self.asked)
            stage.table("enrolment_rows", FOUND, self.asked)
            stage.analyse("enrolment_rows")
            ((new, changed, same),) = stage.fetch(COUNTS)
        return Counts(new, changed, same + dropped)

    def write(self, stage: Stage) -> None:
        with stage.planned_for(stage.rows):
            stage.execute(UPDATE)
            stage.execute(INSERT)
