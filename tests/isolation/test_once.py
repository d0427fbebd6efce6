"""Every form that makes something and is taken once carries the key by which it is known again."""

import re

from django.urls import URLPattern, URLResolver, get_resolver

from tenancy.once import OnceMixin
from tests.isolation.world import World

KEY = re.compile(r'name="form_key"\s+value="[0-9a-f-]{36}"')

ASKING_FIRST = {"leads:deal_create", "partners:agreement_create", "training:session_create"}
"""Whose it is, or of which lesson, is chosen first: the form comes after it."""


def makers(resolver: URLResolver | None = None, space: str = "") -> list[str]:
    """The addresses of the forms that are taken once."""
    found = []
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            found += makers(each, each.namespace or space)
        elif isinstance(each, URLPattern) and issubclass(getattr(each.callback, "view_class", object), OnceMixin):
            found.append(f"{space}:{each.name}")
    return found


def test_every_form_that_is_taken_once_carries_its_key(world: World) -> None:
    carried = {}
    for name in makers():
        person = "partner_admin" if "_portal:" in name else "owner"
        page = world.client(person).get(world.address(name))
        if page.status_code == 200 and page.context.get("form_key"):
            carried[name] = len(KEY.findall(page.content.decode()))
    assert {name for name, count in carried.items() if count != 1} == ASKING_FIRST
    assert len(carried) == 39
