"""A partner's list of its own customers as typed, pasted or brought as a file: read and checked line by line."""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any, TypedDict

import polars as pl
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.columns.cells import CellError
from jobs.columns.dates import Order, evidence, read_date
from jobs.reading import ROW, FileError, Limits, open_source
from pages import formats
from partners.countries import country_by_name, language_by_name
from tenancy.models import Language
from tenancy.zones import zones_of

MOST = 5000
"""Lines of one list."""
MOST_BYTES = 5 * 1024 * 1024
NAMES: dict[str, tuple[str, ...]] = {
    "email": (
        "email",
        "e-mail",
        "mail",
        "email address",
        "e-mail address",
        "mail address",
        "e-post",
        "epost",
        "correo",
        "이메일",
        "메일",
        "이메일 주소",
        "메일 주소",
        "전자우편",
        "メール",
        "メールアドレス",
        "eメール",
        "電子メール",
    ),
    "name": (
        "name",
        "full name",
        "contact",
        "customer",
        "navn",
        "이름",
        "성명",
        "고객명",
        "담당자",
        "氏名",
        "名前",
        "お名前",
        "担当者",
    ),
    "language": ("language", "언어", "言語"),
    "country": ("country", "국가", "나라", "国"),
    "group": ("group", "그룹", "분류", "グループ", "区分"),
    "agreed_on": ("agreed on", "agreed", "consent", "동의일", "수신동의일", "동의", "同意日", "同意"),
}
"""How the columns are called."""


class Row(TypedDict):
    """A customer as it is kept."""

    email: str
    name: str
    language: str
    country: str
    group: str
    agreed_on: str


@dataclass
class Checked:
    """What came of reading a list: what can be kept, and what is wrong with which line."""

    rows: list[Row] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    doubles: int = 0


def check_list(
    lines: Iterable[tuple[int, Mapping[str, str]]],
    *,
    language: str,
    country: str,
    group: str,
    agreed_on: dt.date | None,
) -> Checked:
    """Check each line; what it does not say is as told. Of one address the last line counts."""
    found: dict[str, Row] = {}
    checked = Checked()
    lines = list(lines)
    order = _order_of([line.get("agreed_on", "") for _number, line in lines])
    for read, (number, line) in enumerate(lines):
        if read == MOST:
            said = _("Here it ends: a list has %(most)s lines at most.") % {"most": formats.number(MOST)}
            checked.problems.append((number, said))
            break
        try:
            row = _row(line, language, country, group, agreed_on, order)
        except ValidationError as error:
            checked.problems.append((number, error.messages[0]))
            continue
        checked.doubles += row["email"] in found
        found[row["email"]] = row
    checked.rows = list(found.values())
    return checked


def _order_of(days: list[str]) -> Order | None:
    """Whether day or month comes first where the year stands last, as far as the days of a list tell."""
    orders = evidence(pl.Series([day.strip() for day in days if day.strip()], dtype=pl.String)).orders
    return next(iter(orders)) if len(orders) == 1 else None


def _row(
    line: Mapping[str, str],
    language: str,
    country: str,
    group: str,
    agreed_on: dt.date | None,
    order: Order | None,
) -> Row:
    name, email = parseaddr(line.get("email", "")) if "<" in line.get("email", "") else ("", line.get("email", ""))
    email = email.strip().lower()
    if not email:
        raise ValidationError(_("There is no e-mail address."))
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("“%(email)s” is no e-mail address.") % {"email": email[:80]}) from None
    said = line.get("language", "").strip()
    spoken = language_by_name(said) if said else language
    if spoken not in Language.values:
        raise ValidationError(
            _("“%(language)s” is not among the languages here: write %(known)s.")
            % {"language": said[:40], "known": ", ".join(Language.labels)}
        )
    said = line.get("country", "").strip()
    place = country_by_name(said) if said else country
    if place is None or not zones_of(place):
        raise ValidationError(_("“%(country)s” is no country: write it as KR or JP.") % {"country": said[:40]})
    return Row(
        email=email,
        name=" ".join((line.get("name", "") or name).split())[:150],
        language=spoken,
        country=place,
        group=" ".join((line.get("group", "") or group).split())[:60],
        agreed_on=_day(line.get("agreed_on", "").strip(), agreed_on, order),
    )


def _day(written: str, agreed_on: dt.date | None, order: Order | None) -> str:
    if not written:
        return agreed_on.isoformat() if agreed_on else ""
    try:
        day = read_date(written, order, serials=True)
    except CellError:
        raise ValidationError(_("“%(day)s” is no day: write it as 2026-03-31.") % {"day": written[:40]}) from None
    if day > timezone.localdate():
        raise ValidationError(_("“%(day)s” lies ahead: it is the day on which somebody agreed.") % {"day": day})
    return day.isoformat()


def pasted(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a pasted list: a table with its headers, as copied from a sheet, or addresses with or without names."""
    lines = text.replace("\r\n", "\n").split("\n")
    sign = max(("\t", ";", ","), key=lambda each: lines[0].count(each) if lines else 0)
    cells = list(csv.reader(lines, delimiter=sign))
    columns = columns_of(cells[0])
    for number, row in enumerate(cells, start=1):
        if not any(cell.strip() for cell in row) or ("email" in columns.values() and number == 1):
            continue
        if "email" in columns.values():
            yield number, {columns[at]: cell for at, cell in enumerate(row) if at in columns}
        else:
            yield number, _without_headers(row)


def _without_headers(cells: Sequence[str]) -> dict[str, str]:
    """Of a line in a list that names no columns: what looks like an address, and the first other cell as a name."""
    at = next((at for at, cell in enumerate(cells) if "@" in cell), 0)
    return {"email": cells[at], "name": next((cell for other, cell in enumerate(cells) if other != at), "")}


def uploaded(upload: UploadedFile) -> list[tuple[int, dict[str, str]]]:
    """The lines of a CSV or Excel file; ValidationError with a sentence where it cannot be read."""
    from jobs.imports.sentences import file_sentence

    with tempfile.NamedTemporaryFile(suffix=Path(upload.name or "").suffix[:8]) as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        try:
            source = open_source(
                Path(kept.name), limits=Limits(size=MOST_BYTES, unpacked=8 * MOST_BYTES, workbook=8 * MOST_BYTES)
            )
            columns = columns_of(source.headers)
            found: list[tuple[int, dict[str, str]]] = []
            if "email" not in columns.values():
                if not any("@" in header for header in source.headers):
                    raise ValidationError(
                        _("No column is called E-mail. The columns are: %(columns)s.")
                        % {"columns": ", ".join(source.headers[:10])}
                    )
                columns = {}
                found.append((1, _without_headers(source.headers)))
            for frame, _read in source.batches():
                for row in frame.iter_rows(named=True):
                    cells = [str(row[header] or "") for header in source.headers]
                    line = {name: cells[at] for at, name in columns.items()} if columns else _without_headers(cells)
                    found.append((int(row[ROW]), line))
                if len(found) > MOST + 1:
                    break
        except FileError as error:
            raise ValidationError(file_sentence(error)) from error
    return found


def columns_of(headers: Sequence[Any]) -> dict[int, str]:
    """Which column holds what, by the names that people give them."""
    known = {name: key for key, names in NAMES.items() for name in names}
    found: dict[int, str] = {}
    for at, header in enumerate(headers):
        key = known.get(" ".join(str(header).split()).lower().strip("*: "))
        if key and key not in found.values():
            found[at] = key
    return found
