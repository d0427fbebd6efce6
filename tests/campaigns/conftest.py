"""What tests of campaigns share."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from campaigns.services import campaigns as services
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.sequences import NOW, settings_without_quiet_hours
from tests.factories import ManufacturerFactory, MembershipFactory


@pytest.fixture
def frozen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job that freezes readers runs where it is started."""

    def run(_kind: str, *, params: Any, by: Any, key: str) -> None:
        services.run_freezing(SimpleNamespace(job=SimpleNamespace(params=params, created_by=by)))  # type: ignore[arg-type]

    monkeypatch.setattr(services, "start_job", run)


@pytest.fixture
def clock(monkeypatch: Any) -> Any:
    class Clock:
        now = NOW

        def go_to(self, moment: dt.datetime) -> None:
            self.now = moment

    own = Clock()
    monkeypatch.setattr(timezone, "now", lambda: own.now)
    cache.clear()
    return own


@pytest.fixture
def house(db: None, clock: Any) -> Membership:
    """Marketing of a house that writes English alone."""
    own = ManufacturerFactory(languages=["en"])
    with staff_scope(own.pk):
        settings_without_quiet_hours()
    return MembershipFactory(manufacturer=own, role=Role.MARKETING)
