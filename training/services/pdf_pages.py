"""PDFs of lessons as pictures, page by page. A file from outside is never shown by the portal's own origin, and phones show no
PDF within a page: so each page is drawn once, when it is first looked at, and kept beside its file."""

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile

from training.models import LessonContent

KEPT, KEPT_BROKEN = 30 * 86_400, 300
"""Seconds for which the sizes of pages are remembered, and that a file or a page could not be read."""
SECONDS = 40
LOCKED, WAITING, LOOKS_EVERY = 2 * SECONDS, 5, 0.1
"""Seconds for which a page is one process's to draw, and for which others wait for it."""
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
    """The picture of a page, counted from one, open to be read; None where there is no such page or it cannot be drawn.

    One process draws a page, and others that look at it meanwhile wait a little for what it keeps.
    """
    if not 1 <= number <= len(page_sizes(content)):
        return None
    storage, name = content.file.storage, f"{content.file.name}.{number}.webp"
    broken, lock = f"pdf-page-broken:{name}", f"pdf-page-drawn:{name}"
    until = time.monotonic() + WAITING
    while not storage.exists(name):
        if cache.get(broken):
            return None
        if cache.add(lock, True, LOCKED):
            try:
                return _drawn(content, number, name, broken)
            finally:
                cache.delete(lock)
        if time.monotonic() > until:
            return None
        time.sleep(LOOKS_EVERY)
    return storage.open(name)


def _drawn(content: LessonContent, number: int, name: str, broken: str) -> Any:
    """The picture of a page, drawn and kept under the name; None, and remembered as broken, where it cannot be drawn."""
    storage = content.file.storage
    if storage.exists(name):  # drawn by another, just before the lock was ours
        return storage.open(name)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "page.webp"
        if _asked(content, Path(folder), "page", str(number), str(target)) is None:
            cache.set(broken, True, KEPT_BROKEN)
            return None
        picture = target.read_bytes()
    if not storage.exists(name):  # a name that is taken would be changed into one that nobody reads
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
