"""PDFs: a Typst template and the data that it shows.

    render_pdf("agreement.typ", {"title": "…", "blocks": […]})

Templates stand in `pages/typst/` and read their data as JSON: nothing in the data is ever taken for markup. The fonts are
those of the pages, in the form that documents need; a machine's own fonts are left alone, so that a PDF looks the same
everywhere.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

TEMPLATES = Path(__file__).parent / "typst"
FONTS = "vendor/fonts"


class FontsMissingError(RuntimeError):
    """The fonts were not installed: `make env` brings them."""


def render_pdf(
    template: str, data: Mapping[str, Any], *, files: Mapping[str, bytes] | None = None, templates: Path = TEMPLATES
) -> bytes:
    """The PDF of a template of `pages/typst` with this data. `files` are pictures that the data names."""
    return _rendered(template, data, files, templates, "pdf")


def render_picture(
    template: str, data: Mapping[str, Any], *, files: Mapping[str, bytes] | None = None, templates: Path = TEMPLATES
) -> bytes:
    """The same as a PNG picture, of a template that makes one page: for a preview."""
    return _rendered(template, data, files, templates, "png")


def _rendered(
    template: str, data: Mapping[str, Any], files: Mapping[str, bytes] | None, templates: Path, form: Any
) -> bytes:
    if not files:
        return _compiled(templates, template, data, form)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(templates / template, folder)
        for own, content in files.items():
            (folder / Path(own).name).write_bytes(content)
        return _compiled(folder, template, data, form)


def _compiled(folder: Path, template: str, data: Mapping[str, Any], form: Any) -> bytes:
    found = typst.compile(
        str(folder / template),
        root=str(folder),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data)},
        format=form,
    )
    assert isinstance(found, bytes)
    return found


@cache
def _fonts() -> typst.Fonts:
    """The fonts, read once per process: from where static files are collected, else from where they are installed."""
    for folder in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS):
        fonts = Path(folder) / FONTS
        if fonts.is_dir():
            return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
    raise FontsMissingError(f"There is no folder {FONTS} among the static files: run `make env`.")
