"""The demo's web server: brings tables, demo data, messages and static files up to date, then serves.

One process does both, so that Django and the apps are loaded once. Run by the demo server as
`python -m prm_portal.demo_web ADDRESS LOG`.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

SAID_WHY = 3  # the exit code after a sentence that the user has seen


def main(address: str, log: str) -> None:
    """Prepare, turn to the log, and be gunicorn from then on."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db import DatabaseError, connections

    try:
        prepare()
    except (CommandError, DatabaseError, ImproperlyConfigured) as error:
        say(str(error).strip())
        sys.exit(SAID_WHY)
    connections.close_all()  # the workers are forked from this process and must not share one

    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    from gunicorn.app.wsgiapp import run

    conf = Path(__file__).with_name("gunicorn_conf.py")
    sys.argv = ["gunicorn", "--config", str(conf), "--bind", address, "--graceful-timeout", "5"]
    run()


def prepare() -> None:
    """Bring everything up to date; quick when it is."""
    import django
    from django.core.management import call_command

    from prm_portal import messages

    messages.compile_catalogs()
    django.setup()
    say("Bringing the tables up to date ...")
    call_command("migrate", verbosity=0, interactive=False)
    collect_static_files()
    load_demo_data()


def load_demo_data() -> None:
    """In a process of its own: what reads the files has threads, which forked web workers would lack."""
    from prm_portal.demo import PLATFORM_EMAIL
    from prm_portal.processes import dies_with_parent
    from tenancy.models import User

    if User.objects.filter(email=PLATFORM_EMAIL).exists():  # made last, so loading that broke off goes on
        return
    say("Loading the demo data, once ...")
    loaded = subprocess.run(
        [sys.executable, "manage.py", "load_demo"],
        cwd=Path(__file__).parent.parent,
        preexec_fn=dies_with_parent(signal.SIGTERM),
        check=False,
    )
    if loaded.returncode:
        sys.exit(SAID_WHY)


def collect_static_files() -> None:
    """Collect when a file is newer than the last time: hashing and packing them all takes seconds."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = {
        storage.path(name): Path(storage.path(name)).stat().st_mtime
        for finder in get_finders()
        for name, storage in finder.list([])
    }
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    now = f"{len(found)} {max(found.values(), default=0.0)}"
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
