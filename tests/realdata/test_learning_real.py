"""Courses of the Open University in 2013 as an earlier system's: brought in, counted, and learned from who finishes."""

import csv
import datetime as dt
import gzip
import io
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import as_owner, staff_scope
from tests.factories import PartnerFactory
from tests.importing import bring, counts
from training.models import LessonProgress
from training.risk import EarlyWarning
from training.selectors import analysis
from training.services import risks

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]

BEGINS = {"2013B": dt.date(2013, 2, 1), "2013J": dt.date(2013, 10, 1)}
STATES = {"Pass": "passed", "Distinction": "passed", "Fail": "failed", "Withdrawn": "withdrawn"}
EVERY = 5
"""Every fifth learner is brought in, by number: all would take five times as long and say the same."""


def lines(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file, packed or not."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", newline="") as file:
            yield from csv.DictReader(file)
    else:
        with path.open(newline="") as file:
            yield from csv.DictReader(file)


def is_taken(row: dict[str, str]) -> bool:
    return int(row["id_student"]) % EVERY == 0


def code_of(row: dict[str, str]) -> str:
    return f"{row['code_module']}-{row['code_presentation']}"


def sheet(head: str, rows: list[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head.split(","))
    writer.writerows(rows)
    return out.getvalue()


class University:
    """The files as one who keeps them would write them down for another system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.days = {code_of(row): int(row["module_presentation_length"]) for row in lines(folder / "course.csv")}
        self.tasks = {row["id_assessment"]: row for row in lines(folder / "assessment.csv")}
        self.enrolled: dict[tuple[str, str], dt.date] = {}

    def begin(self, code: str) -> dt.date:
        return BEGINS[code.split("-")[1]]

    def name(self, task: dict[str, str]) -> str:
        return f"{task['assessment_type']} {task['id_assessment']}"

    def courses(self) -> str:
        rows = sorted(
            self.tasks.values(), key=lambda row: (code_of(row), int(row["date"] or 999), row["id_assessment"])
        )
        return sheet("course,title,lesson", [[code_of(row), code_of(row), self.name(row)] for row in rows])

    def enrolments(self) -> str:
        """Who registered before the course began is enrolled on its first day; who gave up before, on the day it registered."""
        left = {
            (code_of(row), row["id_student"]): (row["date_registration"], row["date_unregistration"])
            for row in lines(self.folder / "student_registration.csv.gz")
        }
        rows: list[list[object]] = []
        for row in filter(is_taken, lines(self.folder / "student.csv.gz")):
            code, state = code_of(row), STATES[row["final_result"]]
            registered, gone = left[code, row["id_student"]]
            day, end = int(registered or 0), self.days[code]
            if state == "withdrawn":
                end = max(day, int(gone)) if gone else self.days[code]
            day = max(day, 0) if end > 0 else day
            begin = self.begin(code)
            self.enrolled[code, row["id_student"]] = begin + dt.timedelta(days=day)
            due = begin + dt.timedelta(days=self.days[code])
            rows.append(
                [
                    code,
                    mail(row["id_student"]),
                    begin + dt.timedelta(days=day),
                    due,
                    state,
                    begin + dt.timedelta(days=end),
                ]
            )
        return sheet("course,email,enrolled_on,due_on,state,ended_on", rows)

    def results(self) -> str:
        """What was handed in after enrolling. What counts from an earlier attempt was not done in this one."""
        rows: list[list[object]] = []
        for row in filter(is_taken, lines(self.folder / "student_assessment.csv.gz")):
            task = self.tasks[row["id_assessment"]]
            code = code_of(task)
            day = self.begin(code) + dt.timedelta(days=int(row["date_submitted"] or 0))
            if row["is_banked"] == "0" and day >= self.enrolled[code, row["id_student"]]:
                rows.append([code, mail(row["id_student"]), self.name(task), day, row["score"]])
        return sheet("course,email,lesson,done_on,score", rows)


def mail(student: str) -> str:
    return f"s{student}@ou.example"


def people(manufacturer: Manufacturer, students: set[str]) -> None:
    """The learners as people of one partner; they are there before what they learned is brought in."""
    partner = PartnerFactory(manufacturer=manufacturer, code="OU")
    unusable = make_password(None)
    users = User.objects.bulk_create(
        [User(email=mail(each), name=f"Student {each}", password=unusable) for each in sorted(students)],
        batch_size=2000,
    )
    with staff_scope(manufacturer.pk):
        Membership.objects.bulk_create(
            [
                Membership(user=user, partner=partner, role=Role.PARTNER_REP, name=user.name, email=user.email)
                for user in users
            ],
            batch_size=2000,
        )


def test_university_courses_are_counted_and_tell_early_who_will_not_finish(
    manufacturer: Manufacturer, owner: Membership, data: Path, tmp_path: Path
) -> None:
    began = time.monotonic()
    university = University(data / "oulad_training_2013")
    students = list(filter(is_taken, lines(university.folder / "student.csv.gz")))
    people(manufacturer, {row["id_student"] for row in students})
    made = bring(manufacturer, "courses", university.courses(), tmp_path)
    assert counts(made) == (len(university.tasks), 0, 0, 0)
    enrolled = bring(manufacturer, "enrolments", university.enrolments(), tmp_path)
    assert counts(enrolled) == (len(students), 0, 0, 0)
    results = bring(manufacturer, "results", text := university.results(), tmp_path)
    assert counts(results) == (text.count("\n") - 1, 0, 0, 0)
    again = bring(manufacturer, "results", text, tmp_path)
    assert counts(again) == (0, 0, results.new, 0)
    brought = time.monotonic()
    with as_owner(), connection.cursor() as cursor:  # as the database does by itself, within a minute
        cursor.execute("ANALYZE training_enrolment, training_lessonprogress, training_lesson")

    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for row in students:
        counted[code_of(row)][STATES[row["final_result"]]] += 1
    with staff_scope(manufacturer.pk):
        found = {
            course.code: (course.passed, course.failed, course.share) for course in analysis.course_progress(owner)
        }
        assert LessonProgress.objects.count() == results.new
        assert found == {
            code: (
                each["passed"],
                each["failed"],
                pytest.approx(100 * each["passed"] / (each["passed"] + each["failed"])),
            )
            for code, each in counted.items()
        }

        now = timezone.now()
        cases = risks.past_cases(now)
        codes = dict(analysis.course_progress(owner).values_list("pk", "code"))
        in_autumn = [codes[case["course_id"]].endswith("2013J") for case in cases]
        of_others = [codes[case["course_id"]].startswith(("BBB", "FFF")) for case in cases]
        by_term, by_course = (risks.learned_from(cases, judged) for judged in (in_autumn, of_others))
        model = risks.learn_now(now)
    latest = EarlyWarning.from_json(model.document)
    for name, learned in (
        ("autumn by spring", by_term),
        ("two courses by the others", by_course),
        ("the latest quarter, by what was over before", latest),
    ):
        seen = learned.evaluation
        assert seen is not None
        print(  # noqa: T201
            f"\n{name}: AUC {seen.auc:.3f} ({seen.auc_low:.3f} to {seen.auc_high:.3f}) on {seen.count} cases, finished"
            f" {seen.rate:.1%}, Brier {seen.brier:.3f} against {seen.baseline_brier:.3f} of the plain rate, off by {seen.ece:.3f}"
        )
        assert 0.7 < seen.auc < 0.97
        assert seen.brier < 0.85 * seen.baseline_brier
        assert learned.is_useful
    assert (model.is_useful, latest.is_strict) == (True, True)
    print(  # noqa: T201
        f"{enrolled.new} enrolments and {results.new} results in {brought - began:.1f} s, learned thrice in"
        f" {time.monotonic() - brought:.1f} s"
    )
