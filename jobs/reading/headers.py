"""The columns that every frame of a source has, and which headers a table may have."""

from collections import Counter
from collections.abc import Sequence

from jobs.reading.errors import FileError

ROW = "\0row"
TOO_LONG = "\0too_long"
MAX_COLUMNS = 1000


def tidy_headers(cells: Sequence[str | None]) -> list[str]:
    """Headers as people read them: on one line, without blanks around; empty ones at the end are no columns."""
    headers = [" ".join((cell or "").replace("\0", "").split()) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return headers


def check_headers(headers: Sequence[str]) -> None:
    """Refuse a table whose columns cannot be told apart."""
    if not headers or not any(any(character.isalpha() for character in header) for header in headers):
        raise FileError("no_header")
    if len(headers) > MAX_COLUMNS:
        raise FileError("too_many_columns", count=len(headers), limit=MAX_COLUMNS)
    for position, header in enumerate(headers, start=1):
        if not header:
            raise FileError("empty_header", position=position)
    name, count = Counter(headers).most_common(1)[0]
    if count > 1:
        positions = [position for position, header in enumerate(headers, start=1) if header == name]
        raise FileError("duplicate_header", header=name, first=positions[0], second=positions[1])
