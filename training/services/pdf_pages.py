"""PDFs of lessons as pictures, page by page. A file from outside is never shown by the portal's own origin, and phones show no
PDF within a page: so each page is drawn once, when it is first looked at, and kept beside its file."""

import json
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile

from training.models import LessonContent

KEPT, KEPT_BROKEN = 30 * 86_400, 300
"""Seconds for which the sizes of pages are remembered, and that a file could not be read."""
SECONDS = 40
PDF = "application/pdf"
logger = logging.getLogger(__name__)


def page_sizes(content: LessonContent) -> list[tuple[int, int]]:
    """Width and height of the picture of each page; none where the file is no PDF, too long, or cannot be read."""
    if not content.file or content.content_type != PDF:
        return []
    key = f"pdf-pages:{content.file.name}"  # names are unique, and what is stored under one never changes
    known = cache.get(key)
    if known is None:
        with tempfile.TemporaryDirectory() as folder:
            answer = _asked(content, Path(folder), "measure")
        known = [] if answer is None else json.loads(answer)
        cache.set(key, known, KEPT if known else KEPT_BROKEN)
    return [(width, height) for width, height in known]


def page_picture(content: LessonContent, number: int) -> Any:
    """The picture of a page, counted from one, open to be read; None where there is no such page or it cannot be drawn."""
    if not 1 <= number <= len(page_sizes(content)):
        return None
    storage, name = content.file.storage, f"{content.file.name}.{number}.webp"
    if storage.exists(name):
        return storage.open(name)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "page.webp"
        if _asked(content, Path(folder), "page", str(number), str(target)) is None:
            return None
        picture = target.read_bytes()
    storage.save(name, ContentFile(picture))
    return ContentFile(picture)


def _asked(content: LessonContent, folder: Path, what: str, *more: str) -> bytes | None:
    """The answer of the process that draws; None where it broke on the file or took too long."""
    path = folder / "original.pdf"
    try:
        with content.file.open("rb") as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        done = subprocess.run(  # noqa: S603 (our own module, and paths of ours)
            [sys.executable, "-m", "training.pdf_drawing", what, str(path), *more],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        logger.warning("A PDF could not be drawn: %s", error)
        return None
    if done.returncode:
        logger.warning("A PDF could not be drawn: %s", done.stderr[-500:].decode("utf-8", "replace"))
        return None
    return done.stdout
