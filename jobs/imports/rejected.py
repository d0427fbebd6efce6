"""Rejected rows as a file: as they were brought, with their row number and the reasons in front."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from jobs.columns import Column
from jobs.imports.sentences import cell_sentence
from jobs.reading import ROW, Source

if TYPE_CHECKING:
    from jobs.imports.base import Import, Stage

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads Korean and Japanese wrongly
LEADING = ("row", "reason")
NUMBER = r"^[+-][\d.,\s]+$"


def write_rejected(file: BinaryIO, source: Source, stage: "Stage", run: "Import", columns: Sequence[Column]) -> None:
    """Write every rejected row; mended, the file can be brought in again as it is."""
    by_name = {column.name: column for column in columns}
    headers = run.mapping.columns
    stage.execute("CREATE INDEX ON import_bad (row)")
    kept = [header for header in source.headers if header not in LEADING]
    file.write(BYTE_ORDER_MARK)
    head = pl.DataFrame(schema=dict.fromkeys([*LEADING, *kept], pl.String))
    file.write(_defused(head.rename({name: _defused_text(name) for name in head.columns})).write_csv().encode())
    for frame, _read in source.batches():
        if not frame.height:
            continue
        bad = stage.fetch(
            "SELECT row, col, code, value FROM import_bad WHERE row BETWEEN %s AND %s ORDER BY row, ctid",
            [frame[ROW][0], frame[ROW][-1]],
        )
        reasons: dict[int, list[str]] = {}
        for row, name, code, value in bad:
            sentence = cell_sentence(code, value, by_name.get(name), run.sentences)
            heading = headers.get(name, name)
            reasons.setdefault(row, []).append(f"{heading}: {sentence}" if heading else sentence)
        if not reasons:
            continue
        told = pl.DataFrame(
            {ROW: list(reasons), "reason": ["; ".join(dict.fromkeys(texts)) for texts in reasons.values()]},
            schema={ROW: pl.Int64, "reason": pl.String},
        )
        found = frame.join(told, on=ROW, how="inner", suffix="\0", maintain_order="left")
        reason = "reason\0" if "reason" in frame.columns else "reason"
        part = found.select(pl.col(ROW).cast(pl.String).alias("row"), pl.col(reason).alias("reason"), *kept)
        file.write(_defused(part).write_csv(include_header=False, quote_style="necessary").encode())


def _defused(frame: pl.DataFrame) -> pl.DataFrame:
    """What a spreadsheet program would run as a formula gets an apostrophe in front; numbers stay numbers."""
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(r"^[=+\-@\t\r]") & ~pl.col(name).str.contains(NUMBER))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in frame.columns
    )


def _defused_text(text: str) -> str:
    return f"'{text}" if re.match(r"[=+\-@\t\r]", text) else text
