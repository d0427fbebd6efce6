import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from prm_portal.embedded import EmbeddedServerError, Home
from prm_portal.embedded.home import DATABASE, LOGIN
from prm_portal.embedded.nobody import Nobody, can_pass

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from prm_portal.embedded import EmbeddedServerError, Home
try:
    with Home(sys.argv[1], throwaway=True).hold():
        print("held", flush=True)
        time.sleep(60)
except EmbeddedServerError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that `nobody` can reach: pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="prm-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def home(folder: Path) -> Home:
    return Home(folder / "data", throwaway=True)


@pytest.fixture
def hold_elsewhere(home: Home) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another process that holds the same servers."""
    started = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home.path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
    wait_until(lambda: not servers_of(home))


def servers_of(home: Home) -> list[str]:
    """The servers that run on the home's data: both work in their data folders."""
    running = [process.info for process in psutil.process_iter(["name", "cwd", "status"])]
    return sorted(
        {
            info["name"]
            for info in running
            if info["status"] != psutil.STATUS_ZOMBIE and (info["cwd"] or "").startswith(str(home.path))
        }
    )


def postgres_pid(home: Home) -> int:
    """The postmaster, or 0 while its file is not there or not written yet."""
    with contextlib.suppress(OSError, IndexError):
        return int((home.pgdata / "postmaster.pid").read_text().split()[0])
    return 0


def ask(home: Home, sql: str) -> object:
    connection = psycopg2.connect(host=str(home.sockets), user=LOGIN, dbname=DATABASE)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def answers(home: Home) -> bool:
    try:
        return ask(home, "SELECT 1") == 1
    except psycopg2.OperationalError:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_servers_run_while_they_are_held_and_not_after(home):
    with home.hold():
        assert ask(home, "SELECT current_user") == "prm_app"
        assert servers_of(home) == ["postgres", "valkey-server"]

    assert servers_of(home) == []
    assert not home.sockets.exists()


def test_data_outlive_the_servers(home):
    with home.hold():
        first = ask(home, "SELECT system_identifier::text FROM pg_control_system()")
    with home.hold():
        assert ask(home, "SELECT system_identifier::text FROM pg_control_system()") == first


def test_a_second_process_attaches_and_the_last_one_stops_the_servers(home, hold_elsewhere):
    other = hold_elsewhere()
    with home.hold():
        running = postgres_pid(home)
        other.send_signal(signal.SIGKILL)
        other.wait()
        time.sleep(1.2)  # the keeper looks twice a second who is left

        assert postgres_pid(home) == running
        assert ask(home, "SELECT 1") == 1
    assert servers_of(home) == []


def test_servers_stop_when_their_only_holder_is_killed(home, hold_elsewhere):
    hold_elsewhere().send_signal(signal.SIGKILL)

    wait_until(lambda: not servers_of(home))


def test_a_server_that_dies_is_started_again(home, hold_elsewhere):
    hold_elsewhere()
    died = postgres_pid(home)
    os.kill(died, signal.SIGKILL)

    wait_until(lambda: postgres_pid(home) not in {0, died})
    wait_until(lambda: answers(home))


def test_a_pid_file_left_by_a_machine_that_crashed_is_no_obstacle(home):
    with home.hold():
        pass
    # This test's own pid stands for a stranger that has the number now.
    (home.pgdata / "postmaster.pid").write_text(f"{os.getpid()}\n{home.pgdata}\n")

    with home.hold():
        assert ask(home, "SELECT 1") == 1


def test_an_interrupted_first_start_is_repeated(home):
    (home.path / "postgresql.draft").mkdir(parents=True)
    (home.path / "postgresql.draft" / "PG_VERSION").write_text("18\n")

    with home.hold():
        assert ask(home, "SELECT 1") == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda home: home.path.write_text("not a folder"), "is in the way: it must be a folder"),
        (lambda home: home.pgdata.mkdir(parents=True), "is not a PostgreSQL data folder; `make demo-reset`"),
        (
            lambda home: [home.pgdata.mkdir(parents=True), (home.pgdata / "PG_VERSION").write_text("9\n")],
            "was made by PostgreSQL 9, the environment now has",
        ),
    ],
    ids=["a file", "an empty folder", "an old version"],
)
def test_a_broken_folder_gets_one_sentence(home, spoil, said):
    spoil(home)

    with pytest.raises(EmbeddedServerError) as caught, home.hold():
        pass

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert servers_of(home) == []


def test_broken_data_get_one_sentence_and_can_be_removed(home):
    with home.hold():
        pass
    for file in (home.pgdata / "global").iterdir():
        file.write_bytes(b"")

    with (
        pytest.raises(EmbeddedServerError, match=r"PostgreSQL does not start on the data .*make demo-reset"),
        home.hold(),
    ):
        pass
    home.remove()

    with home.hold():
        assert ask(home, "SELECT 1") == 1


def test_data_in_use_are_not_removed(home, hold_elsewhere):
    hold_elsewhere()

    with pytest.raises(EmbeddedServerError, match="are in use"):
        home.remove()

    assert ask(home, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="only root hands the servers over to nobody")
def test_servers_of_root_run_in_a_folder_that_nobody_cannot_enter(folder):
    folder.chmod(0o700)

    assert Nobody().closed_folder(folder) == folder
    assert can_pass(Nobody(), folder)
    with Home(folder / "data").hold():
        assert ask(Home(folder / "data"), "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_gets_one_sentence(folder):
    small = folder / "disk"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        with pytest.raises(EmbeddedServerError, match=r"The disk that holds .* is full"), Home(small / "data").hold():
            pass
    finally:
        subprocess.run(["umount", str(small)], check=True)
