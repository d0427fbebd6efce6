"""Figures, money and dates in the reader's form. `{% load formats %}`; the language is that of the page.

{{ partner.revenue|money_short:currency }}   {{ line.amount|money:line.currency }}   {{ score|number:1 }}
{{ growth|percent }}  {% change growth %}  {% change delta suffix="" lower_is_better=True %}
{{ day|long_date }}  {{ day|short_date }}  {{ day|month }}  {{ moment|date_time }}  {{ moment|ago }}
{{ due|time_left }}  {{ due|due }}
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats

register = template.Library()


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """1,234.5"""
    return formats.number(value, decimals)


@register.filter
def percent(value: Any, decimals: int = 1) -> str:
    """8.4%"""
    return formats.percent(value, decimals)


@register.filter
def signed(value: Any, decimals: int = 1) -> str:
    """+8.4"""
    return formats.signed(value, decimals)


@register.filter
def money(value: Any, currency: str) -> str:
    """All digits with the currency."""
    return formats.money(value, currency, get_language())


@register.filter
def money_digits(value: Any, currency: str) -> str:
    """All digits without the currency."""
    return formats.money_digits(value, currency)


@register.filter
def money_short(value: Any, currency: str) -> str:
    """18.2억 원"""
    return formats.money_short(value, currency, get_language())


@register.filter
def short(value: Any) -> str:
    """1.42억"""
    return formats.short(value, get_language())


@register.filter
def currency_name(currency: str) -> str:
    """원, 円, USD"""
    return formats.currency_name(currency, get_language())


@register.filter
def long_date(value: dt.date | None) -> str:
    """2026년 6월 30일"""
    return formats.date(_local(value), get_language())


@register.filter
def short_date(value: dt.date | None) -> str:
    """2026. 6. 30."""
    return formats.date_short(_local(value), get_language())


@register.filter
def day(value: dt.date | None) -> str:
    """7월 3일"""
    return formats.day(_local(value), get_language())


@register.filter
def month(value: dt.date | None) -> str:
    """6월"""
    return formats.month(_local(value), get_language())


@register.filter
def month_year(value: dt.date | None) -> str:
    """2026년 6월"""
    return formats.month_year(_local(value), get_language())


@register.filter
def date_time(value: dt.datetime | None) -> str:
    """2026. 6. 30. 14:05"""
    return formats.date_time(value, get_language(), timezone.get_current_timezone())


@register.filter
def zone_name(zone: str) -> str:
    """What the clocks of a time zone are called today."""
    return formats.zone_name(dt.datetime.now(ZoneInfo(zone)), get_language())


@register.filter
def ago(value: dt.datetime | None) -> str:
    """3시간 전"""
    return formats.ago(value, timezone.now(), get_language())


@register.filter
def time_left(value: dt.datetime) -> str:
    """1시간 40분 남음"""
    return formats.time_left(value, timezone.now(), get_language())


@register.filter
def due(value: dt.datetime, zone: str = "") -> str:
    """2시간, 오늘, 7월 3일: by the clock of a zone where one is given, else by the page's."""
    clock = ZoneInfo(zone) if zone else None
    return formats.due(timezone.localtime(value, clock), timezone.localtime(None, clock), get_language())


@register.filter
def presses(value: dt.datetime | None) -> bool:
    """Whether a due time is less than six hours away, or over."""
    return value is not None and value - timezone.now() < dt.timedelta(hours=6)


@register.simple_tag
def change(value: Any, *, suffix: str = "%", decimals: int = 1, lower_is_better: bool = False) -> SafeString:
    """A difference with arrow, colour and, for screen readers, the word."""
    result = formats.change(value, decimals=decimals, suffix=suffix, lower_is_better=lower_is_better)
    if result is None:
        return format_html('<span class="change">{}</span>', formats.NOTHING)
    words = {"up": _("up"), "down": _("down"), "same": _("unchanged")}
    verdict = {True: " is-better", False: " is-worse", None: ""}[result.is_good]
    return format_html(
        '<span class="change{}"><span class="visually-hidden">{} </span>{}{}</span>',
        verdict,
        words[result.direction],
        format_html('<span aria-hidden="true">{}</span> ', result.arrow) if result.arrow else "",
        result.text,
    )


def _local(value: dt.date | None) -> dt.date | None:
    """A moment as the day it is for the reader; a day stays what it is."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value
