"""Courses of another system from a sheet, a lesson in each row: so that who learned what there can follow."""

import json
from itertools import groupby
from typing import Any, ClassVar

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext_lazy

from jobs.columns import Choice, Column, Integer, Text
from jobs.imports import Batch, Counts, Import, Stage, register_import
from partners.imports.contacts import LANGUAGES
from partners.imports.partners import several
from partners.product_lines import product_line_choices
from tenancy.selectors import current_manufacturer
from training.imports.columns import course_column
from training.models import Course, CourseState, CourseVersion, Lesson, Module

STATES = {
    CourseState.PUBLISHED: ("게시", "공개", "公開", "open", "active"),
    CourseState.RETIRED: ("종료", "폐강", "終了", "closed", "archived"),
}
USUAL_MINUTES = 5
OTHER_LINES = """
    SELECT row, 'product_lines', 'other_lines', product_lines FROM (
        SELECT row, product_lines, first_value(product_lines) OVER (PARTITION BY course ORDER BY row) AS first FROM import_rows
    ) found WHERE product_lines IS DISTINCT FROM first
"""
LINES = "ARRAY(SELECT jsonb_array_elements_text(coalesce(n.product_lines, '[]')::jsonb))::varchar[]"
LINES_DIFFER = f"NOT (c.product_lines @> {LINES} AND c.product_lines <@ {LINES})"
UPDATE_LINES = f"""
    UPDATE training_course c SET product_lines = {LINES}, updated_at = now()
    FROM (SELECT DISTINCT course_id, product_lines FROM import_rows WHERE course_id IS NOT NULL) n
    WHERE c.id = n.course_id AND {LINES_DIFFER}
"""  # noqa: S608 (our own words)
SAID = ("title", "module", "minutes", "language", "state")
"""What a row says of the lesson that it names."""

OTHER_TITLE = """
    SELECT row, 'title', 'other_title', first FROM (
        SELECT row, title, first_value(title) OVER (PARTITION BY course ORDER BY row) AS first FROM import_rows
    ) found WHERE title <> first
"""
KNOWN_COURSE = "UPDATE import_rows n SET course_id = c.id FROM training_course c WHERE c.code = n.course"
KNOWN_LESSON = """
    UPDATE import_rows n SET lesson_id = l.id
    FROM training_courseversion v JOIN training_lesson l ON l.version_id = v.id
    WHERE v.course_id = n.course_id AND v.number = (
        SELECT max(o.number) FROM training_courseversion o WHERE o.course_id = n.course_id AND o.state <> 'draft'
    ) AND (
        EXISTS (SELECT FROM jsonb_each_text(l.titles) t WHERE t.value = n.lesson)
        OR n.lesson = n.title AND v.lesson_count = 1
    )
"""
# The one lesson of a course can be named plainly or by its title, others in any of their languages.
SAME_LESSON = """
    UPDATE import_rows SET same = CASE WHEN lesson_id IS NULL THEN 'new ' || lesson ELSE 'known ' || lesson_id END
"""
IS_THERE = """
    SELECT n.row, 'lesson', CASE WHEN n.is_plain AND v.lesson_count > 1 THEN 'has_several' ELSE 'is_there' END, n.course
    FROM import_rows n LEFT JOIN training_courseversion v ON v.course_id = n.course_id AND v.number = (
        SELECT max(o.number) FROM training_courseversion o WHERE o.course_id = n.course_id AND o.state <> 'draft'
    )
    WHERE n.course_id IS NOT NULL AND n.lesson_id IS NULL
"""
COUNTS = """
    SELECT count(*) FILTER (WHERE n.lesson_id IS NULL),
        count(*) FILTER (WHERE n.lesson_id IS NOT NULL AND ({differs})),
        count(*) FILTER (WHERE n.lesson_id IS NOT NULL AND NOT ({differs}))
    FROM import_rows n LEFT JOIN training_lesson l ON l.id = n.lesson_id LEFT JOIN training_course c ON c.id = n.course_id
"""
DIFFERS = (
    "n.minutes IS NOT NULL AND n.minutes <> l.minutes"
    " OR c.titles ->> n.language IS DISTINCT FROM n.title AND c.titles ->> n.language IS NOT NULL"
)
UPDATE_MINUTES = """
    UPDATE training_lesson l SET minutes = n.minutes FROM import_rows n
    WHERE l.id = n.lesson_id AND n.minutes IS NOT NULL AND n.minutes <> l.minutes
"""
UPDATE_TITLES = """
    UPDATE training_course c SET titles = c.titles || jsonb_build_object(n.language, n.title), updated_at = now()
    FROM (SELECT DISTINCT course_id, language, title FROM import_rows WHERE course_id IS NOT NULL) n
    WHERE c.id = n.course_id AND c.titles ->> n.language IS DISTINCT FROM n.title AND c.titles ->> n.language IS NOT NULL
"""
ADD_UP = """
    UPDATE training_courseversion v SET minutes = t.minutes, lesson_count = t.lessons
    FROM (
        SELECT version_id, sum(minutes) AS minutes, count(*) AS lessons FROM training_lesson
        WHERE version_id IN (
            SELECT id FROM training_courseversion WHERE course_id IN (SELECT course_id FROM import_rows)
        ) GROUP BY 1
    ) t WHERE v.id = t.version_id
"""


def product_line_columns() -> list[Column]:
    """Which product lines a course is about, where there are any."""
    lines = {code: [str(called).strip()] for code, called in product_line_choices()}
    if not lines:
        return []
    return [
        several(
            "product_lines",
            gettext_lazy("Product lines"),
            ("제품군", "製品群", "product line", "product category"),
            lines,
            unknown="unknown_line",
            text=gettext_lazy("Codes or names with semicolons between. An empty cell takes all away."),
        )
    ]


@register_import
class CourseImport(Import):
    """Courses with their lessons, known by the course's code and the lesson's title."""

    key = "courses"
    label = gettext_lazy("Courses")
    explanation = gettext_lazy(
        "One lesson in each row, in the order of the course. Courses that are new are made, closed for people to enrol"
        " themselves until you have filled the lessons; of known ones titles and minutes follow."
    )
    function = "training"
    order = 96
    sentences: ClassVar = {
        "other_title": gettext_lazy("this course is called “%(value)s” in a row above"),
        "is_there": gettext_lazy(
            "“%(value)s” is in the portal already, without this lesson: add it there, in a new version"
        ),
        "unknown_line": gettext_lazy("there is no product line “%(value)s”"),
        "other_lines": gettext_lazy("this course has other product lines in a row above"),
        "has_several": gettext_lazy("“%(value)s” has several lessons: say in each row which one it is"),
        "repeated": gettext_lazy("is the same lesson as in row %(value)s, but says something else"),
    }

    @classmethod
    def columns(cls) -> list[Column]:
        return [
            course_column(),
            Text(
                "title",
                gettext_lazy("Course title"),
                ("과정명", "강좌명", "コース名", "講座名", "course title", "course name"),
                required=True,
                must_map=True,
                max_length=200,
                example="강화마루 시공 기초",
            ),
            Text(
                "module",
                gettext_lazy("Module"),
                ("단원", "모듈", "章", "モジュール", "chapter", "section"),
                max_length=200,
                example="시작하기 전에",
            ),
            Text(
                "lesson",
                gettext_lazy("Lesson"),
                ("차시", "차시명", "레슨", "レッスン", "レッスン名", "lesson title", "unit"),
                max_length=200,
                example="바닥 상태 점검",
                help=gettext_lazy("Without it a course is one lesson, called as the course is."),
            ),
            Integer(
                "minutes",
                gettext_lazy("Minutes"),
                ("분", "시간(분)", "所要時間", "分", "duration"),
                minimum="1",
                maximum="600",
                example="5",
            ),
            *product_line_columns(),
            Choice("language", gettext_lazy("Language"), ("언어", "言語"), choices=LANGUAGES),
            Choice(
                "state",
                gettext_lazy("State"),
                ("상태", "状態", "status"),
                choices={str(state.value): names for state, names in STATES.items()},
                help=gettext_lazy("Published without."),
            ),
        ]  # fmt: skip

    def staged(self) -> dict[str, str]:
        types = {column.name: column.sql_type for column in self.columns()}
        return (
            types
            | {"product_lines": "text"}
            | {"course_id": "bigint", "lesson_id": "bigint", "same": "text", "is_plain": "boolean"}
        )

    def prepare(self) -> None:
        manufacturer = current_manufacturer()
        self.says_lines = "product_lines" in self.mapping.names
        self.home = manufacturer.first_language

    def refine(self, batch: Batch) -> None:
        for name in self.staged():
            if name not in batch.values:
                batch.values[name] = pl.repeat(None, len(batch), dtype=pl.String, eager=True)
        batch.values["language"] = batch.values["language"].fill_null(self.home)
        lesson = batch.values["lesson"]
        batch.values["is_plain"] = lesson.is_null()
        batch.values["lesson"] = lesson.zip_with(lesson.is_not_null(), batch.values["title"])

    def settle(self, stage: Stage) -> Counts:
        stage.analyse("import_rows")
        stage.reject(OTHER_TITLE)
        if self.says_lines:
            stage.reject(OTHER_LINES)
        with stage.planned_for(stage.rows):
            stage.execute(KNOWN_COURSE)
            stage.execute(KNOWN_LESSON)
            stage.reject(IS_THERE)
            stage.execute(SAME_LESSON)
            dropped = stage.reject_repeated(("course", "same"), told_of="lesson", saying=SAID)
            differs = f"{DIFFERS} OR {LINES_DIFFER}" if self.says_lines else DIFFERS
            ((new, changed, same),) = stage.fetch(COUNTS.format(differs=differs))
        return Counts(new, changed, same + dropped)

    def write(self, stage: Stage) -> None:
        stage.execute(UPDATE_MINUTES)
        stage.execute(UPDATE_TITLES)
        if self.says_lines:
            stage.execute(UPDATE_LINES)
        rows = stage.fetch(
            "SELECT course, title, coalesce(state, 'published'), language, coalesce(module, ''), lesson,"
            " coalesce(minutes, %s), coalesce(product_lines, '[]') FROM import_rows WHERE course_id IS NULL ORDER BY min(row) OVER (PARTITION BY course), row",
            [USUAL_MINUTES],
        )
        _make([list(lessons) for _code, lessons in groupby(rows, key=lambda row: row[0])])
        with stage.planned_for(stage.rows):
            stage.execute(KNOWN_COURSE)
            stage.execute(ADD_UP)


def _make(told: list[list[tuple[Any, ...]]]) -> None:
    """Courses with one version each that is out, of modules in the order in which they first stand. Four statements."""
    courses = Course.objects.bulk_create(
        [
            Course(code=code, titles={language: title}, state=state, is_open=False, product_lines=json.loads(lines))
            for code, title, state, language, *_lesson, lines in (rows[0] for rows in told)
        ]
    )
    out = {"state": CourseVersion.State.PUBLISHED, "published_at": timezone.now(), "is_ordered": False}
    versions = CourseVersion.objects.bulk_create([CourseVersion(course=course, **out) for course in courses])
    modules = Module.objects.bulk_create(
        [
            Module(version=version, titles={rows[0][3]: name}, order=place)
            for version, rows in zip(versions, told, strict=True)
            for place, name in enumerate(dict.fromkeys(row[4] or row[1] for row in rows))
        ]
    )
    by_name = {(module.version_id, next(iter(module.titles.values()))): module for module in modules}
    Lesson.objects.bulk_create(
        [
            Lesson(
                version=version,
                module=by_name[version.pk, row[4] or row[1]],
                titles={rows[0][3]: row[5]},
                minutes=row[6],
                order=place,
            )
            for version, rows in zip(versions, told, strict=True)
            for place, row in enumerate(rows)
        ]
    )
