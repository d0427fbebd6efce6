"""What every page's frame needs, as `ui` in all templates. Lazy: a page that shows no frame pays nothing."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info

from pages import brand, menus
from pages.formats import initial
from pages.places import page_of

DEFAULT_COLOUR = "#0f5e69"
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
FOLDS_COOKIE = "folds"


class Ui:
    """The frame of one page: whose it is, how it looks, where one can go from here."""

    def __init__(self, request: HttpRequest):
        self.request = request

    @cached_property
    def member(self) -> Any:
        return getattr(self.request, "member", None)

    @property
    def viewing(self) -> Any:
        """Set while staff look at the portal as a partner's person (T-7): every page says so."""
        return getattr(self.request, "viewing", None)

    @cached_property
    def manufacturer(self) -> Any:
        """Whose pages these are: the member's, or the one a public page belongs to."""
        return self.member.manufacturer if self.member else getattr(self.request, "manufacturer", None)

    @property
    def frame(self) -> str:
        """What a page extends that both sides have."""
        return "staff.html" if self.member.is_staff else "portal.html"

    @cached_property
    def name(self) -> str:
        return str(self.manufacturer or "")

    @cached_property
    def initial(self) -> str:
        return initial(self.name)

    @cached_property
    def user_initial(self) -> str:
        return initial(self.member.name if self.member else str(self.request.user))

    @cached_property
    def home_url(self) -> str:
        if self.member is None:
            return "/"
        return menus.home_url(self.member)

    @property
    def place(self) -> str:
        """The address to come back to from a switch of the frame: of what was sent, that of the page with the form, since
        many addresses that take a form show no page of their own."""
        if self.request.method in ("GET", "HEAD"):
            return self.request.get_full_path()
        return page_of(self.request) or self.home_url

    @cached_property
    def menu(self) -> list[menus.MenuSection]:
        if self.member is None:
            return []
        return menus.menu_for(self.member, self.request.path, self.request.COOKIES.get(FOLDS_COOKIE, ""))

    @property
    def bar(self) -> list[menus.MenuLink]:
        """What the portal shows of the menu without opening it."""
        return [link for section in self.menu for link in section.links if link.in_bar]

    @property
    def is_beyond_bar(self) -> bool:
        """Whether the page that is open stands in the menu alone."""
        return any(link.is_active and not link.in_bar for section in self.menu for link in section.links)

    @cached_property
    def bell(self) -> menus.MenuLink | None:
        return menus.link_for(self.member, "bell") if self.member else None

    @cached_property
    def search(self) -> menus.MenuLink | None:
        return menus.link_for(self.member, "search") if self.member else None

    @cached_property
    def new_links(self) -> list[menus.MenuLink]:
        return menus.quick_links(self.member) if self.member else []

    @cached_property
    def theme_choice(self) -> str:
        """'auto', 'light' or 'dark': the user's own, before sign-in the cookie's."""
        user = getattr(self.request, "user", None)
        choice = user.theme if user is not None and user.is_authenticated else self.request.COOKIES.get(THEME_COOKIE)
        return choice if choice in THEMES else "auto"

    @cached_property
    def quick(self) -> menus.MenuLink | None:
        return menus.link_for(self.member, "quick") if self.member else None

    @property
    def theme(self) -> str:
        """What the page is rendered with; for 'auto' `theme.js` looks at the device before anything is drawn."""
        return "dark" if self.theme_choice == "dark" else "light"

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Those the manufacturer's pages speak, else all; each under its own name."""
        spoken = self.manufacturer.languages if self.manufacturer else []
        return [
            (code, get_language_info(code)["name_local"])
            for code, _name in settings.LANGUAGES
            if not spoken or code in spoken
        ]

    @cached_property
    def brand_css_url(self) -> str:
        colour = self.manufacturer.brand_colour if self.manufacturer else DEFAULT_COLOUR
        return reverse("pages:brand_css", kwargs={"version": brand.VERSION, "colour": colour.lstrip("#").lower()})


def frame(request: HttpRequest) -> dict[str, Ui]:
    """Context processor."""
    return {"ui": Ui(request)}
