"""The migration that gave courses several product lines, and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenancy.models import Membership
from tenancy.rls import as_owner, staff_scope
from tests.factories import ProductCategoryFactory
from tests.training.factories import CourseFactory
from training.models import Course

pytestmark = pytest.mark.django_db


def test_product_lines_of_courses_are_taken_back_and_over_again(owner: Membership) -> None:
    line = ProductCategoryFactory(manufacturer=owner.manufacturer, code="pumps")
    CourseFactory(manufacturer=owner.manufacturer, code="one", product_lines=["pumps"])
    CourseFactory(manufacturer=owner.manufacturer, code="two", product_lines=[])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the test itself made waits no longer
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        MigrationExecutor(connection).migrate([("training", "0011_course_renewal")])
        cursor.execute("SELECT code, category_id FROM training_course ORDER BY code")
        assert cursor.fetchall() == [("one", line.pk), ("two", None)]
        forward = MigrationExecutor(connection)
        forward.migrate([key for key in forward.loader.graph.leaf_nodes() if key[0] == "training"])
        cursor.execute(
            "SELECT column_default FROM information_schema.columns"
            " WHERE table_name = 'training_course' AND column_name = 'product_lines'"
        )
        assert cursor.fetchone()[0].startswith("'{}'")
    with staff_scope(owner.manufacturer_id):
        assert list(Course.objects.order_by("code").values_list("code", "product_lines")) == [
            ("one", ["pumps"]),
            ("two", []),
        ]
