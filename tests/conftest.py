"""Fixtures of every test. Factories are in `tests/factories.py`.

The people of a test: staff (`owner`, `manager`, `analyst`) and partner users (`partner_admin`, `rep`) of one manufacturer,
a `sibling_rep` of another of its partners, and a `stranger`, who owns another manufacturer.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.test import Client, TransactionTestCase
from django.utils import timezone
from xdist.scheduler import LoadFileScheduling

from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tests.emptying import can_empty, empty_tables
from tests.factories import ManufacturerFactory, MembershipFactory, PartnerFactory, PartnerMemberFactory

BROWSER = Path(__file__).parent / "browser"

hypothesis.settings.register_profile("busy", deadline=None)  # that a machine is busy is no fault of the code
hypothesis.settings.load_profile("busy")


class ByFile(LoadFileScheduling):
    """A file's tests stay on one worker, and all in a browser on one, as they share one demo."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those in a browser begin first: they take longest."""
    items.sort(key=lambda item: BROWSER not in item.path.parents)


@pytest.fixture(scope="session", autouse=True)
def _quick_and_plain() -> None:
    """What production needs and a test only waits for: slow password hashes, static files with hashed names."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none


@pytest.fixture(scope="session", autouse=True)
def _quickly_emptied() -> None:
    """Tests that commit leave empty tables behind."""
    if can_empty():
        TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[method-assign]


@pytest.fixture
def manufacturer(db: None) -> Manufacturer:
    return ManufacturerFactory(slug="hanbit", name="Hanbit")


@pytest.fixture
def other_manufacturer(db: None) -> Manufacturer:
    return ManufacturerFactory(slug="tokai", name="Tokai", currency="JPY")


@pytest.fixture
def partner(manufacturer: Manufacturer) -> Any:
    return PartnerFactory(manufacturer=manufacturer, code="A1", name="Seoul Agency")


@pytest.fixture
def sibling(manufacturer: Manufacturer, partner: Any) -> Any:
    return PartnerFactory(manufacturer=manufacturer, code="B1", name="Busan Dealer", kind=partner.kind)


@pytest.fixture
def in_seoul() -> Iterator[None]:
    """By the clock of the manufacturer, as its pages and jobs: for tests that say "today", at any hour."""
    with timezone.override("Asia/Seoul"):
        yield


@pytest.fixture
def owner(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.OWNER, user__name="Owner Kim")


@pytest.fixture
def manager(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, user__name="Manager Lee")


@pytest.fixture
def analyst(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.ANALYST, user__name="Analyst Choi")


@pytest.fixture
def partner_admin(manufacturer: Manufacturer, partner: Any) -> Membership:
    return PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_ADMIN)


@pytest.fixture
def rep(manufacturer: Manufacturer, partner: Any) -> Membership:
    return PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_REP)


@pytest.fixture
def sibling_rep(manufacturer: Manufacturer, sibling: Any) -> Membership:
    return PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role=Role.PARTNER_REP)


@pytest.fixture
def stranger(other_manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=other_manufacturer, role=Role.OWNER, user__name="Stranger Sato")


@pytest.fixture
def client_for() -> Callable[[Membership], Client]:
    """A browser in which the member is signed in."""

    def sign_in(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return sign_in
