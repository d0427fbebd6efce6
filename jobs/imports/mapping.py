"""Which column of a file is which of ours: told, remembered or guessed from the header."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

from jobs.columns import Column
from jobs.columns.dates import check_format
from jobs.imports.errors import ImportRefusedError
from jobs.reading import FileError

OPTIONS = ("date_format", "decimal_mark", "encoding", "delimiter", "sheet")


@dataclass(frozen=True)
class Mapping:
    """Our names to the file's headers, constants for what the file does not say, and how to read it.

    As JSON: `{"columns": {"our_name": "their header"}, "constants": {"currency": "USD"}, "date_format": "%Y-%m-%d"}`.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal_mark: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """A mapping as it was written down; refuses with a sentence what is none."""
        if not isinstance(data, AbstractMapping):
            raise ImportRefusedError(_("The mapping must be an object with “columns”."))
        unknown = sorted(set(data) - {"columns", "constants", *OPTIONS})
        if unknown:
            raise ImportRefusedError(_("The mapping does not know “%(name)s”.") % {"name": unknown[0]})
        pairs = {}
        for name in ("columns", "constants"):
            value = data.get(name) or {}
            if not isinstance(value, AbstractMapping) or not all(
                isinstance(cell, str | int | float) and not isinstance(cell, bool) for cell in value.values()
            ):
                raise ImportRefusedError(_("“%(name)s” must be an object of texts.") % {"name": name})
            pairs[name] = {key: str(cell) for key, cell in value.items()}
        options: dict[str, Any] = {name: data.get(name) or None for name in OPTIONS}
        if any(value is not None and not isinstance(value, str) for value in options.values()):
            raise ImportRefusedError(_("The mapping's options must be texts."))
        mapping = cls(columns=pairs["columns"], constants=pairs["constants"], **options)
        mapping._check_options()
        return mapping

    def _check_options(self) -> None:
        if self.date_format:
            try:
                check_format(self.date_format)
            except FileError as error:
                raise ImportRefusedError.from_file_error(error) from None
        if self.decimal_mark not in {None, ".", ","}:
            raise ImportRefusedError(_("The decimal mark must be a point or a comma."))
        if self.delimiter not in {None, ",", ";", "\t"}:
            raise ImportRefusedError(_("The delimiter must be a comma, a semicolon or a tab."))

    def to_json(self) -> dict[str, Any]:
        """As it is kept and written to files; what is not told is left out."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def names(self) -> set[str]:
        """Our names that have a column or a constant."""
        return {*self.columns, *self.constants}

    def check(self, columns: Sequence[Column], headers: Sequence[str]) -> None:
        """Refuse a mapping that names what is not there, or leaves out what is needed."""
        known = {column.name: column for column in columns}
        for name in (*self.columns, *self.constants):
            if name not in known:
                raise ImportRefusedError(
                    _("There is no column “%(name)s”; there are: %(names)s.")
                    % {"name": name, "names": ", ".join(known)}
                )
        for name, header in self.columns.items():
            if header not in headers:
                raise ImportRefusedError(
                    _("The file has no column “%(header)s” for “%(name)s”; it has: %(headers)s.")
                    % {"header": header, "name": name, "headers": ", ".join(headers)}
                )
            if name in self.constants:
                raise ImportRefusedError(_("“%(name)s” has both a column and a constant.") % {"name": name})
        missing = [column.name for column in columns if column.must_map and column.name not in self.names]
        if missing:
            raise ImportRefusedError(_("These columns are needed: %(names)s.") % {"names": ", ".join(missing)})


def headers_hash(headers: Sequence[str]) -> str:
    """What a set of headers is remembered by, in whatever order they stand."""
    return hashlib.sha256("\0".join(sorted(headers)).encode()).hexdigest()


def guess_columns(columns: Sequence[Column], headers: Sequence[str]) -> dict[str, str]:
    """Our names to the headers that look like them; each header at most once, the surest first."""
    scored = sorted(
        (-likeness, place, position, column.name, header)
        for place, column in enumerate(columns)
        for position, header in enumerate(headers)
        if (likeness := _likeness(column, header))
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for *_order, name, header in scored:
        if name not in found and header not in taken:
            found[name] = header
            taken.add(header)
    return found


def _likeness(column: Column, header: str) -> int:
    """3: our own name; 2: a name by which it is called; 1: such a name within the header."""
    plain = _plain(header)
    if plain in {_plain(column.name), _plain(str(column.label))}:
        return 3
    names = {_plain(guess) for guess in column.guesses}
    if plain in names:
        return 2
    within = any(name in plain for name in names if len(name) >= (5 if name.isascii() else 3))
    return 1 if within else 0


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\(.*?\)|\[.*?\]", "", text) or text  # units in brackets
    return re.sub(r"[\W_]+", "", text)
