"""Tasks: what is to be done, by which side, and who may see it."""

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from partners import services
from partners.models import Side, Task, TaskState
from partners.services import TaskError
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 30)


def test_a_task_of_staff_goes_to_who_looks_after_the_partner_and_is_theirs_alone(
    partner: Any, manager: Membership
) -> None:
    with staff_scope(partner.manufacturer_id):
        partner.channel_manager = manager
        partner.save(update_fields=["channel_manager"])
        task = services.create_task(partner=partner, title="Call about the lease", due_on=DAY, by=manager)
        assert (task.side, task.owner, task.is_shared, task.state) == (Side.STAFF, manager, False, TaskState.OPEN)
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert not Task.objects.exists()


def test_a_task_for_the_partner_is_seen_by_it_and_by_no_other(partner: Any, sibling: Any, rep: Membership) -> None:
    with staff_scope(partner.manufacturer_id):
        task = services.create_task(partner=partner, title="Send the licence", for_partner=True)
        assert (task.side, task.owner, task.is_shared) == (Side.PARTNER, None, True)
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert list(Task.objects.all()) == [task]
    with partner_scope(partner.manufacturer_id, sibling.pk):
        assert not Task.objects.exists()


def test_the_same_thing_asks_once_even_when_it_is_done(partner: Any, manager: Membership) -> None:
    asked = {"partner": partner, "title": "Renew", "kind": "agreement", "key": "7"}
    with staff_scope(partner.manufacturer_id):
        first = services.create_task(**asked)
        assert services.create_task(**asked | {"title": "Another"}) == first
        assert services.complete_tasks(partner, kind="agreement", key="7", by=manager) == 1
        assert services.complete_tasks(partner, kind="agreement", key="7", by=manager) == 0
        first.refresh_from_db()
        assert (first.title, first.state, first.finished_by) == ("Renew", TaskState.DONE, manager)
        assert services.create_task(**asked) == first
        assert Task.objects.get() == first
        services.create_task(**asked | {"key": ""})
        services.create_task(**asked | {"key": ""})
        assert Task.objects.count() == 3  # without a key nothing says that it is the same


def test_a_partners_step_asks_staff_and_closes_what_staff_waited_for(partner: Any, sibling: Any) -> None:
    with partner_scope(partner.manufacturer_id, partner.pk):
        services.create_task(partner=partner, title="Check the paper", kind="paper", key="1")
        assert not Task.objects.exists()  # it is staff's own
        with pytest.raises(TaskError, match="your own company"):
            services.create_task(partner=sibling, title="Not mine")
        assert services.complete_tasks(partner, kind="paper", key="1") == 1
    with staff_scope(partner.manufacturer_id):
        assert Task.objects.get().state == TaskState.DONE


def test_the_person_must_be_of_the_side_that_has_to_do_it(
    partner: Any, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    with staff_scope(partner.manufacturer_id):
        for owner, for_partner in [(manager, True), (sibling_rep, True), (rep, False)]:
            with pytest.raises(TaskError, match="does not work for"):
                services.create_task(partner=partner, title="x", owner=owner, for_partner=for_partner)
        assert services.create_task(partner=partner, title="x", owner=rep, for_partner=True).owner == rep


def test_who_left_is_given_nothing(partner: Any, manager: Membership) -> None:
    with staff_scope(partner.manufacturer_id):
        Membership.objects.filter(pk=manager.pk).update(is_active=False)
        partner.channel_manager = manager
        partner.save(update_fields=["channel_manager"])
        assert services.create_task(partner=partner, title="x").owner is None


def test_it_leads_only_to_pages_of_the_readers_side(partner: Any, manager: Membership, rep: Membership) -> None:
    def task(name: str, **kwargs: Any) -> Task:
        return Task(partner=partner, title="x", url_name=name, url_kwargs=kwargs)

    assert task("partners:detail", pk=1).url_for(manager) == "/hanbit/partners/1/"
    assert task("partners:detail", pk=1).url_for(rep) == ""
    assert task("partners_portal:profile").url_for(rep) == "/hanbit/portal/profile/"
    assert task("partners_portal:profile").url_for(manager) == ""
    assert task("partners:gone").url_for(manager) == ""
    assert task("").url_for(manager) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partners_task SET is_shared = true",
        "UPDATE partners_task SET partner_id = partner_id",
        "UPDATE partners_task SET side = 'partner'",
        "INSERT INTO partners_task (manufacturer_id, partner_id, title) VALUES (1, 1, 'x')",
        "DELETE FROM partners_task",
        "SELECT * FROM partners_taskevent",
    ],
)
def test_the_database_refuses_what_a_partner_may_not_do(partner: Any, statement: str) -> None:
    with (
        partner_scope(partner.manufacturer_id, partner.pk),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
