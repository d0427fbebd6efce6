"""A partner's list of its own customers as typed, pasted or brought as a file: read and checked line by line."""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.reading import ROW, FileError, Limits, open_source
from tenancy.models import Language
from tenancy.zones import zones_of

MOST = 5000
"""Lines of one list."""
MOST_BYTES = 5 * 1024 * 1024
NAMES: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail", "이메일", "메일", "전자우편", "メール", "メールアドレス", "eメール"),
    "name": ("name", "contact", "customer", "이름", "성명", "고객명", "담당자", "氏名", "名前", "お名前", "担当者"),
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
    for number, line in lines:
        if number > MOST + 1:
            checked.problems.append((number, _("Here it ends: a list has %(most)s lines at most.") % {"most": MOST}))
            break
        try:
            row = _row(line, language, country, group, agreed_on)
        except ValidationError as error:
            checked.problems.append((number, error.messages[0]))
            continue
        checked.doubles += row["email"] in found
        found[row["email"]] = row
    checked.rows = list(found.values())
    return checked


def _row(line: Mapping[str, str], language: str, country: str, group: str, agreed_on: dt.date | None) -> Row:
    name, email = parseaddr(line.get("email", "")) if "<" in line.get("email", "") else ("", line.get("email", ""))
    email = email.strip().lower()
    if not email:
        raise ValidationError(_("There is no e-mail address."))
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("“%(email)s” is no e-mail address.") % {"email": email[:80]}) from None
    spoken = line.get("language", "").strip().lower()[:2] or language
    if spoken not in Language.values:
        raise ValidationError(
            _("“%(language)s” is no language: write %(known)s.")
            % {"language": spoken, "known": ", ".join(Language.values)}
        )
    place = line.get("country", "").strip().upper() or country
    if len(place) != 2 or not zones_of(place):
        raise ValidationError(_("“%(country)s” is no country: write it as KR or JP.") % {"country": place[:40]})
    return Row(
        email=email,
        name=" ".join((line.get("name", "") or name).split())[:150],
        language=spoken,
        country=place,
        group=" ".join((line.get("group", "") or group).split())[:60],
        agreed_on=_day(line.get("agreed_on", "").strip(), agreed_on),
    )


def _day(written: str, agreed_on: dt.date | None) -> str:
    if not written:
        return agreed_on.isoformat() if agreed_on else ""
    try:
        day = dt.date.fromisoformat(written[:10].replace(".", "-").replace("/", "-"))
    except ValueError:
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
            email = next((cell for cell in row if "@" in cell), row[0])
            yield number, {"email": email, "name": next((cell for cell in row if cell is not email), "")}


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
            if "email" not in columns.values():
                raise ValidationError(
                    _("No column is called E-mail. The columns are: %(columns)s.")
                    % {"columns": ", ".join(source.headers[:10])}
                )
            found: list[tuple[int, dict[str, str]]] = []
            for frame, _read in source.batches():
                for row in frame.iter_rows(named=True):
                    line = {name: str(row[source.headers[at]] or "") for at, name in columns.items()}
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
