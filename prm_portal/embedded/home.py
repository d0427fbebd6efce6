"""A data folder, and the hold on its servers."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

DATABASE = "prm"
LOGIN = "prm_app"
SOCKETS = Path("/tmp")  # noqa: S108 (short and the same for every process; the folder made below it is checked)
ROOT = Path(__file__).resolve().parents[2]


class EmbeddedServerError(Exception):
    """The servers cannot run here. The message is one sentence that says why and what to do."""


class Home:
    """A data folder with the servers that belong to it."""

    def __init__(self, path: str | os.PathLike[str], *, throwaway: bool = False) -> None:
        self.path = Path(path).resolve()
        self.throwaway = throwaway
        name = hashlib.sha256(str(self.path).encode()).hexdigest()[:10]
        self.sockets = SOCKETS / f"prm-{os.getuid()}-{name}"
        self.pgdata = self.path / "postgresql"
        self.valkey_data = self.path / "valkey"
        self.valkey_socket = self.sockets / "valkey.sock"

    # Addresses

    def database_url(self, name: str = DATABASE) -> str:
        """The address of a database on this home's PostgreSQL, for DATABASE_URL."""
        return f"postgres://{LOGIN}@{quote(str(self.sockets), safe='')}/{name}"

    def redis_url(self, number: int = 0) -> str:
        """The address of a numbered database on this home's Valkey, for REDIS_URL."""
        return f"unix://{self.valkey_socket}?db={number}"

    # Holding

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """The servers run while the block runs: started when nobody had them, stopped when nobody else does."""
        self._make_folder()
        users, gate = self.open("users.lock"), self.open("gate.lock")
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)  # one comes or goes at a time
            fcntl.flock(users, fcntl.LOCK_SH)
            if not self._keeper_pid():
                self._start_keeper()
            fcntl.flock(gate, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(gate, fcntl.LOCK_EX)
                if try_exclusive(users):  # nobody else holds them
                    self._stop_keeper()
        finally:
            users.close()
            gate.close()

    def lease(self) -> IO[str]:
        """A hold for a child process, by passing it the open file: the servers stay until the child has gone as well."""
        users = self.open("users.lock")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    def remove(self) -> None:
        """Throw the data away, whatever state they are in; refuses while somebody uses them."""
        self._make_folder()
        with self.open("users.lock") as users, self.open("gate.lock") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            if not try_exclusive(users):
                raise EmbeddedServerError(f"The data in {self.path} are in use; stop what runs on them first.")
            self._stop_keeper()
            for entry in self.path.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()

    def _make_folder(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not os.access(self.path, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except (FileExistsError, NotADirectoryError):
            raise EmbeddedServerError(
                f"{self.path} is in the way: it must be a folder; move it or set PRM_HOME to another place."
            ) from None
        except OSError as error:
            raise EmbeddedServerError(
                f"The data folder {self.path} cannot be written ({error.strerror}); make it writable or set PRM_HOME."
            ) from None

    def open(self, name: str) -> IO[str]:
        try:
            return (self.path / name).open("a+")
        except OSError as error:
            raise EmbeddedServerError(
                f"{self.path / name} cannot be opened ({error.strerror}); "
                "was the data folder made by another user? Give it to this one or set PRM_HOME."
            ) from None

    def _start_keeper(self) -> None:
        mode = "throwaway" if self.throwaway else "durable"
        with (self.path / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(  # noqa: S603 (this file, by this interpreter)
                [sys.executable, "-m", "prm_portal.embedded.keeper", str(self.path), mode],
                cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True,
            )  # fmt: skip
        _own_keepers.append(keeper)
        assert keeper.stdout
        with keeper.stdout as answer:  # closed by the keeper as soon as the servers answer
            said = answer.read()
        if said != "ready":
            keeper.wait()
            raise EmbeddedServerError(said or f"The embedded servers did not start; see {self.path}/keeper.log.")

    def _keeper_pid(self) -> int | None:
        """The running keeper; it holds its lock as long as it lives, and wrote its pid into the locked file."""
        with self.open("keeper.lock") as lock:
            if try_exclusive(lock):
                return None
            lock.seek(0)
            return int(lock.read())

    def _stop_keeper(self) -> None:
        pid = self._keeper_pid()
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            wait_until_gone(pid, seconds=60)
        for keeper in _own_keepers:
            keeper.poll()  # or it stays as a zombie


_own_keepers: list[subprocess.Popen[str]] = []  # started by this process, which may leave before they end


def try_exclusive(file: IO[str]) -> bool:
    """Take a file's lock alone without waiting; whether it was free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_running(pid: int) -> bool:
    """Whether there is a process of that number; one that has ended and was not yet waited for is none."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Wait so long for a process to end; whether it has."""
    end = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
