"""Scores and grades in templates: `{% load valuation %}`."""

from typing import Any

from django import template

from valuation.selectors import Explanation
from valuation.wording import shown_way, unmet_texts

register = template.Library()


@register.simple_tag
def ways_of(explained: Explanation, currency: str) -> dict[str, Any]:
    """What is missing to the goal and the ways there, in words: `{% ways_of explained currency as ways %}`."""
    distance = explained.distance
    return {
        "unmet": unmet_texts(explained, currency),
        "singles": [shown_way(way, currency) for way in distance.singles] if distance else [],
        "combined": shown_way(distance.combined, currency) if distance and distance.combined else None,
    }
