"""What pages of training say in their own way."""

from django import template

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
