from django.db import connection

from tenancy.rls import current_scope


def lock_grades() -> None:
    """Until the transaction ends, nobody else moves grades of this manufacturer: a chunk of a recompute, a decision."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('valuation.grades'), %s)", [current_scope().manufacturer])
