"""Audiences: put together in the browser, kept, shared, frozen, used in the list of partners."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners import services
from partners.audiences.tree import asks_for
from partners.models import Audience, AudienceMember, AudienceSnapshot, Partner
from partners.services import AudienceError, freeze_audience, save_audience
from tenancy.models import Membership, SavedView
from tenancy.rights import Role
from tenancy.rls import as_owner, staff_scope
from tests.factories import CustomFieldFactory, MembershipFactory, PartnerFactory

pytestmark = pytest.mark.django_db

ENDED, OTHERS = ({"field": "stage", "test": test, "value": ["ended", "dormant"]} for test in ("any_of", "none_of"))
SignIn = Callable[[Membership], Client]
KOREA = {"op": "all", "rules": [{"field": "country", "test": "any_of", "value": ["KR"]}]}


@pytest.mark.parametrize(
    ("tree", "does"),
    [
        ({"op": "all", "rules": [ENDED]}, True),
        ({"op": "all", "rules": [OTHERS]}, False),
        ({"op": "none", "rules": [ENDED]}, False),
        ({"op": "none", "rules": [OTHERS]}, True),
        ({"op": "none", "rules": [{"op": "none", "rules": [ENDED]}]}, True),
        ({"op": "any", "rules": [{"field": "grade", "test": "any_of", "value": ["ended"]}]}, False),
        ({"op": "any", "rules": [{"field": "stage", "test": "any_of", "value": ["active"]}, {"op": "all"}]}, False),
        ({"op": "any", "rules": [{"field": "stage", "test": "filled"}, "nonsense"]}, False),
        (None, False),
    ],
)
def test_whether_a_tree_asks_for_a_value_by_name(tree: Any, does: bool) -> None:
    assert asks_for(tree, "stage", "ended") is does


@pytest.fixture
def partners(manufacturer: Any, partner: Partner, sibling: Partner) -> list[Partner]:
    abroad = PartnerFactory(manufacturer=manufacturer, code="J1", name="Osaka Trading", country="JP", kind=partner.kind)
    return [partner, sibling, abroad]


def kept(owner: Membership, definition: Any = KOREA, **fields: Any) -> Audience:
    with staff_scope(owner.manufacturer_id):
        return save_audience(Audience(**{"name": "Korea", **fields}), definition, by=owner)


def form(**changes: Any) -> dict[str, Any]:
    """What the builder sends for one condition: in Korea."""
    data = {
        "name": "Korea",
        "g:op": "all",
        "g-0:field": "country",
        "g-0:was": "country",
        "g-0:test": "any_of",
        "g-0:value": ["KR"],
        "do": "save",
    }
    return data | changes


def test_an_audience_is_put_together_and_kept(client_for: SignIn, owner: Membership, partners: Any) -> None:
    client = client_for(owner)
    data = form(
        **{
            "g-1:op": "none",
            "g-1-0:field": "name",
            "g-1-0:was": "name",
            "g-1-0:test": "contains",
            "g-1-0:value": " Busan ",
            "description": "Who sells at home",
        }
    )
    response = client.post("/hanbit/audiences/new/", data)
    with staff_scope(owner.manufacturer_id):
        audience = Audience.objects.get()
    assert response["Location"] == f"/hanbit/audiences/{audience.pk}/"
    assert audience.definition == {
        "op": "all",
        "rules": [
            {"field": "country", "test": "any_of", "value": ["KR"]},
            {"op": "none", "rules": [{"field": "name", "test": "contains", "value": "Busan"}]},
        ],
    }
    assert (audience.owner_id, audience.counted, audience.is_shared) == (owner.pk, 1, False)
    page = client.get(response["Location"]).content.decode()
    assert "1 partner is in “Korea”" in page
    assert "Country is South Korea" in page
    assert "None of these holds" in page
    assert "Seoul Agency" in page
    assert "Busan Dealer" not in page


def test_an_audience_is_saved_once_and_steps_after_going_back_make_none(
    client_for: SignIn, owner: Membership, partners: Any
) -> None:
    client = client_for(owner)
    page = client.get("/hanbit/audiences/new/")
    data = form(name="Seoul", form_key=str(page.context["form_key"]))
    first, second = (client.post("/hanbit/audiences/new/", data) for _twice in range(2))
    assert first["Location"] == second["Location"]

    step = client.post("/hanbit/audiences/new/", data | {"do": "add:g"}, headers={"HX-Request": "true"})
    assert step.status_code == 200
    asked = client.post("/hanbit/audiences/new/", data | {"name": "Busan"})
    assert len(asked.context["form"].non_field_errors()) == 1
    client.post("/hanbit/audiences/new/", data | {"name": "Busan", "form_key": str(asked.context["form_key"])})
    with staff_scope(owner.manufacturer_id):
        assert sorted(Audience.objects.values_list("name", flat=True)) == ["Busan", "Seoul"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"g-0:value": []}, "Choose at least one."),
        ({"g-0:value": ["XX"]}, "“XX” cannot be chosen any more."),
        ({"g-0:field": "rocket", "g-0:was": "rocket"}, "What this condition asks for (rocket) is not there any more"),
        ({"g-0:field": ""}, "Choose what the condition is about."),
        ({"g:op": "xor"}, "Say whether all, at least one or none of the conditions must hold."),
        ({"g-1:op": "any"}, "This group has no condition."),
        ({"name": ""}, "This field is required."),
        (
            {"g-0:field": "employees", "g-0:was": "employees", "g-0:test": "at_least", "g-0:value": "many"},
            "“many” is not a number.",
        ),
        (
            {
                "g-0:field": "employees",
                "g-0:was": "employees",
                "g-0:test": "between",
                "g-0:value": "9",
                "g-0:last": "1",
            },
            "The first value must not be greater than the second.",
        ),
        (
            {"g-0:field": "created_at", "g-0:was": "created_at", "g-0:test": "on", "g-0:value": "soon"},
            "“soon” is not a day.",
        ),
        (
            {"g-0:field": "created_at", "g-0:was": "created_at", "g-0:test": "last_days", "g-0:value": "-1"},
            "Give a whole number of days from 0 to 36500.",
        ),
        (
            {"g-0:field": "parent", "g-0:was": "parent", "g-0:test": "is", "g-0:partner": "<b>"},
            "No partner has the code &lt;b&gt;.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_in_its_place_and_not_kept(
    client_for: SignIn, owner: Membership, partners: Any, changes: dict[str, Any], sentence: str
) -> None:
    response = client_for(owner).post("/hanbit/audiences/new/", form(**changes))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    with staff_scope(owner.manufacturer_id):
        assert not Audience.objects.exists()


def test_each_step_of_the_builder_gives_it_back_with_what_was_said(
    client_for: SignIn, owner: Membership, partners: Any
) -> None:
    client = client_for(owner)
    htmx = {"HX-Request": "true"}
    page = client.post("/hanbit/audiences/new/", form(do="add:g"), headers=htmx)
    assert page["HX-Trigger-After-Settle"] == "audience-changed"
    assert 'name="g-1:field"' in page.content.decode()
    assert 'value="KR"\n                       checked' in page.content.decode()
    page = client.post("/hanbit/audiences/new/", form(do="group:g"), headers=htmx).content.decode()
    assert 'name="g-1:op"' in page
    assert 'name="g-1-0:field"' in page
    page = client.post("/hanbit/audiences/new/", form(do="remove:g-0"), headers=htmx).content.decode()
    assert 'name="g-0:field"' not in page
    # Without scripts the whole page comes back, and what was typed beside the conditions with it.
    page = client.post("/hanbit/audiences/new/", form(do="add:g", name="My <i>")).content.decode()
    assert 'name="g-1:field"' in page
    assert "My &lt;i&gt;" in page


def test_another_field_begins_anew_with_its_own_tests(client_for: SignIn, owner: Membership, partners: Any) -> None:
    data = form(do="refresh", **{"g-0:field": "employees"})
    page = client_for(owner).post("/hanbit/audiences/new/", data, headers={"HX-Request": "true"}).content.decode()
    assert 'value="at_least"' in page
    assert 'value="KR"' not in page


def test_who_fits_shows_while_conditions_are_still_being_written(
    client_for: SignIn, owner: Membership, partners: Any
) -> None:
    client = client_for(owner)
    data = form(**{"g-1:field": "employees", "g-1:was": "employees", "g-1:test": "at_least", "g-1:value": ""})
    page = client.post("/hanbit/audiences/preview/", data).content.decode()
    assert "2 partners fit" in page
    assert "1 condition is not finished and does not count yet." in page
    assert "Seoul Agency" in page
    page = client.post("/hanbit/audiences/preview/", form(**{"g-0:value": ["US"]})).content.decode()
    assert "Nobody fits" in page
    page = client.post("/hanbit/audiences/preview/", {"g:op": "all", "g-0:field": ""}).content.decode()
    assert "Nothing is asked yet" in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"g-0-0-0-0-0-0-0:field": "country"},
        {"g-99:field": "country", "g-99:test": "any_of"},
        {"g:op": ["all", "any"], "g-0:op": "all", "g-0:field": "country"},
        {f"g-{n}:field": "country" for n in range(500)},
        {"g-0:field": "country\x00", "g-0:was": "country\x00"},
        {"g-0:field": "name", "g-0:was": "name", "g-0:test": "is", "g-0:value": "x\x00y"},
        {"g-0:field": "name", "g-0:was": "name", "g-0:test": "is", "g-0:value": "x" * 5000},
        {"g-0:field": "parent", "g-0:was": "parent", "g-0:test": "is", "g-0:value": "99999999999999999999"},
        {"g-0:field": "employees", "g-0:was": "employees", "g-0:test": "is", "g-0:value": "1e999999"},
        {"g-0:field": "employees", "g-0:was": "employees", "g-0:test": "is", "g-0:value": "NaN"},
        {"do": "remove:g"},
        {"do": "add:g-7-7"},
    ],
)
def test_hostile_forms_are_answered(client_for: SignIn, owner: Membership, partners: Any, data: Any) -> None:
    client = client_for(owner)
    assert client.post("/hanbit/audiences/preview/", data).status_code == 200
    for step in ("save", "refresh"):
        assert client.post("/hanbit/audiences/new/", {"do": step, "name": "X", **data}).status_code == 200
    with staff_scope(owner.manufacturer_id):
        assert not Audience.objects.exists()


# --- Who sees what ----------------------------------------------------------------------------------------------------


def test_private_ones_are_the_makers_alone_and_shared_ones_are_for_use(
    client_for: SignIn, owner: Membership, manager: Membership, analyst: Membership, partners: Any
) -> None:
    private, shared = kept(owner, name="Secretive"), kept(owner, name="Ours", is_shared=True)
    client = client_for(analyst)
    assert client.get(f"/hanbit/audiences/{private.pk}/").status_code == 404
    assert client.get(f"/hanbit/audiences/{shared.pk}/").status_code == 200
    assert client.get(f"/hanbit/audiences/{shared.pk}/edit/").status_code == 403
    listed = client.get("/hanbit/audiences/").content.decode()
    assert ("Ours" in listed, "Secretive" in listed) == (True, False)
    client.post(f"/hanbit/audiences/{shared.pk}/archive/")
    assert client_for(manager).get(f"/hanbit/audiences/{shared.pk}/edit/").status_code == 200
    copy = client.get(f"/hanbit/audiences/new/?copy={shared.pk}").content.decode()
    assert "Ours (copy)" in copy
    assert client.get(f"/hanbit/audiences/new/?copy={private.pk}").content.decode().count("Secretive") == 0


def test_who_sees_only_assigned_partners_gets_only_theirs(
    client_for: SignIn, owner: Membership, manufacturer: Any, partners: list[Partner]
) -> None:
    audience = kept(owner, is_shared=True)
    member = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partners[0].pk).update(channel_manager=member)
    client = client_for(member)
    page = client.get(f"/hanbit/audiences/{audience.pk}/").content.decode()
    assert "1 partner is in “Korea”" in page
    assert "Busan Dealer" not in page
    assert "1 partner fit" in client.post("/hanbit/audiences/preview/", form()).content.decode()
    row = client.get("/hanbit/audiences/").context["list"].page.rows[0]
    assert (row.counted, row.counted_at) == (None, None)
    client.post(f"/hanbit/audiences/{audience.pk}/freeze/")
    with staff_scope(manufacturer.pk):
        assert list(AudienceMember.objects.values_list("code", flat=True)) == ["A1"]


def test_partners_and_other_manufacturers_never_see_them(
    client_for: SignIn, owner: Membership, partner_admin: Membership, stranger: Membership, partners: Any
) -> None:
    audience = kept(owner, is_shared=True)
    for path in ("", "new/", f"{audience.pk}/", f"{audience.pk}/edit/"):
        assert client_for(partner_admin).get(f"/hanbit/audiences/{path}").status_code == 404
    assert client_for(stranger).get(f"/tokai/audiences/{audience.pk}/").status_code == 404
    assert client_for(stranger).post(f"/tokai/audiences/{audience.pk}/freeze/").status_code == 404


def test_only_the_maker_or_who_may_share_changes_it(owner: Membership, analyst: Membership, partners: Any) -> None:
    audience = kept(owner)
    with staff_scope(owner.manufacturer_id), pytest.raises(AudienceError, match="Only who made"):
        save_audience(audience, KOREA, by=analyst)


def test_one_that_was_archived_since_it_was_read_stays_so(owner: Membership, partners: Any) -> None:
    audience = kept(owner)
    with staff_scope(owner.manufacturer_id):
        Audience.objects.update(is_archived=True)
        audience.name = "South Korea"
        save_audience(audience, KOREA, by=owner)
        assert list(Audience.objects.values_list("name", "is_archived")) == [("South Korea", True)]


# --- Frozen -----------------------------------------------------------------------------------------------------------


def test_what_is_frozen_stays_as_it_was(client_for: SignIn, owner: Membership, partners: list[Partner]) -> None:
    audience = kept(owner)
    client = client_for(owner)
    response = client.post(f"/hanbit/audiences/{audience.pk}/freeze/", {"note": "Spring letter"})
    with staff_scope(owner.manufacturer_id):
        snapshot = AudienceSnapshot.objects.get()
        Partner.objects.filter(code="A1").update(country="JP", name="Renamed")
        assert freeze_audience(audience, by=owner).count == 1
        codes = list(AudienceMember.objects.filter(snapshot=snapshot).order_by("code").values_list("code", "name"))
    assert codes == [("A1", "Seoul Agency"), ("B1", "Busan Dealer")]
    assert (snapshot.count, snapshot.note) == (2, "Spring letter")
    assert snapshot.text == "All of these hold\n– Country is South Korea"
    page = client.get(response["Location"]).content.decode()
    assert "2 partners were in “Korea” on" in page
    assert "Seoul Agency" in page
    sheet = b"".join(client.get(response["Location"] + "?export=csv").streaming_content).decode("utf-8-sig")
    assert sheet.splitlines() == ["Code,Name,Local name", "B1,Busan Dealer,", "A1,Seoul Agency,"]


def test_nothing_changes_what_is_frozen(owner: Membership, partners: list[Partner]) -> None:
    audience = kept(owner)
    with staff_scope(owner.manufacturer_id):
        snapshot = freeze_audience(audience, by=owner)
    steps: list[Callable[[], Any]] = [
        lambda: AudienceMember.objects.filter(code="A1").update(name="x"),
        lambda: AudienceSnapshot.objects.update(count=9),
        lambda: connection.cursor().execute("DELETE FROM partners_audiencemember"),
        lambda: connection.cursor().execute("DELETE FROM partners_audiencesnapshot"),
    ]
    for step in steps:
        with pytest.raises(IntegrityError), as_owner(), transaction.atomic():
            step()
    with staff_scope(owner.manufacturer_id):
        late = AudienceSnapshot.objects.create(
            audience=audience, name="x", definition={}, text="", count=0, taken_by=owner,
            taken_at=snapshot.taken_at - dt.timedelta(days=1),
        )  # fmt: skip
        with pytest.raises(IntegrityError, match="Nobody joins"), transaction.atomic():
            AudienceMember.objects.create(snapshot=late, partner=partners[0], code="A1", name="x")


def test_an_empty_audience_is_not_frozen_and_one_taken_away_leaves_what_was_frozen(
    client_for: SignIn, owner: Membership, partners: Any
) -> None:
    nobody = kept(
        owner, {"op": "all", "rules": [{"field": "country", "test": "any_of", "value": ["US"]}]}, name="Nobody"
    )
    audience = kept(owner)
    client = client_for(owner)
    page = client.post(f"/hanbit/audiences/{nobody.pk}/freeze/", follow=True).content.decode()
    assert "Nobody is in this audience now, so there is nothing to freeze." in page
    frozen = client.post(f"/hanbit/audiences/{audience.pk}/freeze/")["Location"]
    client.post(f"/hanbit/audiences/{audience.pk}/archive/")
    assert client.get(f"/hanbit/audiences/{audience.pk}/").status_code == 404
    assert client.get(frozen).status_code == 200
    assert kept(owner).name == "Korea"  # the name is free again


# --- Used -------------------------------------------------------------------------------------------------------------


def test_the_list_of_partners_is_narrowed_to_an_audience(
    client_for: SignIn, owner: Membership, analyst: Membership, partners: Any
) -> None:
    audience = kept(owner)
    client = client_for(owner)
    rows = client.get(f"/hanbit/partners/?audience={audience.pk}&sort=name").context["list"].page.rows
    assert [row.code for row in rows] == ["B1", "A1"]
    sheet = b"".join(client.get(f"/hanbit/partners/?audience={audience.pk}&export=csv").streaming_content).decode()
    assert ("Osaka" in sheet, "Busan" in sheet) == (False, True)
    # Another's private audience is no choice: the list says so, and the filter does not hold.
    page = client_for(analyst).get(f"/hanbit/partners/?audience={audience.pk}").content.decode()
    assert "Osaka" in page


def test_all_in_an_audience_are_given_to_a_channel_manager(
    client_for: SignIn, owner: Membership, manager: Membership, partners: Any
) -> None:
    audience = kept(owner)
    data = {"do": "assign", "everything": "1", "confirmed": "1", "channel_manager": manager.pk}
    client_for(owner).post(f"/hanbit/partners/?audience={audience.pk}", data)
    with staff_scope(owner.manufacturer_id):
        assert set(Partner.objects.filter(channel_manager=manager).values_list("code", flat=True)) == {"A1", "B1"}


def test_an_audience_whose_field_is_gone_holds_nobody_and_says_so(
    client_for: SignIn, owner: Membership, partners: Any
) -> None:
    field = CustomFieldFactory(manufacturer=owner.manufacturer, key="size", type="number")
    audience = kept(owner, {"op": "none", "rules": [{"field": "own.size", "test": "at_least", "value": "5"}]})
    client = client_for(owner)
    assert len(client.get(f"/hanbit/partners/?audience={audience.pk}").context["list"].page.rows) == 3
    with staff_scope(owner.manufacturer_id):
        field.delete()
    assert client.get(f"/hanbit/partners/?audience={audience.pk}").context["list"].page.rows == []
    page = client.get(f"/hanbit/audiences/{audience.pk}/").content.decode()
    assert "The conditions of “Korea” need mending" in page
    assert "(own.size) is not there any more" in page
    with staff_scope(owner.manufacturer_id), pytest.raises(services.AudienceError):
        save_audience(audience, audience.definition, by=owner)


def test_the_list_says_what_uses_an_audience(client_for: SignIn, owner: Membership, partners: Any) -> None:
    audience, other = kept(owner), kept(owner, name="Other")
    with staff_scope(owner.manufacturer_id):
        SavedView.objects.create(
            member=owner, list_key="partners", name="At home", query=f"audience={audience.pk}&sort=name"
        )
    client = client_for(owner)
    assert "At home" in client.get("/hanbit/audiences/").content.decode()
    assert "At home" in client.get(f"/hanbit/audiences/{audience.pk}/").content.decode()
    assert "At home" not in client.get(f"/hanbit/audiences/{other.pk}/").content.decode()


def test_pages_ask_the_same_number_of_queries_whatever_there_is(
    client_for: SignIn, owner: Membership, manufacturer: Any, partners: Any
) -> None:
    audience = kept(owner)
    client = client_for(owner)
    paths = ["", f"{audience.pk}/", f"{audience.pk}/edit/"]

    def asked() -> list[int]:
        counts = []
        for path in paths:
            client.get(f"/hanbit/audiences/{path}")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/hanbit/audiences/{path}")
            counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            client.post("/hanbit/audiences/preview/", form())
        return [*counts, len(queries)]

    with staff_scope(manufacturer.pk):
        freeze_audience(audience, by=owner)
    few = asked()
    PartnerFactory.create_batch(30, manufacturer=manufacturer, kind=partners[0].kind)
    for number in range(20):
        kept(owner, name=f"More {number}")
    with staff_scope(manufacturer.pk):
        freeze_audience(audience, by=owner)
    assert asked() == few


def test_audiences_are_counted_anew_at_night(
    owner: Membership, analyst: Membership, manufacturer: Any, partners: list[Partner]
) -> None:
    from partners.services.audiences import recount_audiences
    from partners.tasks import recount_all_audiences

    with staff_scope(manufacturer.pk):
        korea = kept(owner)
        gone = kept(owner, name="Gone")
        broken = Audience.objects.create(
            name="Broken", owner=owner, definition={"op": "all", "rules": [{"field": "own.gone", "test": "filled"}]}
        )
        Audience.objects.filter(pk=gone.pk).update(is_archived=True)
        Audience.objects.update(counted=99, counted_at=None)
        expected = Partner.objects.filter(country="KR").count()
        assert recount_audiences() == 1
        counts = dict(Audience.objects.values_list("name", "counted"))
        assert counts == {korea.name: expected, "Gone": 99, "Broken": 99}
        assert Audience.objects.get(pk=korea.pk).counted_at is not None
        assert Audience.objects.get(pk=broken.pk).counted_at is None
        PartnerFactory(manufacturer=manufacturer, country="KR")
        assert recount_audiences() == 1
        assert Audience.objects.get(pk=korea.pk).counted == expected + 1
    assert recount_all_audiences() in (0, 1)


def test_counting_anew_asks_one_query_for_each_audience(
    owner: Membership, manufacturer: Any, partners: list[Partner]
) -> None:
    from partners.services.audiences import recount_audiences

    with staff_scope(manufacturer.pk):
        counts = []
        for number in range(3):
            kept(owner, name=f"A{number}")
            with CaptureQueriesContext(
                connection,
            ) as asked:
                recount_audiences()
            counts.append(len(asked))
    assert counts[2] - counts[1] == counts[1] - counts[0] == 1
