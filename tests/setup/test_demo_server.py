"""The demo as a whole: the real supervisor with its real children, on data of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from prm_portal.demo import PASSWORD, PLATFORM_EMAIL

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder with the platform administrator in it, by whom the demo knows that its data are loaded."""
    path = Path(tempfile.mkdtemp(prefix="prm-demo-"))
    made = (
        "from django.core.management import call_command; from tenancy.models import User; call_command('migrate', verbosity=0);"
        f"User.objects.create_superuser('{PLATFORM_EMAIL}', '{PASSWORD}', name='Administrator')"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", made], cwd=ROOT, env=environment(path), check=True
    )
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def demo(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = start(folder, port)
    for line in process.stdout:
        if "answers at" in line:
            break
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    wait_until(lambda: not left_of(folder))


def environment(path: Path, **more: str) -> dict[str, str]:
    """What a user's shell would give, and not what this test run has set for itself."""
    ours = ("PRM_", "DATABASE_URL", "REDIS_URL", "CACHE_URL", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "PRM_HOME": str(path),
        **more,
    }


def start(path: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "prm_portal.demo_server"],
        cwd=ROOT,
        env=environment(path, PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def left_of(path: Path) -> list[str]:
    """Every process of the demo on this data folder, known by its environment, arguments or working folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and (
                process.environ().get("PRM_HOME") == str(path)
                or any(str(path) in part for part in process.cmdline())
                or process.cwd().startswith(str(path))
            ):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as response:
        return response.status == 200


def test_everything_runs_for_one_demo_and_its_commands_and_a_term_leaves_nothing(demo, folder, port):
    assert answers(port)
    programs = ("demo_web", "celery -A prm_portal worker", "beat", "postgres", "valkey-server")
    wait_until(lambda: all(name in " ".join(left_of(folder)) for name in programs))

    second = start(folder, port + 1)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert said.startswith("The demo already runs on ")
    assert f"http://127.0.0.1:{port}" in said

    before = [line for line in left_of(folder) if "postgres" in line]
    check = [sys.executable, "manage.py", "check", "--database", "default"]
    subprocess.run(check, cwd=ROOT, env=environment(folder), check=True)
    assert [line for line in left_of(folder) if "postgres" in line][:1] == before[:1]

    demo.send_signal(signal.SIGTERM)
    assert demo.wait(timeout=60) == 128 + signal.SIGTERM
    assert left_of(folder) == []


def test_a_killed_web_server_comes_back_and_ctrl_c_leaves_nothing(demo, folder, port):
    web = next(child for child in psutil.Process(demo.pid).children() if "demo_web" in " ".join(child.cmdline()))
    time.sleep(5)  # one that dies sooner is taken for one that cannot run
    web.kill()

    assert "web process ended; starting it again" in next(line for line in demo.stdout if "ended" in line)
    wait_until(lambda: _answers_again(port))

    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=60) == 0
    assert left_of(folder) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_a_killed_supervisor_takes_everything_along(demo, folder):
    demo.kill()
    demo.wait()

    wait_until(lambda: not left_of(folder))


def _answers_again(port: int) -> bool:
    try:
        return answers(port)
    except OSError:
        return False


def test_a_taken_port_gets_one_sentence(folder, port):
    with socket.create_server(("127.0.0.1", port)):
        said, _ = start(folder, port).communicate(timeout=60)

    assert (
        said == f"Port {port} is taken by another program; choose another with `make demo PORT={port % 60000 + 1}`.\n"
    )
    assert left_of(folder) == []


def test_what_keeps_the_tables_from_being_made_is_said_in_one_sentence(folder, port):
    """A database that is not there stands for whatever stops the preparation."""
    wrong = environment(folder, PORT=str(port), DATABASE_URL="postgres://prm_app@127.0.0.1:1/prm")

    done = subprocess.run(
        [sys.executable, "-m", "prm_portal.demo_server"],
        cwd=ROOT,
        env=wrong,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert 'connection to server at "127.0.0.1", port 1 failed' in done.stdout
    assert left_of(folder) == []
