"""Words of campaigns within templates."""

from typing import Any

from django import template

from campaigns import goals

register = template.Library()


@register.filter
def verdict_words(verdict: dict[str, Any]) -> str:
    """What the rule said of a pilot."""
    return goals.verdict_words(verdict)
