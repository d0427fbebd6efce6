"""How texts of material are kept for the search, and what is looked for in them. Knows no Django and no database.

Between two signs of Chinese, Japanese or Korean script no space is kept: PDFs break lines anywhere, and people write
compounds together or apart.
"""

import re
import unicodedata

SCRIPTS = "\u1100-\u11ff\u3040-\u30ff\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
BETWEEN = re.compile(rf"(?<=[{SCRIPTS}])\s+(?=[{SCRIPTS}])")
LETTER = re.compile(rf"[{SCRIPTS}]")
MOST_WORDS, LONGEST_WORD = 8, 100
PART, OVERLAP = 20_000, 200
"""A longer text is divided into parts of so many signs; each begins before the one before ends, so that every word is whole in
one of them."""
SIGNS, ABOUT = -1, 0
"""The numbers of two parts of their own."""


def folded(text: str) -> str:
    """The text as the search compares it."""
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return BETWEEN.sub("", plain)


def parts_of(about: str, text: str) -> dict[int, str]:
    """Both folded texts, what is said of a document and what stands in it, as a long one is kept in parts."""
    parts = {SIGNS: "".join(sorted(set(LETTER.findall(about + text)))), ABOUT: about[:PART]}
    for number, start in enumerate(range(0, len(text), PART - OVERLAP), start=1):
        parts[number] = text[start : start + PART]
    return parts


def words_of(text: str) -> list[str]:
    """What is looked for, word by word; one Latin letter alone stands for the start of a word."""
    words = [word[:LONGEST_WORD] for word in unicodedata.normalize("NFKC", text).lower().split()][:MOST_WORDS]
    return [word if len(word) > 1 or LETTER.match(word) else f" {word}" for word in dict.fromkeys(words)]


def passage_pattern(words: list[str]) -> str:
    """A pattern of PostgreSQL for the first place of a text in which one of the words stands, with what is around it."""
    found = "|".join(r"\s*".join(re.escape(sign) for sign in word.strip()) for word in words)
    return rf"[^\n]{{0,40}}(?:{found})[^\n]{{0,80}}"
