"""Root's way to run the servers: PostgreSQL refuses to be root, so they run as `nobody`.

That user may not be able to enter the folders above the data or the environment (a temporary folder is its owner's alone).
On Linux the servers then keep one of root's capabilities, which lets them through; elsewhere the user is told.
"""

import ctypes
import os
import pwd
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_SECUREBITS = 28
NO_SETUID_FIXUP = 1 << 2  # capabilities survive setuid, and access(2) honours them, by which initdb finds its programs
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION = 0x20080522
CAP_DAC_OVERRIDE = 1  # containers usually have this one ...
CAP_DAC_READ_SEARCH = 2  # ... and not this one, which would do


class Nobody:
    """The user that servers run as when root starts them."""

    def __init__(self) -> None:
        user = pwd.getpwnam("nobody")
        self.uid, self.gid = user.pw_uid, user.pw_gid

    def closed_folder(self, *paths: Path) -> Path | None:
        """The first folder on the way to one of the paths that `nobody` cannot enter."""
        for path in paths:
            for folder in [path, *path.parents]:
                found = folder.stat()
                if not (found.st_mode & stat.S_IXOTH or found.st_uid == self.uid):
                    return folder
        return None

    def popen_arguments(self, *, may_pass: bool) -> dict[str, Any]:
        """What makes `subprocess` start a program as this user; `may_pass` lets it through closed folders."""
        if may_pass:
            return {"preexec_fn": self._become_with_passage()}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def _become_with_passage(self) -> Callable[[], None]:
        libc = ctypes.CDLL(None, use_errno=True)

        def become() -> None:
            libc.prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0)
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)
            for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
                if _keep(libc, capability):
                    return

        return become


def can_pass(nobody: Nobody, folder: Path) -> bool:
    """Whether a program started with `may_pass` can indeed enter the folder: not every container grants it."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if not child:
        try:
            nobody._become_with_passage()()
            os._exit(0 if os.access(folder, os.X_OK) else 1)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    return status == 0


def _keep(libc: ctypes.CDLL, capability: int) -> bool:
    """Keep one capability through the coming exec."""
    bit = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; then the upper halves
    return libc.capset(header, data) == 0 and libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0
