"""One task for many partners of the list, and what a bulk action refuses."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.models import Notice
from partners import services
from partners.models import Partner, Side, Task
from partners.services.tasks import MOST_AT_ONCE, TaskError
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory

pytestmark = pytest.mark.django_db

URL = "/hanbit/partners/"


def ask(*partners: Partner, **changes: Any) -> dict[str, Any]:
    data = {
        "do": "tasks",
        "selected": [partner.pk for partner in partners],
        "confirmed": "1",
        "title": "Call <b>them</b>",
    }
    return data | {"who": "staff", "due_on": "2027-01-31", "detail": "Soon", "once": str(uuid.uuid4())} | changes


def tasks(manufacturer: Any) -> list[tuple[Any, ...]]:
    with staff_scope(manufacturer.pk):
        rows = Task.objects.order_by("partner__code").values_list(
            "partner__code", "title", "side", "owner", "is_shared"
        )
        return list(rows)


def test_each_partner_gets_the_task_once(
    client_for: Any, owner: Membership, manager: Membership, partner: Partner, sibling: Partner, manufacturer: Any
) -> None:
    left = MembershipFactory(manufacturer=manufacturer, is_active=False)
    third = PartnerFactory(manufacturer=manufacturer, code="C1", channel_manager=left)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
    client = client_for(owner)
    dialog = client.post(URL, {"do": "tasks", "selected": [partner.pk, sibling.pk]})
    assert "Create tasks: 2 rows" in dialog.content.decode()
    asked = ask(partner, sibling, third)
    said = client.post(URL, asked, follow=True).content.decode()
    assert "3 tasks are given." in said
    assert tasks(manufacturer) == [
        ("A1", "Call <b>them</b>", Side.STAFF, manager.pk, False),
        ("B1", "Call <b>them</b>", Side.STAFF, None, False),
        ("C1", "Call <b>them</b>", Side.STAFF, None, False),  # who has left does nothing any more
    ]
    with staff_scope(manufacturer.pk):
        task = Task.objects.get(partner=partner)
        assert (task.due_on, task.detail, task.created_by_id) == (dt.date(2027, 1, 31), "Soon", owner.pk)
    assert "0 tasks are given." in client.post(URL, asked, follow=True).content.decode()  # a double click
    assert len(tasks(manufacturer)) == 3
    client.post(URL, ask(partner, who="myself", title="Mine"))
    assert ("A1", "Mine", Side.STAFF, owner.pk, False) in tasks(manufacturer)


def test_the_partners_people_hear_of_theirs(
    client_for: Any, owner: Membership, partner: Partner, sibling: Partner, partner_admin: Membership, manufacturer: Any
) -> None:
    asked = ask(partner, sibling, who="partner", title="Send photos")
    for _time in range(2):
        client_for(owner).post(URL, asked)
    assert [(code, side, shared) for code, _title, side, _owner, shared in tasks(manufacturer)] == [
        ("A1", Side.PARTNER, True),
        ("B1", Side.PARTNER, True),
    ]
    with staff_scope(manufacturer.pk):
        told = Notice.objects.filter(kind="partners.task_given").values_list("recipient", flat=True)
        assert list(told) == [partner_admin.pk]
    assert "Send photos" in client_for(partner_admin).get("/hanbit/portal/tasks/").content.decode()


def test_what_is_wrong_is_said(client_for: Any, owner: Membership, partner: Partner, manufacturer: Any) -> None:
    client = client_for(owner)
    for changes in ({"title": ""}, {"once": "x"}, {"who": "everybody"}, {"due_on": "31.31.2026"}):
        assert client.post(URL, ask(partner, **changes)).status_code == 200
    assert tasks(manufacturer) == []


def test_not_too_many_at_once(owner: Membership, partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.services.tasks.MOST_AT_ONCE", 0)
    assert MOST_AT_ONCE == 2000
    with staff_scope(partner.manufacturer_id), pytest.raises(TaskError, match="At most 0 partners"):
        services.create_tasks(Partner.objects.all(), title="x", once="1", by=owner)


def test_who_may_not_edit_partners_gives_none_and_only_own_partners_get_one(
    client_for: Any, analyst: Membership, manager: Membership, partner: Partner, sibling: Partner, manufacturer: Any
) -> None:
    assert client_for(analyst).post(URL, ask(partner)).status_code == 403
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
    client_for(manager).post(URL, ask(partner, sibling))
    assert [code for code, *_rest in tasks(manufacturer)] == ["A1"]


def test_as_many_queries_for_many_partners(owner: Membership, partner: Partner, manufacturer: Any) -> None:
    def count(once: str) -> int:
        with staff_scope(manufacturer.pk), CaptureQueriesContext(connection) as queries:
            services.create_tasks(Partner.objects.all(), title="x", once=once, by=owner)
        return len(queries)

    few = count("1")
    for _number in range(20):
        PartnerFactory(manufacturer=manufacturer)
    assert count("2") == few


def test_what_a_service_refuses_is_said_by_the_list(client_for: Any, owner: Membership, partner: Partner) -> None:
    data = {"do": "confirm", "selected": [partner.pk], "confirmed": "1", "months": "12", "due_on": "2030-01-01"}
    assert "No partner has anything older" in client_for(owner).post(URL, data, follow=True).content.decode()


def test_where_working_together_is_switched_off_no_task_is_given(
    client_for: Any, owner: Membership, partner: Partner, manufacturer: Any
) -> None:
    with staff_scope(manufacturer.pk):
        manufacturer.functions_off = ["working_together"]
        manufacturer.save(update_fields=["functions_off"])
    said = client_for(owner).post(URL, ask(partner), follow=True).content.decode()
    assert "Working together is switched off, and tasks with it." in said
    assert tasks(manufacturer) == []
