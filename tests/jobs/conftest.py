"""Fixtures of imports and jobs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commerce.models import Product
from jobs import running
from tenancy.models import Membership
from tenancy.rights import Role
from tests.factories import MembershipFactory, ProductFactory


@pytest.fixture
def no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heartbeat has a connection of its own, which does not see what a test has not committed."""
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 600)


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> Callable[[], list[str]]:
    """The names of the files that are kept."""
    for folder in ("media", "uploads"):
        (tmp_path / folder).mkdir()
    settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "media", tmp_path / "uploads"
    return lambda: sorted(path.name for path in (tmp_path / "media").rglob("*") if path.is_file())


@pytest.fixture
def assigned_manager(manufacturer: Any) -> Membership:
    """A channel manager who sees only the partners assigned to them."""
    return MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True, user__name="Only Lee")


@pytest.fixture
def product(manufacturer: Any) -> Product:
    return ProductFactory(manufacturer=manufacturer, code="P1", name="Frame")
