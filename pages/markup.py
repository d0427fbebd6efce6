"""HTML written in Python, for what stands on a page hundreds of times: a template tag or `format_html` for each would take
most of a page's time."""

import html
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape

from pages import icons


def escaped(value: Any) -> str:
    """`conditional_escape`, quicker for what nearly every place holds: a plain text."""
    return html.escape(value) if type(value) is str else conditional_escape(value)


@lru_cache(maxsize=256)
def icon(name: str, size: int) -> str:
    """A line icon that says nothing to screen readers; its button has the words."""
    return (
        f'<svg class="icon" width="{int(size)}" height="{int(size)}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{icons.PATHS[name]}</svg>"
    )
