"""Korean particles after what a text is filled with: 서울대리점이, 안심타일을, 골드로. Pure: no Django.

A translation cannot know what it will be filled with, so it writes both forms, as in `%(name)s은(는)`; the reader sees the one
that goes with the name. Where nobody can tell how a name is read aloud (東海, Cycle), both forms stay.
"""

import html
import re
from typing import Any

CONSONANT, RIEUL, VOWEL = "consonant", "rieul", "vowel"

_FORMS = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
"""As translations write it -> after a consonant, after a vowel."""

_BOTH = re.compile("|".join(re.escape(form) for form in _FORMS))
_SIGNS = {form: chr(0xF8D0 + number) for number, form in enumerate(_FORMS)}
_FORM_OF = {sign: form for form, sign in _SIGNS.items()}
_SIGN = re.compile("|".join(_FORM_OF))
_TAG = re.compile(r"<[^>]*>")
_LAST_WORD = re.compile(r"([A-Za-z]+|[\w%])[^\w%]*\Z")
_WORD_BEFORE = 400
"""So much of the text before a particle is looked at: the longest name, with its quotes and tags."""

_ENDINGS = {
    **dict.fromkeys("036", CONSONANT),  # 영, 삼, 육
    **dict.fromkeys("178", RIEUL),  # 일, 칠, 팔
    **dict.fromkeys("2459%", VOWEL),  # 이, 사, 오, 구, 퍼센트
}
_SPELT_ENDINGS = {**dict.fromkeys("MN", CONSONANT), **dict.fromkeys("LR", RIEUL)}  # 엠, 엔; 엘, 알; the others end open
_LATIN_ENDINGS = {
    **dict.fromkeys("mn", CONSONANT),
    "l": RIEUL,
    **dict.fromkeys("aiouydfhrsvwxz", VOWEL),
}
"""Words in Latin letters as Korean writes them; what ends in b, c, e, g, j, k, p, q or t may go either way."""


def ending(text: str) -> str | None:
    """How `text` ends when it is read aloud in Korean, without its markup, quotes and brackets; None: nobody can tell."""
    found = _LAST_WORD.search(html.unescape(_TAG.sub("", text)))
    if found is None:
        return None
    word = found[1]
    last = word[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return VOWEL if final == 0 else RIEUL if final == 8 else CONSONANT
    if last.isascii() and last.isalpha():
        return _SPELT_ENDINGS.get(last, VOWEL) if word.isupper() else _LATIN_ENDINGS.get(last)
    if "ぁ" <= last <= "ヿ":
        return CONSONANT if last in "んン" else VOWEL
    return _ENDINGS.get(last)


class ParticleText(str):
    """A translation that chooses its particles when it is filled in."""

    _signed: str

    def __new__(cls, text: str) -> "ParticleText":
        made = super().__new__(cls, text)
        made._signed = _BOTH.sub(lambda both: _SIGNS[both[0]], text)
        return made

    def __str__(self) -> str:
        return self  # a plain copy would no longer choose

    def __mod__(self, values: Any) -> str:
        filled = self._signed % values
        parts = _SIGN.split(filled)
        text = parts[0]
        for sign, after in zip(_SIGN.findall(filled), parts[1:], strict=True):
            text += _chosen(_FORM_OF[sign], text[-_WORD_BEFORE:]) + after
        return text


def _chosen(form: str, before: str) -> str:
    after_consonant, after_vowel = _FORMS[form]
    match ending(before):
        case None:
            return form
        case "vowel":
            return after_vowel
        case "rieul" if form == "(으)로":
            return after_vowel
        case _:
            return after_consonant


def choosing(text: Any) -> Any:
    """The text of a catalogue, as one that chooses where it writes both forms."""
    return ParticleText(text) if isinstance(text, str) and _BOTH.search(text) else text
