"""History: who changed what, from a page, from a task, inside a scope and outside; and that nobody can forge it."""

from typing import Any

import pghistory
import pytest
from django.db import DatabaseError, connection, transaction

from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rls import current_scope, partner_scope, platform_scope, staff_scope
from tenancy.tasks import scoped_task


@scoped_task(name="tests.rename")
def rename(*, manufacturer_id: int, member_id: int, title: str) -> str:
    Membership.objects.filter(pk=member_id).update(title=title)
    return current_scope().actor


@scoped_task(name="tests.fail")
def fail(*, manufacturer_id: int, member_id: int) -> None:
    Membership.objects.filter(pk=member_id).update(title="half done")
    raise RuntimeError


def events_of(member: Any) -> list[tuple[str, dict[str, Any] | None]]:
    with platform_scope():
        return [(event.title, event.pgh_context) for event in member.events.order_by("pgh_id")]


def test_a_change_on_a_page_knows_its_user_and_address(owner: Any, manager: Any, client_for: Any) -> None:
    path = f"/hanbit/users/{manager.pk}/"
    client_for(owner).post(path, {"role": "manager", "title": "Lead", "phone": ""})
    assert events_of(manager) == [("", {"user": owner.user_id, "url": path})]


def test_a_change_by_a_task_knows_its_name_and_runs_in_the_staff_scope(owner: Any, manager: Any) -> None:
    assert rename(manufacturer_id=manager.manufacturer_id, member_id=manager.pk, title="By task") == "staff"
    assert events_of(manager) == [("", {"task": "tests.rename"})]
    with staff_scope(manager.manufacturer_id):
        manager.refresh_from_db()
        entry = history_of(manager)[0]
    assert (entry.who, entry.source) == ("", "tests.rename")
    assert [(change.label, change.before, change.after) for change in entry.changes] == [("Job title", "", "By task")]


def test_a_task_sees_its_own_manufacturer_alone(stranger: Any, manager: Any) -> None:
    rename(manufacturer_id=stranger.manufacturer_id, member_id=manager.pk, title="Foreign")
    assert events_of(manager) == []


def test_a_task_that_fails_leaves_nothing_behind(manager: Any) -> None:
    with pytest.raises(RuntimeError):
        fail(manufacturer_id=manager.manufacturer_id, member_id=manager.pk)
    assert events_of(manager) == []
    assert current_scope().actor == "none"


def test_a_task_is_known_to_celery_by_its_name() -> None:
    from prm_portal.celery import CommittedTask, app

    assert isinstance(app.tasks["tests.rename"], CommittedTask)


def test_a_change_of_many_rows_in_one_statement_is_kept_row_by_row(owner: Any, manager: Any, analyst: Any) -> None:
    with pghistory.context(task="bulk"), staff_scope(owner.manufacturer_id):
        Membership.objects.exclude(pk=owner.pk).update(title="All")
    assert events_of(manager) == events_of(analyst) == [("", {"task": "bulk"})]
    assert events_of(owner) == []


def test_a_person_renamed_outside_any_scope_has_it_in_their_history(owner: Any) -> None:
    owner.user.name = "Renamed"
    owner.user.save()
    with platform_scope():
        assert [event.name for event in owner.events.all()] == ["Owner Kim"]


@pytest.mark.parametrize("statement", ["INSERT", "UPDATE", "DELETE"])
def test_nobody_forges_history(statement: str, owner: Any, rep: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        Membership.objects.filter(pk=rep.pk).update(title="Changed")
    statements = {
        "INSERT": "INSERT INTO tenancy_membershipevent SELECT * FROM tenancy_membershipevent",
        "UPDATE": "UPDATE tenancy_membershipevent SET title = 'forged'",
        "DELETE": "DELETE FROM tenancy_membershipevent",
    }
    for scope in (
        staff_scope(owner.manufacturer_id),
        partner_scope(rep.manufacturer_id, rep.partner_id),
        platform_scope(),
    ):
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic(), scope, connection.cursor() as cursor:
            cursor.execute(statements[statement])
    assert [title for title, _context in events_of(rep)] == [""]


def test_settings_show_what_was_changed_and_by_whom(owner: Any, client_for: Any) -> None:
    client = client_for(owner)
    page = client.get("/hanbit/settings/")
    fields = {
        name: value for name, value in page.context["form"].initial.items() if isinstance(value, str | int | list)
    }
    fields |= {"fiscal_year_start": "4", "functions_on": page.context["form"]["functions_on"].initial}
    fields.pop("holidays", None)
    assert client.post("/hanbit/settings/", fields).status_code == 302
    entry = client.get("/hanbit/settings/").context["entries"][0]
    assert entry.who == "Owner Kim"
    assert [(change.label, change.before, change.after) for change in entry.changes] == [
        ("First month of the fiscal year", "1", "4")
    ]
