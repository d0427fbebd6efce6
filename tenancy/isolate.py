"""Migration operations that put a table under row-level security, and take it off again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.migrations.operations.base import Operation

MANUFACTURER = "manufacturer_id = current_setting('app.manufacturer')::bigint"
POLICIES = (
    "owner",
    "platform",
    "staff",
    "partner_select",
    "partner_insert",
    "partner_update",
    "partner_delete",
)


class Isolate(Operation):
    """Policies, grants and composite keys for the table of an owned model.

    partner_column: the column that names the partner a row belongs to. Without it partners read the table in
        common (products), or not at all with `partner_reads=False`.
    partner_writes: what partner users may do to their own rows: any of INSERT, UPDATE, DELETE, as in a GRANT, so
        `UPDATE (phone, email)` is for these columns alone.
    shared_as: the kind of data under which a sub-partner may let the partner above it read (P-15).
    staff_writes: what staff may do. Tables that only the database writes (history) have none.
    keys: column -> table; each becomes a key (manufacturer, column) -> (manufacturer, id), so that a row can never
        point to another manufacturer's.
    is_target: other tables may point here by such a key.
    private: the row's partner alone may read and write it, as `partner_writes` says: neither the manufacturer's staff, nor
        the platform, nor who looks on as one of the partner's people (T-7), whose transaction is read-only.
    """

    reversible = True

    def __init__(
        self,
        model: str,
        *,
        partner_column: str | None = None,
        partner_reads: bool = True,
        partner_writes: Sequence[str] = (),
        shared_as: str | None = None,
        staff_writes: Sequence[str] = ("INSERT", "UPDATE", "DELETE"),
        keys: Mapping[str, str] | None = None,
        is_target: bool = True,
        private: bool = False,
    ) -> None:
        if private and not (partner_column and partner_reads and not shared_as):
            raise ValueError(f"{model} cannot be private: it needs the column of the one partner that reads it.")
        self.private = private
        self.model = model
        self.partner_column = partner_column
        self.partner_reads = partner_reads
        self.partner_writes = tuple(partner_writes)
        self.shared_as = shared_as
        self.staff_writes = tuple(staff_writes)
        self.keys = dict(keys or {})
        self.is_target = is_target

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        options = {
            "partner_column": self.partner_column,
            "partner_reads": self.partner_reads,
            "partner_writes": self.partner_writes,
            "shared_as": self.shared_as,
            "staff_writes": self.staff_writes,
            "keys": self.keys,
            "is_target": self.is_target,
        }
        if self.private:
            options["private"] = True
        return self.__class__.__name__, [self.model], options

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        name = to_state.apps.get_model(app_label, self.model)._meta.db_table
        table = schema_editor.quote_name(name)
        for statement in (
            *self._rights(table),
            *self._policies(table),
            *self._keys(name, schema_editor),
        ):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        name = from_state.apps.get_model(app_label, self.model)._meta.db_table
        table, quote = schema_editor.quote_name(name), schema_editor.quote_name
        statements = [f"DROP POLICY IF EXISTS {policy} ON {table}" for policy in POLICIES]
        statements += [f"ALTER TABLE {table} DROP CONSTRAINT {quote(key_name(name, column))}" for column in self.keys]
        if self.is_target:
            statements.append(f"ALTER TABLE {table} DROP CONSTRAINT {quote(f'{name}_own')}")
        statements.append(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        statements.append(f"GRANT ALL ON {table} TO prm_app, prm_platform")
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Isolate {self.model}"

    def _rights(self, table: str) -> list[str]:
        staff = ", ".join(("SELECT", *self.staff_writes))
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"REVOKE ALL ON {table} FROM PUBLIC, prm_app, prm_staff, prm_partner, prm_platform",
        ]
        if not self.private:
            statements.append(f"GRANT {staff} ON {table} TO prm_staff, prm_platform")
        if self.partner_reads:
            partner = ", ".join(("SELECT", *self.partner_writes))
            statements.append(f"GRANT {partner} ON {table} TO prm_partner")
        return statements

    def _policies(self, table: str) -> list[str]:
        statements = [f"CREATE POLICY owner ON {table} TO prm_owner USING (true) WITH CHECK (true)"]
        if not self.private:
            statements += [
                f"CREATE POLICY platform ON {table} TO prm_platform USING (true) WITH CHECK (true)",
                f"CREATE POLICY staff ON {table} TO prm_staff USING ({MANUFACTURER}) WITH CHECK ({MANUFACTURER})",
            ]
        if not self.partner_reads:
            return statements
        own = seen = MANUFACTURER
        if self.partner_column:
            own = f"{MANUFACTURER} AND {self.partner_column} = current_setting('app.partner')::bigint"
            seen = own
        if self.private:
            own = seen = f"{own} AND current_setting('transaction_read_only') = 'off'"
        if self.shared_as:
            served = f"ANY (current_setting('app.served_{self.shared_as}')::bigint[])"
            seen = f"{MANUFACTURER} AND {self.partner_column} = {served}"
        statements.append(f"CREATE POLICY partner_select ON {table} FOR SELECT TO prm_partner USING ({seen})")
        clauses = {
            "INSERT": f"WITH CHECK ({own})",
            "UPDATE": f"USING ({own}) WITH CHECK ({own})",
            "DELETE": f"USING ({own})",
        }
        statements += [
            f"CREATE POLICY partner_{command.lower()} ON {table} FOR {command} TO prm_partner {clauses[command]}"
            for command in (write.split()[0] for write in self.partner_writes)
        ]
        return statements

    def _keys(self, name: str, schema_editor: Any) -> list[str]:
        quote = schema_editor.quote_name
        statements = []
        if self.is_target:
            statements.append(
                f"ALTER TABLE {quote(name)} ADD CONSTRAINT {quote(f'{name}_own')} UNIQUE (manufacturer_id, id)"
            )
        for column, target in self.keys.items():
            statements.append(
                f"ALTER TABLE {quote(name)} ADD CONSTRAINT {quote(key_name(name, column))}"
                f" FOREIGN KEY (manufacturer_id, {quote(column)}) REFERENCES {quote(target)} (manufacturer_id, id)"
                " DEFERRABLE INITIALLY DEFERRED"
            )
        return statements


class IsolateHistory(Isolate):
    """Isolation of a history table: staff read their own manufacturer's, and nobody writes but its trigger."""

    def __init__(self, model: str, *, partner_column: str | None = None, **options: Any) -> None:
        options.setdefault("partner_reads", False)
        options["staff_writes"] = ()
        options["is_target"] = False
        super().__init__(model, partner_column=partner_column, **options)


def key_name(table: str, column: str) -> str:
    """The name of the composite key that keeps `column` inside the row's manufacturer."""
    return f"{table}_{column}_own"


class GuardKeys(Operation):
    """Keeps the keys of a bulk table inside the row's manufacturer, by one check per statement.

    A composite key costs a look-up per row; this trigger looks at all rows of a statement at once. Unlike a key it
    does not stop the removal of what is pointed to: for tables whose targets are never removed.
    """

    reversible = True

    def __init__(self, model: str, *, keys: Mapping[str, str]) -> None:
        self.model = model
        self.keys = dict(keys)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.model], {"keys": self.keys}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        name = to_state.apps.get_model(app_label, self.model)._meta.db_table
        quote = schema_editor.quote_name
        checks = "".join(
            f"""
            IF EXISTS (
                SELECT FROM (SELECT DISTINCT manufacturer_id, {quote(column)} AS key FROM new_rows) n
                LEFT JOIN {quote(target)} t ON t.manufacturer_id = n.manufacturer_id AND t.id = n.key
                WHERE n.key IS NOT NULL AND t.id IS NULL
            ) THEN
                RAISE foreign_key_violation USING
                    MESSAGE = '{name}.{column} points outside its manufacturer',
                    CONSTRAINT = '{guard_name(name)}';
            END IF;"""  # noqa: S608 (names of our own tables, quoted)
            for column, target in self.keys.items()
        )
        # Tables just filled have no statistics, and scanning one once per row takes minutes: by index, always.
        schema_editor.execute(
            f"CREATE FUNCTION {quote(guard_name(name))}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $body$ BEGIN {checks} RETURN NULL; END $body$",
            params=None,
        )
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(
                f"CREATE TRIGGER {quote(f'{guard_name(name)}_{event.lower()}')} AFTER {event} ON {quote(name)}"
                f" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {quote(guard_name(name))}()",
                params=None,
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        name = from_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(
            f"DROP FUNCTION {schema_editor.quote_name(guard_name(name))}() CASCADE",
            params=None,
        )

    def describe(self) -> str:
        return f"Guard the keys of {self.model}"


def guard_name(table: str) -> str:
    """The name of the trigger function that guards a bulk table's keys."""
    return f"{table}_guard"
