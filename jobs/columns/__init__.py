"""Columns of an import: what their cells may hold and how whole columns are read and checked at once.

Pure: knows no Django and no database. A bad cell becomes a code, which `jobs.imports.sentences` puts into words.
"""

from jobs.columns.cells import CellError, Parsed, on_one_line, trim
from jobs.columns.kinds import (
    Choice,
    Column,
    Date,
    Decimal,
    Email,
    Integer,
    Lookup,
    Pattern,
    Read,
    Reading,
    Text,
    fold,
)

__all__ = [
    "CellError",
    "Choice",
    "Column",
    "Date",
    "Decimal",
    "Email",
    "Integer",
    "Lookup",
    "Parsed",
    "Pattern",
    "Read",
    "Reading",
    "Text",
    "fold",
    "on_one_line",
    "trim",
]
