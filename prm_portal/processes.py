"""Child processes that do not outlive the one that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
TOO_SHORT_A_LIFE = 5.0


@dataclass
class Child:
    """A program that has to run as long as its parent does."""

    name: str
    command: list[str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    speaks_first: bool = False  # to the user, until it turns to its log by itself
    lease: Callable[[], IO[str]] | None = None  # opens a file that has to stay open as long as the program runs
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        """Start the program in a group of its own, so that Ctrl-C reaches the parent alone."""
        with contextlib.ExitStack() as opened:
            log = None if self.speaks_first else opened.enter_context(self.log.open("ab"))
            kept = [opened.enter_context(self.lease())] if self.lease else []
            self.process = subprocess.Popen(  # noqa: S603 (programs of our own environment)
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[file.fileno() for file in kept],
                start_new_session=True, preexec_fn=dies_with_parent(self.stop_signal),
            )  # fmt: skip
        self.started_at = time.monotonic()

    def start_again(self) -> None:
        """Start anew, after ending what the program that died has left behind (a web server's workers keep its port)."""
        self.end_group()
        self.start()

    def end_group(self) -> None:
        """End by force whatever is left of the program."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    @property
    def ended_at_once(self) -> bool:
        """Whether it is gone so soon that starting it again would not help."""
        return self.has_ended and time.monotonic() - self.started_at < TOO_SHORT_A_LIFE


def stop(children: list[Child], *, seconds: float) -> None:
    """Ask all to end, wait, and end by force those that are still there, with everything they started."""
    for child in children:
        if child.process and not child.has_ended:
            child.process.send_signal(child.stop_signal)
    end = time.monotonic() + seconds
    for child in children:
        if not child.process:
            continue
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(timeout=max(0.0, end - time.monotonic()))
        child.end_group()


def dies_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: on Linux the kernel then tells the child when its parent is gone, even after kill -9."""
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    parent = os.getpid()

    def ask() -> None:
        for signum in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(signum, signal.SIG_DFL)  # a shell ignores them for what it runs in the background
        if prctl:
            prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it went before it could be asked
            os._exit(1)

    return ask
