"""Sites: who reads them, what looks like one, what hangs on them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leads.models import Site, SiteAccess, SiteFile, SiteParty, SiteProduct, SiteStageMove
from leads.selectors.sites import sites_for, sites_like
from leads.services import sites as services
from leads.services.sites import SiteError
from leads.site_matching import Place, compare_places, metres_between, ready
from notices.models import Notice
from pages.boards import CARDS
from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ProductCategoryFactory
from tests.leads.factories import LeadFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f00010401005fe5c34b"
    "0000000049454e44ae426082"
)


def make(by: Membership, name: str = "Harbour Tower", **fields: Any) -> Site:
    client = fields.pop("client_name", "")
    with staff_scope(by.manufacturer_id) if by.is_staff else partner_scope(by.manufacturer_id, by.partner_id or 0):
        return services.create_site(Site(name=name, **fields), by=by, client=client)


def photo(name: str = "floor.png") -> SimpleUploadedFile:
    upload = SimpleUploadedFile(name, PNG, "image/png")
    upload.checked_type = "image/png"  # type: ignore[attr-defined]
    return upload


def test_a_partner_reads_what_it_registered_and_where_it_takes_part_and_nothing_else(
    manufacturer: Manufacturer, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    own = make(rep, "Own tower")
    make(sibling_rep, "Their tower")
    joined = make(manager, "Joint tower")
    with staff_scope(manufacturer.pk):
        services.add_party(SiteParty(site=joined, role="installer", partner=rep.partner), by=manager)
        services.add_party(SiteParty(site=joined, role="installer", partner=sibling_rep.partner), by=manager)
        services.add_party(SiteParty(site=joined, role="builder", company="Daehan Construction"), by=manager)

    with partner_scope(manufacturer.pk, rep.partner_id or 0):
        assert set(Site.objects.values_list("name", flat=True)) == {"Own tower", "Joint tower"}
        assert set(sites_for(rep).values_list("pk", flat=True)) == {own.pk, joined.pk}
        assert set(SiteAccess.objects.values_list("partner", flat=True)) == {rep.partner_id}
        parties = set(SiteParty.objects.filter(site=joined).values_list("company", "partner"))
    assert parties == {("Daehan Construction", None), (str(rep.partner), rep.partner_id)}


def test_a_partner_writes_no_site_by_itself(manufacturer: Manufacturer, rep: Membership) -> None:
    site = make(rep)
    for model in (Site, SiteAccess, SiteParty, SiteProduct, SiteFile, SiteStageMove):
        with (
            partner_scope(manufacturer.pk, rep.partner_id or 0),
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            model.objects.filter(**{"pk" if model is Site else "site": site.pk}).update(
                **{"note": "x"} if model is Site else {"site": site.pk}
            )


def test_who_leaves_a_site_reads_it_no_longer(manufacturer: Manufacturer, manager: Membership, rep: Membership) -> None:
    site = make(manager)
    with staff_scope(manufacturer.pk):
        party = services.add_party(SiteParty(site=site, role="installer", partner=rep.partner), by=manager)
        assert SiteAccess.objects.filter(site=site, partner=rep.partner).exists()
        services.remove_party(party, by=manager)
        assert not SiteAccess.objects.filter(site=site).exists()


def test_quantities_and_files_of_another_partner_stay_its_own(
    manufacturer: Manufacturer, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    site = make(rep)
    category = ProductCategoryFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        services.add_party(SiteParty(site=site, role="installer", partner=sibling_rep.partner), by=manager)
        services.add_quantity(SiteProduct(site=site, category=category, quantity=7, is_shared=True), by=manager)
        services.add_quantity(
            SiteProduct(site=site, category=category, quantity=8, state="quoted", is_shared=False), by=manager
        )
    for member, quantity in ((rep, 100), (sibling_rep, 200)):
        with partner_scope(manufacturer.pk, member.partner_id or 0):
            services.add_quantity(SiteProduct(site=site, category=category, quantity=quantity), by=member)
            services.put_files(site, [photo(f"{quantity}.png")], by=member, is_shared=True)

    with partner_scope(manufacturer.pk, rep.partner_id or 0):
        assert sorted(SiteProduct.objects.values_list("quantity", flat=True)) == [7, 100]
        assert list(SiteFile.objects.values_list("original_name", "kind")) == [("100.png", "photo")]
    with staff_scope(manufacturer.pk):
        assert sorted(SiteProduct.objects.values_list("quantity", flat=True)) == [7, 8, 100, 200]
        assert SiteFile.objects.count() == 2


def test_a_strangers_site_takes_nothing(manufacturer: Manufacturer, rep: Membership, sibling_rep: Membership) -> None:
    site = make(rep)
    with partner_scope(manufacturer.pk, sibling_rep.partner_id or 0):
        for step in (
            lambda: services.put_files(site, [photo()], by=sibling_rep),
            lambda: services.add_party(SiteParty(site=site, role="builder", company="X"), by=sibling_rep),
            lambda: services.save_site(site, by=sibling_rep),
        ):
            with pytest.raises(SiteError, match="not yours"):
                step()
    with staff_scope(manufacturer.pk):
        assert not SiteFile.objects.exists()
        assert not SiteParty.objects.exists()


def test_what_came_to_a_site_since_it_was_read_stays(
    manufacturer: Manufacturer, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    site = make(rep, city="Busan")
    for by in (manager, rep):
        with staff_scope(manufacturer.pk):
            read = Site.objects.get(pk=site.pk)
            Site.objects.update(stage="tender", external_code=f"X{by.pk}", owner=manager)
        read.name, read.city, read.owner = f"Tower {by.pk}", "", None
        read.registered_by = sibling_rep.partner
        with staff_scope(manufacturer.pk) if by.is_staff else partner_scope(manufacturer.pk, by.partner_id or 0):
            services.save_site(read, by=by)
        with staff_scope(manufacturer.pk):
            now = Site.objects.get()
            if by.is_staff:  # only staff say who registered it
                assert now.registered_by_id == sibling_rep.partner_id
                Site.objects.update(registered_by=rep.partner)
                services.give_access(now, rep.partner_id or 0)
            else:
                assert now.registered_by_id == rep.partner_id
        assert (now.name, now.city) == (f"Tower {by.pk}", "")
        assert (now.stage, now.external_code, now.owner_id) == ("tender", f"X{by.pk}", manager.pk)


def test_the_same_photo_is_kept_once(manufacturer: Manufacturer, rep: Membership) -> None:
    site = make(rep)
    with partner_scope(manufacturer.pk, rep.partner_id or 0):
        services.put_files(site, [photo(), photo("again.png")], by=rep)
    with staff_scope(manufacturer.pk):
        assert SiteFile.objects.get().sha256


def test_moving_keeps_each_step_once(manufacturer: Manufacturer, manager: Membership) -> None:
    site = make(manager)
    with staff_scope(manufacturer.pk):
        assert services.move_sites([site.pk], "started", by=manager, note="Ground broken") == 1
        assert services.move_sites([site.pk], "started", by=manager) == 0
        assert list(site.moves.values_list("from_stage", "to_stage", "note")) == [
            ("", "specified", ""),
            ("specified", "started", "Ground broken"),
        ]


def test_the_same_building_is_found_by_address_name_and_map(
    manufacturer: Manufacturer, manager: Membership, rep: Membership
) -> None:
    known = make(
        manager, "해운대 오션타워", address="해운대로 123", city="부산", postal_code="48094", country="KR",
        latitude=Decimal("35.163100"), longitude=Decimal("129.163500"),
    )  # fmt: skip
    make(manager, "해운대 오션타워", address="테헤란로 152", city="서울", postal_code="06236", country="KR")
    with staff_scope(manufacturer.pk):
        alike = sites_like(Place(name="오션타워 신축", address="해운대로 123", city="부산광역시", country="KR"))
        near = sites_like(Place(name="오션 타워", latitude=35.1632, longitude=129.1636, country="KR"))
        none = sites_like(Place(name="Alpha Mall", address="종로 1", city="서울", country="KR"))
    assert [each.site.pk for each in alike][:1] == [known.pk]
    assert alike[0].match.score >= 0.79
    assert [each.site.pk for each in near] == [known.pk]
    assert none == []

    make(rep, "해운대 오션 타워", address="해운대로 123", city="부산", postal_code="48094", country="KR")
    with staff_scope(manufacturer.pk):
        assert Notice.objects.filter(recipient=manager, kind="leads.site_alike").count() == 1
    with partner_scope(manufacturer.pk, rep.partner_id or 0):
        seen, hidden = services.alike_for(Place(name="해운대 오션타워", address="해운대로 123", city="부산"), by=rep)
    assert len(seen) == 1
    assert hidden == 1


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [
        (Place(name="Ocean Tower", address="12 Harbour Rd", city="Busan"), Place(name="Ocean Tower", address="12 Harbour Road", city="Busan"), True),
        (Place(name="Ocean Tower 1차", address="12 Harbour Rd", city="Busan"), Place(name="Ocean Tower 2차", address="14 Harbour Rd", city="Busan"), False),
        (Place(name="Ocean Tower", city="Busan", country="KR"), Place(name="Ocean Tower", city="Tokyo", country="JP"), False),
        (Place(name="A", latitude=35.0, longitude=129.0), Place(name="B", latitude=36.0, longitude=129.0), False),
    ],
)  # fmt: skip
def test_places_are_compared(a: Place, b: Place, is_same: bool) -> None:
    assert (compare_places(ready(a), ready(b)).score >= 0.8) == is_same
    assert compare_places(ready(a), ready(b)) == compare_places(ready(b), ready(a))


def test_metres_between_is_right() -> None:
    assert round(metres_between((37.5665, 126.9780), (35.1796, 129.0756)) / 1000) == 325


def test_merging_brings_all_that_hangs_on_a_site(
    manufacturer: Manufacturer, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    winner, loser = make(rep, "Harbour Tower"), make(sibling_rep, "Harbour Tower II", city="Busan", client_name="Mirae")
    lead = LeadFactory(manufacturer=manufacturer, site=loser)
    with partner_scope(manufacturer.pk, sibling_rep.partner_id or 0):
        services.put_files(loser, [photo()], by=sibling_rep)
    with staff_scope(manufacturer.pk):
        services.merge_sites(winner, loser, by=manager)
        services.merge_sites(winner, loser, by=manager)
        winner.refresh_from_db()
        lead.refresh_from_db()
        assert (winner.city, lead.site_id, winner.files.count()) == ("Busan", winner.pk, 1)
        assert Site.objects.get(pk=loser.pk).merged_into_id == winner.pk
        assert set(winner.access.values_list("partner", flat=True)) == {rep.partner_id, sibling_rep.partner_id}
        assert winner.parties.get().company == "Mirae"
        assert sites_for(manager).count() == 1
        with pytest.raises(SiteError):
            services.merge_sites(winner, winner, by=manager)


def test_staff_who_see_assigned_partners_only_see_their_sites_only(
    manufacturer: Manufacturer, partner: Partner, manager: Membership, rep: Membership, sibling_rep: Membership
) -> None:
    make(rep, "Mine")
    make(sibling_rep, "Not mine")
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        member = Membership.objects.get(pk=manager.pk)
        assert list(sites_for(member).values_list("name", flat=True)) == ["Mine"]


def test_the_board_is_narrowed_as_the_list_is_and_pages_within_that(
    client_for: SignIn, manufacturer: Manufacturer, manager: Membership
) -> None:
    for number in range(CARDS + 1):
        make(manager, f"Harbour {number}", city="Busan", country="KR")
    make(manager, "Hill", city="Seoul", country="KR")
    client = client_for(manager)
    page = client.get("/hanbit/sites/?q=busan")
    column, _previous, following = page.context["columns"][0]
    assert (column.count, len(column.cards), following) == (CARDS + 1, CARDS, "?q=busan&specified=2")
    column, before, _following = client.get(f"/hanbit/sites/{following}").context["columns"][0]
    assert (len(column.cards), before) == (1, "?q=busan&specified=1")
    assert page.context["title"].startswith(str(CARDS + 1))
    assert "No sites yet" not in client.get("/hanbit/sites/?q=nowhere").content.decode()


def test_the_lists_ask_a_fixed_number_of_queries(
    client_for: SignIn, manufacturer: Manufacturer, manager: Membership, rep: Membership
) -> None:
    staff, portal, counts = client_for(manager), client_for(rep), []
    for number in (1, 9):
        for each in range(number):
            site = make(rep, f"Tower {number} {each}", client_name=f"Client {number} {each}")
            with staff_scope(manufacturer.pk):
                services.add_party(SiteParty(site=site, role="builder", company=f"Builder {each}"), by=manager)
        pages = [(staff, "sites"), (staff, "sites/list"), (staff, "sites/map"), (portal, "portal/sites")]
        counts.append([asked(client, f"/{manufacturer.slug}/{path}/") for client, path in pages])
    assert counts[0] == counts[1]


def asked(client: Client, address: str) -> int:
    """How many queries a page asks, once it has been asked before."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("step", "form", "typed", "wrong"),
    [
        (
            "party",
            "party_form",
            {"role": "builder", "company": "Han Builders", "partner_code": "NOBODY"},
            "partner_code",
        ),
        ("quantity", "quantity_form", {"product_code": "NOTHING", "quantity": "120", "unit": "m²"}, "product_code"),
    ],
)
def test_what_was_typed_into_a_small_form_is_there_again_beside_what_is_wrong(
    manufacturer: Manufacturer,
    manager: Membership,
    client_for: Any,
    step: str,
    form: str,
    typed: dict[str, str],
    wrong: str,
) -> None:
    with staff_scope(manufacturer.pk):
        site = make(manager)

    page = client_for(manager).post(f"/hanbit/sites/{site.pk}/step/", typed | {"step": step})

    shown = page.context[form]
    assert page.status_code == 200
    assert wrong in shown.errors
    assert {name: shown[name].value() for name in typed} == typed
    assert page.content.decode().count('<details class="more" open>') == 1
    with staff_scope(manufacturer.pk):
        assert (site.parties.count(), site.products.count()) == (0, 0)
