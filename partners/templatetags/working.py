from collections.abc import Mapping
from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString

from partners import mentions

register = template.Library()


@register.filter
def person(people: Mapping[int, Any], pk: int | None) -> Any:
    """One of the people who were found, by id; nothing for nobody."""
    return people.get(pk) if pk is not None else None


@register.filter
def plain_text(text: str) -> SafeString:
    """A text as its writer's lines, with web addresses as links and nothing else that means anything."""
    return linebreaksbr(mentions.shown(text, ()))
