"""Bringing files in, in tests."""

import io
from pathlib import Path
from typing import Any

from jobs.imports import Mapping, Outcome, import_kind, run_import
from jobs.imports.mapping import guess_columns
from jobs.reading import open_source
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope


def bring(
    manufacturer: Manufacturer, kind: str, content: Any, tmp_path: Path, mapping: Any = None, **options: Any
) -> Outcome:
    """Bring in a text, bytes or a path; columns are guessed unless a mapping (as JSON) is given."""
    path = content
    if not isinstance(content, Path):
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    told = Mapping.from_json(mapping or {})
    source = open_source(path, encoding=told.encoding, delimiter=told.delimiter, sheet=told.sheet)
    with staff_scope(manufacturer.pk):
        if not told.columns:
            columns = guess_columns(import_kind(kind).columns(), source.headers)
            told = Mapping.from_json({**told.to_json(), "columns": columns})
        return run_import(import_kind(kind), source, told, **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """new, changed, unchanged, rejected; and they add up to what was read."""
    found = outcome.new, outcome.changed, outcome.unchanged, outcome.rejected
    assert sum(found) == outcome.rows_read
    return found


def bad(outcome: Outcome) -> list[tuple[int, str, str, str | None]]:
    """What is wrong: row, column, code and value."""
    return [(cell["row"], cell["column"], cell["code"], cell["value"]) for cell in outcome.bad_cells]


def rejected_rows(manufacturer: Manufacturer, kind: str, content: str, tmp_path: Path, **options: Any) -> str:
    """The file of rejected rows, without its byte order mark."""
    file = io.BytesIO()
    bring(manufacturer, kind, content, tmp_path, rejected_to=file, **options)
    return file.getvalue().decode("utf-8-sig")
