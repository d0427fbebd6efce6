"""Texts kept per language: `{% load translation %} {{ summary.tier_names|translated:summary.tier_code }}`."""

from collections.abc import Mapping

from django import template

from tenancy import translation

register = template.Library()


@register.filter
def translated(texts: Mapping[str, str] | None, fallback: str = "") -> str:
    """The text in the reader's language, else in English, else any, else `fallback`."""
    return translation.translated(texts, fallback)
