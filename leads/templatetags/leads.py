import datetime as dt
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from leads.services.state_requests import Ticket, token_of
from pages import formats

register = template.Library()


@register.filter
def noted_day(text: str) -> str:
    """A day as facts keep it (2026-06-30), as the reader writes days."""
    return formats.date(dt.date.fromisoformat(text), get_language())


@register.simple_tag(takes_context=True)
def state_link(context: Any) -> str:
    """The address at which the reader of a notice answers how the opportunity stands, without signing in."""
    reader, manufacturer = context["reader"], context["manufacturer"]
    token = token_of(Ticket(manufacturer.pk, context["partner"], context["request"], reader.pk))
    path = reverse("leads_public:state_answer", kwargs={"manufacturer": manufacturer.slug, "token": token})
    return f"{settings.PUBLIC_URL}{path}"
