"""Menus show what a member may do, and mark where they are."""

from typing import Any

import pytest
from django.test import RequestFactory

from pages import menus
from pages.context import Ui
from pages.menus import MenuItem, link_for, menu_for, register_menu


class Member:
    is_staff = True
    manufacturer = type("Hanbit", (), {"slug": "hanbit"})

    def __init__(self, rights: set[str], functions: set[str]) -> None:
        self.rights, self.functions = rights, functions

    def can(self, right: str) -> bool:
        return right in self.rights

    def has_function(self, key: str) -> bool:
        return key in self.functions


@pytest.fixture(autouse=True)
def items(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {"home": "/hanbit/", "list": "/hanbit/partners/", "new": "/hanbit/partners/new/", "bell": "/hanbit/n/"}
    monkeypatch.setattr(menus, "_items", [])
    monkeypatch.setattr(menus, "_url", lambda name, slug: addresses[name])
    register_menu(
        MenuItem(side="staff", label="New", url_name="new", right="edit", section="Partners", order=30),
        MenuItem(side="staff", label="Home", url_name="home", right="home", order=10),
        MenuItem(
            side="staff",
            label="Partners",
            url_name="list",
            right="see",
            section="Partners",
            order=20,
            badge=lambda _m: 7,
        ),
        MenuItem(side="portal", label="Portal", url_name="home", right="home"),
        MenuItem(side="staff", label="Notices", url_name="bell", right="home", function="notices", place="bell"),
    )


def shown(member: Any, path: str = "") -> list[tuple[str, list[tuple[str, int, bool]]]]:
    return [
        (section.label, [(link.label, link.count, link.is_active) for link in section.links])
        for section in menu_for(member, path)
    ]


def test_a_menu_stands_in_sections_and_order() -> None:
    assert shown(Member({"home", "see", "edit"}, set())) == [
        ("", [("Home", 0, False)]),
        ("Partners", [("Partners", 7, False), ("New", 0, False)]),
    ]


def test_what_a_member_may_not_do_is_not_there() -> None:
    assert shown(Member({"home"}, set())) == [("", [("Home", 0, False)])]


@pytest.mark.parametrize(
    ("path", "active"),
    [
        ("/hanbit/", "Home"),
        ("/hanbit/partners/", "Partners"),
        ("/hanbit/partners/5/", "Partners"),
        ("/hanbit/partners/new/", "New"),
        ("/hanbit/jobs/", None),
    ],
)
def test_the_place_one_is_at_is_marked(path: str, active: str | None) -> None:
    sections = shown(Member({"home", "see", "edit"}, set()), path)

    assert [label for _section, links in sections for label, _count, is_active in links if is_active] == (
        [active] if active else []
    )


def test_the_bell_follows_its_function() -> None:
    assert link_for(Member({"home"}, set()), "bell") is None
    assert link_for(Member({"home"}, {"notices"}), "bell") is not None
    assert link_for(Member({"home"}, {"notices"}), "search") is None


def test_what_the_bar_has_no_room_for_stands_in_the_menu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menus, "IN_BAR", 2)
    request = RequestFactory().get("/hanbit/partners/5/")
    request.member = Member({"home", "see", "edit"}, set())

    ui = Ui(request)
    assert [link.label for link in ui.bar] == ["Home", "Partners"]
    assert [link.label for section in ui.menu for link in section.links] == ["Home", "Partners", "New"]
    assert not ui.is_beyond_bar

    request.path = "/hanbit/partners/new/"
    assert Ui(request).is_beyond_bar


@pytest.mark.parametrize(
    ("path", "folds", "is_folded"),
    [
        ("/hanbit/", "", False),
        ("/hanbit/", "list-", True),
        ("/hanbit/", "other+.list-", True),
        ("/hanbit/", "list+", False),
        ("/hanbit/", "list", False),  # cut off
        ("/hanbit/", "..;-<", False),
        ("/hanbit/partners/", "list-", False),  # where one is has to be seen
    ],
)
def test_a_section_stays_as_the_user_folded_it(path: str, folds: str, is_folded: bool) -> None:
    _home, partners = menu_for(Member({"home", "see", "edit"}, set()), path, folds)

    assert (partners.key, partners.is_folded) == ("list", is_folded)


@pytest.mark.parametrize(("folds", "is_folded"), [("", True), ("list+", False)])
def test_a_long_section_is_folded_until_it_is_opened(
    folds: str, is_folded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(menus, "LONG", 1)

    assert menu_for(Member({"home", "see", "edit"}, set()), "/hanbit/", folds)[1].is_folded is is_folded
