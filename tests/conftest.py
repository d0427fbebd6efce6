"""Fixtures of every test. Factories are in `tests/factories.py`."""

import pytest
from django.conf import settings


@pytest.fixture(scope="session", autouse=True)
def _quick_and_plain() -> None:
    """What production needs and a test only waits for: slow password hashes, static files with hashed names."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
