"""Two tiers: declared by either side, confirmed by the other or by staff; what a shop shows, and what is done for it."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners.models import CustomField, OnBehalf, Paper, Partner, PartnerSummary, Relation, RelationState, Task
from partners.selectors import tiers as reading
from partners.services import tiers as services
from partners.services.tiers import RelationError
from partners.timeline import timeline_of
from tenancy.models import Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory, PartnerMemberFactory, SpecialisationFactory
from tests.partners.agreements import paper_type
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _nothing_tried_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shop(partner: Partner) -> Partner:
    return PartnerFactory(
        manufacturer=partner.manufacturer,
        kind=partner.kind,
        code="S1",
        name="Small Shop",
        business_number="123-45-67890",
    )


@pytest.fixture
def shop_admin(shop: Partner) -> Membership:
    return PartnerMemberFactory(manufacturer=shop.manufacturer, partner=shop, role=Role.PARTNER_ADMIN)


def fresh(partner: Partner) -> Partner:
    with staff_scope(partner.manufacturer_id):
        return Partner.objects.get(pk=partner.pk)


def the_relation(manufacturer_id: int) -> Relation:
    with staff_scope(manufacturer_id):
        return Relation.objects.get()


def belong(shop: Partner, agency: Partner, *kinds: str) -> None:
    with staff_scope(shop.manufacturer_id):
        Partner.objects.filter(pk=shop.pk).update(parent=agency)
        for kind in kinds:
            Sharing.objects.create(partner=shop, above=agency, data_kind=kind)


def told(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))


# --- Declared, confirmed, ended ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["S1", " s1 ", "123-45-67890", "1234567890"])
def test_a_shop_declared_by_code_or_number_belongs_only_when_it_confirms(
    client_for: SignIn, partner_admin: Membership, shop_admin: Membership, owner: Membership, shop: Partner, given: str
) -> None:
    agency, below = client_for(partner_admin), client_for(shop_admin)
    response = agency.post("/hanbit/portal/relations/new/", {"given": given, "note": "Since 2019"})
    assert (response.status_code, response.headers["Location"]) == (302, "/hanbit/portal/shops/")
    relation = the_relation(shop.manufacturer_id)
    assert (relation.state, relation.declared_by, relation.note) == ("waiting", "above", "Since 2019")
    assert fresh(shop).parent_id is None
    assert told(shop_admin) == ["partners.relation_asked"]
    assert told(owner) == ["partners.relation_declared"]

    page = agency.get("/hanbit/portal/shops/")
    assert [(line.other, line.is_own) for line in page.context["waiting"]] == [(given.strip(), True)]
    assert b"Small Shop" not in page.content
    url = f"/hanbit/portal/relations/{relation.pk}/"
    assert below.get(url).context["title"] == "Seoul Agency says that you belong to it"
    assert [item.url for item in below.get("/hanbit/portal/").context["waiting"] if "relations" in item.url] == [url]

    below.post(url, {"step": "confirm"})
    relation = the_relation(shop.manufacturer_id)
    assert (relation.state, relation.answered_by, relation.answered_member_id) == ("confirmed", "below", shop_admin.pk)
    assert fresh(shop).parent_id == partner_admin.partner_id
    assert told(partner_admin) == ["partners.relation_answered"]
    assert told(owner) == ["partners.relation_declared", "partners.relation_settled"]
    page = agency.get("/hanbit/portal/shops/")
    assert page.context["title"] == "1 shop belongs to you; 0 shows its figures"
    assert [(str(each), each.labels, each.summary, each.partner) for each in page.context["shops"]] == [
        ("Small Shop", [], None, None)
    ]


def test_a_shop_names_its_agency_and_staff_confirm(
    client_for: SignIn,
    shop_admin: Membership,
    partner_admin: Membership,
    manager: Membership,
    partner: Partner,
    shop: Partner,
) -> None:
    response = client_for(shop_admin).post("/hanbit/portal/relations/new/?side=below", {"given": "A1"})
    assert response.headers["Location"] == "/hanbit/portal/sharing/"
    relation = the_relation(shop.manufacturer_id)
    assert (relation.declared_by, relation.above_id, relation.below_id) == ("below", partner.pk, shop.pk)
    asked = client_for(partner_admin).get("/hanbit/portal/shops/").context["waiting"]
    assert [(line.other, line.is_to_answer) for line in asked] == [("Small Shop", True)]
    staff = client_for(manager)
    assert staff.get("/hanbit/two-tiers/").context["title"] == "1 declaration waits for an answer"
    assert staff.get(f"/hanbit/two-tiers/{relation.pk}/").context["title"] == "Does Small Shop belong to Seoul Agency?"
    staff.post(f"/hanbit/two-tiers/{relation.pk}/", {"step": "confirm"})
    assert (the_relation(shop.manufacturer_id).answered_by, fresh(shop).parent_id) == ("staff", partner.pk)
    assert told(shop_admin) == ["partners.relation_answered"]
    assert told(partner_admin) == ["partners.relation_asked", "partners.relation_answered"]
    with staff_scope(shop.manufacturer_id):
        page = timeline_of(manager, shop, sources=["relations"])
    assert [(each.entry.title, each.entry.text) for each in page.entries] == [
        ("Small Shop belongs to Seoul Agency", "Confirmed")
    ]


def test_staff_refuse_with_a_reason_and_nothing_changes(
    client_for: SignIn,
    partner_admin: Membership,
    shop_admin: Membership,
    manager: Membership,
    analyst: Membership,
    shop: Partner,
) -> None:
    client_for(partner_admin).post("/hanbit/portal/relations/new/", {"given": "S1"})
    relation = the_relation(shop.manufacturer_id)
    url = f"/hanbit/two-tiers/{relation.pk}/"
    assert client_for(analyst).get(url).status_code == 200
    assert client_for(analyst).post(url, {"step": "confirm"}).status_code == 403
    staff = client_for(manager)
    assert staff.post(url, {"step": "refuse", "reason": " "}).context["form"].errors == {
        "reason": ["This field is required."]
    }
    staff.post(url, {"step": "refuse", "reason": "It is a branch of another agency."})
    assert (the_relation(shop.manufacturer_id).state, fresh(shop).parent_id) == ("refused", None)
    answered = client_for(partner_admin).get(f"/hanbit/portal/relations/{relation.pk}/")
    assert b"It is a branch of another agency." in answered.content
    assert b"Small Shop" not in answered.content
    client_for(shop_admin).post(f"/hanbit/portal/relations/{relation.pk}/", {"step": "confirm"})
    assert (the_relation(shop.manufacturer_id).state, fresh(shop).parent_id) == ("refused", None)
    with staff_scope(shop.manufacturer_id):
        facts = Notice.objects.filter(recipient=partner_admin).values_list("facts", flat=True)
        assert [each["partner"] for each in facts] == ["S1"]


def test_who_declared_cannot_confirm_and_others_cannot_touch_it(
    client_for: SignIn, partner_admin: Membership, rep: Membership, sibling_rep: Membership, shop: Partner
) -> None:
    client_for(partner_admin).post("/hanbit/portal/relations/new/", {"given": "S1"})
    relation = the_relation(shop.manufacturer_id)
    url = f"/hanbit/portal/relations/{relation.pk}/"
    client_for(partner_admin).post(url, {"step": "confirm"})
    assert client_for(rep).post(url, {"step": "withdraw"}).status_code == 403
    with staff_scope(shop.manufacturer_id):
        Membership.objects.filter(pk=sibling_rep.pk).update(role=Role.PARTNER_ADMIN)
    assert client_for(sibling_rep).post(url, {"step": "confirm"}).status_code == 404
    assert (the_relation(shop.manufacturer_id).state, fresh(shop).parent_id) == ("waiting", None)
    client_for(partner_admin).post(url, {"step": "withdraw"})
    assert the_relation(shop.manufacturer_id).state == "withdrawn"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nobody", "We know no partner by this code or business number. Look at an order or invoice of theirs."),
        ("<script>alert(1)</script>", "We know no partner by this code or business number. Look at an order or invoice of theirs."),
        ("F1", "We know no partner by this code or business number. Look at an order or invoice of theirs."),
        ("A1", "This is your own code."),
        ("777-77-77777", "Several partners have this business number. Give the partner's code."),
    ],
)  # fmt: skip
def test_what_cannot_be_declared_is_said(
    client_for: SignIn, partner_admin: Membership, partner: Partner, other_manufacturer, given: str, words: str
) -> None:
    PartnerFactory(manufacturer=other_manufacturer, code="F1")
    for code in ("T1", "T2"):
        PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, code=code, business_number="777-77-77777")
    response = client_for(partner_admin).post("/hanbit/portal/relations/new/", {"given": given})
    assert response.context["form"].errors == {"given": [words]}
    with staff_scope(partner.manufacturer_id):
        assert not Relation.objects.exists()


def test_the_same_twice_is_one_and_both_declaring_is_agreement(
    partner: Partner, shop: Partner, partner_admin: Membership, shop_admin: Membership
) -> None:
    def declare(own: Partner, side: str, given: str, by: Membership) -> Relation:
        with partner_scope(own.manufacturer_id, own.pk):
            return services.declare_relation(own, side=side, given=given, by=by)

    first = declare(partner, "above", "S1", partner_admin)
    assert declare(partner, "above", "S1", partner_admin).pk == first.pk
    assert declare(shop, "below", "A1", shop_admin).state == RelationState.CONFIRMED
    assert fresh(shop).parent_id == partner.pk
    with pytest.raises(RelationError, match="belongs to you already"):
        declare(partner, "above", "S1", partner_admin)
    with pytest.raises(RelationError, match="stands below this partner already"):
        relation = declare(shop, "above", "A1", shop_admin)
        with partner_scope(partner.manufacturer_id, partner.pk):
            services.confirm_relation(relation, by=partner_admin)


def test_only_so_many_declarations_wait_at_a_time(
    partner: Partner, partner_admin: Membership, monkeypatch: pytest.MonkeyPatch, shop: Partner, sibling: Partner
) -> None:
    monkeypatch.setattr(services, "MOST_WAITING", 1)
    with partner_scope(partner.manufacturer_id, partner.pk):
        services.declare_relation(partner, side="above", given="S1", by=partner_admin)
        with pytest.raises(RelationError, match="Many of your declarations still wait"):
            services.declare_relation(partner, side="above", given="B1", by=partner_admin)


def test_withdrawing_gives_no_more_declarations_in_a_day(
    partner: Partner, partner_admin: Membership, monkeypatch: pytest.MonkeyPatch, shop: Partner, sibling: Partner
) -> None:
    monkeypatch.setattr(services, "MOST_A_DAY", 2)
    with partner_scope(partner.manufacturer_id, partner.pk):
        for side in ("above", "below"):
            relation = services.declare_relation(partner, side=side, given="S1", by=partner_admin)
            services.withdraw_relation(relation, by=partner_admin)
        with pytest.raises(RelationError, match="These are many for one day"):
            services.declare_relation(partner, side="above", given="B1", by=partner_admin)
    with staff_scope(partner.manufacturer_id):
        Relation.objects.update(declared_at=timezone.now() - dt.timedelta(hours=25))
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert services.declare_relation(partner, side="above", given="B1", by=partner_admin).state == "waiting"


def test_codes_that_name_nobody_are_tried_a_few_times_only(
    partner: Partner, sibling: Partner, partner_admin: Membership, shop: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_TRIES", 2)
    with partner_scope(partner.manufacturer_id, partner.pk):
        for given in ("X1", "X2"):
            with pytest.raises(RelationError, match="We know no partner by this code"):
                services.declare_relation(partner, side="above", given=given, by=partner_admin)
        with pytest.raises(RelationError, match="Too many of these were not known to us"):
            services.declare_relation(partner, side="above", given="S1", by=partner_admin)
    with partner_scope(sibling.manufacturer_id, sibling.pk):
        assert services.declare_relation(sibling, side="above", given="S1", by=partner_admin).state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_both_declaring_at_once_is_agreement(
    partner: Partner, shop: Partner, partner_admin: Membership, shop_admin: Membership
) -> None:
    def declare(own: Partner, side: str, given: str, by: Membership) -> str:
        with partner_scope(own.manufacturer_id, own.pk):
            return services.declare_relation(own, side=side, given=given, by=by).state

    declared = at_once(
        lambda: declare(partner, "above", "S1", partner_admin), lambda: declare(shop, "below", "A1", shop_admin)
    )
    assert sorted(declared) == ["confirmed", "waiting"]
    assert (the_relation(shop.manufacturer_id).state, fresh(shop).parent_id) == ("confirmed", partner.pk)


@pytest.mark.parametrize("ended", ["above", "below"])
def test_who_is_no_partner_any_more_is_not_confirmed(
    partner: Partner, shop: Partner, partner_admin: Membership, manager: Membership, ended: str
) -> None:
    with partner_scope(partner.manufacturer_id, partner.pk):
        relation = services.declare_relation(partner, side="above", given="S1", by=partner_admin)
    gone = partner if ended == "above" else shop
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=gone.pk).update(stage="ended")
        with pytest.raises(RelationError, match=f"{gone.name} is no longer a partner"):
            services.confirm_relation(relation, by=manager)
    assert (the_relation(shop.manufacturer_id).state, fresh(shop).parent_id) == ("waiting", None)


@pytest.mark.parametrize(
    ("state", "above", "below"),
    [
        ("waiting", "You say that S1 belongs to you", "Seoul Agency says that you belong to it"),
        ("confirmed", "Small Shop belongs to you", "You belong to Seoul Agency"),
        ("refused", "S1 does not belong to you", "You do not belong to Seoul Agency"),
        ("withdrawn", "Withdrawn: S1 belongs to you", "Withdrawn: you belong to Seoul Agency"),
        ("ended", "Small Shop no longer belongs to you", "You no longer belong to Seoul Agency"),
    ],
)
def test_a_relation_is_headed_by_where_it_stands(
    client_for: SignIn, partner: Partner, shop: Partner, partner_admin: Membership, shop_admin: Membership,
    state: str, above: str, below: str,
) -> None:  # fmt: skip
    with staff_scope(shop.manufacturer_id):
        relation = Relation.objects.create(above=partner, below=shop, declared_by="above", given="S1", state=state)
    url = f"/hanbit/portal/relations/{relation.pk}/"
    assert client_for(shop_admin).get(url).context["title"] == below
    assert client_for(partner_admin).get(url).context["title"] == above


def test_a_shop_that_moves_leaves_its_agency_and_what_it_showed(
    partner: Partner,
    sibling: Partner,
    shop: Partner,
    shop_admin: Membership,
    partner_admin: Membership,
    sibling_rep: Membership,
) -> None:
    belong(shop, sibling, "sales")
    with staff_scope(shop.manufacturer_id):
        old = Relation.objects.create(above=sibling, below=shop, declared_by="above", state="confirmed")
        Membership.objects.filter(pk=sibling_rep.pk).update(role=Role.PARTNER_ADMIN)
    with partner_scope(shop.manufacturer_id, shop.pk):
        new = services.declare_relation(shop, side="below", given="A1", by=shop_admin)
    with partner_scope(partner.manufacturer_id, partner.pk):
        services.confirm_relation(new, by=partner_admin)
    with staff_scope(shop.manufacturer_id):
        assert Relation.objects.get(pk=old.pk).state == "ended"
        assert Sharing.objects.get().withdrawn_at is not None
    assert fresh(shop).parent_id == partner.pk
    assert told(sibling_rep) == ["partners.relation_ended"]


@pytest.mark.parametrize("side", ["agency", "shop"])
def test_either_side_ends_it_and_staff_are_told(
    client_for: SignIn, partner: Partner, shop: Partner, partner_admin: Membership, shop_admin: Membership,
    owner: Membership, side: str,
) -> None:  # fmt: skip
    belong(shop, partner, "profile", "sales")
    by, other = (partner_admin, shop_admin) if side == "agency" else (shop_admin, partner_admin)
    path = f"shops/{shop.pk}/end/" if side == "agency" else "sharing/end/"
    assert client_for(by).get(f"/hanbit/portal/{path}").status_code == 200
    client_for(by).post(f"/hanbit/portal/{path}", {"reason": "Sold"})
    relation = the_relation(shop.manufacturer_id)
    assert (relation.state, relation.ended_by, relation.reason) == (
        "ended", "above" if side == "agency" else "below", "Sold",
    )  # fmt: skip
    assert fresh(shop).parent_id is None
    with staff_scope(shop.manufacturer_id):
        assert Sharing.objects.count() == Sharing.objects.exclude(withdrawn_at=None).count() == 2
    assert told(other) == ["partners.relation_ended"]
    assert told(owner) == ["partners.relation_settled"]
    assert client_for(by).post(f"/hanbit/portal/{path}", {}).status_code == 404


def test_what_ends_is_the_relation_to_who_stands_above_now(
    partner: Partner, sibling: Partner, shop: Partner, manager: Membership
) -> None:
    belong(shop, partner)
    with staff_scope(shop.manufacturer_id):
        other = Relation.objects.create(above=sibling, below=shop, declared_by="above", state="confirmed")
        ended = services.end_relation(shop.pk, by=manager)
        assert (ended.above_id, ended.state, ended.ended_by) == (partner.pk, "ended", "staff")
        assert Relation.objects.get(pk=other.pk).state == "confirmed"
    assert fresh(shop).parent_id is None


# --- What is shown ----------------------------------------------------------------------------------------------------


def test_an_agency_without_figures_of_shops_reads_how_to_ask_for_them(
    client_for: SignIn, partner: Partner, shop: Partner, partner_admin: Membership
) -> None:
    belong(shop, partner)
    words = client_for(partner_admin).get("/hanbit/portal/shops/compare/").content.decode()
    assert "Ask your shops to share their purchase figures" in words
    assert "sell-in" not in words.lower()


def test_the_agency_sees_of_each_shop_what_it_shows_and_compares(
    client_for: SignIn, partner: Partner, shop: Partner, partner_admin: Membership, rep: Membership
) -> None:
    second = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, code="S2", name="Big Shop")
    silent = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, code="S3", name="Quiet Shop")
    belong(shop, partner, "sales", "tasks")
    belong(second, partner, "sales", "profile")
    belong(silent, partner)
    with staff_scope(partner.manufacturer_id):
        for each, revenue, before in ((shop, 1200, 1000), (second, 5000, 5000), (silent, 9000, 1)):
            PartnerSummary.objects.filter(pk=each.pk).update(revenue=revenue, previous_revenue=before)
            Task.objects.create(partner=each, title="Send stock", is_shared=True)
            Task.objects.create(partner=each, title="Staff's own", is_shared=False)
    client = client_for(partner_admin)
    page = client.get("/hanbit/portal/shops/")
    assert page.context["title"] == "3 shops belong to you; 2 show their figures"
    assert [
        (str(each), each.summary.revenue if each.summary else None, each.open_tasks) for each in page.context["shops"]
    ] == [("Big Shop", Decimal(5000), None), ("Quiet Shop", None, None), ("Small Shop", Decimal(1200), 1)]
    compared = client.get("/hanbit/portal/shops/compare/")
    assert compared.context["title"] == "Small Shop grows most: 20% more than last year"
    assert [str(each) for each in compared.context["chosen"]] == ["Big Shop", "Small Shop"]
    assert [
        str(each) for each in client.get(f"/hanbit/portal/shops/compare/?shop={shop.pk}&shop=x").context["chosen"]
    ] == ["Small Shop"]
    for address in ("compare/", f"{shop.pk}/"):
        words = client.get(f"/hanbit/portal/shops/{address}").content.decode()
        assert (words.count("Last bought"), words.count("Last sell-in")) == (1, 0)
    one = client.get(f"/hanbit/portal/shops/{silent.pk}/")
    assert one.context["title"] == "Quiet Shop shows you nothing"
    assert b"Send stock" not in one.content
    assert b"Send stock" in client.get(f"/hanbit/portal/shops/{shop.pk}/").content
    assert client.get(f"/hanbit/portal/shops/{partner.pk}/").status_code == 404


@pytest.mark.parametrize("size", [1, 4])
def test_our_shops_ask_the_same_number_of_queries_at_any_size(
    client_for: SignIn, partner: Partner, partner_admin: Membership, size: int
) -> None:
    for number in range(size):
        belong(
            PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, name=f"Shop {number}"),
            partner, "sales", "profile", "tasks",
        )  # fmt: skip
    client = client_for(partner_admin)
    client.get("/hanbit/portal/shops/")
    with CaptureQueriesContext(connection) as shops:
        assert len(client.get("/hanbit/portal/shops/").context["shops"]) == size
    assert len(shops) == 18


@pytest.mark.parametrize("size", [1, 4])
def test_the_list_of_relations_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, partner: Partner, manager: Membership, size: int
) -> None:
    with staff_scope(partner.manufacturer_id):
        for number in range(size):
            shop = Partner.objects.create(code=f"Q{number}", name=f"Q{number}", kind=partner.kind)
            Relation.objects.create(above=partner, below=shop, declared_by="above")
    client = client_for(manager)
    client.get("/hanbit/two-tiers/")
    with CaptureQueriesContext(connection) as asked:
        assert len(client.get("/hanbit/two-tiers/").context["list"].page.rows) == size
    assert len(asked) == 14


# --- In its place -----------------------------------------------------------------------------------------------------


def test_a_shops_profile_is_edited_in_its_place_where_it_agreed(
    client_for: SignIn,
    partner: Partner,
    shop: Partner,
    partner_admin: Membership,
    rep: Membership,
    shop_admin: Membership,
) -> None:
    skill = SpecialisationFactory(manufacturer=partner.manufacturer)
    belong(shop, partner, "profile")
    url = f"/hanbit/portal/shops/{shop.pk}/profile/"
    client = client_for(partner_admin)
    assert client.get(url).status_code == 404
    with staff_scope(shop.manufacturer_id):
        Sharing.objects.create(partner=shop, above=partner, data_kind="service")
    form = client.get(url).context["form"]
    data = {name: value for name, value in form.initial.items() if isinstance(value, str | int)}
    client.post(url, data | {"phone": "02-123-4567", "specialisations": [skill.pk], "name": "Taken over", "code": "X"})
    saved = fresh(shop)
    assert (saved.phone, saved.name, saved.code) == ("02-123-4567", "Small Shop", "S1")
    with staff_scope(shop.manufacturer_id):
        assert [each.pk for each in saved.specialisations.all()] == [skill.pk]
        step = OnBehalf.objects.get()
        assert (step.partner_id, step.acting_id, step.by_name, step.what, step.detail) == (
            shop.pk, partner.pk, partner_admin.name, "profile", "phone",
        )  # fmt: skip
    assert told(shop_admin) == ["partners.acted_for"]
    own = client_for(shop_admin).get("/hanbit/portal/sharing/")
    assert [each.pk for each in own.context["steps"]] == [step.pk]
    assert client_for(rep).get(url).status_code == 403


def test_a_shops_own_file_is_neither_replaced_nor_taken_away_in_its_place(
    client_for: SignIn, partner: Partner, shop: Partner, partner_admin: Membership
) -> None:
    CustomFieldFactory(manufacturer=partner.manufacturer, key="licence", type=CustomField.Type.FILE, partner_edits=True)
    kept = {
        "licence": {"path": f"{partner.manufacturer_id}/own-fields/x/a.pdf", "name": "a.pdf", "size": 1, "type": ""}
    }
    belong(shop, partner, "profile", "service")
    with staff_scope(shop.manufacturer_id):
        Partner.objects.filter(pk=shop.pk).update(custom=kept)
    url = f"/hanbit/portal/shops/{shop.pk}/profile/"
    client = client_for(partner_admin)
    form = client.get(url).context["form"]
    assert [name for name in form.fields if name.startswith("custom_")] == []
    data = {name: value for name, value in form.initial.items() if isinstance(value, str | int)}
    upload = SimpleUploadedFile("b.pdf", PDF, content_type="application/pdf")
    client.post(url, data | {"phone": "02-1", "custom_licence_remove": "on", "custom_licence": upload})
    assert (fresh(shop).phone, fresh(shop).custom) == ("02-1", kept)


def test_a_paper_is_handed_in_in_its_place_and_waits_for_review(
    client_for: SignIn, partner: Partner, shop: Partner, partner_admin: Membership
) -> None:
    with staff_scope(partner.manufacturer_id):
        kind = paper_type()
    belong(shop, partner, "service")
    url = f"/hanbit/portal/shops/{shop.pk}/papers/{kind.pk}/"
    client = client_for(partner_admin)
    assert client.get(url).status_code == 404
    with staff_scope(shop.manufacturer_id):
        Sharing.objects.create(partner=shop, above=partner, data_kind="papers")
    fields = {name: "2030-01-01" for name in client.get(url).context["form"].fields if name.startswith("valid_until")}
    numbers = {"number": "77"} if "number" in client.get(url).context["form"].fields else {}
    upload = SimpleUploadedFile("licence.pdf", PDF, content_type="application/pdf")
    response = client.post(url, fields | numbers | {"file": upload})
    assert response.status_code == 302, response.context["form"].errors
    with staff_scope(shop.manufacturer_id):
        paper = Paper.objects.get()
        assert (paper.partner_id, paper.state, paper.uploaded_by_id) == (shop.pk, "waiting", partner_admin.pk)
        assert OnBehalf.objects.get().what == "paper"
    needs = client.get(f"/hanbit/portal/shops/{shop.pk}/").context["needs"]
    assert [need.status for need in needs] == ["waiting"]


def test_the_database_lets_nobody_act_without_agreement(
    partner: Partner, shop: Partner, partner_admin: Membership
) -> None:
    belong(shop, partner, "profile", "papers")
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert Partner.objects.filter(pk=shop.pk).update(phone="1") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            OnBehalf.objects.create(partner=shop, acting=partner, by=partner_admin, by_name="x", what="profile")
    with staff_scope(shop.manufacturer_id):
        Sharing.objects.create(partner=shop, above=partner, data_kind="service")
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert Partner.objects.filter(pk=shop.pk).update(phone="1") == 1
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Partner.objects.filter(pk=shop.pk).update(parent=None)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Relation.objects.create(above=partner, below=shop, declared_by="above", state="confirmed")
    with partner_scope(shop.manufacturer_id, shop.pk):
        assert [str(each) for each in reading.own_shops()] == []
