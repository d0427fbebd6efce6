"""How gunicorn serves the portal, in production and in the demo."""

import gc
import os
from typing import Any

wsgi_app = "prm_portal.wsgi"
workers = int(os.environ.get("WEB_CONCURRENCY", 2 * (os.cpu_count() or 1) + 1))
preload_app = True
# A synchronous worker that receives a file of a gigabyte over a slow line is busy, not dead.
timeout = 600
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Load what every worker would load at its first page, and keep the garbage collector off what was loaded before the fork:
    workers share its memory and end at once."""
    from django.conf import settings
    from django.urls import get_resolver
    from django.utils import translation

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            get_resolver().reverse_dict  # noqa: B018  all addresses with their views; they are kept for each language
    gc.collect()
    gc.freeze()
