"""For the templates of notices. `{% load notices %}`"""

from typing import Any

from django import template

from jobs.registry import job_kind

register = template.Library()


@register.filter
def job_label(key: str) -> Any:
    """What work of this kind is called; its key where no app has it any more."""
    try:
        return job_kind(key).label
    except KeyError:
        return key
