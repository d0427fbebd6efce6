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
    """Keep the garbage collector off what was loaded before the fork: workers share its memory and end at once."""
    gc.collect()
    gc.freeze()
