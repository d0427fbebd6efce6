"""The field of a time zone: searched for while one types, by its city or by what people call the time there."""

import datetime as dt
import zoneinfo
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pages import formats


@lru_cache(maxsize=8)
def named_zones(language: str) -> tuple[tuple[str, str], ...]:
    """Every zone, with its place and what the time there is called in winter."""
    winter = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    found = []
    for name in sorted(_zones()):
        zone = zoneinfo.ZoneInfo(name)
        called = formats.zone_name(winter.astimezone(zone), language)
        found.append((name, f"{formats.zone_city(zone, language)}, {called}"))
    return tuple(found)


def _zones() -> set[str]:
    return zoneinfo.available_timezones()


class ZoneInput(forms.TextInput):
    """A text with all zones offered below it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        offered = f"{name}-zones"
        control = super().render(name, value, {**(attrs or {}), "list": offered, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', named_zones(get_language() or "en"))
        return format_html('{}<datalist id="{}">{}</datalist>', control, offered, options)


class ZoneField(forms.CharField):
    """A time zone by its name, however it is written: 'asia/seoul', 'America/New York', or by a city that only one has."""

    widget = ZoneInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Type a city or the name of the time, and choose from what is offered."))
        super().__init__(max_length=64, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value).strip().casefold()
        for zone in _zones():
            if zone.casefold() == typed.replace(" ", "_"):
                return zone
        for language in (get_language() or "en", "en"):
            named = [zone for zone, called in named_zones(language) if called.partition(",")[0].casefold() == typed]
            named = [zone for zone in named if "/" in zone]  # and not by the older name of a country, such as ROK
            if len(named) == 1:
                return named[0]
        raise forms.ValidationError(
            _("No time zone is called “%(value)s”. Choose one of those that are offered while you type.")
            % {"value": value}
        )
