"""Which encoding a text file is in: the ones Korean, Japanese and Western machines write."""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from jobs.reading.errors import FileError

CHUNK = 1 << 20
SAMPLED_CHARACTERS = 50_000

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LEGACY = ("cp949", "cp932", "cp1252")
# What a person may call an encoding, and what Python calls it.
NAMES = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "cp949": "cp949",
    "euc-kr": "cp949",
    "ms949": "cp949",
    "cp932": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "cp1252": "cp1252",
    "latin-1": "cp1252",
}


def encoding_named(name: str) -> str:
    """Python's name of an encoding that somebody chose."""
    try:
        return NAMES[name.strip().lower()]
    except KeyError:
        raise FileError("unknown_encoding", encoding=name) from None


def detect_encoding(open_bytes: Callable[[], BinaryIO], *, is_utf8: bool) -> str:
    """The encoding in which the whole of the file can be read and looks most like writing.

    `is_utf8`: it can be read in UTF-8, which no other text can by chance.
    """
    with open_bytes() as stream:
        start = stream.read(4)
    for mark, name in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return name
    if is_utf8:
        return "utf-8"
    readable = {name: share for name in LEGACY if (share := _plausibility(open_bytes, name)) is not None}
    if not readable:
        raise FileError("unknown_text")
    return max(readable, key=lambda name: readable[name])


def check_encoding(open_bytes: Callable[[], BinaryIO], encoding: str) -> str:
    """Python's name of the encoding that somebody chose for this file; refuses one that does not fit it."""
    name = encoding_named(encoding)
    if not _decodes(open_bytes, name):
        raise FileError("wrong_encoding", encoding=encoding)
    return name


def _decodes(open_bytes: Callable[[], BinaryIO], encoding: str) -> bool:
    try:
        for _text in decoded(open_bytes, encoding):
            pass
    except UnicodeError:
        return False
    return True


def decoded(open_bytes: Callable[[], BinaryIO], encoding: str) -> Iterator[str]:
    """The text of a file piece by piece; raises UnicodeDecodeError where it is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with open_bytes() as stream:
        while chunk := stream.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _plausibility(open_bytes: Callable[[], BinaryIO], encoding: str) -> float | None:
    """The share of likely characters among those beyond ASCII; None where the file cannot be read so."""
    sample: list[str] = []
    try:
        for text in decoded(open_bytes, encoding):
            if len(sample) < SAMPLED_CHARACTERS and not text.isascii():
                sample += [character for character in text if character > "\x7f"][:SAMPLED_CHARACTERS]
    except UnicodeError:
        return None
    if not sample:
        return 0.0
    weight = {"cp949": _korean, "cp932": _japanese, "cp1252": _western}[encoding]
    return sum(map(weight, sample)) / len(sample)


def _korean(character: str) -> float:
    # KS X 1001 holds the 2,350 syllables that words are made of; the rest look like misread Japanese.
    if not _in_ks_x_1001(character):
        return 0.0
    return 1.0 if "가" <= character <= "힣" else 0.3


def _japanese(character: str) -> float:
    if "ぁ" <= character <= "ヿ":
        return 1.0
    if "一" <= character <= "鿿":
        # JIS level 1 holds the kanji in daily use.
        return 0.9 if 0x88 <= character.encode("cp932")[0] <= 0x97 else 0.2
    if "｡" <= character <= "ﾟ":
        return 0.2
    return 0.0 if "\ue000" <= character <= "\uf8ff" else 0.3


def _western(character: str) -> float:
    # Below any script that reads well: every byte means something in this encoding.
    return 0.5 if character.isalpha() or character in "€£°“”‘’–—…§«»²³½" else 0.0


def _in_ks_x_1001(character: str) -> bool:
    try:
        return len(character.encode("euc_kr")) == 2  # other syllables are spelt out in eight bytes
    except UnicodeEncodeError:
        return False
