"""(d) Ids of other manufacturers and other partners, in addresses and forms, reveal nothing and change nothing."""

from typing import Any

from django.apps import apps
from django.db import connection

from tenancy.models import OwnedModel
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory
from tests.isolation.private_tables import PRIVATE
from tests.isolation.test_urls import EXPECTED
from tests.isolation.world import World

OWNED = [model for model in apps.get_models() if issubclass(model, OwnedModel)]
WITH_PK = {"approvals", "partners", "jobs", "notices", "commerce", "valuation", "tenancy"}


def rows_of(manufacturer: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a manufacturer, to see that nothing changed."""
    with platform_scope(), connection.cursor() as cursor:
        found = {}
        for model in OWNED:
            if model._meta.db_table in PRIVATE:
                continue
            cursor.execute(
                f'SELECT * FROM "{model._meta.db_table}" AS one WHERE manufacturer_id = %s ORDER BY one::text',
                [manufacturer.pk],
            )
            found[model._meta.label] = cursor.fetchall()
        return found


def naming_an_object(world: World, *sides: str) -> list[str]:
    return [name for name, captured in world.captured.items() if "pk" in captured and name.partition(":")[0] in sides]


def test_another_manufacturers_objects_do_not_exist_on_ones_own_pages(world: World) -> None:
    before = rows_of(world.manufacturer)
    client = world.client("stranger")
    names = naming_an_object(world, *WITH_PK)
    assert len(names) > 35
    for name in names:
        url = world.address(name, manufacturer=world.other.slug)
        answers = {client.post(url, {"reason": "x", "stage": "ended"}).status_code, client.get(url).status_code}
        assert (name, 404 in answers, answers <= {404, 405}) == (name, True, True)
    assert rows_of(world.manufacturer) == before


def test_another_manufacturers_pages_do_not_exist(world: World) -> None:
    before = rows_of(world.manufacturer)
    client = world.client("stranger")
    for name in (name for name in EXPECTED if name.partition(":")[0].removesuffix("_portal") in WITH_PK | {"home"}):
        assert (name, client.post(world.address(name), {"reason": "x"}).status_code) == (name, 404)
    assert rows_of(world.manufacturer) == before


def test_another_partners_objects_do_not_exist_in_the_portal(world: World) -> None:
    before = rows_of(world.manufacturer)
    client = world.client("sibling")
    names = naming_an_object(world, "notices_portal", "tenancy_portal")
    assert len(names) >= 8
    for name in names:
        url, step = world.address(name), {"role": "partner_viewer"}
        assert (name, {client.post(url, step).status_code, client.get(url).status_code} <= {404, 405}) == (name, True)
        assert (name, 404 in {client.post(url, step).status_code, client.get(url).status_code}) == (name, True)
    assert rows_of(world.manufacturer) == before


def test_a_foreign_key_in_a_form_is_no_choice(world: World) -> None:
    foreign = PartnerFactory(manufacturer=world.other, code="F2")
    client = world.client(Role.OWNER)
    response = client.post(
        world.address("partners:edit"),
        {"code": "A1", "name": "Seoul", "kind": foreign.kind_id, "parent": foreign.pk, "channel_manager": "1"},
    )
    assert response.status_code == 200
    with staff_scope(world.manufacturer.pk):
        world.partner.refresh_from_db()
        assert (world.partner.name, world.partner.kind.manufacturer_id) == ("Seoul Agency", world.manufacturer.pk)
        assert world.partner.parent_id is None


def test_a_partner_cannot_invite_into_another_partner_by_a_form_field(world: World) -> None:
    client = world.client("sibling")
    client.post(
        world.address("tenancy_portal:invite"),
        {"email": "x@y.example", "role": "owner", "partner": world.partner.pk, "language": "en"},
    )
    client.post(
        world.address("tenancy_portal:invite"),
        {"email": "z@y.example", "role": "partner_rep", "partner": world.partner.pk, "language": "en", "name": "Z"},
    )
    with staff_scope(world.manufacturer.pk):
        invitation = apps.get_model("tenancy.Invitation")
        made = list(invitation.objects.exclude(email="new@seoul.example").values_list("email", "role", "partner_id"))
    assert made in ([], [("z@y.example", "partner_rep", world.sibling.pk)])


def test_who_sees_only_assigned_partners_sees_no_other(world: World) -> None:
    member = MembershipFactory(manufacturer=world.manufacturer, role=Role.MANAGER, assigned_only=True)
    world.users["assigned"] = member.user
    client = world.client("assigned")
    for page in ("detail", "edit", "stage", "confirm"):
        assert client.post(world.address(f"partners:{page}"), {"stage": "ended"}).status_code in {404, 405}
        assert client.get(world.address(f"partners:{page}")).status_code in {404, 405}
    assert b"Seoul Agency" not in client.get(world.address("partners:list")).content
