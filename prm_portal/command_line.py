"""Runs Django's command line with the servers that it needs."""

import contextlib
import signal
import sys
from types import FrameType
from typing import NoReturn


def run(arguments: list[str]) -> int | str:
    """Run a management command; what cannot be helped ends in one sentence, not in a traceback."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from prm_portal.embedded import EmbeddedServerError

    signal.signal(signal.SIGTERM, _leave)
    try:
        with _servers():
            execute_from_command_line(arguments)
    except (EmbeddedServerError, ImproperlyConfigured) as error:
        return str(error)
    except KeyboardInterrupt:
        return 130
    return 0


def _servers() -> contextlib.AbstractContextManager[None]:
    from django.conf import settings

    home = settings.EMBEDDED_HOME
    return home.hold() if home else contextlib.nullcontext()


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    """TERM ends a command like any other exit, so that what it holds is let go."""
    sys.exit(128 + signum)
