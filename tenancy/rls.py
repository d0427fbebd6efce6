"""Row-level security: the database knows who is asking.

Outside a scope the application's login (`prm_app`) has no right to an owned table. `scope` opens a transaction and
becomes one of the actors' roles in it; the policies put on by `Isolate` then show only that actor's rows.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import connection, connections, models, transaction
from django.db.backends.signals import connection_created

Actor = Literal["staff", "partner", "platform", "none"]

SHARED_KINDS = ("profile", "sales", "papers", "agreements", "tasks", "pipeline", "service")
"""The kinds of data of `tenancy.models.DataKind`: each has a setting `app.served_<kind>` that policies read."""
_SERVED = "".join(
    f", set_config('app.served_{kind}', tenancy_served(%(partner)s, '{kind}'), true)" for kind in SHARED_KINDS
)


@dataclass(frozen=True)
class Scope:
    """Who is asking: a role of the database, a manufacturer, and for partner users their partner.

    Which sub-partners a partner may read (P-15) is asked of the database on entering: `tenancy_served` lists the
    partner itself and those that agreed to share that kind of data with it.
    """

    actor: Actor
    manufacturer: int | None = None
    partner: int | None = None
    user: int | None = None
    read_only: bool = False
    """Nothing can be written in it, whatever the role may: the transaction itself is read-only (T-7)."""

    @property
    def is_open(self) -> bool:
        return self.actor != "none"

    def apply(self) -> None:
        """Set role and settings for the running transaction, in one round trip.

        A read-only one stays so: PostgreSQL lets no transaction write again that has begun to read.
        """
        with connection.cursor() as cursor:
            if self.read_only:
                cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(
                "SELECT set_config('role', %(role)s, true), set_config('app.manufacturer', %(manufacturer)s, true),"
                " set_config('app.partner', %(partner)s, true), set_config('app.user', %(user)s, true)" + _SERVED,
                {
                    "role": f"prm_{self.actor}" if self.is_open else "none",
                    "manufacturer": str(self.manufacturer or ""),
                    "partner": str(self.partner or ""),
                    "user": str(self.user or ""),
                },
            )


CLOSED = Scope("none")
_current: ContextVar[Scope] = ContextVar("scope", default=CLOSED)


def current_scope() -> Scope:
    """The scope that code runs in now; `CLOSED` outside any."""
    return _current.get()


@contextmanager
def enter(inner: Scope) -> Iterator[Scope]:
    """Run the block in `inner`, then return to the scope around it."""
    outer = _current.get()
    inner = replace(inner, read_only=inner.read_only or outer.read_only)
    with transaction.atomic():
        inner.apply()
        token = _current.set(inner)
        try:
            yield inner
        finally:
            _current.reset(token)
        # Settings are local to the transaction: leaving the outermost scope ends it, and after an error the
        # rollback restores them (a query now would hide the real error).
        nested = outer.is_open or len(connection.atomic_blocks) > 1
        if nested and not connection.needs_rollback:
            outer.apply()


def scope(
    actor: Actor,
    *,
    manufacturer: int | None = None,
    partner: int | None = None,
    user: int | None = None,
    read_only: bool = False,
) -> AbstractContextManager[Scope]:
    """Run the block as `actor`, seeing only what that actor may see, and with `read_only` changing nothing."""
    return enter(Scope(actor, manufacturer, partner, user, read_only))


def staff_scope(manufacturer_id: int) -> AbstractContextManager[Scope]:
    """Run the block seeing all rows of one manufacturer."""
    return scope("staff", manufacturer=manufacturer_id)


_AS_STAFF = """
    SELECT set_config('role', 'prm_staff', true), set_config('app.manufacturer', %(scope_of)s, true),
        set_config('app.partner', '', true), set_config('app.user', '', true),
        set_config('synchronous_commit', %(scope_commits)s, true);
"""


def run_as_staff(manufacturer_id: int, sql: str, params: dict[str, Any], *, is_lossy: bool = False) -> int:
    """Run a statement as a transaction of its own that sees all rows of one manufacturer, in one round trip where a scope
    takes four; returns how many rows the last one changed. For what is done thousands of times with somebody waiting.

    `is_lossy` does not wait until it is on disk: when the database's machine fails, the last moment's may be lost.
    """
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            with staff_scope(manufacturer_id):
                cursor.execute(sql, params)
                return int(cursor.rowcount)
        commits = {"scope_of": str(manufacturer_id), "scope_commits": "off" if is_lossy else "on"}
        cursor.execute(_AS_STAFF + sql, params | commits)
        return int(cursor.rowcount)


def partner_scope(manufacturer_id: int, partner_id: int) -> AbstractContextManager[Scope]:
    """Run the block seeing the rows of one partner, and what its sub-partners share with it."""
    return scope("partner", manufacturer=manufacturer_id, partner=partner_id)


def take_turns(name: str, one: object = "") -> None:
    """Wait until nobody else of this manufacturer does what has this name (to this `one`), and keep the others waiting until
    the transaction ends. RuntimeError outside a manufacturer's scope."""
    manufacturer = current_scope().manufacturer
    if manufacturer is None:
        raise RuntimeError("take_turns() needs the scope of a manufacturer.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"{name} {one}", manufacturer])


def platform_scope() -> AbstractContextManager[Scope]:
    """Run the block seeing every manufacturer's rows. For Django admin and platform tasks only."""
    return scope("platform")


def house_scope() -> AbstractContextManager[Any]:
    """In a partner's scope, run the block as the manufacturer's staff: for what a partner's step brings about for people
    and rows that the partner cannot see. In any other scope nothing changes."""
    scope = current_scope()
    if scope.actor == "partner" and scope.manufacturer is not None:
        return staff_scope(scope.manufacturer)
    return nullcontext()


def commit_chunk() -> None:
    """Commit what the outermost scope has done so far and go on in the same scope.

    Long work calls it between chunks, so that a killed worker repeats one chunk at most. It refuses inside a nested
    transaction, where nothing could be committed.
    """
    inner = _current.get()
    if not inner.is_open:
        raise RuntimeError("commit_chunk() needs an open scope.")
    if len(connection.atomic_blocks) != 1:
        if is_rolled_back():
            inner.apply()
            return
        raise RuntimeError("commit_chunk() works only in the outermost scope.")
    block = connection.atomic_blocks[-1]
    block.__exit__(None, None, None)
    block.__enter__()
    inner.apply()


def commit_chunk_if_outermost() -> None:
    """`commit_chunk`; where nothing could be committed, because somebody else's transaction is around it, all goes together."""
    if len(connection.atomic_blocks) == 1:
        commit_chunk()


def is_rolled_back() -> bool:
    """Whether this runs in a test's transaction: other connections never see what is done here."""
    return any(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


class CurrentManufacturer(models.Func):
    """The manufacturer of the scope, as a column default."""

    template = "(nullif(current_setting('app.manufacturer', true), '')::bigint)"
    output_field = models.BigIntegerField()
    arity = 0
    allowed_default = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()


@contextmanager
def as_owner(using: str = "default") -> Iterator[None]:
    """Be `prm_owner` on this connection, also after it reconnects. For migrations and set-up only."""
    conn = connections[using]

    def become(sender: object = None, connection: Any = None, **kwargs: Any) -> None:
        if connection.alias == using:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE prm_owner")

    connection_created.connect(become, weak=False, dispatch_uid=f"as_owner_{using}")
    if conn.connection is not None:
        become(connection=conn)
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid=f"as_owner_{using}")
        if conn.connection is not None and not conn.connection.closed and not conn.needs_rollback:
            with conn.cursor() as cursor:
                cursor.execute("RESET ROLE")
