import pytest
from django.db import connection


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
