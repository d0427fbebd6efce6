"""A pytest plugin: the servers of a test run, held before Django connects and let go at its end.

`pyproject.toml` loads it by name, so that it runs before pytest-django reads the settings. The runs' data lie apart from the
demo's, each xdist worker has Redis databases of its own, and DATABASE_URL with REDIS_URL name other servers as everywhere.
"""

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from prm_portal.embedded import EmbeddedServerError, Home

FIRST_REDIS_DATABASE = 2  # 0 and 1 would be a demo's

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def prepare_environment() -> Home | None:
    """Set what `prm_portal.settings` reads; returns the home whose servers the run needs."""
    os.environ.setdefault("PRM_TEST_HOME", os.environ.get("PRM_HOME", ".prm") + "-test")
    os.environ["PRM_HOME"] = os.environ["PRM_TEST_HOME"]
    os.environ["PRM_THROWAWAY"] = "1"
    home = Home(Path(__file__).parent.parent / os.environ["PRM_HOME"], throwaway=True)
    os.environ.setdefault("DATABASE_URL", home.database_url())
    if os.environ.get("REDIS_URL", home.redis_url(0)).startswith(home.redis_url(0).split("?")[0]):
        os.environ["REDIS_URL"] = home.redis_url(FIRST_REDIS_DATABASE + 2 * WORKER)
        os.environ["CACHE_URL"] = home.redis_url(FIRST_REDIS_DATABASE + 2 * WORKER + 1)
    elif os.environ["DATABASE_URL"] != home.database_url():
        return None
    return home


held = ExitStack()
atexit.register(held.close)  # also when the run fails before it begins
home = prepare_environment()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if home:
        try:
            held.enter_context(home.hold())
        except EmbeddedServerError as error:
            pytest.exit(str(error), returncode=1)
