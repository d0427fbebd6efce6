"""The hub: where each lands after signing in, what waits where, own domains, and pages that say no."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import get_language

from tenancy import waiting
from tenancy.models import JoinRequest, User
from tenancy.rights import Role
from tenancy.rls import current_scope, platform_scope, staff_scope
from tenancy.waiting import WaitingItem
from tests.factories import ManufacturerFactory, MembershipFactory, PartnerMemberFactory, UserFactory


@pytest.fixture
def scopes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The scopes in which apps are asked what waits; each has one thing that waits."""
    seen: list[Any] = []

    def provider(member: Any) -> list[WaitingItem]:
        seen.append(current_scope())
        return [WaitingItem(f"Item of {member.manufacturer}", "", "/there/", "Do")]

    monkeypatch.setattr(waiting, "_providers", [])
    waiting.register_waiting(provider)
    return seen


@pytest.mark.parametrize(("fixture", "target"), [("owner", "/hanbit/"), ("rep", "/hanbit/portal/")])
def test_one_place_is_opened_straight_away(
    fixture: str, target: str, client_for: Any, request: pytest.FixtureRequest
) -> None:
    response = client_for(request.getfixturevalue(fixture)).get("/")
    assert (response.status_code, response.url) == (302, target)


def test_several_places_are_listed_with_what_waits_each_in_its_own_scope(
    rep: Any, stranger: Any, client_for: Any, scopes: list[Any]
) -> None:
    second = MembershipFactory(manufacturer=stranger.manufacturer, user=rep.user, role=Role.ANALYST)
    left = ManufacturerFactory(name="Left")
    MembershipFactory(manufacturer=left, user=rep.user, is_active=False)

    response = client_for(rep).get("/")

    assert [(place.member.pk, place.url, place.count) for place in response.context["places"]] == [
        (rep.pk, "/hanbit/portal/", 1),
        (second.pk, "/tokai/", 1),
    ]
    assert [(scope.actor, scope.manufacturer, scope.partner) for scope in scopes] == [
        ("partner", rep.manufacturer_id, rep.partner_id),
        ("staff", second.manufacturer_id, None),
    ]
    html = response.content.decode()
    assert "2 things wait for you" in html
    assert "Item of Hanbit" in html
    assert "Item of Tokai" in html
    assert "Left" not in html
    assert "/admin/" not in html


def test_the_address_of_one_place_leads_there_and_a_foreign_one_does_not(
    rep: Any, stranger: Any, client_for: Any, scopes: list[Any]
) -> None:
    MembershipFactory(manufacturer=stranger.manufacturer, user=rep.user)
    ManufacturerFactory(slug="foreign")
    client = client_for(rep)
    assert client.get("/?at=hanbit").url == "/hanbit/portal/"
    assert client.get("/?at=tokai").url == "/tokai/"
    assert client.get("/?at=foreign").status_code == 200


def test_without_a_place_the_hub_says_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(UserFactory())
    html = client.get("/").content.decode()
    assert "You have no place in a partner portal yet" in html
    assert "/admin/" not in html


def test_platform_administrators_find_their_way(owner: Any) -> None:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert '<a href="/admin/">' in client.get("/").content.decode()
    User.objects.filter(pk=owner.user_id).update(is_superuser=True)
    client.force_login(owner.user)
    assert client.get("/").status_code == 200


def test_nobody_signed_in_is_asked_to(db: None) -> None:
    assert Client().get("/").url == "/accounts/login/?next=/"


def test_who_asks_to_join_waits_for_the_admin_or_without_one_for_staff(
    partner_admin: Any, rep: Any, manager: Any, analyst: Any
) -> None:
    from tenancy.access import member_scope
    from tenancy.people_waiting import join_requests

    with staff_scope(manager.manufacturer_id):
        JoinRequest.objects.create(partner=rep.partner, email="kim@a.example", name="Kim")

    def items(member: Any) -> list[tuple[str, str]]:
        with member_scope(member, member.user):
            return [(item.title, item.url) for item in join_requests(member)]

    assert items(partner_admin) == [("1 person asks to join", "/hanbit/portal/colleagues/")]
    assert items(rep) == items(manager) == items(analyst) == []
    with staff_scope(manager.manufacturer_id):
        type(partner_admin).objects.filter(pk=partner_admin.pk).update(is_active=False)
    assert items(manager) == [("1 person asks to join", "/hanbit/users/invitations/")]
    assert items(analyst) == []


# --- Own domains ------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_domain(manufacturer: Any) -> str:
    with platform_scope():
        type(manufacturer).objects.filter(pk=manufacturer.pk).update(domain="partners.hanbit.example")
    return "partners.hanbit.example"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/?at=hanbit"),
        ("/public/join/", "/hanbit/public/join/"),
        ("/hanbit/portal/?a=1", "/hanbit/portal/?a=1"),
    ],
)
def test_an_own_domain_leads_to_the_portals_address(own_domain: str, path: str, target: str, settings: Any) -> None:
    settings.PUBLIC_URL = "https://prm.example"
    response = Client().get(path, headers={"host": own_domain})
    assert (response.status_code, response.headers["Location"]) == (302, f"https://prm.example{target}")


def test_an_unknown_host_is_refused(own_domain: str, owner: Any) -> None:
    for host in ("evil.example", "", "partners.hanbit.example.evil.example"):
        client = Client()
        client.force_login(owner.user)
        response = client.get("/hanbit/users/", headers={"host": host} if host else {"host": "x y"})
        assert response.status_code == 400


def test_a_closed_manufacturers_domain_leads_nowhere(own_domain: str, manufacturer: Any) -> None:
    with platform_scope():
        type(manufacturer).objects.update(is_active=False)
    assert Client().get("/", headers={"host": own_domain}).status_code == 400


# --- Pages that say no ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "status"), [("/hanbit/users/999999/", 404), ("/hanbit/users/invite/", 403)])
def test_a_page_that_says_no_asks_the_database_nothing_more(
    path: str, status: int, analyst: Any, client_for: Any
) -> None:
    client = client_for(analyst)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == status
    last = [query["sql"] for query in queries.captured_queries][-1]
    assert "SAVEPOINT" in last  # the scope is rolled back, and nothing follows


def test_a_stranger_cannot_tell_a_manufacturer_that_is_there_from_one_that_is_not(
    manufacturer: Any, stranger: Any, client_for: Any
) -> None:
    client = client_for(stranger)
    pages = [client.get(f"/{slug}/users/") for slug in ("hanbit", "nowhere")]
    assert [page.status_code for page in pages] == [404, 404]
    texts = [
        re.sub(r'name="csrf\w+" value="\w+"', "", page.content.decode()).replace(slug, "")
        for page, slug in zip(pages, ("hanbit", "nowhere"), strict=True)
    ]
    assert texts[0] == texts[1]
    assert "Hanbit" not in texts[0]


def test_partner_people_have_no_staff_pages_and_staff_no_portal(
    owner: Any, partner_admin: Any, client_for: Any
) -> None:
    assert client_for(partner_admin).get("/hanbit/users/").status_code == 404
    assert client_for(owner).get("/hanbit/portal/colleagues/").status_code == 404


def test_pages_speak_the_readers_language_if_the_manufacturer_does(owner: Any, client_for: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(language="ja")
    client = client_for(owner)
    assert '<html lang="ja"' in client.get("/hanbit/users/").content.decode()
    with platform_scope():
        type(owner.manufacturer).objects.update(languages=["ko", "en"])
    assert '<html lang="ko"' in client.get("/hanbit/users/").content.decode()
    assert '<html lang="ja"' in client.get("/accounts/profile/").content.decode()
    headers = [client.get(path).headers["Content-Language"] for path in ("/hanbit/users/", "/accounts/profile/")]
    assert headers == ["ko", "ja"]
    assert get_language() == "en"  # nothing of it stays for the next request


def test_a_second_place_at_another_partner_needs_the_first_to_end(rep: Any, sibling: Any) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerMemberFactory(manufacturer=rep.manufacturer, user=rep.user, partner=sibling)
