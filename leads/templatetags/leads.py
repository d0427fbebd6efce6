from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from leads.services.state_requests import Ticket, token_of

register = template.Library()


@register.simple_tag(takes_context=True)
def state_link(context: Any) -> str:
    """The address at which the reader of a notice answers how the opportunity stands, without signing in."""
    reader, manufacturer = context["reader"], context["manufacturer"]
    token = token_of(Ticket(manufacturer.pk, context["partner"], context["request"], reader.pk))
    path = reverse("leads_public:state_answer", kwargs={"manufacturer": manufacturer.slug, "token": token})
    return f"{settings.PUBLIC_URL}{path}"
