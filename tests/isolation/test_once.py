"""Every form that makes something and is taken once carries the key by which it is known again."""

import re

from django.urls import URLPattern, URLResolver, get_resolver

from tenancy.once import OnceMixin
from tests.isolation.world import World

KEY = re.compile(r'name="form_key"\s+value="[0-9a-f-]{36}"')

ASKING_FIRST = {"leads:deal_create", "partners:agreement_create", "partners:paper_create", "training:session_create"}
"""Whose it is, of which lesson, or of which kind is chosen first: the form comes after it."""
WITHOUT_A_PAGE = {"partners:initiative_work", "partners:promise_settle", "partners_portal:initiative_work"}
"""What is done again changes nothing, in forms of other pages; their views share the class of those that make something."""


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
    without = set()
    for name in makers():
        person = "partner_admin" if "_portal:" in name else "owner"
        page = world.client(person).get(world.address(name))
        view = page.context.get("view") if page.status_code == 200 else None
        edits = view is not None and not view.makes_new
        if not edits and len(KEY.findall(page.content.decode())) != 1:
            without.add(name)
    assert without == ASKING_FIRST | WITHOUT_A_PAGE
