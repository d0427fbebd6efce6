"""How a partner's campaign reads, on a page: with its own words, and an example's name."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.answers import known_answers
from campaigns.country_rules import marked
from campaigns.own_texts import filled
from campaigns.previews import Preview
from campaigns.texts import BRACED, Text, body_html, problems_of


def preview_of(
    text: Text, own: Mapping[str, Any], *, sender: str, manufacturer: str, country: str, is_advertising: bool
) -> Preview:
    """The text with the partner's words, as somebody called so-and-so would read it in a country."""
    words = filled(text, own)
    with translation.override(text.language):
        values = {"name": _("Kim Minsu"), "partner": sender, "sender": sender, "manufacturer": manufacturer}
        answers = known_answers(list(text.answers))

    def put_in(written: str, *, is_html: bool = False) -> str:
        def value(match: re.Match[str]) -> str:
            found = values.get(match[1].strip()) or (match[2] or "").strip() or match[0]
            return escape(found) if is_html else found

        return BRACED.sub(value, written)

    return Preview(
        marked(put_in(words.subject), country, is_advertising=is_advertising),
        put_in(words.preheader),
        put_in(body_html(words.body), is_html=True),
        answers,
        problems_of(words),
    )
