"""What stands in the menus: each app adds its own in `menus.py`, found as Django finds `admin.py`.

    register_menu(MenuItem(side="staff", section=_("Partners"), label=_("Partners"), url_name="partners:list",
                           right=Right.PARTNERS_VIEW, order=10))

An item shows only to who holds its right and has its function. Besides the menu proper there are two places on every
page: `place="bell"` (notices, with a count) and `place="search"` (the global search box, a GET form with `q`); and
`place="new"`, what can be put down from anywhere, as dialogs over the page one is on.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from django.urls import reverse
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy

Side = Literal["staff", "portal"]


@dataclass(frozen=True)
class MenuItem:
    """One entry. `badge(member)` gives a count to show beside it, 0 for none."""

    side: Side
    label: Any
    url_name: str
    right: Any
    section: Any = ""
    function: str | None = None
    order: int = 100
    badge: Callable[[Any], int] | None = None
    place: Literal["menu", "bell", "search", "quick", "new"] = "menu"
    """`quick`: a button on every page that opens a dialog. `new`: more of these."""


class PortalSection:
    """What the portal's menu is made of; a partner with every function has close to thirty entries."""

    NEWS = gettext_lazy("News and cooperation")
    GRADE_AND_LEARNING = gettext_lazy("Grade and learning")
    SALES = gettext_lazy("Sales")
    MARKETING = gettext_lazy("Marketing")
    COMPANY = gettext_lazy("Our company")


@dataclass
class MenuLink:
    """An entry as this member sees it on this page."""

    label: Any
    url: str
    count: int = 0
    is_active: bool = False
    in_bar: bool = False


IN_BAR = 7
"""So many entries stand side by side in the portal's bar; its menu holds all."""
LONG = 5
"""A section with more entries is folded at first, so that the menu can be seen whole."""
OPEN, FOLDED = "+", "-"


@dataclass
class MenuSection:
    """Entries under one name. `key` names it in the cookie in which a browser keeps what its user folded."""

    label: Any
    key: str
    kept: str = ""
    links: list[MenuLink] = field(default_factory=list)

    @property
    def is_folded(self) -> bool:
        """Whether only its name shows: as the user left it, but never that of the page that is open."""
        if any(link.is_active for link in self.links):
            return False
        return self.kept == FOLDED or (self.kept != OPEN and len(self.links) > LONG)


_items: list[MenuItem] = []


def register_menu(*items: MenuItem) -> None:
    """Add entries. Sections stand in the order of their first entry."""
    _items.extend(items)
    _items.sort(key=lambda item: item.order)


def autodiscover() -> None:
    """Import every app's `menus.py`."""
    autodiscover_modules("menus")


def menu_for(member: Any, path: str = "", folds: str = "") -> list[MenuSection]:
    """The menu of the member's side by section; the entry that `path` lies under is marked.

    `folds`: the cookie of what was folded and opened, such as "partners:list-.leads:list+"; `static/js/app.js` writes it.
    """
    kept = {each[:-1]: each[-1:] for each in folds.split(".")}
    sections: dict[str, MenuSection] = {}
    links: list[MenuLink] = []
    for item in _visible(member, "menu"):
        link = _link(item, member)
        link.in_bar = len(links) < IN_BAR
        links.append(link)
        section = MenuSection(item.section, item.url_name, kept.get(item.url_name, ""))
        sections.setdefault(str(item.section), section).links.append(link)
    _mark_active(links, path, home_url(member))
    return list(sections.values())


def link_for(member: Any, place: Literal["bell", "search", "quick"]) -> MenuLink | None:
    """The notices bell, the search box or the quick entry, where an app has registered one that the member may use."""
    item = next(iter(_visible(member, place)), None)
    return _link(item, member) if item else None


def quick_links(member: Any) -> list[MenuLink]:
    """What the member can put down from any page."""
    return [_link(item, member) for item in _visible(member, "new")]


def home_url(member: Any) -> str:
    """Where the member's side begins."""
    return f"/{member.manufacturer.slug}/" if member.is_staff else f"/{member.manufacturer.slug}/portal/"


def _visible(member: Any, place: str) -> Iterable[MenuItem]:
    side = "staff" if member.is_staff else "portal"
    return (
        item
        for item in _items
        if item.side == side
        and item.place == place
        and member.can(item.right)
        and (item.function is None or member.has_function(item.function))
    )


def _link(item: MenuItem, member: Any) -> MenuLink:
    url = _url(item.url_name, member.manufacturer.slug)
    return MenuLink(item.label, url, item.badge(member) if item.badge else 0)


@lru_cache(maxsize=8192)
def _url(name: str, slug: str) -> str:
    return reverse(name, kwargs={"manufacturer": slug})


def _mark_active(links: list[MenuLink], path: str, home: str) -> None:
    """The longest address that the page lies under; home, which all lie under, only when it is the page itself."""
    under = [link for link in links if path == link.url or (link.url != home and path.startswith(link.url))]
    if under:
        max(under, key=lambda link: len(link.url)).is_active = True
