"""The words of a template with a partner's own words in their places. Pure.

A place stands in the text as `{own: what to write | what stands there else}`. What a partner writes there is text and never
markup: it can neither change what is locked nor bring in a link or a picture.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from campaigns.texts import Text, problems_of

PLACE = re.compile(r"\{\s*own\s*:([^{}|]*)(?:\|([^{}]*))?\}")
SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
BRACES = str.maketrans("{}", "()")
LONGEST = 1000
"""Letters in one place."""


@dataclass(frozen=True)
class Place:
    """Where a partner writes words of its own."""

    number: int
    label: str
    default: str

    @property
    def key(self) -> str:
        return str(self.number)


def places_of(*texts: str) -> list[Place]:
    """The places of a text's parts, in order; the same label twice is one place."""
    found: dict[str, Place] = {}
    for text in texts:
        for match in PLACE.finditer(text):
            label = " ".join(match[1].split())
            if label not in found:
                found[label] = Place(len(found) + 1, label, (match[2] or "").strip())
    return list(found.values())


def filled(text: Text, words: Mapping[str, Any]) -> Text:
    """The text with a partner's words, or what stands in the template where it has none."""
    places = {place.label: place for place in places_of(text.subject, text.preheader, text.body)}

    def plain(match: re.Match[str]) -> str:
        return " ".join(_said(places, match, words).split())

    def in_body(match: re.Match[str]) -> str:
        return as_text(_said(places, match, words))

    return replace(
        text,
        subject=PLACE.sub(plain, text.subject),
        preheader=PLACE.sub(plain, text.preheader),
        body=PLACE.sub(in_body, text.body),
    )


def _said(places: Mapping[str, Place], match: re.Match[str], words: Mapping[str, Any]) -> str:
    place = places[" ".join(match[1].split())]
    return (str(words.get(place.key, "")).strip() or place.default).translate(BRACES)


def as_text(words: str) -> str:
    """Words that stay as they are in Markdown: each line as it is, no sign of them marks anything up."""
    lines = [SIGNS.sub(r"\\\1", line.strip()) for line in words.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines)


def template_problems(text: Text) -> list[str]:
    """What is wrong with a text of a template, as sentences; empty when it can be released."""
    problems = (
        [_("A place for own words needs a name: {own: your greeting}.")]
        if any(not place.label for place in places_of(text.subject, text.preheader, text.body))
        else []
    )
    return problems + problems_of(filled(text, {}))
