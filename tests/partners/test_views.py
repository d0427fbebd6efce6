"""The staff's pages about partners, through the client."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.models import Partner, PartnerSummary, Stage, Trend
from partners.services import set_stage
from partners.tables.partners import PartnerTable
from tenancy.models import DataKind, Membership, SavedView, Sharing
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.factories import CustomFieldFactory, MembershipFactory, PartnerFactory, PartnerKindFactory
from tests.panels import panels_of
from valuation.models import Programme, Tier

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
EVERY_COLUMN = ",".join(PartnerTable.base_columns)


@pytest.fixture
def assigned_manager(manufacturer: Any) -> Membership:
    """A channel manager who sees only the partners assigned to them."""
    return MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True, user__name="Only Lee")


def set_figures(partner: Partner, **figures: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        PartnerSummary.objects.filter(partner=partner).update(**figures)


def fresh(partner: Partner) -> Partner:
    with staff_scope(partner.manufacturer_id):
        return Partner.objects.select_related("channel_manager").get(pk=partner.pk)


def names(response: Any) -> list[str]:
    return [partner.name for partner in response.context["list"].page.rows]


def count_queries(client: Client, url: str) -> int:
    """How many queries a page asks when it is asked for the second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# --- The list


def test_the_list_shows_the_strongest_first_with_their_figures(
    client_for: SignIn, owner: Membership, partner: Partner, sibling: Partner, stranger: Membership
) -> None:
    PartnerFactory(manufacturer=stranger.manufacturer, name="Foreign")
    set_figures(partner, revenue=Decimal(100), trend=Trend.SILENT)
    set_figures(
        sibling,
        revenue=Decimal(900),
        previous_revenue=Decimal(800),
        tier_code="gold",
        tier_colour="gold",
        tier_names={"en": "Gold"},
    )

    response = client_for(owner).get("/hanbit/partners/")

    assert names(response) == ["Busan Dealer", "Seoul Agency"]
    assert response.context["title"] == "1 partner has gone silent"
    html = response.content.decode()
    assert '<span class="tier tier-gold">Gold</span>' in html
    assert "▲</span> 12.5%" in html


def test_the_list_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, owner: Membership, manufacturer: Any
) -> None:
    kind = PartnerKindFactory(manufacturer=manufacturer)
    client, counts = client_for(owner), []
    for size in (1, 30):
        PartnerFactory.create_batch(size, manufacturer=manufacturer, kind=kind, channel_manager=owner, region="Seoul")
        counts.append(count_queries(client, f"/hanbit/partners/?q=partner&columns={EVERY_COLUMN}"))
    assert counts[0] == counts[1]


@pytest.fixture
def three(manufacturer: Any, owner: Membership) -> dict[str, Partner]:
    """An agency that also installs, a dealer, and a shop that is no longer a partner; and a programme with Gold."""
    agency, dealer, installer = (
        PartnerKindFactory(manufacturer=manufacturer, code=code) for code in ("agency", "dealer", "installer")
    )
    same = {"manufacturer": manufacturer}
    seoul = PartnerFactory(code="A1", name="Seoul Agency", kind=agency, region="Seoul", channel_manager=owner, **same)
    busan = PartnerFactory(code="B1", name="Busan Dealer", kind=dealer, region="Busan", **same)
    idle = PartnerFactory(code="C1", name="Idle Shop", kind=agency, region="Jeju", stage=Stage.ENDED, **same)
    set_figures(seoul, tier_code="gold", trend=Trend.RISING, revenue=9, growth=3)
    set_figures(busan, tier_code="silver", trend=Trend.SILENT, revenue=5, growth=-50)
    set_figures(idle, trend=Trend.NEW, revenue=1)
    with staff_scope(manufacturer.pk):
        seoul.other_kinds.add(installer)
        programme = Programme.objects.create(code="p", effective_from=dt.date(2026, 1, 1))
        Tier.objects.create(programme=programme, rank=2, code="gold", names={"en": "Gold"}, min_score=80)
        Programme.objects.filter(pk=programme.pk).update(status="published")
    return {"seoul": seoul, "busan": busan, "idle": idle}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["A1", "B1", "C1"]),
        ("q=seoul", ["A1"]),
        ("kind=dealer", ["B1"]),
        ("kind=installer", ["A1"]),
        ("kind=agency&kind=dealer", ["A1", "B1", "C1"]),
        ("grade=gold", ["A1"]),
        ("trend=silent&trend=new", ["B1", "C1"]),
        ("region=Busan", ["B1"]),
        ("stage=ended", ["C1"]),
        ("manager=none", ["B1", "C1"]),
        ("sort=name", ["B1", "C1", "A1"]),
        ("sort=-code", ["C1", "B1", "A1"]),
        ("sort=growth", ["B1", "A1", "C1"]),
        ("sort=-growth", ["A1", "B1", "C1"]),
        ("q=dealer&region=Seoul", []),
        ("kind=unheard-of", ["A1", "B1", "C1"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    client_for: SignIn, owner: Membership, three: dict[str, Partner], query: str, expected: list[str]
) -> None:
    response = client_for(owner).get(f"/hanbit/partners/?{query}")
    assert [row.code for row in response.context["list"].page.rows] == expected


def test_partners_of_one_channel_manager(
    client_for: SignIn, owner: Membership, manager: Membership, three: dict[str, Partner]
) -> None:
    client = client_for(owner)
    assert names(client.get(f"/hanbit/partners/?manager={owner.pk}")) == ["Seoul Agency"]
    assert names(client.get(f"/hanbit/partners/?manager={manager.pk}")) == []
    assert names(client.get(f"/hanbit/partners/?manager={owner.pk}&manager=none")) == [
        "Seoul Agency",
        "Busan Dealer",
        "Idle Shop",
    ]


def test_a_manager_of_assigned_partners_sees_no_others_anywhere(
    client_for: SignIn, assigned_manager: Membership, three: dict[str, Partner]
) -> None:
    with staff_scope(assigned_manager.manufacturer_id):
        Partner.objects.filter(pk=three["busan"].pk).update(channel_manager=assigned_manager)
    client = client_for(assigned_manager)

    assert names(client.get("/hanbit/partners/")) == ["Busan Dealer"]
    assert names(client.get("/hanbit/partners/?q=seoul")) == []
    assert client.get(f"/hanbit/partners/{three['busan'].pk}/").status_code == 200
    for path in ("", "edit/", "grade/"):
        assert client.get(f"/hanbit/partners/{three['seoul'].pk}/{path}").status_code == 404
    for path in ("stage/", "confirm/"):
        assert client.post(f"/hanbit/partners/{three['seoul'].pk}/{path}", {"stage": "ended"}).status_code == 404
    assert client.get("/hanbit/partners/lookup/?parent_code=seoul").content.strip() == b""
    exported = b"".join(client.get("/hanbit/partners/?export=csv").streaming_content).decode("utf-8-sig")
    assert [row["Partner"] for row in csv.DictReader(io.StringIO(exported))] == ["Busan Dealer"]


def test_the_list_is_exported_with_the_columns_and_filters_shown(
    client_for: SignIn, owner: Membership, three: dict[str, Partner]
) -> None:
    response = client_for(owner).get("/hanbit/partners/?export=csv&columns=code,revenue,stage&stage=active&sort=code")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Partner", "Sell-in, 12 months (KRW)", "Stage", "Code"],
        ["Seoul Agency", "9.0000", "Active", "A1"],
        ["Busan Dealer", "5.0000", "Active", "B1"],
    ]


@pytest.mark.parametrize(("role", "status"), [(Role.ANALYST, 200), (Role.TRAINER, 403)])
def test_the_list_is_exported_only_by_who_may(
    client_for: SignIn, manufacturer: Any, partner: Partner, role: str, status: int
) -> None:
    member = MembershipFactory(manufacturer=manufacturer, role=role)
    response = client_for(member).get("/hanbit/partners/?export=xlsx")
    response.getvalue()
    assert response.status_code == status


def test_chosen_partners_go_to_a_channel_manager(
    client_for: SignIn, owner: Membership, manager: Membership, three: dict[str, Partner]
) -> None:
    data = {"do": "assign", "selected": [three["busan"].pk, three["idle"].pk]}
    client = client_for(owner)
    question = client.post("/hanbit/partners/", data)
    assert question.context["count"] == 2
    assert fresh(three["busan"]).channel_manager is None

    client.post("/hanbit/partners/", data | {"confirmed": "1", "channel_manager": manager.pk})

    assert fresh(three["busan"]).channel_manager == manager
    assert fresh(three["idle"]).channel_manager == manager
    assert fresh(three["seoul"]).channel_manager == owner


def test_nobody_else_can_be_chosen_as_channel_manager(
    client_for: SignIn, owner: Membership, rep: Membership, stranger: Membership, partner: Partner
) -> None:
    data = {"do": "assign", "selected": [partner.pk], "confirmed": "1"}
    for person in (rep, stranger):
        response = client_for(owner).post("/hanbit/partners/", data | {"channel_manager": person.pk})
        assert list(response.context["form"].errors) == ["channel_manager"]
    assert fresh(partner).channel_manager is None


def test_who_may_not_assign_partners_cannot(
    client_for: SignIn, analyst: Membership, assigned_manager: Membership, manager: Membership, partner: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=assigned_manager)
    data = {"do": "assign", "selected": [partner.pk], "confirmed": "1", "channel_manager": manager.pk}
    for member in (analyst, assigned_manager):
        assert client_for(member).post("/hanbit/partners/", data).status_code == 403
    assert fresh(partner).channel_manager == assigned_manager


def test_partners_of_a_manager_who_left_are_found_and_given_away(
    client_for: SignIn, owner: Membership, manager: Membership, partner: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        Membership.objects.filter(pk=manager.pk).update(is_active=False)
    client = client_for(owner)
    url = next(item.url for item in client.get("/hanbit/").context["waiting"] if manager.name in item.title)

    assert names(client.get(url)) == [partner.name]
    client.post(url, {"do": "assign", "selected": [partner.pk], "confirmed": "1", "channel_manager": owner.pk})
    assert fresh(partner).channel_manager == owner
    assert not [item for item in client.get("/hanbit/").context["waiting"] if manager.name in item.title]


def test_a_view_is_saved_and_shared_only_by_who_may(
    client_for: SignIn, owner: Membership, analyst: Membership, partner: Partner
) -> None:
    data = {"do": "save_view", "name": "Mine", "is_shared": "1"}
    for member in (owner, analyst):
        client_for(member).post("/hanbit/partners/?trend=silent", data)
    with staff_scope(owner.manufacturer_id):
        views = {view.member_id: view.is_shared for view in SavedView.objects.all()}
    assert views == {owner.pk: True, analyst.pk: False}


# --- One partner


def test_a_partners_page_says_what_its_figures_mean(client_for: SignIn, analyst: Membership, partner: Partner) -> None:
    client, url = client_for(analyst), f"/hanbit/partners/{partner.pk}/"
    day = dt.date(2026, 6, 30)
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "Seoul Agency has not bought anything yet"),
        ({"last_sale_on": day, "trend": "silent"}, "Seoul Agency has bought nothing since June 30, 2026"),
        ({"last_sale_on": day, "trend": "new"}, "Seoul Agency is new and buying"),
        (
            {"trend": "rising", "revenue": 11234, "previous_revenue": 10000},
            "Seoul Agency buys 12.3% more than last year",
        ),
        ({"trend": "falling", "revenue": 7000}, "Seoul Agency buys 30% less than last year"),
        ({"trend": "steady", "revenue": 10040}, "Seoul Agency buys as much as last year"),
        ({"trend": "rising", "revenue": 200000}, "Seoul Agency buys many times as much as last year"),
    ]
    for figures, title in cases:
        set_figures(partner, **figures)
        assert client.get(url).context["title"] == title


def test_a_partners_page_shows_its_people_sub_partners_and_profile(
    client_for: SignIn, owner: Membership, partner: Partner, rep: Membership
) -> None:
    shop = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, parent=partner, name="Small Shop")
    panels = panels_of(client_for(owner), partner.pk)
    assert list(panels["people"]["people"]) == [rep]
    assert panels["sub_partners"]["children"] == [shop]
    assert panels["profile"]["completeness"].percent == Decimal("8.33")
    assert "sharing" not in panels


def test_a_shops_page_says_what_it_shares(client_for: SignIn, owner: Membership, partner: Partner) -> None:
    shop = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, parent=partner)
    with staff_scope(partner.manufacturer_id):
        Sharing.objects.create(partner=shop, above=partner, data_kind="sales")
    sharing = panels_of(client_for(owner), shop.pk)["sharing"]
    assert [kind.kind for kind in sharing["kinds"] if kind.sharing is not None] == ["sales"]
    assert len(sharing["kinds"]) == len(DataKind)


def test_a_partners_page_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, owner: Membership, partner: Partner
) -> None:
    client, counts = client_for(owner), []
    for _round in range(2):
        counts.append(count_queries(client, f"/hanbit/partners/{partner.pk}/"))
        same = {"manufacturer": partner.manufacturer}
        PartnerFactory.create_batch(4, kind=partner.kind, parent=partner, **same)
        for number in range(4):
            MembershipFactory(partner=partner, role=Role.PARTNER_REP, user__name=f"Rep {number}", **same)
            CustomFieldFactory(**same)
    assert counts[0] == counts[1]


def test_the_timeline_comes_after_the_page(client_for: SignIn, owner: Membership, partner: Partner) -> None:
    with staff_scope(partner.manufacturer_id):
        set_stage(partner, Stage.DORMANT, by=owner, note="Silent since May")
    client = client_for(owner)
    page = f"/hanbit/partners/{partner.pk}/"

    place = next(panel for panel in client.get(page).context["side_panels"] if panel.key == "timeline")
    assert place.context == {"whole": f"{page}timeline/", "card": "?card=timeline"}
    assert "Silent since May" not in client.get(page).content.decode()
    card = client.get(f"{page}?card=timeline").content.decode()
    assert "Silent since May" in card
    assert "<html" not in card


def test_a_card_is_shown_only_where_it_would_stand(
    client_for: SignIn, owner: Membership, manufacturer: Any, partner: Partner
) -> None:
    client = client_for(owner)
    cards = f"/hanbit/partners/{partner.pk}/?card="
    assert client.get(f"{cards}no-such-card").status_code == 404
    assert client.get(f"{cards}contacts").status_code == 200
    manufacturer.functions_off = ["people"]
    with platform_scope():
        manufacturer.save()
    assert client.get(f"{cards}contacts").status_code == 404


def test_a_stranger_finds_no_partner_of_ours(client_for: SignIn, stranger: Membership, partner: Partner) -> None:
    client = client_for(stranger)
    for path in ("", f"{partner.pk}/", f"{partner.pk}/edit/", "new/", "lookup/"):
        assert client.get(f"/hanbit/partners/{path}").status_code == 404
    assert client.get(f"/tokai/partners/{partner.pk}/").status_code == 404


def test_people_of_a_partner_have_no_staff_pages(
    client_for: SignIn, partner_admin: Membership, partner: Partner
) -> None:
    for path in ("", f"{partner.pk}/", f"{partner.pk}/edit/"):
        assert client_for(partner_admin).get(f"/hanbit/partners/{path}").status_code == 404


# --- Registering and editing


def test_a_partner_is_registered_with_own_fields(client_for: SignIn, manager: Membership, manufacturer: Any) -> None:
    kind = PartnerKindFactory(manufacturer=manufacturer)
    above = PartnerFactory(manufacturer=manufacturer, kind=kind, code="TOP")
    CustomFieldFactory(manufacturer=manufacturer, key="books", type="number")
    data = {
        "code": "N1",
        "name": "New Shop",
        "kind": kind.pk,
        "stage": "prospect",
        "parent_code": "TOP",
        "channel_manager": manager.pk,
        "country": "KR",
        "languages": ["ko", "en"],
        "email_domain": "@Shop.Example",
        "external_code": "",
        "custom_books": "3",
    }

    response = client_for(manager).post("/hanbit/partners/new/", data)

    with staff_scope(manufacturer.pk):
        partner = Partner.objects.get(code="N1")
    assert response["Location"] == f"/hanbit/partners/{partner.pk}/"
    assert (partner.name, partner.parent_id, partner.stage) == ("New Shop", above.pk, "prospect")
    assert (partner.languages, partner.email_domain, partner.custom) == (["ko", "en"], "shop.example", {"books": 3})
    assert partner.external_code is None


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "A1"}, "__all__", "Another partner has this code."),
        ({"name": ""}, "name", "This field is required."),
        ({"parent_code": "nobody"}, "parent_code", "No partner has the code nobody."),
        ({"parent_code": "F1"}, "parent_code", "No partner has the code F1."),
        ({"country": "XX"}, "country", "Select a valid choice. XX is not one of the available choices."),
        ({"custom_books": "some"}, "custom_books", "Enter a number."),
        ({"established_year": "1066"}, "established_year", "Ensure this value is greater than or equal to 1600."),
    ],
)
def test_wrong_input_is_refused_at_its_field(
    client_for: SignIn,
    manager: Membership,
    partner: Partner,
    other_manufacturer: Any,
    changes: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    PartnerFactory(manufacturer=other_manufacturer, code="F1")
    CustomFieldFactory(manufacturer=partner.manufacturer, key="books", type="number")
    data = {"code": "N1", "name": "New", "kind": partner.kind_id, "stage": "active"} | changes
    response = client_for(manager).post("/hanbit/partners/new/", data)
    assert response.context["form"].errors == {field: [sentence]}
    with staff_scope(partner.manufacturer_id):
        assert list(Partner.objects.all()) == [partner]


def test_a_foreign_kind_or_manager_cannot_be_chosen(
    client_for: SignIn, manager: Membership, partner: Partner, stranger: Membership
) -> None:
    foreign_kind = PartnerKindFactory(manufacturer=stranger.manufacturer)
    data = {"code": "N1", "name": "New", "kind": foreign_kind.pk, "stage": "active", "channel_manager": stranger.pk}
    response = client_for(manager).post("/hanbit/partners/new/", data)
    assert sorted(response.context["form"].errors) == ["channel_manager", "kind"]


def test_editing_saves_what_the_form_shows_and_keeps_the_rest(
    client_for: SignIn, manager: Membership, partner: Partner
) -> None:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(
            functions_off=["sales"], custom={"old": "stays"}, stage=Stage.DORMANT, latitude="37.5"
        )
    data = {"code": "A1", "name": "Seoul Agency Ltd", "kind": partner.kind_id, "city": "Seoul", "stage": "ended"}
    client_for(manager).post(f"/hanbit/partners/{partner.pk}/edit/", data)
    changed = fresh(partner)
    assert (changed.name, changed.city, changed.latitude) == ("Seoul Agency Ltd", "Seoul", None)
    assert (changed.stage, changed.functions_off, changed.custom) == (Stage.DORMANT, ["sales"], {"old": "stays"})


def test_a_retired_kind_stays_with_who_has_it_and_is_offered_to_nobody_else(
    client_for: SignIn, manager: Membership, partner: Partner, manufacturer: Any
) -> None:
    with staff_scope(manufacturer.pk):
        type(partner.kind).objects.filter(pk=partner.kind_id).update(is_retired=True)
    client = client_for(manager)
    edit = client.get(f"/hanbit/partners/{partner.pk}/edit/").context["form"]
    new = client.get("/hanbit/partners/new/").context["form"]
    with staff_scope(manufacturer.pk):
        assert list(edit.fields["kind"].queryset) == [partner.kind]
        assert list(new.fields["kind"].queryset) == []


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 302), (Role.SERVICE, 302), (Role.ANALYST, 403)])
def test_a_partner_is_edited_and_moved_only_by_who_may(
    client_for: SignIn, manufacturer: Any, partner: Partner, role: str, status: int
) -> None:
    client = client_for(MembershipFactory(manufacturer=manufacturer, role=role))
    data = {"code": "A1", "name": "Renamed", "kind": partner.kind_id}
    assert client.post(f"/hanbit/partners/{partner.pk}/edit/", data).status_code == status
    assert client.post(f"/hanbit/partners/{partner.pk}/stage/", {"stage": "dormant"}).status_code == status
    assert client.post(f"/hanbit/partners/{partner.pk}/confirm/").status_code == status
    changed = fresh(partner)
    assert changed.name == ("Renamed" if status == 302 else "Seoul Agency")
    assert changed.stage == (Stage.DORMANT if status == 302 else Stage.ACTIVE)
    assert (changed.confirmed_at is not None) == (status == 302)


def test_a_step_that_cannot_be_is_told_in_a_sentence(client_for: SignIn, manager: Membership, partner: Partner) -> None:
    response = client_for(manager).post(f"/hanbit/partners/{partner.pk}/stage/", {"stage": "prospect"})
    assert "A partner at “Active” cannot go to “Prospect”." in response.content.decode()
    assert fresh(partner).stage == "active"


def test_partners_are_looked_up_while_typing(
    client_for: SignIn, manager: Membership, partner: Partner, sibling: Partner
) -> None:
    client = client_for(manager)
    response = client.get("/hanbit/partners/lookup/?parent_code=busan")
    assert response.content.decode().strip() == '<option value="B1">Busan Dealer</option>'
    assert client.get("/hanbit/partners/lookup/").content.decode().strip() == ""
