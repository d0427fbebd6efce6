"""The pages of the analysis of training: each subject adds its own in `analysis_pages`, found as Django
finds `admin.py`.

    register_tab(Tab("programmes", _("Programmes"), "training:analysis_programmes", order=40))
"""

from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from tenancy.models import Membership
from tenancy.rights import Right


@dataclass(frozen=True)
class Tab:
    """A page of the analysis, for staff."""

    key: str
    title: Any
    url_name: str
    right: Right = Right.TRAINING_VIEW
    order: int = 100


_tabs: list[Tab] = []


def register_tab(tab: Tab) -> Tab:
    """Make a page known; ValueError where there is one of its key."""
    if any(each.key == tab.key for each in _tabs):
        raise ValueError(f"Two pages of the analysis are registered as {tab.key!r}.")
    _tabs.append(tab)
    _tabs.sort(key=lambda each: each.order)
    return tab


def tabs_for(member: Membership, here: str) -> list[tuple[str, str, bool]]:
    """The pages that a member may open, `here` the one that is open."""
    return [(str(each.title), member.url(each.url_name), each.key == here) for each in _tabs if member.can(each.right)]


def autodiscover() -> None:
    """Import every app's `analysis_pages`."""
    autodiscover_modules("analysis_pages")
