"""The data model of SCORM 1.2 and 2004 (RTE): what a package reports, and what it begins with next time. Pure.

What is reported comes from the learner's browser: it is taken for what it is, checked for size and form, and read for the few
things that the portal goes by. The rest is kept as it came and handed back.
"""

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from training.scorm_manifest import SCORM_12

MOST_BYTES = 400_000
"""Of a report: 64,000 signs to go on by, each of up to four bytes, and some hundred answers."""
MOST_VALUES, DEEPEST, LONGEST_TEXT, LONGEST_LOCATION = 20_000, 8, 64_000, 1000
KEY = re.compile(r"[A-Za-z0-9_]{1,64}")
CLOCK = re.compile(r"(\d{1,4}):(\d{2}):(\d{2})(\.\d{1,2})?")
DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})(?:\.\d{1,2})?S)?)?"
)
DURATION_SECONDS = (31_536_000, 2_628_000, 86_400, 3600, 60, 1)
LONGEST_SESSION = 86_400
"""Seconds of one visit that are believed."""
LEAST_POINTS = Decimal("0.000001")
"""Fewer than that is no number of points that could be reached."""
COMPLETED, PASSED, FAILED = "completed", "passed", "failed"
LATER = ("suspend", "logout")
"""How a visit ends that is to be gone on with."""
OURS_12 = ("student_id", "student_name", "credit", "entry", "lesson_mode", "total_time", "session_time", "exit")
OURS_2004 = (
    "learner_id", "learner_name", "credit", "mode", "entry", "total_time", "session_time", "exit", "launch_data",
    "comments_from_lms", "max_time_allowed", "time_limit_action", "scaled_passing_score", "completion_threshold",
)  # fmt: skip
"""What the portal says anew each time."""


class ReportError(Exception):
    """What came is no report of a package."""


@dataclass(frozen=True)
class Report:
    """What a package reported. score: in per cent; seconds: of this visit."""

    cmi: dict[str, Any] = field(default_factory=dict)
    completion: str = ""
    success: str = ""
    score: Decimal | None = None
    location: str = ""
    seconds: int = 0
    exit: str = ""

    @property
    def is_done(self) -> bool:
        """Gone through, or passed, and not failed."""
        return self.success != FAILED and (self.completion == COMPLETED or self.success == PASSED)


def read_report(version: str, cmi: Any) -> Report:
    """What a package reports; ReportError where it cannot be."""
    _check(cmi)
    return _report_12(cmi) if version == SCORM_12 else _report_2004(cmi)


def _report_12(cmi: dict[str, Any]) -> Report:
    core = _part(cmi, "core")
    status, score = _word(core, "lesson_status"), _part(core, "score")
    return Report(
        cmi=cmi,
        completion=COMPLETED if status in (COMPLETED, PASSED, FAILED) else status,
        success=status if status in (PASSED, FAILED) else "",
        score=_share(_decimal(score.get("raw")), _decimal(score.get("max"))),
        location=_word(core, "lesson_location", LONGEST_LOCATION),
        seconds=_clock(_word(core, "session_time")),
        exit=_word(core, "exit"),
    )


def _report_2004(cmi: dict[str, Any]) -> Report:
    score = _part(cmi, "score")
    scaled = _decimal(score.get("scaled"))
    points = _share(_decimal(score.get("raw")), _decimal(score.get("max")))
    completion, success = _word(cmi, "completion_status"), _word(cmi, "success_status")
    return Report(
        cmi=cmi,
        completion="" if completion == "unknown" else completion,
        success=success if success in (PASSED, FAILED) else "",
        score=points if scaled is None else _per_cent(scaled * 100),
        location=_word(cmi, "location", LONGEST_LOCATION),
        seconds=_duration(_word(cmi, "session_time")),
        exit=_word(cmi, "exit"),
    )


def beginning(
    version: str,
    *,
    learner: tuple[str, str],
    given: dict[str, str],
    kept: dict[str, Any] | None = None,
    seconds: int = 0,
    is_browsing: bool = False,
) -> dict[str, Any]:
    """What the data model of a visit begins with. learner: an id and a name; given: what the manifest says; kept: the
    report of the last visit; seconds: of all visits.
    """
    learner_id, name = learner
    credit, mode = ("no-credit", "browse") if is_browsing else ("credit", "normal")
    entry = _entry(version, kept)
    if version == SCORM_12:
        core = {key: value for key, value in _part(kept or {}, "core").items() if key not in OURS_12}
        core |= {
            "student_id": learner_id,
            "student_name": name,
            "credit": credit,
            "lesson_mode": mode,
            "entry": entry,
            "total_time": _as_clock(seconds),
        }
        core.setdefault("lesson_status", "not attempted")
        rest = {
            key: value for key, value in (kept or {}).items() if key in ("suspend_data", "objectives", "interactions")
        }
        data = {
            "mastery_score": given.get("mastery_score", ""),
            "max_time_allowed": given.get("max_time_allowed", ""),
            "time_limit_action": given.get("time_limit_action", ""),
        }
        preference = _part(kept or {}, "student_preference")
        return _filled(
            rest
            | {"core": core, "launch_data": given.get("launch_data", ""), "student_data": data}
            | {"student_preference": preference}
        )
    begun = {key: value for key, value in (kept or {}).items() if key not in OURS_2004}
    return _filled(
        begun
        | {key: value for key, value in given.items() if key in OURS_2004}
        | {
            "learner_id": learner_id,
            "learner_name": name,
            "credit": credit,
            "mode": mode,
            "entry": entry,
            "total_time": f"PT{seconds}S",
        }
    )


def _entry(version: str, kept: dict[str, Any] | None) -> str:
    """Whether a visit is the first, goes on, or is a new one after one that was ended."""
    if not kept:
        return "ab-initio"
    core = _part(kept, "core") if version == SCORM_12 else kept
    ended = str(core.get("exit") or "")
    if ended in LATER:
        return "resume"
    place = core.get("lesson_location" if version == SCORM_12 else "location")
    # A page that was simply closed has said nothing of how it ended: what it left to go on by tells.
    return "resume" if not ended and (place or kept.get("suspend_data")) else ""


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, and without what the data model counts and lists itself."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        kept = _filled(value) if isinstance(value, dict) else value
        if key[:1] != "_" and kept not in ("", None, {}, []):
            found[key] = kept
    return found


def _check(cmi: Any) -> None:
    """Only objects with plain keys, texts and numbers, of a size that a package has reason for."""
    if not isinstance(cmi, dict):
        raise ReportError("no object")
    count = 0
    waiting: list[tuple[Any, int]] = [(cmi, 0)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > MOST_VALUES or depth > DEEPEST:
            raise ReportError("too much")
        if isinstance(value, dict):
            if not all(KEY.fullmatch(key) for key in value):
                raise ReportError("a key")
            waiting += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, str):
            if len(value) > LONGEST_TEXT or "\x00" in value or not _is_unicode(value):
                raise ReportError("a text")
        elif isinstance(value, float) and not -1e15 < value < 1e15:
            raise ReportError("a number")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _part(values: dict[str, Any], name: str) -> dict[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _word(values: dict[str, Any], name: str, most: int = 40) -> str:
    found = values.get(name)
    return found[:most].strip() if isinstance(found, str) else ""


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        found = Decimal(str(value).strip() or "x")
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**9 else None


def _share(raw: Decimal | None, most: Decimal | None) -> Decimal | None:
    """Points of the most there are (100 unless said otherwise), in per cent."""
    if raw is None:
        return None
    return _per_cent(raw * 100 / (most if most is not None and most >= LEAST_POINTS else 100))


def _per_cent(value: Decimal) -> Decimal:
    return min(max(value, Decimal(0)), Decimal(100)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _clock(text: str) -> int:
    found = CLOCK.fullmatch(text)
    return min(LONGEST_SESSION, int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) if found else 0


def _duration(text: str) -> int:
    found = DURATION.fullmatch(text)
    if found is None:
        return 0
    parts = zip(found.groups(), DURATION_SECONDS, strict=True)
    return min(LONGEST_SESSION, sum(int(count or 0) * seconds for count, seconds in parts))


def _as_clock(seconds: int) -> str:
    return f"{seconds // 3600:04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.00"
