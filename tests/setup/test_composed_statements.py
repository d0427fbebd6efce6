import pghistory
import pytest
from django.db import connection
from psycopg2.sql import SQL, Literal


@pytest.mark.django_db
def test_a_composed_statement_runs_while_history_has_a_context() -> None:
    with pghistory.context(task="try"), connection.cursor() as cursor:
        cursor.execute(SQL("SELECT {} || %s").format(Literal("a")), ["b"])
        assert cursor.fetchone() == ("ab",)
