"""What the search over everything finds: each app adds its own in `search_sources.py`, found as Django finds `admin.py`.

    register_search(SearchSource("sites", _("Sites"), "staff", Right.LEADS_VIEW, find_sites, function="sites", order=40))

`find(member, text, limit)` gives the first that the member may see, and no more than `limit`. It is asked in the member's
scope, and only where the member holds the right and has the function.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.module_loading import autodiscover_modules

SHOWN = 5
LONGEST = 100


@dataclass(frozen=True)
class Found:
    """One thing found, as a link."""

    title: str
    url: str
    detail: str = ""


Find = Callable[[Any, str, int], Sequence[Found]]


@dataclass(frozen=True)
class SearchSource:
    """A kind of thing that can be found. `more(member, text)`: the list of all that fit, where there is one."""

    key: str
    label: Any
    side: Literal["staff", "portal"]
    right: Any
    find: Find
    function: str | None = None
    more: Callable[[Any, str], str] | None = None
    order: int = 100


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `more_url` leads to the rest where there is more."""

    label: Any
    found: Sequence[Found]
    more_url: str = ""


_sources: dict[tuple[str, str], SearchSource] = {}


def register_search(*sources: SearchSource) -> None:
    """Make kinds known; called from an app's `search_sources.py`."""
    for source in sources:
        if (source.side, source.key) in _sources:
            raise ValueError(f"Two kinds of thing to find are registered as {source.key!r}.")
        _sources[source.side, source.key] = source


def find_all(member: Any, text: str) -> list[Group]:
    """What the member may see of everything that fits, by kind; kinds of which nothing fits are left out."""
    words = text.strip()[:LONGEST]
    if not words:
        return []
    side = "staff" if member.is_staff else "portal"
    groups = []
    for source in sorted(_sources.values(), key=lambda each: (each.order, each.key)):
        if source.side != side or not member.can(source.right):
            continue
        if source.function is not None and not member.has_function(source.function):
            continue
        if found := source.find(member, words, SHOWN + 1):
            more = source.more(member, words) if source.more and len(found) > SHOWN else ""
            groups.append(Group(source.label, found[:SHOWN], more))
    return groups


def autodiscover() -> None:
    """Import every app's `search_sources.py`."""
    autodiscover_modules("search_sources")
