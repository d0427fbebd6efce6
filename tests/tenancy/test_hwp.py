"""Documents of Hangul: what is in them is read, and what is none, or brings something along, is refused."""

import io
import random
import struct

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from tenancy.files import check_upload
from tenancy.hwp import MOST_UNPACKED, OLDER, text_of
from tests.tenancy.hwp_files import HEADER, compound, hwp, packed, paragraph, script

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 5000


def refused(content: bytes) -> str:
    try:
        check_upload(SimpleUploadedFile("안내.hwp", content), kinds=["hwp"])
    except ValidationError as error:
        return str(error.messages[0])
    return ""


@pytest.mark.parametrize("flags", [0, 1])
def test_the_text_of_all_sections_is_read_in_order_without_control_signs(flags: int) -> None:
    content = hwp("시공\t안내 ▦표 price 𠮷", "둘째 문단", flags=flags, sections=12)
    assert refused(content) == ""
    text = text_of(io.BytesIO(content), 10_000)
    assert text.split("\n")[:3] == ["시공 안내 표 price 𠮷", "", "둘째 문단"]
    assert [line for line in text.split("\n") if line.endswith("절")] == [f"{n}. 절" for n in range(1, 12)]
    assert text_of(io.BytesIO(content), 5) == "시공 안내"


def test_a_long_paragraph_and_a_long_document_are_read_whole() -> None:
    text = "누수 방지 " * 20_000
    content = hwp(text)
    assert text_of(io.BytesIO(content), 1_000_000).strip() == text.strip()
    assert text_of(io.BytesIO(hwp(more={"BodyText/Section0": packed(paragraph("짧다", is_long=True))})), 10) == "짧다\n"


def test_what_cannot_be_read_has_the_words_that_it_shows_or_none() -> None:
    assert text_of(io.BytesIO(hwp("비밀", flags=3, preview="첫 쪽")), 100) == "첫 쪽"
    assert text_of(io.BytesIO(hwp("비밀", flags=5, preview="첫 쪽")), 100) == "첫 쪽"
    assert text_of(io.BytesIO(b"nothing of the kind"), 100) == ""
    bomb = hwp(more={"BodyText/Section0": packed(struct.pack("<I", 1) + b"\0" * 5 * MOST_UNPACKED)})
    assert (len(bomb) < 300_000, text_of(io.BytesIO(bomb), 100)) == (True, "")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"BinData/BIN0001.png": PICTURE, "BinData/BIN0002.jpg": packed(PICTURE)},
        {"\x05HwpSummaryInformation": b"\0" * 100, "DocOptions/_LinkDoc": b"\0" * 524},
        {"Scripts/DefaultJScript": packed(script("", header=""))},
    ],
)
def test_what_an_honest_document_holds_is_taken(more: dict[str, bytes]) -> None:
    assert refused(hwp("안내", more=more)) == ""


def test_an_older_document_is_taken() -> None:
    assert refused(OLDER + b"\0" * 500) == ""


@pytest.mark.parametrize(
    "content",
    [
        compound({"WordDocument": b"HWP Document File" * 10, "1Table": b"x" * 100}),
        compound({"FileHeader": b"Another program".ljust(256), "DocInfo": b"x", "BodyText/Section0": b"x"}),
        compound({"FileHeader": b"HWP Document File".ljust(256, b"\0"), "Workbook": b"x"}),
        compound({"FileHeader": b"HWP Document File".ljust(256, b"\0"), "DocInfo": b"x"}),
        compound({"FileHeader": b"HWP Document File", "DocInfo": b"x", "BodyText/Section0": b"x"}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + b"HWP Document File" + b"\0" * 15,
        b"HWP Document File<script>alert(1)</script>",
        b"MZ\x90HWP Document File",
        hwp("안내")[:700],
    ],
)
def test_what_only_says_that_it_is_one_is_refused(content: bytes) -> None:
    assert "is damaged, or not what its ending says" in refused(content)


@pytest.mark.parametrize(
    "more",
    [
        {
            "Scripts/DefaultJScript": packed(
                script("function OnDocument_Open() { new ActiveXObject('WScript.Shell'); }")
            )
        },
        {"Scripts/DefaultJScript": packed(script(header=HEADER + "Documents.Open('http://bad.example');"))},
        {"Scripts/DefaultJScript": packed(script(before="run()"))},
        {"Scripts/DefaultJScript": packed(script(after="run()"))},
        {"Scripts/DefaultJScript": packed(script() + b"run()")},
        {"Scripts/DefaultJScript": packed(b"\xff\xff\xff\x7frun")},
        {"Scripts/DefaultJScript": b"not packed at all"},
        {"Scripts/DefaultJScript": packed(script("/* no end"))},
        {"Scripts/DefaultJScript": packed(script("/* " * 200_000))},
        {"Scripts/DefaultJScript": packed(b"\0" * (2 * 1024 * 1024))},
        {"Scripts/More": packed(script("run()"))},
        {"BinData/BIN0001.OLE": packed(b"\0\0\0\0" + b"\xd0\xcf\x11\xe0")},
        {"BinData/BIN0001.eps": packed(b"%!PS-Adobe-3.0 EPSF")},
        {"BinData/BIN0001.bmp": packed(b"%!PS-Adobe-3.0 EPSF")},
        {"BinData/BIN0001.png": b"MZ\x90\0" + b"\0" * 100},
        {"BinData/BIN0001": packed(PICTURE)},
        {"BinData/Inner/a.png": PICTURE},
        {"Macros/VBA/dir": b"x"},
        {"ObjectPool/_1/\x01Ole10Native": b"x"},
    ],
)
def test_scripts_and_objects_are_refused_with_a_sentence(more: dict[str, bytes]) -> None:
    assert "holds scripts or objects of other programs" in refused(hwp("안내", more=more))


@pytest.mark.parametrize("flags", [3, 5])
def test_what_nobody_can_look_into_is_refused(flags: int) -> None:
    assert "or is locked" in refused(hwp("안내", flags=flags))


def test_entries_that_share_their_bytes_are_not_read_one_by_one() -> None:
    more = {f"BinData/BIN{number:04}.png": b"\x89PNG" + b"\0" * 5000 for number in range(40)}
    assert len(hwp("안내", more=more)) > 200_000
    assert not refused(hwp("안내", more=more))
    assert len(hwp("안내", more=more, is_shared=True)) < 30_000
    assert refused(hwp("안내", more=more, is_shared=True))
    many = {f"BinData/BIN{number:04}.png": b"" for number in range(5000)}
    assert refused(hwp("안내", more=many))


def test_a_file_made_to_break_its_reader_breaks_nothing() -> None:
    content, draw = hwp("안내", more={"BinData/BIN0001.png": PICTURE}), random.Random(3)
    for _time in range(300):
        broken = bytearray(content)
        for _sign in range(draw.choice([1, 4, 40])):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        refused(bytes(broken))
        text_of(io.BytesIO(bytes(broken)), 1000)
