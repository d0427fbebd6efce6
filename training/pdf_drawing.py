"""Draws the pages of a PDF that came from outside as pictures.

    python -m training.pdf_drawing measure file.pdf
    python -m training.pdf_drawing page file.pdf 3 page.webp

Knows no Django and no database. It runs as a process of its own, with limits on memory, time and what it writes: a file made
to break a reader of PDFs breaks that process alone. `measure` answers with the width and height of each picture, as JSON.
"""

import json
import resource
import sys
from typing import Any

WIDTH, LONGEST = 1200, 4800
"""Pixels across a page, so that it is sharp on a phone too; a very long one is drawn narrower."""
MOST_PAGES = 200
MEMORY = 3 * 1024**3
MOST_WRITTEN = 20 * 1024 * 1024
SECONDS = 20


def measure(path: str) -> list[tuple[int, int]]:
    """Width and height of the picture of each page; none of a document with too many."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    if len(document) > MOST_PAGES:
        return []
    return [size for size, _scale in map(_drawn_size, document)]


def draw(path: str, number: int, target: str) -> None:
    """The picture of a page, counted from one, as WebP."""
    import pypdfium2

    page = pypdfium2.PdfDocument(path)[number - 1]
    size, scale = _drawn_size(page)
    page.render(scale=scale).to_pil().convert("RGB").resize(size).save(target, "WEBP", quality=80, method=2)


def _drawn_size(page: Any) -> tuple[tuple[int, int], float]:
    width, height = (max(each, 1) for each in page.get_size())
    scale = min(WIDTH / width, LONGEST / height)
    return (max(round(width * scale), 1), max(round(height * scale), 1)), scale


def limit() -> None:
    """Give this process no more than drawing one page takes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> None:
    limit()
    if arguments[0] == "measure":
        sys.stdout.write(json.dumps(measure(arguments[1])))
    else:
        draw(arguments[1], int(arguments[2]), arguments[3])


if __name__ == "__main__":
    main(sys.argv[1:])
