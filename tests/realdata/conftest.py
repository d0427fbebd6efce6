import os
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def data() -> Path:
    """The folder of public data sets; PRM_DATA names another place."""
    folder = Path(os.environ.get("PRM_DATA", settings.BASE_DIR / ".." / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"The public data sets are not at {folder}.")
    return folder
