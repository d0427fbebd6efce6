"""Backup and restore as docs/operations.md says, on the servers of this test run."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from prm_portal.embedded.keeper import postgres_binaries
from tenancy.rls import platform_scope
from tests.factories import ManufacturerFactory

COPY = "prm_restored"

pytestmark = [
    pytest.mark.skipif(settings.DATABASES["default"]["HOST"][:1] != "/", reason="PostgreSQL is not this run's own"),
    pytest.mark.django_db(transaction=True),
]


def run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(postgres_binaries() / program), "-h", settings.DATABASES["default"]["HOST"], *arguments],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def policies(cursor: object) -> list[tuple[str, ...]]:
    cursor.execute("SELECT tablename, policyname, roles::text, qual, with_check FROM pg_policies ORDER BY 1, 2")
    return cursor.fetchall()


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[object]:
    with platform_scope():
        ManufacturerFactory(slug="kept")
    dump = str(tmp_path / "prm.dump")
    run("pg_dump", "-U", "prm_backup", "-Fc", "-f", dump, connection.settings_dict["NAME"])
    run("dropdb", "-U", "postgres", "--if-exists", COPY)
    run("createdb", "-U", "postgres", "-O", "prm_owner", COPY)
    run("pg_restore", "-U", "postgres", "-d", COPY, "--exit-on-error", dump)
    copy = psycopg2.connect(host=settings.DATABASES["default"]["HOST"], user="prm_app", dbname=COPY)
    with copy.cursor() as cursor:
        yield cursor
    copy.close()
    run("dropdb", "-U", "postgres", COPY)


def test_a_restored_backup_has_the_rows_and_still_keeps_manufacturers_apart(restored):
    restored.execute("SELECT slug FROM tenancy_manufacturer")
    assert restored.fetchall() == [("kept",)]

    with connection.cursor() as cursor:
        expected = policies(cursor)
    assert expected
    assert policies(restored) == expected

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        restored.execute("SELECT * FROM partners_partner")
