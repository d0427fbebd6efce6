"""Documents of Hangul (HWP 5) as its programs write them: compound files, made here sector by sector."""

import struct
import zlib
from itertools import pairwise
from typing import Any

HEADER = "var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n"
NOTHING = "function OnDocument_New()\r\n{\r\n\t//todo : \r\n}\r\n\r\nfunction OnDocument_Open()\r\n{\r\n\t//todo : \r\n}\r\n\r\n"
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def packed(content: bytes) -> bytes:
    maker = zlib.compressobj(wbits=-15)
    return maker.compress(content) + maker.flush()


def script(source: str = NOTHING, *, header: str = HEADER, before: str = "", after: str = "") -> bytes:
    texts = (text.encode("utf-16-le") for text in (header, source, before, after))
    return b"".join(struct.pack("<I", len(text) // 2) + text for text in texts) + b"\xff\xff\xff\xff"


def paragraph(text: str, *, is_long: bool = False) -> bytes:
    """A record of a paragraph with a head before it, and what a table and a tab leave in its text."""
    signs = (text + "\r").encode("utf-16-le").replace(
        "▦".encode("utf-16-le"), struct.pack("<8H", 11, 0x7462, 0x6C20, 65, 0, 0, 0, 11)
    ).replace("\t".encode("utf-16-le"), struct.pack("<8H", 9, 0x41, 0x41, 0, 0, 0, 0, 9))  # fmt: skip
    size = 0xFFF if is_long or len(signs) >= 0xFFF else len(signs)
    head = struct.pack("<I", 67 | size << 20) + (struct.pack("<I", len(signs)) if size == 0xFFF else b"")
    return struct.pack("<I", 66 | 4 << 20) + b"\0" * 4 + head + signs


def hwp(
    *paragraphs: str,
    flags: int = 1,
    preview: str = "미리 보기",
    sections: int = 1,
    more: dict[str, bytes] | None = None,
    is_shared: bool = False,
) -> bytes:
    """A document with these paragraphs in each section; `more`: streams beside, by path, alike ones only once if `is_shared`."""
    keep = packed if flags & 1 else bytes
    body = b"".join(paragraph(text) for text in paragraphs)
    streams = {
        "FileHeader": b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, flags) + b"\0" * 216,
        "DocInfo": keep(b"\0" * 40),
        "PrvText": preview.encode("utf-16-le"),
        "PrvImage": b"GIF89a",
        "Scripts/DefaultJScript": keep(script()),
        "Scripts/JScriptVersion": keep(b"\x01\0\0\0\0\0\0\0"),
    }
    for number in range(sections):
        streams[f"BodyText/Section{number}"] = keep(body if not number else paragraph(f"{number}. 절"))
    return compound(streams | (more or {}), is_shared=is_shared)


def compound(streams: dict[str, bytes], *, is_shared: bool = False) -> bytes:
    """A compound file of version 3; short streams lie in the small sectors of the root, as everywhere."""
    tree: dict[str, Any] = {}
    for path, content in streams.items():
        *folders, name = path.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = content
    entries: list[list[Any]] = []

    def put(name: str, node: Any) -> int:
        number = len(entries)
        entries.append([name, 1 if isinstance(node, dict) else 2, FREE, FREE, b"" if isinstance(node, dict) else node])
        if isinstance(node, dict):
            children = [put(each, node[each]) for each in node]
            for one, following in pairwise(children):
                entries[one][2] = following
            entries[number][3] = children[0] if children else FREE
        return number

    put("Root Entry", tree)
    entries[0][1] = 5
    sectors, fat, small, small_fat = bytearray(), [], bytearray(), []  # type: ignore[var-annotated]

    def chain(content: bytes, size: int, space: bytearray, table: list[int]) -> int:
        if not content:
            return END
        count, first = -(-len(content) // size), len(table)
        space += content.ljust(count * size, b"\0")
        table += [*range(first + 1, first + count), END]
        return first

    starts: dict[int, int] = {}
    known: dict[bytes, int] = {}
    for number, (_name, kind, _next, _child, content) in enumerate(entries):
        if kind == 2 and is_shared and content in known:
            starts[number] = known[content]
        elif kind == 2:
            is_small = len(content) < 4096
            starts[number] = chain(
                content, *((64, small, small_fat) if is_small else (512, sectors, fat))
            )  # fmt: skip
            known[content] = starts[number]
    starts[0] = chain(bytes(small), 512, sectors, fat)
    small_at = chain(struct.pack(f"<{len(small_fat)}I", *small_fat).ljust(512, b"\xff"), 512, sectors, fat)
    folder = b""
    for number, (name, kind, following, child, content) in enumerate(entries):
        told = name.encode("utf-16-le") + b"\0\0"
        size = len(small) if number == 0 else len(content)
        folder += told.ljust(64, b"\0") + struct.pack("<HBBIII", len(told), kind, 1, FREE, following, child)
        folder += b"\0" * 36 + struct.pack("<IQ", starts.get(number, 0), size)
    folder_at = chain(folder, 512, sectors, fat)
    count = 1
    while (len(fat) + count) * 4 > count * 512:
        count += 1
    fat_at = len(fat)
    fat += [FAT] * count
    sectors += struct.pack(f"<{len(fat)}I", *fat).ljust(count * 512, b"\xff")
    small_count = -(-len(small_fat) * 4 // 512)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, count, folder_at, 0, 4096, small_at, small_count, END, 0)
    head += struct.pack("<109I", *range(fat_at, fat_at + count), *[FREE] * (109 - count))
    return head + bytes(sectors)
