"""(e) View as (T-7): staff see what a partner's person sees, no more, and change nothing, whatever the code does."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from notices.models import Notice
from tenancy.models import Membership, OwnedModel, ViewAs
from tenancy.rights import Role
from tenancy.rls import commit_chunk, scope, staff_scope
from tests.isolation.test_urls import EXPECTED, addresses
from tests.isolation.world import World

pytestmark = pytest.mark.django_db

TABLES = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, OwnedModel))
PORTAL = sorted(name for name in addresses() if name.partition(":")[0].endswith("_portal"))
READ_ONLY, NOT_ALLOWED = "25006", "42501"


@pytest.fixture(autouse=True)
def _nobody_has_tried_anything_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def look(world: World, as_whom: str, person: str = "manager") -> Client:
    """A browser in which `person` looks at the portal as `as_whom`."""
    client = world.client(person)
    response = client.post(world.address("tenancy:view_as", pk=world.members[as_whom].pk))
    assert response.status_code == 302
    assert response["Location"] == "/hanbit/portal/"
    return client


def code_of(error: BaseException) -> str:
    return getattr(error.__cause__, "pgcode", "")


# --- The database ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("actor", ["partner", "staff"])
def test_the_database_refuses_every_write(table: str, actor: Any, manufacturer: Any, partner: Any) -> None:
    """Also with the rights of staff: code that enters another scope inside gets no further."""
    with scope("partner", manufacturer=manufacturer.pk, partner=partner.pk, read_only=True):
        for sql in (
            f"UPDATE {table} SET manufacturer_id = manufacturer_id",
            f"DELETE FROM {table}",
            f"INSERT INTO {table} (manufacturer_id) VALUES ({manufacturer.pk})",
        ):
            with (
                pytest.raises(DatabaseError) as refused,
                scope(actor, manufacturer=manufacturer.pk, partner=partner.pk),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
            assert code_of(refused.value) in {READ_ONLY, NOT_ALLOWED}, sql


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE partners_partner SET city = 'taken'",
        "INSERT INTO notices_quiethours (manufacturer_id) VALUES (1)",
        "SELECT 1 FROM partners_partner FOR UPDATE",
        "SELECT nextval('partners_partner_id_seq')",
        "CREATE TABLE taken (a int)",
    ],
)
def test_what_a_partners_person_may_do_is_refused_as_read_only(sql: str, manufacturer: Any, partner: Any) -> None:
    with scope("partner", manufacturer=manufacturer.pk, partner=partner.pk, read_only=True):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert code_of(refused.value) == READ_ONLY


@pytest.mark.parametrize(
    "sql", ["SET TRANSACTION READ WRITE", "SELECT set_config('transaction_read_only', 'off', true)"]
)
def test_it_cannot_be_made_writable_again(sql: str, manufacturer: Any, partner: Any) -> None:
    with scope("partner", manufacturer=manufacturer.pk, partner=partner.pk, read_only=True):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM partners_partner")
            cursor.execute(sql)
        commit_chunk()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE partners_partner SET city = 'taken'")


def test_after_it_others_write_as_before(manufacturer: Any, partner: Any) -> None:
    with scope("partner", manufacturer=manufacturer.pk, partner=partner.pk, read_only=True):
        pass
    with staff_scope(manufacturer.pk):
        assert type(partner).objects.update(city="Seoul") == 1


# --- The pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whom", [Role.PARTNER_ADMIN, Role.PARTNER_REP, Role.PARTNER_TECHNICIAN, Role.PARTNER_VIEWER])
def test_every_page_answers_as_to_the_person_and_says_who_looks(world: World, whom: str) -> None:
    looking = look(world, whom)
    for name in PORTAL:
        seen = looking.get(world.address(name))
        content = seen.getvalue()
        assert (name, seen.status_code) == (name, EXPECTED[name][whom])
        if seen.status_code == 200 and b"<html" in content:
            is_framed = seen["X-Frame-Options"] == "SAMEORIGIN"  # the page around it says who looks
            assert is_framed or b'class="viewing"' in content, name


def test_everything_but_looking_answers_403(world: World) -> None:
    client = look(world, Role.PARTNER_ADMIN)
    for name, method in zip(PORTAL, itertools.cycle(["post", "put", "post", "patch", "post", "delete"]), strict=False):
        response = getattr(client, method)(world.address(name))
        assert (name, method, response.status_code) == (name, method, 403)
        assert "Nothing was changed" in response.content.decode()


def test_a_notice_that_is_opened_stays_unread_for_its_reader(world: World) -> None:
    client = look(world, Role.PARTNER_ADMIN)
    client.get(world.address("notices_portal:notice"))
    with staff_scope(world.manufacturer.pk):
        assert not Notice.objects.filter(recipient=world.members[Role.PARTNER_ADMIN], read_at__isnull=False).exists()


def test_the_person_is_not_taken_to_have_been_here(world: World) -> None:
    person = world.members[Role.PARTNER_ADMIN]
    with staff_scope(world.manufacturer.pk):
        Membership.objects.filter(pk=person.pk).update(last_seen_at=None)
    look(world, Role.PARTNER_ADMIN).get("/hanbit/portal/")
    with staff_scope(world.manufacturer.pk):
        assert Membership.objects.get(pk=person.pk).last_seen_at is None


def test_a_page_that_would_write_is_refused_by_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from prm_portal.home.views import PortalHomeView

    def writing(self: Any, **kwargs: Any) -> Any:
        Membership.objects.filter(pk=self.member.pk).update(title="Taken over")

    monkeypatch.setattr(PortalHomeView, "get_context_data", writing)

    response = look(world, Role.PARTNER_ADMIN).get("/hanbit/portal/")

    assert response.status_code == 403
    with staff_scope(world.manufacturer.pk):
        assert Membership.objects.get(pk=world.members[Role.PARTNER_ADMIN].pk).title == ""


def test_ones_own_pages_stay_ones_own(world: World) -> None:
    client = look(world, Role.PARTNER_ADMIN)
    assert b'class="viewing"' not in client.get("/hanbit/").content
    assert client.get("/tokai/portal/").status_code == 404


# --- Who may, and for how long --------------------------------------------------------------------------------------


def test_it_is_kept_who_looked_as_whom_and_shown_there(world: World) -> None:
    look(world, Role.PARTNER_REP)
    page = world.client("owner").get(world.address("tenancy:member")).content.decode()

    assert "Who looked at the portal as this person" in page
    assert "Channel manager" in page
    with staff_scope(world.manufacturer.pk):
        (row,) = ViewAs.objects.all()
        assert (row.by, row.member) == (world.members["manager"], world.members[Role.PARTNER_REP])
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ViewAs.objects.all().delete()


def test_stopping_leads_back_to_the_person(world: World) -> None:
    client = look(world, Role.PARTNER_REP)
    response = client.post(world.address("tenancy:view_as_stop"))

    assert response["Location"] == world.address("tenancy:member")
    assert client.get("/hanbit/portal/").status_code == 404
    with staff_scope(world.manufacturer.pk):
        assert ViewAs.objects.get().stopped_at


def test_it_ends_after_an_hour(world: World) -> None:
    client = look(world, Role.PARTNER_REP)
    with staff_scope(world.manufacturer.pk):
        row = ViewAs.objects.get()
        assert row.ends_at - row.started_at == dt.timedelta(hours=1)
    past = timezone.now() + dt.timedelta(minutes=61)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: past)
        assert client.get("/hanbit/portal/").status_code == 302
    assert client.get("/hanbit/portal/").status_code == 404


@pytest.mark.parametrize("change", [{"role": Role.ANALYST}, {"assigned_only": True}])
def test_it_ends_with_the_right(world: World, change: dict[str, Any]) -> None:
    client = look(world, Role.PARTNER_REP)
    with staff_scope(world.manufacturer.pk):
        Membership.objects.filter(pk=world.members["manager"].pk).update(**change)
    response = client.get("/hanbit/portal/")
    assert response.status_code == 302
    assert response["Location"] == "/hanbit/users/partners/"


def test_it_ends_when_the_person_leaves(world: World) -> None:
    client = look(world, Role.PARTNER_REP)
    with staff_scope(world.manufacturer.pk):
        Membership.objects.filter(pk=world.members[Role.PARTNER_REP].pk).update(is_active=False)
    assert client.get("/hanbit/portal/").status_code == 302


@pytest.mark.parametrize("person", ["marketing", "trainer", "analyst"])
def test_only_who_has_the_right(world: World, person: str) -> None:
    assert world.client(person).post(world.address("tenancy:view_as")).status_code == 403


def test_nobody_looks_as_a_colleague_or_a_stranger(world: World) -> None:
    client = world.client("manager")
    client.post(world.address("tenancy:view_as", pk=world.members["owner"].pk))
    assert client.post(world.address("tenancy:view_as", pk=world.members["stranger"].pk)).status_code == 404
    assert world.client("stranger").post(world.address("tenancy:view_as")).status_code == 404
    with staff_scope(world.manufacturer.pk):
        assert not ViewAs.objects.exists()


def test_a_manager_of_own_partners_looks_at_these_alone(world: World) -> None:
    manager = world.members["manager"]
    with staff_scope(world.manufacturer.pk):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
    client = world.client("manager")
    assert client.post(world.address("tenancy:view_as")).status_code == 404
    with staff_scope(world.manufacturer.pk):
        type(world.partner).objects.filter(pk=world.partner.pk).update(channel_manager=manager)
    assert client.post(world.address("tenancy:view_as")).status_code == 302
