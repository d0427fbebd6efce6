"""What a partner sees and tells of itself."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Partner
from tenancy.models import Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory, PartnerMemberFactory, SpecialisationFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


def fresh(partner: Partner) -> Partner:
    with staff_scope(partner.manufacturer_id):
        return Partner.objects.get(pk=partner.pk)


@pytest.fixture
def shop(partner: Partner) -> Partner:
    return PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, parent=partner, name="Small Shop")


@pytest.fixture
def shop_admin(shop: Partner) -> Membership:
    return PartnerMemberFactory(manufacturer=shop.manufacturer, partner=shop, role=Role.PARTNER_ADMIN)


def test_the_profile_says_how_complete_it_is_and_what_comes_next(
    client_for: SignIn, rep: Membership, partner: Partner
) -> None:
    response = client_for(rep).get("/hanbit/portal/profile/")
    assert response.context["title"] == "Your profile is 8% complete"
    assert response.context["completeness"].percent == Decimal("8.33")
    assert response.context["completeness"].next.name == "phone"
    assert response.context["is_stale"] is True


def test_a_partner_edits_what_it_may_and_no_more(
    client_for: SignIn, partner_admin: Membership, partner: Partner
) -> None:
    skill = SpecialisationFactory(manufacturer=partner.manufacturer)
    same = {"manufacturer": partner.manufacturer}
    CustomFieldFactory(key="books", type="number", **same)
    CustomFieldFactory(key="rating", partner_edits=False, **same)
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(custom={"rating": "A"})
    data = {
        "phone": "02-555-0100",
        "city": "Seoul",
        "country": "KR",
        "languages": ["ko"],
        "specialisations": [skill.pk],
        "custom_books": "2",
        "custom_rating": "F",
        "name": "Taken Over",
        "code": "X",
        "kind": "999",
        "stage": "ended",
        "functions_off": "",
        "confirm": "1",
    }

    response = client_for(partner_admin).post("/hanbit/portal/profile/edit/", data)

    assert response["Location"] == "/hanbit/portal/profile/"
    changed = fresh(partner)
    assert (changed.phone, changed.city, changed.languages) == ("02-555-0100", "Seoul", ["ko"])
    assert changed.custom == {"rating": "A", "books": 2}
    assert (changed.name, changed.code, changed.stage, changed.kind_id) == (
        "Seoul Agency",
        "A1",
        "active",
        partner.kind_id,
    )
    assert changed.confirmed_at is not None
    with staff_scope(partner.manufacturer_id):
        assert list(changed.specialisations.all()) == [skill]


def test_saving_without_confirming_leaves_the_date(
    client_for: SignIn, partner_admin: Membership, partner: Partner
) -> None:
    client_for(partner_admin).post("/hanbit/portal/profile/edit/", {"phone": "1", "country": "KR"})
    assert fresh(partner).phone == "1"
    assert fresh(partner).confirmed_at is None


def test_a_partner_confirms_its_profile(client_for: SignIn, partner_admin: Membership, partner: Partner) -> None:
    before = timezone.now()
    client = client_for(partner_admin)
    assert client.post("/hanbit/portal/profile/confirm/")["Location"] == "/hanbit/portal/profile/"
    confirmed_at = fresh(partner).confirmed_at
    assert confirmed_at is not None
    assert confirmed_at >= before
    assert client.get("/hanbit/portal/profile/").context["is_stale"] is False


def test_who_may_only_read_the_profile_cannot_change_it(client_for: SignIn, rep: Membership, partner: Partner) -> None:
    client = client_for(rep)
    assert client.get("/hanbit/portal/profile/").context["can_edit"] is False
    assert client.get("/hanbit/portal/profile/edit/").status_code == 403
    assert client.post("/hanbit/portal/profile/edit/", {"phone": "1"}).status_code == 403
    assert client.post("/hanbit/portal/profile/confirm/").status_code == 403
    assert client.post("/hanbit/portal/sharing/change/", {"kind": "sales", "agree": "1"}).status_code == 403
    assert fresh(partner).phone == ""


def test_staff_and_strangers_have_no_portal_pages(
    client_for: SignIn, owner: Membership, stranger: Membership, partner: Partner
) -> None:
    for member in (owner, stranger):
        for path in ("profile/", "profile/edit/", "sharing/"):
            assert client_for(member).get(f"/hanbit/portal/{path}").status_code == 404


def test_a_shop_decides_what_the_partner_above_sees(
    client_for: SignIn, shop: Partner, shop_admin: Membership, rep: Membership, partner: Partner
) -> None:
    client, agency = client_for(shop_admin), client_for(rep)
    before = client.get("/hanbit/portal/sharing/")
    assert before.context["title"] == "Seoul Agency does not see your data"
    assert agency.get("/hanbit/portal/sharing/").context["below"] == []

    client.post("/hanbit/portal/sharing/change/", {"kind": "sales", "agree": "1"})

    assert client.get("/hanbit/portal/sharing/").context["title"] == "Seoul Agency sees: Purchases"
    below = agency.get("/hanbit/portal/sharing/").context["below"]
    assert [(each.name.name, each.shares_profile, each.shares_sales) for each in below] == [("Small Shop", False, True)]
    assert agency.get(f"/hanbit/portal/sharing/partners/{shop.pk}/").status_code == 404
    with staff_scope(shop.manufacturer_id):
        sharing = Sharing.objects.get()
    assert (sharing.partner_id, sharing.above_id, sharing.agreed_by_id) == (shop.pk, partner.pk, shop_admin.pk)

    client.post("/hanbit/portal/sharing/change/", {"kind": "sales"})

    after = client.get("/hanbit/portal/sharing/")
    assert after.context["title"] == "Seoul Agency does not see your data"
    assert [past.pk for past in after.context["past"]] == [sharing.pk]
    assert agency.get("/hanbit/portal/sharing/").context["below"] == []


def test_the_partner_above_reads_a_shared_profile_and_no_other(
    client_for: SignIn, shop: Partner, rep: Membership, sibling_rep: Membership, partner: Partner, sibling: Partner
) -> None:
    with staff_scope(shop.manufacturer_id):
        Partner.objects.filter(pk=shop.pk).update(phone="02-123")
        Sharing.objects.create(partner=shop, above=partner, data_kind="profile")
    url = f"/hanbit/portal/sharing/partners/{shop.pk}/"
    page = client_for(rep).get(url)
    assert ("phone", "02-123") in [
        (fact.label, fact.value) for _title, facts in page.context["sections"] for fact in facts
    ]
    assert client_for(sibling_rep).get(url).status_code == 404
    assert client_for(rep).get(f"/hanbit/portal/sharing/partners/{sibling.pk}/").status_code == 404
    assert client_for(rep).get(f"/hanbit/portal/sharing/partners/{partner.pk}/").status_code == 404


def test_a_partner_with_nobody_above_has_nothing_to_share(
    client_for: SignIn, partner_admin: Membership, partner: Partner
) -> None:
    client = client_for(partner_admin)
    assert client.get("/hanbit/portal/sharing/").context["title"] == "No other partner sees your data"
    client.post("/hanbit/portal/sharing/change/", {"kind": "sales", "agree": "1"})
    client.post("/hanbit/portal/sharing/change/", {"kind": "secrets", "agree": "1"})
    with staff_scope(partner.manufacturer_id):
        assert not Sharing.objects.exists()


def test_sharing_is_gone_where_sub_partners_are_switched_off(
    client_for: SignIn, partner_admin: Membership, partner: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(functions_off=["sub_partners"])
    client = client_for(partner_admin)
    assert client.get("/hanbit/portal/sharing/").status_code == 404
    assert client.post("/hanbit/portal/sharing/change/", {"kind": "sales", "agree": "1"}).status_code == 404
    assert b"/hanbit/portal/sharing/" not in client.get("/hanbit/portal/profile/").content
