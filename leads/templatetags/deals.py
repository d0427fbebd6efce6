"""What pages of leads and deals show in a form of their own."""

from django import template
from django.utils.translation import ngettext

from pages import formats
from partners.countries import country_name

register = template.Library()


@register.filter
def business_duration(seconds: float) -> str:
    """Business time in hours: '6.5 hours'. A day of it has no length that all know."""
    hours = round(seconds / 3600, 1)
    return ngettext("%(count)s hour", "%(count)s hours", 1 if hours == 1 else 2) % {"count": formats.number(hours)}


@register.filter
def country(code: str) -> str:
    """A country's name in the reader's language, by its two letters."""
    return country_name(code) if code else ""
