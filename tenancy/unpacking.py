"""Archives and XML from outside, read so that nothing in them can grow or reach for a file. Knows no Django."""

import codecs
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Collection
from typing import Any
from xml.etree import ElementTree

BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    struct.error,
)  # fmt: skip
"""What reading an archive lets through where it is damaged, locked or made by hand."""
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WIDER = {"euc-kr": "cp949", "ks_c_5601-1987": "cp949", "shift_jis": "cp932", "iso-8859-1": "cp1252"}
"""What Windows writes under these names."""
OF_HOSTS = ("punycode", "idna")
"""Encodings of host names; to read a long text in them takes hours."""
PIECE, DEEPEST = 1 << 16, 200
"""Of XML: signs that are parsed at once, and elements within each other. Each takes memory for as long as it is open."""


class XmlError(ValueError):
    """XML that is not read: `reason` is "encoding", "entities" or "not_xml", `facts` says which, or at what line."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


def parsed(data: bytes, *, encodings: Collection[str] = (), target: Any = None) -> Any:
    """The root of a text in XML. Whatever declares types or entities is refused before it is parsed.

    encodings: the only ones that it may say it is written in. target: gets the elements instead, as
    `ElementTree.XMLParser` hands them out, for what need not be kept; what its `close` returns is returned.
    """
    text = _decoded(data, encodings)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise XmlError("entities")
    text, at = DECLARATION.sub("", text, count=1).strip(), 0
    parser = ElementTree.XMLParser(target=_Shallow(target or ElementTree.TreeBuilder()))  # noqa: S314 (no DTD: see above)
    try:
        for at in range(0, len(text), PIECE):
            parser.feed(text[at : at + PIECE])
        return parser.close()
    except (ElementTree.ParseError, ValueError) as error:
        line = getattr(error, "position", (text.count("\n", 0, at) + 1, 0))[0]
        raise XmlError("not_xml", line=line) from error


class _Shallow:
    """Hands elements on to a target, unless they stand deeper within each other than in any honest text."""

    def __init__(self, target: Any) -> None:
        self.target, self.depth = target, 0
        self.data, self.close = target.data, target.close

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError("too deep")
        self.target.start(name, attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.target.end(name)


def _decoded(data: bytes, encodings: Collection[str]) -> str:
    found = DECLARED.match(data[:300])
    told = next((name for mark, name in MARKS.items() if data.startswith(mark)), "")
    told = told or (found[1].decode().lower() if found else "utf-8")
    try:
        name = codecs.lookup(WIDER.get(told, told)).name
        if name in OF_HOSTS or (encodings and name not in encodings):
            raise LookupError(told)
        return data.decode(name)
    except (LookupError, UnicodeError) as error:
        raise XmlError("encoding", encoding=told) from error
