"""Words of campaigns within templates."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from campaigns import goals
from campaigns.texts import body_html

register = template.Library()


@register.filter
def verdict_words(verdict: dict[str, Any]) -> str:
    """What the rule said of a pilot."""
    return goals.verdict_words(verdict)


@register.filter
def as_mail(body: str) -> SafeString:
    """A text as HTML, its fields as they were written."""
    return mark_safe(body_html(body))  # noqa: S308 (cleaned there)
