"""Workers in processes of their own, on the test's database and mail server, and how they are killed."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db import connection

from tests.notices.mail_server import MailServer

START = """
import sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
"""


@contextlib.contextmanager
def running_worker(server: MailServer, program: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs the program; its arguments stand in `sys.argv` from 2 on."""
    process = subprocess.Popen(
        [sys.executable, "-c", START + program, connection.settings_dict["NAME"], *map(str, arguments)],
        env=os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}", "PUBLIC_URL": "http://127.0.0.1"},
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kill_at(server: MailServer, number: int, worker: subprocess.Popen[bytes], *, before: bool) -> None:
    """Have the worker killed at that mail: before the server takes it, or after that and before the worker hears of it."""

    def kill(what: Any) -> str | None:
        if len(server.mails) == number - 1:
            if isinstance(what, EmailMessage):
                server.mails.append(what)
            os.kill(worker.pid, signal.SIGKILL)
            return "451 Nobody hears this"
        return None

    if before:
        server.on_recipient = kill
    else:
        server.on_mail = kill


def killed(server: MailServer, worker: subprocess.Popen[bytes]) -> bool:
    """Wait until it is, and let mails through again."""
    code = worker.wait(60)
    server.on_recipient = server.on_mail = lambda what: None
    return code == -signal.SIGKILL
