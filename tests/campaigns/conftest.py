"""What tests of campaigns share."""

from types import SimpleNamespace
from typing import Any

import pytest

from campaigns.services import campaigns as services


@pytest.fixture
def frozen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job that freezes readers runs where it is started."""

    def run(_kind: str, *, params: Any, by: Any, key: str) -> None:
        services.run_freezing(SimpleNamespace(job=SimpleNamespace(params=params, created_by=by)))  # type: ignore[arg-type]

    monkeypatch.setattr(services, "start_job", run)
