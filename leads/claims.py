"""The log of claims: how each line is hashed, and how the whole is proved.

Pure: no Django, no database. A line's content is JSON in one canonical form (RFC 8785 in what is used of it: sorted keys,
no spaces, UTF-8, numbers as texts). With the content's SHA-256 and the hash of the line before goes the line's number
into its own hash, so that no line can be changed, removed, added or moved without every later one saying so. Anybody can
check it with `sha256sum` alone:

    content_sha256 = sha256(content)
    sha256         = sha256(previous_sha256 + "\\n" + number + "\\n" + content_sha256)

Entries in a tree instead (Crosby and Wallach, "Efficient data structures for tamper-evident logging", 2009) would prove
one line without the others; a chain is enough for logs that are read whole every night.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

FIRST = "0" * 64
"""What stands for the line before the first."""


def canonical(content: Mapping[str, Any]) -> str:
    """The one way in which a content is written down. Days, moments and amounts become texts."""
    return json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(content: str) -> str:
    """The SHA-256 of a content as it is written down."""
    return hashlib.sha256(content.encode()).hexdigest()


def line_hash(previous: str, number: int, content_sha256: str) -> str:
    """The SHA-256 that a line hands to the next."""
    return hashlib.sha256(f"{previous}\n{number}\n{content_sha256}".encode()).hexdigest()


class Fault(StrEnum):
    """What can be wrong with a line."""

    MISSING = "missing"
    CONTENT = "content"
    FIELDS = "fields"
    CHAIN = "chain"
    SHORTENED = "shortened"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log as it is kept. `deal`, `step` and `at` stand beside the content, which says them too."""

    number: int
    deal: str
    step: str
    at: dt.datetime
    content: str
    content_sha256: str
    previous_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a log was found: all `checked` lines whole, or the first that is not, and what is wrong with it."""

    checked: int
    head: str = FIRST
    broken: int | None = None
    fault: Fault | None = None
    deal: str = ""

    @property
    def is_whole(self) -> bool:
        return self.broken is None


def verify(lines: Iterable[Line], *, number: int, head: str) -> Verdict:
    """Check a whole log, in the order of its numbers, against where it is said to stand; the first fault ends it."""
    checked, previous = 0, FIRST
    for line in lines:
        if line.number != checked + 1:
            return Verdict(checked, previous, checked + 1, Fault.MISSING)
        if fault := fault_of(line, previous):
            return Verdict(checked, previous, line.number, fault, line.deal)
        checked, previous = line.number, line.sha256
    if (checked, previous) != (number, head):
        return Verdict(checked, previous, checked + 1, Fault.SHORTENED)
    return Verdict(checked, previous)


def fault_of(line: Line, previous: str | None = None) -> Fault | None:
    """What is wrong with one line; without the hash of the line before, what it says of that is believed."""
    if content_hash(line.content) != line.content_sha256:
        return Fault.CONTENT
    told = json.loads(line.content)
    if (told.get("deal"), told.get("step"), told.get("at")) != (line.deal, line.step, _plain(line.at)):
        return Fault.FIELDS
    if previous is not None and line.previous_sha256 != previous:
        return Fault.CHAIN
    if line.sha256 != line_hash(line.previous_sha256, line.number, line.content_sha256):
        return Fault.CHAIN
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, float) else value
