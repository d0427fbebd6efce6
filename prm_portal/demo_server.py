"""`make demo`: everything the portal needs, on this machine, until Ctrl-C.

Holds the servers, runs web (which first brings tables and demo data up to date), worker and beat as children, and starts
again what ends by itself. Run as `python -m prm_portal.demo_server [--reset]`.
"""

import contextlib
import errno
import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from prm_portal import processes
from prm_portal.demo_web import SAID_WHY
from prm_portal.embedded import EmbeddedServerError
from prm_portal.processes import Child

HOST = "127.0.0.1"
SECONDS_TO_STOP = 10
SECONDS_TO_ANSWER = 60
SIGN_INS = [
    ("admin@prm.example", "platform administrator, at /admin/"),
    ("owner@hanbit.example", "Hanbit: owner"),
    ("manager@hanbit.example", "Hanbit: channel manager"),
    ("analyst@hanbit.example", "Hanbit: analyst, reads only"),
    ("admin@seoul-agency.example", "Seoul Agency, partner of Hanbit: partner admin"),
    ("rep@seoul-agency.example", "Seoul Agency: sales rep"),
    ("admin@busan-dealer.example", "another partner of Hanbit"),
    ("owner@tokai.example", "Tokai: owner"),
    ("buyer@oslo-sykkel.example", "a buyer of Tokai"),
    ("multi@partners.example", "partner of both"),
]


class DemoError(Exception):
    """The demo cannot run. The message is one sentence that says why and what to do."""


def main(arguments: list[str]) -> int | str:
    """Run the demo, or with --reset throw its data away."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm_portal.settings")
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, _leave)
    try:
        return reset() if "--reset" in arguments else run()
    except (DemoError, EmbeddedServerError, ImproperlyConfigured) as error:
        return str(error) or 1
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return "The disk is full; make room or set PRM_HOME to another disk."
        raise


def reset() -> int:
    """Remove the demo's data; DemoError where they are on servers of the reader's own."""
    from django.conf import settings

    if settings.EMBEDDED_HOME is None:
        raise DemoError("DATABASE_URL and REDIS_URL name servers of your own: empty those yourself.")
    settings.EMBEDDED_HOME.remove()
    _say("The demo's data are gone; `make demo` makes new ones.")
    return 0


def run() -> int:
    """Start servers, web, worker and beat, say where they are, and keep them up until Ctrl-C; DemoError for one that does not stay up."""
    from django.conf import settings

    home: Path = settings.PRM_HOME
    url = f"http://{HOST}:{settings.PORT}"
    with _only_one(home, url):
        _check_port(settings.PORT)
        with settings.EMBEDDED_HOME.hold() if settings.EMBEDDED_HOME else contextlib.nullcontext():
            children = _children(home, settings.PORT)
            for child in children:
                child.lease = settings.EMBEDDED_HOME.lease if settings.EMBEDDED_HOME else None
            try:
                web, *others = children
                web.start()
                _wait_until_it_answers(url, web)  # alone it is up sooner
                for child in others:
                    child.start()
                _say(_welcome(url))
                _watch(children)
            finally:
                processes.stop(children, seconds=SECONDS_TO_STOP)
    return 0


@contextlib.contextmanager
def _only_one(home: Path, url: str) -> Iterator[None]:
    with (home / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DemoError(
                f"The demo already runs on {home} ({lock.read()}); stop it first, or set PRM_HOME for a second one."
            ) from None
        lock.truncate(0)
        lock.write(url)
        lock.flush()
        yield


def _check_port(port: int) -> None:
    if not 0 < port < 65536:
        raise DemoError(f"PORT={port} is no port: choose a number from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used ({error.strerror})"
            )
            raise DemoError(f"Port {port} {reason}; choose another with `make demo PORT={port % 60000 + 1}`.") from None


def _children(home: Path, port: int) -> list[Child]:
    celery = [str(Path(sys.executable).parent / "celery"), "-A", "prm_portal"]
    logs = home / "log"
    logs.mkdir(exist_ok=True)
    web = [sys.executable, "-m", "prm_portal.demo_web", f"{HOST}:{port}", str(logs / "web.log")]
    return [
        Child("web", web, logs / "web.log", speaks_first=True),
        # QUIT lets running tasks three seconds to come to an end of a chunk; they are handed out again after the next start.
        Child(
            "worker",
            [*celery, "worker", "--concurrency", str(os.cpu_count() or 1), "--loglevel", "info"],
            logs / "worker.log",
            stop_signal=signal.SIGQUIT,
        ),
        Child("beat", [*celery, "beat", "--pidfile="], logs / "beat.log"),
    ]


def _wait_until_it_answers(url: str, web: Child) -> None:
    """However long it prepares; once it listens it has to answer."""
    end = float("inf")
    while not _answers(url):
        if web.has_ended:
            raise DemoError("" if web.process and web.process.returncode == SAID_WHY else _why_it_ended(web))
        if end == float("inf") and _listens(url):
            end = time.monotonic() + SECONDS_TO_ANSWER
        if time.monotonic() > end:
            raise DemoError(f"The portal does not answer at {url}; see {web.log}.")
        time.sleep(0.1)


def _listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, urlsplit(url).port or 80)) == 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as response:  # noqa: S310 (our own address)
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _watch(children: list[Child]) -> None:
    """Start again what ends by itself; give up on what cannot stay up."""
    while True:
        time.sleep(0.5)
        for child in children:
            if child.ended_at_once:
                raise DemoError(_why_it_ended(child))
            if child.has_ended:
                _say(f"The {child.name} process ended; starting it again.")
                child.start_again()


def _why_it_ended(child: Child) -> str:
    lines = [line.strip() for line in child.log.read_text(errors="replace").splitlines() if line.strip()]
    return f"The {child.name} process does not stay up ({lines[-1] if lines else 'it said nothing'}); see {child.log}."


def _welcome(url: str) -> str:
    from prm_portal.demo import PASSWORD

    width = max(len(email) for email, _ in SIGN_INS)
    people = "\n".join(f"  {email:<{width}}  {who}" for email, who in SIGN_INS)
    passkeys = url.replace(HOST, "localhost")  # browsers tie passkeys to a name, never to a number
    return f"\nThe portal answers at {url}\n(to try passkeys, open {passkeys})\n\nSign in with the password {PASSWORD} as\n{people}\n\nCtrl-C stops everything.\n"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    """Leave once; a second Ctrl-C does not interrupt the tidying up."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0 if signum == signal.SIGINT else 128 + signum)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
