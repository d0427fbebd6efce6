"""(b) What each scope sees by raw SQL, how scopes nest, and what is left after an error."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from partners.models import OnBehalf, Partner, Relation, Task
from tenancy.models import Sharing
from tenancy.rls import CLOSED, SHARED_KINDS, commit_chunk, current_scope, partner_scope, platform_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.partners.agreements import agreement_type, paper, paper_type, sent

pytestmark = pytest.mark.django_db


def codes() -> list[str]:
    """The partners that raw SQL sees now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM partners_partner ORDER BY code")
        return [code for (code,) in cursor.fetchall()]


@pytest.fixture
def network(manufacturer: Any, other_manufacturer: Any) -> dict[str, Any]:
    """A distributor with an agency with a shop, a sibling agency, and a partner of another manufacturer."""
    top = PartnerFactory(manufacturer=manufacturer, code="distributor")
    same = {"manufacturer": manufacturer, "kind": top.kind}
    agency = PartnerFactory(code="agency", parent=top, **same)
    shop = PartnerFactory(code="shop", parent=agency, **same)
    sibling = PartnerFactory(code="sibling", parent=top, **same)
    foreign = PartnerFactory(manufacturer=other_manufacturer, code="foreign")
    return {"top": top, "agency": agency, "shop": shop, "sibling": sibling, "foreign": foreign}


def share(sub: Any, above: Any, kind: str) -> Sharing:
    with staff_scope(sub.manufacturer_id):
        return Sharing.objects.create(manufacturer_id=sub.manufacturer_id, partner=sub, above=above, data_kind=kind)


def test_staff_and_platform_see_what_is_theirs(network: dict[str, Any], manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        assert codes() == ["agency", "distributor", "shop", "sibling"]
    with platform_scope():
        assert codes() == ["agency", "distributor", "foreign", "shop", "sibling"]


def test_a_partner_sees_sub_partners_only_by_agreement(network: dict[str, Any], manufacturer: Any) -> None:
    agency, shop = network["agency"], network["shop"]
    with partner_scope(manufacturer.pk, agency.pk):
        assert codes() == ["agency"]
    agreement = share(shop, agency, "profile")
    with partner_scope(manufacturer.pk, agency.pk):
        assert codes() == ["agency", "shop"]
        assert Partner.objects.filter(code="shop").update(city="taken over") == 0
    with staff_scope(manufacturer.pk):
        Sharing.objects.filter(pk=agreement.pk).update(withdrawn_at="2026-01-01T00:00Z")
    with partner_scope(manufacturer.pk, agency.pk):
        assert codes() == ["agency"]


def test_sharing_one_kind_of_data_shows_no_other(network: dict[str, Any], manufacturer: Any) -> None:
    share(network["shop"], network["agency"], "sales")
    with partner_scope(manufacturer.pk, network["agency"].pk):
        assert codes() == ["agency"]


def test_sharing_reaches_one_tier_and_never_a_sibling(network: dict[str, Any], manufacturer: Any) -> None:
    share(network["shop"], network["agency"], "profile")
    share(network["agency"], network["top"], "profile")
    seen = {}
    for name in ("top", "sibling", "shop"):
        with partner_scope(manufacturer.pk, network[name].pk):
            seen[name] = codes()
    assert seen == {"top": ["agency", "distributor"], "sibling": ["sibling"], "shop": ["shop"]}


def test_sharing_with_a_partner_that_is_not_above_shows_nothing(network: dict[str, Any], manufacturer: Any) -> None:
    share(network["shop"], network["sibling"], "profile")
    with partner_scope(manufacturer.pk, network["sibling"].pk):
        assert codes() == ["sibling"]


def test_every_kind_of_data_is_shown_one_tier_up_and_to_nobody_else(network: dict[str, Any], manufacturer: Any) -> None:
    """Distributor -> agency -> shop, each sharing all with the one above: what raw SQL sees of the shop's rows."""
    for below, above in (("shop", "agency"), ("agency", "top"), ("sibling", "top")):
        for kind in SHARED_KINDS:
            share(network[below], network[above], kind)
    fill(network["shop"], network["agency"])
    seen = {}
    for name in ("top", "agency", "sibling", "shop"):
        with partner_scope(manufacturer.pk, network[name].pk):
            seen[name] = {table: rows_of(table, network["shop"].pk) for table in SHOWN}
            seen[name]["acts"] = Partner.objects.filter(code="shop").update(city="by the agency")
    everything = dict.fromkeys(SHOWN, 1) | {"acts": 1}
    nothing = dict.fromkeys(everything, 0)
    assert seen == {"top": nothing, "agency": everything, "sibling": nothing, "shop": everything}


@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_each_kind_of_data_opens_its_own_tables_alone(network: dict[str, Any], manufacturer: Any, kind: str) -> None:
    share(network["shop"], network["agency"], kind)
    fill(network["shop"], network["agency"])
    with partner_scope(manufacturer.pk, network["agency"].pk):
        found = {table for table in SHOWN if rows_of(table, network["shop"].pk)}
        acts = Partner.objects.filter(code="shop").update(city="by the agency")
    opened = {
        "profile": {"partners_partner"},
        "sales": {"partners_partnersummary"},
        "papers": {"partners_paper"},
        "agreements": {"partners_agreement"},
        "tasks": {"partners_task"},
        "service": set(),
        "pipeline": set(),  # its own table is tried with opportunities
    }
    assert (found - {"partners_onbehalf", "partners_relation"}, acts) == (opened[kind], 0)


SHOWN = {
    "partners_partner": "id",
    "partners_partnersummary": "partner_id",
    "partners_paper": "partner_id",
    "partners_agreement": "partner_id",
    "partners_task": "partner_id",
    "partners_onbehalf": "partner_id",
    "partners_relation": "below_id",
}


def rows_of(table: str, partner: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {SHOWN[table]} = %s", [partner])
        return cursor.fetchone()[0]


def fill(shop: Any, agency: Any) -> None:
    """A row of the shop's in each table that it can show."""
    by = MembershipFactory(manufacturer=shop.manufacturer)
    with staff_scope(shop.manufacturer_id):
        paper(shop, paper_type(), by)
        sent(shop, agreement_type(), dt.date(2026, 3, 1))
        Task.objects.create(partner=shop, title="Shown", is_shared=True)
        Task.objects.create(partner=shop, title="Staff's own", is_shared=False)
        OnBehalf.objects.create(partner=shop, acting=agency, by=by, by_name="Kim", what="profile")
        Relation.objects.create(above=agency, below=shop, declared_by="above", state="confirmed")


def test_the_inner_scope_ends_and_the_outer_one_goes_on(network: dict[str, Any], manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        with partner_scope(manufacturer.pk, network["shop"].pk):
            assert codes() == ["shop"]
        assert len(codes()) == 4
    assert current_scope() == CLOSED
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        codes()


def test_an_error_in_a_scope_is_the_one_that_is_seen(network: dict[str, Any], manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        with pytest.raises(DatabaseError, match="does not exist"), partner_scope(manufacturer.pk, network["shop"].pk):
            connection.cursor().execute("SELECT nothing_here")
        assert len(codes()) == 4


@pytest.mark.django_db(transaction=True)
def test_a_committed_chunk_stays_when_the_next_one_fails(manufacturer: Any) -> None:
    with pytest.raises(RuntimeError, match="killed"), staff_scope(manufacturer.pk):
        kind = PartnerFactory(manufacturer=manufacturer, code="kept").kind
        commit_chunk()
        assert codes() == ["kept"]
        PartnerFactory(manufacturer=manufacturer, code="lost", kind=kind)
        raise RuntimeError("killed")
    with staff_scope(manufacturer.pk):
        assert codes() == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_a_chunk_cannot_be_committed_inside_another_transaction(manufacturer: Any) -> None:
    with pytest.raises(RuntimeError, match="outermost"), transaction.atomic(), staff_scope(manufacturer.pk):
        commit_chunk()


def test_a_partner_sees_the_name_of_its_channel_manager_and_of_no_other_staff(manufacturer: Any, partner: Any) -> None:
    looks_after = MembershipFactory(manufacturer=manufacturer)
    MembershipFactory(manufacturer=manufacturer)
    rep = PartnerMemberFactory(manufacturer=manufacturer, partner=partner)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=looks_after)
    with partner_scope(manufacturer.pk, partner.pk), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_membership ORDER BY id")
        assert cursor.fetchall() == sorted([(looks_after.pk,), (rep.pk,)])


def test_settings_of_a_scope_do_not_outlive_it(network: dict[str, Any], manufacturer: Any) -> None:
    with partner_scope(manufacturer.pk, network["shop"].pk):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.partner', true), current_user")
        assert cursor.fetchone() == ("", "prm_app")
