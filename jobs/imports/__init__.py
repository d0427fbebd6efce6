"""Bringing files in: columns matched, everything checked, every bad row named, and only then written.

An app declares what can be imported in `<app>/imports.py`:

    @register_import
    class ProductImport(Import):
        key = "products"
        ...

`run_import` reads a file, checks it as columns, copies what is good into a temporary table, and lets the kind look up,
compare and write in a few statements.
"""

from jobs.imports.base import MANY, Batch, Counts, Import, Stage
from jobs.imports.errors import ImportRefusedError
from jobs.imports.mapping import Mapping
from jobs.imports.registry import import_kind, import_kinds, register_import
from jobs.imports.running import Outcome, run_import
from jobs.imports.upsert import UpsertImport, staged_json

__all__ = [
    "MANY",
    "Batch",
    "Counts",
    "Import",
    "ImportRefusedError",
    "Mapping",
    "Outcome",
    "Stage",
    "UpsertImport",
    "import_kind",
    "import_kinds",
    "register_import",
    "run_import",
    "staged_json",
]
