"""What packages report, and what they begin with next time."""

from decimal import Decimal
from typing import Any

import pytest

from training.scorm_data import Report, ReportError, beginning, read_report


@pytest.mark.parametrize(
    ("version", "cmi", "found"),
    [
        ("1.2", {"core": {"lesson_status": "passed", "score": {"raw": "42", "max": "50"}, "session_time": "0001:02:05.5"}},
         ("completed", "passed", Decimal("84.00"), 3725, True)),
        ("1.2", {"core": {"lesson_status": "completed", "score": {"raw": "70"}}}, ("completed", "", Decimal("70.00"), 0, True)),
        ("1.2", {"core": {"lesson_status": "failed", "score": {"raw": "10"}}}, ("completed", "failed", Decimal("10.00"), 0, False)),
        ("1.2", {"core": {"lesson_status": "incomplete", "score": {"raw": "x"}, "session_time": "5"}},
         ("incomplete", "", None, 0, False)),
        ("2004", {"completion_status": "completed", "success_status": "unknown", "score": {"scaled": "0.875"},
                  "session_time": "P1DT1H2M3.5S"}, ("completed", "", Decimal("87.50"), 86400, True)),
        ("2004", {"completion_status": "unknown", "success_status": "passed", "score": {"scaled": "-0.5"},
                  "session_time": "PT90S"}, ("", "passed", Decimal("0.00"), 90, True)),
        ("2004", {"completion_status": "completed", "success_status": "failed", "score": {"raw": "9", "max": "12"}},
         ("completed", "failed", Decimal("75.00"), 0, False)),
        ("2004", {"score": {"scaled": "NaN", "raw": "1e400"}}, ("", "", None, 0, False)),
        ("2004", {"score": {"raw": "300", "max": "0"}}, ("", "", Decimal("100.00"), 0, False)),
        ("2004", {"score": {"raw": "1", "max": "1e-999999"}}, ("", "", Decimal("1.00"), 0, False)),
    ],
)  # fmt: skip
def test_a_report_is_read_for_what_the_portal_goes_by(
    version: str, cmi: dict[str, Any], found: tuple[Any, ...]
) -> None:
    read = read_report(version, cmi)
    assert (read.completion, read.success, read.score, read.seconds, read.is_done) == found
    assert read.cmi == cmi


@pytest.mark.parametrize(
    "cmi",
    [
        None,
        [],
        "x",
        {"a b": "x"},
        {"x" * 65: "x"},
        {"suspend_data": "x" * 64_001},
        {"suspend_data": "a\x00b"},
        {"suspend_data": "\ud800"},
        {"x": float("inf")},
        {"x": [1] * 20_001},
        {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": "deep"}}}}}}}}},
    ],
)
def test_what_is_no_report_is_refused(cmi: Any) -> None:
    with pytest.raises(ReportError):
        read_report("2004", cmi)


def test_what_is_of_another_form_is_left_out() -> None:
    assert read_report("1.2", {"core": "x"}) == Report(cmi={"core": "x"})
    assert (
        read_report("2004", {"location": 5, "score": [], "exit": "x" * 50, "completion_status": None}).exit == "x" * 40
    )


@pytest.mark.parametrize(
    ("kept", "entry"),
    [
        (None, "ab-initio"),
        ({"core": {"exit": "suspend"}}, "resume"),
        ({"core": {"exit": "logout"}}, "resume"),
        ({"core": {"exit": "", "lesson_location": "3"}}, "resume"),
        ({"core": {}, "suspend_data": "a"}, "resume"),
        ({"core": {"lesson_status": "completed"}}, ""),
        ({"core": {"exit": "time-out", "lesson_location": "3"}}, ""),
    ],
)
def test_a_visit_goes_on_where_the_last_was_left(kept: Any, entry: str) -> None:
    begun = beginning("1.2", learner=("learner-1", "Kim"), given={}, kept=kept)
    assert begun["core"].get("entry", "") == entry


def test_scorm_1_2_begins_with_what_is_ours_and_what_was_kept() -> None:
    kept = {
        "_count": "3",
        "suspend_data": "a=1",
        "core": {"student_id": "other", "lesson_status": "incomplete", "exit": "suspend", "session_time": "00:01:00",
                 "score": {"raw": "5", "_children": "raw,min,max"}, "lesson_location": "3"},
        "objectives": {"0": {"id": "o1", "status": "passed"}},
        "student_data": {"mastery_score": "1"},
    }  # fmt: skip
    given = {"mastery_score": "80", "launch_data": "x=1"}
    assert beginning("1.2", learner=("learner-1", "김"), given=given, kept=kept, seconds=3725) == {
        "suspend_data": "a=1",
        "objectives": {"0": {"id": "o1", "status": "passed"}},
        "core": {"lesson_status": "incomplete", "score": {"raw": "5"}, "lesson_location": "3", "student_id": "learner-1",
                 "student_name": "김", "credit": "credit", "lesson_mode": "normal", "entry": "resume",
                 "total_time": "0001:02:05.00"},
        "launch_data": "x=1",
        "student_data": {"mastery_score": "80"},
    }  # fmt: skip


def test_scorm_2004_begins_with_what_is_ours_and_what_was_kept() -> None:
    kept = {
        "learner_id": "other",
        "exit": "suspend",
        "location": "3",
        "completion_status": "incomplete",
        "mode": "browse",
    }
    given = {"scaled_passing_score": "0.7", "mastery_score": "80"}
    begun = beginning("2004", learner=("learner-1", "Kim"), given=given, kept=kept, seconds=61)
    assert begun == {
        "location": "3", "completion_status": "incomplete", "scaled_passing_score": "0.7", "learner_id": "learner-1",
        "learner_name": "Kim", "credit": "credit", "mode": "normal", "entry": "resume", "total_time": "PT61S",
    }  # fmt: skip
    looked = beginning("2004", learner=("learner-1", "Kim"), given={}, is_browsing=True)
    assert (looked["credit"], looked["mode"], looked["entry"]) == ("no-credit", "browse", "ab-initio")
