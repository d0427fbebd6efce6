import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from prm_portal.management.commands.migrate import PUT_TOGETHER
from tenancy.rls import as_owner


@pytest.mark.django_db
def test_the_application_logs_in_as_a_role_that_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == ("prm_app", 0)


@pytest.mark.django_db
def test_every_table_belongs_to_the_owner_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [("prm_owner",)]


@pytest.mark.django_db
def test_nobody_but_the_owner_can_write_history():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT attrelid::regclass::text, grantee
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            JOIN information_schema.role_table_grants ON table_name = relname
            WHERE attname = 'pgh_created_at' AND relkind = 'r' AND grantee <> 'prm_owner'
              AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
            """
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_a_database_from_between_the_old_migrations_is_refused_with_a_way_out():
    with as_owner():
        MigrationRecorder(connection).record_unapplied(*PUT_TOGETHER[1])
    with pytest.raises(CommandError, match="Bring it there with that version first"):
        call_command("migrate", verbosity=0)


@pytest.mark.django_db
def test_a_database_that_had_all_old_migrations_has_nothing_to_do(capsys):
    with as_owner():
        for app, name in MigrationRecorder(connection).applied_migrations():
            if app == "partners":
                MigrationRecorder(connection).record_unapplied(app, name)
        loader = MigrationLoader(None)
        for (app, name), migration in loader.graph.nodes.items():
            if app == "partners":
                for old in migration.replaces or [(app, name)]:
                    MigrationRecorder(connection).record_applied(*old)
    call_command("migrate", plan=True)
    assert "No planned migration operations." in capsys.readouterr().out
