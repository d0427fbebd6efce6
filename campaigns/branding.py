"""A partner's copy of a PDF: its logo, address and contact in the places kept for them, a line of origin on every page.

Knows no database. Places are in millimetres from the upper left corner of a page as it is seen; pages count from 1, and
from -1 back from the end.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter

from pages.pdf import render_pdf

TEMPLATE = "overlay.typ"
MOST_PAGES = 300
MOST_ZONES = 12
KINDS = ("logo", "address", "contact")


class BrandingError(Exception):
    """The document cannot be written on: it is damaged, locked, or too long."""


@dataclass(frozen=True)
class Sender:
    """Who stands on the copy. `logo` is a PNG, or empty."""

    company: str
    address: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    logo: bytes = b""

    def lines(self, what: str) -> list[str]:
        """What stands in a place for an address or a contact, line by line."""
        rest = (
            (self.address, self.website) if what == "address" else (self.contact, self.phone, self.email, self.website)
        )
        return [line for line in (self.company, *rest) if line]


def branded(content: bytes, zones: Sequence[dict[str, Any]], sender: Sender, *, stamp: str, language: str) -> bytes:
    """The document with what belongs into its places, and the stamp at the foot of each page."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            reader.decrypt("")
        if len(reader.pages) > MOST_PAGES:
            raise BrandingError("long")
        writer = PdfWriter()
        pages = [_upright(writer.add_page(page)) for page in reader.pages]
        sizes = [(float(page.cropbox.width), float(page.cropbox.height)) for page in pages]
        overlay = PdfReader(io.BytesIO(_overlay(sizes, zones, sender, stamp=stamp, language=language)))
        for page, above in zip(pages, overlay.pages, strict=True):
            page.merge_translated_page(above, float(page.cropbox.left), float(page.cropbox.bottom), over=True)
        writer.add_metadata({"/Title": stamp, "/Producer": "PRM"})
        out = io.BytesIO()
        writer.write(out)
    except BrandingError:
        raise
    except Exception as error:  # beside its own, pypdf lets nearly any through when a file is broken
        raise BrandingError("damaged") from error
    return out.getvalue()


def place_of(number: int, count: int) -> int | None:
    """Which page is meant, from 0 on; nothing where the document has no such page."""
    place = number - 1 if number > 0 else count + number
    return place if 0 <= place < count else None


def _upright(page: PageObject) -> PageObject:
    """A page that is turned only by its viewer is turned for good, or what is put above it would lie on its side."""
    if page.rotation:
        page.transfer_rotation_to_content()
    return page


def _overlay(
    sizes: Sequence[tuple[float, float]], zones: Sequence[dict[str, Any]], sender: Sender, *, stamp: str, language: str
) -> bytes:
    sheets: list[dict[str, Any]] = [{"width": width, "height": height, "zones": []} for width, height in sizes]
    for zone in zones[:MOST_ZONES]:
        at = place_of(int(zone["page"]), len(sheets))
        if at is None or (zone["what"] == "logo" and not sender.logo):
            continue
        box = {name: float(zone[name]) for name in ("x", "y", "width", "height")}
        sheets[at]["zones"].append(box | {"kind": zone["what"], "lines": sender.lines(zone["what"])})
    files = {"logo.png": sender.logo} if sender.logo else {}
    return render_pdf(
        TEMPLATE,
        {"pages": sheets, "stamp": stamp, "language": language, "logo": "logo.png" if sender.logo else ""},
        files=files,
    )
