"""What leads to a qualification (a course): said by the apps above, below which partners stand, each in its own
`qualification_ways.py`, found as Django finds `admin.py`."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules

from tenancy.models import Membership


@dataclass(frozen=True)
class Way:
    """One thing that gives a qualification, and where a member finds it."""

    title: str
    url: str


Ways = Callable[[Collection[int], Membership], dict[int, list[Way]]]

_providers: list[Ways] = []


def register_ways(provider: Ways) -> Ways:
    """Register `provider(types, member)`: by type of qualification, what gives it as far as this member may open it."""
    _providers.append(provider)
    return provider


def ways_to(types: Collection[int], member: Membership) -> dict[int, list[Way]]:
    """What leads to each of these types of qualification."""
    found: dict[int, list[Way]] = defaultdict(list)
    for provider in _providers:
        for kind, ways in provider(types, member).items():
            found[kind] += ways
    return dict(found)


def autodiscover() -> None:
    """Import every app's `qualification_ways`."""
    autodiscover_modules("qualification_ways")
