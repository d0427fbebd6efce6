"""PostgreSQL and Valkey from their wheels: here for whoever needs them, gone when the last one leaves.

`Home(path).hold()` is what the rest of the project uses. It makes sure that a *keeper* runs: a small process of its own
that starts both servers as its children, starts them again should one die, and stops them once nobody holds them.
Holding is a shared lock on a file, which the kernel frees even after kill -9; so no list of users can go stale.
"""

from prm_portal.embedded.home import EmbeddedServerError, Home

__all__ = ["EmbeddedServerError", "Home"]
