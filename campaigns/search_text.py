"""How texts of material are kept for the search, and what is looked for in them. Knows no Django and no database.

Between two signs of Chinese, Japanese or Korean script no space is kept: PDFs break lines anywhere, and people write
compounds together or apart. Latin letters stand without their marks, hiragana as katakana, and strokes, quotes and waves as
one of each: whoever has no key for a sign, or has not converted it, finds it all the same.
"""

import re
import unicodedata

SCRIPTS = "\u1100-\u11ff\u3040-\u30ff\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
BETWEEN = re.compile(rf"(?<=[{SCRIPTS}])\s+(?=[{SCRIPTS}])")
LETTER = re.compile(rf"[{SCRIPTS}]")
WRITTEN_OUT = {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
PLAIN = (
    {
        sign: plain
        for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
        if (sign := chr(code)).islower()
        and (plain := unicodedata.normalize("NFD", sign)[0]) not in {sign, *WRITTEN_OUT}
    }
    | {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i"}
    | {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | {"\u201c": '"', "\u201d": '"', "\u301c": "~", "\u2044": "/"}
)
"""One sign for one that is looked for in its place."""
MARKS = dict.fromkeys(map(chr, range(0x300, 0x370)), "")
AS_LOOKED_FOR = str.maketrans(PLAIN | WRITTEN_OUT | MARKS)
ALSO: dict[str, str] = {}
"""What may stand in a text for a sign that is looked for."""
for _sign, _instead in PLAIN.items():
    ALSO[_instead] = ALSO.get(_instead, "") + _sign
TOGETHER = {instead: sign for sign, instead in WRITTEN_OUT.items()}
SIGN = re.compile("|".join([*TOGETHER, "."]), re.DOTALL)
MOST_WORDS, LONGEST_WORD = 8, 100
PART, OVERLAP = 20_000, 200
"""A longer text is divided into parts of so many signs; each begins before the one before ends, so that every word is whole in
one of them."""
SIGNS, ABOUT = -1, 0
"""The numbers of two parts of their own."""


def folded(text: str) -> str:
    """The text as the search compares it."""
    return BETWEEN.sub("", " ".join(_plain_signs(text).split()))


def _plain_signs(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().translate(AS_LOOKED_FOR)


def parts_of(about: str, text: str) -> dict[int, str]:
    """Both folded texts, what is said of a document and what stands in it, as a long one is kept in parts."""
    parts = {SIGNS: "".join(sorted(set(LETTER.findall(about + text)))), ABOUT: about[:PART]}
    for number, start in enumerate(range(0, len(text), PART - OVERLAP), start=1):
        parts[number] = text[start : start + PART]
    return parts


def words_of(text: str) -> list[str]:
    """What is looked for, word by word; one Latin letter alone stands for the start of a word."""
    words = [word[:LONGEST_WORD] for word in _plain_signs(text).split()][:MOST_WORDS]
    return [word if len(word) > 1 or LETTER.match(word) else f" {word}" for word in dict.fromkeys(words)]


def pattern_of(word: str) -> str:
    """A pattern of PostgreSQL for the word in a text as it was written, whatever stands for its signs there."""
    return r"\s*".join(_written(sign) for sign in SIGN.findall(word.strip()))


def passage_pattern(words: list[str]) -> str:
    """A pattern of PostgreSQL for the first place of a text in which one of the words stands, with what is around it."""
    return rf"[^\n]{{0,40}}(?:{'|'.join(map(pattern_of, words))})[^\n]{{0,80}}"


def _written(sign: str) -> str:
    if sign in TOGETHER:
        first, second = map(_written, sign)
        return rf"(?:{first}\s*{second}|{TOGETHER[sign]})"
    return f"[{ALSO[sign]}{re.escape(sign)}]" if sign in ALSO else re.escape(sign)
