"""Kinds of notice that exist for these tests alone, with templates of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from notices import registry
from notices.models import Channel, Mode
from notices.registry import PORTAL, STAFF, NoticeKind
from tenancy.rls import staff_scope

TEMPLATES = Path(__file__).parent / "templates"

PLAIN = NoticeKind("hello.plain", label="Boxes", sides={STAFF, PORTAL})
QUIET = NoticeKind("hello.plain", label="Boxes", sides={STAFF, PORTAL}, modes={Channel.MAIL: Mode.OFF})
IMPORTANT = NoticeKind("hello.important", label="Terms", sides={STAFF, PORTAL}, is_important=True)
RICH = NoticeKind("hello.rich", label="Rich", sides={STAFF}, url=lambda member, facts: f"/about/{facts['name']}/")
FACTS = {"count": 1200, "name": "A & B", "tier": {"en": "Gold", "ko": "골드"}, "since_on": "2026-07-01"}


@pytest.fixture(autouse=True)
def _own_kinds(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], TEMPLATES]}]
    for kind in (PLAIN, IMPORTANT, RICH):
        monkeypatch.setitem(registry._kinds, kind.key, kind)


@pytest.fixture(autouse=True)
def _no_chain_at_work() -> Iterator[None]:
    """No batch of another test is taken to be under way."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def in_scope(manufacturer: Any) -> Iterator[None]:
    """The staff scope of hanbit."""
    with staff_scope(manufacturer.pk):
        yield
