"""Reading tables out of the files people have: any usual text encoding, delimiter and packing, and XLSX.

Pure: knows no Django and no database. `open_source` looks at a file once and says what it is; `Source.batches` then
gives its rows as frames of text in bounded memory, as often as needed.
"""

from jobs.reading.errors import FileError
from jobs.reading.source import ROW, TOO_LONG, Limits, Source, open_source

__all__ = ["ROW", "TOO_LONG", "FileError", "Limits", "Source", "open_source"]
