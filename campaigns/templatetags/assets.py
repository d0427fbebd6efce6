from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def share_address(context: Any, link: Any) -> str:
    """The whole address of a link for a customer, as it is sent."""
    slug = context["request"].member.manufacturer.slug
    path = reverse("campaigns_public:shared", kwargs={"manufacturer": slug, "token": link.token})
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
