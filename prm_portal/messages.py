"""The texts of pages, gathered for translation without GNU gettext (which a machine may lack).

Python sources and templates are read with Babel; Django itself turns a template's tags into gettext calls. Catalogues hold
no dates and no line numbers, so that a commit shows what changed in words.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("ko", "ja")  # English is what the sources are written in
SOURCE_FOLDERS = (
    "approvals",
    "campaigns",
    "commerce",
    "communication",
    "training",
    "jobs",
    "leads",
    "notices",
    "pages",
    "partners",
    "prm_portal",
    "tenancy",
    "valuation",
    "templates",
)
SKIPPED_PARTS = {"migrations", "__pycache__"}
TEMPLATE_SUFFIXES = {".html", ".txt"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def gather() -> Catalog:
    """Every text that the sources mark for translation."""
    catalog = Catalog(fuzzy=False)
    for file in source_files():
        name = file.relative_to(ROOT).as_posix()
        source = file.read_text()
        if file.suffix != ".py":
            # In parentheses the blanked-out rest of a template is one expression, whatever its indentation.
            source = f"({templatize(source, origin=name)})"
        found = extract("python", BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=("Translators",))
        for _line, text, comments, context in found:
            catalog.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def source_files() -> Iterator[Path]:
    """The files whose texts are translated, by folder and name."""
    for folder in SOURCE_FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if SKIPPED_PARTS.isdisjoint(file.parts) and (file.suffix == ".py" or file.suffix in TEMPLATE_SUFFIXES):
                yield file


def po_path(language: str) -> Path:
    """A language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read_catalog(language: str) -> Catalog:
    """The catalogue as it is; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def update_catalog(language: str) -> Catalog:
    """Bring a catalogue in line with the sources: new texts come in empty, texts that are gone go."""
    catalog = read_catalog(language)
    catalog.update(gather(), no_fuzzy_matching=True)
    catalog.fuzzy = False
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = BytesIO()
    write_po(written, catalog, width=120, ignore_obsolete=True, sort_output=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date'))))
    return catalog


def untranslated(catalog: Catalog) -> list[Message]:
    """Texts without a translation, or with one somebody still has to look at."""
    return [message for message in catalog if message.id and (message.fuzzy or not _is_complete(message))]


def _is_complete(message: Message) -> bool:
    texts = (message.string,) if isinstance(message.string, str) else message.string or ()
    return bool(texts) and all(texts)


def faults(language: str, gathered: Catalog) -> list[str]:
    """What is wrong with a catalogue, one sentence each: nothing when it is complete and fits the sources."""
    catalog = read_catalog(language)
    wanted = {_key(message) for message in gathered if message.id}
    present = {_key(message): message for message in catalog if message.id}
    missing = [f"{language}: missing: {_shown(key)}" for key in sorted(wanted - present.keys())]
    stale = [f"{language}: no longer used: {_shown(key)}" for key in sorted(present.keys() - wanted)]
    empty = [f"{language}: not translated: {_shown(_key(message))}" for message in untranslated(catalog)]
    wrong = [
        f"{language}: {error}: {_shown(_key(message))}"
        for message in present.values()
        if _is_complete(message)
        for error in message.check(catalog)
    ]
    return missing + stale + empty + wrong


def _key(message: Message) -> tuple[str, str]:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", text


def _shown(key: tuple[str, str]) -> str:
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)


def compile_catalogs() -> int:
    """Write the .mo files that are missing or older than their catalogue; returns how many."""
    written = 0
    for language in LANGUAGES:
        source, target = po_path(language), po_path(language).with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        with target.open("wb") as file:
            write_mo(file, read_catalog(language))
        written += 1
    return written
