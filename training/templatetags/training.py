"""What pages of training say in their own way."""

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats

register = template.Library()


@register.filter
def clock(seconds: int) -> str:
    """Seconds as a player says them: 1:30, 1:02:05."""
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def minutes(seconds: int) -> str:
    """Seconds as whole minutes, none lost: 61 are 2."""
    return formats.number(-(-int(seconds) // 60))


@register.filter
def lasting(minutes: int) -> str:
    """How long something takes, as people say it: 45 min, 4 h, 4 h 30 min."""
    hours, rest = divmod(int(minutes), 60)
    if hours < 2:
        return _("%(count)s min") % {"count": formats.number(minutes)}
    if not rest:
        return _("%(count)s h") % {"count": formats.number(hours)}
    return _("%(hours)s h %(minutes)s min") % {"hours": formats.number(hours), "minutes": formats.number(rest)}


@register.filter
def moment_in(value: dt.datetime, zone: str) -> str:
    """A moment by the clock of a time zone, which is named."""
    there, language = ZoneInfo(zone), get_language()
    return f"{formats.date_time(value, language, there)} ({formats.zone_name(value.astimezone(there), language)})"
